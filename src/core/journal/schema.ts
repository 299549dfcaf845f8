// The tables of a store as Kysely sees them, one interface per table of migrations/. Types only.
// Money is text (exact decimals), times are microseconds, yes/no columns are 1 and 0.

import type { Generated } from 'kysely'

export interface JournalDatabase {
  accounts: AccountsTable
  journal: JournalTable
  commits: CommitsTable
  snapshots: SnapshotsTable
  session_runs: SessionRunsTable
  checkpoints: CheckpointsTable
  reconcile_findings: ReconcileFindingsTable
  sessions: SessionsTable
  engine_state: EngineStateTable
  positions: PositionsTable
  orders: OrdersTable
  fills: FillsTable
  slots: SlotsTable
  exit_legs: ExitLegsTable
  transitions: TransitionsTable
  postings: PostingsTable
  capital_events: CapitalEventsTable
  inventory_ledger: InventoryLedgerTable
  market_snapshots: MarketSnapshotsTable
  risk_events: RiskEventsTable
  denials: DenialsTable
}

export interface AccountsTable {
  account_id: Generated<number>
  name: string
  created_wall_us: number
}

export interface JournalTable {
  account_id: number
  seq: number
  time_us: number
  session_id: string
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

export interface SessionRunsTable {
  session_id: string
  pid: number
  host: string
  version: string
  started_wall_us: number
  ended_wall_us: number | null
}

export interface CheckpointsTable {
  checkpoint_id: Generated<number>
  wall_us: number
  mode: string
  busy: number
  log_frames: number
  checkpointed_frames: number
  elapsed_ms: number
  error: string | null
}

export interface ReconcileFindingsTable {
  finding_id: Generated<number>
  account_id: number
  session_id: string | null
  wall_us: number
  kind: string
  evidence: string
  action: string
  resolved: number
}

export interface SessionsTable {
  session_id: string
  account_id: number
  mode: string
  venue: string
  strategy: string
  instrument: string
  instrument_kind: string
  instrument_origin: string
  base: string
  quote: string
  settle: string
  tick_size: string
  lot_size: string
  feed_source: string
  seed: number
  duration_us: number
  tick_interval_us: number
  max_exposure: string
  max_session_loss: string
  max_order_notional: string
  max_open_orders: number
  stale_feed_us: number
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
}

export interface EngineStateTable {
  account_id: number
  session_id: string
  running: number
  last_seq: number
  halt_reason: string | null
  halt_detail: string | null
}

export interface PositionsTable {
  account_id: number
  instrument: string
  quantity: string
  cost: string
  realized_pnl: string
  mark: string | null
  in_slots: string
  quoted: string
  unassigned: string
}

export interface OrdersTable {
  account_id: number
  client_order_id: string
  session_id: string
  instrument: string
  side: string
  order_type: string
  price: string | null
  quantity: string
  time_in_force: string
  post_only: number
  reduce_only: number
  valid_until_us: number
  role: string
  slot_id: string | null
  trade: number | null
  leg: number | null
  intent_seq: number
  attempt: number
  status: string
  cancel_state: string
  venue_order_id: string | null
  filled_quantity: string
  filled_cost: string
  prepared_at_us: number
  updated_at_us: number
}

export interface FillsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  trade_id: string
  client_order_id: string | null
  venue_order_id: string | null
  instrument: string
  side: string
  price: string
  quantity: string
  fee: string
  fee_asset: string
  liquidity: string
  role: string | null
  slot_id: string | null
  trade: number | null
  leg: number | null
  assigned: string
  unassigned: string
  realized_pnl: string
  slot_realized_pnl: string
  position_after: string
  cost_after: string
}

export interface SlotsTable {
  account_id: number
  slot_id: string
  trade: number
  session_id: string
  instrument: string
  side: string
  stage: string
  requested_quantity: string
  entry_quantity: string
  entry_cost: string
  entry_price: string | null
  exit_quantity: string
  exit_cost: string
  exit_price: string | null
  open_size: string
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

export interface TransitionsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  entity: 'order' | 'cancel' | 'slot'
  entity_id: string
  trade: number | null
  from_state: string
  to_state: string
  cause: string
  reason: string | null
}

export interface PostingsTable {
  account_id: number
  seq: number
  line: number
  session_id: string
  time_us: number
  ledger_account: string
  asset: string
  amount: string
}

export interface CapitalEventsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  asset: string
  amount: string
  note: string
}

export interface InventoryLedgerTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  asset: string
  source: 'fill' | 'capital'
  change: string
  position_after: string | null
}

export interface MarketSnapshotsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
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

export interface RiskEventsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  code: string
  severity: 'info' | 'warning' | 'alarm'
  value: string | null
  limit_value: string | null
  detail: string
}

export interface DenialsTable {
  account_id: number
  seq: number
  session_id: string
  time_us: number
  intent: string
  code: string
  field: string
  value: string
  detail: string
  slot_id: string | null
  client_order_id: string | null
}
