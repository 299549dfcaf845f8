// Gives calls their turn: never more than the venue allows, urgent ones first and with a reserve of their own, never more
// waiting than a bound. It sends nothing.

import { ENDPOINTS, type EndpointName, GROUP_LIMITS } from './endpoints.ts'
import type { BingxClock } from './options.ts'

/** Why a call gets no turn; then it has not left, for certain. */
export type Refusal = 'QUEUE_FULL' | 'EXPIRED' | 'ABORTED'

/** What the venue says of its own counting: so many calls are left until then, by our clock. */
export interface StatedBudget {
  readonly left: number
  readonly untilUs: number
}

interface LimiterTuning {
  readonly queueLimit: number
  readonly queueReserve: number
  readonly budgetReservePercent: number
  readonly limitPauseMs: number
  readonly longestLimitPauseMs: number
}

interface Waiter {
  readonly name: EndpointName
  readonly isUrgent: boolean
  readonly deadlineUs: number
  readonly settle: (outcome: 'go' | Refusal) => void
}

/** Calls travel for unlike times: a window is a little longer here, so that the venue never counts one too many. */
const STRETCH_PERCENT = 105

/** How many calls left within a time: at most so many, by the times of the last of them. */
class Window {
  readonly limit: number
  readonly #lengthUs: number
  #times: number[] = []

  constructor(limit: number, lengthMs: number) {
    this.limit = limit
    this.#lengthUs = (lengthMs * 1_000 * STRETCH_PERCENT) / 100
  }

  /** How many may leave now, above a reserve. */
  roomAt(nowUs: number, reserve: number): number {
    this.#forget(nowUs)
    return this.limit - reserve - this.#times.length
  }

