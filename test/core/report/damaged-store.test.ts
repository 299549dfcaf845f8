import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
const sound = join(folder.path, 'sound.db')
const SESSIONS = ['m-first', 'm-second', 'm-third'] as const

beforeAll(() =>
  writeStore(sound, (journal) => {
    for (const [index, id] of SESSIONS.entries()) {
      const session = new ScriptedSession(journal, id, { startedWallUs: index + 1, capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(session, { seed: index + 3, ticks: 12 })
      session.halt('duration_elapsed')
    }
  }),
)
afterAll(() => folder.remove())

/** A copy of the sound store whose bytes `change` has changed. */
function damagedCopy(name: string, change: (bytes: Buffer) => void): string {
  const path = join(folder.path, name, 'dita.db')
  mkdirSync(dirname(path))
  copyFileSync(sound, path)
  const bytes = readFileSync(path)
  change(bytes)
  writeFileSync(path, bytes)
  return path
}

describe('a store that was overwritten in the middle', () => {
  test('a session that is listed and cannot be looked up is damage, by whatever name it was asked for', async () => {
    const path = damagedCopy('key', (bytes) => {
      const row = bytes.indexOf('m-firstpaperpaper')
      expect(row).toBeGreaterThan(0)
      bytes.write('z', row)
    })
    const database = new Database(path)
    database.exec('DELETE FROM session_runs')
    database.close()
    for (const reference of ['latest', 'z-first', 'z']) {
      const thrown = await summarizeFromStore(path, reference).catch((error: unknown) => error)
      expect(thrown).toBeInstanceOf(DitaError)
      expect(thrown).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6, next: expect.stringContaining('backup') })
      expect((thrown as DitaError).message).toMatch(/^The store lists session z-first, but cannot read it: .*(order|missing).*\.$/)
    }
  })

  test('a page that holds something else is never the fault of who asks', async () => {
    const pageBytes = 4096
    const pages = readFileSync(sound).length / pageBytes
    const outcomes = new Map<string, number>()
    for (let page = 1; page < pages; page += 1) {
      const path = damagedCopy(`page-${page}`, (bytes) => bytes.fill(0xa5, page * pageBytes, (page + 1) * pageBytes))
      for (const read of [() => summarizeFromStore(path, 'latest'), () => sessionsOfStore(path, { limit: 5 })]) {
        const outcome = await read().then(
          () => 'read',
          (error: unknown) => (error instanceof DitaError ? `${error.code} ${error.exitCode}` : String(error)),
        )
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
    // A page that no figure of the session stands on does no harm.
    expect([...outcomes.keys()].sort()).toEqual(['STORE_DAMAGED 6', 'read'])
  })
})
