// Where orders are taken, matched and written down: first the truth log, then the engine, then the books, then the streams.
// It owns that order of things; it knows no wire, no signature and no fault.

import {
  add,
  type Decimal,
  dec,
  formatDecimal,
  formatFixed,
  max,
  min,
  mul,
  neg,
  parseDecimal,
  sub,
  truncateToStep,
  ZERO,
} from '../../kernel/decimal.ts'
import type { OrderRequest } from '../../kernel/facts.ts'
import type { Side, TimeInForce } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { OrderBook } from '../../market/order-book.ts'
import { Exchange } from '../exchange.ts'
import { feeRatesOf, instrumentOf } from '../truth-account.ts'
import { TruthLog } from '../truth-log.ts'
import type { TruthEntry, TruthOpening, TruthOrderTerms, TruthRecord } from '../truth-records.ts'
import { type BookedChange, type BookedOrder, Books, viewOf } from './books.ts'
import type { ExchangeClock } from './clock.ts'
import { CODES, REFUSALS, type Refused } from './codes.ts'
import { snowflake } from './ids.ts'
import { cutTo } from './wire.ts'

export interface OrderWish {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly type: 'LIMIT' | 'MARKET'
  readonly price: Decimal | null
  readonly quantity: Decimal
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}

export interface DeskOptions {
  readonly truthPath: string
  /** How a new account begins; an old truth log knows that itself. */
  readonly opening: TruthOpening
  readonly clock: ExchangeClock
  /** Whether an id that was refused counts as used. */
  readonly burnsRefusedIds: boolean
  /** Hears of every change, in order, after it is on the disk. */
  readonly onChange: (change: BookedChange) => void
  /** Runs something later, unless the exchange is closed by then. */
  readonly later: (ms: number, action: () => void) => void
}

export type PlaceOutcome = { readonly order: BookedOrder } | { readonly refused: Refused }
/** `order` is what it met, null where there is none of that id. */
export interface CancelOutcome {
  readonly order: BookedOrder | null
  readonly refused: Refused | null
}

/** Further away than this on the side that takes, a price is a mistake: a share of the mark. */
const PRICE_BAND = dec('0.2')
const ONE = dec('1')
const SAME_ID_MS = 1_000
/** Of what is paid: a wallet has no more. */
const MONEY_PLACES = 8
const BOOK_LEVELS_KEPT = 1_000

export class Desk {
  readonly #options: DeskOptions
  readonly #opening: TruthOpening
  readonly #instrument: Instrument
  /** Order id → when its cancel was last asked for. */
  readonly #cancelsMs = new Map<string, number>()
  #log: TruthLog
  #books: Books
  #engine: Exchange
  /** Where changes go that are told later; null: to everybody, now. */
  #held: BookedChange[] | null = null
  #tornBytes = 0

  /** @throws DitaError TRUTH_UNUSABLE, TRUTH_DAMAGED, INSTRUMENT_UNSUPPORTED */
  constructor(options: DeskOptions) {
    this.#options = options
    const { log, records, tornBytes } = TruthLog.open(options.truthPath)
    this.#log = log
    const known = records.find((record) => record.kind === 'opened')
    this.#opening = known ?? options.opening
    this.#instrument = instrumentOf(this.#opening.instrument)
    this.#books = new Books(this.#opening)
    this.#engine = this.#buildEngine(null)
    if (known === undefined) this.note(options.opening)
    else this.#rebuild(records, tornBytes, null)
  }

  get truthPath(): string {
    return this.#log.path
  }

  get instrument(): Instrument {
    return this.#instrument
  }

  get opening(): TruthOpening {
    return this.#opening
  }

  get books(): Books {
    return this.#books
  }

  /** To look at; orders come in by `place`. */
  get book(): OrderBook {
    return this.#engine.book
  }

  get mark(): Decimal | null {
    return this.#engine.mark()
  }

