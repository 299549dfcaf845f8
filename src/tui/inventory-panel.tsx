// What we hold: per asset from fills and from capital, and the position that the fills add up to.

import type { InventoryModel, PositionModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { roundDecimal, signOf, withSign } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Column, tableLines } from './table.ts'
import { fitNumber } from './text.ts'
import { type Span, span, type Tone, widthOf } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'asset', kind: 'text', min: 5, rank: 0 },
  { title: 'fills', kind: 'number', min: 9, rank: 0 },
  { title: 'capital', kind: 'number', min: 9, rank: 1 },
  { title: 'total', kind: 'number', min: 9, rank: 0 },
]

/** Of the line under the assets: a label, a number and their tone, and what is said behind it where there is room. */
type Part = readonly [label: string, number: string, tone: Tone, behind?: string]

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

/** Whole parts, as many as fit. What no slot and no quote explains comes first where there is any: it blocks new entries. */
function positionSpans(position: PositionModel, width: number): Span[] {
  const clear = signOf(position.unassigned) === 0
  const unassigned: Part = ['unassigned', withSign(position.unassigned), clear ? 'label' : 'warning']
  const quantity: Part = ['position', withSign(position.quantity), 'value']
  const parts: readonly Part[] = [
    ...(clear ? [] : [unassigned]),
    quantity,
    ...(position.averagePrice === null ? [] : [['@', position.averagePrice, 'plain'] as const]),
    ...(position.notional === null ? [] : [['≈', worthText(position.notional), 'plain', ' at the mark'] as const]),
    ['in slots', withSign(position.inSlots), 'label'],
    ['quoted', withSign(position.quoted), 'label'],
    ...(clear ? [unassigned] : []),
  ]
  const line: Span[] = []
  for (const [label, number, tone, behind = ''] of parts) {
    const gap = line.length === 0 ? '' : tone === 'plain' ? ' ' : '  '
    const start = span(`${gap}${label} `, tone === 'value' ? 'label' : tone)
    const room = width - widthOf([...line, start])
    const amountSpan = span(number, tone)
    if (line.length === 0) line.push(start, span(fitNumber(amountSpan.text, room), tone))
    else if (widthOf([amountSpan]) <= room) line.push(start, amountSpan)
    else break
    const said = span(behind, 'label')
    if (behind !== '' && widthOf([...line, said]) <= width) line.push(said)
  }
  return line
}

/** By another price than the one before it, so that no product is meant; of little, all its decimals. */
function worthText(notional: string): string {
  return /^[+-]?0?\./.test(notional) ? notional : roundDecimal(notional, 2)
}
