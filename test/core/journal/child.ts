// A process of its own for the journal's tests: holds a store, writes to it until it is killed, or until writing fails.

import { writeSync } from 'node:fs'
import { DitaError } from '../../../src/core/errors.ts'
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

function open(): ReturnType<typeof openWriter> {
  return openWriter({ path, holder: { sessionId, pid: process.pid, since: '2026-01-01T00:00:00Z' }, wallUs: () => Date.now() * 1_000 })
}

/** Lives on with the writer in hand: one that nobody can reach any more lets go of its lock when memory is swept. */
function keep(writer: ReturnType<typeof openWriter>): void {
  setInterval(() => writer.warnings, 60_000)
}

async function run(): Promise<void> {
  if (mode === 'umask') process.umask(Number.parseInt(process.argv[5] ?? '0', 8))
  const writer = open()
  if (mode === 'hold') {
    say('holding')
    keep(writer)
    return
  }
  const traffic = new Traffic(sessionId)
  traffic.open(sessionId)
  if (mode === 'umask') {
    writer.append(sessionId, traffic.take(), traffic.view)
    say('written')
    keep(writer)
    return
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
