// Where a list that can be moved through stands, and what of it is in sight. Draws nothing.

import { type Span, span } from './theme.tsx'

/** What a person has chosen of a list. */
export interface ListPlace {
  /** Null on a page on which it does not move: then its title says no more than it must. */
  readonly scroll: number | null
  readonly hasFocus: boolean
  /** The words that it is narrowed to. */
  readonly filter: string
}

export const FIRST_PLACE: ListPlace = { scroll: null, hasFocus: false, filter: '' }

interface Slice<T> {
  readonly items: readonly T[]
  readonly title: string
}

/** How far a list of that length can be scrolled where so many of its items are in sight. */
export function furthestOf(length: number, rows: number): number {
  return Math.max(0, length - Math.max(1, rows))
}

/** The items in sight, and a title that says which they are: `▸ fills 57: 12–30 of 57`. */
export function sliceOf<T>(list: readonly T[], rows: number, { scroll, hasFocus }: ListPlace, name: string): Slice<T> {
  const from = Math.min(scroll ?? 0, furthestOf(list.length, rows))
  const items = list.slice(from, from + Math.max(0, rows))
  const mark = hasFocus ? '▸ ' : ''
  if (items.length === list.length) return { items, title: `${mark}${name}` }
  if (scroll !== null) return { items, title: `${mark}${name}: ${from + 1}–${from + items.length} of ${list.length}` }
  return { items, title: /\d/.test(name) ? name : `${name} ${items.length} of ${list.length}` }
}

export function filterNotes({ filter }: ListPlace): Span[] {
  return filter === '' ? [] : [span(`/${filter}`, 'warning')]
}

export function emptyWords({ filter }: ListPlace, words: string): string {
  return filter === '' ? words : 'nothing here holds these words'
}

/** What holds each of the words somewhere, whatever its case; a list without words is whole. */
export function filtered<T extends object>(list: readonly T[], words: string): readonly T[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return list
  return list.filter((item) => {
    const text = Object.values(item).join(' ').toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
