// The breakout strategy: one trade at a time, entered when the mid leaves the channel of its last highs and lows, closed
// in legs at targets, or at once by a stop or after a time. Holds one slot, quotes nothing.
//
// Orders. The entry is an IOC limit at the touch plus an allowance, so that a thin book cannot fill it at any price; what
// it leaves unfilled is let go. A target is an IOC limit at the target's own price, so that it never closes below it; what
// it leaves unfilled is asked for again. Stop and time close at the market. Levels count from the true average price of
// the entry and stay where they are: the stop is not moved up behind a reached target. One order of the slot works at a
// time; a stop that fires while a target's IOC is under way waits for its answer, which the order itself bounds. What is
// open and too small for the venue is written off at once: no exit of it could be sent, so that nothing would protect it.

import {
  add,
  ceilToStep,
  type Decimal,
  dec,
  decimalPlacesOf,
  div,
  floorToStep,
  formatFixed,
  max,
  min,
  mulDiv,
  neg,
  sub,
  ZERO,
} from '../kernel/decimal.ts'
import { type ExitSize, exitSizeOf } from '../kernel/exit-size.ts'
import type { EnterIntent, ExitIntent, ExitResidualIntent, Side } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { SLOT_TABLE, type SlotStage } from '../kernel/slot-table.ts'
import type { SlotView } from '../kernel/views.ts'
import type { MarketView } from '../market/view.ts'
import { isLargeEnough, quantityFor, withinBalance } from './order-size.ts'
import type { PortfolioView, Strategy, StrategyContext, StrategyIntent } from './port.ts'
import { type Channel, PriceChannel } from './price-channel.ts'

export interface BreakoutOptions {
  /** The channel: highest and lowest mid of so many seconds. */
  readonly lookbackSeconds: number
  readonly orderNotional: Decimal
  readonly leverage: Decimal
  readonly entrySlippageBps: Decimal
  readonly stopBps: Decimal
  /** One per exit leg, growing. */
  readonly targetsBps: readonly Decimal[]
  readonly exitRatios: readonly Decimal[]
  readonly direction: 'long' | 'short' | 'both'
  /** 0 = never. */
  readonly maxHoldingSeconds: number
}

type ClosingReason = 'stop' | 'time'

const SLOT = 'breakout'
const BPS = dec('10000')
const US_PER_SECOND = 1_000_000
const CAN_ENTER: ReadonlySet<SlotStage> = new Set(['idle', 'closed'])

export function createBreakout(instrument: Instrument, options: BreakoutOptions): Strategy {
  const channel = new PriceChannel(options.lookbackSeconds * US_PER_SECOND)
  /** The trade whose stop or time has come: from then on it is only closed, wherever the price goes. */
  let closing: { readonly trade: number; readonly reason: ClosingReason } | null = null
  let seen: Seen | null = null
  return {
    name: 'breakout',
    slotIds: [SLOT],
    onTick({ market, portfolio }: StrategyContext): readonly StrategyIntent[] {
      const before = market.mid === null ? null : channel.observe(market.timeUs, market.mid)
      const side = market.mid === null || before === null ? null : brokenSide(before, market.mid)
      const slot = portfolio.slots.get(SLOT)
      seen = { channel: before, mid: market.mid, slot }
      if (hasOrderUnderWay(portfolio)) return []
      if (slot === undefined || CAN_ENTER.has(slot.stage)) {
        closing = null
        return side === null ? [] : enter(side, { market, portfolio, instrument, options })
      }
      if (slot.openSize <= ZERO) return []
      const rest = exitSizeOf(portfolio, slot, 'rest', instrument)
      if (rest === null || isDust(rest, portfolio.position.mark, instrument)) return closeResidual(slot, 'dust')
      if (SLOT_TABLE[slot.stage].exit === 'refused') return []
      const situation = { market, portfolio, instrument, options, rest }
      const known = closing?.trade === slot.trade ? closing.reason : closingReasonOf(slot)
      const reason = known ?? closingReason(slot, market, options)
      if (reason === null) return takeTarget(slot, situation)
      closing = { trade: slot.trade, reason }
      return closeAtMarket(slot, reason, situation)
    },
    figures: () => (seen === null ? [] : figuresOf(seen, instrument, options)),
  }
}

