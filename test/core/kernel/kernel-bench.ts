// Drives the kernel in tests: given a session, when inputs arrive, then read facts and state. Judges the invariants
// that hold after every input; never reaches past decide and apply.

import { expect } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { add, type Decimal, dec, formatDecimal, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, FactType } from '../../../src/core/kernel/facts.ts'
import type {
  ExitIntent,
  KernelInput,
  Liquidity,
  OrderReference,
  PositionSide,
  ReconcileAction,
  SettledOutcome,
  Side,
  SnapshotEvent,
  SnapshotOrder,
} from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { createState, type KernelState, type Order, type Position, positionKey, type Slot } from '../../../src/core/kernel/state.ts'
import type { ControlAction } from '../../../src/core/kernel/trading-table.ts'
import { equityOf } from '../../../src/core/kernel/valuation.ts'
import { contextKeysOf, factsOf, requestsOf } from './facts-of.ts'
import { type EnterWords, enterIntent, exitIntent, quoteIntent, residualIntent } from './intents.ts'
import { type Aside, asidesOf, expectInvariants, present } from './invariants.ts'
import { instrumentOf, openingOf, plentyOf, type Setup, SYMBOL } from './opening.ts'

export { contextsOf, denialsOf, factsOf, flagsOf, requestsOf, typesOf } from './facts-of.ts'
export { enterIntent, exitIntent, quoteIntent, residualIntent } from './intents.ts'
export { expectInvariants, present, sum } from './invariants.ts'
export { INVERSE, instrumentOf, LINEAR, openingOf, SYMBOL } from './opening.ts'

export interface FillWords {
  readonly fee?: string
  readonly feeAsset?: string
  readonly tradeId?: string
  readonly side?: Side
  readonly instrument?: string
  readonly liquidity?: Liquidity
  readonly type?: 'PARTIAL_FILL' | 'FULL_FILL'
  readonly reference?: OrderReference
  /** What the venue says is filled of the order in all. */
  readonly totalFilled?: string
  readonly positionSide?: PositionSide
}

/** One account under test, with its journal. */
export class KernelBench {
  readonly state: KernelState = createState()
  readonly journal: Fact[] = []
  timeUs = 1_700_000_000_000_000
  /** What the account was given before it traded, by asset. */
  readonly stake = new Map<string, Decimal>()
  readonly setup: Setup
  #tradeIds = 0
  #asides: Map<string, Aside> = new Map()

  constructor(setup: Setup = {}) {
    this.setup = setup
  }

