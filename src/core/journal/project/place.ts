// Where a row stands and what it is about: columns that many tables share.

import type { FactBody } from '../../kernel/facts.ts'
import type { OrderView, StateView } from '../../kernel/views.ts'
import { ValueRefused } from './values.ts'

export type Body<Type extends FactBody['type']> = Extract<FactBody, { type: Type }>

/** Where a fact stands: the columns that all its rows share. */
export interface Place {
  readonly account_id: number
  readonly seq: number
  readonly session_id: string
  readonly time_us: number
}

/** The order a row is about, and the trade that the order is of. */
interface AboutOrder {
  readonly client_order_id: string | null
  readonly slot_id: string | null
  readonly trade: number | null
}

/** An order that the facts have prepared. What an order is for never changes, so it does not matter when it is asked. */
export function aboutOrder(state: StateView, clientOrderId: string): AboutOrder {
  return about(clientOrderId, found(state.orders.get(clientOrderId), 'order', clientOrderId))
}

/** The same of an order that may be none of ours: then only what it was called is known. */
export function aboutClaimed(state: StateView, clientOrderId: string | null): AboutOrder {
  return about(clientOrderId, clientOrderId === null ? undefined : state.orders.get(clientOrderId))
}

export function found<T>(entity: T | undefined, kind: string, name: string): T {
  if (entity === undefined) throw new ValueRefused(`a fact speaks of ${kind} ${name}, which the state does not have`)
  return entity
}

function about(clientOrderId: string | null, order: OrderView | undefined): AboutOrder {
  return { client_order_id: clientOrderId, slot_id: order?.request.slotId ?? null, trade: order?.request.trade ?? null }
}
