// The tables of a store as Kysely sees them, one interface per table of migrations/. Types only.
// Money is text (exact decimals), times are microseconds, yes/no columns are 1 and 0.

import type { Generated, GeneratedAlways } from 'kysely'
import type { TablesBeside } from './schema-beside.ts'

export interface JournalDatabase extends TablesBeside {
  accounts: AccountsTable
  journal: JournalTable
  commits: CommitsTable
  snapshots: SnapshotsTable
  sessions: SessionsTable
  engine_state: EngineStateTable
  instruments: InstrumentsTable
  positions: PositionsTable
  orders: OrdersTable
  fills: FillsTable
  fill_confirmations: FillConfirmationsTable
  slots: SlotsTable
  exit_legs: ExitLegsTable
  transitions: TransitionsTable
  postings: PostingsTable
  capital_events: CapitalEventsTable
  funding_payments: FundingPaymentsTable
  asset_values: AssetValuesTable
  inventory_ledger: InventoryLedgerTable
  market_snapshots: MarketSnapshotsTable
  risk_events: RiskEventsTable
  denials: DenialsTable
  reconcile_actions: ReconcileActionsTable
  exposure_assignments: ExposureAssignmentsTable
  dust_write_offs: DustWriteOffsTable
  position_differences: PositionDifferencesTable
}

/** Where a fact stands in its account and session: columns of every table with a row for each fact of a kind. */
interface FactPlace {
  account_id: number
  seq: number
  session_id: string
  time_us: number
}

/** The trade of a slot that a row is about, and its order; null where there is none. */
interface AboutTrade {
  slot_id: string | null
  trade: number | null
}
interface AboutOrder extends AboutTrade {
  client_order_id: string | null
}

/** The assets of an instrument and the steps of its prices and quantities. */
interface Terms {
  base: string
  quote: string
  settle: string
  tick_size: string
  lot_size: string
}

/** A fill as the venue reported it. */
interface ReportedFill extends FactPlace, AboutTrade {
  trade_id: string
  instrument: string
  side: string
  price: string
  quantity: string
  fee: string
  fee_asset: string
  fee_price: string | null
  liquidity: string | null
}

interface OfAmount {
  asset: string
  amount: string
}
interface OfPosition {
  instrument: string
  position_side: 'net' | 'long' | 'short'
}

export interface AccountsTable {
  account_id: Generated<number>
  name: string
  created_wall_us: number
}

export interface JournalTable extends FactPlace {
  type: string
  body: string
  hash: Buffer
}

export interface CommitsTable {
  commit_id: number
  account_id: number
  first_seq: number
  last_seq: number
  hash: Buffer
}

export interface SnapshotsTable {
  account_id: number
  seq: number
  hash: Buffer
  state: string
}

export interface SessionsTable extends Terms {
  session_id: string
  account_id: number
  mode: string
  venue: string
  strategy: string
  instrument: string
  instrument_kind: 'spot' | 'linear' | 'inverse'
  instrument_origin: string
  position_mode: 'one_way' | 'hedge'
  feed_source: string
  seed: number
  duration_us: number
  tick_interval_us: number
  max_exposure: string
  max_position: string
  max_session_loss: string
  max_order_notional: string
  max_leverage: string
  price_collar_bps: string
  max_open_orders: number
  max_orders_per_second: number
  max_cancels_per_second: number
  stale_feed_us: number
  order_validity_us: number
  absence_margin_us: number
  query_spacing_us: number
  first_seq: number
  last_seq: number
  started_at_us: number
  ended_at_us: number | null
  halt_reason: string | null
  halt_detail: string | null
  feed_events: number | null
  feed_gaps: number | null
  feed_bad_lines: number | null
  feed_skipped: number | null
  feed_first_us: number | null
  feed_last_us: number | null
  feed_truncated: number | null
  sealed: number
}

export interface EngineStateTable {
  account_id: number
  session_id: string
  running: number
  trading_state: 'active' | 'reducing' | 'halted'
  last_seq: number
  halt_reason: string | null
  halt_detail: string | null
  inventory_drift_at_shutdown: string | null
}

export interface InstrumentsTable extends FactPlace, Terms {
  symbol: string
  kind: 'spot' | 'linear' | 'inverse'
  min_quantity: string
  max_quantity: string
  min_notional: string
  max_leverage: string
}

