// A strategy that enters and exits: long while a fast average of the price stands above a slow one, flat while it does not. It trades
// through one slot, so that dita knows which order opened what, and closes all of it however it was filled.
//
// Try it with `npx dita run --strategy examples/trend-follower.ts --duration 30m --speed max --seed 7`.

import type { Decimal, Intent, Strategy, StrategyContext, StrategySetup } from 'dita'

const SLOT = 'trend'

export default function trendFollower({ instrument, params, decimal }: StrategySetup): Strategy {
  const { add, ceilToStep, dec, div, floorToStep, formatDecimal, min, mul, mulDiv, ONE, sub, ZERO } = decimal
  const bps = dec('10000')
  const setting = (name: string, otherwise: string): Decimal => dec(String(params[name] ?? otherwise))
  /** What the newest mid weighs against each average so far. */
  const fastWeight = setting('fast_weight', '0.1')
  const slowWeight = setting('slow_weight', '0.01')
  /** How far apart the averages must be before a crossing counts: a market that goes nowhere is not traded. */
  const bandBps = setting('band_bps', '1')
  const orderNotional = setting('order_notional', '500')
  /** How far beyond the best ask the entry may reach. */
  const reachBps = setting('reach_bps', '1')

  let fast: Decimal | null = null
  let slow: Decimal | null = null
  const towards = (average: Decimal | null, mid: Decimal, weight: Decimal): Decimal =>
    average === null ? mid : add(average, mul(weight, sub(mid, average)))

  function enter({ market, portfolio }: StrategyContext): Intent[] {
    if (market.ask === null) return []
    const price = ceilToStep(add(market.ask.price, mulDiv(market.ask.price, reachBps, bps)), instrument.tickSize)
    const affordable = min(orderNotional, portfolio.balance(instrument.quote))
    const quantity = floorToStep(div(affordable, price), instrument.lotSize)
    const isEnough = quantity > ZERO && quantity >= instrument.minQuantity && mul(quantity, price) >= instrument.minNotional
    if (!isEnough) return []
    // Immediate or cancel: what the book does not give at this price now is let go, and nothing is left behind.
    const terms = { orderType: 'limit', price, timeInForce: 'ioc', postOnly: false } as const
    return [{ type: 'ENTER', slotId: SLOT, instrument: instrument.symbol, side: 'buy', quantity, ...terms, leverage: ONE, exitRatios: [] }]
  }

  function onTick(context: StrategyContext): Intent[] {
    const { market, portfolio } = context
    if (market.mid === null) return []
    fast = towards(fast, market.mid, fastWeight)
    slow = towards(slow, market.mid, slowWeight)
    const apartBps = mulDiv(sub(fast, slow), bps, slow)

    // While an order of the slot is under way, its answer is awaited.
    for (const order of portfolio.liveOrders.values()) if (order.request.slotId === SLOT) return []
    const slot = portfolio.slots.get(SLOT)
    const isOpen = slot !== undefined && slot.openSize > ZERO
    if (!isOpen) return apartBps > bandBps ? enter(context) : []
    // At the market, whatever is open, and once more at the next tick where something was left.
    return apartBps < ZERO ? [{ type: 'EXIT_RESIDUAL', slotId: SLOT, reason: 'crossed' }] : []
  }

  /** Shown on the strategy's page of the screen; asked for only while somebody looks. */
  const shown = (value: Decimal | null): string => (value === null ? 'none yet' : formatDecimal(floorToStep(value, instrument.tickSize)))
  const figures = () => [
    { name: 'fast average', value: shown(fast) },
    { name: 'slow average', value: shown(slow) },
  ]

  return { name: 'trend_follower', slotIds: [SLOT], onTick, figures }
}
