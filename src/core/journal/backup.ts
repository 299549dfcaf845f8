// Backups of a store: how one is made, named, found, thinned out and gone back to. A backup is a store of its own, with its
// high-water mark beside it; only files of this naming are ever removed, and nothing here writes to the store itself.

import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { NAME_WITHIN } from '../names.ts'
import { backupFailed } from './errors.ts'
import { HighWaterMark, type Mark } from './high-water-mark.ts'
import { ensureFolder, ensurePrivateFile, fsyncFolder } from './private-files.ts'

const FOLDER = 'backups'
const UNFINISHED = '.partial'
const MARK = '.mark'
/** Pages copied between two looks at the event loop: 16 MiB. */
const PAGES_A_STEP = 4_096

export interface BackupRequest {
  /** The session it is made before; part of its name. */
  readonly sessionId: string
  /** How many backups of this store stay, this one included; 0 makes none. */
  readonly keep: number
}

export interface BackupOutcome {
  /** Null where none was made: the store is empty, or none are to be kept. */
  readonly path: string | null
  readonly bytes: number
  readonly elapsedMs: number
  /** Older ones that went away for it. */
  readonly removed: readonly string[]
  /** Why older ones could not be removed; null where nothing stood in the way. The backup itself is made. */
  readonly removalError: string | null
}

export interface StoredBackup {
  readonly path: string
  readonly sessionId: string
  /** UTC, ISO 8601, to the millisecond. */
  readonly madeAt: string
}

interface BackupSource {
  readonly database: Database.Database
  /** Of the store, links followed. */
  readonly path: string
  /** The last commit; null for a store that holds none. */
  readonly end: Mark | null
  readonly wallUs: () => number
}

/**
 * Copies the store as it is now. The copy appears under its name only once it is whole and on disk, its mark before it.
 * @throws DitaError BACKUP_FAILED: whether to go on without one is for the caller to say.
 */
export async function backupStore(source: BackupSource, request: BackupRequest): Promise<BackupOutcome> {
  const { database, path, end, wallUs } = source
  const startedUs = wallUs()
  if (end === null || request.keep < 1) return { path: null, bytes: 0, elapsedMs: 0, removed: [], removalError: null }
  const folder = backupFolderOf(path)
  const target = join(folder, `${stemOf(path)}-${stampAt(startedUs)}-${request.sessionId}.db`)
  // A name that is not of our naming would never be found again, or removed.
  if (!namePattern(path).test(basename(target))) {
    throw backupFailed(path, target, new Error(`${JSON.stringify(request.sessionId)} is no session id`))
  }
  const unfinished = `${target}${UNFINISHED}`
  try {
    ensureFolder(folder, { private: true })
    ensurePrivateFile(unfinished)
    await database.backup(unfinished, { progress: () => PAGES_A_STEP })
    finishCopy(unfinished, end)
    writeMark(`${unfinished}${MARK}`, end)
    fsyncFile(unfinished)
    renameSync(`${unfinished}${MARK}`, `${target}${MARK}`)
    renameSync(unfinished, target)
    fsyncFolder(folder)
  } catch (error) {
    const failure = backupFailed(path, target, error)
    try {
      for (const left of [unfinished, `${unfinished}-journal`, `${unfinished}${MARK}`]) rmSync(left, { force: true })
    } catch {
      // What is left goes away with the next backup that succeeds; why this one failed is what counts.
    }
    throw failure
  }
  const bytes = statSync(target).size
  const rotation = rotate(path, target, request.keep)
  return { path: target, bytes, elapsedMs: (wallUs() - startedUs) / 1_000, ...rotation }
}

/** The backups of a store by their names, newest first; whether one is good is for a check of it to say. */
export function listBackups(store: string): StoredBackup[] {
  const folder = backupFolderOf(store)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const pattern = namePattern(store)
  return readdirSync(folder)
    .flatMap((name) => {
      const match = pattern.exec(name)
      const [, stamp = '', sessionId = '', rest] = match ?? []
      return match === null || rest !== '' ? [] : [{ path: join(folder, name), sessionId, madeAt: isoOf(stamp) }]
    })
    .sort((one, other) => (one.path < other.path ? 1 : -1))
}

