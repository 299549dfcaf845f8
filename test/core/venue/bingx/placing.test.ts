// Placing and cancelling over a real connection: one send for each order, and nothing concluded that was not said.

import { afterEach, describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { fillRow, fillsReply, orderReply, placedReply, Rig, VENUE_ID } from './rig.ts'
import { ok, type Reply, raw, refusal } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const ID = 'ditaabcdef0001'

describe('an order that is answered', () => {
  test('V01 it leaves once, signed, with its own id, and its venue id is kept to the last digit', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => placedReply(ID))
    rig.submit(ID)
    const lines = await rig.untilLine('ORDER_ACK')
    expect(lines).toEqual([`ORDER_ACK ${ID} @${VENUE_ID}`])
    const [sent, ...more] = rig.server.callsOf('place')
    expect(more).toEqual([])
    expect(sent?.parameters).toMatchObject({
      symbol: 'BTC-USDT',
      side: 'BUY',
      positionSide: 'BOTH',
      type: 'LIMIT',
      quantity: '0.01',
      price: '50000.5',
      timeInForce: 'GTC',
      clientOrderId: ID,
    })
    expect(sent?.headers['accept-encoding']).toBeUndefined()
  })

  test('V01 the older form of the answer is read as well', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () =>
      raw(
        `{"code":0,"msg":"","data":{"order":{"symbol":"BTC-USDT","orderId":${VENUE_ID},"side":"BUY","type":"LIMIT","clientOrderID":"${ID}"}}}`,
      ),
    )
    rig.submit(ID)
    expect(await rig.untilLine('ORDER_ACK')).toEqual([`ORDER_ACK ${ID} @${VENUE_ID}`])
  })

  test('a post-only order says so, a market order has no price, and both are asked about where they may be over', async () => {
    rig = await Rig.connected()
    rig.server.script('place', ({ parameters }) => placedReply(String(parameters['clientOrderId']), { status: 'FILLED' }))
    rig.server.script('order', ({ parameters }) =>
      orderReply(String(parameters['clientOrderId']), { status: 'FILLED', executed: '0.0100' }),
    )
    rig.server.script('fills', () => fillsReply([fillRow('77', '0.0100')]))
    rig.submit(ID, { orderType: 'market', price: null, reduceOnly: true })
    const lines = await rig.untilLine('FULL_FILL')
    expect(lines).toContain(`FULL_FILL ${ID} @${VENUE_ID} buy 0.01 at 50000.5 trade 77 fee 0.1 USDT maker`)
    const [sent] = rig.server.callsOf('place')
    expect(sent?.parameters).toMatchObject({ type: 'MARKET', reduceOnly: 'true' })
    expect(sent?.parameters).not.toHaveProperty('price')
    rig.submit('ditaabcdef0002', { postOnly: true })
    await rig.until('the second', () => rig.server.callsOf('place').length === 2)
    expect(rig.server.callsOf('place')[1]?.parameters['timeInForce']).toBe('PostOnly')
  })

  test('V01 the window of a request never reaches beyond the validity of its order', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => placedReply(ID))
    const { validUntilUs } = rig.submit(ID, { validUntilUs: (Date.now() + 1_500) * 1_000 })
    await rig.untilLine('ORDER_ACK')
    const { timestamp, recvWindow } = rig.server.callsOf('place')[0]?.parameters ?? {}
    expect(Number(timestamp) + Number(recvWindow)).toBeLessThanOrEqual(validUntilUs / 1_000)
    expect(Number(recvWindow)).toBeGreaterThan(1_000)
  })
})

