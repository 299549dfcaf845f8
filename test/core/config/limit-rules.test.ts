// Limits that never bind and orders that never pass: each rule speaks of its case, and is silent of the one beside it.

import { describe, expect, test } from 'vitest'
import { type LimitFinding, limitFindings } from '../../../src/core/config/limit-rules.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { dec, tryParseDecimal } from '../../../src/core/kernel/decimal.ts'
import { load } from './loading.ts'

const MINUTE_US = 60_000_000
/** When its sessions begin. */
const START_US = Date.parse('2026-01-01T00:00:00Z') * 1000
const SPOT = 'symbol: XRP/USD, kind: spot, base: XRP, quote: USD, tick_size: 0.0001, lot_size: 0.1, min_notional: 5'
const LINEAR = 'symbol: XRP/USD, kind: linear, base: XRP, quote: USD, tick_size: 0.0001, lot_size: 0.1, max_leverage: 10'

interface Circumstance {
  readonly minutes?: number
  readonly price?: string | null
}

function found(text: string, { minutes = 30, price = '2' }: Circumstance = {}): LimitFinding[] {
  const config = text === '' ? loadConfig({ file: null, environment: {} }) : load(text)
  const known = price === null ? null : (tryParseDecimal(price) ?? null)
  return limitFindings(config, { durationUs: minutes * MINUTE_US, startUs: START_US, instrument: config.instrument, price: known })
}

interface Case {
  /** The config of which the rule speaks, and the one beside it of which it is silent. */
  readonly spoken: string
  readonly silent: string
  readonly code: LimitFinding['code']
  /** The first key it names. */
  readonly key: string
  readonly part: string
}

