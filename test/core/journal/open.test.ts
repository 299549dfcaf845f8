import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { knownLayout } from '../../../src/core/journal/migrate.ts'
import { openReader } from '../../../src/core/journal/read.ts'
import { APPLICATION_ID, assertSqliteVersion, setPragma } from '../../../src/core/journal/store-file.ts'
import { failureOf, openTestWriter, query, startChild, storePath, tamper, temporaryFolder, withSmallDisk } from './stores.ts'
import { Traffic } from './traffic.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

async function writtenStore(): Promise<string> {
  const path = storePath()
  const writer = openTestWriter(path)
  const traffic = new Traffic('main').open('one')
  writer.append('main', traffic.take(), traffic.view)
  await writer.close()
  return path
}

describe('opening for writing', () => {
  test('makes a store of ours, at the newest layout, with every table strict', async () => {
    const path = await writtenStore()
    expect(query(path, 'PRAGMA application_id')).toEqual([{ application_id: APPLICATION_ID }])
    expect(query(path, 'PRAGMA user_version')).toEqual([{ user_version: knownLayout() }])
    expect(query(path, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(query(path, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'`)).toEqual([])
    const tables = query<{ name: string }>(path, `SELECT name FROM sqlite_schema WHERE type = 'table'`).map((table) => table.name)
    expect(tables).toEqual(expect.arrayContaining(['journal', 'snapshots', 'orders', 'postings', 'reconcile_findings', 'checkpoints']))
  })

  test('sets what durability stands on for its own connection, and reads it back', () => {
    const asked: string[] = []
    const { pragma } = Database.prototype
    Database.prototype.pragma = function (this: Database.Database, source: string, options?: Database.PragmaOptions): unknown {
      asked.push(source)
      return pragma.call(this, source, options)
    }
    try {
      openTestWriter(storePath())
    } finally {
      Database.prototype.pragma = pragma
    }
    for (const name of ['journal_mode', 'synchronous', 'foreign_keys', 'wal_autocheckpoint']) {
      expect(asked.findIndex((source) => source.startsWith(`${name} = `))).toBeGreaterThan(-1)
      expect(asked).toContain(name)
    }
    expect(asked).toContain('synchronous = FULL')
    expect(asked).toContain('quick_check(1)')
  })

  test('a setting that SQLite does not keep is refused', () => {
    const database = new Database(':memory:')
    const failure = failureOf(() => setPragma(database, 'x.db', { name: 'journal_mode', value: 'WAL', reads: 'wal' }))
    database.close()
    expect(failure.code).toBe('STORE_UNUSABLE')
    expect(failure.message).toContain('keeps journal_mode at memory instead of wal')
  })

  test('a SQLite that can corrupt a WAL is refused', () => {
    for (const version of ['3.51.2', '3.50.9', '2.99.99', '3.7'])
      expect(failureOf(() => assertSqliteVersion('x', version)).code).toBe('STORE_UNUSABLE')
    for (const version of ['3.51.3', '3.51.10', '3.52.0', '4.0.0']) expect(() => assertSqliteVersion('x', version)).not.toThrow()
  })

  test('a store opens again and goes on where it was', async () => {
    const path = await writtenStore()
    const head = openTestWriter(path).head('main')
    expect(head.seq).toBe(1)
    expect(head.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a zero-length file with no mark is a store that was never begun', () => {
    const path = join(temporaryFolder(), 'dita.db')
    writeFileSync(path, '')
    expect(openTestWriter(path).head('main').seq).toBe(0)
  })

  test('two names of one store meet at one lock', async () => {
    const path = await writtenStore()
    const link = join(dirname(path), 'other-name.db')
    symlinkSync(path, link)
    openTestWriter(path)
    expect(failureOf(() => openTestWriter(link)).code).toBe('STORE_BUSY')
  })
})

describe('J01 a crash while a store is not in WAL mode yet', () => {
  test('J01 leaves a rollback journal: a start takes the change back and goes on, a reader says so', async () => {
    const path = await writtenStore()
    const copy = storePath()
    mkdirSync(dirname(copy))
    tamper(path, (db) => {
      db.pragma('journal_mode = DELETE')
      // A cache of one page makes SQLite write before it commits, as a change of any size may.
      db.pragma('cache_size = 1')
      db.exec('BEGIN; DELETE FROM journal; CREATE TABLE filler AS SELECT zeroblob(50000)')
      for (const suffix of ['', '-journal']) copyFileSync(path + suffix, copy + suffix)
      copyFileSync(`${path}.mark`, `${copy}.mark`)
      db.exec('ROLLBACK')
    })
    const failure = failureOf(() => openReader(copy))
    expect(failure).toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6 })
    expect(failure.message).toContain('only the start of a session takes back')
    const writer = openTestWriter(copy)
    expect(writer.warnings).toEqual([])
    expect(writer.startCheck).toMatchObject({ name: 'integrity_check', because: 'a change to it had been cut short' })
    expect([...writer.replay('main')]).toHaveLength(1)
  })
})

describe('what is not a store of ours is refused and left as it is', () => {
  const refusals: [string, (path: string) => void, RegExp][] = [
    ['random bytes', (path) => writeFileSync(path, Buffer.alloc(8192, 0xa5)), /no SQLite database/],
    ['a text file', (path) => writeFileSync(path, 'mode: paper\n'), /no SQLite database/],
    [
      'a SQLite database of another program',
      (path) => tamper(path, (db) => db.exec('CREATE TABLE t (x); PRAGMA user_version = 1')),
      /another program/,
    ],
    [
      'a SQLite database with another application id',
      (path) => tamper(path, (db) => db.exec('PRAGMA application_id = 7')),
      /another program/,
    ],
  ]
  for (const [name, make, message] of refusals) {
    test(name, () => {
      const path = join(temporaryFolder(), 'dita.db')
      make(path)
      const before = readFileSync(path)
      const failure = failureOf(() => openTestWriter(path))
      expect(failure).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6, fault: 'user' })
      expect(failure.message).toMatch(message)
      expect(failure.next).not.toBe('')
      expect(readFileSync(path).equals(before)).toBe(true)
      expect(existsSync(`${path}.lock.db`)).toBe(false)
      expect(existsSync(`${path}.mark`)).toBe(false)
    })
  }

  test('a folder in place of the file', () => {
    const path = join(temporaryFolder(), 'dita.db')
    mkdirSync(path)
    expect(failureOf(() => openTestWriter(path))).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6 })
  })

  test('a store from a newer version', async () => {
    const path = await writtenStore()
    tamper(path, (db) => db.exec(`PRAGMA user_version = ${knownLayout() + 1}`))
    const failure = failureOf(() => openTestWriter(path))
    expect(failure).toMatchObject({ code: 'STORE_NEWER', exitCode: 6 })
    expect(failure.message).toContain(`layout ${knownLayout() + 1}`)
  })
})

