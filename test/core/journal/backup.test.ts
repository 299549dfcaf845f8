import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { listBackups } from '../../../src/core/journal/backup.ts'
import { openReader } from '../../../src/core/journal/read.ts'
import { verifyStore } from '../../../src/core/journal/verify-store.ts'
import { compareStores } from './rebuild-store.ts'
import { openTestWriter, query, startChild, storePath, tamper, withSmallDisk } from './stores.ts'
import { Traffic } from './traffic.ts'

const START_US = 1_760_000_000_000_000
const SECOND_US = 1_000_000
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const backupsIn = (path: string) => readdirSync(join(dirname(path), 'backups')).sort()

function written(path: string, sessionId = 'one') {
  const writer = openTestWriter(path)
  const traffic = new Traffic('main').open(sessionId).tick(1)
  writer.append('main', traffic.take(), traffic.view)
  return { writer, traffic }
}

describe('J10 a backup', () => {
  test('J10 is a store of its own, private, equal to its source, with its mark beside it', async () => {
    const path = storePath()
    const { writer } = written(path)
    const outcome = await writer.backup({ sessionId: 'next', keep: 3 })
    const backup = outcome.path ?? ''
    expect(backup).toBe(join(dirname(path), 'backups', 'dita-20251009T085320.000Z-next.db'))
    expect(outcome).toMatchObject({ bytes: statSync(backup).size, removed: [], removalError: null })
    expect(backupsIn(path)).toEqual([basename(backup), `${basename(backup)}.mark`])
    expect([modeOf(backup), modeOf(`${backup}.mark`), modeOf(dirname(backup))]).toEqual(['600', '600', '700'])
    expect(compareStores(path, backup)).toEqual([])
    // To look into it leaves nothing beside it.
    expect(verifyStore({ path: backup, wallUs: () => 1 })).toMatchObject({ verdict: 'sound', commits: 1 })
    expect(backupsIn(path)).toHaveLength(2)
    expect(listBackups(path)).toEqual([{ path: backup, sessionId: 'next', madeAt: '2025-10-09T08:53:20.000Z' }])
  })

  test('J10 holds what is still in the log, and the store goes on after it', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    const { path: backup } = await writer.backup({ sessionId: 'next', keep: 3 })
    const { seq } = writer.append('main', traffic.tick(1).take(), traffic.view)
    await writer.close()
    expect(query(path, 'SELECT max(seq) AS seq FROM journal')).toEqual([{ seq }])
    expect(query(backup ?? '', 'SELECT max(last_seq) AS seq FROM commits')).not.toEqual([{ seq }])
    expect(verifyStore({ path, wallUs: () => 1 }).verdict).toBe('sound')
  })

  test('J10 of an empty store is none, and none is made where none are to be kept', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    expect(await writer.backup({ sessionId: 'next', keep: 3 })).toMatchObject({ path: null, bytes: 0 })
    const traffic = new Traffic('main').open('one')
    writer.append('main', traffic.take(), traffic.view)
    expect(await writer.backup({ sessionId: 'next', keep: 0 })).toMatchObject({ path: null })
    expect(existsSync(join(dirname(path), 'backups'))).toBe(false)
  })

  test('J10 the newest stay; files of other names, and backups of other stores, are never touched', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    await writer.close()
    const folder = join(dirname(path), 'backups')
    const strangers = [
      'notes.txt',
      'dita.db',
      'dita-20251009T085320.000Z-UPPER.db',
      'other-20251009T085320.000Z-a.db',
      'xdita-20251009T085320.000Z-a.db',
    ]
    mkdirSync(folder)
    chmodSync(folder, 0o755)
    for (const name of strangers) writeFileSync(join(folder, name), 'x')
    // What a backup that was killed leaves.
    for (const rest of ['.partial', '.partial-journal', '.partial.mark', '.mark'])
      writeFileSync(join(folder, `dita-20240101T000000.000Z-dead.db${rest}`), 'x')
    const removed: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const again = openTestWriter(path, START_US + round * SECOND_US)
      removed.push(...(await again.backup({ sessionId: `s${round}`, keep: 2 })).removed)
      await again.close()
    }
    expect(modeOf(folder)).toBe('700')
    expect(listBackups(path).map(({ sessionId }) => sessionId)).toEqual(['s4', 's3'])
    expect(removed.map((name) => basename(name))).toEqual([0, 1, 2].map((round) => `dita-20251009T08532${round}.000Z-s${round}.db`))
    const ours = listBackups(path).flatMap(({ path: name }) => [basename(name), `${basename(name)}.mark`])
    expect(backupsIn(path)).toEqual([...strangers, ...ours].sort())
    expect(traffic.view.seq).toBeGreaterThan(1)
  })

  test('J10 the one just made stays, though the clock was set back', async () => {
    const path = storePath()
    await written(path).writer.close()
    for (const [sessionId, second] of [
      ['one', 10],
      ['two', 20],
      ['three', 5],
    ] as const) {
      const writer = openTestWriter(path, START_US + second * SECOND_US)
      await writer.backup({ sessionId, keep: 2 })
      await writer.close()
    }
    expect(listBackups(path).map(({ sessionId }) => sessionId)).toEqual(['two', 'three'])
  })

  test('J10 V06 a name that is no session id is refused: its file would never be found again', async () => {
    const path = storePath()
    const { writer } = written(path)
    for (const sessionId of ['../up', '', 'UPPER', 'a b']) {
      await expect(writer.backup({ sessionId, keep: 2 })).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
    }
    expect(existsSync(join(dirname(path), 'backups'))).toBe(false)
  })

  test('J10 one that fails says why, leaves nothing behind, and leaves the store to go on', async (context) => {
    await withSmallDisk(context, '2m', async (disk) => {
      const path = join(disk.folder, 'dita.db')
      const { writer, traffic } = written(path)
      const filler = join(disk.folder, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow(/ENOSPC/)
      await expect(writer.backup({ sessionId: 'next', keep: 3 })).rejects.toMatchObject({
        code: 'BACKUP_FAILED',
        exitCode: 6,
        fault: 'machine',
      })
      expect(backupsIn(path)).toEqual([])
      rmSync(filler)
      writer.append('main', traffic.tick().take(), traffic.view)
      expect((await writer.backup({ sessionId: 'next', keep: 3 })).path).not.toBe(null)
      await writer.close()
    })
  })

  test('J10 a file in the place of its folder is such a failure', async () => {
    const path = storePath()
    const { writer } = written(path)
    writeFileSync(join(dirname(path), 'backups'), 'x')
    await expect(writer.backup({ sessionId: 'next', keep: 3 })).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
    expect(writer.head('main').seq).toBeGreaterThan(1)
  })

  test('J10 killed in the middle of one, the store and its older backups are as they were', async () => {
    const path = storePath()
    const { writer } = written(path)
    await writer.backup({ sessionId: 'older', keep: 3 })
    await writer.close()
    const child = startChild('backups', [path, 'child'])
    await child.line('backed up 3')
    child.process.kill('SIGKILL')
    await child.ended
    const [older, ...newer] = listBackups(path).reverse()
    expect(older?.sessionId).toBe('older')
    expect(newer.length).toBeGreaterThanOrEqual(3)
    for (const backup of listBackups(path))
      expect(verifyStore({ path: backup.path, wallUs: () => 1 })).toMatchObject({ verdict: 'sound', backup: null })
    expect(verifyStore({ path, wallUs: () => 1 }).verdict).toBe('sound')
  })
})

