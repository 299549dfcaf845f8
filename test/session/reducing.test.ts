// The market maker once only less may be held: it quotes the way out, and nothing of it is denied.

import { expect, test } from 'vitest'
import { abs, type Decimal, dec } from '../../src/core/kernel/decimal.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { MINUTE_US, onlooker, query, queryOne, runPaper, SECOND_US } from './harness.ts'

const DENIED = "SELECT body FROM journal WHERE type = 'INTENT_DENIED' AND body LIKE '%REDUCING_ONLY%'"
const MOVED = "SELECT time_us AS timeUs FROM journal WHERE type = 'TRADING_MOVED'"
const FILLS = 'SELECT position_after AS after, time_us AS timeUs FROM fills ORDER BY seq'

test.each([3, 5, 7])('the market maker sells down, or buys back, what it holds, without a denial: seed %d', async (seed) => {
  const control = new SessionControl()
  const observer = onlooker(({ trading, counts }) => {
    if (counts.ticks >= 60 && trading === 'active') control.askTrading('reduce_only')
  })
  const session = await runPaper({ seed, durationUs: 10 * MINUTE_US, control, observer })
  const moved = queryOne<{ timeUs: number }>(session.storePath, MOVED)
  const fills = query<{ after: string; timeUs: number }>(session.storePath, FILLS)
  // What was cancelled then may have been filled on the way.
  const isAfter = ({ timeUs }: { readonly timeUs: number }): boolean => timeUs > moved.timeUs + SECOND_US
  let held: Decimal = abs(dec(fills.filter((fill) => !isAfter(fill)).at(-1)?.after ?? '0'))
  const before = held
  for (const { after } of fills.filter(isAfter)) {
    expect(abs(dec(after)) < held).toBe(true)
    held = abs(dec(after))
  }
  // Whatever it held, the market came to it within nine minutes.
  expect(before > dec('1')).toBe(true)
  expect(held < dec('1')).toBe(true)
  expect(query(session.storePath, DENIED)).toEqual([])
})