  /** Decides, applies, checks the invariants, and returns the facts. */
  when(input: KernelInput): readonly FactBody[] {
    this.timeUs += 1
    const facts = decide(this.state, { timeUs: this.timeUs, input })
    for (const fact of facts) apply(this.state, fact)
    this.journal.push(...facts)
    const bodies = facts.map((fact) => fact.body)
    if (bodies.some(({ type }) => type === 'DUST_WRITTEN_OFF' || type === 'EXPOSURE_ASSIGNED')) this.#asides = asidesOf(this.journal)
    expectInvariants(this.state, this.#asides)
    for (const denial of factsOf(bodies, 'INTENT_DENIED')) {
      const { carried, promised } = contextKeysOf(denial)
      expect(carried, `the figures of ${denial.code}`).toEqual(promised)
    }
    return bodies
  }

  /** Lets so much time pass that the next input comes exactly then: each input takes a microsecond. */
  wait(us: number): void {
    this.timeUs += us - 1
  }

  /** The client order ids of the orders that an input asked for. */
  prepare(input: KernelInput): string[] {
    return requestsOf(this.when(input)).map((request) => request.clientOrderId)
  }

  enter(words: EnterWords = {}): string {
    return one(this.prepare(enterIntent(words)))
  }

  exit(words: Partial<ExitIntent> = {}): string {
    return one(this.prepare(exitIntent(words)))
  }

  residual(slotId = 'a'): readonly FactBody[] {
    return this.when(residualIntent(slotId))
  }

  /** The resting orders of a quote, bid first. */
  quote(bid: string | null, ask: string | null): string[] {
    return this.prepare(quoteIntent(bid, ask))
  }

  control(action: ControlAction): readonly FactBody[] {
    return this.when({ type: 'CONTROL', action, reason: 'operator' })
  }

  cancel(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
  }

  sent(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
  }

  /** No readable answer came to the order: the venue may have it or not. */
  doubt(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'time-out' })
  }

  ack(clientOrderId: string, venueOrderId: string | null = null, totalFilled?: string): readonly FactBody[] {
    return this.when({ type: 'ORDER_ACK', clientOrderId, venueOrderId, ...totalOf(totalFilled) })
  }

  reject(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'ORDER_REJECT', clientOrderId, venueOrderId: null, code: '-2010', reason: 'refused' })
  }

  cancelAck(clientOrderId: string, totalFilled?: string): readonly FactBody[] {
    return this.when({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null, ...totalOf(totalFilled) })
  }

  expire(clientOrderId: string, totalFilled?: string): readonly FactBody[] {
    return this.when({ type: 'EXPIRED', clientOrderId, venueOrderId: null, reason: 'ioc', ...totalOf(totalFilled) })
  }

  fill(clientOrderId: string, quantity: string, price: string, words: FillWords = {}): readonly FactBody[] {
    this.#tradeIds += 1
    const instrument = words.instrument ?? this.state.orders.get(clientOrderId)?.request.instrument ?? SYMBOL
    return this.when({
      type: words.type ?? 'PARTIAL_FILL',
      ...(words.reference ?? { clientOrderId, venueOrderId: null }),
      ...totalOf(words.totalFilled),
      ...(words.positionSide === undefined ? {} : { positionSide: words.positionSide }),
      instrument,
      side: words.side ?? this.order(clientOrderId).request.side,
      fill: {
        tradeId: words.tradeId ?? `t${this.#tradeIds}`,
        price: dec(price),
        quantity: dec(quantity),
        fee: dec(words.fee ?? '0'),
        feeAsset: words.feeAsset ?? this.state.instruments.get(instrument)?.settle ?? 'RLUSD',
        liquidity: words.liquidity ?? 'taker',
      },
    })
  }

  /** An entry that is filled in full: the slot is open. */
  opened(words: EnterWords = {}): string {
    const entry = this.enter(words)
    this.fill(entry, words.quantity ?? '100', words.price ?? '2')
    return entry
  }

  mark(price: string, mid: string | null = null, asOfUs: number | null = null, instrument = SYMBOL): readonly FactBody[] {
    return this.when({ type: 'MARK_PRICE', instrument, price: dec(price), mid: mid === null ? null : dec(mid), asOfUs })
  }

  /** As of the moment it comes in. */
  snapshot(words: Partial<Omit<SnapshotEvent, 'type'>> = {}): readonly FactBody[] {
    return this.when({ type: 'SNAPSHOT', asOfUs: this.timeUs + 1, openOrders: [], ...words })
  }

  /** An order of ours as a snapshot shows it. */
  seen(clientOrderId: string, words: Partial<SnapshotOrder> = {}): SnapshotOrder {
    const { request, filledQuantity } = this.order(clientOrderId)
    const { instrument, side } = request
    return { clientOrderId, venueOrderId: null, instrument, side, filledQuantity, ...words }
  }

  reconcile(action: ReconcileAction): readonly FactBody[] {
    return this.when({ type: 'RECONCILE', evidence: 'the venue said so', ...action })
  }

  /** With proof enough, whatever the order is. */
  markAbsent(clientOrderId: string): readonly FactBody[] {
    const { validUntilUs } = this.order(clientOrderId).request
    const askedAtUs = [validUntilUs + 1, validUntilUs + 2_000_001]
    return this.reconcile({ action: 'mark_absent', clientOrderId, venueTimeUs: validUntilUs + 5_000_001, askedAtUs })
  }

  quarantine(clientOrderId: string): readonly FactBody[] {
    return this.reconcile({ action: 'quarantine', clientOrderId })
  }

  settle(clientOrderId: string, outcome: SettledOutcome, filled: string, averagePrice: string | null): readonly FactBody[] {
    const average = averagePrice === null ? null : dec(averagePrice)
    return this.reconcile({ action: 'settle_order', clientOrderId, outcome, filledQuantity: dec(filled), averagePrice: average })
  }

  /** The venue's position is this, signed; with its average price or without. */
  adjust(quantity: string, averagePrice: string | null, positionSide: PositionSide = 'net'): readonly FactBody[] {
    this.#tradeIds += 1
    return this.reconcile({
      action: 'adjust_position',
      adjustmentId: `adjust${this.#tradeIds}`,
      instrument: SYMBOL,
      positionSide,
      quantity: dec(quantity),
      averagePrice: averagePrice === null ? null : dec(averagePrice),
    })
  }

  /** To a slot, or with null to the quoted inventory. */
  assign(quantity: string, slotId: string | null, price: string | null = null, positionSide: PositionSide = 'net'): readonly FactBody[] {
    const worth = price === null ? null : dec(price)
    return this.reconcile({ action: 'assign', instrument: SYMBOL, positionSide, quantity: dec(quantity), slotId, price: worth })
  }

  funding(amount: string, fundingId = 'f1', asset = 'RLUSD'): readonly FactBody[] {
    return this.when({ type: 'FUNDING', instrument: SYMBOL, fundingId, asset, amount: dec(amount) })
  }

  capital(asset: string, amount: string): readonly FactBody[] {
    return this.when({ type: 'FLOW_CAPITAL', asset, amount: dec(amount), note: 'test' })
  }

  valueAsset(asset: string, price: string, quote = 'RLUSD'): readonly FactBody[] {
    return this.when({ type: 'VALUE_ASSET', asset, quote, price: dec(price), source: 'test' })
  }

  list(overrides: Partial<Instrument>): readonly FactBody[] {
    return this.when({ type: 'LIST_INSTRUMENT', instrument: instrumentOf(overrides) })
  }

  order(clientOrderId: string): Order {
    return present(this.state.orders.get(clientOrderId), `order ${clientOrderId}`)
  }

  slot(slotId = 'a'): Slot {
    return present(this.state.slots.get(slotId), `slot ${slotId}`)
  }

  position(positionSide: PositionSide = 'net', instrument = SYMBOL): Position {
    const key = positionKey(instrument, positionSide)
    return present(this.state.positions.get(key), key)
  }

  /** Position, slots, quoted, unassigned, dust: each as text. */
  parts(positionSide: PositionSide = 'net'): Record<'position' | 'inSlots' | 'quoted' | 'unassigned' | 'dust', string> {
    const { quantity, inSlots, quoted, unassigned, dust } = this.position(positionSide)
    return {
      position: formatDecimal(quantity),
      inSlots: formatDecimal(inSlots),
      quoted: formatDecimal(quoted),
      unassigned: formatDecimal(unassigned),
      dust: formatDecimal(dust),
    }
  }

  /** What came into an account of the ledger, by `account|asset`, beyond what the account was given at the start. */
  balance(accountAndAsset: string): string {
    const [account, asset] = accountAndAsset.split('|') as [string, string]
    const given = this.stake.get(asset) ?? ZERO
    const balance = this.state.balances.get(accountAndAsset) ?? ZERO
    return formatDecimal(account === 'wallet' ? sub(balance, given) : account === 'capital' ? add(balance, given) : balance)
  }

  /** What the account is worth in its instrument's quote beyond what it was given at the start; null where nobody can say. */
  worth(mark: Decimal | null): Decimal | null {
    const instrument = instrumentOf(this.setup.instrument)
    const { balances, assetPrices } = this.state
    const equity = equityOf(balances, instrument, mark, assetPrices)
    const wallets = [...this.stake].map(([asset, amount]): [string, Decimal] => [`wallet|${asset}`, amount])
    const stake = equityOf(new Map(wallets), instrument, mark, assetPrices)
    return equity === null || stake === null ? null : sub(equity, stake)
  }

  facts<T extends FactType>(type: T): Extract<FactBody, { type: T }>[] {
    return factsOf(
      this.journal.map((fact) => fact.body),
      type,
    )
  }
}

/** A bench with an open session, and with capital. */
export function given(setup: Setup = {}): KernelBench {
  const bench = new KernelBench(setup)
  const session = openingOf(setup)
  bench.when({ type: 'OPEN_SESSION', session })
  for (const [asset, amount] of Object.entries(setup.capital ?? plentyOf(session.instrument))) {
    bench.capital(asset, amount)
    bench.stake.set(asset, dec(amount))
  }
  return bench
}

function totalOf(totalFilled: string | undefined): { totalFilled?: Decimal } {
  return totalFilled === undefined ? {} : { totalFilled: dec(totalFilled) }
}

function one(ids: readonly string[]): string {
  expect(ids).toHaveLength(1)
  return ids[0] as string
}
