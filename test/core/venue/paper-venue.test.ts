// The paper venue in session time: latency, order of things, races, questions, and what it refuses to carry.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { OrderType, TimeInForce } from '../../../src/core/kernel/inputs.ts'
import { defaultBalances } from '../../../src/core/venue/paper/default-balances.ts'
import { DELAY_LINE_LIMIT, DelayLine } from '../../../src/core/venue/paper/delay-line.ts'
import { createPaperVenue, type PaperVenue, type PaperVenueOptions } from '../../../src/core/venue/paper/paper-venue.ts'
import { depth, LINEAR, line, market, order, print, SPOT } from '../exchange/helpers.ts'

const ENTRY_US = 50
const RESPONSE_US = 30

function venueOf(options: Partial<PaperVenueOptions> = {}): PaperVenue {
  return createPaperVenue({
    instrument: SPOT,
    feeRates: { maker: dec('0'), taker: dec('0') },
    balances: { USD: dec('10000'), XRP: dec('100') },
    idPrefix: 'paper-s1',
    entryLatencyUs: ENTRY_US,
    responseLatencyUs: RESPONSE_US,
    ...options,
  })
}

function submit(venue: PaperVenue, nowUs: number, ...wish: Parameters<typeof order>): void {
  venue.send({ type: 'submit', request: order(...wish) }, nowUs)
}

function cancel(venue: PaperVenue, nowUs: number, clientOrderId: string): void {
  venue.send({ type: 'cancel', clientOrderId, venueOrderId: null, instrument: SPOT.symbol }, nowUs)
}

function query(venue: PaperVenue, nowUs: number, clientOrderId: string): void {
  venue.send({ type: 'query', clientOrderId, instrument: SPOT.symbol }, nowUs)
}

function taken(venue: PaperVenue, nowUs: number): string[] {
  return venue.take(nowUs).map(({ timeUs, event }) => `${timeUs} ${line(event)}`)
}

/** What the session hears by a time, asking as long as something is promised; every promise has to be kept. */
function hear(venue: PaperVenue, untilUs: number): string[] {
  const heard: string[] = []
  for (let dueUs = venue.nextEventUs(); dueUs !== undefined && dueUs <= untilUs; dueUs = venue.nextEventUs()) {
    const events = taken(venue, dueUs)
    if (events.length === 0) throw new Error(`an answer was promised for ${dueUs} and did not come`)
    heard.push(...events)
  }
  return heard
}

const END = 1_000_000

