// Two sessions side by side: the figures that can be compared, each with its exact difference. Computes nothing but differences.

import { formatDecimal, readDecimal, sub } from '../kernel/decimal.ts'
import {
  type Cell,
  count,
  duration,
  figure,
  money,
  outside,
  type Part,
  percent,
  plain,
  profit,
  quantity,
  returned,
  UNKNOWN,
} from './document.ts'
import { titleOf } from './first-screen.ts'
import { countText, durationText, oneLine } from './format.ts'
import { placeText } from './session-parts.ts'
import type { SummaryView } from './summary-view.ts'

/** `difference` is first − second; null where one is not known, where both are in different assets, and of words. */
export interface ComparedFigure {
  readonly name: string
  /** What the figure is in; null where the two sessions differ in that, or where it needs none. */
  readonly unit: string | null
  readonly first: string | number | null
  readonly second: string | number | null
  readonly difference: string | number | null
}

export interface ComparedGroup {
  readonly title: string
  readonly figures: readonly ComparedFigure[]
}

export interface ComparisonView {
  readonly first: SummaryView
  readonly second: SummaryView
  readonly groups: readonly ComparedGroup[]
}

type Kind = 'money' | 'profit' | 'quantity' | 'percent' | 'return' | 'bps' | 'ratio' | 'count' | 'duration' | 'words'

interface Row {
  readonly name: string
  readonly kind: Kind
  readonly of: (view: SummaryView) => string | number | null
  /** The asset that it is in. */
  readonly asset?: (view: SummaryView) => string
}

const settle = (view: SummaryView): string => view.pnl.asset
const base = (view: SummaryView): string => view.instrument.quantityAsset

function row(name: string, kind: Kind, of: Row['of'], asset?: Row['asset']): Row {
  return { name, kind, of, ...(asset !== undefined && { asset }) }
}

const outcomes = ({ trades: { statistics } }: SummaryView) => statistics.afterFees ?? statistics.beforeFees
const exposed = (view: SummaryView) => view.exposure.instruments.find(({ instrument }) => instrument === view.instrument.symbol)
const exposureAsset = (view: SummaryView): string => exposed(view)?.asset ?? view.instrument.quote
const markoutAt = (view: SummaryView, horizonUs: number): string | null =>
  view.quoting.markouts.horizons.find((horizon) => horizon.horizonUs === horizonUs)?.both.meanBps ?? null
const sumOf = (lines: readonly { readonly count: number }[]): number => lines.reduce((sum, line) => sum + line.count, 0)
const riskCount = (view: SummaryView, severity: string): number => sumOf(view.risk.counts.filter((line) => line.severity === severity))

const GROUPS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  {
    title: 'Session',
    rows: [
      row('strategy', 'words', (view) => view.strategy),
      row('instrument', 'words', (view) => view.instrument.symbol),
      row('where', 'words', placeText),
      row('feed', 'words', (view) => view.feed.source),
      row('seed', 'words', (view) => String(view.seed)),
      row('ended by', 'words', (view) => view.haltReason),
      row('ran', 'duration', (view) => view.time.ranUs),
    ],
  },
  {
    title: 'Result',
    rows: [
      row('net of fees', 'profit', (view) => view.pnl.net, settle),
      row('realised', 'profit', (view) => view.pnl.realized, settle),
      row('unrealised', 'profit', (view) => view.pnl.unrealized, settle),
      row('fees', 'money', (view) => view.pnl.feesValued, settle),
      row('funding', 'profit', (view) => view.pnl.funding, settle),
      row(
        'equity at the start',
        'money',
        (view) => view.equity.start,
        (view) => view.equity.asset,
      ),
      row(
        'equity at the end',
        'money',
        (view) => view.equity.end,
        (view) => view.equity.asset,
      ),
      row('change less capital moved', 'profit', (view) => view.attribution.result, settle),
      row('  spread capture', 'profit', (view) => view.attribution.spreadCapture, settle),
      row('  inventory revaluation', 'profit', (view) => view.attribution.revaluation, settle),
      row('  held beside positions', 'profit', (view) => view.attribution.holdings, settle),
      row('time-weighted return', 'return', (view) => view.returns.timeWeightedPercent),
      row(
        'deepest fall',
        'money',
        (view) => view.drawdown.amount,
        (view) => view.drawdown.asset,
      ),
      row('deepest fall in percent', 'percent', (view) => view.drawdown.percent),
      row('longest under water', 'duration', (view) => view.drawdown.longestUnderWaterUs),
      row('mean exposure', 'money', (view) => exposed(view)?.mean ?? null, exposureAsset),
      row('largest exposure', 'money', (view) => exposed(view)?.maximum ?? null, exposureAsset),
      row('Sharpe', 'ratio', (view) => view.ratios.sharpe.value),
      row('Sortino', 'ratio', (view) => view.ratios.sortino.value),
    ],
  },
  {
    title: 'Traded',
    rows: [
      row('fills', 'count', (view) => view.fills.count),
      row('  as maker', 'count', (view) => view.fills.maker),
      row('  as taker', 'count', (view) => view.fills.taker),
      row('bought', 'quantity', (view) => view.fills.bought.quantity, base),
      row('sold', 'quantity', (view) => view.fills.sold.quantity, base),
      row('position at the end', 'quantity', (view) => view.position.end, base),
    ],
  },
  {
    title: 'Trades',
    rows: [
      row('closed', 'count', (view) => view.trades.statistics.trades),
      row('win rate', 'percent', (view) => outcomes(view).winPercent),
      row('profit factor', 'ratio', (view) => outcomes(view).profitFactor),
      row(
        'expectancy',
        'profit',
        (view) => outcomes(view).expectancy,
        (view) => view.trades.statistics.asset,
      ),
      row('mean holding time', 'duration', (view) => view.trades.statistics.holding.all.meanUs),
    ],
  },
  {
    title: 'Quoting',
    rows: [
      row('two-sided', 'percent', (view) => view.quoting.upTime.twoSidedPercent),
      row('bid within 2 bps', 'percent', (view) => view.quoting.bid.withinTwoBpsPercent),
      row('ask within 2 bps', 'percent', (view) => view.quoting.ask.withinTwoBpsPercent),
      row('quotes', 'count', (view) => view.quoting.life.both.quotes),
      row('filled', 'percent', (view) => view.quoting.life.both.fillPercent),
      row('markout after 1s', 'bps', (view) => markoutAt(view, 1_000_000)),
      row('markout after 1m', 'bps', (view) => markoutAt(view, 60_000_000)),
      row(
        'mean inventory size',
        'quantity',
        (view) => view.quoting.inventory.meanAbsolute,
        (view) => view.quoting.inventory.asset,
      ),
    ],
  },
  {
    title: 'Operation',
    rows: [
      row('orders sent', 'count', (view) => view.orders.sent),
      row('orders in doubt', 'count', (view) => view.doubt.orders),
      row('intents denied', 'count', (view) => sumOf(view.denials)),
      row('warnings', 'count', (view) => riskCount(view, 'warning')),
      row('alarms', 'count', (view) => riskCount(view, 'alarm')),
      row('gaps in the feed', 'count', (view) => view.feed.gaps),
      row('ticks late', 'count', (view) => view.operation.ticks.late),
      row('tick latency, 99%', 'duration', (view) => view.operation.ticks.latency?.p99Us ?? null),
      row('calls to the venue', 'count', (view) => sumOf(view.operation.venueCalls)),
      row('errors of the venue', 'count', (view) => sumOf(view.operation.venueErrors)),
      row('totals that differ', 'count', (view) => view.checks.findings.length),
    ],
  },
]

