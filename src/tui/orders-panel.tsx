// The working orders: what rests, how much of it is filled, and whether a cancel is on its way.

import type { CountsModel, OrderModel } from '../core/session/view-model.ts'
import { amount, sideSpan } from './amounts.ts'
import { formatCount, signOf } from './format.ts'
import type { Rect } from './layout.ts'
import { isTroubled, longestThatFits, statusWordings } from './order-words.ts'
import { insideOf, Panel } from './panel.tsx'
import { emptyWords, FIRST_PLACE, filterNotes, type ListPlace, sliceOf } from './scroll.ts'
import { type Cell, type Column, ROWS_FOR_TITLES, tableLines } from './table.ts'
import { type Span, span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'side', kind: 'text', min: 4, rank: 0 },
  { title: 'role', kind: 'text', min: 5, rank: 2 },
  { title: 'price', kind: 'number', min: 7, rank: 0 },
  { title: 'size', kind: 'number', min: 7, rank: 0 },
  { title: 'filled', kind: 'number', min: 6, rank: 1 },
  { title: 'status', kind: 'fill', min: 9, want: 16, rank: 0 },
  { title: 'id', kind: 'text', min: 12, rank: 3 },
]
/** From here on there is room for a line of titles. */
interface OrdersPanelProps {
  readonly rect: Rect
  readonly orders: readonly OrderModel[]
  readonly counts: CountsModel
  readonly place?: ListPlace
}

export function OrdersPanel({ rect, orders, counts, place = FIRST_PLACE }: OrdersPanelProps) {
  const { width, rows } = insideOf(rect)
  const titles = rows >= ROWS_FOR_TITLES
  const { items: shown, which, mark } = sliceOf(worstFirst(orders), rows - (titles ? 1 : 0), place)
  const sent = span(`${formatCount(counts.ordersSent)} sent`, 'label')
  const denied = span(`${formatCount(counts.denials)} denied`, counts.denials === 0 ? 'label' : 'warning')
  const last = counts.lastDenial === null ? [] : [span(`last ${counts.lastDenial}`, 'label')]
  const lines: Span[][] = tableLines({ columns: COLUMNS, rows: shown.map(orderRow), width, titles })
  if (orders.length === 0) lines.push([span(emptyWords(place, 'no working order'), 'label')])
  return <Panel rect={rect} title={`${mark}orders${which}`} notes={[...filterNotes(place), sent, denied, ...last]} lines={lines} />
}

/** What nobody knows the truth about is in sight, however many orders rest. */
function worstFirst(orders: readonly OrderModel[]): readonly OrderModel[] {
  return [...orders.filter(isTroubled), ...orders.filter((order) => !isTroubled(order))]
}

/** Where the column is narrow it says less, in whole words. */
function statusCell(order: OrderModel): Cell {
  const wordings = statusWordings(order)
  const cell = span(wordings[0], isTroubled(order) ? 'alarm' : 'plain')
  return { ...cell, fitTo: (width) => longestThatFits(wordings, width) }
}

function orderRow(order: OrderModel): Cell[] {
  return [
    sideSpan(order.side),
    span(order.role, 'label'),
    order.price === null ? span('market', 'label') : amount(order.price),
    span(order.quantity),
    span(order.filled, signOf(order.filled) === 0 ? 'label' : 'value'),
    statusCell(order),
    span(order.clientOrderId, 'label'),
  ]
}
