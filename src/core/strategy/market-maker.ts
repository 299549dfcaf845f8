// The market_maker strategy: two-sided, post-only quotes round a reference price. Takes nothing, holds no slot.

import {
  abs,
  add,
  ceilToStep,
  type Decimal,
  dec,
  decimalPlacesOf,
  div,
  floorToStep,
  formatDecimal,
  formatFixed,
  max,
  min,
  mul,
  mulDiv,
  neg,
  ONE,
  sub,
  ZERO,
} from '../kernel/decimal.ts'
import type { QuoteIntent, QuoteSide, Side } from '../kernel/inputs.ts'
import { type Instrument, notionalOf } from '../kernel/instrument.ts'
import type { MarketView } from '../market/view.ts'
import { isLargeEnough, quantityFor, withinBalance } from './order-size.ts'
import type { PortfolioView, Strategy, StrategyContext } from './port.ts'

export interface MarketMakerOptions {
  /** When reference and mid differ by more, quotes go round the mid. */
  readonly clobSwitchThresholdBps: Decimal
  /** When they differ by more, nothing is quoted. */
  readonly anchorMaxDivergenceBps: Decimal
  readonly halfSpreadBps: Decimal
  /** Of one quote, in the quote asset. */
  readonly orderNotional: Decimal
  /** In the quote asset; the side that would go beyond it is not quoted. */
  readonly maxInventoryNotional: Decimal
  /** How far the reference is moved against a full inventory. */
  readonly inventorySkewBps: Decimal
}

const BPS = dec('10000')
/** What the trades of one tick weigh against all before: half of an old price is forgotten after some three ticks with trades. */
const TRADE_WEIGHT = dec('0.2')
/** After so many ticks without a trade, what was traded before says nothing about now. */
const TRADE_MEMORY_TICKS = 30

export function createMarketMaker(instrument: Instrument, options: MarketMakerOptions): Strategy {
  const trades = new TradedPrice()
  let seen: Seen | null = null
  return {
    name: 'market_maker',
    slotIds: [],
    onTick({ market, portfolio }: StrategyContext) {
      trades.observe(market)
      const reference = market.mark ?? trades.price
      const centre = centrePrice(market, reference, options)
      const intent = centre === null ? quoteOf(instrument, null, null) : quotesRound(centre, { market, portfolio, instrument, options })
      seen = {
        reference: market.mark === null ? 'trades' : 'mark',
        price: reference,
        mid: market.mid,
        centre,
        held: portfolio.position.quantity,
        intent,
      }
      // What is taken back stays back, and every quote would be denied.
      return portfolio.trading === 'halted' ? [] : [intent]
    },
    figures: () => (seen === null ? [] : figuresOf(seen, { instrument, options })),
  }
}

/** What the last tick came to. */
interface Seen {
  readonly reference: 'mark' | 'trades'
  readonly price: Decimal | null
  readonly mid: Decimal | null
  readonly centre: Decimal | null
  readonly held: Decimal
  readonly intent: QuoteIntent
}

function figuresOf(
  { reference, price, mid, centre, held, intent }: Seen,
  { instrument, options }: Pick<QuoteSituation, 'instrument' | 'options'>,
) {
  const places = decimalPlacesOf(instrument.tickSize) + 1
  const show = (value: Decimal | null): string => (value === null ? 'none' : formatFixed(value, places))
  const divergence = price === null || mid === null || mid <= ZERO ? null : mulDiv(sub(price, mid), BPS, mid)
  const full = mid === null ? null : mul(inventoryShare(held, mid, { instrument, options }), dec('100'))
  const sides = [...(intent.bid === null ? [] : ['bid']), ...(intent.ask === null ? [] : ['ask'])]
  return [
    { name: `reference (${reference})`, value: show(price) },
    { name: 'from the mid', value: divergence === null ? 'unknown' : `${formatFixed(divergence, 2)} bps` },
    { name: 'quotes round', value: centre === null ? 'nothing' : show(centre) },
    { name: 'quoted half-spread', value: `${formatDecimal(options.halfSpreadBps)} bps` },
    { name: 'of max inventory', value: full === null ? 'unknown' : `${formatFixed(full, 1)} %` },
    { name: 'wants', value: sides.length === 0 ? 'no quote' : sides.join(' and ') },
  ]
}

/** An exponentially weighted mean of what was paid per unit, one step a tick with trades. */
class TradedPrice {
  #price: Decimal | null = null
  #silentTicks = 0

  /** Null before the first trade and long after the last. */
  get price(): Decimal | null {
    return this.#silentTicks > TRADE_MEMORY_TICKS ? null : this.#price
  }

  observe(market: MarketView): void {
    if (market.tradedSize <= ZERO) {
      this.#silentTicks += 1
      return
    }
    const paid = div(market.tradedValue, market.tradedSize)
    const before = this.price ?? paid
    this.#price = add(before, mul(TRADE_WEIGHT, sub(paid, before)))
    this.#silentTicks = 0
  }
}

