// The files that a report is written to. Replaces what dita wrote before, and nothing else.

import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { blameForFile, DitaError, EXIT, troubleOf } from '../core/errors.ts'
import { quoted } from './quoted.ts'

/** Enough of a file to see whose it is. */
const LOOKED_AT_BYTES = 4_096

/**
 * A file that is written beside its place and put there when it is whole, so that nobody ever reads half of one.
 * `isOurs` is asked of the beginning of what stands there already.
 */
export class ReportFile {
  readonly path: string
  readonly #draft: string
  readonly #handle: number
  #isOpen = true
  bytes = 0

  /** @throws DitaError FILE_IN_THE_WAY (exit 2) for a file that is not ours, REPORT_NOT_WRITTEN where writing fails */
  constructor(path: string, isOurs: (beginning: string) => boolean) {
    this.path = resolve(path)
    this.#draft = join(dirname(this.path), `.dita-${process.pid}-${basename(this.path)}`)
    const beginning = attempt(this.path, () => beginningOf(this.path))
    if (beginning !== null && !isOurs(beginning)) throw inTheWay(this.path)
    this.#handle = attempt(this.path, () => openSync(this.#draft, 'w'))
  }

  write(text: string): void {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) {
      written += attempt(this.path, () => writeSync(this.#handle, bytes, written))
    }
    this.bytes += bytes.length
  }

  /** Puts it in its place. */
  keep(): void {
    this.#close()
    attempt(this.path, () => renameSync(this.#draft, this.path))
  }

  /** Leaves what stood there, if it was not kept. */
  drop(): void {
    this.#close()
    rmSync(this.#draft, { force: true })
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#handle)
    this.#isOpen = false
  }
}

/** Makes a folder, and those above it. @throws DitaError REPORT_NOT_WRITTEN */
export function makeFolder(path: string): string {
  const folder = resolve(path)
  attempt(folder, () => mkdirSync(folder, { recursive: true }))
  return folder
}

/** Null where there is no file; a folder, a pipe or a device is nobody's report, and is not read. */
function beginningOf(path: string): string | null {
  const standing = statSync(path, { throwIfNoEntry: false })
  if (standing === undefined) return null
  if (!standing.isFile()) throw inTheWay(path)
  const handle = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(LOOKED_AT_BYTES)
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, LOOKED_AT_BYTES, 0))
  } finally {
    closeSync(handle)
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof DitaError) throw error
    throw new DitaError('REPORT_NOT_WRITTEN', {
      ...blameForFile(error),
      ...wordsFor(path, error),
      cause: error,
    })
  }
}

/** What stands in the way of a path that was typed, and what to type; of all else, what the system says. */
function wordsFor(path: string, error: unknown): { readonly message: string; readonly next: string } {
  const folder = dirname(path)
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return {
        message: `${path} could not be written: there is no folder ${folder}.`,
        next: `Make it with \`mkdir -p ${quoted(folder)}\`, or name another place.`,
      }
    case 'EEXIST':
      return { message: `${path} is a file, and a folder is wanted. Nothing was changed.`, next: 'Name a folder: it is made if need be.' }
    default:
      return {
        message: `${path} could not be written: ${troubleOf(error)}.`,
        next: 'Name a place that you may write to, with room on its disk.',
      }
  }
}

/** How the figures of a session begin: with its id. */
const FIGURES = /^figure,value\r\nsessionId,(\S+)\r\n/

/**
 * Refuses to put the tables of a session over those of another: one folder would hold the one or the other, and no name tells which.
 * @throws DitaError FILE_IN_THE_WAY (exit 2)
 */
export function assertTablesOf(sessionId: string, folder: string, names: readonly string[]): void {
  const beginnings = names.map((name) => attempt(folder, () => beginningOf(join(folder, name))))
  const standing = beginnings.filter((beginning) => beginning !== null && beginning !== '')
  const whose = standing.flatMap((beginning) => FIGURES.exec(beginning ?? '')?.[1] ?? [])[0]
  if (standing.length === 0 || whose === sessionId) return
  const tables = whose === undefined ? 'tables of dita that do not say of which session' : `the tables of session ${whose}`
  throw new DitaError('FILE_IN_THE_WAY', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${folder} holds ${tables}, and those of session ${sessionId} would replace them. Nothing was changed.`,
    next: `Give each session a folder: --csv ${quoted(join(folder, sessionId))}`,
  })
}

function inTheWay(path: string): DitaError {
  return new DitaError('FILE_IN_THE_WAY', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${path} is there already, and no report of dita. Nothing was changed.`,
    next: 'Name another file, or move that one away.',
  })
}
