// Where the change of equity came from, part by part, against what the balances say it was. A rest is shown, never spread.

import { add, type Decimal, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import type { AttributionSummary, InstrumentResult, ReturnsSummary, RoleResult } from './account-view.ts'
import type { EquityCourse, Parts } from './equity-course.ts'
import { type MoneyInputs, sumsOf, worthOf } from './money.ts'
import { Valuer } from './prices.ts'

/**
 * The parts are sums over fills, flows and the marks between them; the result is from postings alone, as worth at the end less worth
 * at the start less what the capital moved since then was worth when it moved. Their difference is the residual.
 */
export function attributionSummary(inputs: MoneyInputs, strategy: string, course: EquityCourse): AttributionSummary {
  const { own } = inputs
  const { result, change, flow } = balancesOf(inputs)
  const why = course.why ?? (result === null ? 'Something that is owned has no price.' : null)
  const known = (value: Decimal | null): string | null => (why !== null || value === null ? null : formatDecimal(value))
  const total = totalOf([...course.byInstrument.values()])
  const explained = add(resultOf(total), course.holdings)
  return {
    why,
    asset: own.settle,
    equityChange: textOf(change),
    netCapitalFlow: textOf(flow),
    result: textOf(result),
    spreadCapture: known(total.spreadCapture),
    revaluation: known(total.revaluation),
    holdings: known(course.holdings),
    fees: known(total.fees),
    networkFees: known(ZERO),
    funding: known(total.funding),
    residual: known(result === null ? null : sub(result, explained)),
    byInstrument: [...course.byInstrument].map(([instrument, parts]) => instrumentResult(inputs, instrument, parts, known)),
    byStrategy: { strategy, roles: rolesOf(course, known) },
    feesByKind: [...course.feeKinds.values()].map(({ liquidity, asset, amount, value }) => ({
      liquidity,
      asset,
      amount: formatDecimal(amount),
      value: textOf(value),
    })),
  }
}

type Known = (value: Decimal | null) => string | null

function instrumentResult({ terms }: MoneyInputs, instrument: string, parts: Parts, known: Known): InstrumentResult {
  return {
    instrument,
    fills: parts.fills,
    realized: formatDecimal(parts.realized),
    settle: terms.of(instrument).settle,
    spreadCapture: known(parts.spreadCapture),
    revaluation: known(parts.revaluation),
    fees: known(parts.fees),
    funding: known(parts.funding),
    total: known(resultOf(parts)),
  }
}

const ROLES = ['entry', 'exit', 'quote', 'other'] as const

function rolesOf({ byRole }: EquityCourse, known: Known): RoleResult[] {
  return ROLES.flatMap((role) => {
    const parts = byRole.get(role)
    return parts === undefined ? [] : [{ role, fills: parts.fills, spreadCapture: known(parts.spreadCapture), fees: known(parts.fees) }]
  })
}

/** What trading made: spread capture + revaluation − fees + funding. */
export function resultOf({ spreadCapture, revaluation, fees, funding }: Omit<Parts, 'fills' | 'realized'>): Decimal {
  return add(sub(add(spreadCapture, revaluation), fees), funding)
}

function totalOf(all: readonly Parts[]) {
  const sum = (name: 'spreadCapture' | 'revaluation' | 'fees' | 'funding'): Decimal => all.map((parts) => parts[name]).reduce(add, ZERO)
  return { spreadCapture: sum('spreadCapture'), revaluation: sum('revaluation'), fees: sum('fees'), funding: sum('funding') }
}

/** From the postings: equity at the end less that at the start, with and without what the capital moved in between was worth. */
function balancesOf({ own, ledger, flows, marks, stated, lastSeq }: MoneyInputs) {
  const mark = marks.get(own.symbol)
  if (mark === undefined) return { result: null, change: null, flow: null }
  const atStart = new Valuer(own, { mark: mark.first.price, seq: mark.first.seq }, stated)
  const atEnd = new Valuer(own, { mark: mark.last.price, seq: lastSeq }, stated)
  const start = worthOf(sumsOf(ledger.before, ledger.untilSplit), (asset, amount) => atStart.inSettle(asset, amount))
  const all = sumsOf(ledger.before, ledger.inSession)
  const end = worthOf(all, (asset, amount) => atEnd.inSettle(asset, amount))
  // Capital that nobody has priced is in no figure: what was made without it is known all the same.
  const priced = new Map(all)
  let [moved, isKnown] = [ZERO, true]
  for (const { asset, amount, worth } of flows) {
    const wallet = `wallet|${asset}`
    if (worth === null) priced.set(wallet, sub(priced.get(wallet) ?? ZERO, amount))
    moved = add(moved, worth ?? ZERO)
    isKnown &&= worth !== null
  }
  const endPriced = worthOf(priced, (asset, amount) => atEnd.inSettle(asset, amount))
  return { result: difference(difference(endPriced, start), moved), change: difference(end, start), flow: isKnown ? moved : null }
}

function difference(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : sub(a, b)
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value)
}

export function returnsSummary({ returns, why }: EquityCourse): ReturnsSummary {
  if (returns === null || why !== null) return { why, timeWeightedPercent: null, simplePercent: null, periods: 0 }
  return {
    why: returns.why,
    timeWeightedPercent: textOf(returns.timeWeighted()),
    simplePercent: textOf(returns.simple()),
    periods: returns.periods,
  }
}
