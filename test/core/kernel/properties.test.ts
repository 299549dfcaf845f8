// Any life of an account: whatever is asked for and whatever the venue says, in every kind of position there is.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody, stateHash } from '../../../src/core/kernel/codec.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { add, type Decimal, formatDecimal, max, neg, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FillFact, OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { KernelInput, Side } from '../../../src/core/kernel/inputs.ts'
import { ORDER_LIVE, ORDER_TABLE } from '../../../src/core/kernel/order-table.ts'
import { SLOT_TABLE } from '../../../src/core/kernel/slot-table.ts'
import { createState, type KernelState, positionKey } from '../../../src/core/kernel/state.ts'
import { TRADING_TABLE } from '../../../src/core/kernel/trading-table.ts'
import { given, INVERSE, type KernelBench, LINEAR, openingOf, present, requestsOf, sum } from './kernel-bench.ts'
import type { Setup } from './opening.ts'
import { inputOf, type Step, walks } from './random-walk.ts'
import { STAGE_ORDER } from './stage-order.ts'

const RUNS = { numRuns: 300 }

/** Every kind of position there is. */
const SETUPS = fc.constantFrom<Setup>({}, { instrument: LINEAR }, { instrument: INVERSE }, { instrument: LINEAR, positionMode: 'hedge' })

