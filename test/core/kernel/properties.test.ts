import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody } from '../../../src/core/kernel/codec.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { add, type Decimal, dec, mul, neg, sub, truncateToStep, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FillFact } from '../../../src/core/kernel/facts.ts'
import type { KernelInput, Side } from '../../../src/core/kernel/inputs.ts'
import { ORDER_LIVE, ORDER_TABLE } from '../../../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../../../src/core/kernel/slot-table.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import { equityOf, unrealizedPnl } from '../../../src/core/kernel/valuation.ts'
import { expectInvariants, given, instrumentOf, type KernelBench, openingOf, present, SYMBOL, sum } from './kernel-bench.ts'
import { inputOf, type Step, walks } from './random-walk.ts'
import { STAGE_ORDER } from './stage-order.ts'

const RUNS = { numRuns: 300 }

function walk(steps: readonly Step[], kind: 'spot' | 'linear' = 'spot'): KernelBench {
  const bench = given({ instrument: { kind } })
  for (const step of steps) {
    const input = inputOf(bench, step)
    const session = input.type === 'OPEN_SESSION' ? { ...input.session, instrument: instrumentOf({ kind }) } : null
    bench.when(session === null ? input : { type: 'OPEN_SESSION', session })
  }
  return bench
}

function replay(facts: readonly Fact[]): KernelState {
  const state = createState()
  for (const fact of facts) apply(state, { ...fact, body: decodeFactBody(encodeFactBody(fact.body)) })
  return state
}

function fillsOf(bench: KernelBench): FillFact[] {
  return bench.facts('FILL_BOOKED')
}

function signedQuantity({ side, quantity }: { side: Side; quantity: Decimal }): Decimal {
  return side === 'buy' ? quantity : neg(quantity)
}

