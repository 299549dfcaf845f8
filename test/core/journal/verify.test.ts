import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { listBackups } from '../../../src/core/journal/backup.ts'
import { PROJECTIONS } from '../../../src/core/journal/compare-tables.ts'
import { type Verification, verifyStore } from '../../../src/core/journal/verify-store.ts'
import { dec, ONE } from '../../../src/core/kernel/decimal.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import { beEventful, beHedged, EVENTFUL, HEDGED } from '../report/eventful-session.ts'
import { ScriptedSession, writeStore } from '../report/recorded-store.ts'
import { failureOf, openTestWriter, query, startChild, storePath, tamper } from './stores.ts'
import { Traffic } from './traffic.ts'

const verify = (path: string) => verifyStore({ path, wallUs: () => 1 })

const failed = ({ checks }: Verification) => checks.filter(({ ok }) => !ok).map(({ name }) => name)

/** Two accounts, one of them over two sessions, the other one without an end. */
async function writtenStore(): Promise<string> {
  const path = storePath()
  const writer = openTestWriter(path)
  const main = new Traffic('main').open('one').capital('RLUSD', dec('10000'))
  const sub = new Traffic('sub').open('two')
  const commit = (traffic: Traffic) => writer.append(traffic.account, traffic.take(), traffic.view)
  for (let step = 0; step < 6; step += 1) {
    commit(main.tick(2))
    commit(sub.tick(3))
  }
  commit(main.trade('s1', 1).halt('duration_elapsed'))
  commit(main.open('three').tick(1).halt('kill_switch'))
  commit(sub.tick(3))
  await writer.close()
  return path
}

/** All that is in the files of a store, and when each was last written. */
function filesOf(path: string): Record<string, string> {
  return Object.fromEntries(
    ['', '.mark'].map((suffix) => [suffix, `${readFileSync(path + suffix, 'base64')} ${statSync(path + suffix).mtimeMs}`]),
  )
}

describe('a store that is as it was written', () => {
  test('is proved, counted, and left exactly as it was', async () => {
    const path = await writtenStore()
    const before = filesOf(path)
    const verification = verify(path)
    expect(verification).toMatchObject({ verdict: 'sound', accounts: 2, commits: 15, firstFault: null, backup: null })
    expect(verification.checks.map(({ name }) => name)).toEqual([
      'integrity',
      'layout',
      'facts',
      'commits',
      'high_water_mark',
      'postings',
      'projections',
      'sessions',
    ])
    expect(failed(verification)).toEqual([])
    expect(verification.facts).toBe(query(path, 'SELECT seq FROM journal').length)
    expect(verification.openSessions).toEqual([{ sessionId: 'two', account: 'sub', state: 'crashed' }])
    expect(filesOf(path)).toEqual(before)
  })

  test('every table of a store is compared, or is one that facts do not decide', async () => {
    const path = await writtenStore()
    const others = ['accounts', 'checkpoints', 'commits', 'journal', 'reconcile_findings', 'session_metrics', 'session_runs', 'snapshots']
    const tables = query<{ name: string }>(path, `SELECT name FROM sqlite_schema WHERE type = 'table'`).map(({ name }) => name)
    expect(tables.sort()).toEqual([...PROJECTIONS, ...others].sort())
  })

  test.each([
    { kind: 'with one position', script: EVENTFUL, play: beEventful },
    { kind: 'in hedge mode', script: HEDGED, play: beHedged },
  ])('is proved where everything happens: $kind', async ({ script, play }) => {
    const path = storePath()
    await writeStore(path, (journal) => play(new ScriptedSession(journal, 'eventful', script)))
    const verification = verify(path)
    expect({ verdict: verification.verdict, failed: failed(verification) }).toEqual({ verdict: 'sound', failed: [] })
  })

  test('many pages of facts come to the same as one', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    while (traffic.waiting < 3_500) traffic.tick(3)
    writer.append('main', traffic.take(), traffic.view)
    writer.append('main', traffic.tick(1).halt('duration_elapsed').take(), traffic.view)
    await writer.close()
    expect(verify(path)).toMatchObject({ verdict: 'sound', commits: 2 })
  })

  test('beside its session it is proved as well, and the session is listed as running', async () => {
    const path = storePath()
    const child = startChild('append', [path, 'child'])
    await child.line('running')
    const verification = verify(path)
    expect(verification.openSessions).toEqual([{ sessionId: 'child', account: 'child', state: 'running' }])
    expect({ verdict: verification.verdict, failed: failed(verification) }).toEqual({ verdict: 'sound', failed: [] })
    expect(child.process.exitCode).toBe(null)
    child.process.kill('SIGKILL')
    await child.ended
    expect(verify(path)).toMatchObject({ verdict: 'sound', openSessions: [{ sessionId: 'child', state: 'crashed' }] })
  })

  test('before anything was committed there is nothing to be wrong', async () => {
    const path = storePath()
    await openTestWriter(path).close()
    expect(verify(path)).toMatchObject({ verdict: 'sound', facts: 0, commits: 0 })
  })
})