describe('J10 what a start asks SQLite about the store', () => {
  test('J10 after a close in good order it is the quick check', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    writer.append('main', traffic.halt('duration_elapsed').take(), traffic.view)
    await writer.close()
    expect(openTestWriter(path).startCheck).toMatchObject({ name: 'quick_check', because: null })
  })

  test('J10 a new store has nothing to be asked about', () => {
    expect(openTestWriter(storePath()).startCheck).toMatchObject({ name: 'quick_check', because: null })
  })

  test('J10 after a crash it is the integrity check, though a reader was there in between', async () => {
    const path = storePath()
    const child = startChild('append', [path, 'child'])
    await child.line('running')
    child.process.kill('SIGKILL')
    await child.ended
    const bytes = statSync(`${path}-wal`).size
    expect(bytes).toBeGreaterThan(0)
    await openReader(path).close()
    const writer = openTestWriter(path)
    expect(writer.startCheck).toMatchObject({ name: 'integrity_check', because: `its write-ahead log held ${bytes} bytes` })
    await writer.close()
    // Its session still has no end: nobody has written one.
    expect(openTestWriter(path).startCheck).toMatchObject({ name: 'integrity_check', because: 'session child has no end' })
  })

  test('J10 the integrity check finds what the quick one does not see: an index that speaks of another row', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    for (let tick = 0; tick < 20; tick += 1) traffic.tick(1)
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    alterIndexEntry(path)
    tamper(path, (db) => expect(db.pragma('quick_check', { simple: true })).toBe('ok'))
    expect(() => openTestWriter(path)).toThrow(/integrity_check says: row \d+ missing from index/)
  })
})

/** Flips a bit in the first entry of an index: its table is as it was, and so is the number of its entries. */
function alterIndexEntry(path: string): void {
  const database = new Database(path)
  const root = database.prepare<[], number>(`SELECT rootpage FROM sqlite_schema WHERE name = 'orders_by_session'`).pluck().get() ?? 0
  const size = Number(database.pragma('page_size', { simple: true }))
  database.close()
  const bytes = readFileSync(path)
  const page = bytes.subarray((root - 1) * size, root * size)
  const at = page.indexOf('one')
  page[at] = (page[at] ?? 0) ^ 1
  for (const left of ['-wal', '-shm']) rmSync(path + left, { force: true })
  writeFileSync(path, bytes)
}
