// The kernel's state as others see it: read-only, without a way to write. Types only.

import type { Decimal } from './decimal.ts'
import type { OrderRequest } from './facts.ts'
import type { RiskLimits, SessionOpening, Side } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { CancelState, OrderStatus } from './order-table.ts'
import type { SlotStage } from './slot-table.ts'

export interface OrderView {
  readonly request: OrderRequest
  readonly status: OrderStatus
  readonly cancel: CancelState
  readonly venueOrderId: string | null
  readonly filledQuantity: Decimal
  /** Σ price × quantity of its fills, exact. */
  readonly filledCost: Decimal
  readonly preparedAtUs: number
  readonly updatedAtUs: number
}

export interface LegView {
  readonly leg: number
  readonly ratio: Decimal
  /** Zero until the leg is asked for. */
  readonly quantity: Decimal
  readonly filledQuantity: Decimal
  readonly filledCost: Decimal
  /** Its last order, and whether that order may still fill. */
  readonly clientOrderId: string | null
  readonly working: boolean
  readonly consumed: boolean
  readonly reason: string | null
}

export interface SlotView {
  readonly slotId: string
  /** Counts the trades of this slot, from 1; 0 before the first. */
  readonly trade: number
  readonly stage: SlotStage
  readonly instrument: string | null
  readonly side: Side | null
  readonly requestedQuantity: Decimal
  /** Filled by the entry, and still open of it: both unsigned, in base. */
  readonly entryQuantity: Decimal
  readonly openSize: Decimal
  /** Exact cost of all entry fills; the average entry price is cost ÷ quantity. */
  readonly entryCost: Decimal
  /** Exact cost of what is open, by average cost. */
  readonly openCost: Decimal
  readonly exitQuantity: Decimal
  readonly exitCost: Decimal
  readonly realizedPnl: Decimal
  readonly legs: readonly LegView[]
  /** The first leg that is neither consumed nor working: the one the next EXIT takes; the number of legs when none is. */
  readonly nextLeg: number
  readonly openedAtUs: number | null
  readonly closedAtUs: number | null
}

export interface PositionView {
  readonly instrument: string
  /** Σ fills, signed: above zero long. */
  readonly quantity: Decimal
  /** Signed exact cost of what is open, in quote. */
  readonly cost: Decimal
  readonly realizedPnl: Decimal
  readonly mark: Decimal | null
  /** Signed parts that sum to `quantity`: slots, quoted inventory, unassigned. */
  readonly inSlots: Decimal
  readonly quoted: Decimal
  readonly unassigned: Decimal
}

export interface StateView {
  readonly seq: number
  readonly account: string | null
  readonly session: SessionOpening | null
  readonly halted: boolean
  readonly limits: RiskLimits | null
  readonly instruments: ReadonlyMap<string, Instrument>
  readonly orders: ReadonlyMap<string, OrderView>
  /** Orders that are live at the venue, or must be assumed to be. */
  readonly liveOrders: ReadonlyMap<string, OrderView>
  /** The current or last trade of each slot, by slot id. */
  readonly slots: ReadonlyMap<string, SlotView>
  /** Every trade of every slot, by `slotId#trade`. */
  readonly trades: ReadonlyMap<string, SlotView>
  readonly positions: ReadonlyMap<string, PositionView>
  /** Ledger balances by `account|asset`. */
  readonly balances: ReadonlyMap<string, Decimal>
}
