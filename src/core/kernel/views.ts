// The kernel's state as others see it: read-only, without a way to write. The records are described in state.ts.

import type { KernelState, Leg, Order, Position, Slot } from './state.ts'

export type OrderView = Readonly<Order>
export type LegView = Readonly<Leg>
export type SlotView = Readonly<Omit<Slot, 'legs'>> & { readonly legs: readonly LegView[] }
export type PositionView = Readonly<Position>

/** One field of the state as a reader sees it: maps and lists that cannot be written, of records that cannot be either. */
type View<T> =
  T extends Map<infer Key, infer Value>
    ? ReadonlyMap<Key, Value extends Slot ? SlotView : Value extends bigint ? Value : Readonly<Value>>
    : T extends Set<infer Item>
      ? ReadonlySet<Item>
      : T extends (infer Item)[]
        ? readonly Item[]
        : T

/** All that the kernel knows of an account. */
export type StateView = { readonly [Key in keyof KernelState]: View<KernelState[Key]> }

/** The state for reading. It follows the state: take what you need from it before the next fact is applied. */
export const viewOf = (state: KernelState): StateView => state
