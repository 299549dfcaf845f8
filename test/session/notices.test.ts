// Sessions that tell somebody who is away: whole ones, and a service on loopback.

import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import type { Fact } from '../../src/core/kernel/facts.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { openNotices } from '../../src/core/session/notices.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import { deadUrl, type WebhookScript, WebhookServer } from '../core/notify/webhook-server.ts'
import {
  type ConfigText,
  failureOf,
  newStore,
  onlooker,
  queryOne,
  type RanSession,
  runPaper,
  SECOND_US,
  type SessionWish,
  temporaryFolder,
  virtualWall,
} from './harness.ts'

const servers: WebhookServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function service(script?: WebhookScript): Promise<WebhookServer> {
  const server = await WebhookServer.open(script)
  servers.push(server)
  return server
}

/** A private file with the secrets of notifications. */
function secretsFile(url: string, mode = 0o600): string {
  const path = join(temporaryFolder(), 'notify')
  writeFileSync(path, `url=${url}/canaryHook\ntoken=canaryToken\n`)
  chmodSync(path, mode)
  return path
}

const telling = (url: string, more: Readonly<Record<string, unknown>> = {}) => ({
  notify: { shape: 'json', credentials_file: secretsFile(url), ...more },
})

interface Told {
  readonly id: string
  readonly kind: string
  readonly urgency: string
  readonly title: string
  readonly text: string
  readonly details: Readonly<Record<string, unknown>>
}

const toldTo = ({ taken }: WebhookServer): Told[] => taken.map(({ body }) => JSON.parse(body) as Told)

async function toldOf(wish: SessionWish, notify: Readonly<Record<string, unknown>> = {}): Promise<{ told: Told[]; session: RanSession }> {
  const server = await service()
  const session = await runPaper({ ...wish, config: { ...wish.config, ...telling(server.url, notify) } })
  return { told: toldTo(server), session }
}

/** A session that another program keeps from writing its journal: it ends without a word in its store. */
async function crash(storePath: string, config: ConfigText = {}): Promise<void> {
  let other: Database.Database | null = null
  const observer = onlooker(({ counts }) => {
    if (counts.ticks !== 20 || other !== null) return
    other = new Database(storePath)
    other.exec('BEGIN IMMEDIATE')
  })
  expect(await failureOf(runPaper({ storePath, observer, sessionId: 'lost', config }))).toMatchObject({ code: 'JOURNAL_FAILED' })
  ;(other as Database.Database | null)?.close()
}

/** So small a limit that the first mark after a fill is beyond it. */
const TINY_LIMIT = { risk: { max_session_loss: '0.0001' } }

