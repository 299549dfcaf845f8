// What of a look at a venue is older than what we know by now, and so says nothing. Pure; decides nothing.

import type { SnapshotEvent } from '../kernel/inputs.ts'
import { ORDER_LIVE } from '../kernel/order-table.ts'
import type { StateView } from '../kernel/views.ts'
import { orderOf } from './ours.ts'

/**
 * Without the orders that came to their end after the list was asked for: that they stood in it then contradicts nothing. One that was
 * over before is kept, since a venue that still lists it contradicts itself.
 */
export function withoutOutdated(event: SnapshotEvent, view: StateView): SnapshotEvent {
  const isOutdated = (open: SnapshotEvent['openOrders'][number]): boolean => {
    const order = orderOf(view, open)
    return order !== undefined && !ORDER_LIVE[order.status] && order.updatedAtUs >= event.asOfUs
  }
  return event.openOrders.some(isOutdated) ? { ...event, openOrders: event.openOrders.filter((open) => !isOutdated(open)) } : event
}
