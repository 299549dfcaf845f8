// Looks at the whole account, health, and the end of a venue, against a scripted one on loopback.

import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import { failureOf, fillRow, fillsReply, INSTRUMENT, lineOf, orderBody, orderReply, placedReply, Rig, VENUE_ID } from './rig.ts'
import { API_KEY, API_SECRET, ok, type Reply, raw, refusal, type Script } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const ID = 'ditaabcdef0001'
const never = new AbortController().signal

describe('looking at the account', () => {
  const open = (more: Parameters<typeof orderBody>[1] = {}) => raw(`{"code":0,"msg":"","data":{"orders":[${orderBody(ID, more)}]}}`)

  test('a snapshot comes by itself, with all open orders and signed positions', async () => {
    rig = await Rig.connected({ snapshotIntervalMs: 50 })
    rig.server.script('openOrders', () => open({ executed: '0.002' }))
    rig.server.script('positions', () => ok([{ symbol: 'BTC-USDT', positionAmt: '0.20', positionSide: 'SHORT', avgPrice: '246.43' }]))
    await rig.until('a snapshot', () => rig.news.some((news) => news.type === 'SNAPSHOT' && news.openOrders.length === 1))
    const snapshot = rig.news.find((news) => news.type === 'SNAPSHOT' && news.openOrders.length === 1)
    expect(snapshot).toMatchObject({
      openOrders: [{ clientOrderId: ID, venueOrderId: VENUE_ID, filledQuantity: dec('0.002') }],
      complete: true,
      positions: [{ instrument: INSTRUMENT, positionSide: 'net', quantity: dec('-0.2'), averagePrice: dec('246.43') }],
    })
  })

  test('V02 positions that cannot be had are left out, which is not the same as flat', async () => {
    rig = await Rig.connected({ snapshotIntervalMs: 50 })
    rig.server.script('positions', () => ok({}))
    await rig.until('a snapshot', () => rig.news.some((news) => news.type === 'SNAPSHOT' && news.positions === null))
  })

  test('V02 open orders that cannot be had make no snapshot at all', async () => {
    rig = await Rig.connected({ snapshotIntervalMs: 50, snapshotIntervalUnstreamedMs: 50 })
    rig.server.script('openOrders', () => refusal(100500, 'busy'))
    await rig.untilLine('NOTICE warning The account at BingX could not be looked at')
    rig.news.length = 0
    const asked = rig.server.callsOf('openOrders').length
    await rig.until('three more looks', () => rig.server.callsOf('openOrders').length > asked + 3)
    // Said once, not at every look.
    expect(rig.lines()).toEqual([])
  })

  test('V02 a snapshot that took too long is a typed error, and is not handed on', async () => {
    rig = await Rig.open({}, { longestSnapshotMs: 50 })
    rig.server.script('openOrders', () => ({ body: { code: 0, msg: '', data: { orders: [] } }, delayMs: 120 }))
    expect(await failureOf(rig.venue.connect(never))).toMatchObject({ code: 'SNAPSHOT_STALE', exitCode: 7 })
  })

  test('a clock that jumps is measured again, and the look goes on', async () => {
    rig = await Rig.connected({ snapshotIntervalMs: 50 })
    rig.server.skewMs = 60_000
    rig.news.length = 0
    await rig.untilLine('SNAPSHOT')
    await rig.until('the new offset', () => (rig.venue.health().clockOffsetUs ?? 0) > 50_000_000)
  })

  test('positions wait while fills are on their way', async () => {
    rig = await Rig.connected({ snapshotIntervalMs: 50 })
    rig.server.script('place', () => placedReply(ID))
    rig.submit(ID)
    await rig.untilLine('ORDER_ACK')
    rig.server.script('openOrders', () => open({ executed: '0.002' }))
    await rig.until('a snapshot', () =>
      rig.news.some((news) => news.type === 'SNAPSHOT' && news.openOrders.length === 1 && news.positions === null),
    )
    rig.server.script('order', () => orderReply(ID, { executed: '0.002', status: 'PARTIALLY_FILLED' }))
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.002')]))
    rig.query(ID)
    await rig.until('positions', () =>
      rig.news.some((news) => news.type === 'SNAPSHOT' && news.openOrders.length === 1 && news.positions !== null),
    )
  })

  test('the books have every part, in the time of the venue', async () => {
    rig = await Rig.connected()
    rig.server.skewMs = 1_500
    rig.server.script('openOrders', () => open())
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.002'), fillRow('2', '0.001', { symbol: 'ETH-USDT' })]))
    const books = await rig.venue.lookAtBooks({ instruments: [INSTRUMENT], fillsFromUs: (Date.now() - 60_000) * 1_000 }, never)
    expect(books.failures).toEqual([])
    expect(books.asOfUs - Date.now() * 1_000).toBeGreaterThan(1_000_000)
    expect(books.openOrders).toMatchObject([{ clientOrderId: ID, status: 'open' }])
    expect(books.positions).toEqual([])
    expect(books.fills).toMatchObject({ complete: true, list: [{ clientOrderId: null, venueOrderId: VENUE_ID, fill: { tradeId: '1' } }] })
    expect([...(books.balances ?? [])].map(([asset, amount]) => `${asset} ${formatDecimal(amount)}`)).toEqual(['USDT 300'])
  })

  test('V02 a part that fails is null and said why; of a window that the venue has forgotten in part, the rest is told from where it begins', async () => {
    rig = await Rig.connected()
    rig.server.script('positions', () => refusal(100410, 'rate limited'))
    rig.server.script('balances', () => raw('{"code":0,"data":null}'))
    const books = await rig.venue.lookAtBooks({ instruments: [INSTRUMENT], fillsFromUs: (Date.now() - 30 * 86_400_000) * 1_000 }, never)
    expect(books).toMatchObject({ openOrders: [], positions: null, balances: null, fills: { complete: true, list: [] } })
    const asked = rig.server.callsOf('fills').map(({ parameters }) => Number(parameters['endTs']) - Number(parameters['startTs']))
    expect(asked.map((windowMs) => windowMs <= 7 * 86_400_000)).toEqual([true])
    expect((books.fills?.untilUs ?? 0) - (books.fills?.fromUs ?? 0)).toBe((asked[0] ?? 0) * 1_000)
    expect(books.failures).toHaveLength(2)
  })

  test('fills beyond one page are asked for until nothing new comes', async () => {
    rig = await Rig.connected()
    const startMs = Date.now() - 3_600_000
    const all = Array.from({ length: 130 }, (_, index) => ({ ms: startMs + index * 1_000, row: fillRow(String(index + 1), '0.001') }))
    rig.server.script('fills', ({ parameters }) => {
      const [from, until] = [Number(parameters['startTs']), Number(parameters['endTs'])]
      const page = all.filter(({ ms }) => ms > from && ms <= until).slice(0, 60)
      return fillsReply(
        page.map(({ ms, row }) => ({ ...row, filledTime: new Date(ms + 8 * 3_600_000).toISOString().replace('Z', '+0800') })),
      )
    })
    const books = await rig.venue.lookAtBooks({ instruments: [INSTRUMENT], fillsFromUs: (startMs - 1_000) * 1_000 }, never)
    expect(books.fills?.complete).toBe(true)
    expect(books.fills?.list.map(({ fill }) => Number(fill.tradeId))).toEqual(all.map((_, index) => index + 1))
    expect(books.fills?.list[0]?.timeUs).toBe(startMs * 1_000)
  })
})

