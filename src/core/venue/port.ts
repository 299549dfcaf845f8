// The port every venue implements. Types only.

import type { Decimal } from '../kernel/decimal.ts'
import type { OrderRequest } from '../kernel/facts.ts'
import type { FillReport, OrderReference, SnapshotOrder, SnapshotPosition, VenueEvent } from '../kernel/inputs.ts'
import type { MarketEvent } from '../market/events.ts'

/** What leaves for a venue: submits and cancels only after the facts that order them are durable; questions at any time. */
export type Effect =
  | { readonly type: 'submit'; readonly request: OrderRequest }
  | { readonly type: 'cancel'; readonly clientOrderId: string; readonly venueOrderId: string | null; readonly instrument: string }
  | { readonly type: 'query'; readonly clientOrderId: string; readonly instrument: string }

/** A query was answered, and the venue has no such order: no proof yet that it never will. */
export interface OrderNotFound {
  readonly type: 'ORDER_NOT_FOUND'
  readonly clientOrderId: string
  /** The venue's own clock when it answered. */
  readonly venueTimeUs: number
}

/** A person should read it: the stream was lost, the venue is slow, the breaker is open. */
export interface VenueNotice {
  readonly type: 'NOTICE'
  readonly severity: 'info' | 'warning' | 'alarm'
  readonly text: string
}

export interface TimedVenueEvent {
  /** When it reaches us, in session time. */
  readonly timeUs: number
  readonly event: VenueEvent | OrderNotFound | VenueNotice
}

/** How an order stands at the venue; `unknown` is a status that we do not know: alive, and not to be guessed at. */
export type VenueOrderStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'unknown'

export interface VenueOrder extends SnapshotOrder {
  readonly status: VenueOrderStatus
  readonly quantity: Decimal
  /** Null where nothing is filled, or where the venue does not say. */
  readonly averagePrice: Decimal | null
  /** The venue's own words for the status. */
  readonly words: string
}

export type VenueFillReport = FillReport & OrderReference & { readonly timeUs: number }

/** One look at an account at the venue. A part whose query failed is null, which is never the same as empty. */
export interface VenueBooks {
  /** The venue's clock before the first of the questions: nothing here is older. */
  readonly asOfUs: number
  /** All that is open, of any instrument asked about. */
  readonly openOrders: readonly VenueOrder[] | null
  /** All positions that are not flat. */
  readonly positions: readonly SnapshotPosition[] | null
  /** Of the window asked for, and whether it is all of it: a page that was cut, or a venue that forgets, makes it false. */
  readonly fills: {
    readonly fromUs: number
    readonly untilUs: number
    readonly complete: boolean
    readonly list: readonly VenueFillReport[]
  } | null
  /** By asset: what is in the wallet, before open profit and loss. */
  readonly balances: ReadonlyMap<string, Decimal> | null
  /** Why parts are missing, in whole sentences. */
  readonly failures: readonly string[]
}

export interface BooksQuestion {
  readonly instruments: readonly string[]
  readonly fillsFromUs: number
}

/** For the screen. */
export interface VenueHealth {
  readonly state: 'ok' | 'limited' | 'unreachable'
  /** How far the venue's clock is ahead of ours; null before it was measured. */
  readonly clockOffsetUs: number | null
  /** Calls that wait for their turn, and how many may. */
  readonly queued: number
  readonly queueLimit: number
  /** Calls that the rate limit leaves for now; null where there is no limit. */
  readonly budget: number | null
  /** Median and slowest of the last calls, in milliseconds; null before the first. */
  readonly latencyMs: { readonly median: number; readonly slowest: number } | null
  /** How often each error code came, the venue's own or ours (`TIMEOUT`, `RESET`). */
  readonly errors: ReadonlyMap<string, number>
  readonly calls: number
}

/**
 * A venue as the session drives it. Session time only moves forward. The session hands over effects and market events
 * as they happen, asks when the venue next has something to say, and collects it; nothing calls back into the session.
 */
export interface Venue {
  readonly name: string
  /** Whose time it lives in: a rehearsed one in the session's, a real one in the world's. */
  readonly clock: 'session' | 'world'
  /**
   * Bounded in time. Checks clock, permissions, instrument, leverage and position mode before anything is traded.
   * @throws DitaError with exit code 7 where the venue cannot be reached, 4 where what it says contradicts the config
   */
  connect(signal: AbortSignal): Promise<void>
  /**
   * Takes an effect at `nowUs`. What the venue thinks of it comes back as an event.
   * @throws DitaError VENUE_CLOSED, VENUE_QUEUE_FULL: defects of ours; what was committed and not sent is in doubt at the next start
   */
  send(effect: Effect, nowUs: number): void
  /** Lets a rehearsed venue see the market it trades against; a real one ignores it. */
  onMarket(event: MarketEvent): void
  /** When the next event reaches us; undefined where none is under way, or where nobody can know. */
  nextEventUs(): number | undefined
  /** Removes and returns what has reached us by `nowUs`, in order of time. */
  take(nowUs: number): TimedVenueEvent[]
  /** Called whenever a real venue has something new to take, so that a session that waits wakes up. One caller at most. */
  onNews(wake: () => void): void
  /** Looks at what the venue holds. Never throws for a part that fails: it is null, and said why. */
  lookAtBooks(question: BooksQuestion, signal: AbortSignal): Promise<VenueBooks>
  /**
   * Asks about one order, outside of any session; null where the venue says that it has no such order.
   * @throws DitaError VENUE_UNREACHABLE where it cannot be asked, or answers what cannot be read
   */
  findOrder(order: { readonly clientOrderId: string; readonly instrument: string }, signal: AbortSignal): Promise<VenueOrder | null>
  health(): VenueHealth
  /** Awaits what is under way for a bounded time, then lets go of everything. Closing twice is fine. */
  close(): Promise<void>
}
