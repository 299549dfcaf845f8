// Every refusal has its code, and nothing of a refused order is ever filled.

import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'
import { CANCEL_REJECT_CODES, REJECT_CODES, type RejectCode } from '../../../src/core/exchange/codes.ts'
import { EXCHANGE_LIMITS, type Exchange } from '../../../src/core/exchange/exchange.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { exchangeOf, LINEAR, market, order, said } from './helpers.ts'

interface Case {
  readonly given?: () => Exchange
  readonly when: Parameters<typeof order>[1]
}

const linear = () => exchangeOf({ instrument: LINEAR, balances: { USD: dec('100') } })
const poor = () => exchangeOf({ balances: { USD: dec('199.99'), XRP: dec('1') } })

const CASES: Record<Exclude<RejectCode, 'TOO_MANY_OPEN_ORDERS' | 'DUPLICATE_ORDER_ID'>, readonly Case[]> = {
  UNKNOWN_INSTRUMENT: [{ when: { instrument: 'BTC/USD' } }],
  VALID_UNTIL_PASSED: [{ when: { validUntilUs: 9 } }],
  INVALID_REQUEST: [
    { when: { price: null, orderType: 'limit' } },
    { when: { orderType: 'market' } },
    { when: { postOnly: true, timeInForce: 'ioc' } },
    { when: { price: null, postOnly: true } },
  ],
  TICK_SIZE: [{ when: { price: '100.5' } }, { when: { price: 0 } }, { when: { price: -100 } }],
  LOT_SIZE: [{ when: { quantity: '1.5' } }, { when: { quantity: 0 } }, { when: { quantity: -2 } }],
  MIN_QUANTITY: [{ given: () => exchangeOf({ instrument: { ...LINEAR, symbol: 'XRP/USD', minQuantity: dec('3') } }), when: {} }],
  MAX_QUANTITY: [{ when: { quantity: 1001 } }],
  MIN_NOTIONAL: [
    { when: { price: 24, quantity: 2 } },
    { given: () => exchangeOf({ instrument: { ...LINEAR, symbol: 'XRP/USD', minNotional: dec('203') } }), when: { price: null } },
  ],
  REDUCE_ONLY: [
    { given: linear, when: { instrument: LINEAR.symbol, reduceOnly: true } },
    {
      given: () => exchangeOf({ instrument: LINEAR, position: { quantity: dec('5'), cost: dec('500') } }),
      when: { instrument: LINEAR.symbol, reduceOnly: true },
    },
  ],
  POST_ONLY_WOULD_CROSS: [{ when: { price: 101, postOnly: true } }],
  FOK_UNFILLABLE: [{ when: { price: 101, quantity: 11, timeInForce: 'fok' } }],
  INSUFFICIENT_BALANCE: [
    { given: poor, when: { price: 100, quantity: 2 } },
    { given: poor, when: { side: 'sell', price: 101, quantity: 2 } },
    { given: poor, when: { price: null, quantity: 2 } },
  ],
  INSUFFICIENT_MARGIN: [{ given: linear, when: { instrument: LINEAR.symbol, quantity: 11 } }],
}

describe('an order is refused with', () => {
  for (const [code, cases] of Object.entries(CASES)) {
    test(`${code}: ${REJECT_CODES[code as RejectCode]}`, () => {
      for (const { given = exchangeOf, when } of cases) {
        const exchange = given()
        exchange.onMarket(market())
        const before = exchange.balances()
        exchange.submit(order('a', when), 10)
        expect(
          said(exchange),
          JSON.stringify(when, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
        ).toEqual([`ORDER_REJECT a ${code}`])
        expect(exchange.openOrders()).toEqual([])
        expect(exchange.balances()).toEqual(before)
      }
    })
  }

  test('DUPLICATE_ORDER_ID, whatever became of the first, which keeps its life', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.submit(order('a', { quantity: 3 }), 2)
    exchange.cancel('a', null, 3)
    exchange.submit(order('a', { quantity: 3 }), 4)
    expect(said(exchange)).toEqual([
      'ORDER_ACK a',
      'ORDER_REJECT a DUPLICATE_ORDER_ID',
      'CANCEL_ACK a',
      'ORDER_REJECT a DUPLICATE_ORDER_ID',
    ])
    expect(exchange.order('a')?.request.quantity).toBe(dec('2'))
  })

  test('TOO_MANY_OPEN_ORDERS beyond the limit of the exchange', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    for (let count = 0; count <= EXCHANGE_LIMITS.openOrders; count += 1) exchange.submit(order(`a${count}`, { quantity: 1 }), 1)
    expect(said(exchange).at(-1)).toBe(`ORDER_REJECT a${EXCHANGE_LIMITS.openOrders} TOO_MANY_OPEN_ORDERS`)
    expect(exchange.openOrders()).toHaveLength(EXCHANGE_LIMITS.openOrders)
  })

  test('a sentence and the figures', () => {
    const exchange = exchangeOf()
    exchange.submit(order('a', { price: '100.5' }), 1)
    expect(exchange.drain()[0]?.event).toMatchObject({
      code: 'TICK_SIZE',
      reason: 'The price is not above zero and a multiple of the tick size. Price 100.5, tick 1.',
      venueOrderId: null,
    })
  })

  test('nothing, where it is valid to the very last microsecond', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { validUntilUs: 10 }), 10)
    expect(said(exchange)).toEqual(['ORDER_ACK a'])
  })
})

test('an instrument that cannot be rehearsed is refused with what is wrong with it', () => {
  const inverse = { ...LINEAR, symbol: 'XRP/USD:XRP', kind: 'inverse', settle: 'XRP' } as const
  expect(() => exchangeOf({ instrument: inverse })).toThrow(
    'The paper exchange cannot trade XRP/USD:XRP: inverse contracts cannot be rehearsed yet.',
  )
  expect(() => exchangeOf({ instrument: { ...inverse, settle: 'USD' } })).toThrow(/settle must be the base; inverse contracts/)
  expect(() => exchangeOf({ instrument: { ...LINEAR, tickSize: dec('0') } })).toThrow(/tickSize must be above zero/)
})

test('final orders can be asked about until they are the oldest of too many', () => {
  const exchange = exchangeOf()
  for (let count = 0; count <= EXCHANGE_LIMITS.finalOrders; count += 1) exchange.submit(order(`a${count}`, { price: '0.5' }), 1)
  exchange.drain()
  expect([exchange.query('a0', 2), exchange.query('a1', 2)]).toEqual([false, true])
  expect(said(exchange)).toEqual(['ORDER_REJECT a1 TICK_SIZE'])
})

test('docs/PAPER.md lists every code with its meaning', () => {
  const page = readFileSync(new URL('../../../docs/PAPER.md', import.meta.url), 'utf8')
  const rows = [...Object.entries(REJECT_CODES), ...Object.entries(CANCEL_REJECT_CODES)]
  for (const [code, meaning] of rows) expect(page).toContain(`| \`${code}\` | ${meaning} |`)
})
