// The part of a summary's text about what was not as it should be: refused intents, changes of trading, what reconcile did,
// write-offs. Text only.

import { formatDecimal, readDecimal, sub, ZERO } from '../kernel/decimal.ts'
import { BY_HAND, tradingMoveText, tradingWord } from '../trading-words.ts'
import { amountText, countText, oneLine, plainText, plural, timeText } from './format.ts'
import type { SummaryView } from './summary-view.ts'

/** One line a code, with the last intent that it was given to. */
export function denialLines({ denials }: SummaryView): string[] {
  return denials.map(({ code, count, last }) => {
    const figures = last.context === '' ? '' : ` (${oneLine(last.context)})`
    const what = `${last.intent} ${oneLine(last.field)} ${oneLine(last.value)}${figures}`
    return `${code} ×${countText(count)}, last at ${timeText(last.timeUs)}: ${what}. ${oneLine(last.detail)}`
  })
}

export function tradingLines({ tradingState }: SummaryView): string[] {
  const { count, changes } = tradingState
  const earlier = count - changes.length
  return [
    ...(earlier > 0 ? [`${plural(earlier, 'earlier change')}`] : []),
    ...changes.map((move) => `${timeText(move.timeUs)} ${oneLine(tradingMoveText(move))}`),
  ]
}

/** Evidence quotes the venue, whose clock is another one. */
export const CLOCKS = "times in front are by our clock, times within what the venue said by the venue's"

export function reconcileLines({ reconcile }: SummaryView): string[] {
  const differences = reconcile.differences.map(({ timeUs, instrument, positionSide, ours, venues, averagePrice }) => {
    const price = averagePrice === null ? '' : ` at ${plainText(averagePrice)}`
    return `${timeText(timeUs)} position in ${placeOf(instrument, positionSide)}: ours ${plainText(ours)}, the venue's ${plainText(venues)}${price}`
  })
  const assignments = reconcile.assignments.map(({ timeUs, instrument, positionSide, quantity, slotId, trade }) => {
    const owner = slotId === null ? 'the quotes' : `${slotId}#${trade}`
    return `${timeText(timeUs)} ${plainText(quantity)} of ${placeOf(instrument, positionSide)} assigned to ${owner}`
  })
  const actions = reconcile.actions.map(
    ({ timeUs, action, subject, evidence }) => `${timeText(timeUs)} ${action} ${oneLine(subject)}: ${oneLine(evidence)}`,
  )
  const { differenceCount, assignmentCount, actionCount } = reconcile
  if (differenceCount + assignmentCount + actionCount === 0) return []
  return [
    CLOCKS,
    ...differences,
    ...earlier(differenceCount - differences.length, 'position that differed', 'positions that differed'),
    ...assignments,
    ...earlier(assignmentCount - assignments.length, 'assignment'),
    ...actions,
    ...earlier(actionCount - actions.length, 'action'),
  ]
}

export function dustLines({ dust, instrument }: SummaryView): string[] {
  const lines = dust.writeOffs.map(({ timeUs, slotId, trade, instrument: symbol, quantity, cost, reason }) => {
    const [asset, paid] = symbol === instrument.symbol ? [` ${instrument.quantityAsset}`, ` ${instrument.settle}`] : [` of ${symbol}`, '']
    return `${timeText(timeUs)} ${slotId}#${trade}: ${plainText(quantity)}${asset}, which cost ${amountText(cost, 18)}${paid} (${oneLine(reason)})`
  })
  return [...lines, ...earlier(dust.count - lines.length, 'write-off')]
}

/** What of all this belongs on the first screen, worst first. */
export function wrongFindings(view: SummaryView): string[] {
  const { reconcile, tradingState, dust, fills, pnl, position, instrument } = view
  const lines: string[] = []
  const [difference] = reconcile.differences
  if (difference !== undefined) {
    const { ours, venues } = difference
    const place = placeOf(difference.instrument, difference.positionSide)
    lines.push(
      `the venue's position differed ${times(reconcile.differenceCount)}, last in ${place}: ours ${plainText(ours)}, the venue's ${plainText(venues)}`,
    )
  }
  const unexplained = sub(readDecimal(position.endUnassigned), readDecimal(position.endDust))
  if (unexplained !== ZERO) lines.push(`unassigned position of ${plainText(formatDecimal(unexplained))} ${instrument.quantityAsset}`)
  lines.push(...wrongTrading(tradingState))
  if (fills.inferred > 0) {
    lines.push(`${plural(fills.inferred, 'fill')} inferred by reconcile, ${countText(fills.confirmed)} reported by the venue since`)
  }
  const unpriced = Object.entries(pnl.feeValuesByAsset).filter(([, value]) => value === null)
  for (const [asset] of unpriced) {
    lines.push(`fees of ${plainText(pnl.feesByAsset[asset] ?? '0', 18)} ${asset} have no stated price, so the net is not known`)
  }
  if (dust.count > 0) lines.push(`${plural(dust.count, 'trade')} left dust too small to be traded; see Written off`)
  return lines
}

/** What a strategy stopped for good ended the session, and stands there; what somebody asked for went as they wanted: see Trading. */
function wrongTrading({ end, count, changes }: SummaryView['tradingState']): string[] {
  const last = changes.at(-1)
  if (last === undefined || last.action === 'halt') return []
  if (end !== 'active') {
    return last.reason === BY_HAND ? [] : [`trading is ${tradingWord(end)} since ${timeText(last.timeUs)}${because(last.reason)}`]
  }
  const isByHand = changes.length === count && changes.every(({ reason }) => reason === BY_HAND)
  return isByHand ? [] : [`trading was changed ${times(count)}, and is active again`]
}

function placeOf(instrument: string, positionSide: string): string {
  return positionSide === 'net' ? instrument : `${instrument} (${positionSide})`
}

function because(reason: string | null): string {
  return reason === null ? '' : ` (${oneLine(reason)})`
}

function earlier(count: number, one: string, many = `${one}s`): string[] {
  return count > 0 ? [`and ${plural(count, `earlier ${one}`, `earlier ${many}`)}`] : []
}

function times(count: number): string {
  return count === 1 ? 'once' : plural(count, 'time')
}
