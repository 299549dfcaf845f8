// The list of sessions as people read it. Text only.

import { countText, durationText, oneLine, plural, signedText, table, timeText, wrap } from './format.ts'
import type { SessionLine, SessionsView } from './sessions.ts'

const UNKNOWN = '-'

/**
 * A table, newest first; where not all are shown, a last line says so. A line a session, or where that does not fit into `width`
 * two: when and how it ended, and below that what it traded. Without a width, as on a pipe, always one.
 */
export function renderSessions(view: SessionsView, options: { readonly width?: number | undefined } = {}): string {
  if (view.sessions.length === 0) return 'This store holds no session yet: run one with `dita run`.'
  const left = view.count - view.sessions.length
  const lines = tableOf(view.sessions, options.width ?? Number.POSITIVE_INFINITY)
  const more = left > 0 ? [`and ${plural(left, 'earlier session')}; see --limit`] : []
  const between = view.sessions.flatMap(betweenLines).flatMap((line) => wrap(line, options.width ?? Number.POSITIVE_INFINITY, '  '))
  return [...lines, ...more, ...between].join('\n')
}

const WHEN = ['session', 'started (UTC)', 'ran'] as const
const WHAT = ['where', 'strategy', 'instrument', 'fills', 'net', ''] as const
const END = ['ended by'] as const

function tableOf(sessions: readonly SessionLine[], width: number): string[] {
  const rows = sessions.map((line) => [...whenCells(line), ...whatCells(line), endText(line)])
  const wide = table([[...WHEN, ...WHAT, ...END], ...rows], [2, 6, 7])
  if (wide.every((line) => line.length <= width)) return wide
  const firsts = table([[...WHEN, ...END], ...sessions.map((line) => [...whenCells(line), endText(line)])], [2])
  const seconds = table([WHAT, ...sessions.map(whatCells)], [3, 4])
  return firsts.flatMap((first, index) => [first, `  ${seconds[index] ?? ''}`])
}

/** So that nobody looks for them in the sessions. */
function betweenLines({ sessionId, fillsAfter }: SessionLine): string[] {
  if (fillsAfter === 0) return []
  return [
    `${plural(fillsAfter, 'fill')} booked after ${sessionId} and before the next session, in the figures of neither; the next one's summary has the money`,
  ]
}

function whenCells({ sessionId, startedWallUs, startedAtUs, ranUs }: SessionLine): string[] {
  return [sessionId, timeText(startedWallUs ?? startedAtUs).slice(0, 16), durationText(ranUs)]
}

function whatCells({ mode, venue, strategy, instrument, fills, pnl }: SessionLine): string[] {
  return [
    mode === venue ? mode : `${mode} ${venue}`,
    oneLine(strategy),
    instrument,
    fills === null ? UNKNOWN : countText(fills),
    pnl.net === null ? UNKNOWN : signedText(pnl.net, 4),
    pnl.asset,
  ]
}

function endText({ haltReason, running, trouble }: SessionLine): string {
  const end = haltReason ?? (running ? 'still running' : 'no end written: it crashed')
  return trouble === null ? end : `${end}; CANNOT BE READ: ${oneLine(trouble)}`
}
