// What a session does with the comparison of its books at the end.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { compareBooksWithStore } from '../../src/core/report/open-report.ts'
import { queryOne, type RanSession, runPaper, summaryOf } from './harness.ts'

function noted({ storePath }: RanSession): string | null {
  return queryOne<{ drift: string | null }>(storePath, 'SELECT inventory_drift_at_shutdown AS drift FROM engine_state').drift
}

describe('N10 at its end a session', () => {
  test('holds what the tables say, and notes it before its halt', async () => {
    const ran = await runPaper({ compareBooks: compareBooksWithStore })
    const { fills, shutdown, checks, haltReason } = await summaryOf(ran)
    expect(fills.count).toBeGreaterThan(0)
    expect(noted(ran)).toBe('0')
    expect(shutdown.inventoryDrift).toBe('0')
    expect([checks.drift, haltReason]).toEqual([false, 'duration_elapsed'])
    const types = 'SELECT group_concat(type) AS types FROM (SELECT type FROM journal ORDER BY seq DESC LIMIT 3)'
    expect(queryOne(ran.storePath, types)).toEqual({ types: 'SESSION_HALTED,FEED_REPORTED,RISK_FLAGGED' })
  })

  test('that holds anything else says how much, as an alarm, and its summary is DRIFT', async () => {
    const ran = await runPaper({
      compareBooks: (store, id, { balances, ...engine }) =>
        compareBooksWithStore(
          store,
          id,
          Object.assign(Object.create(null), engine, { balances: new Map(balances).set('wallet|RLUSD', dec('1')) }),
        ),
    })
    const { shutdown, checks, risk } = await summaryOf(ran)
    expect(Number(shutdown.inventoryDrift)).toBeGreaterThan(1000)
    expect(shutdown.detail).toMatch(/^inventory in RLUSD: the engine has 1, the tables \d+/)
    expect(checks.drift).toBe(true)
    expect(risk.events[0]).toMatchObject({ code: 'INVENTORY_COMPARED', value: shutdown.inventoryDrift, limit: '0' })
  })

  test('that cannot be compared ends all the same, and nobody says that it agreed', async () => {
    const ran = await runPaper({ compareBooks: () => Promise.reject(new Error('the disk is gone')) })
    expect(ran.outcome).toMatchObject({ exitCode: 0, halt: { reason: 'duration_elapsed' } })
    expect(noted(ran)).toBeNull()
    expect((await summaryOf(ran)).shutdown.inventoryDrift).toBeNull()
    const entry = ran.log.find(({ event }) => event === 'books_not_compared')
    expect(entry).toMatchObject({
      level: 'error',
      fields: { message: 'inventory and value were not compared with the tables: the disk is gone' },
    })
  })
})
