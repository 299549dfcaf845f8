-- The first layout of a store. Money is TEXT: exact decimal strings. Times are microseconds since 1970, session time,
-- unless a name says wall. `journal` is the truth; every table under "projections" can be rebuilt from it.

CREATE TABLE accounts (
  account_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_wall_us INTEGER NOT NULL
) STRICT;

-- One row a fact. `hash` = SHA-256 over the hash before it and this fact's text; the chain starts from the account's name.
-- Its rows are too wide for WITHOUT ROWID: they would fill the inner pages of the tree as well.
CREATE TABLE journal (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT;

-- One row a durable commit, chained across all accounts of the store; the high-water mark beside the store names one.
CREATE TABLE commits (
  commit_id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

CREATE TABLE snapshots (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- What only the outside world knows of a run.
CREATE TABLE session_runs (
  session_id TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  version TEXT NOT NULL,
  started_wall_us INTEGER NOT NULL,
  ended_wall_us INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  checkpoint_id INTEGER PRIMARY KEY,
  wall_us INTEGER NOT NULL,
  mode TEXT NOT NULL,
  busy INTEGER NOT NULL,
  log_frames INTEGER NOT NULL,
  checkpointed_frames INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL,
  error TEXT
) STRICT;

CREATE TABLE reconcile_findings (
  finding_id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts,
  session_id TEXT,
  wall_us INTEGER NOT NULL,
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL,
  action TEXT NOT NULL,
  resolved INTEGER NOT NULL
) STRICT;

-- Projections.

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts,
  mode TEXT NOT NULL,
  venue TEXT NOT NULL,
  strategy TEXT NOT NULL,
  instrument TEXT NOT NULL,
  instrument_kind TEXT NOT NULL,
  instrument_origin TEXT NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  settle TEXT NOT NULL,
  tick_size TEXT NOT NULL,
  lot_size TEXT NOT NULL,
  position_mode TEXT NOT NULL CHECK (position_mode IN ('one_way', 'hedge')),
  feed_source TEXT NOT NULL,
  seed INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  tick_interval_us INTEGER NOT NULL,
  max_exposure TEXT NOT NULL,
  max_position TEXT NOT NULL,
  max_session_loss TEXT NOT NULL,
  max_order_notional TEXT NOT NULL,
  max_leverage TEXT NOT NULL,
  price_collar_bps TEXT NOT NULL,
  max_open_orders INTEGER NOT NULL,
  max_orders_per_second INTEGER NOT NULL,
  max_cancels_per_second INTEGER NOT NULL,
  stale_feed_us INTEGER NOT NULL,
  order_validity_us INTEGER NOT NULL,
  absence_margin_us INTEGER NOT NULL,
  query_spacing_us INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  started_at_us INTEGER NOT NULL,
  ended_at_us INTEGER,
  -- From the taxonomy; null while running, and for a session that crashed and whose end nobody has written yet.
  halt_reason TEXT,
  halt_detail TEXT,
  feed_events INTEGER,
  feed_gaps INTEGER,
  feed_bad_lines INTEGER,
  feed_skipped INTEGER,
  feed_first_us INTEGER,
  feed_last_us INTEGER,
  feed_truncated INTEGER
) STRICT, WITHOUT ROWID;

-- One row an account: what its engine was last doing. The halt reason is cleared at every fresh start.
CREATE TABLE engine_state (
  account_id INTEGER PRIMARY KEY REFERENCES accounts,
  session_id TEXT NOT NULL,
  running INTEGER NOT NULL,
  trading_state TEXT NOT NULL CHECK (trading_state IN ('active', 'reducing', 'halted')),
  last_seq INTEGER NOT NULL,
  halt_reason TEXT,
  halt_detail TEXT
) STRICT;

-- What could be traded since when: one row a listing, the session's own instrument and those beside it, with their limits
-- of then. Quantities of inverse contracts are in quote, all others in base.
CREATE TABLE instruments (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  kind TEXT NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  settle TEXT NOT NULL,
  tick_size TEXT NOT NULL,
  lot_size TEXT NOT NULL,
  min_quantity TEXT NOT NULL,
  max_quantity TEXT NOT NULL,
  min_notional TEXT NOT NULL,
  max_leverage TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Signed: above zero long. In hedge mode an instrument has a long and a short one, else one that is net. `cost` is in the
-- settle asset; quantity = in_slots + quoted + unassigned, and `dust` is the part of unassigned that was written off.
CREATE TABLE positions (
  account_id INTEGER NOT NULL REFERENCES accounts,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL CHECK (position_side IN ('net', 'long', 'short')),
  quantity TEXT NOT NULL,
  cost TEXT NOT NULL,
  realized_pnl TEXT NOT NULL,
  mark TEXT,
  in_slots TEXT NOT NULL,
  quoted TEXT NOT NULL,
  unassigned TEXT NOT NULL,
  dust TEXT NOT NULL,
  PRIMARY KEY (account_id, instrument, position_side)
) STRICT, WITHOUT ROWID;

-- Keyed by what the client order id is a hash of: orders come in that order, so a commit writes a few pages at the end.
-- An index on the id itself, which is random, would write a page an order, and prove nothing more. `inferred_quantity` is
-- what of `filled_quantity` reconcile inferred and no fill of the venue has confirmed.
CREATE TABLE orders (
  account_id INTEGER NOT NULL REFERENCES accounts,
  client_order_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  side TEXT NOT NULL,
  order_type TEXT NOT NULL,
  price TEXT,
  quantity TEXT NOT NULL,
  time_in_force TEXT NOT NULL,
  post_only INTEGER NOT NULL,
  reduce_only INTEGER NOT NULL,
  valid_until_us INTEGER NOT NULL,
  role TEXT NOT NULL,
  slot_id TEXT,
  trade INTEGER,
  leg INTEGER,
  intent_seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  cancel_state TEXT NOT NULL,
  venue_order_id TEXT,
  filled_quantity TEXT NOT NULL,
  filled_cost TEXT NOT NULL,
  inferred_quantity TEXT NOT NULL,
  prepared_at_us INTEGER NOT NULL,
  updated_at_us INTEGER NOT NULL,
  PRIMARY KEY (account_id, intent_seq, attempt)
) STRICT;
CREATE INDEX orders_by_session ON orders (session_id, prepared_at_us);

-- What was booked, once each. `value` is the exact worth in the settle asset; `fee_price` what one unit of the fee asset was
-- worth in quote, null where nobody had said. An `inferred` one was worked out from totals, so that nobody knows its
-- liquidity. One without a role is of no order of ours.
CREATE TABLE fills (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  trade_id TEXT NOT NULL,
  client_order_id TEXT,
  venue_order_id TEXT,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  side TEXT NOT NULL,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  value TEXT NOT NULL,
  fee TEXT NOT NULL,
  fee_asset TEXT NOT NULL,
  fee_price TEXT,
  liquidity TEXT,
  inferred INTEGER NOT NULL,
  role TEXT,
  slot_id TEXT,
  trade INTEGER,
  leg INTEGER,
  assigned TEXT NOT NULL,
  unassigned TEXT NOT NULL,
  realized_pnl TEXT NOT NULL,
  slot_realized_pnl TEXT NOT NULL,
  position_after TEXT NOT NULL,
  cost_after TEXT NOT NULL,
  PRIMARY KEY (account_id, seq),
  UNIQUE (account_id, instrument, trade_id, side)
) STRICT, WITHOUT ROWID;

-- What the venue reported of what had been inferred before: seen, and not booked again, save the fee.
CREATE TABLE fill_confirmations (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  trade_id TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  instrument TEXT NOT NULL,
  side TEXT NOT NULL,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fee TEXT NOT NULL,
  fee_asset TEXT NOT NULL,
  fee_price TEXT,
  liquidity TEXT,
  slot_id TEXT,
  trade INTEGER,
  PRIMARY KEY (account_id, seq),
  UNIQUE (account_id, instrument, trade_id, side)
) STRICT, WITHOUT ROWID;

-- One row a trade of a slot, from `opened_at_us`, when it was asked for. Prices are averages of what was filled, null where
-- nothing was; costs are in the settle asset. `equity_before` is what the account was worth in quote just before, by the
-- ledger of that moment; null where it could not be valued. entry_quantity = exit_quantity + open_size + dust_quantity.
CREATE TABLE slots (
  account_id INTEGER NOT NULL REFERENCES accounts,
  slot_id TEXT NOT NULL,
  trade INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  side TEXT NOT NULL,
  stage TEXT NOT NULL,
  equity_before TEXT,
  requested_quantity TEXT NOT NULL,
  entry_quantity TEXT NOT NULL,
  entry_cost TEXT NOT NULL,
  entry_price TEXT,
  exit_quantity TEXT NOT NULL,
  exit_cost TEXT NOT NULL,
  exit_price TEXT,
  open_size TEXT NOT NULL,
  open_cost TEXT NOT NULL,
  dust_quantity TEXT NOT NULL,
  realized_pnl TEXT NOT NULL,
  next_leg INTEGER NOT NULL,
  opened_at_us INTEGER NOT NULL,
  closed_at_us INTEGER,
  PRIMARY KEY (account_id, slot_id, trade)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_by_session ON slots (session_id, opened_at_us);

CREATE TABLE exit_legs (
  account_id INTEGER NOT NULL REFERENCES accounts,
  slot_id TEXT NOT NULL,
  trade INTEGER NOT NULL,
  leg INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  ratio TEXT NOT NULL,
  quantity TEXT NOT NULL,
  filled_quantity TEXT NOT NULL,
  filled_cost TEXT NOT NULL,
  exit_price TEXT,
  client_order_id TEXT,
  consumed INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (account_id, slot_id, trade, leg)
) STRICT, WITHOUT ROWID;

-- Every move of an order, of its cancel, of a slot's trade, and of trading as a whole, with the state it truly left. An
-- order's moves name the trade that it is of. `entity_id` says what moved: the order, the slot or the session.
CREATE TABLE transitions (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  entity TEXT NOT NULL CHECK (entity IN ('order', 'cancel', 'slot', 'trading')),
  client_order_id TEXT,
  slot_id TEXT,
  trade INTEGER,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT,
  entity_id TEXT NOT NULL GENERATED ALWAYS AS (coalesce(client_order_id, slot_id, session_id)) VIRTUAL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE postings (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  ledger_account TEXT NOT NULL,
  asset TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, seq, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE capital_events (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  asset TEXT NOT NULL,
  amount TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Payments between longs and shorts: above zero was received.
CREATE TABLE funding_payments (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  instrument TEXT NOT NULL,
  funding_id TEXT NOT NULL,
  asset TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, seq),
  UNIQUE (account_id, instrument, funding_id)
) STRICT, WITHOUT ROWID;

-- What one unit of an asset is worth in another from then on, and who says so.
CREATE TABLE asset_values (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  asset TEXT NOT NULL,
  quote TEXT NOT NULL,
  price TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Every change of what is held, by asset: fills (the quantity, in the asset the instrument's quantities are in), capital and
-- funding. Fees stand in the postings. `position_after` belongs to fills.
CREATE TABLE inventory_ledger (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  asset TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('fill', 'capital', 'funding')),
  change TEXT NOT NULL,
  position_after TEXT,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- One row a tick. Distances in bps of the mid: zero at the touch, negative behind it; `within` means |distance| ≤ 2.
CREATE TABLE market_snapshots (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  instrument TEXT NOT NULL,
  bid TEXT,
  ask TEXT,
  mark TEXT,
  our_bid TEXT,
  our_ask TEXT,
  bid_distance_bps TEXT,
  ask_distance_bps TEXT,
  bid_within_2_bps INTEGER,
  ask_within_2_bps INTEGER,
  position TEXT NOT NULL,
  equity TEXT,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- What the session flagged, and what should not have happened at the venue, with the order it was about, as far as known.
CREATE TABLE risk_events (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  code TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'alarm')),
  value TEXT,
  limit_value TEXT,
  detail TEXT NOT NULL,
  client_order_id TEXT,
  slot_id TEXT,
  trade INTEGER,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Refused intents: the offending field, its value, and in `context` the figures it was judged by, as `key=value` pairs.
CREATE TABLE denials (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  intent TEXT NOT NULL,
  code TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  context TEXT NOT NULL,
  detail TEXT NOT NULL,
  slot_id TEXT,
  client_order_id TEXT,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- What reconcile did and what it rests on. `subject` is what it was done to: an order or an instrument.
CREATE TABLE reconcile_actions (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  evidence TEXT NOT NULL,
  client_order_id TEXT,
  slot_id TEXT,
  trade INTEGER,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Signed quantities that were taken out of the unassigned and given to a slot's trade, or with no slot to the quotes.
CREATE TABLE exposure_assignments (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  quantity TEXT NOT NULL,
  value TEXT NOT NULL,
  slot_id TEXT,
  trade INTEGER,
  slot_realized_pnl TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Signed quantities that were too small to be traded: they left their slot at their cost, and stay in the position.
CREATE TABLE dust_write_offs (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  quantity TEXT NOT NULL,
  cost TEXT NOT NULL,
  slot_id TEXT NOT NULL,
  trade INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- Findings: where a snapshot of the venue had another position than ours. They change nothing.
CREATE TABLE position_differences (
  account_id INTEGER NOT NULL REFERENCES accounts,
  seq INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  instrument TEXT NOT NULL,
  position_side TEXT NOT NULL,
  our_quantity TEXT NOT NULL,
  venue_quantity TEXT NOT NULL,
  venue_average_price TEXT,
  as_of_us INTEGER NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;
