// Looks at the venue, compares, and in `fix` mends what evidence allows, until nothing more can be mended. It commits before
// anything leaves, sends nothing that opens, and may be broken off at any step: the next run goes on from the books.

import { DitaError, messageOf } from '../errors.ts'
import type { Fact } from '../kernel/facts.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'
import type { Effect, Venue, VenueBooks } from '../venue/port.ts'
import { isQueueFull, sendCommitted } from '../venue/send-committed.ts'
import { withNotFound } from './absence.ts'
import { compareBooks } from './compare-books.ts'
import { ordersToAsk } from './compare-orders.ts'
import type { WalletQuestion } from './compare-wallet.ts'
import {
  type BookedFill,
  type Finding,
  type FindingAction,
  type FindingKind,
  isComplete,
  type LookWindow,
  type OrderAnswer,
  type Remedy,
} from './finding.ts'
import { prefixesOf } from './ours.ts'
import { timeText } from './words.ts'

/** What reconcile needs of the session's engine. */
export interface ReconcileEngine {
  readonly view: StateView
  readonly lastFactUs: number
  handle(timeUs: number, input: KernelInput): readonly Fact[]
  commit(): readonly Effect[]
}

export type ReconcileVenue = Pick<Venue, 'lookAtBooks' | 'findOrder' | 'send' | 'take'>

/** Everything that bounds a run. */
export interface ReconcileLimits {
  /** An order that nobody can answer for is quarantined so long after the start of the run; then the run ends. */
  readonly withinUs: number
  readonly rounds: number
  /** Orders asked about one by one in a round. */
  readonly ordersAsked: number
  /** How often one and the same finding is mended before it is left to a person. */
  readonly tries: number
  /** Rounds in which a part that could not be seen is looked at again. */
  readonly looksForMissing: number
  /** How often the venue's words are collected while the run waits. */
  readonly sliceUs: number
  /** The fills looked at begin so long before the oldest that could have been missed. */
  readonly fillsMarginUs: number
}

export const RECONCILE_LIMITS: ReconcileLimits = {
  withinUs: 30_000_000,
  rounds: 40,
  ordersAsked: 200,
  tries: 3,
  looksForMissing: 3,
  sliceUs: 250_000,
  fillsMarginUs: 600_000_000,
}

/** What of the remedies that a person may not want is allowed; all else is always done in `fix`. */
export interface ReconcileWishes {
  /** Fills of orders that we never sent become exposure of ours, unassigned. */
  readonly bookExternalFills: boolean
  /** Positions are set to what the venue holds, where no fill explains the difference. */
  readonly adjustPositions: boolean
  /** Open orders of ours that we do not know, or hold as final, are cancelled. */
  readonly cancelOrphans: boolean
}

export interface ReconcileOptions {
  readonly engine: ReconcileEngine
  readonly venue: ReconcileVenue
  readonly mode: 'look' | 'fix'
  readonly wishes?: Partial<ReconcileWishes>
  /** All sessions of the account: their orders are ours. */
  readonly sessionIds: readonly string[]
  /** Beside those that the account knows. */
  readonly instruments?: readonly string[]
  /** From when on fills are compared; left out: from before the oldest order that was live. */
  readonly fillsFromUs?: number
  /** What we booked since then; left out, fills of ours that the venue does not report are not looked for. */
  readonly bookedFills?: (fromUs: number) => readonly BookedFill[]
  /** Left out: the wallet is not compared. */
  readonly wallet?: WalletQuestion
  /** Time as the journal counts it. */
  readonly nowUs: () => number
  readonly sleep: (us: number) => Promise<void>
  readonly signal: AbortSignal
  readonly limits?: Partial<ReconcileLimits>
}

/** Something that was done about a finding, or that the kernel would not do. */
export interface ReconcileDeed {
  readonly kind: FindingKind
  readonly subject: string
  readonly action: FindingAction
  readonly timeUs: number
  /** `CODE field value` of the denial, or why it was not sent; null where it was done. */
  readonly refused: string | null
}

export interface ReconcileResult {
  readonly mode: 'look' | 'fix'
  readonly startedUs: number
  readonly endedUs: number
  readonly rounds: number
  readonly window: LookWindow
  readonly before: readonly Finding[]
  readonly done: readonly ReconcileDeed[]
  readonly remaining: readonly Finding[]
  /** What the venue had to say beside, in sentences. */
  readonly notices: readonly string[]
  /** What can no longer be seen of the fills that were asked for, as a sentence; null where all of them can. */
  readonly forgotten: string | null
}