describe('what was altered is found, and where it begins', () => {
  const alterations: [string, string, string[], { account: string | null; seq: number | null }][] = [
    [
      'a byte of a fact',
      `UPDATE journal SET body = replace(body, '"40"', '"41"') WHERE account_id = 2 AND seq = 4`,
      ['facts'],
      { account: 'sub', seq: 4 },
    ],
    [
      'the hash of a fact',
      `UPDATE journal SET hash = zeroblob(32) WHERE account_id = 1 AND seq = 9`,
      ['facts'],
      { account: 'main', seq: 9 },
    ],
    ['a fact that is gone', `DELETE FROM journal WHERE account_id = 1 AND seq = 7`, ['facts'], { account: 'main', seq: 7 }],
    [
      'a fact beyond the end',
      `INSERT INTO journal SELECT account_id, 9999, time_us, session_id, type, body, hash FROM journal WHERE account_id = 2 AND seq = 3`,
      ['facts'],
      { account: 'sub', seq: 0 },
    ],
    [
      'facts of an account that nobody knows',
      `PRAGMA foreign_keys = OFF; INSERT INTO journal SELECT 77, seq, time_us, session_id, type, body, hash FROM journal WHERE account_id = 2 AND seq = 1`,
      ['facts'],
      { account: null, seq: null },
    ],
    ['the name of an account', `UPDATE accounts SET name = 'sud' WHERE account_id = 2`, ['facts'], { account: 'sud', seq: 1 }],
    ['a commit', `UPDATE commits SET last_seq = last_seq + 1 WHERE commit_id = 3`, ['commits'], { account: 'main', seq: 0 }],
    ['a commit that is gone', `DELETE FROM commits WHERE commit_id = 4`, ['commits'], { account: 'main', seq: 0 }],
    [
      'the fee of a fill',
      `UPDATE fills SET fee = '0.010' WHERE account_id = 2 AND seq = (SELECT min(seq) FROM fills WHERE account_id = 2)`,
      ['projections'],
      { account: 'sub', seq: 0 },
    ],
    [
      'a fill that is gone',
      `DELETE FROM fills WHERE account_id = 1 AND seq = (SELECT max(seq) FROM fills WHERE account_id = 1)`,
      ['projections'],
      { account: 'main', seq: 0 },
    ],
    [
      'a posting that was never made',
      `INSERT INTO postings SELECT account_id, seq, 99, session_id, time_us, ledger_account, asset, '1' FROM postings LIMIT 1`,
      ['projections'],
      { account: 'main', seq: 0 },
    ],
    [
      'what a position holds',
      `UPDATE positions SET quantity = quantity || '1' WHERE account_id = 2`,
      ['projections'],
      { account: 'sub', seq: null },
    ],
    [
      'why a session ended',
      `UPDATE sessions SET halt_reason = 'kill_switch' WHERE session_id = 'one'`,
      ['projections'],
      { account: 'main', seq: null },
    ],
    ['a rule of a table', `DROP INDEX slots_by_session`, ['layout'], { account: null, seq: null }],
  ]
  for (const [name, sql, checks, place] of alterations) {
    test(name, async () => {
      const path = await writtenStore()
      tamper(path, (db) => db.exec(sql))
      const verification = verify(path)
      expect(verification.verdict).toBe('damaged')
      expect(failed(verification)).toEqual(expect.arrayContaining(checks))
      const { account, seq } = verification.firstFault ?? {}
      // Zero stands for a number that the traffic decides.
      expect({ account, seq: place.seq === 0 ? 0 : seq }).toEqual(place)
      if (place.seq === 0) expect(seq).toBeGreaterThan(1)
    })
  }

  test('facts that fit their chain but do not balance', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    traffic.fact({
      type: 'CAPITAL_FLOWED',
      asset: 'RLUSD',
      amount: ONE,
      note: 'x',
      postings: [{ account: 'wallet', asset: 'RLUSD', amount: ONE }],
    })
    writer.append('main', traffic.halt('kill_switch').take(), traffic.view)
    await writer.close()
    const verification = verify(path)
    expect(failed(verification)).toEqual(['postings'])
    expect(verification).toMatchObject({ verdict: 'damaged', firstFault: { account: 'main', seq: 2 } })
    expect(verification.checks.find(({ name }) => name === 'postings')?.detail).toContain('leave 1 RLUSD over')
  })

  test('facts that fit their chain but that no kernel could have made', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    const forged: Fact = {
      seq: 2,
      timeUs: 1,
      body: { type: 'TRADING_MOVED', from: 'reducing', to: 'active', action: 'resume', reason: '' } as never,
    }
    writer.append('main', [...traffic.take(), forged], traffic.view)
    await writer.close()
    const verification = verify(path)
    expect(failed(verification)).toEqual(['projections'])
    expect(verification.firstFault).toMatchObject({ account: 'main', seq: 2 })
  })

  test('the end that is gone without a trace', async () => {
    const path = await writtenStore()
    tamper(path, (db) =>
      db.exec(
        `DELETE FROM commits WHERE commit_id = 15; DELETE FROM journal WHERE account_id = 2 AND seq > (SELECT max(last_seq) FROM commits WHERE account_id = 2)`,
      ),
    )
    const verification = verify(path)
    expect(failed(verification)).toContain('high_water_mark')
    expect(verification).toMatchObject({
      verdict: 'damaged',
      firstFault: { what: expect.stringContaining('it ends at commit 14, but commit 15 had been written') },
    })
  })

  test('a store that is gone, blank or no database any more, where a mark says that there was one', async () => {
    for (const spoil of [
      (path: string) => rmSync(path),
      (path: string) => truncateSync(path, 0),
      (path: string) => writeFileSync(path, 'x'.repeat(9_000)),
    ]) {
      const path = await writtenStore()
      spoil(path)
      const verification = verify(path)
      expect(verification).toMatchObject({ verdict: 'damaged', backup: null })
      expect(verification.firstFault?.what).toContain('Commit 15 had been written')
    }
  })
})

