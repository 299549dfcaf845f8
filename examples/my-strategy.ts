// A strategy of your own: buys dips. While the price stands some way below its own slow average, it rests one bid below
// the market; what it has bought it offers back at a gain. It quotes, so it needs no slots.
//
// Run it with `npx dita run --config examples/dita.yaml --duration 10m --speed max`, or name this file with --strategy.
// `dita` is only imported for its types: the decimals a strategy counts with arrive in `setup.decimal`.

import type { Decimal, Intent, Strategy, StrategyContext, StrategySetup } from 'dita'

export default function buyTheDip({ instrument, params, decimal }: StrategySetup): Strategy {
  const { abs, add, ceilToStep, dec, div, floorToStep, max, min, mul, mulDiv, sub, ZERO } = decimal
  const bps = dec('10000')

  // `strategy.params` of the config. Numbers arrive as the text that was written there: parse them, and have a default.
  const setting = (name: string, otherwise: string): Decimal => dec(String(params[name] ?? otherwise))
  const dipBps = setting('dip_bps', '3')
  const gainBps = setting('gain_bps', '4')
  const orderNotional = setting('order_notional', '50')
  const maxPosition = setting('max_position', '200')
  /** What the newest mid weighs against the average so far. */
  const weight = setting('weight', '0.02')

  let average: Decimal | null = null

  /** The whole lots in a quantity, or zero where the venue would refuse so little. */
  function tradable(quantity: Decimal, price: Decimal): Decimal {
    const whole = floorToStep(quantity, instrument.lotSize)
    const isEnough = whole >= instrument.minQuantity && mul(whole, price) >= instrument.minNotional
    return isEnough ? whole : ZERO
  }

  function onTick({ market, portfolio }: StrategyContext): Intent[] {
    const { bid, ask, mid } = market
    // Without a market there is nothing to say. What rests already is left alone by saying nothing.
    if (bid === null || ask === null || mid === null) return []
    average = average === null ? mid : add(average, mul(weight, sub(mid, average)))

    const held = portfolio.position.quantity
    const distanceBps = mulDiv(sub(mid, average), bps, average)
    const isDip = distanceBps <= -dipBps

    // One tick before the other side is as far as a post-only order may go.
    const bidPrice = min(bid.price, floorToStep(sub(ask.price, instrument.tickSize), instrument.tickSize))
    const affordable = min(orderNotional, portfolio.balance(instrument.quote))
    const bidQuantity = bidPrice > ZERO ? tradable(div(affordable, bidPrice), bidPrice) : ZERO
    const wantsMore = isDip && bidQuantity > ZERO && mul(add(held, bidQuantity), bidPrice) <= maxPosition

    // What is held was bought at cost ÷ quantity on average; it goes back at that price and a gain.
    const paid = held > ZERO ? div(abs(portfolio.position.cost), held) : ZERO
    const goal = ceilToStep(add(paid, mulDiv(paid, gainBps, bps)), instrument.tickSize)
    const askPrice = max(goal, ceilToStep(add(bid.price, instrument.tickSize), instrument.tickSize))
    const askQuantity = held > ZERO ? tradable(held, askPrice) : ZERO

    // One QUOTE says all that should rest. An order that rests already at this price and size is left where it is.
    return [
      {
        type: 'QUOTE',
        instrument: instrument.symbol,
        bid: wantsMore ? { price: bidPrice, quantity: bidQuantity } : null,
        ask: askQuantity > ZERO ? { price: askPrice, quantity: askQuantity } : null,
        postOnly: true,
      },
    ]
  }

  return { name: 'buy_the_dip', slotIds: [], onTick }
}
