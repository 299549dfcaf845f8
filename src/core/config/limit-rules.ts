// What a config allows and yet makes no sense: limits that can never bind, orders that can never pass, money that can buy nothing.
// One table of rules over a checked config; it refuses nothing.

import { add, type Decimal, dec, formatDecimal, max, mul, ONE, ZERO } from '../kernel/decimal.ts'
import { type Instrument, notionalOf } from '../kernel/instrument.ts'
import type { Config } from './config.ts'

/** What a rule may know beside the config. */
export interface Circumstances {
  readonly durationUs: number
  /** What is traded, where it is known without asking a venue. */
  readonly instrument: Instrument | null
  /** A price of it, in quote, where one is known. */
  readonly price: Decimal | null
}

export interface LimitFinding {
  readonly code: 'LIMIT_NEVER_BINDS' | 'NO_ORDER_PASSES' | 'NO_LIMIT' | 'MONEY_MISSING'
  /** The keys that make it so; the first is the one to look at. */
  readonly keys: readonly string[]
  /** A sentence. */
  readonly text: string
}

interface Case extends Circumstances {
  readonly config: Config
  /** What the active strategy wants of one order, in quote, with its key; null for a strategy of one's own. */
  readonly order: { readonly key: string; readonly notional: Decimal } | null
  /** What a fresh paper account has, by asset; null where that is not known beforehand. */
  readonly money: Readonly<Record<string, Decimal>> | null
}

type Rule = (seen: Case) => LimitFinding | null

/** In the order in which they are told. */
const RULES: readonly Rule[] = [
  orderAboveOrderLimit,
  orderAboveExposure,
  orderBelowMinimum,
  limitBelowMinimum,
  positionBelowLot,
  leverageAboveCap,
  noMoneyToTradeWith,
  strangeMoney,
  lookbackTooLong,
  oneQuoteOnly,
  nothingStopsAnOrder,
  orderLimitAboveExposure,
  inventoryAboveExposure,
  positionAgainstExposure,
  exposureAboveMoney,
  lossAboveMoney,
  lossAboveDrawdown,
  leverageLimitAboveCap,
  collarTooWide,
  staleTooLong,
  holdingTooLong,
  thresholdsEqual,
  quarantineBeforeProof,
]

export function limitFindings(config: Config, circumstances: Circumstances): LimitFinding[] {
  const seen: Case = { config, order: orderOf(config), money: moneyOf(config, circumstances), ...circumstances }
  return RULES.flatMap((rule) => rule(seen) ?? [])
}

function orderOf({ strategy }: Config): Case['order'] {
  const { name, marketMaker, breakout } = strategy
  if (name === 'market_maker') return { key: 'strategy.market_maker.order_notional', notional: marketMaker.orderNotional }
  return name === 'breakout' ? { key: 'strategy.breakout.order_notional', notional: breakout.orderNotional } : null
}

/** The default money is as docs/PAPER.md says: 10,000 of the quote, and on spot base worth 5,000 quote. */
function moneyOf({ mode, paper }: Config, { instrument, price }: Circumstances): Case['money'] {
  if (mode !== 'paper' || paper.account !== null) return null
  if (paper.balances !== null) return paper.balances
  if (instrument === null) return null
  const quote = { [instrument.settle]: dec('10000') }
  if (instrument.kind !== 'spot') return quote
  return price === null ? null : { ...quote, [instrument.base]: divided(dec('5000'), price) }
}

function divided(amount: Decimal, price: Decimal): Decimal {
  return ((amount * ONE) / price) as Decimal
}

function never(keys: readonly string[], text: string): LimitFinding {
  return { code: 'LIMIT_NEVER_BINDS', keys, text }
}

function noOrder(keys: readonly string[], text: string): LimitFinding {
  return { code: 'NO_ORDER_PASSES', keys, text }
}

/** `risk.max_exposure` (5000)`, as it stands in a sentence. */
function shown(key: string, value: Decimal | number): string {
  return `\`${key}\` (${typeof value === 'number' ? value : formatDecimal(value)})`
}

const EXPOSURE = 'risk.max_exposure'
const ORDER = 'risk.max_order_notional'
const POSITION = 'risk.max_position'

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

