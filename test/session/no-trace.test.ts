// What a session keeps of itself when nobody has asked for more: its facts and what follows from them, and a few lines of log.

import { expect, test } from 'vitest'
import { MINUTE_US, query, type RanSession, runPaper, summaryOf } from './harness.ts'

const MARKET_MAKER = { mode: 'paper', strategy: { name: 'market_maker' } }

/** How many rows each table has that no fact of the journal stands behind, and how many in all. */
function rowsOf({ storePath }: RanSession): { readonly beside: Record<string, number>; readonly all: number } {
  const tables = query<{ name: string }>(storePath, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
  let all = 0
  const beside: Record<string, number> = {}
  for (const { name } of tables) {
    const [total] = query<{ count: number }>(storePath, `SELECT count(*) AS count FROM "${name}"`)
    all += total?.count ?? 0
    const hasSeq = query<{ name: string }>(storePath, `SELECT name FROM pragma_table_info('${name}')`).some(
      (column) => column.name === 'seq',
    )
    if (!hasSeq) beside[name] = total?.count ?? 0
    else {
      const strangers = `SELECT count(*) AS count FROM "${name}" WHERE seq NOT IN (SELECT seq FROM journal)`
      expect(query(storePath, strangers), name).toEqual([{ count: 0 }])
    }
  }
  return { beside, all }
}

test('L08 nothing is traced unless it is asked for: neither log nor store grows by what the feed brings', async () => {
  const quiet = { config: { ...MARKET_MAKER, feed: { simulated: { events_per_second: 5 } } }, durationUs: 5 * MINUTE_US }
  const loud = { ...quiet, config: { ...MARKET_MAKER, feed: { simulated: { events_per_second: 200 } } } }
  const [few, many] = [await runPaper(quiet), await runPaper(loud)]
  const [fewFeed, manyFeed] = [(await summaryOf(few)).feed, (await summaryOf(many)).feed]
  expect(manyFeed.events).toBeGreaterThan(10 * (fewFeed.events ?? Number.NaN))

  expect(many.log.map(({ event }) => event)).toEqual(few.log.map(({ event }) => event))
  const { orders: _few, quotes: _fewQuotes, ...fewBeside } = rowsOf(few).beside
  const { orders: _many, quotes: _manyQuotes, ...manyBeside } = rowsOf(many).beside
  expect(manyBeside).toEqual(fewBeside)
  expect(rowsOf(many).all).toBeLessThan(manyFeed.events ?? 0)
})
