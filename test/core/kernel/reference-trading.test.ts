// What the trading states and the limits promise, judged on what the venue could make of the orders that are out, and not by
// how the kernel counts.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../../src/core/kernel/inputs.ts'
import type { OrderView } from '../../../src/core/kernel/views.ts'
import type { ReferenceBench } from './reference-bench.ts'
import { isCancelPending, type ReferencePosition, signed, unfilledOf } from './reference-model.ts'
import { exact, NOTHING, type Rational } from './reference-rational.ts'
import { inputOf, type Step, walks } from './reference-walk.ts'
import { NO_LIMITS, runs, type WorldName, worldOf } from './reference-world.ts'

const RUNS = { numRuns: runs(150) }

const worlds = fc.constantFrom<WorldName>('spot', 'linear', 'inverse', 'hedge')

/** What changes a position by something else than the fills of its orders, or says what is not true of them. */
const DISHONEST: ReadonlySet<string> = new Set([
  'RECONCILE',
  'CONTROL',
  'HALT_SESSION',
  'OPEN_SESSION',
  'ORDER_REJECT',
  'SNAPSHOT',
  'LIST_INSTRUMENT',
])

/** The input, if an honest venue could be its author: it fills what is alive, up to what was asked for, and revives nothing. */
function honest(bench: ReferenceBench, input: KernelInput): KernelInput | null {
  if (DISHONEST.has(input.type)) return null
  if (!('venueOrderId' in input)) return input
  const order = [...bench.state.orders].find(([id]) => id === input.clientOrderId || input.venueOrderId === `v${id}`)?.[1]
  if (order === undefined || !bench.state.liveOrders.has(order.request.clientOrderId)) return null
  if (!('fill' in input)) return input
  return order.filledQuantity + input.fill.quantity > order.request.quantity ? null : input
}

function liveWalk(bench: ReferenceBench, world: WorldName, steps: readonly Step[], only: (input: KernelInput) => KernelInput | null): void {
  for (const step of steps) {
    const input = only(inputOf(bench, world, step))
    if (input !== null) bench.when(input)
  }
}

function positionOf(bench: ReferenceBench, { instrument, positionSide }: OrderRequest): ReferencePosition {
  return bench.reference.position(instrument, positionSide)
}

/** Books a fill of what is left of an order, or of a part of it. */
function fillRest(bench: ReferenceBench, { request, filledQuantity }: OrderView, part: boolean): void {
  const left = request.quantity - filledQuantity
  const quantity = (part && left > 1n ? left / 2n : left) as Decimal
  const { clientOrderId, instrument, side } = request
  const fill = {
    tradeId: `rest-${bench.journal.length}`,
    price: dec('2'),
    quantity,
    fee: ZERO,
    feeAsset: 'USDT',
    liquidity: 'maker',
  } as const
  bench.when({ type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument, side, fill })
}

/** The live orders, in an order that the numbers choose, as many of them as the numbers say. */
function someOf(bench: ReferenceBench, choice: readonly number[]): OrderView[] {
  const live = [...bench.state.liveOrders.values()]
  return choice.flatMap((number) => live.splice(number % Math.max(1, live.length), 1))
}

describe('reducing', () => {
  test('an order prepared while reducing only ever lowers its position and flips nothing, whichever live orders fill, in whatever order', () => {
    const choice = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(worlds, walks(25), walks(25), choice, (world, before, during, fills) => {
        const bench = worldOf(world)
        liveWalk(bench, world, before, (input) => honest(bench, input))
        bench.when({ type: 'CONTROL', action: 'reduce_only', reason: 'test' })
        const from = bench.state.intentSeq
        liveWalk(bench, world, during, (input) => honest(bench, input))
        for (const order of someOf(bench, fills)) {
          const held = positionOf(bench, order.request).book.quantity
          fillRest(bench, order, fills.length % 2 === 0)
          const after = positionOf(bench, order.request).book.quantity
          if (order.request.intentSeq <= from) continue
          expect(after.size().above(held.size()), `${held} grew to ${after}`).toBe(false)
          expect(after.sign() === 0 || after.sign() === held.sign(), `${held} flipped to ${after}`).toBe(true)
        }
      }),
      RUNS,
    )
  })

  test('from flat nothing passes while reducing', () => {
    fc.assert(
      fc.property(worlds, walks(30), (world, steps) => {
        const bench = worldOf(world)
        bench.when({ type: 'CONTROL', action: 'reduce_only', reason: 'test' })
        liveWalk(bench, world, steps, (input) => (DISHONEST.has(input.type) ? null : input))
        expect(bench.facts('ORDER_PREPARED')).toEqual([])
      }),
      RUNS,
    )
  })

  test('pausing, reducing and halting take back every live order that is no exit; paused, nothing is sent; after a halt, until a new session', () => {
    const words = fc.constantFrom('pause', 'reduce_only', 'halt')
    fc.assert(
      fc.property(worlds, walks(30), words, walks(15), (world, before, action, after) => {
        const bench = worldOf(world)
        liveWalk(bench, world, before, (input) => (input.type === 'CONTROL' || input.type === 'HALT_SESSION' ? null : input))
        bench.when({ type: 'CONTROL', action, reason: 'test' })
        for (const order of bench.reference.liveOrders()) {
          if (order.request.role !== 'exit') expect(isCancelPending(order), order.request.role).toBe(true)
        }
        if (action === 'reduce_only') return
        const prepared = bench.facts('ORDER_PREPARED').length
        const resumes = (input: KernelInput) => input.type === 'OPEN_SESSION' || (action === 'pause' && input.type === 'CONTROL')
        liveWalk(bench, world, after, (input) => (resumes(input) ? null : input))
        expect(bench.facts('ORDER_PREPARED')).toHaveLength(prepared)
        const cancels = bench.when({ type: 'CANCEL', target: { kind: 'instrument', instrument: 'XRP/USDT:USDT' } })
        expect(cancels.map(({ type }) => type)).not.toContain('INTENT_DENIED')
      }),
      RUNS,
    )
  })
})

