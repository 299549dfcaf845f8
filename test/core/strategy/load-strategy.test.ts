// Strategies by name and by file, and every way in which a file can be wrong.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { DitaError } from '../../../src/core/errors.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { loadStrategy } from '../../../src/core/strategy/load-strategy.ts'
import type { Strategy } from '../../../src/core/strategy/port.ts'
import { LINEAR, marketOf, portfolioOf, SPOT } from './fixtures.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const SETTINGS = loadConfig({ file: null })
const SETUP = { instrument: LINEAR, tickIntervalUs: 1_000_000, params: {} }
const CONTEXT = { market: marketOf({ bid: '19999.9', ask: '20000.1' }), portfolio: portfolioOf() }

let folder: string
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dita-strategy-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function written(source: string, extension = 'ts'): string {
  count += 1
  const path = join(folder, `strategy-${count}.${extension}`)
  writeFileSync(path, source)
  return path
}

async function started(source: string, extension = 'ts'): Promise<Strategy> {
  const start = await loadStrategy(written(source, extension), SETTINGS)
  return start(SETUP)
}

async function errorOf(attempt: () => unknown): Promise<DitaError> {
  try {
    await attempt()
  } catch (error) {
    if (!(error instanceof DitaError)) throw error
    expect(error).toMatchObject({ fault: 'user', exitCode: 4 })
    expect(error.next).not.toBe('')
    return error
  }
  throw new Error('nothing was refused')
}

describe('the built-in strategies', () => {
  test('market_maker quotes with what the config says', async () => {
    const start = await loadStrategy('market_maker', SETTINGS)
    const strategy = start(SETUP)
    expect(strategy).toMatchObject({ name: 'market_maker', slotIds: [] })
    expect(strategy.onTick(CONTEXT)).toMatchObject([{ type: 'QUOTE', bid: { price: dec('19997') }, ask: { price: dec('20003') } }])
  })

  test('S04 market_maker takes both thresholds from the config', async () => {
    const away = { ...CONTEXT, market: marketOf({ bid: '19999.9', ask: '20000.1', mark: '20005' }) }
    const quotesWith = async (text: string) => {
      const start = await loadStrategy('market_maker', loadConfig({ file: 'dita.yaml', text }))
      return start(SETUP).onTick(away)
    }
    expect(await quotesWith('strategy: { clob_switch_threshold_bps: 2 }')).toMatchObject([{ ask: { price: dec('20003') } }])
    expect(await quotesWith('strategy: { clob_switch_threshold_bps: 3 }')).toMatchObject([{ ask: { price: dec('20008.1') } }])
    expect(await quotesWith('strategy: { clob_switch_threshold_bps: 0, anchor_max_divergence_bps: 2 }')).toMatchObject([
      { bid: null, ask: null },
    ])
  })

  test('breakout trades through its slot', async () => {
    const start = await loadStrategy('breakout', SETTINGS)
    const strategy = start(SETUP)
    expect(strategy).toMatchObject({ name: 'breakout', slotIds: ['breakout'] })
    expect(strategy.onTick(CONTEXT)).toEqual([])
  })
})

