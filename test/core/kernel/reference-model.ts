// A second kernel, written from the specification alone and kept in the plainest way: what is filled, who it belongs to, and
// what it cost. Knows nothing of the kernel's code but its tables, which are the specification of a status.

import type { OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { OrderReference, PositionSide, SessionOpening, Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { type CancelState, ORDER_TABLE, type OrderStatus, type OrderTrigger } from '../../../src/core/kernel/order-table.ts'
import type { TradingState } from '../../../src/core/kernel/trading-table.ts'
import { Balances, type CostBook, emptyBook, settle, trade as tradeInBook, valueOfPart } from './reference-books.ts'
import { exact, NOTHING, type Rational, smaller, total } from './reference-rational.ts'

export interface ReferenceOrder {
  readonly request: OrderRequest
  status: OrderStatus
  cancel: CancelState
  venueOrderId: string | null
  filled: Rational
  filledFor: Rational
  inferred: Rational
  touchedUs: number
}

/** One trade of a slot. Once closed it takes nothing any more. */
export interface ReferenceTrade {
  readonly slotId: string
  readonly trade: number
  readonly instrument: string
  readonly positionSide: PositionSide
  readonly side: Side
  readonly book: CostBook
  entered: Rational
  enteredFor: Rational
  exited: Rational
  exitedFor: Rational
  /** Fees that its own fills took out of the coins it holds. */
  feesInKind: Rational
  closed: boolean
}

export interface ReferencePosition {
  readonly instrument: string
  readonly positionSide: PositionSide
  readonly book: CostBook
  quoted: Rational
  unassigned: Rational
  dust: Rational
  /** What the venue says it is, where that is another and nothing explains it. */
  venues: Rational | null
  touchedUs: number
}

/** A fill as it is to be booked, wherever it came from. */
export interface Execution {
  readonly order: ReferenceOrder | null
  readonly instrument: Instrument
  readonly positionSide: PositionSide
  readonly side: Side
  readonly tradeId: string
  readonly price: Rational
  readonly quantity: Rational
  readonly value: Rational
  readonly fee: Rational
  readonly feeAsset: string
}

/** What booking a fill came to: the numbers that its fact has to carry. */
export interface Booking {
  readonly tradeId: string
  readonly value: Rational
  readonly profit: Rational
  readonly slotProfit: Rational
  readonly assigned: Rational
  readonly unassigned: Rational
  readonly feePrice: Rational | null
}

export const DEAD: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['filled', 'canceled', 'expired', 'rejected', 'absent'])

export const keyOf = (...words: readonly unknown[]): string => JSON.stringify(words)

export const signed = (side: Side, size: Rational): Rational => (side === 'buy' ? size : size.negated())

export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy')

export class Reference {
  session: SessionOpening | null = null
  halted = true
  stopping = false
  trading: TradingState = 'halted'
  nowUs = 0
  readonly instruments = new Map<string, Instrument>()
  /** The positions that can be held: of each instrument by the mode it was listed in. */
  readonly listed = new Set<string>()
  readonly marks = new Map<string, Rational>()
  /** By asset and quote. */
  readonly prices = new Map<string, Rational>()
  readonly orders = new Map<string, ReferenceOrder>()
  readonly trades = new Map<string, ReferenceTrade>()
  /** The last trade of each slot. */
  readonly slots = new Map<string, ReferenceTrade>()
  readonly positions = new Map<string, ReferencePosition>()
  readonly balances = new Balances()
  readonly fills = new Set<string>()
  readonly fundings = new Set<string>()
  /** What the last input booked. */
  bookings: Booking[] = []

  position(instrument: string, positionSide: PositionSide): ReferencePosition {
    const key = keyOf(instrument, positionSide)
    const known = this.positions.get(key)
    if (known !== undefined) return known
    const position: ReferencePosition = {
      instrument,
      positionSide,
      book: emptyBook(),
      quoted: NOTHING,
      unassigned: NOTHING,
      dust: NOTHING,
      venues: null,
      touchedUs: 0,
    }
    this.positions.set(key, position)
    return position
  }

  inSlots({ instrument, positionSide }: ReferencePosition): Rational {
    const own = [...this.trades.values()].filter((trade) => trade.instrument === instrument && trade.positionSide === positionSide)
    return total(own.map((trade) => trade.book.quantity))
  }

  /** Live at the venue, or not known not to be. */
  liveOrders(): ReferenceOrder[] {
    return [...this.orders.values()].filter((order) => !DEAD.has(order.status))
  }

  liveOrdersOf({ slotId, trade }: ReferenceTrade): ReferenceOrder[] {
    return this.liveOrders().filter(({ request }) => request.slotId === slotId && request.trade === trade)
  }

  /** Neither id may speak against the other; what matches nothing touches nothing. */
  match({ clientOrderId, venueOrderId }: OrderReference): ReferenceOrder | null {
    const owner = [...this.orders.values()].find((order) => venueOrderId !== null && order.venueOrderId === venueOrderId) ?? null
    if (clientOrderId === null) return owner
    const order = this.orders.get(clientOrderId) ?? null
    if (order === null || venueOrderId === null) return order
    if (order.venueOrderId !== null && order.venueOrderId !== venueOrderId) return null
    return owner === null || owner === order ? order : null
  }

  /** The open trade an order was for; null for quotes, and once the trade is closed. */
  tradeOf(order: ReferenceOrder): ReferenceTrade | null {
    const { slotId, trade } = order.request
    const found = slotId === null ? undefined : this.trades.get(keyOf(slotId, trade))
    return found === undefined || found.closed ? null : found
  }

  openTrade(
    trade: Omit<ReferenceTrade, 'book' | 'entered' | 'enteredFor' | 'exited' | 'exitedFor' | 'feesInKind' | 'closed'>,
  ): ReferenceTrade {
    const opened = {
      ...trade,
      book: emptyBook(),
      entered: NOTHING,
      enteredFor: NOTHING,
      feesInKind: NOTHING,
      exited: NOTHING,
      exitedFor: NOTHING,
      closed: false,
    }
    this.trades.set(keyOf(trade.slotId, trade.trade), opened)
    this.slots.set(trade.slotId, opened)
    return opened
  }

  /** A trade is over for good as soon as nothing of it is open and none of its entries can fill any more. */
  closeTrades(): void {
    for (const trade of this.trades.values()) {
      const entryLives = this.liveOrdersOf(trade).some((order) => order.request.role === 'entry')
      if (trade.closed || !trade.book.quantity.isZero() || entryLives) continue
      trade.closed = true
      // Whatever still works would open what it closes on nobody's behalf.
      for (const order of this.liveOrdersOf(trade)) this.askCancel(order)
    }
  }

  list(instrument: Instrument): void {
    this.instruments.set(instrument.symbol, instrument)
    const hedged = this.session?.positionMode === 'hedge' && instrument.kind !== 'spot'
    for (const side of hedged ? ['long', 'short'] : ['net']) this.listed.add(keyOf(instrument.symbol, side))
  }

  /** What a trigger makes of an order, by the table; one with fills or a name at the venue was accepted, whatever is said later. */
  follow(order: ReferenceOrder, trigger: OrderTrigger): void {
    const cell = ORDER_TABLE[order.status][trigger]
    const filled = !order.filled.isZero()
    const before = order.status
    if (cell === 'acked') order.status = filled ? 'partially_filled' : 'acked'
    else if (cell === 'rejected') order.status = filled || order.venueOrderId !== null ? 'in_doubt' : 'rejected'
    else if (cell !== 'same' && cell !== 'conflict') order.status = cell
    if (order.status !== before) order.touchedUs = this.nowUs
    if (DEAD.has(order.status)) order.cancel = 'none'
    else if (order.cancel === 'in_doubt' && (trigger === 'ack' || trigger === 'found')) order.cancel = 'refused'
    this.closeTrades()
  }

  askCancel(order: ReferenceOrder): void {
    if (!DEAD.has(order.status) && !isCancelPending(order)) order.cancel = 'requested'
  }

  payFee(asset: string, fee: Rational): void {
    this.balances.move(asset, fee, { from: 'wallet', to: 'fees' })
  }

  book(execution: Execution): void {
    const { order, instrument, side, quantity, value } = execution
    const { kind } = instrument
    const trade = order === null ? null : this.tradeOf(order)
    this.fills.add(keyOf(instrument.symbol, execution.tradeId, side))
    const position = this.position(instrument.symbol, execution.positionSide)
    const traded = { kind, quantity: signed(side, quantity), value }
    const profit = tradeInBook(position.book, traded)
    position.touchedUs = this.nowUs
    if (position.venues?.is(position.book.quantity) === true) position.venues = null
    settle(this.balances, instrument, traded, profit)
    this.payFee(execution.feeAsset, execution.fee)
    const { assigned, slotProfit } = this.#share(execution, position)
    const unassigned = traded.quantity.minus(assigned)
    this.changeUnassigned(position, unassigned)
    const feePrice = this.feePriceOf(execution)
    this.bookings.push({ tradeId: execution.tradeId, value, profit, slotProfit, assigned, unassigned, feePrice })
    if (order === null) return
    const inKind = trade !== null && !assigned.isZero() && execution.feeAsset === instrument.base
    if (inKind) trade.feesInKind = trade.feesInKind.plus(execution.fee)
    order.touchedUs = this.nowUs
    order.filled = order.filled.plus(quantity)
    order.filledFor = order.filledFor.plus(value)
    this.follow(
      order,
      order.filled.above(exact(order.request.quantity)) || order.filled.is(exact(order.request.quantity)) ? 'fillAll' : 'fillPart',
    )
  }

  /** Quotes keep their fills, an entry's belong to its trade, an exit closes at most what is open; nothing explains the rest. */
  #share({ order, instrument, side, quantity, value }: Execution, position: ReferencePosition) {
    const nobody = { assigned: NOTHING, slotProfit: NOTHING }
    if (order === null) return nobody
    if (order.request.role === 'quote') {
      position.quoted = position.quoted.plus(signed(side, quantity))
      return { assigned: signed(side, quantity), slotProfit: NOTHING }
    }
    const trade = this.tradeOf(order)
    if (trade === null) return nobody
    const size = order.request.role === 'entry' ? quantity : smaller(quantity, trade.book.quantity.size())
    const worth = valueOfPart({ quantity, value }, size)
    return { assigned: signed(side, size), slotProfit: this.tradeInSlot(trade, { kind: instrument.kind, side, size, value: worth }) }
  }

  /** Grows or shrinks a slot's trade, never beyond flat; returns the profit within it. */
  tradeInSlot(
    trade: ReferenceTrade,
    { kind, side, size, value }: Pick<Instrument, 'kind'> & { side: Side; size: Rational; value: Rational },
  ): Rational {
    if (size.isZero()) return NOTHING
    if (side === trade.side) {
      trade.entered = trade.entered.plus(size)
      trade.enteredFor = trade.enteredFor.plus(value)
    } else {
      trade.exited = trade.exited.plus(size)
      trade.exitedFor = trade.exitedFor.plus(value)
    }
    return tradeInBook(trade.book, { kind, quantity: signed(side, size), value })
  }

  /** Dust is a label on a part of the unassigned: what is no longer unassigned is no dust either. */
  changeUnassigned(position: ReferencePosition, change: Rational): void {
    position.unassigned = position.unassigned.plus(change)
    const { unassigned, dust } = position
    if (dust.sign() !== unassigned.sign()) position.dust = NOTHING
    else if (dust.size().above(unassigned.size())) position.dust = unassigned
  }

  /** What one unit of the fee's asset was worth in the instrument's quote; null where nobody has said. */
  feePriceOf({ feeAsset, instrument, price }: Pick<Execution, 'feeAsset' | 'instrument' | 'price'>): Rational | null {
    if (feeAsset === instrument.quote) return ONE
    if (feeAsset === instrument.base) return price
    return this.prices.get(keyOf(feeAsset, instrument.quote)) ?? null
  }
}

const ONE = exact((10n ** 18n) as Parameters<typeof exact>[0])

export function isCancelPending({ cancel }: ReferenceOrder): boolean {
  return cancel === 'requested' || cancel === 'sent' || cancel === 'in_doubt'
}

export function unfilledOf({ request, filled }: ReferenceOrder): Rational {
  const unfilled = exact(request.quantity).minus(filled)
  return unfilled.sign() < 0 ? NOTHING : unfilled
}
