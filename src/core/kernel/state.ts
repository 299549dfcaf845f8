// What the kernel knows of one account. `apply` is its only writer; everybody else gets `viewOf`.

import { type Decimal, ZERO } from './decimal.ts'
import type { LedgerAccount } from './facts.ts'
import type { RiskLimits, SessionOpening, Side } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { LegView, OrderView, PositionView, SlotView, StateView } from './views.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

export type Order = Mutable<OrderView>
export type Leg = Mutable<LegView>
export type Slot = Mutable<Omit<SlotView, 'legs'>> & { readonly legs: Leg[] }
export type Position = Mutable<PositionView>

/** The numbers of a booked fill, to tell a repeated trade id from a conflicting one. */
export interface BookedFill {
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
  readonly fee: Decimal
  readonly feeAsset: string
}

export interface KernelState {
  seq: number
  account: string | null
  session: SessionOpening | null
  limits: RiskLimits | null
  halted: boolean
  /** Counts the orders that were asked for, over the account's life. */
  intentSeq: number
  /** New orders wait until then, because the venue said so. */
  blockedUntilUs: number
  orderPrefix: string
  readonly instruments: Map<string, Instrument>
  readonly orders: Map<string, Order>
  readonly liveOrders: Map<string, Order>
  readonly clientIdByVenueId: Map<string, string>
  readonly slots: Map<string, Slot>
  readonly trades: Map<string, Slot>
  readonly positions: Map<string, Position>
  /** By `account|asset`. */
  readonly balances: Map<string, Decimal>
  /** By `instrument|venue trade id`. */
  readonly fills: Map<string, BookedFill>
}

export function createState(): KernelState {
  return {
    seq: 0,
    account: null,
    session: null,
    limits: null,
    halted: true,
    intentSeq: 0,
    blockedUntilUs: 0,
    orderPrefix: '',
    instruments: new Map(),
    orders: new Map(),
    liveOrders: new Map(),
    clientIdByVenueId: new Map(),
    slots: new Map(),
    trades: new Map(),
    positions: new Map(),
    balances: new Map(),
    fills: new Map(),
  }
}

/** The state for reading. It follows the state: take what you need from it before the next fact is applied. */
export function viewOf(state: KernelState): StateView {
  return state
}

export function idleSlot(slotId: string, trade: number): Slot {
  return {
    slotId,
    trade,
    stage: 'idle',
    instrument: null,
    side: null,
    requestedQuantity: ZERO,
    entryQuantity: ZERO,
    entryCost: ZERO,
    openSize: ZERO,
    openCost: ZERO,
    exitQuantity: ZERO,
    exitCost: ZERO,
    realizedPnl: ZERO,
    legs: [],
    nextLeg: 0,
    openedAtUs: null,
    closedAtUs: null,
  }
}

export function flatPosition(instrument: string): Position {
  return { instrument, quantity: ZERO, cost: ZERO, realizedPnl: ZERO, mark: null, inSlots: ZERO, quoted: ZERO, unassigned: ZERO }
}

export function tradeKey(slotId: string, trade: number): string {
  return `${slotId}#${trade}`
}

export function fillKey(instrument: string, tradeId: string): string {
  return `${instrument}|${tradeId}`
}

export function balanceKey(account: LedgerAccount, asset: string): string {
  return `${account}|${asset}`
}
