import { join } from 'node:path'
import type { Selectable } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../../src/core/journal/open.ts'
import { openReader } from '../../../src/core/journal/read.ts'
import type { JournalDatabase } from '../../../src/core/journal/schema.ts'
import { apply } from '../../../src/core/kernel/apply.ts'
import { add, type Decimal, dec, formatDecimal, mul, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactOf, FactType } from '../../../src/core/kernel/facts.ts'
import type { Side } from '../../../src/core/kernel/inputs.ts'
import { createState, fillKey, type KernelState } from '../../../src/core/kernel/state.ts'
import { beEventful, EVENTFUL } from '../report/eventful-session.ts'
import { ScriptedSession, temporaryFolder, writeStore } from '../report/recorded-store.ts'
import { HOLDER, query, tamper } from './stores.ts'

const folder = temporaryFolder()
const path = join(folder.path, 'dita.db')
let facts: Fact[]
let state: KernelState

beforeAll(async () => {
  await writeStore(path, (journal) => beEventful(new ScriptedSession(journal, 'eventful', EVENTFUL)))
  const writer = openWriter({ path, holder: HOLDER, wallUs: () => 1 })
  facts = [...writer.replay('paper/eventful')]
  await writer.close()
  state = createState()
  for (const fact of facts) apply(state, fact)
})
afterAll(() => folder.remove())

function rowsOf<Table extends keyof JournalDatabase>(table: Table, order = 'seq'): Selectable<JournalDatabase[Table]>[] {
  return query(path, `SELECT * FROM ${table} ORDER BY ${order}`)
}

const fills = () => rowsOf('fills')
const confirmations = () => rowsOf('fill_confirmations')
const orders = () => rowsOf('orders', 'intent_seq')
const slots = () => rowsOf('slots', 'opened_at_us, slot_id')
const legs = () => rowsOf('exit_legs', 'slot_id, trade, leg')
const moves = () => rowsOf('transitions')

function factsOf<Type extends FactType>(type: Type): { seq: number; timeUs: number; body: FactOf<Type> }[] {
  return facts.flatMap(({ seq, timeUs, body }) => (body.type === type ? [{ seq, timeUs, body: body as unknown as FactOf<Type> }] : []))
}

function total(texts: readonly string[]): string {
  return formatDecimal(texts.map(dec).reduce(add, ZERO))
}