const UNANSWERED: readonly [string, Reply, string][] = [
  ['no answer', 'hang', 'TIMEOUT'],
  ['a reset', 'reset', 'RESET'],
  ['an answer cut short', 'cut', 'RESET'],
  ['504', { status: 504, body: 'Gateway time-out' }, 'HTTP 504'],
  ['502 with a body that looks like a refusal', { status: 502, body: { code: 101204, msg: 'Insufficient margin' } }, 'HTTP 502'],
  ['HTML with 200', raw('<html>busy</html>'), 'HTTP 200 <html>'],
  ['JSON that breaks off', raw('{"code":0,"data":{"orderId":20'), 'HTTP 200'],
  ['success without an order id', ok({}), 'HTTP 200'],
  ['success for another order', placedReply('ditaxxxxxx9999'), 'HTTP 200'],
  ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, 'HTTP 302'],
  ['an unknown code', refusal(987654, 'something new'), 'HTTP 200 {"code":987654'],
  ['a busy venue', refusal(100500, 'internal error'), 'HTTP 200 {"code":100500'],
  ['a refusal that wraps nothing', refusal(80012, 'service unavailable'), 'HTTP 200 {"code":80012'],
  ['an id that is taken', refusal(101481, 'The clientOrderID is already used'), 'HTTP 200 {"code":101481'],
  ['the same under another number', refusal(101400, 'duplicate clientOrderID'), 'HTTP 200 {"code":101400'],
  ['a refusal that is not sure of itself', refusal(101204, 'system busy, try again later'), 'HTTP 200 {"code":101204'],
  ['a refusal that names an order', raw(`{"code":101215,"msg":"","data":{"orderId":${VENUE_ID}}}`), 'HTTP 200 {"code":101215'],
]

describe('an order of which nobody can say what became of it', () => {
  test.each(UNANSWERED)('V01 K23 after %s it is not known, kept verbatim, and never sent again', async (_name, reply, start) => {
    rig = await Rig.connected()
    rig.server.script('place', () => reply)
    rig.submit(ID)
    const lines = await rig.untilLine('UNRECOGNISED')
    expect(lines.filter((line) => !line.startsWith('NOTICE'))).toEqual([expect.stringContaining(`UNRECOGNISED ${ID} ${start}`)])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(rig.server.callsOf('place', ID)).toHaveLength(1)
  })

  test('V01 told to send one order twice, it asks instead', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => 'reset')
    rig.submit(ID)
    await rig.untilLine('UNRECOGNISED')
    rig.submit(ID)
    await rig.untilLine('ORDER_NOT_FOUND')
    expect(rig.server.callsOf('place', ID)).toHaveLength(1)
  })

  test('V01 a connection that the venue drops before each answer never makes the client send again by itself', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => 'reset')
    for (let index = 0; index < 8; index += 1) rig.submit(`${ID}${index}`)
    await rig.until('all', (lines) => lines.filter((line) => line.startsWith('UNRECOGNISED')).length === 8)
    for (let index = 0; index < 8; index += 1) expect(rig.server.callsOf('place', `${ID}${index}`)).toHaveLength(1)
  })

  test('V07 what is kept of an answer has no control characters and is bounded', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => raw(`\u001b]0;owned\u0007\u202e${'x'.repeat(5_000)}`))
    rig.submit(ID)
    await rig.untilLine('UNRECOGNISED')
    const event = rig.news.find(({ type }) => type === 'UNRECOGNISED')
    const text = event?.type === 'UNRECOGNISED' ? event.raw : ''
    expect(text).toContain('\\x1b]0;owned\\x07\\u{202e}')
    expect(text.length).toBeLessThanOrEqual(512)
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})

const REFUSED: readonly [string, Reply, string][] = [
  ['too little margin', refusal(101204, ''), '101204'],
  ['post-only that would take', refusal(101215, 'post only'), '101215'],
  ['a wrapped refusal', refusal(80012, '{"Code":101253,"Msg":"margin is not enough"}'), '101253|80012'],
  ['a wrong key', { body: { code: 100413, msg: 'Incorrect apiKey', success: false, timestamp: 1 } }, '100413'],
  ['a timestamp that is off', { body: { code: 100421, msg: 'timestamp mismatch', timestamp: 1 } }, '100421'],
  ['a bad parameter', refusal(109400, 'invalid parameter: positionSide'), '109400'],
]

describe('an order that is refused for certain', () => {
  test.each(REFUSED)('V01 %s is a refusal with the code of the venue', async (_name, reply, codes) => {
    rig = await Rig.connected()
    rig.server.script('place', () => reply)
    rig.submit(ID)
    const lines = await rig.untilLine('ORDER_REJECT')
    expect(lines.find((line) => line.startsWith('ORDER_REJECT'))).toMatch(new RegExp(`^ORDER_REJECT ${ID} (${codes})$`))
    expect(rig.server.callsOf('place', ID)).toHaveLength(1)
  })

  test('a refusal for the time measures the clock anew', async () => {
    rig = await Rig.connected()
    rig.server.skewMs = 60_000
    rig.submit(ID)
    await rig.untilLine('ORDER_REJECT')
    await rig.until('the clock', () => (rig.venue.health().clockOffsetUs ?? 0) > 50_000_000)
  })
})

