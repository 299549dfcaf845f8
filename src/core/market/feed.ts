// The port every feed implements. Types only.

import type { FeedReport } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { MarketEvent } from './events.ts'

/** Something about the feed a trader should read: a bad line with its number, a gap, a cut recording. */
export interface FeedNotice {
  readonly timeUs: number | null
  readonly severity: 'info' | 'warning'
  readonly text: string
}

/**
 * A source of market events in time order. `batches` may be walked once; it stops by itself when the source ends, and
 * early when its consumer breaks off. `report` may be read at any time and is final once `batches` has ended.
 */
export interface Feed {
  /** `simulated`, or the path of the recording. */
  readonly source: string
  readonly instrument: Instrument
  /** Where the instrument came from. */
  readonly instrumentOrigin: 'config' | 'inferred' | 'built-in' | 'venue'
  /** Time of the first event, where it is known before reading. */
  readonly startTimeUs: number
  batches(): AsyncIterable<readonly MarketEvent[]>
  report(): FeedReport
  /** Notices since the last call, oldest first. At most 1,000 are kept between calls; beyond that they are counted. */
  takeNotices(): FeedNotice[]
  close(): Promise<void>
}
