// The kill switch that needs nobody to listen: a file named HALT beside the store, or beside the dita.yaml of its workspace.
// While it is there every session of the folder stops and none starts. Written and removed by people, with `dita halt` or by
// hand; a session only looks.

import { existsSync, lstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { blameForFile, DitaError, EXIT, troubleOf } from '../../errors.ts'
import { STORE_FOLDER } from '../../journal/private-files.ts'
import { CONTROL_LIMITS } from './protocol.ts'

const NAME = 'HALT'
const LARGEST_BYTES = 4_096

export interface KillFile {
  readonly path: string
  /** The first line of it; null where it is empty or cannot be read. */
  readonly reason: string | null
}

/**
 * Every place where the file counts for a store: beside it, and for the store of a workspace in the workspace's own folder, which
 * is where people work and look for a switch.
 * Links are followed as for the store itself, so that all its names meet at the same files. Never throws.
 */
export function killFilesOf(storePath: string): readonly [string, ...string[]] {
  const absolute = resolve(storePath)
  const folder = dirname(existingPath(absolute) ?? absolute)
  const beside = join(folder, NAME)
  return basename(folder) === STORE_FOLDER ? [beside, join(dirname(folder), NAME)] : [beside]
}

/** Where `writeKillFile` puts it: beside the store, unless that folder is not made yet and the workspace's is there. */
export function killFileAt(storePath: string): string {
  const places = killFilesOf(storePath)
  return places.find((path) => existsSync(dirname(path))) ?? places[0]
}

/** Without the last links where it cannot be followed to its end: a store that is not made yet, a folder that is gone. */
function existingPath(absolute: string): string | null {
  for (const [followed, rest] of [[absolute, ''] as const, [dirname(absolute), basename(absolute)] as const]) {
    try {
      return join(realpathSync(followed), rest)
    } catch {
      // What is not there is named as it was given.
    }
  }
  return null
}

/**
 * The kill file that holds for a store, the first of several; null where none does. Anything of that name counts, and so
 * does a look that fails: a switch that is in doubt is on. Never throws, since a session looks while it trades.
 */
export function readKillFile(storePath: string): KillFile | null {
  for (const path of killFilesOf(storePath)) {
    const file = readAt(path)
    if (file !== null) return file
  }
  return null
}

function readAt(path: string): KillFile | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return null
    return { path, reason: stats.isFile() && stats.size <= LARGEST_BYTES ? firstLineOf(path) : null }
  } catch (thrown) {
    // Below a file there is nothing, whatever is asked for.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTDIR') return null
    return { path, reason: `it cannot be looked at: ${troubleOf(thrown)}` }
  }
}

function firstLineOf(path: string): string | null {
  try {
    const line = readFileSync(path, 'utf8').split('\n', 1)[0]?.trim().slice(0, CONTROL_LIMITS.reasonCharacters)
    return line === undefined || line === '' ? null : line
  } catch {
    // It was removed a moment ago, or may not be read: its name has said enough.
    return null
  }
}

/** Puts it there; one that is there already stays as it is. Its folder must exist. */
export function writeKillFile(storePath: string, reason: string | null): KillFile {
  const path = killFileAt(storePath)
  try {
    writeFileSync(path, `${reason ?? ''}\n`, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
    if (code === 'ENOENT') throw noPlace(path, thrown)
    if (code !== 'EEXIST') throw killFileFailed('written', path, thrown)
  }
  return { path, reason }
}

/** Removes it from every place where it counts. True where there was one. */
export function removeKillFile(storePath: string): boolean {
  let removed = false
  for (const path of killFilesOf(storePath)) {
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) continue
      rmSync(path)
      removed = true
    } catch (thrown) {
      throw killFileFailed('removed', path, thrown)
    }
  }
  return removed
}

/**
 * To be asked before a session starts.
 * @throws DitaError KILL_SWITCH_ON (exit 8)
 */
export function assertNoKillFile(storePath: string): void {
  const file = readKillFile(storePath)
  if (file === null) return
  throw new DitaError('KILL_SWITCH_ON', {
    fault: 'user',
    exitCode: EXIT.halted,
    message: `The kill switch is on: ${file.path} is there${file.reason === null ? '' : ` (${file.reason})`}, and no session starts beside it.`,
    next: 'When it is safe to trade again, remove that file or type `dita halt --clear`.',
  })
}

/** Where no folder is, no session has been, unless the path is not the one that was meant. */
function noPlace(path: string, cause: unknown): DitaError {
  return new DitaError('KILL_FILE_FAILED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `There is no folder ${dirname(path)} to leave the file HALT in, and nothing was halted.`,
    next: "Go into the session's folder, or name its store with --store.",
    cause,
  })
}

function killFileFailed(what: 'written' | 'removed', path: string, cause: unknown): DitaError {
  return new DitaError('KILL_FILE_FAILED', {
    ...blameForFile(cause),
    message: `The file ${path} could not be ${what}: ${troubleOf(cause)}.`,
    next:
      what === 'written'
        ? 'Stop the session where it runs: Ctrl-C, or `kill -TERM PID`; its pid stands beside the store, in the file whose name ends in .lock.json.'
        : 'Remove it by hand.',
    cause,
  })
}
