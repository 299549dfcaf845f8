// Where each panel goes, from the size of the terminal and from how much there is to show. Pure arithmetic: draws nothing.

import type { PageName } from './pages.ts'

/** In character cells; panels share their borders with their neighbours. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type PanelName = OverviewPanel | 'strategy' | 'quoting' | 'markouts' | 'store' | 'venue' | 'calls' | 'doubts'
type OverviewPanel = 'market' | 'pnl' | 'inventory' | 'limits' | 'slots' | 'orders' | 'fills' | 'messages' | 'session'

/** How many rows would show everything of a panel whose content is bounded, and how many slots there are. */
export interface LayoutNeeds {
  readonly quotes: number
  readonly pnl: number
  readonly assets: number
  readonly limits: number
  readonly slots: number
  readonly figures: number
  readonly markouts: number
  readonly orders: number
  readonly doubts: number
  readonly calls: number
  /** There is something that must not be missed: the header has a line for it. */
  readonly alarm: boolean
}

export interface Layout {
  readonly columns: number
  readonly rows: number
  readonly header: Rect
  readonly panels: Readonly<Partial<Record<PanelName, Rect>>>
}

export const SMALLEST = { columns: 60, rows: 16 } as const
const TWO_STACKS_FROM_COLUMNS = 100
const THREE_STACKS_FROM = { columns: 160, rows: 32 } as const
/** Top border and two lines of the header; the border under them belongs to the panels below. */
const HEADER_ROWS = 3
const SESSION_ROWS = 11

/** One or two panels side by side, with the rows of content they share. */
interface Band {
  readonly panels: readonly PanelName[]
  readonly min: number
  readonly want: number
  /** Share of what is left when everybody has what it wants. */
  readonly weight: number
  readonly expendable: boolean
}

interface Stack {
  readonly x: number
  readonly width: number
  readonly bands: readonly Band[]
}

/** The layout of a page on a screen of that size; null where the terminal is too small for one. */
export function layoutScreen(columns: number, rows: number, needs: LayoutNeeds, page: PageName = 'overview'): Layout | null {
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return null
  const panels: Partial<Record<PanelName, Rect>> = {}
  // On the smallest screen every row is taken: there the alarm stands in place of what runs on what.
  const top = HEADER_ROWS + (needs.alarm && rows > SMALLEST.rows ? 1 : 0)
  const stacks = page === 'overview' ? overviewStacks(columns, rows, needs) : PAGE_STACKS[page](columns, needs)
  for (const stack of stacks) placeStack(stack, { top, rows }, panels)
  return { columns, rows, header: { x: 0, y: 0, width: columns, height: top + 1 }, panels }
}

function overviewStacks(columns: number, rows: number, needs: LayoutNeeds): Stack[] {
  const bands = bandsFor(needs)
  if (columns < TWO_STACKS_FROM_COLUMNS) {
    const { market, inventory, slots, orders, messages } = bands
    const paired = [
      { ...market, panels: ['market', 'pnl'], want: Math.max(market.want, bands.pnl.want) },
      { ...inventory, panels: ['inventory', 'limits'], want: Math.max(inventory.want, bands.limits.want) },
      slots,
      { ...orders, panels: ['orders', 'fills'] },
      messages,
    ] satisfies Band[]
    return [{ x: 0, width: columns, bands: paired }]
  }
  if (columns < THREE_STACKS_FROM.columns || rows < THREE_STACKS_FROM.rows) {
    const left = Math.round(columns * 0.54)
    return [
      {
        x: 0,
        width: left,
        bands: [{ ...bands.market, weight: 3 }, bands.slots, ordersAlone(needs), { ...bands.messages, want: MESSAGES_WANTED }],
      },
      { x: left - 1, width: columns - left + 1, bands: [withCourse(bands.pnl), bands.inventory, bands.limits, bands.fills] },
    ]
  }
  const left = Math.round(columns * 0.37)
  const right = Math.round(columns * 0.27)
  return [
    { x: 0, width: left, bands: [{ ...bands.market, weight: 1 }, bands.slots, { ...ordersAlone(needs), weight: 1 }] },
    { x: left - 1, width: columns - left - right + 2, bands: [bands.fills, { ...bands.messages, weight: 2 }] },
    { x: columns - right, width: right, bands: [withCourse(bands.pnl), bands.inventory, bands.limits, { ...bands.session, weight: 1 }] },
  ]
}

/** What there is, and room for quotes that are being replaced; what is left goes to those who always have more to show. */
function ordersAlone({ orders }: LayoutNeeds): Band {
  return band('orders', 1, Math.min(MOST_WANTED, Math.max(QUOTES_REPLACED, orders) + 1), 0)
}

/** A row more, for the course of the result. */
function withCourse(pnl: Band): Band {
  return { ...pnl, want: pnl.want + 1 }
}

function band(panel: PanelName, min: number, want: number, weight: number, expendable = false): Band {
  return { panels: [panel], min, want: Math.max(min, want), weight, expendable }
}

