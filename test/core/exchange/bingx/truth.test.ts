// The truth log: on the disk before anybody hears, enough to rebuild the exchange from, and honest about what is torn.

import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditTruth, readTruth } from '../../../../src/core/exchange/truth-log.ts'
import { formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import { type Rehearsed, rehearsed, sellsDownTo, temporaryFolder, theMarket } from './rehearsed.ts'

/** Everything an account may ask about, as text. */
async function told(place: Rehearsed): Promise<string> {
  const calls = [
    place.signed('GET', '/openApi/swap/v1/trade/fullOrder', { limit: 500 }),
    place.signed('GET', '/openApi/swap/v2/trade/openOrders'),
    place.signed('GET', '/openApi/swap/v2/trade/fillHistory', { startTs: Date.now() - 60_000, endTs: Date.now() + 60_000 }),
    place.signed('GET', '/openApi/swap/v2/user/positions'),
    place.signed('GET', '/openApi/swap/v3/user/balance'),
  ]
  const answers = await Promise.all(calls)
  return answers.map(({ text }) => text.replace(/"updateTime":\d+,?/g, '')).join('\n')
}

/** Resting, filled, partly filled, cancelled and refused orders, and a position that grew and shrank. */
async function eventful(place: Rehearsed): Promise<void> {
  await place.place({ clientOrderId: 'e1', quantity: '0.03' })
  sellsDownTo(place.exchange, 59_985, 0.01)
  await place.place({ clientOrderId: 'e2', type: 'MARKET', quantity: '0.07' })
  await place.place({ clientOrderId: 'e3', side: 'SELL', type: 'MARKET', quantity: '0.033' })
  await place.place({ clientOrderId: 'e4', price: '59000' })
  await place.cancel({ clientOrderId: 'e4' })
  await place.place({ clientOrderId: 'e5', quantity: '9999' })
}

describe('the file', () => {
  test('is private, and numbered without a gap', async () => {
    const place = await rehearsed()
    await eventful(place)
    expect(statSync(place.truthPath).mode & 0o777).toBe(0o600)
    expect(place.truth().map(({ seq }) => seq)).toEqual(place.truth().map((_, index) => index + 1))
  })

  test('holds orders, refusals, fills, cancels and questions, each before its answer', async () => {
    const place = await rehearsed()
    await eventful(place)
    await place.query({ clientOrderId: 'e1' })
    expect(place.truth().map(({ kind }) => kind)).toEqual([
      ...['opened', 'order_accepted', 'fill', 'order_accepted', 'fill', 'order_accepted', 'fill'],
      ...['order_accepted', 'cancel', 'order_closed', 'order_refused', 'query'],
    ])
  })

  test('is what an audit adds up: orders by client id, fills, position, balance', async () => {
    const place = await rehearsed()
    await eventful(place)
    const audit = place.audit()
    expect(audit.doubled).toEqual([])
    expect(
      [...audit.orders.values()].map(({ clientOrderId, status, filledQuantity }) => [clientOrderId, status, formatDecimal(filledQuantity)]),
    ).toEqual([
      ['e1', 'open', '0.01'],
      ['e2', 'filled', '0.07'],
      ['e3', 'filled', '0.033'],
      ['e4', 'canceled', '0'],
    ])
    expect(formatDecimal(audit.position)).toBe('0.047')
    expect(audit.balance).toBe(place.exchange.desk.books.balance)
  })

  test('doubles show in an audit', () => {
    const terms = {
      clientOrderId: 'x',
      side: 'buy',
      type: 'LIMIT',
      price: '1',
      quantity: '1',
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
    } as const
    const accepted = (seq: number, orderId: string) =>
      ({ kind: 'order_accepted', orderId, source: 'api', seq, timeUs: seq, ...terms }) as const
    expect(auditTruth([accepted(1, '1'), accepted(2, '2')]).doubled).toEqual(['x'])
  })
})

describe('a restart', () => {
  test('in place tells the same of everything', async () => {
    const place = await rehearsed()
    await eventful(place)
    const before = await told(place)
    expect((await place.control('restart')).json).toMatchObject({ ok: true, orders: 4 })
    expect(await told(place)).toBe(before)
  })

  test('K20 of the process tells the same, fills what rested, and counts its ids on', async () => {
    const place = await rehearsed()
    await eventful(place)
    const before = await told(place)
    const { position, balance } = place.audit()
    await place.exchange.close()
    const again = await rehearsed({ truthPath: place.truthPath })
    expect(await told(again)).toBe(before)
    expect(again.truth().filter(({ kind }) => kind === 'stopped' || kind === 'restarted')).toMatchObject([
      { kind: 'stopped' },
      { kind: 'restarted', orders: 4, fills: 3, tornBytes: 0 },
    ])
    expect([again.exchange.desk.books.position.quantity, again.exchange.desk.books.balance]).toEqual([position, balance])
    sellsDownTo(again.exchange, 59_985, 5)
    expect((await again.query({ clientOrderId: 'e1' })).json.data.order).toMatchObject({ status: 'FILLED', executedQty: '0.03' })
    const ids = again.audit().fills.map(({ tradeId }) => Number(tradeId))
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect((await again.place({ clientOrderId: 'e1' })).json.code).toBeGreaterThan(0)
  })

  test('throws a torn last line away and says so; what was before it stands', async () => {
    const place = await rehearsed()
    await eventful(place)
    await place.exchange.close()
    const whole = readFileSync(place.truthPath)
    const audited = JSON.stringify([...place.audit().orders.keys()])
    for (const torn of ['{"seq":99,"ti', '{"seq":99}\n', '\0\0\0\0']) {
      writeFileSync(place.truthPath, whole)
      appendFileSync(place.truthPath, torn)
      expect(JSON.stringify([...auditTruth(readTruth(place.truthPath)).orders.keys()])).toBe(audited)
      const again = await rehearsed({ truthPath: place.truthPath })
      expect(again.exchange.desk.tornBytes).toBe(torn.length)
      expect(again.truth().at(-1)).toMatchObject({ kind: 'restarted', tornBytes: torn.length })
      await again.exchange.close()
    }
  })

  test('at every byte at which the file may end finds whole records, and never an order twice', async () => {
    const place = await rehearsed()
    await eventful(place)
    await place.exchange.close()
    const whole = readFileSync(place.truthPath)
    const path = join(temporaryFolder(), 'truth.jsonl')
    let records = 0
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(path, whole.subarray(0, length))
      const read = readTruth(path)
      expect(read.length).toBeGreaterThanOrEqual(records)
      records = read.length
    }
    expect(records).toBe(place.truth().length)
  })

  test('after every record finds the account that an audit of that record finds', async () => {
    const place = await rehearsed()
    await eventful(place)
    await place.exchange.close()
    const lines = readFileSync(place.truthPath, 'utf8').trimEnd().split('\n')
    const path = join(temporaryFolder(), 'truth.jsonl')
    for (let count = 1; count <= lines.length; count += 1) {
      writeFileSync(path, `${lines.slice(0, count).join('\n')}\n`)
      const { position, balance, orders } = auditTruth(readTruth(path))
      const again = await rehearsed({ truthPath: path, isEmpty: true })
      const { books } = again.exchange.desk
      expect([books.position.quantity, books.balance, books.orderCount]).toEqual([position, balance, orders.size])
      await again.exchange.close()
      // Twice is as once: what a restart itself writes changes no money.
      const twice = await rehearsed({ truthPath: path, isEmpty: true })
      expect(twice.exchange.desk.books.openOrders().map(({ orderId }) => orderId)).toEqual(books.openOrders().map(({ orderId }) => orderId))
      await twice.exchange.close()
    }
  })

  test('is refused while another exchange uses the file, and let in at once when that is gone', async () => {
    const place = await rehearsed()
    await expect(rehearsed({ truthPath: place.truthPath })).rejects.toMatchObject({ code: 'TRUTH_BUSY', exitCode: 5 })
    expect((await place.place()).json.code).toBe(0)
    await place.exchange.close()
    await rehearsed({ truthPath: place.truthPath })
  })

  test('refuses a log that is damaged in the middle, with the line', async () => {
    const place = await rehearsed()
    await eventful(place)
    await place.exchange.close()
    const lines = readFileSync(place.truthPath, 'utf8').split('\n')
    lines[2] = 'nonsense'
    writeFileSync(place.truthPath, lines.join('\n'))
    await expect(rehearsed({ truthPath: place.truthPath })).rejects.toMatchObject({
      code: 'TRUTH_DAMAGED',
      message: expect.stringContaining('Line 3'),
    })
    expect(() => readTruth(place.truthPath)).toThrow('Line 3')
  })

  test('gives back what had been accepted and not been matched when it went down', async () => {
    const place = await rehearsed()
    await place.place({ clientOrderId: 'm1', type: 'MARKET', quantity: '0.01' })
    await place.exchange.close()
    const lines = readFileSync(place.truthPath, 'utf8').split('\n')
    // Opened and accepted, and no more: as after a kill between the two writes.
    truncateSync(place.truthPath, Buffer.byteLength(`${lines.slice(0, 2).join('\n')}\n`))
    const again = await rehearsed({ truthPath: place.truthPath })
    expect((await again.query({ clientOrderId: 'm1' })).json.data.order).toMatchObject({ status: 'EXPIRED', executedQty: '0' })
    again.exchange.onMarket(theMarket())
    expect(again.audit().fills).toEqual([])
  })

  test('a log that cannot be written stops the exchange', async () => {
    const place = await rehearsed({ truthPath: '/dev/full', isEmpty: true }).catch((error: unknown) => error)
    expect(place).toMatchObject({ code: 'TRUTH_UNUSABLE' })
  })
})
