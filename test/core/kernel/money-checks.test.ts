// What an order may cost: the balance of a wallet in spot, the margin of perpetuals, and exposure over all instruments.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import {
  contextsOf,
  denialsOf,
  enterIntent,
  exitIntent,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  quoteIntent,
  requestsOf,
  SYMBOL,
} from './kernel-bench.ts'

const OTHER = { symbol: 'XRP/USDC', quote: 'USDC', settle: 'USDC' } as const
const PERPETUAL = { ...LINEAR, symbol: 'XRP/RLUSD:RLUSD' } as const

describe('the balance in spot', () => {
  test('exactly what is there can be spent; one step more is denied', () => {
    const bench = given({ capital: { RLUSD: '200' } })
    const facts = bench.when(enterIntent({ quantity: '100.01' }))
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([
      ['BALANCE_TOO_LOW needed 200.02'],
      ['BALANCE_TOO_LOW asset=RLUSD balance=200 working=0'],
    ])
    bench.enter({ quantity: '100' })
  })

  test('is counted over all working buys, by what each still has to buy', () => {
    const bench = given({ capital: { RLUSD: '200' } })
    bench.fill(bench.enter({ quantity: '60' }), '20', '2')
    const facts = bench.when(enterIntent({ slotId: 'b', quantity: '40.01' }))
    expect(contextsOf(facts)).toEqual(['BALANCE_TOO_LOW asset=RLUSD balance=160 working=80'])
    bench.enter({ slotId: 'b', quantity: '40' })
  })

  test('coins that are sold are counted over all working sales: entries, exits and quotes', () => {
    const bench = given({ capital: { RLUSD: '1000', XRP: '10' } })
    bench.opened({ quantity: '20' })
    bench.exit()
    bench.quote(null, '3 x 6')
    const facts = bench.when(enterIntent({ slotId: 'b', side: 'sell', quantity: '4.01' }))
    expect(contextsOf(facts)).toEqual(['BALANCE_TOO_LOW asset=XRP balance=30 working=26'])
    bench.enter({ slotId: 'b', side: 'sell', quantity: '4' })
  })

  test('a market order is counted at the mark', () => {
    const bench = given({ capital: { RLUSD: '200' } })
    bench.mark('2')
    bench.enter({ orderType: 'market', quantity: '60' })
    const market = { slotId: 'b', orderType: 'market' } as const
    expect(contextsOf(bench.when(enterIntent({ ...market, quantity: '40.01' })))).toEqual([
      'BALANCE_TOO_LOW asset=RLUSD balance=200 working=120',
    ])
    bench.enter({ ...market, quantity: '40' })
  })

  test('an order that its own replacement pushes out frees what it held', () => {
    const bench = given({ capital: { RLUSD: '200' } })
    bench.quote('2 x 100', null)
    expect(requestsOf(bench.when(quoteIntent('1.9 x 105', null)))).toHaveLength(1)
    expect(denialsOf(bench.when(enterIntent({ quantity: '0.01' })))).toHaveLength(1)
  })

  test('within one quote both sides are paid from their own asset', () => {
    const bench = given({ capital: { RLUSD: '2', XRP: '1' } })
    expect(requestsOf(bench.when(quoteIntent('2 x 1', '3 x 1')))).toHaveLength(2)
    const poor = given({ capital: { RLUSD: '2' } })
    expect(denialsOf(poor.when(quoteIntent('2 x 1', '3 x 1')))).toEqual(['BALANCE_TOO_LOW ask.needed 1'])
  })

  test('orders on another instrument that pay in the same asset count; those of another asset, and of perpetuals, do not', () => {
    const bench = given({ capital: { RLUSD: '200', XRP: '10' } })
    bench.list({ symbol: 'BTC/RLUSD', base: 'BTC' })
    bench.list(OTHER)
    bench.list(PERPETUAL)
    bench.capital('USDC', '1000')
    bench.enter({ instrument: 'BTC/RLUSD', quantity: '50', price: '2' })
    bench.when({ ...quoteIntent('2 x 10', null), instrument: OTHER.symbol })
    bench.when({ ...quoteIntent('2 x 10', null), instrument: PERPETUAL.symbol })
    const facts = bench.when(enterIntent({ slotId: 'b', quantity: '50.01' }))
    expect(contextsOf(facts)).toEqual(['BALANCE_TOO_LOW asset=RLUSD balance=200 working=100'])
    bench.enter({ slotId: 'b', quantity: '50' })
    // Selling XRP on one market uses up what could be sold on the other.
    bench.when({ ...quoteIntent(null, '3 x 8'), instrument: OTHER.symbol })
    expect(contextsOf(bench.when(quoteIntent(null, '3 x 2.01')))).toEqual(['BALANCE_TOO_LOW asset=XRP balance=10 working=8'])
  })

  test('an account that was given nothing can buy nothing', () => {
    expect(contextsOf(given({ capital: {} }).when(enterIntent()))).toEqual(['BALANCE_TOO_LOW asset=RLUSD balance=0 working=0'])
  })
})

