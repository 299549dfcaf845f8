// Follows what an account is worth through a session, fact by fact, and says what moved it: fills, prices, fees, funding. From
// fills, flows and the ticks' marks alone; the postings are the other way to the same figures, and are not looked at here.

import { add, type Decimal, neg, sub, ZERO } from '../kernel/decimal.ts'
import { signedBy } from '../kernel/ledger.ts'
import { positionKey } from '../kernel/state.ts'
import { type BookedFee, feeValueOf } from './fee-value.ts'
import type { Marks } from './marks.ts'
import { type MoneyInputs, sumsOf } from './money.ts'
import { Valuer } from './prices.ts'
import { type IndexPoint, ReturnChain } from './return-chain.ts'
import { quantityAssetOf, type Terms } from './terms.ts'
import type { Fill, Movement, Tick, TickSink } from './tick-pass.ts'
import { ValuedAmounts } from './valued-amounts.ts'

/**
 * What follows equity less the session's capital flows, each at its worth when it moved: at the start, from the first tick with a mark
 * on at every tick, and at the end.
 */
export interface EquitySink {
  /**
   * In the session's settle asset, and where the index of returns stands: null while there is nothing to return something on. What was
   * said counts for nothing where the course ends with a `why`, and of the index where the returns do.
   */
  onEquity(timeUs: number, equity: Decimal, index: IndexPoint | null): void
}

/** What a change of equity is made of; all signed as they move it, save the fees, which are what was paid. */
export interface Parts {
  fills: number
  realized: Decimal
  spreadCapture: Decimal
  revaluation: Decimal
  fees: Decimal
  funding: Decimal
}

export interface FeeKind {
  readonly liquidity: 'maker' | 'taker' | 'unknown'
  readonly asset: string
  amount: Decimal
  value: Decimal | null
}

interface PaidFee {
  readonly booked: BookedFee
  readonly liquidity: Fill['liquidity']
  readonly terms: Terms
}

export type Role = NonNullable<Fill['role']> | 'other'

const noParts = (): Parts => ({ fills: 0, realized: ZERO, spreadCapture: ZERO, revaluation: ZERO, fees: ZERO, funding: ZERO })

/**
 * Equity is counted less the capital that the session moved after its first mark, each flow at its worth when it moved: none of them
 * is a result, and what prices do to coins afterwards is, whether they came with the session or during it. The drawdown gate counts so too.
 */
export class EquityCourse implements TickSink {
  /** By instrument and by what orders were for, each from the first that was touched. */
  readonly byInstrument = new Map<string, Parts>()
  readonly byRole = new Map<Role, Parts>()
  /** By liquidity and asset. */
  readonly feeKinds = new Map<string, FeeKind>()
  /** What prices did to what is held beside positions. */
  holdings = ZERO
  readonly returns: ReturnChain | null
  readonly #inputs: MoneyInputs
  readonly #sinks: EquitySink[] = []
  /** What the capital moved since the start was worth; and what of it nobody has priced yet. */
  #moved = ZERO
  #setAside: readonly Movement[] = []
  #hasBegun = false
  readonly #owned = new ValuedAmounts((asset, amount) => this.#worth(asset, amount))
  readonly #positions = new ValuedAmounts((asset, amount) => this.#worth(asset, amount))
  readonly #instrumentOf = new Map<string, string>()
  readonly #marks: Marks | null
  #valuer: Valuer | null = null
  #mark = ZERO
  #statedCount = 0
  #why: string | null = null