test('a mark that is missing leaves open whether the end is whole: that is no damage, and it is no proof', async () => {
  const path = await writtenStore()
  rmSync(`${path}.mark`)
  const verification = verify(path)
  expect(verification).toMatchObject({ verdict: 'unproved', firstFault: null })
  expect(failed(verification)).toEqual(['high_water_mark'])
})

test('where no store is, or none of ours, that is said as everywhere', () => {
  const path = storePath()
  expect(failureOf(() => verify(path))).toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
  expect(failureOf(() => verify(join(path, 'deeper', 'dita.db')))).toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
})

test('a store that another program has locked is not called damaged', async () => {
  const path = await writtenStore()
  const other = new Database(path)
  other.pragma('locking_mode = EXCLUSIVE')
  other.exec('BEGIN IMMEDIATE; DELETE FROM checkpoints; COMMIT')
  const failure = failureOf(() => verify(path))
  other.close()
  expect(failure).toMatchObject({ code: 'STORE_BUSY', exitCode: 5 })
})

describe('J10 the way back', () => {
  /** A store with three backups and something after the last. */
  async function backedUp(): Promise<{ path: string; seqs: number[] }> {
    const path = storePath()
    const traffic = new Traffic('main')
    const seqs: number[] = []
    for (const [index, sessionId] of ['one', 'two', 'three'].entries()) {
      const writer = openTestWriter(path, 1_760_000_000_000_000 + index * 1_000_000)
      const { seq } = writer.append('main', traffic.open(sessionId).tick(1).halt('duration_elapsed').take(), traffic.view)
      seqs.push(seq)
      await writer.backup({ sessionId, keep: 5 })
      await writer.close()
    }
    const writer = openTestWriter(path)
    writer.append('main', traffic.open('four').tick(1).halt('duration_elapsed').take(), traffic.view)
    await writer.close()
    return { path, seqs }
  }

  test('J10 names the newest backup that is good, and its command goes back to it', async () => {
    const { path, seqs } = await backedUp()
    const [newest] = listBackups(path)
    if (newest === undefined) throw new Error('there is no backup')
    chmodSync(newest.path, 0o600)
    tamper(newest.path, (db) => db.exec(`UPDATE fills SET fee = '9' WHERE seq = (SELECT min(seq) FROM fills)`))
    tamper(path, (db) => db.exec(`UPDATE journal SET hash = zeroblob(32) WHERE seq = 30`))
    const damaged = readFileSync(path)
    const { verdict, backup } = verify(path)
    expect(verdict).toBe('damaged')
    expect(backup).toMatchObject({ sessionId: 'two', madeAt: '2025-10-09T08:53:21.000Z', commits: 2, facts: seqs[1] })
    execFileSync('/bin/sh', ['-c', backup?.command ?? 'false'])
    expect(verify(path)).toMatchObject({ verdict: 'sound', facts: seqs[1] })
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    expect(readFileSync(join(dirname(path), 'replaced-by-20251009T085321.000Z', 'dita.db')).equals(damaged)).toBe(true)
    const again = openTestWriter(path)
    expect(again.warnings).toEqual([])
    expect(again.head('main').seq).toBe(seqs[1])
  })

  test('J10 where no backup is good, none is named', async () => {
    const { path } = await backedUp()
    for (const backup of listBackups(path)) truncateSync(backup.path, 5_000)
    tamper(path, (db) => db.exec(`DELETE FROM fills`))
    expect(verify(path)).toMatchObject({ verdict: 'damaged', backup: null })
  })
})
