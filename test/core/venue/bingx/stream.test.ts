// The private stream: a hint for speed. What it says, loses and repeats, against a scripted venue on loopback.

import { afterEach, describe, expect, test } from 'vitest'
import { fillRow, fillsReply, orderReply, placedReply, Rig, VENUE_ID } from './rig.ts'
import { type Reply, refusal } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const ID = 'ditaabcdef0001'

const event = (more: Record<string, unknown>, e = 'ORDER_TRADE_UPDATE') =>
  JSON.stringify({
    e,
    E: Date.now(),
    o: { s: 'BTC-USDT', c: ID, S: 'BUY', o: 'LIMIT', q: '0.01', z: '0', x: 'NEW', X: 'NEW', i: 'ID', ...more },
  }).replace('"ID"', VENUE_ID)

describe('the private stream', () => {
  test.each(['TRADE_UPDATE', 'ORDER_TRADE_UPDATE'])('a trade told as %s is a hint: price, fee and id are asked for', async (name) => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.01' }))
    rig.server.script('fills', () => fillsReply([fillRow('7', '0.01')]))
    rig.server.push(event({ x: 'TRADE', X: 'FILLED', z: '0.01', ap: '1', n: '-9', td: 999 }, name))
    const lines = await rig.untilLine('ORDER_ACK')
    expect(lines[0]).toBe(`FULL_FILL ${ID} @${VENUE_ID} buy 0.01 at 50000.5 trade 7 fee 0.1 USDT maker`)
  })

  test('an order that is new is acknowledged by the stream alone, before its answer or after a lost one', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => 'hang')
    rig.submit(ID)
    rig.server.script('order', () => orderReply(ID, { status: 'CANCELLED' }))
    rig.server.push(event({}))
    expect(await rig.untilLine('ORDER_ACK')).toEqual([`ORDER_ACK ${ID} @${VENUE_ID}`])
    // That the answer is lost leaves nothing in doubt any more: it is only asked about.
    expect(await rig.untilLine('CANCEL_ACK')).toEqual([`ORDER_ACK ${ID} @${VENUE_ID}`, `CANCEL_ACK ${ID} @${VENUE_ID} total 0`])
  })

  test('a fill told before the placement is answered is asked about at once', async () => {
    rig = await Rig.connected({ callTimeoutMs: 20_000 })
    rig.server.script('place', () => 'hang')
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.01' }))
    rig.server.script('fills', () => fillsReply([fillRow('7', '0.01')]))
    rig.submit(ID)
    await rig.until('the placement', () => rig.server.callsOf('place').length === 1)
    rig.server.push(event({ x: 'TRADE', X: 'FILLED', z: '0.01' }))
    await rig.untilLine('FULL_FILL')
  })

  test('duplicated and reordered events change nothing: the order is asked about', async () => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'CANCELLED' }))
    for (const more of [
      { x: 'CANCELED', X: 'CANCELED' },
      { x: 'CANCELED', X: 'CANCELED' },
      { x: 'NEW', X: 'NEW' },
    ])
      rig.server.push(event(more))
    await rig.untilLine('CANCEL_ACK')
    expect(rig.lines().every((line) => line.startsWith('CANCEL_ACK') || line.startsWith('ORDER_ACK'))).toBe(true)
  })

  test('Ping is answered with Pong, as a text', async () => {
    rig = await Rig.connected()
    rig.server.pushText('Ping')
    await rig.until('Pong', () => rig.server.said.includes('Pong'))
  })

  test('a text frame is taken as well', async () => {
    rig = await Rig.connected()
    for (const socket of rig.server.sockets) socket.send(event({}), { binary: false })
    await rig.untilLine('ORDER_ACK')
  })

  test('after a lost stream there is one socket again, and REST says what was missed', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => placedReply(ID))
    rig.submit(ID)
    await rig.untilLine('ORDER_ACK')
    rig.server.script('order', () => orderReply(ID, { status: 'CANCELLED' }))
    rig.server.dropStreams()
    await rig.untilLine('CANCEL_ACK')
    await rig.untilLine('SNAPSHOT')
    expect(rig.server.openSockets).toBe(1)
    expect(rig.lines().filter((line) => line.startsWith('NOTICE warning The private stream'))).toHaveLength(1)
  })

  test('a silent stream counts as dead, and is made anew', async () => {
    rig = await Rig.connected({ streamSilenceMs: 150 })
    await rig.until('a second connection', () => rig.server.connections.length >= 2)
    expect(rig.lines()).toContainEqual(expect.stringContaining('silent for too long'))
    expect(rig.server.openSockets).toBeLessThanOrEqual(1)
  })

  test('an expired listen key is replaced, and the stream with it', async () => {
    rig = await Rig.connected()
    rig.server.script('openKey', () => ({ body: { listenKey: 'b'.repeat(64) } }))
    rig.server.push({ e: 'listenKeyExpired', E: Date.now(), listenKey: 'x' })
    await rig.until('the new key', () => rig.server.connections.at(-1)?.includes('b'.repeat(64)) === true)
    await rig.until('one socket', () => rig.server.openSockets === 1)
  })

  test.each<[string, Reply]>([
    ['404', { status: 404, body: '' }],
    ['100401', refusal(100401, 'expired')],
  ])('a listen key whose renewal is answered with %s is replaced', async (_name, reply) => {
    rig = await Rig.connected({ listenKeyRenewalMs: 200 })
    await rig.until('a renewal', () => rig.server.callsOf('keepKey').length >= 1)
    rig.server.script('keepKey', () => reply)
    await rig.until('a second key', () => rig.server.callsOf('openKey').length >= 2)
    await rig.until('one socket', () => rig.server.openSockets === 1)
  })

  test('frames that cannot be read are a gap, and many of them end the socket', async () => {
    rig = await Rig.connected()
    for (let index = 0; index < 6; index += 1) rig.server.pushBytes(Buffer.from([0x1f, 0x8b, 8, index, 1, 2, 3]))
    await rig.until('a second connection', () => rig.server.connections.length >= 2)
  })

  test('a frame that unpacks to more than it may is refused without being unpacked', async () => {
    rig = await Rig.connected({ longestFrameBytes: 10_000 })
    rig.server.pushText(JSON.stringify({ e: 'x', pad: 'a'.repeat(5_000_000) }))
    await rig.untilLine('NOTICE warning')
  })

  test('a leverage raised outside is an alarm, once', async () => {
    rig = await Rig.connected()
    const config = { e: 'ACCOUNT_CONFIG_UPDATE', E: 1, ac: { s: 'BTC-USDT', l: 20, S: 9, mt: 'cross' } }
    rig.server.push(config)
    rig.server.push(config)
    rig.server.push(event({}))
    const lines = await rig.untilLine('ORDER_ACK')
    expect(lines.filter((line) => line.startsWith('NOTICE alarm'))).toEqual([expect.stringContaining('set to 20')])
  })
})
