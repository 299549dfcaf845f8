// Where there is room for it: what the session is and has done, as a list.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { formatCount, formatDateTime, formatSpeed } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 10, rank: 0 },
  { title: '', kind: 'fill', min: 10, rank: 0 },
]

interface SessionPanelProps {
  readonly rect: Rect
  readonly model: SessionViewModel
}

export function SessionPanel({ rect, model }: SessionPanelProps) {
  const { width } = insideOf(rect)
  const { counts } = model
  const entries: readonly (readonly [string, string])[] = [
    ['started', `${formatDateTime(model.startedAtUs)} UTC`],
    ['account', model.account],
    ['venue', `${model.venue}, ${model.mode}`],
    ['strategy', model.strategy],
    ['feed', model.feedSource],
    ['speed', formatSpeed(model.speed)],
    ['seed', String(model.seed)],
    ['ticks', formatCount(counts.ticks)],
    ['orders', `${formatCount(counts.ordersSent)} sent, ${formatCount(counts.denials)} denied`],
    ['facts', formatCount(counts.facts)],
    ['commits', formatCount(counts.commits)],
  ]
  const rows = entries.map(([name, value]) => [span(name, 'label'), span(value, 'value')])
  return <Panel rect={rect} title="session" lines={tableLines({ columns: COLUMNS, rows, width, titles: false })} />
}
