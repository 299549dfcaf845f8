// What should never reach a kernel, and does: intents with impossible fields, events of nobody's order, reconcilers that guess.

import { type Decimal, dec } from '../../src/core/kernel/decimal.ts'
import type { KernelInput, VenueFill } from '../../src/core/kernel/inputs.ts'
import type { StateView } from '../../src/core/kernel/views.ts'
import type { Random } from './random.ts'

const LIMIT = { orderType: 'limit', price: dec('2'), timeInForce: 'gtc', postOnly: false }
const MARKET = { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false }
const HUGE = (10n ** 40n) as Decimal

/** What a user's own strategy may hand over: nothing of it may throw, or reach the venue. */
export function garbageIntent(random: Random, state: StateView, symbol: string): KernelInput {
  const free = [...state.slots.values()].find(({ stage }) => stage === 'idle' || stage === 'closed')?.slotId ?? 'a'
  const enter = {
    type: 'ENTER',
    slotId: free,
    instrument: symbol,
    side: 'buy',
    leverage: dec('1'),
    exitRatios: [],
    quantity: dec('10'),
    ...LIMIT,
  }
  const quote = { type: 'QUOTE', instrument: symbol, postOnly: true }
  return random.pick<unknown>([
    { ...enter, quantity: dec('-1') },
    { ...enter, quantity: dec('0') },
    { ...enter, quantity: 10 },
    { ...enter, quantity: undefined },
    { ...enter, quantity: HUGE },
    { ...enter, quantity: 1n },
    { ...enter, leverage: Number.NaN },
    { ...enter, side: 'up' },
    { ...enter, slotId: 'nobody' },
    { ...enter, exitRatios: [dec('0.5'), 'x'] },
    { ...enter, exitRatios: 'all' },
    { ...enter, price: null },
    { ...enter, price: dec('-2') },
    { ...enter, price: HUGE },
    { ...enter, ...MARKET, price: dec('2') },
    { ...enter, ...MARKET, postOnly: true },
    { ...enter, reduceOnly: 'perhaps' },
    { ...enter, instrument: 'nothing' },
    { type: 'EXIT', slotId: 'a', scope: 'all', reason: 7, ...LIMIT },
    { type: 'EXIT', slotId: Symbol('a'), scope: 'leg', reason: null, ...LIMIT },
    { type: 'EXIT_RESIDUAL', slotId: null, reason: {} },
    { type: 'EXIT_RESIDUAL' },
    { ...quote, bid: { price: dec('3'), quantity: dec('1') }, ask: { price: dec('2'), quantity: dec('1') } },
    { ...quote, bid: { price: 'two', quantity: null } },
    { ...quote, bid: { price: dec('2'), quantity: dec('0') } },
    { ...quote, ask: { price: dec('0'), quantity: dec('1') } },
    { ...quote, instrument: 'nothing', bid: null, ask: null },
    { type: 'CANCEL', target: null },
    { type: 'CANCEL', target: { kind: 'order', clientOrderId: 12 } },
    { type: 'MARK_PRICE', instrument: symbol, price: dec('-2') },
    { type: 'MARK_PRICE', instrument: symbol, price: Number.POSITIVE_INFINITY },
    { type: 'MARK_PRICE', instrument: symbol, price: dec('2'), mid: 'middle' },
    { type: 'MARK_PRICE', instrument: symbol, price: dec('2'), asOfUs: 'now' },
    { type: 'CONTROL', action: 'dance', reason: 'why not' },
    { type: 'CONTROL' },
    { type: 'DANCE' },
    { type: null },
  ]) as KernelInput
}

/** What the session itself should never say. None of it may be applied, not even in part. */
export function garbageOperation(random: Random, state: StateView): KernelInput {
  const { session } = state
  if (session === null) return { type: 'DANCE' } as unknown as KernelInput
  const { instrument } = session
  const isHeld = [...state.positions.values()].some((position) => position.instrument === instrument.symbol && position.quantity !== 0n)
  const [kind, settle] = instrument.kind === 'inverse' ? ['linear', instrument.quote] : ['inverse', instrument.base]
  return random.pick<unknown>([
    // What is held was bought as one thing, and cannot become another.
    { type: 'LIST_INSTRUMENT', instrument: isHeld ? { ...instrument, kind, settle } : { ...instrument, maxLeverage: dec('0') } },
    {
      type: 'OPEN_SESSION',
      session: { ...session, instrument: isHeld ? { ...instrument, kind, settle } : { ...instrument, minNotional: dec('-1') } },
    },
    { type: 'OPEN_SESSION', session: { ...session, slotIds: ['a', 'b', 'a'] } },
    { type: 'OPEN_SESSION', session: { ...session, instrument: { ...instrument, tickSize: dec('0') } } },
    { type: 'LIST_INSTRUMENT', instrument: { ...instrument, lotSize: dec('-1') } },
    { type: 'LIST_INSTRUMENT', instrument: { ...instrument, settle: 'SHELLS' } },
    { type: 'FLOW_CAPITAL', asset: 'XRP', amount: 'much', note: '' },
    { type: 'FLOW_CAPITAL', asset: 'XRP', amount: HUGE, note: '' },
    { type: 'VALUE_ASSET', asset: 'FEE', quote: 'USDT', price: dec('-1'), source: 'dream' },
    { type: 'VALUE_ASSET', asset: 'FEE', quote: 'USDT', price: 3, source: 'dream' },
    { type: 'FUNDING', instrument: instrument.symbol, fundingId: 'f0', asset: 'USDT', amount: 1 },
  ]) as KernelInput
}

