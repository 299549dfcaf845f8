// Kernel and journal together: facts are decided and applied at once, committed once a tick, and only then let effects
// out. Owns the account's state; knows nothing of feeds, strategies or screens.

import type { JournalHead, JournalWriter } from '../journal/port.ts'
import { apply } from '../kernel/apply.ts'
import { decide } from '../kernel/decide.ts'
import type { Fact } from '../kernel/facts.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import { createState } from '../kernel/state.ts'
import type { StateView } from '../kernel/views.ts'
import { viewOf } from '../kernel/views.ts'
import type { Effect } from '../venue/port.ts'

export interface EngineCounts {
  facts: number
  commits: number
}

export interface EngineOptions {
  readonly account: string
  readonly journal: JournalWriter
  /** Called with each fact that is decided. */
  readonly onFact: (fact: Fact) => void
  /** Called with each fact that is applied, those of the journal too. */
  readonly onApplied?: (fact: Fact, view: StateView) => void
  /** Called with the facts of each commit, once they are durable and before what they order may leave. */
  readonly onCommitted?: (facts: readonly Fact[]) => void
}

export class Engine {
  readonly view: StateView
  readonly counts: EngineCounts = { facts: 0, commits: 0 }
  readonly #account: string
  readonly #journal: JournalWriter
  readonly #onFact: (fact: Fact) => void
  readonly #onApplied: ((fact: Fact, view: StateView) => void) | undefined
  readonly #onCommitted: ((facts: readonly Fact[]) => void) | undefined
  readonly #state = createState()
  #pending: Fact[] = []
  #effectsPending = false
  /** When the last fact happened, in session time; zero before the first. */
  lastFactUs = 0
  /** When money first came in: what moved it before is part of it. Null before that. */
  capitalSinceUs: number | null = null
  /** When a funding payment was last booked; null before the first. */
  lastFundingUs: number | null = null

  constructor(options: EngineOptions) {
    this.#account = options.account
    this.#journal = options.journal
    this.#onFact = options.onFact
    this.#onApplied = options.onApplied
    this.#onCommitted = options.onCommitted
    this.view = viewOf(this.#state)
  }

  /** Brings the state to where the journal left the account. */
  replay(): void {
    for (const fact of this.#journal.replay(this.#account)) {
      this.#apply(fact)
    }
  }

  /** Decides on an input and applies what follows. Nothing leaves before `commit`. */
  handle(timeUs: number, input: KernelInput): readonly Fact[] {
    const facts = decide(this.#state, { timeUs, input })
    for (const fact of facts) {
      this.#apply(fact)
      this.#pending.push(fact)
      this.#effectsPending ||= effectOf(fact, this.view) !== null
      this.#onFact(fact)
    }
    return facts
  }

  /** Whether something waits for a commit before it may leave for the venue. */
  get hasEffects(): boolean {
    return this.#effectsPending
  }

  /** Makes everything since the last commit durable, and returns the effects that may leave now. */
  commit(): readonly Effect[] {
    if (this.#pending.length === 0) return []
    const facts = this.#pending
    this.#pending = []
    this.#effectsPending = false
    this.#journal.append(this.#account, facts, this.view)
    this.counts.facts += facts.length
    this.counts.commits += 1
    this.#onCommitted?.(facts)
    const effects: Effect[] = []
    for (const fact of facts) {
      const effect = effectOf(fact, this.view)
      if (effect !== null) effects.push(effect)
    }
    return effects
  }

  #apply(fact: Fact): void {
    apply(this.#state, fact)
    this.lastFactUs = fact.timeUs
    if (fact.body.type === 'CAPITAL_FLOWED') this.capitalSinceUs ??= fact.timeUs
    else if (fact.body.type === 'FUNDING_BOOKED') this.lastFundingUs = fact.timeUs
    this.#onApplied?.(fact, this.view)
  }

  head(): JournalHead {
    return this.#journal.head(this.#account)
  }
}

/** What a fact orders to be sent; null for all that order nothing. */
export function effectOf({ body }: Fact, view: StateView): Effect | null {
  switch (body.type) {
    case 'ORDER_PREPARED':
      return { type: 'submit', request: body.request }
    case 'CANCEL_MOVED':
      if (body.to !== 'requested') return null
      break
    case 'ORDER_QUERIED':
      break
    default:
      return null
  }
  const order = view.orders.get(body.clientOrderId)
  if (order === undefined) return null
  const { clientOrderId, instrument } = order.request
  return body.type === 'ORDER_QUERIED'
    ? { type: 'query', clientOrderId, instrument }
    : { type: 'cancel', clientOrderId, venueOrderId: order.venueOrderId, instrument }
}
