// The books under any fills: what they are worth, what they cost, and that neither the order of fills nor repeats matter.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, type Decimal, dec, div, mul, neg, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { KernelInput, Side } from '../../../src/core/kernel/inputs.ts'
import { unrealizedPnl } from '../../../src/core/kernel/valuation.ts'
import { given, INVERSE, type KernelBench, LINEAR, present, requestsOf, SYMBOL, sum } from './kernel-bench.ts'
import type { Setup } from './opening.ts'

const RUNS = { numRuns: 300 }

function signedQuantity({ side, quantity }: { side: Side; quantity: Decimal }): Decimal {
  return side === 'buy' ? quantity : neg(quantity)
}

const KINDS = fc.constantFrom<Setup>({}, { instrument: LINEAR }, { instrument: INVERSE })

interface PlainFill {
  readonly side: Side
  readonly quantity: Decimal
  readonly price: Decimal
  readonly fee: Decimal
}

const decimalsOf = (min: number, max: number, places: number) =>
  fc.integer({ min, max }).map((units) => (BigInt(units) * 10n ** BigInt(18 - places)) as Decimal)

const plainFills: fc.Arbitrary<PlainFill> = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  quantity: decimalsOf(1, 5_000, 2),
  price: decimalsOf(1, 50_000, 4),
  fee: decimalsOf(-300, 1_000, 3),
})

const marks = fc.bigInt({ min: 1n, max: 10n ** 24n }).map((mark) => mark as Decimal)

type Numbered = PlainFill & { readonly tradeId: string }

/** A bid and an ask, each large enough for all that is booked on them. */
function quotedBench(setup: Setup): { bench: KernelBench; ids: Readonly<Record<Side, string>> } {
  const bench = given(setup)
  const [bid, ask] = bench.quote('1 x 1000000', '9 x 1000000')
  return { bench, ids: { buy: present(bid, 'bid'), sell: present(ask, 'ask') } }
}

function fillOf(bench: KernelBench, clientOrderId: string, { tradeId, side, quantity, price, fee }: Numbered): KernelInput {
  const feeAsset = present(bench.state.instruments.get(SYMBOL), SYMBOL).settle
  const fill = { tradeId, price, quantity, fee, feeAsset, liquidity: 'maker' } as const
  return { type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument: SYMBOL, side, fill }
}

/** Books the fills on quotes, one order for each side. */
function bookAll(fills: readonly Numbered[], setup: Setup = {}): KernelBench {
  const { bench, ids } = quotedBench(setup)
  for (const fill of fills) bench.when(fillOf(bench, ids[fill.side], fill))
  return bench
}

function numbered(fills: readonly PlainFill[], prefix = 't'): Numbered[] {
  return fills.map((fill, index) => ({ ...fill, tradeId: `${prefix}${index}` }))
}

/** The fills in any order, some of them twice. */
function shuffled(fills: readonly Numbered[]): fc.Arbitrary<Numbered[]> {
  const again = fc.array(fc.constantFrom(...fills), { maxLength: 8 })
  return again.chain((extra) => fc.shuffledSubarray([...fills, ...extra], { minLength: fills.length + extra.length }))
}

function tradedValue({ instrument = {} }: Setup, fill: PlainFill): Decimal {
  const value = instrument.kind === 'inverse' ? div(fill.quantity, fill.price) : mul(fill.quantity, fill.price)
  return fill.side === 'buy' ? value : neg(value)
}

/** Profit of what was traded in all: paid out in quote, and of inverse contracts received in base. */
function proceeds(setup: Setup, fills: readonly PlainFill[]): Decimal {
  const total = sum(fills.map((fill) => tradedValue(setup, fill)))
  return setup.instrument?.kind === 'inverse' ? total : neg(total)
}