describe('any life of an account', () => {
  test('K07 never throws, and after every input: position = Σ fills = slots + quoted + unassigned, and the books balance', () => {
    fc.assert(
      fc.property(walks(100), fc.constantFrom('spot' as const, 'linear' as const), (steps, kind) => {
        // The bench checks every invariant after every input.
        const bench = walk(steps, kind)
        expect(bench.position().quantity).toBe(sum(fillsOf(bench).map(signedQuantity)))
        for (const order of bench.state.orders.values()) {
          const own = fillsOf(bench).filter((fill) => fill.clientOrderId === order.request.clientOrderId)
          expect(order.filledQuantity).toBe(sum(own.map((fill) => fill.quantity)))
          expect(order.filledCost).toBe(sum(own.map((fill) => mul(fill.quantity, fill.price))))
        }
      }),
      RUNS,
    )
  })

  test('N01 the postings of every single fact sum to zero per asset', () => {
    fc.assert(
      fc.property(walks(100), fc.constantFrom('spot' as const, 'linear' as const), (steps, kind) => {
        for (const { body } of walk(steps, kind).journal) {
          if (body.type !== 'FILL_BOOKED' && body.type !== 'CAPITAL_FLOWED') continue
          for (const asset of new Set(body.postings.map((posting) => posting.asset))) {
            expect(sum(body.postings.filter((posting) => posting.asset === asset).map((posting) => posting.amount))).toBe(ZERO)
          }
        }
      }),
      RUNS,
    )
  })

  test('K02 every transition records what was truly left, as the tables have it', () => {
    fc.assert(
      fc.property(walks(100), (steps) => {
        const state = createState()
        for (const fact of walk(steps).journal) {
          const { body } = fact
          if (body.type === 'ORDER_MOVED') {
            expect(state.orders.get(body.clientOrderId)?.status).toBe(body.from)
            const cell = ORDER_TABLE[body.from][body.trigger]
            expect(cell === 'acked' ? ['acked', 'partially_filled'] : [cell]).toContain(body.to)
          }
          if (body.type === 'CANCEL_MOVED') expect(state.orders.get(body.clientOrderId)?.cancel).toBe(body.from)
          if (body.type === 'SLOT_MOVED') {
            expect(state.trades.get(`${body.slotId}#${body.trade}`)?.stage).toBe(body.from)
            expect(SLOT_TABLE[body.from][body.trigger]).toBe(body.to)
          }
          apply(state, fact)
        }
      }),
      RUNS,
    )
  })

  test('K03 K10 no stage ever moves back, and nothing moves a closed trade', () => {
    fc.assert(
      fc.property(walks(100), (steps) => {
        const closed = new Set<string>()
        for (const { body } of walk(steps).journal) {
          if (body.type !== 'SLOT_MOVED') continue
          const trade = `${body.slotId}#${body.trade}`
          expect(STAGE_ORDER.indexOf(body.to)).toBeGreaterThan(STAGE_ORDER.indexOf(body.from))
          expect(closed.has(trade)).toBe(false)
          if (body.to === 'closed') closed.add(trade)
        }
      }),
      RUNS,
    )
  })

  test('a trade is closed with nothing open, or can still be worked on: no slot is stuck', () => {
    fc.assert(
      fc.property(walks(100), (steps) => {
        const bench = walk(steps)
        if (bench.state.halted) bench.when({ type: 'OPEN_SESSION', session: openingOf() })
        // Every live order ends; whatever the past was, the slots must then be free or closable.
        for (const id of [...bench.state.liveOrders.keys()]) bench.cancelAck(id)
        expect(bench.state.liveOrders.size).toBe(0)
        for (const slotId of ['a', 'b']) {
          const slot = bench.slot(slotId)
          if (slot.stage === 'idle' || slot.stage === 'closed') continue
          expect(slot.openSize > ZERO, `${slotId} ${slot.stage}`).toBe(true)
          // Dust that a venue left by filling off the lot stays open until it is written off.
          const open = truncateToStep(slot.openSize, dec('0.01'))
          if (open === ZERO) continue
          bench.timeUs += 60_000_000
          const [exit] = bench.prepare({
            type: 'EXIT',
            slotId,
            scope: 'rest',
            orderType: 'limit',
            price: dec('2'),
            timeInForce: 'gtc',
            postOnly: false,
            reason: 'end',
          })
          const request = bench.order(present(exit, 'exit')).request
          expect(request.quantity).toBe(open)
        }
      }),
      RUNS,
    )
  })

  test('K17 decide changes nothing: asked twice, it answers the same, and the state is as it was', () => {
    fc.assert(
      fc.property(walks(40), walks(8), (steps, asked) => {
        const bench = walk(steps)
        const before = structuredClone(bench.state)
        for (const step of asked) {
          const input: KernelInput = inputOf(bench, step)
          expect(decide(bench.state, { timeUs: 5, input })).toEqual(decide(bench.state, { timeUs: 5, input }))
        }
        expect(bench.state).toEqual(before)
      }),
      { numRuns: 150 },
    )
  })

  test('K20 a fill is booked once however often it is told, and told again after a restart', () => {
    fc.assert(
      fc.property(walks(100), (steps) => {
        const bench = walk(steps)
        const trades = fillsOf(bench).map((fill) => fill.tradeId)
        expect(new Set(trades).size).toBe(trades.length)
        const restarted = replay(bench.journal)
        const position = bench.position().quantity
        for (const fill of fillsOf(bench)) {
          const { clientOrderId, instrument, side } = fill
          const input = { type: 'FULL_FILL', clientOrderId, venueOrderId: null, instrument, side, fill } as const
          const facts = decide(restarted, { timeUs: 0, input })
          expect(facts.map((fact) => fact.body.type)).toEqual(['FILL_REPEATED'])
        }
        expect(restarted.positions.get(SYMBOL)?.quantity).toBe(position)
      }),
      RUNS,
    )
  })

  test('the facts as text give back the same state, in whatever portions they are read', () => {
    fc.assert(
      fc.property(walks(100), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (steps, sizes) => {
        const bench = walk(steps)
        expect(replay(bench.journal)).toStrictEqual(bench.state)
        const portions = createState()
        let at = 0
        for (let turn = 0; at < bench.journal.length; turn += 1) {
          const size = present(sizes[turn % sizes.length], 'size')
          const lines = bench.journal.slice(at, at + size).map((fact) => ({ ...fact, text: encodeFactBody(fact.body) }))
          for (const { seq, timeUs, text } of lines) apply(portions, { seq, timeUs, body: decodeFactBody(text) })
          at += size
        }
        expect(portions).toStrictEqual(bench.state)
        expectInvariants(portions)
      }),
      RUNS,
    )
  })

  test('live orders never cover more than what is open, where every answer of the venue was true', () => {
    // Honest walks: no late fills, no overfills, no repeats, no resurrection. What exits cover is then never too much.
    const honest = [0, 1, 2, 3, 4, 6, 7, 9, 10, 11, 13, 15, 20]
    const steps = walks(100).map((list) =>
      list.map(([act, a, b, c]): Step => [present(honest[act % honest.length], 'act'), a, act === 20 ? 1 : b, c]),
    )
    fc.assert(
      fc.property(steps, (list) => {
        const bench = given()
        for (const step of list) {
          const input = inputOf(bench, step)
          if ('venueOrderId' in input) {
            const order = bench.state.orders.get(input.clientOrderId ?? input.venueOrderId?.slice(1) ?? '')
            if (order === undefined || !ORDER_LIVE[order.status]) continue
            if ('fill' in input && add(order.filledQuantity, input.fill.quantity) > order.request.quantity) continue
          }
          bench.when(input)
          for (const slot of bench.state.trades.values()) {
            const exits = [...bench.state.liveOrders.values()].filter(
              ({ request }) => request.role === 'exit' && request.slotId === slot.slotId && request.trade === slot.trade,
            )
            const covered = sum(exits.map((order) => sub(order.request.quantity, order.filledQuantity)))
            expect(covered <= slot.openSize).toBe(true)
          }
          expect(bench.position().unassigned).toBe(ZERO)
        }
      }),
      RUNS,
    )
  })
})

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