/** What the last tick saw: the channel before it, null until the stretch is covered. */
interface Seen {
  readonly channel: Channel | null
  readonly mid: Decimal | null
  readonly slot: SlotView | undefined
}

function figuresOf({ channel, mid, slot }: Seen, { tickSize }: Instrument, { lookbackSeconds, stopBps, targetsBps }: BreakoutOptions) {
  const places = decimalPlacesOf(tickSize) + 1
  const show = (value: Decimal | null): string => (value === null ? 'none' : formatFixed(value, places))
  const open = slot === undefined || slot.openSize <= ZERO || slot.entryQuantity === ZERO ? null : slot
  const target = open === null ? undefined : targetsBps[Math.min(open.nextLeg, targetsBps.length - 1)]
  return [
    { name: `high of ${lookbackSeconds} s`, value: channel === null ? 'not covered yet' : show(channel.high) },
    { name: 'mid', value: show(mid) },
    { name: `low of ${lookbackSeconds} s`, value: channel === null ? 'not covered yet' : show(channel.low) },
    { name: 'stop', value: open === null ? 'no trade' : show(levelAt(open, neg(stopBps))) },
    { name: 'next target', value: open === null || target === undefined ? 'no trade' : show(levelAt(open, target)) },
  ]
}

/** The side to trade when the mid is outside the channel of all before it. */
function brokenSide(before: Channel, mid: Decimal): Side | null {
  if (mid > before.high) return 'buy'
  return mid < before.low ? 'sell' : null
}

function hasOrderUnderWay(portfolio: PortfolioView): boolean {
  for (const order of portfolio.liveOrders.values()) if (order.request.slotId === SLOT) return true
  return false
}

interface Situation {
  readonly market: MarketView
  readonly portfolio: PortfolioView
  readonly instrument: Instrument
  readonly options: BreakoutOptions
}

interface ExitSituation extends Situation {
  /** All that an exit could close now: enough for the venue, at the mark. */
  readonly rest: ExitSize
}

function enter(side: Side, { market, portfolio, instrument, options }: Situation): readonly EnterIntent[] {
  const wanted = side === 'buy' ? 'long' : 'short'
  if (options.direction !== 'both' && options.direction !== wanted) return []
  const price = entryPrice(side, market, instrument, options)
  if (price === null || price <= ZERO) return []
  // On spot a short trade is a sale of what the account owns; an account without any is long only.
  const quantity = withinBalance(quantityFor(options.orderNotional, price, instrument), side, price, { instrument, portfolio })
  if (!isLargeEnough(quantity, price, instrument)) return []
  return [
    {
      type: 'ENTER',
      slotId: SLOT,
      instrument: instrument.symbol,
      side,
      orderType: 'limit',
      price,
      quantity,
      timeInForce: 'ioc',
      postOnly: false,
      leverage: options.leverage,
      exitRatios: options.exitRatios,
    },
  ]
}

/** The touch plus the allowance, rounded back to the tick, but never short of the touch. */
function entryPrice(side: Side, market: MarketView, { tickSize }: Instrument, { entrySlippageBps }: BreakoutOptions): Decimal | null {
  const touch = (side === 'buy' ? market.ask : market.bid)?.price
  if (touch === undefined) return null
  const allowance = mulDiv(touch, entrySlippageBps, BPS)
  if (side === 'buy') return max(ceilToStep(touch, tickSize), floorToStep(add(touch, allowance), tickSize))
  return min(floorToStep(touch, tickSize), ceilToStep(sub(touch, allowance), tickSize))
}

/** What we would be paid, or have to pay, for closing now. */
function closingPrice(slot: SlotView, market: MarketView): Decimal | null {
  return (slot.side === 'buy' ? market.bid : market.ask)?.price ?? null
}

