// Which keys must agree with one another, and what a person is told where they do not.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { errorOf, faultOf, load } from './loading.ts'

describe('keys that must agree', () => {
  test('S05 of the two intervals, one that is left out follows the other', () => {
    const followsTick = load('engine: { tick_interval_seconds: 0.5 }\n')
    expect(followsTick.strategy.requoteIntervalSeconds).toBe(dec('0.5'))
    const followsRequote = load('engine:\nstrategy: { requote_interval_seconds: 2 }\n')
    expect(followsRequote.engine.tickIntervalSeconds).toBe(dec('2'))
  })

  test('S05 both written and equal as numbers is accepted', () => {
    expect(load('engine: { tick_interval_seconds: 1.50 }\nstrategy: { requote_interval_seconds: 1.5 }\n').engine.tickIntervalSeconds).toBe(
      dec('1.5'),
    )
  })

  test('S05 both written and different is an error that names both places', () => {
    const error = faultOf('engine:\n  tick_interval_seconds: 1\nstrategy:\n  requote_interval_seconds: 2\n')
    expect(error.exitCode).toBe(4)
    expect(error.message).toContain('dita.yaml:4:3: `strategy.requote_interval_seconds` is 2')
    expect(error.message).toContain('`engine.tick_interval_seconds` is at dita.yaml:2:3.')
  })

  test.each([
    ['strategy: { name: breakout, breakout: { exit_ratios: [0.5, 0.3, 0.1] } }', 'sum to 0.9: they must sum to exactly 1'],
    ['strategy: { name: breakout, breakout: { exit_ratios: [0.5, 0.5] } }', 'has 2 values and `strategy.breakout.targets_bps` has 3'],
    ['strategy: { name: breakout, breakout: { targets_bps: [2, 2, 3] } }', 'must grow, but 2 follows 2'],
    ['strategy: { breakout: { targets_bps: [] } }', 'must hold at least 1 value'],
    ['strategy: { breakout: { exit_ratios: [0, 0.5, 0.5] } }', '`strategy.breakout.exit_ratios[0]` must be above 0'],
    ['strategy: { clob_switch_threshold_bps: 11 }', '`strategy.anchor_max_divergence_bps` (10) must not be below'],
    ['strategy: { market_maker: { order_notional: 2000 } }', 'must not be above `strategy.market_maker.max_inventory_notional`'],
    [
      'engine: { tick_interval_seconds: 10 }\nstrategy: { name: breakout, breakout: { lookback_seconds: 5 } }',
      'must not be below `engine.tick_interval_seconds`',
    ],
    [
      'strategy: { market_maker: { half_spread_bps: 1000.5 } }',
      '`strategy.market_maker.half_spread_bps` (1000.5) must not be above `risk.price_collar_bps` (1000): every order would be denied',
    ],
    [
      'risk: { price_collar_bps: 0.5 }\nstrategy: { name: breakout }',
      '`strategy.breakout.entry_slippage_bps` (1) must not be above `risk.price_collar_bps` (0.5)',
    ],
    [
      'risk: { max_leverage: 2 }\nstrategy: { name: breakout, breakout: { leverage: 3 } }',
      '`strategy.breakout.leverage` (3) must not be above `risk.max_leverage` (2)',
    ],
    ['risk: { drawdown_since: 2026-02-30 }', '`risk.drawdown_since` is 2026-02-30, a day that this month does not have.'],
    ['feed: { source: live }', '`feed.source` is `live`, which `mode: paper` does not play yet'],
    ['mode: demo', '`mode` is `demo`, so `feed.source` must be `live`'],
    ['mode: live\nfeed: { source: market.gz }', '`mode` is `live`, so `feed.source` must be `live`'],
    [
      'mode: demo\nfeed: { source: live }\ninstrument: { symbol: A/B, kind: spot, base: A, quote: B, tick_size: 1, lot_size: 1 }',
      'leave `instrument` out and name it in `venue.instrument`',
    ],
    [
      'mode: demo\nfeed: { source: live }\nvenue: { rest_url: "http://127.0.0.1:1" }',
      '`venue.rest_url` and `venue.stream_url` belong together: give both or neither',
    ],
    ['venue: { rest_url: "ws://127.0.0.1:1" }', '`venue.rest_url` must be an address such as http://'],
    ['venue: { stream_url: "http://127.0.0.1:1" }', '`venue.stream_url` must be an address such as ws://'],
  ])('C01 the contradiction in %j is refused', (text, complaint) => {
    expect(faultOf(text).message).toContain(complaint)
  })

  test('what is exactly at its limit, or has none, contradicts nothing', () => {
    const keys = 'breakout: { leverage: 3 }, market_maker: { half_spread_bps: 5000 }'
    for (const name of ['breakout', 'market_maker']) {
      const { breakout, marketMaker } = load(`
risk: { max_leverage: 3, price_collar_bps: 0 }
strategy: { name: ${name}, ${keys} }
`).strategy
      expect([breakout.leverage, marketMaker.halfSpreadBps]).toEqual([dec('3'), dec('5000')])
    }
    expect(load('strategy: { name: breakout, breakout: { entry_slippage_bps: 1000, leverage: 50 } }').strategy.breakout.leverage).toBe(
      dec('50'),
    )
  })

  test.each([
    ['engine: { tick_interval_seconds: 120 }'],
    ['strategy: { name: breakout }\nrisk: { price_collar_bps: 1 }'],
    ['strategy: { name: breakout, market_maker: { order_notional: 2000 }, clob_switch_threshold_bps: 11 }'],
    ['strategy: { breakout: { exit_ratios: [0.5, 0.5], targets_bps: [3, 2, 1], leverage: 7 } }\nrisk: { max_leverage: 2 }'],
    [
      'strategy: { name: ./mine.ts, market_maker: { half_spread_bps: 5000 }, breakout: { lookback_seconds: 1 } }\nengine: { tick_interval_seconds: 3 }',
    ],
  ])('C01 a strategy that is not in use contradicts nothing: %j', (text) => {
    expect(load(text).path).not.toBe(null)
  })

  test('C01 a strategy that is chosen on the command line is held to its keys', () => {
    const text = 'engine: { tick_interval_seconds: 120 }\n'
    expect(errorOf(() => load(text, { strategyName: 'breakout' })).message).toContain('`strategy.breakout.lookback_seconds` (60)')
    expect(load(text, { strategyName: 'market_maker' }).strategy.name).toBe('market_maker')
  })

  test('ratios that floats could not add up are exactly one', () => {
    const { breakout } = load('strategy: { name: breakout, breakout: { exit_ratios: [0.1, 0.2, 0.7] } }').strategy
    expect(breakout.exitRatios).toEqual([dec('0.1'), dec('0.2'), dec('0.7')])
  })
})

