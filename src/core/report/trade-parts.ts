// The parts of an explanation about the trades of slots: all of them together, how their orders were filled, and the newest ones.
// Words only.

import { type Block, type Cell, count, duration, figure, money, outside, type Part, percent, plain, profit, quantity } from './document.ts'
import { amountText, countText, durationText, oneLine, plural, signedText } from './format.ts'
import type { SummaryView } from './summary-view.ts'
import type { LegOutcomes, SlippageSummary, TradeExtreme, TradeOutcomes, TradeStatistics } from './trade-statistics-view.ts'

/** What a terminal shows; a page has room for all that the summary lists. */
export const TRADES_ON_SCREEN = 10

export function tradeParts(view: SummaryView, mostTrades: number): Part[] {
  const { statistics, slippage } = view.trades
  return [
    { title: 'Trades', blocks: listBlocks(view, mostTrades) },
    { title: 'Trades together', blocks: statistics.trades === 0 ? [] : statisticsBlocks(statistics) },
    { title: 'Slippage of entries and exits (above zero is worse than intended)', blocks: slippageBlocks(slippage) },
  ]
}

function listBlocks(view: SummaryView, mostTrades: number): Block[] {
  const { trades } = view
  if (trades.count === 0) return []
  const shown = trades.list.slice(0, mostTrades)
  const rows = shown.map((trade): Cell[] => [
    outside(`${trade.slotId}#${trade.trade}`),
    plain(trade.side),
    quantity(trade.entryQuantity),
    quantity(trade.entryPrice),
    quantity(trade.exitPrice),
    profit(trade.realizedPnl),
    duration(trade.heldUs),
    plain(trade.legs.map((leg) => `${leg.ratio}${leg.reason === null ? '' : ` ${oneLine(leg.reason)}`}`).join(', ')),
    plain(trade.stage),
  ])
  const left = trades.count - shown.length
  return [
    {
      lines: [
        `${plural(trades.count, 'trade')}: ${tradeCounts(view)}; realised ${signedText(trades.realizedPnl)} ${view.pnl.asset} before fees`,
      ],
    },
    { head: ['slot', 'side', 'size', 'entry', 'exit', 'realised', 'held', 'legs', 'stage'], rows, right: [2, 3, 4, 5, 6] },
    { lines: left > 0 ? [`and ${countText(left)} earlier`] : [] },
  ]
}

/** Every trade is in exactly one of these. */
export function tradeCounts({ trades }: SummaryView): string {
  const even = trades.closed - trades.won - trades.lost
  const outcomes = [`${countText(trades.won)} won`, `${countText(trades.lost)} lost`, ...(even === 0 ? [] : [`${countText(even)} even`])]
  const counts = [`${countText(trades.closed)} closed (${outcomes.join(', ')})`]
  if (trades.open > 0) counts.push(`${countText(trades.open)} open`)
  if (trades.notEntered > 0) counts.push(`${countText(trades.notEntered)} not entered`)
  return counts.join(', ')
}

