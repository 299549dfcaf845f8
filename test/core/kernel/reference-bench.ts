// Drives the kernel and the reference model side by side, and compares them after every input; checks what must hold after
// every single fact. Never reaches past decide and apply.

import { expect } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { type Decimal, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, FactOf, FactType } from '../../../src/core/kernel/facts.ts'
import type { Intent, KernelInput, Operation, VenueEvent } from '../../../src/core/kernel/inputs.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import { hearVenue, operate } from './reference-events.ts'
import { type Decided, promise, want } from './reference-intents.ts'
import { type Booking, DEAD, keyOf, Reference } from './reference-model.ts'
import { exact, type Rational } from './reference-rational.ts'

export const INTENTS: ReadonlySet<string> = new Set<Intent['type']>([
  'ENTER',
  'EXIT',
  'EXIT_RESIDUAL',
  'QUOTE',
  'CANCEL',
  'MARK_PRICE',
  'CONTROL',
  'RECONCILE',
])
export const OPERATIONS: ReadonlySet<string> = new Set<Operation['type']>([
  'OPEN_SESSION',
  'LIST_INSTRUMENT',
  'HALT_SESSION',
  'FLOW_CAPITAL',
  'VALUE_ASSET',
  'NOTE_SUBMIT',
  'NOTE_CANCEL',
  'OBSERVE_MARKET',
  'REPORT_FEED',
  'FLAG_RISK',
])

/** One account, kept twice. */
export class ReferenceBench {
  readonly state: KernelState = createState()
  readonly reference = new Reference()
  readonly journal: Fact[] = []
  timeUs = 1_700_000_000_000_000

  /** Tells both, compares them, and returns the kernel's facts. */
  when(input: KernelInput, waitUs = 1): readonly FactBody[] {
    this.timeUs += waitUs
    const facts = decide(this.state, { timeUs: this.timeUs, input })
    for (const fact of facts) {
      apply(this.state, fact)
      expectBalanced(fact.body)
      expectIdentity(this.state)
    }
    this.journal.push(...facts)
    const bodies = facts.map(({ body }) => body)
    this.#tellReference(input, bodies)
    expect([...differences(this.state, this.reference), ...bookingDifferences(bodies, this.reference.bookings)]).toEqual([])
    return bodies
  }

  facts<Type extends FactType>(type: Type): FactOf<Type>[] {
    return this.journal.flatMap(({ body }) => (body.type === type ? [body as unknown as FactOf<Type>] : []))
  }

  #tellReference(input: KernelInput, bodies: readonly FactBody[]): void {
    const { reference } = this
    const decided = decidedBy(bodies)
    reference.bookings = []
    reference.nowUs = this.timeUs
    if (INTENTS.has(input.type)) {
      const verdict = want(reference, input as Intent, decided)
      if (verdict !== 'either') promise(decided.denied === (verdict === 'denied'), `${input.type} is to be ${verdict}`)
    } else {
      promise(decided.requests.length === 0, 'only intents prepare orders')
      if (!OPERATIONS.has(input.type)) hearVenue(reference, input as VenueEvent)
      else if (!decided.denied) operate(reference, input as Operation)
    }
    this.#bind(input)
  }

  /** Venue order ids are bound once, to what the venue called them: the model follows the kernel where that holds. */
  #bind(input: KernelInput): void {
    const named = input.type === 'SNAPSHOT' ? input.openOrders : 'venueOrderId' in input ? [input] : []
    for (const [id, order] of this.reference.orders) {
      const bound = this.state.orders.get(id)?.venueOrderId ?? null
      if (bound === order.venueOrderId) continue
      promise(order.venueOrderId === null && named.some(({ venueOrderId }) => venueOrderId === bound), 'K11 a venue order id is bound once')
      order.venueOrderId = bound
    }
  }
}