function nothingStopsAnOrder({ config: { risk } }: Case): LimitFinding | null {
  if (risk.maxOrderNotional > ZERO || risk.maxExposure > ZERO || risk.maxPosition > ZERO) return null
  const text =
    '`risk.max_order_notional`, `risk.max_exposure` and `risk.max_position` are all 0: no limit would ever stop an order, however large.'
  return { code: 'NO_LIMIT', keys: [ORDER, EXPOSURE, POSITION], text }
}

/** An order can at most turn the largest short into the largest long. */
function orderLimitAboveExposure({ config: { risk } }: Case): LimitFinding | null {
  const { maxOrderNotional: limit, maxExposure: exposure } = risk
  if (limit === ZERO || exposure === ZERO || limit <= add(exposure, exposure)) return null
  return never(
    [ORDER, EXPOSURE],
    `${shown(ORDER, limit)} can never bind: from one end of ${shown(EXPOSURE, exposure)} to the other an order is at most ${formatDecimal(add(exposure, exposure))}.`,
  )
}

function inventoryAboveExposure({ config: { strategy, risk } }: Case): LimitFinding | null {
  const { maxInventoryNotional: wanted } = strategy.marketMaker
  if (strategy.name !== 'market_maker' || risk.maxExposure === ZERO || wanted <= risk.maxExposure) return null
  const key = 'strategy.market_maker.max_inventory_notional'
  return never(
    [key, EXPOSURE],
    `${shown(key, wanted)} can never bind: ${shown(EXPOSURE, risk.maxExposure)} denies what adds to the inventory before that, and halts the session.`,
  )
}

/** Two limits of the same thing: the one that speaks only once the price has more than doubled, or halved, is not what was meant. */
function positionAgainstExposure({ instrument, price, config: { risk } }: Case): LimitFinding | null {
  const { maxPosition, maxExposure } = risk
  if (instrument === null || price === null || maxPosition === ZERO || maxExposure === ZERO) return null
  const worth = notionalOf(instrument.kind, maxPosition, price)
  const at = `at the price of ${formatDecimal(price)}`
  if (worth > add(maxExposure, maxExposure)) {
    return never(
      [POSITION, EXPOSURE],
      `${shown(POSITION, maxPosition)} is worth ${formatDecimal(worth)} ${at}: ${shown(EXPOSURE, maxExposure)} binds long before it.`,
    )
  }
  if (maxExposure > add(worth, worth)) {
    return never(
      [EXPOSURE, POSITION],
      `${shown(EXPOSURE, maxExposure)} is far above what ${shown(POSITION, maxPosition)} is worth ${at}, ${formatDecimal(worth)}: the position binds long before it.`,
    )
  }
  return null
}

/** What the account is worth in quote; null where that cannot be said. */
function worthOf({ money, instrument, price }: Case): Decimal | null {
  if (money === null || instrument === null) return null
  const quote = money[instrument.quote] ?? ZERO
  if (instrument.kind !== 'spot') return quote
  const base = money[instrument.base] ?? ZERO
  if (base === ZERO) return quote
  return price === null ? null : add(quote, mul(base, price))
}

function exposureAboveMoney(seen: Case): LimitFinding | null {
  const { maxExposure: limit, maxLeverage } = seen.config.risk
  const worth = worthOf(seen)
  if (limit === ZERO || worth === null || worth === ZERO || seen.instrument === null) return null
  const cap = seen.instrument.maxLeverage
  const leverage = maxLeverage > ZERO && maxLeverage < cap ? maxLeverage : cap
  const reach = seen.instrument.kind === 'spot' ? worth : mul(worth, leverage)
  if (limit <= add(reach, reach)) return null
  return never(
    [EXPOSURE],
    `${shown(EXPOSURE, limit)} can hardly bind: all the money of the account reaches for ${formatDecimal(reach)}, so that the price would have to double first.`,
  )
}

/** Both limits of what may be lost. */
function lossAboveMoney(seen: Case): LimitFinding | null {
  const { maxSessionLoss, maxDrawdown } = seen.config.risk
  const worth = worthOf(seen)
  if (worth === null || worth === ZERO) return null
  const limits = { 'risk.max_session_loss': maxSessionLoss, 'risk.max_drawdown': maxDrawdown }
  const [found] = Object.entries(limits).filter(([, limit]) => limit >= worth)
  if (found === undefined) return null
  const [key, limit] = found
  return never(
    [key],
    `${shown(key, limit)} is no less than all the account has (${formatDecimal(worth)}): it would speak once everything is lost.`,
  )
}

