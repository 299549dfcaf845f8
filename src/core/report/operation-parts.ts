// The parts of an explanation about how a session ran: orders, doubts, the feed, and what was not as it should be. Words only.

import { haltEntry } from '../halt-reasons.ts'
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
    { title: 'Found at the start', blocks: [{ lines: findingLines(view) }] },
    { title: 'Risk', blocks: [{ lines: riskLines(view) }] },
    { title: 'Trading', blocks: [{ lines: tradingLines(view) }] },
    { title: 'Denied', blocks: [{ lines: denialLines(view) }] },
    { title: 'Reconcile', blocks: [{ lines: reconcileLines(view) }] },
    { title: 'Written off', blocks: [{ lines: dustLines(view) }] },
    { title: 'Feed', blocks: [{ lines: [...feedLines(view), ...feedTimeLines(operation)] }] },
    { title: 'Calls to the venue', blocks: callBlocks(operation) },
    { title: 'Checkpoints', blocks: [{ lines: checkpointLines(operation) }] },
  ]
}

/** The halt reason as tables and scripts have it, what it means, and its numbers. */
function endLines({ haltReason, haltDetail }: SummaryView): string[] {
  if (haltReason === null) return []
  return [`${oneLine(haltReason)}: ${haltEntry(haltReason).means}${haltDetail === null ? '' : `; ${oneLine(haltDetail)}`}`]
}

function orderLines(view: SummaryView): string[] {
  const { orders } = view
  const statuses = Object.entries(orders.byStatus).map(
    ([status, count]) => `${status} ${countText(count)}${status === 'rejected' ? rejectionText(view) : ''}`,
  )
  const { requested, refused, inDoubt } = orders.cancels
  const unsent = orders.prepared - orders.sent
  return [
    `${countText(orders.sent)} sent${unsent === 0 ? '' : `, ${countText(unsent)} prepared, and not known to have been sent`}${statuses.length === 0 ? '' : `: ${statuses.join(', ')}`}`,
    `${plural(requested, 'cancel')} requested, ${countText(refused)} refused, ${countText(inDoubt)} in doubt`,
  ]
}

/** ` (CODE ×2, OTHER ×1)`, or nothing where no reason is known. */
export function rejectionText({ orders: { rejections } }: SummaryView): string {
  if (rejections.length === 0) return ''
  return ` (${rejections.map(({ code, count }) => `${oneLine(code)} ×${countText(count)}`).join(', ')})`
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
