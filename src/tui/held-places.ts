// Keeps what is read in its place: a list that has been scrolled down does not move when newer items come above it. Draws nothing.

import type { FillModel, MessageModel, SessionViewModel } from '../core/session/view-model.ts'
import type { ScreenState } from './screen-state.ts'
import { filtered } from './scroll.ts'

const keyOfFill = ({ tradeId, side }: FillModel): string => `${tradeId} ${side}`
const keyOfMessage = ({ timeUs, text }: MessageModel): string => `${timeUs} ${text}`

/** The state in which each list begins with the item that it began with before; the very top stays the top. */
export function heldPlaces(state: ScreenState, before: SessionViewModel | null, after: SessionViewModel | null): ScreenState {
  if (before === null || after === null) return state
  const { scroll, filters } = state
  const fills = held({ scroll: scroll.fills, keyOf: keyOfFill, before: before.fills, after: after.fills, words: filters.orders })
  const messages = held({
    scroll: scroll.messages,
    keyOf: keyOfMessage,
    before: before.messages,
    after: after.messages,
    words: filters.log,
  })
  return fills === scroll.fills && messages === scroll.messages ? state : { ...state, scroll: { ...scroll, fills, messages } }
}

interface List<T> {
  readonly scroll: number | undefined
  readonly keyOf: (item: T) => string
  readonly before: readonly T[]
  readonly after: readonly T[]
  readonly words: string | undefined
}

function held<T extends object>({ scroll, keyOf, before, after, words = '' }: List<T>): number | undefined {
  if (scroll === undefined || scroll === 0 || before === after) return scroll
  const first = filtered(before, words)[scroll]
  if (first === undefined) return scroll
  const key = keyOf(first)
  const now = filtered(after, words).findIndex((item) => keyOf(item) === key)
  // It is older than what is kept: the end of the list is as near to it as there is.
  return now === -1 ? Math.max(scroll, after.length - 1) : now
}
