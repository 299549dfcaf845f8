// Which orders at a venue are ours. It owns the recognition by prefix; it never calls ours what merely looks like it.

import { clientOrderIdOf, orderPrefixOf } from '../kernel/ids.ts'
import type { StateView } from '../kernel/views.ts'

/** Every id we ever made is as long as this one. */
const ID_LENGTH = clientOrderIdOf(orderPrefixOf(''), '', 0, 0).length
const PREFIX_LENGTH = orderPrefixOf('').length

/**
 * The prefixes of all the orders that an account's sessions can have sent: of the sessions named, and of every order it
 * knows. Another store's session on the same account at the venue has another prefix, and its orders are not ours to touch.
 */
export function prefixesOf(view: StateView, sessionIds: readonly string[]): ReadonlySet<string> {
  const prefixes = new Set(sessionIds.map(orderPrefixOf))
  if (view.session !== null) prefixes.add(orderPrefixOf(view.session.sessionId))
  for (const clientOrderId of view.orders.keys()) prefixes.add(clientOrderId.slice(0, PREFIX_LENGTH))
  return prefixes
}

/** Whether a client order id was made by one of these sessions. Venues change the case of ids; ours are lower case. */
export function isOurs(clientOrderId: string | null, prefixes: ReadonlySet<string>): boolean {
  if (clientOrderId === null || clientOrderId.length !== ID_LENGTH) return false
  return prefixes.has(clientOrderId.slice(0, PREFIX_LENGTH).toLowerCase())
}
