// What the session has to say, newest first. A mark before the text says what the colour says.

import type { MessageModel } from '../core/session/view-model.ts'
import { formatClock } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { type Span, span, type Tone } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 8, rank: 0 },
  { title: '', kind: 'text', min: 2, rank: 0 },
  { title: '', kind: 'fill', min: 20, rank: 0 },
]
const MARKS = {
  info: { mark: '·', tone: 'label' },
  warning: { mark: '!', tone: 'warning' },
  alarm: { mark: '!!', tone: 'alarm' },
} as const satisfies Record<MessageModel['severity'], { mark: string; tone: Tone }>

interface MessagesPanelProps {
  readonly rect: Rect
  readonly messages: readonly MessageModel[]
}

export function MessagesPanel({ rect, messages }: MessagesPanelProps) {
  const { width, rows } = insideOf(rect)
  const alarms = messages.filter(({ severity }) => severity === 'alarm').length
  const warnings = messages.filter(({ severity }) => severity === 'warning').length
  const notes: Span[] = []
  if (alarms > 0) notes.push(span(alarms === 1 ? '1 alarm' : `${alarms} alarms`, 'alarm'))
  if (warnings > 0) notes.push(span(warnings === 1 ? '1 warning' : `${warnings} warnings`, 'warning'))
  const shown = messages.slice(0, rows).map(({ timeUs, severity, text }) => {
    const { mark, tone } = MARKS[severity]
    return [span(formatClock(timeUs), 'label'), span(mark, tone), span(text, severity === 'info' ? 'plain' : 'value')]
  })
  const lines =
    messages.length === 0
      ? [[span('nothing to report', 'label')]]
      : tableLines({ columns: COLUMNS, rows: shown, width, titles: false, widestGap: 1 })
  return <Panel rect={rect} title="messages" notes={notes} lines={lines} />
}
