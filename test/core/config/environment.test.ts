// The variables that stand above a config: one for each key of the schema, read as the schema reads the file.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configKeys, type JsonSchema } from '../../../src/core/config/config-keys.ts'
import type { ConfigMap } from '../../../src/core/config/config-values.ts'
import { OTHER_VARIABLES, variableOf } from '../../../src/core/config/environment.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { type ConfigReading, readConfig } from '../../../src/core/config/read-config.ts'
import { RETIRED_KEYS } from '../../../src/core/config/retired-keys.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { errorOf } from './loading.ts'

const LEAVES = configKeys().filter(({ isSection }) => !isSection)

function read(environment: Readonly<Record<string, string>>, text: string | null = null): ConfigReading {
  return readConfig({ file: text === null ? null : 'dita.yaml', text: text ?? undefined, environment })
}

/** None of its keys can be set without the others. */
const INSTRUMENT = { symbol: 'XRP', kind: 'spot', base: 'XRP', quote: 'USD', tick_size: '1', lot_size: '1' }

/** A file with nothing else in it than the key, and the rest of an instrument where it is one of its keys. */
function fileWith(path: readonly string[], value?: string): string | null {
  const [section, name] = path
  if (section !== 'instrument') return value === undefined ? null : nested(path, value)
  const keys = { ...INSTRUMENT, ...(value === undefined || name === undefined ? {} : { [name]: value }) }
  return `instrument: { ${Object.entries(keys)
    .map(([key, held]) => `${key}: ${held}`)
    .join(', ')} }\n`
}

/** Something that is no default, as a variable holds it and as the file does. */
function sampleOf(schema: JsonSchema, name: string): { readonly variable: string; readonly yaml: string } {
  const shape = schema.anyOf?.find(({ type }) => type === 'object') ?? schema
  if (shape.items !== undefined) return { variable: '0.25, 0.75', yaml: '[0.25, 0.75]' }
  if (shape.type === 'object') return { variable: 'XRP: 7, USD: "8"', yaml: '{ XRP: 7, USD: "8" }' }
  const choice = shape.enum?.find((value) => value !== shape.default) ?? shape.enum?.[0]
  if (choice !== undefined) return { variable: choice, yaml: choice }
  if (shape.type?.includes('number') === true) {
    const value = String(shape.minimum ?? shape.exclusiveMinimum) === '0' ? '1' : String(shape.minimum ?? 1)
    return { variable: value, yaml: value }
  }
  const text = TEXTS[name] ?? 'word'
  return { variable: text, yaml: JSON.stringify(text) }
}

const TEXTS: Readonly<Record<string, string>> = {
  instrument: 'ETH/USDT:USDT',
  rest_url: 'http://127.0.0.1:1',
  stream_url: 'ws://127.0.0.1:1',
  name: 'breakout',
  source: '/recordings/one.gz',
}

function nested(path: readonly string[], value: string): string {
  const [name, ...below] = path
  return below.length === 0 ? `${name}: ${value}` : `${name}: { ${nested(below, value)} }`
}