describe('instrument', () => {
  const spot = 'symbol: XRP/RLUSD, kind: spot, base: XRP, quote: RLUSD'

  test('a complete one is taken, settling in its quote', () => {
    const { instrument } = load(`instrument: { ${spot}, tick_size: 0.0001, lot_size: 0.1, min_notional: 5 }\n`)
    expect(instrument).toEqual({
      symbol: 'XRP/RLUSD',
      kind: 'spot',
      base: 'XRP',
      quote: 'RLUSD',
      settle: 'RLUSD',
      tickSize: dec('0.0001'),
      lotSize: dec('0.1'),
      minQuantity: dec('0'),
      maxQuantity: dec('0'),
      minNotional: dec('5'),
      maxLeverage: dec('1'),
    })
  })

  test('a symbol that does not name its assets contradicts none', () => {
    const named = load('instrument: { symbol: XRPUSDT, kind: spot, base: XRP, quote: USDT, tick_size: 1, lot_size: 1, max_quantity: 1 }')
    expect(named.instrument?.symbol).toBe('XRPUSDT')
    const perpetual = 'symbol: "BTC/USDT:USDT", kind: linear, base: BTC, quote: USDT, tick_size: 1, lot_size: 1, max_leverage: 5'
    expect(load(`instrument: { ${perpetual} }`).instrument?.settle).toBe('USDT')
  })

  test.each([
    [`instrument: { ${spot}, tick_size: 0.1 }`, '`instrument.lot_size` is missing'],
    [`instrument: { ${spot}, tick_size: 0, lot_size: 1 }`, '`instrument.tick_size` must be above 0'],
    [`instrument: { ${spot}, tick_size: 0.0000000001, lot_size: 0.000000001 }`, 'must not need more than 18 decimals together'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, min_quantity: 5, max_quantity: 2 }`, 'must not be above `instrument.max_quantity`'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, max_leverage: 5 }`, 'spot has no leverage'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, settle: XRP }`, 'settles in its quote asset, `RLUSD`'],
    [
      `instrument: { ${spot.replace('quote: RLUSD', 'quote: USD')}, tick_size: 1, lot_size: 1 }`,
      '`instrument.quote` is `USD`, but `instrument.symbol` is `XRP/RLUSD`',
    ],
    [
      `instrument: { ${spot.replace('base: XRP', 'base: BTC')}, tick_size: 1, lot_size: 1 }`,
      '`instrument.base` is `BTC`, but `instrument.symbol` is `XRP/RLUSD`',
    ],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 2, max_quantity: 1 }`, '`instrument.max_quantity` is 1, less than one lot'],
    ['instrument: { symbol: A/A, kind: spot, base: A, quote: A, tick_size: 1, lot_size: 1 }', 'are both `A`'],
    [
      'instrument: { symbol: A/B, kind: inverse, base: A, quote: B, tick_size: 1, lot_size: 1 }',
      'must be `spot` or `linear`, but is `inverse`',
    ],
  ])('C01 the one in %j is refused', (text, complaint) => {
    expect(faultOf(text).message).toContain(complaint)
  })
})
