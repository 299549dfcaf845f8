// Sends notices one after another, behind everybody's back: a bounded queue, bounded retries, a bounded wait at the end. It never
// throws, never waits for anybody, and says what it could not send.

import { sleep } from '../waiting.ts'
import type { Notice } from './notice.ts'
import { Poster, type PostOutcome } from './post.ts'
import type { Target } from './shapes.ts'
import { SHAPES } from './shapes.ts'

export interface NotifierTuning {
  /** Notices that may wait; the oldest goes for one more. */
  readonly longestQueue: number
  readonly tries: number
  readonly callTimeoutMs: number
  /** Before the second try; doubled for each further one. */
  readonly pauseMs: number
  readonly longestPauseMs: number
  /** A service that asks for a longer silence than this has refused. */
  readonly longestRetryAfterMs: number
  /** At the end: for everything, and for one call. */
  readonly closeMs: number
  readonly closeCallMs: number
}

const NOTIFIER_TUNING: NotifierTuning = {
  longestQueue: 32,
  tries: 5,
  callTimeoutMs: 5_000,
  pauseMs: 1_000,
  longestPauseMs: 30_000,
  longestRetryAfterMs: 300_000,
  closeMs: 3_000,
  closeCallMs: 1_000,
}

export interface NotifierOptions {
  readonly target: Target
  /** From 0 up to 1, for the spread of pauses. */
  readonly random: () => number
  /** Told once of each trouble until a notice arrives again: a whole sentence, without secrets. Must not throw. */
  readonly onTrouble: (text: string) => void
  readonly tuning?: Partial<NotifierTuning>
}

/** What became of everything that was to be sent. */
export interface Delivery {
  readonly delivered: number
  /** Given up, dropped from a full queue, or still waiting at the end. */
  readonly lost: number
}

interface Waiting {
  readonly notice: Notice
  tries: number
}

/** Between tries once it closes: a connection that failed a moment ago may still come about. */
const HURRIED_PAUSE_MS = 200
/** Different troubles that are told between two notices that arrive. */
const MOST_TROUBLES = 8

