// EXIT_RESIDUAL: whatever a slot still holds is closed at market, from every stage that can hold size.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal, ZERO } from '../../src/core/kernel/decimal.ts'
import { SLOT_TABLE, type SlotStage } from '../../src/core/kernel/slot-table.ts'
import {
  contextsOf,
  denialsOf,
  exitIntent,
  factsOf,
  given,
  type KernelBench,
  LINEAR,
  requestsOf,
  residualIntent,
  typesOf,
} from '../core/kernel/kernel-bench.ts'
import { STAGE_ORDER } from '../core/kernel/stage-order.ts'

/** A slot of 100 in the wanted stage, of which 40 are bought where the entry works, and half is asked for where an exit does. */
function reach(stage: SlotStage): KernelBench {
  const bench = given({ instrument: LINEAR })
  bench.mark('2')
  if (stage === 'idle') return bench
  const entry = bench.enter({ exitRatios: ['0.5', '0.5'] })
  if (stage === 'entry_sent') bench.sent(entry)
  if (stage === 'entry_working') bench.fill(entry, '40', '2')
  if (!stage.startsWith('entry_')) bench.fill(entry, '100', '2')
  if (!stage.startsWith('entry_') && stage !== 'position_open') {
    const exit = bench.exit()
    if (stage === 'exit_sent') bench.sent(exit)
    if (stage === 'exit_working') bench.ack(exit)
    if (stage === 'position_partially_closed') bench.fill(exit, '20', '3')
    if (stage === 'closed') {
      bench.fill(exit, '50', '3')
      bench.fill(bench.exit(), '50', '3')
    }
  }
  expect(bench.slot().stage).toBe(stage)
  return bench
}

const OPEN = { entry_working: '40', position_partially_closed: '80' } as Partial<Record<SlotStage, string>>
const STAGES = STAGE_ORDER.map((stage) => ({ stage, cell: SLOT_TABLE[stage].residual, open: OPEN[stage] ?? '100' }))