function bandsFor(needs: LayoutNeeds) {
  return {
    market: band('market', 3, 3 + quoteRowsFor(needs.quotes), 0),
    pnl: band('pnl', 3, needs.pnl, 0),
    inventory: band('inventory', 1, Math.min(8, needs.assets) + 2, 0),
    limits: band('limits', 1, Math.min(8, Math.max(1, needs.limits)), 0),
    slots: band('slots', 1, needs.slots === 0 ? 1 : Math.min(8, needs.slots + 1), 0, needs.slots === 0),
    orders: band('orders', 1, 3, 3),
    fills: band('fills', 1, 3, 3),
    messages: band('messages', 1, 2, 1),
    session: band('session', 1, SESSION_ROWS, 0),
  } as const
}

const MESSAGES_WANTED = 6
/** Two quotes and the two they replace. */
const QUOTES_REPLACED = 4
/** What a list wants of its screen: its titles and what is in it, within reason. */
const MOST_WANTED = 12
const QUOTING_ROWS = 6
/** Of the journal and of the venue beside it. */
const STORE_ROWS = 9

const PAGE_STACKS: Readonly<Record<Exclude<PageName, 'overview'>, (columns: number, needs: LayoutNeeds) => Stack[]>> = {
  orders: (columns, needs) => {
    const orders = { ...ordersAlone(needs), min: 2, weight: 1 }
    const fills = band('fills', 2, MOST_WANTED, 3)
    return columns < THREE_STACKS_FROM.columns ? [{ x: 0, width: columns, bands: [orders, fills] }] : sideBySide(columns, [orders], [fills])
  },
  strategy: (columns, needs) => {
    const strategy = band('strategy', 2, needs.figures, 0)
    const quoting = band('quoting', 2, QUOTING_ROWS, 0)
    const markouts = band('markouts', 2, needs.markouts + 2, 1)
    const slots = band('slots', 1, Math.min(MOST_WANTED, needs.slots + 1), 1)
    const pnl = withCourse(band('pnl', 3, needs.pnl, 0))
    if (columns >= TWO_STACKS_FROM_COLUMNS) return sideBySide(columns, [{ ...strategy, weight: 1 }, slots], [quoting, markouts, pnl])
    const pair = { ...strategy, panels: ['strategy', 'quoting'], want: Math.max(strategy.want, quoting.want) } satisfies Band
    return [{ x: 0, width: columns, bands: [pair, markouts, slots] }]
  },
  // At any width: what is known of an order in doubt takes whole lines.
  journal: (columns, needs) => {
    const doubts = band('doubts', 2, Math.min(MOST_WANTED, 4 * needs.doubts), 1)
    const calls = band('calls', 1, Math.min(MOST_WANTED, needs.calls + 1), 1)
    const pair = { ...band('store', 3, STORE_ROWS, 0), panels: ['store', 'venue'] } satisfies Band
    return [{ x: 0, width: columns, bands: [pair, doubts, calls] }]
  },
  log: (columns) => [{ x: 0, width: columns, bands: [band('messages', 1, 1, 1)] }],
}

function sideBySide(columns: number, first: readonly Band[], second: readonly Band[]): Stack[] {
  const left = Math.round(columns / 2)
  return [
    { x: 0, width: left, bands: first },
    { x: left - 1, width: columns - left + 1, bands: second },
  ]
}

/** Two rows for up to four quotes: while quotes are replaced, old ones are still there, and the screen must not jump. */
function quoteRowsFor(quotes: number): number {
  return quotes <= 4 ? 2 : Math.min(8, quotes)
}

/** `top` is the row of the border under the header. */
function placeStack(stack: Stack, { top, rows }: { top: number; rows: number }, panels: Partial<Record<PanelName, Rect>>): void {
  const available = rows - 1 - top
  const bands = keepBands(stack.bands, available)
  const heights = shareRows(bands, available - bands.length)
  let y = top
  bands.forEach((band, index) => {
    const height = (heights[index] ?? 0) + 2
    const split = band.panels.length === 2 ? Math.round(stack.width * 0.56) : stack.width
    const [first, second] = band.panels
    if (first !== undefined) panels[first] = { x: stack.x, y, width: split, height }
    if (second !== undefined) panels[second] = { x: stack.x + split - 1, y, width: stack.width - split + 1, height }
    y += height - 1
  })
}

/** An empty slots band is the first to go where rows are short. */
function keepBands(bands: readonly Band[], available: number): readonly Band[] {
  const wanted = bands.reduce((rows, band) => rows + band.want + 1, 0)
  return wanted <= available ? bands : bands.filter((band) => !band.expendable)
}

/** Everybody's minimum first, then what each wants, one row at a time from the top, then the rest by weight. */
function shareRows(bands: readonly Band[], available: number): number[] {
  const heights = bands.map((band) => band.min)
  let spare = available - heights.reduce((sum, height) => sum + height, 0)
  const grow = (wants: (band: Band, index: number) => boolean): boolean => {
    let grown = false
    bands.forEach((band, index) => {
      if (spare <= 0 || !wants(band, index)) return
      heights[index] = (heights[index] ?? 0) + 1
      spare -= 1
      grown = true
    })
    return grown
  }
  while (grow((band, index) => (heights[index] ?? 0) < band.want));
  const turns = bands.flatMap((band, index) => Array.from({ length: band.weight }, () => index))
  const takers = turns.length > 0 ? turns : [bands.length - 1]
  for (let turn = 0; spare > 0; turn += 1) {
    const index = takers[turn % takers.length] ?? 0
    heights[index] = (heights[index] ?? 0) + 1
    spare -= 1
  }
  return heights
}
