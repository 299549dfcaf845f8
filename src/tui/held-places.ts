// Keeps what is read in its place: a list that has been scrolled down does not move when newer items come above it. Draws nothing.

import type { FillModel, SessionViewModel } from '../core/session/view-model.ts'
import { messagePieces, type Piece } from './messages-panel.tsx'
import type { ScreenState } from './screen-state.ts'
import { filtered } from './scroll.ts'

const keyOfFill = ({ tradeId, side }: FillModel): string => `${tradeId} ${side}`
const keyOfPiece = ({ message, nth }: Piece): string => `${message.timeUs} ${nth} ${message.text}`

/** The state in which each list begins with the item that it began with before; the very top stays the top. */
export function heldPlaces(state: ScreenState, before: SessionViewModel | null, after: SessionViewModel | null): ScreenState {
  if (before === null || after === null) return state
  const { scroll, filters } = state
  const fills = held({
    scroll: scroll.fills,
    keyOf: keyOfFill,
    itemsOf: (model) => filtered(model.fills, filters.orders ?? ''),
    before,
    after,
  })
  const messages = held({
    scroll: scroll.messages,
    keyOf: keyOfPiece,
    itemsOf: (model) => messagePieces(filtered(model.messages, filters.log ?? '')),
    before,
    after,
  })
  return fills === scroll.fills && messages === scroll.messages ? state : { ...state, scroll: { ...scroll, fills, messages } }
}

interface List<T> {
  readonly scroll: number | undefined
  readonly keyOf: (item: T) => string
  readonly itemsOf: (model: SessionViewModel) => readonly T[]
  readonly before: SessionViewModel
  readonly after: SessionViewModel
}

function held<T>({ scroll, keyOf, itemsOf, before, after }: List<T>): number | undefined {
  if (scroll === undefined || scroll === 0 || before === after) return scroll
  const old = itemsOf(before).slice(scroll).map(keyOf)
  if (old.length === 0) return scroll
  const now = itemsOf(after).map(keyOf)
  const place = placeOf(old, now)
  // It is older than what is kept: the end of the list is as near to it as there is.
  return place === -1 ? Math.max(scroll, now.length - 1) : place
}

/** Where the list goes on as it did from there, down to its end or that of the other: of items that say the same, the right one. */
function placeOf(old: readonly string[], now: readonly string[]): number {
  const goesOn = (from: number): boolean => now.slice(from, from + old.length).every((key, index) => key === old[index])
  return now.findIndex((key, from) => key === old[0] && goesOn(from))
}