describe('an order that never left', () => {
  test('V01 one whose time is over before its turn is not sent, and that is certain', async () => {
    rig = await Rig.connected()
    rig.submit(ID, { validUntilUs: Date.now() * 1_000 })
    expect(await rig.untilLine('ORDER_REJECT')).toEqual([`ORDER_REJECT ${ID} NOT_SENT_EXPIRED`])
    expect(rig.server.callsOf('place')).toEqual([])
  })

  test('V04 more than five a second wait their turn, and what expires there is not sent', async () => {
    rig = await Rig.connected()
    rig.server.script('place', ({ parameters }) => placedReply(String(parameters['clientOrderId'])))
    const validUntilUs = (Date.now() + 600) * 1_000
    for (let index = 0; index < 12; index += 1) rig.submit(`${ID}${index}`, { validUntilUs })
    const lines = await rig.until('all', (all) => all.length === 12)
    expect(lines.filter((line) => line.startsWith('ORDER_ACK'))).toHaveLength(5)
    expect(lines.filter((line) => line.endsWith('NOT_SENT_EXPIRED'))).toHaveLength(7)
    expect(rig.server.callsOf('place')).toHaveLength(5)
  })

  test('V04 the queue is bounded, and what does not fit is refused at once', async () => {
    rig = await Rig.connected({ queueLimit: 10, queueReserve: 4 })
    rig.server.script('place', ({ parameters }) => placedReply(String(parameters['clientOrderId'])))
    for (let index = 0; index < 20; index += 1) rig.submit(`${ID}${index}`)
    const lines = await rig.until('all', (all) => all.length === 20)
    expect(lines.filter((line) => line.endsWith('NOT_SENT_QUEUE_FULL'))).toHaveLength(9)
    expect(rig.server.callsOf('place')).toHaveLength(11)
  })

  test.each([
    ['quantity beyond the lot', { quantity: dec('0.01005') }],
    ['price between ticks', { price: dec('50000.55') }],
    ['an id the venue would change', { clientOrderId: 'DITA1' }],
    ['a hedged position', { positionSide: 'long' as const }],
  ])('%s would be cut off or misread, so it is not sent', async (_name, wish) => {
    rig = await Rig.connected()
    rig.submit(ID, wish)
    expect(await rig.untilLine('ORDER_REJECT')).toEqual([expect.stringContaining('NOT_SENT_INVALID')])
    expect(rig.server.callsOf('place')).toEqual([])
  })

  test('V01 with no connection at all nothing left, and that is said', async () => {
    rig = await Rig.connected()
    await rig.server.close()
    // Until the kept connections are known to be gone a request may still be written into one, and is not known.
    await rig.untilLine('NOTICE warning')
    await rig.until('a call that finds nobody', () => (rig.venue.health().errors.get('UNREACHABLE') ?? 0) > 0)
    rig.submit(ID)
    await rig.untilLine(`ORDER_REJECT ${ID} NOT_SENT_UNREACHABLE`)
  })
})

describe('limits', () => {
  test('K21 a limit with a hint is passed on with its time, and nothing leaves meanwhile', async () => {
    rig = await Rig.connected()
    const headers = { 'X-RateLimit-Requests-Remain': '0', 'X-RateLimit-Requests-Expire': String(Date.now() + 700) }
    rig.server.script('place', (_received, nth) =>
      nth === 1 ? { body: { code: 100410, msg: 'rate limited' }, headers } : placedReply(`${ID}2`),
    )
    rig.submit(ID)
    const [line] = (await rig.untilLine('RATE_LIMITED')).filter((text) => text.startsWith('RATE_LIMITED'))
    expect(line).toMatch(new RegExp(`^RATE_LIMITED ${ID} after \\d+$`))
    expect(rig.venue.health().state).toBe('limited')
    rig.submit(`${ID}2`)
    await rig.untilLine('ORDER_ACK')
    const [first, second] = rig.server.callsOf('place')
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(300)
    expect(rig.server.callsOf('place', ID)).toHaveLength(1)
  })

  test('K21 without a hint the pause is ours, and grows', async () => {
    rig = await Rig.connected({ limitPauseMs: 40 })
    rig.server.script('place', () => refusal(100410, 'rate limited'))
    for (const count of [1, 2, 3]) {
      rig.submit(`${ID}${count}`)
      await rig.until('the limit', (lines) => lines.filter((line) => line.startsWith('RATE_LIMITED')).length === count)
    }
    const pauses = rig.lines().flatMap((line) => /^RATE_LIMITED \S+ after (\d+)$/.exec(line)?.[1] ?? [])
    expect(pauses).toEqual(['40', '80', '160'])
  })

  test('K21 a ban pauses for minutes, and a person is told', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => ({ status: 418, body: 'teapot' }))
    rig.submit(ID)
    const lines = await rig.untilLine('RATE_LIMITED')
    expect(lines).toContain(`RATE_LIMITED ${ID} after 300000`)
    expect(lines.some((line) => line.startsWith('NOTICE alarm') && line.includes('banned'))).toBe(true)
  })
})

