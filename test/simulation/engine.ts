// The engine around the kernel: decides, journals, applies, and only then sends. It may be stopped anywhere in that, and is
// then rebuilt from nothing but the journal's text.

import { isDeepStrictEqual } from 'node:util'
import { apply } from '../../src/core/kernel/apply.ts'
import { encodeFactBody, stateHash } from '../../src/core/kernel/codec.ts'
import { decide } from '../../src/core/kernel/decide.ts'
import type { Fact, FactBody, OrderRequest } from '../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../src/core/kernel/inputs.ts'
import { CANCEL_PENDING } from '../../src/core/kernel/order-table.ts'
import { createState, type KernelState } from '../../src/core/kernel/state.ts'
import { viewOf } from '../../src/core/kernel/views.ts'
import type { Auditor, Decision } from './auditor.ts'
import { judgeDecision, judgeRefusals } from './decision-rules.ts'
import type { FaultKind, Faults } from './faults.ts'
import type { Features } from './features.ts'
import type { Random } from './random.ts'
import type { VenueRequest } from './venue-words.ts'
import { must } from './violation.ts'

export type Timeout = { readonly of: 'submit' | 'cancel'; readonly clientOrderId: string }

export interface EngineParts {
  readonly random: Random
  readonly faults: Faults
  readonly features: Features
  readonly auditor: Auditor
  readonly now: () => number
  readonly send: (message: VenueRequest) => void
  readonly watch: (timeout: Timeout) => void
  /** The engine was stopped and is there again. */
  readonly restarted: () => void
}

/** How often a decision is made a second time, on the state that was read back from the journal. */
const TWIN_EVERY = 5

export class Engine {
  state: KernelState = createState()
  /** Orders that the kernel asked about and no question has left for yet. */
  readonly toAsk = new Set<string>()
  readonly #parts: EngineParts
  /** Counts the lives of the engine: what one was about to do, the next one does not. */
  #life = 1
  #batches = 0

  constructor(parts: EngineParts) {
    this.#parts = parts
  }

