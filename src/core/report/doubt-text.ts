// The part of a summary's text about what was not known: orders in doubt, and what the start found at the venue. Text only.

import { countText, durationText, oneLine, plural, timeText } from './format.ts'
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
  const became = Object.entries(doubt.becameByStatus).map(([status, count]) => `${status} ${countText(count)}`)
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
  const lines = findings.list.map(({ wallUs, kind, subject, ours, venues, action, resolved }) => {
    const end = resolved ? `resolved by ${action}` : `REMAINS${action === 'none' ? ', a person decides' : `, ${action} is due`}`
    const sides = ours === '' && venues === '' ? '' : `: we held ${oneLine(ours)}; the venue said ${oneLine(venues)}`
    return `${timeText(wallUs)} ${kind} ${oneLine(subject)}${sides}. ${end}`
  })
  return [
    `${plural(findings.count, 'finding')}, ${countText(findings.resolved)} resolved, ${countText(findings.remaining)} left`,
    ...lines,
    ...(findings.count > lines.length ? [`and ${countText(findings.count - lines.length)} more`] : []),
  ]
}

/** What of it belongs on the first screen. */
export function wrongDoubt({ doubt, findings }: SummaryView): string[] {
  const lines: string[] = []
  const { inDoubt, quarantined } = doubt.open
  const open = [
    ...(inDoubt > 0 ? [`${countText(inDoubt)} in doubt`] : []),
    ...(quarantined > 0 ? [`${countText(quarantined)} quarantined`] : []),
  ]
  if (open.length > 0) {
    lines.push(`${plural(inDoubt + quarantined, 'order')} of which it is not known whether the venue has it: ${open.join(', ')}; see Doubt`)
  }
  if (findings.remaining > 0) {
    const kinds = findings.byKind.filter(({ remaining }) => remaining > 0).map(({ kind, remaining }) => `${kind} ×${countText(remaining)}`)
    lines.push(`${plural(findings.remaining, 'finding')} of the start not resolved: ${kinds.join(', ')}`)
  }
  if (findings.resolved > 0) {
    lines.push(`${plural(findings.resolved, 'finding')} of the start resolved; see Found at the start`)
  }
  if (doubt.resolved > 0) {
    lines.push(
      `${plural(doubt.orders, 'order')} was in doubt for a time, the longest ${durationText(doubt.longestUs ?? 0)}; see Doubt`.replace(
        /^(\S+ orders) was/,
        '$1 were',
      ),
    )
  }
  return lines
}
