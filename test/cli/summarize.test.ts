import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { recountFills } from '../core/report/fills-recount.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'
import { dita, errorOf } from './dita.ts'

const folder = temporaryFolder()
const cwd = folder.path
const store = join(cwd, 'dita.db')

beforeAll(() => writeSessions(store))
afterAll(() => folder.remove())

function writeSessions(path: string): Promise<void> {
  return writeStore(path, (journal) => {
    const first = new ScriptedSession(journal, 'run-1', { startedWallUs: 1, capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(first, { seed: 21, ticks: 80 })
    const feed = { source: 'tape', events: 60_381, gaps: 1, badLines: 2, skipped: 0, firstTimeUs: 1, lastTimeUs: 2, truncated: false }
    first.input({ type: 'REPORT_FEED', report: feed })
    first.halt('risk_xrp_exposure', '6000 against \u001b[31m5000')
    const second = new ScriptedSession(journal, 'run-2', { startedWallUs: 2 })
    second.tick(dec('2'))
    second.halt('duration_elapsed')
  })
}

describe('dita summarize', () => {
  test('--json holds the promised keys, with money as strings that a recount of the fills gives', async () => {
    const { code, stdout, stderr } = await dita(['summarize', 'run-1', '--store', store, '--json'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const recount = recountFills(store, 'run-1')
    expect(JSON.parse(stdout)).toMatchObject({
      sessionId: 'run-1',
      mode: 'paper',
      haltReason: 'risk_xrp_exposure',
      haltDetail: '6000 against \u001b[31m5000',
      feed: { source: 'simulated', events: 60_381, gaps: 1, badLines: 2 },
      orders: { sent: expect.any(Number) },
      fills: { count: recount.count },
      pnl: { realized: recount.realized, unrealized: expect.any(String), fees: recount.fees.get('RLUSD') },
      journal: { lastSeq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  test('V07 what a venue said reaches the terminal escaped, as text and as JSON', async () => {
    const text = await dita(['summarize', 'run-1', '--store', store], { cwd })
    const json = await dita(['summarize', 'run-1', '--store', store, '--json'], { cwd })
    for (const { stdout } of [text, json]) expect(stdout).not.toContain('\u001b')
    expect(text.stdout).toContain('\\x1b[31m5000')
    expect(json.stdout).toContain('\\u001b[31m5000')
  })

  test('without a name it is the last session, and its alias does the same', async () => {
    const plain = await dita(['summarize', '--store', store], { cwd })
    const alias = await dita(['summarize-run', 'latest'], { cwd, env: { DITA_STORE: store } })
    expect(plain.code).toBe(0)
    expect(plain.stdout).toMatch(/^Session run-2: /)
    expect(alias).toEqual(plain)
  })

  test('S01 S02 each session is explained by its own end', async () => {
    const [first, second] = await Promise.all(['run-1', 'run-2'].map((id) => dita(['summarize', id, '--store', store], { cwd })))
    expect(first?.stdout).toContain('Stopped by a risk gate, too much exposure (risk_xrp_exposure)')
    expect(second?.stdout).toContain('Yes, it ran its time (duration_elapsed)')
    expect(second?.stdout).not.toContain('risk_xrp_exposure')
  })

  test('a name that fits several or no sessions is exit 2, naming candidates', async () => {
    const several = await dita(['summarize', 'run', '--store', store], { cwd })
    expect(several.code).toBe(2)
    expect(several.stderr).toContain('2 sessions begin with "run": run-2, run-1.')
    const none = await dita(['summarize', 'walk', '--store', store, '--json'], { cwd })
    expect(none.code).toBe(2)
    expect(errorOf(none)).toMatchObject({ code: 'UNKNOWN_SESSION', message: expect.stringContaining('run-2, run-1') })
  })

  test('totals that differ are DRIFT and exit 3, as text and as JSON', async () => {
    const path = join(cwd, 'drift.db')
    await writeSessions(path)
    const database = new Database(path)
    database.exec(`UPDATE fills SET fee = '123' WHERE seq = (SELECT max(seq) FROM fills)`)
    database.close()
    const text = await dita(['summarize', 'run-1', '--store', path], { cwd })
    expect(text.code).toBe(3)
    expect(text.stdout).toContain('DRIFT')
    const json = await dita(['summarize', 'run-1', '--store', path, '--json'], { cwd })
    expect(json.code).toBe(3)
    expect(JSON.parse(json.stdout)).toMatchObject({ sessionId: 'run-1', checks: { drift: true } })
  })

  test('a reader that closes early ends it quietly', async () => {
    const { code, stderr } = await dita(['summarize', 'run-1', '--store', store, '--json'], { cwd, closeStdoutAfter: 1 })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test.skipIf(!existsSync('/dev/full'))('an output that cannot be written is said on stderr, without a stack', async () => {
    const { spawnSync } = await import('node:child_process')
    const { PROJECT } = await import('./dita.ts')
    const command = `"${process.execPath}" "${PROJECT}bin/run.js" summarize --json --store "${store}" > /dev/full`
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd, encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain('dita: The output could not be written')
    expect(stderr).not.toMatch(/^ +at /m)
  })
})

describe('dita sessions', () => {
  test('lists the newest first, as text and as JSON', async () => {
    const text = await dita(['sessions', '--store', store], { cwd })
    expect(text.code).toBe(0)
    // On a pipe a session is a line, however long.
    expect(text.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['session', 'run-2', 'run-1', ''])
    const json = await dita(['sessions', '--store', store, '--limit', '1', '--json'], { cwd })
    expect(JSON.parse(json.stdout)).toMatchObject({ count: 2, sessions: [{ sessionId: 'run-2', haltReason: 'duration_elapsed' }] })
  })
})
