// What the exchange knows of its account: orders, fills and money, added up from the truth log and from nothing else, so
// that a restart finds the same. It never matches; what is still hidden from the account is left out where it is asked so.

import { abs, add, type Decimal, div, mul, parseDecimal, sub, ZERO } from '../../kernel/decimal.ts'

import type { Account, OpenPosition } from '../account.ts'
import { accountOf } from '../truth-account.ts'
import type { TruthFill, TruthFunding, TruthOpening, TruthOrderTerms, TruthRecord } from '../truth-records.ts'

export type OrderStanding = 'open' | 'filled' | 'canceled' | 'expired'

export interface BookedFill extends TruthFill {
  /** When it happened, on the exchange's clock. */
  readonly timeUs: number
  /** Profit or loss of what it closed, before fees. */
  readonly realized: Decimal
}

export interface BookedFunding extends TruthFunding {
  readonly timeUs: number
}

export interface BookedOrder extends TruthOrderTerms {
  readonly orderId: string
  readonly acceptedUs: number
  readonly fills: BookedFill[]
  standing: OrderStanding
  updatedUs: number
  closeReason: string
  /** What is kept from the account for a while; null where nothing is. */
  hiding: Hiding | null
}

/** Times on the exchange's clock until which something is not told. */
export interface Hiding {
  /** Whether there is such an order, to whoever asks for it. */
  readonly orderUntilUs: number
  /** Whether it stands in the lists. */
  readonly listsUntilUs: number
  /** Fills of these ids, and with them how the order really stands: until then it is said to be cancelled. */
  readonly fillsUntilUs: number
  readonly tradeIds: readonly string[]
}

/** An order as it is told at a time. */
export interface OrderView {
  readonly order: BookedOrder
  readonly standing: OrderStanding
  readonly fills: readonly BookedFill[]
  readonly filledQuantity: Decimal
  /** Zero where nothing is filled. */
  readonly averagePrice: Decimal
  readonly quoteQuantity: Decimal
  /** Above zero for a cost. */
  readonly fee: Decimal
  readonly realized: Decimal
}

/** What a record changed, with the money as it was right then. */
export interface BookedChange {
  readonly what: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED'
  readonly view: OrderView
  readonly fill: BookedFill | null
  readonly timeUs: number
  readonly balance: Decimal
  readonly position: OpenPosition
}

const FIRST_TRADE_ID = 500_000_000

export class Books {
  readonly #account: Account
  readonly #settle: string
  readonly #orders = new Map<string, BookedOrder>()
  readonly #byClientId = new Map<string, BookedOrder>()
  readonly #open = new Map<string, BookedOrder>()
  /** Client order id → when it was last used. */
  readonly #usedIds = new Map<string, number>()
  readonly #fills: BookedFill[] = []
  readonly #fundings: BookedFunding[] = []
  #newest: BookedOrder | null = null
  #leverage: Decimal
  #cancelAllAtUs: number | null = null

  constructor(opening: TruthOpening) {
    this.#account = accountOf(opening)
    this.#settle = opening.instrument.settle
    this.#leverage = parseDecimal(opening.leverage)
  }

  /** Takes over one record. Returns what it changed of an order, for those who listen. */
  apply(record: TruthRecord): BookedChange | null {
    switch (record.kind) {
      case 'order_accepted':
        return this.#accept(record)
      case 'order_refused':
        if (record.burnsId) this.#usedIds.set(record.clientOrderId, record.timeUs)
        return null
      case 'fill':
        return this.#fill(record)
      case 'order_closed':
        return this.#close(record)
      case 'funding':
        this.#account.deposit(this.#settle, parseDecimal(record.amount))
        this.#fundings.push(record)
        return null
      case 'leverage':
        this.#leverage = parseDecimal(record.leverage)
        return null
      case 'cancel_all_after':
        this.#cancelAllAtUs = record.atUs
        return null
      default:
        return null
    }
  }

  get leverage(): Decimal {
    return this.#leverage
  }

  get cancelAllAtUs(): number | null {
    return this.#cancelAllAtUs
  }

  get position(): OpenPosition {
    return this.#account.carriedPosition
  }

  /** What is in the wallet, before open profit and loss. */
  get balance(): Decimal {
    return this.#account.total(this.#settle)
  }

  get orderCount(): number {
    return this.#orders.size
  }

  get newest(): BookedOrder | null {
    return this.#newest
  }

  get nextTradeId(): number {
    return FIRST_TRADE_ID + this.#fills.length
  }

