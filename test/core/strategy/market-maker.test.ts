// Where the market maker quotes, how much, and when it does not.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abs, add, type Decimal, dec, formatDecimal, isMultipleOf, mul, sub } from '../../../src/core/kernel/decimal.ts'
import type { QuoteIntent } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { createMarketMaker, type MarketMakerOptions } from '../../../src/core/strategy/market-maker.ts'
import type { Strategy } from '../../../src/core/strategy/port.ts'
import { LINEAR, type MarketOptions, marketOf, type PortfolioOptions, portfolioOf, SPOT } from './fixtures.ts'

const OPTIONS: MarketMakerOptions = {
  clobSwitchThresholdBps: dec('3'),
  anchorMaxDivergenceBps: dec('10'),
  halfSpreadBps: dec('2'),
  orderNotional: dec('100'),
  maxInventoryNotional: dec('1000'),
  inventorySkewBps: dec('2'),
}

function quote(strategy: Strategy, market: MarketOptions, portfolio: PortfolioOptions = {}): QuoteIntent {
  const intents = strategy.onTick({ market: marketOf(market), portfolio: portfolioOf(portfolio) })
  expect(intents).toHaveLength(1)
  const [intent] = intents
  if (intent?.type !== 'QUOTE') throw new Error('no quote')
  return intent
}

function quoteOnce(
  instrument: Instrument,
  options: Partial<MarketMakerOptions>,
  market: MarketOptions,
  portfolio: PortfolioOptions = {},
): QuoteIntent {
  return quote(createMarketMaker(instrument, { ...OPTIONS, ...options }), market, portfolio)
}

/** `bid × quantity / ask × quantity`, `-` for a side that is not quoted. */
function shown({ bid, ask }: QuoteIntent): string {
  return [bid, ask].map((side) => (side === null ? '-' : `${formatDecimal(side.price)} × ${formatDecimal(side.quantity)}`)).join(' / ')
}

const AROUND_20000 = { bid: '19999.9', ask: '20000.1' }

describe('prices', () => {
  test('stand the half spread away from the mid, post-only', () => {
    const intent = quoteOnce(LINEAR, {}, AROUND_20000)
    expect(shown(intent)).toBe('19996 × 0.005 / 20004 × 0.004')
    expect(intent).toMatchObject({ instrument: LINEAR.symbol, postOnly: true })
  })

  test('round outward to the tick', () => {
    expect(shown(quoteOnce(LINEAR, { halfSpreadBps: dec('2.01') }, AROUND_20000))).toBe('19995.9 × 0.005 / 20004.1 × 0.004')
  })

  test('go round the mark price where there is one', () => {
    expect(shown(quoteOnce(LINEAR, {}, { ...AROUND_20000, mark: '20002' }))).toBe('19997.9 × 0.005 / 20006.1 × 0.004')
  })

  test('go round what was paid, weighted by size, where there is no mark price', () => {
    expect(shown(quoteOnce(LINEAR, {}, { ...AROUND_20000, traded: ['20002', '3'] }))).toBe('19997.9 × 0.005 / 20006.1 × 0.004')
  })

  test('follow the trades of later ticks by a fifth of the way each', () => {
    const strategy = createMarketMaker(LINEAR, { ...OPTIONS, halfSpreadBps: dec('0') })
    quote(strategy, { ...AROUND_20000, traded: ['20000', '1'] })
    const step = quote(strategy, { ...AROUND_20000, traded: ['20005', '1'] })
    expect(shown(step)).toBe('20000 × 0.005 / 20001 × 0.004')
    expect(shown(quote(strategy, AROUND_20000))).toBe(shown(step))
  })

  test('forget trades that are more than thirty ticks old', () => {
    const strategy = createMarketMaker(LINEAR, OPTIONS)
    quote(strategy, { ...AROUND_20000, traded: ['20002', '1'] })
    const after = Array.from({ length: 31 }, () => shown(quote(strategy, AROUND_20000)))
    expect(after[29]).toBe('19997.9 × 0.005 / 20006.1 × 0.004')
    expect(after[30]).toBe('19996 × 0.005 / 20004 × 0.004')
  })

  test('never reach the other side: at most one tick before its touch', () => {
    expect(shown(quoteOnce(LINEAR, { halfSpreadBps: dec('0') }, { ...AROUND_20000, mark: '20004' }))).toBe('20000 × 0.005 / 20004 × 0.004')
    expect(shown(quoteOnce(LINEAR, { halfSpreadBps: dec('0') }, { bid: '20000', ask: '20000.1', mark: '20004' }))).toBe(
      '20000 × 0.005 / 20004 × 0.004',
    )
    expect(shown(quoteOnce(LINEAR, { halfSpreadBps: dec('0') }, { bid: '20000', ask: '20000.1', mark: '19996' }))).toBe(
      '19996 × 0.005 / 20000.1 × 0.004',
    )
  })

  test('never meet each other, even without a half spread', () => {
    expect(shown(quoteOnce(LINEAR, { halfSpreadBps: dec('0') }, AROUND_20000))).toBe('19999.9 × 0.005 / 20000 × 0.005')
  })
})

