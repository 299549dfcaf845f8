// A panel of names and what each of them is.

import type { Rect } from './layout.ts'
import { longestThatFits } from './order-words.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Cell, type Column, tableLines } from './table.ts'
import { escapeText } from './text.ts'
import { type Span, span, type Tone } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 10, rank: 0 },
  { title: '', kind: 'fill', min: 10, rank: 0 },
]

/** A value in several wordings, the longest first, is said in the first of them that fits. */
export type Entry = readonly [name: string, value: string | readonly string[], tone?: Tone]

interface EntriesPanelProps {
  readonly rect: Rect
  readonly title: string
  readonly notes?: readonly Span[]
  readonly entries: readonly Entry[]
  /** Said in place of entries where there are none. */
  readonly none?: string
}

export function EntriesPanel({ rect, title, notes = [], entries, none = 'nothing to show' }: EntriesPanelProps) {
  const { width } = insideOf(rect)
  const rows = entries.map(([name, value, tone = 'value']) => [span(name, 'label'), valueCell(value, tone)])
  const lines = entries.length === 0 ? [[span(none, 'label')]] : tableLines({ columns: COLUMNS, rows, width, titles: false })
  return <Panel rect={rect} title={title} notes={notes} lines={lines} />
}

function valueCell(value: string | readonly string[], tone: Tone): Cell {
  if (typeof value === 'string') return span(value, tone)
  const wordings = value.map((words) => escapeText(words))
  return { ...span(wordings[0] ?? '', tone), fitTo: (width) => longestThatFits(wordings, width) }
}
