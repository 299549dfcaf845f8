// A careful reconciler: compares what the venue reports with the books, and says what follows, with the evidence it has.
// It changes nothing itself, and acts on no answer that it did not get.

import { add, type Decimal, sub, truncateToStep, ZERO } from '../../src/core/kernel/decimal.ts'
import type { KernelInput, ReconcileAction, SnapshotPosition } from '../../src/core/kernel/inputs.ts'
import type { KernelState } from '../../src/core/kernel/state.ts'
import type { OrderView, PositionView } from '../../src/core/kernel/views.ts'
import type { Faults } from './faults.ts'
import type { Market } from './market.ts'
import type { Random } from './random.ts'
import type { AccountReport, FillEvent, OrderReport, ReportedOrder } from './venue-words.ts'

const DOUBT_TOO_LONG_US = 20_000_000

export class Reconciler {
  readonly #random: Random
  readonly #faults: Faults
  readonly #market: Market
  /** When we asked about an order and the venue found nothing, since it last found something. */
  readonly #silences = new Map<string, number[]>()
  #adjustments = 0

  constructor({ random, faults, market }: { random: Random; faults: Faults; market: Market }) {
    this.#random = random
    this.#faults = faults
    this.#market = market
  }

  /** The engine was stopped: what was heard and not journaled is gone. */
  forget(): void {
    this.#silences.clear()
  }

