// What a config file may say, and what a person is told where it says something else.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../../../src/core/config/config.ts'
import { type ConfigOverrides, loadConfig } from '../../../src/core/config/load-config.ts'
import { DitaError } from '../../../src/core/errors.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dita-config-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function load(text: string, overrides: ConfigOverrides = {}): Config {
  return loadConfig({ file: 'dita.yaml', text, overrides })
}

function errorOf(attempt: () => unknown): DitaError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof DitaError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function faultOf(text: string): DitaError {
  return errorOf(() => load(text))
}

describe('the built-in config', () => {
  test('makes a market on the simulated feed with paper money', () => {
    const config = loadConfig({ file: null })
    expect(config).toMatchObject({ mode: 'paper', instrument: null, path: null, feed: { source: 'simulated', seed: 1 } })
    expect(config.strategy.name).toBe('market_maker')
    expect(config.engine).toEqual({ tickIntervalSeconds: dec('1'), orderValiditySeconds: dec('10'), checkpointIntervalSeconds: 60 })
    expect(config.paper).toMatchObject({ account: null, balances: null, makerFeeRate: dec('0.0002'), takerFeeRate: dec('0.0005') })
  })

  test('a file with a single key has the defaults everywhere else', () => {
    const builtIn = loadConfig({ file: null })
    expect(load('mode: paper\n')).toEqual({ ...builtIn, path: resolve('dita.yaml') })
  })

  test('a section that is left empty has its defaults', () => {
    const builtIn = loadConfig({ file: null })
    const text = 'feed:\n  simulated:\npaper:\nengine:\nstrategy:\n  market_maker:\n  breakout:\n  params:\nrisk:\ninstrument:\n'
    expect(load(text)).toEqual({ ...builtIn, path: resolve('dita.yaml') })
  })
})

