import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ComparisonView, compareSummaries } from '../../../src/core/report/compare.ts'
import { compareFromStore } from '../../../src/core/report/open-report.ts'
import { renderComparison } from '../../../src/core/report/summary-text.ts'
import { LINEAR, makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
let alike: ComparisonView
let unlike: ComparisonView

beforeAll(async () => {
  await writeStore(path, (journal) => {
    for (const [id, seed] of [
      ['one', 4],
      ['two', 5],
    ] as const) {
      const session = new ScriptedSession(journal, id, { capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(session, { seed, ticks: 40 + seed })
      session.halt('duration_elapsed')
    }
    const other = new ScriptedSession(journal, 'other', { instrument: LINEAR, capital: { USDT: '9000' } })
    makeMarket(other, { seed: 6, ticks: 30 })
  })
  alike = await compareFromStore(path, 'one', 'two')
  unlike = await compareFromStore(path, 'one', 'other')
})
afterAll(() => folder.remove())

function figureOf(view: ComparisonView, name: string) {
  const found = view.groups.flatMap(({ figures }) => figures).find((figure) => figure.name === name)
  if (found === undefined) throw new Error(`no figure ${name}`)
  return found
}

describe('two sessions side by side', () => {
  test('each figure is the one of its summary, the difference first less second to the last digit', () => {
    const net = figureOf(alike, 'net of fees')
    expect(net).toMatchObject({ unit: 'RLUSD', first: alike.first.pnl.net, second: alike.second.pnl.net })
    const scaled = (text: unknown): bigint => {
      const [whole = '', fraction = ''] = String(text).split('.')
      return BigInt(whole + fraction.padEnd(18, '0'))
    }
    expect(String(net.first)).toMatch(/\.\d{7,}$/)
    expect(scaled(net.difference)).toBe(scaled(net.first) - scaled(net.second))
    const fills = figureOf(alike, 'fills')
    expect(fills.difference).toBe(alike.first.fills.count - alike.second.fills.count)
    expect(fills.difference).not.toBe(0)
  })

  test('above them stands which is subtracted from which', () => {
    expect(renderComparison(alike)).toContain('Each difference is one less two.')
    expect(renderComparison({ ...alike, second: alike.first })).not.toContain('Each difference')
  })

  test('a session against itself differs in nothing', () => {
    const { groups } = compareSummaries(alike.first, alike.first)
    const differences = groups
      .flatMap(({ figures }) => figures.map(({ difference }) => difference))
      .filter((difference) => difference !== null)
    expect(differences.length).toBeGreaterThan(20)
    for (const difference of differences) expect(String(difference)).toBe('0')
  })

  test('money in different assets has no difference and no unit', () => {
    expect(figureOf(unlike, 'net of fees')).toMatchObject({ unit: null, difference: null })
    expect(figureOf(unlike, 'bought')).toMatchObject({ unit: null, difference: null })
    expect(figureOf(unlike, 'fills').difference).toBe(unlike.first.fills.count - unlike.second.fills.count)
  })

  test('what neither of them has is left out; what one of them lacks is shown without a difference', () => {
    expect(alike.groups.flatMap(({ figures }) => figures).map(({ name }) => name)).not.toContain('win rate')
    expect(figureOf(unlike, 'ended by')).toMatchObject({ first: 'duration_elapsed', second: null, difference: null })
  })

  test('as text it names both, fits the width, and shows the differences signed', () => {
    const text = renderComparison(alike, { width: 80 })
    expect(text).toMatch(/^Session one: .*\nSession two: /)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    const fills = alike.first.fills.count - alike.second.fills.count
    expect(text).toMatch(new RegExp(`fills +${alike.first.fills.count} +${alike.second.fills.count} +${fills > 0 ? '\\+' : ''}${fills}\\b`))
  })

  test('shares have two decimals and returns four, as in the summaries themselves', () => {
    const quoting = { ...alike.first.quoting, upTime: { ...alike.first.quoting.upTime, twoSidedPercent: '94.123456' } }
    const text = renderComparison(compareSummaries({ ...alike.first, quoting }, alike.second))
    expect(text).toMatch(/two-sided +94\.12% +0\.00% +\+94\.12%/)
    const returns = /time-weighted return +[+-](\d+\.\d+)% +[+-](\d+\.\d+)% /.exec(text)?.slice(1) ?? []
    expect(returns.map(Number)).toEqual(
      [alike.first, alike.second].map(({ returns: { timeWeightedPercent } }) => Math.abs(Number(Number(timeWeightedPercent).toFixed(4)))),
    )
  })

  test('one and the same session twice is said to be that', async () => {
    const text = renderComparison(await compareFromStore(path, 'one', 'one'))
    expect(text).toMatch(/^Session one: .*\nIt is compared with itself: /)
    expect(renderComparison(alike)).not.toContain('itself')
  })

  test('an unknown one is refused as everywhere', async () => {
    await expect(compareFromStore(path, 'one', 'three')).rejects.toMatchObject({ code: 'UNKNOWN_SESSION', exitCode: 2 })
  })
})