describe('cancels', () => {
  test('K13 an accepted cancel is no final word: the order is asked about', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => ({ ...(placedReply(ID) as object), delayMs: 150 }) as Reply)
    rig.server.script('cancel', () => orderReply(ID, { status: 'PENDING' }))
    rig.server.script('order', () => orderReply(ID, { status: 'CANCELLED', executed: '0.004' }))
    rig.server.script('fills', () => fillsReply([fillRow('5', '0.0040')]))
    rig.submit(ID)
    rig.cancel(ID)
    const lines = await rig.untilLine('CANCEL_ACK')
    expect(lines).toEqual([
      `ORDER_ACK ${ID} @${VENUE_ID}`,
      `PARTIAL_FILL ${ID} @${VENUE_ID} buy 0.004 at 50000.5 trade 5 fee 0.1 USDT maker`,
      `CANCEL_ACK ${ID} @${VENUE_ID} total 0.004`,
    ])
    expect(rig.server.callsOf('cancel')).toHaveLength(1)
    // It never overtakes the placement: it waits for its answer.
    const [placed, canceled] = [rig.server.callsOf('place')[0]?.atMs, rig.server.callsOf('cancel')[0]?.atMs]
    expect((canceled ?? 0) - (placed ?? 0)).toBeGreaterThanOrEqual(145)
  })

  test.each([
    [80018, 'the order is already filled'],
    [109422, 'order filled or does not exist'],
    [109421, 'order not exist'],
  ])('K13 a cancel refused with %i is handed on as refused: the kernel asks', async (code, message) => {
    rig = await Rig.connected()
    rig.server.script('cancel', () => refusal(code, message))
    rig.cancel(ID)
    expect(await rig.untilLine('CANCEL_REJECT')).toEqual([`CANCEL_REJECT ${ID} ${code}`])
  })

  test('K13 a cancel without an answer is not known', async () => {
    rig = await Rig.connected()
    rig.server.script('cancel', () => ({ status: 504, body: '' }))
    rig.cancel(ID)
    await rig.untilLine(`UNRECOGNISED ${ID}`)
    expect(rig.server.callsOf('cancel')).toHaveLength(1)
  })

  test('K13 a cancel that was accepted and did nothing is refused in the end, so that it may be asked for again', async () => {
    rig = await Rig.connected()
    rig.server.script('cancel', () => orderReply(ID, { status: 'CANCELLED' }))
    rig.server.script('order', () => orderReply(ID))
    rig.cancel(ID)
    await rig.untilLine(`CANCEL_REJECT ${ID} @${VENUE_ID} CANCEL_WITHOUT_EFFECT`)
    expect(rig.server.callsOf('cancel')).toHaveLength(1)
    expect(rig.server.callsOf('order').length).toBeGreaterThan(2)
  })

  test('two cancels of one order keep the distance that the venue asks for', async () => {
    rig = await Rig.connected({ cancelSpacingMs: 300 })
    rig.server.script('cancel', () => refusal(109421, 'order not exist'))
    rig.cancel(ID)
    rig.cancel(ID)
    await rig.until('both', (lines) => lines.filter((line) => line.startsWith('CANCEL_REJECT')).length === 2)
    const [first, second] = rig.server.callsOf('cancel').map(({ atMs }) => atMs)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(290)
  })

  test('a cancel refused for the time alone is said again with the right one', async () => {
    rig = await Rig.connected()
    rig.server.skewMs = 60_000
    rig.server.script('cancel', () => refusal(109421, 'order not exist'))
    rig.cancel(ID)
    expect((await rig.untilLine('CANCEL_REJECT')).at(-1)).toBe(`CANCEL_REJECT ${ID} 109421`)
    expect(rig.server.callsOf('cancel')).toHaveLength(2)
  })
})