/** The price at a distance in bps from the average entry price; above zero is gain, below is loss. */
function levelAt(slot: SlotView, distanceBps: Decimal): Decimal {
  const entry = div(slot.entryCost, slot.entryQuantity)
  const distance = mulDiv(entry, distanceBps, BPS)
  return slot.side === 'buy' ? add(entry, distance) : sub(entry, distance)
}

/** A trade that an earlier session began to close, as its legs tell. */
function closingReasonOf(slot: SlotView): ClosingReason | null {
  for (const { reason } of slot.legs) if (reason === 'stop' || reason === 'time') return reason
  return null
}

function closingReason(slot: SlotView, market: MarketView, options: BreakoutOptions): ClosingReason | null {
  const price = closingPrice(slot, market)
  if (price !== null) {
    const stop = levelAt(slot, neg(options.stopBps))
    if (slot.side === 'buy' ? price <= stop : price >= stop) return 'stop'
  }
  const { maxHoldingSeconds } = options
  if (maxHoldingSeconds === 0 || slot.openedAtUs === null) return null
  return market.timeUs - slot.openedAtUs >= maxHoldingSeconds * US_PER_SECOND ? 'time' : null
}

/** Whether it is less than the venue trades, by the mark that the kernel judges it at; without one nobody can say yet. */
function isDust({ quantity }: ExitSize, mark: Decimal | null, instrument: Instrument): boolean {
  return quantity < instrument.minQuantity || (mark !== null && !isLargeEnough(quantity, mark, instrument))
}

function closeResidual({ stage }: SlotView, reason: ClosingReason | 'dust'): readonly ExitResidualIntent[] {
  return SLOT_TABLE[stage].residual === 'refused' ? [] : [{ type: 'EXIT_RESIDUAL', slotId: SLOT, reason }]
}

/** Whatever is open, and in as many orders as it takes. */
function closeAtMarket(slot: SlotView, reason: ClosingReason, { market, portfolio, instrument, rest }: ExitSituation) {
  const price = closingPrice(slot, market)
  // Without a market to close in there is nothing to ask for yet; and what is large enough at the mark, but not at the touch, the
  // venue would refuse.
  if (price === null || portfolio.position.mark === null || !isLargeEnough(rest.quantity, price, instrument)) return []
  return closeResidual(slot, reason)
}

function takeTarget(slot: SlotView, { market, portfolio, instrument, options, rest }: ExitSituation): readonly ExitIntent[] {
  const price = closingPrice(slot, market)
  const target = options.targetsBps[Math.min(slot.nextLeg, options.targetsBps.length - 1)]
  if (price === null || target === undefined) return []
  const level = levelAt(slot, target)
  const limit = slot.side === 'buy' ? ceilToStep(level, instrument.tickSize) : floorToStep(level, instrument.tickSize)
  if (limit <= ZERO || (slot.side === 'buy' ? price < limit : price > limit)) return []
  // Enough at the mark, but not at the target of a short: it would be refused, at this tick and at the next.
  if (!isLargeEnough(rest.quantity, limit, instrument)) return []
  const scope = isLegTradable(slot, rest, limit, { portfolio, instrument }) ? 'leg' : 'rest'
  return [{ type: 'EXIT', slotId: SLOT, scope, orderType: 'limit', price: limit, timeInForce: 'ioc', postOnly: false, reason: 'target' }]
}

/** Whether the next leg, and what it would leave of the rest, are both large enough to be traded by themselves. */
function isLegTradable(slot: SlotView, rest: ExitSize, price: Decimal, situation: Pick<Situation, 'portfolio' | 'instrument'>): boolean {
  const { portfolio, instrument } = situation
  const next = exitSizeOf(portfolio, slot, 'leg', instrument)
  // A leg that comes to nothing would let a later one close at its target.
  if (next === null || next.leg !== slot.nextLeg) return false
  const left = sub(rest.quantity, next.quantity)
  return isLargeEnough(next.quantity, price, instrument) && (left <= ZERO || isLargeEnough(left, price, instrument))
}