describe('K01 what is left over', () => {
  test.each(STAGES.filter(({ cell }) => cell !== 'refused'))('K01 is closed from $stage: $open', ({ stage, cell, open }) => {
    const bench = reach(stage)
    const others = [...bench.state.liveOrders.values()]
    const exits = others.filter((order) => order.request.role === 'exit')
    const covered = exits.reduce((sum, order) => sum + order.request.quantity - order.filledQuantity, 0n)
    const facts = bench.residual()
    expect(bench.slot().stage).toBe(cell === 'same' ? stage : cell)
    for (const order of others) expect(order.cancel, order.request.role).toBe('requested')
    const [request] = requestsOf(facts)
    expect(request).toMatchObject({ role: 'exit', orderType: 'market', side: 'sell', quantity: dec(open) - covered, reduceOnly: true })
    // The others are over, one way or the other; what then is open is asked for again, until nothing is.
    for (const order of others) bench.cancelAck(order.request.clientOrderId)
    bench.fill(request?.clientOrderId ?? '', formatDecimal((dec(open) - covered) as never), '2')
    if (bench.slot().stage !== 'closed') {
      const [rest] = requestsOf(bench.residual())
      expect(rest).toMatchObject({ quantity: covered })
      bench.fill(rest?.clientOrderId ?? '', formatDecimal(covered as never), '2')
    }
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO })
    expect(bench.parts()).toEqual({ position: '0', inSlots: '0', quoted: '0', unassigned: '0', dust: '0' })
  })

  test.each(STAGES.filter(({ cell }) => cell === 'refused'))('K01 $stage holds nothing that could be closed: denied', ({ stage }) => {
    const bench = reach(stage)
    const facts = bench.residual()
    expect(denialsOf(facts)).toEqual([`EXIT_NOT_ALLOWED slotId ${stage}`])
    expect([typesOf(facts), bench.slot().stage]).toEqual([['INTENT_DENIED'], stage])
  })

  test('K01 of a short is bought back', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    bench.opened({ side: 'sell', quantity: '10' })
    expect(requestsOf(bench.residual())).toMatchObject([{ side: 'buy', quantity: dec('10'), reduceOnly: true }])
  })

  test('K01 in spot is sold, and no reduce-only order exists there', () => {
    const bench = given()
    bench.mark('2')
    bench.opened({ quantity: '10' })
    expect(requestsOf(bench.residual())).toMatchObject([{ side: 'sell', quantity: dec('10'), reduceOnly: false }])
  })

  test('K01 is sold at market, IOC, with the reason that was given, and as the leg that is next', () => {
    const bench = reach('position_open')
    const facts = bench.when({ ...residualIntent(), reason: 'giving up' })
    expect(requestsOf(facts)[0]).toMatchObject({ orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false, leg: 0 })
    expect(factsOf(facts, 'SLOT_MOVED')[0]).toMatchObject({ trigger: 'residual', reason: 'giving up', from: 'position_open' })
    expect(factsOf(facts, 'LEG_OPENED')[0]).toMatchObject({ leg: 0, quantity: dec('100'), reason: 'giving up' })
  })

  test('K01 asked for again while its order works asks for nothing more: the order is taken back, what it covers is not sold twice', () => {
    const bench = reach('position_open')
    const [first] = requestsOf(bench.residual())
    bench.ack(first?.clientOrderId ?? '')
    expect(typesOf(bench.residual())).toEqual(['CANCEL_MOVED'])
    const facts = bench.residual()
    expect(denialsOf(facts)).toEqual(['NOTHING_TO_EXIT openSize 100'])
    expect(contextsOf(facts)).toEqual(['NOTHING_TO_EXIT working=100'])
    bench.cancelAck(first?.clientOrderId ?? '')
    expect(requestsOf(bench.residual())).toMatchObject([{ quantity: dec('100') }])
  })

  test('K01 after all legs are used up, of what an entry bought late: the last leg takes it', () => {
    const bench = reach('position_open')
    const entry = bench.facts('ORDER_PREPARED')[0]?.request.clientOrderId ?? ''
    bench.fill(bench.exit(), '50', '3')
    const second = bench.exit()
    bench.fill(entry, '7', '2')
    bench.fill(second, '50', '3')
    expect(requestsOf(bench.residual())).toMatchObject([{ quantity: dec('7'), leg: 1 }])
  })

  test('K01 is sold in pieces where it is more than the venue takes at once', () => {
    const bench = given({ instrument: { ...LINEAR, maxQuantity: dec('30') } })
    bench.mark('2')
    const entry = bench.enter({ quantity: '30' })
    bench.fill(entry, '70', '2')
    for (const piece of ['30', '30', '10']) {
      const [request] = requestsOf(bench.residual())
      expect(request?.quantity).toBe(dec(piece))
      bench.fill(request?.clientOrderId ?? '', piece, '2')
    }
    expect(bench.slot().stage).toBe('closed')
  })

  test('K01 in spot, less what the venue took as a fee in coins: the wallet has no more', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.mark('2')
    bench.fill(bench.enter(), '100', '2', { fee: '0.1', feeAsset: 'XRP' })
    const exit = bench.exit()
    expect(bench.order(exit).request.quantity).toBe(dec('99.9'))
    bench.fill(exit, '99.9', '2')
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['NOTHING_TO_EXIT openSize 0.1'])
    // What is left was paid away as a fee: there are no coins behind it that could be sold.
    expect(typesOf(bench.residual())).toEqual(['DUST_WRITTEN_OFF', 'SLOT_MOVED'])
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO })
    expect(bench.parts()).toEqual({ position: '0.1', inSlots: '0', quoted: '0', unassigned: '0.1', dust: '0.1' })
  })

  test('K01 in spot, coins that are missing beyond the fees are no dust', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.mark('2')
    bench.fill(bench.enter(), '100', '2', { fee: '0.1', feeAsset: 'XRP' })
    bench.capital('XRP', '-99.9')
    expect(denialsOf(bench.residual())).toEqual(['BALANCE_TOO_LOW needed 99.9'])
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('100') })
  })

  test('K01 in spot, of two slots each sells its own coins, and leaves those that the other needs', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.mark('2')
    for (const slotId of ['a', 'b']) bench.fill(bench.enter({ slotId, quantity: '10' }), '10', '2', { fee: '0.01', feeAsset: 'XRP' })
    for (const slotId of ['a', 'b']) {
      const [request] = requestsOf(bench.residual(slotId))
      expect(request?.quantity).toBe(dec('9.99'))
      bench.fill(request?.clientOrderId ?? '', '9.99', '2')
      expect(typesOf(bench.residual(slotId))).toEqual(['DUST_WRITTEN_OFF', 'SLOT_MOVED'])
    }
    expect(bench.parts()).toEqual({ position: '0.02', inSlots: '0', quoted: '0', unassigned: '0.02', dust: '0.02' })
    expect(bench.balance('wallet|XRP')).toBe('0')
  })

  test('K01 in spot, the fee of a fill that had been inferred is missing like any other', () => {
    const bench = given({ capital: { RLUSD: '1000', XRP: '5' } })
    bench.mark('2')
    const entry = bench.enter({ quantity: '10' })
    bench.settle(entry, 'filled', '10', '2')
    bench.fill(entry, '10', '2', { fee: '0.01', feeAsset: 'XRP' })
    expect(requestsOf(bench.residual())).toMatchObject([{ quantity: dec('9.99') }])
  })

  test('K01 in spot, a rebate in coins is not the trade’s to sell', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.mark('2')
    bench.fill(bench.enter({ quantity: '10' }), '10', '2', { fee: '-0.5', feeAsset: 'XRP' })
    expect(requestsOf(bench.residual())).toMatchObject([{ quantity: dec('10') }])
  })

  test('K01 coins that have left the wallet are no dust, however few are left to sell', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.mark('2')
    bench.opened({ quantity: '100' })
    bench.capital('XRP', '-100')
    expect(denialsOf(bench.residual())).toEqual(['BALANCE_TOO_LOW needed 100'])
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('100') })
    expect(bench.parts()).toMatchObject({ inSlots: '100', unassigned: '0', dust: '0' })
  })

  test('K01 needs a slot, and an open session', () => {
    const bench = reach('position_open')
    expect(denialsOf(bench.residual('z'))).toEqual(['SLOT_UNKNOWN slotId z'])
    bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: null })
    expect(denialsOf(bench.residual())).toEqual(['SESSION_HALTED session s1'])
  })

  test('K01 a market order that cannot be judged yet is denied, and nothing is written off for it', () => {
    const bench = given({ instrument: LINEAR })
    bench.opened()
    expect(denialsOf(bench.residual())).toEqual(['MARK_MISSING price none'])
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('100') })
  })

  test('K01 while the venue limits us it waits, and says so even where it takes orders back meanwhile', () => {
    const bench = reach('exit_working')
    bench.when({ type: 'RATE_LIMITED', clientOrderId: null, venueOrderId: null, retryAfterMs: 1000 })
    const facts = bench.residual()
    expect(factsOf(facts, 'CANCEL_MOVED')).toHaveLength(1)
    expect(denialsOf(facts)).toEqual([`RATE_LIMITED untilUs ${bench.timeUs - 1 + 1_000_000}`])
  })
})

