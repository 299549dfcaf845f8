// The list of sessions as people read it. Text only.

import { countText, durationText, oneLine, plural, signedText, table, timeText } from './format.ts'
import type { SessionLine, SessionsView } from './sessions.ts'

const UNKNOWN = '-'

/** A table, newest first; where not all are shown, a last line says so. */
export function renderSessions(view: SessionsView): string {
  if (view.sessions.length === 0) return 'This store holds no session yet: run one with `dita run`.'
  const header = ['session', 'started (UTC)', 'ran', 'where', 'strategy', 'instrument', 'fills', 'net', '', 'ended by']
  const rows = view.sessions.map((line) => [
    line.sessionId,
    timeText(line.startedWallUs ?? line.startedAtUs).slice(0, 16),
    durationText(line.ranUs),
    line.mode === line.venue ? line.mode : `${line.mode} ${line.venue}`,
    oneLine(line.strategy),
    line.instrument,
    line.fills === null ? UNKNOWN : countText(line.fills),
    line.pnl.net === null ? UNKNOWN : signedText(line.pnl.net, 4),
    line.pnl.asset,
    endText(line),
  ])
  const left = view.count - view.sessions.length
  const lines = table([header, ...rows], [2, 6, 7])
  return (left > 0 ? [...lines, `and ${plural(left, 'earlier session')}; see --limit`] : lines).join('\n')
}

function endText({ haltReason, running, trouble }: SessionLine): string {
  const end = haltReason ?? (running ? 'still running' : 'no end written: it crashed')
  return trouble === null ? end : `${end}; CANNOT BE READ: ${oneLine(trouble)}`
}
