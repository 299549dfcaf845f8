import { describe, expect, test } from 'vitest'
import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { EnterIntent, Intent } from '../../../src/core/kernel/inputs.ts'
import {
  denialsOf,
  enterIntent,
  exitIntent,
  given,
  KernelBench,
  openingOf,
  quoteIntent,
  requestsOf,
  residualIntent,
  SYMBOL,
  typesOf,
} from './kernel-bench.ts'

const HUGE = (10n ** 15n * 10n ** 18n + 1n) as Decimal

function denied(input: Partial<EnterIntent>, setup = {}): string[] {
  const bench = given(setup)
  const facts = bench.when({ ...enterIntent(), ...input } as EnterIntent)
  expect(requestsOf(facts)).toEqual([])
  expect(bench.slot().stage).toBe('idle')
  return denialsOf(facts)
}

describe('what an order must be', () => {
  test('K22 type, price and time in force reach the order as they were asked for', () => {
    const bench = given()
    const facts = bench.when(enterIntent({ orderType: 'limit', price: '1.9999', timeInForce: 'ioc', quantity: '12.34' }))
    expect(requestsOf(facts)).toEqual([
      {
        clientOrderId: expect.stringMatching(/^dita[a-z2-7]{26}$/),
        instrument: SYMBOL,
        positionSide: 'net',
        side: 'buy',
        orderType: 'limit',
        price: dec('1.9999'),
        quantity: dec('12.34'),
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: false,
        validUntilUs: bench.timeUs + 10_000_000,
        role: 'entry',
        slotId: 'a',
        trade: 1,
        leg: null,
        intentSeq: 1,
        attempt: 1,
      },
    ])
  })

  test('K22 a market order carries no price, a limit order must carry one', () => {
    expect(denied({ orderType: 'market', price: dec('1.5') })).toEqual(['PRICE_NOT_ALLOWED price 1.5'])
    expect(denied({ price: null })).toEqual(['PRICE_MISSING price none'])
  })

  test.each([
    ['side', 'BUY'],
    ['side', undefined],
    ['orderType', 'LIMIT'],
    ['orderType', undefined],
    ['timeInForce', 'GTC'],
    ['timeInForce', null],
    ['postOnly', 'yes'],
    ['postOnly', undefined],
  ])('K22 a word the kernel does not know is denied, never read as another: %s %s', (field, value) => {
    expect(denied({ [field]: value })).toEqual([`FIELD_INVALID ${field} ${value}`])
  })

  test.each([
    ['VALUE_NOT_DECIMAL quantity NaN', { quantity: Number.NaN as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL quantity Infinity', { quantity: Number.POSITIVE_INFINITY as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL quantity 1.5', { quantity: 1.5 as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL quantity 10', { quantity: '10' as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL quantity undefined', { quantity: undefined as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL price NaN', { price: Number.NaN as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL leverage NaN', { leverage: Number.NaN as unknown as Decimal }],
    ['VALUE_NOT_DECIMAL exitRatios[1] NaN', { exitRatios: [dec('0.5'), Number.NaN as unknown as Decimal] }],
    ['VALUE_OUT_OF_RANGE quantity 1000000000000000.000000000000000001', { quantity: HUGE }],
    ['VALUE_OUT_OF_RANGE price 1000000000000000.000000000000000001', { price: HUGE }],
  ])('N02 an order with a number that is none is denied: %s', (denial, input) => {
    expect(denied(input)).toEqual([denial])
  })

  test('N01 a notional beyond the bounds is denied: no product of two allowed numbers gets into an order', () => {
    expect(denied({ quantity: dec('1e15'), price: dec('1e15') })).toEqual([`VALUE_OUT_OF_RANGE notional ${'1'.padEnd(31, '0')}`])
  })

  test('K06 a quantity of zero or less is denied before an order exists', () => {
    expect(denied({ quantity: ZERO })).toEqual(['QUANTITY_NOT_POSITIVE quantity 0'])
    expect(denied({ quantity: dec('-1') })).toEqual(['QUANTITY_NOT_POSITIVE quantity -1'])
  })

  test.each([
    ['PRICE_NOT_POSITIVE price 0', { price: ZERO }, {}],
    ['PRICE_NOT_POSITIVE price -2', { price: dec('-2') }, {}],
    ['PRICE_OFF_TICK price 2.00001', { price: dec('2.00001') }, {}],
    ['QUANTITY_OFF_LOT quantity 1.005', { quantity: dec('1.005') }, {}],
    ['QUANTITY_BELOW_MIN quantity 4.99', { quantity: dec('4.99') }, { instrument: { minQuantity: dec('5') } }],
    ['QUANTITY_ABOVE_MAX quantity 5.01', { quantity: dec('5.01') }, { instrument: { maxQuantity: dec('5') } }],
    ['NOTIONAL_BELOW_MIN notional 9.98', { quantity: dec('4.99') }, { instrument: { minNotional: dec('10') } }],
    ['TIME_IN_FORCE_INVALID timeInForce ioc', { postOnly: true, timeInForce: 'ioc' as const }, {}],
    ['TIME_IN_FORCE_INVALID timeInForce market', { postOnly: true, orderType: 'market' as const, price: null }, {}],
    ['MARK_MISSING price none', { orderType: 'market' as const, price: null }, {}],
    ['INSTRUMENT_UNKNOWN instrument BTC/USDT', { instrument: 'BTC/USDT' }, {}],
    ['SLOT_UNKNOWN slotId z', { slotId: 'z' }, {}],
  ])('an order that the venue could not accept is denied: %s', (denial, input, setup) => {
    expect(denied(input, setup)).toEqual([denial])
  })

  test('a quantity, a notional and a leverage exactly at the limit are allowed', () => {
    const bench = given({ instrument: { minQuantity: dec('5'), maxQuantity: dec('5'), minNotional: dec('10') } })
    expect(bench.order(bench.enter({ quantity: '5', price: '2', leverage: '5' })).status).toBe('prepared')
  })

  test('K15 leverage above the cap is a denial, never a clamp', () => {
    expect(denied({ leverage: dec('5.000000000000000001') })).toEqual(['LEVERAGE_ABOVE_CAP leverage 5.000000000000000001'])
    expect(denied({ leverage: ZERO })).toEqual(['LEVERAGE_NOT_POSITIVE leverage 0'])
    expect(denied({ leverage: (10n ** 118n) as Decimal })[0]).toMatch(/^VALUE_OUT_OF_RANGE leverage 1000/)
  })

  test.each([
    [['0'], 'EXIT_RATIO_INVALID exitRatios[0] 0'],
    [['0.5', '-0.5', '1'], 'EXIT_RATIO_INVALID exitRatios[1] -0.5'],
    [['1.1'], 'EXIT_RATIO_INVALID exitRatios[0] 1.1'],
    [['0.5'], 'EXIT_RATIOS_SUM exitRatios 0.5'],
    [['0.5', '0.499999999999999999'], 'EXIT_RATIOS_SUM exitRatios 0.999999999999999999'],
    [['1', '1'], 'EXIT_RATIOS_SUM exitRatios 2'],
  ])('K05 exit ratios %j are denied, naming the element', (ratios, denial) => {
    expect(denied({ exitRatios: ratios.map((ratio) => dec(ratio)) })).toEqual([denial])
  })

  test('K05 exit ratios that are no list are denied', () => {
    expect(denied({ exitRatios: undefined as unknown as Decimal[] })).toEqual(['FIELD_INVALID exitRatios undefined'])
  })

  test('K16 two slots of one id refuse the whole opening', () => {
    const bench = new KernelBench()
    const facts = bench.when({ type: 'OPEN_SESSION', session: openingOf({ slotIds: ['a', 'b', 'a'] }) })
    expect(denialsOf(facts)).toEqual(['SLOT_ID_DUPLICATE slotIds a'])
    expect([bench.state.session, bench.state.slots.size]).toEqual([null, 0])
  })

  test('an instrument whose figures the ledger could not keep exact is refused', () => {
    for (const instrument of [
      { kind: 'inverse' },
      { settle: 'BTC' },
      { tickSize: ZERO },
      { tickSize: dec('1e-10'), lotSize: dec('1e-9') },
    ] as const) {
      const bench = new KernelBench()
      expect(denialsOf(bench.when({ type: 'OPEN_SESSION', session: openingOf({ instrument }) }))).toHaveLength(1)
      expect(bench.state.session).toBeNull()
    }
  })
})

describe('what an older session of the account leaves behind', () => {
  test('can be closed, cancelled and valued, but not traded anew', () => {
    const bench = given({ slotIds: ['a'] })
    bench.opened({ quantity: '10' })
    const other = { symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' }
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2', slotIds: ['b'], instrument: other }) })
    expect(denialsOf(bench.when(quoteIntent('2 x 1', null)))).toEqual([`INSTRUMENT_UNKNOWN instrument ${SYMBOL}`])
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b' })))).toEqual([`INSTRUMENT_UNKNOWN instrument ${SYMBOL}`])
    expect(typesOf(bench.mark('3'))).toEqual(['MARK_SET'])
    bench.fill(bench.exit(), '10', '3')
    expect(bench.slot().stage).toBe('closed')
    expect(denialsOf(bench.when({ ...enterIntent(), instrument: 'BTC/USDT' }))).toEqual(['SLOT_UNKNOWN slotId a'])
  })
})

describe('limits', () => {
  test('maxOrderNotional and maxExposure are denied beyond, allowed at the limit', () => {
    const limits = { maxOrderNotional: dec('100'), maxExposure: dec('150') }
    expect(denied({ quantity: dec('50.01') }, { limits })).toEqual(['NOTIONAL_ABOVE_LIMIT notional 100.02'])
    const bench = given({ limits })
    bench.enter({ quantity: '50' })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '25.01' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 150.02'])
    bench.enter({ slotId: 'b', quantity: '25' })
  })

  test('an order whose cancel was refused still counts as exposure', () => {
    const bench = given({ limits: { maxExposure: dec('100') } })
    const quote = bench.prepare(quoteIntent('2 x 50', null))[0] as string
    bench.ack(quote)
    bench.when(quoteIntent(null, null))
    bench.when({ type: 'CANCEL_REJECT', clientOrderId: quote, venueOrderId: null, code: '1', reason: 'too late' })
    expect(denialsOf(bench.when(enterIntent({ quantity: '1' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 102'])
  })

  test('a sell limit far below the market is judged at the mark: its price is only the least it brings', () => {
    const bench = given({ limits: { maxOrderNotional: dec('100'), maxExposure: dec('1000') } })
    bench.mark('2')
    expect(denialsOf(bench.when(enterIntent({ side: 'sell', price: '0.1', quantity: '51' })))).toEqual([
      'NOTIONAL_ABOVE_LIMIT notional 102',
    ])
    expect(requestsOf(bench.when(enterIntent({ side: 'sell', price: '0.1', quantity: '50' })))).toHaveLength(1)
  })

  test('an order whose cancel is under way counts like any other: the cancel may lose', () => {
    const bench = given({ limits: { maxExposure: dec('100'), maxOpenOrders: 5 } })
    bench.enter({ quantity: '50' })
    bench.when({ type: 'CANCEL', target: { kind: 'entry', slotId: 'a' } })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '1' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 102'])
  })

  test('a quote that is being replaced does not count beside its replacement', () => {
    const bench = given({ limits: { maxExposure: dec('100'), maxOpenOrders: 2 } })
    const first = bench.prepare(quoteIntent('2 x 40', '3 x 30'))
    for (const id of first) bench.ack(id)
    const facts = bench.when(quoteIntent('1.9 x 50', '2.9 x 30'))
    expect(typesOf(facts)).toEqual(['CANCEL_MOVED', 'CANCEL_MOVED', 'ORDER_PREPARED', 'ORDER_PREPARED'])
  })

  test('above the limit, an order that brings the exposure down is allowed', () => {
    const bench = given({ limits: { maxExposure: dec('100') } })
    bench.fill(bench.prepare(quoteIntent('2 x 50', null))[0] as string, '50', '2')
    bench.mark('4')
    expect(denialsOf(bench.when(quoteIntent('4 x 1', null)))).toEqual(['EXPOSURE_ABOVE_LIMIT bid.exposure 204'])
    expect(requestsOf(bench.when(quoteIntent(null, '5 x 1')))).toHaveLength(1)
    // Through zero to the other side is no way down.
    expect(denialsOf(bench.when(quoteIntent(null, '5 x 90')))).toEqual(['EXPOSURE_ABOVE_LIMIT ask.exposure 200'])
  })

  test('maxOpenOrders holds within one intent as well', () => {
    const bench = given({ limits: { maxOpenOrders: 1 } })
    const facts = bench.when(quoteIntent('2 x 1', '3 x 1'))
    expect(requestsOf(facts).map((request) => request.side)).toEqual(['buy'])
    expect(denialsOf(facts)).toEqual(['OPEN_ORDERS_ABOVE_LIMIT openOrders 1'])
  })

  test('an exit is never held back by a limit', () => {
    const bench = given({ limits: { maxExposure: dec('200'), maxOrderNotional: dec('200'), maxOpenOrders: 1 } })
    bench.opened({ quantity: '100' })
    bench.prepare(quoteIntent(null, '2 x 1'))
    expect(bench.order(bench.exit({ price: dec('9') })).request.quantity).toBe(dec('100'))
  })
})

describe('a halted session', () => {
  test('sends nothing new, yet cancels, and books what still comes', () => {
    const bench = given()
    const entry = bench.enter()
    bench.opened({ slotId: 'b' })
    bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: null })
    const inputs: Intent[] = [enterIntent(), exitIntent({ slotId: 'b' }), quoteIntent('2 x 1', null)]
    for (const input of inputs) expect(denialsOf(bench.when(input))).toEqual(['SESSION_HALTED session s1'])
    expect(typesOf(bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: null }))).toEqual([])
    bench.fill(entry, '10', '2')
    expect(typesOf(bench.when({ type: 'CANCEL', target: { kind: 'instrument', instrument: SYMBOL } }))).toEqual(['CANCEL_MOVED'])
  })

  test('before any session is open, what is listed can be seen and not traded', () => {
    const bench = new KernelBench()
    bench.list({})
    for (const input of [enterIntent(), exitIntent(), quoteIntent('2 x 1', null), residualIntent()]) {
      const expected = input.type === 'EXIT' || input.type === 'EXIT_RESIDUAL' ? 'SLOT_UNKNOWN slotId a' : 'SESSION_HALTED session none'
      expect(denialsOf(bench.when(input))).toEqual([expected])
    }
    expect(denialsOf(bench.control('pause'))).toEqual(['SESSION_HALTED session none'])
    expect(typesOf(bench.mark('2'))).toEqual(['MARK_SET'])
  })

  test('before any session is open, nothing can be asked for', () => {
    const bench = new KernelBench()
    for (const input of [enterIntent(), exitIntent(), quoteIntent('2 x 1', null)]) expect(denialsOf(bench.when(input))).toHaveLength(1)
  })
})

describe('cancels', () => {
  test('K14 each refusal of a cancel has its own code', () => {
    const bench = given()
    const cancel = (target: Extract<Intent, { type: 'CANCEL' }>['target']) => denialsOf(bench.when({ type: 'CANCEL', target }))
    expect(cancel({ kind: 'order', clientOrderId: 'nobody' })).toEqual(['ORDER_UNKNOWN clientOrderId nobody'])
    expect(cancel({ kind: 'entry', slotId: 'a' })).toEqual(['NO_ACTIVE_ENTRY_ORDER slotId a'])
    expect(cancel({ kind: 'exit', slotId: 'a' })).toEqual(['NO_ACTIVE_EXIT_ORDER slotId a'])
    expect(cancel({ kind: 'exit', slotId: 'z' })).toEqual(['SLOT_UNKNOWN slotId z'])
    const entry = bench.enter()
    expect(cancel({ kind: 'entry', slotId: 'a' })).toEqual([])
    expect(cancel({ kind: 'entry', slotId: 'a' })).toEqual(['ENTRY_NOT_CANCELLABLE slotId a'])
    expect(cancel({ kind: 'order', clientOrderId: entry })).toEqual(['CANCEL_PENDING clientOrderId requested'])
    bench.fill(entry, '100', '2')
    expect(cancel({ kind: 'order', clientOrderId: entry })).toEqual(['ORDER_FINAL clientOrderId filled'])
    bench.exit()
    expect(cancel({ kind: 'exit', slotId: 'a' })).toEqual([])
    expect(cancel({ kind: 'exit', slotId: 'a' })).toEqual(['EXIT_NOT_CANCELLABLE slotId a'])
  })

  test('K14 a target that is none is denied', () => {
    const bench = given()
    for (const target of [undefined, null, {}, { kind: 'everything' }]) {
      const facts = bench.when({ type: 'CANCEL', target } as unknown as Intent)
      expect(denialsOf(facts)[0]).toMatch(/^FIELD_INVALID target.kind/)
    }
  })
})
