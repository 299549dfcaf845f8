// The auditor's own books of what is held: positions, trades and balances, recounted from fills and capital alone. It never
// reads what the kernel made of them, save to compare.

import { add, type Decimal, mulDiv, neg, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { FactBody, FactOf, OrderRole, Posting } from '../../src/core/kernel/facts.ts'
import type { PositionSide, Side } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { magnitude, OwnHolding, signed, worth } from './own-holding.ts'
import { must, same } from './violation.ts'

export interface OwnPosition {
  readonly instrument: string
  readonly positionSide: PositionSide
  readonly holding: OwnHolding
  inSlots: Decimal
  quoted: Decimal
  unassigned: Decimal
  /** The part of the unassigned that was written off and blocks nothing. */
  dust: Decimal
  realized: Decimal
  /** What the venue last said it is, where that differs and nothing has explained it. */
  venues: Decimal | null
}

export interface OwnTrade {
  readonly key: string
  readonly instrument: string
  readonly positionSide: PositionSide
  readonly side: Side
  readonly holding: OwnHolding
  entryQuantity: Decimal
  exitQuantity: Decimal
  realized: Decimal
  /** What its fills took in fees of the coins themselves: so much of what is open cannot be delivered. */
  feesInKind: Decimal
  closed: boolean
}

const ONE = 10n ** 18n

export class OwnBooks {
  readonly instruments = new Map<string, Instrument>()
  readonly positions = new Map<string, OwnPosition>()
  readonly trades = new Map<string, OwnTrade>()
  readonly balances = new Map<string, Decimal>()
  readonly prices = new Map<string, Decimal>()
  readonly marks = new Map<string, Decimal>()
  readonly #tradeOfOrder = new Map<string, string>()

  instrument(symbol: string): Instrument {
    const instrument = this.instruments.get(symbol)
    must(instrument !== undefined, `${symbol} is traded and was never listed`)
    return instrument
  }

  position(instrument: string, positionSide: PositionSide): OwnPosition {
    const key = `${instrument} ${positionSide}`
    const known = this.positions.get(key)
    if (known !== undefined) return known
    const holding = new OwnHolding(this.instrument(instrument).kind)
    const nothing = { inSlots: ZERO, quoted: ZERO, unassigned: ZERO, dust: ZERO, realized: ZERO, venues: null }
    const position: OwnPosition = { instrument, positionSide, holding, ...nothing }
    this.positions.set(key, position)
    return position
  }

  trade(slotId: string, trade: number): OwnTrade {
    const own = this.trades.get(`${slotId}#${trade}`)
    must(own !== undefined, `trade ${slotId}#${trade} was never opened`)
    return own
  }

  apply(body: FactBody): void {
    switch (body.type) {
      case 'SESSION_OPENED':
      case 'INSTRUMENT_LISTED':
        this.instruments.set(body.instrument.symbol, body.instrument)
        return
      case 'ASSET_VALUED':
        this.prices.set(`${body.asset}|${body.quote}`, body.price)
        return
      case 'MARK_SET':
        this.marks.set(body.instrument, body.price)
        return
      case 'CAPITAL_FLOWED':
        return this.#receive('capital', body.asset, body.amount, body.postings)
      case 'FUNDING_BOOKED':
        return this.#receive('funding', body.asset, body.amount, body.postings)
      case 'TRADE_OPENED':
        return this.#open(body)
      case 'SLOT_MOVED':
        if (body.to === 'closed') this.trade(body.slotId, body.trade).closed = true
        return
      case 'FILL_BOOKED':
        return this.#book(body)
      case 'ORDER_PREPARED':
        this.#tradeOfOrder.set(body.request.clientOrderId, `${body.request.slotId}#${body.request.trade}`)
        return
      case 'POSITION_DIFFERED':
      case 'POSITION_AGREED':
        this.#hearVenue(body)
        return
      case 'FILL_CONFIRMED':
        this.#judgeFeePrice(body)
        this.#payInKind(body)
        this.#fee(body.fee, body.feeAsset)
        return this.#balanced(body.postings)
      case 'EXPOSURE_ASSIGNED':
        return this.#assign(body)
      case 'DUST_WRITTEN_OFF':
        return this.#writeOff(body)
      case 'MARKET_OBSERVED':
        return this.#observe(body)
      default:
    }
  }

  /** What the account is worth in the instrument's quote; null where something in it has no price. */
  equity(instrument: Instrument): Decimal | null {
    let sum = ZERO
    for (const [key, amount] of this.balances) {
      const [account, asset] = key.split('|') as [string, string]
      if (amount === ZERO || (account !== 'wallet' && account !== 'position')) continue
      const price = this.price(asset, instrument, this.marks.get(instrument.symbol) ?? null)
      if (price === null) return null
      sum = add(sum, mulDiv(amount, price, ONE as Decimal))
    }
    return sum
  }

  price(asset: string, { base, quote }: Instrument, basePrice: Decimal | null): Decimal | null {
    if (asset === quote) return ONE as Decimal
    return asset === base ? basePrice : (this.prices.get(`${asset}|${quote}`) ?? null)
  }

  /** What was seen beside the market: all that is held of the instrument, on whatever side, and what the account is worth. */
  #observe({ observation: { instrument }, position, equity }: FactOf<'MARKET_OBSERVED'>): void {
    const worthNow = this.instruments.has(instrument) ? this.equity(this.instrument(instrument)) : null
    must(equity === worthNow, `the account was seen at ${equity}, it is worth ${worthNow}`)
    const held = [...this.positions.values()].filter((own) => own.instrument === instrument)
    const sum = held.reduce((total, { holding }) => add(total, holding.quantity), ZERO)
    same(`the position in ${instrument} as it was seen`, position, sum)
  }

  #move(account: string, asset: string, amount: Decimal): void {
    const key = `${account}|${asset}`
    this.balances.set(key, add(this.balances.get(key) ?? ZERO, amount))
  }

  #receive(from: 'capital' | 'funding', asset: string, amount: Decimal, postings: readonly Posting[]): void {
    this.#move('wallet', asset, amount)
    this.#move(from, asset, neg(amount))
    this.#balanced(postings)
  }

  #fee(fee: Decimal, asset: string): void {
    this.#move('wallet', asset, neg(fee))
    this.#move('fees', asset, fee)
  }

  /** The venue's position, where it is another than ours. */
  #hearVenue(body: FactOf<'POSITION_DIFFERED'> | FactOf<'POSITION_AGREED'>): void {
    if (!this.instruments.has(body.instrument)) return
    this.position(body.instrument, body.positionSide).venues = body.type === 'POSITION_DIFFERED' ? body.venues : null
  }

  /** Of a fill that was inferred before: its fee is news, and may have been paid in the coins of its trade. */
  #payInKind({ clientOrderId, instrument, fee, feeAsset }: FactOf<'FILL_CONFIRMED'>): void {
    const own = this.trades.get(this.#tradeOfOrder.get(clientOrderId) ?? '')
    if (own !== undefined && feeAsset === this.instrument(instrument).base) own.feesInKind = add(own.feesInKind, fee)
  }

  #judgeFeePrice(fill: FactOf<'FILL_BOOKED'> | FactOf<'FILL_CONFIRMED'>): void {
    const { tradeId, feeAsset, feePrice, price } = fill
    const stated = this.price(feeAsset, this.instrument(fill.instrument), price)
    must(feePrice === stated, `the fee of fill ${tradeId} is priced ${feePrice}, it is worth ${stated}`)
  }

  #balanced(postings: readonly Posting[]): void {
    const sums = new Map<string, Decimal>()
    for (const { asset, amount } of postings) sums.set(asset, add(sums.get(asset) ?? ZERO, amount))
    for (const [asset, sum] of sums) same(`postings in ${asset}`, sum, ZERO)
  }

  #open({ slotId, trade, instrument, side, positionSide, equityBefore }: FactOf<'TRADE_OPENED'>): void {
    const key = `${slotId}#${trade}`
    must(!this.trades.has(key), `trade ${key} was opened twice`)
    must(trade === 1 || this.trades.has(`${slotId}#${trade - 1}`), `trade ${key} leaves out a number`)
    const kind = this.instrument(instrument)
    const equity = this.equity(kind)
    must(equityBefore === equity, `before trade ${key} the account was worth ${equity}, not ${equityBefore}`)
    const nothing = { entryQuantity: ZERO, exitQuantity: ZERO, realized: ZERO, feesInKind: ZERO, closed: false }
    this.trades.set(key, { key, instrument, positionSide, side, holding: new OwnHolding(kind.kind), ...nothing })
  }

  #book(fill: FactOf<'FILL_BOOKED'>): void {
    const { tradeId, side, quantity, tradeValue } = fill
    const instrument = this.instrument(fill.instrument)
    const position = this.position(fill.instrument, fill.positionSide)
    if (!fill.inferred) same(`value of fill ${tradeId}`, tradeValue, worth(instrument, quantity, fill.price))
    const change = signed(side, quantity)
    const realized = position.holding.take(change, tradeValue)
    position.realized = add(position.realized, realized)
    if (position.venues === position.holding.quantity) position.venues = null
    same(`realised profit of fill ${tradeId}`, fill.realizedPnl, realized)
    same(`position after fill ${tradeId}`, fill.positionAfter, position.holding.quantity)
    same(`cost after fill ${tradeId}`, fill.costAfter, position.holding.cost)
    this.#exchange(instrument, { change, value: signed(side, tradeValue), realized })
    this.#fee(fill.fee, fill.feeAsset)
    this.#balanced(fill.postings)
    this.#judgeFeePrice(fill)
    const own = fill.slotId === null || fill.trade === null ? null : this.trade(fill.slotId, fill.trade)
    const assigned = this.#share(own, fill.role, change)
    same(`fill ${tradeId} and what its owner takes`, fill.assigned, assigned)
    same(`fill ${tradeId} and what nobody takes`, fill.unassigned, sub(change, assigned))
    position.unassigned = add(position.unassigned, sub(change, assigned))
    keepPart(position)
    if (fill.role === 'quote') position.quoted = add(position.quoted, assigned)
    const part = assigned === change ? tradeValue : mulDiv(tradeValue, magnitude(assigned), quantity)
    const gain = own === null || assigned === ZERO ? ZERO : this.#giveToTrade(own, assigned, part)
    same(`realised profit of fill ${tradeId} in its slot`, fill.slotRealizedPnl, gain)
    if (own !== null && assigned !== ZERO && fill.feeAsset === instrument.base) own.feesInKind = add(own.feesInKind, fill.fee)
  }

  /** Coins for money: of spot the wallet's, of contracts those that the contracts stand for. */
  #exchange(instrument: Instrument, { change, value, realized }: { change: Decimal; value: Decimal; realized: Decimal }): void {
    const { kind, base, quote, settle } = instrument
    const account = kind === 'spot' ? 'wallet' : 'position'
    const [coins, money] = kind === 'inverse' ? [value, neg(change)] : [change, neg(value)]
    this.#move(account, base, coins)
    this.#move('conversion', base, neg(coins))
    this.#move(account, quote, money)
    this.#move('conversion', quote, neg(money))
    this.#move('conversion', settle, realized)
    this.#move('realized_pnl', settle, neg(realized))
    if (kind === 'spot') return
    this.#move('wallet', settle, realized)
    this.#move('position', settle, neg(realized))
  }

  /** Quotes and entries take all of a fill, exits what is still open, and a trade that is closed nothing any more. */
  #share(own: OwnTrade | null, role: OrderRole | null, change: Decimal): Decimal {
    if (role === 'quote') return change
    if (own === null || own.closed) return ZERO
    if (role === 'entry') return change
    const open = magnitude(own.holding.quantity)
    return magnitude(change) <= open ? change : change > ZERO ? open : neg(open)
  }

  #giveToTrade(own: OwnTrade, change: Decimal, value: Decimal): Decimal {
    must(!own.closed, `trade ${own.key} is closed, and takes ${change}`)
    const position = this.position(own.instrument, own.positionSide)
    position.inSlots = add(position.inSlots, change)
    if (change > ZERO === (own.side === 'buy')) own.entryQuantity = add(own.entryQuantity, magnitude(change))
    else own.exitQuantity = add(own.exitQuantity, magnitude(change))
    const gain = own.holding.take(change, value)
    own.realized = add(own.realized, gain)
    const { quantity } = own.holding
    must(quantity === ZERO || quantity > ZERO === (own.side === 'buy'), `trade ${own.key} holds the other side`)
    return gain
  }

  #assign({ instrument, positionSide, quantity, slotId, trade, tradeValue, slotRealizedPnl }: FactOf<'EXPOSURE_ASSIGNED'>): void {
    const position = this.position(instrument, positionSide)
    const left = sub(position.unassigned, quantity)
    const isPart = quantity !== ZERO && quantity > ZERO === position.unassigned > ZERO && (left === ZERO || left > ZERO === quantity > ZERO)
    must(isPart, `${quantity} was assigned of ${position.unassigned} in ${instrument}`)
    position.unassigned = left
    keepPart(position)
    if (slotId === null || trade === null) {
      position.quoted = add(position.quoted, quantity)
      return
    }
    const own = this.trade(slotId, trade)
    must(own.instrument === instrument && own.positionSide === positionSide, `trade ${own.key} was given what it does not trade`)
    same(`realised profit of trade ${own.key} by what it was given`, slotRealizedPnl, this.#giveToTrade(own, quantity, tradeValue))
  }

  #writeOff({ slotId, trade, quantity, cost }: FactOf<'DUST_WRITTEN_OFF'>): void {
    const own = this.trade(slotId, trade)
    same(`dust of ${own.key} and what is open of it`, quantity, own.holding.quantity)
    same(`cost of the dust of ${own.key}`, cost, magnitude(own.holding.cost))
    const position = this.position(own.instrument, own.positionSide)
    position.inSlots = sub(position.inSlots, quantity)
    position.unassigned = add(position.unassigned, quantity)
    position.dust = add(position.dust, quantity)
    keepPart(position)
    own.holding.drop()
  }
}

/** Dust is a part of what is unassigned: it cannot be more, nor of the other side. */
function keepPart(position: OwnPosition): void {
  const { unassigned, dust } = position
  if (dust === ZERO) return
  if (unassigned === ZERO || unassigned > ZERO !== dust > ZERO) position.dust = ZERO
  else if (magnitude(dust) > magnitude(unassigned)) position.dust = unassigned
}