describe('N06 every column means its name', () => {
  test('N06 what an order filled, at which cost and how much of it was inferred is what its fills say', () => {
    for (const order of orders()) {
      const own = fills().filter((fill) => fill.client_order_id === order.client_order_id)
      expect(order.filled_quantity).toBe(total(own.map(({ quantity }) => quantity)))
      expect(order.filled_cost).toBe(total(own.map(({ value }) => value)))
      const inferred = total(own.filter((fill) => fill.inferred === 1).map(({ quantity }) => quantity))
      const confirmed = total(
        confirmations()
          .filter((fill) => fill.client_order_id === order.client_order_id)
          .map(({ quantity }) => quantity),
      )
      expect(order.inferred_quantity).toBe(formatDecimal(sub(dec(inferred), dec(confirmed))))
    }
    expect(orders().map(({ inferred_quantity }) => inferred_quantity)).toContain('0.02')
  })

  test('N06 a fill has its own price, its value, and the worth of its fee; of an inferred one nobody knows the liquidity', () => {
    for (const fill of fills()) {
      if (fill.inferred === 0) expect(fill.value).toBe(formatDecimal(mul(dec(fill.price), dec(fill.quantity))))
      expect(fill.liquidity === null).toBe(fill.inferred === 1)
      expect(fill.fee_price).toBe(fill.fee_asset === 'BNB' ? '600' : '1')
      expect(add(dec(fill.assigned), dec(fill.unassigned))).toBe(fill.side === 'buy' ? dec(fill.quantity) : sub(ZERO, dec(fill.quantity)))
    }
  })

  test('N06 sizes, costs and prices of a trade are what its fills, assignments and write-offs come to', () => {
    const given = rowsOf('exposure_assignments')
    const dust = rowsOf('dust_write_offs')
    for (const slot of slots()) {
      const isOwn = (row: { slot_id: string | null; trade: number | null }) => row.slot_id === slot.slot_id && row.trade === slot.trade
      const own = fills().filter(isOwn)
      const entries = own.filter(({ role }) => role === 'entry')
      const exits = own.filter(({ role }) => role === 'exit')
      const adopted = given.filter(isOwn)
      expect(slot.entry_quantity).toBe(total([...entries, ...adopted].map(({ quantity }) => quantity)))
      expect(slot.entry_cost).toBe(total([...entries, ...adopted].map(({ value }) => value)))
      expect(slot.exit_quantity).toBe(total(exits.map(({ quantity }) => quantity)))
      expect(slot.exit_cost).toBe(total(exits.map(({ value }) => value)))
      expect(slot.dust_quantity).toBe(total(dust.filter(isOwn).map(({ quantity }) => quantity)))
      const left = sub(sub(dec(slot.entry_quantity), dec(slot.exit_quantity)), dec(slot.dust_quantity))
      expect(slot.open_size).toBe(formatDecimal(left))
      expect(slot.realized_pnl).toBe(total(own.map(({ slot_realized_pnl }) => slot_realized_pnl)))
    }
    expect(slots()).toMatchObject([
      { slot_id: 's1', trade: 1, entry_price: '27999.94', exit_price: '28196.060606060606060606', open_cost: '0', dust_quantity: '0.0005' },
      { slot_id: 's2', trade: 1, entry_price: '28100', exit_price: '28150', dust_quantity: '0' },
      {
        slot_id: 's2',
        trade: 2,
        entry_price: '28000',
        exit_price: null,
        open_size: '0.006',
        open_cost: '168',
        requested_quantity: '0.006',
      },
    ])
  })

  test('N06 a trade is held from when it was opened to when it closed, and its next leg is a leg, not a length of time', () => {
    for (const slot of slots()) {
      const own = moves().filter((move) => move.entity === 'slot' && move.slot_id === slot.slot_id && move.trade === slot.trade)
      expect(slot.opened_at_us).toBe(own.find(({ from_state }) => from_state === 'idle')?.time_us)
      expect(slot.closed_at_us).toBe(own.find(({ to_state }) => to_state === 'closed')?.time_us ?? null)
      expect(slot.stage).toBe(own.at(-1)?.to_state)
      const mine = legs().filter((leg) => leg.slot_id === slot.slot_id && leg.trade === slot.trade)
      const waiting = mine.findIndex(({ consumed, quantity }) => consumed === 0 && quantity === '0')
      if (waiting >= 0) expect(slot.next_leg).toBe(waiting)
      expect(slot.next_leg).toBeLessThanOrEqual(mine.length)
    }
    const held = slots().map((slot) => (slot.closed_at_us === null ? null : slot.closed_at_us - slot.opened_at_us))
    expect(held).toEqual([2_000_000, 1_000_000, null])
  })

  test('N06 a leg holds what its own order filled, and the price of that', () => {
    for (const leg of legs()) {
      const own = fills().filter((fill) => fill.leg === leg.leg && fill.slot_id === leg.slot_id && fill.trade === leg.trade)
      expect(leg.filled_quantity).toBe(total(own.map(({ quantity }) => quantity)))
      expect(leg.filled_cost).toBe(total(own.map(({ value }) => value)))
      expect(leg.exit_price).toBe(own.length === 0 ? null : own[0]?.price)
    }
    expect(legs().map(({ consumed, reason, ratio }) => [ratio, consumed, reason])).toEqual([
      ['0.6', 1, 'target'],
      ['0.4', 0, 'target'],
      ['1', 1, 'target'],
      ['1', 0, null],
    ])
  })

  test('N06 a position is the sum of its fills, its parts are its parts, and the dust is among what nothing explains', () => {
    const [position] = rowsOf('positions', 'instrument').filter(({ quantity }) => quantity !== '0')
    const signed = fills().map((fill) => (fill.side === 'buy' ? dec(fill.quantity) : sub(ZERO, dec(fill.quantity))))
    expect(position).toMatchObject({ instrument: 'BTC/USDT:USDT', position_side: 'net', quantity: formatDecimal(signed.reduce(add, ZERO)) })
    expect(position).toMatchObject({ quantity: '0.015', in_slots: '0.006', quoted: '0.005', unassigned: '0.004', dust: '0.0005' })
    expect(position?.cost).toBe(fills().at(-1)?.cost_after)
    expect(position?.mark).toBe('28300')
  })

  test('N06 the session row holds what the session was opened with, under its names', () => {
    const { session } = state
    const { limits } = session as NonNullable<typeof session>
    expect(rowsOf('sessions', 'session_id')).toMatchObject([
      {
        position_mode: session?.positionMode,
        max_position: formatDecimal(limits.maxPosition),
        max_leverage: formatDecimal(limits.maxLeverage),
        price_collar_bps: formatDecimal(limits.priceCollarBps),
        max_orders_per_second: limits.maxOrdersPerSecond,
        max_cancels_per_second: limits.maxCancelsPerSecond,
        order_validity_us: 5_000_000,
        absence_margin_us: 4_000_000,
        query_spacing_us: 2_000_000,
      },
    ])
  })
})

