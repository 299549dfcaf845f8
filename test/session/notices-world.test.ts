// A session at a venue that tells somebody who is away: of an order that nobody can account for, and of one that was left.

import { expect, onTestFinished, test } from 'vitest'
import { SessionControl } from '../../src/core/session/control.ts'
import { WebhookServer } from '../core/notify/webhook-server.ts'
import { control, exchange, FAST, KEYS, REST, session, strategyFile, TIME_IS_UP, truthOf, until, worldWall } from './world.ts'

async function receiver(): Promise<{
  readonly server: WebhookServer
  readonly keys: Record<string, string>
  told(): { kind: string; title: string; text: string }[]
}> {
  const server = await WebhookServer.open()
  onTestFinished(() => server.close())
  const keys = { ...KEYS, DITA_NOTIFY_URL: `${server.url}/canary-hook` }
  return { server, keys, told: () => server.taken.map(({ body }) => JSON.parse(body) as { kind: string; title: string; text: string }) }
}

const config = { strategy: { name: strategyFile(REST) }, engine: { ...FAST, quarantine_after_seconds: 1 }, notify: { shape: 'json' } }

test('an order in quarantine is told while the session goes on, with its id and what to type', { timeout: 120_000 }, async () => {
  const plan =
    'faults:\n  - { fault: answer_lost, on: { endpoint: place } }\n  - { fault: truncated_json, on: { endpoint: query } }\n  - { fault: drop_event }\n'
  const [at, { keys, told }] = [await exchange(plan), await receiver()]
  const [stop, wall] = [new SessionControl(), worldWall()]
  const { ended } = session(at, { seconds: 86_400, keys, wall, control: stop, config })
  await until('a quarantine', () => told().some(({ kind }) => kind === 'quarantine'))
  const id = [...truthOf(at).orders.values()][0]?.clientOrderId ?? 'no order'
  expect(told()[0]).toMatchObject({ kind: 'quarantine', title: 'dita world: order in quarantine' })
  expect(told()[0]?.text).toMatch(new RegExp(`^Order ${id}: .*\\nNext: dita reconcile$`))
  await control(at, 'faults', { clear: true })
  stop.requestStop(TIME_IS_UP)
  await ended
  expect(told().at(-1)).toMatchObject({ kind: 'end' })
})

test('an order that could not be taken back is told as an alarm, before the end that says that something is left', {
  timeout: 120_000,
}, async () => {
  const [at, { keys, told }] = [await exchange('faults:\n  - { fault: http_504_refused, on: { endpoint: cancel } }\n'), await receiver()]
  const [stop, wall] = [new SessionControl(), worldWall()]
  const { ended } = session(at, { seconds: 86_400, keys, wall, control: stop, config: { ...config, engine: FAST } })
  await until('an order that rests', () => truthOf(at).orders.size > 0)
  stop.requestStop(TIME_IS_UP)
  wall.hasten(20)
  expect(await ended).toMatchObject({ exitCode: 3 })
  expect(told().map(({ title }) => title)).toEqual(['dita world: ORDER_LEFT_OPEN', 'dita world: ended, duration_elapsed'])
  expect(told()[1]?.text).toContain('Something is left for a person.')
})
