import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openReader } from '../../../src/core/journal/read.ts'
import { apply } from '../../../src/core/kernel/apply.ts'
import { createState } from '../../../src/core/kernel/state.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'
import { compareStores, rebuildStore } from './rebuild-store.ts'
import { type Child, HOLDER, openTestWriter, query, startChild, storePath, withSmallDisk } from './stores.ts'

const REPLAYER = { create: createState, apply, viewOf }

/** The store opens, its chain holds, its projections are those of its facts. Returns its last sequence number. */
async function expectSound(path: string, account: string): Promise<number> {
  const writer = openTestWriter(path)
  expect(writer.warnings).toEqual([])
  const seq = [...writer.replay(account)].length
  expect(writer.head(account).seq).toBe(seq)
  await writer.close()
  const rebuilt = storePath()
  await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
  expect(compareStores(path, rebuilt)).toEqual([])
  return seq
}

async function lastAcknowledged(child: Child): Promise<number> {
  const { stdout } = await child.ended
  const lines = stdout.split('\n').filter((line) => /^acknowledged \d+$/.test(line))
  return Number(lines.at(-1)?.split(' ')[1] ?? 0)
}

describe('killed in the middle of its commits', () => {
  for (const round of [1, 2, 3, 4, 5]) {
    test(`nothing acknowledged is lost and nothing is half there (round ${round})`, async () => {
      const path = storePath()
      const child = startChild('append', [path, 'child'])
      await child.line('running')
      await new Promise((resolve) => setTimeout(resolve, round * 13))
      child.process.kill('SIGKILL')
      const acknowledged = await lastAcknowledged(child)
      expect(acknowledged).toBeGreaterThan(0)
      // A reader comes first: it finds the WAL of a crash, and nobody who holds the lock.
      const reader = openReader(path)
      const { last } = await reader.db
        .selectFrom('journal')
        .select((by) => by.fn.max('seq').as('last'))
        .executeTakeFirstOrThrow()
      await reader.close()
      expect(last).toBeGreaterThanOrEqual(acknowledged)
      const seq = await expectSound(path, 'child')
      expect(seq).toBeGreaterThanOrEqual(acknowledged)
      expect(query(path, 'SELECT seq FROM journal ORDER BY seq DESC LIMIT 1')).toEqual(
        query(path, 'SELECT last_seq AS seq FROM commits ORDER BY commit_id DESC LIMIT 1'),
      )
    })
  }
})

describe('a commit that fails', () => {
  test('closes the writer: the disk is full, the commit is unknown, nothing more is taken, and the store opens again', async (context) => {
    await withSmallDisk(context, '2m', async (disk) => {
      const path = join(disk.folder, 'dita.db')
      const child = startChild('append', [path, 'child'])
      const error = await child.line('error')
      expect(error).toContain('"JOURNAL_FAILED","exitCode":6')
      expect(error).toMatch(/disk is full/)
      expect(await child.line('second')).toBe('second JOURNAL_FAILED')
      await child.line('closed')
      expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
      disk.grow()
      expect(await expectSound(path, 'child')).toBeGreaterThanOrEqual(await lastAcknowledged(child))
    })
  })

  test('closes the writer: the system refuses a write, and the store opens again', async () => {
    const path = storePath()
    // A limit on the size of files, with its signal ignored, makes every write beyond it fail: a real I/O error.
    const child = startChild('append', [path, 'child'], `trap '' XFSZ; ulimit -f 1500;`)
    expect(await child.line('error')).toContain('"JOURNAL_FAILED","exitCode":6')
    expect(await child.line('second')).toBe('second JOURNAL_FAILED')
    await child.line('closed')
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await expectSound(path, 'child')).toBeGreaterThanOrEqual(await lastAcknowledged(child))
  })

  test('a disk that is full from the start is told as such, and leaves a store that opens', async (context) => {
    await withSmallDisk(context, '64k', async (disk) => {
      const path = join(disk.folder, 'dita.db')
      const child = startChild('append', [path, 'child'])
      const error = await child.line('error')
      expect(error).toMatch(/"STORE_UNUSABLE","exitCode":6.*disk is full/)
      disk.grow()
      expect(await expectSound(path, 'child')).toBe(0)
    })
  })
})

test('the WAL stays within its bound however long a session runs', async () => {
  const path = storePath()
  const child = startChild('append', [path, 'child'])
  await child.line('running')
  const written = () => query<{ seq: number }>(path, 'SELECT max(seq) AS seq FROM journal')[0]?.seq ?? 0
  while (written() < 20_000) await new Promise((resolve) => setTimeout(resolve, 50))
  child.process.kill('SIGKILL')
  await child.ended
  expect(statSync(path).size).toBeGreaterThan(4 * 1024 * 1024)
  expect(statSync(`${path}-wal`).size).toBeLessThan(2 * 1_000 * 4_120)
})