describe('N07 what an account was worth before a trade', () => {
  /** Wallet and open contracts up to a fact, at the marks and stated prices of then. */
  function worthBefore(seq: number): string {
    const postings = rowsOf('postings').filter((row) => row.seq < seq)
    const mark = factsOf('MARK_SET').findLast((fact) => fact.seq < seq)?.body.price ?? ZERO
    const price: Record<string, Decimal> = { USDT: dec('1'), BTC: mark, BNB: dec('600') }
    const owned = postings.filter(({ ledger_account }) => ledger_account === 'wallet' || ledger_account === 'position')
    return formatDecimal(owned.map((row) => mul(dec(row.amount), price[row.asset] as Decimal)).reduce(add, ZERO))
  }

  test('N07 it is exact with several slots open, from the ledger at that sequence number', () => {
    const opened = factsOf('TRADE_OPENED')
    expect(opened).toHaveLength(3)
    for (const { seq, body } of opened) {
      const slot = slots().find((row) => row.slot_id === body.slotId && row.trade === body.trade)
      expect(slot?.equity_before).toBe(worthBefore(seq))
    }
    // 101200 − fees of 0.35 and 0.001 × 600 − funding of 0.7 + 0.02 × 100 + 0.03 × 100.1, while s1 is open.
    expect(slots().map(({ equity_before }) => equity_before)).toEqual(['101200', '101203.353', '101211.930205555555555556'])
  })
})

