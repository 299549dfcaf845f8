// What is made from the schema is right and not stale.

import { describe, expect, test } from 'vitest'
import { configPage } from '../../../scripts/config-page.ts'
import { configJsonSchema, configKeys, type JsonSchema } from '../../../src/core/config/config-keys.ts'
import type { ConfigMap } from '../../../src/core/config/config-values.ts'
import { configSchemaText, SCHEMA_FILE_NAME, scaffoldConfig } from '../../../src/core/config/describe-config.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { readYaml } from '../../../src/core/config/read-yaml.ts'
import { BUILT_IN_INSTRUMENT } from '../../../src/core/market/simulated/simulated-feed.ts'

const ROOT = new URL('../../../', import.meta.url).pathname

describe('published pages', () => {
  test('docs/CONFIG.md is what the schema says (`npx vitest run test/core/config -u` writes it anew)', async () => {
    await expect(configPage()).toMatchFileSnapshot(`${ROOT}docs/CONFIG.md`)
  })

  test('docs/schema/dita.schema.json is what the schema says', async () => {
    await expect(configSchemaText()).toMatchFileSnapshot(`${ROOT}docs/schema/${SCHEMA_FILE_NAME}`)
  })
})

describe('the short scaffold', () => {
  test.each<[string, ConfigMap]>([
    ['paper', {}],
    ['a venue', { mode: 'demo', feed: { source: 'live' }, venue: { rest_url: 'http://127.0.0.1:1', stream_url: 'ws://127.0.0.1:1' } }],
    ['a breakout', { strategy: { name: 'breakout' } }],
    ['a strategy of your own', { strategy: { name: './mine.ts' } }],
  ])('for %s fits a screen or two, loads as what was chosen, and says where all else is', (_, chosen) => {
    const { yaml, schema } = scaffoldConfig(chosen)
    expect(yaml.split('\n').length).toBeLessThan(70)
    expect(yaml).toMatch(/^# yaml-language-server: \$schema=\.\/dita\.schema\.json\n/)
    for (const where of ['docs/CONFIG.md', '`dita config show`']) expect(yaml).toContain(where)
    expect(schema).toBe(scaffoldConfig({}, { full: true }).schema)
    const { path: _path, ...loaded } = loadConfig({ file: 'dita.yaml', text: yaml })
    const { path: _same, ...meant } = loadConfig({ file: 'dita.yaml', text: scaffoldConfig(chosen, { full: true }).yaml })
    expect(loaded).toEqual(meant)
  })

  test('holds what most people change as it is, and by examples what has no default worth reading', () => {
    const { yaml } = scaffoldConfig()
    expect(yaml).toMatch(/^ {2}max_session_loss: 500$/m)
    expect(yaml).toMatch(/^ {4}half_spread_bps: 1\.5$/m)
    expect(yaml.replace(/\n *# /g, ' ')).toMatch(/Else `json`, `slack`, `discord`, `ntfy`, `telegram`\.\n {2}#shape: ntfy/)
    expect(yaml).not.toMatch(/^ *(venue|breakout|engine|instrument):/m)
    // Each example is one that its key takes.
    const { notify, paper } = loadConfig({ file: 'dita.yaml', text: yaml.replace(/^( *)#([a-z_]+: )/gm, '$1$2') })
    expect([notify.shape, paper.account]).toEqual(['ntfy', 'desk'])
  })
})

describe('the full scaffold', () => {
  const { yaml, schema } = scaffoldConfig({}, { full: true })

  test('points editors at the schema beside it', () => {
    expect(yaml.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${SCHEMA_FILE_NAME}`)
    expect(JSON.parse(schema)).toMatchObject({ title: 'dita.yaml', type: 'object', additionalProperties: false })
  })

  test('loads as the built-in config', () => {
    const { path: _path, ...loaded } = loadConfig({ file: 'dita.yaml', text: yaml })
    const { path: _none, ...builtIn } = loadConfig({ file: null })
    expect(loaded).toEqual(builtIn)
  })

  test('shows every key, and loads as the built-in config with each of them brought back', () => {
    const everything = yaml.replace(/^( *)#( *[a-z_]+:)/gm, '$1$2')
    for (const key of configKeys())
      expect(everything).toMatch(new RegExp(`^${' '.repeat(2 * (key.path.length - 1))}${key.path.at(-1)}:`, 'm'))
    const { path: _path, instrument, ...loaded } = loadConfig({ file: 'dita.yaml', text: everything })
    const { path: _none, instrument: _inferred, ...builtIn } = loadConfig({ file: null })
    expect(loaded).toEqual(builtIn)
    // What an instrument must give is shown as the simulated market has it.
    const { minQuantity: _quantity, minNotional: _notional, ...builtInMarket } = BUILT_IN_INSTRUMENT
    expect(instrument).toMatchObject(builtInMarket)
  })

  test('a key that is brought back without its section is told of once, and where to look', () => {
    const text = yaml.replace('#  tick_size:', '  tick_size:')
    const line = text.split('\n').findIndex((each) => each.startsWith('  tick_size:')) + 1
    const above = text.split('\n').indexOf('#instrument:') + 1
    const { faults } = readYaml(text)
    expect(faults).toEqual([
      {
        code: 'NOT_YAML',
        path: [],
        place: { line, column: 3 },
        text: `\`tick_size\` stands under \`instrument:\`, which is a comment in line ${above}: remove the # there as well, and before all the keys of \`instrument\` that must be given.`,
      },
    ])
    // Anything else that is no YAML is told as before.
    expect(readYaml('feed: [\n').faults.map(({ text: words }) => words)).toEqual([expect.stringContaining('This is not valid YAML')])
  })
})

describe('the schema', () => {
  test('C01 every key has a description, and every number a bound on both sides', () => {
    const unbounded = (schema: JsonSchema): boolean =>
      (schema.type?.includes('number') ?? false) &&
      (schema.maximum === undefined || (schema.minimum ?? schema.exclusiveMinimum) === undefined)
    for (const key of configKeys()) {
      expect(key.description, key.path.join('.')).not.toBe('')
      expect(unbounded(key.schema), key.path.join('.')).toBe(false)
    }
  })

  test('C01 every key has a default, save those that an instrument must give', () => {
    const without = configKeys().filter((key) => !key.isSection && key.default === undefined)
    expect(without.map((key) => key.path.join('.'))).toEqual(
      ['symbol', 'kind', 'base', 'quote', 'tick_size', 'lot_size'].map((name) => `instrument.${name}`),
    )
    expect(without.every((key) => key.isRequired)).toBe(true)
  })

  test('tells editors that a section may be left empty and that numbers may be numbers', () => {
    const schema = configJsonSchema()
    expect(schema).toHaveProperty('properties.feed.type', ['object', 'null'])
    expect(schema).toMatchObject({
      properties: { risk: { properties: { max_exposure: { type: ['number', 'string'], default: 5000, minimum: 0 } } } },
    })
  })
})
