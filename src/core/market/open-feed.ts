// Opens the feed a config names. It chooses; it knows nothing of how the feeds work.

import type { Instrument } from '../kernel/instrument.ts'
import type { Feed } from './feed.ts'
import type { SimulatedOptions } from './simulated/options.ts'

export interface OpenFeedOptions {
  /** `simulated`, or the path of a recording, absolute or from the current folder. */
  readonly source: string
  /** Of the simulated feed. */
  readonly seed: number
  readonly simulated: SimulatedOptions
  /** Null: built in for the simulated feed, inferred from a recording. */
  readonly instrument: Instrument | null
}

/**
 * A feed, checked to have something to play. Each kind is loaded only when it is asked for.
 * @throws DitaError with exit code 7 where the source is missing or no recording
 */
export async function openFeed(options: OpenFeedOptions): Promise<Feed> {
  if (options.source === 'simulated') {
    const { SimulatedFeed } = await import('./simulated/simulated-feed.ts')
    return new SimulatedFeed(options)
  }
  const { openRecording } = await import('./recorded/open-recording.ts')
  return openRecording(options.source, options.instrument)
}