describe('an entry that is still alive while its position is closed', () => {
  /** 40 of 100 bought, sold again; the entry's cancel is on its way. */
  function soldEarly(): { bench: KernelBench; entry: string } {
    const bench = reach('entry_working')
    const [exit] = requestsOf(bench.residual())
    bench.fill(exit?.clientOrderId ?? '', '40', '2.5')
    return { bench, entry: bench.facts('ORDER_PREPARED')[0]?.request.clientOrderId ?? '' }
  }

  test('K01 being flat does not end the trade; the end of the entry does', () => {
    const { bench, entry } = soldEarly()
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: ZERO, realizedPnl: dec('20') })
    expect(denialsOf(bench.residual())).toEqual(['NOTHING_TO_EXIT openSize 0'])
    const facts = bench.cancelAck(entry)
    expect(factsOf(facts, 'SLOT_MOVED')).toMatchObject([{ from: 'position_partially_closed', to: 'closed', trigger: 'flat' }])
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO })
  })

  test('K01 a fill that comes late belongs to the trade, and is closed in its turn', () => {
    const { bench, entry } = soldEarly()
    bench.fill(entry, '10', '2')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('10') })
    bench.cancelAck(entry)
    expect(bench.slot().stage).toBe('position_partially_closed')
    const [rest] = requestsOf(bench.residual())
    bench.fill(rest?.clientOrderId ?? '', '10', '2')
    expect(bench.slot()).toMatchObject({ stage: 'closed', entryQuantity: dec('50'), exitQuantity: dec('50') })
  })

  test('K01 the rest of the entry that fills after all opens a position again, and ends with it', () => {
    const { bench, entry } = soldEarly()
    bench.fill(entry, '60', '2')
    expect(bench.order(entry).status).toBe('filled')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('60') })
  })

  test.each<[string, (bench: KernelBench, entry: string) => unknown]>([
    ['expired', (bench, entry) => bench.expire(entry)],
    ['canceled by reconcile', (bench, entry) => bench.settle(entry, 'canceled', '40', null)],
    ['expired by reconcile', (bench, entry) => bench.settle(entry, 'expired', '40', null)],
  ])('K01 an entry that ends as %s ends the trade as well', (_, end) => {
    const { bench, entry } = soldEarly()
    end(bench, entry)
    expect(bench.slot().stage).toBe('closed')
  })

  test('K01 a part that reconcile infers at its end keeps the trade open', () => {
    const { bench, entry } = soldEarly()
    bench.doubt(entry)
    bench.settle(entry, 'canceled', '45', '2')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('5') })
    bench.fill(requestsOf(bench.residual())[0]?.clientOrderId ?? '', '5', '2')
    expect(bench.slot().stage).toBe('closed')
  })
})

describe('a frozen slot', () => {
  test.each(['entry', 'exit'] as const)('K23 whose %s is in doubt is not exited, until the doubt ends', (role) => {
    const bench = reach(role === 'entry' ? 'entry_working' : 'exit_working')
    const id = [...bench.state.liveOrders.values()].find((order) => order.request.role === role)?.request.clientOrderId ?? ''
    bench.doubt(id)
    expect(denialsOf(bench.residual())).toEqual([`ORDER_IN_DOUBT clientOrderId ${id}`])
    bench.quarantine(id)
    expect(denialsOf(bench.residual())).toEqual([`ORDER_IN_DOUBT clientOrderId ${id}`])
    bench.cancelAck(id)
    expect(requestsOf(bench.residual())).toHaveLength(1)
  })

  test('K23 the doubt of one slot does not freeze another', () => {
    const bench = reach('exit_working')
    bench.doubt(bench.enter({ slotId: 'b' }))
    expect(requestsOf(bench.residual())).toHaveLength(1)
  })
})
