// Reads durations as people write them on a command line. Knows no clock.

import { DitaError, EXIT } from '../core/errors.ts'

const SHAPE = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/
const UNITS_US = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000] as const
const LONGEST_US = 366 * 86_400_000_000

/**
 * The microseconds in `30m`, `1h30m`, `90s`, `500ms` or `2d`: whole numbers, larger units first.
 * @throws DitaError BAD_DURATION (exit 2) for anything else, for zero, and beyond 366 days
 */
export function parseDuration(text: string): number {
  const match = SHAPE.exec(text)
  const parts = match?.slice(1)
  if (parts === undefined || parts.every((part) => part === undefined))
    throw badDuration(`${JSON.stringify(text)} is no duration.`, meantBy(text))
  let totalUs = 0
  for (const [index, unitUs] of UNITS_US.entries()) totalUs += Number(parts[index] ?? 0) * unitUs
  if (totalUs === 0) throw badDuration(`A duration of ${text} is no time at all.`)
  if (totalUs > LONGEST_US) throw badDuration(`A duration of ${text} is longer than 366 days.`)
  return totalUs
}

/** Words for the units, by how they begin; a number alone counts minutes, as most who leave the unit out mean it. */
const UNIT_WORDS: readonly (readonly [word: RegExp, unit: string])[] = [
  [/^(ms|millis|milliseconds?)$/, 'ms'],
  [/^(d|days?)$/, 'd'],
  [/^(h|hrs?|hours?)$/, 'h'],
  [/^(m|mins?|minutes?|)$/, 'm'],
  [/^(s|secs?|seconds?)$/, 's'],
]

/** What somebody may have meant by one whole number and a unit that are written in another way; null for anything else. */
function meantBy(text: string): string | null {
  const [, count, word = ''] = /^\s*(\d{1,9})\s*([a-z]*)\s*$/i.exec(text) ?? []
  const unit = UNIT_WORDS.find(([known]) => known.test(word.toLowerCase()))?.[1]
  return count === undefined || Number(count) === 0 || unit === undefined ? null : `${count}${unit}`
}

function badDuration(message: string, meant: string | null = null): DitaError {
  return new DitaError('BAD_DURATION', {
    fault: 'user',
    exitCode: EXIT.usage,
    message,
    next: `${meant === null ? '' : `Did you mean ${meant}? `}Write it like 30m, 1h30m, 90s, 500ms or 2d.`,
  })
}
