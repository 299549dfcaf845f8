// Finds the name somebody meant. Pure.

import { editDistance } from '../core/text.ts'

/** The candidate that is the fewest edits away from `typed`; undefined where none is near enough to be meant. */
export function nearestName(typed: string, candidates: readonly string[]): string | undefined {
  if (typed.length > 64) return undefined
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = candidate.startsWith(typed) && typed.length >= 3 ? 1 : editDistance(typed.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
