// Fills in any order, told any number of times: one position, one cost, one fee. And cost is never further from the exact
// fraction than its few roundings allow.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decimal, dec, neg, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { FillFact } from '../../../src/core/kernel/facts.ts'
import type { KernelInput, Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { ReferenceBench } from './reference-bench.ts'
import { opposite } from './reference-model.ts'
import { exact, NOTHING, Rational } from './reference-rational.ts'
import { INSTRUMENTS, runs, type WorldName, worldOf } from './reference-world.ts'

const RUNS = { numRuns: runs(200) }

interface Part {
  readonly quantity: Decimal
  readonly price: Decimal
  readonly fee: Decimal
  readonly feeAsset: string
}

interface Scene {
  readonly world: WorldName
  readonly side: Side
  readonly parts: readonly Part[]
  /** In which order the parts are told; every part at least once. */
  readonly told: readonly number[]
  /** What the position was entered at, in two fills, so that its cost is no round number. */
  readonly prices: readonly [Decimal, Decimal]
}

/** The smallest order of these venues. */
const LEAST = dec('0.02')

const decimals = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((units) => units as Decimal)

/** Some on the lot and the tick, some as fine as a decimal can be. */
const amounts = fc.oneof(
  fc.integer({ min: 1, max: 3_000 }).map((lots) => (BigInt(lots) * 10n ** 16n) as Decimal),
  decimals(1n, 10n ** 19n),
)
const prices = fc.oneof(
  fc.integer({ min: 1, max: 50_000 }).map((ticks) => (BigInt(ticks) * 10n ** 14n) as Decimal),
  decimals(10n ** 15n, 10n ** 20n),
)

const parts: fc.Arbitrary<Part[]> = fc.array(
  fc.record({
    quantity: amounts,
    price: prices,
    fee: decimals(-(10n ** 15n), 10n ** 17n),
    feeAsset: fc.constantFrom('USDT', 'XRP', 'BNB'),
  }),
  { minLength: 1, maxLength: 8 },
)

const scenes: fc.Arbitrary<Scene> = parts.chain((list) => {
  const once = list.map((_, index) => index)
  const again = fc.array(fc.constantFrom(...once), { maxLength: 6 })
  const told = again.chain((extra) => fc.shuffledSubarray([...once, ...extra], { minLength: once.length + extra.length }))
  return fc.record({
    world: fc.constantFrom<WorldName>('spot', 'linear', 'inverse', 'hedge'),
    side: fc.constantFrom<Side>('buy', 'sell'),
    parts: fc.constant(list),
    told,
    prices: fc.tuple(prices, prices),
  })
})

const sumOf = (list: readonly Part[]): Decimal => list.reduce((sum, { quantity }) => sum + quantity, 0n) as Decimal

function instrumentOf(world: WorldName): Instrument {
  return INSTRUMENTS[world][0] as Instrument
}

/** A size that an order may ask for: the next whole lot, and no less than the venue's smallest. */
function lots(quantity: Decimal): Decimal {
  const lot = dec('0.01')
  const whole = (((quantity + lot - 1n) / lot) * lot) as Decimal
  return whole < LEAST ? LEAST : whole
}

function book(bench: ReferenceBench, world: WorldName, clientOrderId: string, side: Side, part: Part, tradeId: string): void {
  const fill = { tradeId, ...part, liquidity: 'taker' } as const
  bench.when({ type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument: instrumentOf(world).symbol, side, fill })
}

function prepared(bench: ReferenceBench, input: KernelInput): string {
  const [request] = bench.when(input).flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : []))
  if (request === undefined) throw new Error(`${input.type} was denied: ${JSON.stringify(bench.facts('INTENT_DENIED').at(-1))}`)
  return request.clientOrderId
}

function entered(bench: ReferenceBench, world: WorldName, side: Side, quantity: Decimal): string {
  const price = dec('2')
  const terms = { orderType: 'limit', price, timeInForce: 'gtc', postOnly: false, leverage: dec('1'), exitRatios: [] } as const
  return prepared(bench, { type: 'ENTER', slotId: 'a', instrument: instrumentOf(world).symbol, side, quantity: lots(quantity), ...terms })
}

const NO_FEE = { fee: ZERO, feeAsset: 'USDT' }

/** Tells the parts of one entry order, beside a position that stands there already where `held` is above zero. */
function grown({ world, side, parts: list, prices: [first] }: Scene, told: readonly number[], held: Decimal): ReferenceBench {
  const bench = worldOf(world, { slotIds: ['a', 'b'] })
  if (held > ZERO) {
    const positionSide = world === 'hedge' ? (side === 'buy' ? 'long' : 'short') : 'net'
    const quantity = side === 'buy' ? held : neg(held)
    const { symbol: instrument } = instrumentOf(world)
    const evidence = 'before'
    bench.when({
      type: 'RECONCILE',
      action: 'adjust_position',
      adjustmentId: '1',
      instrument,
      positionSide,
      quantity,
      averagePrice: first,
      evidence,
    })
    bench.when({ type: 'RECONCILE', action: 'assign', instrument, positionSide, quantity, slotId: 'b', price: null, evidence })
  }
  const id = entered(bench, world, side, sumOf(list))
  for (const index of told) book(bench, world, id, side, list[index] as Part, `t${index}`)
  return bench
}

