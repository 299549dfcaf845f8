// What a config allows and yet makes no sense: beside orders that never pass, limits that can never bind. One table of rules over a
// checked config; it refuses nothing.

import { add, dec, formatDecimal, mul, ZERO } from '../kernel/decimal.ts'
import { notionalOf } from '../kernel/instrument.ts'
import type { Config } from './config.ts'
import { gateOffText } from './drawdown-since.ts'
import {
  type Case,
  type Circumstances,
  caseOf,
  EXPOSURE,
  type LimitFinding,
  never,
  ORDER,
  POSITION,
  type Rule,
  reachOf,
  shown,
  worthOf,
} from './limit-case.ts'
import { ORDER_RULES } from './order-rules.ts'

export type { LimitFinding } from './limit-case.ts'

/** In the order in which they are told. */
const RULES: readonly Rule[] = [
  ...ORDER_RULES,
  orderLimitAboveExposure,
  inventoryAboveExposure,
  positionAgainstExposure,
  exposureAboveMoney,
  orderLimitAboveMoney,
  positionAboveMoney,
  lossAboveMoney,
  drawdownSinceAhead,
  lossAboveDrawdown,
  leverageLimitAboveCap,
  collarTooWide,
  staleTooLong,
  holdingTooLong,
  thresholdsEqual,
  quarantineBeforeProof,
]

export function limitFindings(config: Config, circumstances: Circumstances): LimitFinding[] {
  const seen = caseOf(config, circumstances)
  return RULES.flatMap((rule) => rule(seen) ?? [])
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

function exposureAboveMoney(seen: Case): LimitFinding | null {
  const { maxExposure: limit } = seen.config.risk
  const reach = reachOf(seen)
  if (limit === ZERO || reach === null || limit <= add(reach, reach)) return null
  return never(
    [EXPOSURE],
    `${shown(EXPOSURE, limit)} can hardly bind: all the money of the account reaches for ${formatDecimal(reach)}, so that the price would have to double first.`,
  )
}

/** As of the exposure: an order can turn the largest short into the largest long, and the price can double. */
function orderLimitAboveMoney(seen: Case): LimitFinding | null {
  const { maxOrderNotional: limit } = seen.config.risk
  const reach = reachOf(seen)
  if (limit === ZERO || reach === null || limit <= add(add(reach, reach), add(reach, reach))) return null
  return never([ORDER], `${shown(ORDER, limit)} can hardly bind: all the money of the account reaches for ${formatDecimal(reach)}.`)
}

function positionAboveMoney(seen: Case): LimitFinding | null {
  const { maxPosition: limit } = seen.config.risk
  const { price, instrument } = seen
  const reach = reachOf(seen)
  if (limit === ZERO || reach === null || price === null || instrument === null) return null
  const worth = notionalOf(instrument.kind, limit, price)
  if (worth <= add(reach, reach)) return null
  return never(
    [POSITION],
    `${shown(POSITION, limit)} is worth ${formatDecimal(worth)} at the price of ${formatDecimal(price)} and can hardly bind: all the money of the account reaches for ${formatDecimal(reach)}.`,
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

/**
 * On linear contracts whose account holds what it settles in only, a loss of the session is a fall of the same equity, and the peak is
 * never below where the session began. On spot the loss counts the position and the fall all that is held; and where peaks before
 * a time do not count, the fall begins anew.
 */
function lossAboveDrawdown(seen: Case): LimitFinding | null {
  const { maxSessionLoss: loss, maxDrawdown: fall, drawdownSince } = seen.config.risk
  if (loss === ZERO || fall === ZERO || loss <= fall || drawdownSince !== null || !holdsSettleOnly(seen)) return null
  const [key, other] = ['risk.max_session_loss', 'risk.max_drawdown'] as const
  return never([key, other], `${shown(key, loss)} can never bind: ${shown(other, fall)} halts the session before it.`)
}

function holdsSettleOnly({ instrument, money }: Case): boolean {
  if (instrument?.kind !== 'linear' || money === null) return false
  return Object.entries(money).every(([asset, amount]) => asset === instrument.settle || amount === ZERO)
}

function drawdownSinceAhead({ startUs, config }: Case): LimitFinding | null {
  const text = startUs === null ? null : gateOffText(config, startUs)
  return text === null ? null : never(['risk.drawdown_since', 'risk.max_drawdown'], text)
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