describe('C02 the variables', () => {
  test('C02 have a name each, and no two keys share one', () => {
    expect(variableOf(['risk', 'max_session_loss'])).toBe('DITA_RISK_MAX_SESSION_LOSS')
    expect(new Set(LEAVES.map(({ path }) => variableOf(path))).size).toBe(LEAVES.length)
    expect(LEAVES.length).toBeGreaterThan(50)
  })

  test.each(LEAVES.map((key) => [key.path.join('.'), key] as const))('C02 that of %s is read as the file is', (name, { path, schema }) => {
    const sample = sampleOf(schema, path.at(-1) ?? '')
    const inFile = read({}, fileWith(path, sample.yaml))
    const inVariable = read({ [variableOf(path)]: sample.variable }, fileWith(path))
    expect(at(inVariable.tree, path), name).toEqual(at(inFile.tree, path))
    expect(inVariable.parsed).toEqual(inFile.parsed)
    expect(inVariable.faults.map(({ text }) => text)).toEqual(inFile.faults.map(({ text }) => text))
    expect(inVariable.placeOf(path)).toEqual({ name: variableOf(path) })
  })

  test('C02 a value out of bounds is a fault that names the variable, whatever the key', () => {
    const faulty = LEAVES.filter(({ schema }) => schema.maximum !== undefined || schema.enum !== undefined)
    expect(faulty.length).toBeGreaterThan(40)
    for (const { path } of faulty) {
      const variable = variableOf(path)
      const { faults, config } = read({ [variable]: '-999999999999999' }, fileWith(path))
      expect(config, variable).toBe(null)
      expect(faults.map(({ code, place, path: faulted }) => ({ code, place, path: faulted }))).toContainEqual({
        code: 'BAD_VALUE',
        place: { name: variable },
        path,
      })
    }
  })

  test('C02 stand above the file, and below the command line', () => {
    const text = 'feed: { seed: 2 }\nrisk:\n  max_open_orders: 3\n'
    const environment = { DITA_FEED_SEED: '5', DITA_RISK_MAX_OPEN_ORDERS: '7' }
    const config = loadConfig({ file: 'dita.yaml', text, environment, overrides: { seed: 9 } })
    expect(config.risk.maxOpenOrders).toBe(7)
    expect(config.feed.seed).toBe(9)
    expect(loadConfig({ file: 'dita.yaml', text, environment }).feed.seed).toBe(5)
  })

  test('C02 set to nothing counts as not set, and `null` only where a key may be null', () => {
    expect(loadConfig({ file: null, environment: { DITA_RISK_MAX_EXPOSURE: '' } }).risk.maxExposure).toBe(dec('5000'))
    expect(
      loadConfig({ file: 'a.yaml', text: 'paper: { account: mine }', environment: { DITA_PAPER_ACCOUNT: 'null' } }).paper.account,
    ).toBe(null)
    expect(read({ DITA_RISK_MAX_EXPOSURE: 'null' }).faults).toHaveLength(1)
  })

  test('S05 one of the two intervals as a variable must agree with the other, wherever that is written', () => {
    expect(loadConfig({ file: null, environment: { DITA_ENGINE_TICK_INTERVAL_SECONDS: '2' } }).strategy.requoteIntervalSeconds).toBe(
      dec('2'),
    )
    const error = errorOf(() =>
      loadConfig({
        file: 'dita.yaml',
        text: 'strategy:\n  requote_interval_seconds: 1\n',
        environment: { DITA_ENGINE_TICK_INTERVAL_SECONDS: '2' },
      }),
    )
    expect(error.message).toContain('dita.yaml:2:3: `strategy.requote_interval_seconds` is 1')
    expect(error.message).toContain('`engine.tick_interval_seconds` is at DITA_ENGINE_TICK_INTERVAL_SECONDS.')
  })

  test('C02 one that begins as a section does and stands for no key is a fault with the nearest name', () => {
    const { faults } = read({ DITA_RISK_MAX_EXPOSUR: '1' })
    expect(faults).toMatchObject([{ code: 'UNKNOWN_VARIABLE', place: { name: 'DITA_RISK_MAX_EXPOSUR' } }])
    expect(faults[0]?.text).toContain('Did you mean `DITA_RISK_MAX_EXPOSURE`?')
    expect(read({ DITA_RISK: '1' }).faults).toMatchObject([{ code: 'UNKNOWN_VARIABLE' }])
  })

  test.each([
    ['DITA_RISKS_MAX_DRAWDOWN', 'DITA_RISK_MAX_DRAWDOWN'],
    ['DITA_MAX_DRAWDOWN', 'DITA_RISK_MAX_DRAWDOWN'],
    ['DITA_MAX_DRAWDWN', 'DITA_RISK_MAX_DRAWDOWN'],
    ['DITA_risk_max_drawdown', 'DITA_RISK_MAX_DRAWDOWN'],
    ['DITA_MARKET_MAKER_HALF_SPREAD_BPS', 'DITA_STRATEGY_MARKET_MAKER_HALF_SPREAD_BPS'],
    ['DITA_HALF_SPREAD_BPS', 'DITA_STRATEGY_MARKET_MAKER_HALF_SPREAD_BPS'],
    ['DITA_SEED', 'DITA_FEED_SEED'],
    ['DITA_STOER', 'DITA_STORE'],
    ['DITA_NOTIFY_TOKN', 'DITA_NOTIFY_TOKEN'],
    ['DITA_BINGX_API_KEI', 'DITA_BINGX_API_KEY'],
  ])('C02 %s is a fault that asks whether %s was meant', (variable, meant) => {
    const { faults, strangers, config } = read({ [variable]: '1' })
    expect(faults).toMatchObject([{ code: 'UNKNOWN_VARIABLE', place: { name: variable } }])
    expect(faults[0]?.text).toContain(`Did you mean \`${meant}\`?`)
    expect([strangers, config]).toEqual([[], null])
    expect(read({ [variable]: '' }).faults).toEqual([])
  })

  test.each(['DITA_HELLO', 'DITA_SPEED', 'DITA_FUZZ_RUNS', 'DITA_CRASH_BUILD', 'DITA_CHROMIUM', 'DITA_VERSION', 'DITA_HOME', 'DITA_LOG'])(
    'C02 %s is near no key, and no fault',
    (variable) => {
      expect(read({ [variable]: '1' })).toMatchObject({ faults: [], strangers: [variable] })
    },
  )

  test('C03 one of a retired key is a fault that names what took its place', () => {
    for (const { path, instead } of RETIRED_KEYS) {
      const { faults } = read({ [variableOf(path)]: '1' })
      expect(faults).toMatchObject([{ code: 'RETIRED_KEY', place: { name: variableOf(path) } }])
      expect(faults[0]?.text).toContain(instead.join('.'))
    }
  })

  test('C02 of dita that are no keys are left alone, and what else begins with DITA_ is a stranger, no fault', () => {
    const reading = read({
      ...Object.fromEntries(OTHER_VARIABLES.map((name) => [name, 'x'])),
      DITA_HELLO: '1',
      PATH: '/bin',
    })
    expect(reading.faults).toEqual([])
    expect(reading.strangers).toEqual(['DITA_HELLO'])
  })

  test('C02 relative paths of a variable start at the working folder', () => {
    const { config } = readConfig({ file: '/etc/desk/dita.yaml', text: 'mode: paper', environment: { DITA_FEED_SOURCE: 'a.gz' } })
    expect(config?.feed.source).toBe(`${process.cwd()}/a.gz`)
  })

  test('V07 no value reaches a list, a group or the file beside its key', () => {
    const hostile = ['1]\nmode: live', '1], mode: live #', 'a: 1}\nmode: live\nx: {b: 2', '[1, 2', '{a: ', '*x', '!!js 1', '1\n---\n2']
    for (const value of hostile) {
      const { tree, faults } = read({ DITA_STRATEGY_BREAKOUT_TARGETS_BPS: value, DITA_PAPER_BALANCES: value })
      expect(Object.hasOwn(tree, 'mode'), value).toBe(false)
      expect([value, faults.map(({ place }) => place)]).toEqual([
        value,
        expect.arrayContaining([{ name: 'DITA_STRATEGY_BREAKOUT_TARGETS_BPS' }, { name: 'DITA_PAPER_BALANCES' }]),
      ])
    }
  })

  test('V07 no text in any variable makes reading fail in another way than a fault, or shows itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LEAVES), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), ({ path }, value) => {
        const { config, faults } = read({ [variableOf(path)]: value.replaceAll('\0', '') || 'x' })
        expect(config === null).toBe(faults.length > 0)
        for (const { text } of faults) expect(text).not.toMatch(/\p{Cc}/u)
      }),
      { numRuns: 300 },
    )
  })
})

function at(tree: ConfigMap, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], tree)
}