/** The shell command that puts a backup in the store's place and keeps what was there in a folder beside it. */
export function restoreCommand(store: string, backup: StoredBackup): string {
  const there = ['', '-journal', '-wal', '-shm', MARK]
    .map((suffix) => `${store}${suffix}`)
    .filter((path) => statSync(path, { throwIfNoEntry: false }))
  const aside = join(dirname(store), `replaced-by-${stampAt(Date.parse(backup.madeAt) * 1_000)}`)
  const keep = there.length === 0 ? [] : [`mkdir -m 700 ${quoted(aside)}`, `mv ${there.map(quoted).join(' ')} ${quoted(aside)}/`]
  const mark = `${backup.path}${MARK}`
  const marked = statSync(mark, { throwIfNoEntry: false }) === undefined ? [] : [`cp -p ${quoted(mark)} ${quoted(`${store}${MARK}`)}`]
  return [...keep, `cp -p ${quoted(backup.path)} ${quoted(store)}`, ...marked].join(' && ')
}

function backupFolderOf(store: string): string {
  return join(dirname(store), FOLDER)
}

function stemOf(store: string): string {
  return basename(store).replace(/\.db$/, '')
}

/** A name of ours: the stem of the store, when, before which session, and what else hangs on it. */
function namePattern(store: string): RegExp {
  const stem = stemOf(store).replaceAll(/[^\w]/g, '\\$&')
  return new RegExp(`^${stem}-(\\d{8}T\\d{6}\\.\\d{3}Z)-(${NAME_WITHIN})\\.db((?:\\.partial)?(?:-journal|-wal|-shm|\\.mark)?)$`)
}

/** `20260131T142500.123Z`: sorts by time, and no file system minds it. */
function stampAt(wallUs: number): string {
  return new Date(Math.floor(wallUs / 1_000)).toISOString().replaceAll(/[-:]/g, '')
}

function isoOf(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(.*)$/, '$1-$2-$3T$4:$5:$6')
}

/**
 * Makes the copy a file that stands alone, without a log of its own beside it, and looks whether it ends where the store
 * ends: the pages that were copied are those of one commit.
 */
function finishCopy(path: string, end: Mark): void {
  const copy = new Database(path, { fileMustExist: true })
  try {
    const mode: unknown = copy.pragma('journal_mode = DELETE', { simple: true })
    if (mode !== 'delete') throw new Error(`SQLite keeps the copy in journal mode ${String(mode)}`)
    const hash = copy.prepare<[number], Buffer>('SELECT hash FROM commits WHERE commit_id = ?').pluck().get(end.commitId)
    if (hash?.toString('hex') !== end.hash) throw new Error(`the copy does not hold commit ${end.commitId}, at which the store ends`)
  } finally {
    copy.close()
  }
}

function writeMark(path: string, end: Mark): void {
  const mark = HighWaterMark.open(path)
  try {
    mark.write(end)
  } finally {
    mark.close()
  }
}

function fsyncFile(path: string): void {
  const fd = openSync(path, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Takes away all but the one just made and the newest beside it, and what a backup that was cut short has left. The one just
 * made stays even where a clock that was set back calls it old. A failure costs disk space, no safety.
 */
function rotate(store: string, made: string, keep: number): Pick<BackupOutcome, 'removed' | 'removalError'> {
  const removed: string[] = []
  try {
    const others = listBackups(store).filter(({ path }) => path !== made)
    const kept = new Set([made, ...others.slice(0, keep - 1).map(({ path }) => path)])
    const folder = backupFolderOf(store)
    const pattern = namePattern(store)
    for (const name of readdirSync(folder)) {
      const rest = pattern.exec(name)?.[3]
      if (rest === undefined) continue
      const path = join(folder, name)
      if (kept.has(rest === '' ? path : path.slice(0, -rest.length)) && !rest.startsWith(UNFINISHED)) continue
      rmSync(path, { force: true })
      if (rest === '') removed.push(path)
    }
    return { removed, removalError: null }
  } catch (error) {
    return { removed, removalError: error instanceof Error ? error.message : String(error) }
  }
}

/** For a shell: in single quotes, whatever the name holds. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
