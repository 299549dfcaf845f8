// A summary as people read it: first one screen that says whether it worked, what it earned and why, and what went wrong;
// then the details. Text only: no colours, no terminal.

import { type HaltVerdict, haltEntry } from '../halt-reasons.ts'
import { wrongDoubt } from './doubt-text.ts'
import { amountText, countText, durationText, oneLine, plainText, plural, signedText, wrap } from './format.ts'
import { detailSections, feeText, placeText, rejectionText } from './summary-details.ts'
import { wrongFindings } from './summary-findings.ts'
import type { SummaryView } from './summary-view.ts'

export interface RenderOptions {
  /** Columns to fit into; text that has no space to break at may be wider. */
  readonly width?: number | undefined
}

const LABEL_WIDTH = 13
const DEFAULT_WIDTH = 100
const LEAST_WIDTH = 40

/** The whole summary, lines within `width` (100 without one, at least 40). */
export function renderSummary(view: SummaryView, options: RenderOptions = {}): string {
  const width = Math.max(options.width ?? DEFAULT_WIDTH, LEAST_WIDTH)
  const lines = [
    ...wrap(`Session ${view.sessionId}: ${oneLine(view.strategy)} on ${view.instrument.symbol}, ${placeText(view)}`, width, '  '),
    '',
    ...labelled('Did it work', [workedText(view)], width),
    ...labelled('Earned', earnedLines(view), width),
    ...labelled(view.running ? 'Open now' : 'Left open', leftOpenLines(view), width),
    ...labelled('Why', whyLines(view), width),
    ...labelled('Went wrong', wrongLines(view), width),
  ]
  for (const section of detailSections(view, width)) {
    lines.push('', ...wrap(section.title, width, '  '), ...section.lines.map((line) => `  ${line}`))
  }
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
  if (view.running) return `It is still running (pid ${view.pid}), ${durationText(ranUs)} of ${durationText(durationUs)} so far.`
  if (view.haltReason === null)
    return `No, it did not end properly: it crashed, after ${durationText(ranUs)} of ${durationText(durationUs)}.`
  const detail = view.haltDetail === null ? '' : ` ${capitalised(oneLine(view.haltDetail))}.`
  return `${verdictText(view.haltReason)} (${view.haltReason}): ${ran}.${detail}`.replace(/\.\.$/, '.')
}

const VERDICT_WORDS = { yes: 'Yes, ', early: '', no: 'No, ' } as const satisfies Record<HaltVerdict, string>

