import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../src/core/market/events.ts'
import type { Feed } from '../../src/core/market/feed.ts'
import { rehearsedSteps, type Step, worldSteps } from '../../src/core/session/steps.ts'

const trade = (timeUs: number) => ({ type: 'trade', timeUs }) as MarketEvent

/** A feed by hand: what is pushed comes out as a batch. */
class HandFeed {
  readonly #waiting: ((batch: IteratorResult<readonly MarketEvent[]>) => void)[] = []
  readonly #ready: readonly MarketEvent[][] = []
  isOver = false

  push(...events: MarketEvent[]): void {
    const next = this.#waiting.shift()
    if (next === undefined) (this.#ready as MarketEvent[][]).push(events)
    else next({ done: false, value: events })
  }

  end(): void {
    this.isOver = true
    this.#waiting.shift()?.({ done: true, value: undefined })
  }

  batches(): AsyncIterable<readonly MarketEvent[]> {
    const next = (): Promise<IteratorResult<readonly MarketEvent[]>> => {
      const ready = (this.#ready as MarketEvent[][]).shift()
      if (ready !== undefined) return Promise.resolve({ done: false, value: ready })
      if (this.isOver) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve) => this.#waiting.push(resolve))
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }
}

/** A wall that moves only when somebody naps. */
function world(dueUs: () => number) {
  const feed = new HandFeed()
  const stop = new AbortController()
  const naps: number[] = []
  let nowUs = 0
  let wake: () => void = () => undefined
  const steps = worldSteps({
    feed: feed as unknown as Feed,
    wallUs: () => nowUs,
    sleep: async (ms) => {
      naps.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 20))
      nowUs += ms * 1_000
    },
    nextDueUs: dueUs,
    onNews: (listener) => {
      wake = listener
    },
    stop: stop.signal,
  })[Symbol.asyncIterator]()
  const next = async (): Promise<Step> => (await steps.next()).value as Step
  return { feed, stop, naps, steps, next, wake: () => wake() }
}

describe('the steps of a rehearsal', () => {
  test('are the batches of its feed, and carry no time of their own', async () => {
    const feed = new HandFeed()
    feed.push(trade(5))
    feed.end()
    const steps: Step[] = []
    for await (const step of rehearsedSteps(feed as unknown as Feed)) steps.push(step)
    expect(steps).toEqual([{ events: [trade(5)], untilUs: null }])
  })
})

describe('the steps of a session in the world', () => {
  test('come with market events, as they arrive', async () => {
    const { feed, next } = world(() => Number.POSITIVE_INFINITY)
    feed.push(trade(1), trade(2))
    expect((await next()).events).toHaveLength(2)
    feed.push(trade(3))
    expect((await next()).events).toEqual([trade(3)])
  })

  test('come when something is due, though nothing arrives: a silent feed holds up no tick', async () => {
    const { next, naps } = world(() => 40_000)
    expect(await next()).toEqual({ events: [], untilUs: 40_000 })
    expect(naps).toEqual([40])
  })

  test('come at once when the venue has news, and when a stop is asked for', async () => {
    const { next, wake, stop } = world(() => Number.POSITIVE_INFINITY)
    const heard = next()
    setTimeout(wake, 1)
    expect(await heard).toEqual({ events: [], untilUs: 0 })
    const stopped = next()
    setTimeout(() => stop.abort(), 1)
    expect(await stopped).toEqual({ events: [], untilUs: 0 })
  })

  test('are never closer than a short nap, when what is due cannot be done', async () => {
    const { next, naps } = world(() => -1)
    await next()
    await next()
    expect(naps).toEqual([5, 5])
  })

  test('end with the feed, and pass on its failure', async () => {
    const { feed, steps } = world(() => Number.POSITIVE_INFINITY)
    setTimeout(() => feed.end(), 1)
    expect(await steps.next()).toEqual({ done: true, value: undefined })
    const failing = { batches: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('torn')) }) }) }
    const parts = { wallUs: () => 0, sleep: () => new Promise<void>(() => undefined), nextDueUs: () => 1, onNews: () => undefined }
    const broken = worldSteps({ ...parts, feed: failing as unknown as Feed, stop: new AbortController().signal })
    await expect(broken[Symbol.asyncIterator]().next()).rejects.toThrow('torn')
  })
})
