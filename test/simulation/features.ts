// What a run has driven, counted by name: inputs, facts, denials, stages, and what is asked of the kernel beside them.

import { type Decimal, ZERO } from '../../src/core/kernel/decimal.ts'
import { DENIALS } from '../../src/core/kernel/denials.ts'
import type { Fact, FactBody, FactOf, FactType } from '../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../src/core/kernel/inputs.ts'
import { ORDER_TABLE } from '../../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../../src/core/kernel/slot-table.ts'
import type { PositionView, StateView } from '../../src/core/kernel/views.ts'

/** Complete by its type: a new kind of fact has to be driven. */
const FACT_TYPES = {
  SESSION_OPENED: true,
  SESSION_HALTED: true,
  INSTRUMENT_LISTED: true,
  TRADING_MOVED: true,
  CAPITAL_FLOWED: true,
  ASSET_VALUED: true,
  FUNDING_BOOKED: true,
  INTENT_DENIED: true,
  ORDER_PREPARED: true,
  ORDER_MOVED: true,
  ORDER_BOUND: true,
  CANCEL_MOVED: true,
  FILL_BOOKED: true,
  FILL_REPEATED: true,
  FILL_CONFIRMED: true,
  FILL_CONFLICTED: true,
  EVENT_UNMATCHED: true,
  EVENT_CONFLICTED: true,
  ORDER_QUERIED: true,
  RATE_LIMIT_NOTED: true,
  SLOT_MOVED: true,
  TRADE_OPENED: true,
  LEG_OPENED: true,
  LEG_ENDED: true,
  DUST_WRITTEN_OFF: true,
  RECONCILED: true,
  POSITION_DIFFERED: true,
  POSITION_AGREED: true,
  EXPOSURE_ASSIGNED: true,
  MARK_SET: true,
  MARKET_OBSERVED: true,
  RISK_FLAGGED: true,
  FEED_REPORTED: true,
} as const satisfies Record<FactType, true>

// biome-ignore format: a list of words is read as one
const OTHERS = [
  'control pause', 'control resume', 'control reduce_only', 'control halt',
  'session opened again', 'session opened on open exposure', 'session opened beside live orders',
  'reconcile mark_absent', 'reconcile quarantine', 'reconcile settle_order', 'reconcile book_fill', 'reconcile adjust_position', 'reconcile assign',
  'settled as filled', 'settled as canceled', 'settled as expired', 'fill inferred', 'fill booked by reconcile', 'fill of somebody else booked',
  'assigned to a slot that was free', 'assigned to a slot that grew', 'assigned to a slot that shrank', 'assigned to the quotes',
  'prepared while reducing', 'prepared as reduce-only', 'entry in a hedged position', 'exit beside another exit', 'exit of a further leg',
  'residual exit', 'residual exit beside a live entry', 'dust of coins', 'dust of contracts',
  'fill of a spot order', 'fill of a linear order', 'fill of an inverse order', 'fill of a hedged long', 'fill of a hedged short', 'fill of a quote',
  'fill of an order in doubt', 'fill of a refused order', 'fill of a closed trade', 'fill beyond what is open', 'position flipped', 'profit realised',
  'fee in the quote', 'fee in the base', 'fee in a third asset with a price', 'fee in a third asset without one',
  'two slots on one instrument', 'slots and quotes on one instrument', 'orders on several instruments',
  'final word not believed', 'snapshot with positions', 'snapshot that failed on positions', 'snapshot that is complete',
  'mark without a mid', 'equity known before a trade', 'equity unknown before a trade',
] as const

type Feature = (typeof OTHERS)[number]

/** All that every run over many seeds has to meet at least once. */
export const FEATURES: readonly string[] = [
  ...Object.keys(FACT_TYPES).map((type) => `fact ${type}`),
  ...Object.keys(DENIALS).map((code) => `denial ${code}`),
  ...Object.keys(ORDER_TABLE)
    .filter((status) => status !== 'prepared')
    .map((status) => `order ${status}`),
  ...Object.keys(SLOT_TABLE)
    .filter((stage) => stage !== 'idle')
    .map((stage) => `slot ${stage}`),
  ...OTHERS,
]

export class Features {
  readonly counts = new Map<string, number>()

  see(input: KernelInput, facts: readonly Fact[], state: StateView): void {
    this.#seeInput(input, facts, state)
    for (const { body } of facts) {
      this.#note(`fact ${body.type}`)
      if (body.type === 'INTENT_DENIED') this.#note(`denial ${body.code}`)
      if (body.type === 'ORDER_MOVED') this.#seeMove(body)
      if (body.type === 'SLOT_MOVED') this.#note(`slot ${body.to}`)
      if (body.type === 'ORDER_PREPARED') this.#seePrepared(input, body, state)
      if (body.type === 'FILL_BOOKED') this.#seeFill(body, state)
      this.#seeOther(body, facts, state)
    }
  }

  seeRefusals(facts: readonly Fact[]): void {
    for (const { body } of facts) if (body.type === 'INTENT_DENIED') this.#note(`denial ${body.code}`)
  }

