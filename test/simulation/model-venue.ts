// A venue as its users know venues: it has the truth about orders and fills, and tells it badly. Knows nothing of the kernel's state.

import { add, type Decimal, dec, div, max, min, mul, neg, sub, truncateToStep, ZERO } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { FundingEvent, PositionSide, Side, VenueEvent } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import type { Faults } from './faults.ts'
import { Holdings } from './holdings.ts'
import type { Market } from './market.ts'
import type { Random } from './random.ts'
import type { Setup } from './setup.ts'
import { VenueRecords } from './venue-records.ts'
import type { FillEvent, VenueAnswer, VenueOrder, VenueRequest, VenueTrade } from './venue-words.ts'

/** How long a trade may be missing from the list of trades. */
const LISTED_LATE_US = 25_000_000

export interface VenueParts {
  readonly random: Random
  readonly faults: Faults
  readonly market: Market
  readonly setup: Setup
}

/** Of a trade that was made: which, and of which order. */
export interface Known {
  readonly trade: VenueTrade
  readonly order: VenueOrder
}

interface FillPlan {
  readonly whole: boolean
  /** Two sides of a self-trade share an id. */
  readonly tradeId?: string
  readonly price?: Decimal
}

export class ModelVenue {
  /** The orders of dita, by client order id: the venue takes each id once. */
  readonly orders = new Map<string, VenueOrder>()
  /** By `instrument|trade id|side`: ids are counted per instrument, and the two sides of a self-trade share one. */
  readonly trades = new Map<string, Known>()
  readonly fundings: (FundingEvent & { readonly timeUs: number })[] = []
  readonly holdings = new Holdings()
  readonly #strangers: VenueOrder[] = []
  /** Refusals of orders that were accepted all the same. */
  readonly #refusals: VenueEvent[] = []
  readonly #tradeCounts = new Map<string, number>()
  readonly #random: Random
  readonly #faults: Faults
  readonly #market: Market
  readonly #setup: Setup
  readonly #records: VenueRecords
  #ordersAccepted = 0

  constructor(parts: VenueParts) {
    const { random, faults, market, setup } = parts
    this.#random = random
    this.#faults = faults
    this.#market = market
    this.#setup = setup
    this.#records = new VenueRecords(this, parts)
  }

