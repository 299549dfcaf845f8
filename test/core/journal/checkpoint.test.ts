import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { CheckpointOutcome } from '../../../src/core/journal/checkpoint.ts'
import { checkpointStore } from '../../../src/core/journal/checkpoint-store.ts'
import { openReader } from '../../../src/core/journal/read.ts'
import { verifyStore } from '../../../src/core/journal/verify-store.ts'
import { type Child, openTestWriter, query, startChild, storePath } from './stores.ts'
import { Traffic } from './traffic.ts'

const FRAME_BYTES = 4_096 + 24
const WAL_HEADER_BYTES = 32
/** What a log holds before a commit begins to move it, and as much again for the commit itself. */
const BOUND_BYTES = 2 * 1_000 * FRAME_BYTES

const walBytes = (path: string) => statSync(`${path}-wal`).size
const fromOutside = (path: string, mode: 'PASSIVE' | 'TRUNCATE') =>
  checkpointStore({ path, mode, owner: { sessionId: 'wal-checkpoint', pid: process.pid, since: '2026-01-01T00:00:00Z' }, wallUs: () => 1 })

function written(path: string) {
  const writer = openTestWriter(path)
  const traffic = new Traffic('main').open('one').tick(1)
  writer.append('main', traffic.take(), traffic.view)
  return { writer, traffic }
}

