// Whatever the market and the account do: money is conserved, and no fill is larger or worse than the market allows.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Exchange } from '../../../src/core/exchange/exchange.ts'
import { add, type Decimal, dec, mul, neg, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Side, TimeInForce, VenueEvent } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { MarketEvent } from '../../../src/core/market/events.ts'
import { LINEAR, order, print, SPOT, snapshot, ticker } from './helpers.ts'

type Step =
  | { readonly do: 'book'; readonly mid: number; readonly sizes: readonly number[]; readonly asTicker: boolean }
  | { readonly do: 'print'; readonly price: number; readonly size: number; readonly aggressor: Side; readonly isMarket: boolean }
  | {
      readonly do: 'submit'
      readonly side: Side
      readonly price: number | null
      readonly quantity: number
      readonly timeInForce: TimeInForce
      readonly postOnly: boolean
      readonly reduceOnly: boolean
    }
  | { readonly do: 'cancel'; readonly nth: number }

const side = fc.constantFrom<Side>('buy', 'sell')
const price = fc.integer({ min: 94, max: 106 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('book' as const),
    mid: price,
    sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
    asTicker: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('print' as const),
    price,
    size: fc.integer({ min: 1, max: 12 }),
    aggressor: side,
    isMarket: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('submit' as const),
    side,
    price: fc.option(price, { freq: 6 }),
    quantity: fc.integer({ min: 1, max: 9 }),
    timeInForce: fc.constantFrom<TimeInForce>('gtc', 'gtc', 'gtc', 'ioc', 'fok'),
    postOnly: fc.boolean(),
    reduceOnly: fc.boolean(),
  }),
  fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(20) }),
)

const RATES = { maker: dec('-0.00015'), taker: dec('0.000375') }

function newExchange(instrument: Instrument): Exchange {
  return new Exchange({
    instrument: { ...instrument, symbol: SPOT.symbol, minNotional: ZERO },
    feeRates: RATES,
    balances: { USD: dec('900'), XRP: instrument.kind === 'spot' ? dec('9') : ZERO },
    idPrefix: 'p',
  })
}

function marketEvent(move: Extract<Step, { do: 'book' | 'print' }>, timeUs: number): MarketEvent {
  if (move.do === 'print') return print(timeUs, move.aggressor, move.price, move.size, move.isMarket)
  const [b1 = 1, b2 = 1, b3 = 1, a1 = 1, a2 = 1, a3 = 1] = move.sizes
  const { mid } = move
  if (move.asTicker) return ticker(timeUs, [mid - 1, b1 + 1], [mid + 1, a1 + 1])
  const bids = [b1, b2, b3].map((size, index) => [mid - 1 - index, size] as const)
  const asks = [a1, a2, a3].map((size, index) => [mid + 1 + index, size] as const)
  return snapshot(
    bids.filter(([, size]) => size > 0),
    asks.filter(([, size]) => size > 0),
    timeUs,
    timeUs + 1,
  )
}

/** Plays the steps; `seen` gets what each of them led to. */
function play(exchange: Exchange, steps: readonly Step[], seen: (step: Step, events: readonly VenueEvent[]) => void): void {
  steps.forEach((each, index) => {
    const timeUs = (index + 1) * 1_000
    if (each.do === 'submit') {
      const { do: _, ...wish } = each
      exchange.submit(order(`c${index}`, wish), timeUs)
    } else if (each.do === 'cancel') {
      exchange.cancel(`c${each.nth}`, null, timeUs)
    } else {
      exchange.onMarket(marketEvent(each, timeUs))
    }
    seen(
      each,
      exchange.drain().map(({ event }) => event),
    )
  })
}

type FillEvent = Extract<VenueEvent, { type: 'PARTIAL_FILL' | 'FULL_FILL' }>

function fillsOf(events: readonly VenueEvent[]): FillEvent[] {
  return events.filter((event): event is FillEvent => event.type === 'PARTIAL_FILL' || event.type === 'FULL_FILL')
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce<Decimal>(add, ZERO)
}