describe('the reference and the book', () => {
  // Around a mid of 20000 one bp is 2.
  const at = (mark: string, options: Partial<MarketMakerOptions> = {}) => shown(quoteOnce(LINEAR, options, { ...AROUND_20000, mark }))
  const roundMid = '19996 × 0.005 / 20004 × 0.004'
  const nothing = '- / -'

  test('S04 up to and at the first threshold quotes go round the reference', () => {
    expect(at('20005.9')).toBe('20000 × 0.005 / 20010 × 0.004')
    expect(at('20006')).toBe('20000 × 0.005 / 20010.1 × 0.004')
    expect(at('19994')).toBe('19990 × 0.005 / 20000 × 0.005')
  })

  test('S04 above the first threshold they go round the mid', () => {
    expect(at('20006.000001')).toBe(roundMid)
    expect(at('19993.999999')).toBe(roundMid)
    expect(at('20020')).toBe(roundMid)
    expect(at('19980')).toBe(roundMid)
  })

  test('S04 above the second threshold nothing is quoted', () => {
    expect(at('20020.000001')).toBe(nothing)
    expect(at('19979.999999')).toBe(nothing)
  })

  test('S04 both thresholds come from the config', () => {
    expect(at('20010', { clobSwitchThresholdBps: dec('5') })).not.toBe(roundMid)
    expect(at('20010.01', { clobSwitchThresholdBps: dec('5') })).toBe(roundMid)
    expect(at('20040', { anchorMaxDivergenceBps: dec('20') })).toBe(roundMid)
    expect(at('20040.01', { anchorMaxDivergenceBps: dec('20') })).toBe(nothing)
  })

  test('S04 N04 thresholds of zero are thresholds: any difference is above them', () => {
    expect(at('20000.000001', { clobSwitchThresholdBps: dec('0') })).toBe(roundMid)
    expect(at('20000.000001', { clobSwitchThresholdBps: dec('0'), anchorMaxDivergenceBps: dec('0') })).toBe(nothing)
    expect(at('20000', { clobSwitchThresholdBps: dec('0'), anchorMaxDivergenceBps: dec('0') })).toBe(roundMid)
  })

  test('without a whole market nothing is quoted', () => {
    expect(shown(quoteOnce(LINEAR, {}, {}))).toBe(nothing)
    expect(shown(quoteOnce(LINEAR, {}, { bid: '19999.9' }))).toBe(nothing)
    expect(shown(quoteOnce(LINEAR, {}, { ask: '20000.1', mark: '20000' }))).toBe(nothing)
    expect(shown(quoteOnce(LINEAR, {}, { bid: '20000', ask: '20000' }))).toBe(nothing)
    expect(shown(quoteOnce(LINEAR, {}, { bid: '20001', ask: '20000' }))).toBe(nothing)
  })
})