/** 100 in the wallet, leverage 5 at most, marked at 2. */
function margined(setup = {}): KernelBench {
  const bench = given({ instrument: LINEAR, capital: { RLUSD: '100' }, slotIds: ['a', 'b', 'c'], ...setup })
  bench.mark('2')
  return bench
}

describe('the margin of perpetuals', () => {
  test('the wallet times the leverage can be opened; one step more is denied', () => {
    const bench = margined()
    const facts = bench.when(enterIntent({ quantity: '250.05' }))
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([
      ['MARGIN_TOO_LOW margin 100.02'],
      ['MARGIN_TOO_LOW asset=RLUSD equity=100 leverage=5'],
    ])
    bench.enter({ quantity: '250' })
  })

  test('of a single contract is counted like any other', () => {
    expect(denialsOf(margined().when(enterIntent({ price: '600', quantity: '1' })))).toEqual(['MARGIN_TOO_LOW margin 120'])
  })

  test('of a market order is counted at the mark', () => {
    const bench = margined({ limits: { maxExposure: dec('1000') } })
    expect(denialsOf(bench.when(enterIntent({ orderType: 'market', quantity: '250.05' })))).toEqual(['MARGIN_TOO_LOW margin 100.02'])
    bench.enter({ orderType: 'market', quantity: '250' })
  })

  test('is counted with the lower of the two caps', () => {
    const bench = margined({ limits: { maxLeverage: dec('2') } })
    expect(contextsOf(bench.when(enterIntent({ quantity: '100.01' })))).toEqual(['MARGIN_TOO_LOW asset=RLUSD equity=100 leverage=2'])
    bench.enter({ quantity: '100' })
  })

  test('is counted over all working orders: the worse of all buys and all sells on top of what is held', () => {
    const bench = margined()
    bench.opened({ quantity: '100' })
    bench.enter({ slotId: 'b', quantity: '100' })
    // 100 held and 100 working to buy: 50 more fit; to sell, as much as 350: 100 down to flat and 250 beyond.
    expect(denialsOf(bench.when(quoteIntent('2 x 50.05', null)))).toEqual(['MARGIN_TOO_LOW bid.margin 100.02'])
    expect(denialsOf(bench.when(quoteIntent(null, '2 x 350.05')))).toEqual(['MARGIN_TOO_LOW ask.margin 100.02'])
    expect(requestsOf(bench.when(quoteIntent('2 x 50', null)))).toHaveLength(1)
    expect(requestsOf(bench.when(quoteIntent(null, '2 x 350')))).toHaveLength(1)
  })

  test('what was made or lost at the mark counts as equity', () => {
    const bench = margined()
    bench.opened({ quantity: '100' })
    bench.mark('1.5')
    // 100 less 50; 100 held cost 30 of margin at 1.5: 66.66 more fit.
    expect(contextsOf(bench.when(enterIntent({ slotId: 'b', price: '1.5', quantity: '66.67' })))).toEqual([
      'MARGIN_TOO_LOW asset=RLUSD equity=50 leverage=5',
    ])
    bench.enter({ slotId: 'b', price: '1.5', quantity: '66.66' })
  })

  test('what only reduces a position needs none, however bad things are', () => {
    const bench = margined()
    bench.opened({ quantity: '250' })
    bench.mark('1')
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', price: '1', quantity: '0.01' })))).toHaveLength(1)
    bench.enter({ slotId: 'b', side: 'sell', price: '1', quantity: '250' })
    bench.exit()
  })

  test('a cheap order does not make what is held any cheaper', () => {
    const bench = margined()
    bench.opened({ quantity: '250' })
    const facts = bench.when(enterIntent({ slotId: 'b', price: '0.01', quantity: '1' }))
    expect(contextsOf(facts)).toEqual(['MARGIN_TOO_LOW asset=RLUSD equity=100 leverage=5'])
  })

  test('positions and orders of other instruments that settle in the same asset count', () => {
    const bench = margined()
    bench.list({ ...LINEAR, symbol: 'BTC/RLUSD:RLUSD', base: 'BTC' })
    bench.mark('10', null, null, 'BTC/RLUSD:RLUSD')
    bench.opened({ instrument: 'BTC/RLUSD:RLUSD', quantity: '20', price: '10' })
    bench.enter({ slotId: 'b', instrument: 'BTC/RLUSD:RLUSD', quantity: '10', price: '10' })
    // 30 × 10 ÷ 5 = 60 of 100 are used: 40 × 5 ÷ 2 = 100 fit.
    expect(denialsOf(bench.when(enterIntent({ slotId: 'c', quantity: '100.05' })))).toEqual(['MARGIN_TOO_LOW margin 100.02'])
    bench.enter({ slotId: 'c', quantity: '100' })
  })

  test('orders of another instrument count before it has a mark as well', () => {
    const bench = margined()
    bench.list({ ...LINEAR, symbol: 'BTC/RLUSD:RLUSD', base: 'BTC' })
    bench.enter({ instrument: 'BTC/RLUSD:RLUSD', quantity: '49', price: '10' })
    bench.when(quoteIntent('2 x 5', null))
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '0.05' })))).toEqual(['MARGIN_TOO_LOW margin 100.02'])
  })

  test('instruments that settle in another asset, and coins, do not', () => {
    const bench = margined()
    bench.list({ ...INVERSE, symbol: 'XRP/RLUSD:XRP' })
    bench.list({ symbol: 'BTC/RLUSD', base: 'BTC' })
    bench.capital('XRP', '1000')
    bench.when({ ...quoteIntent('2 x 100', null), instrument: 'XRP/RLUSD:XRP' })
    bench.when({ ...quoteIntent('2 x 10', null), instrument: 'BTC/RLUSD' })
    bench.enter({ quantity: '250' })
  })

  test('of inverse contracts is in coins: what they are worth at the price', () => {
    const bench = given({ instrument: INVERSE, capital: { XRP: '10' } })
    bench.mark('2')
    expect(contextsOf(bench.when(enterIntent({ quantity: '101' })))).toEqual(['MARGIN_TOO_LOW asset=XRP equity=10 leverage=5'])
    bench.enter({ quantity: '100' })
  })

  test('N01 an order on another inverse instrument without a mark never breaks the count', () => {
    const bench = given({ instrument: INVERSE, capital: { XRP: '10' } })
    bench.list({ ...INVERSE, symbol: 'XRP/USDC:XRP', quote: 'USDC' })
    bench.enter({ instrument: 'XRP/USDC:XRP', quantity: '10' })
    bench.enter({ slotId: 'b', quantity: '10' })
  })

  test('in hedge mode both sides need theirs', () => {
    const bench = margined({ positionMode: 'hedge' })
    bench.opened({ quantity: '150' })
    const sell = { slotId: 'b', side: 'sell' } as const
    expect(denialsOf(bench.when(enterIntent({ ...sell, quantity: '100.05' })))).toEqual(['MARGIN_TOO_LOW margin 100.02'])
    bench.enter({ ...sell, quantity: '100' })
  })
})

