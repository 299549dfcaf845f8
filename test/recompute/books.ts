// What an account holds and what its holdings cost, followed from fills and flows alone.

import { minus, NOTHING, over, plus, rounded, signOf, size, smaller, times } from '../session/exact.ts'
import { compare, type Fraction, ONE, opposite, sum, whole } from './exact-figures.ts'
import type { Fill, Flow, Recorded } from './session-rows.ts'

export function signed({ side, quantity }: Pick<Fill, 'side' | 'quantity'>): Fraction {
  return side === 'buy' ? quantity : opposite(quantity)
}

/** Price × quantity, with the sign of the quantity. */
export function signedValue(fill: Pick<Fill, 'side' | 'quantity' | 'price'>): Fraction {
  return times(signed(fill), fill.price)
}

/** Average cost, counted from when the holding last grew: what is left keeps its share of the cost of then. */
export class AverageCost {
  quantity = NOTHING
  cost = NOTHING
  #grown = { quantity: NOTHING, cost: NOTHING }

  /** Returns what is realised. */
  book(change: Fraction, price: Fraction): Fraction {
    if (signOf(this.quantity) * signOf(change) >= 0) {
      this.#grow(change, price)
      return NOTHING
    }
    const closed = smaller(size(change), size(this.quantity))
    const direction = whole(signOf(this.quantity))
    const left = minus(this.quantity, times(direction, closed))
    const costLeft = signOf(left) === 0 ? NOTHING : rounded(over(times(this.#grown.cost, left), this.#grown.quantity))
    const realized = minus(times(times(direction, closed), price), minus(this.cost, costLeft))
    this.quantity = left
    this.cost = costLeft
    const rest = plus(change, times(direction, closed))
    if (signOf(rest) !== 0) this.#grow(rest, price)
    return realized
  }

  #grow(change: Fraction, price: Fraction): void {
    this.quantity = plus(this.quantity, change)
    this.cost = plus(this.cost, times(change, price))
    this.#grown = { quantity: this.quantity, cost: this.cost }
  }
}

/** In what the instrument settles in; null where nobody said what the fee's asset was worth. */
export function feeValue({ session }: Recorded, { fee, fee_asset, fee_price }: Fill): Fraction | null {
  if (fee_asset === session.settle || signOf(fee) === 0) return fee
  return fee_price === null ? null : rounded(times(fee, fee_price))
}

/** Amounts by asset, coins and contracts apart: each is valued, and rounded, by itself. */
export class Owned {
  readonly amounts = new Map<string, Fraction>()
  readonly #recorded: Recorded

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  add(key: string, amount: Fraction): void {
    this.amounts.set(key, plus(this.amounts.get(key) ?? NOTHING, amount))
  }

  fill(fill: Fill): void {
    const { base, quote, instrument_kind } = this.#recorded.session
    this.add(instrument_kind === 'spot' ? base : `contracts ${base}`, signed(fill))
    this.add(quote, opposite(signedValue(fill)))
    this.add(fill.fee_asset, opposite(fill.fee))
  }

  flow({ asset, amount }: Flow): void {
    this.add(asset, amount)
  }

  /** At a mark, and at what had been stated by a fact. */
  worth(mark: Fraction, seq: number): Fraction {
    return sum([...this.amounts].map(([key, amount]) => worthOf(this.#recorded, key.replace('contracts ', ''), { amount, mark, seq })))
  }
}

export function worthOf(
  { session, stated }: Recorded,
  asset: string,
  { amount, mark, seq }: { readonly amount: Fraction; readonly mark: Fraction; readonly seq: number },
): Fraction {
  if (signOf(amount) === 0) return NOTHING
  const price =
    asset === session.quote ? ONE : asset === session.base ? mark : stated.findLast((row) => row.asset === asset && row.seq <= seq)?.price
  if (price === undefined) throw new Error(`nobody said what ${asset} is worth`)
  return rounded(times(amount, price))
}

/** The marks a session was valued at. */
export class Marks {
  readonly first: { readonly seq: number; readonly timeUs: number; readonly mark: Fraction }
  readonly last: Fraction
  readonly #ticks: readonly { readonly seq: number; readonly timeUs: number; readonly mark: Fraction }[]

  constructor({ ticks }: Recorded) {
    this.#ticks = ticks.flatMap(({ seq, time_us, mark }) => (mark === null ? [] : [{ seq, timeUs: time_us, mark }]))
    const [first, last] = [this.#ticks[0], this.#ticks.at(-1)]
    if (first === undefined || last === undefined) throw new Error('Beyond this recomputation: a session without a mark.')
    this.first = first
    this.last = last.mark
  }

  /** That of the last tick that is no later than a fact; before the first of them the first. */
  at(seq: number): Fraction {
    return (this.#ticks.findLast((tick) => tick.seq <= seq) ?? this.first).mark
  }
}

/** Whether a row is of the session and not of an older one. */
export function isWithin({ session }: Recorded): (row: { readonly seq: number }) => boolean {
  return ({ seq }) => seq >= session.first_seq
}

export function isAbove(a: Fraction, b: Fraction): boolean {
  return compare(a, b) > 0
}
