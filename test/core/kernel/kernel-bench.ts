// Drives the kernel in tests: given a session, when inputs arrive, then read facts and state. Judges the invariants
// that hold after every input; never reaches past decide and apply.

import { expect } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { add, type Decimal, dec, formatDecimal, mul, neg, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, OrderRequest } from '../../../src/core/kernel/facts.ts'
import type {
  EnterIntent,
  ExitIntent,
  KernelInput,
  OrderReference,
  QuoteIntent,
  RiskLimits,
  SessionOpening,
  Side,
} from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { ORDER_LIVE } from '../../../src/core/kernel/order-table.ts'
import { createState, type KernelState, type Order, type Position, type Slot } from '../../../src/core/kernel/state.ts'

export const SYMBOL = 'XRP/RLUSD'

export interface Setup {
  readonly sessionId?: string
  readonly slotIds?: readonly string[]
  readonly instrument?: Partial<Instrument>
  readonly limits?: Partial<RiskLimits>
}

export function instrumentOf(overrides: Partial<Instrument> = {}): Instrument {
  return {
    symbol: SYMBOL,
    kind: 'spot',
    base: 'XRP',
    quote: 'RLUSD',
    settle: 'RLUSD',
    tickSize: dec('0.0001'),
    lotSize: dec('0.01'),
    minQuantity: dec('0.01'),
    maxQuantity: ZERO,
    minNotional: ZERO,
    maxLeverage: dec('5'),
    ...overrides,
  }
}

export function openingOf(setup: Setup = {}): SessionOpening {
  return {
    sessionId: setup.sessionId ?? 's1',
    account: 'paper/s1',
    mode: 'paper',
    venue: 'paper',
    strategy: 'breakout',
    feedSource: 'simulated',
    seed: 7,
    durationUs: 1_800_000_000,
    tickIntervalUs: 1_000_000,
    instrument: instrumentOf(setup.instrument),
    instrumentOrigin: 'built-in',
    slotIds: setup.slotIds ?? ['a', 'b'],
    limits: { maxExposure: ZERO, maxSessionLoss: ZERO, maxOrderNotional: ZERO, maxOpenOrders: 0, staleFeedUs: 0, ...setup.limits },
    orderValidityUs: 10_000_000,
  }
}

export interface FillWords {
  readonly fee?: string
  readonly feeAsset?: string
  readonly tradeId?: string
  readonly side?: Side
  readonly instrument?: string
  readonly type?: 'PARTIAL_FILL' | 'FULL_FILL'
  readonly reference?: OrderReference
}

interface EnterWords {
  readonly slotId?: string
  readonly side?: Side
  readonly orderType?: 'limit' | 'market'
  readonly price?: string | null
  readonly quantity?: string
  readonly timeInForce?: EnterIntent['timeInForce']
  readonly postOnly?: boolean
  readonly leverage?: string
  readonly exitRatios?: readonly string[]
}

export function enterIntent(words: EnterWords = {}): EnterIntent {
  const orderType = words.orderType ?? 'limit'
  const price = words.price === undefined && orderType === 'limit' ? '2' : (words.price ?? null)
  return {
    type: 'ENTER',
    slotId: words.slotId ?? 'a',
    instrument: SYMBOL,
    side: words.side ?? 'buy',
    orderType,
    price: price === null ? null : dec(price),
    quantity: dec(words.quantity ?? '100'),
    timeInForce: words.timeInForce ?? 'gtc',
    postOnly: words.postOnly ?? false,
    leverage: dec(words.leverage ?? '1'),
    exitRatios: (words.exitRatios ?? []).map((ratio) => dec(ratio)),
  }
}

export function exitIntent(words: Partial<ExitIntent> = {}): ExitIntent {
  const base = {
    type: 'EXIT',
    slotId: 'a',
    scope: 'leg',
    orderType: 'limit',
    timeInForce: 'gtc',
    postOnly: false,
    reason: 'target',
  } as const
  return { ...base, price: dec('3'), ...words }
}

/** Prices and quantities as `price x quantity`; null for no quote on that side. */
export function quoteIntent(bid: string | null, ask: string | null): QuoteIntent {
  const sideOf = (words: string | null) => {
    if (words === null) return null
    const [price, quantity] = words.split(' x ') as [string, string]
    return { price: dec(price), quantity: dec(quantity) }
  }
  return { type: 'QUOTE', instrument: SYMBOL, bid: sideOf(bid), ask: sideOf(ask), postOnly: true }
}

/** One account under test, with its journal. */
export class KernelBench {
  readonly state: KernelState = createState()
  readonly journal: Fact[] = []
  timeUs = 1_700_000_000_000_000
  #tradeIds = 0