function decidedBy(bodies: readonly FactBody[]): Decided {
  return {
    requests: bodies.flatMap((body) => (body.type === 'ORDER_PREPARED' ? [body.request] : [])),
    cancels: bodies.flatMap((body) => (body.type === 'CANCEL_MOVED' && body.to === 'requested' ? [body.clientOrderId] : [])),
    writtenOff: bodies.flatMap((body) => (body.type === 'DUST_WRITTEN_OFF' ? [body.slotId] : [])),
    denied: bodies.some((body) => body.type === 'INTENT_DENIED'),
    codes: bodies.flatMap((body) => (body.type === 'INTENT_DENIED' ? [body.code] : [])),
  }
}

/** The postings of one fact sum to zero, asset by asset. */
export function expectBalanced(body: FactBody): void {
  if (!('postings' in body)) return
  const sums = new Map<string, bigint>()
  for (const { asset, amount } of body.postings) sums.set(asset, (sums.get(asset) ?? 0n) + amount)
  for (const [asset, sum] of sums) expect(sum, `postings of ${body.type} in ${asset}`).toBe(0n)
}

/** Whose a position is: slots, quotes, or nobody's; and dust is a part of what is nobody's. */
export function expectIdentity(state: KernelState): void {
  for (const position of state.positions.values()) {
    const { quantity, inSlots, quoted, unassigned, dust, instrument, positionSide } = position
    if (quantity !== inSlots + quoted + unassigned) expect(position, 'quantity = in slots + quoted + unassigned').toBeNull()
    let open = 0n
    for (const slot of state.trades.values()) {
      if (slot.instrument === instrument && slot.positionSide === positionSide) open += slot.side === 'buy' ? slot.openSize : -slot.openSize
    }
    if (inSlots !== open) expect(position, `in slots = Σ open sizes = ${formatDecimal(open as Decimal)}`).toBeNull()
    const within = dust === 0n || (dust > 0n ? unassigned >= dust : unassigned <= dust)
    if (!within) expect(position, 'dust is a part of the unassigned').toBeNull()
    if (quantity === 0n && position.cost !== 0n) expect(position, 'nothing open costs nothing').toBeNull()
  }
}

/** Collects what the kernel and the model hold differently, a line each. */
class Comparison {
  readonly lines: string[] = []

  amount(what: string, kernel: Decimal | undefined, model: Rational): void {
    if (kernel === undefined || !exact(kernel).is(model))
      this.lines.push(`${what}: kernel ${kernel === undefined ? 'nothing' : formatDecimal(kernel)}, model ${model}`)
  }

  word(what: string, kernel: unknown, model: unknown): void {
    if (kernel !== model) this.lines.push(`${what}: kernel ${String(kernel)}, model ${String(model)}`)
  }
}

function differences(state: KernelState, reference: Reference): string[] {
  const compared = new Comparison()
  compared.word('halted', state.halted, reference.halted)
  compared.word('trading', state.trading, reference.trading)
  compared.word('stopping', state.stopping, reference.stopping)
  compareOrders(compared, state, reference)
  compareTrades(compared, state, reference)
  comparePositions(compared, state, reference)
  const balances = new Map(reference.balances.entries())
  for (const [key, amount] of state.balances) {
    compared.word(`balance ${key}`, `${exact(amount)}`, balances.get(key) ?? '0')
    balances.delete(key)
  }
  for (const [key, amount] of balances) compared.word(`balance ${key}`, 'nothing', amount)
  compared.word('fills', state.fills.size, reference.fills.size)
  compared.word('fundings', state.fundings.size, reference.fundings.size)
  for (const [key, price] of reference.prices)
    compared.amount(`price ${key}`, state.assetPrices.get((JSON.parse(key) as string[]).join('|')), price)
  return compared.lines
}

function compareOrders(compared: Comparison, state: KernelState, reference: Reference): void {
  compared.word('orders', state.orders.size, reference.orders.size)
  let live = 0
  for (const [id, order] of reference.orders) {
    const own = state.orders.get(id)
    const name = `order ${order.request.role} ${id}`
    compared.word(`${name} status`, own?.status, order.status)
    compared.word(`${name} cancel`, own?.cancel, order.cancel)
    compared.word(`${name} live`, state.liveOrders.has(id), !DEAD.has(order.status))
    compared.amount(`${name} filled`, own?.filledQuantity, order.filled)
    compared.amount(`${name} filled for`, own?.filledCost, order.filledFor)
    compared.amount(`${name} inferred`, own?.inferredQuantity, order.inferred)
    if (!DEAD.has(order.status)) live += 1
  }
  compared.word('live orders', state.liveOrders.size, live)
}

