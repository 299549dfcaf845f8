// Sessions in the world: real sockets on loopback, the real clock, an exchange that keeps its own truth.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readTruth } from '../../src/core/exchange/truth-log.ts'
import { verifyStore } from '../../src/core/journal/verify-store.ts'
import { ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { failureOf, newStore, query } from './harness.ts'
import {
  control,
  exchange,
  expectOneStory,
  FAST,
  KEYS,
  REENTER,
  REST,
  session,
  statusesOf,
  strategyFile,
  TIME_IS_UP,
  truthOf,
  until,
  worldWall,
} from './world.ts'

describe('a session at a venue on the wire', { timeout: 120_000 }, () => {
  test('V01 V08 trades, takes everything back at its end, and tells the same story as the exchange', async () => {
    const at = await exchange()
    const stop = new SessionControl()
    const { storePath, ended } = session(at, { seconds: 86_400, control: stop })
    await until('orders and fills', () => truthOf(at).orders.size > 4 && truthOf(at).fills.length > 0)
    stop.requestStop(TIME_IS_UP)
    expect((await ended).halt).toMatchObject({ reason: 'duration_elapsed' })
    expect(statusesOf(storePath).filter((status) => ORDER_LIVE[status])).toEqual([])
    expectOneStory(storePath, at)
    expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('V07 a key is in no store, no log, no screen and no error, whatever goes wrong', async () => {
    const at = await exchange(
      'faults:\n  - fault: answer_lost\n    where: { every: 3 }\n  - fault: unknown_code\n    where: { every: 5 }\n',
    )
    const words: string[] = []
    const { storePath, ended } = session(at, { seconds: 4, onWords: (text) => words.push(text) })
    await ended
    const refused = session(at, { keys: { ...KEYS, DITA_BINGX_API_SECRET: 'canary-that-is-wrong' }, onWords: (text) => words.push(text) })
    words.push(inspect(await failureOf(refused.ended), { depth: null }))
    const kept = readdirSync(dirname(storePath)).map((name) => join(dirname(storePath), name))
    const texts = [...words, ...kept.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'))]
    expect(words.length).toBeGreaterThan(10)
    for (const secret of [...Object.values(KEYS), 'canary-that-is-wrong']) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([])
    }
  })

  test('J02 the next session finds the account as it was left: position, money, and no order twice', async () => {
    const at = await exchange()
    const first = session(at, { sessionId: 's1', seconds: 5 })
    await first.ended
    const second = session(at, { sessionId: 's2', seconds: 3, storePath: first.storePath })
    expect((await second.ended).halt.reason).toBe('duration_elapsed')
    expectOneStory(first.storePath, at)
    const money = query<{ amount: string }>(first.storePath, 'SELECT amount FROM capital_events')
    expect(money).toEqual([{ amount: '10000' }])
  })

  test('V01 sessions of one name in two stores, on one account, share no order id; those of one store share their salt', async () => {
    const at = await exchange()
    const ordered = async (sessionId: string, storePath: string): Promise<{ readonly storePath: string }> => {
      const [stop, before] = [new SessionControl(), truthOf(at).orders.size]
      const wish = { sessionId, storePath, seconds: 86_400, control: stop, config: { strategy: { name: strategyFile(REST) } } }
      const { ended } = session(at, wish)
      await until('an order that rests', () => truthOf(at).orders.size > before)
      stop.requestStop(TIME_IS_UP)
      expect(await ended).toMatchObject({ exitCode: 0 })
      return { storePath }
    }
    const first = await ordered('same', newStore())
    const stranger = await ordered('same', newStore())
    await ordered('next', first.storePath)
    const idsOf = ({ storePath }: typeof first): string[] =>
      query<{ id: string }>(storePath, 'SELECT client_order_id AS id FROM orders').map(({ id }) => id)
    const [ours, theirs] = [idsOf(first), idsOf(stranger)]
    expect(ours.filter((id) => theirs.includes(id))).toEqual([])
    expect(statusesOf(stranger.storePath)).toEqual(theirs.map(() => 'canceled'))
    // Three sessions, and what the orders of each have in common.
    expect(new Set([...ours, ...theirs].map((id) => id.slice(0, 10))).size).toBe(3)
    const saltsOf = ({ storePath }: typeof first): string[] =>
      query<{ salt: string }>(
        storePath,
        "SELECT json_extract(body, '$.orderSalt') AS salt FROM journal WHERE type = 'SESSION_OPENED' ORDER BY seq",
      ).map(({ salt }) => salt)
    const [salt] = saltsOf(first)
    expect(saltsOf(first)).toEqual([expect.stringMatching(/^[a-z2-7]{16}$/), salt])
    expect(saltsOf(stranger)).not.toContain(salt)
  })

  test('V01 V04 answers that are lost after the exchange took the order double nothing, and every order is known in the end', async () => {
    const plan = 'faults:\n  - fault: answer_lost\n    where: { every: 4 }\n  - fault: http_504_accepted\n    where: { every: 7 }\n'
    const at = await exchange(plan)
    const stop = new SessionControl()
    const { storePath, ended } = session(at, { seconds: 86_400, control: stop })
    await until('faults enough', () => readTruth(at.truthPath).filter(({ kind }) => kind === 'fault').length > 5)
    stop.requestStop(TIME_IS_UP)
    expect((await ended).halt.reason).toBe('duration_elapsed')
    expect(query(storePath, "SELECT client_order_id FROM orders WHERE status IN ('in_doubt', 'quarantined')")).toEqual([])
    expectOneStory(storePath, at)
  })

  test('V01 an order that filled and is not found is never absent: the position says that it was there', async () => {
    const at = await exchange(
      `faults:
  - { fault: drop_event, on: { event: order } }
  - { fault: drop_event, on: { event: account } }
  - { fault: late_visibility, times: 1, ms: 120000, lists_ms: 120000 }
  - { fault: answer_lost, on: { endpoint: place }, times: 1 }
`,
    )
    const stop = new SessionControl()
    const { storePath, ended } = session(at, {
      ...{ seconds: 86_400, control: stop },
      config: { strategy: { name: strategyFile(REENTER) }, engine: { ...FAST, quarantine_after_seconds: 6 } },
    })
    await until('the order', () => truthOf(at).orders.size > 0)
    const reachedBy = (): string[] =>
      query<{ to: string }>(storePath, `SELECT to_state AS "to" FROM transitions WHERE entity = 'order'`).map(({ to }) => to)
    await until('its quarantine', () => reachedBy().includes('quarantined'))
    stop.requestStop(TIME_IS_UP)
    await ended
    const reached = reachedBy()
    expect(reached).toContain('in_doubt')
    expect(reached).not.toContain('absent')
    expect(truthOf(at).orders.size).toBe(1)
  })

  test('a cancel that meets a fault while the session stops is asked for again: nothing is left resting', async () => {
    const at = await exchange('faults:\n  - { fault: http_504_refused, on: { endpoint: cancel }, times: 1 }\n')
    const stop = new SessionControl()
    const { storePath, ended } = session(at, { seconds: 86_400, control: stop, config: { strategy: { name: strategyFile(REST) } } })
    await until('an order that rests', () => truthOf(at).orders.size > 0)
    stop.requestStop(TIME_IS_UP)
    expect(await ended).toMatchObject({ exitCode: 0, halt: { reason: 'duration_elapsed' } })
    expect(readTruth(at.truthPath).filter(({ kind }) => kind === 'fault')).toHaveLength(1)
    expect(statusesOf(storePath).filter((status) => ORDER_LIVE[status])).toEqual([])
    expectOneStory(storePath, at)
  })

  test('J08 a session in which somebody else has moved the position ends with a finding, and says so', async () => {
    const at = await exchange()
    const stop = new SessionControl()
    const { storePath, ended } = session(at, { seconds: 86_400, control: stop, config: { strategy: { name: strategyFile(REST) } } })
    await until('an order that rests', () => truthOf(at).orders.size > 0)
    await control(at, 'orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.05' })
    await until('the difference', () => query(storePath, "SELECT 1 FROM journal WHERE type = 'POSITION_DIFFERED'").length > 0)
    stop.requestStop(TIME_IS_UP)
    expect(await ended).toMatchObject({ exitCode: 3, halt: { reason: 'duration_elapsed', detail: null } })
    const flags = query<{ code: string; detail: string }>(storePath, "SELECT code, detail FROM risk_events WHERE severity = 'alarm'")
    expect(flags.find(({ code }) => code === 'POSITION_LEFT_DIFFERING')?.detail).toContain(
      'We held 0 BTC/USDT:USDT when the session ended, the venue said 0.05',
    )
  })

  test('J08 so does one in which that was a moment before its end, when nobody was looking', async () => {
    const at = await exchange()
    const stop = new SessionControl()
    const { storePath, ended } = session(at, { seconds: 86_400, control: stop, config: { strategy: { name: strategyFile(REST) } } })
    await until('an order that rests', () => truthOf(at).orders.size > 0)
    await control(at, 'orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.05' })
    stop.requestStop(TIME_IS_UP)
    expect(await ended).toMatchObject({ exitCode: 3, halt: { reason: 'duration_elapsed' } })
    expect(query(storePath, "SELECT value FROM risk_events WHERE code = 'POSITION_LEFT_DIFFERING'")).toEqual([{ value: '0.05' }])
  })

  test('J02 a session does not begin with a position that somebody else has moved', async () => {
    const at = await exchange()
    const first = session(at, { sessionId: 's1', seconds: 2 })
    await first.ended
    await control(at, 'orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.05' })
    const second = session(at, { sessionId: 's2', seconds: 5, storePath: first.storePath })
    const { halt, exitCode } = await second.ended
    expect([halt.reason, exitCode]).toEqual(['reconciler_halt', 3])
    expect(halt.detail).toContain('dita reconcile --fix-orphans')
    expect(query(first.storePath, "SELECT 1 FROM orders WHERE session_id = 's2'")).toEqual([])
  })

  test('V03 what is wrong with the key or the account is said before anything is opened', async () => {
    const at = await exchange()
    const wrong = session(at, { keys: { ...KEYS, DITA_BINGX_API_SECRET: 'another-secret' } })
    expect(await failureOf(wrong.ended)).toMatchObject({ exitCode: 4 })
    expect(existsSync(wrong.storePath)).toBe(false)
    const leverage = session(at, { config: { risk: { max_leverage: 1 } } })
    expect(await failureOf(leverage.ended)).toMatchObject({ code: 'LEVERAGE_DIFFERS', exitCode: 4 })
    await at.close()
    expect(await failureOf(session(at).ended)).toMatchObject({ exitCode: 7 })
  })

  test('V03 a stop that is asked for while the venue lets us wait ends it at once, before anything is opened, and says whom it waited for', async () => {
    const at = await exchange()
    await control(at, 'freeze', { on: true })
    const stop = new SessionControl()
    const waitedFor: string[] = []
    const { storePath, ended } = session(at, { control: stop, onConnecting: (host) => waitedFor.push(host) })
    setTimeout(() => stop.requestStop({ reason: 'interrupted_sigint', detail: null }), 100)
    const failure = await failureOf(ended)
    expect(failure).toMatchObject({ code: 'INTERRUPTED', fault: 'user', exitCode: 130, message: expect.stringContaining(at.restUrl) })
    expect(waitedFor).toEqual([at.restUrl])
    expect(existsSync(storePath)).toBe(false)
    await control(at, 'freeze', { on: false })
  })

  test('L05 an exchange that is gone halts the session by its silent feed, and what it left is known to be unknown', async () => {
    const at = await exchange()
    const wall = worldWall()
    const config = { strategy: { name: strategyFile(REST) }, risk: { stale_feed_seconds: 20 } }
    const { storePath, ended } = session(at, { seconds: 86_400, wall, config })
    await until('an order that rests', () => truthOf(at).orders.size > 0)
    await at.close()
    wall.hasten(20)
    expect(await ended).toMatchObject({ exitCode: 8, halt: { reason: 'risk_stale_feed' } })
    const open = [...truthOf(at).orders.values()].filter(({ status }) => status === 'open').map(({ clientOrderId }) => clientOrderId)
    expect(open).toHaveLength(1)
    // Nobody was there to say that it is gone: whatever became of its cancel, it may live, and is said to.
    const live = query<{ id: string; status: OrderStatus }>(storePath, 'SELECT client_order_id AS id, status FROM orders').filter(
      ({ status }) => ORDER_LIVE[status],
    )
    expect(live.map(({ id }) => id)).toEqual(open)
    const asked = query<{ id: string }>(
      storePath,
      "SELECT entity_id AS id FROM transitions WHERE entity = 'cancel' AND to_state = 'requested'",
    )
    expect(asked.map(({ id }) => id)).toContain(open[0])
    const flags = query<{ detail: string }>(
      storePath,
      "SELECT detail FROM risk_events WHERE code = 'ORDER_LEFT_OPEN' AND severity = 'alarm'",
    )
    expect(flags.map(({ detail }) => detail)).toEqual([expect.stringContaining(open[0] ?? 'no order')])
    expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('the kill file ends a session as the kill switch does, and no other starts beside it', async () => {
    const at = await exchange()
    const { storePath, ended } = session(at, { seconds: 86_400 })
    await until('the first order', () => truthOf(at).orders.size > 0)
    writeFileSync(join(dirname(storePath), 'HALT'), 'lunch\n')
    expect(await ended).toMatchObject({ exitCode: 8, halt: { reason: 'kill_switch', detail: 'the file HALT: lunch' } })
    expectOneStory(storePath, at)
    expect(await failureOf(session(at, { storePath, sessionId: 'next' }).ended)).toMatchObject({ code: 'KILL_SWITCH_ON' })
  })
})
