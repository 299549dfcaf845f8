// The part of a summary's text about what was not known: orders in doubt, and what was found at the venue. Text only.

import { countText, durationText, oneLine, plural, timeText } from './format.ts'
import { CLOCKS } from './summary-findings.ts'
import type { SummaryView } from './summary-view.ts'

const BY = {
  word: "by the venue's word",
  reconcile: 'by reconcile',
  absence: 'proved absent',
} as const satisfies Record<keyof SummaryView['doubt']['by'], string>

export function doubtLines({ doubt }: SummaryView): string[] {
  if (doubt.count === 0) return []
  const { inDoubt, quarantined } = doubt.open
  const ways = (['word', 'reconcile', 'absence'] as const)
    .filter((way) => doubt.by[way] > 0)
    .map((way) => `${countText(doubt.by[way])} ${BY[way]}`)
  const parts = [
    ...ways,
    ...(inDoubt > 0 ? [`${countText(inDoubt)} STILL IN DOUBT`] : []),
    ...(quarantined > 0 ? [`${countText(quarantined)} STILL QUARANTINED`] : []),
  ]
  const times = doubt.count === doubt.orders ? '' : `, ${countText(doubt.count)} times in all`
  const became = Object.entries(doubt.nowByStatus).map(([status, count]) => `${status} ${countText(count)}`)
  return [
    `${plural(doubt.orders, 'order')} in doubt${times}: ${parts.join(', ')}; the longest for ${durationText(doubt.longestUs ?? 0)}`,
    ...(became.length === 0 ? [] : [`they became ${became.join(', ')}`]),
    ...doubt.list.map(({ clientOrderId, fromUs, heldUs, reason, wasQuarantined, became: to, by }) => {
      const why = reason === null ? '' : ` (${oneLine(reason)})`
      const quarantine = wasQuarantined && by !== null ? ', quarantined on the way' : ''
      const end =
        by === null
          ? `still ${to === 'in_doubt' ? 'in doubt' : to} after ${durationText(heldUs)}`
          : `${to} after ${durationText(heldUs)}, ${BY[by]}`
      return `${timeText(fromUs)} ${oneLine(clientOrderId)}${why}: ${end}${quarantine}`
    }),
    ...(doubt.count > doubt.list.length ? [`and ${countText(doubt.count - doubt.list.length)} more`] : []),
  ]
}

export function findingLines({ findings }: SummaryView): string[] {
  if (findings.count === 0) return []
  const lines = findings.list.map(({ wallUs, foundBy, kind, subject, ours, venues, action, resolved, later }) => {
    const due = `REMAINS${action === 'none' ? ', a person decides' : `, ${action} is due`}`
    const end = !resolved ? due : later === null ? `resolved by ${action}` : oneLine(later)
    const sides = ours === '' && venues === '' ? '' : `: we held ${oneLine(ours)}; the venue said ${oneLine(venues)}`
    const by = foundBy === 'start' ? 'at the start' : 'by a reconcile after it'
    return `${timeText(wallUs)} ${by}: ${kind} ${oneLine(subject)}${sides}. ${end}`
  })
  return [
    `${plural(findings.count, 'finding')}, ${countText(findings.resolved)} resolved, ${countText(findings.remaining)} left; ${CLOCKS}`,
    ...lines,
    ...(findings.count > lines.length ? [`and ${countText(findings.count - lines.length)} more`] : []),
  ]
}

/** What of it belongs on the first screen. */
export function wrongDoubt({ doubt, findings, risk }: SummaryView): string[] {
  const lines: string[] = []
  const { inDoubt, quarantined } = doubt.open
  const open = [
    ...(inDoubt > 0 ? [`${countText(inDoubt)} in doubt`] : []),
    ...(quarantined > 0 ? [`${countText(quarantined)} quarantined`] : []),
  ]
  if (open.length > 0) {
    lines.push(
      `${plural(inDoubt + quarantined, 'order')} of which it is not known whether the venue has it: ${open.join(', ')}; see Doubt (--section operation)`,
    )
  }
  // What the start flagged has a line of its own.
  const flagged = new Set(risk.counts.map(({ code }) => code))
  const quiet = findings.byKind.filter(({ kind, remaining }) => remaining > 0 && !flagged.has(`RECONCILE_${kind}`))
  if (quiet.length > 0) {
    const count = quiet.reduce((sum, { remaining }) => sum + remaining, 0)
    const kinds = quiet.map(({ kind, remaining }) => `${kind} ×${countText(remaining)}`).join(', ')
    lines.push(`${plural(count, 'finding')} at the venue not resolved (${kinds}): dita reconcile`)
  }
  if (findings.resolved > 0) {
    lines.push(`${plural(findings.resolved, 'finding')} at the venue, resolved since; see Found at the venue (--section operation)`)
  }
  if (doubt.resolved > 0) {
    lines.push(
      `${plural(doubt.orders, 'order')} was in doubt for a time, the longest ${durationText(doubt.longestUs ?? 0)}; see Doubt (--section operation)`.replace(
        /^(\S+ orders) was/,
        '$1 were',
      ),
    )
  }
  return lines
}
