// What the trades of a session came to, taken together: wins and losses, streaks, holding times, exits by reason and by leg. Formulas
// and sources are in docs/METRICS.md. Computes; reads nothing.

import { abs, add, type Decimal, div, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import { largestOfWhole, meanOf, meanOfWhole, medianOf, medianOfWhole, percentOf, quotientOf, textOrNull, whole } from './statistics.ts'
import type { LegFigures } from './trade-figures.ts'
import type { HoldingFigures, LegOutcomes, TradeExtreme, TradeOutcomes, TradeStatistics } from './trade-statistics-view.ts'

/** A trade that closed with something entered. */
export interface ClosedTrade {
  readonly slotId: string
  readonly trade: number
  readonly side: string
  readonly realizedPnl: Decimal
  /** Null where one of them had no price. */
  readonly fees: Decimal | null
  readonly closedAtUs: number
  readonly closedSeq: number
  /** Null where nobody knows when it was entered. */
  readonly heldUs: number | null
  readonly barsHeld: number | null
  readonly legs: ReadonlyMap<number, LegFigures>
  /** Why each leg was asked for. */
  readonly reasons: ReadonlyMap<number, string | null>
}

export interface StatisticsTerms {
  readonly asset: string
  readonly barUs: number
  readonly inOtherAssets: number
}

/** Of trades in any order. */
export function tradeStatistics(closed: readonly ClosedTrade[], { asset, barUs, inOtherAssets }: StatisticsTerms): TradeStatistics {
  const trades = [...closed].sort((a, b) => a.closedSeq - b.closedSeq)
  const fees = trades.map((trade) => trade.fees)
  const bars = trades.flatMap(({ barsHeld }) => (barsHeld === null ? [] : [barsHeld]))
  const legs = trades.flatMap((trade) =>
    [...trade.legs].map(([leg, filled]) => ({ ...filled, leg, reason: trade.reasons.get(leg) ?? null })),
  )
  const inLegs = legs.reduce((sum, { realizedPnl }) => add(sum, realizedPnl), ZERO)
  const realized = trades.reduce((sum, { realizedPnl }) => add(sum, realizedPnl), ZERO)
  return {
    trades: trades.length,
    asset,
    inOtherAssets,
    beforeFees: outcomesOf(trades.map((trade) => ({ trade, result: trade.realizedPnl }))),
    afterFees: fees.includes(null)
      ? null
      : outcomesOf(trades.map((trade) => ({ trade, result: sub(trade.realizedPnl, trade.fees ?? ZERO) }))),
    holding: {
      all: holdingOf(trades),
      won: holdingOf(trades.filter(({ realizedPnl }) => realizedPnl > ZERO)),
      lost: holdingOf(trades.filter(({ realizedPnl }) => realizedPnl < ZERO)),
    },
    barUs,
    bars: { mean: textOrNull(meanOf(bars.map(whole))), median: textOrNull(medianOf(bars.map(whole))), most: largestOfWhole(bars) },
    byExitReason: groupsOf(legs, ({ reason }) => reason)
      .sort(([, a], [, b]) => (b.realizedPnl > a.realizedPnl ? 1 : b.realizedPnl < a.realizedPnl ? -1 : 0))
      .map(([reason, group]) => ({ reason, ...legOutcomes(group) })),
    byLeg: groupsOf(legs, ({ leg }) => leg)
      .sort(([a], [b]) => a - b)
      .map(([leg, group]) => ({ leg, ...legOutcomes(group) })),
    realizedOutsideLegs: formatDecimal(sub(realized, inLegs)),
  }
}

interface Outcome {
  readonly trade: ClosedTrade
  readonly result: Decimal
}

function outcomesOf(outcomes: readonly Outcome[]): TradeOutcomes {
  const wins = outcomes.filter(({ result }) => result > ZERO)
  const losses = outcomes.filter(({ result }) => result < ZERO)
  const [profit, loss] = [totalOf(wins), totalOf(losses)]
  const best = extremeOf(outcomes, (a, b) => a > b)
  const worst = extremeOf(outcomes, (a, b) => a < b)
  return {
    won: wins.length,
    lost: losses.length,
    even: outcomes.length - wins.length - losses.length,
    winPercent: percentOf(wins.length, outcomes.length),
    grossProfit: formatDecimal(profit),
    grossLoss: formatDecimal(abs(loss)),
    total: formatDecimal(add(profit, loss)),
    profitFactor: textOrNull(quotientOf(profit, abs(loss))),
    expectancy: averageOf(add(profit, loss), outcomes.length),
    averageWin: averageOf(profit, wins.length),
    averageLoss: averageOf(loss, losses.length),
    largestWin: wins.length === 0 ? null : best,
    largestLoss: losses.length === 0 ? null : worst,
    best,
    worst,
    longestWinStreak: longestStreak(outcomes, (result) => result > ZERO),
    longestLossStreak: longestStreak(outcomes, (result) => result < ZERO),
  }
}

function totalOf(outcomes: readonly Outcome[]): Decimal {
  return outcomes.reduce((sum, { result }) => add(sum, result), ZERO)
}

function averageOf(total: Decimal, count: number): string | null {
  return count === 0 ? null : formatDecimal(div(total, whole(count)))
}

function extremeOf(outcomes: readonly Outcome[], isFurther: (a: Decimal, b: Decimal) => boolean): TradeExtreme | null {
  let found: Outcome | null = null
  for (const outcome of outcomes) if (found === null || isFurther(outcome.result, found.result)) found = outcome
  if (found === null) return null
  const { slotId, trade, side, closedAtUs } = found.trade
  return { slotId, trade, side, result: formatDecimal(found.result), closedAtUs }
}

function longestStreak(outcomes: readonly Outcome[], counts: (result: Decimal) => boolean): number {
  let [longest, streak] = [0, 0]
  for (const { result } of outcomes) {
    streak = counts(result) ? streak + 1 : 0
    longest = Math.max(longest, streak)
  }
  return longest
}

function holdingOf(trades: readonly ClosedTrade[]): HoldingFigures {
  const heldUs = trades.flatMap((trade) => (trade.heldUs === null ? [] : [trade.heldUs]))
  return { trades: heldUs.length, meanUs: meanOfWhole(heldUs), medianUs: medianOfWhole(heldUs), longestUs: largestOfWhole(heldUs) }
}

function groupsOf<Leg extends LegFigures, Key>(legs: readonly Leg[], keyOf: (leg: Leg) => Key): [Key, LegGroup][] {
  const groups = new Map<Key, LegGroup>()
  for (const leg of legs) {
    const group = groups.get(keyOf(leg)) ?? { legs: 0, won: 0, lost: 0, quantity: ZERO, realizedPnl: ZERO }
    groups.set(keyOf(leg), group)
    group.legs += 1
    if (leg.realizedPnl > ZERO) group.won += 1
    if (leg.realizedPnl < ZERO) group.lost += 1
    group.quantity = add(group.quantity, leg.quantity)
    group.realizedPnl = add(group.realizedPnl, leg.realizedPnl)
  }
  return [...groups]
}

interface LegGroup {
  legs: number
  won: number
  lost: number
  quantity: Decimal
  realizedPnl: Decimal
}

function legOutcomes({ legs, won, lost, quantity, realizedPnl }: LegGroup): LegOutcomes {
  return {
    legs,
    won,
    lost,
    quantity: formatDecimal(quantity),
    realizedPnl: formatDecimal(realizedPnl),
    averagePnl: averageOf(realizedPnl, legs),
  }
}
