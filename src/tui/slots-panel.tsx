// The managed trades: stage, side, what is open and what it earns.

import type { SlotModel } from '../core/session/view-model.ts'
import { amount, profit, sideSpan } from './amounts.ts'
import { spaced } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { type Span, span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'slot', kind: 'text', min: 4, rank: 2 },
  { title: 'stage', kind: 'fill', min: 16, rank: 0 },
  { title: 'side', kind: 'text', min: 5, rank: 0 },
  { title: 'open', kind: 'number', min: 7, rank: 0 },
  { title: 'entry', kind: 'number', min: 7, rank: 1 },
  { title: 'legs', kind: 'text', min: 4, rank: 1 },
  { title: 'realised', kind: 'number', min: 8, rank: 3 },
  { title: 'unrealised', kind: 'number', min: 8, rank: 0 },
]

interface SlotsPanelProps {
  readonly rect: Rect
  readonly slots: readonly SlotModel[]
}

export function SlotsPanel({ rect, slots }: SlotsPanelProps) {
  const { width, rows } = insideOf(rect)
  const titles = rows > slots.length
  const shown = slots.slice(0, rows)
  const title = shown.length < slots.length ? `slots ${shown.length} of ${slots.length}` : 'slots'
  return (
    <Panel rect={rect} title={title} lines={slots.length === 0 ? [[span('no open slot', 'label')]] : slotLines(shown, width, titles)} />
  )
}

function slotLines(slots: readonly SlotModel[], width: number, titles: boolean): Span[][] {
  const rows = slots.map((slot) => [
    span(`${slot.slotId} #${slot.trade}`, 'value'),
    span(spaced(slot.stage.replace(/^position_/, ''))),
    sideSpan(slot.side),
    amount(slot.openSize),
    amount(slot.entryPrice),
    span(slot.legs),
    profit(slot.realizedPnl),
    profit(slot.unrealizedPnl),
  ])
  return tableLines({ columns: COLUMNS, rows, width, titles })
}