/** Tells the parts of one exit order of a position that is larger by `rest`. */
function shrunk({ world, side, parts: list, prices: bought }: Scene, told: readonly number[], rest: Decimal): ReferenceBench {
  const bench = worldOf(world)
  const total = sumOf(list)
  const [first, size] = [(total / 3n) as Decimal, (total + rest) as Decimal]
  const id = entered(bench, world, side, size)
  if (first > ZERO) book(bench, world, id, side, { quantity: first, price: bought[0], ...NO_FEE }, 'in1')
  book(bench, world, id, side, { quantity: (size - first) as Decimal, price: bought[1], ...NO_FEE }, 'in2')
  if (lots(size) !== size) bench.when({ type: 'CANCEL_ACK', clientOrderId: id, venueOrderId: null })
  const exit = {
    type: 'EXIT',
    slotId: 'a',
    scope: 'rest',
    orderType: 'limit',
    price: dec('2'),
    timeInForce: 'gtc',
    postOnly: false,
    reason: 'end',
  } as const
  const exitId = prepared(bench, exit)
  for (const index of told) book(bench, world, exitId, opposite(side), list[index] as Part, `t${index}`)
  return bench
}

/** All figures of an account that may not depend on the order in which its fills were told. */
function figures({ state }: ReferenceBench) {
  const positions = [...state.positions.values()].map(({ updatedAtUs: _, ...figure }) => figure)
  const orders = [...state.orders.values()].map(({ updatedAtUs: _, preparedAtUs: _p, request: _r, ...figure }) => figure)
  const trades = [...state.trades.values()].map(({ openedAtUs: _, closedAtUs: _c, ...figure }) => figure)
  const balances = [...state.balances].filter(([, amount]) => amount !== ZERO).sort()
  const fills = [...state.fills.keys()].sort()
  return { positions, orders, trades, balances, fills }
}

const inOrder = ({ parts: list }: Scene) => list.map((_, index) => index)

describe('fills of one order in any order and with any repetition', () => {
  test('K20 growing a position from flat, and one that stands there already', () => {
    fc.assert(
      fc.property(scenes, fc.constantFrom(ZERO, dec('7.77')), (scene, held) => {
        expect(figures(grown(scene, scene.told, held))).toEqual(figures(grown(scene, inOrder(scene), held)))
      }),
      RUNS,
    )
  })

  test('K20 shrinking a position, down to a rest', () => {
    fc.assert(
      fc.property(scenes, amounts, (scene, rest) => {
        fc.pre(sumOf(scene.parts) + rest >= LEAST)
        expect(figures(shrunk(scene, scene.told, rest))).toEqual(figures(shrunk(scene, inOrder(scene), rest)))
      }),
      RUNS,
    )
  })

  test('K20 shrinking a position to flat: nothing is open, and nothing of its cost is left', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        fc.pre(sumOf(scene.parts) >= LEAST)
        const bench = shrunk(scene, scene.told, ZERO)
        expect(figures(bench)).toEqual(figures(shrunk(scene, inOrder(scene), ZERO)))
        for (const { quantity, cost } of bench.state.positions.values()) expect([quantity, cost]).toEqual([ZERO, ZERO])
        expect(bench.state.slots.get('a')).toMatchObject({ stage: 'closed', openSize: ZERO, openCost: ZERO })
      }),
      RUNS,
    )
  })
})

const HALF = new Rational(1n, 2n * 10n ** 18n)

/** The worth of fills without any rounding. */
function exactValue(fills: readonly FillFact[], kind: Instrument['kind']): Rational {
  let sum = NOTHING
  for (const { price, quantity } of fills)
    sum = sum.plus(kind === 'inverse' ? exact(quantity).over(exact(price)) : exact(quantity).times(exact(price)))
  return sum
}

describe('roundings', () => {
  test('N01 cost and profit are within half a unit of the last place per rounding of the exact fractions', () => {
    fc.assert(
      fc.property(scenes, amounts, (scene, rest) => {
        fc.pre(sumOf(scene.parts) + rest >= LEAST)
        const bench = shrunk(scene, scene.told, rest)
        const { kind } = instrumentOf(scene.world)
        const fills = bench.facts('FILL_BOOKED')
        const [ins, outs] = [fills.filter(({ role }) => role === 'entry'), fills.filter(({ role }) => role === 'exit')]
        const bought = exactValue(ins, kind)
        const size = exact((sumOf(scene.parts) + rest) as Decimal)
        const cost = bought.times(exact(rest)).over(size)
        const position = [...bench.state.positions.values()].find(({ updatedAtUs }) => updatedAtUs > 0)
        if (position === undefined) throw new Error('no position was traded')
        const drift = exact(position.cost).size().minus(cost.size()).size()
        expect(drift.above(HALF.times(new Rational(BigInt(ins.length + 1)))), `cost ${drift}`).toBe(false)
        const gained = exactValue(outs, kind).minus(bought.minus(cost))
        const profit = (scene.side === 'buy') === (kind !== 'inverse') ? gained : gained.negated()
        const profitDrift = exact(position.realizedPnl).minus(profit).size()
        expect(profitDrift.above(HALF.times(new Rational(BigInt(fills.length + 1)))), `profit ${profitDrift}`).toBe(false)
      }),
      RUNS,
    )
  })
})
