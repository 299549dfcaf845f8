// Where our quotes stand against the touch at a tick. Measures; decides nothing.

import { type Decimal, dec, mulDiv, sub } from '../kernel/decimal.ts'
import type { MarketObservation, Side } from '../kernel/inputs.ts'
import { CANCEL_PENDING } from '../kernel/order-table.ts'
import type { StateView } from '../kernel/views.ts'
import type { MarketView } from '../market/view.ts'

const TEN_THOUSAND = dec('10000')

/**
 * The touch, the mark, and our best quotes that are not being cancelled. Distances in bps of the mid:
 * (our bid − best bid) × 10⁴ ÷ mid and (best ask − our ask) × 10⁴ ÷ mid, so that zero is at the touch.
 */
export function observeMarket(instrument: string, market: MarketView, state: StateView): MarketObservation {
  const bid = market.bid?.price ?? null
  const ask = market.ask?.price ?? null
  const { mid } = market
  const ourBid = bestQuote(instrument, 'buy', state)
  const ourAsk = bestQuote(instrument, 'sell', state)
  return {
    instrument,
    bid,
    ask,
    mark: state.positions.get(instrument)?.mark ?? null,
    ourBid,
    ourAsk,
    bidDistanceBps: ourBid === null || bid === null || mid === null ? null : mulDiv(sub(ourBid, bid), TEN_THOUSAND, mid),
    askDistanceBps: ourAsk === null || ask === null || mid === null ? null : mulDiv(sub(ask, ourAsk), TEN_THOUSAND, mid),
  }
}

function bestQuote(instrument: string, side: Side, state: StateView): Decimal | null {
  let best: Decimal | null = null
  for (const { request, cancel } of state.liveOrders.values()) {
    if (request.role !== 'quote' || request.instrument !== instrument || request.side !== side) continue
    if (request.price === null || CANCEL_PENDING[cancel]) continue
    if (best === null || (side === 'buy' ? request.price > best : request.price < best)) best = request.price
  }
  return best
}