const CASES: readonly Case[] = [
  {
    spoken: 'risk: { max_order_notional: 99 }',
    silent: 'risk: { max_order_notional: 100 }',
    code: 'NO_ORDER_PASSES',
    key: 'strategy.market_maker.order_notional',
    part: '(100) is above `risk.max_order_notional` (99)',
  },
  {
    spoken: 'strategy: { name: breakout, breakout: { order_notional: 2001 } }',
    silent: 'strategy: { name: market_maker, breakout: { order_notional: 2001 } }',
    code: 'NO_ORDER_PASSES',
    key: 'strategy.breakout.order_notional',
    part: 'every order that opens is denied',
  },
  {
    spoken: 'risk: { max_exposure: 99, max_order_notional: 0 }',
    silent: 'risk: { max_exposure: 1000, max_order_notional: 0 }',
    code: 'NO_ORDER_PASSES',
    key: 'strategy.market_maker.order_notional',
    part: 'above `risk.max_exposure` (99)',
  },
  {
    spoken: `instrument: { ${SPOT} }\nstrategy: { market_maker: { order_notional: 4.99 } }`,
    silent: `instrument: { ${SPOT} }\nstrategy: { market_maker: { order_notional: 5 } }`,
    code: 'NO_ORDER_PASSES',
    key: 'strategy.market_maker.order_notional',
    part: 'below the smallest order of XRP/USD, 5 USD',
  },
  {
    spoken: `instrument: { ${SPOT} }\nstrategy: { market_maker: { order_notional: 5 } }\nrisk: { max_order_notional: 4.99 }`,
    silent: `instrument: { ${SPOT} }\nstrategy: { market_maker: { order_notional: 5 } }\nrisk: { max_order_notional: 5 }`,
    code: 'NO_ORDER_PASSES',
    key: 'risk.max_order_notional',
    part: 'no order passes',
  },
  {
    spoken: `instrument: { ${SPOT} }\nrisk: { max_position: 0.09, max_exposure: 0 }`,
    silent: `instrument: { ${SPOT} }\nrisk: { max_position: 0.1, max_exposure: 0 }`,
    code: 'NO_ORDER_PASSES',
    key: 'risk.max_position',
    part: 'below the smallest order of XRP/USD, 0.1',
  },
  {
    spoken: `instrument: { ${LINEAR} }\nstrategy: { name: breakout, breakout: { leverage: 11 } }`,
    silent: `instrument: { ${LINEAR} }\nstrategy: { name: breakout, breakout: { leverage: 10 } }`,
    code: 'NO_ORDER_PASSES',
    key: 'strategy.breakout.leverage',
    part: 'every entry is denied',
  },
  {
    spoken: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 0, XRP: 100 } }`,
    silent: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 4000, XRP: 100 } }`,
    code: 'MONEY_MISSING',
    key: 'paper.balances',
    part: 'holds no USD',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 4000, DOGE: 1 } }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 4000, XRP: 1 } }`,
    code: 'MONEY_MISSING',
    key: 'paper.balances',
    part: '`DOGE`, which XRP/USD neither trades nor settles in',
  },
  {
    spoken: `instrument: { ${SPOT.replace('lot_size: 0.1', 'lot_size: 50.1')} }`,
    silent: `instrument: { ${SPOT.replace('lot_size: 0.1', 'lot_size: 50')} }`,
    code: 'NO_ORDER_PASSES',
    key: 'strategy.market_maker.order_notional',
    part: 'buys less than the smallest order of XRP/USD, 50.1, at the price of 2',
  },
  {
    spoken: `instrument: { ${SPOT} }\nrisk: { max_position: 49.9, max_exposure: 0 }`,
    silent: `instrument: { ${SPOT} }\nrisk: { max_position: 50, max_exposure: 0 }`,
    code: 'NO_ORDER_PASSES',
    key: 'strategy.market_maker.order_notional',
    part: 'is 50 at the price of 2, above `risk.max_position` (49.9)',
  },
  {
    spoken: `instrument: { ${SPOT} }\nstrategy: { name: breakout, breakout: { order_notional: 24 } }`,
    silent: `instrument: { ${SPOT} }\nstrategy: { name: breakout, breakout: { order_notional: 25 } }`,
    code: 'NO_ORDER_PASSES',
    key: 'strategy.breakout.exit_ratios',
    part: '(0.2) of `strategy.breakout.order_notional` (24) is 4.8 USD, below the smallest order of XRP/USD',
  },
  {
    spoken: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 100 } }\nstrategy: { name: breakout }`,
    silent: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 101 } }\nstrategy: { name: breakout }`,
    code: 'MONEY_MISSING',
    key: 'paper.balances',
    part: 'and the account begins with 100: every order that opens is refused',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { account: mine, balances: { USD: 99, XRP: 49 } }`,
    silent: `instrument: { ${SPOT} }\npaper: { account: mine, balances: { USD: 99, XRP: 50 } }`,
    code: 'MONEY_MISSING',
    key: 'paper.balances',
    part: 'needs 100 USD, and the account begins with 99: no order of that size can be paid',
  },
  {
    spoken: 'risk: { max_orders_per_second: 1 }',
    silent: 'risk: { max_orders_per_second: 2 }',
    code: 'NO_ORDER_PASSES',
    key: 'risk.max_orders_per_second',
    part: 'the other is denied',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 499 } }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 500 } }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_order_notional',
    part: 'all the money of the account reaches for 499',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 2500 } }\nrisk: { max_position: 2500.1 }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 2500 } }\nrisk: { max_position: 2500 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_position',
    part: 'can hardly bind: all the money of the account reaches for 2500',
  },
  {
    spoken: `instrument: { ${LINEAR} }\npaper: { account: mine, balances: { USD: 1000 } }\nrisk: { max_exposure: 20001 }`,
    silent: `instrument: { ${LINEAR} }\npaper: { account: mine, balances: { USD: 1000 } }\nrisk: { max_exposure: 20000 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_exposure',
    part: 'reaches for 10000',
  },
  {
    spoken: 'strategy: { name: breakout, breakout: { lookback_seconds: 1800 } }',
    silent: 'strategy: { name: breakout, breakout: { lookback_seconds: 1799 } }',
    code: 'NO_ORDER_PASSES',
    key: 'strategy.breakout.lookback_seconds',
    part: 'before the first entry could be seen',
  },
  {
    spoken: 'risk: { max_open_orders: 1 }',
    silent: 'risk: { max_open_orders: 2 }',
    code: 'NO_ORDER_PASSES',
    key: 'risk.max_open_orders',
    part: 'the other is always denied',
  },
  {
    spoken: 'risk: { max_order_notional: 0, max_exposure: 0, max_position: 0 }',
    silent: 'risk: { max_order_notional: 0, max_exposure: 0, max_position: 5 }',
    code: 'NO_LIMIT',
    key: 'risk.max_order_notional',
    part: 'no limit would ever stop an order, however large',
  },
  {
    spoken: 'risk: { max_order_notional: 10000.01 }',
    silent: 'risk: { max_order_notional: 10000 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_order_notional',
    part: 'an order is at most 10000',
  },
  {
    spoken: 'strategy: { market_maker: { max_inventory_notional: 5001 } }',
    silent: 'strategy: { market_maker: { max_inventory_notional: 5000 } }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'strategy.market_maker.max_inventory_notional',
    part: 'halts the session',
  },
  {
    spoken: `instrument: { ${SPOT} }\nrisk: { max_position: 5001 }`,
    silent: `instrument: { ${SPOT} }\nrisk: { max_position: 5000 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_position',
    part: 'is worth 10002 at the price of 2',
  },
  {
    spoken: `instrument: { ${SPOT} }\nrisk: { max_position: 1249 }`,
    silent: `instrument: { ${SPOT} }\nrisk: { max_position: 1250 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_exposure',
    part: 'the position binds long before it',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 2400, XRP: 49 } }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 2400, XRP: 50 } }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_exposure',
    part: 'all the money of the account reaches for 2498',
  },
  {
    spoken: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 1000 } }\nrisk: { max_exposure: 20001 }`,
    silent: `instrument: { ${LINEAR} }\npaper: { balances: { USD: 1000 } }\nrisk: { max_exposure: 20000 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_exposure',
    part: 'reaches for 10000',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 3000 } }\nrisk: { max_session_loss: 3000, max_drawdown: 0 }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 3000 } }\nrisk: { max_session_loss: 2999.99, max_drawdown: 0 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_session_loss',
    part: 'once everything is lost',
  },
  {
    spoken: `instrument: { ${SPOT} }\npaper: { balances: { USD: 3000 } }\nrisk: { max_drawdown: 3000 }`,
    silent: `instrument: { ${SPOT} }\npaper: { balances: { USD: 3000 } }\nrisk: { max_drawdown: 2999.99 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_drawdown',
    part: 'once everything is lost',
  },
  {
    spoken: 'risk: { drawdown_since: 2026-01-01T00:00:01Z }',
    silent: 'risk: { drawdown_since: 2026-01-01 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.drawdown_since',
    part: '2026-01-01T00:00:00Z by the clock of its feed, which is the time that counts on paper: until then no peak would count',
  },
  {
    spoken: 'mode: demo\nfeed: { source: live }\nrisk: { drawdown_since: 2026-11-20 }',
    silent: 'mode: demo\nfeed: { source: live }\nrisk: { drawdown_since: 2026-11-20, max_drawdown: 0 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.drawdown_since',
    part: '2026-01-01T00:00:00Z now',
  },
  {
    spoken: `instrument: { ${LINEAR} }\nrisk: { max_session_loss: 500, max_drawdown: 499 }`,
    silent: `instrument: { ${LINEAR} }\nrisk: { max_session_loss: 500, max_drawdown: 500 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_session_loss',
    part: '`risk.max_drawdown` (499) halts the session before it',
  },
  {
    spoken: 'mode: demo\nfeed: { source: live }\nrisk: { venue_stream_seconds: 1800 }',
    silent: 'mode: paper\nrisk: { venue_stream_seconds: 1800 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.venue_stream_seconds',
    part: 'the session lasts 1800 s',
  },
  {
    spoken: `instrument: { ${LINEAR} }\nrisk: { max_leverage: 11 }`,
    silent: `instrument: { ${LINEAR} }\nrisk: { max_leverage: 10 }`,
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.max_leverage',
    part: 'XRP/USD allows 10 at most',
  },
  {
    spoken: 'risk: { price_collar_bps: 10000 }',
    silent: 'risk: { price_collar_bps: 9999 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.price_collar_bps',
    part: 'Write 0 for no collar',
  },
  {
    spoken: 'risk: { stale_feed_seconds: 1800 }',
    silent: 'risk: { stale_feed_seconds: 1799.999 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'risk.stale_feed_seconds',
    part: 'the session lasts 1800 s',
  },
  {
    spoken: 'strategy: { name: breakout, breakout: { max_holding_seconds: 1800 } }',
    silent: 'strategy: { name: breakout, breakout: { max_holding_seconds: 1799 } }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'strategy.breakout.max_holding_seconds',
    part: 'the session lasts 1800 s',
  },
  {
    spoken: 'strategy: { clob_switch_threshold_bps: 10 }',
    silent: 'strategy: { clob_switch_threshold_bps: 9 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'strategy.clob_switch_threshold_bps',
    part: 'stops all quoting',
  },
  {
    spoken: 'mode: demo\nfeed: { source: live }\nengine: { order_validity_seconds: 31.001 }',
    silent: 'mode: demo\nfeed: { source: live }\nengine: { order_validity_seconds: 31 }',
    code: 'LIMIT_NEVER_BINDS',
    key: 'engine.absence_margin_seconds',
    part: 'every lost order waits for a person',
  },
]

describe('C02 a limit or an order that makes no sense', () => {
  test.each(CASES)('C02 in $spoken is found, and not in $silent', ({ spoken, silent, code, key, part }) => {
    const match = (finding: LimitFinding) => finding.code === code && finding.keys[0] === key && finding.text.includes(part)
    expect(found(spoken).filter(match), JSON.stringify(found(spoken))).toHaveLength(1)
    expect(found(silent).filter(({ code: said, keys }) => said === code && keys[0] === key)).toEqual([])
  })

  test('C02 is none in the built-in config', () => {
    expect(found('')).toEqual([])
    expect(found(`instrument: { ${SPOT} }`)).toEqual([])
    expect(found('mode: demo\nfeed: { source: live }')).toEqual([])
  })

  test('C02 is not said of a loss above the drawdown where the loss can come first', () => {
    const risk = 'max_session_loss: 500, max_drawdown: 499'
    for (const text of [
      `risk: { ${risk} }`,
      `instrument: { ${SPOT} }\nrisk: { ${risk} }`,
      `instrument: { ${LINEAR} }\nrisk: { ${risk}, drawdown_since: 2026-01-01 }`,
      `instrument: { ${LINEAR} }\npaper: { balances: { USD: 9000, XRP: 10 } }\nrisk: { ${risk} }`,
      `mode: demo\nfeed: { source: live }\nrisk: { ${risk} }`,
    ])
      expect([text, found(text).filter(({ keys }) => keys[0] === 'risk.max_session_loss')]).toEqual([text, []])
  })

  test('C02 zero is no limit, and is found to bind nowhere it should', () => {
    const risk =
      'max_exposure: 0, max_session_loss: 0, max_drawdown: 0, max_leverage: 0, price_collar_bps: 0, stale_feed_seconds: 0, max_open_orders: 0'
    expect(found(`risk: { ${risk} }\npaper: { balances: { XRP: 1, RLUSD: 1 } }`)).toEqual([])
  })

  test('C02 is not judged where its circumstances are not known', () => {
    expect(found(`instrument: { ${SPOT} }\nrisk: { max_position: 9999 }`, { price: null })).toEqual([])
    expect(dec('2')).toBe(tryParseDecimal('2'))
  })

  test('C02 is a whole sentence that names keys of the schema and their values', () => {
    for (const { spoken } of CASES) {
      for (const { text, keys } of found(spoken)) {
        expect(text).toMatch(/^`.*\.$|^(That|The) .*\.$/)
        expect(text).not.toMatch(/undefined|null|\[object/)
        expect(keys.length).toBeGreaterThan(0)
      }
    }
  })
})
