// Positions that differ from the venue's, and exposure that nothing explains: adjusted, booked, and given to whom it belongs.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Side } from '../../src/core/kernel/inputs.ts'
import {
  contextsOf,
  denialsOf,
  enterIntent,
  factsOf,
  flagsOf,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

/** A position of its own in slot `a`: signed quantity at a price. */
function holding(quantity: string, price: string, instrument: object = LINEAR): KernelBench {
  const bench = given({ instrument })
  const side: Side = quantity.startsWith('-') ? 'sell' : 'buy'
  bench.opened({ side, quantity: quantity.replace('-', ''), price })
  return bench
}

function figures(bench: KernelBench): string[] {
  const { quantity, cost, realizedPnl } = bench.position()
  return [quantity, cost, realizedPnl].map(formatDecimal)
}

describe('a position is set to the venue’s', () => {
  test('5 at 3000 here against 8 at 3002.50 there: the missing 3 come out at 3006.666…, and the cost is exactly 24020', () => {
    const bench = holding('5', '3000')
    const facts = bench.adjust('8', '3002.50')
    expect(typesOf(facts)).toEqual(['RECONCILED', 'FILL_BOOKED', 'RISK_FLAGGED'])
    expect(facts[1]).toMatchObject({
      side: 'buy',
      quantity: dec('3'),
      price: dec('3006.666666666666666667'),
      tradeValue: dec('9020'),
      fee: ZERO,
      inferred: true,
      role: null,
      clientOrderId: null,
    })
    expect(flagsOf(facts)).toEqual(['POSITION_ADJUSTED'])
    expect(figures(bench)).toEqual(['8', '24020', '0'])
    expect(bench.parts()).toMatchObject({ position: '8', inSlots: '5', unassigned: '3' })
  })

  test('+5 here against −3 there: flips at the venue’s average, realises on what was held, and the identity holds', () => {
    const bench = holding('5', '10')
    bench.adjust('-3', '12')
    // 5 sold at 12 realise 10; 3 more open the other side at 12.
    expect(figures(bench)).toEqual(['-3', '-36', '10'])
    expect(bench.parts()).toEqual({ position: '-3', inSlots: '5', quoted: '0', unassigned: '-8', dust: '0' })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('5') })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b' })))).toEqual(['UNASSIGNED_EXPOSURE unassigned -8'])
  })

  test.each([
    ['a long grows', '4', '10', '6', '11', ['6', '66', '0'], '13'],
    ['a short grows', '-4', '10', '-6', '11', ['-6', '-66', '0'], '13'],
    ['a long shrinks', '4', '10', '1', '14', ['1', '10', '12'], '14'],
    ['a short shrinks', '-4', '10', '-1', '14', ['-1', '-10', '-12'], '14'],
    ['a long is gone', '4', '10', '0', '9', ['0', '0', '-4'], '9'],
    ['a short is gone', '-4', '10', '0', '9', ['0', '0', '4'], '9'],
    ['a short turns', '-4', '10', '1', '8', ['1', '8', '8'], '8'],
  ] as const)('%s', (_, ours, cost, venues, average, expected, price) => {
    const bench = holding(ours, cost)
    bench.adjust(venues, average)
    expect(figures(bench)).toEqual(expected)
    expect(bench.facts('FILL_BOOKED').at(-1)?.price).toBe(dec(price))
    expect(bench.position().unassigned).toBe(bench.position().quantity - dec(ours))
  })

  test('from flat it opens at the venue’s average', () => {
    const bench = given({ instrument: LINEAR })
    bench.adjust('-7', '3')
    expect(figures(bench)).toEqual(['-7', '-21', '0'])
  })

  test('without a price a position that shrinks is closed at our mark; one that grows, opens or turns is not guessed', () => {
    const bench = holding('4', '10')
    expect(denialsOf(bench.adjust('1', null))).toEqual(['PRICE_MISSING averagePrice none'])
    bench.mark('12')
    for (const venues of ['5', '-1']) expect(denialsOf(bench.adjust(venues, null))).toEqual(['PRICE_MISSING averagePrice none'])
    bench.adjust('1', null)
    expect(figures(bench)).toEqual(['1', '10', '6'])
    bench.adjust('0', null)
    expect(figures(bench)).toEqual(['0', '0', '8'])
    expect(denialsOf(bench.adjust('2', null))).toEqual(['PRICE_MISSING averagePrice none'])
  })

  test('contracts that settle in base keep the venue’s average in base', () => {
    const bench = holding('100', '4', INVERSE)
    bench.adjust('300', '5')
    // 300 ÷ 5 = 60 in all, of which 100 ÷ 4 = 25 are ours.
    expect(bench.facts('FILL_BOOKED').at(-1)).toMatchObject({ tradeValue: dec('35'), quantity: dec('200') })
    expect(figures(bench)).toEqual(['300', '60', '0'])
  })

  test('in hedge mode only the side that is named', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    bench.opened({ quantity: '5', price: '10' })
    bench.adjust('-2', '11', 'short')
    expect([bench.position('long').quantity, bench.position('short').quantity]).toEqual([dec('5'), dec('-2')])
    expect(denialsOf(bench.adjust('1', '2', 'net'))).toEqual([`INSTRUMENT_UNKNOWN instrument ${SYMBOL}`])
  })

  test('is refused where nothing differs, at an average that contradicts our cost, and the second time under one id', () => {
    const bench = holding('4', '10')
    expect(contextsOf(bench.adjust('4', '10'))).toEqual(['RECONCILE_REFUSED booked=4'])
    // 5 at 8 cost 40 in all, and the 4 that we know cost 40: the fifth would be worth nothing.
    expect([denialsOf(bench.adjust('5', '8')), contextsOf(bench.adjust('5', '8'))]).toEqual([
      ['RECONCILE_REFUSED averagePrice 8'],
      ['RECONCILE_REFUSED booked=40'],
    ])
    const again = {
      action: 'adjust_position',
      adjustmentId: 'J',
      instrument: SYMBOL,
      positionSide: 'net',
      averagePrice: dec('10'),
    } as const
    bench.reconcile({ ...again, quantity: dec('6') })
    expect(contextsOf(bench.reconcile({ ...again, quantity: dec('8') }))).toEqual(['RECONCILE_REFUSED booked=6'])
    expect(bench.parts().position).toBe('6')
  })

  test.each([
    [{ quantity: 5 as never }, 'VALUE_NOT_DECIMAL quantity 5'],
    [{ averagePrice: ZERO }, 'PRICE_NOT_POSITIVE averagePrice 0'],
    [{ averagePrice: dec('-1') }, 'PRICE_NOT_POSITIVE averagePrice -1'],
    [{ instrument: 'BTC/USDT' }, 'INSTRUMENT_UNKNOWN instrument BTC/USDT'],
  ])('N02 is denied with what is none: %s', (words, denial) => {
    const bench = holding('4', '10')
    const action = { action: 'adjust_position', adjustmentId: 'J', instrument: SYMBOL, positionSide: 'net' } as const
    expect(denialsOf(bench.reconcile({ ...action, quantity: dec('9'), averagePrice: dec('10'), ...words }))).toEqual([denial])
  })

  test('N01 a difference whose value is beyond all bounds is denied', () => {
    const bench = given({ instrument: LINEAR })
    expect(denialsOf(bench.adjust('100000000000000', '1000'))).toEqual(['VALUE_OUT_OF_RANGE averagePrice 100000000000000000'])
  })

  test('N01 a difference whose value rounds to nothing is refused, never divided by', () => {
    const bench = given({ instrument: INVERSE })
    expect(denialsOf(bench.adjust('0.000000000000000001', '1000'))).toEqual(['RECONCILE_REFUSED averagePrice 1000'])
    expect(bench.parts().position).toBe('0')
  })
})

