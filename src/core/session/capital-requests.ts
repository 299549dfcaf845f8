// Flows of capital that a running session is asked to book: they wait here until its loop comes to them, so that nothing is booked
// in the middle of a step. Books nothing itself.

import { DitaError, EXIT } from '../errors.ts'
import type { CapitalBooked, CapitalMove } from './capital.ts'

interface Waiting {
  readonly move: CapitalMove
  /** Once aborted nobody wants it any more. */
  readonly signal: AbortSignal
  readonly resolve: (booked: CapitalBooked) => void
  readonly reject: (reason: unknown) => void
}

export interface Booking {
  /** @throws DitaError where nothing is to be booked: then only who asked is told */
  book(move: CapitalMove): CapitalBooked
  /** Makes it durable; what it throws ends the session. */
  commit(): void
}

export class CapitalRequests {
  #waiting: Waiting[] = []
  /** The account whose session takes them; null while none does. */
  #account: string | null = null

  /** From here on they are taken, until what is returned is disposed of; what waits then is refused. */
  open(account: string): Disposable {
    this.#account = account
    return { [Symbol.dispose]: () => this.#close() }
  }

  /**
   * Answers once the flow is durable. An account may be named by what stands behind the venue's name; null is whichever trades.
   * @throws DitaError SESSION_BUSY (exit 5), OTHER_ACCOUNT (2), and what booking it throws: then nothing was booked
   */
  async ask(named: string | null, move: CapitalMove, signal: AbortSignal): Promise<CapitalBooked> {
    const account = this.#account
    if (account === null) throw sessionBusy()
    if (named !== null && named !== account && !account.endsWith(`/${named}`)) throw otherAccount(named, account)
    return await new Promise((resolve, reject) => this.#waiting.push({ move, signal, resolve, reject }))
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Books what waits, each for itself. */
  settle({ book, commit }: Booking): void {
    for (const { move, signal, resolve, reject } of this.#waiting.splice(0)) {
      if (signal.aborted) continue
      let booked: CapitalBooked
      try {
        booked = book(move)
      } catch (refusal) {
        reject(refusal)
        continue
      }
      try {
        commit()
      } catch (failure) {
        reject(failure)
        throw failure
      }
      resolve(booked)
    }
  }

  #close(): void {
    this.#account = null
    for (const { reject } of this.#waiting.splice(0)) reject(sessionBusy())
  }
}

function sessionBusy(): DitaError {
  return new DitaError('SESSION_BUSY', {
    fault: 'user',
    exitCode: EXIT.storeBusy,
    message: 'The session is just starting or ending, and books no capital now: nothing was booked.',
    next: 'Try again in a moment.',
  })
}

function otherAccount(named: string, account: string): DitaError {
  return new DitaError('OTHER_ACCOUNT', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The session that runs on this store trades ${account}, not ${named}: nothing was booked.`,
    next: 'Leave --account out for the account of the session, or wait until it has ended.',
  })
}
