// Who is using a store just now, for people: information, never a ground for deciding. Reads only; takes no lock.

import { readFileSync } from 'node:fs'
import { storePathsOf } from './private-files.ts'

export interface RunningSession {
  readonly sessionId: string
  readonly pid: number
}

/** The session whose process holds the store at `path`, as it named itself there; null where none does, or where it is dead. */
export function runningSession(path: string): RunningSession | null {
  let found: unknown
  try {
    found = JSON.parse(readFileSync(storePathsOf(path).lockHolder, 'utf8'))
  } catch {
    // No store, nobody there, or somebody who is just starting or ending: nothing is known of a running session.
    return null
  }
  if (typeof found !== 'object' || found === null) return null
  const { sessionId, pid } = found as Record<string, unknown>
  if (typeof sessionId !== 'string' || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null
  return isAlive(pid) ? { sessionId, pid } : null
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
