// Stops calling a venue that does not answer, and lets one call through to see whether it does again. It knows no clock.

interface BreakerTuning {
  readonly breakerFailures: number
  readonly breakerPauseMs: number
  readonly longestBreakerPauseMs: number
}

/** `closed` lets everything through; `open` nothing until a time; then `half_open`, which lets one call through. */
export class Breaker {
  readonly #tuning: BreakerTuning
  #failures = 0
  #openUntilUs = 0
  #isProbing = false
  #opened = 0

  constructor(tuning: BreakerTuning) {
    this.#tuning = tuning
  }

  get isOpen(): boolean {
    return this.#openUntilUs > 0
  }

  /** 0 where a call may leave now, else how long to wait before asking again. A call that leaves must be told of. */
  enter(nowUs: number): number {
    if (this.#openUntilUs === 0) return 0
    if (nowUs < this.#openUntilUs) return this.#openUntilUs - nowUs
    if (this.#isProbing) return this.#tuning.breakerPauseMs * 1_000
    this.#isProbing = true
    return 0
  }

  /** The venue answered, whatever it said. True where this closes it again. */
  succeeded(): boolean {
    const wasOpen = this.isOpen
    this.#failures = 0
    this.#openUntilUs = 0
    this.#isProbing = false
    this.#opened = 0
    return wasOpen
  }

  /** The venue did not answer. True where this opens it. */
  failed(nowUs: number): boolean {
    this.#isProbing = false
    this.#failures += 1
    if (this.#failures < this.#tuning.breakerFailures) return false
    const wasOpen = this.isOpen
    const { breakerPauseMs, longestBreakerPauseMs } = this.#tuning
    this.#openUntilUs = nowUs + Math.min(breakerPauseMs * 2 ** Math.min(this.#opened, 10), longestBreakerPauseMs) * 1_000
    this.#opened += 1
    return !wasOpen
  }

  /** A call that had entered did not leave after all. */
  left(): void {
    this.#isProbing = false
  }
}
