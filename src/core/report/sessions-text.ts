// The list of sessions as people read it. Text only.

import { countText, durationText, oneLine, plural, signedText, table, timeText } from './format.ts'
import type { SessionsView } from './sessions.ts'

const UNKNOWN = '-'

export function renderSessions(view: SessionsView): string {
  if (view.sessions.length === 0) return 'This store holds no session yet: run one with `dita run`.'
  const header = ['session', 'started (UTC)', 'ran', 'strategy', 'instrument', 'fills', 'net', '', 'ended by']
  const rows = view.sessions.map((line) => [
    line.sessionId,
    timeText(line.startedWallUs ?? line.startedAtUs).slice(0, 16),
    durationText(line.ranUs),
    oneLine(line.strategy),
    line.instrument,
    countText(line.fills),
    line.pnl.net === null ? UNKNOWN : signedText(line.pnl.net, 4),
    line.pnl.asset,
    line.haltReason ?? 'no end written (crashed, or still running)',
  ])
  const left = view.count - view.sessions.length
  const lines = table([header, ...rows], [2, 5, 6])
  return (left > 0 ? [...lines, `and ${plural(left, 'earlier session')}; see --limit`] : lines).join('\n')
}
