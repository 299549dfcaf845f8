// Who is using a store just now, for people: information, never a ground for deciding. Reads only; takes no lock.

import { readFileSync, statSync } from 'node:fs'
import type { LockHolder } from './errors.ts'
import { storePathsOf } from './private-files.ts'

export interface RunningSession {
  readonly sessionId: string
  readonly pid: number
}

const NOBODY: LockHolder = { sessionId: null, command: null, pid: null, since: null }

/** What the holder of a lock wrote of itself; null in each place where it wrote nothing that can be read. */
export function readHolder(path: string): LockHolder {
  let found: unknown
  try {
    found = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // Nobody is there, or somebody who is just starting, just ending, or out of disk: nameless.
    return NOBODY
  }
  if (typeof found !== 'object' || found === null) return NOBODY
  const { sessionId, command, pid, since } = found as Record<string, unknown>
  return {
    sessionId: typeof sessionId === 'string' ? sessionId : null,
    command: typeof command === 'string' ? command : null,
    pid: typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    since: typeof since === 'string' ? since : null,
  }
}

/** The session whose process holds the store at `path`, as it named itself there; null where none does, or where it is dead. */
export function runningSession(path: string): RunningSession | null {
  // A path that is no store has no holder: who opens it says what is wrong with it.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null
  const { sessionId, pid } = readHolder(storePathsOf(path).lockHolder)
  return sessionId !== null && pid !== null && isAlive(pid) ? { sessionId, pid } : null
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user may not be asked, and is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
