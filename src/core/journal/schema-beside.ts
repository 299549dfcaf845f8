// The tables of a store that no fact decides, as Kysely sees them: what is kept beside the journal, and proved by nothing. Types only.

import type { Generated } from 'kysely'

export interface TablesBeside {
  session_runs: SessionRunsTable
  session_metrics: SessionMetricsTable
  checkpoints: CheckpointsTable
  reconcile_findings: ReconcileFindingsTable
}

export interface SessionRunsTable {
  session_id: string
  pid: number
  host: string
  version: string
  started_wall_us: number
  ended_wall_us: number | null
}

/** What a session measured of itself: see docs/METRICS.md for the measures. */
export interface SessionMetricsTable {
  session_id: string
  measure: string
  subject: string
  outcome: string
  count: number
  /** A histogram as `core/latencies.ts` writes it; null where only a count is known. */
  latencies: string | null
  /** When this was last written. */
  wall_us: number
}

export interface CheckpointsTable {
  checkpoint_id: Generated<number>
  wall_us: number
  mode: string
  busy: number
  log_frames: number
  checkpointed_frames: number
  elapsed_ms: number
  error: string | null
}

export interface ReconcileFindingsTable {
  finding_id: Generated<number>
  account_id: number
  session_id: string | null
  wall_us: number
  kind: string
  evidence: string
  action: string
  resolved: number
}
