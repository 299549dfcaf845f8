// docs/STRATEGIES.md, held to what it describes: every field, intent and decimal function has its row, and what it shows is run.

import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as decimal from '../../src/core/kernel/decimal.ts'
import { DENIALS } from '../../src/core/kernel/denials.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { CancelIntent, EnterIntent, ExitIntent } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { flatPosition, idleSlot, newLeg, newOrder } from '../../src/core/kernel/state.ts'
import type { MarketView } from '../../src/core/market/view.ts'
import { BUILT_IN_STRATEGIES } from '../../src/core/names.ts'
import type { PortfolioView, Strategy, StrategyControlIntent, StrategyIntent, StrategySetup } from '../../src/core/strategy/port.ts'
import { Scene } from '../errors/scene.ts'
import { MINUTE_US, query, queryOne, type RanSession, runPaper } from '../session/harness.ts'
import { Recording } from '../session/recordings.ts'
import { commandsIn } from './command-lines.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/STRATEGIES.md'), 'utf8')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

const blockOf = (page: string, language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? ''

/** The rows of the first table that begins with these heads, below a heading, as cells. */
function rowsBelow(heading: string, head: string): string[][] {
  const section = PAGE.split(`\n${heading}\n`)[1]?.split(/\n#{2,3} /)[0] ?? ''
  const [, table = ''] = section.split(`\n| ${head} |`)
  const lines = table.split('\n').slice(2)
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(0, end).map((line) => line.slice(2, -1).trim().split(/ ?\| /))
}

/** The names in the backticks of a cell, without what they are called with. */
const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`(]+)(?:\([^`]*)?`/g)].map(([, name = '']) => name)
const namesBelow = (heading: string, head: string): string[] =>
  rowsBelow(heading, head)
    .flatMap(([cell]) => namesIn(cell))
    .sort()

const within = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}${name}`)

// What exists as a type alone: a field that is missing here does not compile.
const SETUP = { instrument: 0, tickIntervalUs: 0, params: 0, decimal: 0 } satisfies Record<keyof StrategySetup, 0>
const INSTRUMENT = {
  symbol: 0,
  kind: 0,
  base: 0,
  quote: 0,
  settle: 0,
  tickSize: 0,
  lotSize: 0,
  minQuantity: 0,
  maxQuantity: 0,
  minNotional: 0,
  maxLeverage: 0,
} satisfies Record<keyof Instrument, 0>
const MARKET = {
  timeUs: 0,
  bid: 0,
  ask: 0,
  mid: 0,
  mark: 0,
  lastTrade: 0,
  tradedValue: 0,
  tradedSize: 0,
  bids: 0,
  asks: 0,
} satisfies Record<keyof MarketView, 0>
const PORTFOLIO = { position: 0, balance: 0, trading: 0, slots: 0, liveOrders: 0 } satisfies Record<keyof PortfolioView, 0>
const STRATEGY = { name: 0, slotIds: 0, onTick: 0, figures: 0 } satisfies Record<keyof Strategy, 0>
const REQUEST = {
  clientOrderId: 0,
  instrument: 0,
  side: 0,
  positionSide: 0,
  orderType: 0,
  price: 0,
  quantity: 0,
  timeInForce: 0,
  postOnly: 0,
  reduceOnly: 0,
  validUntilUs: 0,
  role: 0,
  slotId: 0,
  trade: 0,
  leg: 0,
  intentSeq: 0,
  attempt: 0,
} satisfies Record<keyof OrderRequest, 0>

type FieldsOf<Type extends StrategyIntent['type']> = Exclude<keyof Extract<StrategyIntent, { type: Type }>, 'type'>
const TERMS = { orderType: 0, price: 0, timeInForce: 0, postOnly: 0 } as const
const INTENTS = {
  ENTER: { slotId: 0, instrument: 0, side: 0, quantity: 0, ...TERMS, leverage: 0, reduceOnly: 0, exitRatios: 0 },
  EXIT: { slotId: 0, scope: 0, ...TERMS, reason: 0 },
  EXIT_RESIDUAL: { slotId: 0, reason: 0 },
  QUOTE: { instrument: 0, bid: 0, ask: 0, postOnly: 0 },
  CANCEL: { target: 0 },
  CONTROL: { action: 0, reason: 0 },
} satisfies { [Type in StrategyIntent['type']]: Record<FieldsOf<Type>, 0> }