function verdictText(haltReason: string): string {
  const { verdict, means } = haltEntry(haltReason)
  return capitalised(VERDICT_WORDS[verdict] + means)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function earnedLines(view: SummaryView): string[] {
  const { pnl } = view
  const net = pnl.net === null ? 'not known' : `${signedText(pnl.net)} ${pnl.asset}`
  // Profit is in the quote, unless the instrument pays it in something else.
  const where = pnl.net === null && pnl.asset !== view.instrument.quote ? ` in ${pnl.asset}` : ''
  const unrealized = pnl.unrealized === null ? 'no mark' : signedText(pnl.unrealized)
  const others = Object.entries(pnl.feesByAsset)
    .filter(([asset]) => asset !== pnl.asset)
    .map(([asset, fee]) => ` and ${amountText(fee)} ${asset}${feeText(view, asset)}`)
  const fees = `fees ${amountText(pnl.fees)}${others.length === 0 ? '' : ` ${pnl.asset}${others.join('')}`}`
  const funding = pnl.funding === '0' ? '' : `, funding ${signedText(pnl.funding)}`
  const parts = `realised ${signedText(pnl.realized)}, unrealised ${unrealized}${unrealizedBeforeText(view)}, ${fees}${funding}`
  return [`${net}${where} net of fees: ${parts}`]
}

/** What the session leaves behind; nothing for one that ends flat. */
function leftOpenLines({ position, trades, instrument }: SummaryView): string[] {
  const parts: string[] = []
  const open = position.sides.filter(({ end }) => end !== '0')
  if (open.length > 0) {
    const value = position.endValue === null ? 'no price known' : `≈ ${amountText(position.endValue, 2)} ${instrument.quote} at the mark`
    // The quantity of inverse contracts is their worth in quote already.
    const worth = instrument.quantityAsset === instrument.base ? value : `cost ${amountText(position.cost)} ${instrument.settle}`
    const sides = open.map(({ side, end }) => `${side === 'net' ? '' : `${side} `}${plainText(end)} ${instrument.quantityAsset}`)
    parts.push(`${sides.join(' and ')} (${worth})`)
  }
  if (trades.open > 0) parts.push(`${plural(trades.open, 'trade')} open`)
  return parts.length === 0 ? [] : [parts.join(', ')]
}

/** What was open when the session began is none of its doing, and is left out of its net. */
function unrealizedBeforeText({ pnl }: SummaryView): string {
  if (pnl.unrealizedBefore === '0') return ''
  const before = pnl.unrealizedBefore === null ? 'not known' : signedText(pnl.unrealizedBefore)
  return ` (${before} before the session)`
}

function whyLines(view: SummaryView): string[] {
  const { fills, instrument } = view
  if (fills.count === 0) return ['nothing was traded']
  const inferred = fills.inferred === 0 ? '' : `, ${countText(fills.inferred)} inferred`
  const side = (verb: string, { quantity, averagePrice }: SummaryView['fills']['bought']): string =>
    averagePrice === null
      ? `${verb} nothing`
      : `${verb} ${plainText(quantity)} ${instrument.quantityAsset} at ${plainText(averagePrice)} on average`
  return [
    `${plural(fills.count, 'fill')} (${countText(fills.maker)} maker, ${countText(fills.taker)} taker${inferred}) from ${plural(view.orders.sent, 'order')}`,
    `${side('bought', fills.bought)}, ${side('sold', fills.sold)}`,
  ]
}

/** Everything a person should look into, worst first. */
function wrongLines(view: SummaryView): string[] {
  const { checks, feed, risk, denials } = view
  const lines: string[] = []
  if (checks.drift) lines.push(`DRIFT: ${plural(checks.findings.length, 'total')} computed in two ways differ; see Checks`)
  if (view.haltReason === null && !view.running) lines.push('no end was written')
  const count = (severity: string): number =>
    risk.counts.filter((row) => row.severity === severity).reduce((sum, row) => sum + row.count, 0)
  if (count('alarm') > 0) lines.push(`${plural(count('alarm'), 'alarm')}: ${codesOf(risk.counts, 'alarm')}`)
  if (count('warning') > 0) lines.push(`${plural(count('warning'), 'warning')}: ${codesOf(risk.counts, 'warning')}`)
  lines.push(...wrongFindings(view))
  lines.push(...wrongDoubt(view))
  const refused = ordersIn(view, 'rejected')
  if (refused > 0) lines.push(`${plural(refused, 'order')} rejected by the venue${rejectionText(view)}`)
  if (denials.length > 0) {
    const total = denials.reduce((sum, denial) => sum + denial.count, 0)
    lines.push(`${plural(total, 'intent')} denied: ${denials.map((denial) => `${denial.code} ×${countText(denial.count)}`).join(', ')}`)
  }
  if ((feed.gaps ?? 0) > 0) lines.push(`${plural(feed.gaps ?? 0, 'gap')} in the feed`)
  if ((feed.badLines ?? 0) > 0) lines.push(`${plural(feed.badLines ?? 0, 'line')} of the recording could not be read`)
  if (feed.truncated === true) lines.push('the recording breaks off before its end')
  if (lines.length > 0) return lines
  const worked = view.running || (view.haltReason !== null && haltEntry(view.haltReason).verdict === 'yes')
  return [worked ? 'nothing that was noticed' : 'nothing else that was noticed']
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