describe('a session', () => {
  test('that ran its time tells of its end, with what it earned and what to type', async () => {
    const { told, session } = await toldOf({ sessionId: 'night' })
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ kind: 'end', urgency: 'low', title: 'dita night: ended, duration_elapsed' })
    expect(told[0]?.text).toMatch(
      /^It is over: it ran its time \(duration_elapsed\)\.\nResult -?\d+\.\d{4} RLUSD after fees on XRP\/RLUSD \(paper\), \d+ fills, /,
    )
    expect(told[0]?.text).toContain('Next: dita summarize night')
    const fills = queryOne<{ count: number }>(session.storePath, 'SELECT count(*) AS count FROM fills').count
    expect(fills).toBeGreaterThan(0)
    expect(told[0]?.details).toMatchObject({ haltReason: 'duration_elapsed', exitCode: 0, fills, mode: 'paper' })
    expect(session.log.filter(({ event }) => event === 'notifications')).toHaveLength(1)
  })

  test('that a gate halts tells of the halt, then of its end, and not of the alarm that is the same', async () => {
    const { told } = await toldOf({ config: TINY_LIMIT })
    expect(told.map(({ kind, urgency }) => [kind, urgency])).toEqual([
      ['halt', 'high'],
      ['end', 'high'],
    ])
    expect(told[0]).toMatchObject({
      title: 'dita whole: halt, risk_loss_limit',
      details: { haltReason: 'risk_loss_limit', limit: '0.0001' },
    })
    expect(told[1]).toMatchObject({ title: 'dita whole: ended, risk_loss_limit', details: { exitCode: 8 } })
    expect(new Set(told.map(({ id }) => id)).size).toBe(2)
  })

  test.each([
    ['kill_switch', ['halt', 'end']],
    ['interrupted_sigint', ['end']],
  ] as const)('that is ended by %s tells of %j', async (reason, kinds) => {
    const control = new SessionControl()
    const observer = onlooker(({ counts }) => {
      if (counts.ticks > 5) control.requestStop({ reason, detail: 'enough' })
    })
    const { told } = await toldOf({ control, observer })
    expect(told.map(({ kind }) => kind)).toEqual(kinds)
    expect(told.at(-1)?.text).toContain('Enough.')
  })

  test.each([
    ['stopped with q', /^It is over: stopped with q \(engine_requested_halt\)\.\nResult/],
    [
      'The strategy mine failed in onTick: oops.',
      /^It failed: the strategy failed \(engine_requested_halt\)\. The strategy mine failed in onTick: oops\.\n/,
    ],
  ])('says who ended it: %s', async (detail, words) => {
    const control = new SessionControl()
    const observer = onlooker(({ counts }) => {
      if (counts.ticks > 5) control.requestStop({ reason: 'engine_requested_halt', detail })
    })
    expect((await toldOf({ control, observer })).told.at(-1)?.text).toMatch(words)
  })

  test('is told of only in trouble, where the config says so', async () => {
    const quiet = await toldOf({}, { session_end: 'trouble' })
    expect(quiet.told).toEqual([])
    const halted = await toldOf({ config: TINY_LIMIT }, { session_end: 'trouble' })
    expect(halted.told.map(({ kind }) => kind)).toEqual(['halt', 'end'])
  })

  test('that cannot begin is told of, and what is typed wrong is not', async () => {
    const server = await service()
    const storePath = newStore()
    const config = { ...telling(server.url), feed: { source: '/nowhere/market.gz' } }
    const failure = await failureOf(runPaper({ config }))
    expect(toldTo(server)).toMatchObject([{ kind: 'end', urgency: 'high', title: `dita whole: failed, ${failure.code}` }])
    expect(toldTo(server)[0]?.text).toContain(failure.next)
    await runPaper({ storePath, durationUs: 1_000_000, config: telling(server.url, { session_end: 'trouble' }) })
    const again = await failureOf(runPaper({ storePath, config: telling(server.url) }))
    expect(again.exitCode).toBe(2)
    expect(server.taken).toHaveLength(1)
  })

  test('whose journal fails is told of, and by the next start that finds it crashed', async () => {
    const server = await service()
    const storePath = newStore()
    const config = telling(server.url)
    await crash(storePath, config)
    await runPaper({ storePath, sessionId: 'next', durationUs: SECOND_US, config })
    expect(toldTo(server).map(({ kind, title }) => [kind, title])).toEqual([
      ['end', 'dita lost: failed, JOURNAL_FAILED'],
      ['halt', 'dita next: lost had crashed'],
      ['end', 'dita next: ended, duration_elapsed'],
    ])
  })
})

