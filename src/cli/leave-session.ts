// What ends a session's process at once, at a second signal or Ctrl-C: the terminal is given back first, and one line on standard error
// says what is left behind. Nothing of safety depends on what it skips.

import type { ExitCode } from '../core/errors.ts'
import type { SessionControl } from '../core/session/control.ts'
import type { SessionOutcome, SessionStanding } from '../core/session/port.ts'
import { commandFor, endText } from './session-output.ts'

/** Who presses twice means the session: where it ended between the two, its summary is a moment away, and comes. */
const SUMMARY_MS = 1_000

export interface LeavingOptions {
  readonly sessionId: string
  /** As the command line named it; null where it did not. */
  readonly namedStore: string | null
  /** A rehearsed venue ends with the process. */
  readonly isRehearsed: boolean
  readonly control: SessionControl
  readonly nowMs: () => number
  readonly write: (line: string) => void
  readonly exit: (exitCode: ExitCode) => void
}

export class Leaving {
  readonly #options: LeavingOptions
  #askedMs = Number.POSITIVE_INFINITY
  /** Gives the terminal back. */
  restore: () => void = () => undefined
  standing: () => SessionStanding | null = () => null
  outcome: SessionOutcome | null = null

  constructor(options: LeavingOptions) {
    this.#options = options
    options.control.signal.addEventListener('abort', () => {
      this.#askedMs = options.nowMs()
    })
  }

  /** The session is over; what follows is its summary. */
  ended(outcome: SessionOutcome): void {
    this.outcome = outcome
    this.#options.control.requestStop(outcome.halt)
  }

  leave(exitCode: ExitCode): void {
    const { sessionId, nowMs, write, exit } = this.#options
    const isOver = this.outcome !== null || this.standing()?.isOver === true
    if (isOver && nowMs() - this.#askedMs < SUMMARY_MS) return
    this.restore()
    write(
      this.outcome !== null
        ? endText(this.#options, this.outcome)
        : isOver
          ? `Session ${sessionId} is over, and its end is written. What happened in it: ${commandFor(`summarize ${sessionId}`, this.#options)}.`
          : this.#leftText(),
    )
    exit(exitCode)
  }

  #leftText(): string {
    const { sessionId, isRehearsed } = this.#options
    const next = `the next session in this store writes the end of ${sessionId}`
    const standing = this.standing()
    if (standing === null) return `Left at once: session ${sessionId} had not begun to trade.`
    if (isRehearsed) return `Left at once: nothing rests anywhere, and ${next}.`
    const { liveOrders } = standing
    if (liveOrders === 0) return `Left at once: the books hold no order as live, and ${next}.`
    const orders =
      liveOrders === 1
        ? '1 order as live, and nobody watches it. To take it back'
        : `${liveOrders} orders as live, and nobody watches them. To take them back`
    return `Left at once: the books still hold ${orders}: ${commandFor('reconcile --fix-orphans --cancel', this.#options)}`
  }
}
