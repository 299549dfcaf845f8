// The last fills, newest first.

import type { FillModel } from '../core/session/view-model.ts'
import { amount, profit, sideSpan } from './amounts.ts'
import { formatClock, formatCount } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { emptyWords, FIRST_PLACE, filterNotes, type ListPlace, sliceOf } from './scroll.ts'
import { type Cell, type Column, ROWS_FOR_TITLES, tableLines } from './table.ts'
import { type Span, span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'time', kind: 'text', min: 8, rank: 1 },
  { title: 'side', kind: 'text', min: 4, rank: 0 },
  { title: 'size', kind: 'number', min: 6, rank: 0 },
  { title: 'price', kind: 'number', min: 7, rank: 0 },
  { title: '', kind: 'text', min: 5, rank: 3 },
  { title: 'pnl', kind: 'number', min: 8, rank: 2 },
  { title: 'fee', kind: 'number', min: 8, rank: 4 },
  { title: '', kind: 'text', min: 4, rank: 4 },
  { title: 'role', kind: 'text', min: 5, rank: 5 },
]

interface FillsPanelProps {
  readonly rect: Rect
  readonly fills: readonly FillModel[]
  readonly count: number
  readonly place?: ListPlace
}

export function FillsPanel({ rect, fills, count, place = FIRST_PLACE }: FillsPanelProps) {
  const { width, rows } = insideOf(rect)
  const titles = rows >= ROWS_FOR_TITLES
  const { items: shown, which, mark } = sliceOf(fills, rows - (titles ? 1 : 0), place, count)
  const lines: Span[][] = tableLines({ columns: COLUMNS, rows: shown.map(fillRow), width, titles })
  if (fills.length === 0) lines.push([span(emptyWords(place, 'no fill yet'), 'label')])
  const counted = place.scroll === null || which === '' ? ` ${formatCount(count)}` : which
  return <Panel rect={rect} title={`${mark}fills${counted}`} notes={filterNotes(place)} lines={lines} />
}

function fillRow(fill: FillModel): Cell[] {
  return [
    span(formatClock(fill.timeUs), 'label'),
    sideSpan(fill.side),
    span(fill.quantity),
    amount(fill.price),
    span(fill.liquidity, 'label'),
    profit(fill.realizedPnl),
    span(fill.fee, 'label'),
    span(fill.feeAsset, 'label'),
    span(fill.role, 'label'),
  ]
}
