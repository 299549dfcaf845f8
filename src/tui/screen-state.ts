// What a person has chosen to see: the page, how far its lists are scrolled, the words they are narrowed to, what is asked. Changes by
// keys only; knows no terminal and no session.

import { type ListName, PAGE, PAGES, type PageName } from './pages.ts'

export interface ScreenState {
  readonly page: PageName
  readonly help: boolean
  /** Whether the session is really to be halted. */
  readonly asking: boolean
  /** The place of the list that moves among those of its page. */
  readonly focus: number
  /** How many items are above the first one shown. */
  readonly scroll: Readonly<Partial<Record<ListName, number | undefined>>>
  readonly filters: Readonly<Partial<Record<PageName, string>>>
  /** Keys go into the filter. */
  readonly typing: boolean
}

export const FIRST_STATE: ScreenState = { page: 'overview', help: false, asking: false, focus: 0, scroll: {}, filters: {}, typing: false }

/** A key as it was pressed: a name for those that write nothing, else what it writes. */
export interface KeyPress {
  readonly name: 'up' | 'down' | 'left' | 'right' | 'pageUp' | 'pageDown' | 'home' | 'end' | 'enter' | 'escape' | 'backspace' | 'tab' | null
  readonly shift: boolean
  readonly text: string
}

/**
 * `quit` ends the session in good order, or leaves the screen of one that runs elsewhere; `kill` is the kill switch; the others say how
 * far to trade, and again that all is as before.
 */
export type Wish = 'quit' | 'kill' | 'pause' | 'reduce_only'

export interface KeyContext {
  /** The session runs elsewhere: no key stops or pauses it. */
  readonly watching: boolean
  /** The furthest that each list of the page can be scrolled, and how many of its items are in sight. */
  readonly reach: Readonly<Partial<Record<ListName, { readonly furthest: number; readonly page: number }>>>
}

export interface KeyResult {
  readonly state: ScreenState
  readonly wish: Wish | null
}

const LONGEST_FILTER = 40

export function onKey(state: ScreenState, press: KeyPress, context: KeyContext): KeyResult {
  if (state.asking) {
    const wish = press.text === 'y' || press.text === 'Y' ? 'kill' : null
    return { state: { ...state, asking: false }, wish }
  }
  if (state.typing) return stay(typed(state, press))
  const moved = movedBy(state, press, context)
  if (moved !== null) return stay(moved)
  return commanded(state, press, context)
}

function stay(state: ScreenState): KeyResult {
  return { state, wish: null }
}

function typed(state: ScreenState, { name, text }: KeyPress): ScreenState {
  const { page, filters } = state
  const filter = filters[page] ?? ''
  const narrowed = (words: string): ScreenState => ({ ...state, scroll: {}, filters: { ...filters, [page]: words } })
  if (name === 'escape') return { ...narrowed(''), typing: false }
  if (name === 'enter') return { ...state, typing: false }
  if (name === 'backspace') return narrowed([...filter].slice(0, -1).join(''))
  return name === null ? narrowed((filter + text).slice(0, LONGEST_FILTER)) : state
}

/** Null for a key that moves nothing. */
function movedBy(state: ScreenState, { name, shift, text }: KeyPress, { reach }: KeyContext): ScreenState | null {
  const { lists } = PAGE[state.page]
  const number = PAGES[Number(text) - 1]
  if (number !== undefined) return onPage(state, number)
  if (name === 'tab') return onPage(state, neighbour(state.page, shift ? -1 : 1))
  if (name === 'left' || name === 'right') return lists.length === 0 ? state : { ...state, focus: (state.focus + 1) % lists.length }
  const list = lists[state.focus]
  if (list === undefined) return null
  const { furthest, page } = reach[list] ?? { furthest: 0, page: 1 }
  const now = Math.min(state.scroll[list] ?? 0, furthest)
  const to = { up: now - 1, down: now + 1, pageUp: now - page, pageDown: now + page, home: 0, end: furthest }
  if (name === null || !Object.hasOwn(to, name)) return null
  const place = Math.min(furthest, Math.max(0, to[name as keyof typeof to]))
  return { ...state, scroll: { ...state.scroll, [list]: place } }
}

function onPage(state: ScreenState, page: PageName): ScreenState {
  return page === state.page ? state : { ...state, page, focus: 0, help: false }
}

function neighbour(page: PageName, step: 1 | -1): PageName {
  return PAGES[(PAGES.indexOf(page) + step + PAGES.length) % PAGES.length] ?? page
}

function commanded(state: ScreenState, { name, text }: KeyPress, { watching }: KeyContext): KeyResult {
  if (name === 'escape') return stay({ ...state, help: false, filters: { ...state.filters, [state.page]: '' } })
  if (text === '?') return stay({ ...state, help: !state.help })
  if (text === '/' && PAGE[state.page].canFilter) return stay({ ...state, typing: true, help: false })
  if (text === 'q' || (text === 'd' && watching)) return { state, wish: 'quit' }
  // Who only watches has `dita halt`: the keys that there are say so.
  if (watching) return stay(/^[prhK]$/.test(text) ? { ...state, help: true } : state)
  if (text === 'p') return { state, wish: 'pause' }
  if (text === 'r') return { state, wish: 'reduce_only' }
  if (text === 'h') return stay({ ...state, asking: true, help: false })
  // A capital letter: nobody presses it in passing.
  return text === 'K' ? { state, wish: 'kill' } : stay(state)
}