describe('the books', () => {
  test('N11 change of worth = realised + unrealised − fees at any mark, to the last digit, where no capital flowed', () => {
    fc.assert(
      fc.property(fc.array(plainFills, { maxLength: 25 }), marks, KINDS, (fills, mark, setup) => {
        const bench = bookAll(numbered(fills), setup)
        const position = bench.position()
        const kept = sub(position.realizedPnl, sum(fills.map((fill) => fill.fee)))
        // Contracts that settle in base are worth, in quote, what they were opened for in base, less their face value.
        const inverse = sub(add(mul(kept, mark), mul(position.cost, mark)), position.quantity)
        const expected = setup.instrument?.kind === 'inverse' ? inverse : add(kept, unrealizedPnl(position, mark))
        expect(bench.worth(mark)).toBe(expected)
      }),
      RUNS,
    )
  })

  test('N01 a flat position has realised exactly what was sold for, less what was bought for', () => {
    fc.assert(
      fc.property(fc.array(plainFills, { maxLength: 20 }), KINDS, (fills, setup) => {
        const net = sum(fills.map(signedQuantity))
        const side: Side = net > ZERO ? 'sell' : 'buy'
        const closing = { side, quantity: net < ZERO ? neg(net) : net, price: dec('3.1234'), fee: ZERO }
        const all = net === ZERO ? fills : [...fills, closing]
        const bench = bookAll(numbered(all), setup)
        expect(bench.position()).toMatchObject({ quantity: ZERO, cost: ZERO, realizedPnl: proceeds(setup, all) })
      }),
      RUNS,
    )
  })

  /**
   * What does not depend on the order of any fills: quantity, fees, filled quantities and costs of orders, and what was paid
   * and received in all. Cost and realised by themselves do, where the sides mix: average cost realises against what was
   * bought before.
   */
  test('K20 fills in any order and with any repetition give the same position, fees, and value of all that was traded', () => {
    const mixed = fc
      .array(plainFills, { minLength: 1, maxLength: 12 })
      .chain((fills) => fc.tuple(fc.constant(numbered(fills)), shuffled(numbered(fills))))
    fc.assert(
      fc.property(mixed, KINDS, ([once, again], setup) => {
        const figures = (bench: KernelBench) => {
          const { quantity, quoted, unassigned, cost, realizedPnl } = bench.position()
          const traded = setup.instrument?.kind === 'inverse' ? add(cost, realizedPnl) : sub(cost, realizedPnl)
          const ledger = [...bench.state.balances].filter(([key]) => key.startsWith('fees|'))
          const orders = [...bench.state.orders.values()].map(({ filledQuantity, filledCost, status }) => [
            filledQuantity,
            filledCost,
            status,
          ])
          return { quantity, quoted, unassigned, traded, ledger, orders, trades: bench.state.fills.size }
        }
        expect(figures(bookAll(again, setup))).toEqual(figures(bookAll(once, setup)))
      }),
      RUNS,
    )
  })

  test('K20 the fills of one order, in any order and repeated, give the same cost, basis, profit and ledger to the last digit', () => {
    const oneSided = fc.tuple(fc.array(plainFills, { minLength: 1, maxLength: 8 }), fc.constantFrom<Side>('buy', 'sell'))
    const cases = oneSided.chain(([fills, side]) => {
      const once = numbered(fills.map((fill) => ({ ...fill, side })))
      return fc.tuple(fc.constant(once), shuffled(once))
    })
    const starts = fc.constantFrom<Side | null>('buy', 'sell', null)
    fc.assert(
      fc.property(cases, starts, KINDS, ([once, again], start, setup) => {
        // Large enough that no order of the fills turns it over: beyond flat, what each of them opens depends on which came first.
        const before = { quantity: dec('400.01'), price: dec('1.7'), fee: ZERO, side: start ?? 'buy', tradeId: 'before' } as const
        const run = (fills: readonly Numbered[]) => {
          const { position, balances } = whole(bookAll(start === null ? fills : [before, ...fills], setup))
          return { position, balances }
        }
        expect(run(again)).toEqual(run(once))
      }),
      RUNS,
    )
  })

  test('K20 the fills of an entry and of its exit, each in any order and repeated, give the same trade', () => {
    const halves = fc.array(plainFills, { minLength: 1, maxLength: 6 })
    const cases = halves.chain((fills) => {
      const entries = numbered(
        fills.map((fill) => ({ ...fill, side: 'buy' as const })),
        'in',
      )
      const exits = numbered(
        fills.map((fill) => ({ ...fill, side: 'sell' as const, price: add(fill.price, dec('0.0007')) })),
        'out',
      )
      return fc.tuple(fc.constant([entries, exits] as const), fc.tuple(shuffled(entries), shuffled(exits)))
    })
    fc.assert(
      fc.property(cases, KINDS, ([once, again], setup) => {
        const run = ([entries, exits]: readonly [readonly Numbered[], readonly Numbered[]]) => {
          const bench = given(setup)
          const entry = bench.enter({ quantity: '1000' })
          for (const fill of entries) bench.when(fillOf(bench, entry, fill))
          bench.cancelAck(entry)
          bench.mark('2')
          const exit = requestsOf(bench.residual())[0]?.clientOrderId
          for (const fill of exit === undefined ? [] : exits) bench.when(fillOf(bench, present(exit, 'exit'), fill))
          const { legs, ...slot } = bench.slot()
          return { ...whole(bench), slot, legs: legs.map(({ filledQuantity, filledCost }) => [filledQuantity, filledCost]) }
        }
        const { slot, ...rest } = run(again)
        const { slot: expected, ...same } = run(once)
        expect(rest).toEqual(same)
        expect({ ...slot, closedAtUs: 0 }).toEqual({ ...expected, closedAtUs: 0 })
      }),
      RUNS,
    )
  })

  test('N01 prices and sizes of any precision never part the cost from the ledger', () => {
    const any = fc.bigInt({ min: 1n, max: 10n ** 22n }).map((value) => value as Decimal)
    const fine = fc.record({ side: fc.constantFrom<Side>('buy', 'sell'), quantity: any, price: any, fee: fc.constant(ZERO) })
    fc.assert(
      fc.property(fc.array(fine, { maxLength: 25 }), any, (fills, mark) => {
        const bench = bookAll(numbered(fills))
        const position = bench.position()
        expect(bench.worth(mark)).toBe(add(position.realizedPnl, unrealizedPnl(position, mark)))
      }),
      RUNS,
    )
  })

  test('N11 a deposit or withdrawal at any time changes no profit figure, and worth by exactly itself', () => {
    const flows = fc.array(fc.tuple(fc.nat({ max: 25 }), decimalsOf(-100_000, 100_000, 2)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(plainFills, { maxLength: 15 }), flows, (plain, capital) => {
        const fills = numbered(plain)
        const without = bookAll(fills)
        const { bench: withFlows, ids } = quotedBench({})
        const inputs: KernelInput[] = fills.map((fill) => fillOf(withFlows, ids[fill.side], fill))
        for (const [at, amount] of capital) {
          inputs.splice(Math.min(at, inputs.length), 0, { type: 'FLOW_CAPITAL', asset: 'RLUSD', amount, note: '' })
        }
        for (const input of inputs) withFlows.when(input)
        expect(untimed(withFlows)).toEqual(untimed(without))
        const worth = (bench: KernelBench) => bench.worth(dec('2')) ?? ZERO
        expect(sub(worth(withFlows), worth(without))).toBe(sum(capital.map(([, amount]) => amount)))
      }),
      RUNS,
    )
  })
})

function untimed(bench: KernelBench) {
  return { ...bench.position(), updatedAtUs: 0 }
}

/** The position and every balance of the ledger. */
function whole(bench: KernelBench) {
  return { position: untimed(bench), balances: Object.fromEntries([...bench.state.balances].filter(([, amount]) => amount !== ZERO)) }
}
