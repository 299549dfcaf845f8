// A word that a session leaves beside its store when the journal fails it: its end cannot be written then, and the next start would
// take it for one that crashed. For people, never for deciding; a note that cannot be written or read is none.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ensurePrivateFile } from './private-files.ts'

export interface Failure {
  readonly sessionId: string
  /** What failed. */
  readonly detail: string
}

const LONGEST_DETAIL = 2_000

export class FailureNote {
  readonly #path: string
  /** Null of a command: it has no end to write. */
  readonly #sessionId: string | null
  /** What an older session left; read once. */
  readonly left: Failure | null

  constructor(store: string, sessionId: string | null) {
    this.#path = `${store}.failed.json`
    this.#sessionId = sessionId
    this.left = readNote(this.#path)
  }

  write(detail: string): void {
    if (this.#sessionId === null) return
    try {
      ensurePrivateFile(this.#path)
      writeFileSync(this.#path, `${JSON.stringify({ sessionId: this.#sessionId, detail: detail.slice(0, LONGEST_DETAIL) })}\n`)
    } catch {
      // The disk that failed the journal may fail this as well: the next start then says that the session crashed.
    }
  }

  /** Once the end that it tells of is written. */
  forget(): void {
    if (this.left === null) return
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // It names a session that has its end by now, and counts for nothing.
    }
  }
}

function readNote(path: string): Failure | null {
  try {
    const { sessionId, detail } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<keyof Failure, unknown>>
    if (typeof sessionId !== 'string' || typeof detail !== 'string') return null
    return { sessionId, detail: detail.slice(0, LONGEST_DETAIL) }
  } catch {
    return null
  }
}