describe('a fill that was missed', () => {
  const fill = { tradeId: 'X1', price: dec('2'), quantity: dec('10'), fee: dec('0.1'), feeAsset: 'RLUSD', liquidity: 'taker' } as const
  const missed = { action: 'book_fill', instrument: SYMBOL, side: 'buy', fill } as const

  test('of an order of ours is booked like any fill of it', () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry, 'v1')
    for (const reference of [
      { clientOrderId: entry, venueOrderId: null },
      { clientOrderId: null, venueOrderId: 'v1' },
    ]) {
      const tradeId = reference.clientOrderId === null ? 'X2' : 'X1'
      const facts = bench.reconcile({ ...missed, ...reference, fill: { ...fill, tradeId } })
      expect(typesOf(facts)).toContain('FILL_BOOKED')
      expect(facts[1]).toMatchObject({ clientOrderId: entry, inferred: false, role: 'entry' })
    }
    expect(bench.slot()).toMatchObject({ openSize: dec('20') })
    const again = bench.reconcile({ ...missed, clientOrderId: entry, venueOrderId: null })
    expect(typesOf(again)).toEqual(['RECONCILED', 'FILL_REPEATED'])
  })

  test('of no order of ours is unassigned: it is shown, and blocks new entries', () => {
    const bench = given()
    const facts = bench.reconcile({ ...missed, clientOrderId: null, venueOrderId: 'v77' })
    expect(facts[1]).toMatchObject({
      type: 'FILL_BOOKED',
      role: null,
      slotId: null,
      clientOrderId: null,
      venueOrderId: 'v77',
      tradeId: 'X1',
    })
    expect(bench.parts()).toEqual({ position: '10', inSlots: '0', quoted: '0', unassigned: '10', dust: '0' })
    expect(bench.balance('fees|RLUSD')).toBe('0.1')
    expect(denialsOf(bench.when(enterIntent()))).toEqual(['UNASSIGNED_EXPOSURE unassigned 10'])
  })

  test('K20 of no order of ours is booked once as well', () => {
    const bench = given()
    const external = { ...missed, clientOrderId: null, venueOrderId: 'v77' }
    bench.reconcile(external)
    expect(typesOf(bench.reconcile(external))).toEqual(['RECONCILED', 'FILL_REPEATED'])
    const other = bench.reconcile({ ...external, fill: { ...fill, quantity: dec('11') } })
    expect(typesOf(other)).toEqual(['RECONCILED', 'FILL_CONFLICTED'])
    expect(bench.parts().position).toBe('10')
  })

  test('in hedge mode goes to the side that is named, and to none where none is', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    const external = { ...missed, clientOrderId: null, venueOrderId: null }
    expect(denialsOf(bench.reconcile(external))).toHaveLength(1)
    bench.reconcile({ ...external, positionSide: 'short', side: 'sell' })
    expect([bench.parts('short').unassigned, bench.parts('long').position]).toEqual(['-10', '0'])
  })

  test.each([
    ['a quantity of nothing', { quantity: ZERO }],
    ['a price of nothing', { price: ZERO }],
    ['a fee that is none', { fee: Number.NaN as never }],
  ])('N02 with %s is refused', (_, numbers) => {
    const bench = given()
    const facts = bench.reconcile({ ...missed, clientOrderId: null, venueOrderId: null, fill: { ...fill, ...numbers } })
    expect(contextsOf(facts)).toEqual(['RECONCILE_REFUSED booked=nothing'])
    expect(bench.parts().position).toBe('0')
  })

  test('in an instrument that was never traded is refused', () => {
    const bench = given()
    const facts = bench.reconcile({ ...missed, instrument: 'BTC/USDT', clientOrderId: null, venueOrderId: null })
    expect(denialsOf(facts)).toEqual(['RECONCILE_REFUSED fill no position in BTC/USDT'])
  })
})