  constructor(inputs: MoneyInputs) {
    this.#inputs = inputs
    const { own, marks, ledger, positions } = inputs
    this.#marks = marks.get(own.symbol) ?? null
    this.#part(own.symbol)
    if (this.#marks === null) {
      this.#why = 'The session saw no mark.'
      this.returns = null
      return
    }
    const { first } = this.#marks
    this.#price(first.price, first.seq)
    for (const [key, amount] of sumsOf(ledger.before, ledger.untilSplit)) {
      const [account, asset = ''] = key.split('|')
      if (account === 'wallet' || account === 'position') this.#owned.move(key, asset, amount)
    }
    for (const { key, terms, before } of positions) {
      if (before.quantity !== ZERO) this.#hold(key, terms, before.quantity)
    }
    this.returns = new ReturnChain(this.#owned.total)
  }

  /** What is missing, a sentence; null while all is known. */
  get why(): string | null {
    return this.#why
  }

  listen(sink: EquitySink): void {
    this.#sinks.push(sink)
  }

  onTick({ seq, timeUs, instrument, mark }: Tick): void {
    if (this.#marks === null || seq < this.#marks.first.seq) return
    this.#advance(seq, instrument === this.#inputs.own.symbol ? mark : null)
    this.#tell(timeUs)
  }

  onFill(fill: Fill): void {
    this.#advance(fill.seq, null)
    const { own, terms: book } = this.#inputs
    const terms = book.of(fill.instrument)
    if (terms.settle !== own.settle)
      this.#unknown(`Fills in ${terms.symbol} are paid in ${terms.settle}, and the session's in ${own.settle}.`)
    const parts = [this.#part(terms.symbol), this.#rolePart(fill.role ?? 'other')]
    for (const part of parts) {
      part.fills += 1
      part.realized = add(part.realized, fill.realizedPnl)
    }
    const spread = this.#trade(fill, terms)
    for (const part of parts) part.spreadCapture = add(part.spreadCapture, spread)
    const { feeAsset: asset, fee, feePrice, price, liquidity } = fill
    this.#pay({ booked: { asset, fee, feePrice, price }, liquidity, terms }, parts)
  }

  onMovement(movement: Movement): void {
    this.#advance(movement.seq, null)
    const { own, terms } = this.#inputs
    const { asset, amount } = movement
    if (movement.type === 'fee') {
      const { instrument, liquidity, feePrice, price, role } = movement
      const parts = [this.#part(instrument), this.#rolePart(role ?? 'other')]
      this.#pay({ booked: { asset, fee: amount, feePrice, price }, liquidity, terms: terms.of(instrument) }, parts)
    } else if (movement.type === 'funding') {
      if (asset !== own.settle) this.#unknown(`Funding was paid in ${asset}, and the session's profit is in ${own.settle}.`)
      const part = this.#part(movement.instrument)
      part.funding = add(part.funding, this.#owned.move(`wallet|${asset}`, asset, amount))
    } else if (movement.seq > (this.#marks?.first.seq ?? 0)) {
      // What was moved until then is in the start.
      this.#flow(movement)
    }
  }

  #flow(movement: Movement): void {
    const { asset, amount } = movement
    const worth = this.#valuer?.inSettle(asset, amount) ?? null
    if (worth === null) {
      this.#setAside = [...this.#setAside, movement]
      this.returns?.unpricedFlow(asset)
      return
    }
    const before = this.#owned.total
    this.#takeIn(movement, worth)
    this.returns?.flow(before, this.#owned.total)
  }

  /** What rounding leaves of it to the last digit is of the holdings. */
  #takeIn({ asset, amount }: Movement, worth: Decimal): void {
    this.#moved = add(this.#moved, worth)
    this.holdings = add(this.holdings, sub(this.#owned.move(`wallet|${asset}`, asset, amount), worth))
  }

  /** Capital that had no price counts from when it has one; `markThen` is the mark at a fact up to this one. */
  #takeInPriced(seq: number, markThen: (seq: number) => Decimal): void {
    const { own, stated } = this.#inputs
    this.#setAside = this.#setAside.filter((movement) => {
      const { asset, amount } = movement
      const pricedAt = stated.firstAfter(movement.seq, { asset, quote: own.quote })
      if (pricedAt === null || pricedAt > seq) return true
      const worth = new Valuer(own, { mark: markThen(pricedAt), seq: pricedAt }, stated).inSettle(asset, amount)
      if (worth !== null) this.#takeIn(movement, worth)
      return worth === null
    })
  }

  /** Brings the prices to the end of the session; `timeUs` is when that was. */
  end(timeUs: number): void {
    this.#advance(this.#inputs.lastSeq, null)
    this.returns?.end(this.#owned.total)
    this.#tell(timeUs)
  }

  #tell(timeUs: number): void {
    if (this.#why !== null || this.returns === null) return
    // Fills that were booked before the first mark, as a session finds them at a venue, are its own: it starts ahead of them.
    if (!this.#hasBegun) for (const sink of this.#sinks) sink.onEquity(timeUs, this.returns.start, this.returns.startIndex)
    this.#hasBegun = true
    const { total } = this.#owned
    const [equity, index] = [sub(total, this.#moved), this.returns.at(total)]
    for (const sink of this.#sinks) sink.onEquity(timeUs, equity, index)
  }

  /** Moves on to a fact: what was stated until then, and the mark of a tick, or at the end the last one that was set. */
  #advance(seq: number, seen: Decimal | null): void {
    const { stated } = this.#inputs
    // Before the first mark there is nothing to value at but that one.
    if (this.#marks === null || seq <= this.#marks.first.seq) return
    const { last } = this.#marks
    const before = this.#mark
    const price = seq >= last.seq ? last.price : (seen ?? before)
    if (price === this.#mark && stated.countAt(seq) === this.#statedCount) return
    this.#price(price, seq)
    let revalued = ZERO
    this.#positions.reprice((key, change) => {
      const part = this.#part(this.#instrumentOf.get(key) as string)
      part.revaluation = add(part.revaluation, change)
      revalued = add(revalued, change)
    })
    this.holdings = add(this.holdings, sub(this.#owned.reprice(), revalued))
    if (this.#setAside.length > 0) this.#takeInPriced(seq, (then) => (then >= last.seq ? last.price : before))
  }

  #price(mark: Decimal, seq: number): void {
    const { own, stated } = this.#inputs
    this.#mark = mark
    this.#statedCount = stated.countAt(seq)
    this.#valuer = new Valuer(own, { mark, seq }, stated)
  }

  /** The quantity changes hands for its value. What that is better than the mark, and to the last digit what rounding leaves to the holdings. */
  #trade(fill: Fill, terms: Terms): Decimal {
    const signed = signedBy(fill.side, fill.quantity)
    const value = signedBy(fill.side, fill.value)
    const asset = quantityAssetOf(terms)
    const inverse = terms.kind === 'inverse'
    const gained = this.#hold(positionKey(fill.instrument, fill.positionSide), terms, signed)
    // A quantity of inverse contracts is owed in quote, against the base that it stands for.
    const spread = inverse ? add(gained, value) : sub(gained, value)
    const account = terms.kind === 'spot' ? 'wallet' : 'position'
    const got = this.#owned.move(`${account}|${asset}`, asset, inverse ? neg(signed) : signed)
    const paid = this.#owned.move(`${account}|${terms.settle}`, terms.settle, inverse ? value : neg(value))
    this.holdings = add(this.holdings, sub(add(got, paid), spread))
    return spread
  }

  #hold(key: string, terms: Terms, signed: Decimal): Decimal {
    this.#instrumentOf.set(key, terms.symbol)
    return this.#positions.move(key, quantityAssetOf(terms), terms.kind === 'inverse' ? neg(signed) : signed)
  }

  /** A fee counts as what it was worth when it was booked; what its asset does afterwards is of the holdings. */
  #pay({ booked, liquidity, terms }: PaidFee, parts: readonly Parts[]): void {
    const { asset, fee } = booked
    if (fee === ZERO) return
    const value = feeValueOf(booked, this.#inputs.own, terms)
    if (value === null) this.#unknown(`A fee in ${asset} had no price.`)
    const moved = this.#owned.move(`wallet|${asset}`, asset, neg(fee))
    this.holdings = add(this.holdings, add(moved, value ?? ZERO))
    for (const part of parts) part.fees = add(part.fees, value ?? ZERO)
    const key = `${liquidity ?? 'unknown'}|${asset}`
    const kind = this.feeKinds.get(key) ?? { liquidity: liquidity ?? 'unknown', asset, amount: ZERO, value: ZERO }
    this.feeKinds.set(key, kind)
    kind.amount = add(kind.amount, fee)
    kind.value = kind.value === null || value === null ? null : add(kind.value, value)
  }

  #worth(asset: string, amount: Decimal): Decimal {
    if (amount === ZERO) return ZERO
    const worth = this.#valuer?.inSettle(asset, amount) ?? null
    if (worth === null) this.#unknown(`Nobody has said what ${asset} is worth.`)
    return worth ?? ZERO
  }

  /** The first thing that is missing says why. */
  #unknown(why: string): void {
    this.#why ??= why
  }

  #part(instrument: string): Parts {
    return partOf(this.byInstrument, instrument)
  }

  #rolePart(role: Role): Parts {
    return partOf(this.byRole, role)
  }
}

function partOf<Key>(parts: Map<Key, Parts>, key: Key): Parts {
  const known = parts.get(key) ?? noParts()
  parts.set(key, known)
  return known
}