  /** Some inputs as one tick: decided one after the other, journaled together, and only then carried out. */
  tell(inputs: readonly KernelInput[]): void {
    const { auditor, features } = this.#parts
    const decisions: Decision[] = []
    this.#batches += 1
    for (const input of inputs) {
      const facts = this.#decide(input)
      if (decisions.length === 0 && this.#batches % TWIN_EVERY === 0) this.#decideAgain(input, facts)
      if (this.#stops('engine_stopped_within_decision', facts)) return
      for (const fact of facts) apply(this.state, fact)
      judgeDecision(input, facts, viewOf(this.state))
      features.see(input, facts, viewOf(this.state))
      decisions.push({ input, facts })
    }
    if (this.#stops('engine_stopped_before_commit')) return
    auditor.commit(decisions)
    this.#send(decisions.flatMap(({ facts }) => facts))
  }

  /** What comes of input that nobody may give: a refusal, and nothing else; a quote may take back what it no longer wants. */
  tellGarbage(input: KernelInput): void {
    const { auditor, features } = this.#parts
    const facts = this.#decide(input)
    for (const { body } of facts) {
      const refused = body.type === 'INTENT_DENIED' || (body.type === 'CANCEL_MOVED' && input.type === 'QUOTE')
      must(refused, `garbage was taken: ${inspectable(input)} came to ${body.type}`)
    }
    must(
      facts.some(({ body }) => body.type === 'INTENT_DENIED'),
      `nothing is said of ${inspectable(input)}`,
    )
    for (const fact of facts) apply(this.state, fact)
    judgeRefusals(facts)
    features.seeRefusals(facts)
    auditor.commit([{ input, facts }])
    this.#send(facts)
  }

  #decide(input: KernelInput): Fact[] {
    return decide(this.state, { timeUs: this.#parts.now(), input })
  }

  #send(facts: readonly Fact[]): void {
    const life = this.#life
    if (this.#stops('engine_stopped_before_sending')) return
    for (const { body } of facts) if (this.#life === life) this.#carryOut(body)
    if (this.#life === life) this.#stops('engine_stopped_after_sending')
  }

  timeOut({ of, clientOrderId }: Timeout): void {
    const order = this.state.orders.get(clientOrderId)
    if (order === undefined) return
    const note = { clientOrderId, outcome: 'unknown', detail: 'time-out' } as const
    if (of === 'submit' && isUnanswered(order.status)) this.tell([{ type: 'NOTE_SUBMIT', ...note }])
    if (of === 'cancel' && CANCEL_PENDING[order.cancel]) this.tell([{ type: 'NOTE_CANCEL', ...note }])
  }

  /** The same state, read back from text, must come to the same facts, byte for byte. */
  #decideAgain(input: KernelInput, decided: readonly Fact[]): void {
    const again = decide(this.#parts.auditor.replayed, { timeUs: this.#parts.now(), input })
    const [first, second] = [decided, again].map((facts) => facts.map(({ body }) => encodeFactBody(body)))
    must(isDeepStrictEqual(first, second), `${input.type} is decided otherwise on the state that was replayed`)
  }

  #stops(fault: FaultKind, halfDone: readonly Fact[] = []): boolean {
    if (!this.#parts.faults.happens(fault, 0.003)) return false
    for (const fact of halfDone.slice(0, this.#parts.random.below(halfDone.length + 1))) apply(this.state, fact)
    this.#recover()
    return true
  }

  #carryOut(body: FactBody): void {
    if (body.type === 'ORDER_PREPARED') return this.#submit(body.request)
    if (body.type === 'ORDER_QUERIED') this.toAsk.add(body.clientOrderId)
    if (body.type !== 'CANCEL_MOVED' || body.to !== 'requested') return
    const { clientOrderId } = body
    this.#parts.send({ kind: 'cancel', clientOrderId })
    this.#parts.watch({ of: 'cancel', clientOrderId })
    this.tell([{ type: 'NOTE_CANCEL', clientOrderId, outcome: 'sent', detail: null }])
  }

  #submit(request: OrderRequest): void {
    const { clientOrderId } = request
    this.#parts.auditor.send(request)
    this.#parts.send({ kind: 'submit', request })
    this.#parts.watch({ of: 'submit', clientOrderId })
    this.tell([{ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null }])
  }

  /** All that is left is the journal: a prepared order may have been sent, and so may a requested cancel. */
  #recover(): void {
    const { auditor, restarted, faults } = this.#parts
    this.#life += 1
    const life = this.#life
    const live = this.state
    this.state = auditor.rebuild()
    must(stateHash(this.state) === stateHash(auditor.rebuild()), 'the journal comes to two states')
    if (live.seq === this.state.seq) auditor.checkReplay(live)
    auditor.checkReplay(this.state)
    auditor.checkAcknowledged(this.state)
    this.toAsk.clear()
    restarted()
    for (const input of this.#unfinished()) {
      // Stopped again in the middle of it, the next life starts from the journal once more.
      if (faults.happens('engine_stopped_within_recovery', 0.05)) return this.#recover()
      this.tell([input])
      if (this.#life !== life) return
    }
    must(this.#unfinished().length === 0, 'recovering twice would be more than recovering once')
    for (const clientOrderId of this.state.liveOrders.keys()) this.toAsk.add(clientOrderId)
  }

  /** What the last life may have sent, or may not: nobody can say any more. */
  #unfinished(): KernelInput[] {
    const inputs: KernelInput[] = []
    for (const [clientOrderId, { status, cancel }] of this.state.liveOrders) {
      const note = { clientOrderId, outcome: 'unknown', detail: 'the engine was stopped' } as const
      if (isUnanswered(status)) inputs.push({ type: 'NOTE_SUBMIT', ...note })
      if (cancel === 'requested' || cancel === 'sent') inputs.push({ type: 'NOTE_CANCEL', ...note })
    }
    return inputs
  }
}

function isUnanswered(status: string): boolean {
  return status === 'prepared' || status === 'submitting'
}

function inspectable(input: unknown): string {
  return JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value))
}
