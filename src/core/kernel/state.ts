// What the kernel knows of one account. `apply` is its only writer; everybody else gets `viewOf`.

import { type Decimal, ZERO } from './decimal.ts'
import type { FillFact, LedgerAccount } from './facts.ts'
import type { RiskLimits, SessionOpening } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { LegView, OrderView, PositionView, SlotView, StateView } from './views.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

export type Order = Mutable<OrderView>
export type Leg = Mutable<LegView>
export type Slot = Mutable<Omit<SlotView, 'legs'>> & { readonly legs: Leg[] }
export type Position = Mutable<PositionView>

/** The numbers of a fill: what the ledger needs, and what tells a repeated trade id from a conflicting one. */
export type FillNumbers = Pick<FillFact, 'side' | 'price' | 'quantity' | 'fee' | 'feeAsset'>

/** What an account starts from: nothing, and halted until a session opens. */
export function createState() {
  return {
    seq: 0,
    account: null as string | null,
    session: null as SessionOpening | null,
    limits: null as RiskLimits | null,
    halted: true,
    /** Counts the orders that were asked for, over the account's life. */
    intentSeq: 0,
    /** New orders wait until then, because the venue said so. */
    blockedUntilUs: 0,
    orderPrefix: '',
    instruments: new Map<string, Instrument>(),
    orders: new Map<string, Order>(),
    liveOrders: new Map<string, Order>(),
    clientIdByVenueId: new Map<string, string>(),
    slots: new Map<string, Slot>(),
    trades: new Map<string, Slot>(),
    positions: new Map<string, Position>(),
    /** By `account|asset`. */
    balances: new Map<string, Decimal>(),
    /** By `instrument|venue trade id`. */
    fills: new Map<string, FillNumbers>(),
  }
}

export type KernelState = ReturnType<typeof createState>

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
