// What reconcile reads of an account and writes about it, beside the facts: sessions, booked fills, findings.

import type Database from 'better-sqlite3'
import type { Side } from '../kernel/inputs.ts'
import { whole } from './project/values.ts'
import { accountIdOf } from './replay.ts'

export interface StoredFill {
  readonly instrument: string
  readonly tradeId: string
  readonly side: Side
  readonly clientOrderId: string | null
  /** When it was booked. */
  readonly timeUs: number
}

/** A finding as it is kept: `evidence` is JSON. */
export interface StoredFinding {
  readonly sessionId: string | null
  readonly wallUs: number
  readonly kind: string
  readonly evidence: string
  readonly action: string
  readonly resolved: boolean
}

/** Every session of an account, oldest first: its orders are ours. */
export function sessionsOf(database: Database.Database, account: string): string[] {
  return database
    .prepare<[number | null], string>('SELECT session_id FROM sessions WHERE account_id = ? ORDER BY started_at_us, session_id')
    .pluck()
    .all(accountIdOf(database, account))
}

/** What was booked since as the venue reported it, whenever it was traded; what was inferred has no trade there. */
export function fillsSince(database: Database.Database, account: string, fromUs: number): StoredFill[] {
  return database
    .prepare<[number | null, number], StoredFill>(
      `SELECT instrument, trade_id AS tradeId, side, client_order_id AS clientOrderId, time_us AS timeUs FROM fills
       WHERE account_id = ? AND time_us >= ? AND inferred = 0 ORDER BY seq`,
    )
    .all(accountIdOf(database, account), whole(fromUs))
}

export function recordFindings(database: Database.Database, account: string, findings: readonly StoredFinding[]): void {
  const accountId = accountIdOf(database, account)
  if (accountId === null || findings.length === 0) return
  const insert = database.prepare(
    'INSERT INTO reconcile_findings (account_id, session_id, wall_us, kind, evidence, action, resolved) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  database
    .transaction(() => {
      for (const { sessionId, wallUs, kind, evidence, action, resolved } of findings) {
        insert.run(accountId, sessionId, whole(wallUs), kind, evidence, action, resolved ? 1 : 0)
      }
    })
    .immediate()
}
