// What a person may have meant by a word that is none of a few. Knows no key.

import { editDistance } from '../text.ts'

/** The one of a few words that somebody may have meant: with slips, cut short, or by its initials. Null where none is near. */
export function suggestWord(typed: string, words: readonly string[]): string | null {
  const name = plain(typed)
  const most = Math.floor(Math.min(name.length, 40) / 3)
  const isMeant = (word: string): boolean => {
    const known = plain(word)
    const initials = word.split('_').map((part) => part.charAt(0))
    if (name.length >= 3 && known.startsWith(name)) return true
    return (initials.length > 1 && initials.join('') === name) || editDistance(name, known) <= most
  }
  return name === '' ? null : (words.find(isMeant) ?? null)
}

/** `tickInterval-Seconds` and `tick_interval_seconds` are the same word. */
export function plain(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}
