// How a session is asked from outside, by a signal, a key, a switch: to end, where the first word counts, and meanwhile how far to
// trade, where the last one does.

import type { Halt } from '../halt-reasons.ts'

export type TradingWish = 'pause' | 'reduce_only' | 'resume'

export class SessionControl {
  readonly #controller = new AbortController()
  #halt: Halt | null = null
  #trading: TradingWish | null = null

  /** Asks the session to stop in good order. Later requests change nothing. */
  requestStop(halt: Halt): void {
    if (this.#halt !== null) return
    this.#halt = halt
    this.#controller.abort()
  }

  /** Asks the session to send nothing, or only what lowers its position, or to trade again; it does so at its next step. */
  askTrading(wish: TradingWish): void {
    this.#trading = wish
  }

  /** What was asked last, once. */
  takeTradingWish(): TradingWish | null {
    const wish = this.#trading
    this.#trading = null
    return wish
  }

  get halt(): Halt | null {
    return this.#halt
  }

  /** Aborted once a stop is asked for: ends waits early. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }
}