/** A message that lost a part of itself on the way: nothing of it may be believed, and nothing may break. */
export function malformedMessage(random: Random, symbol: string): KernelInput {
  const reference = { clientOrderId: null, venueOrderId: null }
  const fill = { tradeId: 't1', price: dec('2'), quantity: dec('1'), fee: dec('0'), feeAsset: 'FEE', liquidity: 'maker' }
  return random.pick<unknown>([
    null,
    7,
    { type: 'ORDER_ACK' },
    { type: 'ORDER_ACK', ...reference, totalFilled: '3' },
    { type: 'ORDER_REJECT', ...reference },
    { type: 'CANCEL_ACK', clientOrderId: 12, venueOrderId: null },
    { type: 'EXPIRED', ...reference },
    { type: 'UNRECOGNISED', ...reference },
    { type: 'RATE_LIMITED', ...reference, retryAfterMs: 'soon' },
    { type: 'PARTIAL_FILL', ...reference, instrument: symbol, side: 'buy' },
    { type: 'FULL_FILL', ...reference, instrument: symbol, side: 'up', fill },
    { type: 'FULL_FILL', ...reference, instrument: symbol, side: 'buy', fill: { ...fill, tradeId: 9 } },
    { type: 'SNAPSHOT', asOfUs: 0 },
    { type: 'SNAPSHOT', asOfUs: 0, openOrders: [null] },
    { type: 'SNAPSHOT', asOfUs: 0, openOrders: [], positions: [{ instrument: symbol, positionSide: 'up', quantity: dec('1') }] },
    { type: 'NOTE_SUBMIT', clientOrderId: 'nobody', outcome: 'perhaps', detail: null },
    { type: 'NOTE_CANCEL' },
    { type: 'OPEN_SESSION', session: {} },
    { type: 'LIST_INSTRUMENT', instrument: { symbol } },
    { type: 'HALT_SESSION' },
    { type: 'OBSERVE_MARKET' },
    { type: 'REPORT_FEED', report: {} },
    { type: 'FLAG_RISK', code: 'X' },
    { type: 'RECONCILE', action: 'book_fill', evidence: 'a hunch', ...reference, instrument: symbol, side: 'buy' },
    { type: 'RECONCILE', action: 'mark_absent', evidence: 'a hunch', clientOrderId: 'nobody' },
    { type: 'RECONCILE', action: 'assign' },
  ]) as KernelInput
}

