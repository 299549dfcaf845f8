// The kill switch that needs nobody to listen: a file named HALT beside the store. While it is there every session of the
// folder stops and none starts. Written and removed by people, with `dita halt` or by hand; a session only looks.

import { lstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DitaError, EXIT, messageOf } from '../../errors.ts'
import { LONGEST_REASON } from './protocol.ts'

const NAME = 'HALT'
const LARGEST_BYTES = 4_096

export interface KillFile {
  readonly path: string
  /** The first line of it; null where it is empty or cannot be read. */
  readonly reason: string | null
}

/** Links are followed as for the store itself, so that all its names meet at one file. Never throws. */
export function killFileAt(storePath: string): string {
  const absolute = resolve(storePath)
  return join(dirname(existingPath(absolute) ?? absolute), NAME)
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
 * The kill file that holds for a store; null where none does. Anything of that name counts, and so does a look that
 * fails: a switch that is in doubt is on. Never throws, since a session looks while it trades.
 */
export function readKillFile(storePath: string): KillFile | null {
  const path = killFileAt(storePath)
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return null
    return { path, reason: stats.isFile() && stats.size <= LARGEST_BYTES ? firstLineOf(path) : null }
  } catch (thrown) {
    return { path, reason: `it cannot be looked at: ${messageOf(thrown)}` }
  }
}

function firstLineOf(path: string): string | null {
  try {
    const line = readFileSync(path, 'utf8').split('\n', 1)[0]?.trim().slice(0, LONGEST_REASON)
    return line === undefined || line === '' ? null : line
  } catch {
    // It was removed a moment ago, or may not be read: its name has said enough.
    return null
  }
}

/** Puts it there; one that is there already stays as it is. The folder must exist. */
export function writeKillFile(storePath: string, reason: string | null): KillFile {
  const path = killFileAt(storePath)
  try {
    writeFileSync(path, `${reason ?? ''}\n`, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw killFileFailed('written', path, thrown)
  }
  return { path, reason }
}

/** True where there was one. */
export function removeKillFile(storePath: string): boolean {
  const path = killFileAt(storePath)
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false
    rmSync(path)
  } catch (thrown) {
    throw killFileFailed('removed', path, thrown)
  }
  return true
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

function killFileFailed(what: 'written' | 'removed', path: string, cause: unknown): DitaError {
  return new DitaError('KILL_FILE_FAILED', {
    fault: 'machine',
    exitCode: EXIT.usage,
    message: `The file ${path} could not be ${what}: ${messageOf(cause)}.`,
    next: what === 'written' ? 'Stop the session where it runs: Ctrl-C, or `kill -TERM` and its pid.' : 'Remove it by hand.',
    cause,
  })
}
