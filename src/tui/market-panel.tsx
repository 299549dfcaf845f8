// The market as a ladder: our asks, the ask, the bid, our bids, and beside them mid, spread, mark and last trade.

import type { QuoteModel, SessionViewModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { formatCount } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { quoteRows } from './quote-rows.ts'
import { type Cell, type Column, tableLines } from './table.ts'
import { escapeText, fitNumber, padEnd } from './text.ts'
import { type Span, span } from './theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: '', kind: 'text', min: 7, rank: 0 },
  { title: '', kind: 'number', min: 8, rank: 0 },
  { title: '', kind: 'number', min: 8, rank: 1 },
  { title: '', kind: 'fill', min: 15, want: 26, rank: 0 },
]
const LABEL_WIDTH = 6
/** Ask, bid and mark. */
const MARKET_ROWS = 3

interface MarketPanelProps {
  readonly rect: Rect
  readonly model: SessionViewModel
}

export function MarketPanel({ rect, model }: MarketPanelProps) {
  const { width, rows } = insideOf(rect)
  return <Panel rect={rect} title="market" notes={feedNotes(model)} lines={marketLines(model, width, rows)} />
}

/** Trouble comes first: where the title is short, the quiet counts are left out. */
function feedNotes({ counts }: SessionViewModel): Span[] {
  const notes = [
    { text: `${formatCount(counts.gaps)} gaps`, count: counts.gaps },
    { text: `${formatCount(counts.badLines)} bad`, count: counts.badLines },
  ]
  const trouble = notes.filter(({ count }) => count > 0).map(({ text }) => span(text, 'warning'))
  const quiet = notes.filter(({ count }) => count === 0).map(({ text }) => span(text, 'label'))
  return [...trouble, span(`${formatCount(counts.events)} events`, 'label'), ...quiet]
}

function marketLines({ market, quotes }: SessionViewModel, width: number, rows: number): Span[][] {
  const withMark = rows === MARKET_ROWS || rows > MARKET_ROWS + 1
  const forQuotes = rows - (withMark ? MARKET_ROWS : MARKET_ROWS - 1)
  const sides = splitQuotes(quotes, forQuotes)
  const spread = market.spreadBps === null ? null : `${market.spreadBps} bps`
  const ladder: Cell[][] = [
    ...quoteRows('ask', sides.asks, forQuotes > 0),
    [span('ask', 'sell'), amount(market.ask), amount(market.askSize, 'plain'), aside('mid', market.mid)],
    [span('bid', 'buy'), amount(market.bid), amount(market.bidSize, 'plain'), aside('spread', spread)],
    ...quoteRows('bid', sides.bids, forQuotes > 1),
  ]
  if (withMark) ladder.push([span('mark', 'label'), amount(market.mark), span(''), aside('last', market.lastTrade)])
  return tableLines({ columns: COLUMNS, rows: ladder, width, titles: false })
}

/** A label and a number, of which only decimals give way where the column is narrow. */
function aside(label: string, value: string | null): Cell {
  const text = `${padEnd(label, LABEL_WIDTH)} ${value ?? '—'}`
  const fitTo = (width: number): string => `${padEnd(label, LABEL_WIDTH)} ${fitNumber(escapeText(value ?? '—'), width - LABEL_WIDTH - 1)}`
  return { ...span(text), fitTo }
}

/** The quotes nearest to the touch on each side, in falling order of price. */
function splitQuotes(quotes: readonly QuoteModel[], rows: number): { asks: QuoteModel[]; bids: QuoteModel[] } {
  const falling = quotes.slice().sort((a, b) => Number(b.price) - Number(a.price))
  const asks = falling.filter(({ side }) => side === 'ask')
  const bids = falling.filter(({ side }) => side === 'bid')
  const askRows = Math.max(Math.ceil(rows / 2), rows - Math.max(1, bids.length))
  const shownAsks = asks.slice(Math.max(0, asks.length - askRows))
  return { asks: shownAsks, bids: bids.slice(0, Math.max(0, rows - Math.max(1, shownAsks.length))) }
}
