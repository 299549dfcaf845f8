// The exchange's own clock: the machine's, put off by a skew that rehearsals may set. Knows no timers.

export class ExchangeClock {
  readonly #nowMs: () => number
  #skewMs = 0

  /** `nowMs` is injected, so that a test can be the clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** What the venue says the time is, in whole milliseconds. */
  nowMs(): number {
    return Math.floor(this.#nowMs() + this.#skewMs)
  }

  nowUs(): number {
    return this.nowMs() * 1_000
  }

  get skewMs(): number {
    return this.#skewMs
  }

  skewTo(ms: number): void {
    this.#skewMs = ms
  }
}