/**
 * Looks (twice where there is something to see), and in `fix` mends, looks again, and so on. A run twice does what one run does: everything is judged by the books.
 * @throws what the venue throws where it cannot be spoken to at all, and the signal's reason when it is aborted
 */
export async function reconcile(options: ReconcileOptions): Promise<ReconcileResult> {
  return new Reconciliation(options).run()
}

/** How long to let pass between two looks where no session ever said. */
const DEFAULT_SPACING_US = 2_000_000

/** One run, a step at a time. Whoever drives it leaves `wait` between two looks. */
export class Reconciliation {
  readonly #options: ReconcileOptions
  readonly #limits: ReconcileLimits
  readonly #wishes: ReconcileWishes
  readonly #startedUs: number
  readonly #fillsFromUs: number
  readonly #answers = new Map<string, OrderAnswer>()
  readonly #firstSeenUs = new Map<string, number>()
  readonly #tries = new Map<string, number>()
  readonly #done: ReconcileDeed[] = []
  readonly #notices: string[] = []
  #window: LookWindow | null = null
  #rounds = 0
  /** When the last look was over, and how long the last round took. */
  #lookedUs: number
  #roundUs = 0

  constructor(options: ReconcileOptions) {
    this.#options = options
    this.#limits = { ...RECONCILE_LIMITS, ...options.limits }
    this.#wishes = { bookExternalFills: false, adjustPositions: false, cancelOrphans: true, ...options.wishes }
    this.#startedUs = this.#now()
    this.#lookedUs = this.#startedUs
    this.#fillsFromUs = options.fillsFromUs ?? this.#oldestOfInterest() - this.#limits.fillsMarginUs
  }