describe('health, silence and the end', () => {
  test('V04 questions that hang hold up nothing else', async () => {
    rig = await Rig.connected({ callTimeoutMs: 3_000 })
    rig.server.script('order', () => 'hang')
    rig.server.script('place', () => placedReply(ID))
    for (let index = 0; index < 5; index += 1) rig.query(`ditahanging${index}`)
    await rig.until('five that hang', () => rig.server.callsOf('order').length === 5)
    rig.submit(ID)
    expect(await rig.untilLine('ORDER_ACK')).toEqual([`ORDER_ACK ${ID} @${VENUE_ID}`])
    expect(rig.server.callsOf('order')).toHaveLength(5)
  })

  test('L05 a venue that does not answer opens the breaker: nothing new leaves, and one call finds out when it is back', async () => {
    rig = await Rig.connected({ breakerFailures: 3, breakerPauseMs: 200, callTimeoutMs: 100, snapshotIntervalMs: 60_000 })
    rig.server.script('place', () => 'reset')
    for (const count of [1, 2, 3]) rig.submit(`${ID}${count}`)
    await rig.untilLine('NOTICE alarm BingX does not answer')
    const lost = rig.venue.health()
    expect(lost).toMatchObject({ state: 'unreachable', lately: { unanswered: 3 } })
    expect(Date.now() * 1_000 - (lost.silentSinceUs ?? 0)).toBeLessThan(30_000_000)
    rig.submit(`${ID}4`)
    await rig.untilLine(`ORDER_REJECT ${ID}4 NOT_SENT_BREAKER_OPEN`)
    rig.query(ID)
    await rig.untilLine('NOTICE info BingX answers again')
    expect(rig.venue.health()).toMatchObject({ state: 'ok', silentSinceUs: null, lately: { unanswered: 3 } })
    expect(rig.server.callsOf('place')).toHaveLength(3)
    expect(rig.venue.calls().find(({ endpoint }) => endpoint === 'place')).toMatchObject({ outcome: 'RESET', count: 3 })
  })

  test('health counts calls, times and errors', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => refusal(101204, 'Insufficient margin'))
    rig.submit(ID)
    await rig.untilLine('ORDER_REJECT')
    const health = rig.venue.health()
    expect(health).toMatchObject({ state: 'ok', queued: 0, queueLimit: 64 })
    expect(health.errors.get('101204')).toBe(1)
    // A refusal is an answer.
    expect(health).toMatchObject({ silentSinceUs: null, streamLostUs: null, accountLostUs: null })
    expect(health.lately).toEqual({ calls: health.calls, unanswered: 0 })
    expect(health.calls).toBe(rig.server.received.length)
    expect(health.latencyMs?.slowest).toBeGreaterThanOrEqual(health.latencyMs?.median ?? Number.POSITIVE_INFINITY)
    expect(health.budget).toBeLessThanOrEqual(5)
    expect(Math.abs(health.clockOffsetUs ?? 1e9)).toBeLessThan(500_000)
  })

  test('whoever waits is woken by news', async () => {
    rig = await Rig.connected()
    let woken = 0
    rig.venue.onNews(() => {
      woken += 1
    })
    rig.query(ID)
    await rig.until('the wake', () => woken > 0)
    expect(rig.venue.nextEventUs()).toBeUndefined()
  })

  test('what is on the wire gets its answer before the venue is closed, and nothing is sent after', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => ({ ...(placedReply(ID) as object), delayMs: 100 }) as Reply)
    rig.submit(ID)
    await rig.venue.close()
    await rig.venue.close()
    rig.collect()
    expect(rig.lines()).toContain(`ORDER_ACK ${ID} @${VENUE_ID}`)
    expect(() => rig.query(ID)).toThrow(/after the venue was closed/)
    expect(rig.server.callsOf('endKey')).toHaveLength(1)
    await rig.until('no socket', () => rig.server.openSockets === 0)
  })

  test('V07 the keys are in no log, news, error or view, whatever the venue does', async () => {
    rig = await Rig.connected({ breakerFailures: 2 })
    // A venue that repeats what it was sent: the worst that can come back.
    const echo: Script = ({ parameters }) => ({ status: 504, body: JSON.stringify(Object.keys(parameters)) })
    for (const name of ['place', 'order', 'openKey'] as const) rig.server.script(name, echo)
    rig.submit(ID)
    await rig.untilLine('UNRECOGNISED')
    rig.query(ID)
    rig.server.dropStreams()
    await rig.untilLine('NOTICE alarm')
    const failure = await failureOf(rig.venue.findOrder({ clientOrderId: ID, instrument: INSTRUMENT }, AbortSignal.abort()))
    const shown = [
      inspect(rig.venue, { depth: 20, showHidden: true }),
      inspect(failure, { depth: 20 }),
      `${failure.stack} ${failure.next} ${inspect(failure.cause, { depth: 10 })}`,
      rig.log.join('\n'),
      rig.news.map((news) => `${lineOf(news)} ${inspect(news, { depth: 10 })}`).join('\n'),
      inspect(rig.venue.health()),
    ].join('\n')
    const listenKey = rig.server.connections[0]?.split('listenKey=')[1] as string
    for (const secret of [API_KEY, API_SECRET, listenKey]) expect(shown).not.toContain(secret)
    expect(rig.server.received.some(({ headers }) => headers['x-bx-apikey'] === API_KEY)).toBe(true)
    expect(rig.server.received.some(({ call, parameters }) => `${call} ${JSON.stringify(parameters)}`.includes(API_SECRET))).toBe(false)
  })
})
