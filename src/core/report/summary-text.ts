// A summary as people read it: first one screen that says whether it worked, what it earned and why, and what went wrong;
// then the details. Text only: no colours, no terminal.

import { amountText, countText, durationText, oneLine, plainText, plural, signedText, wrap } from './format.ts'
import { detailSections } from './summary-details.ts'
import type { SummaryView } from './summary-view.ts'

export interface RenderOptions {
  /** Columns to fit into; text that has no space to break at may be wider. */
  readonly width?: number | undefined
}

const LABEL_WIDTH = 13
const DEFAULT_WIDTH = 100
const LEAST_WIDTH = 40

export function renderSummary(view: SummaryView, options: RenderOptions = {}): string {
  const width = Math.max(options.width ?? DEFAULT_WIDTH, LEAST_WIDTH)
  const lines = [
    `Session ${view.sessionId}: ${oneLine(view.strategy)} on ${view.instrument.symbol}, ${view.mode} at ${view.venue}`,
    '',
    ...labelled('Did it work', [workedText(view)], width),
    ...labelled('Earned', earnedLines(view), width),
    ...labelled('Why', whyLines(view), width),
    ...labelled('Went wrong', wrongLines(view), width),
  ]
  for (const section of detailSections(view, width)) lines.push('', section.title, ...section.lines.map((line) => `  ${line}`))
  return lines.join('\n')
}

/** The label before the first line, and all lines under one another. */
function labelled(label: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrap(text, width - LABEL_WIDTH, '  '))
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
}

function workedText(view: SummaryView): string {
  const { ranUs, durationUs } = view.time
  const ran = `ran ${durationText(ranUs)} of ${durationText(durationUs)}`
  if (view.haltReason === null) return `It did not end properly (crashed, or still running): ${ran} so far.`
  const detail = view.haltDetail === null ? '' : `: ${oneLine(view.haltDetail)}`
  return `${verdictOf(view.haltReason)} (${view.haltReason}): ${ran}${detail}.`.replace(/\.\.$/, '.')
}

/** What kind of end a halt reason is, in words. */
function verdictOf(haltReason: string): string {
  switch (haltReason) {
    case 'duration_elapsed':
      return 'Yes, it ran its time'
    case 'feed_ended':
      return 'Yes, until the recording ended'
    case 'engine_requested_halt':
      return 'Stopped on request'
    case 'kill_switch':
      return 'Stopped by the kill switch'
    case 'market_gap':
    case 'reconciler_halt':
      return 'Stopped to be safe'
    case 'crashed':
      return 'No, it crashed'
    default:
      if (haltReason.startsWith('interrupted_')) return 'Stopped by hand'
      return haltReason.startsWith('risk_') ? 'Stopped by a risk gate' : 'No, it was stopped by a failure'
  }
}

function earnedLines(view: SummaryView): string[] {
  const { pnl } = view
  const net = pnl.net === null ? 'not known' : `${signedText(pnl.net)} ${pnl.asset}`
  const before =
    pnl.unrealizedBefore === null || pnl.unrealizedBefore === '0' ? '' : ` - unrealised before ${amountText(pnl.unrealizedBefore)}`
  const unrealized = pnl.unrealized === null ? 'no mark' : signedText(pnl.unrealized)
  const others = Object.entries(pnl.feesByAsset)
    .filter(([asset]) => asset !== pnl.asset)
    .map(([asset, fee]) => ` - fees ${amountText(fee)} ${asset}`)
  const parts = `realised ${signedText(pnl.realized)}, unrealised ${unrealized}${before}, fees ${amountText(pnl.fees)}${others.join('')}`
  return [`${net} net of fees: ${parts}`]
}

function whyLines(view: SummaryView): string[] {
  const { fills, instrument } = view
  if (fills.count === 0) return ['nothing was traded']
  const side = (verb: string, { quantity, averagePrice }: SummaryView['fills']['bought']): string =>
    averagePrice === null ? `${verb} nothing` : `${verb} ${plainText(quantity)} ${instrument.base} at ${plainText(averagePrice)} on average`
  return [
    `${plural(fills.count, 'fill')} (${countText(fills.maker)} maker, ${countText(fills.taker)} taker) from ${plural(view.orders.sent, 'order')}`,
    `${side('bought', fills.bought)}, ${side('sold', fills.sold)}`,
  ]
}

/** Everything a person should look into, worst first. */
function wrongLines(view: SummaryView): string[] {
  const { checks, feed, risk, denials, position } = view
  const lines: string[] = []
  if (checks.drift) lines.push(`DRIFT: ${plural(checks.findings.length, 'total')} computed in two ways differ; see Checks`)
  if (view.haltReason === null) lines.push('no end was written')
  const count = (severity: string): number =>
    risk.counts.filter((row) => row.severity === severity).reduce((sum, row) => sum + row.count, 0)
  if (count('alarm') > 0) lines.push(`${plural(count('alarm'), 'alarm')}: ${codesOf(risk.counts, 'alarm')}`)
  if (count('warning') > 0) lines.push(`${plural(count('warning'), 'warning')}: ${codesOf(risk.counts, 'warning')}`)
  if (position.nowUnassigned !== '0') lines.push(`unassigned position of ${plainText(position.nowUnassigned)} ${view.instrument.base}`)
  const doubtful = ordersIn(view, 'in_doubt') + ordersIn(view, 'quarantined')
  if (doubtful > 0) lines.push(`${plural(doubtful, 'order')} of which it is not known whether the venue has it`)
  const refused = ordersIn(view, 'rejected')
  if (refused > 0) lines.push(`${plural(refused, 'order')} rejected by the venue`)
  if (denials.length > 0) {
    const total = denials.reduce((sum, denial) => sum + denial.count, 0)
    lines.push(`${plural(total, 'intent')} denied: ${denials.map((denial) => `${denial.code} ×${countText(denial.count)}`).join(', ')}`)
  }
  if ((feed.gaps ?? 0) > 0) lines.push(`${plural(feed.gaps ?? 0, 'gap')} in the feed`)
  if ((feed.badLines ?? 0) > 0) lines.push(`${plural(feed.badLines ?? 0, 'line')} of the recording could not be read`)
  if (feed.truncated === true) lines.push('the recording breaks off before its end')
  return lines.length === 0 ? ['nothing that was noticed'] : lines
}

function ordersIn(view: SummaryView, status: string): number {
  return view.orders.byStatus[status] ?? 0
}

function codesOf(counts: SummaryView['risk']['counts'], severity: string): string {
  return counts
    .filter((row) => row.severity === severity)
    .map((row) => `${row.code} ×${countText(row.count)}`)
    .join(', ')
}