for (const instrument of [SPOT, LINEAR]) {
  describe(`on ${instrument.kind}, for any market and any orders`, () => {
    test('the money is that of the start and the fills, and nothing that is bound is spent', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const exchange = newExchange(instrument)
          let usd: Decimal = dec('900')
          let position: Decimal = instrument.kind === 'spot' ? dec('9') : ZERO
          play(exchange, steps, (_, events) => {
            for (const { fill, side: taken } of fillsOf(events)) {
              const signed = taken === 'buy' ? fill.quantity : neg(fill.quantity)
              usd = sub(sub(usd, mul(signed, fill.price)), fill.fee)
              position = add(position, signed)
            }
            const balances = new Map(exchange.balances().map((balance) => [balance.asset, balance]))
            const total = balances.get('USD')?.total
            if (instrument.kind === 'spot') {
              expect(total).toBe(usd)
              expect(balances.get('XRP')?.total).toBe(position)
              for (const balance of balances.values()) {
                expect(add(balance.held, balance.free)).toBe(balance.total)
                expect(balance.held >= ZERO && balance.free >= ZERO).toBe(true)
              }
            } else {
              // What is in the wallet, less the cost of what is open, is the cash of all fills.
              expect(sub(total as Decimal, exchange.position().cost)).toBe(usd)
              expect(exchange.position().quantity).toBe(position)
            }
            if (exchange.openOrders().length === 0 && position === ZERO) expect(balances.get('USD')?.held).toBe(ZERO)
          })
        }),
        { numRuns: 300 },
      )
    })

    test('no order is filled beyond its quantity or outside its limit, and each ends as its fills say', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const exchange = newExchange(instrument)
          const fills = new Map<string, FillEvent[]>()
          const tradeIds = new Set<string>()
          play(exchange, steps, (each, events) => {
            for (const event of fillsOf(events)) {
              const id = event.clientOrderId as string
              fills.set(id, [...(fills.get(id) ?? []), event])
              tradeIds.add(event.fill.tradeId)
            }
            const answers = events.filter(({ type }) => type === 'ORDER_ACK' || type === 'ORDER_REJECT')
            expect(answers).toHaveLength(each.do === 'submit' ? 1 : 0)
          })
          let count = 0
          for (const [id, events] of fills) {
            const known = exchange.order(id)
            const { request } = known as NonNullable<typeof known>
            const filled = sum(events.map(({ fill }) => fill.quantity))
            expect(filled).toBe(known?.filledQuantity)
            expect(filled <= request.quantity).toBe(true)
            expect(events.at(-1)?.type === 'FULL_FILL').toBe(filled === request.quantity)
            expect(known?.status === 'filled').toBe(filled === request.quantity)
            for (const { fill } of events) {
              if (request.price === null) continue
              if (fill.liquidity === 'maker') expect(fill.price).toBe(request.price)
              else expect(request.side === 'buy' ? fill.price <= request.price : fill.price >= request.price).toBe(true)
            }
            if (request.postOnly) expect(events.every(({ fill }) => fill.liquidity === 'maker')).toBe(true)
            count += events.length
          }
          expect(tradeIds.size).toBe(count)
        }),
        { numRuns: 300 },
      )
    })

    test('no print and no displayed level gives more than it had', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const exchange = newExchange(instrument)
          let book: Extract<Step, { do: 'book' }> | null = null
          let taken = new Map<string, Decimal>()
          play(exchange, steps, (each, events) => {
            const fills = fillsOf(events)
            if (each.do === 'book') {
              book = each
              taken = new Map()
            }
            if (each.do === 'print') {
              const given = sum(fills.map(({ fill }) => fill.quantity))
              expect(given <= (each.isMarket ? dec(String(each.size)) : ZERO)).toBe(true)
              for (const { side: ours, fill } of fills) {
                expect(ours).not.toBe(each.aggressor)
                const at = dec(String(each.price))
                expect(ours === 'buy' ? fill.price >= at : fill.price <= at).toBe(true)
              }
            }
            if (each.do === 'submit') {
              for (const { side: ours, fill } of fills) {
                const key = `${ours} ${fill.price}`
                taken.set(key, add(taken.get(key) ?? ZERO, fill.quantity))
                // A ticker tells of the touch only: what stands behind it may be older.
                if (book !== null && !book.asTicker) expect((taken.get(key) as Decimal) <= displayed(book, ours, fill.price)).toBe(true)
              }
            }
          })
        }),
        { numRuns: 300 },
      )
    })

    test('the same events give the same answers', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const runs = [0, 1].map(() => {
            const all: VenueEvent[] = []
            play(newExchange(instrument), steps, (_, events) => all.push(...events))
            return all
          })
          expect(runs[0]).toEqual(runs[1])
        }),
        { numRuns: 50 },
      )
    })
  })
}

function displayed(book: Extract<Step, { do: 'book' }>, taker: Side, at: Decimal): Decimal {
  const distance = Number(taker === 'buy' ? sub(at, dec(String(book.mid))) : sub(dec(String(book.mid)), at)) / 1e18
  const size = book.sizes[(taker === 'buy' ? 3 : 0) + distance - 1]
  return size === undefined ? ZERO : dec(String(size))
}
