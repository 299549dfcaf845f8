// The exchange we rehearse against: one instrument, one account, matched against the feed's book. It is told the time
// with every call and answers with events at that time; it knows no clock, no latency and no session.

import { add, type Decimal, dec, div, formatDecimal, max, min, sub, truncateToStep, ZERO } from '../kernel/decimal.ts'
import type { OrderRequest } from '../kernel/facts.ts'
import type { Liquidity as LiquidityRole, Side, SnapshotOrder, VenueEvent, VenueFill } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { MarketEvent, TradeEvent } from '../market/events.ts'
import { OrderBook } from '../market/order-book.ts'
import { Account, type Balance, type FeeRates, feeOf, type OpenPosition } from './account.ts'
import { assertSupported, mostOf, shapeRefusal, wouldCross } from './checks.ts'
import { type Refusal, refusal } from './codes.ts'
import { Liquidity, type Take, totalOf } from './liquidity.ts'
import {
  cancelRejectEvent,
  type ExchangeOrder,
  type ExchangeOrderStatus,
  fillEvent,
  lifeOf,
  limitOf,
  newOrder,
  referenceOf,
  refusedOrder,
  rejectEvent,
  unfilledOf,
} from './order.ts'
import { QueuePosition } from './queue-position.ts'
import { RestingOrders } from './resting-orders.ts'
import { type BookEvent, displayedSize, isFreshStart, opposite } from './sight.ts'

export const EXCHANGE_LIMITS = {
  openOrders: 1_000,
  /** Final orders that can still be asked about; the oldest are forgotten first. */
  finalOrders: 20_000,
} as const

export interface ExchangeOptions {
  readonly instrument: Instrument
  readonly feeRates: FeeRates
  /** What the account owns at the start, by asset. */
  readonly balances: Readonly<Record<string, Decimal>>
  /** A perpetual's position that the account brings along. */
  readonly position?: OpenPosition
  /** Begins every venue order id and trade id. Never the same for two sessions of one account. */
  readonly idPrefix: string
}

/** What the exchange says, at the time it says it. */
export interface ExchangeEvent {
  readonly timeUs: number
  readonly event: VenueEvent
}

const SIDES: readonly Side[] = ['buy', 'sell']
const TWO = dec('2')

export class Exchange {
  readonly #instrument: Instrument
  readonly #feeRates: FeeRates
  readonly #idPrefix: string
  readonly #account: Account
  /** For reading: others may look at the same market without keeping a second book. */
  readonly book = new OrderBook()
  readonly #liquidity: Liquidity
  readonly #resting = new RestingOrders()
  readonly #open = new Map<string, ExchangeOrder>()
  readonly #final = new Map<string, ExchangeOrder>()
  #said: ExchangeEvent[] = []
  #nowUs = 0
  #orderCount = 0
  #tradeCount = 0
  #venueMark: Decimal | null = null
  #lastTrade: Decimal | null = null

  /** @throws DitaError INSTRUMENT_UNSUPPORTED for what cannot be traded exactly, and for inverse contracts */
  constructor(options: ExchangeOptions) {
    assertSupported(options.instrument)
    this.#instrument = options.instrument
    this.#feeRates = options.feeRates
    this.#idPrefix = options.idPrefix
    this.#account = new Account(options.instrument, options.feeRates, options.balances, options.position ?? { quantity: ZERO, cost: ZERO })
    this.#liquidity = new Liquidity(this.book, options.instrument.lotSize)
  }

