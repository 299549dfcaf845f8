// A market maker that steps aside: it quotes both sides of the mid, takes its quotes back for a while when the price jumps, and ends
// the session in good order after one storm too many.
//
// Try it with `npx dita run --strategy examples/storm-shy-maker.ts --duration 30m --speed max --seed 7`.

import type { Decimal, Intent, Strategy, StrategyContext, StrategySetup } from 'dita'

export default function stormShyMaker({ instrument, params, decimal }: StrategySetup): Strategy {
  const { abs, add, ceilToStep, dec, div, floorToStep, max, min, mul, mulDiv, sub, ZERO } = decimal
  const bps = dec('10000')
  const setting = (name: string, otherwise: string): Decimal => dec(String(params[name] ?? otherwise))
  const halfSpreadBps = setting('half_spread_bps', '2')
  const orderNotional = setting('order_notional', '100')
  const maxInventory = setting('max_inventory', '1000')
  /** A move of the mid from one tick to the next that is a storm. */
  const stormBps = setting('storm_bps', '10')
  const { calm_ticks: calmTicksText = '30', most_storms: mostStormsText = '5' } = params
  const [calmTicks, mostStorms] = [Number(calmTicksText), Number(mostStormsText)]

  let lastMid: Decimal | null = null
  let calmSince = calmTicks
  let storms = 0

  /** True while nothing should rest. */
  function isStormy(mid: Decimal): boolean {
    const movedBps = lastMid === null ? ZERO : abs(mulDiv(sub(mid, lastMid), bps, lastMid))
    lastMid = mid
    calmSince += 1
    if (movedBps >= stormBps) {
      if (calmSince > calmTicks) storms += 1
      calmSince = 0
    }
    return calmSince < calmTicks
  }

  function lots(price: Decimal, notional: Decimal): Decimal {
    const quantity = notional > ZERO ? floorToStep(div(notional, price), instrument.lotSize) : ZERO
    return quantity >= instrument.minQuantity && mul(quantity, price) >= instrument.minNotional ? quantity : ZERO
  }

  function onTick({ market, portfolio }: StrategyContext): Intent[] {
    const { bid, ask, mid } = market
    if (bid === null || ask === null || mid === null) return []
    const none: Intent = { type: 'QUOTE', instrument: instrument.symbol, bid: null, ask: null, postOnly: true }
    const stormy = isStormy(mid)
    // What a strategy has stopped it cannot start again: the session ends, its orders taken back.
    if (storms > mostStorms) return [{ type: 'CONTROL', action: 'halt', reason: `${storms} storms` }]
    if (stormy) return [none]

    const half = mulDiv(mid, halfSpreadBps, bps)
    // One tick before the other side is as far as a post-only order may go.
    const bidPrice = min(floorToStep(sub(mid, half), instrument.tickSize), sub(ask.price, instrument.tickSize))
    const askPrice = max(ceilToStep(add(mid, half), instrument.tickSize), add(bid.price, instrument.tickSize))
    if (bidPrice <= ZERO) return [none]
    // A side that would add to a full inventory is not quoted; on spot nothing is sold that is not owned.
    const inventory = mul(portfolio.position.quantity, mid)
    const isSpot = instrument.kind === 'spot'
    const toBuy = isSpot ? min(orderNotional, portfolio.balance(instrument.quote)) : orderNotional
    const toSell = isSpot ? min(orderNotional, mul(portfolio.balance(instrument.base), askPrice)) : orderNotional
    const bidQuantity = inventory < maxInventory ? lots(bidPrice, toBuy) : ZERO
    const askQuantity = inventory > -maxInventory ? lots(askPrice, toSell) : ZERO
    return [
      {
        ...none,
        bid: bidQuantity > ZERO ? { price: bidPrice, quantity: bidQuantity } : null,
        ask: askQuantity > ZERO ? { price: askPrice, quantity: askQuantity } : null,
      },
    ]
  }

  return { name: 'storm_shy_maker', slotIds: [], onTick }
}
