// A venue for recovery's tests: it holds what a test puts there, answers as the port says, and fails where it is told to.
// It judges nothing; it counts what it was sent.

import { DitaError, EXIT } from '../../../src/core/errors.ts'
import { add, type Decimal, dec, neg, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { PositionSide, Side } from '../../../src/core/kernel/inputs.ts'
import type { ReconcileVenue } from '../../../src/core/recovery/reconcile.ts'
import type { BooksQuestion, Effect, TimedVenueEvent, VenueBooks, VenueFillReport, VenueOrder } from '../../../src/core/venue/port.ts'
import { SYMBOL } from '../kernel/opening.ts'

export interface Clock {
  nowUs: number
}

interface HeldPosition {
  readonly instrument: string
  readonly positionSide: PositionSide
  quantity: Decimal
  averagePrice: Decimal | null
}

interface HeldOrder extends VenueOrder {
  /** Nobody is told of it before. */
  visibleFromUs: number
}

export class ScriptedVenue implements ReconcileVenue {
  readonly orders = new Map<string, HeldOrder>()
  readonly fills: VenueFillReport[] = []
  readonly positions = new Map<string, HeldPosition>()
  /** What fails, each time it is asked for; `find` is the question about one order. */
  readonly failing = new Set<'openOrders' | 'positions' | 'fills' | 'find'>()
  fillsComplete = true
  /** It tells no fills that are older. */
  keepsFillsUs = Number.POSITIVE_INFINITY
  /** Whether it takes cancels for what they are, or does nothing with them. */
  heedsCancels = true
  /** How often it was asked about an order, and what it was sent. */
  readonly asked: string[] = []
  readonly sent: Effect[] = []
  readonly events: TimedVenueEvent['event'][] = []
  looks = 0
  /** How long a look takes, and what happens before each of them, counted from 1. */
  lookUs = 0
  beforeLook: (count: number) => void = () => undefined
  readonly #clock: Clock
  #ids = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get cancels(): string[] {
    return this.sent.flatMap((effect) => (effect.type === 'cancel' ? [effect.clientOrderId] : []))
  }

  /** As if the order had arrived: the answer to it was lost. */
  accept(request: Pick<OrderRequest, 'clientOrderId' | 'instrument' | 'side' | 'quantity'>, visibleFromUs = 0): HeldOrder {
    this.#ids += 1
    const { clientOrderId, instrument, side, quantity } = request
    const order: HeldOrder = {
      clientOrderId,
      venueOrderId: `v${this.#ids}`,
      instrument,
      side,
      quantity,
      filledQuantity: ZERO,
      averagePrice: null,
      status: 'open',
      words: 'NEW',
      createdUs: null,
      visibleFromUs,
    }
    this.orders.set(clientOrderId, order)
    return order
  }

  /** Somebody's order by hand, without an id of ours. */
  foreign(clientOrderId: string, side: Side = 'buy', quantity = '7'): HeldOrder {
    return this.accept({ clientOrderId, instrument: SYMBOL, side, quantity: dec(quantity) })
  }

  change(clientOrderId: string, changes: Partial<HeldOrder>): void {
    const order = this.orders.get(clientOrderId)
    if (order !== undefined) this.orders.set(clientOrderId, { ...order, ...changes })
  }

  /** Fills an order: its totals, its position, and the list of fills unless that one is to be lost. */
  fill(clientOrderId: string, quantity: string, price: string, words: { tradeId?: string; listed?: boolean; timeUs?: number } = {}): void {
    const order = this.orders.get(clientOrderId) as HeldOrder
    const filledQuantity = add(order.filledQuantity, dec(quantity))
    const isFull = filledQuantity >= order.quantity
    this.change(clientOrderId, {
      filledQuantity,
      averagePrice: dec(price),
      status: isFull ? 'filled' : order.status,
      words: isFull ? 'FILLED' : 'PARTIALLY_FILLED',
    })
    this.move(order.side === 'buy' ? dec(quantity) : neg(dec(quantity)), price)
    if (words.listed === false) return
    const { venueOrderId, instrument, side } = order
    const fill = {
      tradeId: words.tradeId ?? `t${this.fills.length + 1}`,
      price: dec(price),
      quantity: dec(quantity),
      fee: dec('0.01'),
      feeAsset: 'RLUSD',
      liquidity: null,
    }
    this.fills.push({ timeUs: words.timeUs ?? this.#clock.nowUs, clientOrderId, venueOrderId, instrument, side, fill })
  }

  move(change: Decimal, price: string, instrument = SYMBOL): void {
    const held = this.positions.get(instrument) ?? { instrument, positionSide: 'net', quantity: ZERO, averagePrice: null }
    this.positions.set(instrument, { ...held, quantity: add(held.quantity, change), averagePrice: dec(price) })
  }

  async lookAtBooks({ fillsFromUs }: BooksQuestion, signal: AbortSignal): Promise<VenueBooks> {
    signal.throwIfAborted()
    this.looks += 1
    this.beforeLook(this.looks)
    const asOfUs = this.#clock.nowUs
    this.#clock.nowUs += this.lookUs
    const fromUs = Math.max(fillsFromUs, asOfUs - this.keepsFillsUs)
    const list = this.fills.filter(({ timeUs }) => timeUs >= fromUs)
    const fails = (part: 'openOrders' | 'positions' | 'fills') => this.failing.has(part)
    return {
      asOfUs,
      openOrders: fails('openOrders') ? null : this.#visible().filter(({ status }) => status === 'open'),
      positions: fails('positions') ? null : [...this.positions.values()].filter(({ quantity }) => quantity !== ZERO),
      fills: fails('fills') ? null : { fromUs, untilUs: asOfUs, complete: this.fillsComplete, list },
      balances: null,
      failures: [...this.failing].map((part) => `The ${part} could not be had.`),
    }
  }

  async findOrder({ clientOrderId }: { clientOrderId: string }, signal: AbortSignal): Promise<VenueOrder | null> {
    signal.throwIfAborted()
    this.asked.push(clientOrderId)
    if (this.failing.has('find')) throw unreachable()
    return this.#visible().find((order) => order.clientOrderId === clientOrderId) ?? null
  }

  send(effect: Effect): void {
    this.sent.push(effect)
    if (effect.type === 'submit') throw new Error('recovery must never send an order')
    const order = this.orders.get(effect.clientOrderId)
    if (order === undefined) {
      if (effect.type === 'query')
        this.events.push({ type: 'ORDER_NOT_FOUND', clientOrderId: effect.clientOrderId, venueTimeUs: this.#clock.nowUs })
      return
    }
    const { clientOrderId, venueOrderId, filledQuantity } = order
    if (effect.type === 'query') {
      this.events.push({
        type: order.status === 'canceled' ? 'CANCEL_ACK' : 'ORDER_ACK',
        clientOrderId,
        venueOrderId,
        totalFilled: filledQuantity,
      })
    } else if (this.heedsCancels && order.status === 'open') {
      this.change(effect.clientOrderId, { status: 'canceled', words: 'CANCELED' })
      this.events.push({ type: 'CANCEL_ACK', clientOrderId, venueOrderId, totalFilled: filledQuantity })
    }
  }

  take(nowUs: number): TimedVenueEvent[] {
    return this.events.splice(0).map((event) => ({ timeUs: nowUs, event }))
  }

  #visible(): HeldOrder[] {
    return [...this.orders.values()].filter(({ visibleFromUs }) => visibleFromUs <= this.#clock.nowUs)
  }
}

function unreachable(): DitaError {
  const next = 'Try again.'
  return new DitaError('VENUE_UNREACHABLE', { fault: 'venue', exitCode: EXIT.unreachable, message: 'The venue did not answer.', next })
}
