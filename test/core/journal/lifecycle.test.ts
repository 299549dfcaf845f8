import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openReader } from '../../../src/core/journal/read.ts'
import { failureOf, openTestWriter, query, storePath, withSmallDisk } from './stores.ts'
import { Traffic } from './traffic.ts'

function writtenTo(path: string) {
  const writer = openTestWriter(path)
  const traffic = new Traffic('main').open('one').tick(1)
  writer.append('main', traffic.take(), traffic.view)
  return { writer, traffic }
}

describe('closing', () => {
  test('L03 closing twice is fine, one after the other or at once, and frees the store once', async () => {
    const path = storePath()
    const { writer, traffic } = writtenTo(path)
    await Promise.all([writer.close(), writer.close()])
    const next = openTestWriter(path)
    await writer.close()
    expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_BUSY')
    expect(next.head('main').seq).toBeGreaterThan(1)
    traffic.tick()
    expect(failureOf(() => writer.append('main', traffic.take(), traffic.view)).message).toContain('the journal is closed')
  })

  test('J05 leaves everything in the store and nothing in a WAL', async () => {
    const path = storePath()
    const { writer } = writtenTo(path)
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    await writer.close()
    expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0)
  })

  test('J05 empties the WAL as well where a reader is connected, so that SQLite keeps the file', async () => {
    const path = storePath()
    const { writer } = writtenTo(path)
    const reader = openReader(path)
    await reader.db.selectFrom('journal').selectAll().execute()
    await writer.close()
    expect(statSync(`${path}-wal`).size).toBe(0)
    await reader.close()
  })

  test('is not kept waiting by a reader in the middle of its work', async () => {
    const path = storePath()
    const { writer, traffic } = writtenTo(path)
    const reader = new Database(path, { readonly: true })
    reader.exec('BEGIN; SELECT count(*) FROM journal')
    const rows = reader.prepare('SELECT seq FROM journal').all().length
    traffic.tick()
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    expect(reader.prepare('SELECT seq FROM journal').all()).toHaveLength(rows)
    reader.close()
    expect(openTestWriter(path).head('main').seq).toBeGreaterThan(rows)
  })
})

describe('a close on a full disk', () => {
  test('L03 says that the WAL is left, loses nothing, and lets go of the store', async (context) => {
    await withSmallDisk(context, '4m', async (disk) => {
      const path = join(disk.folder, 'dita.db')
      const writer = openTestWriter(path)
      const traffic = new Traffic('main').open('one')
      while (traffic.waiting < 2_000) traffic.tick()
      const { seq } = writer.append('main', traffic.take(), traffic.view)
      const filler = join(disk.folder, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow(/ENOSPC/)
      await expect(writer.close()).rejects.toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6 })
      rmSync(filler)
      const again = openTestWriter(path)
      expect([...again.replay('main')]).toHaveLength(seq)
      await again.close()
    })
  })
})

describe('checkpoints', () => {
  test('J05 PASSIVE moves the WAL into the store beside the writer, says what it did, and keeps a row of it', () => {
    const path = storePath()
    const { writer } = writtenTo(path)
    const outcome = writer.checkpoint('PASSIVE')
    expect(outcome).toMatchObject({ mode: 'PASSIVE', busy: false, complete: true, error: null })
    expect(outcome.logFrames).toBeGreaterThan(0)
    expect(outcome.checkpointedFrames).toBe(outcome.logFrames)
    expect(query(path, 'SELECT mode, busy, log_frames, checkpointed_frames, elapsed_ms, error FROM checkpoints')).toEqual([
      { mode: 'PASSIVE', busy: 0, log_frames: outcome.logFrames, checkpointed_frames: outcome.logFrames, elapsed_ms: 0, error: null },
    ])
  })

  test('J05 one that a reader keeps from finishing is not complete, though SQLite says it was not busy', () => {
    const path = storePath()
    const { writer, traffic } = writtenTo(path)
    const reader = new Database(path, { readonly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM journal').get()
    traffic.tick()
    writer.append('main', traffic.take(), traffic.view)
    const outcome = writer.checkpoint('PASSIVE')
    reader.close()
    expect(outcome).toMatchObject({ busy: false, complete: false, error: null })
    expect(outcome.checkpointedFrames).toBeLessThan(outcome.logFrames)
  })

  test('J05 one that fails is told and does not stop the session', async () => {
    const path = storePath()
    const { writer } = writtenTo(path)
    await writer.close()
    const outcome = writer.checkpoint('PASSIVE')
    expect(outcome.complete).toBe(false)
    expect(outcome.error).toContain('not open')
  })
})

describe('J03 readers', () => {
  test('J03 see whole commits only, and one state of the store for as long as they look', async () => {
    const path = storePath()
    const { writer, traffic } = writtenTo(path)
    const reader = openReader(path)
    const [first, second] = await reader.snapshot(async (db) => {
      const count = () =>
        db
          .selectFrom('journal')
          .select((by) => by.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow()
      const before = await count()
      traffic.tick()
      writer.append('main', traffic.take(), traffic.view)
      return [before, await count()]
    })
    expect(second).toEqual(first)
    const after = await reader.db
      .selectFrom('journal')
      .select((by) => by.fn.max('seq').as('seq'))
      .executeTakeFirstOrThrow()
    expect(after.seq).toBe(writer.head('main').seq)
    await reader.close()
  })

  test('snapshots that are asked for at once wait for one another', async () => {
    const path = storePath()
    await writtenTo(path).writer.close()
    const reader = openReader(path)
    const names = await Promise.all([1, 2, 3].map(() => reader.snapshot((db) => db.selectFrom('accounts').select('name').execute())))
    expect(names).toEqual([[{ name: 'main' }], [{ name: 'main' }], [{ name: 'main' }]])
    await expect(reader.snapshot(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    expect(await reader.snapshot((db) => db.selectFrom('sessions').select('session_id').execute())).toEqual([{ session_id: 'one' }])
    await reader.close()
  })

  test('read a store whose writer has closed it, as often as they like', async () => {
    const path = storePath()
    await writtenTo(path).writer.close()
    for (const _ of [1, 2]) {
      const reader = openReader(path)
      expect(await reader.db.selectFrom('sessions').select('session_id').execute()).toEqual([{ session_id: 'one' }])
      await reader.close()
      await reader.close()
    }
    expect(openTestWriter(path).warnings).toEqual([])
  })

  test('cannot write, and take no lock of the writer', async () => {
    const path = storePath()
    await writtenTo(path).writer.close()
    const reader = openReader(path)
    await expect(reader.db.deleteFrom('journal').execute()).rejects.toThrow(/readonly/)
    expect(openTestWriter(path).head('main').seq).toBeGreaterThan(1)
    await reader.close()
  })

  test('a path where nothing is, or a store that was never begun, is said plainly', async () => {
    const path = storePath()
    expect(failureOf(() => openReader(path))).toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
    expect(existsSync(path)).toBe(false)
  })
})