/** An event that no venue should send: of nobody's order, or with numbers that cannot be. It must never be booked. */
export function garbageEvent(random: Random, state: StateView, symbol: string, foreign: boolean): KernelInput {
  const ids = [...state.orders.keys()]
  const clientOrderId = foreign || ids.length === 0 ? 'somebody-else' : random.pick(ids)
  const reference = { clientOrderId, venueOrderId: null }
  const order = state.orders.get(clientOrderId)
  const side = order?.request.side ?? 'buy'
  const others = [...state.orders.values()].filter((other) => other !== order && other.venueOrderId !== null)
  const taken = others.at(-1)?.venueOrderId ?? undefined
  const fill: VenueFill = {
    tradeId: `g${random.below(5)}`,
    price: dec('2'),
    quantity: dec('1'),
    fee: dec('0'),
    feeAsset: 'FEE',
    liquidity: 'maker',
  }
  const event = { type: 'PARTIAL_FILL', ...reference, instrument: order?.request.instrument ?? symbol, side, fill } as const
  if (foreign)
    return random.pick<KernelInput>([event, { type: 'CANCEL_ACK', ...reference }, { type: 'ORDER_ACK', ...reference, venueOrderId: 'w1' }])
  return random.pick<KernelInput>([
    { ...event, fill: { ...fill, quantity: dec('0') } },
    { ...event, fill: { ...fill, quantity: dec('-1') } },
    { ...event, fill: { ...fill, price: dec('0') } },
    { ...event, fill: { ...fill, quantity: HUGE } },
    { ...event, side: side === 'buy' ? 'sell' : 'buy' },
    { ...event, instrument: 'OTHER/COIN' },
    // Our id with somebody else's: where the order has its own, the two cannot belong together.
    order === undefined || order.venueOrderId === null ? { ...event, instrument: '' } : { ...event, venueOrderId: 'w1' },
    order === undefined || order.venueOrderId === null
      ? { ...event, side: 'up' as unknown as 'buy' }
      : { ...event, type: 'RECONCILE', action: 'book_fill', evidence: 'two ids of two orders', venueOrderId: 'w1' },
    { ...event, fill: { ...fill, price: 2 as unknown as Decimal } },
    // The venue's id of one order and our id of another.
    taken === undefined ? { ...event, side: 'up' as unknown as 'buy' } : { type: 'ORDER_ACK', clientOrderId, venueOrderId: taken },
    taken === undefined ? { ...event, instrument: '' } : { type: 'CANCEL_ACK', clientOrderId, venueOrderId: taken },
    { type: 'UNRECOGNISED', raw: '{"code":-1}', clientOrderId: null, venueOrderId: null },
    { type: 'RATE_LIMITED', retryAfterMs: -5, clientOrderId: null, venueOrderId: null },
    {
      type: 'SNAPSHOT',
      asOfUs: 0,
      openOrders: [{ ...reference, clientOrderId: 'nobody', instrument: symbol, side, filledQuantity: dec('1') }],
    },
  ])
}

/** A reconciler that guesses: without proof, against the books, about what does not exist. All of it must be refused. */
export function carelessReconcile(random: Random, state: StateView, symbol: string, nowUs: number): KernelInput {
  const ids = [...state.orders.keys()]
  const clientOrderId = ids.length === 0 ? 'nobody' : random.pick(ids)
  const order = state.orders.get(clientOrderId)
  const about = { type: 'RECONCILE', evidence: 'a hunch' } as const
  const fill: VenueFill = { tradeId: 'g9', price: dec('2'), quantity: dec('0'), fee: dec('0'), feeAsset: 'FEE', liquidity: 'maker' }
  const settled = { ...about, action: 'settle_order', clientOrderId, outcome: 'canceled' } as const
  const adjusted = { ...about, action: 'adjust_position', adjustmentId: 'hunch', instrument: symbol, positionSide: 'net' } as const
  const unassigned = state.positions.get(symbol)?.unassigned ?? (0n as Decimal)
  const away = unassigned < 0n ? -(10n ** 18n) : 10n ** 18n
  const assigned = { ...about, action: 'assign', instrument: symbol, positionSide: 'net', slotId: null, price: null } as const
  return random.pick<unknown>([
    { ...about, action: 'mark_absent', clientOrderId, venueTimeUs: nowUs + 10 ** 9, askedAtUs: [nowUs] },
    { ...about, action: 'mark_absent', clientOrderId, venueTimeUs: order?.request.validUntilUs ?? 0, askedAtUs: [0, nowUs + 10 ** 9] },
    { ...about, action: 'mark_absent', clientOrderId: 'nobody', venueTimeUs: nowUs, askedAtUs: [] },
    { ...about, action: 'quarantine', clientOrderId: 'nobody' },
    { ...settled, filledQuantity: ((order?.filledQuantity ?? 0n) - 10n ** 18n) as Decimal, averagePrice: dec('2') },
    { ...settled, filledQuantity: ((order?.filledQuantity ?? 0n) + 10n ** 18n) as Decimal, averagePrice: null },
    { ...settled, outcome: 'vanished', filledQuantity: order?.filledQuantity ?? dec('0'), averagePrice: null },
    { ...about, action: 'book_fill', instrument: symbol, side: 'buy', fill, clientOrderId: null, venueOrderId: null },
    {
      ...about,
      action: 'book_fill',
      instrument: symbol,
      side: 'up',
      fill: { ...fill, quantity: dec('1') },
      clientOrderId: null,
      venueOrderId: null,
    },
    { ...about, action: 'book_fill', instrument: symbol, side: 'buy', fill, clientOrderId, venueOrderId: null },
    { ...adjusted, instrument: 'nothing', quantity: dec('1'), averagePrice: dec('2') },
    { ...adjusted, quantity: dec('1'), averagePrice: dec('-2') },
    { ...assigned, quantity: (unassigned * 2n + away) as Decimal },
    { ...assigned, quantity: (-unassigned - away) as Decimal },
    { ...assigned, quantity: dec('1'), slotId: 'nobody' },
    { ...about, action: 'forget' },
  ]) as KernelInput
}
