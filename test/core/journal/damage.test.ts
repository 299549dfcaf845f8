import { closeSync, linkSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openReader } from '../../../src/core/journal/read.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import { failureOf, openTestWriter, storePath, tamper } from './stores.ts'
import { Traffic } from './traffic.ts'

/** A closed store with a commit each for the opening and for five ticks; its facts. */
async function writtenStore(): Promise<{ path: string; facts: Fact[] }> {
  const path = storePath()
  const writer = openTestWriter(path)
  const traffic = new Traffic('main').open('one')
  const facts: Fact[] = []
  for (let commit = 0; commit < 6; commit += 1) {
    const batch = traffic.take()
    writer.append('main', batch, traffic.view)
    facts.push(...batch)
    traffic.tick()
  }
  await writer.close()
  return { path, facts }
}

function replayFailure(path: string, work: (database: Database.Database) => void) {
  tamper(path, work)
  const writer = openTestWriter(path)
  return failureOf(() => [...writer.replay('main')])
}

describe('replay finds what was altered and names the fact', () => {
  test('a flipped byte in a body', async () => {
    const { path } = await writtenStore()
    const failure = replayFailure(path, (db) => db.exec(`UPDATE journal SET body = replace(body, '"40"', '"41"') WHERE seq = 4`))
    expect(failure).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6, fault: 'machine' })
    expect(failure.message).toContain('fact 4 of account main does not fit the hash chain')
    expect(failure.next).toContain('backup')
  })

  for (const column of ['time_us = time_us + 1', `session_id = 'two'`, `type = 'MARK_SET'`, 'hash = zeroblob(32)']) {
    test(`${column}`, async () => {
      const { path } = await writtenStore()
      expect(replayFailure(path, (db) => db.exec(`UPDATE journal SET ${column} WHERE seq = 5`)).message).toContain('fact 5 of account main')
    })
  }

  test('a fact that is missing in the middle', async () => {
    const { path } = await writtenStore()
    expect(replayFailure(path, (db) => db.exec('DELETE FROM journal WHERE seq = 7')).message).toContain('fact 7 of account main')
  })

  test('an altered fact whose own hash was made to fit: the next one does not', async () => {
    const { path, facts } = await writtenStore()
    const other = storePath()
    const writer = openTestWriter(other)
    const forged = new Traffic('main').open('one')
    const [first] = forged.take()
    writer.append('main', [{ ...(first as Fact), timeUs: (facts[0]?.timeUs ?? 0) + 1 }], forged.view)
    await writer.close()
    const failure = replayFailure(path, (db) => {
      db.prepare('ATTACH ? AS other').run(other)
      db.exec('DELETE FROM journal WHERE seq = 1; INSERT INTO journal SELECT * FROM other.journal')
    })
    expect(failure.message).toContain('fact 2 of account main')
  })

  test('the end of an account that is not the last one to have written', async () => {
    const { path } = await writtenStore()
    const writer = openTestWriter(path)
    const traffic = new Traffic('other').open('two')
    writer.append('other', traffic.take(), traffic.view)
    await writer.close()
    const failure = replayFailure(path, (db) =>
      db.exec(`DELETE FROM journal WHERE account_id = 1 AND seq = (SELECT max(seq) FROM journal WHERE account_id = 1)`),
    )
    expect(failure.code).toBe('STORE_DAMAGED')
    expect(failure.message).toMatch(/facts of account main end at \d+, but its last commit ended at \d+/)
  })
})

