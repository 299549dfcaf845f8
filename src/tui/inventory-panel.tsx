// What we hold: per asset from fills and from capital, and the position that the fills add up to.

import type { InventoryModel, PositionModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { signOf, withSign } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { type Span, span, widthOf } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'asset', kind: 'text', min: 5, rank: 0 },
  { title: 'fills', kind: 'number', min: 9, rank: 0 },
  { title: 'capital', kind: 'number', min: 9, rank: 1 },
  { title: 'total', kind: 'number', min: 9, rank: 0 },
]

interface InventoryPanelProps {
  readonly rect: Rect
  readonly inventory: readonly InventoryModel[]
  readonly position: PositionModel
}

export function InventoryPanel({ rect, inventory, position }: InventoryPanelProps) {
  const { width, rows } = insideOf(rect)
  const titles = rows >= inventory.length + 2
  const assets = inventory
    .slice(0, Math.max(0, rows - 1))
    .map(({ asset, fromFills, fromCapital, total }) => [
      span(asset, 'value'),
      span(withSign(fromFills)),
      span(withSign(fromCapital)),
      amount(total),
    ])
  const table = tableLines({ columns: COLUMNS, rows: assets, width, titles })
  return <Panel rect={rect} title="inventory" lines={[...table, positionSpans(position, width)]} />
}

/** As much as fits. What no slot and no quote explains comes first where there is any: it blocks new entries. */
function positionSpans(position: PositionModel, width: number): Span[] {
  const clear = signOf(position.unassigned) === 0
  const unassigned = span(`unassigned ${withSign(position.unassigned)}`, clear ? 'label' : 'warning')
  const price = position.averagePrice === null ? '' : ` @ ${position.averagePrice}`
  const notional = position.notional === null ? '' : ` = ${position.notional}`
  const whole = [span('position ', 'label'), span(withSign(position.quantity), 'value'), span(`${price}${notional}`)]
  const shares = [span(`in slots ${withSign(position.inSlots)}`, 'label'), span(`quoted ${withSign(position.quoted)}`, 'label')]
  const parts = clear ? [whole, ...shares.map((share) => [share]), [unassigned]] : [[unassigned], whole, ...shares.map((share) => [share])]
  const line: Span[] = []
  for (const part of parts) {
    const next = line.length === 0 ? part : [...line, span('  '), ...part]
    if (line.length > 0 && widthOf(next) > width) break
    line.splice(0, line.length, ...next)
  }
  return line
}
