// Session time and ids made from it.

import type { Decimal } from '../kernel/decimal.ts'

/** Seconds as whole microseconds, cut off below. */
export function microseconds(seconds: Decimal): number {
  return Number(seconds / 10n ** 12n)
}

const SUFFIX = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * A session id that sorts by start: `20260131-142500-k3x`, in UTC, with three random characters.
 * @param random in [0, 1)
 */
export function sessionIdAt(wallMs: number, random: () => number): string {
  const stamp = new Date(wallMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${stamp}-${lettersOf(3, random)}`
}

/** What no other store's account has: 80 bits, as far as `random` goes. */
export function orderSaltOf(random: () => number): string {
  return lettersOf(16, random)
}

function lettersOf(length: number, random: () => number): string {
  return Array.from({ length }, () => SUFFIX[Math.floor(random() * SUFFIX.length)]).join('')
}
