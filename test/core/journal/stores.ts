// Temporary stores and child processes for the journal's tests.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, type TestContext } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { openWriter } from '../../../src/core/journal/open.ts'
import type { StoreWriter } from '../../../src/core/journal/writer.ts'

const folders: string[] = []
const children: ChildProcess[] = []
const writers: StoreWriter[] = []

/** A new folder that goes away after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dita-journal-'))
  folders.push(folder)
  return folder
}

export function storePath(): string {
  return join(temporaryFolder(), 'store', 'dita.db')
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const writer of writers.splice(0)) await writer.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export const HOLDER = { sessionId: 'test-session', pid: process.pid, since: '2026-01-01T00:00:00Z' }

export function openTestWriter(path: string, wallUs = 1_760_000_000_000_000): StoreWriter {
  const writer = openWriter({ path, holder: HOLDER, wallUs: () => wallUs })
  writers.push(writer)
  return writer
}

/** The DitaError that the call throws. */
export function failureOf(work: () => unknown): DitaError {
  try {
    work()
  } catch (error) {
    if (error instanceof DitaError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Works on a store that nobody has open, as a vandal or a failing disk would. */
export function tamper(path: string, work: (database: Database.Database) => void): void {
  const database = new Database(path)
  try {
    work(database)
  } finally {
    database.close()
  }
}

/** Looks into a store from outside. */
export function query<T = Record<string, unknown>>(path: string, sql: string): T[] {
  const database = new Database(path, { readonly: true })
  try {
    return database.prepare<[], T>(sql).all()
  } finally {
    database.close()
  }
}

interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Child {
  readonly process: ChildProcess
  /** Resolves with the first line of its output that begins with `start`; rejects when it ends before. */
  line(start: string): Promise<string>
  readonly ended: Promise<ChildEnd>
}

/** Runs child.ts in a process of its own; `shell` goes before it, to set limits. */
export function startChild(mode: string, args: readonly string[], shell = ''): Child {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  const child = spawn('/bin/sh', ['-c', `${shell} exec "$0" "$@"`, process.execPath, '--no-warnings', script, mode, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  let stderr = ''
  let over = false
  const waiting: (() => void)[] = []
  const wake = () => {
    for (const look of waiting) look()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on('close', (code, signal) => {
      over = true
      wake()
      resolve({ code, signal, stdout: output, stderr })
    })
  })
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = output.split('\n').find((text) => text.startsWith(start))
        if (found !== undefined) resolve(found)
        else if (over) reject(new Error(`the child ended without saying ${start}: ${output}${stderr}`))
      }
      waiting.push(look)
      look()
    })
  return { process: child, line, ended }
}

export interface SmallDisk {
  readonly folder: string
  grow(): void
  makeReadOnly(): void
}

/** Runs `work` on a disk of its own that is soon full; left out, loudly, where none can be mounted. */
export async function withSmallDisk(context: TestContext, size: string, work: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const folder = join(temporaryFolder(), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    console.warn(`LEFT OUT: "${context.task.name}", since no small disk can be mounted here (${String(error)})`)
    context.skip()
  }
  try {
    const remount = (how: string) => execFileSync('mount', ['-o', `remount,${how}`, folder])
    await work({ folder, grow: () => remount('size=64m'), makeReadOnly: () => remount('ro') })
  } finally {
    execFileSync('umount', ['-l', folder])
  }
}