describe('what cannot be used is refused with a reason', () => {
  test('a file where the folder should be', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'x')
    expect(failureOf(() => openTestWriter(join(folder, 'file', 'dita.db')))).toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6 })
    // There nothing can be made, and Node's own way of making folders never returns.
    expect(failureOf(() => openTestWriter('/proc/dita/x/dita.db'))).toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6 })
  })

  test('a store whose pages are damaged', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    for (let tick = 0; tick < 200; tick += 1) traffic.tick()
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    const bytes = readFileSync(path)
    bytes.fill(0x5a, 40 * 4096, 60 * 4096)
    writeFileSync(path, bytes)
    const failure = failureOf(() => openTestWriter(path))
    expect(failure).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6, fault: 'machine' })
  })

  test('a store that was cut to nothing: the mark remembers that it held something', async () => {
    const path = await writtenStore()
    truncateSync(path, 0)
    const failure = failureOf(() => openTestWriter(path))
    expect(failure).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6 })
    expect(failure.message).toContain('commit 1 had been written, up to fact 1 of account main')
  })

  test('a disk that may only be read, with a store on it or without', async (context) => {
    await withSmallDisk(context, '8m', async (disk) => {
      const path = join(disk.folder, 'dita.db')
      await openTestWriter(path).close()
      disk.makeReadOnly()
      for (const place of [path, join(disk.folder, 'other.db'), join(disk.folder, 'new', 'dita.db')]) {
        const failure = failureOf(() => openTestWriter(place))
        expect(failure).toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6, fault: 'machine' })
        expect(failure.message).toMatch(/read-only|cannot be opened|cannot be made/)
      }
      expect(failureOf(() => openReader(path)).code).toBe('STORE_UNUSABLE')
    })
  })

  test('a name that ends in a blank, which SQLite would open under another name', () => {
    expect(failureOf(() => openTestWriter(`${storePath()} `)).code).toBe('STORE_UNUSABLE')
  })

  test('L01 a start that fails half-way lets go of what it had acquired', async () => {
    const path = await writtenStore()
    tamper(path, (db) => db.exec('DROP TABLE denials; CREATE TABLE denials (x)'))
    expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_UNUSABLE')
    expect(existsSync(`${path}.lock.json`)).toBe(false)
    tamper(path, (db) => db.exec('DROP TABLE denials; CREATE TABLE denials (x TEXT) STRICT'))
    expect(openTestWriter(path).head('main').seq).toBe(1)
  })
})

