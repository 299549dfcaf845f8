// Codes of flags that tables and reports know by name. Data only.

/**
 * At a session's end its books were compared with the tables; the flag's value is the largest difference, an exact decimal, and
 * zero where all agree.
 */
export const INVENTORY_COMPARED = 'INVENTORY_COMPARED'

/**
 * What a session opens with, beside the limits of its opening: the flag's limit is the one in force, an exact decimal; without a flag
 * there is none.
 */
export const LIMIT_FLAGS = {
  /** Largest fall of the equity below its peak, in quote. */
  maxDrawdown: 'LIMIT_MAX_DRAWDOWN',
  /** Seconds without an answer of the venue, without its private stream, and without a look at the account. */
  venueSilence: 'LIMIT_VENUE_SILENCE',
  venueStream: 'LIMIT_VENUE_STREAM',
  venueAccount: 'LIMIT_VENUE_ACCOUNT',
  /** Share of the last calls that were not answered, in percent. */
  venueFailures: 'LIMIT_VENUE_FAILURES',
} as const
