// The rows of a session as any SQL client could read them. Reads fills, flows, ticks, orders, slots and their moves; believes no
// running total, and refuses sessions in which something happened that the recomputation does not know.

import { type Fraction, read } from '../session/exact.ts'
import { query } from '../session/harness.ts'

export interface SessionRow {
  readonly session_id: string
  readonly mode: string
  readonly account_id: number
  readonly instrument: string
  readonly instrument_kind: 'spot' | 'linear'
  readonly base: string
  readonly quote: string
  readonly settle: string
  readonly strategy: string
  readonly position_mode: string
  readonly tick_interval_us: number
  readonly started_at_us: number
  readonly first_seq: number
  readonly last_seq: number
}

interface At {
  readonly seq: number
  readonly time_us: number
}

export interface Fill extends At {
  readonly client_order_id: string | null
  readonly side: 'buy' | 'sell'
  readonly price: Fraction
  readonly quantity: Fraction
  readonly fee: Fraction
  readonly fee_asset: string
  readonly fee_price: Fraction | null
  readonly liquidity: 'maker' | 'taker' | null
  readonly inferred: number
  readonly role: 'entry' | 'exit' | 'quote' | null
  readonly slot_id: string | null
  readonly trade: number | null
  readonly leg: number | null
  /** Of the signed quantity: what the order's slot or the quotes took, and what nothing explains. */
  readonly assigned: Fraction
  readonly unassigned: Fraction
}

export interface Flow extends At {
  readonly asset: string
  readonly amount: Fraction
}

export interface Tick extends At {
  readonly bid: Fraction | null
  readonly ask: Fraction | null
  readonly mark: Fraction | null
  readonly our_bid: Fraction | null
  readonly our_ask: Fraction | null
  readonly bid_distance_bps: Fraction | null
  readonly ask_distance_bps: Fraction | null
}

export interface Order {
  readonly client_order_id: string
  readonly session_id: string
  readonly role: string
  readonly side: 'buy' | 'sell'
  readonly order_type: string
  readonly price: Fraction | null
  readonly quantity: Fraction
  readonly prepared_at_us: number
}

export interface Move extends At {
  readonly client_order_id: string | null
  readonly slot_id: string | null
  readonly trade: number | null
  readonly from_state: string
  readonly to_state: string
}

export interface Slot {
  readonly slot_id: string
  readonly trade: number
  readonly session_id: string
  readonly side: 'buy' | 'sell'
  readonly position_side: string
}

export interface Leg {
  readonly slot_id: string
  readonly trade: number
  readonly leg: number
  readonly ratio: Fraction
}

/** Why an exit was asked for: a later session may ask anew, and the table of legs has the last one's reason. */
export interface Asked extends At {
  readonly slot_id: string
  readonly trade: number
  readonly leg: number
  readonly reason: string
}

export interface Dust extends At {
  readonly slot_id: string
  readonly trade: number
  readonly quantity: Fraction
}

/** Everything but `ticks` and `orders` goes back to the account's beginning; nothing goes beyond the session's end but `later`. */
export interface Recorded {
  readonly session: SessionRow
  readonly fills: readonly Fill[]
  readonly capital: readonly Flow[]
  readonly funding: readonly Flow[]
  readonly stated: readonly (At & { readonly asset: string; readonly price: Fraction })[]
  readonly dust: readonly Dust[]
  readonly ticks: readonly Tick[]
  readonly allTicks: readonly Tick[]
  readonly orders: readonly Order[]
  readonly orderMoves: readonly Move[]
  readonly slotMoves: readonly Move[]
  readonly slots: readonly Slot[]
  readonly legs: readonly Leg[]
  readonly asked: readonly Asked[]
  /** When the session's last fact was. */
  readonly endUs: number
  /** Fills and write-offs of later sessions. */
  readonly later: { readonly fills: readonly Fill[]; readonly dust: readonly Dust[] }
}

const ASKED = `SELECT seq, time_us, body ->> 'slotId' AS slot_id, body ->> 'trade' AS trade, body ->> 'leg' AS leg, body ->> 'reason' AS reason
  FROM journal WHERE account_id = ? AND type = 'LEG_OPENED' ORDER BY seq`