function compareTrades(compared: Comparison, state: KernelState, reference: Reference): void {
  compared.word('trades', state.trades.size, reference.trades.size)
  for (const trade of reference.trades.values()) {
    const own = state.trades.get(`${trade.slotId}#${trade.trade}`)
    const name = `trade ${trade.slotId}#${trade.trade}`
    if (reference.slots.get(trade.slotId) === trade) compared.word(`${name} is its slot's last`, state.slots.get(trade.slotId), own)
    compared.word(`${name} side`, own?.side, trade.side)
    compared.word(`${name} closed`, own?.stage === 'closed', trade.closed)
    compared.amount(`${name} open`, own?.openSize, trade.book.quantity.size())
    compared.amount(`${name} open for`, own?.openCost, trade.book.cost.size())
    compared.amount(`${name} entered`, own?.entryQuantity, trade.entered)
    compared.amount(`${name} entered for`, own?.entryCost, trade.enteredFor)
    compared.amount(`${name} exited`, own?.exitQuantity, trade.exited)
    compared.amount(`${name} exited for`, own?.exitCost, trade.exitedFor)
    compared.amount(`${name} realised`, own?.realizedPnl, trade.book.realized)
  }
}

function comparePositions(compared: Comparison, state: KernelState, reference: Reference): void {
  const keys = new Set([...state.positions.values()].map(({ instrument, positionSide }) => keyOf(instrument, positionSide)))
  for (const key of reference.positions.keys()) keys.add(key)
  for (const key of keys) {
    const [instrument, side] = JSON.parse(key) as [string, 'net' | 'long' | 'short']
    const position = reference.position(instrument, side)
    const own = state.positions.get(side === 'net' ? instrument : `${instrument}#${side}`)
    if (own === undefined && position.book.quantity.isZero()) continue
    const name = `position ${instrument} ${side}`
    compared.amount(`${name} quantity`, own?.quantity, position.book.quantity)
    compared.amount(`${name} cost`, own?.cost, position.book.cost)
    compared.amount(`${name} realised`, own?.realizedPnl, position.book.realized)
    compared.amount(`${name} in slots`, own?.inSlots, reference.inSlots(position))
    compared.amount(`${name} quoted`, own?.quoted, position.quoted)
    compared.amount(`${name} unassigned`, own?.unassigned, position.unassigned)
    compared.amount(`${name} dust`, own?.dust, position.dust)
    if (own !== undefined)
      compared.word(`${name} venues`, own.venues === null ? 'ours' : `${exact(own.venues)}`, `${position.venues ?? 'ours'}`)
    const mark = reference.marks.get(instrument)
    if (mark !== undefined) compared.amount(`${name} mark`, own?.mark ?? undefined, mark)
  }
}

/** The fills that were booked, and what each of their facts says of them. */
function bookingDifferences(bodies: readonly FactBody[], bookings: readonly Booking[]): string[] {
  const compared = new Comparison()
  const booked = bodies.flatMap((body) => (body.type === 'FILL_BOOKED' ? [body] : []))
  compared.word('fills booked', booked.length, bookings.length)
  for (const [index, booking] of bookings.entries()) {
    const fact = booked[index]
    const name = `fill ${booking.tradeId}`
    compared.amount(`${name} value`, fact?.tradeValue, booking.value)
    compared.amount(`${name} realised`, fact?.realizedPnl, booking.profit)
    compared.amount(`${name} slot realised`, fact?.slotRealizedPnl, booking.slotProfit)
    compared.amount(`${name} assigned`, fact?.assigned, booking.assigned)
    compared.amount(`${name} unassigned`, fact?.unassigned, booking.unassigned)
    if (fact?.inferred !== true) compared.word(`${name} fee price`, priceText(fact?.feePrice), `${booking.feePrice}`)
  }
  return compared.lines
}

function priceText(price: Decimal | null | undefined): string {
  return price === null || price === undefined ? 'null' : `${exact(price)}`
}