/** Nothing in slots, and exposure that nothing explains: signed quantity at a price. */
function unexplained(quantity: string, price = '2', instrument: object = LINEAR): KernelBench {
  const bench = given({ instrument })
  bench.adjust(quantity, price)
  return bench
}

describe('unassigned exposure is given', () => {
  test('to the quoted inventory: entries are free again', () => {
    const bench = unexplained('10')
    const facts = bench.assign('10', null)
    expect(factsOf(facts, 'EXPOSURE_ASSIGNED')).toMatchObject([{ quantity: dec('10'), slotId: null, trade: null, slotRealizedPnl: ZERO }])
    expect(bench.parts()).toEqual({ position: '10', inSlots: '0', quoted: '10', unassigned: '0', dust: '0' })
    bench.mark('2')
    bench.enter()
  })

  test('in part: the rest stays unassigned', () => {
    const bench = unexplained('-10')
    bench.assign('-4', null)
    expect(bench.parts()).toMatchObject({ quoted: '-4', unassigned: '-6' })
  })

  test.each([
    ['10', 'buy'],
    ['-10', 'sell'],
  ] as const)('to an idle slot: %s becomes a trade of its own at the average cost, that can be exited', (quantity, side) => {
    const bench = unexplained(quantity, '2.5')
    const facts = bench.assign(quantity, 'a')
    expect(typesOf(facts)).toEqual(['RECONCILED', 'TRADE_OPENED', 'EXPOSURE_ASSIGNED', 'SLOT_MOVED'])
    expect(facts[2]).toMatchObject({ tradeValue: dec('25'), slotRealizedPnl: ZERO })
    expect(facts[3]).toMatchObject({ from: 'idle', to: 'position_open', trigger: 'adopt' })
    expect(bench.slot()).toMatchObject({
      trade: 1,
      side,
      stage: 'position_open',
      openSize: dec('10'),
      entryCost: dec('25'),
      openCost: dec('25'),
    })
    expect(bench.parts()).toMatchObject({ inSlots: quantity, unassigned: '0' })
    bench.fill(bench.exit(), '10', '3')
    expect(bench.slot()).toMatchObject({ stage: 'closed', realizedPnl: side === 'buy' ? dec('5') : dec('-5') })
  })

  test('to an idle slot at a price that is stated: the trade costs that, the position what it cost', () => {
    const bench = unexplained('10', '2.5')
    bench.assign('10', 'a', '2')
    expect([bench.slot().entryCost, bench.position().cost]).toEqual([dec('20'), dec('25')])
  })

  test('to a closed slot: its next trade', () => {
    const bench = given({ instrument: LINEAR })
    bench.cancelAck(bench.enter())
    bench.adjust('10', '2')
    bench.assign('10', 'a')
    expect(bench.slot()).toMatchObject({ trade: 2, stage: 'position_open', openSize: dec('10') })
    expect(bench.state.trades.get('a#1')).toMatchObject({ stage: 'closed', openSize: ZERO })
  })

  test('to an open slot of the same side: it grows, at the price or at the average cost', () => {
    const bench = holding('5', '2')
    bench.adjust('9', '3')
    expect(bench.assign('2', 'a', '4')[1]).toMatchObject({ tradeValue: dec('8'), slotRealizedPnl: ZERO })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('7'), entryCost: dec('18') })
    // 9 at 3 cost 27: two of them 6.
    bench.assign('2', 'a')
    expect(bench.slot()).toMatchObject({ openSize: dec('9'), entryCost: dec('24') })
    expect(bench.order(bench.exit()).request.quantity).toBe(dec('9'))
  })

  test('to an open slot of the other side: it closes that much of it at the price, and all of it closes the trade', () => {
    const bench = holding('5', '2')
    bench.adjust('0', '3')
    expect(bench.parts()).toMatchObject({ position: '0', inSlots: '5', unassigned: '-5' })
    const facts = bench.assign('-2', 'a', '3')
    expect(factsOf(facts, 'EXPOSURE_ASSIGNED')).toMatchObject([{ tradeValue: dec('6'), slotRealizedPnl: dec('2') }])
    expect(bench.slot()).toMatchObject({
      stage: 'position_partially_closed',
      openSize: dec('3'),
      realizedPnl: dec('2'),
      exitCost: dec('6'),
    })
    bench.assign('-3', 'a', '1')
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO, realizedPnl: dec('-1') })
    expect(bench.parts()).toMatchObject({ position: '0', inSlots: '0', unassigned: '0' })
  })

  test('of inverse contracts with profit in base', () => {
    const bench = unexplained('100', '4', INVERSE)
    bench.assign('100', 'a')
    expect(bench.slot()).toMatchObject({ entryCost: dec('25'), openSize: dec('100') })
    bench.adjust('0', '5')
    bench.assign('-100', 'a', '5')
    expect(bench.slot()).toMatchObject({ stage: 'closed', realizedPnl: dec('5') })
  })

  test.each([
    ['more than there is', '10.01', null, '2', 'RECONCILE_REFUSED quantity 10.01', 'booked=10'],
    ['the other side', '-1', null, '2', 'RECONCILE_REFUSED quantity -1', 'booked=10'],
    ['nothing', '0', null, '2', 'RECONCILE_REFUSED quantity 0', 'booked=10'],
    ['a slot that is none', '10', 'z', '2', 'SLOT_UNKNOWN slotId z', ''],
    ['a price of nothing', '10', 'a', '0', 'PRICE_NOT_POSITIVE price 0', ''],
  ])('is refused with %s', (_, quantity, slotId, price, denial, context) => {
    const bench = unexplained('10')
    const facts = bench.assign(quantity, slotId, price)
    expect(denialsOf(facts)).toEqual([denial])
    expect(contextsOf(facts)).toEqual([`${denial.split(' ')[0]} ${context}`.trim()])
    expect(bench.parts()).toMatchObject({ unassigned: '10', inSlots: '0' })
  })

  test('of a short is refused beyond what there is, and on the other side, as well', () => {
    const bench = unexplained('-10')
    for (const quantity of ['-10.01', '1']) expect(contextsOf(bench.assign(quantity, null))).toEqual(['RECONCILE_REFUSED booked=-10'])
    bench.assign('-10', null)
  })

  test('is refused while the slot’s entry is undecided, in either direction', () => {
    for (const [venues, part] of [
      ['45', '5'],
      ['35', '-5'],
    ] as const) {
      const bench = given({ instrument: LINEAR })
      bench.fill(bench.enter(), '40', '2')
      bench.mark('2')
      bench.adjust(venues, '2')
      expect(contextsOf(bench.assign(part, 'a', '2'))).toEqual(['RECONCILE_REFUSED booked=entry_working'])
    }
  })

  test('is refused where an exit has begun beside an entry that is still alive', () => {
    const bench = given({ instrument: LINEAR })
    bench.fill(bench.enter(), '40', '2')
    bench.mark('2')
    bench.residual()
    bench.adjust('35', '2')
    expect(contextsOf(bench.assign('-5', 'a', '2'))).toEqual(['RECONCILE_REFUSED booked=exit_requested'])
  })

  test('is refused to close more than the slot has open, or to close at no price', () => {
    const bench = holding('5', '2')
    bench.adjust('-3', '3')
    expect(contextsOf(bench.assign('-6', 'a', '3'))).toEqual(['RECONCILE_REFUSED booked=position_open'])
    expect(denialsOf(bench.assign('-5', 'a'))).toEqual(['PRICE_MISSING price none'])
    expect(bench.slot().openSize).toBe(dec('5'))
  })

  test('is refused to a slot of another instrument or another side of a hedge', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    bench.opened({ quantity: '5' })
    bench.adjust('-4', '2', 'short')
    expect(contextsOf(bench.assign('-4', 'a', '2', 'short'))).toEqual(['RECONCILE_REFUSED booked=position_open'])
    expect(denialsOf(bench.assign('1', 'a', '2', 'net'))).toEqual([`INSTRUMENT_UNKNOWN instrument ${SYMBOL}`])
  })

  test('is refused at no price where the position, flat as a whole, has no average', () => {
    const bench = holding('5', '2')
    bench.adjust('0', '3')
    expect(denialsOf(bench.assign('-5', 'b'))).toEqual(['PRICE_MISSING price none'])
    bench.assign('-5', 'b', '3')
    expect(bench.slot('b')).toMatchObject({ side: 'sell', openSize: dec('5'), entryCost: dec('15') })
  })

  test('N02 with a quantity that is none is denied', () => {
    const bench = unexplained('10')
    const action = { action: 'assign', instrument: SYMBOL, positionSide: 'net', slotId: null, price: null } as const
    expect(denialsOf(bench.reconcile({ ...action, quantity: 5 as never }))).toEqual(['VALUE_NOT_DECIMAL quantity 5'])
  })
})