describe('exposure in one base asset', () => {
  /** Spot and perpetual of one base, both marked at 2, at most 100 of exposure. */
  function twoMarkets(): KernelBench {
    const bench = given({ limits: { maxExposure: dec('100') }, slotIds: ['a', 'b', 'c'] })
    bench.list(PERPETUAL)
    bench.mark('2')
    bench.mark('2', null, null, PERPETUAL.symbol)
    return bench
  }

  test('adds up over the instruments that share the base, working orders included', () => {
    const bench = twoMarkets()
    bench.opened({ quantity: '20' })
    bench.enter({ slotId: 'b', instrument: PERPETUAL.symbol, quantity: '10' })
    const facts = bench.when(enterIntent({ slotId: 'c', quantity: '20.01' }))
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([
      ['EXPOSURE_ABOVE_LIMIT exposure 100.02'],
      ['EXPOSURE_ABOVE_LIMIT asset=XRP limit=100'],
    ])
    bench.enter({ slotId: 'c', quantity: '20' })
  })

  test('what one instrument holds against another is none', () => {
    const bench = twoMarkets()
    bench.opened({ quantity: '50' })
    bench.opened({ slotId: 'b', side: 'sell', instrument: PERPETUAL.symbol, quantity: '30' })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'c', quantity: '30.01' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 100.02'])
    bench.enter({ slotId: 'c', quantity: '30' })
  })

  test('what has no mark yet cannot be judged: a cheap order would make it cheap', () => {
    const bench = given({ limits: { maxExposure: dec('100') } })
    bench.list(PERPETUAL)
    bench.when({ ...quoteIntent('4 x 20', null), instrument: PERPETUAL.symbol })
    expect(denialsOf(bench.when(enterIntent({ quantity: '10' })))).toEqual([`MARK_MISSING exposure ${PERPETUAL.symbol}`])
    bench.mark('4', null, null, PERPETUAL.symbol)
    expect(denialsOf(bench.when(enterIntent({ quantity: '10.01' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 100.02'])
    bench.enter({ quantity: '10' })
  })

  test('what the venue holds otherwise only shrinks, until it agrees', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    bench.opened({ quantity: '10' })
    const theirs = (quantity: string) =>
      bench.snapshot({ positions: [{ instrument: SYMBOL, positionSide: 'net', quantity: dec(quantity), averagePrice: dec('2') }] })
    theirs('12')
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '1' })))).toEqual(['POSITION_DIFFERS quantity 1'])
    expect(denialsOf(bench.when(quoteIntent('1.9 x 1', '2.1 x 1')))).toEqual(['POSITION_DIFFERS bid.quantity 1'])
    expect(bench.exit()).toBeTruthy()
    theirs('10')
    expect(bench.prepare(enterIntent({ slotId: 'b', quantity: '1' }))).toHaveLength(1)
  })

  test('what is held without a mark only shrinks', () => {
    const bench = given({ limits: { maxExposure: dec('1000') } })
    bench.opened()
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '1' })))).toEqual(['MARK_MISSING price none'])
    expect(bench.quote(null, '3 x 10')).toHaveLength(1)
  })

  test('against two quotes is counted in the one of the order, at a stated price', () => {
    const bench = given({ limits: { maxExposure: dec('100') } })
    bench.list({ symbol: 'XRP/BTC', quote: 'BTC', settle: 'BTC' })
    bench.capital('BTC', '1000')
    bench.mark('0.0001', null, null, 'XRP/BTC')
    bench.opened({ instrument: 'XRP/BTC', quantity: '10', price: '0.0001' })
    bench.mark('2')
    const enter = enterIntent({ slotId: 'b', quantity: '40' })
    expect(denialsOf(bench.when(enter))).toEqual(['EXPOSURE_UNPRICED exposure XRP/BTC'])
    bench.valueAsset('BTC', '20001')
    expect(denialsOf(bench.when(enter))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 100.001'])
    bench.valueAsset('BTC', '20000')
    expect(bench.prepare(enter)).toHaveLength(1)
  })

  test('a fill that shrinks one position and grows the exposure of all is held to the limit', () => {
    const bench = given({ limits: { maxExposure: dec('100') } })
    bench.list(PERPETUAL)
    bench.mark('2')
    bench.mark('2', null, null, PERPETUAL.symbol)
    bench.opened({ quantity: '50' })
    bench.opened({ slotId: 'b', instrument: PERPETUAL.symbol, side: 'sell', quantity: '50' })
    bench.quote('2 x 50', null)
    const buyBack = { ...quoteIntent('2 x 10', null), instrument: PERPETUAL.symbol }
    expect(denialsOf(bench.when(buyBack))).toEqual(['EXPOSURE_ABOVE_LIMIT bid.exposure 120'])
  })

  test('another base is another exposure', () => {
    const bench = twoMarkets()
    bench.list({ ...LINEAR, symbol: 'BTC/RLUSD:RLUSD', base: 'BTC' })
    bench.mark('2', null, null, 'BTC/RLUSD:RLUSD')
    bench.opened({ instrument: 'BTC/RLUSD:RLUSD', quantity: '50' })
    bench.enter({ slotId: 'b', quantity: '50' })
  })

  test('is counted at the mark: a cheap order does not make what is held any cheaper', () => {
    const bench = twoMarkets()
    bench.opened({ quantity: '50' })
    expect(contextsOf(bench.when(enterIntent({ slotId: 'b', price: '0.01', quantity: '1' })))).toEqual([
      'EXPOSURE_ABOVE_LIMIT asset=XRP limit=100',
    ])
  })

  test('of inverse contracts is their face value', () => {
    const bench = given({ instrument: INVERSE, limits: { maxExposure: dec('100') } })
    bench.mark('4')
    expect(denialsOf(bench.when(enterIntent({ price: '4', quantity: '101' })))).toEqual(['EXPOSURE_ABOVE_LIMIT exposure 101'])
    bench.enter({ price: '4', quantity: '100' })
  })

  test('an exit is never held back by it', () => {
    const bench = twoMarkets()
    bench.opened({ quantity: '50' })
    bench.mark('4')
    expect(requestsOf(bench.when(exitIntent()))).toHaveLength(1)
  })
})
