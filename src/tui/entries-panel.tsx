// A panel of names and what each of them is.

import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { type Span, span, type Tone } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 10, rank: 0 },
  { title: '', kind: 'fill', min: 10, rank: 0 },
]

export type Entry = readonly [name: string, value: string, tone?: Tone]

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
  const rows = entries.map(([name, value, tone = 'value']) => [span(name, 'label'), span(value, tone)])
  const lines = entries.length === 0 ? [[span(none, 'label')]] : tableLines({ columns: COLUMNS, rows, width, titles: false })
  return <Panel rect={rect} title={title} notes={notes} lines={lines} />
}
