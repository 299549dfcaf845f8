// Checkpoints: moving what the WAL holds into the store. A failure is told, never thrown: the WAL is safe as it is.

import type Database from 'better-sqlite3'
import { messageOf } from '../errors.ts'

/** PASSIVE waits for nobody; TRUNCATE waits for readers and leaves an empty WAL. */
export type CheckpointMode = 'PASSIVE' | 'TRUNCATE'

export interface CheckpointOutcome {
  readonly mode: CheckpointMode
  readonly wallUs: number
  /** Somebody kept it from finishing. A checkpoint that was not kept from it may still be partial: see `complete`. */
  readonly busy: boolean
  /** Frames in the WAL, and how many of them are in the store now; -1 where SQLite could not say. */
  readonly logFrames: number
  readonly checkpointedFrames: number
  readonly elapsedMs: number
  /** Everything the WAL held is in the store. */
  readonly complete: boolean
  readonly error: string | null
}

interface PragmaRow {
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

export function runCheckpoint(database: Database.Database, mode: CheckpointMode, wallUs: () => number): CheckpointOutcome {
  const startedUs = wallUs()
  try {
    const [row] = database.pragma(`wal_checkpoint(${mode})`) as PragmaRow[]
    if (row === undefined) throw new Error('SQLite gave no answer')
    const complete = row.busy === 0 && row.log >= 0 && row.log === row.checkpointed
    return {
      mode,
      wallUs: startedUs,
      busy: row.busy !== 0,
      logFrames: row.log,
      checkpointedFrames: row.checkpointed,
      elapsedMs: (wallUs() - startedUs) / 1_000,
      complete,
      error: null,
    }
  } catch (error) {
    const elapsedMs = (wallUs() - startedUs) / 1_000
    return {
      mode,
      wallUs: startedUs,
      busy: false,
      logFrames: -1,
      checkpointedFrames: -1,
      elapsedMs,
      complete: false,
      error: messageOf(error),
    }
  }
}

/** Runs a checkpoint and keeps a row of it. The row is written after it, so it waits in the WAL for the next one. */
export function recordCheckpoint(database: Database.Database, mode: CheckpointMode, wallUs: () => number): CheckpointOutcome {
  const outcome = runCheckpoint(database, mode, wallUs)
  try {
    database
      .prepare(
        `INSERT INTO checkpoints (wall_us, mode, busy, log_frames, checkpointed_frames, elapsed_ms, error) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(outcome.wallUs, mode, outcome.busy ? 1 : 0, outcome.logFrames, outcome.checkpointedFrames, outcome.elapsedMs, outcome.error)
    return outcome
  } catch (error) {
    const unrecorded = `the checkpoint could not be recorded: ${messageOf(error)}`
    return { ...outcome, error: outcome.error === null ? unrecorded : `${outcome.error}; ${unrecorded}` }
  }
}
