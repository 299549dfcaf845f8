// The port every venue implements. Types only.

import type { Decimal } from '../kernel/decimal.ts'
import type { OrderRequest } from '../kernel/facts.ts'
import type { FillReport, FundingEvent, OrderReference, SnapshotOrder, SnapshotPosition, VenueEvent } from '../kernel/inputs.ts'
import type { Latencies } from '../latencies.ts'
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
  /** An alarm that is over once the venue answers again; left out for every other. */
  readonly until?: 'answered'
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
  /** When it came to the venue, by its clock; null where it does not say. */
  readonly createdUs: number | null
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
  /**
   * From `fromUs` until `untilUs`, and whether it is all of that: a page that was cut makes it false. `fromUs` is later than what was
   * asked for where the venue keeps no older ones: what was filled before it shows in the orders' own totals and in the position alone.
   */
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

/** For the screen and the gates. */
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
  /** Since when no call has been answered, though some were made; null where the last one was. */
  readonly silentSinceUs: number | null
  /** Of the last calls, at most 50: how many there were, and how many of them were not answered. */
  readonly lately: { readonly calls: number; readonly unanswered: number }
  /** Since when the private stream is down; null while it is open. */
  readonly streamLostUs: number | null
  /** When the account was last looked at, where every look since has failed; null where the last one did not. */
  readonly accountLostUs: number | null
}

/** How many calls of one kind came to one end, and how long they were on the wire. */
export interface VenueCalls {
  readonly endpoint: string
  /** `ok`, or the venue's code or ours for what went wrong (`TIMEOUT`, `QUEUE_FULL`). */
  readonly outcome: string
  readonly count: number
  /** Null where none of them left. */
  readonly latencies: Latencies | null
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
   * @throws DitaError VENUE_CLOSED, VENUE_QUEUE_FULL: then nothing has left. See `sendCommitted`, the one who calls it with what is committed.
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
  /**
   * What was paid between longs and shorts since then, as far as it can be had now; from then on each payment is an event, once.
   * Asked once. Never throws for a venue that cannot be asked: it goes on trying, and says so.
   */
  followFunding(fromUs: number, signal: AbortSignal): Promise<readonly FundingEvent[]>
  health(): VenueHealth
  /** Every call since it was made, by endpoint and outcome; none of a venue that is in this process. */
  calls(): readonly VenueCalls[]
  /** Awaits what is under way for a bounded time, then lets go of everything. Closing twice is fine. */
  close(): Promise<void>
}