describe('J04 the files are private whatever the umask', () => {
  for (const umask of ['000', '077', '022']) {
    test(`J04 umask ${umask}: files 0600, folder 0700, while a session runs`, async () => {
      const path = storePath()
      const child = startChild('umask', [path, 'child', umask])
      await child.line('written')
      const files = ['', '-wal', '-shm', '.lock.db', '.lock.json', '.mark'].map((suffix) => modeOf(`${path}${suffix}`))
      expect(files).toEqual(['600', '600', '600', '600', '600', '600'])
      expect(modeOf(dirname(path))).toBe('700')
    })
  }

  test('J04 a store that others could read is made private again', async () => {
    const path = await writtenStore()
    chmodSync(path, 0o644)
    chmodSync(`${path}.mark`, 0o666)
    openTestWriter(path)
    expect([modeOf(path), modeOf(`${path}-wal`), modeOf(`${path}.mark`)]).toEqual(['600', '600', '600'])
  })

  test('J04 a folder that others share keeps its rights', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o755)
    await openTestWriter(join(folder, 'dita.db')).close()
    expect(modeOf(folder)).toBe('755')
  })
})

describe('opening for reading refuses what opening for writing refuses', () => {
  test('a file of another kind, a store from a newer version, an empty file, a folder', async () => {
    const path = await writtenStore()
    tamper(path, (db) => db.exec(`PRAGMA user_version = ${knownLayout() + 1}`))
    expect(failureOf(() => openReader(path))).toMatchObject({ code: 'STORE_NEWER', exitCode: 6 })
    tamper(path, (db) => db.exec('PRAGMA user_version = 0'))
    expect(failureOf(() => openReader(path))).toMatchObject({ code: 'STORE_OLDER', exitCode: 6 })
    tamper(path, (db) => db.exec('PRAGMA application_id = 7'))
    expect(failureOf(() => openReader(path))).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6 })
    const other = join(dirname(path), 'other.db')
    writeFileSync(other, 'x'.repeat(5_000))
    expect(failureOf(() => openReader(other))).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6 })
    writeFileSync(other, '')
    expect(failureOf(() => openReader(other))).toMatchObject({ code: 'STORE_EMPTY', exitCode: 2 })
    expect(failureOf(() => openReader(dirname(path)))).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6 })
  })
})
