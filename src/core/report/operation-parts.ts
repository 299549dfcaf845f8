// The parts of an explanation about how a session ran: orders, doubts, the feed, and what was not as it should be. Words only.

import { haltWords } from '../halt-reasons.ts'
import { codeMeaning } from '../venue-codes.ts'
import type { Part } from './document.ts'
import { doubtLines, findingLines } from './doubt-text.ts'
import { countText, durationText, oneLine, plural, timeText } from './format.ts'
import { callBlocks, checkpointLines, feedTimeLines, tickLines } from './operation-text.ts'
import { sourceText } from './session-parts.ts'
import { denialLines, dustLines, reconcileLines, tradingLines } from './summary-findings.ts'
import type { SummaryView } from './summary-view.ts'

export function operationParts(view: SummaryView): Part[] {
  const { operation } = view
  return [
    { title: 'End', blocks: [{ lines: endLines(view) }] },
    { title: 'Ticks', blocks: [{ lines: tickLines(operation) }] },
    { title: 'Orders', blocks: [{ lines: orderLines(view) }] },
    { title: 'Doubt', blocks: [{ lines: doubtLines(view) }] },
    { title: 'Found at the venue', blocks: [{ lines: findingLines(view) }] },
    { title: 'Risk', blocks: [{ lines: riskLines(view) }] },
    { title: 'Trading', blocks: [{ lines: tradingLines(view) }] },
    { title: 'Denied', blocks: [{ lines: denialLines(view) }] },
    { title: 'Reconcile', blocks: [{ lines: reconcileLines(view) }] },
    { title: 'Written off', blocks: [{ lines: dustLines(view) }] },
    { title: 'Feed', blocks: [{ lines: [...feedLines(view), ...feedTimeLines(operation)] }] },
    { title: 'Calls to the venue', blocks: callBlocks(operation, view.venue) },
    { title: 'Checkpoints', blocks: [{ lines: checkpointLines(operation) }] },
  ]
}

/** What the halt reason means, the reason as tables and scripts have it, and its numbers. */
function endLines({ haltReason, haltDetail }: SummaryView): string[] {
  if (haltReason === null) return []
  const { word, means, rest } = haltWords(haltReason, haltDetail)
  return [`${word}: ${means} (${oneLine(haltReason)})${rest === null ? '' : `; ${oneLine(rest)}`}`]
}

function orderLines(view: SummaryView): string[] {
  const { orders } = view
  const statuses = Object.entries(orders.byStatus).map(
    ([status, count]) => `${status} ${countText(count)}${status === 'rejected' ? rejectionText(view) : ''}`,
  )
  const { requested, refused, inDoubt } = orders.cancels
  const unsent = orders.prepared - orders.sent
  const { canceled = 0 } = orders.byStatus
  const tooLate = requested - refused - inDoubt > canceled ? '; one that reaches an order too late, as it has filled, changes nothing' : ''
  return [
    `${countText(orders.sent)} sent${unsent === 0 ? '' : `, ${countText(unsent)} prepared, and not known to have been sent`}${statuses.length === 0 ? '' : `: ${statuses.join(', ')}`}`,
    `${plural(requested, 'cancel')} requested, ${countText(refused)} refused, ${countText(inDoubt)} in doubt${tooLate}`,
  ]
}

/** ` (CODE ×2, 101215 ×1: post-only, and it would have taken)`, or nothing where no reason is known. */
export function rejectionText({ venue, orders: { rejections } }: SummaryView): string {
  if (rejections.length === 0) return ''
  const codes = rejections.map(({ code, count }) => {
    const meaning = codeMeaning(venue, code)
    return `${oneLine(code)} ×${countText(count)}${meaning === null ? '' : `: ${meaning}`}`
  })
  return ` (${codes.join(', ')})`
}

function riskLines(view: SummaryView): string[] {
  const { counts, events } = view.risk
  if (counts.length === 0) return []
  const all = counts.reduce((sum, { count }) => sum + count, 0)
  const codes = counts.map(({ code, severity, count }) => `${oneLine(code)} ${severity} ×${countText(count)}`)
  const shown = events.map((event) => {
    const value =
      event.value === null ? '' : ` ${oneLine(event.value)}${event.limit === null ? '' : ` against a limit of ${oneLine(event.limit)}`}`
    return `${timeText(event.timeUs)} ${event.severity} ${event.code}${value}: ${oneLine(event.detail)}`
  })
  return [`${plural(all, 'risk event')}: ${codes.join(', ')}`, ...shown]
}

function feedLines(view: SummaryView): string[] {
  const { feed } = view
  const source = sourceText(view)
  if (feed.events === null) return [`${source}: not reported`]
  const span =
    feed.firstTimeUs === null || feed.lastTimeUs === null
      ? ''
      : `, from ${timeText(feed.firstTimeUs)} over ${durationText(feed.lastTimeUs - feed.firstTimeUs)}`
  const cut = feed.truncated === true ? ', breaks off before its end' : ''
  return [
    `${source}: ${plural(feed.events, 'event')}, ${plural(feed.gaps ?? 0, 'gap')}, ${plural(feed.badLines ?? 0, 'bad line')}, ` +
      `${countText(feed.skipped ?? 0)} skipped${span}${cut}`,
  ]
}
