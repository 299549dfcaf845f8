// Every code there is, driven once: that it can come, and that it carries the figures that its page promises.

import { describe, expect, test } from 'vitest'
import { dec, ONE, ZERO } from '../../../src/core/kernel/decimal.ts'
import { DENIALS, type DenialCode, denialFact, denialOf, textOf } from '../../../src/core/kernel/denials.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../../src/core/kernel/inputs.ts'
import { contextKeysOf, factsOf } from './facts-of.ts'
import { enterIntent, exitIntent, given, KernelBench, LINEAR, openingOf, quoteIntent, SYMBOL } from './kernel-bench.ts'
import type { Setup } from './opening.ts'

type Drive = () => readonly FactBody[]

const entering =
  (words: Parameters<typeof enterIntent>[0], setup: Setup = {}): Drive =>
  () =>
    given(setup).when(enterIntent(words))

/** What an account does that has done something before. */
function after(prepare: (bench: KernelBench) => unknown, act: (bench: KernelBench) => readonly FactBody[], setup: Setup = {}): Drive {
  return () => {
    const bench = given(setup)
    prepare(bench)
    return act(bench)
  }
}

const enter =
  (words: Parameters<typeof enterIntent>[0] = {}) =>
  (bench: KernelBench) =>
    bench.when(enterIntent(words))
const cancel = (kind: 'entry' | 'exit') => (bench: KernelBench) => bench.when({ type: 'CANCEL', target: { kind, slotId: 'a' } })
const firstOrder = (bench: KernelBench) => [...bench.state.orders.keys()][0] as string

const DRIVES: Readonly<Record<DenialCode, Drive>> = {
  INPUT_UNKNOWN: () => given().when({ type: 'BUY' } as unknown as KernelInput),
  FIELD_INVALID: () => given().when({ ...enterIntent(), side: 'BUY' as 'buy' }),
  SESSION_HALTED: after((bench) => bench.control('halt'), enter()),
  TRADING_HALTED: after((bench) => bench.control('pause'), enter()),
  REDUCING_ONLY: after((bench) => bench.control('reduce_only'), enter()),
  REDUCE_ONLY_DIRECTION: entering({ reduceOnly: true }),
  INSTRUMENT_UNKNOWN: entering({ instrument: 'BTC/USDT' }),
  INSTRUMENT_INVALID: () => given().list({ tickSize: ZERO }),
  VALUE_NOT_DECIMAL: () => given().when({ ...enterIntent(), quantity: 1 as never }),
  VALUE_OUT_OF_RANGE: entering({ price: '1e15', quantity: '1e15' }),
  PRICE_MISSING: entering({ price: null }),
  PRICE_NOT_ALLOWED: entering({ orderType: 'market', price: '2' }),
  PRICE_NOT_POSITIVE: entering({ price: '0' }),
  PRICE_OFF_TICK: entering({ price: '2.00001' }),
  PRICE_OUTSIDE_COLLAR: after((bench) => bench.mark('3'), enter(), { limits: { priceCollarBps: ONE } }),
  QUANTITY_NOT_POSITIVE: entering({ quantity: '0' }),
  QUANTITY_OFF_LOT: entering({ quantity: '0.001' }),
  QUANTITY_BELOW_MIN: entering({}, { instrument: { minQuantity: dec('1000') } }),
  QUANTITY_ABOVE_MAX: entering({}, { instrument: { maxQuantity: dec('1') } }),
  NOTIONAL_BELOW_MIN: entering({}, { instrument: { minNotional: dec('1000') } }),
  NOTIONAL_ABOVE_LIMIT: entering({}, { limits: { maxOrderNotional: ONE } }),
  MARK_MISSING: entering({ orderType: 'market' }),
  MARKET_STALE: after((bench) => bench.mark('2', '2', 0), enter(), { limits: { staleFeedUs: 1 } }),
  TIME_IN_FORCE_INVALID: entering({ postOnly: true, timeInForce: 'ioc' }),
  LEVERAGE_NOT_POSITIVE: entering({ leverage: '0' }),
  LEVERAGE_ABOVE_CAP: entering({ leverage: '6' }),
  BALANCE_TOO_LOW: entering({}, { capital: {} }),
  MARGIN_TOO_LOW: entering({}, { capital: {}, instrument: LINEAR }),
  POSITION_ABOVE_LIMIT: entering({}, { limits: { maxPosition: ONE } }),
  EXPOSURE_ABOVE_LIMIT: entering({}, { limits: { maxExposure: ONE } }),
  EXPOSURE_UNPRICED: after(
    (bench) => {
      bench.list({ symbol: 'XRP/BTC', quote: 'BTC', settle: 'BTC' })
      bench.capital('BTC', '1000')
      bench.mark('1', null, null, 'XRP/BTC')
      bench.opened({ instrument: 'XRP/BTC', slotId: 'b', price: '1', quantity: '10' })
    },
    enter(),
    { limits: { maxExposure: dec('100000') } },
  ),
  POSITION_DIFFERS: after(
    (bench) => {
      bench.mark('2')
      bench.snapshot({ positions: [{ instrument: SYMBOL, positionSide: 'net', quantity: dec('5'), averagePrice: dec('2') }] })
    },
    enter(),
    { instrument: LINEAR },
  ),
  OPEN_ORDERS_ABOVE_LIMIT: after((bench) => bench.enter(), enter({ slotId: 'b' }), { limits: { maxOpenOrders: 1 } }),
  ORDER_RATE_ABOVE_LIMIT: after((bench) => bench.enter(), enter({ slotId: 'b' }), { limits: { maxOrdersPerSecond: 1 } }),
  CANCEL_RATE_ABOVE_LIMIT: after(
    (bench) => {
      bench.cancel(bench.enter())
      bench.enter({ slotId: 'b' })
    },
    (bench) => bench.cancel([...bench.state.orders.keys()][1] as string),
    { limits: { maxCancelsPerSecond: 1 } },
  ),
  RATE_LIMITED: after(
    (bench) => bench.when({ type: 'RATE_LIMITED', clientOrderId: null, venueOrderId: null, retryAfterMs: null }),
    enter(),
  ),
  SLOT_UNKNOWN: entering({ slotId: 'z' }),
  SLOT_BUSY: after((bench) => bench.enter(), enter()),
  UNASSIGNED_EXPOSURE: after((bench) => bench.adjust('1', '2'), enter()),
  EXIT_RATIO_INVALID: entering({ exitRatios: ['2'] }),
  EXIT_RATIOS_SUM: entering({ exitRatios: ['0.5'] }),
  EXIT_NOT_ALLOWED: () => given().when(exitIntent()),
  NOTHING_TO_EXIT: after(
    (bench) => {
      bench.opened()
      bench.ack(bench.exit())
    },
    (bench) => bench.when(exitIntent()),
  ),
  NO_ACTIVE_ENTRY_ORDER: () => cancel('entry')(given()),
  NO_ACTIVE_EXIT_ORDER: () => cancel('exit')(given()),
  ENTRY_NOT_CANCELLABLE: after((bench) => bench.cancel(bench.enter()), cancel('entry')),
  EXIT_NOT_CANCELLABLE: after((bench) => {
    bench.opened()
    bench.cancel(bench.exit())
  }, cancel('exit')),
  ORDER_UNKNOWN: () => given().cancel('nobody'),
  ORDER_FINAL: after(
    (bench) => bench.opened(),
    (bench) => bench.cancel(firstOrder(bench)),
  ),
  ORDER_IN_DOUBT: after(
    (bench) => {
      bench.opened()
      bench.doubt(bench.exit())
    },
    (bench) => bench.residual(),
  ),
  CANCEL_PENDING: after(
    (bench) => bench.cancel(bench.enter()),
    (bench) => bench.cancel(firstOrder(bench)),
  ),
  QUOTE_CROSSED: () => given().when(quoteIntent('3 x 1', '2 x 1')),
  QUOTE_SIDE_PENDING: after(
    (bench) => bench.cancel(bench.quote('2 x 1', null)[0] as string),
    (bench) => bench.when(quoteIntent('2 x 1', null)),
  ),
  QUOTE_SIDE_IN_DOUBT: after(
    (bench) => bench.doubt(bench.quote('2 x 1', null)[0] as string),
    (bench) => bench.when(quoteIntent('2 x 1', null)),
  ),
  QUOTE_IN_HEDGE_MODE: () => given({ instrument: LINEAR, positionMode: 'hedge' }).when(quoteIntent('2 x 1', null)),
  SLOT_ID_DUPLICATE: () => new KernelBench().when({ type: 'OPEN_SESSION', session: openingOf({ slotIds: ['a', 'a'] }) }),
  CONTROL_REFUSED: () => given().control('resume'),
  ABSENCE_NOT_PROVED: after(
    (bench) => bench.doubt(bench.enter()),
    (bench) => bench.reconcile({ action: 'mark_absent', clientOrderId: firstOrder(bench), venueTimeUs: 0, askedAtUs: [] }),
  ),
  RECONCILE_REFUSED: () => given().adjust('0', null),
}

