// Notices on their way to services that answer, refuse, hang, redirect, limit, and die: over real sockets.

import { afterEach, describe, expect, test } from 'vitest'
import { Notifier, type NotifierTuning } from '../../../src/core/notify/notifier.ts'
import { readTarget } from '../../../src/core/notify/target.ts'
import { deadUrl, notice, type WebhookScript, WebhookServer } from './webhook-server.ts'

const SECRET_PATH = '/services/canaryT0000/canaryB0000/canaryXXXX'
const QUICK: Partial<NotifierTuning> = { pauseMs: 10, longestPauseMs: 20, callTimeoutMs: 200, closeMs: 1_000, closeCallMs: 100 }

const servers: WebhookServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

interface Line {
  readonly server: WebhookServer
  readonly notifier: Notifier
  readonly troubles: string[]
}

async function line(script: WebhookScript, tuning: Partial<NotifierTuning> = {}): Promise<Line> {
  const server = await WebhookServer.open(script)
  servers.push(server)
  return { server, ...lineTo(server.url + SECRET_PATH, tuning) }
}

function lineTo(url: string, tuning: Partial<NotifierTuning> = {}): Omit<Line, 'server'> {
  const troubles: string[] = []
  const target = readTarget({ shape: 'json', chatId: null, path: null, environment: { DITA_NOTIFY_URL: url } })
  const onTrouble = (text: string): void => void troubles.push(text)
  return { notifier: new Notifier({ target, random: () => 0.5, onTrouble, tuning: { ...QUICK, ...tuning } }), troubles }
}

const idsAt = ({ taken }: WebhookServer): string[] => taken.map(({ body }) => (JSON.parse(body) as { id: string }).id)

describe('a notice', () => {
  test('is sent once to a service that takes it, one after another and in order', async () => {
    const { server, notifier, troubles } = await line(() => ({ status: 204 }))
    for (const id of ['a', 'b', 'c']) notifier.send(notice({ id }))
    await server.asked(3)
    expect(idsAt(server)).toEqual(['a', 'b', 'c'])
    expect(await notifier.close()).toEqual({ delivered: 3, lost: 0 })
    expect(troubles).toEqual([])
  })

  test('leaves in a turn of its own: whoever sends it has gone on by then', async () => {
    const { server, notifier } = await line(() => ({ status: 200 }))
    expect(notifier.send(notice())).toBeUndefined()
    await Promise.resolve()
    expect(server.taken).toEqual([])
    await server.asked(1)
    await notifier.close()
  })

  test.each([
    ['a service that is down for a moment', { status: 503 } as const],
    ['a connection that is cut', 'cut' as const],
    ['a service that does not answer', 'hang' as const],
    ['an answer that does not end', 'drip' as const],
  ])('is sent again after %s, under the same id', async (_, rude) => {
    const { server, notifier, troubles } = await line((_taken, nth) => (nth < 3 ? rude : { status: 200 }))
    notifier.send(notice({ id: 'a' }))
    await server.asked(3)
    expect(await notifier.close()).toEqual({ delivered: 1, lost: 0 })
    expect(idsAt(server)).toEqual(['a', 'a', 'a'])
    expect(troubles).toHaveLength(1)
  })

  test('is given up after so many tries, and the next one says that it was', async () => {
    const { server, notifier } = await line((_, nth) => ({ status: nth <= 3 ? 500 : 200 }), { tries: 3 })
    notifier.send(notice({ id: 'a' }))
    notifier.send(notice({ id: 'b' }))
    await server.asked(4)
    expect(idsAt(server)).toEqual(['a', 'a', 'a', 'b'])
    expect(JSON.parse(server.taken[3]?.body ?? '')).toMatchObject({ dropped: 1 })
    expect(await notifier.close()).toEqual({ delivered: 1, lost: 1 })
  })

  test.each([400, 401, 403, 404, 410])('that is refused with %i is not sent again', async (status) => {
    const { server, notifier, troubles } = await line((_, nth) => ({ status: nth === 1 ? status : 200, body: 'no_service' }))
    notifier.send(notice({ id: 'a' }))
    notifier.send(notice({ id: 'b' }))
    await server.asked(2)
    expect(await notifier.close()).toEqual({ delivered: 1, lost: 1 })
    expect(idsAt(server)).toEqual(['a', 'b'])
    expect(troubles).toEqual([`A notification could not be sent to ${new URL(server.url).host}: it answered ${status}: no_service.`])
  })

  test('never follows a redirect', async () => {
    const other = await WebhookServer.open()
    servers.push(other)
    const { server, notifier, troubles } = await line(() => ({ status: 307, headers: { location: other.url } }))
    notifier.send(notice())
    await server.asked(1)
    expect(await notifier.close()).toEqual({ delivered: 0, lost: 1 })
    expect({ asked: server.taken.length, elsewhere: other.taken.length }).toEqual({ asked: 1, elsewhere: 0 })
    expect(troubles.join()).toContain('a redirect, which is not followed')
  })
})

