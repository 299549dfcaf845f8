// The session as a process: signals, a disk that fills up, a killed one. Real command line, real signals.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { query, queryOne, temporaryFolder } from './harness.ts'
import { startDita } from './processes.ts'

const SLOW = ['run', '--duration', '10h', '--speed', '20', '--session', 'proc', '--store', 'dita.db']
const LIVE = "SELECT client_order_id FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"

/** Resolves once the session has orders at work, as the store tells. */
async function atWork(store: string): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (existsSync(store) && statSync(store).size > 0 && hasOrders(store)) return
  }
}

function hasOrders(store: string): boolean {
  const [table] = query(store, "SELECT 1 FROM sqlite_schema WHERE name = 'orders'")
  return table !== undefined && query(store, LIVE).length > 0 && query(store, 'SELECT 1 FROM market_snapshots LIMIT 3').length === 3
}

describe('L02 a signal', () => {
  test.each([
    ['SIGINT', 'interrupted_sigint', 130],
    ['SIGTERM', 'interrupted_sigterm', 143],
    ['SIGHUP', 'interrupted_sighup', 129],
  ] as const)('L02 %s ends the session in good order as %s, exit code %i', async (signal, reason, exitCode) => {
    const cwd = temporaryFolder()
    const store = join(cwd, 'dita.db')
    const dita = startDita([...SLOW, '--json'], { cwd })
    await atWork(store)
    dita.process.kill(signal)
    const ending = await dita.ended
    expect(ending).toMatchObject({ code: exitCode, signal: null, stderr: '' })
    expect(JSON.parse(ending.stdout)).toMatchObject({ sessionId: 'proc', haltReason: reason })
    expect(queryOne(store, 'SELECT halt_reason FROM sessions')).toEqual({ halt_reason: reason })
    expect(query(store, LIVE)).toEqual([])
    expect(statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  })

  test('L02 a signal that comes while the session is starting ends it with the code of the signal, never as a defect', async () => {
    for (const afterMs of [150, 250, 350, 450]) {
      const cwd = temporaryFolder()
      const dita = startDita([...SLOW, '--json'], { cwd })
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      dita.process.kill('SIGTERM')
      const { code, signal, stdout } = await dita.ended
      // Before anybody listens the system ends the process itself.
      expect(signal === 'SIGTERM' || code === 143).toBe(true)
      expect(stdout).not.toContain('DEFECT')
      if (code === 143)
        expect(queryOne(join(cwd, 'dita.db'), 'SELECT halt_reason FROM sessions')).toEqual({ halt_reason: 'interrupted_sigterm' })
    }
  })
})

describe('a disk that is full', () => {
  test('in the middle of a session ends it with exit code 6 and words, and leaves a store that opens and goes on', async () => {
    const cwd = temporaryFolder()
    const store = join(cwd, 'dita.db')
    // Files may grow to 1.5 MB and no further; in blocks of 512 bytes, as POSIX has them.
    const args = ['run', '--duration', '10h', '--speed', 'max', '--session', 'full', '--store', 'dita.db', '--json']
    const { code, signal, stdout, stderr } = await startDita(args, { cwd, shell: 'ulimit -f 3000;' }).ended
    expect({ code, signal }).toEqual({ code: 6, signal: null })
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'JOURNAL_FAILED', exitCode: 6 })
    expect(stderr + stdout).not.toMatch(/\n\s+at /)
    expect(queryOne<{ n: number }>(store, 'SELECT count(*) AS n FROM fills').n).toBeGreaterThan(0)
    const next = await startDita(['run', '--duration', '1m', '--speed', 'max', '--session', 'after', '--store', 'dita.db', '--json'], {
      cwd,
    }).ended
    expect({ code: next.code, stderr: next.stderr }).toEqual({ code: 0, stderr: '' })
    expect(query(store, 'SELECT session_id, halt_reason FROM sessions ORDER BY session_id')).toEqual([
      { session_id: 'after', halt_reason: 'duration_elapsed' },
      { session_id: 'full', halt_reason: expect.stringMatching(/^(journal_failure|crashed)$/) },
    ])
    const summary = await startDita(['summarize', 'full', '--store', 'dita.db', '--json'], { cwd }).ended
    expect(summary.code).toBe(0)
    expect(JSON.parse(summary.stdout).checks).toMatchObject({ drift: false, findings: [] })
  })

  test('before the session has begun leaves nothing that is held or that does not open', async () => {
    const cwd = temporaryFolder()
    const args = ['run', '--duration', '1m', '--speed', 'max', '--session', 'none', '--store', 'dita.db', '--json']
    const { code, stdout } = await startDita(args, { cwd, shell: 'ulimit -f 8;' }).ended
    expect(code).toBe(6)
    expect(JSON.parse(stdout).error.next).toContain('free')
    expect(readdirSync(cwd).filter((name) => name.endsWith('.json'))).toEqual([])
    const next = await startDita(args, { cwd }).ended
    expect(next.code).toBe(0)
  })
})