const PRICES = ['bid', 'ask', 'mark', 'our_bid', 'our_ask'] as const

/** Of an account with one instrument, spot or linear, and one net position. */
export function readSession(storePath: string, sessionId: string): Recorded {
  const [session] = query<SessionRow>(storePath, 'SELECT * FROM sessions WHERE session_id = ?', sessionId)
  if (session === undefined) throw new Error(`no session ${sessionId}`)
  const { account_id, first_seq, last_seq } = session
  refuseTheUnknown(storePath, session)
  const all = <Row>(table: string, extra = ''): Row[] =>
    query<Row>(storePath, `SELECT * FROM ${table} WHERE account_id = ? ${extra} ORDER BY seq`, account_id)
  const decimals = <Row>(rows: readonly object[], ...columns: readonly (keyof Row & string)[]): Row[] =>
    rows.map((row) => ({ ...row, ...Object.fromEntries(columns.map((column) => [column, decimal(Reflect.get(row, column))])) }) as Row)
  const fills = decimals<Fill>(all('fills'), 'price', 'quantity', 'fee', 'fee_price', 'assigned', 'unassigned')
  const dust = decimals<Dust>(all('dust_write_offs'), 'quantity')
  const until = <Row extends At>(rows: readonly Row[]): Row[] => rows.filter(({ seq }) => seq <= last_seq)
  const allTicks = until(decimals<Tick>(all('market_snapshots'), ...PRICES, 'bid_distance_bps', 'ask_distance_bps'))
  const own = `SELECT * FROM orders WHERE account_id = ? ORDER BY prepared_at_us, intent_seq`
  const [end] = query<At>(storePath, 'SELECT seq, time_us FROM journal WHERE account_id = ? AND seq = ?', account_id, last_seq)
  return {
    session,
    fills: until(fills),
    capital: until(decimals<Flow>(all('capital_events'), 'amount')),
    funding: until(decimals<Flow>(all('funding_payments'), 'amount')),
    stated: until(decimals<Recorded['stated'][number]>(all('asset_values'), 'price')),
    dust: until(dust),
    ticks: allTicks.filter(({ seq }) => seq >= first_seq),
    allTicks,
    orders: decimals<Order>(query<object>(storePath, own, account_id), 'price', 'quantity'),
    orderMoves: until(all<Move>('transitions', "AND entity = 'order'")),
    slotMoves: until(all<Move>('transitions', "AND entity = 'slot'")),
    slots: query<Slot>(storePath, 'SELECT * FROM slots WHERE account_id = ? ORDER BY opened_at_us, trade', account_id),
    legs: decimals<Leg>(query<object>(storePath, 'SELECT * FROM exit_legs WHERE account_id = ? ORDER BY leg', account_id), 'ratio'),
    asked: until(query<Asked>(storePath, ASKED, account_id)),
    endUs: end?.time_us ?? Number.NaN,
    later: { fills: fills.filter(({ seq }) => seq > last_seq), dust: dust.filter(({ seq }) => seq > last_seq) },
  }
}

function decimal(value: unknown): Fraction | null {
  return value === null ? null : read(String(value))
}

function refuseTheUnknown(storePath: string, session: SessionRow): void {
  const { account_id, mode, instrument, instrument_kind, position_mode } = session
  const others = query<object>(storePath, 'SELECT 1 FROM instruments WHERE account_id = ? AND symbol <> ?', account_id, instrument)
  const strange = ['exposure_assignments', 'fill_confirmations'].flatMap((table) =>
    query<object>(storePath, `SELECT 1 FROM ${table} WHERE account_id = ?`, account_id),
  )
  if (
    others.length + strange.length > 0 ||
    !['spot', 'linear'].includes(instrument_kind) ||
    position_mode !== 'one_way' ||
    mode !== 'paper'
  ) {
    throw new Error('Beyond this recomputation: several instruments, hedge mode, inverse contracts, a venue, or what reconcile books.')
  }
}