/** Books the fills on quotes, one order for each side, large enough for all of them. */
function bookAll(fills: readonly (PlainFill & { readonly tradeId: string })[], kind: 'spot' | 'linear' = 'spot'): KernelBench {
  const bench = given({ instrument: { kind } })
  const ids = bench.prepare({
    type: 'QUOTE',
    instrument: SYMBOL,
    bid: { price: dec('1'), quantity: dec('1000000') },
    ask: { price: dec('9'), quantity: dec('1000000') },
    postOnly: true,
  })
  for (const { tradeId, side, quantity, price, fee } of fills) {
    const fill = { tradeId, price, quantity, fee, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const clientOrderId = present(ids[side === 'buy' ? 0 : 1], side)
    bench.when({ type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument: SYMBOL, side, fill })
  }
  return bench
}

function numbered(fills: readonly PlainFill[]): (PlainFill & { tradeId: string })[] {
  return fills.map((fill, index) => ({ ...fill, tradeId: `t${index}` }))
}

describe('the books', () => {
  test('N11 change of equity = realised + unrealised − fees at any mark, to the last digit, where no capital flowed', () => {
    const marks = fc.bigInt({ min: 1n, max: 10n ** 24n }).map((mark) => mark as Decimal)
    fc.assert(
      fc.property(
        fc.array(plainFills, { maxLength: 25 }),
        marks,
        fc.constantFrom('spot' as const, 'linear' as const),
        (fills, mark, kind) => {
          const bench = bookAll(numbered(fills), kind)
          const position = bench.position()
          const equity = equityOf(bench.state.balances, instrumentOf({ kind }), mark)
          const fees = sum(fills.map((fill) => fill.fee))
          expect(equity).toBe(sub(add(position.realizedPnl, unrealizedPnl(position, mark)), fees))
        },
      ),
      RUNS,
    )
  })

  test('N01 a flat position has realised exactly what was sold for, less what was bought for', () => {
    fc.assert(
      fc.property(fc.array(plainFills, { maxLength: 20 }), (fills) => {
        const net = sum(fills.map(signedQuantity))
        const side: Side = net > ZERO ? 'sell' : 'buy'
        const closing = { side, quantity: net < ZERO ? neg(net) : net, price: dec('3.1234'), fee: ZERO }
        const all = net === ZERO ? fills : [...fills, closing]
        const bench = bookAll(numbered(all))
        const flows = all.map((fill) => neg(mul(signedQuantity(fill), fill.price)))
        expect(bench.position()).toMatchObject({ quantity: ZERO, cost: ZERO, realizedPnl: sum(flows) })
      }),
      RUNS,
    )
  })

  /**
   * What does not depend on the order of fills: quantity, fees, the wallet, filled quantities and costs of orders, and
   * cost − realised (the signed value of all fills). Cost and realised by themselves do: average cost realises against
   * what was bought before.
   */
  test('K20 fills in any order and with any repetition give the same position, fees, wallet, and cost less realised', () => {
    const shuffled = fc.array(plainFills, { minLength: 1, maxLength: 12 }).chain((fills) => {
      const once = numbered(fills)
      const again = fc.array(fc.constantFrom(...once), { maxLength: 8 })
      const order = again.chain((extra) => fc.shuffledSubarray([...once, ...extra], { minLength: once.length + extra.length }))
      return fc.tuple(fc.constant(once), order)
    })
    fc.assert(
      fc.property(shuffled, ([once, mixed]) => {
        const figures = (bench: KernelBench) => {
          const { quantity, quoted, unassigned, cost, realizedPnl } = bench.position()
          const wallet = [bench.balance('wallet|XRP'), bench.balance('wallet|RLUSD'), bench.balance('fees|RLUSD')]
          const orders = [...bench.state.orders.values()].map(({ filledQuantity, filledCost, status }) => ({
            filledQuantity,
            filledCost,
            status,
          }))
          return { quantity, quoted, unassigned, bought: sub(cost, realizedPnl), wallet, orders, trades: bench.state.fills.size }
        }
        expect(figures(bookAll(mixed))).toEqual(figures(bookAll(once)))
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
        const equity = equityOf(bench.state.balances, instrumentOf(), mark)
        expect(equity).toBe(add(position.realizedPnl, unrealizedPnl(position, mark)))
      }),
      RUNS,
    )
  })

  test('N11 a deposit or withdrawal at any time changes no profit figure, and equity by exactly itself', () => {
    const flows = fc.array(fc.tuple(fc.nat({ max: 25 }), decimalsOf(-100_000, 100_000, 2)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(plainFills, { maxLength: 15 }), flows, (fills, capital) => {
        const without = bookAll(numbered(fills))
        const withFlows = given()
        const inputs: KernelInput[] = without.journal.flatMap(({ body }) => {
          if (body.type !== 'FILL_BOOKED') return []
          const { clientOrderId, side, tradeId, price, quantity, fee, feeAsset, liquidity } = body
          const fill = { tradeId, price, quantity, fee, feeAsset, liquidity }
          return [{ type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument: SYMBOL, side, fill }]
        })
        for (const [at, amount] of capital) {
          inputs.splice(Math.min(at, inputs.length), 0, { type: 'FLOW_CAPITAL', asset: 'RLUSD', amount, note: '' })
        }
        withFlows.when({
          type: 'QUOTE',
          instrument: SYMBOL,
          bid: { price: dec('1'), quantity: dec('1000000') },
          ask: { price: dec('9'), quantity: dec('1000000') },
          postOnly: true,
        })
        for (const input of inputs) withFlows.when(input)
        expect(withFlows.position()).toEqual(without.position())
        const worth = (bench: KernelBench) => equityOf(bench.state.balances, instrumentOf(), dec('2')) ?? ZERO
        expect(sub(worth(withFlows), worth(without))).toBe(sum(capital.map(([, amount]) => amount)))
      }),
      RUNS,
    )
  })
})