describe('every reason to refuse', () => {
  test.each(Object.entries(DRIVES))('%s comes, with the figures that it promises', (code, drive) => {
    const denials = factsOf(drive(), 'INTENT_DENIED')
    expect(denials.map((denial) => denial.code)).toEqual([code])
    for (const denial of denials) {
      const { carried, promised } = contextKeysOf(denial)
      expect(carried).toEqual(promised)
      expect(denial.detail).toBe(DENIALS[code as DenialCode][0])
    }
  })

  test('has a sentence that ends, and names each of its figures once, in one word', () => {
    for (const [code, [sentence, context]] of Object.entries<readonly [string, string?]>(DENIALS)) {
      expect(sentence, code).toMatch(/^[A-Z].*\.$/)
      if (context !== undefined) expect(context, code).toMatch(/^[a-zA-Z]+( [a-zA-Z]+)*$/)
      expect(new Set(context?.split(' ')).size, code).toBe(context?.split(' ').length ?? 0)
    }
  })
})

describe('a value in a denial', () => {
  test.each([
    [dec('1.50'), '1.5'],
    ['x'.repeat(65), 'x'.repeat(64)],
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [{}, 'object'],
    [() => 1, 'function'],
    [Symbol('s'), 'symbol'],
    [10n ** 100n, `1${'0'.repeat(63)}`],
  ])('N02 %s is said in a short text', (value, text) => {
    expect(textOf(value)).toBe(text)
  })

  test('whom it is about is kept where that is a name, and is nobody where it is not', () => {
    const denial = denialOf('SLOT_UNKNOWN', 'slotId', 7)
    expect(denialFact('ENTER', denial, { slotId: 7, clientOrderId: {} })).toMatchObject({ slotId: null, clientOrderId: null, value: '7' })
    expect(denialFact('ENTER', denial, { slotId: 'a', clientOrderId: 'b' })).toMatchObject({ slotId: 'a', clientOrderId: 'b' })
  })
})