export class Notifier {
  readonly #options: NotifierOptions
  readonly #tuning: NotifierTuning
  readonly #poster: Poster
  /** Aborted once it closes: pauses of ours end, and what is under way has little time left. */
  readonly #closing = new AbortController()
  /** Aborted once its time is over. */
  readonly #over = new AbortController()
  readonly #told = new Set<string>()
  #queue: Waiting[] = []
  #underWay: Waiting | null = null
  #working: Promise<void> | null = null
  #delivered = 0
  #lost = 0
  /** Lost since the last notice that arrived: the next one says so. */
  #unsaid = 0
  #deadlineMs = Number.POSITIVE_INFINITY
  /** Something failed while it closed. */
  #isPressed = false

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#tuning = { ...NOTIFIER_TUNING, ...options.tuning }
    this.#poster = new Poster(options.target, this.#tuning.callTimeoutMs)
  }

  send(notice: Notice): void {
    if (this.#closing.signal.aborted) return
    if (this.#queue.length >= this.#tuning.longestQueue) this.#dropOldest()
    this.#queue.push({ notice, tries: 0 })
    this.#working ??= this.#start()
  }

  /** Tries for a short time to get out what waits; says what came of all of it. Calling twice is fine. */
  async close(): Promise<Delivery> {
    if (!this.#closing.signal.aborted) {
      this.#deadlineMs = performance.now() + this.#tuning.closeMs
      this.#closing.abort()
      const timer = setTimeout(() => this.#over.abort(), this.#tuning.closeMs)
      await this.#working
      clearTimeout(timer)
      this.#over.abort()
      await this.#poster.close()
      for (const waiting of this.#queue) this.#lose(waiting)
    }
    return { delivered: this.#delivered, lost: this.#lost }
  }

  /** In a turn of its own: whoever sends has more to do now. A defect in here ends the sending and nothing else. */
  async #start(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    try {
      await this.#work()
    } catch (thrown) {
      this.#tell(`Notifications ended by a defect of dita: ${thrown instanceof Error ? thrown.name : 'unknown'}.`)
      this.#over.abort()
    }
  }

  async #work(): Promise<void> {
    for (let waiting = this.#next(); waiting !== undefined && !this.#over.signal.aborted; waiting = this.#next()) {
      const outcome = await this.#attempt(waiting)
      if (outcome.kind === 'taken') {
        this.#deliver(waiting)
        continue
      }
      this.#isPressed ||= this.#closing.signal.aborted
      if (!(await this.#isWorthAnother(waiting, outcome))) this.#giveUp(waiting)
    }
    this.#working = null
  }

  /** In order; while it closes, and a service is slow or in trouble, the last word counts most. */
  #next(): Waiting | undefined {
    const isLate = this.#deadlineMs - performance.now() < this.#tuning.closeMs / 2
    return this.#isPressed || isLate ? this.#queue.at(-1) : this.#queue[0]
  }

  async #attempt(waiting: Waiting): Promise<PostOutcome> {
    const { target } = this.#options
    waiting.tries += 1
    this.#underWay = waiting
    const hurry = new AbortController()
    const hasten = (): void => void setTimeout(() => hurry.abort(), this.#tuning.closeCallMs).unref()
    const { signal: closing } = this.#closing
    if (closing.aborted) hasten()
    else closing.addEventListener('abort', hasten, { once: true })
    const request = SHAPES[target.shape].request({ notice: waiting.notice, dropped: this.#unsaid }, target)
    const outcome = await this.#poster.post(request, AbortSignal.any([hurry.signal, this.#over.signal]))
    closing.removeEventListener('abort', hasten)
    this.#underWay = null
    return outcome
  }

  /** Waits until it is time for the next try; false where there is to be none. */
  async #isWorthAnother({ tries }: Waiting, outcome: Exclude<PostOutcome, { kind: 'taken' }>): Promise<boolean> {
    const { pauseMs, longestPauseMs, longestRetryAfterMs, tries: most } = this.#tuning
    const { target, random } = this.#options
    this.#tell(`A notification could not be sent to ${target.host}: ${outcome.words}.`)
    if (outcome.kind === 'refused' || tries >= most) return false
    const askedMs = outcome.retryAfterMs
    if (askedMs !== null && askedMs > longestRetryAfterMs) return false
    const grownMs = Math.min(pauseMs * 2 ** (tries - 1), longestPauseMs)
    // From half of it to all of it, so that several sessions do not come back at one moment.
    const ownMs = grownMs * (0.5 + random() / 2)
    // What is asked for may only be longer: at "now" all tries would be spent on one outage of a second.
    if (askedMs !== null && askedMs > ownMs) return this.#pauseAsAsked(askedMs)
    await sleep(ownMs, this.#closing.signal)
    if (this.#closing.signal.aborted) await sleep(HURRIED_PAUSE_MS, this.#over.signal)
    return true
  }

  /** Keeps the silence that was asked for, also while it closes; false where it would reach beyond the end. */
  async #pauseAsAsked(askedMs: number): Promise<boolean> {
    const dueMs = performance.now() + askedMs
    await sleep(askedMs, this.#closing.signal)
    const restMs = dueMs - performance.now()
    if (!this.#closing.signal.aborted || restMs <= 0) return true
    if (dueMs > this.#deadlineMs) return false
    await sleep(restMs, this.#over.signal)
    return true
  }

  #deliver(waiting: Waiting): void {
    this.#remove(waiting)
    this.#delivered += 1
    this.#unsaid = 0
    this.#told.clear()
  }

  /** While it closes the others would fare no better, and would only make everybody wait. */
  #giveUp(waiting: Waiting): void {
    this.#lose(waiting)
    if (this.#closing.signal.aborted) this.#over.abort()
  }

  #dropOldest(): void {
    const oldest = this.#queue.find((waiting) => waiting !== this.#underWay)
    if (oldest === undefined) return
    this.#lose(oldest)
    this.#tell(`More notifications wait for ${this.#options.target.host} than may wait: the oldest are dropped.`)
  }

  #lose(waiting: Waiting): void {
    this.#remove(waiting)
    this.#lost += 1
    this.#unsaid += 1
  }

  #remove(waiting: Waiting): void {
    this.#queue = this.#queue.filter((other) => other !== waiting)
  }

  #tell(text: string): void {
    if (this.#told.has(text) || this.#told.size >= MOST_TROUBLES) return
    this.#told.add(text)
    this.#options.onTrouble(text)
  }
}
