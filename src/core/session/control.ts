// How a session is asked to end from outside: by a signal, a key, a switch. The first word counts.

import type { Halt } from '../halt-reasons.ts'

export class SessionControl {
  readonly #controller = new AbortController()
  #halt: Halt | null = null

  /** Asks the session to stop in good order. Later requests change nothing. */
  requestStop(halt: Halt): void {
    if (this.#halt !== null) return
    this.#halt = halt
    this.#controller.abort()
  }

  get halt(): Halt | null {
    return this.#halt
  }

  /** Aborted once a stop is asked for: ends waits early. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }
}