describe('latency', () => {
  test('a command takes the entry latency, its answer the response latency, and nextEventUs knows when', () => {
    const venue = venueOf()
    venue.onMarket(market())
    expect(venue.nextEventUs()).toBeUndefined()
    submit(venue, 1_000, 'a')
    expect(venue.nextEventUs()).toBe(1_080)
    expect(taken(venue, 1_079)).toEqual([])
    expect(venue.nextEventUs()).toBe(1_080)
    expect(taken(venue, 1_080)).toEqual(['1080 ORDER_ACK a'])
    expect(venue.nextEventUs()).toBeUndefined()
  })

  test('an order is matched against the book at its arrival, not at its request', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a', { price: 102, quantity: 1 })
    venue.onMarket(depth(1_049, [], [[101, 0]]))
    expect(taken(venue, END)).toEqual(['1080 ORDER_ACK a', '1080 FULL_FILL a buy 1 @ 102 taker'])
  })

  test('an arrival before a market event sees the book before it; one at the same time sees the book after it', () => {
    for (const [eventUs, price] of [
      [1_051, 101],
      [1_050, 102],
    ] as const) {
      const venue = venueOf()
      venue.onMarket(market())
      submit(venue, 1_000, 'a', { price: 102, quantity: 1 })
      venue.onMarket(depth(eventUs, [], [[101, 0]]))
      expect(taken(venue, END)[1]).toBe(`1080 FULL_FILL a buy 1 @ ${price} taker`)
    }
  })

  test('an arrival before an event lets no later one past it', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 999, 'a', { price: 102, quantity: 1 })
    submit(venue, 1_000, 'b', { price: 102, quantity: 1 })
    venue.onMarket(depth(1_050, [], [[101, 0]]))
    expect(taken(venue, END).filter((text) => text.includes('FILL'))).toEqual([
      '1079 FULL_FILL a buy 1 @ 101 taker',
      '1080 FULL_FILL b buy 1 @ 102 taker',
    ])
  })

  test('an arrival comes after a market event of the very same time, also when another answer is due just then', () => {
    for (const responseLatencyUs of [ENTRY_US, 0, 1]) {
      const venue = venueOf({ responseLatencyUs })
      venue.onMarket(market())
      submit(venue, 0, 'a')
      taken(venue, 900)
      cancel(venue, 1_000, 'a')
      const dueUs = 1_000 + ENTRY_US
      venue.onMarket(print(dueUs - responseLatencyUs, 'sell', 99, 1))
      // As a session does: it hears all that is due by the time of an event before it hands the event over.
      const heard = [...hear(venue, dueUs)]
      venue.onMarket(print(dueUs, 'sell', 99, 5))
      heard.push(...hear(venue, END))
      expect(heard.map((text) => text.split(' ').slice(1).join(' '))).toEqual([
        'PARTIAL_FILL a buy 1 @ 100 maker',
        'FULL_FILL a buy 1 @ 100 maker',
        'CANCEL_REJECT a ALREADY_FILLED',
      ])
    }
  })

  test.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])(
    'with an entry latency of %i and a response latency of %i µs every promised answer comes, in order, never at the time of asking',
    (entryLatencyUs, responseLatencyUs) => {
      const venue = venueOf({ entryLatencyUs, responseLatencyUs })
      venue.onMarket(market())
      submit(venue, 1_000, 'a')
      submit(venue, 1_000, 'b', { price: 101 })
      cancel(venue, 1_000, 'a')
      const at = 1_000 + entryLatencyUs + Math.max(responseLatencyUs, 1)
      expect(venue.nextEventUs()).toBe(at)
      expect(hear(venue, 1_000)).toEqual([])
      expect(hear(venue, END)).toEqual([
        `${at} ORDER_ACK a`,
        `${at} ORDER_ACK b`,
        `${at} FULL_FILL b buy 2 @ 101 taker`,
        `${at} CANCEL_ACK a`,
      ])
      expect(venue.nextEventUs()).toBeUndefined()
    },
  )

  test('a stamp that falls back waits for the one before it', () => {
    const delays = new DelayLine<string>('letters', 10)
    delays.push('a', 100)
    delays.push('b', 90)
    expect([delays.shift(), delays.shift(), delays.shift()]).toEqual([{ dueUs: 110, item: 'a' }, { dueUs: 110, item: 'b' }, undefined])
  })

  test('time passes at the venue without market events too', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a')
    venue.take(1_050)
    expect(venue.exchange.openOrders()).toHaveLength(0)
    venue.take(1_051)
    expect(venue.exchange.openOrders()).toHaveLength(1)
  })

  test('nothing overtakes: submits, cancels, queries and answers keep their order', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a')
    query(venue, 1_000, 'a')
    cancel(venue, 1_000, 'a')
    submit(venue, 1_001, 'b', { price: 99 })
    expect(taken(venue, END)).toEqual(['1080 ORDER_ACK a', '1080 ORDER_ACK a', '1080 CANCEL_ACK a', '1081 ORDER_ACK b'])
  })

  test('the fill of a resting order reaches us the response latency after the print', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a')
    venue.onMarket(print(2_000, 'sell', 99, 5))
    expect(venue.nextEventUs()).toBe(1_080)
    expect(taken(venue, END)).toEqual(['1080 ORDER_ACK a', '2030 FULL_FILL a buy 2 @ 100 maker'])
  })

  test('an order that arrives later than it was valid is refused', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a', { validUntilUs: 1_049 })
    expect(taken(venue, END)).toEqual(['1080 ORDER_REJECT a VALID_UNTIL_PASSED'])
  })
})