describe('a service that limits us', () => {
  test.each([
    ['in seconds', { headers: { 'retry-after': '1' } }],
    ['as Discord does', { body: '{"message": "limited", "retry_after": 0.4}' }],
    ['as Telegram does', { body: '{"ok":false,"error_code":429,"parameters":{"retry_after":1}}' }],
  ])('is left alone for as long as it says, %s', async (_, limit) => {
    const { server, notifier } = await line((_taken, nth) => (nth === 1 ? { status: 429, ...limit } : { status: 200 }))
    const beganMs = performance.now()
    notifier.send(notice({ id: 'a' }))
    await server.asked(2)
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(390)
    expect(idsAt(server)).toEqual(['a', 'a'])
    await notifier.close()
  })

  test.each(['0', '-1', 'Thu, 01 Jan 1970 00:00:00 GMT'])('that says "now" (%s) is not asked in one breath', async (header) => {
    const { server, notifier } = await line((_, nth) => (nth < 3 ? { status: 503, headers: { 'retry-after': header } } : { status: 200 }), {
      pauseMs: 400,
      longestPauseMs: 10_000,
    })
    const beganMs = performance.now()
    notifier.send(notice({ id: 'a' }))
    await server.asked(3)
    // Three quarters of 400 ms, and then of twice that.
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(880)
    expect(await notifier.close()).toEqual({ delivered: 1, lost: 0 })
  })

  test('that wants an hour, as a date, has refused: what it would not have is given up, and the next one is tried', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
    const { server, notifier } = await line((_, nth) =>
      nth === 1 ? { status: 503, headers: { 'retry-after': inAnHour } } : { status: 200 },
    )
    for (const id of ['a', 'b']) notifier.send(notice({ id }))
    await server.asked(2)
    expect(idsAt(server)).toEqual(['a', 'b'])
    expect(await notifier.close()).toEqual({ delivered: 1, lost: 1 })
  })

  test('is not asked at the end before its time, and the end does not wait for it', async () => {
    const { server, notifier } = await line(() => ({ status: 429, headers: { 'retry-after': '60' } }), { closeMs: 20_000 })
    notifier.send(notice())
    await server.asked(1)
    const beganMs = performance.now()
    expect(await notifier.close()).toEqual({ delivered: 0, lost: 1 })
    expect(performance.now() - beganMs).toBeLessThan(10_000)
    expect(server.taken).toHaveLength(1)
  })
})

describe('the queue', () => {
  test('is bounded: the oldest that wait are dropped, and the next notice that arrives says how many', async () => {
    const { server, notifier, troubles } = await line((_, nth) => (nth === 1 ? 'hang' : { status: 200 }), {
      longestQueue: 4,
      callTimeoutMs: 300,
    })
    notifier.send(notice({ id: 'first' }))
    await server.asked(1)
    for (let number = 1; number <= 20; number += 1) notifier.send(notice({ id: String(number) }))
    await server.asked(5)
    const { lost } = await notifier.close()
    // What is under way is never dropped for another.
    expect(idsAt(server)).toEqual(['first', 'first', '18', '19', '20'])
    expect(lost).toBe(17)
    expect(JSON.parse(server.taken[1]?.body ?? '')).toMatchObject({ dropped: 17 })
    expect(JSON.parse(server.taken[2]?.body ?? '')).toMatchObject({ dropped: 0 })
    expect(troubles.filter((text) => text.includes('the oldest are dropped'))).toHaveLength(1)
  })
})