describe("a user's own", () => {
  test.each(['ts', 'js', 'mts', 'mjs'])('is loaded from a .%s file, with types, parameters and decimals', async (extension) => {
    const annotation = extension.endsWith('ts') ? ': { price: bigint }' : ''
    const types = extension.endsWith('ts') ? "import type { StrategySetup } from 'dita'\n" : ''
    const path = written(
      `${types}export default ({ instrument, params, decimal }) => {
        const quote${annotation} = { price: decimal.dec(params.price) }
        return { name: 'mine', slotIds: ['a', 'b-2'], onTick: () => [{ type: 'QUOTE', instrument: instrument.symbol, bid: { price: quote.price, quantity: quote.price }, ask: null, postOnly: true }] }
      }`,
      extension,
    )
    const start = await loadStrategy(path, SETTINGS)
    const strategy = start({ ...SETUP, params: { price: '1.10' } })
    expect(strategy).toMatchObject({ name: 'mine', slotIds: ['a', 'b-2'] })
    expect(strategy.onTick(CONTEXT)).toMatchObject([{ type: 'QUOTE', instrument: LINEAR.symbol, bid: { price: dec('1.1') } }])
  })

  test('keeps its own this', async () => {
    const source = `class Mine { name = 'mine'; slotIds = []; ticks = 0
      onTick() { this.ticks += 1; return [{ type: 'CANCEL', target: { kind: 'entry', slotId: String(this.ticks) } }] } }
      export default () => new Mine()`
    const strategy = await started(source)
    strategy.onTick(CONTEXT)
    expect(strategy.onTick(CONTEXT)).toMatchObject([{ target: { slotId: '2' } }])
  })

  test('L07 a file that is not there is refused when it is loaded', async () => {
    expect((await errorOf(() => loadStrategy(join(folder, 'none.ts'), SETTINGS))).code).toBe('STRATEGY_MISSING')
    expect((await errorOf(() => loadStrategy(folder, SETTINGS))).code).toBe('STRATEGY_MISSING')
    expect((await errorOf(() => loadStrategy('momentum', SETTINGS))).message).toContain('There is no strategy named momentum')
  })

  test.each(['UPPER', '../up', 'a/b', 'a.b', 'a b', '', '-a', 'a'.repeat(33), 'é', 'a\n'])(
    'V06 the slot id %j is refused',
    async (slotId) => {
      const source = `export default () => ({ name: 'a', slotIds: ['ok', ${JSON.stringify(slotId)}], onTick() { return [] } })`
      expect((await errorOf(() => started(source))).code).toBe('STRATEGY_INVALID')
    },
  )

  test.each([
    ['a syntax error', 'export default (', 'STRATEGY_UNREADABLE', 'cannot be loaded'],
    ['an error while loading', "throw new Error('no good')", 'STRATEGY_UNREADABLE', 'no good'],
    ['a file that throws nothing while loading', 'throw undefined', 'STRATEGY_UNREADABLE', 'cannot be loaded: undefined'],
    ['no default export', 'export const strategy = 1', 'STRATEGY_INVALID', 'exports nothing by default'],
    ['a default that is no function', 'export default { name: 1 }', 'STRATEGY_INVALID', 'exports an object by default'],
    [
      'a factory that throws',
      "export default () => { throw new Error('bad params') }",
      'STRATEGY_FAILED',
      'failed when it was set up: bad params',
    ],
    ['a factory that gives nothing', 'export default () => undefined', 'STRATEGY_INVALID', 'is nothing, not an object'],
    ['no name', 'export default () => ({ slotIds: [], onTick() { return [] } })', 'STRATEGY_INVALID', 'has no `name`'],
    [
      'a name with control characters',
      "export default () => ({ name: 'a\\u001b', slotIds: [], onTick() { return [] } })",
      'STRATEGY_INVALID',
      'has no `name`',
    ],
    ['no slot ids', "export default () => ({ name: 'a', onTick() { return [] } })", 'STRATEGY_INVALID', 'has no list `slotIds`'],
    [
      'a wrong slot id',
      "export default () => ({ name: 'a', slotIds: ['A b'], onTick() { return [] } })",
      'STRATEGY_INVALID',
      'has the slot id "A b"',
    ],
    [
      'a slot id twice',
      "export default () => ({ name: 'a', slotIds: ['a', 'a'], onTick() { return [] } })",
      'STRATEGY_INVALID',
      'has the slot id a twice',
    ],
    [
      'more slots than there may be',
      "export default () => ({ name: 'a', slotIds: Array.from({ length: 65 }, (_, i) => 's' + i), onTick() { return [] } })",
      'STRATEGY_INVALID',
      'has more than 64 slots',
    ],
    [
      'a slot id that no text can be made of',
      "export default () => ({ name: 'a', slotIds: [Object.create(null)], onTick() { return [] } })",
      'STRATEGY_INVALID',
      'has the slot id an object',
    ],
    [
      'a field that throws when it is read',
      "export default () => ({ get name() { throw new Error('trap') } })",
      'STRATEGY_FAILED',
      'failed when it was set up: trap',
    ],
    [
      'a factory that throws what will not say where',
      "export default () => { throw Object.defineProperty(new Error('no'), 'stack', { get() { throw 1 } }) }",
      'STRATEGY_FAILED',
      'failed when it was set up: no.',
    ],
    [
      'a factory that throws what has no text',
      'export default () => { throw Object.create(null) }',
      'STRATEGY_FAILED',
      'failed when it was set up: an object that has no text',
    ],
    [
      'a factory that writes to its setup',
      'export default ({ params }) => { params.price = 1 }',
      'STRATEGY_FAILED',
      'failed when it was set up: Cannot add property price',
    ],
    ['no onTick', "export default () => ({ name: 'a', slotIds: [] })", 'STRATEGY_INVALID', 'has no function `onTick`'],
  ])('L07 %s is refused before the session begins', async (_what, source, code, complaint) => {
    const error = await errorOf(() => started(source, 'js'))
    expect(error.code).toBe(code)
    expect(error.message).toContain(complaint)
    expect(error.message).not.toContain('\n')
  })

  test('an error in onTick names the strategy and the line', async () => {
    const source = "export default () => ({\n  name: 'mine',\n  slotIds: [],\n  onTick() {\n    throw new Error('boom')\n  },\n})"
    const strategy = await started(source, 'js')
    const error = await errorOf(() => strategy.onTick(CONTEXT))
    expect(error.code).toBe('STRATEGY_FAILED')
    expect(error.message).toMatch(/^The strategy mine failed in onTick: boom \(strategy-\d+\.js:5:\d+\)\.$/)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('its slots are the list that was checked, however the list may iterate or change', async () => {
    const strategy = await started(
      "const slotIds = ['a']; slotIds[Symbol.iterator] = function* () { for (;;) yield 'B' }; export default () => ({ name: 'mine', slotIds, onTick() { slotIds.push('b'); return [] } })",
      'js',
    )
    strategy.onTick(CONTEXT)
    expect(strategy.slotIds).toEqual(['a'])
  })

  test('what it returns is checked, and a trap in it is its own failure', async () => {
    const half = await started(
      "export default () => ({ name: 'mine', slotIds: [], onTick: () => [{ type: 'QUOTE', instrument: 'X', bid: null }] })",
    )
    expect((await errorOf(() => half.onTick(CONTEXT))).message).toContain('intent 0, ask must be an object, but is missing')
    const later = await started("export default () => ({ name: 'mine', slotIds: [], onTick: async () => [] })")
    expect((await errorOf(() => later.onTick(CONTEXT))).message).toContain('gave a promise')
    const trap = await started(
      "export default () => ({ name: 'mine', slotIds: [], onTick: () => [{ get type() { throw new Error('trap') } }] })",
    )
    expect((await errorOf(() => trap.onTick(CONTEXT))).code).toBe('STRATEGY_FAILED')
  })

  test('runs in plain Node, from a folder without a package, with types stripped', () => {
    const lonely = mkdtempSync(join(tmpdir(), 'dita-lonely-'))
    try {
      const path = join(lonely, 'mine.ts')
      writeFileSync(
        path,
        "import type { Strategy } from 'dita'\nexport default (): Strategy => ({ name: 'mine', slotIds: [], onTick: () => [] })\n",
      )
      const script = `
        const { loadStrategy } = await import(${JSON.stringify(`${ROOT}src/core/strategy/load-strategy.ts`)})
        const start = await loadStrategy(${JSON.stringify(path)}, {})
        const strategy = start({ instrument: {}, tickIntervalUs: 1, params: {} })
        process.stdout.write(JSON.stringify([strategy.name, strategy.onTick({})]))`
      const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      expect(JSON.parse(output)).toEqual(['mine', []])
    } finally {
      rmSync(lonely, { recursive: true, force: true })
    }
  })
})

describe('examples/my-strategy.ts', () => {
  const config = loadConfig({ file: `${ROOT}examples/dita.yaml` })

  async function example(): Promise<Strategy> {
    const start = await loadStrategy(config.strategy.name, config)
    return start({ instrument: SPOT, tickIntervalUs: 1_000_000, params: config.strategy.params })
  }

  test('is what examples/dita.yaml runs', async () => {
    expect(config.strategy.name).toBe(`${ROOT}examples/my-strategy.ts`)
    expect((await example()).name).toBe('buy_the_dip')
  })

  test('waits, bids in a dip, and offers what it holds at a gain', async () => {
    const strategy = await example()
    const calm = marketOf({ bid: '1.9999', ask: '2.0001' })
    const dip = marketOf({ bid: '1.9899', ask: '1.9901' })
    expect(strategy.onTick({ market: marketOf({}), portfolio: portfolioOf() })).toEqual([])
    expect(strategy.onTick({ market: calm, portfolio: portfolioOf() })).toMatchObject([{ type: 'QUOTE', bid: null, ask: null }])
    expect(strategy.onTick({ market: dip, portfolio: portfolioOf() })).toMatchObject([
      { bid: { price: dec('1.9899'), quantity: dec('25.1') }, ask: null },
    ])
    const holding = portfolioOf({ held: '25.1' })
    const portfolio = { ...holding, position: { ...holding.position, cost: dec('49.94649') } }
    expect(strategy.onTick({ market: dip, portfolio })).toMatchObject([{ ask: { price: dec('1.9907'), quantity: dec('25.1') } }])
  })
})