  /** What cannot be used for new orders: the margin of positions and orders. */
  get boundMargin(): Decimal {
    return this.#engine.balances().find(({ asset }) => asset === this.#instrument.settle)?.held ?? ZERO
  }

  /** How much of a torn last line was thrown away at the last start. */
  get tornBytes(): number {
    return this.#tornBytes
  }

  onMarket(event: MarketEvent): void {
    this.#engine.onMarket(event)
    if (this.#engine.hasSaid) this.#collect()
  }

  /** Writes something down that changes no order. */
  note(entry: TruthEntry): void {
    this.#commit([entry])
  }

  place(wish: OrderWish, source: 'api' | 'control'): PlaceOutcome {
    const { clock } = this.#options
    const clientOrderId = wish.clientOrderId.toLowerCase()
    const quantity = cutTo(wish.quantity, this.#instrument.lotSize)
    const price = wish.price === null ? null : cutTo(wish.price, this.#instrument.tickSize)
    const usedUs = clientOrderId === '' ? undefined : this.#books.lastUseUs(clientOrderId)
    if (usedUs !== undefined) {
      return this.#refuse(clientOrderId, clock.nowUs() - usedUs < SAME_ID_MS * 1_000 ? CODES.tooFast : CODES.clientIdUsed, false)
    }
    const orderId = snowflake(clock.nowMs(), this.#books.orderCount)
    const request = requestOf(orderId, { ...wish, price, quantity })
    const why = this.#engine.refusalOf(request, clock.nowUs())
    const isUnfillable = why?.code === 'FOK_UNFILLABLE'
    if (why !== null && !isUnfillable) {
      return this.#refuse(clientOrderId, REFUSALS[why.code], this.#options.burnsRefusedIds)
    }
    if (this.#isOutsideBand(wish.side, price)) return this.#refuse(clientOrderId, CODES.priceBand, this.#options.burnsRefusedIds)
    this.#commit([{ kind: 'order_accepted', orderId, source, ...termsOf(clientOrderId, wish, price, quantity) }])
    if (isUnfillable) {
      this.#commit([{ kind: 'order_closed', orderId, clientOrderId, outcome: 'expired', reason: 'it could not be filled whole' }])
    } else {
      this.#engine.submit(request, clock.nowUs())
      this.#collect()
    }
    return { order: this.#books.order(orderId) as BookedOrder }
  }

  /** Cancels an order of the account; what it asks for is written down whether or not there is such an order. */
  cancel(order: BookedOrder | undefined, asked: { readonly clientOrderId: string }): CancelOutcome {
    const refused = this.#cancelRefusal(order)
    const clientOrderId = order?.clientOrderId ?? asked.clientOrderId
    this.note({ kind: 'cancel', orderId: order?.orderId ?? null, clientOrderId, code: refused?.code ?? 0 })
    if (order === undefined || refused !== null) return { order: order ?? null, refused }
    this.close(order)
    return { order, refused: null }
  }

  /** Takes an open order off the book. */
  close(order: BookedOrder): void {
    this.#engine.cancel(order.orderId, null, this.#options.clock.nowUs())
    this.#collect()
  }

  /** Fills a share of what an open order lacks, at least a lot, at its own price, though the market did not. */
  fill(order: BookedOrder, share: Decimal): void {
    this.#engine.fillResting(order.orderId, this.#shareOf(order, share), this.#options.clock.nowUs())
    this.#collect()
  }

  /** An accident: the order is partly filled, then cancelled, and the account is told of the fill only `ms` later. */
  cancelWithLateFill(order: BookedOrder, share: Decimal, ms: number): void {
    const held: BookedChange[] = []
    this.#held = held
    try {
      this.fill(order, share)
    } finally {
      this.#held = null
    }
    const untilUs = this.#options.clock.nowUs() + ms * 1_000
    const tradeIds = held.flatMap(({ fill }) => (fill === null ? [] : [fill.tradeId]))
    order.hiding = { orderUntilUs: 0, listsUntilUs: 0, fillsUntilUs: untilUs, tradeIds }
    if (order.standing === 'open') this.close(order)
    this.#options.later(ms, () => {
      for (const change of held) this.#options.onChange(change)
    })
  }

  setLeverage(leverage: Decimal): void {
    this.note({ kind: 'leverage', leverage: formatDecimal(leverage) })
    this.#engine = this.#buildEngine(this.#engine.book)
  }

  /**
   * Longs pay shorts, or the other way round: so much to the account, or where a rate is given, what its position owes at the mark.
   * @returns what was charged; null where there is nothing to charge
   */
  chargeFunding(due: { readonly amount: Decimal } | { readonly rate: Decimal }): Decimal | null {
    const owed = 'amount' in due ? due.amount : neg(mul(mul(this.#books.position.quantity, this.mark ?? ZERO), due.rate))
    const amount = parseDecimal(formatFixed(owed, MONEY_PLACES))
    if (amount === ZERO) return null
    const fundingId = `${this.#books.fundings().length + 1}_3_${Math.floor(this.#options.clock.nowMs() / 1_000)}`
    this.#commit([{ kind: 'funding', fundingId, amount: formatDecimal(amount) }])
    this.#engine.deposit(this.#instrument.settle, amount)
    return amount
  }

  /** Reads the truth log anew, as after a crash; what was only in memory is gone. */
  restart(): void {
    const book = this.#engine.book
    this.#log.close()
    const { log, records, tornBytes } = TruthLog.open(this.#options.truthPath)
    this.#log = log
    this.#cancelsMs.clear()
    this.#rebuild(records, tornBytes, book)
  }

  stop(): void {
    this.note({ kind: 'stopped' })
    this.#log.close()
  }

  #rebuild(records: readonly TruthRecord[], tornBytes: number, book: OrderBook | null): void {
    this.#tornBytes = tornBytes
    this.#books = new Books(this.#opening)
    for (const record of records) this.#books.apply(record)
    this.note({ kind: 'restarted', orders: this.#books.orderCount, fills: this.#books.fills().length, tornBytes })
    // What had not been matched when it went down was told to nobody as done: it is given back.
    const unmatched = this.#books.openOrders().filter((order) => order.type === 'MARKET' || order.timeInForce !== 'gtc')
    const reason = 'the exchange restarted before it was matched'
    // Nobody listens yet to a stream that could say so.
    this.#held = []
    this.#commit(
      unmatched.map(({ orderId, clientOrderId }) => ({ kind: 'order_closed', orderId, clientOrderId, outcome: 'expired', reason })),
    )
    this.#held = null
    this.#engine = this.#buildEngine(book)
  }

  #buildEngine(book: OrderBook | null): Exchange {
    const engine = new Exchange({
      instrument: { ...this.#instrument, maxLeverage: this.#books.leverage },
      feeRates: feeRatesOf(this.#opening),
      balances: { [this.#instrument.settle]: this.#books.balance },
      position: this.#books.position,
      idPrefix: 'exchange',
    })
    if (book?.isReady === true) {
      const [bids, asks] = [book.bids(BOOK_LEVELS_KEPT), book.asks(BOOK_LEVELS_KEPT)]
      engine.onMarket({ type: 'snapshot', timeUs: 0, venueTimeUs: null, updateId: book.lastUpdateId, bids, asks })
    }
    for (const order of this.#books.openOrders()) {
      const { price, quantity } = order
      const request = requestOf(order.orderId, { ...order, symbol: '', price: dec(price ?? '0'), quantity: dec(quantity) })
      engine.restore({ ...request, instrument: this.#instrument.symbol }, viewOf(order, null).filledQuantity)
    }
    return engine
  }

  #refuse(clientOrderId: string, refused: Refused, burnsId: boolean): PlaceOutcome {
    this.note({ kind: 'order_refused', clientOrderId, ...refused, burnsId: burnsId && clientOrderId !== '' })
    return { refused }
  }

  #cancelRefusal(order: BookedOrder | undefined): Refused | null {
    if (order === undefined) return CODES.noSuchOrder
    const nowMs = this.#options.clock.nowMs()
    const lastMs = this.#cancelsMs.get(order.orderId)
    if (lastMs !== undefined && nowMs - lastMs < SAME_ID_MS) return CODES.tooFast
    this.#cancelsMs.set(order.orderId, nowMs)
    if (order.standing === 'open') return null
    return order.standing === 'filled' ? CODES.alreadyFilled : CODES.noSuchOrder
  }

  #isOutsideBand(side: Side, price: Decimal | null): boolean {
    const mark = this.mark
    if (mark === null || price === null) return false
    return side === 'buy' ? price > mul(mark, add(ONE, PRICE_BAND)) : price < mul(mark, sub(ONE, PRICE_BAND))
  }

  #shareOf(order: BookedOrder, share: Decimal): Decimal {
    const { lotSize } = this.#instrument
    const unfilled = sub(parseDecimal(order.quantity), viewOf(order, null).filledQuantity)
    return min(unfilled, max(lotSize, truncateToStep(mul(unfilled, share), lotSize)))
  }

  /** What the engine has said becomes entries, one write for all of them. */
  #collect(): void {
    const entries: TruthEntry[] = []
    let tradeId = this.#books.nextTradeId
    for (const { event } of this.#engine.drain()) {
      if (!('clientOrderId' in event)) continue
      const order = this.#books.order(event.clientOrderId ?? '')
      if (order === undefined) continue
      const { orderId, clientOrderId } = order
      if (event.type === 'PARTIAL_FILL' || event.type === 'FULL_FILL') {
        const { price, quantity, fee, liquidity } = event.fill
        entries.push({
          kind: 'fill',
          ...{ orderId, clientOrderId, tradeId: String(tradeId), side: order.side },
          ...{ price: formatDecimal(price), quantity: formatDecimal(quantity), fee: formatDecimal(fee) },
          liquidity: liquidity ?? 'taker',
        })
        tradeId += 1
      } else if (event.type === 'CANCEL_ACK') {
        entries.push({ kind: 'order_closed', orderId, clientOrderId, outcome: 'canceled', reason: '' })
      } else if (event.type === 'EXPIRED') {
        entries.push({ kind: 'order_closed', orderId, clientOrderId, outcome: 'expired', reason: event.reason })
      } else if (event.type !== 'ORDER_ACK') {
        throw new Error(`The engine said ${event.type} of order ${orderId}, which it had let in.`)
      }
    }
    this.#commit(entries)
  }

  #commit(entries: readonly TruthEntry[]): void {
    if (entries.length === 0) return
    for (const record of this.#log.append(entries, this.#options.clock.nowUs())) {
      const change = this.#books.apply(record)
      if (change === null) continue
      if (this.#held === null) this.#options.onChange(change)
      else this.#held.push(change)
    }
  }
}

function requestOf(orderId: string, wish: OrderWish): OrderRequest {
  return {
    clientOrderId: orderId,
    instrument: wish.symbol,
    side: wish.side,
    positionSide: 'net',
    orderType: wish.type === 'MARKET' ? 'market' : 'limit',
    price: wish.type === 'MARKET' ? null : wish.price,
    quantity: wish.quantity,
    timeInForce: wish.timeInForce,
    postOnly: wish.postOnly,
    reduceOnly: wish.reduceOnly,
    // Lateness is judged at the door, by the request's own timestamp.
    validUntilUs: Number.MAX_SAFE_INTEGER,
    ...{ role: 'quote', slotId: null, trade: null, leg: null, intentSeq: 0, attempt: 0 },
  }
}

function termsOf(clientOrderId: string, wish: OrderWish, price: Decimal | null, quantity: Decimal): TruthOrderTerms {
  const { side, type, timeInForce, postOnly, reduceOnly } = wish
  const shown = type === 'MARKET' || price === null ? null : formatDecimal(price)
  return { clientOrderId, side, type, price: shown, quantity: formatDecimal(quantity), timeInForce, postOnly, reduceOnly }
}
