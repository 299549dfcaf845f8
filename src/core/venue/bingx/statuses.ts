// What BingX calls the state of an order, and what that means for us. A table; what is not in it is alive and unsure.

import type { VenueOrderStatus } from '../port.ts'

/** BingX API docs, “Query order details” and “Order update push”. By upper-case spelling: the stream spells one L, REST two; coin-margined contracts write `Pending`. */
const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'open',
  PENDING: 'open',
  WORKING: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  CANCELLED: 'canceled',
  EXPIRED: 'expired',
  // Failed after it was accepted, perhaps with a part filled: over, but no refusal.
  FAILED: 'expired',
}

export function statusOf(words: string): VenueOrderStatus {
  const key = words.toUpperCase()
  return Object.hasOwn(STATUSES, key) ? (STATUSES[key] as VenueOrderStatus) : 'unknown'
}
