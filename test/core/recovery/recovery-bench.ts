// An account with a real engine on a real store, beside a scripted venue: what a crash leaves, and what recovery makes of it.

import type { StoreWriter } from '../../../src/core/journal/writer.ts'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, FactType, OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../../src/core/kernel/inputs.ts'
import type { OrderView } from '../../../src/core/kernel/views.ts'
import type { BookedFill, Finding } from '../../../src/core/recovery/finding.ts'
import { cleanOrphans, type OrphanOptions, type OrphanResult } from '../../../src/core/recovery/orphans.ts'
import { type ReconcileOptions, type ReconcileResult, reconcile } from '../../../src/core/recovery/reconcile.ts'
import { Engine } from '../../../src/core/session/engine.ts'
import { openTestWriter, storePath } from '../journal/stores.ts'
import { type EnterWords, enterIntent } from '../kernel/intents.ts'
import { LINEAR, openingOf, SYMBOL } from '../kernel/opening.ts'
import { type Clock, ScriptedVenue } from './scripted-venue.ts'

export const START_US = 1_790_000_000_000_000
export const SECOND_US = 1_000_000

export const SLOTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const

/** Stops after so many calls that change the journal, as a SIGKILL would: whatever comes after never happened. */
export class Killed extends Error {}

export class RecoveryBench {
  readonly path = storePath()
  readonly clock: Clock = { nowUs: START_US }
  readonly venue = new ScriptedVenue(this.clock)
  readonly facts: Fact[] = []
  readonly booked: BookedFill[] = []
  engine: Engine
  #writer: StoreWriter

  constructor() {
    this.#writer = openTestWriter(this.path)
    this.engine = this.#newEngine()
    this.when({ type: 'OPEN_SESSION', session: openingOf({ instrument: LINEAR, slotIds: SLOTS }) })
    this.when({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec('1000000'), note: 'initial' })
    this.when({ type: 'MARK_PRICE', instrument: SYMBOL, price: dec('2') })
    this.engine.commit()
  }

  #newEngine(): Engine {
    const onFact = (fact: Fact) => void this.facts.push(fact)
    const engine = new Engine({ account: 'paper/s1', journal: this.#writer, onFact })
    engine.replay()
    return engine
  }

  when(input: KernelInput): readonly FactBody[] {
    this.clock.nowUs += 1
    const facts = this.engine.handle(this.clock.nowUs, input)
    for (const { body, timeUs } of facts) if (body.type === 'FILL_BOOKED') this.booked.push({ ...body, timeUs })
    return facts.map(({ body }) => body)
  }

  /** An order whose commit is durable and that may have been sent: what a crash leaves. */
  prepare(words: EnterWords = {}): OrderRequest {
    const prepared = this.when(enterIntent({ quantity: '5', ...words })).find((body) => body.type === 'ORDER_PREPARED')
    if (prepared?.type !== 'ORDER_PREPARED') throw new Error('the order was denied')
    this.engine.commit()
    return prepared.request
  }

  /** An order that the venue has confirmed. */
  rest(words: EnterWords = {}): OrderRequest {
    const request = this.prepare(words)
    const { clientOrderId, venueOrderId } = this.venue.accept(request)
    this.when({ type: 'ORDER_ACK', clientOrderId, venueOrderId })
    this.engine.commit()
    return request
  }

  /** The process died and another one starts, so much later: all that was not committed is gone. */
  async restart(afterUs = 0): Promise<void> {
    await this.#writer.close()
    this.clock.nowUs += afterUs
    this.#writer = openTestWriter(this.path)
    this.engine = this.#newEngine()
  }

  order(clientOrderId: string): OrderView {
    const order = this.engine.view.orders.get(clientOrderId)
    if (order === undefined) throw new Error(`no order ${clientOrderId}`)
    return order
  }

  get position(): string {
    const held = this.engine.view.positions.get(SYMBOL)
    return held === undefined ? 'none' : formatDecimal(held.quantity)
  }

  options(words: Partial<ReconcileOptions> = {}): ReconcileOptions {
    return {
      engine: this.engine,
      venue: this.venue,
      mode: 'fix',
      sessionIds: ['s1'],
      nowUs: () => this.clock.nowUs,
      sleep: async (us) => {
        this.clock.nowUs += us
      },
      signal: new AbortController().signal,
      bookedFills: () => this.booked,
      ...words,
    }
  }

  reconcile(words: Partial<ReconcileOptions> = {}): Promise<ReconcileResult> {
    return reconcile(this.options(words))
  }

  cleanOrphans(words: Partial<OrphanOptions> = {}): Promise<OrphanResult> {
    return cleanOrphans({ ...this.options(), dryRun: false, ...words })
  }

  /** An engine that dies once it has been called so often to handle or to commit. */
  mortal(calls: number): Pick<Engine, 'view' | 'lastFactUs' | 'handle' | 'commit'> {
    const { engine } = this
    let left = calls
    const live = () => {
      left -= 1
      if (left < 0) throw new Killed('killed')
    }
    return {
      view: engine.view,
      get lastFactUs() {
        return engine.lastFactUs
      },
      handle: (timeUs, input) => {
        live()
        return engine.handle(timeUs, input)
      },
      commit: () => {
        live()
        return engine.commit()
      },
    }
  }

  factsOf<Type extends FactType>(type: Type): Extract<FactBody, { type: Type }>[] {
    return this.facts.flatMap(({ body }) => (body.type === type ? [body as Extract<FactBody, { type: Type }>] : []))
  }
}

/** `KIND action` of each finding. */
export const wordsOf = (findings: readonly Finding[]): string[] => findings.map(({ kind, action }) => `${kind} ${action}`)

/** `KIND action` of each deed, with its denial where there was one. */
export const deedsOf = ({ done }: ReconcileResult): string[] =>
  done.map(({ kind, action, refused }) => `${kind} ${action}${refused === null ? '' : ` ${refused}`}`)
