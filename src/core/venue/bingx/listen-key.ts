// The key of the private stream: got, kept alive, and got anew when it has run out. Never shown: it opens the account's news.

import { Secret } from '../../secret.ts'
import { AnswerFault, type Answers } from './answers.ts'
import type { BingxClock, BingxTuning } from './options.ts'
import type { Rest } from './rest.ts'

interface ListenKeyOptions {
  readonly rest: Rest
  readonly answers: Answers
  readonly clock: BingxClock
  readonly tuning: BingxTuning
  /** The key is no longer good: whoever listens with it has to begin anew. */
  readonly onExpired: () => void
}

/** What a renewal is answered with where the venue does not know the key any more (BingX API docs, “Extend listen key validity period”). */
const GONE: ReadonlySet<string> = new Set(['HTTP_404', '100401'])

export class ListenKey {
  readonly #options: ListenKeyOptions
  #key: Secret | null = null
  #renewAtUs = 0

  constructor(options: ListenKeyOptions) {
    this.#options = options
  }

  /** The key to connect with: the one we have, or a new one. Throws where the venue gives none; the text holds no key. */
  async current(signal: AbortSignal): Promise<Secret> {
    if (this.#key !== null) return this.#key
    const { rest, answers, clock } = this.#options
    const answer = await rest.call('openListenKey', {}, { signal })
    if (answer.kind !== 'ok') throw new Error(`no listen key was given (${answer.code})`)
    try {
      this.#key = new Secret(answers.listenKey(answer.body))
    } catch (error) {
      if (error instanceof AnswerFault) throw new Error('no listen key was given (its answer is not as documented)')
      throw error
    }
    this.#renewAtUs = clock.nowUs() + this.#options.tuning.listenKeyRenewalMs * 1_000
    return this.#key
  }

  /** Forgets the key, so that the next connection gets a new one. */
  drop(): void {
    this.#key = null
  }

  /** Prolongs the key until it is told to stop. A renewal that fails for another reason is tried again soon. */
  async keepAlive(signal: AbortSignal): Promise<void> {
    const { rest, clock, tuning, onExpired } = this.#options
    const soonMs = tuning.listenKeyRenewalMs / 10
    while (!signal.aborted) {
      const leftMs = (this.#renewAtUs - clock.nowUs()) / 1_000
      if (this.#key === null || leftMs > 0) {
        await clock.sleep(this.#key === null ? soonMs : Math.min(leftMs + 1, tuning.listenKeyRenewalMs), signal)
        continue
      }
      const answer = await rest.call('keepListenKey', { listenKey: this.#key.reveal() }, { signal })
      const isGone = answer.kind === 'refused' && GONE.has(answer.code)
      this.#renewAtUs = clock.nowUs() + (answer.kind === 'ok' ? tuning.listenKeyRenewalMs : soonMs) * 1_000
      if (!isGone) continue
      this.drop()
      onExpired()
    }
  }

  /** Best effort: the key runs out by itself. */
  async end(signal: AbortSignal): Promise<void> {
    const key = this.#key
    this.#key = null
    if (key !== null) await this.#options.rest.call('endListenKey', { listenKey: key.reveal() }, { signal })
  }
}
