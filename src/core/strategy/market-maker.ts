// The market_maker strategy: two-sided, post-only quotes round a reference price. Takes nothing, holds no slot.

import { abs, add, ceilToStep, type Decimal, dec, div, floorToStep, max, min, mul, mulDiv, neg, ONE, sub, ZERO } from '../kernel/decimal.ts'
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
  return {
    name: 'market_maker',
    slotIds: [],
    onTick({ market, portfolio }: StrategyContext) {
      trades.observe(market)
      const centre = centrePrice(market, market.mark ?? trades.price, options)
      return [centre === null ? quoteOf(instrument, null, null) : quotesRound(centre, { market, portfolio, instrument, options })]
    },
  }
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
function inventoryShare(held: Decimal, mid: Decimal, { instrument, options }: QuoteSituation): Decimal {
  const { maxInventoryNotional } = options
  const notional = notionalOf(instrument.kind, held, mid)
  if (notional >= maxInventoryNotional) return ONE
  if (notional <= neg(maxInventoryNotional)) return neg(ONE)
  return div(notional, maxInventoryNotional)
}

/** One side, or null where it would be too small for the venue or would take the inventory beyond its maximum. */
function sideOf(side: Side, price: Decimal, { portfolio, instrument, options }: QuoteSituation): QuoteSide | null {
  if (price <= ZERO) return null
  const wanted = quantityFor(options.orderNotional, price, instrument)
  const quantity = withinBalance(wanted, side, price, { instrument, portfolio })
  if (!isLargeEnough(quantity, price, instrument)) return null
  const held = portfolio.position.quantity
  const after = side === 'buy' ? add(held, quantity) : sub(quantity, held)
  return notionalOf(instrument.kind, after, price) > options.maxInventoryNotional ? null : { price, quantity }
}

function quoteOf(instrument: Instrument, bid: QuoteSide | null, ask: QuoteSide | null): QuoteIntent {
  return { type: 'QUOTE', instrument: instrument.symbol, bid, ask, postOnly: true }
}
