// The money of one account at the exchange: balances, holds, position and margin. Moves money only when told of a fill.

import { abs, add, type Decimal, div, formatDecimal, max, min, mul, mulDiv, neg, ONE, sub, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { type Refusal, refusal } from './codes.ts'
import { type ExchangeOrder, limitOf, unfilledOf } from './order.ts'

/** The square of a decimal's unit: price × quantity × rate carries three units and is divided by two of them. */
const UNIT_SQUARED = (ONE * ONE) as Decimal

export interface FeeRates {
  /** As a share of the notional; below zero for a rebate. */
  readonly maker: Decimal
  readonly taker: Decimal
}

export interface OpenPosition {
  /** Signed: above zero long. */
  readonly quantity: Decimal
  /** Signed exact cost of what is open, in quote. */
  readonly cost: Decimal
  /** Both when the position last grew, where it has been reduced since: what is closed takes its share of that cost. */
  readonly basis?: { readonly quantity: Decimal; readonly cost: Decimal }
}

export interface Balance {
  readonly asset: string
  readonly total: Decimal
  /** What open orders and positions bind; total = held + free, save for open losses of a perpetual, which free leaves out. */
  readonly held: Decimal
  readonly free: Decimal
}

/** What an order that has just arrived would bind, judged before it exists. */
export interface Commitment {
  readonly side: Side
  readonly quantity: Decimal
  /** The most it can cost, in quote. */
  readonly notional: Decimal
}

/** price × quantity × rate, rounded half-even once. */
export function feeOf(price: Decimal, quantity: Decimal, rate: Decimal): Decimal {
  return mulDiv((price * quantity) as Decimal, rate, UNIT_SQUARED)
}

export class Account {
  readonly #instrument: Instrument
  readonly #balances = new Map<string, Decimal>()
  /** What is set aside for fees: the dearer of the two rates, since an order may be filled either way. */
  readonly #heldFeeRate: Decimal
  #position: Decimal
  #cost: Decimal
  #basis: { readonly quantity: Decimal; readonly cost: Decimal }

  constructor(instrument: Instrument, rates: FeeRates, balances: Readonly<Record<string, Decimal>>, position: OpenPosition) {
    this.#instrument = instrument
    this.#heldFeeRate = max(ZERO, max(rates.maker, rates.taker))
    for (const [asset, amount] of Object.entries(balances)) this.#balances.set(asset, amount)
    this.#position = position.quantity
    this.#cost = position.cost
    this.#basis = position.basis ?? position
  }

  get position(): OpenPosition {
    return { quantity: this.#position, cost: this.#cost }
  }

  /** All that another account needs to carry the position on to the last digit. */
  get carriedPosition(): OpenPosition {
    return { quantity: this.#position, cost: this.#cost, basis: this.#basis }
  }

  total(asset: string): Decimal {
    return this.#balances.get(asset) ?? ZERO
  }

  /** Money from outside, or with an amount below zero to outside. */
  deposit(asset: string, amount: Decimal): void {
    this.#balances.set(asset, add(this.total(asset), amount))
  }

  /** How much an order of this side can still close; what it may not exceed if it is reduce-only. */
  reducible(side: Side): Decimal {
    const open = side === 'buy' ? neg(this.#position) : this.#position
    return max(open, ZERO)
  }

  /** Moves the money of a fill: both legs and the fee for spot; the fee and what is realised for a perpetual. */
  settle(side: Side, price: Decimal, quantity: Decimal, fee: Decimal): void {
    const { kind, base, quote, settle } = this.#instrument
    const signed = side === 'buy' ? quantity : neg(quantity)
    if (kind === 'spot') {
      this.deposit(base, signed)
      this.deposit(quote, neg(mul(signed, price)))
    } else {
      this.deposit(settle, this.#changePosition(signed, price))
    }
    this.deposit(settle, neg(fee))
  }

  /**
   * Average cost. What is left after a reduction keeps its share of the cost the position had when it last grew, rounded once; the
   * last share closed takes all of it. Returns what is realised, before fees.
   */
  #changePosition(signed: Decimal, price: Decimal): Decimal {
    const held = this.#position
    this.#position = add(held, signed)
    if (held === ZERO || held > ZERO === signed > ZERO) {
      this.#cost = add(this.#cost, mul(signed, price))
      this.#basis = { quantity: this.#position, cost: this.#cost }
      return ZERO
    }
    const closed = min(abs(signed), abs(held))
    const costLeft = closed === abs(held) ? ZERO : mulDiv(this.#basis.cost, this.#position, this.#basis.quantity)
    const costClosed = sub(this.#cost, costLeft)
    const value = mul(held > ZERO ? closed : neg(closed), price)
    const opened = held > ZERO ? add(signed, closed) : sub(signed, closed)
    this.#cost = add(costLeft, mul(opened, price))
    if (opened !== ZERO) this.#basis = { quantity: this.#position, cost: this.#cost }
    return sub(value, costClosed)
  }

  /** Nothing, or why the account cannot carry one more order. `mark` values the position; null before any price. */
  refuse(wish: Commitment, open: Iterable<ExchangeOrder>, mark: Decimal | null): Refusal | null {
    if (this.#instrument.kind === 'spot') return this.#refuseSpot(wish, open)
    const before = this.#margin(open, mark, null)
    const after = this.#margin(open, mark, wish)
    const equity = this.#equity(mark)
    // What does not add to the exposure is always let in: an account under water must be able to close.
    if (after.initial <= before.initial || add(after.initial, after.fees) <= equity) return null
    const needed = formatDecimal(add(after.initial, after.fees))
    return refusal('INSUFFICIENT_MARGIN', `Needed ${needed} ${this.#instrument.settle}, there are ${formatDecimal(equity)}.`)
  }

  /** What there is, what is bound, and what is free, of every asset the account has seen. */
  balances(open: readonly ExchangeOrder[], mark: Decimal | null): Balance[] {
    return [...this.#balances].map(([asset, total]) => {
      if (this.#instrument.kind === 'spot') {
        const held = this.#heldSpot(asset, open)
        return { asset, total, held, free: sub(total, held) }
      }
      if (asset !== this.#instrument.settle) return { asset, total, held: ZERO, free: total }
      const margin = this.#margin(open, mark, null)
      const held = add(margin.initial, margin.fees)
      return { asset, total, held, free: sub(this.#equity(mark), held) }
    })
  }

  #refuseSpot(wish: Commitment, open: Iterable<ExchangeOrder>): Refusal | null {
    const { base, quote } = this.#instrument
    const asset = wish.side === 'buy' ? quote : base
    const needed = wish.side === 'buy' ? this.#withFee(wish.notional) : wish.quantity
    const free = sub(this.total(asset), this.#heldSpot(asset, open))
    if (needed <= free) return null
    return refusal('INSUFFICIENT_BALANCE', `Needed ${formatDecimal(needed)} ${asset}, free are ${formatDecimal(free)}.`)
  }

  #heldSpot(asset: string, open: Iterable<ExchangeOrder>): Decimal {
    let held: Decimal = ZERO
    for (const order of open) {
      const unfilled = unfilledOf(order)
      const { side } = order.request
      if (side === 'buy' && asset === this.#instrument.quote) held = add(held, this.#withFee(mul(limitOf(order), unfilled)))
      if (side === 'sell' && asset === this.#instrument.base) held = add(held, unfilled)
    }
    return held
  }

  #withFee(notional: Decimal): Decimal {
    return add(notional, mul(notional, this.#heldFeeRate))
  }

  #equity(mark: Decimal | null): Decimal {
    const unrealized = mark === null ? ZERO : sub(mul(this.#position, mark), this.#cost)
    return add(this.total(this.#instrument.settle), min(unrealized, ZERO))
  }

  /**
   * The larger of what is long once all buys are filled and what is short once all sells are, at its price, divided by
   * the leverage cap; and the fees of the orders. Reduce-only orders cannot add exposure and count for neither.
   */
  #margin(open: Iterable<ExchangeOrder>, mark: Decimal | null, wish: Commitment | null): { initial: Decimal; fees: Decimal } {
    const held = mark === null ? this.#cost : mul(this.#position, mark)
    let buys: Decimal = wish?.side === 'buy' ? wish.notional : ZERO
    let sells: Decimal = wish?.side === 'sell' ? wish.notional : ZERO
    for (const order of open) {
      if (order.request.reduceOnly) continue
      const notional = mul(limitOf(order), unfilledOf(order))
      if (order.request.side === 'buy') buys = add(buys, notional)
      else sells = add(sells, notional)
    }
    const exposure = max(max(add(held, buys), sub(sells, held)), ZERO)
    return { initial: div(exposure, this.#instrument.maxLeverage), fees: mul(add(buys, sells), this.#heldFeeRate) }
  }
}