function statisticsBlocks(statistics: TradeStatistics): Block[] {
  const { asset, beforeFees, afterFees, holding, bars } = statistics
  const outcomes = [beforeFees, ...(afterFees === null ? [] : [afterFees])]
  const row = (name: string, cell: (outcome: TradeOutcomes) => Cell): Cell[] => [plain(name), ...outcomes.map(cell)]
  const held = (name: string, { meanUs, medianUs, longestUs }: TradeStatistics['holding']['all']): Cell[] => [
    plain(name),
    duration(meanUs),
    duration(medianUs),
    duration(longestUs),
  ]
  const lines = [
    ...(afterFees === null ? ['after fees: not known, as a fee has no stated price'] : []),
    ...(statistics.inOtherAssets > 0 ? [`${plural(statistics.inOtherAssets, 'trade')} paid in another asset, in none of this`] : []),
  ]
  return [
    {
      head: [`in ${asset}`, 'before fees', ...(afterFees === null ? [] : ['after fees'])],
      rows: [
        row('won', (of) => count(of.won)),
        row('lost', (of) => count(of.lost)),
        row('even', (of) => count(of.even)),
        row('win rate', (of) => percent(of.winPercent)),
        row('profit factor', (of) => figure(of.profitFactor)),
        row('expectancy', (of) => profit(of.expectancy)),
        row('all won', (of) => money(of.grossProfit)),
        row('all lost', (of) => money(of.grossLoss)),
        row('together', (of) => profit(of.total)),
        row('average win', (of) => profit(of.averageWin)),
        row('average loss', (of) => profit(of.averageLoss)),
        row('best', (of) => extreme(of.best)),
        row('worst', (of) => extreme(of.worst)),
        row('wins in a row', (of) => count(of.longestWinStreak)),
        row('losses in a row', (of) => count(of.longestLossStreak)),
      ],
      right: [1, 2],
    },
    {
      head: ['held', 'mean', 'median', 'longest'],
      rows: [
        held('all', holding.all),
        held('won', holding.won),
        held('lost', holding.lost),
        [plain(`bars of ${durationText(statistics.barUs)}`), figure(bars.mean), figure(bars.median), count(bars.most)],
      ],
      right: [1, 2, 3],
    },
    legTable(
      'exit for',
      statistics.byExitReason.map((leg) => [plain(leg.reason === null ? 'no reason' : oneLine(leg.reason)), leg]),
    ),
    legTable(
      'leg',
      statistics.byLeg.map((leg) => [count(leg.leg), leg]),
    ),
    { lines },
  ]
}

function extreme(trade: TradeExtreme | null): Cell {
  if (trade === null) return plain('-')
  const { text, exact = text } = profit(trade.result)
  const name = ` (${oneLine(trade.slotId)}#${trade.trade})`
  return { text: text + name, exact: exact + name }
}

function legTable(name: string, legs: readonly (readonly [Cell, LegOutcomes])[]): Block {
  return {
    head: [name, 'legs', 'won', 'lost', 'quantity', 'realised', 'average'],
    rows: legs.map(([cell, leg]) => [
      cell,
      count(leg.legs),
      count(leg.won),
      count(leg.lost),
      quantity(leg.quantity),
      profit(leg.realizedPnl),
      profit(leg.averagePnl),
    ]),
    right: [1, 2, 3, 4, 5, 6],
  }
}

function slippageBlocks({ asset, rows, leftOut }: SlippageSummary): Block[] {
  const { inferred, earlierOrders, withoutMidCount } = leftOut
  const out = [
    ...(inferred > 0 ? [`${countText(inferred)} inferred`] : []),
    ...(earlierOrders > 0 ? [`${countText(earlierOrders)} of earlier sessions' orders`] : []),
    ...(withoutMidCount > 0 ? [`${countText(withoutMidCount)} without a fresh mid`] : []),
  ]
  return [
    {
      head: ['order', 'against', 'orders', 'fills', 'mean bps', 'worst bps', `cost in ${asset}`],
      rows: rows.map((row) => [
        outside(`${row.role} ${row.orderType}`),
        plain(row.reference),
        count(row.orders),
        count(row.fills),
        figure(row.meanBps, { isSigned: true }),
        figure(row.worstBps, { isSigned: true }),
        profit(row.cost),
      ]),
      right: [2, 3, 4, 5, 6],
    },
    { lines: out.length === 0 ? [] : [`fills left out: ${out.join(', ')}`] },
  ]
}

/** One sentence for the first screen; null where no trade closed. */
export function tradesSentence({ trades }: SummaryView): string | null {
  const { statistics } = trades
  if (statistics.trades === 0) return null
  const { won, winPercent, profitFactor, expectancy } = statistics.afterFees ?? statistics.beforeFees
  const when = statistics.afterFees === null ? 'before fees' : 'after fees'
  const factor = profitFactor === null ? '' : `, profit factor ${amountText(profitFactor, 2)}`
  const each = expectancy === null ? '' : `, ${signedText(expectancy, 4)} ${statistics.asset} each`
  const share = winPercent === null ? '' : ` (${amountText(winPercent, 0)}%)`
  return `${plural(statistics.trades, 'trade')} closed: ${countText(won)} won${share}${factor}${each}, ${when}`
}