export interface PositionsTable extends OfPosition {
  account_id: number
  quantity: string
  cost: string
  realized_pnl: string
  mark: string | null
  in_slots: string
  quoted: string
  unassigned: string
  dust: string
}

export interface OrdersTable extends OfPosition, AboutTrade {
  account_id: number
  client_order_id: string
  session_id: string
  side: string
  order_type: string
  price: string | null
  quantity: string
  time_in_force: string
  post_only: number
  reduce_only: number
  valid_until_us: number
  role: string
  leg: number | null
  intent_seq: number
  attempt: number
  status: string
  cancel_state: string
  venue_order_id: string | null
  filled_quantity: string
  filled_cost: string
  inferred_quantity: string
  prepared_at_us: number
  updated_at_us: number
}

export interface FillsTable extends ReportedFill, OfPosition, AboutOrder {
  venue_order_id: string | null
  value: string
  inferred: number
  role: string | null
  leg: number | null
  assigned: string
  unassigned: string
  realized_pnl: string
  slot_realized_pnl: string
  position_after: string
  cost_after: string
}

export interface FillConfirmationsTable extends ReportedFill {
  client_order_id: string
}

export interface SlotsTable extends OfPosition {
  account_id: number
  slot_id: string
  trade: number
  session_id: string
  side: string
  stage: string
  equity_before: string | null
  requested_quantity: string
  entry_quantity: string
  entry_cost: string
  entry_price: string | null
  exit_quantity: string
  exit_cost: string
  exit_price: string | null
  open_size: string
  open_cost: string
  dust_quantity: string
  realized_pnl: string
  next_leg: number
  opened_at_us: number
  closed_at_us: number | null
}

export interface ExitLegsTable {
  account_id: number
  slot_id: string
  trade: number
  leg: number
  session_id: string
  ratio: string
  quantity: string
  filled_quantity: string
  filled_cost: string
  exit_price: string | null
  client_order_id: string | null
  consumed: number
  reason: string | null
}

export interface TransitionsTable extends FactPlace, AboutOrder {
  entity: 'order' | 'cancel' | 'slot' | 'trading'
  from_state: string
  to_state: string
  cause: string
  reason: string | null
  /** The id of what moved: of the order, the slot or the session. */
  entity_id: GeneratedAlways<string>
}

export interface PostingsTable extends FactPlace, OfAmount {
  line: number
  ledger_account: string
}

export interface CapitalEventsTable extends FactPlace, OfAmount {
  note: string
}

export interface FundingPaymentsTable extends FactPlace, OfAmount {
  instrument: string
  funding_id: string
}

export interface AssetValuesTable extends FactPlace {
  asset: string
  quote: string
  price: string
  source: string
}

export interface InventoryLedgerTable extends FactPlace {
  asset: string
  source: 'fill' | 'capital' | 'funding'
  change: string
  position_after: string | null
}

export interface MarketSnapshotsTable extends FactPlace {
  instrument: string
  bid: string | null
  ask: string | null
  mark: string | null
  our_bid: string | null
  our_ask: string | null
  bid_distance_bps: string | null
  ask_distance_bps: string | null
  bid_within_2_bps: number | null
  ask_within_2_bps: number | null
  position: string
  equity: string | null
}

export interface RiskEventsTable extends FactPlace, AboutOrder {
  code: string
  severity: 'info' | 'warning' | 'alarm'
  value: string | null
  limit_value: string | null
  detail: string
}

export interface DenialsTable extends FactPlace {
  intent: string
  code: string
  field: string
  value: string
  context: string
  detail: string
  slot_id: string | null
  client_order_id: string | null
}

export interface ReconcileActionsTable extends FactPlace, AboutOrder {
  action: string
  subject: string
  evidence: string
}

export interface ExposureAssignmentsTable extends FactPlace, OfPosition, AboutTrade {
  quantity: string
  value: string
  slot_realized_pnl: string
}

export interface DustWriteOffsTable extends FactPlace, OfPosition {
  quantity: string
  cost: string
  slot_id: string
  trade: number
  reason: string
}

export interface PositionDifferencesTable extends FactPlace, OfPosition {
  our_quantity: string
  venue_quantity: string
  venue_average_price: string | null
  as_of_us: number
}
