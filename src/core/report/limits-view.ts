// What a summary says of the limits that were in force: plain data, ready for JSON. Types only; keys are only ever added.

/** The limits that were in force. Zero means "no limit". */
export interface LimitsSummary {
  readonly maxExposure: string
  readonly maxPosition: string
  readonly maxSessionLoss: string
  readonly maxOrderNotional: string
  readonly maxLeverage: string
  readonly priceCollarBps: string
  readonly maxOpenOrders: number
  readonly maxOrdersPerSecond: number
  readonly maxCancelsPerSecond: number
  readonly staleFeedUs: number
  readonly maxDrawdown: string
  /** Peaks of the equity before this time, in UTC, do not count for `maxDrawdown`; null: all do. */
  readonly drawdownSince: string | null
  /** Of the way to a venue in the world; zero of a rehearsed one as well. */
  readonly venueSilenceUs: number
  readonly venueStreamUs: number
  readonly venueAccountUs: number
  readonly maxVenueFailuresPercent: string
}