describe('the end', () => {
  test('keeps the order where all is well', async () => {
    const { server, notifier } = await line(() => ({ status: 200 }))
    for (const id of ['a', 'b', 'end']) notifier.send(notice({ id }))
    expect(await notifier.close()).toEqual({ delivered: 3, lost: 0 })
    expect(idsAt(server)).toEqual(['a', 'b', 'end'])
  })

  test('lets the last notice go first where the service is in trouble, and takes what is left of the time for the others', async () => {
    const { server, notifier } = await line((_, nth) => (nth === 1 ? 'hang' : { status: 200 }), { callTimeoutMs: 60_000 })
    for (const id of ['a', 'b', 'end']) notifier.send(notice({ id }))
    await server.asked(1)
    expect(await notifier.close()).toEqual({ delivered: 3, lost: 0 })
    expect(idsAt(server)).toEqual(['a', 'end', 'b', 'a'])
  })

  test('lets the last notice out of a service that is too slow for all of them', async () => {
    const { server, notifier } = await line(() => ({ status: 200, delayMs: 60 }), { longestQueue: 100 })
    for (let number = 1; number <= 50; number += 1) notifier.send(notice({ id: String(number) }))
    const { lost } = await notifier.close()
    expect(lost).toBeGreaterThan(0)
    expect(idsAt(server)).toContain('50')
  })

  test.each([
    ['hangs', 'hang' as const],
    ['cuts every connection', 'cut' as const],
    ['is down', { status: 500 } as const],
  ])('waits no longer than it may for a service that %s', async (_, rude) => {
    const { notifier } = await line(() => rude, {
      tries: 100,
      closeMs: 400,
      callTimeoutMs: 60_000,
      pauseMs: 60_000,
      longestPauseMs: 60_000,
    })
    for (const id of ['a', 'b', 'c']) notifier.send(notice({ id }))
    const beganMs = performance.now()
    expect(await notifier.close()).toEqual({ delivered: 0, lost: 3 })
    expect(performance.now() - beganMs).toBeLessThan(5_000)
  })

  test('of a notifier that sent nothing is at once, and a second one changes nothing', async () => {
    const { notifier } = lineTo(await deadUrl())
    expect(await notifier.close()).toEqual({ delivered: 0, lost: 0 })
    notifier.send(notice())
    expect(await notifier.close()).toEqual({ delivered: 0, lost: 0 })
  })
})

test('V07 nothing that is said of a trouble holds a part of the address or the token', async () => {
  const token = 'canaryToken0123456789'
  const troubles: string[] = []
  const tell = async (url: string, body: string, status: number): Promise<void> => {
    const server = await WebhookServer.open(() => ({ status, body }))
    servers.push(server)
    const address = url === '' ? server.url + SECRET_PATH : url
    const environment = { DITA_NOTIFY_URL: address, DITA_NOTIFY_TOKEN: token }
    const target = readTarget({ shape: 'json', chatId: null, path: null, environment })
    const onTrouble = (text: string): void => void troubles.push(text)
    const notifier = new Notifier({ target, random: () => 0, onTrouble, tuning: { ...QUICK, tries: 1 } })
    notifier.send(notice())
    await (url === '' ? server.asked(1) : new Promise((resolve) => setTimeout(resolve, 50)))
    await notifier.close()
    expect(JSON.stringify([notifier, target])).not.toContain('canary')
  }
  await tell('', `no such hook ${SECRET_PATH}, Bearer ${token}\u001b[31m`, 404)
  await tell('', `canaryB0000 is not known`, 500)
  await tell(`${await deadUrl()}${SECRET_PATH}`, '', 200)
  expect(troubles).toHaveLength(3)
  expect(troubles.join()).not.toMatch(/canary|[\p{Cc}]/u)
  expect(troubles[2]).toContain('nobody listens there')
})