/** What a position comes to if all that is out on the side of an order fills, and nothing of the other side does. */
function reachOf(bench: ReferenceBench, request: OrderRequest): Rational {
  let reach = positionOf(bench, request).book.quantity
  for (const order of bench.reference.liveOrders()) {
    const { instrument, positionSide, side } = order.request
    if (instrument !== request.instrument || positionSide !== request.positionSide || side !== request.side) continue
    reach = reach.plus(signed(side, unfilledOf(order)))
  }
  return reach.size()
}

describe('limits', () => {
  test('entries never let a position pass its limit, nor the open orders, nor the notional of one', () => {
    const limits = { ...NO_LIMITS, maxPosition: dec('40'), maxOpenOrders: 4, maxOrderNotional: dec('150') }
    fc.assert(
      fc.property(worlds, walks(40), (world, steps) => {
        const bench = worldOf(world, { limits })
        for (const step of steps) {
          const input = honest(bench, inputOf(bench, world, step))
          if (input === null) continue
          const requests = bench.when(input).flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))
          for (const request of requests.filter(({ role }) => role === 'entry')) {
            expect(reachOf(bench, request).above(exact(limits.maxPosition)), 'position').toBe(false)
            expect(bench.reference.liveOrders().length <= limits.maxOpenOrders, 'open orders').toBe(true)
            const inverse = bench.state.instruments.get(request.instrument)?.kind === 'inverse'
            const notional =
              inverse || request.price === null ? exact(request.quantity) : exact(request.quantity).times(exact(request.price))
            expect(notional.above(exact(limits.maxOrderNotional)), 'notional').toBe(false)
          }
        }
      }),
      RUNS,
    )
  })

  test('nothing that opens or grows a position is sent where the limit on the rate of orders is used up', () => {
    const limits = { ...NO_LIMITS, maxOrdersPerSecond: 3 }
    const waits = fc.array(fc.constantFrom(1, 1, 200_000, 400_000, 999_999), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(worlds, walks(50), waits, (world, steps, wait) => {
        const bench = worldOf(world, { limits })
        const times: number[] = []
        for (const [index, step] of steps.entries()) {
          const input = inputOf(bench, world, step)
          if (input.type === 'OPEN_SESSION') continue
          const requests = bench
            .when(input, wait[index % wait.length])
            .flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))
          for (const request of requests) {
            const recent = times.filter((time) => bench.timeUs - time < 1_000_000)
            const lowers = signed(request.side, exact(request.quantity)).sign() === -positionOf(bench, request).book.quantity.sign()
            if (request.role === 'entry' && !lowers) expect(recent.length).toBeLessThan(limits.maxOrdersPerSecond)
            times.push(bench.timeUs)
          }
        }
      }),
      RUNS,
    )
  })

  test('coins are never promised twice: all sells that are out, and all buys, are covered by the wallet as it was when they were sent', () => {
    fc.assert(
      fc.property(walks(40), (steps) => {
        const bench = worldOf('poor')
        for (const step of steps) {
          const input = honest(bench, inputOf(bench, 'poor', step))
          if (input === null || input.type === 'FLOW_CAPITAL') continue
          const requests = bench.when(input).flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))
          // A quote's replacement may count on what it replaces; and what reduces is always let go.
          if (requests.length === 0 || input.type === 'QUOTE') continue
          const { coins, cash } = promised(bench)
          const wallet = (asset: string) => bench.reference.balances.of(`wallet|${asset}`)
          for (const { side } of requests) {
            if (side === 'sell') expect(coins.above(wallet('XRP')), `coins ${coins}`).toBe(false)
            else expect(cash.above(wallet('USDT')), `cash ${cash}`).toBe(false)
          }
        }
      }),
      RUNS,
    )
  })
})

/** What the orders that are out would take from a wallet of coins and cash. */
function promised(bench: ReferenceBench): { coins: Rational; cash: Rational } {
  let [coins, cash] = [NOTHING, NOTHING]
  for (const order of bench.reference.liveOrders()) {
    const { side, price } = order.request
    const worth = price ?? bench.state.markets.get(order.request.instrument)?.mark ?? dec('2')
    if (side === 'sell') coins = coins.plus(unfilledOf(order))
    else cash = cash.plus(unfilledOf(order).times(exact(worth)))
  }
  return { coins, cash }
}
