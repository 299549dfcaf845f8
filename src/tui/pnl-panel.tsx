// Profit and loss, from its parts to the equity, and how the net went: in a row of its own where there is one, else in the title.

import type { PnlModel, SessionViewModel } from '../core/session/view-model.ts'
import { amount, profit } from './amounts.ts'
import { signOf } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { sparkline } from './sparkline.ts'
import { type Cell, type Column, tableLines } from './table.ts'
import { displayWidth, escapeText } from './text.ts'
import { span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 10, rank: 0 },
  { title: '', kind: 'number', min: 14, rank: 0 },
]

/** In the title a longer one says no more. */
const WIDEST_IN_TITLE = 24

interface PnlPanelProps {
  readonly rect: Rect
  readonly pnl: PnlModel
  readonly course: SessionViewModel['course']
}

/** Only perpetuals that were held at a payment have funding to show. */
function hasFunding({ funding }: PnlModel): boolean {
  return signOf(funding) !== 0
}

/** How many rows show all of it. */
export function pnlRows(pnl: PnlModel): number {
  return hasFunding(pnl) ? 6 : 5
}

export function PnlPanel({ rect, pnl, course }: PnlPanelProps) {
  const { width, rows } = insideOf(rect)
  const realized: Cell[] = [span('realised', 'label'), profit(pnl.realized)]
  // Since the session began: with what was open before, the parts would not make the net.
  const unrealized: Cell[] = [span('unrealised', 'label'), profit(pnl.unrealizedChange ?? pnl.unrealized)]
  const fees: Cell[] = [span('fees paid', 'label'), amount(pnl.fees, 'plain')]
  const funding: Cell[][] = hasFunding(pnl) ? [[span('funding', 'label'), profit(pnl.funding)]] : []
  const net: Cell[] = [span('net', 'value'), profit(pnl.net)]
  const equity: Cell[] = [span('equity', 'label'), amount(pnl.equity)]
  const shown = rows >= pnlRows(pnl) ? [realized, unrealized, fees, ...funding, net, equity] : [net, realized, unrealized, fees, ...funding]
  const lines = tableLines({ columns: COLUMNS, rows: shown, width, titles: false })
  const title = `pnl ${pnl.asset}`
  const went = course?.net ?? []
  if (rows > shown.length) return <Panel rect={rect} title={title} lines={[...lines, [span(sparkline(went, width), 'bar')]]} />
  const room = Math.min(WIDEST_IN_TITLE, width - displayWidth(escapeText(title)) - 5)
  const drawn = sparkline(went, room)
  return <Panel rect={rect} title={title} notes={drawn === '' ? [] : [span(drawn, 'bar')]} lines={lines} />
}