describe('inventory', () => {
  test('moves both quotes against itself, in proportion', () => {
    expect(shown(quoteOnce(LINEAR, {}, AROUND_20000, { held: '0.025' }))).toBe('19994 × 0.005 / 20002 × 0.004')
    expect(shown(quoteOnce(LINEAR, {}, AROUND_20000, { held: '-0.025' }))).toBe('19997.9 × 0.005 / 20006.1 × 0.004')
  })

  test('moves them no further than the full skew', () => {
    expect(quoteOnce(LINEAR, {}, AROUND_20000, { held: '5' }).ask).toEqual(quoteOnce(LINEAR, {}, AROUND_20000, { held: '0.05' }).ask)
    expect(quoteOnce(LINEAR, {}, AROUND_20000, { held: '-5' }).bid).toEqual(quoteOnce(LINEAR, {}, AROUND_20000, { held: '-0.05' }).bid)
  })

  test('the side that would go beyond the maximum is not quoted', () => {
    expect(quoteOnce(LINEAR, {}, AROUND_20000, { held: '0.045' }).bid).not.toBeNull()
    expect(quoteOnce(LINEAR, {}, AROUND_20000, { held: '0.046' })).toMatchObject({ bid: null, ask: { quantity: dec('0.004') } })
    expect(quoteOnce(LINEAR, {}, AROUND_20000, { held: '-0.047' })).toMatchObject({ bid: { quantity: dec('0.005') }, ask: null })
  })
})

describe('sizes', () => {
  test('are whole lots within the notional, or none where the venue would refuse so little', () => {
    expect(quoteOnce(LINEAR, { orderNotional: dec('5') }, AROUND_20000)).toMatchObject({ bid: null, ask: null })
    expect(quoteOnce({ ...LINEAR, minQuantity: dec('0.01') }, {}, AROUND_20000)).toMatchObject({ bid: null, ask: null })
    expect(quoteOnce({ ...LINEAR, minNotional: dec('90') }, {}, AROUND_20000)).toMatchObject({ bid: { quantity: dec('0.005') }, ask: null })
    expect(quoteOnce({ ...LINEAR, maxQuantity: dec('0.002') }, {}, AROUND_20000)).toMatchObject({ bid: { quantity: dec('0.002') } })
  })

  test('on spot stay within what the account owns', () => {
    const market = { bid: '1.9999', ask: '2.0001' }
    const balances = { XRP: '12.34', RLUSD: '50' }
    expect(shown(quoteOnce(SPOT, {}, market, { balances }))).toBe('1.9996 × 25 / 2.0004 × 12.3')
    expect(quoteOnce(SPOT, {}, market, { balances: { XRP: '0', RLUSD: '1.5' } })).toMatchObject({
      ask: null,
      bid: { quantity: dec('0.7') },
    })
    expect(quoteOnce(SPOT, {}, market, { balances: {} })).toMatchObject({ bid: null, ask: null })
  })

  test('the same market and inventory give the same numbers, so that a working quote is left alone', () => {
    const strategy = createMarketMaker(LINEAR, OPTIONS)
    expect(quote(strategy, { ...AROUND_20000, mark: '20001' })).toEqual(quote(strategy, { ...AROUND_20000, mark: '20001' }))
  })
})