describe('cancels', () => {
  test('that come too late are refused, and the fill stands', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a')
    cancel(venue, 2_000, 'a')
    venue.onMarket(print(2_049, 'sell', 99, 5))
    venue.onMarket(print(2_051, 'sell', 99, 5))
    expect(taken(venue, END).slice(1)).toEqual(['2079 FULL_FILL a buy 2 @ 100 maker', '2080 CANCEL_REJECT a ALREADY_FILLED'])
  })

  test('that come in time keep the rest from being filled; what was filled before stands', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a')
    cancel(venue, 2_000, 'a')
    venue.onMarket(print(2_049, 'sell', 99, 1))
    venue.onMarket(print(2_051, 'sell', 99, 5))
    expect(taken(venue, END).slice(1)).toEqual(['2079 PARTIAL_FILL a buy 1 @ 100 maker', '2080 CANCEL_ACK a'])
  })

  test('of what is final or unknown are refused with what it is', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'canceled')
    submit(venue, 1_000, 'expired', { timeInForce: 'ioc' })
    submit(venue, 1_000, 'rejected', { price: '0.5' })
    for (const id of ['canceled', 'canceled', 'expired', 'rejected', 'unknown']) cancel(venue, 1_001, id)
    expect(taken(venue, END).slice(4)).toEqual([
      '1081 CANCEL_ACK canceled',
      '1081 CANCEL_REJECT canceled ALREADY_CANCELED',
      '1081 CANCEL_REJECT expired ALREADY_EXPIRED',
      '1081 CANCEL_REJECT rejected ALREADY_REJECTED',
      '1081 CANCEL_REJECT unknown ORDER_UNKNOWN',
    ])
  })
})

describe('a query', () => {
  test('is answered with the life of the order so far', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'open', { price: 99 })
    submit(venue, 1_000, 'part', { price: 101, quantity: 12 })
    submit(venue, 1_000, 'gone', { price: 98 })
    submit(venue, 1_000, 'expired', { price: 98, timeInForce: 'ioc' })
    submit(venue, 1_000, 'refused', { quantity: 0 })
    cancel(venue, 1_000, 'gone')
    venue.take(END)
    for (const id of ['open', 'part', 'gone', 'expired', 'refused']) query(venue, END, id)
    expect(venue.take(2 * END).map(({ event }) => line(event))).toEqual([
      'ORDER_ACK open',
      'ORDER_ACK part',
      'PARTIAL_FILL part buy 10 @ 101 taker',
      'ORDER_ACK gone',
      'CANCEL_ACK gone',
      'ORDER_ACK expired',
      'EXPIRED expired',
      'ORDER_REJECT refused LOT_SIZE',
    ])
  })

  test('tells the fills again under the same ids', () => {
    const venue = venueOf()
    venue.onMarket(market())
    submit(venue, 1_000, 'a', { price: 102, quantity: 12 })
    const first = venue.take(END).map(({ event }) => event)
    query(venue, END, 'a')
    const again = venue.take(2 * END).map(({ event }) => event)
    expect(again).toEqual(first)
    expect(again.map(line)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 10 @ 101 taker', 'FULL_FILL a buy 2 @ 102 taker'])
  })

  test('of an order that the venue does not have says so, and asks nothing to be invented', () => {
    const venue = venueOf()
    query(venue, 1_000, 'a')
    expect(taken(venue, END)).toEqual(['1080 ORDER_NOT_FOUND a'])
    submit(venue, END, 'a')
    expect(taken(venue, 2 * END)).toEqual([`${END + 80} ORDER_ACK a`])
  })

  test('never overtakes the order it asks about', () => {
    const venue = venueOf()
    submit(venue, 1_000, 'a')
    query(venue, 1_000, 'a')
    expect(taken(venue, END)).toEqual(['1080 ORDER_ACK a', '1080 ORDER_ACK a'])
  })
})

