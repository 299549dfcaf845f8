// The market as a ladder: which levels and which of our quotes have a row of their own, and how those rows are shared between the
// sides. Prices are compared for their order only. Draws nothing.

import type { LevelModel, MarketModel, QuoteModel } from '../core/session/view-model.ts'

export type Side = 'ask' | 'bid'

/** A row of the ladder. A side without a quote of ours has a row that says so, where there is one to spare. */
export type Rung =
  | { readonly kind: 'touch'; readonly price: string | null; readonly size: string | null }
  | { readonly kind: 'behind'; readonly price: string; readonly size: string }
  | { readonly kind: 'ours'; readonly price: string; readonly quote: QuoteModel }
  | { readonly kind: 'no_quote' }

export interface Ladder {
  /** Each half in falling order of price. Ours may stand in front of its own touch, so that between the halves prices need not fall. */
  readonly asks: readonly Rung[]
  readonly bids: readonly Rung[]
}

/** For the order of rows and the length of bars, and for nothing else. */
export function roughly(amount: string): number {
  return Number(amount)
}

/** At most `rows` rungs, the nearest to the touch, both touches always among them. */
export function ladderOf(market: MarketModel, quotes: readonly QuoteModel[], rows: number): Ladder {
  const asks = quotes.filter(({ side }) => side === 'ask').sort((a, b) => roughly(a.price) - roughly(b.price))
  const bids = quotes.filter(({ side }) => side === 'bid').sort((a, b) => roughly(b.price) - roughly(a.price))
  const askRows = askRowsOf(rows, asks.length, bids.length)
  const ask = { price: market.ask, size: market.askSize }
  const bid = { price: market.bid, size: market.bidSize }
  return {
    asks: rungs({ touch: ask, behind: market.asksBehind, quotes: asks, nearness: roughly }, askRows).reverse(),
    bids: rungs({ touch: bid, behind: market.bidsBehind, quotes: bids, nearness: (price) => -roughly(price) }, rows - askRows),
  }
}

/** Half for each side, so that the touch stays where it is, unless one has more quotes than that and the other has rows to spare. */
function askRowsOf(rows: number, asks: number, bids: number): number {
  const half = Math.ceil(rows / 2)
  const [askNeeds, bidNeeds] = [1 + Math.max(1, asks), 1 + Math.max(1, bids)]
  if (askNeeds > half) return Math.max(half, Math.min(askNeeds, rows - bidNeeds))
  return bidNeeds > rows - half ? Math.min(half, Math.max(askNeeds, rows - bidNeeds)) : half
}

interface HalfOfMarket {
  readonly touch: { readonly price: string | null; readonly size: string | null }
  /** Both nearest first. */
  readonly behind: readonly LevelModel[]
  readonly quotes: readonly QuoteModel[]
  /** The lower, the nearer to the other side. */
  readonly nearness: (price: string) => number
}

/** Nearest first. A quote of ours at the price of a level stands behind it. */
function rungs({ touch, behind, quotes, nearness }: HalfOfMarket, rows: number): Rung[] {
  const ours = quotes.slice(0, rows - 1)
  const hasNone = ours.length === 0 && rows > 1
  const levels = behind.slice(0, Math.max(0, rows - 1 - (hasNone ? 1 : ours.length)))
  const priced = [
    ...levels.map(({ price, size }) => ({ kind: 'behind', price, size }) as const),
    ...ours.map((quote) => ({ kind: 'ours', price: quote.price, quote }) as const),
  ].sort((a, b) => nearness(a.price) - nearness(b.price))
  const { price } = touch
  const before = price === null ? [] : priced.filter((rung) => nearness(rung.price) < nearness(price))
  const none: readonly Rung[] = hasNone ? [{ kind: 'no_quote' }] : []
  return [...before, { kind: 'touch', ...touch }, ...none, ...priced.slice(before.length)]
}