describe('always', () => {
  const decimalUpTo = (units: bigint, smallest = 0n) => fc.bigInt({ min: smallest, max: units }).map((value) => value as Decimal)
  const UNIT = 10n ** 18n
  const situation = fc.record({
    kind: fc.constantFrom('spot' as const, 'linear' as const),
    tickSize: fc.constantFrom('1', '0.5', '0.1', '0.025', '0.0001').map(dec),
    lotSize: fc.constantFrom('1', '0.1', '0.001', '0.00001').map(dec),
    minNotional: fc.constantFrom('0', '5', '50').map(dec),
    bidTicks: fc.bigInt({ min: 1n, max: 10n ** 7n }),
    spreadTicks: fc.bigInt({ min: 1n, max: 1000n }),
    offTouch: fc.boolean(),
    markBps: fc.option(fc.integer({ min: -30, max: 30 })),
    held: decimalUpTo(1000n * UNIT, -1000n * UNIT),
    base: decimalUpTo(1000n * UNIT),
    quote: decimalUpTo(10n ** 6n * UNIT),
    options: fc.record({
      clobSwitchThresholdBps: decimalUpTo(20n * UNIT),
      anchorMaxDivergenceBps: decimalUpTo(40n * UNIT),
      halfSpreadBps: decimalUpTo(100n * UNIT),
      orderNotional: decimalUpTo(10n ** 5n * UNIT, 1n),
      maxInventoryNotional: decimalUpTo(10n ** 6n * UNIT, 1n),
      inventorySkewBps: decimalUpTo(200n * UNIT),
    }),
  })

  test('quotes do not cross, lie on tick and lot, and keep within inventory and balance', () => {
    fc.assert(
      fc.property(
        situation,
        ({ kind, tickSize, lotSize, minNotional, bidTicks, spreadTicks, offTouch, markBps, held, base, quote: money, options }) => {
          const instrument: Instrument = { ...(kind === 'spot' ? SPOT : LINEAR), tickSize, lotSize, minNotional, minQuantity: lotSize }
          // A touch off the tick, as an inferred instrument may meet it.
          const nudge = offTouch ? tickSize / 3n : 0n
          const bestBid = (bidTicks * tickSize + nudge) as Decimal
          const bestAsk = (bestBid + spreadTicks * tickSize) as Decimal
          const mid = ((bestBid + bestAsk) / 2n) as Decimal
          const mark = markBps === null ? null : ((mid + (mid * BigInt(markBps)) / 10_000n) as Decimal)
          const level = (price: Decimal) => ({ price, size: lotSize })
          const market = { ...marketOf({}), bid: level(bestBid), ask: level(bestAsk), mid, mark }
          const balances: Record<string, Decimal> = { [instrument.base]: base, [instrument.quote]: money }
          const plain = portfolioOf()
          const portfolio = {
            ...plain,
            position: { ...plain.position, quantity: held },
            balance: (asset: string) => balances[asset] as Decimal,
          }
          const [intent] = createMarketMaker(instrument, options).onTick({ market, portfolio })
          if (intent?.type !== 'QUOTE') throw new Error('no quote')
          const { bid, ask } = intent
          if (bid !== null && ask !== null) expect(bid.price < ask.price).toBe(true)
          if (bid !== null) expect(bid.price < bestAsk && mul(bid.price, bid.quantity) <= options.orderNotional).toBe(true)
          if (ask !== null) expect(ask.price > bestBid && mul(ask.price, ask.quantity) <= options.orderNotional).toBe(true)
          for (const side of [bid, ask]) {
            if (side === null) continue
            expect(side.price > 0n && side.quantity >= lotSize && mul(side.price, side.quantity) >= minNotional).toBe(true)
            expect(isMultipleOf(side.price, tickSize) && isMultipleOf(side.quantity, lotSize)).toBe(true)
            const after = side === bid ? add(held, side.quantity) : sub(held, side.quantity)
            const adds = abs(after) > abs(held)
            if (adds)
              expect(mul(abs(after), side.price) <= options.maxInventoryNotional || (side === bid ? after < 0n : after > 0n)).toBe(true)
          }
          if (kind === 'spot' && bid !== null) expect(mul(bid.price, bid.quantity) <= money).toBe(true)
          if (kind === 'spot' && ask !== null) expect(ask.quantity <= base).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