describe('a service that is no good', () => {
  const journalOf = ({ storePath }: RanSession) => queryOne(storePath, 'SELECT hash FROM journal ORDER BY seq DESC LIMIT 1')

  test.each<[string, WebhookScript | null]>([
    ['hangs', () => 'hang'],
    ['cuts every connection', () => 'cut'],
    ['refuses', () => ({ status: 404 })],
    ['limits us for an hour', () => ({ status: 429, headers: { 'retry-after': '3600' } })],
    ['is not there', null],
  ])('L05 changes nothing of the session when it %s, keeps it a few seconds at most, and is told of', async (_, script) => {
    const alone = await runPaper({ config: TINY_LIMIT })
    const url = script === null ? await deadUrl() : (await service(script)).url
    const session = await runPaper({ config: { ...TINY_LIMIT, ...telling(url) } })
    expect(journalOf(session)).toEqual(journalOf(alone))
    expect(session.outcome).toEqual(alone.outcome)
    const errors = session.log.filter(({ level }) => level === 'error')
    expect(errors.map(({ event }) => event)).toEqual(['notification_failed', 'notifications_lost'])
    expect(JSON.stringify(errors)).not.toContain('canary')
  })

  test('L04 is shown on the screen of a session that goes on', async () => {
    const server = await service(() => ({ status: 404, body: 'no such hook: canaryHook' }))
    const control = new SessionControl()
    const seen = new Set<string>()
    const storePath = newStore()
    await crash(storePath)
    const observer = onlooker(({ messages }) => {
      for (const { text } of messages) seen.add(text)
      if ([...seen].some((text) => text.includes('could not be sent'))) control.requestStop({ reason: 'interrupted_sigint', detail: null })
    })
    // The crash that it finds is the first thing it tells of.
    const wall = { ...machineClock(), wallUs: () => Date.now() * 1_000 }
    await runPaper({
      storePath,
      sessionId: 'next',
      speed: 1,
      durationUs: 20 * SECOND_US,
      wall,
      observer,
      control,
      config: telling(server.url),
    })
    const host = new URL(server.url).host
    expect([...seen]).toContain(`A notification could not be sent to ${host}: it answered 404: no such hook: (hidden).`)
    expect(control.halt).not.toBeNull()
  })

  test.each([
    ['is missing', { shape: 'telegram', chat_id: '1' }, 'CREDENTIALS_MISSING'],
    ['is open to others', { shape: 'json', credentials_file: secretsFile('https://example.com', 0o644) }, 'CREDENTIALS_EXPOSED'],
  ])('V07 a secret that %s is an error of the config, before anything is opened', async (_, notify, code) => {
    const storePath = newStore()
    const failure = await failureOf(runPaper({ storePath, config: { notify } }))
    expect(failure).toMatchObject({ code, exitCode: 4 })
    expect(failure.message + failure.next).not.toContain('canary')
    expect(existsSync(storePath)).toBe(false)
  })
})

describe('alarms', () => {
  const flag = (code: string, value: string, severity: 'alarm' | 'warning' = 'alarm'): Fact =>
    ({ timeUs: 0, body: { type: 'RISK_FLAGGED', code, severity, value, limit: null, detail: `it is ${value}` } }) as unknown as Fact

  test('of one kind are told once a minute, with how many came between; orders in quarantine each', async () => {
    const server = await service()
    let nowMs = 0
    const notices = await openNotices({
      config: loadConfig({ file: null, environment: { DITA_NOTIFY_SHAPE: 'json' } }),
      sessionId: 'night',
      environment: { DITA_NOTIFY_URL: server.url },
      random: () => 0.5,
      wall: { ...virtualWall(), nowMs: () => nowMs },
      process: { pid: 1, host: 'desk', version: '0' },
      log: { info: () => undefined, error: () => undefined },
    })
    for (const value of ['a', 'b', 'c']) notices?.onFact(flag('POSITION_DRIFT', value))
    notices?.onFact(flag('OVERFILL', 'd'))
    notices?.onFact(flag('FEE_UNPRICED', 'e', 'warning'))
    for (const value of ['order1', 'order2']) notices?.onFact(flag('ORDER_QUARANTINED', value))
    nowMs = 60_000
    notices?.onFact(flag('POSITION_DRIFT', 'f'))
    await notices?.close()
    const told = toldTo(server).sort((one, other) => Number(one.id.split('-').at(-1)) - Number(other.id.split('-').at(-1)))
    expect(
      told.map(({ kind, details: { code, value, clientOrderId, heldBack } }) => [kind, code, value ?? clientOrderId, heldBack]),
    ).toEqual([
      ['alarm', 'POSITION_DRIFT', 'a', 0],
      ['alarm', 'OVERFILL', 'd', 0],
      ['quarantine', 'ORDER_QUARANTINED', 'order1', undefined],
      ['quarantine', 'ORDER_QUARANTINED', 'order2', undefined],
      ['alarm', 'POSITION_DRIFT', 'f', 2],
    ])
    expect(told[2]?.text).toContain('order1')
    expect(told[2]?.text).toContain('Next: dita reconcile')
  })
})
