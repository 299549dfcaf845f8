// Errors of stores, sessions in them, and the reports that are made of them.

import { mkdirSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { knownLayout } from '../../src/core/journal/migrate.ts'
import { dec } from '../../src/core/kernel/decimal.ts'
import { openTestWriter } from '../core/journal/stores.ts'
import { Traffic } from '../core/journal/traffic.ts'
import { DEMO, LINEAR, ScriptedSession, writeStore } from '../core/report/recorded-store.ts'
import { failureOf, MINUTE_US, onlooker, runPaper } from '../session/harness.ts'
import { happened, type Provocation, typed } from './provocation.ts'
import type { Scene } from './scene.ts'

const STORE = '.dita/dita.db'

/** A workspace with a session in its store. */
async function traded(scene: Scene, ...sessionIds: readonly string[]): Promise<void> {
  scene.config({ mode: 'paper' })
  for (const sessionId of sessionIds) await scene.run(`dita run --duration 2s --speed max --seed 7 --session ${sessionId}`)
}

/** An account that the config names, so that what is paid in stays. */
async function tradedByName(scene: Scene, account: string): Promise<void> {
  await traded(scene, account)
  scene.config({ mode: 'paper', paper: { account } })
}

/** The same, and then something is done to the store. */
const tampered = (sql: string) => async (scene: Scene) => {
  await traded(scene, 'morning')
  const database = new Database(scene.path(STORE))
  database.exec(sql)
  database.close()
}

export const STORES: readonly Provocation[] = [
  typed('STORE_MISSING', 'dita summarize'),
  typed('STORE_MISSING', 'dita halt'),
  typed('STORE_EMPTY', 'dita sessions', 'with a store of no bytes', (scene) => {
    scene.config({ mode: 'paper' })
    scene.file(STORE, '')
  }),
  typed('STORE_FOREIGN', 'dita sessions --store notes.txt', 'which is no database', (scene) => scene.file('notes.txt', 'x'.repeat(5_000))),
  typed('STORE_FOREIGN', 'dita sessions --store .'),
  typed('STORE_FOREIGN', 'dita run --store photos.db', "another program's database", (scene) => {
    const database = new Database(scene.path('photos.db'))
    database.exec('CREATE TABLE photos (name TEXT)')
    database.close()
  }),
  typed('STORE_NEWER', 'dita summarize', 'after a newer dita', tampered(`PRAGMA user_version = ${knownLayout() + 1}`)),
  typed('STORE_OLDER', 'dita summarize', 'of a store that no session of this dita has opened', tampered('PRAGMA user_version = 1')),
  typed('STORE_DAMAGED', 'dita run', 'with a journal that was cut off', tampered('DELETE FROM journal WHERE seq > 5')),
  typed('STORE_UNUSABLE', 'dita run --store notes.txt/dita.db', 'below a file', (scene) => scene.file('notes.txt', '')),
  typed('STORE_BUSY', 'dita sessions', 'while another program has it locked', async (scene) => {
    await traded(scene, 'morning')
    lockedBy(scene)
  }),
  happened('BACKUP_FAILED', 'a session starts, and a file is where `backups` should be', async (scene) => {
    const writer = openTestWriter(scene.path('dita.db'))
    const traffic = new Traffic('main').open('one')
    writer.append('main', traffic.take(), traffic.view)
    scene.file('backups', '')
    try {
      return await scene.failureOf(writer.backup({ sessionId: 'next', keep: 3 }))
    } finally {
      await writer.close()
    }
  }),
  happened('JOURNAL_FAILED', 'a session runs, and another program locks its store', async (scene) => {
    const storePath = scene.path('dita.db')
    let other: Database.Database | null = null
    const observer = onlooker(({ counts }) => {
      if (counts.ticks !== 5 || other !== null) return
      other = new Database(storePath)
      other.exec('BEGIN IMMEDIATE')
    })
    const failure = await failureOf(runPaper({ storePath, observer, durationUs: MINUTE_US }))
    ;(other as Database.Database | null)?.close()
    return scene.told(failure)
  }),
  happened('JOURNAL_REFUSED', 'a defect: a fact that cannot follow', async (scene) => {
    const writer = openTestWriter(scene.path('dita.db'))
    const traffic = new Traffic('main').open('one')
    const facts = traffic.take()
    writer.append('main', facts, traffic.view)
    try {
      return await scene.failureOf(Promise.resolve().then(() => writer.append('main', facts, traffic.view)))
    } finally {
      await writer.close()
    }
  }),
]

/** It stays locked until the folder goes away. */
function lockedBy(scene: Scene): void {
  const other = new Database(scene.path(STORE))
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  scene.atEnd(() => other.close())
}

export const SESSIONS: readonly Provocation[] = [
  typed('NO_SESSIONS', 'dita summarize', 'of a store that no session has been in', async (scene) => {
    scene.config({ mode: 'paper' })
    mkdirSync(scene.path('.dita'), { mode: 0o700 })
    await openTestWriter(scene.path(STORE)).close()
  }),
  typed('UNKNOWN_SESSION', 'dita summarize evening', '', (scene) => traded(scene, 'morning')),
  typed('AMBIGUOUS_SESSION', 'dita summarize mo', '', (scene) => traded(scene, 'monday', 'morning')),
  typed('SESSION_EXISTS', 'dita run --session morning', '', (scene) => traded(scene, 'morning')),
  typed('ACCOUNT_HOLDS_OTHER', 'dita run', 'with another instrument, on an account that still holds something', async (scene) => {
    const paper = { account: 'desk' }
    scene.config({ paper })
    await scene.run('dita run --duration 5m --speed max --seed 7')
    const instrument = { symbol: 'ABC/RLUSD', kind: 'spot', base: 'ABC', quote: 'RLUSD', tick_size: '0.0001', lot_size: '0.01' }
    scene.config({ paper, instrument })
  }),
  typed('UNKNOWN_SECTION', 'dita summarize --section profits', '', (scene) => traded(scene, 'morning')),
  typed('FLAGS_CONFLICT', 'dita summarize --md --html page.html', '', (scene) => traded(scene, 'morning')),
  typed('FLAGS_CONFLICT', 'dita summarize --section result --csv tables', '', (scene) => traded(scene, 'morning')),
  typed('FILE_IN_THE_WAY', 'dita summarize --html notes.txt', '', async (scene) => {
    await traded(scene, 'morning')
    writeFileSync(scene.path('notes.txt'), 'Buy milk.')
  }),
  typed('REPORT_NOT_WRITTEN', 'dita summarize --html notes.txt/page.html', 'below a file', async (scene) => {
    await traded(scene, 'morning')
    writeFileSync(scene.path('notes.txt'), '')
  }),
]

export const CAPITAL: readonly Provocation[] = [
  typed('BAD_AMOUNT', 'dita capital deposit USDT 250'),
  typed('BAD_AMOUNT', 'dita capital withdraw -5 USDT'),
  typed('BAD_ASSET', 'dita capital deposit 250 usdt'),
  typed('BAD_NOTE', `dita capital deposit 250 USDT --note ${'x'.repeat(501)}`),
  typed('BAD_TIME', 'dita capital deposit 250 USDT --at yesterday'),
  typed('BAD_TIME', 'dita capital deposit 250 USDT --at 2199-01-01'),
  typed('ACCOUNT_UNNAMED', 'dita capital deposit 250 USDT', 'with two accounts in the store', async (scene) => {
    await traded(scene, 'morning', 'evening')
  }),
  typed('ACCOUNT_UNNAMED', 'dita capital deposit 250 RLUSD', 'on paper, where dita.yaml names no account', (scene) =>
    traded(scene, 'morning'),
  ),
  typed('ACCOUNT_UNKNOWN', 'dita capital deposit 250 USDT --account paper/desk', '', (scene) => traded(scene, 'morning')),
  typed('ASSET_UNKNOWN', 'dita capital deposit 250 RLUDS', '', (scene) => tradedByName(scene, 'morning')),
  typed('CAPITAL_TOO_LARGE', 'dita capital withdraw 1000000 RLUSD', '', (scene) => tradedByName(scene, 'morning')),
  typed('CAPITAL_UNSEEN', 'dita capital deposit 250 USDT', 'before any session has seen the wallet at the venue', async (scene) => {
    scene.config({ mode: 'paper', paper: { account: 'one' } })
    mkdirSync(scene.path('.dita'), { mode: 0o700 })
    await writeStore(scene.path(STORE), (journal) => {
      const session = new ScriptedSession(journal, 'one', { instrument: LINEAR, place: DEMO })
      session.tick(dec('2'))
      session.halt('duration_elapsed')
    })
  }),
]
