// What a config file may say, and what a person is told where it says something else.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { readConfig } from '../../../src/core/config/read-config.ts'
import { type Decimal, dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { errorOf, faultOf, load } from './loading.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dita-config-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the built-in config', () => {
  test('makes a market on the simulated feed with paper money', () => {
    const config = loadConfig({ file: null })
    expect(config).toMatchObject({ mode: 'paper', instrument: null, path: null, feed: { source: 'simulated', seed: 1 } })
    expect(config.strategy.name).toBe('market_maker')
    expect(config.engine).toEqual({
      tickIntervalSeconds: dec('1'),
      orderValiditySeconds: dec('10'),
      absenceMarginSeconds: dec('5'),
      querySpacingSeconds: dec('2'),
      quarantineAfterSeconds: dec('30'),
      backupsKept: 5,
      checkpointIntervalSeconds: 60,
    })
    expect(config.risk).toMatchObject({
      maxExposure: dec('5000'),
      maxPosition: dec('0'),
      maxSessionLoss: dec('500'),
      maxOrderNotional: dec('2000'),
      maxLeverage: dec('0'),
      priceCollarBps: dec('1000'),
      maxOpenOrders: 20,
      maxOrdersPerSecond: 0,
      maxCancelsPerSecond: 0,
      staleFeedSeconds: dec('30'),
    })
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
    ['1_000', '`1_000` is none; write 1000.'],
    ['"1,000,000.5"', 'is none; write 1000000.5.'],
    ['10%', 'is none; leave the % out'],
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
    expect(faultOf('risk:\n  max_orders_per_second: 0.5\n').message).toContain('must be a whole number, but is `0.5`')
    expect(faultOf('risk:\n  max_cancels_per_second: 10001\n').message).toContain('must be at most 10000, but is `10001`')
    expect(faultOf('risk:\n  max_position: -1\n').message).toContain('must be at least 0, but is `-1`')
    expect(faultOf('risk:\n  max_leverage: 1001\n').message).toContain('must be at most 1000, but is `1001`')
    expect(faultOf('risk:\n  price_collar_bps: -0.1\n').message).toContain('must be at least 0, but is `-0.1`')
    expect(faultOf('risk:\n  drawdown_since: yesterday\n').message).toContain('must be a time in UTC such as 2026-01-31')
    expect(faultOf('risk:\n  drawdown_since: 2026-13-01\n').message).toContain('must be a time in UTC such as 2026-01-31')
    expect(faultOf('risk:\n  max_venue_failures_percent: 101\n').message).toContain('must be at most 100, but is `101`')
    // Zero would let two questions of one moment count as two.
    expect(faultOf('engine:\n  query_spacing_seconds: 0\n').message).toContain('must be at least 0.1')
    expect(faultOf('engine:\n  absence_margin_seconds: 0\n').message).toContain('must be at least 0.1')
    expect(faultOf('engine:\n  tick_interval_seconds: 0\n').message).toContain('must be at least 0.01')
    expect(faultOf('engine:\n  tick_interval_seconds: 0.0105\n').message).toContain('must be a multiple of 0.001')
  })

  test('N04 zero is a value: it is kept, never replaced by the default', () => {
    const zeroes = configKeys().flatMap(({ path, schema }) => (path[0] === 'risk' && schema.minimum === 0 ? [path.at(-1) ?? ''] : []))
    expect(zeroes.length).toBeGreaterThan(9)
    const config = load(`
engine: { checkpoint_interval_seconds: 0 }
paper: { maker_fee_rate: 0, taker_fee_rate: 0, entry_latency_ms: 0, response_latency_ms: 0, balances: { XRP: 0 } }
feed: { seed: 0, simulated: { volatility_bps_per_hour: 0 } }
strategy:
  clob_switch_threshold_bps: 0
  anchor_max_divergence_bps: 0
  market_maker: { half_spread_bps: 0, inventory_skew_bps: 0 }
  breakout: { max_holding_seconds: 0, entry_slippage_bps: 0 }
risk: { ${zeroes.map((name) => `${name}: 0`).join(', ')} }
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
    for (const name of zeroes) expect([name, Number(Reflect.get(config.risk, camelCase(name)))]).toEqual([name, 0])
  })

  test('every number reaches the program as it is written, under the name of its key', () => {
    const numbers = configKeys().filter(
      ({ schema, isSection, path }) => !isSection && path[0] !== 'instrument' && schema.maximum !== undefined,
    )
    expect(numbers.length).toBeGreaterThan(30)
    for (const { path, schema, default: byDefault } of numbers) {
      const value = byDefault === String(schema.maximum) ? String(schema.minimum) : String(schema.maximum)
      const text = path.reduceRight((inner, name) => (inner === '' ? `{ ${name}: ${value} }` : `{ ${name}: ${inner} }`), '')
      const reading = readConfig({ file: 'dita.yaml', text: withPartners(text, path, value), environment: {} })
      expect([text, reading.faults]).toEqual([text, []])
      const read = path.reduce<unknown>((held, name) => Reflect.get(held as object, camelCase(name)), reading.config)
      expect([path.join('.'), typeof read === 'bigint' ? formatDecimal(read as Decimal) : String(read)]).toEqual([path.join('.'), value])
    }
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
      'The keys here are `tick_interval_seconds`, `order_validity_seconds`, `absence_margin_seconds`, `query_spacing_seconds`, `quarantine_after_seconds`, `backups_kept`, `checkpoint_interval_seconds`.',
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
  anchor_max_divergence_bps: often
  name: breakout
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
      'dita.yaml:10:5',
      'dita.yaml:11:25',
      'dita.yaml:12:1',
    ])
    expect(error.message).toContain('7 things are wrong')
    expect(error.message).toContain('`strategy.breakout.targets_bps[2]` must be a number: `x` is none.')
    expect(error.next).toContain('docs/CONFIG.md')
  })

  test('C01 with a name of a strategy that is none, the keys of each are looked through all the same', () => {
    const { message } = faultOf(`strategy:
  name: breakot
  market_maker: { order_notional: 500, max_inventory_notional: 100 }
  breakout: { targets_bps: [4, 2, 8] }
`)
    expect(message).toContain('3 things are wrong')
    expect(message).toContain('no quote would ever fit')
    expect(message).toContain('must grow, but 2 follows 4')
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

describe('names', () => {
  const WRONG = ['UPPER', '../up', 'a b', '', '-a', '.a', 'a'.repeat(33), 'é', 'a\n', 'a/b', 'a.b']

  test.each(['paper', 'venue'])('V06 an account of `%s` is a name that files and tables can bear, or refused', (section) => {
    for (const name of ['a', '0', 'desk_2-b', 'a'.repeat(32)]) {
      const config = load(JSON.stringify({ [section]: { account: name } }))
      expect(section === 'paper' ? config.paper.account : config.venue.account).toBe(name)
    }
    for (const name of WRONG) {
      const fault = faultOf(JSON.stringify({ [section]: { account: name } }))
      expect(fault.exitCode, name).toBe(4)
      expect(fault.message, name).toContain(`${section}.account`)
    }
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
    expect(faultOf('feed: { seed: *none }\n').message).toContain('dita.yaml:1:15: This alias has no anchor before it')
    expect(faultOf('strategy: { params: &a { again: *a } }\n').message).toContain('nested deeper than 16 levels')
  })

  test('an alias bomb is refused before it goes off', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `    l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`)
    expect(faultOf(`strategy:\n  params:\n    l0: &l0 x\n${levels.join('\n')}\n`).message).toContain('larger than 10000 values')
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
    [{ strategyName: 'market_makr' }, '--strategy must be `market_maker`, `breakout`, `flatten` or the path'],
    [{ feedSource: '' }, '--feed must be `simulated`, `live` or the path of a recording'],
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

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

/** Some keys must agree with others. */
function withPartners(text: string, path: readonly string[], value: string): string {
  const partners: Readonly<Record<string, string>> = {
    'engine.tick_interval_seconds': '{ engine: { tick_interval_seconds: 3600 }, strategy: { breakout: { lookback_seconds: 3600 } } }',
    'strategy.requote_interval_seconds': '{ strategy: { requote_interval_seconds: 3600, breakout: { lookback_seconds: 3600 } } }',
    'strategy.clob_switch_threshold_bps': `{ strategy: { clob_switch_threshold_bps: ${value}, anchor_max_divergence_bps: 10000 } }`,
    'strategy.market_maker.half_spread_bps': `{ strategy: { market_maker: { half_spread_bps: ${value} } }, risk: { price_collar_bps: 0 } }`,
    'strategy.market_maker.order_notional': `{ strategy: { market_maker: { order_notional: ${value}, max_inventory_notional: ${value} } } }`,
  }
  return partners[path.join('.')] ?? text
}
