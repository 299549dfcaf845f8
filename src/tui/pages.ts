// The pages of the screen, their lists that can be moved through, and which keys lead where. Data only.

export const PAGES = ['overview', 'orders', 'strategy', 'journal', 'log'] as const
export type PageName = (typeof PAGES)[number]

export type ListName = 'orders' | 'fills' | 'doubts' | 'calls' | 'messages'

interface Page {
  /** The first of them moves until another is chosen. */
  readonly lists: readonly ListName[]
  /** Whether its lists can be narrowed to what holds some words. */
  readonly canFilter: boolean
}

export const PAGE: Readonly<Record<PageName, Page>> = {
  overview: { lists: [], canFilter: false },
  orders: { lists: ['fills', 'orders'], canFilter: true },
  strategy: { lists: [], canFilter: false },
  journal: { lists: ['doubts', 'calls'], canFilter: false },
  log: { lists: ['messages'], canFilter: true },
}
