// One checkpoint of a store from outside of any session: beside the one that runs, or on a store that nobody has open.
// Where another process is the writer it writes nothing but the checkpoint itself. Waits for nobody for long.

import Database from 'better-sqlite3'
import { DitaError } from '../errors.ts'
import { type CheckpointMode, type CheckpointOutcome, runCheckpoint } from './checkpoint.ts'
import { holderName, type LockHolder, storeUnusable } from './errors.ts'
import { readHolder } from './holder.ts'
import type { LockOwner } from './lock.ts'
import { openWriter } from './open.ts'
import { pathsIfThere, type StorePaths } from './private-files.ts'
import { connectReadable } from './read.ts'
import { walBytesOf } from './start-check.ts'
import { asStoreError, setDurable } from './store-file.ts'

/** TRUNCATE waits this long for readers and for the writer's commit before it says that it could not. */
const BUSY_TIMEOUT_MS = 250

export interface CheckpointReport extends Omit<CheckpointOutcome, 'error' | 'wallUs'> {
  readonly store: string
  /** Of the write-ahead log. */
  readonly walBytesBefore: number
  readonly walBytesAfter: number
  /** A row of it is in the store's table of checkpoints: only where no other process is the writer, and there was something to move. */
  readonly recorded: boolean
  /** Who is the writer meanwhile; null where this was done as the writer, or where there was nothing to do. */
  readonly holder: LockHolder | null
  /** Why frames remain, a sentence; null where none do. */
  readonly because: string | null
}

export interface CheckpointOptions {
  readonly path: string
  readonly mode: CheckpointMode
  /** What the lock says of this process while it is held. */
  readonly owner: LockOwner
  readonly wallUs: () => number
}

/** @throws DitaError where there is no store, none of ours, a damaged one, or one that cannot be written */
export async function checkpointStore(options: CheckpointOptions): Promise<CheckpointReport> {
  const paths = pathsIfThere(options.path)
  // Opening for writing makes what is missing and brings up to date what is old: that is for a session to do.
  connectReadable(paths.store).close()
  const walBytesBefore = walBytesOf(paths.store)
  // To become the writer for nothing could cost a session its start.
  if (walBytesBefore === 0) return nothingToMove(paths.store, options.mode)
  const { outcome, holder } = (await asWriter(paths, options)) ?? besideWriter(paths, options)
  const { error, wallUs: _, ...figures } = outcome
  if (error !== null) throw storeUnusable(paths.store, `its write-ahead log could not be moved into it (${error})`)
  return {
    store: paths.store,
    ...figures,
    walBytesBefore,
    walBytesAfter: walBytesOf(paths.store),
    recorded: holder === null,
    holder,
    because: outcome.complete ? null : reasonOf(outcome, holder),
  }
}

function nothingToMove(store: string, mode: CheckpointMode): CheckpointReport {
  const figures = { busy: false, logFrames: 0, checkpointedFrames: 0, elapsedMs: 0, complete: true }
  return { store, mode, ...figures, walBytesBefore: 0, walBytesAfter: 0, recorded: false, holder: null, because: null }
}

interface Done {
  readonly outcome: CheckpointOutcome
  readonly holder: LockHolder | null
}

/** Null where another process is the writer. */
async function asWriter(paths: StorePaths, options: CheckpointOptions): Promise<Done | null> {
  try {
    const writer = openWriter({ path: paths.store, holder: options.owner, wallUs: options.wallUs })
    try {
      return { outcome: run(options.mode, (mode) => writer.checkpoint(mode)), holder: null }
    } finally {
      await writer.close()
    }
  } catch (error) {
    if (error instanceof DitaError && error.code === 'STORE_BUSY') return null
    throw error
  }
}

function besideWriter(paths: StorePaths, options: CheckpointOptions): Done {
  const holder = readHolder(paths.lockHolder)
  try {
    const database = new Database(paths.store, { fileMustExist: true, timeout: options.mode === 'PASSIVE' ? 0 : BUSY_TIMEOUT_MS })
    try {
      setDurable(database, paths.store)
      return { outcome: run(options.mode, (mode) => runCheckpoint(database, mode, options.wallUs)), holder }
    } finally {
      database.close()
    }
  } catch (error) {
    throw asStoreError(paths.store, error)
  }
}

/** A log that TRUNCATE has emptied has no frames left to count: a PASSIVE one before it says how many there were. */
function run(mode: CheckpointMode, checkpoint: (mode: CheckpointMode) => CheckpointOutcome): CheckpointOutcome {
  const passive = checkpoint('PASSIVE')
  if (mode === 'PASSIVE' || passive.error !== null) return passive
  const truncate = checkpoint('TRUNCATE')
  const elapsedMs = passive.elapsedMs + truncate.elapsedMs
  if (!truncate.complete) return { ...truncate, elapsedMs }
  return { ...truncate, elapsedMs, logFrames: passive.logFrames, checkpointedFrames: passive.logFrames }
}

function reasonOf(outcome: CheckpointOutcome, holder: LockHolder | null): string {
  const { mode, busy, logFrames, checkpointedFrames } = outcome
  const left = Math.max(0, logFrames - checkpointedFrames)
  const session = holder === null ? '' : ` or ${holderName(holder)} itself`
  if (mode === 'TRUNCATE' && left === 0 && logFrames >= 0)
    return `Everything is in the store, but a reader${session} kept the log from being emptied.`
  if (busy && logFrames < 0) return `Another checkpoint was under way, or a reader${session} was in the way.`
  return `A reader${session} still looks at an older state of the store: ${left} frames had to stay in the log.`
}
