// How our quotes have done so far: their up-time as gauges, and what the mid did after their fills.

import type { QuotingModel } from '../core/session/view-model.ts'
import { profit } from './amounts.ts'
import { formatCount, formatShare } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Cell, type Column, tableLines } from './table.ts'
import { type Span, span } from './theme.tsx'

const UPTIME_COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 10, rank: 0 },
  { title: '', kind: 'number', min: 6, rank: 0 },
  { title: '', kind: 'text', min: 4, rank: 1 },
]
const MARKOUT_COLUMNS: readonly Column[] = [
  { title: 'after', kind: 'text', min: 6, rank: 0 },
  { title: 'markout bps', kind: 'number', min: 12, rank: 0 },
  { title: 'realised spread', kind: 'number', min: 15, rank: 1 },
  { title: 'fills', kind: 'number', min: 6, rank: 0 },
]
const UNKNOWN = 'no quote of ours yet'
const WIDEST_GAUGE = 24

interface QuotingProps {
  readonly rect: Rect
  readonly quoting: QuotingModel | null
}

export function QuotingPanel({ rect, quoting }: QuotingProps) {
  const { width } = insideOf(rect)
  const lines = quoting === null ? [[span(UNKNOWN, 'label')]] : upTimeLines(quoting, width)
  return <Panel rect={rect} title="quotes' up-time" lines={lines} />
}

function upTimeLines({ ticks, bothSides, bid, ask, fills, halfSpreadBps }: QuotingModel, width: number): Span[][] {
  const gauge = Math.min(WIDEST_GAUGE, Math.max(4, width - 24))
  const row = (name: string, count: number): Cell[] => {
    const share = ticks === 0 ? 0 : count / ticks
    const done = Math.min(gauge, Math.round(share * gauge))
    return [span(name, 'label'), span(formatShare(share), 'value'), span('█'.repeat(done) + '░'.repeat(gauge - done), 'bar')]
  }
  const table = tableLines({
    columns: UPTIME_COLUMNS,
    rows: [row('both sides', bothSides), row('bid', bid), row('ask', ask)],
    width,
    titles: false,
    widestGap: 2,
  })
  const spread = halfSpreadBps === null ? 'no fill yet' : `${halfSpreadBps} bps`
  return [
    ...table,
    [span('of ', 'label'), span(formatCount(ticks), 'value'), span(' ticks', 'label')],
    [span('earned ½spread ', 'label'), span(spread, 'value')],
    [span('fills judged ', 'label'), span(formatCount(fills), 'value')],
  ]
}

export function MarkoutsPanel({ rect, quoting }: QuotingProps) {
  const { width } = insideOf(rect)
  const rows = (quoting?.markouts ?? []).map(({ horizonUs, meanBps, realizedBps, fills }) => [
    span(`${horizonUs / 1_000_000} s`),
    profit(meanBps),
    profit(realizedBps),
    span(formatCount(fills), 'label'),
  ])
  const lines =
    rows.length === 0 ? [[span(UNKNOWN, 'label')]] : tableLines({ columns: MARKOUT_COLUMNS, rows, width, titles: true, widestGap: 3 })
  const why = [span('the mid after our fills, above zero in our favour', 'label')]
  return <Panel rect={rect} title="markouts" notes={why} lines={lines} />
}