function walk(steps: readonly Step[], setup: Setup = {}): KernelBench {
  const bench = given(setup)
  for (const step of steps) bench.when(inputOf(bench, step))
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

/** The same account once every order is over, nothing is unexplained, and a session is open in which all may trade. */
function settled(bench: KernelBench): KernelBench {
  bench.when({ type: 'OPEN_SESSION', session: openingOf({ ...bench.setup, sessionId: 'last' }) })
  for (const id of [...bench.state.liveOrders.keys()]) bench.cancelAck(id)
  expect(bench.state.liveOrders.size).toBe(0)
  for (const { unassigned, dust, positionSide } of [...bench.state.positions.values()]) {
    if (unassigned !== dust) bench.assign(formatDecimal(unassigned), null, null, positionSide)
  }
  bench.mark('2')
  bench.wait(61_000_000)
  // The venue agrees with all of it.
  const held = [...bench.state.positions.values()].filter(({ quantity }) => quantity !== ZERO)
  bench.snapshot({
    positions: held.map(({ instrument, positionSide, quantity }) => ({ instrument, positionSide, quantity, averagePrice: null })),
  })
  return bench
}

describe('any life of an account', () => {
  test('K07 never throws, and after every input: position = Σ fills = slots + quoted + unassigned, and the books balance', () => {
    fc.assert(
      fc.property(walks(100), SETUPS, (steps, setup) => {
        // The bench checks every invariant after every input.
        const bench = walk(steps, setup)
        for (const { instrument, positionSide, quantity } of bench.state.positions.values()) {
          const own = fillsOf(bench).filter((fill) => fill.instrument === instrument && fill.positionSide === positionSide)
          expect(quantity).toBe(sum(own.map(signedQuantity)))
        }
        for (const order of bench.state.orders.values()) {
          const own = fillsOf(bench).filter((fill) => fill.clientOrderId === order.request.clientOrderId)
          expect(order.filledQuantity).toBe(sum(own.map((fill) => fill.quantity)))
          expect(order.filledCost).toBe(sum(own.map((fill) => fill.tradeValue)))
        }
      }),
      RUNS,
    )
  })

  test('N01 the postings of every single fact sum to zero per asset', () => {
    fc.assert(
      fc.property(walks(100), SETUPS, (steps, setup) => {
        for (const { body } of walk(steps, setup).journal) {
          if (!('postings' in body)) continue
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
      fc.property(walks(100), SETUPS, (steps, setup) => {
        const state = createState()
        for (const fact of walk(steps, setup).journal) {
          const { body } = fact
          if (body.type === 'ORDER_MOVED') {
            expect(state.orders.get(body.clientOrderId)?.status).toBe(body.from)
            const cell = ORDER_TABLE[body.from][body.trigger]
            // An order that has fills reads partially_filled where others read acked, and is neither refused nor absent.
            const filled = cell === 'acked' ? 'partially_filled' : cell === 'rejected' || cell === 'absent' ? 'in_doubt' : cell
            expect([cell, filled]).toContain(body.to)
          }
          if (body.type === 'TRADING_MOVED') {
            expect(state.trading).toBe(body.from)
            expect(TRADING_TABLE[body.from][body.action as 'pause']).toBe(body.to)
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
      fc.property(walks(100), SETUPS, (steps, setup) => {
        const closed = new Set<string>()
        for (const { body } of walk(steps, setup).journal) {
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

  test('K01 a trade is closed, or EXIT_RESIDUAL closes it: whatever happened before, no slot is stuck', () => {
    fc.assert(
      fc.property(walks(100), SETUPS, (steps, setup) => {
        const bench = settled(walk(steps, setup))
        for (const slotId of ['a', 'b']) {
          for (let turn = 0; turn < 3 && !['idle', 'closed'].includes(bench.slot(slotId).stage); turn += 1) {
            expect(bench.slot(slotId).openSize > ZERO, `${slotId} ${bench.slot(slotId).stage}`).toBe(true)
            for (const { clientOrderId, quantity } of requestsOf(bench.residual(slotId)))
              bench.fill(clientOrderId, formatDecimal(quantity), '2')
          }
          expect(['idle', 'closed']).toContain(bench.slot(slotId).stage)
          expect(bench.slot(slotId).openSize).toBe(ZERO)
        }
      }),
      RUNS,
    )
  })

  test('K19 a trade in a slot that has lived is the same, figure by figure, as in one that is new', () => {
    const tradeOf = (bench: KernelBench) => {
      const entry = bench.enter({ quantity: '90', exitRatios: ['0.5', '0.5'] })
      bench.fill(entry, '60', '2', { tradeId: 'last-1', fee: '0.1' })
      bench.fill(entry, '30', '2.5', { tradeId: 'last-2' })
      bench.fill(bench.exit(), '45', '3', { tradeId: 'last-3' })
      bench.ack(bench.exit())
      const { trade: _, openedAtUs: __, closedAtUs: ___, legs, ...figures } = bench.slot()
      return { ...figures, legs: legs.map(({ clientOrderId, ...leg }) => ({ ...leg, asked: clientOrderId !== null })) }
    }
    fc.assert(
      fc.property(walks(60), SETUPS, (steps, setup) => {
        const bench = settled(walk(steps, setup))
        for (let turn = 0; turn < 3 && !['idle', 'closed'].includes(bench.slot().stage); turn += 1) {
          for (const { clientOrderId, quantity } of requestsOf(bench.residual())) bench.fill(clientOrderId, formatDecimal(quantity), '2')
        }
        expect(tradeOf(settled(bench))).toEqual(tradeOf(given(setup)))
      }),
      RUNS,
    )
  })

  test('while reducing, no order is asked for that could grow the position or turn it over, and while halted none at all', () => {
    fc.assert(
      fc.property(walks(100), SETUPS, (steps, setup) => {
        const state = createState()
        for (const fact of walk([[24, 1, 9, 9], ...steps], setup).journal) {
          const { body } = fact
          if (body.type === 'ORDER_PREPARED') {
            expect(state.trading).not.toBe('halted')
            expect([state.halted, state.stopping]).toEqual([false, false])
            if (state.trading === 'reducing') expect(overshoot(state, body.request)).toBe(false)
          }
          apply(state, fact)
        }
      }),
      RUNS,
    )
  })

  test('K17 decide changes nothing: asked twice, it answers the same, and the state is as it was', () => {
    fc.assert(
      fc.property(walks(40), walks(8), SETUPS, (steps, asked, setup) => {
        const bench = walk(steps, setup)
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
      fc.property(walks(100), SETUPS, (steps, setup) => {
        const bench = walk(steps, setup)
        const trades = fillsOf(bench).map((fill) => `${fill.tradeId} ${fill.side}`)
        expect(new Set(trades).size).toBe(trades.length)
        const restarted = replay(bench.journal)
        const before = stateHash(restarted)
        for (const fill of [...fillsOf(bench), ...bench.facts('FILL_CONFIRMED')]) {
          const { clientOrderId, instrument, side } = fill
          if (clientOrderId === null || fill.tradeId.startsWith('inferred:')) continue
          const input = { type: 'FULL_FILL', clientOrderId, venueOrderId: null, instrument, side, fill } as const
          const facts = decide(restarted, { timeUs: 0, input })
          expect(facts.map((fact) => fact.body.type)).toEqual(['FILL_REPEATED'])
        }
        expect(stateHash(restarted)).toBe(before)
      }),
      RUNS,
    )
  })

  test('the facts as text give back the same state and the same hash, in whatever portions they are read', () => {
    fc.assert(
      fc.property(walks(100), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), SETUPS, (steps, sizes, setup) => {
        const bench = walk(steps, setup)
        const replayed = replay(bench.journal)
        expect(replayed).toStrictEqual(bench.state)
        const portions = createState()
        let at = 0
        for (let turn = 0; at < bench.journal.length; turn += 1) {
          const size = present(sizes[turn % sizes.length], 'size')
          const lines = bench.journal.slice(at, at + size).map((fact) => ({ ...fact, text: encodeFactBody(fact.body) }))
          for (const { seq, timeUs, text } of lines) apply(portions, { seq, timeUs, body: decodeFactBody(text) })
          at += size
        }
        expect(portions).toStrictEqual(bench.state)
        expect(new Set([bench.state, replayed, portions].map(stateHash)).size).toBe(1)
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

/** Whether an order, with all that works on its side, could take more than there is to take. */
function overshoot(state: KernelState, request: OrderRequest): boolean {
  const { instrument, positionSide, side, quantity } = request
  const held = state.positions.get(positionKey(instrument, positionSide))?.quantity ?? ZERO
  const beside = [...state.liveOrders.values()].filter(
    (order) => order.request.instrument === instrument && order.request.positionSide === positionSide && order.request.side === side,
  )
  const unfilled = beside.map((order) => max(sub(order.request.quantity, order.filledQuantity), ZERO))
  const takes = add(sum(unfilled), quantity)
  return side === 'buy' ? takes > neg(held) : takes > held
}