describe('J06 checkpoints beside writes', () => {
  test('J06 1,000 writes with a checkpoint every 100 ms, a reader, and another process that checkpoints: none is lost', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    const child = startChild('checkpoints', [path, 'child'])
    await child.line('checkpoint 1 ')
    const outcomes: CheckpointOutcome[] = []
    const timer = setInterval(() => outcomes.push(writer.checkpoint('PASSIVE')), 100)
    const reader = openReader(path)
    const seen: number[] = []
    let acknowledged = 0
    let writes = 0
    // As many as it takes for the timer to have fired often, and 1,000 at the least.
    for (; writes < 1_000 || (outcomes.length < 5 && writes < 50_000); writes += 1) {
      acknowledged = writer.append('main', traffic.tick(3).take(), traffic.view).seq
      if (writes % 25 === 0) seen.push(await countOf(reader))
      await new Promise((resolve) => setImmediate(resolve))
    }
    clearInterval(timer)
    await reader.close()
    child.process.kill('SIGKILL')
    await child.ended
    expect(outcomes.length).toBeGreaterThanOrEqual(5)
    expect(outcomes.filter(({ error }) => error !== null)).toEqual([])
    expect(outcomes.some(({ complete, logFrames }) => complete && logFrames > 0)).toBe(true)
    // A reader never saw fewer facts than before.
    expect(seen).toEqual([...seen].sort((one, other) => one - other))
    expect(walBytes(path)).toBeLessThan(BOUND_BYTES)
    await writer.close()
    expect(verifyStore({ path, wallUs: () => 1 })).toMatchObject({ verdict: 'sound', facts: acknowledged, commits: writes + 1 })
    expect(query(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

async function countOf(reader: ReturnType<typeof openReader>): Promise<number> {
  const { facts } = await reader.snapshot((db) =>
    db
      .selectFrom('journal')
      .select((by) => by.fn.countAll<number>().as('facts'))
      .executeTakeFirstOrThrow(),
  )
  return facts
}

describe('J05 a reader that does not let go', () => {
  test('J05 the log grows by what is written and no more while it looks, that is said, and it is bounded again once it is gone', async () => {
    const path = storePath()
    const { writer, traffic } = written(path)
    writer.checkpoint('PASSIVE')
    const hostile = startChild('read', [path, 'hostile'])
    await hostile.line('reading')
    for (let write = 0; write < 1_200; write += 1) {
      writer.append('main', traffic.tick(3).take(), traffic.view)
      // The stall that a checkpoint in vain costs the loop is part of what is tried here.
      if (write % 100 === 0) writer.checkpoint('PASSIVE')
    }
    const writtenBytes = walBytes(path)
    const held = writer.checkpoint('PASSIVE')
    expect(held).toMatchObject({ complete: false, error: null })
    expect(held.checkpointedFrames).toBeLessThan(held.logFrames)
    expect(writtenBytes).toBe(WAL_HEADER_BYTES + held.logFrames * FRAME_BYTES)
    expect(writtenBytes).toBeGreaterThan(BOUND_BYTES)
    // With the row that says so.
    const grown = walBytes(path)

    await endOf(hostile)
    expect(writer.checkpoint('PASSIVE')).toMatchObject({ complete: true, error: null })
    for (let write = 0; write < 300; write += 1) writer.append('main', traffic.tick(3).take(), traffic.view)
    // The file is used again from its start: it keeps its size until it is truncated, and does not grow.
    expect(walBytes(path)).toBe(grown)
    const { logFrames } = writer.checkpoint('PASSIVE')
    expect(logFrames * FRAME_BYTES).toBeLessThan(BOUND_BYTES)
    const rows = query<{ checkpointed_frames: number; log_frames: number }>(path, 'SELECT checkpointed_frames, log_frames FROM checkpoints')
    expect(rows.some((row) => row.checkpointed_frames < row.log_frames)).toBe(true)
    await writer.close()
    expect(verifyStore({ path, wallUs: () => 1 })).toMatchObject({ verdict: 'sound', facts: traffic.view.seq })
    console.info(`a snapshot held through 1,200 commits: the log grew to ${grown} bytes (${held.logFrames} frames)`)
  })
})

async function endOf(child: Child): Promise<void> {
  child.process.kill('SIGKILL')
  await child.ended
}

describe('J05 a checkpoint from outside', () => {
  test('J05 of a store that nobody has open empties its log, and keeps a row of it', async () => {
    const path = storePath()
    const child = startChild('append', [path, 'child'])
    await child.line('running')
    await endOf(child)
    const bytes = walBytes(path)
    const report = await fromOutside(path, 'TRUNCATE')
    expect(report).toMatchObject({ mode: 'TRUNCATE', complete: true, busy: false, recorded: true, holder: null, because: null })
    expect(report).toMatchObject({ walBytesBefore: bytes, walBytesAfter: 0 })
    expect(report.logFrames).toBeGreaterThan(0)
    expect(report.checkpointedFrames).toBe(report.logFrames)
    expect(query(path, 'SELECT mode, log_frames FROM checkpoints ORDER BY checkpoint_id')).toMatchObject([
      { mode: 'PASSIVE', log_frames: report.logFrames },
      { mode: 'TRUNCATE' },
    ])
  })

  test('J05 where nothing is left to move it is complete at once, and takes no lock for it', async () => {
    const path = storePath()
    const { writer } = written(path)
    await writer.close()
    expect(await fromOutside(path, 'PASSIVE')).toMatchObject({
      complete: true,
      logFrames: 0,
      checkpointedFrames: 0,
      walBytesBefore: 0,
      walBytesAfter: 0,
      recorded: false,
    })
    expect(query(path, 'SELECT * FROM checkpoints')).toEqual([])
  })

  for (const mode of ['PASSIVE', 'TRUNCATE'] as const) {
    test(`J05 beside a running session, ${mode} moves all that there is, names the session, and writes nothing else`, async () => {
      const path = storePath()
      const { writer, traffic } = written(path)
      const report = await fromOutside(path, mode)
      expect(report).toMatchObject({ complete: true, recorded: false, holder: { sessionId: 'test-session', pid: process.pid } })
      expect(report.checkpointedFrames).toBeGreaterThan(0)
      expect(report.walBytesAfter).toBe(mode === 'TRUNCATE' ? 0 : report.walBytesBefore)
      expect(query(path, 'SELECT * FROM checkpoints')).toEqual([])
      const { seq } = writer.append('main', traffic.tick(1).take(), traffic.view)
      await writer.close()
      expect(verifyStore({ path, wallUs: () => 1 })).toMatchObject({ verdict: 'sound', facts: seq })
    })

    test(`J05 a reader in the way: ${mode} moves what it may and says what kept the rest`, async () => {
      const path = storePath()
      const { writer, traffic } = written(path)
      const reader = new Database(path, { readonly: true })
      reader.exec('BEGIN')
      reader.prepare('SELECT count(*) FROM journal').get()
      writer.append('main', traffic.tick(1).take(), traffic.view)
      const report = await fromOutside(path, mode)
      expect(report).toMatchObject({ complete: false, recorded: false, walBytesAfter: report.walBytesBefore })
      expect(report.checkpointedFrames).toBeLessThan(report.logFrames)
      expect(report.because).toContain('A reader or session test-session itself')
      reader.close()
    })
  }

  test('J05 a session that is in the middle of a commit keeps TRUNCATE from its work, which does not wait', async () => {
    const path = storePath()
    const { writer } = written(path)
    await writer.close()
    const child = startChild('commit', [path, 'child'])
    await child.line('in the middle')
    const report = await fromOutside(path, 'TRUNCATE')
    expect(report).toMatchObject({ complete: false, busy: true, recorded: false })
    expect(report.because).toMatch(/session child itself/)
    expect(child.process.exitCode).toBe(null)
  })

  test('J05 where no store is, none is made', async () => {
    const path = storePath()
    await expect(fromOutside(path, 'PASSIVE')).rejects.toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
  })
})
