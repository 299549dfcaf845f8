// The shares of quotes near the touch, as the SQL query gives them that docs/METRICS.md prints, and as a summary has them.

import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { QuotingSideSummary, QuotingSummary } from '../../../src/core/report/quoting-view.ts'

type Row = Readonly<Record<string, string | number | null>>

/** One row a side that was quoted. */
export function sharesBySql(storePath: string, sessionId: string): Record<string, string>[] {
  const page = readFileSync(new URL('../../../docs/METRICS.md', import.meta.url), 'utf8')
  const query = /```sql\n(-- S03[\s\S]*?)```/.exec(page)?.[1]
  if (query === undefined) throw new Error('docs/METRICS.md prints no query for S03')
  const database = new Database(storePath, { readonly: true })
  try {
    return database.prepare<{ session: string }, Row>(query).all({ session: sessionId }).map(comparable)
  } finally {
    database.close()
  }
}

export function sharesOf(quoting: Pick<QuotingSummary, 'bid' | 'ask'>): Record<string, string>[] {
  const sides = (['ask', 'bid'] as const).filter((side) => quoting[side].quotedTicks > 0)
  return sides.map((side) => comparable({ side, ...asRow(quoting[side]) }))
}

/** The columns of the query as the summary has them. */
function asRow(side: QuotingSideSummary): Row {
  return {
    quoted: side.quotedTicks,
    within_2: side.withinTwoBpsTicks,
    within_2_percent: side.withinTwoBpsPercent,
    within_2_percent_of_quoted: side.withinTwoBpsPercentOfQuoted,
    mean: side.meanBps,
    median: side.medianBps,
    '0-2': side.histogram['0-2'],
    '2-5': side.histogram['2-5'],
    '5-10': side.histogram['5-10'],
    '10+': side.histogram['10+'],
    at_touch: side.atTouchTicks,
  }
}

/** SQL reckons in floats: figures agree to nine decimals, counts exactly. */
function comparable(row: Row): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, name === 'side' ? String(value) : (Number(value) + 0).toFixed(9)]),
  )
}
