import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../src/core/journal/open.ts'
import type { StoreWriter } from '../../src/core/journal/writer.ts'
import { makeMarket, ScriptedSession, temporaryFolder } from '../core/report/recorded-store.ts'
import { dita, errorOf } from './dita.ts'

const folder = temporaryFolder()
const cwd = folder.path
const store = join(cwd, 'dita.db')
let journal: StoreWriter

beforeAll(() => {
  const holder = { sessionId: 'run-1', pid: process.pid, since: '2026-01-01T00:00:00.000Z' }
  journal = openWriter({ path: store, holder, wallUs: () => 1_760_000_000_000_000 })
  makeMarket(new ScriptedSession(journal, 'run-1', { startedWallUs: 1, capital: { XRP: '500', RLUSD: '20000' } }), { seed: 21, ticks: 40 })
})
afterAll(async () => {
  await journal.close()
  folder.remove()
})

describe('dita wal-checkpoint', () => {
  test('J05 beside a running session it says what moved, who writes the store, and that no row was written', async () => {
    const { code, stdout, stderr } = await dita(['wal-checkpoint', '--store', store], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Complete: PASSIVE checkpoint of ${store}`)
    expect(stdout).toMatch(/frames in the log +\d+/)
    expect(stdout.replaceAll('\n', ' ')).toContain(
      `No row of it was written: session run-1 (pid ${process.pid}) is the writer of this store.`,
    )
    const json = await dita(['wal-checkpoint', '--store', store, '--mode', 'truncate', '--json'], { cwd })
    expect(json.code).toBe(0)
    expect(JSON.parse(json.stdout)).toMatchObject({ mode: 'TRUNCATE', busy: false, complete: true, recorded: false, walBytesAfter: 0 })
  })

  test('J05 what a reader keeps in the log is exit 3, with the reason', async () => {
    const reader = new Database(store, { readonly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM journal').get()
    journal.recordRunEnd('run-1', 1)
    const { code, stdout } = await dita(['wal-checkpoint', '--store', store, '--mode', 'truncate'], { cwd })
    reader.close()
    expect(code).toBe(3)
    expect(stdout).toContain('NOT COMPLETE: TRUNCATE checkpoint')
    expect(stdout).toContain('A reader or session run-1 itself')
  })

  test('J05 where nobody runs it empties the log and keeps a row; a mode that does not exist, or a store, is exit 2', async () => {
    const reader = new Database(store, { readonly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM journal').get()
    journal.recordRunEnd('run-1', 2)
    await journal.close()
    reader.close()
    expect(statSync(`${store}-wal`).size).toBeGreaterThan(0)
    const { code, stdout } = await dita(['wal-checkpoint', '--store', store, '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'PASSIVE', complete: true, recorded: true, holder: null })
    const again = await dita(['wal-checkpoint', '--store', store], { cwd })
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('The log was empty: there was nothing to move')
    expect((await dita(['wal-checkpoint', '--mode', 'restart'], { cwd })).code).toBe(2)
    const missing = await dita(['wal-checkpoint', '--store', join(cwd, 'no.db'), '--json'], { cwd })
    expect(missing.code).toBe(2)
    expect(errorOf(missing)).toMatchObject({ code: 'STORE_MISSING' })
  })
})