const UNITS: Readonly<Partial<Record<Kind, string>>> = { percent: '%', return: '%', bps: 'bps', duration: 'µs' }

export function compareSummaries(first: SummaryView, second: SummaryView): ComparisonView {
  const groups = GROUPS.map(({ title, rows }) => ({
    title,
    figures: rows.map((one) => comparedFigure(one, first, second)).filter((one) => one.first !== null || one.second !== null),
  }))
  return { first, second, groups }
}

function comparedFigure({ name, kind, of, asset }: Row, first: SummaryView, second: SummaryView): ComparedFigure {
  const [a, b] = [of(first), of(second)]
  const [unitA, unitB] = asset === undefined ? [UNITS[kind] ?? null, UNITS[kind] ?? null] : [asset(first), asset(second)]
  const isComparable = kind !== 'words' && unitA === unitB
  return { name, unit: unitA === unitB ? unitA : null, first: a, second: b, difference: isComparable ? differenceOf(a, b) : null }
}

function differenceOf(a: string | number | null, b: string | number | null): string | number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a !== 'string' || typeof b !== 'string') return null
  return formatDecimal(sub(readDecimal(a), readDecimal(b)))
}

/** What they are, above the tables: one line each and what is subtracted from which, or a word of warning where they are the same one. */
export function comparisonTitles({ first, second }: ComparisonView): readonly string[] {
  if (first.sessionId !== second.sessionId)
    return [titleOf(first), titleOf(second), `Each difference is ${oneLine(first.sessionId)} less ${oneLine(second.sessionId)}.`]
  return [titleOf(first), 'It is compared with itself: name another session, see `dita sessions`.']
}

/** What a command shows of it: a table a group. */
export function comparisonParts({ first, second, groups }: ComparisonView): Part[] {
  const head = ['', oneLine(first.sessionId), oneLine(second.sessionId), 'difference', '']
  return groups.flatMap(({ title, figures }, index) => {
    const { rows } = GROUPS[index] ?? { rows: [] }
    if (figures.length === 0) return []
    const kinds = new Map(rows.map(({ name, kind }) => [name, kind]))
    const table = figures.map((one): Cell[] => {
      const kind = kinds.get(one.name) ?? 'words'
      const unit = kind === 'duration' || one.unit === '%' ? '' : (one.unit ?? '')
      const cells = [one.first, one.second].map((value) => cellOf(value, kind))
      return [plain(one.name), ...cells, differenceCell(one.difference, kind), outside(unit)]
    })
    return [{ title, blocks: [{ head, rows: table, right: [1, 2, 3] }] }]
  })
}

function cellOf(value: string | number | null, kind: Kind): Cell {
  if (value === null) return plain(UNKNOWN)
  if (typeof value === 'number') return kind === 'duration' ? duration(value) : count(value)
  if (kind === 'profit') return profit(value)
  if (kind === 'money') return money(value)
  if (kind === 'quantity') return quantity(value)
  if (kind === 'percent') return percent(value)
  if (kind === 'return') return returned(value)
  if (kind === 'bps' || kind === 'ratio') return figure(value)
  return outside(value)
}

/** As many digits as the two figures have. */
function apartCell(value: string, kind: Kind): Cell {
  if (kind === 'return') return returned(value)
  if (kind === 'percent') return figure(value, { unit: '%', isSigned: true })
  return kind === 'bps' || kind === 'ratio' ? figure(value, { isSigned: true }) : profit(value)
}

function differenceCell(value: string | number | null, kind: Kind): Cell {
  if (value === null) return plain('')
  if (typeof value === 'string') return apartCell(value, kind)
  const sign = value < 0 ? '-' : value > 0 ? '+' : ''
  const apart = Math.abs(value)
  return plain(`${sign}${kind === 'duration' ? durationText(apart) : countText(apart)}`)
}
