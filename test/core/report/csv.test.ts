import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { CSV_COLUMNS, CSV_NAMES, type CsvName, csvCell } from '../../../src/core/report/csv.ts'
import { exportFromStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
type Row = ReadonlyMap<string, string>

let view: SummaryView
let tables: Record<CsvName, Row[]>

beforeAll(async () => {
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'run', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(session, { seed: 4, ticks: 400 })
    session.halt('engine_requested_halt', '=HYPERLINK("http://evil","x"),\n"quoted"')
    const unpriced = new ScriptedSession(journal, 'unpriced', { capital: { RLUSD: '20000' } })
    makeMarket(unpriced, { seed: 6, ticks: 10 })
    makeMarket(unpriced, { seed: 7, ticks: 10, feeAsset: 'BNB' })
    unpriced.tick(null)
  })
  ;({ view, tables } = await exported('run'))
})
afterAll(() => folder.remove())

async function exported(session: string) {
  const texts = new Map<CsvName, string>()
  const view = await exportFromStore(path, session, (name, text) => void texts.set(name, (texts.get(name) ?? '') + text))
  const tables = Object.fromEntries(CSV_NAMES.map((name) => [name, rowsOf(texts.get(name) ?? '')]))
  return { view, tables: tables as Record<CsvName, Row[]> }
}

/** Another reading of RFC 4180: character by character. */
function rowsOf(text: string): Row[] {
  const rows: string[][] = [['']]
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const row = rows.at(-1) as string[]
    const character = text[at] as string
    if (isQuoted && character === '"' && text[at + 1] === '"') {
      row[row.length - 1] += '"'
      at += 1
    } else if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && character === ',') row.push('')
    else if (!isQuoted && character === '\r' && text[at + 1] === '\n') {
      rows.push([''])
      at += 1
    } else row[row.length - 1] += character
  }
  expect(rows.pop()).toEqual([''])
  const [head = [], ...body] = rows
  for (const row of body) expect(row).toHaveLength(head.length)
  return body.map((row) => new Map(head.map((name, column) => [name, row[column] as string])))
}

describe('a session as tables', () => {
  test('every file has its columns, whether or not it has rows', () => {
    for (const name of CSV_NAMES) {
      for (const row of tables[name].slice(0, 1)) expect([...row.keys()]).toEqual([...CSV_COLUMNS[name]])
    }
    expect(tables['trades.csv']).toEqual([])
  })

  test('fills and ticks are those of the store, each once, with every digit', () => {
    const database = new Database(path, { readonly: true })
    const last = view.journal.lastSeq
    const fills = database
      .prepare('SELECT seq, price, quantity, fee, realized_pnl FROM fills WHERE seq <= ? AND account_id = 1 ORDER BY seq')
      .all(last)
    const ticks = database
      .prepare('SELECT seq, mark, position FROM market_snapshots WHERE seq <= ? AND account_id = 1 ORDER BY seq')
      .all(last)
    database.close()
    expect(fills.length).toBeGreaterThan(200)
    const ofFills = tables['fills.csv'].map((row) => ({
      ...{ seq: Number(row.get('seq')), price: row.get('price'), quantity: row.get('quantity') },
      ...{ fee: row.get('fee'), realized_pnl: row.get('realizedPnl') },
    }))
    expect(ofFills).toEqual(fills)
    const ofTicks = tables['ticks.csv'].map((row) => ({
      seq: Number(row.get('seq')),
      mark: row.get('mark'),
      position: row.get('position'),
    }))
    expect(ofTicks).toEqual(ticks)
  })

  test('figures are every single one of the summary by its path', () => {
    const figures = new Map(tables['figures.csv'].map((row) => [row.get('figure'), row.get('value')]))
    expect(figures.get('pnl.net')).toBe(view.pnl.net)
    expect(figures.get('quoting.bid.histogram.0-2')).toBe(String(view.quoting.bid.histogram['0-2']))
    expect(figures.get('pnl.feesByAsset.RLUSD')).toBe(view.pnl.fees)
    expect(figures.get('returns.why')).toBe('')
    expect(figures.size).toBe(tables['figures.csv'].length)
    const [first, second] = view.quoting.markouts.horizons
    expect(figures.get('quoting.markouts.horizons.0.horizonUs')).toBe(String(first?.horizonUs))
    expect(figures.get('quoting.markouts.horizons.1.both.fills')).toBe(String(second?.both.fills))
    expect(figures.get('trades.list.0.slotId')).toBe(view.trades.list[0]?.slotId)
    expect(figures.size).toBe(figuresIn(JSON.parse(JSON.stringify(view))))
  })

  test('the attribution adds up to the result', () => {
    const parts = tables['attribution.csv'].filter((row) => row.get('scope') === 'session')
    const of = (name: string) => parts.find((row) => row.get('part') === name)?.get('amount')
    expect(of('result')).toBe(view.attribution.result)
    expect(of('residual')).toBe('0')
    expect(tables['attribution.csv'].filter((row) => row.get('scope') === 'liquidity').length).toBeGreaterThan(0)
  })

  test('equity ends with that of the summary, less the capital that was moved', () => {
    const last = tables['equity.csv'].at(-1)
    expect(tables['equity.csv'].length).toBeGreaterThan(200)
    expect(last?.get('equityLessFlows')).toBe(view.equity.end)
    expect(last?.get('asset')).toBe('RLUSD')
    expect(last?.get('time')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  })

  test('N04 there is no equity where it is not known', async () => {
    const { view, tables } = await exported('unpriced')
    expect(view.attribution.why).not.toBeNull()
    expect(tables['equity.csv']).toEqual([])
    expect(tables['ticks.csv']).toHaveLength(21)
    expect(tables['ticks.csv'].at(-1)?.get('mark')).toBe('')
  })

  test('V07 no text is a formula, and quotes, commas and lines stay within their cell', () => {
    const detail = tables['figures.csv'].find((row) => row.get('figure') === 'haltDetail')
    expect(detail?.get('value')).toBe('\'=HYPERLINK("http://evil","x"),\n"quoted"')
  })

  test('the summary beside it is the one of any other report', async () => {
    expect(view).toEqual(await summarizeFromStore(path, 'run'))
  })
})

describe('a cell', () => {
  test.each([
    [null, ''],
    ['-12.5', '-12.5'],
    [-7, '-7'],
    [false, 'false'],
    ['', ''],
    ['=1+1', "'=1+1"],
    ['+1 up', "'+1 up"],
    ['-1-1', "'-1-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['a=b', 'a=b'],
    ['1e5', '1e5'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
  ])('%j is %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell)
  })

  test('of a decimal holds all its digits', () => {
    expect(csvCell(dec('-0.000000000000000001'))).toBe('-0.000000000000000001')
  })
})

function figuresIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((count: number, held) => count + figuresIn(held), 0)
}
