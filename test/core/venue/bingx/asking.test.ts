// Questions about single orders: fills first and once, then the word; and nothing concluded that was not said.

import { afterEach, describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { failureOf, fillRow, fillsReply, INSTRUMENT, orderReply, placedReply, Rig, VENUE_ID } from './rig.ts'
import { ok, type Reply, refusal } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const ID = 'ditaabcdef0001'
const never = new AbortController().signal

describe('asking about an order', () => {
  test('K20 fills come first and once, with their ids and fees, then the word with the total', async () => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'PARTIALLY_FILLED', executed: '0.0060' }))
    rig.server.script('fills', () => fillsReply([fillRow('12', '0.0020', { commission: '0.01', role: 'taker' }), fillRow('9', '0.0040')]))
    rig.query(ID)
    await rig.untilLine('ORDER_ACK')
    rig.query(ID)
    const lines = await rig.until('two words', (all) => all.filter((line) => line.startsWith('ORDER_ACK')).length === 2)
    expect(lines).toEqual([
      `PARTIAL_FILL ${ID} @${VENUE_ID} buy 0.004 at 50000.5 trade 9 fee 0.1 USDT maker`,
      `PARTIAL_FILL ${ID} @${VENUE_ID} buy 0.002 at 50000.5 trade 12 fee -0.01 USDT taker`,
      `ORDER_ACK ${ID} @${VENUE_ID} total 0.006`,
      `ORDER_ACK ${ID} @${VENUE_ID} total 0.006`,
    ])
    const [asked] = rig.server.callsOf('fills')
    expect(asked?.parameters).toMatchObject({ orderId: VENUE_ID, symbol: 'BTC-USDT' })
  })

  test('K20 of a later look only the new fills are told', async () => {
    rig = await Rig.connected()
    const rows = [fillRow('9', '0.004'), fillRow('12', '0.002')]
    rig.server.script('order', (_received, nth) => orderReply(ID, { status: 'PARTIALLY_FILLED', executed: nth === 1 ? '0.004' : '0.006' }))
    rig.server.script('fills', (_received, nth) => fillsReply(rows.slice(0, nth)))
    rig.query(ID)
    await rig.untilLine(`ORDER_ACK ${ID} @${VENUE_ID} total 0.004`)
    rig.query(ID)
    const lines = await rig.untilLine(`ORDER_ACK ${ID} @${VENUE_ID} total 0.006`)
    expect(lines.flatMap((line) => /trade (\d+)/.exec(line)?.[1] ?? [])).toEqual(['9', '12'])
  })

  test('K20 whichever of the two fields holds the coins, it is the one that adds up', async () => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.01' }))
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.01', { volume: '500.00', qty: '0.01' })]))
    rig.query(ID)
    await rig.untilLine(`FULL_FILL ${ID} @${VENUE_ID} buy 0.01 at 50000.5 trade 1`)
  })

  test('a fill that the history does not show yet is waited for, for a bounded time', async () => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.01' }))
    rig.server.script('fills', (_received, nth) => fillsReply(nth < 3 ? [] : [fillRow('1', '0.01')]))
    rig.query(ID)
    expect(await rig.untilLine('ORDER_ACK')).toEqual([
      `FULL_FILL ${ID} @${VENUE_ID} buy 0.01 at 50000.5 trade 1 fee 0.1 USDT maker`,
      `ORDER_ACK ${ID} @${VENUE_ID} total 0.01`,
    ])
  })

  test.each([
    ['CANCELLED', 'CANCEL_ACK'],
    ['CANCELED', 'CANCEL_ACK'],
    ['EXPIRED', 'EXPIRED'],
    ['FAILED', 'EXPIRED'],
    ['Pending', 'ORDER_ACK'],
    ['WORKING', 'ORDER_ACK'],
  ])('the status %s is told as %s', async (status, type) => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status }))
    rig.query(ID)
    expect(await rig.untilLine(type)).toEqual([`${type} ${ID} @${VENUE_ID} total 0`])
  })

  test('K23 a status that nobody knows is told verbatim, and its fills all the same', async () => {
    rig = await Rig.connected()
    rig.server.script('order', () => orderReply(ID, { status: 'Unknown', executed: '0.001' }))
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.001')]))
    rig.query(ID)
    const lines = await rig.untilLine('UNRECOGNISED')
    expect(lines).toEqual([expect.stringContaining('PARTIAL_FILL'), `UNRECOGNISED ${ID} @${VENUE_ID} order status Unknown`])
  })

  test('an order that is not there is asked for twice, and the answer carries the clock of the venue', async () => {
    rig = await Rig.connected()
    rig.server.skewMs = 1_000
    rig.query(ID)
    await rig.untilLine('ORDER_NOT_FOUND')
    const news = rig.news.find(({ type }) => type === 'ORDER_NOT_FOUND')
    const aheadUs = news?.type === 'ORDER_NOT_FOUND' ? news.venueTimeUs - Date.now() * 1_000 : 0
    expect(aheadUs).toBeGreaterThan(500_000)
    expect(aheadUs).toBeLessThan(1_100_000)
    expect(rig.server.callsOf('order', ID)).toHaveLength(2)
  })

  test('late visibility: what the second look finds is told, not that it was missing', async () => {
    rig = await Rig.connected()
    rig.server.script('order', (_received, nth) => (nth === 1 ? refusal(80016, 'order not exist') : orderReply(ID)))
    rig.query(ID)
    expect(await rig.untilLine('ORDER_ACK')).toEqual([`ORDER_ACK ${ID} @${VENUE_ID} total 0`])
  })

  test.each<[string, Reply]>([
    ['nothing', 'hang'],
    ['500', { status: 500, body: '' }],
    ['a busy venue', refusal(109500, 'busy')],
    ['an answer that cannot be read', ok({ order: { orderId: 5 } })],
    ['an order of another id', orderReply('ditaother')],
  ])('V04 a question that is answered with %s is asked three times, then it is not known', async (_name, reply) => {
    rig = await Rig.connected({ callTimeoutMs: 100 })
    rig.server.script('order', () => reply)
    rig.query(ID)
    await rig.untilLine(`UNRECOGNISED ${ID}`)
    expect(rig.server.callsOf('order')).toHaveLength(3)
  })

  test('filled for less than was asked for ends the order: the venue cuts decimals off', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => placedReply(ID, { quantity: '0.009' }))
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.009', quantity: '0.009' }))
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.009')]))
    rig.submit(ID)
    await rig.untilLine('ORDER_ACK')
    rig.query(ID)
    const lines = await rig.untilLine('EXPIRED')
    expect(lines).toContain(`EXPIRED ${ID} @${VENUE_ID} total 0.009`)
    expect(lines.some((line) => line.startsWith('NOTICE alarm') && line.includes('took order'))).toBe(true)
  })

  test('findOrder needs no connection made before, and measures the clock itself', async () => {
    rig = await Rig.open()
    rig.server.skewMs = 60_000
    rig.server.script('order', () => orderReply(ID))
    expect(await rig.venue.findOrder({ clientOrderId: ID, instrument: INSTRUMENT }, never)).toMatchObject({ status: 'open' })
    rig.server.skewMs = -60_000
    rig.server.script('order', ({ parameters }) =>
      Number(parameters['timestamp']) > Date.now() - 30_000 ? refusal(100421, 'timestamp mismatch') : orderReply(ID),
    )
    expect(await rig.venue.findOrder({ clientOrderId: ID, instrument: INSTRUMENT }, never)).toMatchObject({ status: 'open' })
  })

  test('V01 an order that was there before ours was sent is somebody else’s, whatever its id: it is not taken for ours, and that is an alarm', async () => {
    rig = await Rig.connected()
    rig.server.script('place', () => refusal(101481, 'The clientOrderID is already used'))
    rig.server.script('order', () => orderReply(ID, { status: 'FILLED', executed: '0.01', ageMs: 600_000 }))
    rig.server.script('fills', () => fillsReply([fillRow('1', '0.01')]))
    rig.submit(ID)
    await rig.untilLine('UNRECOGNISED')
    rig.query(ID)
    const lines = await rig.until('two words', (all) => all.filter((line) => line.startsWith('UNRECOGNISED')).length === 2)
    expect(lines.filter((line) => /^(ORDER_ACK|FULL_FILL|PARTIAL_FILL|EXPIRED)/.test(line))).toEqual([])
    expect(lines).toContainEqual(expect.stringContaining(`under the id ${ID} that is older than ours`))
  })

  test('findOrder tells an order, null where there is none, and throws where it cannot be asked', async () => {
    rig = await Rig.connected()
    const question = { clientOrderId: ID, instrument: INSTRUMENT }
    expect(await rig.venue.findOrder(question, never)).toBeNull()
    rig.server.script('order', () => orderReply(ID, { status: 'CANCELLED', executed: '0.001' }))
    expect(await rig.venue.findOrder(question, never)).toEqual({
      clientOrderId: ID,
      venueOrderId: VENUE_ID,
      instrument: INSTRUMENT,
      side: 'buy',
      status: 'canceled',
      words: 'CANCELLED',
      quantity: dec('0.01'),
      filledQuantity: dec('0.001'),
      averagePrice: dec('50000.5'),
      createdUs: expect.any(Number),
    })
    rig.server.script('order', () => refusal(109422, 'order filled or does not exist'))
    expect(await failureOf(rig.venue.findOrder(question, never))).toMatchObject({ code: 'VENUE_UNREACHABLE', exitCode: 7 })
  })
})