  waitUs(nowUs: number, reserve: number): number {
    const room = this.roomAt(nowUs, reserve)
    if (room > 0) return 0
    return Math.max(1_000, (this.#times[-room] ?? nowUs) + this.#lengthUs - nowUs)
  }

  add(nowUs: number): void {
    this.#times.push(nowUs)
  }

  #forget(nowUs: number): void {
    let gone = 0
    // A clock that was set back must not close the window for ever.
    while (gone < this.#times.length && Math.abs(nowUs - (this.#times[gone] as number)) >= this.#lengthUs) gone += 1
    if (gone > 0) this.#times = this.#times.slice(gone)
  }
}

export class Limiter {
  readonly #clock: BingxClock
  readonly #tuning: LimiterTuning
  readonly #waiting: Waiter[] = []
  readonly #windows: ReadonlyMap<EndpointName, readonly Window[]>
  #pausedUntilUs = 0
  #pauses = 0
  #stated: StatedBudget | null = null
  #alarm: AbortController | null = null

  constructor(clock: BingxClock, tuning: LimiterTuning) {
    this.#clock = clock
    this.#tuning = tuning
    const groups = new Map(Object.entries(GROUP_LIMITS).map(([group, limits]) => [Number(group), new Window(limits.group, 10_000)]))
    const names = Object.keys(ENDPOINTS) as EndpointName[]
    this.#windows = new Map(
      names.map((name) => {
        const { callsPerSecond, group } = ENDPOINTS[name]
        const own = [new Window(callsPerSecond, 1_000), new Window(GROUP_LIMITS[group].endpoint, 10_000)]
        return [name, [...own, groups.get(group) as Window]]
      }),
    )
  }

  get queued(): number {
    return this.#waiting.length
  }

  /** Calls of a kind that may leave at once. */
  budgetOf(name: EndpointName): number {
    const nowUs = this.#clock.nowUs()
    if (nowUs < this.#pausedUntilUs) return 0
    const rooms = (this.#windows.get(name) ?? []).map((window) => window.roomAt(nowUs, this.#reserveOf(window, name)))
    if (this.#stated !== null && nowUs < this.#stated.untilUs) rooms.push(this.#stated.left)
    return Math.max(0, Math.min(...rooms))
  }

  /** Whether the venue has told us to wait. */
  get isPaused(): boolean {
    return this.#clock.nowUs() < this.#pausedUntilUs
  }

  /** Resolves when the call may leave, or once it is certain that it does not. */
  async turn(name: EndpointName, deadlineUs: number, signal: AbortSignal): Promise<'go' | Refusal> {
    if (signal.aborted) return 'ABORTED'
    const isUrgent = ENDPOINTS[name].urgency === 'urgent'
    const { queueLimit, queueReserve } = this.#tuning
    if (this.#waiting.length >= (isUrgent ? queueLimit : queueLimit - queueReserve)) return 'QUEUE_FULL'
    const { promise, resolve } = Promise.withResolvers<'go' | Refusal>()
    const waiter: Waiter = { name, isUrgent, deadlineUs, settle: resolve }
    const abort = () => this.#settle(waiter, 'ABORTED')
    signal.addEventListener('abort', abort, { once: true })
    const place = isUrgent ? this.#waiting.findIndex((other) => !other.isUrgent) : -1
    if (place < 0) this.#waiting.push(waiter)
    else this.#waiting.splice(place, 0, waiter)
    this.#pump()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** The venue said that it was too much. Returns for how long nothing leaves, in milliseconds. */
  pause(statedMs: number | null): number {
    const { limitPauseMs, longestLimitPauseMs } = this.#tuning
    const ms = statedMs ?? Math.min(limitPauseMs * 2 ** Math.min(this.#pauses, 10), longestLimitPauseMs)
    this.#pauses += 1
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, this.#clock.nowUs() + ms * 1_000)
    return ms
  }

  /** The venue answered without complaint, and said how many calls are left until a time, where it says so. */
  heard(stated: StatedBudget | null): void {
    this.#pauses = 0
    this.#stated = stated
  }

  #reserveOf(window: Window, name: EndpointName): number {
    if (ENDPOINTS[name].urgency === 'urgent') return 0
    return window.limit < 10 ? 0 : Math.ceil((window.limit * this.#tuning.budgetReservePercent) / 100)
  }

  #waitUs(name: EndpointName, nowUs: number): number {
    const waits = (this.#windows.get(name) ?? []).map((window) => window.waitUs(nowUs, this.#reserveOf(window, name)))
    if (nowUs < this.#pausedUntilUs) waits.push(this.#pausedUntilUs - nowUs)
    const stated = this.#stated
    if (stated !== null && stated.left <= 0 && nowUs < stated.untilUs) waits.push(stated.untilUs - nowUs)
    return Math.max(...waits)
  }

  /** Lets go whoever may, in order, and sleeps until the next one might. */
  #pump(): void {
    this.#alarm?.abort()
    this.#alarm = null
    const nowUs = this.#clock.nowUs()
    let nextUs = Number.POSITIVE_INFINITY
    for (const waiter of [...this.#waiting]) {
      const waitUs = this.#waitUs(waiter.name, nowUs)
      if (nowUs >= waiter.deadlineUs) {
        this.#settle(waiter, 'EXPIRED')
      } else if (waitUs <= 0) {
        for (const window of this.#windows.get(waiter.name) ?? []) window.add(nowUs)
        if (this.#stated !== null) this.#stated = { ...this.#stated, left: this.#stated.left - 1 }
        this.#settle(waiter, 'go')
      } else {
        nextUs = Math.min(nextUs, waitUs, waiter.deadlineUs - nowUs)
      }
    }
    if (this.#waiting.length === 0) return
    const alarm = new AbortController()
    this.#alarm = alarm
    // Rounded up: a sleep that ends too soon would turn in circles.
    void this.#clock.sleep(Math.ceil(nextUs / 1_000) + 1, alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#pump()
    })
  }

  #settle(waiter: Waiter, outcome: 'go' | Refusal): void {
    const index = this.#waiting.indexOf(waiter)
    if (index < 0) return
    this.#waiting.splice(index, 1)
    if (this.#waiting.length === 0) this.#alarm?.abort()
    waiter.settle(outcome)
  }
}