  /** Takes in what the market did, and fills what it reaches of the account's resting orders. */
  onMarket(event: MarketEvent): void {
    this.#reach(event.timeUs)
    if (event.type === 'trade') {
      this.#onPrint(event)
    } else if (event.type === 'mark') {
      this.#venueMark = event.mark
    } else if (this.book.apply(event)) {
      if (this.#liquidity.isTouched) this.#liquidity.follow(event)
      if (!this.#resting.isEmpty) this.#onBook(event)
    }
  }

  /** An order arrives: it is refused, or acknowledged and then matched; what is left rests, or is given back. */
  submit(request: OrderRequest, nowUs: number): void {
    this.#reach(nowUs)
    const plan = this.#plan(request)
    const why = this.#refuse(request, plan)
    if (why !== null) {
      this.#say(rejectEvent({ clientOrderId: request.clientOrderId, venueOrderId: null }, why))
      // The id belongs to the order that was there first.
      if (why.code !== 'DUPLICATE_ORDER_ID') this.#remember(refusedOrder(request, why))
      return
    }
    this.#orderCount += 1
    const order = newOrder(request, `${this.#idPrefix}-o${this.#orderCount}`, this.#orderCount)
    this.#open.set(request.clientOrderId, order)
    this.#say({ type: 'ORDER_ACK', ...referenceOf(order) })
    for (const take of plan) {
      this.#liquidity.take(request.side, take)
      this.#fill(order, take.price, take.quantity, 'taker')
    }
    if (order.status !== 'open') return
    if (request.orderType === 'market' || request.timeInForce !== 'gtc') {
      this.#expire(order, `${formatDecimal(unfilledOf(order))} of ${formatDecimal(request.quantity)} could not be filled at once`)
      return
    }
    this.#rest(order)
  }

  /** Why an order would be refused if it arrived now; null where it would be let in. Changes nothing. */
  refusalOf(request: OrderRequest, nowUs: number): Refusal | null {
    this.#reach(nowUs)
    return this.#refuse(request, this.#plan(request))
  }

  /** Puts back an order that rested before a restart, at the end of the queue; its fills are in the account already. */
  restore(request: OrderRequest, filledQuantity: Decimal): void {
    this.#orderCount += 1
    const order = newOrder(request, `${this.#idPrefix}-o${this.#orderCount}`, this.#orderCount)
    order.filledQuantity = filledQuantity
    this.#open.set(request.clientOrderId, order)
    this.#rest(order)
  }

  /** Fills up to `quantity` of a resting order at its price although the market did not: an accident that is rehearsed. */
  fillResting(clientOrderId: string, quantity: Decimal, nowUs: number): void {
    this.#reach(nowUs)
    const order = this.#open.get(clientOrderId)
    if (order !== undefined) this.#make(order, quantity)
  }

  /** A cancel arrives. */
  cancel(clientOrderId: string, venueOrderId: string | null, nowUs: number): void {
    this.#reach(nowUs)
    const order = this.#open.get(clientOrderId)
    if (order !== undefined) {
      this.#close(order, 'canceled')
      this.#say({ type: 'CANCEL_ACK', ...referenceOf(order) })
      return
    }
    const known = this.#final.get(clientOrderId)
    if (known === undefined) this.#say(cancelRejectEvent({ clientOrderId, venueOrderId }, null))
    else this.#say(cancelRejectEvent(referenceOf(known), known.status as Exclude<ExchangeOrderStatus, 'open'>))
  }

  /**
   * A question about an order arrives. It is answered with the order's life so far, under the same ids. False, and nothing
   * is said, where the exchange does not have it: that is no refusal of an order.
   */
  query(clientOrderId: string, nowUs: number): boolean {
    this.#reach(nowUs)
    const order = this.order(clientOrderId)
    if (order === undefined) return false
    for (const event of lifeOf(order)) this.#say(event)
    return true
  }

  /** Money from outside, or with an amount below zero to outside. */
  deposit(asset: string, amount: Decimal): void {
    this.#account.deposit(asset, amount)
  }

  /** What was said since the last call, oldest first. */
  drain(): ExchangeEvent[] {
    if (this.#said.length === 0) return []
    const said = this.#said
    this.#said = []
    return said
  }

  get hasSaid(): boolean {
    return this.#said.length > 0
  }

  /** An order as it was received and as it stands, open or final. */
  order(clientOrderId: string): Readonly<ExchangeOrder> | undefined {
    return this.#open.get(clientOrderId) ?? this.#final.get(clientOrderId)
  }

  /** Every order that it can still be asked about, open or final. */
  orders(): Readonly<ExchangeOrder>[] {
    return [...this.#open.values(), ...this.#final.values()]
  }

  /** What is traded here. */
  get instrument(): Instrument {
    return this.#instrument
  }

  /** The time it has been told last. */
  get nowUs(): number {
    return this.#nowUs
  }

  openOrders(): SnapshotOrder[] {
    return [...this.#open.values()].map((order) => {
      const { instrument, side } = order.request
      return { ...referenceOf(order), instrument, side, filledQuantity: order.filledQuantity }
    })
  }

  /** Of the account: the venue's own, else the middle of the book, else the last trade. */
  mark(): Decimal | null {
    if (this.#venueMark !== null) return this.#venueMark
    const bid = this.book.bestBid()
    const ask = this.book.bestAsk()
    return bid !== null && ask !== null ? div(add(bid.price, ask.price), TWO) : this.#lastTrade
  }

  balances(): Balance[] {
    return this.#account.balances([...this.#open.values()], this.mark())
  }

  position(): OpenPosition {
    return this.#account.position
  }

  #reach(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = nowUs
  }

  #say(event: VenueEvent): void {
    this.#said.push({ timeUs: this.#nowUs, event })
  }

  #rest(order: ExchangeOrder): void {
    order.queue = new QueuePosition(displayedSize(this.book, order.request.side, limitOf(order), null, false))
    this.#resting.add(order)
  }

  /** What the order would take at once, if it were let in. */
  #plan(request: OrderRequest): Take[] {
    if (request.quantity <= ZERO) return []
    const wanted = this.#isReducing(request) ? min(request.quantity, this.#account.reducible(request.side)) : request.quantity
    return this.#liquidity.plan(request.side, request.price, wanted)
  }

  #refuse(request: OrderRequest, plan: readonly Take[]): Refusal | null {
    const { instrument, clientOrderId, side } = request
    if (instrument !== this.#instrument.symbol)
      return refusal('UNKNOWN_INSTRUMENT', `It lists ${this.#instrument.symbol}, not ${instrument}.`)
    if (this.#nowUs > request.validUntilUs) return refusal('VALID_UNTIL_PASSED', `It came ${this.#nowUs - request.validUntilUs} µs late.`)
    if (this.order(clientOrderId) !== undefined) return refusal('DUPLICATE_ORDER_ID', clientOrderId)
    if (this.#open.size >= EXCHANGE_LIMITS.openOrders) return refusal('TOO_MANY_OPEN_ORDERS', `It allows ${EXCHANGE_LIMITS.openOrders}.`)
    const touch = this.book.levelAt(opposite(side), 0)
    const shape = shapeRefusal(this.#instrument, request, touch?.price ?? this.mark())
    if (shape !== null) return shape
    const isReducing = this.#isReducing(request)
    if (isReducing && this.#account.reducible(side) === ZERO) return refusal('REDUCE_ONLY', '')
    if (request.postOnly && touch !== null && wouldCross(request, touch.price)) {
      return refusal('POST_ONLY_WOULD_CROSS', `The touch is ${formatDecimal(touch.price)}.`)
    }
    const taken = totalOf(plan)
    if (request.timeInForce === 'fok' && taken.quantity < request.quantity) {
      return refusal('FOK_UNFILLABLE', `${formatDecimal(taken.quantity)} of ${formatDecimal(request.quantity)} can be.`)
    }
    if (isReducing) return null
    return this.#account.refuse({ side, quantity: request.quantity, notional: mostOf(request, taken) }, this.#open.values(), this.mark())
  }

  /** On spot the flag means nothing: nobody can sell there what he does not own. */
  #isReducing(request: OrderRequest): boolean {
    return request.reduceOnly && this.#instrument.kind !== 'spot'
  }

  /**
   * A print fills whoever of us stood at its price or better than it, out of its own size and no further: first those at
   * better prices, where the taker would have come by first, then those at its price behind the queue ahead of them.
   */
  #onPrint(print: TradeEvent): void {
    if (!print.isMarket) return
    this.#lastTrade = print.price
    const reached = this.#resting.reachedBy(print.price, opposite(print.aggressor))
    let left = print.size
    let atPrice: Decimal | null = null
    let eaten: Decimal = ZERO
    for (const order of reached) {
      const queue = order.queue
      if (order.status !== 'open' || queue === null) continue
      if (limitOf(order) !== print.price) {
        queue.reachFront()
        left = sub(left, this.#make(order, left))
        continue
      }
      atPrice ??= left
      queue.notePrint(print.size, atPrice, this.#nowUs)
      if (queue.ahead === null) continue
      const before = min(left, max(sub(queue.ahead, eaten), ZERO))
      left = sub(left, before)
      eaten = add(eaten, before)
      queue.eat(eaten)
      if (queue.ahead === ZERO) left = sub(left, this.#make(order, left))
    }
  }

  /** The book changed: the queues follow it, and what stands opposite at our prices or better trades with us. */
  #onBook(event: BookEvent): void {
    for (const side of SIDES) {
      const orders = this.#resting.side(side)
      for (const order of orders) this.#followQueue(order, event)
      const touch = this.book.levelAt(opposite(side), 0)
      if (touch === null) continue
      for (const order of this.#resting.reachedBy(touch.price, side)) {
        if (order.status === 'open') this.#meet(order)
      }
    }
  }

  #followQueue(order: ExchangeOrder, event: BookEvent): void {
    const queue = order.queue as QueuePosition
    if (isFreshStart(event)) queue.loseSight()
    queue.show(displayedSize(this.book, order.request.side, limitOf(order), event, queue.displayed !== null), this.#nowUs)
  }

  /** Somebody offers at the price of a resting order or better: he would have met it, so it fills out of what he shows. */
  #meet(order: ExchangeOrder): void {
    const { side } = order.request
    let quantity: Decimal = ZERO
    for (const take of this.#liquidity.plan(side, limitOf(order), this.#fillable(order))) {
      this.#liquidity.take(side, take)
      quantity = add(quantity, take.quantity)
    }
    this.#make(order, quantity)
  }

  /** Fills a resting order out of what is available, in whole lots, at its own price. Returns what was filled. */
  #make(order: ExchangeOrder, available: Decimal): Decimal {
    const quantity = truncateToStep(min(available, this.#fillable(order)), this.#instrument.lotSize)
    if (quantity > ZERO) this.#fill(order, limitOf(order), quantity, 'maker')
    return quantity
  }

  #fillable(order: ExchangeOrder): Decimal {
    const unfilled = unfilledOf(order)
    return this.#isReducing(order.request) ? min(unfilled, this.#account.reducible(order.request.side)) : unfilled
  }

  #fill(order: ExchangeOrder, price: Decimal, quantity: Decimal, liquidity: LiquidityRole): void {
    this.#tradeCount += 1
    const fee = feeOf(price, quantity, this.#feeRates[liquidity])
    const tradeId = `${this.#idPrefix}-t${this.#tradeCount}`
    const fill: VenueFill = { tradeId, price, quantity, fee, feeAsset: this.#instrument.settle, liquidity }
    order.fills.push(fill)
    order.fillTimesUs.push(this.#nowUs)
    order.filledQuantity = add(order.filledQuantity, quantity)
    this.#account.settle(order.request.side, price, quantity, fee)
    const isLast = unfilledOf(order) === ZERO
    this.#say(fillEvent(order, fill, isLast))
    if (isLast) this.#close(order, 'filled')
    if (this.#instrument.kind !== 'spot') this.#endReduceOnly()
  }

  /** Reduce-only orders that have nothing left to reduce are given back: they never open the other side. */
  #endReduceOnly(): void {
    for (const order of [...this.#open.values()]) {
      if (order.request.reduceOnly && this.#account.reducible(order.request.side) === ZERO) {
        this.#expire(order, 'reduce-only, and there is no position left to reduce')
      }
    }
  }

  #expire(order: ExchangeOrder, reason: string): void {
    order.expiry = reason
    this.#close(order, 'expired')
    this.#say({ type: 'EXPIRED', ...referenceOf(order), reason })
  }

  #close(order: ExchangeOrder, status: Exclude<ExchangeOrderStatus, 'open'>): void {
    order.status = status
    order.queue = null
    this.#open.delete(order.request.clientOrderId)
    this.#resting.remove(order)
    this.#remember(order)
  }

  #remember(order: ExchangeOrder): void {
    this.#final.set(order.request.clientOrderId, order)
    if (this.#final.size <= EXCHANGE_LIMITS.finalOrders) return
    for (const oldest of this.#final.keys()) {
      this.#final.delete(oldest)
      break
    }
  }
}
