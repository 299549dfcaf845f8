// Session time against the wall: as fast as the machine, or at a factor of real time; and the wall's own clock.

import { sleep } from '../waiting.ts'

/** The wall, as a session may know it. Injected, so that a test can be the wall. */
export interface WallClock {
  /** Milliseconds, monotonic. */
  nowMs(): number
  /** Resolves early, and at once where the signal is aborted already; never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Lets signals, timers and the screen have their turn. */
  breathe(): Promise<void>
}

/** How long the loop may run before it lets others have their turn. */
const BREATH_MS = 15
/** Waits shorter than this are not worth a timer. */
const SHORTEST_SLEEP_MS = 2

export class Pacer {
  readonly #wall: WallClock
  readonly #speed: number | 'max'
  readonly #signal: AbortSignal
  #originUs = 0
  #originMs = 0
  #lastBreathMs: number

  constructor(options: { wall: WallClock; speed: number | 'max'; signal: AbortSignal }) {
    this.#wall = options.wall
    this.#speed = options.speed
    this.#signal = options.signal
    this.#lastBreathMs = options.wall.nowMs()
  }

  start(sessionUs: number): void {
    this.#originUs = sessionUs
    this.#originMs = this.#wall.nowMs()
  }

  /** Returns a promise only where there is something to wait for: the hot path never awaits. */
  until(sessionUs: number): Promise<void> | undefined {
    if (this.#speed === 'max') {
      // Asked each time: between two calls a strategy may have thought for long, and a signal waits.
      return this.#wall.nowMs() - this.#lastBreathMs < BREATH_MS ? undefined : this.#breathe()
    }
    const dueMs = this.#originMs + (sessionUs - this.#originUs) / 1000 / this.#speed
    const waitMs = dueMs - this.#wall.nowMs()
    if (waitMs >= SHORTEST_SLEEP_MS && !this.#signal.aborted) return this.#sleep(waitMs)
    return this.#wall.nowMs() - this.#lastBreathMs < BREATH_MS ? undefined : this.#breathe()
  }

  /** How long ago a session time was due, in microseconds of the wall; only where it runs at a factor of real time. */
  lateUs(sessionUs: number): number {
    const factor = this.#speed === 'max' ? Number.POSITIVE_INFINITY : this.#speed
    return (this.#wall.nowMs() - this.#originMs) * 1_000 - (sessionUs - this.#originUs) / factor
  }

  async #sleep(waitMs: number): Promise<void> {
    await this.#wall.sleep(waitMs, this.#signal)
    this.#lastBreathMs = this.#wall.nowMs()
  }

  async #breathe(): Promise<void> {
    await this.#wall.breathe()
    this.#lastBreathMs = this.#wall.nowMs()
  }
}

/** The machine's own clock. */
export function machineClock(): WallClock {
  return {
    nowMs: () => performance.now(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    sleep,
  }
}