describe('the high-water mark finds what is missing at the end', () => {
  test('a store that lost its last commit without a trace', async () => {
    const { path, facts } = await writtenStore()
    tamper(path, (db) =>
      db.exec(
        `DELETE FROM journal WHERE seq >= (SELECT first_seq FROM commits WHERE commit_id = 6); DELETE FROM commits WHERE commit_id = 6`,
      ),
    )
    const failure = failureOf(() => openTestWriter(path))
    expect(failure).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6 })
    expect(failure.message).toContain(`it ends at commit 5, but commit 6 had been written, up to fact ${facts.length} of account main`)
    expect(failure.next).toContain(`${path}.mark`)
  })

  test('a store that is gone altogether', async () => {
    const { path } = await writtenStore()
    rmSync(path)
    expect(failureOf(() => openTestWriter(path)).message).toContain('it ends at commit 0, but commit 6 had been written')
  })

  test('a commit that is another than the one that was written', async () => {
    const { path } = await writtenStore()
    const other = storePath()
    const writer = openTestWriter(other)
    const traffic = new Traffic('main').open('one')
    for (let commit = 0; commit < 7; commit += 1) {
      writer.append('main', traffic.take(), traffic.view)
      traffic.tick(2)
    }
    await writer.close()
    rmSync(path)
    tamper(other, (db) => db.prepare('VACUUM INTO ?').run(path))
    expect(failureOf(() => openTestWriter(path)).message).toContain('commit 6 is not the one that was written there')
  })

  test('a mark that is behind is what a crash leaves: the store is believed and the mark follows', async () => {
    const { path } = await writtenStore()
    const earlier = storePath()
    const writer = openTestWriter(earlier)
    const traffic = new Traffic('main').open('one')
    const first = traffic.take()
    writer.append('main', first, traffic.view)
    await writer.close()
    // The mark of a store with the same first commit stands for one that was not written since.
    const mark = readFileSync(`${earlier}.mark`)
    writeFileSync(`${path}.mark`, mark)
    const again = openTestWriter(path)
    expect(again.warnings).toEqual([])
    await again.close()
    tamper(path, (db) =>
      db.exec('DELETE FROM commits WHERE commit_id = 6; DELETE FROM journal WHERE seq > (SELECT max(last_seq) FROM commits)'),
    )
    expect(failureOf(() => openTestWriter(path)).message).toContain('commit 6 had been written')
  })

  test('a missing or unreadable mark is no reason to stop, but it is said', async () => {
    for (const spoil of [(mark: string) => rmSync(mark), (mark: string) => writeFileSync(mark, 'x'.repeat(1024))]) {
      const { path } = await writtenStore()
      spoil(`${path}.mark`)
      const writer = openTestWriter(path)
      expect(writer.warnings).toHaveLength(1)
      expect(writer.warnings[0]).toContain('missing or unreadable')
      await writer.close()
      expect(openTestWriter(path).warnings).toEqual([])
    }
  })

  test('J07 one torn record of the mark leaves the one before it standing', async () => {
    // In the number of its commit, and in the length of its account.
    for (const at of [10, 50, 100]) {
      const { path } = await writtenStore()
      // Commit 6 is even: its record is the first of the two.
      const fd = openSync(`${path}.mark`, 'r+')
      writeSync(fd, Buffer.alloc(40, 0xff), 0, 40, at)
      closeSync(fd)
      expect(openTestWriter(path).warnings).toEqual([])
    }
  })
})

test('a last commit that was altered is found when the store opens', async () => {
  for (const change of [
    'UPDATE commits SET first_seq = first_seq - 1 WHERE commit_id = 6',
    'DELETE FROM commits WHERE commit_id = 5',
    'UPDATE journal SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM journal)',
  ]) {
    const { path } = await writtenStore()
    tamper(path, (db) => db.exec(change))
    expect(failureOf(() => openTestWriter(path)).code).toBe('STORE_DAMAGED')
  }
})

describe('who only reads', () => {
  test('is told that the store ends before its mark, instead of being shown what is left', async () => {
    const { path } = await writtenStore()
    tamper(path, (db) => db.exec('DELETE FROM commits WHERE commit_id = 6; DELETE FROM journal WHERE seq > 20'))
    const failure = failureOf(() => openReader(path))
    expect(failure).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6 })
    expect(failure.message).toContain('it ends at commit 5, but commit 6 had been written')
  })

  test('a store with a second name is refused: no lock could keep two writers apart', async () => {
    const { path } = await writtenStore()
    linkSync(path, `${path}.again`)
    expect(failureOf(() => openTestWriter(`${path}.again`))).toMatchObject({ code: 'STORE_UNUSABLE', exitCode: 6 })
    rmSync(`${path}.again`)
    await openTestWriter(path).close()
  })
})
