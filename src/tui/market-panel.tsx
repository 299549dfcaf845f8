// The market as a ladder, our quotes in it at their price, and beside the touch mid, spread, mark and last trade.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { countOf, formatCount } from './format.ts'
import { ladderOf, type Rung, roughly, type Side } from './ladder.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { distanceCell } from './quote-distance.ts'
import { type Cell, type Column, tableLines } from './table.ts'
import { escapeText, fitNumber, padEnd } from './text.ts'
import { type Span, span, type Tone } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 7, rank: 0 },
  { title: '', kind: 'number', min: 8, rank: 0 },
  { title: '', kind: 'number', min: 8, rank: 1 },
  { title: '', kind: 'fill', min: 15, want: 26, rank: 0 },
]
const LABEL_WIDTH = 6
/** Ask, bid and mark. */
const MARKET_ROWS = 3
const LONGEST_BAR = 12

interface MarketPanelProps {
  readonly rect: Rect
  readonly model: SessionViewModel
}

export function MarketPanel({ rect, model }: MarketPanelProps) {
  const { width, rows } = insideOf(rect)
  return <Panel rect={rect} title="market" notes={feedNotes(model)} lines={marketLines(model, width, rows)} />
}

/** One order, whatever there is: what changes is the tone, and where the title is short the quiet ones are left out. */
function feedNotes({ counts }: SessionViewModel): Span[] {
  const trouble = (count: number): Tone => (count > 0 ? 'warning' : 'label')
  return [
    span(countOf(counts.events, 'event'), 'label'),
    span(countOf(counts.gaps, 'gap'), trouble(counts.gaps)),
    span(`${formatCount(counts.badLines)} bad`, trouble(counts.badLines)),
  ]
}

function marketLines({ market, quotes }: SessionViewModel, width: number, rows: number): Span[][] {
  const withMark = rows === MARKET_ROWS || rows > MARKET_ROWS + 1
  const { asks, bids } = ladderOf(market, quotes, rows - (withMark ? 1 : 0))
  const deepest = Math.max(...[...market.asksBehind, ...market.bidsBehind].map(({ size }) => roughly(size)))
  const spread = market.spreadBps === null ? null : `${market.spreadBps} bps`
  const ladder = [
    ...asks.map((rung) => rungCells('ask', rung, { aside: aside('mid', market.mid), deepest })),
    ...bids.map((rung) => rungCells('bid', rung, { aside: aside('spread', spread), deepest })),
  ]
  if (withMark) ladder.push([span('mark', 'label'), amount(market.mark), span(''), aside('last', market.lastTrade)])
  return tableLines({ columns: COLUMNS, rows: ladder, width, titles: false })
}

interface RungContext {
  /** What stands beside the touch. */
  readonly aside: Cell
  /** The largest size behind the touch. */
  readonly deepest: number
}

function rungCells(side: Side, rung: Rung, { aside: beside, deepest }: RungContext): Cell[] {
  const tone = side === 'bid' ? 'buy' : 'sell'
  switch (rung.kind) {
    case 'touch':
      return [span(side, tone), amount(rung.price), amount(rung.size, 'plain'), beside]
    case 'behind':
      return [span(''), span(rung.price, 'label'), span(rung.size, 'label'), depthBar(roughly(rung.size) / deepest)]
    case 'ours':
      return [span(`our ${side}`, tone), amount(rung.price), span(rung.quote.size), distanceCell(rung.quote)]
    case 'no_quote':
      return [span(`our ${side}`, tone), amount(null), amount(null), span('no quote', 'label')]
  }
}

function depthBar(share: number): Cell {
  return span('▪'.repeat(Math.max(1, Math.round(LONGEST_BAR * share))), 'track')
}

/** A label and a number, of which only decimals give way where the column is narrow. */
function aside(label: string, value: string | null): Cell {
  const text = `${padEnd(label, LABEL_WIDTH)} ${value ?? '—'}`
  const fitTo = (width: number): string => `${padEnd(label, LABEL_WIDTH)} ${fitNumber(escapeText(value ?? '—'), width - LABEL_WIDTH - 1)}`
  return { ...span(text), fitTo }
}
