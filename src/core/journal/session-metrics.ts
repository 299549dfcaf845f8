// What a session measured of itself, kept beside the journal: each time whole, in place of what was there. A failure is told, never
// thrown: no measurement is worth a session.

import type Database from 'better-sqlite3'
import { messageOf } from '../errors.ts'
import { whole } from './project/values.ts'

export interface StoredMetric {
  readonly measure: string
  /** What was measured: an endpoint of a venue, say; empty where there is one thing only. */
  readonly subject: string
  /** What came of it; empty where that is not told apart. */
  readonly outcome: string
  readonly count: number
  /** A histogram as text; null where only the count is known. */
  readonly latencies: string | null
}

/** Says what went wrong, or null where all is written. */
export function recordMetrics(
  database: Database.Database,
  { sessionId, wallUs, metrics }: { readonly sessionId: string; readonly wallUs: number; readonly metrics: readonly StoredMetric[] },
): string | null {
  try {
    const remove = database.prepare('DELETE FROM session_metrics WHERE session_id = ?')
    const insert = database.prepare(
      'INSERT INTO session_metrics (session_id, measure, subject, outcome, count, latencies, wall_us) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    database
      .transaction(() => {
        remove.run(sessionId)
        for (const { measure, subject, outcome, count, latencies } of metrics) {
          insert.run(sessionId, measure, subject, outcome, whole(count), latencies, whole(wallUs))
        }
      })
      .immediate()
    return null
  } catch (error) {
    return messageOf(error)
  }
}