test('K22 the exchange receives the type, price, time in force and flags that were asked for', () => {
  const venue = venueOf()
  venue.onMarket(market())
  const wishes: { orderType: OrderType; price: number | null; timeInForce: TimeInForce; postOnly: boolean }[] = []
  for (const timeInForce of ['gtc', 'ioc', 'fok'] as const) {
    wishes.push(
      { orderType: 'limit', price: 99, timeInForce, postOnly: false },
      { orderType: 'market', price: null, timeInForce, postOnly: false },
    )
  }
  wishes.push({ orderType: 'limit', price: 98, timeInForce: 'gtc', postOnly: true })
  wishes.forEach((wish, index) => {
    submit(venue, 1_000, `k${index}`, { ...wish, quantity: 1 })
  })
  const said = venue.take(2 * END)
  wishes.forEach((wish, index) => {
    const received = venue.exchange.order(`k${index}`)?.request
    expect(received).toEqual(order(`k${index}`, { ...wish, quantity: 1 }))
  })
  // And it acted on them: a limit order below the market never trades, a market order does.
  const fills = said.filter(({ event }) => event.type === 'FULL_FILL')
  expect(fills.map(({ event }) => line(event))).toEqual([
    'FULL_FILL k1 buy 1 @ 101 taker',
    'FULL_FILL k3 buy 1 @ 101 taker',
    'FULL_FILL k5 buy 1 @ 101 taker',
  ])
})

test('ids begin with the prefix of the session and never repeat', () => {
  const idsOf = (idPrefix: string) => {
    const venue = venueOf({ idPrefix })
    venue.onMarket(market())
    submit(venue, 1_000, 'a', { price: 102, quantity: 12 })
    submit(venue, 1_000, 'b', { price: 102, quantity: 1 })
    return venue
      .take(END)
      .flatMap(({ event }) => ('fill' in event ? [event.fill.tradeId] : 'venueOrderId' in event ? [event.venueOrderId] : []))
  }
  const ids = [...idsOf('acct-s1'), ...idsOf('acct-s2')]
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('acct-s1-t1')
  expect(ids).toContain('acct-s2-o2')
})

describe('the venue itself', () => {
  test('L03 closes twice without harm, and takes nothing once closed', async () => {
    const venue = venueOf()
    await venue.connect(new AbortController().signal)
    await venue.close()
    await venue.close()
    expect(() => submit(venue, 1, 'a')).toThrow(/after it was closed/)
  })

  test('does not connect for a start that was aborted', async () => {
    await expect(venueOf().connect(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })

  test('has bounded queues and says which one is full', () => {
    const venue = venueOf()
    for (let count = 0; count < DELAY_LINE_LIMIT; count += 1) query(venue, 1, 'a')
    expect(() => query(venue, 1, 'a')).toThrow(/100000 commands wait/)
  })

  test('carries on an account that is below zero: it can close, and open nothing', () => {
    const venue = venueOf({ instrument: LINEAR, balances: { USD: dec('-5') }, position: { quantity: dec('2'), cost: dec('200') } })
    venue.onMarket(market())
    submit(venue, 1_000, 'more', { instrument: LINEAR.symbol })
    submit(venue, 1_000, 'close', { instrument: LINEAR.symbol, side: 'sell', price: 100 })
    expect(taken(venue, END)).toEqual([
      '1080 ORDER_REJECT more INSUFFICIENT_MARGIN',
      '1080 ORDER_ACK close',
      '1080 FULL_FILL close sell 2 @ 100 taker',
    ])
  })

  test('refuses options that make no sense, naming them', () => {
    expect(() => venueOf({ entryLatencyUs: -1, responseLatencyUs: 0.5 })).toThrow(/entryLatencyUs.*responseLatencyUs/)
    expect(() => venueOf({ idPrefix: '' })).toThrow(/prefix/)
  })
})

test('the default money is 10,000 quote, and for spot base worth 5,000 quote in whole lots', () => {
  expect(defaultBalances({ ...SPOT, lotSize: dec('0.1') }, dec('0.6'))).toEqual({ USD: dec('10000'), XRP: dec('8333.3') })
  expect(defaultBalances(LINEAR, dec('0.6'))).toEqual({ USD: dec('10000') })
})
