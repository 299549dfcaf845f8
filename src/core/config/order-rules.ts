// Orders that can never pass, and money that can buy nothing: rules over a checked config, each a finding or none.

import { add, formatDecimal, max, min, mul, ONE, ZERO } from '../kernel/decimal.ts'
import {
  type Case,
  divided,
  EXPOSURE,
  type LimitFinding,
  leverageOf,
  lotsFor,
  noOrder,
  ORDER,
  POSITION,
  type Rule,
  shown,
} from './limit-case.ts'

/** In the order in which they are told. */
export const ORDER_RULES: readonly Rule[] = [
  orderAboveOrderLimit,
  orderAboveExposure,
  orderBelowMinimum,
  limitBelowMinimum,
  orderBelowLot,
  orderAbovePosition,
  positionBelowLot,
  legBelowMinimum,
  leverageAboveCap,
  noMoneyToTradeWith,
  orderAboveMoney,
  strangeMoney,
  lookbackTooLong,
  oneQuoteOnly,
  oneQuoteASecond,
  nothingStopsAnOrder,
]

function orderAboveOrderLimit({ order, config: { risk } }: Case): LimitFinding | null {
  const { maxOrderNotional: limit } = risk
  if (order === null || limit === ZERO || order.notional <= limit) return null
  return noOrder(
    [order.key, ORDER],
    `${shown(order.key, order.notional)} is above ${shown(ORDER, limit)}: every order that opens is denied.`,
  )
}

function orderAboveExposure({ order, config: { risk } }: Case): LimitFinding | null {
  const { maxExposure: limit } = risk
  if (order === null || limit === ZERO || order.notional <= limit) return null
  return noOrder(
    [order.key, EXPOSURE],
    `${shown(order.key, order.notional)} is above ${shown(EXPOSURE, limit)}: every order that opens is denied.`,
  )
}

function orderBelowMinimum({ order, instrument }: Case): LimitFinding | null {
  if (order === null || instrument === null || order.notional >= instrument.minNotional) return null
  const least = formatDecimal(instrument.minNotional)
  return noOrder(
    [order.key, 'instrument.min_notional'],
    `${shown(order.key, order.notional)} is below the smallest order of ${instrument.symbol}, ${least} ${instrument.quote}: nothing is ever sent.`,
  )
}

function limitBelowMinimum({ instrument, config: { risk } }: Case): LimitFinding | null {
  const { maxOrderNotional: limit } = risk
  if (instrument === null || limit === ZERO || limit >= instrument.minNotional) return null
  const least = formatDecimal(instrument.minNotional)
  return noOrder(
    [ORDER, 'instrument.min_notional'],
    `${shown(ORDER, limit)} is below the smallest order of ${instrument.symbol}, ${least} ${instrument.quote}: no order passes.`,
  )
}

function orderBelowLot(seen: Case): LimitFinding | null {
  const { order, instrument, price } = seen
  if (order === null || instrument === null || price === null) return null
  const quantity = lotsFor(order.notional, seen)
  const least = max(instrument.lotSize, instrument.minQuantity)
  if (quantity === null || quantity >= least) return null
  return noOrder(
    [order.key, 'instrument.lot_size'],
    `${shown(order.key, order.notional)} buys less than the smallest order of ${instrument.symbol}, ${formatDecimal(least)}, at the price of ${formatDecimal(price)}: nothing is ever sent.`,
  )
}

function orderAbovePosition(seen: Case): LimitFinding | null {
  const { order, price, config } = seen
  const { maxPosition: limit } = config.risk
  const quantity = order === null ? null : lotsFor(order.notional, seen)
  if (order === null || price === null || quantity === null || limit === ZERO || quantity <= limit) return null
  return noOrder(
    [order.key, POSITION],
    `${shown(order.key, order.notional)} is ${formatDecimal(quantity)} at the price of ${formatDecimal(price)}, above ${shown(POSITION, limit)}: every order that opens is denied.`,
  )
}

function positionBelowLot({ instrument, config: { risk } }: Case): LimitFinding | null {
  const { maxPosition: limit } = risk
  if (instrument === null || limit === ZERO) return null
  const least = max(instrument.lotSize, instrument.minQuantity)
  if (limit >= least) return null
  return noOrder(
    [POSITION, 'instrument.lot_size'],
    `${shown(POSITION, limit)} is below the smallest order of ${instrument.symbol}, ${formatDecimal(least)}: no order that opens passes.`,
  )
}

/** A leg too small to be traded by itself is closed together with all that is left, at its own target. */
function legBelowMinimum(seen: Case): LimitFinding | null {
  const { order, instrument, config } = seen
  const { exitRatios } = config.strategy.breakout
  if (order === null || instrument === null || config.strategy.name !== 'breakout' || exitRatios.length < 2) return null
  const ratio = exitRatios.reduce(min, ONE)
  const worth = mul(order.notional, ratio)
  const quantity = lotsFor(worth, seen)
  const isSmall = worth < instrument.minNotional || (quantity !== null && quantity < max(instrument.lotSize, instrument.minQuantity))
  // An order that is too small itself is told as that.
  if (!isSmall || order.notional < instrument.minNotional) return null
  return noOrder(
    ['strategy.breakout.exit_ratios', order.key, 'instrument.min_notional'],
    `The smallest of \`strategy.breakout.exit_ratios\` (${formatDecimal(ratio)}) of ${shown(order.key, order.notional)} is ${formatDecimal(worth)} ${instrument.quote}, below the smallest order of ${instrument.symbol}: that leg is never closed by itself.`,
  )
}

