// What a session takes its time from. A rehearsed one goes from market event to market event; one in the world wakes up for
// market events, for the venue's news, for what is due, and for a stop that is asked for.

import type { MarketEvent } from '../market/events.ts'
import type { Feed } from '../market/feed.ts'
import { heardElsewhere } from '../waiting.ts'

export interface Step {
  readonly events: readonly MarketEvent[]
  /** The world's time, up to which everything is due; null where the events carry the time. */
  readonly untilUs: number | null
}

export async function* rehearsedSteps(feed: Feed): AsyncIterable<Step> {
  for await (const events of feed.batches()) yield { events, untilUs: null }
}

/** What a session in the world waits with. */
export interface WorldParts {
  readonly feed: Feed
  readonly wallUs: () => number
  /** Ends early, without throwing, once the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** When something is due next, in the world's time. */
  readonly nextDueUs: () => number
  readonly onNews: (wake: () => void) => void
  readonly stop: AbortSignal
}

/** Shortest nap: what is due and cannot be done yet must not turn the wheel as fast as it goes. */
const SHORTEST_NAP_MS = 5
/** Longest nap: a clock that was set, or a machine that slept, is noticed after so long. */
const LONGEST_NAP_MS = 1_000

/** Ends when the feed does. Whoever breaks off closes the feed: a batch that is awaited then ends with it. */
export async function* worldSteps(parts: WorldParts): AsyncIterable<Step> {
  const { feed, wallUs, sleep, nextDueUs, onNews, stop } = parts
  const batches = feed.batches()[Symbol.asyncIterator]()
  let news = Promise.withResolvers<void>()
  onNews(() => news.resolve())
  const onStop = (): void => news.resolve()
  stop.addEventListener('abort', onStop, { once: true })
  let arriving = batches.next()
  // It is awaited below, or given up with the feed: a failure is never lost, and never unhandled.
  heardElsewhere(arriving)
  try {
    for (;;) {
      const nap = new AbortController()
      const napMs = Math.min(Math.max((nextDueUs() - wallUs()) / 1_000, SHORTEST_NAP_MS), LONGEST_NAP_MS)
      const batch = await Promise.race([arriving, news.promise, sleep(napMs, nap.signal)])
      nap.abort()
      news = Promise.withResolvers<void>()
      if (stop.aborted) news.resolve()
      if (batch === undefined) {
        yield { events: [], untilUs: wallUs() }
      } else if (batch.done === true) {
        return
      } else {
        arriving = batches.next()
        heardElsewhere(arriving)
        yield { events: batch.value, untilUs: wallUs() }
      }
    }
  } finally {
    stop.removeEventListener('abort', onStop)
    onNews(() => undefined)
  }
}