/** The words that a field of an intent can hold. */
const WORDS = {
  side: { buy: 0, sell: 0 } satisfies Record<EnterIntent['side'], 0>,
  orderType: { limit: 0, market: 0 } satisfies Record<EnterIntent['orderType'], 0>,
  timeInForce: { gtc: 0, ioc: 0, fok: 0 } satisfies Record<EnterIntent['timeInForce'], 0>,
  scope: { leg: 0, rest: 0 } satisfies Record<ExitIntent['scope'], 0>,
  target: { order: 0, entry: 0, exit: 0, instrument: 0 } satisfies Record<CancelIntent['target']['kind'], 0>,
  action: { pause: 0, reduce_only: 0, halt: 0 } satisfies Record<StrategyControlIntent['action'], 0>,
}

const keys = (record: object): string[] => Object.keys(record)

describe('a row for every field, and for nothing else', () => {
  const position = flatPosition('XRP/RLUSD', 'net')
  const order = newOrder({} as OrderRequest, 0)
  const TABLES: readonly (readonly [heading: string, head: string, fields: readonly string[]])[] = [
    ['## The life of a strategy', 'field', keys(STRATEGY)],
    ['### `setup`', 'field | unit', [...keys(SETUP), ...within('instrument.', keys(INSTRUMENT))]],
    ['### `market`', 'field | unit', keys(MARKET)],
    ['### `portfolio`', 'field | unit', [...keys(PORTFOLIO), ...within('position.', keys(position))]],
    ['### A slot', 'field | unit', [...keys(idleSlot('a', 0)), ...within('legs[].', keys(newLeg(0, decimal.ONE)))]],
    ['### An order', 'field | unit', [...keys(order), ...within('request.', keys(REQUEST))]],
    ['## What it may want', 'intent', keys(INTENTS)],
    ['## Decimals', 'function', keys(decimal)],
    ['## The built-in ones', '`strategy.name`', BUILT_IN_STRATEGIES],
  ]
  test.each(TABLES)('%s', (heading, head, fields) => {
    expect(namesBelow(heading, head)).toEqual([...fields].sort())
  })

  test.each(Object.entries(INTENTS))('%s has the fields that its rows say', (type, fields) => {
    const said = rowsBelow('## What it may want', 'field').flatMap(([cell, of]) => (namesIn(of).includes(type) ? namesIn(cell) : []))
    expect(said.sort()).toEqual(['type', ...keys(fields)].sort())
  })

  test.each(Object.entries(WORDS))('the row of %s says each of its words', (field, words) => {
    const [[, , says = ''] = []] = rowsBelow('## What it may want', 'field').filter(([cell]) => cell === `\`${field}\``)
    const word = (name: string): RegExp => new RegExp(`\`${name}\`|kind: '${name}'`)
    expect(keys(words).filter((name) => !word(name).test(says))).toEqual([])
  })

  test('every denial that it names is one', () => {
    const codes =
      PAGE.split('\n## What it may want\n')[1]
        ?.split('\n## ')[0]
        ?.match(/`[A-Z]+_[A-Z_]+`/g) ?? []
    expect(codes.length).toBeGreaterThan(15)
    const known = [...keys(DENIALS), ...keys(INTENTS)].map((code) => `\`${code}\``)
    expect(codes.filter((code) => !known.includes(code))).toEqual([])
  })
})

test('every example of a decimal gives what stands beside it', async () => {
  const examples = rowsBelow('## Decimals', 'function').map(([, , cell = '']) => /^`(.+)` → `(.+)`$/.exec(cell)?.slice(1) ?? [cell])
  const names = keys(decimal).join(', ')
  const file = new Scene().file('examples.mjs', `export const results = ({ ${names} }) => [${examples.map(([call]) => call).join(',\n')}]`)
  const { results } = (await import(pathToFileURL(file).href)) as { results: (decimals: typeof decimal) => unknown[] }
  const given = results(decimal).map((value) =>
    typeof value === 'bigint' ? decimal.formatDecimal(value as decimal.Decimal) : String(value),
  )
  expect(given).toEqual(examples.map(([, result]) => result))
})

/** What a session with a strategy of these lines comes to. */
function played(scene: Scene, text: string, durationUs = MINUTE_US): Promise<RanSession> {
  return runPaper({ strategy: scene.file('mine.ts', text), seed: 7, durationUs })
}
const denialsOf = ({ storePath }: RanSession): string[] =>
  query<{ code: string }>(storePath, 'SELECT DISTINCT code FROM denials').map(({ code }) => code)

test('the strategy of the page enters, leaves leg by leg and by its stop, and nothing is denied', async () => {
  const session = await played(new Scene(), blockOf(PAGE, 'ts'), 15 * MINUTE_US)
  expect(session.outcome).toMatchObject({ exitCode: 0, halt: { reason: 'duration_elapsed' } })
  expect(denialsOf(session)).toEqual([])
  const reasons = query<{ reason: string }>(
    session.storePath,
    'SELECT DISTINCT reason FROM exit_legs WHERE reason IS NOT NULL ORDER BY reason',
  )
  expect(reasons.map(({ reason }) => reason)).toEqual(['stop', 'target'])
  expect(queryOne<{ most: number }>(session.storePath, "SELECT max(leg) AS most FROM exit_legs WHERE reason = 'target'").most).toBe(1)
})