/**
 * Where quotes go round: the reference while it agrees with the mid, the mid once they differ by more than the first
 * threshold, nothing beyond the second or without a whole market. Divergence is |reference − mid| × 10⁴ ÷ mid.
 */
function centrePrice(market: MarketView, reference: Decimal | null, options: MarketMakerOptions): Decimal | null {
  const { bid, ask, mid } = market
  if (bid === null || ask === null || mid === null || mid <= ZERO || bid.price >= ask.price) return null
  // Both sides times the mid, so that nothing is divided and a divergence of exactly the threshold is not above it.
  const divergence = mul(abs(sub(reference ?? mid, mid)), BPS)
  if (divergence > mul(options.anchorMaxDivergenceBps, mid)) return null
  if (divergence > mul(options.clobSwitchThresholdBps, mid)) return mid
  return reference ?? mid
}

interface QuoteSituation {
  readonly market: MarketView
  readonly portfolio: PortfolioView
  readonly instrument: Instrument
  readonly options: MarketMakerOptions
}

function quotesRound(unskewed: Decimal, situation: QuoteSituation): QuoteIntent {
  const { market, portfolio, instrument, options } = situation
  const { bid: bestBid, ask: bestAsk, mid } = market
  if (bestBid === null || bestAsk === null || mid === null) return quoteOf(instrument, null, null)
  const { tickSize } = instrument
  const held = portfolio.position.quantity
  const centre = sub(unskewed, mulDiv(unskewed, mul(options.inventorySkewBps, inventoryShare(held, mid, situation)), BPS))
  const half = mulDiv(centre, options.halfSpreadBps, BPS)
  // Outward to the tick; then at most one tick before the other side's touch, where post-only is still accepted.
  let bid = min(floorToStep(sub(centre, half), tickSize), sub(ceilToStep(bestAsk.price, tickSize), tickSize))
  let ask = max(ceilToStep(add(centre, half), tickSize), add(floorToStep(bestBid.price, tickSize), tickSize))
  if (bid >= ask) {
    // Only without a half spread, and with the centre on a tick: the side that would add to the inventory gives way.
    if (held >= ZERO) bid = sub(ask, tickSize)
    else ask = add(bid, tickSize)
  }
  return quoteOf(instrument, sideOf('buy', bid, situation), sideOf('sell', ask, situation))
}

/** Inventory ÷ its maximum, from −1 to 1. */
function inventoryShare(held: Decimal, mid: Decimal, { instrument, options }: Pick<QuoteSituation, 'instrument' | 'options'>): Decimal {
  const { maxInventoryNotional } = options
  const notional = notionalOf(instrument.kind, held, mid)
  if (notional >= maxInventoryNotional) return ONE
  if (notional <= neg(maxInventoryNotional)) return neg(ONE)
  return div(notional, maxInventoryNotional)
}

/** One side, or null where it would be too small for the venue or would take the inventory beyond its maximum. */
function sideOf(side: Side, price: Decimal, { portfolio, instrument, options }: QuoteSituation): QuoteSide | null {
  if (price <= ZERO) return null
  const most = quantityFor(options.orderNotional, price, instrument)
  const wanted = portfolio.trading === 'reducing' ? reducingQuantity(side, price, most, { portfolio, instrument }) : most
  const quantity = withinBalance(wanted, side, price, { instrument, portfolio })
  if (!isLargeEnough(quantity, price, instrument)) return null
  const held = portfolio.position.quantity
  const after = side === 'buy' ? add(held, quantity) : sub(quantity, held)
  return notionalOf(instrument.kind, after, price) > options.maxInventoryNotional ? null : { price, quantity }
}

/**
 * While only less may be held: no more than there is on the other side, and nothing while an order of another price or size works
 * there, since both together would be more. A tick later it is gone.
 */
function reducingQuantity(
  side: Side,
  price: Decimal,
  most: Decimal,
  { portfolio, instrument }: Pick<QuoteSituation, 'portfolio' | 'instrument'>,
): Decimal {
  const held = side === 'buy' ? neg(portfolio.position.quantity) : portfolio.position.quantity
  if (held <= ZERO) return ZERO
  const quantity = floorToStep(min(most, held), instrument.lotSize)
  const isAnother = [...portfolio.liveOrders.values()].some(
    ({ request }) =>
      request.side === side && request.instrument === instrument.symbol && !(request.price === price && request.quantity === quantity),
  )
  return isAnother ? ZERO : quantity
}

function quoteOf(instrument: Instrument, bid: QuoteSide | null, ask: QuoteSide | null): QuoteIntent {
  return { type: 'QUOTE', instrument: instrument.symbol, bid, ask, postOnly: true }
}
