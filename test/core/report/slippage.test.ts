import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { Slippage } from '../../../src/core/report/slippage.ts'
import type { Terms } from '../../../src/core/report/terms.ts'
import { type FillWords, INSTRUMENT, lead, mids, SECOND_US, SERIES } from './course-rows.ts'

const TERMS: Terms = { symbol: INSTRUMENT, kind: 'linear', base: 'XRP', quote: 'RLUSD', settle: 'RLUSD' }

interface OrderWords {
  readonly askedAt: number
  readonly limit?: string
}

function ordersOf(words: Readonly<Record<string, OrderWords>>) {
  return new Map(
    Object.entries(words).map(([id, { askedAt, limit }]) => [
      id,
      {
        orderType: limit === undefined ? 'market' : 'limit',
        limit: limit === undefined ? null : dec(limit),
        askedAtUs: askedAt * SECOND_US,
        mid: null,
      },
    ]),
  )
}

function fillFor(clientOrderId: string, words: FillWords): FillWords {
  return { role: 'entry', clientOrderId, ...words }
}

describe('slippage', () => {
  test('a market order is compared with the mid of the tick at which it was asked for, a sale the other way round', () => {
    const slippage = lead(new Slippage(SERIES, ordersOf({ buy: { askedAt: 1 }, sell: { askedAt: 2 } })), {
      ticks: mids('90', '100', '110', '120'),
      fills: [
        fillFor('buy', { at: 1.2, side: 'buy', price: '100.1', quantity: '2' }),
        fillFor('buy', { at: 1.3, side: 'buy', price: '100.4', quantity: '1' }),
        fillFor('sell', { at: 2.4, side: 'sell', price: '109.89', quantity: '3', role: 'exit' }),
      ],
    })
    expect(slippage.summary(TERMS)).toEqual({
      asset: 'RLUSD',
      rows: [
        // 10 bps on 2 and 40 on 1; 0.1 × 2 + 0.4 × 1.
        {
          role: 'entry',
          orderType: 'market',
          reference: 'mid',
          orders: 1,
          fills: 2,
          quantity: '3',
          meanBps: '20',
          worstBps: '40',
          cost: '0.6',
        },
        {
          role: 'exit',
          orderType: 'market',
          reference: 'mid',
          orders: 1,
          fills: 1,
          quantity: '3',
          meanBps: '10',
          worstBps: '10',
          cost: '0.33',
        },
      ],
      leftOut: { inferred: 0, earlierOrders: 0, withoutMidCount: 0 },
    })
  })

  test('a limit order is compared with its limit, where it can only be better, and with the mid as well', () => {
    const slippage = lead(new Slippage(SERIES, ordersOf({ one: { askedAt: 0, limit: '99' } })), {
      ticks: mids('100', '98'),
      fills: [fillFor('one', { at: 1, price: '98.01' })],
    })
    expect(slippage.summary(TERMS).rows).toMatchObject([
      { orderType: 'limit', reference: 'limit', meanBps: '-100', cost: '-0.99' },
      { orderType: 'limit', reference: 'mid', meanBps: '-199', cost: '-1.99' },
    ])
  })

  test('what was asked for between two ticks had the mid of the one before; what was asked for in silence had none', () => {
    const orders = ordersOf({ between: { askedAt: 1.5 }, silent: { askedAt: 9 }, first: { askedAt: -1 } })
    const slippage = lead(new Slippage(SERIES, orders), {
      ticks: [...mids('90', '100'), { at: 20, mid: '50' }],
      fills: [
        fillFor('between', { at: 3, price: '101' }),
        fillFor('silent', { at: 10, price: '60' }),
        fillFor('first', { at: 0, price: '60' }),
      ],
    })
    const { rows, leftOut } = slippage.summary(TERMS)
    expect(rows).toMatchObject([{ orders: 1, meanBps: '100' }])
    expect(leftOut).toEqual({ inferred: 0, earlierOrders: 0, withoutMidCount: 2 })
  })

  test('an order of the last tick has its mid, too', () => {
    const slippage = lead(new Slippage(SERIES, ordersOf({ last: { askedAt: 1 } })), {
      ticks: mids('90', '100'),
      fills: [fillFor('last', { at: 1.1, price: '102' })],
    })
    expect(slippage.summary(TERMS).rows).toMatchObject([{ meanBps: '200' }])
  })

  test('quotes, other instruments and fills of no order are none of it; inferred ones and older orders are counted', () => {
    const slippage = lead(new Slippage(SERIES, ordersOf({ mine: { askedAt: 0 } })), {
      ticks: mids('100'),
      fills: [
        fillFor('mine', { at: 1, role: 'quote' }),
        fillFor('mine', { at: 1, role: null }),
        fillFor('mine', { at: 1, instrument: 'OTHER' }),
        fillFor('mine', { at: 1, inferred: true }),
        fillFor('older', { at: 1 }),
      ],
    })
    expect(slippage.summary(TERMS)).toEqual({ asset: 'RLUSD', rows: [], leftOut: { inferred: 1, earlierOrders: 1, withoutMidCount: 0 } })
  })

  test('the cost of inverse contracts is in quote, which is what their quantities are in', () => {
    const slippage = lead(new Slippage(SERIES, ordersOf({ one: { askedAt: 0 } })), {
      ticks: mids('20000'),
      fills: [fillFor('one', { at: 1, price: '20100', quantity: '1000' })],
    })
    const inverse: Terms = { ...TERMS, kind: 'inverse', settle: 'XRP' }
    // 50 bps of 1000.
    expect(slippage.summary(inverse).rows).toMatchObject([{ meanBps: '50', cost: '5' }])
  })
})
