// Wants things at random, sensible and senseless. Looks at the state for reading only.

import { type Decimal, dec } from '../../src/core/kernel/decimal.ts'
import type { Intent, KernelInput, OrderTerms } from '../../src/core/kernel/inputs.ts'
import type { StateView } from '../../src/core/kernel/views.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

const PRICES = ['1.95', '1.9999', '2', '2.0001', '2.1', '0.3333']
const QUANTITIES = ['0.01', '0.07', '1', '3.33', '10', '25', '100']
const RATIOS = [[], ['1'], ['0.5', '0.5'], ['0.5', '0.3', '0.2'], ['0.01', '0.99']]
const SHARES = [[], ['0.5', '0.6'], ['0'], ['-1', '2']]

export function randomIntent(random: Random, faults: Faults, state: StateView, symbol: string): Intent {
  if (faults.happens('garbage_intent', 0.04)) return garbageIntent(random, symbol)
  const slotId = random.pick([...state.slots.keys()])
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return {
        type: 'ENTER',
        slotId,
        instrument: symbol,
        side: random.pick(['buy', 'sell']),
        quantity: dec(random.pick(QUANTITIES)),
        leverage: dec('1'),
        exitRatios: random.pick(RATIOS).map(dec),
        ...terms(random),
      }
    case 3:
    case 4:
    case 5:
    case 6:
      return { type: 'EXIT', slotId, scope: random.chance(0.7) ? 'leg' : 'rest', reason: 'target', ...terms(random) }
    case 7:
    case 8:
      return {
        type: 'QUOTE',
        instrument: symbol,
        bid: random.chance(0.2) ? null : { price: dec(random.pick(['1.97', '1.98'])), quantity: dec(random.pick(QUANTITIES)) },
        ask: random.chance(0.2) ? null : { price: dec(random.pick(['2.02', '2.03'])), quantity: dec(random.pick(QUANTITIES)) },
        postOnly: true,
      }
    case 9:
      return { type: 'MARK_PRICE', instrument: symbol, price: dec(random.pick(PRICES)) }
    case 10:
      return { type: 'CANCEL', target: { kind: random.pick(['entry', 'exit']), slotId } }
    default:
      return { type: 'CANCEL', target: orderToCancel(random, state, symbol) }
  }
}

function orderToCancel(random: Random, state: StateView, symbol: string): Extract<Intent, { type: 'CANCEL' }>['target'] {
  const ids = [...state.liveOrders.keys()]
  if (ids.length === 0 || random.chance(0.05)) return { kind: 'instrument', instrument: symbol }
  return { kind: 'order', clientOrderId: random.pick(ids) }
}

function terms(random: Random): OrderTerms {
  if (random.chance(0.2)) return { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false }
  return {
    orderType: 'limit',
    price: dec(random.pick(PRICES)),
    timeInForce: random.pick(['gtc', 'gtc', 'gtc', 'ioc', 'fok']),
    postOnly: false,
  }
}

/** What a user's own strategy may hand over: nothing of it may throw, or reach the venue. */
function garbageIntent(random: Random, symbol: string): Intent {
  const enter = { type: 'ENTER', slotId: 'a', instrument: symbol, side: 'buy', leverage: dec('1'), exitRatios: [], ...terms(random) }
  const odd: unknown = random.pick<unknown>([
    { ...enter, quantity: dec('-1') },
    { ...enter, quantity: 10 },
    { ...enter, quantity: undefined },
    { ...enter, quantity: dec('0.001') },
    { ...enter, quantity: dec('1'), leverage: Number.NaN },
    { ...enter, quantity: dec('1'), side: 'up' },
    { ...enter, quantity: dec('1'), slotId: 'nobody' },
    {
      ...enter,
      quantity: dec('1'),
      exitRatios: random
        .pick(SHARES)
        .map(dec)
        .concat(['x' as unknown as Decimal]),
    },
    { ...enter, quantity: dec('1'), orderType: 'limit', price: null },
    { type: 'EXIT', slotId: 'a', scope: 'all', reason: 7, ...terms(random) },
    { type: 'EXIT', slotId: Symbol('a'), scope: 'leg', reason: null, ...terms(random) },
    {
      type: 'QUOTE',
      instrument: symbol,
      bid: { price: dec('3'), quantity: dec('1') },
      ask: { price: dec('2'), quantity: dec('1') },
      postOnly: true,
    },
    { type: 'QUOTE', instrument: symbol, bid: { price: 'two', quantity: null }, postOnly: true },
    { type: 'QUOTE', instrument: 'nothing', bid: null, ask: null, postOnly: true },
    { type: 'CANCEL', target: null },
    { type: 'CANCEL', target: { kind: 'order', clientOrderId: 12 } },
    { type: 'MARK_PRICE', instrument: symbol, price: dec('-2') },
    { type: 'MARK_PRICE', instrument: symbol, price: Number.POSITIVE_INFINITY },
    { type: 'DANCE' },
    { type: null },
  ])
  return odd as Intent
}

/** An event that no venue should send: of nobody's order, or with numbers that cannot be. It must never be booked. */
export function garbageEvent(random: Random, state: StateView, symbol: string, foreign: boolean): KernelInput {
  const ids = [...state.orders.keys()]
  const clientOrderId = foreign || ids.length === 0 ? 'somebody-else' : random.pick(ids)
  const reference = { clientOrderId, venueOrderId: null }
  const order = state.orders.get(clientOrderId)
  const side = order?.request.side ?? 'buy'
  const fill = {
    tradeId: `g${random.below(5)}`,
    price: dec('2'),
    quantity: dec('1'),
    fee: dec('0'),
    feeAsset: 'FEE',
    liquidity: 'maker',
  } as const
  const event = { type: 'PARTIAL_FILL', ...reference, instrument: symbol, side, fill } as const
  if (foreign)
    return random.pick<KernelInput>([event, { type: 'CANCEL_ACK', ...reference }, { type: 'ORDER_ACK', ...reference, venueOrderId: 'w1' }])
  return random.pick<KernelInput>([
    { ...event, fill: { ...fill, quantity: dec('0') } },
    { ...event, fill: { ...fill, quantity: dec('-1') } },
    { ...event, fill: { ...fill, price: dec('0') } },
    { ...event, side: side === 'buy' ? 'sell' : 'buy' },
    { ...event, instrument: 'OTHER/COIN' },
    // Our id with somebody else's: where the order has its own, the two cannot belong together.
    order === undefined || order.venueOrderId === null ? { ...event, instrument: '' } : { ...event, venueOrderId: 'w1' },
    { ...event, fill: { ...fill, price: 2 as unknown as Decimal } },
    { type: 'UNRECOGNISED', raw: '{"code":-1}', clientOrderId: null, venueOrderId: null },
    { type: 'RATE_LIMITED', retryAfterMs: -5, clientOrderId: null, venueOrderId: null },
  ])
}
