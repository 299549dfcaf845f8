// Every key with the value in force and where it was written: file, variable, flag, another key, or nowhere.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { type EffectiveKey, effectiveKeys } from '../../../src/core/config/effective-keys.ts'
import { type ReadConfigOptions, readConfig } from '../../../src/core/config/read-config.ts'
import { KEYS } from './traced.ts'

function effective(text: string | null, options: Partial<ReadConfigOptions> = {}): Map<string, EffectiveKey> {
  const reading = readConfig({ file: text === null ? null : '/desk/dita.yaml', text: text ?? undefined, environment: {}, ...options })
  return new Map(effectiveKeys(reading).map((key) => [key.key, key]))
}

describe('C02 the origin of a value', () => {
  test('C02 is the line and column of its key in the file', () => {
    const keys = effective('feed:\n  seed: 4\nrisk: { max_exposure: 7,\n  max_position: 3 }\n')
    expect(keys.get('feed.seed')).toMatchObject({ value: 4, origin: { kind: 'file', line: 2, column: 3 } })
    expect(keys.get('risk.max_exposure')).toMatchObject({ value: '7', origin: { kind: 'file', line: 3, column: 9 } })
    expect(keys.get('risk.max_position')).toMatchObject({ value: '3', origin: { kind: 'file', line: 4, column: 3 } })
    expect(keys.get('risk.max_session_loss')).toMatchObject({ value: '500', origin: { kind: 'default' } })
  })

  test('C02 is the topmost of flag, variable and file', () => {
    const text = 'feed: { seed: 4, source: a.gz }\nstrategy: { name: breakout }\n'
    const environment = { DITA_FEED_SEED: '5', DITA_FEED_SOURCE: 'b.gz' }
    const keys = effective(text, { environment, overrides: { seed: 6 } })
    expect(keys.get('feed.seed')).toMatchObject({ value: 6, origin: { kind: 'flag', flag: '--seed' } })
    expect(keys.get('feed.source')).toMatchObject({
      value: `${process.cwd()}/b.gz`,
      origin: { kind: 'environment', variable: 'DITA_FEED_SOURCE' },
    })
    expect(keys.get('strategy.name')).toMatchObject({ value: 'breakout', origin: { kind: 'file', line: 2, column: 13 } })
    const below = effective(text, { environment })
    expect(below.get('feed.seed')).toMatchObject({ value: 5, origin: { kind: 'environment', variable: 'DITA_FEED_SEED' } })
  })

  test('S05 is the other of two keys that must agree, where one is left out', () => {
    const keys = effective('engine: { tick_interval_seconds: 0.5 }')
    expect(keys.get('strategy.requote_interval_seconds')).toMatchObject({
      value: '0.5',
      origin: { kind: 'follows', key: 'engine.tick_interval_seconds' },
    })
  })

  test('C02 of a whole group as a variable is the variable', () => {
    const keys = effective(null, { environment: { DITA_PAPER_BALANCES: 'XRP: 5' } })
    expect(keys.get('paper.balances')).toEqual({
      key: 'paper.balances',
      value: { XRP: '5' },
      origin: { kind: 'environment', variable: 'DITA_PAPER_BALANCES' },
      variable: 'DITA_PAPER_BALANCES',
    })
  })

  test('C02 hides what looks like a secret, whatever key it got into', () => {
    const secret = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'
    const keys = effective(`strategy: { name: ./a.ts, params: { api_key: hunter2hunter, deep: { list: [${secret}] }, fine: 3 } }`)
    expect(keys.get('strategy.params')?.value).toEqual({ api_key: '(hidden)', deep: { list: ['(hidden)'] }, fine: '3' })
    const all = JSON.stringify([...effective(`venue: { credentials_file: ${secret} }`).values()])
    expect(all).not.toContain(secret)
  })
})

const SETTABLE = configKeys().filter(({ isSection, schema }) => !isSection && schema.type?.includes('number') === true)

test('C02 every key of the schema is there exactly once, with what is written or its default, for any valid config', () => {
  const choice = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...SETTABLE.filter(({ path }) => path[0] !== 'instrument')),
      steps: fc.nat({ max: 3 }),
      how: fc.boolean(),
    }),
    { maxLength: 8, selector: ({ key }) => key.path.join('.') },
  )
  let valid = 0
  fc.assert(
    fc.property(choice, (chosen): void => {
      const values = chosen.map(({ key, steps, how }) => ({ path: key.path, value: String(Number(key.default) + steps), how }))
      const file = values.filter(({ how }) => how)
      const text = file.length === 0 ? 'mode: paper' : JSON.stringify(tree(file))
      const environment = Object.fromEntries(
        values.filter(({ how }) => !how).map(({ path, value }) => [`DITA_${path.join('_').toUpperCase()}`, value]),
      )
      const reading = readConfig({ file: 'dita.yaml', text, environment })
      const keys = effectiveKeys(reading)
      if (reading.config === null) {
        expect(keys).toEqual([])
        return
      }
      valid += 1
      expect(keys.map(({ key }) => key)).toEqual(KEYS)
      for (const { path, value, how } of values) {
        const key = keys.find((candidate) => candidate.key === path.join('.'))
        expect(Number(key?.value)).toBe(Number(value))
        expect(key?.origin.kind).toBe(how ? 'file' : 'environment')
      }
      const isSet = (name: string) => values.some(({ path }) => path.join('.') === name)
      for (const { key, origin } of keys) if (!isSet(key) && key !== 'mode') expect(['default', 'follows']).toContain(origin.kind)
    }),
    { numRuns: 100 },
  )
  expect(valid).toBeGreaterThan(20)
})

function tree(values: readonly { readonly path: readonly string[]; readonly value: string }[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {}
  for (const { path, value } of values) {
    let level = whole
    for (const part of path.slice(0, -1)) {
      level[part] ??= {}
      level = level[part] as Record<string, unknown>
    }
    level[path.at(-1) ?? ''] = value
  }
  return whole
}

test('C02 defaults are those of the schema', () => {
  const keys = effective(null)
  for (const { path, default: byDefault } of SETTABLE) {
    if (path[0] === 'instrument') continue
    const value = keys.get(path.join('.'))?.value
    expect(String(value), path.join('.')).toBe(String(byDefault))
  }
})
