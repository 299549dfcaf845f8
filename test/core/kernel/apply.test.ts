import { describe, expect, test } from 'vitest'
import { apply, KernelError } from '../../../src/core/kernel/apply.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import { createState } from '../../../src/core/kernel/state.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'
import { given, quoteIntent, SYMBOL } from './kernel-bench.ts'

describe('a fact that does not fit', () => {
  test.each([0, 1, 3, 99])('is refused by its sequence number: %i is not next', (seq) => {
    const bench = given()
    const before = structuredClone(bench.state)
    expect(() => apply(bench.state, { seq, timeUs: 0, body: { type: 'SESSION_HALTED', reason: 'x', detail: null } })).toThrow(KernelError)
    expect(bench.state).toEqual(before)
  })

  const order = { clientOrderId: 'nobody', from: 'none', to: 'requested', reason: null } as const
  const trade = { slotId: 'a', trade: 7 }
  const position = { instrument: 'BTC/USDT', positionSide: 'net' } as const
  const fill = { tradeId: 't', price: dec('1'), quantity: dec('1'), fee: dec('0'), feeAsset: 'RLUSD', liquidity: 'taker' } as const
  const nothing = { assigned: dec('1'), unassigned: dec('0'), realizedPnl: dec('0'), slotRealizedPnl: dec('0'), filledQuantity: dec('0') }
  const nobody = { clientOrderId: null, venueOrderId: null, role: null, slotId: null, trade: null, leg: null } as const
  const after = { positionAfter: dec('1'), costAfter: dec('1'), tradeValue: dec('1'), feePrice: null, inferred: false, postings: [] }
  const booked = {
    type: 'FILL_BOOKED',
    instrument: SYMBOL,
    side: 'buy',
    positionSide: 'net',
    ...fill,
    ...nobody,
    ...nothing,
    ...after,
  } as const
  const strangers: FactBody[] = [
    { type: 'ORDER_BOUND', clientOrderId: 'nobody', venueOrderId: 'v1' },
    { type: 'CANCEL_MOVED', ...order },
    { type: 'ORDER_MOVED', clientOrderId: 'nobody', from: 'acked', to: 'filled', trigger: 'fillAll', venueOrderId: null, reason: null },
    { type: 'SLOT_MOVED', ...trade, from: 'idle', to: 'entry_requested', trigger: 'enter', reason: null },
    { type: 'LEG_ENDED', ...trade, leg: 0, filledQuantity: dec('1'), consumed: true },
    { type: 'MARK_SET', instrument: 'BTC/USDT', price: dec('1'), mid: null, asOfUs: null },
    { type: 'DUST_WRITTEN_OFF', ...trade, ...position, quantity: dec('1'), cost: dec('1'), reason: '' },
    {
      type: 'EXPOSURE_ASSIGNED',
      ...position,
      quantity: dec('1'),
      slotId: null,
      trade: null,
      tradeValue: dec('1'),
      slotRealizedPnl: dec('0'),
    },
    {
      type: 'FILL_CONFIRMED',
      clientOrderId: 'nobody',
      instrument: SYMBOL,
      side: 'buy',
      ...fill,
      tradeValue: dec('1'),
      feePrice: null,
      postings: [],
    },
    { ...booked, clientOrderId: 'nobody', assigned: dec('0') },
    { ...booked, instrument: 'BTC/USDT' },
    { ...booked, role: 'entry' },
    { type: 'UNHEARD_OF' } as unknown as FactBody,
  ]
  test.each(strangers)('$type about what was never there is refused', (body) => {
    const bench = given()
    expect(() => apply(bench.state, { seq: bench.state.seq + 1, timeUs: 0, body })).toThrow(KernelError)
  })

  test('K02 a move from where the order, the cancel or the slot is not is refused', () => {
    const bench = given()
    const entry = bench.enter()
    const next = bench.state.seq + 1
    const moves: FactBody[] = [
      { type: 'ORDER_MOVED', clientOrderId: entry, from: 'acked', to: 'filled', trigger: 'fillAll', venueOrderId: null, reason: null },
      { type: 'CANCEL_MOVED', clientOrderId: entry, from: 'sent', to: 'refused', reason: null },
      { type: 'SLOT_MOVED', slotId: 'a', trade: 1, from: 'idle', to: 'entry_requested', trigger: 'enter', reason: null },
      { type: 'LEG_ENDED', slotId: 'a', trade: 1, leg: 5, filledQuantity: dec('1'), consumed: true },
      { type: 'TRADING_MOVED', from: 'halted', to: 'active', action: 'resume', reason: null },
    ]
    for (const body of moves) expect(() => apply(bench.state, { seq: next, timeUs: 0, body }), body.type).toThrow(KernelError)
  })
})

describe('the state from outside', () => {
  test('K17 can be read and not written, as far as the compiler reaches', () => {
    const state = createState()
    const view = viewOf(state)
    const forbidden = () => {
      // @ts-expect-error the view has no way to write
      view.halted = false
      // @ts-expect-error nor have its maps
      view.orders.clear()
      const [order] = view.orders.values()
      // @ts-expect-error nor has what they hold
      if (order !== undefined) order.status = 'filled'
    }
    expect(forbidden).toBeTypeOf('function')
    expect(view.halted).toBe(true)
  })

  test('follows the state', () => {
    const bench = given()
    const view = viewOf(bench.state)
    bench.when(quoteIntent('2 x 1', null))
    expect([view.liveOrders.size, view.positions.get(SYMBOL)?.instrument]).toEqual([1, SYMBOL])
  })
})
