// Holds what must never be shown. Whoever prints, serialises or inspects it reads `[secret]`; one function gives it away.

import { inspect } from 'node:util'

const SHOWN = '[secret]'

/** A text that does not come out by accident: not in logs, errors, JSON or a debugger's view. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: for signing and for the one header, nowhere else. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return SHOWN
  }

  toJSON(): string {
    return SHOWN
  }

  [inspect.custom](): string {
    return SHOWN
  }
}