  /** Decides, applies, checks the invariants, and returns the facts. */
  when(input: KernelInput): readonly FactBody[] {
    this.timeUs += 1
    const facts = decide(this.state, { timeUs: this.timeUs, input })
    for (const fact of facts) apply(this.state, fact)
    this.journal.push(...facts)
    expectInvariants(this.state)
    return facts.map((fact) => fact.body)
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

  sent(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
  }

  ack(clientOrderId: string, venueOrderId: string | null = null): readonly FactBody[] {
    return this.when({ type: 'ORDER_ACK', clientOrderId, venueOrderId })
  }

  reject(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'ORDER_REJECT', clientOrderId, venueOrderId: null, code: '-2010', reason: 'refused' })
  }

  cancelAck(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
  }

  expire(clientOrderId: string): readonly FactBody[] {
    return this.when({ type: 'EXPIRED', clientOrderId, venueOrderId: null, reason: 'ioc' })
  }

  fill(clientOrderId: string, quantity: string, price: string, words: FillWords = {}): readonly FactBody[] {
    this.#tradeIds += 1
    return this.when({
      type: words.type ?? 'PARTIAL_FILL',
      ...(words.reference ?? { clientOrderId, venueOrderId: null }),
      instrument: words.instrument ?? SYMBOL,
      side: words.side ?? this.order(clientOrderId).request.side,
      fill: {
        tradeId: words.tradeId ?? `t${this.#tradeIds}`,
        price: dec(price),
        quantity: dec(quantity),
        fee: dec(words.fee ?? '0'),
        feeAsset: words.feeAsset ?? 'RLUSD',
        liquidity: 'taker',
      },
    })
  }

  /** An entry that is filled in full: the slot is open. */
  opened(words: EnterWords = {}): string {
    const entry = this.enter(words)
    this.fill(entry, words.quantity ?? '100', words.price ?? '2')
    return entry
  }

  mark(price: string): readonly FactBody[] {
    return this.when({ type: 'MARK_PRICE', instrument: SYMBOL, price: dec(price) })
  }

  order(clientOrderId: string): Order {
    return present(this.state.orders.get(clientOrderId), `order ${clientOrderId}`)
  }

  slot(slotId = 'a'): Slot {
    return present(this.state.slots.get(slotId), `slot ${slotId}`)
  }

  position(): Position {
    return present(this.state.positions.get(SYMBOL), SYMBOL)
  }

  balance(accountAndAsset: string): string {
    return formatDecimal(this.state.balances.get(accountAndAsset) ?? ZERO)
  }

  facts<T extends FactBody['type']>(type: T): Extract<FactBody, { type: T }>[] {
    return this.journal.flatMap(({ body }) => (body.type === type ? [body as Extract<FactBody, { type: T }>] : []))
  }
}

/** A bench with an open session. */
export function given(setup: Setup = {}): KernelBench {
  const bench = new KernelBench()
  bench.when({ type: 'OPEN_SESSION', session: openingOf(setup) })
  return bench
}

export function typesOf(bodies: readonly FactBody[]): string[] {
  return bodies.map((body) => body.type)
}

export function requestsOf(bodies: readonly FactBody[]): OrderRequest[] {
  return bodies.flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))
}

/** `CODE field value` of each denial among the facts. */
export function denialsOf(bodies: readonly FactBody[]): string[] {
  return bodies.flatMap((body) => (body.type === 'INTENT_DENIED' ? [`${body.code} ${body.field} ${body.value}`] : []))
}

export function flagsOf(bodies: readonly FactBody[]): string[] {
  return bodies.flatMap((body) => (body.type === 'RISK_FLAGGED' ? [body.code] : []))
}

export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`)
  return value
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO
  for (const value of values) total = add(total, value)
  return total
}

function one(ids: readonly string[]): string {
  expect(ids).toHaveLength(1)
  return ids[0] as string
}

/** What holds after every fact, whatever happened; for instruments that share no asset. */
export function expectInvariants(state: KernelState): void {
  for (const position of state.positions.values()) {
    expect(position.quantity, 'position = slots + quoted + unassigned').toBe(sum([position.inSlots, position.quoted, position.unassigned]))
    const trades = [...state.trades.values()].filter((slot) => slot.instrument === position.instrument)
    const open = trades.map((slot) => (slot.side === 'sell' ? neg(slot.openSize) : slot.openSize))
    expect(position.inSlots, 'inSlots = Σ signed open sizes').toBe(sum(open))
    const { base, quote } = present(state.instruments.get(position.instrument), position.instrument)
    expect(state.balances.get(`conversion|${quote}`) ?? ZERO, 'conversion in quote = cost of what is open').toBe(position.cost)
    expect(state.balances.get(`conversion|${base}`) ?? ZERO, 'conversion in base = −position').toBe(neg(position.quantity))
    if (position.quantity === ZERO) expect(position.cost, 'nothing open costs nothing').toBe(ZERO)
  }
  const live = [...state.orders.values()].filter((order) => ORDER_LIVE[order.status])
  expect(new Set(state.liveOrders.values())).toEqual(new Set(live))
  for (const slot of state.trades.values()) expectSlot(slot)
  const totals = new Map<string, Decimal>()
  for (const [key, amount] of state.balances) {
    const asset = key.slice(key.indexOf('|') + 1)
    totals.set(asset, add(totals.get(asset) ?? ZERO, amount))
  }
  for (const [asset, total] of totals) expect(total, `${asset} balances`).toBe(ZERO)
}

function expectSlot(slot: Slot): void {
  expect(slot.openSize, 'open = entered − exited').toBe(sub(slot.entryQuantity, slot.exitQuantity))
  expect(slot.openSize >= ZERO, 'open size is never negative').toBe(true)
  expect(slot.exitQuantity, 'exits are their legs').toBe(sum(slot.legs.map((leg) => leg.filledQuantity)))
  expect(slot.exitCost, 'exit value is that of its legs').toBe(sum(slot.legs.map((leg) => leg.filledCost)))
  const proceeds = slot.side === 'sell' ? sub(slot.entryCost, slot.exitCost) : sub(slot.exitCost, slot.entryCost)
  const stillOpen = slot.side === 'sell' ? neg(slot.openCost) : slot.openCost
  expect(slot.realizedPnl, 'realised = proceeds − cost of what was closed').toBe(add(proceeds, stillOpen))
  if (slot.stage === 'closed') expect([slot.openSize, slot.openCost]).toEqual([ZERO, ZERO])
}

/** Σ price × quantity of fills, for tests that recompute a figure. */
export function tradedValueOf(fills: readonly { readonly price: Decimal; readonly quantity: Decimal }[]): Decimal {
  return sum(fills.map((fill) => mul(fill.price, fill.quantity)))
}