  async run(): Promise<ReconcileResult> {
    const before = await this.look()
    let remaining = before
    if (this.#options.mode === 'look' && before.length > 0) {
      // The parts of one look are not of one instant: what is gone a moment later was never there.
      await this.wait()
      remaining = await this.look()
    }
    while (this.#options.mode === 'fix' && this.#rounds < this.#limits.rounds) {
      const mended = this.#mendAll(remaining)
      if (!mended && !this.#isWorthWaiting(remaining)) break
      await this.wait()
      remaining = await this.look()
    }
    return this.result(before, remaining)
  }

  /** One look at the venue, compared with the books. */
  async look(): Promise<Finding[]> {
    const { engine, venue, signal, sessionIds, bookedFills, wallet } = this.#options
    const { view } = engine
    signal.throwIfAborted()
    this.#rounds += 1
    const instruments = [...new Set([...view.instruments.keys(), ...(this.#options.instruments ?? [])])]
    const books = await venue.lookAtBooks({ instruments, fillsFromUs: this.#fillsFromUs }, signal)
    this.#window = windowOf(books, instruments, this.#fillsFromUs)
    if (this.#options.mode === 'fix') this.#noteAgreement(books)
    await this.#askAboutOrders(books)
    const booked = bookedFills?.(books.fills?.fromUs ?? this.#fillsFromUs) ?? []
    const prefixes = prefixesOf(view, sessionIds)
    const findings = compareBooks({ view, books, answers: this.#answers, prefixes, bookedFills: booked, wallet })
    this.#remember(findings)
    const nowUs = this.#now()
    this.#roundUs = nowUs - this.#lookedUs
    this.#lookedUs = nowUs
    return findings
  }

  /** Asks about each live order that is not among the open ones, those first that were asked about least. */
  async #askAboutOrders(books: VenueBooks): Promise<void> {
    const { engine, venue, signal } = this.#options
    const wanted = ordersToAsk(engine.view, books)
    const ids = new Set(wanted.map(({ request }) => request.clientOrderId))
    // What is listed as open again contradicts whatever was answered before.
    for (const known of [...this.#answers.keys()]) if (!ids.has(known)) this.#answers.delete(known)
    const timesAsked = (clientOrderId: string) => this.#answers.get(clientOrderId)?.notFound.length ?? 0
    const queue = [...wanted].sort((a, b) => timesAsked(a.request.clientOrderId) - timesAsked(b.request.clientOrderId))
    for (const { request } of queue.slice(0, this.#limits.ordersAsked)) {
      const { clientOrderId, instrument } = request
      const notFound = this.#answers.get(clientOrderId)?.notFound ?? []
      const askedAtUs = this.#now()
      try {
        const order = await venue.findOrder({ clientOrderId, instrument }, signal)
        // The look began before: whatever the venue's clock says now, it is later.
        const answer = { askedAtUs, venueTimeUs: books.asOfUs }
        this.#answers.set(clientOrderId, { order, failure: null, notFound: order === null ? withNotFound(notFound, answer) : [] })
      } catch (thrown) {
        signal.throwIfAborted()
        if (!(thrown instanceof DitaError)) throw thrown
        this.#answers.set(clientOrderId, { order: null, failure: thrown.message, notFound })
      }
    }
  }

  /** Lets the kernel know that a position is the venue's again: until then it believes no order to be absent there. */
  #noteAgreement({ positions, asOfUs }: VenueBooks): void {
    const { engine } = this.#options
    const differs = [...engine.view.positions.values()].some(({ venues }) => venues !== null)
    if (positions === null || !differs) return
    engine.handle(this.#factTimeUs(), { type: 'SNAPSHOT', asOfUs, openOrders: [], positions })
    this.#leave()
  }

  #remember(findings: readonly Finding[]): void {
    const seen = new Set(findings.map(fingerprint))
    for (const known of [...this.#firstSeenUs.keys()]) if (!seen.has(known)) this.#firstSeenUs.delete(known)
    for (const known of seen) if (!this.#firstSeenUs.has(known)) this.#firstSeenUs.set(known, this.#now())
  }

  /** Does what is due about each finding, in their order; says whether there was anything. */
  #mendAll(findings: readonly Finding[]): boolean {
    let mended = false
    for (const found of findings) {
      const { action, remedies } = this.#due(found)
      if (remedies.length === 0) continue
      mended = true
      this.mend(found, action, remedies)
    }
    return mended
  }

  /** Does one thing about a finding, and keeps what came of it; one that the kernel refuses is not tried again. */
  mend(found: Finding, action: FindingAction, remedies: readonly Remedy[]): ReconcileDeed {
    this.#tries.set(triesKey(found), this.#triesOf(found) + 1)
    const timeUs = this.#now()
    const refused = this.#apply(remedies)
    if (refused !== null) this.#tries.set(triesKey(found), this.#limits.tries)
    const deed = { kind: found.kind, subject: found.subject, action, timeUs, refused }
    this.#done.push(deed)
    return deed
  }

  #due(found: Finding): { readonly action: FindingAction; readonly remedies: readonly Remedy[] } {
    const nothing = { action: found.action, remedies: [] }
    if (!this.#isWished(found) || this.#triesOf(found) >= this.#limits.tries) return nothing
    const isRipe = !found.needsSecondLook || this.#seenForUs(found) >= this.#spacingUs
    if (found.remedies.length > 0 && isRipe) return found
    return this.#isLate && found.otherwise.length > 0 ? { action: 'quarantine', remedies: found.otherwise } : nothing
  }

  #isWished({ kind, action }: Finding): boolean {
    if (kind === 'EXTERNAL_FILL') return this.#wishes.bookExternalFills
    if (action === 'adjust_position') return this.#wishes.adjustPositions
    return kind !== 'ORPHAN_OF_OURS' || this.#wishes.cancelOrphans
  }

  /** Whether another look may show what this one could not: within bounds, and only where something then follows. */
  #isWorthWaiting(findings: readonly Finding[]): boolean {
    return findings.some((found) => {
      if (found.kind === 'INCOMPLETE') return this.#rounds < this.#limits.looksForMissing
      // Nothing is done about it: it is only said, and only what a second look shows again.
      if (found.action === 'none' && found.needsSecondLook) return !this.#isLate && this.#seenForUs(found) < this.#spacingUs
      if (!this.#isWished(found) || this.#triesOf(found) >= this.#limits.tries) return false
      if (found.action === 'ask') return !this.#isLate
      return found.remedies.length > 0 && found.needsSecondLook
    })
  }

  /** Hands the steps to the kernel, commits, and only then lets go what follows; the denial where the kernel would not. */
  #apply(remedies: readonly Remedy[]): string | null {
    const { engine, venue } = this.#options
    let refused: string | null = null
    for (const remedy of remedies) {
      if (!('handle' in remedy)) continue
      for (const { body } of engine.handle(this.#factTimeUs(), remedy.handle)) {
        if (body.type === 'INTENT_DENIED') refused ??= `${body.code} ${body.field} ${body.value}`
      }
    }
    this.#leave()
    for (const remedy of remedies) {
      if (!('send' in remedy) || refused !== null) continue
      try {
        venue.send(remedy.send, this.#now())
      } catch (error) {
        if (!isQueueFull(error)) throw error
        refused = `${remedy.send.type} not sent: ${messageOf(error)}`
      }
    }
    return refused
  }

  /** Everything decided so far becomes durable, and leaves. */
  #leave(): void {
    const { engine, venue } = this.#options
    sendCommitted({ engine, venue, commit: () => engine.commit(), nowUs: this.#now() })
    // What was noted as sent orders nothing; a run that ends here keeps it all the same.
    engine.commit()
  }

  /** Waits until the next look may follow, and in `fix` lets what the venue says meanwhile reach the journal. */
  async wait(): Promise<void> {
    const { sleep, signal, mode } = this.#options
    for (let leftUs = this.#spacingUs; leftUs > 0; leftUs -= this.#limits.sliceUs) {
      await sleep(Math.min(leftUs, this.#limits.sliceUs))
      signal.throwIfAborted()
      if (mode === 'fix') this.#hear()
    }
  }

  #hear(): void {
    const { engine, venue } = this.#options
    for (const { event } of venue.take(this.#now())) {
      if (event.type === 'NOTICE') this.#notices.push(event.text)
      else if (event.type !== 'ORDER_NOT_FOUND') engine.handle(this.#factTimeUs(), event)
    }
    this.#leave()
  }

  result(before: readonly Finding[], remaining: readonly Finding[]): ReconcileResult {
    const window = this.#window as LookWindow
    const forgotten = forgottenText(window, this.#fillsFromUs)
    const notices = forgotten === null ? this.#notices : [forgotten, ...this.#notices]
    const parts = { before, done: this.#done, remaining, notices, forgotten }
    return { mode: this.#options.mode, startedUs: this.#startedUs, endedUs: this.#now(), rounds: this.#rounds, window, ...parts }
  }

  #seenForUs(found: Finding): number {
    return this.#now() - (this.#firstSeenUs.get(fingerprint(found)) ?? this.#now())
  }

  get #isLate(): boolean {
    // There is no time for another round.
    return this.#now() + Math.max(this.#roundUs, this.#spacingUs) > this.#startedUs + this.#limits.withinUs
  }

  get #spacingUs(): number {
    return this.#options.engine.view.session?.querySpacingUs ?? DEFAULT_SPACING_US
  }

  #triesOf(found: Finding): number {
    return this.#tries.get(triesKey(found)) ?? 0
  }

  #now(): number {
    return this.#options.nowUs()
  }

  /** The journal's time never goes back, whatever the clock does. */
  #factTimeUs(): number {
    return Math.max(this.#now(), this.#options.engine.lastFactUs)
  }

  /** When the first order was sent that may have been filled without our knowing. */
  #oldestOfInterest(): number {
    const { view, lastFactUs } = this.#options.engine
    const sent = [...view.liveOrders.values()].map(({ preparedAtUs }) => preparedAtUs)
    return Math.min(lastFactUs === 0 ? this.#startedUs : lastFactUs, ...sent)
  }
}

const fingerprint = ({ kind, subject, action, figures }: Finding): string => `${kind}|${subject}|${action}|${figures}`
const triesKey = ({ kind, subject, action }: Finding): string => `${kind}|${subject}|${action}`

/** A venue names times in whole milliseconds, or seconds. */
const ROUNDING_US = 1_000_000

function forgottenText({ fillsFromUs, fillsUntilUs }: LookWindow, askedFromUs: number): string | null {
  if (fillsUntilUs === null || fillsFromUs <= askedFromUs + ROUNDING_US) return null
  return `The venue keeps no fills from before ${timeText(fillsFromUs)}: what was filled before, since ${timeText(askedFromUs)}, shows in the orders' own totals and in the position alone.`
}

function windowOf(books: VenueBooks, instruments: readonly string[], fillsFromUs: number): LookWindow {
  const { asOfUs, fills } = books
  return {
    instruments,
    asOfUs,
    fillsFromUs: fills?.fromUs ?? fillsFromUs,
    fillsUntilUs: fills?.untilUs ?? null,
    complete: isComplete(books),
  }
}