describe('N08 every row is tied to session, slot, trade and order', () => {
  test('N08 rows of fills, confirmations and moves name the order, and the trade that the order is of', () => {
    const byId = new Map(orders().map((order) => [order.client_order_id, order]))
    const ofOrders = [...fills(), ...confirmations(), ...moves()].filter(({ client_order_id }) => client_order_id !== null)
    expect(ofOrders.length).toBeGreaterThan(20)
    for (const row of ofOrders) {
      const order = byId.get(row.client_order_id ?? '')
      expect({ slot: row.slot_id, trade: row.trade, session: row.session_id }).toEqual({
        slot: order?.slot_id,
        trade: order?.trade,
        session: order?.session_id,
      })
    }
  })

  test('N08 what names no order is what is in none: adjustments, moves of a slot and of trading', () => {
    expect(fills().filter(({ client_order_id }) => client_order_id === null)).toMatchObject([{ trade_id: 'adjusted:a1', role: null }])
    for (const move of moves()) {
      const named = { order: move.client_order_id !== null, slot: move.slot_id !== null, trade: move.trade !== null }
      if (move.entity === 'slot') expect(named).toEqual({ order: false, slot: true, trade: true })
      else if (move.entity === 'trading') expect(named).toEqual({ order: false, slot: false, trade: false })
      else expect(named.order).toBe(true)
      expect(move.entity_id).toBe(move.client_order_id ?? move.slot_id ?? move.session_id)
    }
    expect(moves().filter(({ entity }) => entity === 'trading')).toMatchObject([
      { from_state: 'active', to_state: 'halted', cause: 'pause', reason: 'lunch', session_id: 'eventful' },
      { from_state: 'halted', to_state: 'reducing', cause: 'reduce_only' },
      { from_state: 'reducing', to_state: 'active', cause: 'resume' },
    ])
  })

  test('N08 a leg names its last order, which is of that leg, and an order names its session and what it is for', () => {
    const asked = legs().filter(({ client_order_id }) => client_order_id !== null)
    expect(asked).toHaveLength(3)
    for (const leg of asked) {
      const order = orders().find(({ client_order_id }) => client_order_id === leg.client_order_id)
      expect(order).toMatchObject({ slot_id: leg.slot_id, trade: leg.trade, leg: leg.leg, session_id: leg.session_id, role: 'exit' })
    }
    for (const order of orders()) {
      expect(order.session_id).toBe('eventful')
      expect([order.slot_id === null, order.trade === null]).toEqual([order.role === 'quote', order.role === 'quote'])
    }
  })

  test('N08 rows of recovery carry the trade: what was settled, assigned and written off', () => {
    expect(query(path, 'SELECT action, slot_id, trade, session_id FROM reconcile_actions ORDER BY seq')).toMatchObject([
      { action: 'settle_order', slot_id: 's2', trade: 1, session_id: 'eventful' },
      { action: 'adjust_position', slot_id: null },
      { action: 'assign' },
      { action: 'assign' },
    ])
    expect(query(path, 'SELECT slot_id, trade, quantity FROM exposure_assignments ORDER BY seq')).toEqual([
      { slot_id: 's2', trade: 2, quantity: '0.006' },
      { slot_id: null, trade: null, quantity: '0.001' },
    ])
    expect(query(path, 'SELECT slot_id, trade, quantity, cost FROM dust_write_offs')).toEqual([
      { slot_id: 's1', trade: 1, quantity: '0.0005', cost: '13.99997' },
    ])
    const [conflict] = query<{ client_order_id: string }>(path, `SELECT client_order_id FROM risk_events WHERE code = 'FILL_CONFLICTED'`)
    expect(orders().map(({ client_order_id }) => client_order_id)).toContain(conflict?.client_order_id)
  })
})

describe('N09 what the engine knows can be queried', () => {
  test('N09 the keys of all fills that were seen, booked or confirmed, are those the engine recognises', () => {
    const seen = [...fills(), ...confirmations()].map((fill) => fillKey(fill.instrument, fill.trade_id, fill.side as Side))
    expect(seen.sort()).toEqual([...state.fills.keys()].sort())
    expect(seen.length).toBe(10)
  })

  test('N09 a trade id is booked once for each side: the two sides of a trade with oneself share it', () => {
    const copy = (side: string) =>
      `INSERT INTO fills SELECT account_id, seq + 100000, session_id, time_us, trade_id, client_order_id, venue_order_id, instrument, position_side,
         '${side}', price, quantity, value, fee, fee_asset, fee_price, liquidity, inferred, role, slot_id, trade, leg, assigned, unassigned,
         realized_pnl, slot_realized_pnl, position_after, cost_after FROM fills WHERE trade_id = 'twice'`
    tamper(path, (database) => {
      database.exec('BEGIN')
      expect(() => database.exec(copy('sell'))).toThrow(
        /UNIQUE constraint failed: fills.account_id, fills.instrument, fills.trade_id, fills.side/,
      )
      expect(database.prepare(copy('buy')).run().changes).toBe(1)
      database.exec('ROLLBACK')
    })
  })

  test('N09 orders and exit legs are rows, one each, with the figures the engine has', () => {
    expect(orders().map((row) => [row.client_order_id, row.status, row.filled_quantity])).toEqual(
      [...state.orders.values()].map((order) => [order.request.clientOrderId, order.status, formatDecimal(order.filledQuantity)]),
    )
    const kept = [...state.trades.values()].flatMap(({ slotId, trade, legs: own }) => own.map((leg) => ({ slotId, trade, ...leg })))
    expect(legs().map((row) => [row.slot_id, row.trade, row.leg, row.filled_quantity, row.client_order_id])).toEqual(
      kept.map((leg) => [leg.slotId, leg.trade, leg.leg, formatDecimal(leg.filledQuantity), leg.clientOrderId]),
    )
  })

  test('N09 one can ask over the reader what a slot did, without decoding a fact', async () => {
    const reader = openReader(path)
    const exits = await reader.db
      .selectFrom('fills')
      .innerJoin('orders', 'orders.client_order_id', 'fills.client_order_id')
      .select(['fills.trade_id', 'fills.price', 'orders.status'])
      .where('fills.slot_id', '=', 's1')
      .where('fills.role', '=', 'exit')
      .orderBy('fills.seq')
      .execute()
    await reader.close()
    expect(exits).toEqual([
      { trade_id: 'eventful-4', price: '28200', status: 'filled' },
      { trade_id: 'eventful-6', price: '28190', status: 'canceled' },
    ])
  })
})

