// Follows, during a session, the orders and cancels that we do not know the truth about: when to ask, what the answers prove,
// and when a person has to be called. It only proposes: the session hands the steps to kernel and venue.

import type { FactBody } from '../kernel/facts.ts'
import type { KernelInput, OrderReference } from '../kernel/inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE } from '../kernel/order-table.ts'
import { positionKey } from '../kernel/state.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { Effect, TimedVenueEvent } from '../venue/port.ts'
import { type AbsenceRules, absenceProof } from './absence.ts'
import { DOUBT_LIMITS, DoubtCase, type DoubtLimits, type DoubtReason } from './doubt-case.ts'
import { orderOf } from './ours.ts'

export type Query = Extract<Effect, { type: 'query' }>

/** What to do next: a question for the venue, or something for the kernel to decide on. */
export type DoubtStep = { readonly ask: Query } | { readonly handle: KernelInput }

export interface DoubtsOptions {
  /** Of the session that is running. */
  readonly rules: AbsenceRules
  /** When this began to look: what is older is counted from here, because nobody remembers what was asked before. */
  readonly startUs: number
  readonly limits?: Partial<DoubtLimits>
}

/** One order that a word is wanted about, for the screen. */
export interface DoubtReport {
  readonly clientOrderId: string
  readonly instrument: string
  readonly reason: Exclude<DoubtReason, 'none'>
  readonly sinceUs: number | null
  readonly asks: number
  readonly lastAskedUs: number | null
  readonly lastWords: string | null
  /** What was asked when, and what was answered. */
  readonly evidence: string
}

/** What the session knows when the venue has spoken: the facts are those that followed. */
export interface NewsContext {
  readonly nowUs: number
  readonly view: StateView
  readonly facts?: readonly { readonly body: FactBody }[]
}

const SECOND_US = 1_000_000

/**
 * Modes of an order here, and how it leaves them: `in_doubt` → any word of the venue, the proof of absence, or after
 * `quarantineAfterUs` the quarantine, whichever is first; `quarantined` → any word, or the proof; `cancel` → any word;
 * `word` (the kernel asked) → any word. All of them are asked about until then, never faster than the query spacing.
 */
export class Doubts {
  readonly #rules: AbsenceRules
  readonly #limits: DoubtLimits
  readonly #startUs: number
  readonly #cases = new Map<string, DoubtCase>()
  #askTimesUs: number[] = []

  constructor({ rules, startUs, limits }: DoubtsOptions) {
    this.#rules = rules
    this.#startUs = startUs
    this.#limits = { ...DOUBT_LIMITS, ...limits }
  }

