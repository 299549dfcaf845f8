// What holds of an account after every fact, whatever happened. Reads state and journal; changes nothing.

import { expect } from 'vitest'
import { abs, add, type Decimal, mulDiv, neg, signOf, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import type { Side } from '../../../src/core/kernel/inputs.ts'
import { ORDER_LIVE } from '../../../src/core/kernel/order-table.ts'
import { type KernelState, type Position, positionKey, type Slot, tradeKey } from '../../../src/core/kernel/state.ts'

export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`)
  return value
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO
  for (const value of values) total = add(total, value)
  return total
}

/** What a trade lost without an exit of its own, unsigned: dust at its cost, and what reconcile closed at a value. */
export interface Aside {
  readonly dust: Decimal
  readonly dustCost: Decimal
  readonly closed: Decimal
  readonly closedValue: Decimal
}

const NOTHING: Aside = { dust: ZERO, dustCost: ZERO, closed: ZERO, closedValue: ZERO }

/** By `slotId#trade`: only the journal knows it, the slot has let go of it. */
export function asidesOf(journal: readonly Fact[]): Map<string, Aside> {
  const asides = new Map<string, Aside>()
  const sides = new Map<string, Side>()
  for (const { body } of journal) {
    if (body.type === 'TRADE_OPENED') sides.set(tradeKey(body.slotId, body.trade), body.side)
    if (body.type !== 'DUST_WRITTEN_OFF' && body.type !== 'EXPOSURE_ASSIGNED') continue
    const key = tradeKey(body.slotId ?? '', body.trade ?? 0)
    const before = asides.get(key) ?? NOTHING
    if (body.type === 'DUST_WRITTEN_OFF') {
      asides.set(key, { ...before, dust: add(before.dust, abs(body.quantity)), dustCost: add(before.dustCost, abs(body.cost)) })
    } else if (sides.get(key) === (body.quantity > ZERO ? 'sell' : 'buy')) {
      const closed = add(before.closed, abs(body.quantity))
      asides.set(key, { ...before, closed, closedValue: add(before.closedValue, body.tradeValue) })
    }
  }
  return asides
}

export function expectInvariants(state: KernelState, asides: ReadonlyMap<string, Aside> = new Map()): void {
  for (const [key, position] of state.positions) expectPosition(state, key, position)
  expectConversion(state)
  const live = [...state.orders.values()].filter((order) => ORDER_LIVE[order.status])
  expect(new Set(state.liveOrders.values())).toEqual(new Set(live))
  for (const [key, slot] of state.trades) {
    const inverse = slot.instrument !== null && present(state.instruments.get(slot.instrument), slot.instrument).kind === 'inverse'
    expectSlot(slot, inverse, asides.get(key) ?? NOTHING)
  }
  const totals = new Map<string, Decimal>()
  for (const [key, amount] of state.balances) {
    const asset = key.slice(key.indexOf('|') + 1)
    totals.set(asset, add(totals.get(asset) ?? ZERO, amount))
  }
  for (const [asset, total] of totals) expect(total, `${asset} balances`).toBe(ZERO)
}

function expectPosition(state: KernelState, key: string, position: Position): void {
  const { instrument, positionSide, quantity, cost, basisQuantity, basisCost } = position
  expect(key).toBe(positionKey(instrument, positionSide))
  expect(quantity, 'position = slots + quoted + unassigned').toBe(sum([position.inSlots, position.quoted, position.unassigned]))
  const trades = [...state.trades.values()].filter((slot) => slot.instrument === instrument && slot.positionSide === positionSide)
  const open = trades.map((slot) => (slot.side === 'sell' ? neg(slot.openSize) : slot.openSize))
  expect(position.inSlots, 'inSlots = Σ signed open sizes').toBe(sum(open))
  const dustIsPart =
    position.dust === ZERO || (signOf(position.dust) === signOf(position.unassigned) && abs(position.dust) <= abs(position.unassigned))
  expect(dustIsPart, 'dust is a part of the unassigned').toBe(true)
  if (quantity === ZERO) expect(cost, 'nothing open costs nothing').toBe(ZERO)
  else expect(cost, 'cost = the share of the basis that is still open').toBe(mulDiv(basisCost, quantity, basisQuantity))
}

/** The other side of every trade is exactly what is open: its size in one asset, its cost in the other. */
function expectConversion(state: KernelState): void {
  const expected = new Map<string, Decimal>()
  const expectIn = (asset: string, amount: Decimal) => expected.set(asset, add(expected.get(asset) ?? ZERO, amount))
  for (const { instrument, quantity, cost } of state.positions.values()) {
    const { kind, base, quote } = present(state.instruments.get(instrument), instrument)
    expectIn(base, neg(kind === 'inverse' ? cost : quantity))
    expectIn(quote, kind === 'inverse' ? quantity : cost)
  }
  for (const [asset, amount] of expected) expect(state.balances.get(`conversion|${asset}`) ?? ZERO, `conversion in ${asset}`).toBe(amount)
}

function expectSlot(slot: Slot, inverse: boolean, aside: Aside): void {
  expect(slot.openSize, 'open = entered − exited − dust').toBe(sub(sub(slot.entryQuantity, slot.exitQuantity), aside.dust))
  expect(slot.openSize >= ZERO, 'open size is never negative').toBe(true)
  expect(slot.exitQuantity, 'exits are their legs').toBe(sum([aside.closed, ...slot.legs.map((leg) => leg.filledQuantity)]))
  expect(slot.exitCost, 'exit value is that of its legs').toBe(sum([aside.closedValue, ...slot.legs.map((leg) => leg.filledCost)]))
  if (slot.openSize === ZERO) expect(slot.openCost, 'nothing open costs nothing').toBe(ZERO)
  else expect(slot.openCost, 'open cost = its share of the basis').toBe(mulDiv(slot.basisCost, slot.openSize, slot.basisSize))
  if (slot.stage === 'closed') expect([slot.openSize, slot.openCost]).toEqual([ZERO, ZERO])
  // What the exits brought, less the cost of what they closed; of inverse contracts, paid in base, the other way round.
  const gain = sub(slot.exitCost, sub(sub(slot.entryCost, slot.openCost), aside.dustCost))
  const signed = (slot.side === 'sell') === inverse ? gain : neg(gain)
  expect(slot.realizedPnl, 'realised = proceeds − cost of what was closed').toBe(signed)
}
