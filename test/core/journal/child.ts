// A process of its own for the journal's tests: holds a store, writes to it until it is killed, or until writing fails.

import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import { DitaError } from '../../../src/core/errors.ts'
import { checkpointStore } from '../../../src/core/journal/checkpoint-store.ts'
import { openWriter } from '../../../src/core/journal/open.ts'
import { Traffic } from './traffic.ts'

const [, , mode, path = '', sessionId = 'child'] = process.argv

function say(text: string): void {
  writeSync(1, `${text}\n`)
}

function sayFailure(error: unknown): void {
  if (!(error instanceof DitaError)) throw error
  say(`error ${JSON.stringify({ code: error.code, exitCode: error.exitCode, message: error.message, next: error.next })}`)
}

const OWNER = { sessionId, pid: process.pid, since: '2026-01-01T00:00:00Z' }
const wallUs = () => Date.now() * 1_000

function open(): ReturnType<typeof openWriter> {
  return openWriter({ path, holder: OWNER, wallUs })
}

/** Lives on with the writer in hand: one that nobody can reach any more lets go of its lock when memory is swept. */
function keep(writer: ReturnType<typeof openWriter>): void {
  setInterval(() => writer.warnings, 60_000)
}

/** Modes in which it is not the writer of the store. */
async function runBeside(): Promise<void> {
  if (mode === 'checkpoints') {
    for (let round = 1; ; round += 1) {
      const report = await checkpointStore({ path, mode: 'PASSIVE', owner: OWNER, wallUs })
      say(`checkpoint ${round} ${report.complete}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const database = new Database(path, { readonly: mode === 'read' })
  database.exec(mode === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE')
  database.prepare('SELECT count(*) FROM journal').get()
  say(mode === 'read' ? 'reading' : 'in the middle')
  setInterval(() => database.open, 60_000)
}

/**
 * A run of the writer for those who watch what it asks of the disk: commits enough for the log to be moved by itself, a
 * backup, a close in good order, a second session. Says what is acknowledged.
 */
async function runWatched(commits: number): Promise<void> {
  const traffic = new Traffic(sessionId)
  for (const session of [sessionId, `${sessionId}-2`]) {
    const writer = open()
    traffic.open(session)
    for (let commit = 0; commit < commits; commit += 1) {
      const head = writer.append(sessionId, traffic.tick(3).take(), traffic.view)
      say(`acknowledged ${head.seq} ${head.hash}`)
    }
    const { path: backup } = await writer.backup({ sessionId: session, keep: 1 })
    say(`backed up ${backup}`)
    const head = writer.append(sessionId, traffic.halt('duration_elapsed').take(), traffic.view)
    say(`acknowledged ${head.seq} ${head.hash}`)
    await writer.close()
  }
}

/** What a careless build does: its commits return before they are on disk. */
function beCareless(): void {
  const { pragma } = Database.prototype
  Database.prototype.pragma = function (this: Database.Database, source: string, options?: Database.PragmaOptions): unknown {
    if (source === 'synchronous') return 2
    return pragma.call(this, source === 'synchronous = FULL' ? 'synchronous = NORMAL' : source, options)
  }
}

async function run(): Promise<void> {
  if (mode === 'careless') beCareless()
  if (mode === 'watched' || mode === 'careless') return await runWatched(Number(process.argv[5]))
  if (mode === 'read' || mode === 'checkpoints') return await runBeside()
  if (mode === 'umask') process.umask(Number.parseInt(process.argv[5] ?? '0', 8))
  const writer = open()
  if (mode === 'hold') {
    say('holding')
    keep(writer)
    return
  }
  const traffic = new Traffic(sessionId)
  traffic.open(sessionId)
  if (mode === 'commit') {
    writer.append(sessionId, traffic.take(), traffic.view)
    keep(writer)
    return await runBeside()
  }
  if (mode === 'umask') {
    writer.append(sessionId, traffic.take(), traffic.view)
    say('written')
    keep(writer)
    return
  }
  if (mode === 'die') {
    // So many commits, always the same ones, and then the end that nothing can prepare for.
    for (let commit = 0; commit < Number(process.argv[5]); commit += 1) writer.append(sessionId, traffic.tick(3).take(), traffic.view)
    process.kill(process.pid, 'SIGKILL')
  }
  if (mode === 'backups') {
    for (let round = 1; ; round += 1) {
      writer.append(sessionId, traffic.tick(3).take(), traffic.view)
      await writer.backup({ sessionId: `${sessionId}-${round}`, keep: 50 })
      say(`backed up ${round}`)
    }
  }
  // Mode `append`: until killed, or until the disk or a limit says no; one more commit is tried then.
  for (let commit = 1; ; commit += 1) {
    traffic.tick(3)
    try {
      const head = writer.append(sessionId, traffic.take(), traffic.view)
      if (commit === 20) say('running')
      say(`acknowledged ${head.seq}`)
    } catch (error) {
      sayFailure(error)
      traffic.tick()
      try {
        writer.append(sessionId, traffic.take(), traffic.view)
      } catch (second) {
        say(`second ${second instanceof DitaError ? second.code : String(second)}`)
      }
      await writer.close()
      say('closed')
      return
    }
  }
}

try {
  await run()
} catch (error) {
  sayFailure(error)
}