  receive(message: VenueRequest, nowUs: number): VenueAnswer[] {
    switch (message.kind) {
      case 'submit':
        return this.#submit(message.request, message.late === true, nowUs)
      case 'cancel':
        return this.#cancel(message.clientOrderId, nowUs)
      case 'query':
        return this.#records.orderReport(message.clientOrderId, message.askedAtUs, nowUs)
      case 'open_orders':
        return [this.#records.snapshot(nowUs)]
      case 'account':
        return [this.#records.accountReport(nowUs)]
    }
  }

  /** Something happens without being asked for: a fill, an expiry, a cancel by the venue, a payment. */
  act(nowUs: number): VenueEvent[] {
    const all = [...this.orders.values()]
    const closed = all.filter((order) => order.status === 'canceled' || order.status === 'expired')
    if (closed.length > 0 && this.#faults.happens('fill_after_cancel', 0.02))
      return this.#fill(this.#random.pick(closed), nowUs, { whole: false })
    if (this.#refusals.length > 0 && this.#faults.happens('rejection_repeated', 0.1)) return [this.#random.pick(this.#refusals)]
    if (this.#faults.happens('external_trade', 0.012)) return this.#tradeByHand(nowUs)
    if (this.#faults.happens('external_position', 0.008)) return this.#moveByHand(nowUs)
    if (this.#random.chance(0.06)) return this.#fund(nowUs)
    const open = all.filter((order) => order.status === 'open')
    if (open.length === 0) return []
    const order = this.#random.pick(open)
    if (this.#faults.happens('order_expired', 0.05)) return [this.#close(order, 'expired', nowUs)]
    if (this.#faults.happens('venue_canceled', 0.03)) return [this.#close(order, 'canceled', nowUs)]
    const opposite = open.find(({ request }) => request.instrument === order.request.instrument && request.side !== order.request.side)
    if (opposite !== undefined && this.#faults.happens('self_trade', 0.1)) return this.#tradeWithItself(order, opposite, nowUs)
    if (order.refused) this.#faults.happens('fill_after_rejection', 100)
    return this.#fill(order, nowUs, { whole: this.#random.chance(0.4) })
  }

  /** A trade that was told before, now with other numbers under the same id. */
  tellOtherwise(key: string): VenueEvent {
    const known = this.trades.get(key)
    if (known === undefined) throw new RangeError(`there is no trade ${key}`)
    const { lotSize } = this.#instrument(known.order)
    return this.#records.fillEvent(known.order, { ...known.trade, quantity: add(known.trade.quantity, lotSize) })
  }

  /** A payment that was told before, now with another amount under the same id. */
  payOtherwise(payment: FundingEvent): VenueEvent {
    return { ...payment, amount: add(payment.amount, dec('0.5')) }
  }

  /** After a restart what rested may be gone, and nobody is told. */
  restart(nowUs: number): void {
    const drops = this.#random.chance(0.5)
    for (const order of this.orders.values()) if (drops && order.status === 'open') this.#close(order, 'canceled', nowUs)
  }

  /** The list of trades is complete again. What is over stays out of it for good where totals can tell of it. */
  catchUp(): void {
    for (const { trade, order } of this.trades.values()) if (order.status === 'open') trade.listedFromUs = trade.timeUs
  }

  #submit(request: OrderRequest, isLate: boolean, nowUs: number): VenueEvent[] {
    const reference = { clientOrderId: request.clientOrderId, venueOrderId: null }
    // Such an answer says nothing of the order that is there already: the adapter must not read it as a refusal of it.
    if (this.orders.has(request.clientOrderId)) return [{ type: 'UNRECOGNISED', raw: 'duplicate client order id', ...reference }]
    const reject: VenueEvent = { type: 'ORDER_REJECT', code: 'REFUSED', reason: 'no', ...reference }
    if ((nowUs > request.validUntilUs && !isLate) || this.#faults.happens('order_rejected', 0.06)) return [reject]
    const limited = this.#limited(reference)
    if (limited !== null) return [limited]
    const order = this.#accept(request, nowUs)
    order.late = isLate
    const fills = this.#fillAtOnce(order, nowUs)
    if (this.#faults.happens('rejected_but_accepted', 0.06)) {
      this.#refusals.push(reject)
      order.refused = true
      return [reject, ...fills]
    }
    if (this.#faults.happens('rate_limited_but_accepted', 0.02))
      return [{ type: 'RATE_LIMITED', retryAfterMs: null, ...reference }, ...fills]
    if (this.#faults.happens('unknown_status', 0.03))
      return [{ type: 'UNRECOGNISED', raw: `status 77 ${'?'.repeat(600)}`, ...reference }, ...fills]
    const venueOrderId = this.#faults.happens('ack_without_id', 0.1) ? null : order.venueOrderId
    const ack: VenueEvent = { type: 'ORDER_ACK', ...reference, venueOrderId }
    if (fills.length > 0 && this.#faults.happens('ack_after_fill', 0.5)) return [...fills, ack]
    return [ack, ...fills]
  }

  #limited(reference: { clientOrderId: string; venueOrderId: null }): VenueEvent | null {
    if (this.#faults.happens('rate_limited_with_hint', 0.02)) {
      return { type: 'RATE_LIMITED', retryAfterMs: this.#random.pick([0, 500, 500, 3_000, 90_000]), ...reference }
    }
    if (this.#faults.happens('rate_limited_without_hint', 0.02)) return { type: 'RATE_LIMITED', retryAfterMs: null, ...reference }
    return this.#faults.happens('unknown_code', 0.02) ? { type: 'UNRECOGNISED', raw: '{"code":-4242}', ...reference } : null
  }

  #accept(request: OrderRequest, nowUs: number): VenueOrder {
    const order = this.#orderOf(request, true, nowUs)
    this.orders.set(request.clientOrderId, order)
    return order
  }

  #orderOf(request: OrderRequest, own: boolean, nowUs: number): VenueOrder {
    this.#ordersAccepted += 1
    const venueOrderId = `v${this.#ordersAccepted}`
    return {
      request,
      own,
      venueOrderId,
      acceptedAtUs: nowUs,
      trades: [],
      status: 'open',
      filledQuantity: ZERO,
      closedAtUs: 0,
      refused: false,
      late: false,
    }
  }

  #fillAtOnce(order: VenueOrder, nowUs: number): VenueEvent[] {
    const { orderType, timeInForce } = order.request
    if (orderType === 'limit' && timeInForce === 'gtc') return []
    const whole = this.#random.chance(0.7)
    const some = whole || (timeInForce !== 'fok' && this.#random.chance(0.6))
    const events = some ? this.#fill(order, nowUs, { whole }) : []
    return order.status === 'open' ? [...events, this.#close(order, 'expired', nowUs)] : events
  }

  #cancel(clientOrderId: string, nowUs: number): VenueEvent[] {
    const order = this.orders.get(clientOrderId)
    const reference = { clientOrderId, venueOrderId: null }
    if (this.#faults.happens('rate_limited_with_hint', 0.03)) return [{ type: 'RATE_LIMITED', retryAfterMs: 200, ...reference }]
    const refused: VenueEvent = { type: 'CANCEL_REJECT', code: 'UNKNOWN_ORDER', reason: order?.status ?? 'not found', ...reference }
    if (order === undefined || order.status === 'filled' || order.status === 'expired') return [refused]
    const event = order.status === 'open' ? this.#close(order, 'canceled', nowUs) : this.#records.closedEvent(order)
    return this.#faults.happens('unknown_status', 0.04) ? [{ type: 'UNRECOGNISED', raw: 'status 78', ...reference }] : [event]
  }

  #close(order: VenueOrder, status: 'canceled' | 'expired', nowUs: number): VenueEvent {
    order.status = status
    order.closedAtUs = nowUs
    return this.#records.closedEvent(order)
  }

  #fill(order: VenueOrder, nowUs: number, { whole, tradeId, price }: FillPlan): VenueEvent[] {
    const { request } = order
    const instrument = this.#instrument(order)
    const { lotSize } = instrument
    const unfilled = max(sub(request.quantity, order.filledQuantity), lotSize)
    const part = max(truncateToStep(((unfilled * BigInt(this.#random.between(1, 9))) / 10n) as Decimal, lotSize), lotSize)
    let quantity = whole ? unfilled : min(part, unfilled)
    if (request.reduceOnly && order.status === 'open') {
      // The venue keeps its promise: where there is nothing left to reduce, the order ends.
      const held = this.holdings.quantity(request.instrument, request.positionSide)
      quantity = min(quantity, request.side === 'sell' ? held : neg(held))
      if (quantity <= ZERO) return [this.#close(order, 'expired', nowUs)]
    } else if (this.#faults.happens('overfill', 0.02)) {
      quantity = add(quantity, (lotSize * BigInt(this.#random.pick([1, 10, 75]))) as Decimal)
    }
    const made = { tradeId: tradeId ?? this.#nextTradeId(request.instrument), price: price ?? this.#priceOf(order), quantity }
    return this.#book(order, made, nowUs)
  }

  #book(
    order: VenueOrder,
    { tradeId, price, quantity }: { tradeId: string; price: Decimal; quantity: Decimal },
    nowUs: number,
  ): FillEvent[] {
    const { request } = order
    const instrument = this.#instrument(order)
    const trade: VenueTrade = {
      tradeId,
      price,
      quantity,
      ...this.#feeOf(instrument, quantity, price),
      liquidity: request.orderType === 'market' ? 'taker' : 'maker',
      side: request.side,
      timeUs: nowUs,
      listedFromUs:
        order.own && this.#faults.happens('trade_unlisted', 0.1) ? this.#random.pick([nowUs + LISTED_LATE_US, Infinity]) : nowUs,
    }
    order.trades.push(trade)
    this.trades.set(`${request.instrument}|${tradeId}|${request.side}`, { trade, order })
    this.holdings.move(instrument, request.positionSide, {
      signed: request.side === 'buy' ? quantity : neg(quantity),
      price,
      timeUs: nowUs,
    })
    order.filledQuantity = add(order.filledQuantity, quantity)
    if (order.filledQuantity >= request.quantity) {
      if (order.status === 'open') order.closedAtUs = nowUs
      order.status = 'filled'
    }
    // What is missing from its list the venue may not have told either.
    return trade.listedFromUs > nowUs && this.#random.chance(0.5) ? [] : [this.#records.fillEvent(order, trade)]
  }

  /** Its limit, or now and then a better price. */
  #priceOf({ request: { instrument, price, side } }: VenueOrder): Decimal {
    if (price === null) return this.#market.priceAt(instrument, this.#random.between(-8, 8))
    if (!this.#random.chance(0.3)) return price
    const { tickSize } = this.#market.listing(instrument).instrument
    return side === 'sell' ? add(price, tickSize) : max(sub(price, tickSize), tickSize)
  }

  /** A share of what is traded, in coins or in money, or something in a third asset. */
  #feeOf(instrument: Instrument, quantity: Decimal, price: Decimal): Pick<VenueTrade, 'fee' | 'feeAsset'> {
    const { base, quote, settle, kind } = instrument
    const feeAsset = this.#random.pick([quote, base, settle, this.#setup.feeAsset])
    const rate = dec(this.#random.pick(['0', '0.001', '0.0005', '-0.0001']))
    const coins = kind === 'inverse' ? div(quantity, price) : quantity
    const money = kind === 'inverse' ? quantity : mul(quantity, price)
    if (feeAsset === base) return { fee: mul(coins, rate), feeAsset }
    return feeAsset === quote ? { fee: mul(money, rate), feeAsset } : { fee: mul(dec('10'), rate), feeAsset }
  }

  #nextTradeId(symbol: string): string {
    const count = (this.#tradeCounts.get(symbol) ?? 0) + 1
    this.#tradeCounts.set(symbol, count)
    return `t${count}`
  }

  /** Two orders of ours meet: both fills carry one id. */
  #tradeWithItself(order: VenueOrder, opposite: VenueOrder, nowUs: number): VenueEvent[] {
    const tradeId = this.#nextTradeId(order.request.instrument)
    const price = order.request.price ?? this.#market.mid(order.request.instrument)
    return [order, opposite].flatMap((each) => this.#fill(each, nowUs, { whole: this.#random.chance(0.5), tradeId, price }))
  }

  /** Somebody trades by hand on the same account: a fill of an order that was never ours. */
  #tradeByHand(nowUs: number): VenueEvent[] {
    const { instrument, unit } = this.#random.pick(this.#setup.listings)
    const side: Side = this.#random.pick(['buy', 'sell'])
    const clientOrderId = `hand-${this.#strangers.length + 1}`
    const request: OrderRequest = {
      clientOrderId,
      instrument: instrument.symbol,
      side,
      positionSide: this.#positionSide(instrument),
      orderType: 'market',
      price: null,
      quantity: unit,
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: false,
      validUntilUs: nowUs,
      role: 'quote',
      slotId: null,
      trade: null,
      leg: null,
      intentSeq: 0,
      attempt: 1,
    }
    const order = this.#orderOf(request, false, nowUs)
    this.#strangers.push(order)
    return this.#fill(order, nowUs, { whole: true })
  }

  /** The position changes, and no trade says why: a liquidation, a transfer, an import. */
  #moveByHand(nowUs: number): VenueEvent[] {
    const { instrument, unit } = this.#random.pick(this.#setup.listings)
    const positionSide = this.#positionSide(instrument)
    const held = this.holdings.quantity(instrument.symbol, positionSide)
    const moves = [unit, neg(unit), neg(held), (unit * 3n) as Decimal, neg(add(held, unit))].filter((signed) => signed !== ZERO)
    this.holdings.move(instrument, positionSide, {
      signed: this.#random.pick(moves),
      price: this.#market.mid(instrument.symbol),
      timeUs: nowUs,
    })
    return []
  }

  #positionSide({ kind }: Instrument): PositionSide {
    return this.#setup.hedge && kind !== 'spot' ? this.#random.pick(['long', 'short']) : 'net'
  }

  #fund(nowUs: number): VenueEvent[] {
    const open = this.holdings.at(nowUs).filter((position) => this.#market.listing(position.instrument).instrument.kind !== 'spot')
    if (open.length === 0) return []
    const { instrument } = this.#random.pick(open)
    const { settle } = this.#market.listing(instrument).instrument
    const amount = dec(this.#random.pick(['0.00021', '-0.00034', '-0.00011', '0']))
    const fundingId = `f${this.fundings.filter((funding) => funding.instrument === instrument).length + 1}`
    const event: FundingEvent = { type: 'FUNDING', instrument, fundingId, asset: settle, amount }
    this.fundings.push({ ...event, timeUs: nowUs })
    return this.#faults.happens('funding_repeated', 0.2) ? [event, event] : [event]
  }

  #instrument(order: VenueOrder): Instrument {
    return this.#market.listing(order.request.instrument).instrument
  }
}