test('every command of the rehearsal works', { timeout: 120_000 }, async () => {
  const scene = new Scene()
  copyFileSync(new Recording().calm(0, 90, '2.0000', '2.0001').write(), scene.path('recording.jsonl.gz'))
  scene.file('mine.ts', blockOf(PAGE, 'ts'))
  scene.config({ strategy: { name: './mine.ts', params: { order_notional: 200 } } })
  const lines = commandsIn(blockOf(PAGE, 'sh'))
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(await scene.run(`dita ${line.replace('30m', '2m')}`), line).toBe(0)
})

describe('a first mistake', () => {
  const mistakes = rowsBelow('## Decimals', 'of | written').map(([of = '', ...cells]) => {
    const [written = '', outcome = '', right = ''] = cells.map((cell) => cell.replaceAll('`', ''))
    return { of, written, outcome, right }
  })
  /** Quotes one bid: at this price where that is the matter, or else of this quantity. */
  const bidder = (of: string, expression: string): string => `
    import type { Intent, Strategy, StrategyContext, StrategySetup } from 'dita'
    export default function bidder({ instrument, decimal }: StrategySetup): Strategy {
      const { dec, div, floorToStep, mul, sub } = decimal
      void [div, floorToStep, mul, sub]
      return {
        name: 'bidder',
        slotIds: [],
        onTick({ market }: StrategyContext): Intent[] {
          if (market.bid === null) return []
          const bid = {
            price: ${of === 'price' ? expression : 'market.bid.price'},
            quantity: ${of === 'quantity' ? expression : "dec('10')"},
          }
          return [{ type: 'QUOTE', instrument: instrument.symbol, bid, ask: null, postOnly: true }]
        },
      }
    }`

  test.each(mistakes)('$written: $outcome', async ({ of, written, outcome, right }) => {
    const scene = new Scene()
    const wrong = await played(scene, bidder(of, written))
    expect([...denialsOf(wrong), wrong.outcome.halt.detail ?? ''].join(' ')).toContain(outcome)
    const mended = await runPaper({ strategy: scene.file('mended.ts', bidder(of, right)), seed: 7, durationUs: MINUTE_US })
    expect(mended.outcome.exitCode).toBe(0)
    expect(denialsOf(mended)).toEqual([])
  })

  test('is told by the types, unless it is only off tick or lot', () => {
    const files = mistakes.flatMap(({ of, written, right }, index) => [
      [`wrong-${index}.ts`, bidder(of, written)],
      [`right-${index}.ts`, bidder(of, right)],
    ])
    const told = mistakes.flatMap(({ outcome }, index) => (/_OFF_/.test(outcome) ? [] : [`wrong-${index}.ts`]))
    expect(told.length).toBeGreaterThan(3)
    expect(filesOf(complaintsIn(deskWith(Object.fromEntries(files))))).toEqual(told)
  })
})

/** A folder outside the checkout, with the tsconfig.json of the page: the checkout is where this one is. */
function deskWith(files: Readonly<Record<string, string>>): Scene {
  const desk = new Scene()
  desk.file('tsconfig.json', blockOf(PAGE, 'json').replace('/home/me/dita/', ROOT))
  for (const [name, text] of Object.entries(files)) writeFileSync(desk.path(name), text)
  return desk
}

/** What the project's own tsc says there, a line for each. */
function complaintsIn({ folder }: Scene): string[] {
  try {
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    return []
  } catch (thrown) {
    return (thrown as { readonly stdout: string }).stdout.split('\n').filter((line) => line.includes('error TS'))
  }
}

const filesOf = (complaints: readonly string[]): string[] => [...new Set(complaints.map((line) => line.split('(')[0] as string))].sort()

test('in a desk outside the checkout the types are found: for the strategies of the pages, and for the examples', () => {
  const names = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.ts'))
  const examples = Object.fromEntries(names.map((name) => [name, readFileSync(join(ROOT, 'examples', name), 'utf8')]))
  const desk = deskWith({ ...examples, 'of-page.ts': blockOf(PAGE, 'ts'), 'of-readme.ts': blockOf(README, 'ts') })
  expect(complaintsIn(desk)).toEqual([])
  desk.file('with-enum.ts', 'export enum Side { buy }\n')
  desk.file('imports.ts', "import { Strategy } from 'dita'\nexport const none: Strategy | null = null\n")
  expect(filesOf(complaintsIn(desk))).toEqual(['imports.ts', 'with-enum.ts'])
})