/** A loss of the session is a fall below where it began, and the peak is never below that. */
function lossAboveDrawdown({ config: { risk } }: Case): LimitFinding | null {
  const { maxSessionLoss: loss, maxDrawdown: fall } = risk
  if (loss === ZERO || fall === ZERO || loss <= fall) return null
  const [key, other] = ['risk.max_session_loss', 'risk.max_drawdown'] as const
  return never([key, other], `${shown(key, loss)} can never bind: ${shown(other, fall)} halts the session before it.`)
}

function leverageLimitAboveCap({ instrument, config: { risk } }: Case): LimitFinding | null {
  const { maxLeverage: limit } = risk
  if (instrument === null || limit === ZERO || limit <= instrument.maxLeverage) return null
  return never(
    ['risk.max_leverage'],
    `${shown('risk.max_leverage', limit)} can never bind: ${instrument.symbol} allows ${formatDecimal(instrument.maxLeverage)} at most.`,
  )
}

const WHOLE_BPS = dec('10000')

function collarTooWide({ config: { risk } }: Case): LimitFinding | null {
  const { priceCollarBps: limit } = risk
  if (limit < WHOLE_BPS) return null
  return never(
    ['risk.price_collar_bps'],
    `${shown('risk.price_collar_bps', limit)} can never bind below the mid: a price of zero is 10000 bps away. Write 0 for no collar.`,
  )
}

/** What must last longer than the session does before it speaks. Those of the way to the venue speak nowhere else. */
function staleTooLong({ durationUs, config: { mode, risk } }: Case): LimitFinding | null {
  const ofVenue = {
    'risk.venue_silence_seconds': risk.venueSilenceSeconds,
    'risk.venue_stream_seconds': risk.venueStreamSeconds,
    'risk.venue_account_seconds': risk.venueAccountSeconds,
  }
  const limits = { 'risk.stale_feed_seconds': risk.staleFeedSeconds, ...(mode === 'paper' ? {} : ofVenue) }
  const found = Object.entries(limits).filter(([, limit]) => limit > ZERO && mul(limit, dec('1000000')) >= dec(String(durationUs)))
  if (found.length === 0) return null
  const names = found.map(([key, limit]) => shown(key, limit)).join(', ')
  return never(
    found.map(([key]) => key),
    `${names} can never bind: the session lasts ${durationUs / 1e6} s.`,
  )
}

function holdingTooLong({ durationUs, config: { strategy } }: Case): LimitFinding | null {
  const { maxHoldingSeconds } = strategy.breakout
  if (strategy.name !== 'breakout' || maxHoldingSeconds === 0 || maxHoldingSeconds * 1e6 < durationUs) return null
  const key = 'strategy.breakout.max_holding_seconds'
  return never([key], `${shown(key, maxHoldingSeconds)} can never bind: the session lasts ${durationUs / 1e6} s.`)
}

function thresholdsEqual({ config: { strategy } }: Case): LimitFinding | null {
  const { clobSwitchThresholdBps: toMid, anchorMaxDivergenceBps: toNothing } = strategy
  if (strategy.name !== 'market_maker' || toMid !== toNothing) return null
  const [key, other] = ['strategy.clob_switch_threshold_bps', 'strategy.anchor_max_divergence_bps'] as const
  return never([key, other], `${shown(key, toMid)} can never bind: at the same divergence ${shown(other, toNothing)} stops all quoting.`)
}

/** In the world only: the exchange of a paper session loses no answer. An order is in doubt once its call was given up, at the latest. */
function quarantineBeforeProof({ config: { mode, engine, venue } }: Case): LimitFinding | null {
  const { orderValiditySeconds, absenceMarginSeconds, querySpacingSeconds, quarantineAfterSeconds } = engine
  const proof = add(add(orderValiditySeconds, absenceMarginSeconds), querySpacingSeconds)
  const latest = add(venue.callTimeoutSeconds, quarantineAfterSeconds)
  if (mode === 'paper' || proof <= latest) return null
  const key = 'engine.quarantine_after_seconds'
  return never(
    ['engine.absence_margin_seconds', 'engine.order_validity_seconds', 'engine.query_spacing_seconds', key],
    `That an order is absent can be proved ${formatDecimal(proof)} s after it was sent, but with ${shown(key, quarantineAfterSeconds)} it is quarantined after ${formatDecimal(latest)} s at the latest: every lost order waits for a person.`,
  )
}