  hearOrder(report: OrderReport, state: KernelState): KernelInput[] {
    const { clientOrderId } = report
    const order = state.orders.get(clientOrderId)
    if (order === undefined) return []
    if (report.order !== null) {
      this.#silences.delete(clientOrderId)
      return this.#found(order, report.order, state)
    }
    const asked = [...(this.#silences.get(clientOrderId) ?? []), report.askedAtUs]
    this.#silences.set(clientOrderId, asked)
    return this.#notFound(order, asked, report.venueTimeUs, state)
  }

  hearAccount(report: AccountReport, state: KernelState): KernelInput[] {
    const unknown = report.fills.filter((event) => !isBooked(state, event))
    // A fill of which nobody says whose it is may be of an order of ours that is not bound yet: it waits for a better answer.
    const named = unknown.filter(
      ({ clientOrderId, venueOrderId }) => clientOrderId !== null || state.clientIdByVenueId.has(venueOrderId ?? ''),
    )
    const inputs: KernelInput[] = [...this.#paymentsOf(report, state), ...named.map((event) => this.#bookingOf(event, state))]
    for (const position of state.positions.values()) {
      const adjustment = this.#adjustment(position, report, unknown, state)
      if (adjustment !== null) inputs.push(adjustment)
    }
    return inputs
  }

  /** The orders whose totals at the venue are not ours: asked about one by one, before any position is believed. */
  behind({ totals }: AccountReport, state: KernelState): string[] {
    return [...totals].filter(([id, filled]) => filled > (state.orders.get(id)?.filledQuantity ?? filled)).map(([id]) => id)
  }

  /** What it does without being told anything: gives up on long doubts, and finds an owner for what has none. */
  review(state: KernelState, nowUs: number): KernelInput[] {
    const inputs: KernelInput[] = []
    for (const [clientOrderId, order] of state.liveOrders) {
      if (order.status !== 'in_doubt' || nowUs - order.updatedAtUs < DOUBT_TOO_LONG_US || !this.#random.chance(0.2)) continue
      inputs.push(reconcile({ action: 'quarantine', clientOrderId }, 'no answer for 20 s'))
    }
    for (const [clientOrderId, { status, venueOrderId }] of state.liveOrders) {
      // The venue has, or had, this one: no silence proves it absent, and who says so must be refused.
      if (status !== 'in_doubt' || venueOrderId === null || !this.#faults.happens('careless_reconcile', 0.1)) continue
      const silence = { venueTimeUs: nowUs + 10 ** 9, askedAtUs: [nowUs + 10 ** 8, nowUs + 10 ** 9] }
      inputs.push(reconcile({ action: 'mark_absent', clientOrderId, ...silence }, 'a hunch'))
    }
    for (const position of state.positions.values()) {
      const { unassigned, dust } = position
      if (unassigned !== dust && this.#random.chance(0.35)) inputs.push(this.#assignment(position, state))
    }
    return inputs
  }

  #notFound(order: OrderView, asked: readonly number[], venueTimeUs: number, state: KernelState): KernelInput[] {
    const { clientOrderId, validUntilUs } = order.request
    const { session } = state
    if (session === null || (order.status !== 'in_doubt' && order.status !== 'quarantined')) return []
    const late = asked.filter((timeUs) => timeUs > validUntilUs)
    const spacedUs = Math.max(...late) - Math.min(...late)
    const proved = late.length >= 2 && spacedUs >= session.querySpacingUs && venueTimeUs > validUntilUs + session.absenceMarginUs
    const untouched = order.venueOrderId === null && order.filledQuantity === ZERO
    const impatient = this.#faults.happens('careless_reconcile', 0.1)
    if (!impatient && !(proved && untouched)) return []
    return [reconcile({ action: 'mark_absent', clientOrderId, venueTimeUs, askedAtUs: asked }, `not found ${asked.length} times`)]
  }

  #found(order: OrderView, report: ReportedOrder, state: KernelState): KernelInput[] {
    const { clientOrderId } = order.request
    // The question named the order, whatever the answer calls it.
    const missing = report.fills.filter((event) => !isBooked(state, event)).map((event) => ({ ...event, clientOrderId }))
    const inputs = missing.map((event) => this.#bookingOf(event, state))
    // While a part of the order is inferred, what comes in explains that part, and adds nothing.
    const explained = order.inferredQuantity === ZERO ? missing : []
    const known = explained.reduce((sum, event) => add(sum, event.fill.quantity), order.filledQuantity)
    const { status, filledQuantity, averagePrice, word } = report
    const isBehind = filledQuantity > known
    if (status !== 'open' && (isBehind || this.#random.chance(0.2))) {
      const settled: ReconcileAction = { action: 'settle_order', clientOrderId, outcome: status, filledQuantity, averagePrice }
      return [...inputs, reconcile(settled, `the venue says ${status}`)]
    }
    return word === null ? inputs : [...inputs, word]
  }

  /** What was paid and is not booked; now and then something that is. */
  #paymentsOf({ fundings }: AccountReport, state: KernelState): KernelInput[] {
    return fundings.filter(({ instrument, fundingId }) => !state.fundings.has(`${instrument}|${fundingId}`) || this.#random.chance(0.02))
  }

  /** Ours as the event that we missed, or by reconcile; somebody else's only by reconcile. */
  #bookingOf(event: FillEvent, state: KernelState): KernelInput {
    const { clientOrderId, venueOrderId } = event
    const ours = clientOrderId === null ? state.clientIdByVenueId.has(venueOrderId ?? '') : state.orders.has(clientOrderId)
    if (ours && this.#random.chance(0.6)) return event
    const { type: _, totalFilled: __, ...report } = event
    return reconcile({ action: 'book_fill', ...report }, 'in the list of trades')
  }

  /** Only where every fill and every total is in the books already, and nothing has moved since the venue looked. */
  #adjustment(position: PositionView, report: AccountReport, unknown: readonly FillEvent[], state: KernelState): KernelInput | null {
    const { instrument, positionSide, quantity, updatedAtUs } = position
    // A query that failed is not the same as flat.
    if (report.positions === null || updatedAtUs >= report.asOfUs) return null
    const theirs = report.positions.find((other) => other.instrument === instrument && other.positionSide === positionSide)
    if ((theirs?.quantity ?? ZERO) === quantity || unknown.some((event) => event.instrument === instrument)) return null
    for (const { request, filledQuantity } of state.orders.values()) {
      if (request.instrument === instrument && (report.totals.get(request.clientOrderId) ?? ZERO) !== filledQuantity) return null
    }
    this.#adjustments += 1
    return reconcile(this.#adjustTo(position, theirs, `${report.asOfUs}-${this.#adjustments}`), 'no fill explains the difference')
  }

  #adjustTo({ instrument, positionSide }: PositionView, theirs: SnapshotPosition | undefined, adjustmentId: string): ReconcileAction {
    const averagePrice = this.#random.chance(0.1) ? null : (theirs?.averagePrice ?? null)
    return { action: 'adjust_position', adjustmentId, instrument, positionSide, quantity: theirs?.quantity ?? ZERO, averagePrice }
  }

  #assignment({ instrument, positionSide, unassigned }: PositionView, state: KernelState): KernelInput {
    const { lotSize } = this.#market.listing(instrument).instrument
    const part = truncateToStep((unassigned / 2n) as Decimal, lotSize)
    const quantity = part !== ZERO && this.#random.chance(0.3) ? part : unassigned
    const holding = [...state.slots.values()].filter((other) => other.instrument === instrument && other.openSize > ZERO)
    const slots = holding.length > 0 && this.#random.chance(0.5) ? holding : [...state.slots.values()]
    const slotId = positionSide === 'net' && this.#random.chance(0.25) ? null : this.#random.pick(slots).slotId
    const slot = slotId === null ? undefined : state.slots.get(slotId)
    // Against a slot no more than it holds can be closed.
    const against = slot !== undefined && slot.openSize > ZERO && (slot.side === 'buy') !== quantity > ZERO
    const most = against && quantity > ZERO ? slot.openSize : against ? sub(ZERO, slot.openSize) : quantity
    const fitting = against && (quantity > ZERO ? most < quantity : most > quantity) ? most : quantity
    const price = against || this.#random.chance(0.5) ? this.#market.mid(instrument) : null
    const assigned: ReconcileAction = { action: 'assign', instrument, positionSide, quantity: fitting, slotId, price }
    return reconcile(assigned, 'decided by hand')
  }
}

function reconcile(action: ReconcileAction, evidence: string): KernelInput {
  return { type: 'RECONCILE', evidence, ...action }
}

function isBooked(state: KernelState, { instrument, side, fill }: FillEvent): boolean {
  return state.fills.has(`${instrument}|${fill.tradeId}|${side}`)
}
