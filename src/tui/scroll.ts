// Where a list that can be moved through stands, and what of it is in sight. Draws nothing.

import { formatCount } from './format.ts'
import { type Span, span } from './theme.tsx'

/** What a person has chosen of a list. */
export interface ListPlace {
  /** Null on a page on which it does not move: then its title says no more than it must. */
  readonly scroll: number | null
  readonly hasFocus: boolean
  /** The words that it is narrowed to. */
  readonly filter: string
  /** How many there are that do not hold them. */
  readonly hidden: number
}

export const FIRST_PLACE: ListPlace = { scroll: null, hasFocus: false, filter: '', hidden: 0 }

interface Slice<T> {
  readonly items: readonly T[]
  /** Without the name: `: 12–30 of 57`, or nothing where all are in sight. */
  readonly which: string
  readonly mark: string
}

/** How far a list of that length can be scrolled where so many of its items are in sight. */
export function furthestOf(length: number, rows: number): number {
  return Math.max(0, length - Math.max(1, rows))
}

/** The items in sight, and what their title says of which they are; `ever` is how many there were, where older ones are not kept. */
export function sliceOf<T>(list: readonly T[], rows: number, place: ListPlace, ever = 0): Slice<T> {
  const from = Math.min(place.scroll ?? 0, furthestOf(list.length, rows))
  const items = list.slice(from, from + Math.max(0, rows))
  return { items, which: whichOf({ from, shown: items.length, listed: list.length, ever }, place), mark: markOf(place) }
}

export function markOf({ hasFocus }: ListPlace): string {
  return hasFocus ? '▸ ' : ''
}

interface InSight {
  readonly from: number
  readonly shown: number
  /** Of those that the list is narrowed to. */
  readonly listed: number
  readonly ever?: number
  /** Where one item may be in sight in part. */
  readonly isAll?: boolean
}

/**
 * `: 12–30 of 57`, `: 12–30 of the last 200, 254 in all`; with a filter `: 6 of 57 match`, `: 12–30 of 45 that match`; nothing where
 * all there are is in sight.
 */
export function whichOf({ from, shown, listed, ever = 0, isAll = shown === listed }: InSight, place: ListPlace): string {
  const { scroll, filter, hidden } = place
  const kept = listed + hidden
  const end = ever > kept ? `, ${formatCount(ever)} in all` : ''
  const last = end === '' ? '' : 'the last '
  if (filter !== '' && isAll) return `: ${listed} of ${last}${kept} match${end}`
  if (filter !== '') return `: ${from + 1}–${from + shown} of ${listed} that match${end}`
  if (isAll) return end === '' ? '' : `: ${last}${kept}${end}`
  return scroll === null ? ` ${shown} of ${listed}` : `: ${from + 1}–${from + shown} of ${last}${listed}${end}`
}

export function filterNotes({ filter }: ListPlace): Span[] {
  return filter === '' ? [] : [span(`/${filter}`, 'warning')]
}

/** What an empty list says; one that the filter has emptied must not look as if there were nothing. */
export function emptyWords({ hidden }: ListPlace, words: string): string {
  return hidden === 0 ? words : `nothing here holds these words: ${formatCount(hidden)} hidden by the filter`
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