  /** When a client order id was last used; undefined where it is free. */
  lastUseUs(clientOrderId: string): number | undefined {
    return this.#usedIds.get(clientOrderId)
  }

  order(orderId: string): BookedOrder | undefined {
    return this.#orders.get(orderId)
  }

  orderOf(clientOrderId: string): BookedOrder | undefined {
    return this.#byClientId.get(clientOrderId)
  }

  /** In the order in which they came. */
  orders(): IterableIterator<BookedOrder> {
    return this.#orders.values()
  }

  openOrders(): BookedOrder[] {
    return [...this.#open.values()]
  }

  fills(): readonly BookedFill[] {
    return this.#fills
  }

  fundings(): readonly BookedFunding[] {
    return this.#fundings
  }

  #accept(record: TruthRecord & { kind: 'order_accepted' }): BookedChange {
    const { seq: _, kind: __, source: ___, timeUs, ...terms } = record
    const order: BookedOrder = {
      ...terms,
      acceptedUs: timeUs,
      fills: [],
      standing: 'open',
      updatedUs: timeUs,
      closeReason: '',
      hiding: null,
    }
    this.#newest = order
    this.#orders.set(order.orderId, order)
    this.#open.set(order.orderId, order)
    if (order.clientOrderId !== '') {
      this.#byClientId.set(order.clientOrderId, order)
      this.#usedIds.set(order.clientOrderId, timeUs)
    }
    return this.#change('NEW', order, null, timeUs)
  }

  #fill(record: TruthRecord & { kind: 'fill' }): BookedChange {
    const order = this.#known(record.orderId)
    const fee = parseDecimal(record.fee)
    const before = this.balance
    this.#account.settle(record.side, parseDecimal(record.price), parseDecimal(record.quantity), fee)
    const fill: BookedFill = { ...record, realized: add(sub(this.balance, before), fee) }
    order.fills.push(fill)
    order.updatedUs = record.timeUs
    this.#fills.push(fill)
    const filled = order.fills.reduce((sum, { quantity }) => add(sum, parseDecimal(quantity)), ZERO)
    if (filled === parseDecimal(order.quantity)) {
      order.standing = 'filled'
      this.#open.delete(order.orderId)
    }
    return this.#change('TRADE', order, fill, record.timeUs)
  }

  #close(record: TruthRecord & { kind: 'order_closed' }): BookedChange {
    const order = this.#known(record.orderId)
    order.standing = record.outcome
    order.updatedUs = record.timeUs
    order.closeReason = record.reason
    this.#open.delete(order.orderId)
    return this.#change(record.outcome === 'canceled' ? 'CANCELED' : 'EXPIRED', order, null, record.timeUs)
  }

  #known(orderId: string): BookedOrder {
    const order = this.#orders.get(orderId)
    if (order === undefined) throw new Error(`The truth log speaks of order ${orderId} before it was accepted.`)
    return order
  }

  #change(what: BookedChange['what'], order: BookedOrder, fill: BookedFill | null, timeUs: number): BookedChange {
    return { what, view: viewOf(order, timeUs), fill, timeUs, balance: this.balance, position: this.position }
  }
}

/** How an order stands; with a time, as far as it is told by then. */
export function viewOf(order: BookedOrder, nowUs: number | null): OrderView {
  const { hiding } = order
  const isHidden = hiding !== null && nowUs !== null && nowUs < hiding.fillsUntilUs && hiding.tradeIds.length > 0
  const fills = isHidden ? order.fills.filter((fill) => !hiding.tradeIds.includes(fill.tradeId)) : [...order.fills]
  let [filledQuantity, quoteQuantity, fee, realized]: Decimal[] = [ZERO, ZERO, ZERO, ZERO]
  for (const fill of fills) {
    const quantity = parseDecimal(fill.quantity)
    filledQuantity = add(filledQuantity as Decimal, quantity)
    quoteQuantity = add(quoteQuantity as Decimal, mul(quantity, parseDecimal(fill.price)))
    fee = add(fee as Decimal, parseDecimal(fill.fee))
    realized = add(realized as Decimal, fill.realized)
  }
  const [filled, quote] = [filledQuantity as Decimal, quoteQuantity as Decimal]
  return {
    order,
    standing: isHidden ? 'canceled' : order.standing,
    fills,
    filledQuantity: filled,
    averagePrice: filled === ZERO ? ZERO : abs(div(quote, filled)),
    quoteQuantity: quote,
    fee: fee as Decimal,
    realized: realized as Decimal,
  }
}