  /**
   * Whether a query that the kernel ordered may leave now. One that may not is asked later by `onTick`: an answer that only
   * raises the next question would otherwise go round as fast as the wire. Call it for every query, in order, before it leaves.
   */
  admit(query: Query, nowUs: number, view: StateView): boolean {
    const order = view.orders.get(query.clientOrderId)
    // Not ours to follow: it leaves as it was asked.
    if (order === undefined) return true
    const found = this.#caseOf(order)
    found.isWanted = true
    if (found.reason === 'none') found.reason = 'word'
    const { lastAskedUs } = found
    if (lastAskedUs !== null && nowUs - lastAskedUs < this.#rules.querySpacingUs) return false
    return this.#ask(found, nowUs)
  }

  /** Everything that the venue said, after the kernel has decided on it and before what follows is committed. */
  onNews(event: TimedVenueEvent['event'], { nowUs, view, facts = [] }: NewsContext): void {
    switch (event.type) {
      case 'NOTICE':
      case 'FUNDING':
        return
      case 'ORDER_NOT_FOUND': {
        const order = view.orders.get(event.clientOrderId)
        if (order !== undefined) this.#cases.get(event.clientOrderId)?.answeredNotFound(event.venueTimeUs, nowUs, order)
        return
      }
      case 'SNAPSHOT':
        for (const open of event.openOrders) this.#find(open, view)?.contradicted(nowUs, 'is among the open orders of the venue')
        return
      case 'UNRECOGNISED':
      case 'RATE_LIMITED':
        return this.#find(event, view)?.answeredUnreadably(nowUs, `no readable answer (${event.type})`)
      case 'CANCEL_REJECT':
        return this.#find(event, view)?.cancelRefused(nowUs, `the venue refuses to cancel it: ${event.reason}`)
      default: {
        const unmatched = facts.some(({ body }) => body.type === 'EVENT_UNMATCHED')
        const words = unmatched ? `the venue says ${event.type}, and it does not fit` : `the venue says ${event.type}`
        return this.#find(event, view)?.contradicted(nowUs, words)
      }
    }
  }

  /** What is due by now. Steps for the kernel come first; what they lead to is seen by the next call. */
  onTick(nowUs: number, view: StateView): DoubtStep[] {
    for (const order of view.liveOrders.values()) this.#follow(order, nowUs)
    const steps: DoubtStep[] = []
    for (const found of this.#cases.values()) {
      const order = view.orders.get(found.clientOrderId)
      if (order === undefined || this.#isOver(found, order, nowUs)) {
        this.#cases.delete(found.clientOrderId)
        continue
      }
      const input = this.#judge(found, order, nowUs, view)
      if (input !== null) steps.push({ handle: input })
    }
    return [...steps, ...this.#questions(nowUs)]
  }

  /** When `onTick` next has something to do; undefined where nothing is in doubt. Submits and cancels that stay unanswered are seen by the next tick. */
  nextDueUs(): number | undefined {
    let nextUs = Number.POSITIVE_INFINITY
    for (const found of this.#cases.values()) {
      nextUs = Math.min(nextUs, found.dueUs(this.#rules, this.#limits))
      if (found.reason === 'in_doubt' && found.sinceUs !== null && !found.quarantineProposed) {
        nextUs = Math.min(nextUs, found.sinceUs + this.#limits.quarantineAfterUs)
      }
    }
    return nextUs === Number.POSITIVE_INFINITY ? undefined : nextUs
  }

  list(): DoubtReport[] {
    return [...this.#cases.values()].flatMap((found) => {
      const { clientOrderId, instrument, reason, sinceUs, asks, lastAskedUs, log } = found
      if (reason === 'none') return []
      return [{ clientOrderId, instrument, reason, sinceUs, asks, lastAskedUs, lastWords: log.at(-1) ?? null, evidence: found.evidence() }]
    })
  }

  /** Opens, keeps or renews the case of a live order. */
  #follow(order: OrderView, nowUs: number): void {
    const { clientOrderId } = order.request
    const isLate = this.#isLate(order, nowUs)
    const doubted = order.status === 'in_doubt' || order.status === 'quarantined'
    const known = this.#cases.get(clientOrderId)
    if (known === undefined && !doubted && !isLate && !CANCEL_PENDING[order.cancel]) return
    const found = known ?? this.#caseOf(order)
    if (!CANCEL_PENDING[order.cancel]) found.cancelSinceUs = null
    else found.cancelSinceUs ??= nowUs
    const before = found.reason
    found.reason = doubted ? (order.status as 'in_doubt' | 'quarantined') : order.cancel === 'in_doubt' ? 'cancel' : wanted(found)
    if (!doubted) found.sinceUs = null
    else found.sinceUs ??= Math.max(order.updatedAtUs, this.#startUs)
    if (found.reason === 'in_doubt' && before !== 'in_doubt') found.calmed(this.#rules)
  }

  /** Nobody answered, and it can no longer arrive. */
  #isLate({ status, request }: OrderView, nowUs: number): boolean {
    return (status === 'prepared' || status === 'submitting') && nowUs > request.validUntilUs + this.#rules.absenceMarginUs
  }

  /** Nothing is wanted of it any more. It is kept for a while, so that what comes up again is not asked as fast as at first. */
  #isOver(found: DoubtCase, order: OrderView, nowUs: number): boolean {
    if (!ORDER_LIVE[order.status]) {
      found.sinceUs = null
      found.cancelSinceUs = null
      found.reason = wanted(found)
    }
    if (found.reason !== 'none' || found.cancelSinceUs !== null || this.#isLate(order, nowUs)) return false
    return found.lastAskedUs === null || nowUs - found.lastAskedUs > 2 * this.#limits.slowestGapUs
  }

  /** What the kernel is to decide on, as far as it is known by now. */
  #judge(found: DoubtCase, order: OrderView, nowUs: number, view: StateView): KernelInput | null {
    const { clientOrderId } = found
    const { status } = order
    if (this.#isLate(order, nowUs)) {
      return { type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'no answer by the end of its validity and the margin' }
    }
    if (found.isMissing) {
      found.isMissing = false
      return ORDER_LIVE[status] ? missingInput(clientOrderId) : null
    }
    if (found.reason === 'in_doubt' || found.reason === 'quarantined') return this.#conclude(found, order, nowUs, view)
    const isSilent = found.cancelSinceUs !== null && nowUs - found.cancelSinceUs >= this.#limits.cancelWithinUs
    if (!isSilent || order.cancel === 'in_doubt' || !CANCEL_PENDING[order.cancel]) return null
    return { type: 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail: `no answer for ${this.#limits.cancelWithinUs / SECOND_US} s` }
  }

  /** Absent where it is proved; else quarantined once the time is up, whatever a later question might have shown. */
  #conclude(found: DoubtCase, order: OrderView, nowUs: number, view: StateView): KernelInput | null {
    const { clientOrderId } = found
    const proof = absenceProof(found.notFound, found.validUntilUs, this.#rules)
    if (proof !== null && canBeAbsent(order, view)) {
      const evidence = found.evidence()
      // Refused, it has to be proved anew: nothing is proposed twice on the same answers.
      found.notFound = []
      return { type: 'RECONCILE', action: 'mark_absent', clientOrderId, evidence, ...proof }
    }
    const { sinceUs, quarantineProposed, reason } = found
    const isTime = sinceUs !== null && nowUs >= sinceUs + this.#limits.quarantineAfterUs
    if (reason !== 'in_doubt' || quarantineProposed || !isTime) return null
    found.quarantineProposed = true
    return { type: 'RECONCILE', action: 'quarantine', clientOrderId, evidence: found.evidence() }
  }

  /** The questions that are due, those that waited longest first, as many as may leave. */
  #questions(nowUs: number): DoubtStep[] {
    const due = [...this.#cases.values()].filter((found) => found.dueUs(this.#rules, this.#limits) <= nowUs)
    due.sort((a, b) => (a.lastAskedUs ?? 0) - (b.lastAskedUs ?? 0))
    const steps: DoubtStep[] = []
    for (const found of due) {
      if (!this.#ask(found, nowUs)) break
      steps.push({ ask: { type: 'query', clientOrderId: found.clientOrderId, instrument: found.instrument } })
    }
    return steps
  }

  #ask(found: DoubtCase, nowUs: number): boolean {
    this.#askTimesUs = this.#askTimesUs.filter((timeUs) => nowUs - timeUs < SECOND_US)
    if (this.#askTimesUs.length >= this.#limits.asksPerSecond) return false
    this.#askTimesUs.push(nowUs)
    found.asked(nowUs, this.#limits)
    return true
  }

  #caseOf(order: OrderView): DoubtCase {
    const { clientOrderId } = order.request
    const known = this.#cases.get(clientOrderId)
    if (known !== undefined) return known
    const opened = new DoubtCase(order, this.#rules)
    this.#cases.set(clientOrderId, opened)
    return opened
  }

  #find(reference: OrderReference, view: StateView): DoubtCase | undefined {
    const order = orderOf(view, reference)
    return order === undefined ? undefined : this.#cases.get(order.request.clientOrderId)
  }
}

const wanted = ({ isWanted }: DoubtCase): 'word' | 'none' => (isWanted ? 'word' : 'none')

/** What the venue has named or filled was there; and while its position is another than ours, something moved. */
export function canBeAbsent({ request, venueOrderId, filledQuantity }: OrderView, view: StateView): boolean {
  const position = view.positions.get(positionKey(request.instrument, request.positionSide))
  return venueOrderId === null && filledQuantity === 0n && (position?.venues ?? null) === null
}

/** The venue does not have an order that it had confirmed: both cannot be true, so that it is in doubt. */
export function missingInput(clientOrderId: string): KernelInput {
  const detail = 'the venue says that it has no such order, which it had confirmed'
  return { type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail }
}