describe('numbers', () => {
  test.each([
    ['0.1', '0.1'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['0.000000000000000001', '0.000000000000000001'],
    ['"12.50"', '12.5'],
    ['1e3', '1000'],
    ['123456789.123456789012345678', '123456789.123456789012345678'],
  ])('%s is read exactly, not through a float', (written, exact) => {
    expect(load(`risk:\n  max_exposure: ${written}\n`).risk.maxExposure).toBe(dec(exact))
  })

  test.each([
    ['1e400', 'is beyond 10^15'],
    ['.inf', 'is not finite'],
    ['-.inf', 'is not finite'],
    ['.nan', 'is not finite'],
    ['NaN', 'is not finite'],
    ['-5', 'must be at least 0'],
    ['1e-30', 'has more than 18 decimals'],
    ['0x10', 'is none'],
    ['1_000', 'is none'],
    ['five', 'is none'],
    ['true', 'must be a number'],
    ['', 'is empty'],
    ['[1]', 'is a list'],
    ['{ a: 1 }', 'is a group of keys'],
  ])('N02 C01 a number that is written %s is refused with its place and key', (written, complaint) => {
    const error = faultOf(`risk:\n  max_exposure: ${written}\n`)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', fault: 'user', exitCode: 4 })
    expect(error.message).toContain('dita.yaml:2:3: `risk.max_exposure` ')
    expect(error.message).toContain(complaint)
  })

  test('C01 a value outside its bounds names the bound', () => {
    expect(faultOf('strategy:\n  market_maker:\n    order_notional: 0\n').message).toContain('must be above 0, but is `0`')
    expect(faultOf('strategy:\n  market_maker:\n    order_notional: -1\n').message).toContain('must be above 0, but is `-1`')
    expect(faultOf('paper:\n  taker_fee_rate: 0.2\n').message).toContain('must be at most 0.1, but is `0.2`')
    expect(faultOf('risk:\n  max_open_orders: 1.5\n').message).toContain('must be a whole number, but is `1.5`')
    expect(faultOf('engine:\n  tick_interval_seconds: 0\n').message).toContain('must be at least 0.01')
    expect(faultOf('engine:\n  tick_interval_seconds: 0.0105\n').message).toContain('must be a multiple of 0.001')
  })

  test('N04 zero is a value: it is kept, never replaced by the default', () => {
    const config = load(`
engine: { checkpoint_interval_seconds: 0 }
paper: { maker_fee_rate: 0, taker_fee_rate: 0, entry_latency_ms: 0, response_latency_ms: 0, balances: { XRP: 0 } }
feed: { seed: 0, simulated: { volatility_bps_per_hour: 0 } }
strategy:
  clob_switch_threshold_bps: 0
  anchor_max_divergence_bps: 0
  market_maker: { half_spread_bps: 0, inventory_skew_bps: 0 }
  breakout: { max_holding_seconds: 0, entry_slippage_bps: 0 }
risk: { max_exposure: 0, max_session_loss: 0, max_order_notional: 0, max_open_orders: 0, stale_feed_seconds: 0 }
`)
    const zero = dec('0')
    expect(config.engine.checkpointIntervalSeconds).toBe(0)
    expect(config.paper).toEqual({
      account: null,
      balances: { XRP: zero },
      entryLatencyMs: 0,
      responseLatencyMs: 0,
      makerFeeRate: zero,
      takerFeeRate: zero,
    })
    expect(config.feed.seed).toBe(0)
    expect(config.feed.simulated.volatilityBpsPerHour).toBe(0)
    expect(config.strategy).toMatchObject({ clobSwitchThresholdBps: zero, anchorMaxDivergenceBps: zero })
    expect(config.strategy.marketMaker).toMatchObject({ halfSpreadBps: zero, inventorySkewBps: zero })
    expect(config.strategy.breakout).toMatchObject({ maxHoldingSeconds: 0, entrySlippageBps: zero })
    expect(config.risk).toEqual({
      maxExposure: zero,
      maxSessionLoss: zero,
      maxOrderNotional: zero,
      maxOpenOrders: 0,
      staleFeedSeconds: zero,
    })
  })

  test('a rebate is a fee below zero', () => {
    expect(load('paper: { maker_fee_rate: -0.0001 }').paper.makerFeeRate).toBe(dec('-0.0001'))
  })
})

describe('keys', () => {
  test.each([
    ['feed:\n  sorce: x\n', '2:3', '`feed.sorce` is not a key of the config. Did you mean `source`?'],
    ['feed:\n  startPrice: 1\n', '2:3', '`start_price` belongs under `feed.simulated`.'],
    ['engine:\n  tickIntervalSeconds: 1\n', '2:3', 'Did you mean `tick_interval_seconds`?'],
    ['engine:\n  tick_interval: 1\n', '2:3', 'Did you mean `tick_interval_seconds`?'],
    ['seed: 1\n', '1:1', '`seed` belongs under `feed`.'],
    ['risk:\n  order_notional: 1\n', '2:3', 'belongs under `strategy.market_maker` or under `strategy.breakout`.'],
    ['strategy:\n  feed: simulated\n', '2:3', '`feed` belongs at the top level.'],
    ['risc:\n  max_exposure: 1\n', '1:1', 'Did you mean `risk`?'],
    [
      'engine:\n  banana: 1\n',
      '2:3',
      'The keys here are `tick_interval_seconds`, `order_validity_seconds`, `checkpoint_interval_seconds`.',
    ],
  ])('C01 the unknown key in %j is refused at its place with a hint', (text, place, hint) => {
    const error = faultOf(text)
    expect(error.message).toContain(`dita.yaml:${place}: `)
    expect(error.message).toContain(hint)
  })

  test('C01 everything that is wrong is listed at once, in the order of the file', () => {
    const error = faultOf(`feed:
  sorce: x
  seed: -5
risk:
  max_exposure: 1e400
strategy:
  name: market_makr
  breakout:
    exit_ratios: [0.5, 0.6]
    targets_bps: [2, 1, x]
paper: [1]
`)
    const places = error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(': ')[0])
    expect(places).toEqual([
      'dita.yaml:2:3',
      'dita.yaml:3:3',
      'dita.yaml:5:3',
      'dita.yaml:7:3',
      'dita.yaml:9:5',
      'dita.yaml:10:25',
      'dita.yaml:11:1',
    ])
    expect(error.message).toContain('7 things are wrong')
    expect(error.message).toContain('`strategy.breakout.targets_bps[2]` must be a number: `x` is none.')
    expect(error.next).toContain('docs/CONFIG.md')
  })

  test('C01 a key that is written twice is refused, with both places', () => {
    expect(faultOf('feed:\n  seed: 1\n  seed: 2\n').message).toContain(
      'dita.yaml:3:3: This key is written twice; the first stands in line 2.',
    )
  })

  test.each(['__proto__', 'constructor', 'prototype'])('C01 the key %s is refused wherever it stands', (key) => {
    expect(faultOf(`${key}:\n  polluted: yes\n`).message).toContain(`dita.yaml:1:1: The key \`${key}\` is not allowed.`)
    expect(faultOf(`strategy:\n  params:\n    ${key}: { polluted: yes }\n`).message).toContain(
      `dita.yaml:3:5: The key \`${key}\` is not allowed.`,
    )
    expect('polluted' in {}).toBe(false)
  })

  test('V07 control characters of a file never reach the message', () => {
    const { message } = faultOf('"\\e[31mred": "\\e[2J"\nmode: "\\e]0;title\\a"\n')
    expect(message.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(message).toContain('\\x1b[31mred')
  })
})

describe('files', () => {
  const bad: [string, () => string, string][] = [
    ['a missing one', () => join(folder, 'none.yaml'), 'CONFIG_MISSING'],
    ['a folder', () => folder, 'CONFIG_UNREADABLE'],
    ['one below a file', () => join(written('file.yaml', 'mode: paper\n'), 'dita.yaml'), 'CONFIG_UNREADABLE'],
    ['an empty one', () => written('empty.yaml', ''), 'CONFIG_EMPTY'],
    ['one of spaces', () => written('blank.yaml', ' \n\n'), 'CONFIG_EMPTY'],
    ['one of comments', () => written('comments.yaml', '# nothing\n'), 'CONFIG_EMPTY'],
    ['one that is not YAML', () => written('not.yaml', 'a: b: [c\n'), 'CONFIG_INVALID'],
    ['a list', () => written('list.yaml', '- 1\n- 2\n'), 'CONFIG_INVALID'],
    ['a word', () => written('word.yaml', 'hello\n'), 'CONFIG_INVALID'],
    ['two documents', () => written('two.yaml', 'mode: paper\n---\nmode: paper\n'), 'CONFIG_INVALID'],
    ['bytes that are no text', () => written('bytes.yaml', Buffer.from([0x6d, 0xff, 0xfe, 0x00])), 'CONFIG_UNREADABLE'],
    ['an enormous one', () => written('large.yaml', `# ${'x'.repeat(300_000)}\n`), 'CONFIG_UNREADABLE'],
    ['one of brackets', () => written('deep.yaml', '['.repeat(100_000)), 'CONFIG_INVALID'],
  ]

  function written(name: string, content: string | Buffer): string {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }

  test.each(bad)('C01 %s is refused with exit code 4 and a next step', (_what, fileOf, code) => {
    const error = errorOf(() => loadConfig({ file: fileOf() }))
    expect(error).toMatchObject({ code, exitCode: 4, fault: 'user' })
    expect(error.next).not.toBe('')
    expect(error.message).not.toMatch(/\n\s+at /)
  })

  test('relative paths start at the folder of the config, and a path knows its file', () => {
    mkdirSync(join(folder, 'sub'), { recursive: true })
    const file = written('sub/dita.yaml', 'feed: { source: ../rec.jsonl.gz }\nstrategy: { name: mine.ts }\n')
    const config = loadConfig({ file })
    expect(config.feed.source).toBe(join(folder, 'rec.jsonl.gz'))
    expect(config.strategy.name).toBe(join(folder, 'sub', 'mine.ts'))
    expect(config.path).toBe(file)
  })

  test('an alias stands for what it names; one without an anchor, or one that holds itself, is refused', () => {
    expect(load('feed: { seed: &n 7 }\nrisk: { max_open_orders: *n }\n').risk.maxOpenOrders).toBe(7)
    expect(faultOf('feed: { seed: *none }\n').message).toContain('dita.yaml:1:15: The alias *none has no anchor')
    expect(faultOf('strategy: { params: &a { again: *a } }\n').message).toContain('nested deeper than 16 levels')
  })

  test('an alias bomb is refused before it goes off', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `    l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`)
    expect(faultOf(`strategy:\n  params:\n    l0: &l0 x\n${levels.join('\n')}\n`).message).toContain('larger than 10000 values')
  })
})

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
    ['strategy: { breakout: { exit_ratios: [0.5, 0.3, 0.1] } }', 'sum to 0.9: they must sum to exactly 1'],
    ['strategy: { breakout: { exit_ratios: [0.5, 0.5] } }', 'has 2 values and `strategy.breakout.targets_bps` has 3'],
    ['strategy: { breakout: { targets_bps: [2, 2, 3] } }', 'must grow, but 2 follows 2'],
    ['strategy: { breakout: { targets_bps: [] } }', 'must hold at least 1 value'],
    ['strategy: { breakout: { exit_ratios: [0, 0.5, 0.5] } }', '`strategy.breakout.exit_ratios[0]` must be above 0'],
    ['strategy: { clob_switch_threshold_bps: 11 }', '`strategy.anchor_max_divergence_bps` (10) must not be below'],
    ['strategy: { market_maker: { order_notional: 2000 } }', 'must not be above `strategy.market_maker.max_inventory_notional`'],
    [
      'engine: { tick_interval_seconds: 10 }\nstrategy: { breakout: { lookback_seconds: 5 } }',
      'must not be below `engine.tick_interval_seconds`',
    ],
  ])('C01 the contradiction in %j is refused', (text, complaint) => {
    expect(faultOf(text).message).toContain(complaint)
  })

  test('ratios that floats could not add up are exactly one', () => {
    const { breakout } = load('strategy: { breakout: { exit_ratios: [0.1, 0.2, 0.7] } }').strategy
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

  test.each([
    [`instrument: { ${spot}, tick_size: 0.1 }`, '`instrument.lot_size` is missing'],
    [`instrument: { ${spot}, tick_size: 0, lot_size: 1 }`, '`instrument.tick_size` must be above 0'],
    [`instrument: { ${spot}, tick_size: 0.0000000001, lot_size: 0.000000001 }`, 'must not need more than 18 decimals together'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, min_quantity: 5, max_quantity: 2 }`, 'must not be above `instrument.max_quantity`'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, max_leverage: 5 }`, 'spot has no leverage'],
    [`instrument: { ${spot}, tick_size: 1, lot_size: 1, settle: XRP }`, 'settles in its quote asset, `RLUSD`'],
    ['instrument: { symbol: A/A, kind: spot, base: A, quote: A, tick_size: 1, lot_size: 1 }', 'are both `A`'],
    [
      'instrument: { symbol: A/B, kind: inverse, base: A, quote: B, tick_size: 1, lot_size: 1 }',
      'must be `spot` or `linear`, but is `inverse`',
    ],
  ])('C01 the one in %j is refused', (text, complaint) => {
    expect(faultOf(text).message).toContain(complaint)
  })
})

