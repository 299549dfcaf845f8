// What a summary says about how a session ran: plain data, ready for JSON. Measurements of the wall, no facts; null means "not known",
// never zero. Types only; keys are only ever added.

export interface OperationSummary {
  /** When the session last wrote down what it measured, by the wall; null where it never did, and then nothing here is known. */
  readonly measuredWallUs: number | null
  readonly ticks: TickSummary
  /** From what the venue says of a market event's time to when we had it; null where its messages carry no time. */
  readonly feedDelay: LatencySummary | null
  /** From one market event to the next, in session time. */
  readonly feedSilence: LatencySummary | null
  /** One an endpoint, the most used first. */
  readonly venueCalls: readonly VenueCallSummary[]
  /** Calls that did not end well, by code, the most frequent first. */
  readonly venueErrors: readonly CodeCount[]
  /** Of the store's log, while the session ran. */
  readonly checkpoints: CheckpointSummary
}

export interface TickSummary {
  /** Those that were measured. */
  readonly count: number
  /** Null where ticks have no time of the wall to keep to: `why` says it. */
  readonly onTime: number | null
  readonly late: number | null
  /** Due while the machine or the session stood still, and left out. */
  readonly missed: number | null
  /** A tick is late when it begins so long after it was due. */
  readonly lateAfterUs: number | null
  readonly why: string | null
  /** Until all that the tick decided was durable: from when it was due where it has a time of the wall to keep to, else from its begin. */
  readonly latency: LatencySummary | null
}

/** Microseconds. `medianUs` and `p99Us` are at most 5 % off, `largestUs` is exact. */
export interface LatencySummary {
  readonly count: number
  readonly medianUs: number
  readonly p99Us: number
  readonly largestUs: number
}

export interface VenueCallSummary {
  readonly endpoint: string
  readonly count: number
  readonly ok: number
  readonly errors: readonly CodeCount[]
  /** On the wire; null where none left. */
  readonly latency: LatencySummary | null
}

export interface CodeCount {
  readonly code: string
  readonly count: number
}

export interface CheckpointSummary {
  readonly count: number
  /** Everything that the log held is in the store. */
  readonly complete: number
  /** Somebody was in the way. */
  readonly busy: number
  readonly failed: number
  readonly longestMs: number | null
}
