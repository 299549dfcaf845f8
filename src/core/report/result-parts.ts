// The parts of an explanation about what a session earned: where it came from, what it returned, how deep it fell, how much was at
// stake. Words only.

import type { AttributionSummary, DrawdownSummary, ExposureSummary, ReturnsSummary } from './account-view.ts'
import {
  type Block,
  cost,
  count,
  duration,
  figure,
  money,
  type NamedRow,
  namedRows,
  outside,
  type Part,
  percent,
  plain,
  profit,
  returned,
  time,
} from './document.ts'
import { countText, durationText, oneLine, plural } from './format.ts'
import type { RatioSummary, RatiosSummary } from './ratios-view.ts'
import type { SummaryView } from './summary-view.ts'

export function resultParts(view: SummaryView): Part[] {
  return [
    { title: 'Attribution', blocks: attributionBlocks(view.attribution) },
    { title: 'Return and drawdown', blocks: [...returnBlocks(view.returns), ...drawdownBlocks(view.drawdown)] },
    { title: 'Exposure', blocks: exposureBlocks(view.exposure) },
    { title: 'Ratios', blocks: ratioBlocks(view.ratios) },
  ]
}

function attributionBlocks(attribution: AttributionSummary): Block[] {
  const { asset, why } = attribution
  const rows: NamedRow[] = [
    ['change of equity', profit(attribution.equityChange), asset],
    ['less capital moved', profit(attribution.netCapitalFlow), asset],
    ['result', profit(attribution.result), asset],
    ['  spread capture', profit(attribution.spreadCapture), asset],
    ['  inventory revaluation', profit(attribution.revaluation), asset],
    ['  held beside positions', profit(attribution.holdings), asset],
    ['  fees', cost(attribution.fees), asset],
    ['  network fees', cost(attribution.networkFees), asset],
    ['  funding', profit(attribution.funding), asset],
    ['  unexplained', profit(attribution.residual), asset],
  ]
  const missing = why === null ? [] : [{ lines: [`not known: ${oneLine(why)}`] }]
  return [...missing, ...(attribution.result === null ? [] : [namedRows(rows)]), ...shareBlocks(attribution)]
}

/** The result by instrument where there are several, and by what the orders were for. */
function shareBlocks({ asset, byInstrument, byStrategy, feesByKind }: AttributionSummary): Block[] {
  const blocks: Block[] = []
  const traded = byInstrument.filter(({ fills }) => fills > 0)
  if (byInstrument.length > 1) {
    blocks.push({
      caption: `By instrument, in ${asset}`,
      head: ['instrument', 'fills', 'spread', 'revaluation', 'fees', 'funding', 'total'],
      rows: byInstrument.map((line) => [
        outside(line.instrument),
        count(line.fills),
        profit(line.spreadCapture),
        profit(line.revaluation),
        cost(line.fees),
        profit(line.funding),
        profit(line.total),
      ]),
      right: [1, 2, 3, 4, 5, 6],
    })
  }
  if (traded.length > 0 && byStrategy.roles.length > 0) {
    blocks.push({
      caption: `By strategy and what the orders were for, in ${asset}`,
      head: ['strategy', 'orders', 'fills', 'spread', 'fees'],
      rows: byStrategy.roles.map((line) => [
        outside(byStrategy.strategy),
        plain(line.role),
        count(line.fills),
        profit(line.spreadCapture),
        cost(line.fees),
      ]),
      right: [2, 3, 4],
    })
  }
  if (feesByKind.length > 0) {
    blocks.push({
      caption: 'Fees paid by kind (below zero: rebates)',
      head: ['liquidity', 'amount', 'asset', `in ${asset}`],
      rows: feesByKind.map((kind) => [plain(kind.liquidity), money(kind.amount), outside(kind.asset), money(kind.value)]),
      right: [1, 3],
    })
  }
  return blocks
}

function returnBlocks({ why, timeWeightedPercent, simplePercent, periods }: ReturnsSummary): Block[] {
  if (timeWeightedPercent === null && simplePercent === null) return [{ lines: [`return: not known. ${oneLine(why ?? '')}`.trim()] }]
  const rows: NamedRow[] = [
    ['time-weighted return', returned(timeWeightedPercent), periods === 1 ? 'no capital was moved' : `over ${countText(periods)} periods`],
  ]
  if (periods === 1) rows.push(['return on the start', returned(simplePercent)])
  return [namedRows(rows)]
}

function drawdownBlocks(drawdown: DrawdownSummary): Block[] {
  const { asset, amount, why } = drawdown
  if (amount === null) return [{ lines: [`drawdown: not known. ${oneLine(why ?? '')}`.trim()] }]
  if (amount === '0') return [{ lines: ['equity was never below its peak'] }]
  const rows: NamedRow[] = [
    ['deepest fall', money(amount), asset],
    ['  from', money(drawdown.peakEquity), `${asset} at ${time(drawdown.peakAtUs).text}`],
    ['  to', money(drawdown.troughEquity), `${asset} at ${time(drawdown.troughAtUs).text}`],
    ['longest under water', duration(drawdown.longestUnderWaterUs)],
  ]
  // By the returns, as money that comes or goes meanwhile would make a share of another thing: it may be another fall.
  if (drawdown.percent !== null) {
    const when = `from ${time(drawdown.percentPeakAtUs).text} to ${time(drawdown.percentTroughAtUs).text}`
    rows.splice(3, 0, ['deepest fall in percent', percent(drawdown.percent), when])
  }
  if (drawdown.endAmount !== null && drawdown.endAmount !== '0') {
    rows.push(['below the peak at the end', money(drawdown.endAmount), `${asset}, for ${durationText(drawdown.endUnderWaterUs ?? 0)}`])
  }
  return [namedRows(rows)]
}

function exposureBlocks({ why, instruments }: ExposureSummary): Block[] {
  if (instruments.length === 0) return why === null ? [] : [{ lines: [`not known: ${oneLine(why)}`] }]
  const lines = why === null ? [] : [{ lines: [`not known in full: ${oneLine(why)}`] }]
  return [
    ...lines,
    {
      head: ['instrument', 'mean', 'largest', '', 'when', 'end', 'flat'],
      rows: instruments.map((line) => [
        outside(line.instrument),
        money(line.mean),
        money(line.maximum),
        plain(line.asset),
        time(line.maximumAtUs),
        money(line.end),
        percent(line.flatPercent),
      ]),
      right: [1, 2, 5, 6],
    },
  ]
}

function ratioBlocks(ratios: RatiosSummary): Block[] {
  const row = (name: string, { value, why }: RatioSummary): NamedRow => [name, figure(value), why === null ? '' : oneLine(why)]
  const lines = [
    `${plural(ratios.periods, 'whole period')} of ${durationText(ratios.periodUs)}, counted from the first tick with a mark; nothing is annualised`,
  ]
  const rows: NamedRow[] = [
    row('Sharpe', ratios.sharpe),
    row('Sortino', ratios.sortino),
    row('Calmar, of the whole session', ratios.calmar),
  ]
  if (ratios.meanReturnPercent !== null) {
    rows.unshift(
      ['mean return a period', returned(ratios.meanReturnPercent)],
      ['its deviation', figure(ratios.deviationPercent, { unit: '%', places: 4 })],
      ['its downside deviation', figure(ratios.downsideDeviationPercent, { unit: '%', places: 4 })],
    )
  }
  return [{ lines }, namedRows(rows)]
}