  #note(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  #if(holds: boolean, feature: Feature): void {
    if (holds) this.#note(feature)
  }

  #seeInput(input: KernelInput, facts: readonly Fact[], state: StateView): void {
    const moved = facts.some(({ body }) => body.type === 'TRADING_MOVED')
    if (input.type === 'CONTROL' && moved) this.#note(`control ${input.action}` satisfies Feature)
    if (input.type === 'MARK_PRICE') this.#if(input.mid === undefined && facts[0]?.body.type === 'MARK_SET', 'mark without a mid')
    if (input.type === 'RECONCILE' && facts[0]?.body.type === 'RECONCILED') {
      this.#note(`reconcile ${input.action}` satisfies Feature)
      if (input.action === 'settle_order') this.#note(`settled as ${input.outcome}`)
      const books = facts.some(({ body }) => body.type === 'FILL_BOOKED')
      if (input.action === 'book_fill') this.#if(books, 'fill booked by reconcile')
    }
    if (input.type === 'SNAPSHOT') {
      this.#if(Array.isArray(input.positions), 'snapshot with positions')
      this.#if(input.positions === null, 'snapshot that failed on positions')
      this.#if(input.complete === true, 'snapshot that is complete')
    }
    if (input.type === 'EXIT_RESIDUAL' && facts.some(({ body }) => body.type === 'ORDER_PREPARED')) {
      this.#note('residual exit' satisfies Feature)
      const live = [...state.liveOrders.values()].map(({ request }) => request)
      this.#if(
        live.some(({ slotId, role }) => slotId === input.slotId && role === 'entry'),
        'residual exit beside a live entry',
      )
    }
  }

  #seeMove({ to, from, trigger, reason }: FactOf<'ORDER_MOVED'>): void {
    this.#note(`order ${to}`)
    this.#if(trigger === 'unknown' && reason?.startsWith('the venue counts') === true, 'final word not believed')
    const filled = trigger === 'fillPart' || trigger === 'fillAll'
    this.#if(filled && from === 'in_doubt', 'fill of an order in doubt')
    this.#if(filled && from === 'rejected', 'fill of a refused order')
  }

  #seePrepared(input: KernelInput, { request }: FactOf<'ORDER_PREPARED'>, state: StateView): void {
    this.#if(state.trading === 'reducing', 'prepared while reducing')
    this.#if(request.reduceOnly, 'prepared as reduce-only')
    this.#if(request.role === 'entry' && request.positionSide !== 'net', 'entry in a hedged position')
    this.#if(request.role === 'exit' && (request.leg ?? 0) > 0, 'exit of a further leg')
    const live = [...state.liveOrders.values()].map((order) => order.request)
    const beside = live.filter(({ slotId, trade, role }) => slotId === request.slotId && trade === request.trade && role === 'exit')
    this.#if(input.type === 'EXIT' && beside.length > 1, 'exit beside another exit')
    this.#if(new Set(live.map(({ instrument }) => instrument)).size > 1, 'orders on several instruments')
  }

  #seeFill(fill: FactOf<'FILL_BOOKED'>, state: StateView): void {
    const instrument = state.instruments.get(fill.instrument)
    if (instrument === undefined) return
    const { kind, base, quote } = instrument
    this.#note(kind === 'inverse' ? 'fill of an inverse order' : `fill of a ${kind} order`)
    if (fill.positionSide !== 'net') this.#note(`fill of a hedged ${fill.positionSide}` satisfies Feature)
    this.#if(fill.role === 'quote', 'fill of a quote')
    this.#if(fill.inferred, 'fill inferred')
    this.#if(fill.role === null && !fill.inferred, 'fill of somebody else booked')
    this.#if(fill.slotId !== null && fill.assigned === ZERO, 'fill of a closed trade')
    this.#if(fill.assigned !== ZERO && fill.unassigned !== ZERO, 'fill beyond what is open')
    const before = (fill.positionAfter - (fill.side === 'buy' ? fill.quantity : -fill.quantity)) as Decimal
    this.#if(before !== ZERO && fill.positionAfter !== ZERO && before > ZERO !== fill.positionAfter > ZERO, 'position flipped')
    this.#if(fill.realizedPnl !== ZERO, 'profit realised')
    this.#seeHoldings(state.positions.get(fill.instrument), state)
    if (fill.fee === ZERO) return
    if (fill.feeAsset === quote) this.#note('fee in the quote' satisfies Feature)
    else if (fill.feeAsset === base) this.#note('fee in the base' satisfies Feature)
    else this.#note(fill.feePrice === null ? 'fee in a third asset without one' : 'fee in a third asset with a price')
  }

  #seeHoldings(position: PositionView | undefined, state: StateView): void {
    if (position === undefined) return
    const holding = [...state.slots.values()].filter(({ instrument, openSize }) => instrument === position.instrument && openSize > ZERO)
    this.#if(holding.length > 1, 'two slots on one instrument')
    this.#if(holding.length > 0 && position.quoted !== ZERO, 'slots and quotes on one instrument')
  }

  #seeOther(body: FactBody, facts: readonly Fact[], state: StateView): void {
    if (body.type === 'SESSION_OPENED' && facts[0]?.seq !== 1) {
      this.#note('session opened again' satisfies Feature)
      this.#if(state.liveOrders.size > 0, 'session opened beside live orders')
      this.#if(
        [...state.positions.values()].some(({ quantity }) => quantity !== ZERO),
        'session opened on open exposure',
      )
    }
    if (body.type === 'TRADE_OPENED') {
      this.#note(body.equityBefore === null ? 'equity unknown before a trade' : 'equity known before a trade')
    }
    if (body.type === 'DUST_WRITTEN_OFF') {
      this.#note(state.instruments.get(body.instrument)?.kind === 'spot' ? 'dust of coins' : 'dust of contracts')
    }
    if (body.type !== 'EXPOSURE_ASSIGNED') return
    if (body.slotId === null) return this.#note('assigned to the quotes' satisfies Feature)
    const opened = facts.some((fact) => fact.body.type === 'TRADE_OPENED')
    const grew = state.trades.get(`${body.slotId}#${body.trade}`)?.side === (body.quantity > ZERO ? 'buy' : 'sell')
    const how = opened ? 'was free' : grew ? 'grew' : 'shrank'
    this.#note(`assigned to a slot that ${how}` satisfies Feature)
  }
}
