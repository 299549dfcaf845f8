// Plays a feed in real time: the times of its events are shifted to now. Owns the pace; it knows no orders.

import type { MarketEvent } from '../../market/events.ts'
import type { Feed } from '../../market/feed.ts'
import { sleep } from '../../waiting.ts'

export interface MarketReplayOptions {
  /** Opens the feed, anew each time it has ended. */
  readonly open: () => Promise<Feed>
  /** Times as fast as it was. */
  readonly speed: number
  readonly onEvent: (event: MarketEvent) => void
  readonly onFailure: (error: unknown) => void
  /** Resolves when the exchange is not frozen. */
  readonly thawed: () => Promise<void>
}

/** Events this close together are handed over at once: timers are no finer. */
const SHORTEST_WAIT_MS = 2
/** Further behind than this, the process was stopped: the market does not race after the time that was lost. */
const MOST_BEHIND_MS = 5_000
/** A feed that ends starts again after this. */
const PAUSE_MS = 1_000

export class MarketReplay {
  readonly #options: MarketReplayOptions
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #rounds = 0

  constructor(options: MarketReplayOptions) {
    this.#options = options
  }

  /** How often the feed began. */
  get rounds(): number {
    return this.#rounds
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#options.onFailure(error)
    })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const feed = await this.#options.open()
      this.#rounds += 1
      // What the round before left on the book is gone.
      if (this.#rounds > 1)
        this.#options.onEvent({ type: 'snapshot', timeUs: Date.now() * 1_000, venueTimeUs: null, updateId: 0, bids: [], asks: [] })
      try {
        await this.#play(feed)
      } finally {
        await feed.close()
      }
      await sleep(PAUSE_MS, this.#stop.signal)
    }
  }

  async #play(feed: Feed): Promise<void> {
    const { speed, onEvent, thawed } = this.#options
    let startMs = performance.now()
    let originUs: number | null = null
    for await (const batch of feed.batches()) {
      for (const event of batch) {
        originUs ??= event.timeUs
        const dueMs = startMs + (event.timeUs - originUs) / 1_000 / speed
        const waitMs = dueMs - performance.now()
        if (waitMs < -MOST_BEHIND_MS) startMs -= waitMs
        if (waitMs >= SHORTEST_WAIT_MS) await sleep(waitMs, this.#stop.signal)
        await thawed()
        if (this.#stop.signal.aborted) return
        onEvent({ ...event, timeUs: Date.now() * 1_000 })
      }
    }
  }
}
