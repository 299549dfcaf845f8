// Which orders at a venue are ours, and which of ours they are. It owns the recognition by id and by prefix; it never calls
// ours what merely looks like it.

import { clientOrderIdOf, orderPrefixOf } from '../kernel/ids.ts'
import type { OrderReference } from '../kernel/inputs.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { VenueOrder } from '../venue/port.ts'

/** Every id we ever made is as long as this one. */
const ID_LENGTH = clientOrderIdOf(orderPrefixOf(''), '', 0, 0).length
const PREFIX_LENGTH = orderPrefixOf('').length

/**
 * The prefixes of all the orders that an account's sessions can have sent: of the sessions named, and of every order it
 * knows. Another store's session on the same account at the venue has another prefix, whatever its name, because all sessions of
 * an account in one store share a salt that no other has; its orders are not ours to touch.
 */
export function prefixesOf(view: StateView, sessionIds: readonly string[]): ReadonlySet<string> {
  const salt = view.session?.orderSalt
  const prefixes = new Set(sessionIds.map((sessionId) => orderPrefixOf(sessionId, salt)))
  if (view.session !== null) prefixes.add(orderPrefixOf(view.session.sessionId, salt))
  for (const clientOrderId of view.orders.keys()) prefixes.add(clientOrderId.slice(0, PREFIX_LENGTH))
  return prefixes
}

/** Whether a client order id was made by one of these sessions. Venues change the case of ids; ours are lower case. */
export function isOurs(clientOrderId: string | null, prefixes: ReadonlySet<string>): boolean {
  if (clientOrderId === null || clientOrderId.length !== ID_LENGTH) return false
  return prefixes.has(clientOrderId.slice(0, PREFIX_LENGTH).toLowerCase())
}

/** Clocks differ, and are set. */
const CLOCKS_US = 60_000_000

/** Whether what the venue has was there before our order was even decided on: then it is somebody else's, whatever its id. */
export function isOlder({ preparedAtUs }: OrderView, { createdUs }: Pick<VenueOrder, 'createdUs'>): boolean {
  return createdUs !== null && createdUs < preparedAtUs - CLOCKS_US
}

/**
 * The order of ours that the venue speaks of, however little it says: by our id, in whatever case, else by the id of its own
 * that was bound to one of ours. Undefined where it is nobody's that we know.
 */
export function orderOf(view: StateView, { clientOrderId, venueOrderId }: OrderReference): OrderView | undefined {
  const named = clientOrderId === null ? undefined : (view.orders.get(clientOrderId) ?? view.orders.get(clientOrderId.toLowerCase()))
  if (named !== undefined) return named
  const bound = venueOrderId === null ? undefined : view.clientIdByVenueId.get(venueOrderId)
  return bound === undefined ? undefined : view.orders.get(bound)
}