describe('N12 a fee in a third asset', () => {
  test('N12 is booked in its asset, with the price that was stated, and leaves the wallet in it', () => {
    expect(query(path, `SELECT fee, fee_asset, fee_price FROM fills WHERE fee_asset = 'BNB'`)).toEqual([
      { fee: '0.001', fee_asset: 'BNB', fee_price: '600' },
    ])
    expect(query(path, `SELECT fee, fee_asset FROM fill_confirmations`)).toEqual([{ fee: '0.0005', fee_asset: 'BNB' }])
    const posted = query<{ amount: string }>(
      path,
      `SELECT amount FROM postings WHERE ledger_account = 'fees' AND asset = 'BNB' ORDER BY seq`,
    )
    expect(posted).toEqual([{ amount: '0.001' }, { amount: '0.0005' }])
    const wallet = query<{ amount: string }>(
      path,
      `SELECT amount FROM postings WHERE ledger_account = 'wallet' AND asset = 'BNB' ORDER BY seq`,
    )
    expect(total(wallet.map(({ amount }) => amount))).toBe('1.9985')
    expect(query(path, 'SELECT asset, quote, price, source FROM asset_values')).toEqual([
      { asset: 'BNB', quote: 'USDT', price: '600', source: 'desk' },
    ])
  })
})

describe('flows and findings', () => {
  test('funding is a payment, a line of inventory and two postings', () => {
    expect(query(path, 'SELECT instrument, funding_id, asset, amount FROM funding_payments')).toEqual([
      { instrument: 'BTC/USDT:USDT', funding_id: 'f1', asset: 'USDT', amount: '-0.7' },
    ])
    expect(query(path, `SELECT asset, change, position_after FROM inventory_ledger WHERE source = 'funding'`)).toEqual([
      { asset: 'USDT', change: '-0.7', position_after: null },
    ])
    const accounts = query<{ ledger_account: string; amount: string }>(
      path,
      'SELECT ledger_account, amount FROM postings WHERE seq = (SELECT seq FROM funding_payments) ORDER BY ledger_account',
    )
    expect(accounts).toEqual([
      { ledger_account: 'funding', amount: '0.7' },
      { ledger_account: 'wallet', amount: '-0.7' },
    ])
  })

  test('a finding says what each side holds, and changes nothing', () => {
    expect(
      query(path, 'SELECT instrument, position_side, our_quantity, venue_quantity, venue_average_price FROM position_differences'),
    ).toEqual([
      { instrument: 'BTC/USDT:USDT', position_side: 'net', our_quantity: '0.0055', venue_quantity: '0.016', venue_average_price: '28010' },
    ])
    const adjusted = fills().find(({ trade_id }) => trade_id === 'adjusted:a1')
    expect(adjusted).toMatchObject({
      quantity: '0.0105',
      position_after: '0.016',
      cost_after: formatDecimal(mul(dec('0.016'), dec('28010'))),
    })
  })

  test('what may be traded is listed with its terms, since when', () => {
    expect(query(path, 'SELECT symbol, kind, base, settle, tick_size, lot_size, max_leverage FROM instruments ORDER BY seq')).toEqual([
      { symbol: 'BTC/USDT:USDT', kind: 'linear', base: 'BTC', settle: 'USDT', tick_size: '0.1', lot_size: '0.001', max_leverage: '10' },
      { symbol: 'ETH/USDT:USDT', kind: 'linear', base: 'ETH', settle: 'USDT', tick_size: '0.01', lot_size: '0.01', max_leverage: '10' },
    ])
  })

  test('the engine row says whether the account trades', () => {
    expect(query(path, 'SELECT running, trading_state FROM engine_state')).toEqual([{ running: 0, trading_state: state.trading }])
  })
})