describe('the command line', () => {
  test('stands above the file, with paths from the working folder', () => {
    const text = 'feed: { source: a.gz, seed: 3 }\nstrategy: { name: breakout }\n'
    const config = load(text, { feedSource: 'b.gz', seed: 0, strategyName: 'mine.js' })
    expect(config.feed).toMatchObject({ source: resolve('b.gz'), seed: 0 })
    expect(config.strategy.name).toBe(resolve('mine.js'))
    expect(load(text, { feedSource: 'simulated', strategyName: 'market_maker' })).toMatchObject({
      feed: { source: 'simulated', seed: 3 },
      strategy: { name: 'market_maker' },
    })
    expect(load(text).feed.source).toBe(join(dirname(resolve('dita.yaml')), 'a.gz'))
  })

  test.each([
    [{ seed: -1 }, '--seed must be at least 0'],
    [{ seed: 1.5 }, '--seed must be a whole number'],
    [{ seed: Number.NaN }, '--seed must be a number'],
    [{ strategyName: 'market_makr' }, '--strategy must be `market_maker`, `breakout` or the path'],
    [{ feedSource: '' }, '--feed must be `simulated` or the path of a recording'],
  ])('wrong words %j are a mistake of usage, exit code 2', (overrides, complaint) => {
    const error = errorOf(() => loadConfig({ file: null, overrides }))
    expect(error).toMatchObject({ code: 'FLAG_INVALID', exitCode: 2 })
    expect(error.message).toContain(complaint)
  })
})

describe('params', () => {
  test('reach the strategy as written: numbers as text, the rest as it is', () => {
    const { params } = load('strategy:\n  params: { size: 0.10, on: true, off: null, list: [1, a], deep: { x: 1e400 } }\n').strategy
    expect(params).toEqual({ size: '0.10', on: true, off: null, list: ['1', 'a'], deep: { x: '1e400' } })
  })
})
