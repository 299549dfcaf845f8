// The working orders: what rests, how much of it is filled, and whether a cancel is on its way.

import type { CountsModel, OrderModel } from '../core/session/view-model.ts'
import { amount, sideSpan } from './amounts.ts'
import { formatCount, signOf, spaced } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { emptyWords, FIRST_PLACE, filterNotes, type ListPlace, sliceOf } from './scroll.ts'
import { type Cell, type Column, tableLines } from './table.ts'
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
const ROWS_FOR_TITLES = 4
/** Statuses in which nobody knows whether the venue has the order. */
const TROUBLED: ReadonlySet<string> = new Set(['in_doubt', 'quarantined'])

interface OrdersPanelProps {
  readonly rect: Rect
  readonly orders: readonly OrderModel[]
  readonly counts: CountsModel
  readonly place?: ListPlace
}

export function OrdersPanel({ rect, orders, counts, place = FIRST_PLACE }: OrdersPanelProps) {
  const { width, rows } = insideOf(rect)
  const titles = rows >= ROWS_FOR_TITLES
  const { items: shown, title } = sliceOf(worstFirst(orders), rows - (titles ? 1 : 0), place, 'orders')
  const sent = span(`${formatCount(counts.ordersSent)} sent`, 'label')
  const denied = span(`${formatCount(counts.denials)} denied`, counts.denials === 0 ? 'label' : 'warning')
  const notes = [...filterNotes(place), ...(counts.denials === 0 ? [sent, denied] : [denied, sent])]
  const lines: Span[][] =
    orders.length === 0
      ? [[span(emptyWords(place, 'no working order'), 'label')]]
      : tableLines({ columns: COLUMNS, rows: shown.map(orderRow), width, titles })
  return <Panel rect={rect} title={title} notes={notes} lines={lines} />
}

function isTroubled({ status, cancel }: OrderModel): boolean {
  return TROUBLED.has(status) || cancel === 'in_doubt'
}

function statusText({ status, cancel }: OrderModel): string {
  // Where the column is narrow its end is cut, and that must not be the part that matters.
  if (cancel === 'in_doubt' && !TROUBLED.has(status)) return `cancel in doubt, ${spaced(status)}`
  return cancel === 'none' || cancel === '' ? spaced(status) : `${spaced(status)}, cancel ${spaced(cancel)}`
}

/** What nobody knows the truth about is in sight, however many orders rest. */
function worstFirst(orders: readonly OrderModel[]): readonly OrderModel[] {
  return [...orders.filter(isTroubled), ...orders.filter((order) => !isTroubled(order))]
}

function orderRow(order: OrderModel): Cell[] {
  return [
    sideSpan(order.side),
    span(order.role, 'label'),
    order.price === null ? span('market', 'label') : amount(order.price),
    span(order.quantity),
    span(order.filled, signOf(order.filled) === 0 ? 'label' : 'value'),
    span(statusText(order), isTroubled(order) ? 'alarm' : 'plain'),
    span(order.clientOrderId, 'label'),
  ]
}