function leverageAboveCap({ instrument, config: { strategy } }: Case): LimitFinding | null {
  const { leverage } = strategy.breakout
  if (strategy.name !== 'breakout' || instrument === null || leverage <= instrument.maxLeverage) return null
  const cap = formatDecimal(instrument.maxLeverage)
  return noOrder(
    ['strategy.breakout.leverage', 'instrument.max_leverage'],
    `${shown('strategy.breakout.leverage', leverage)} is above what ${instrument.symbol} allows, ${cap}: every entry is denied.`,
  )
}

function noMoneyToTradeWith({ instrument, money, config: { paper } }: Case): LimitFinding | null {
  if (instrument === null || money === null || paper.balances === null) return null
  const { kind, base, quote, settle, symbol } = instrument
  const useful = kind === 'spot' ? [base, quote] : [settle]
  if (useful.some((asset) => (money[asset] ?? ZERO) > ZERO)) return null
  const text = `\`paper.balances\` holds no ${useful.join(' and no ')}: with nothing of ${useful.length === 1 ? 'it' : 'either'}, no order in ${symbol} can be paid.`
  return { code: 'MONEY_MISSING', keys: ['paper.balances'], text }
}

/** Margin is counted at the cap of leverage, and the fee on top; spot pays in full, from whichever side has enough. */
function orderAboveMoney(seen: Case): LimitFinding | null {
  const { order, instrument, money, price, config } = seen
  if (order === null || instrument === null || money === null || instrument.kind === 'inverse') return null
  const isSpot = instrument.kind === 'spot'
  const base = isSpot ? (money[instrument.base] ?? ZERO) : ZERO
  if (base > ZERO && price === null) return null
  const inQuote = money[isSpot ? instrument.quote : instrument.settle] ?? ZERO
  const most = isSpot ? max(inQuote, mul(base, price ?? ZERO)) : inQuote
  const fee = mul(order.notional, max(ZERO, config.paper.takerFeeRate))
  const needed = isSpot ? order.notional : add(divided(order.notional, leverageOf(seen, instrument)), fee)
  // That there is nothing at all is told by itself.
  if (most >= needed || most === ZERO) return null
  const what = isSpot ? 'no order of that size can be paid' : 'every order that opens is refused'
  const text = `${shown(order.key, order.notional)} needs ${formatDecimal(needed)} ${instrument.quote}, and the account begins with ${formatDecimal(most)}: ${what}.`
  return { code: 'MONEY_MISSING', keys: ['paper.balances', order.key], text }
}

function strangeMoney({ instrument, config: { mode, paper } }: Case): LimitFinding | null {
  if (instrument === null || mode !== 'paper' || paper.balances === null) return null
  const known: readonly string[] = [instrument.base, instrument.quote, instrument.settle]
  const strange = Object.keys(paper.balances).filter((asset) => !known.includes(asset))
  if (strange.length === 0) return null
  const text = `\`paper.balances\` holds ${strange.map((asset) => `\`${asset}\``).join(', ')}, which ${instrument.symbol} neither trades nor settles in: nothing can be done with it.`
  return { code: 'MONEY_MISSING', keys: ['paper.balances'], text }
}

function lookbackTooLong({ durationUs, config: { strategy } }: Case): LimitFinding | null {
  const { lookbackSeconds } = strategy.breakout
  if (strategy.name !== 'breakout' || lookbackSeconds * 1e6 < durationUs) return null
  const key = 'strategy.breakout.lookback_seconds'
  return noOrder(
    [key],
    `${shown(key, lookbackSeconds)} is no shorter than the session (${durationUs / 1e6} s): it ends before the first entry could be seen.`,
  )
}

function oneQuoteOnly({ config: { strategy, risk } }: Case): LimitFinding | null {
  if (strategy.name !== 'market_maker' || risk.maxOpenOrders !== 1) return null
  const key = 'risk.max_open_orders'
  return noOrder([key], `${shown(key, 1)} lets one of the two quotes of \`market_maker\` rest: the other is always denied.`)
}

function oneQuoteASecond({ config: { strategy, risk } }: Case): LimitFinding | null {
  if (strategy.name !== 'market_maker' || risk.maxOrdersPerSecond !== 1) return null
  const key = 'risk.max_orders_per_second'
  return noOrder([key], `${shown(key, 1)} lets one of the two quotes of \`market_maker\` go out in a second: the other is denied.`)
}

function nothingStopsAnOrder({ config: { risk } }: Case): LimitFinding | null {
  if (risk.maxOrderNotional > ZERO || risk.maxExposure > ZERO || risk.maxPosition > ZERO) return null
  const text =
    '`risk.max_order_notional`, `risk.max_exposure` and `risk.max_position` are all 0: no limit would ever stop an order, however large.'
  return { code: 'NO_LIMIT', keys: [ORDER, EXPOSURE, POSITION], text }
}
