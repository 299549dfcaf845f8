// The port every venue implements. Types only.

import type { OrderRequest } from '../kernel/facts.ts'
import type { VenueEvent } from '../kernel/inputs.ts'
import type { MarketEvent } from '../market/events.ts'

/** What leaves for a venue, only after the facts that order it are durable. */
export type Effect =
  | { readonly type: 'submit'; readonly request: OrderRequest }
  | { readonly type: 'cancel'; readonly clientOrderId: string; readonly venueOrderId: string | null; readonly instrument: string }
  | { readonly type: 'query'; readonly clientOrderId: string; readonly instrument: string }

export interface TimedVenueEvent {
  /** When it reaches us, in session time. */
  readonly timeUs: number
  readonly event: VenueEvent
}

/**
 * A venue as the session drives it. Session time only moves forward. The session hands over effects and market events
 * as they happen, asks when the venue next has something to say, and collects it; nothing calls back into the session.
 */
export interface Venue {
  readonly name: string
  connect(signal: AbortSignal): Promise<void>
  /** Takes an effect at `nowUs`. Never throws for what the venue thinks of it: that comes back as an event. */
  send(effect: Effect, nowUs: number): void
  /** Lets a rehearsed venue see the market it trades against; a real one ignores it. */
  onMarket(event: MarketEvent): void
  /** When the next event reaches us; undefined where none is under way. */
  nextEventUs(): number | undefined
  /** Removes and returns what has reached us by `nowUs`, in order of time. */
  take(nowUs: number): TimedVenueEvent[]
  close(): Promise<void>
}
