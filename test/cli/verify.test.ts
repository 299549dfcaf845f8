import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../src/core/journal/open.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'
import { dita, errorOf } from './dita.ts'

const folder = temporaryFolder()
const cwd = folder.path

beforeAll(async () => {
  for (const name of ['sound', 'damaged', 'unmarked']) await writeBackedUpStore(join(cwd, name, 'dita.db'))
})
afterAll(() => folder.remove())

/** A session, a backup before the next one, and that one. */
async function writeBackedUpStore(path: string): Promise<void> {
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'run-1', { startedWallUs: 1, capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(session, { seed: 21, ticks: 40 })
    session.halt('duration_elapsed')
  })
  const holder = { sessionId: 'run-2', pid: process.pid, since: '2026-01-01T00:00:00.000Z' }
  const journal = openWriter({ path, holder, wallUs: () => 1_760_000_000_000_000 })
  await journal.backup({ sessionId: 'run-2', keep: 3 })
  const session = new ScriptedSession(journal, 'run-2', { startedWallUs: 2, capital: { RLUSD: '20000' } })
  makeMarket(session, { seed: 22, ticks: 20 })
  session.halt('duration_elapsed')
  await journal.close()
}

function tamper(path: string, sql: string): void {
  const database = new Database(path)
  database.exec(sql)
  database.close()
}

describe('dita verify', () => {
  test('J10 a sound store is exit 0: one line for each check, as text and as JSON', async () => {
    const store = join(cwd, 'sound', 'dita.db')
    const text = await dita(['verify', '--store', store], { cwd })
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' })
    expect(text.stdout).toContain('is proved sound')
    // A figure and its unit are one word, which no line breaks in two.
    expect(inOneLine(text.stdout)).toMatch(/ commits, \d+\.\ds\./)
    expect(text.stdout.match(/^ {2}ok /gm)).toHaveLength(8)
    const json = await dita(['verify', '--json'], { cwd, env: { DITA_STORE: store } })
    expect(json.code).toBe(0)
    expect(JSON.parse(json.stdout)).toMatchObject({ store, verdict: 'sound', firstFault: null, backup: null, openSessions: [] })
  })

  test('J10 damage is exit 6: where it begins, the newest good backup, and what goes back to it', async () => {
    const store = join(cwd, 'damaged', 'dita.db')
    tamper(
      store,
      `UPDATE journal SET time_us = time_us + 1 WHERE seq = 7 AND account_id = (SELECT account_id FROM accounts WHERE name = 'paper/run-1')`,
    )
    const text = await dita(['verify', '--store', store], { cwd })
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 6, stderr: '' })
    const words = inOneLine(text.stdout)
    expect(words).toContain('is DAMAGED')
    expect(words).toMatch(/ FAIL facts .*fact 7 of account paper\/run-1 .* ok commits /)
    expect(words).toContain('It begins in account paper/run-1, at fact 7.')
    expect(words).toContain('The newest good backup was made before session run-2, at 2025-10-09T08:53:20.000Z')
    const json = await dita(['verify', '--store', store, '--json'], { cwd })
    expect(json.code).toBe(6)
    const { backup, firstFault } = JSON.parse(json.stdout)
    expect(firstFault).toMatchObject({ account: 'paper/run-1', seq: 7 })
    expect(text.stdout).toContain(backup.command)
    // What is to be typed stays whole; all else fits a terminal, but for names that are longer by themselves.
    const long = text.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(backup.command))
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([])
  })

  test('J10 a mark that is missing is exit 3', async () => {
    const store = join(cwd, 'unmarked', 'dita.db')
    const { rmSync } = await import('node:fs')
    rmSync(`${store}.mark`)
    const { code, stdout } = await dita(['verify', '--store', store], { cwd })
    expect(code).toBe(3)
    expect(inOneLine(stdout)).toContain('could not be proved in full')
    expect(inOneLine(stdout)).toContain('nobody can tell whether the store once went further')
  })

  test('where no store is, that is exit 2, and what is none of ours exit 6', async () => {
    const missing = await dita(['verify', '--store', join(cwd, 'nowhere', 'dita.db'), '--json'], { cwd })
    expect(missing.code).toBe(2)
    expect(errorOf(missing)).toMatchObject({ code: 'STORE_MISSING' })
    tamper(join(cwd, 'foreign.db'), 'CREATE TABLE t (x)')
    const foreign = await dita(['verify', '--store', join(cwd, 'foreign.db'), '--json'], { cwd })
    expect(foreign.code).toBe(6)
    expect(errorOf(foreign)).toMatchObject({ code: 'STORE_FOREIGN' })
  })
})

/** As it was before it was broken into lines. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
