// What the kernel knows of one account: each record as it starts. `apply` is the only writer; others get `viewOf`.

import { type Decimal, sub, ZERO } from './decimal.ts'
import type { FillFact, LedgerAccount, OrderRequest } from './facts.ts'
import type { PositionSide, RiskLimits, SessionOpening, Side } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { CancelState, OrderStatus } from './order-table.ts'
import type { SlotStage } from './slot-table.ts'
import type { TradingState } from './trading-table.ts'

export const newOrder = (request: OrderRequest, timeUs: number) => ({
  request,
  status: 'prepared' as OrderStatus,
  cancel: 'none' as CancelState,
  venueOrderId: null as string | null,
  filledQuantity: ZERO,
  /** Σ value of its fills, exact. */
  filledCost: ZERO,
  /** How much of it reconcile inferred and the venue has not reported as fills yet, and at which worth. */
  inferredQuantity: ZERO,
  inferredValue: ZERO,
  preparedAtUs: timeUs,
  updatedAtUs: timeUs,
})

export const newLeg = (leg: number, ratio: Decimal) => ({
  leg,
  ratio,
  /** Zero until the leg is asked for. */
  quantity: ZERO,
  filledQuantity: ZERO,
  filledCost: ZERO,
  /** Its last order, and whether that order may still fill. */
  clientOrderId: null as string | null,
  working: false,
  consumed: false,
  reason: null as string | null,
})

/** A trade that has not begun; `trade` counts the trades of its slot from 1, and is 0 before the first. */
export const idleSlot = (slotId: string, trade: number) => ({
  slotId,
  trade,
  stage: 'idle' as SlotStage,
  instrument: null as string | null,
  side: null as Side | null,
  positionSide: 'net' as PositionSide,
  requestedQuantity: ZERO,
  /** Filled by the entry, and still open of it: both unsigned. */
  entryQuantity: ZERO,
  openSize: ZERO,
  /** Exact cost of all entry fills; the average entry price is cost ÷ quantity. */
  entryCost: ZERO,
  /** Exact cost of what is open, by average cost; and what was open, at which cost, when the entry last filled. */
  openCost: ZERO,
  basisSize: ZERO,
  basisCost: ZERO,
  exitQuantity: ZERO,
  exitCost: ZERO,
  /** Fees that its fills paid in the coins it holds: as much of it cannot be sold. */
  feesInKind: ZERO,
  realizedPnl: ZERO,
  legs: [] as Leg[],
  /** The first leg that is neither consumed nor working: the one the next EXIT takes; the number of legs when none is. */
  nextLeg: 0,
  openedAtUs: null as number | null,
  closedAtUs: null as number | null,
})

export const flatPosition = (instrument: string, positionSide: PositionSide) => ({
  instrument,
  positionSide,
  /** Σ fills, signed: above zero long. */
  quantity: ZERO,
  /** Signed exact cost of what is open, in the settle asset; and both when the position last grew: see the ledger. */
  cost: ZERO,
  basisQuantity: ZERO,
  basisCost: ZERO,
  realizedPnl: ZERO,
  mark: null as Decimal | null,
  /** Signed parts that sum to `quantity`: slots, quoted inventory, unassigned. */
  inSlots: ZERO,
  quoted: ZERO,
  unassigned: ZERO,
  /** The part of `unassigned` that was written off as too small to be traded: it blocks nothing. */
  dust: ZERO,
  /** What the venue last said it is, where that is another and nothing has explained it yet. */
  venues: null as Decimal | null,
  updatedAtUs: 0,
})

export type Order = ReturnType<typeof newOrder>
export type Leg = ReturnType<typeof newLeg>
export type Slot = ReturnType<typeof idleSlot>
export type Position = ReturnType<typeof flatPosition>

/** Whether we do not know if the venue has it. */
export const isDoubtful = ({ status }: Pick<Order, 'status'>): boolean => status === 'in_doubt' || status === 'quarantined'

/** What of a live order may still be filled: above zero, since what is all filled is not live. */
export const unfilledOf = ({ request, filledQuantity }: Pick<Order, 'request' | 'filledQuantity'>): Decimal =>
  sub(request.quantity, filledQuantity)

/** The numbers of a fill: what the ledger needs, and what tells a repeated trade id from a conflicting one. */
export type FillNumbers = Pick<FillFact, 'side' | 'price' | 'quantity' | 'tradeValue' | 'fee' | 'feeAsset'>

/** What an instrument's new orders are judged by: the mark, the mid of the touch, and when the market data is from. */
export interface MarketFigures {
  readonly mark: Decimal
  readonly mid: Decimal | null
  readonly asOfUs: number | null
}

/** What an account starts from: nothing, and halted until a session opens. */
export const createState = () => ({
  seq: 0,
  account: null as string | null,
  session: null as SessionOpening | null,
  limits: null as RiskLimits | null,
  halted: true,
  trading: 'halted' as TradingState,
  /** The operator asked for the end: nothing but the end follows. */
  stopping: false,
  /** Counts the orders that were asked for, over the account's life. */
  intentSeq: 0,
  /** New orders wait until then, because the venue said so. */
  blockedUntilUs: 0,
  orderPrefix: '',
  /** When the last orders were asked for and the last cancels, as many as the limits on their rate look back. */
  orderTimesUs: [] as number[],
  cancelTimesUs: [] as number[],
  /** What may be traded now: what an older session of the account traded can only be closed. */
  listed: new Set<string>(),
  instruments: new Map<string, Instrument>(),
  orders: new Map<string, Order>(),
  /** Orders that are live at the venue, or must be assumed to be. */
  liveOrders: new Map<string, Order>(),
  clientIdByVenueId: new Map<string, string>(),
  /** The current or last trade of each slot, by slot id; and every trade of every slot, by `slotId#trade`. */
  slots: new Map<string, Slot>(),
  trades: new Map<string, Slot>(),
  /** By symbol; in hedge mode by `symbol#long` and `symbol#short`. */
  positions: new Map<string, Position>(),
  markets: new Map<string, MarketFigures>(),
  /** Stated prices of assets, by `asset|quote`. */
  assetPrices: new Map<string, Decimal>(),
  /** Ledger balances by `account|asset`. */
  balances: new Map<string, Decimal>(),
  /** By `instrument|venue trade id|side`: the two sides of a self-trade share an id. */
  fills: new Map<string, FillNumbers>(),
  /** By `instrument|funding id`. */
  fundings: new Map<string, { readonly asset: string; readonly amount: Decimal }>(),
})

export type KernelState = ReturnType<typeof createState>

export const positionKey = (instrument: string, positionSide: PositionSide): string =>
  positionSide === 'net' ? instrument : `${instrument}#${positionSide}`
/** Whether longs and shorts of it stand beside each other: coins only ever net. */
export const isHedged = ({ session }: Pick<KernelState, 'session'>, { kind }: Instrument): boolean =>
  session?.positionMode === 'hedge' && kind !== 'spot'

export const tradeKey = (slotId: string, trade: number): string => `${slotId}#${trade}`
export const fillKey = (instrument: string, tradeId: string, side: Side): string => `${instrument}|${tradeId}|${side}`
export const balanceKey = (account: LedgerAccount, asset: string): string => `${account}|${asset}`
export const priceKey = (asset: string, quote: string): string => `${asset}|${quote}`
export const fundingKey = (instrument: string, fundingId: string): string => `${instrument}|${fundingId}`
