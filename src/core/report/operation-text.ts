// The part of an explanation about what a session measured of itself: ticks, delays, calls to the venue, checkpoints. Words only.

import { codeMeaning } from '../venue-codes.ts'
import { count, type Part, plain } from './document.ts'
import { countText, durationText, oneLine, plural } from './format.ts'
import type { CodeCount, LatencySummary, OperationSummary } from './operation-view.ts'

export function tickLines({ measuredWallUs, ticks }: OperationSummary): string[] {
  if (measuredWallUs === null) return []
  const { onTime, late, missed, lateAfterUs, latency, why } = ticks
  if (onTime === null) {
    const counted = ticks.count === 0 ? 'no tick' : plural(ticks.count, 'tick')
    return [`${counted}; on time or late was not judged: ${why}`, ...latencyLines('from begin to durable', latency)]
  }
  const limit = lateAfterUs === null ? '' : ` (begun more than ${durationText(lateAfterUs)} after they were due)`
  return [
    `${plural(ticks.count, 'tick')}: ${countText(onTime)} on time, ${countText(late ?? 0)} late${limit}, ${countText(missed ?? 0)} missed`,
    ...latencyLines('from due to durable', latency),
  ]
}

export function feedTimeLines({ feedSilence, feedDelay }: OperationSummary): string[] {
  return [...latencyLines('from one event to the next', feedSilence), ...latencyLines("behind the venue's own time", feedDelay)]
}

/** `venue` says whose codes they are. */
export function callBlocks({ venueCalls, venueErrors }: OperationSummary, venue: string): Part['blocks'] {
  if (venueCalls.length === 0) return []
  const rows = venueCalls.map(({ endpoint, count: calls, ok, errors, latency }) => [
    plain(oneLine(endpoint)),
    count(calls),
    count(ok),
    ...[latency?.medianUs, latency?.p99Us, latency?.largestUs].map((us) => plain(us === undefined ? '-' : latencyText(us))),
    plain(codesText(errors)),
  ])
  const head = ['endpoint', 'calls', 'ok', 'median', '99 %', 'longest', 'errors']
  const errors = venueErrors.length === 0 ? 'no call failed' : `did not end well: ${codesText(venueErrors)}`
  return [{ head, rows, right: [1, 2, 3, 4, 5] }, { lines: [errors, ...meaningLines(venueErrors, venue)] }]
}

/** What the codes mean, each once. */
function meaningLines(codes: readonly CodeCount[], venue: string): string[] {
  return codes.flatMap(({ code }) => {
    const meaning = codeMeaning(venue, code)
    return meaning === null ? [] : [`  ${oneLine(code)}: ${meaning}`]
  })
}

export function checkpointLines({ checkpoints }: OperationSummary): string[] {
  const { count: all, complete, busy, failed, longestMs } = checkpoints
  if (all === 0) return []
  const longest = longestMs === null ? '' : `; the longest took ${latencyText(longestMs * 1_000)}`
  return [`${plural(all, 'checkpoint')}: ${countText(complete)} complete, ${countText(busy)} busy, ${countText(failed)} failed${longest}`]
}

function latencyLines(what: string, latency: LatencySummary | null): string[] {
  if (latency === null) return []
  const { medianUs, p99Us, largestUs } = latency
  return [`${what}: median ${latencyText(medianUs)}, 99 % within ${latencyText(p99Us)}, at most ${latencyText(largestUs)}`]
}

/** As `durationText`, with more of what is short: `350µs`, `1.3ms`. */
export function latencyText(us: number): string {
  if (us < 1_000) return `${Math.round(us)}µs`
  return us < 9_950 ? `${(us / 1_000).toFixed(1)}ms` : durationText(us)
}

function codesText(codes: readonly CodeCount[]): string {
  return codes.map(({ code, count: times }) => `${oneLine(code)} ×${countText(times)}`).join(', ')
}
