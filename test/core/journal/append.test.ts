import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { OrdersTable } from '../../../src/core/journal/schema.ts'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { FactBody } from '../../../src/core/kernel/facts.ts'
import { openTestWriter, query, storePath } from './stores.ts'
import { START_US, Traffic } from './traffic.ts'

/** A session with quotes, fills, capital and a whole trade, as one commit a step. */
function write(path: string, account = 'main', sessionId = 'one') {
  const writer = openTestWriter(path)
  const traffic = new Traffic(account)
  const commit = () => writer.append(account, traffic.take(), traffic.view)
  traffic.open(sessionId).capital('RLUSD', dec('10000'))
  commit()
  for (let tick = 0; tick < 10; tick += 1) {
    traffic.tick(3)
    commit()
  }
  traffic.trade('s1', 1)
  const head = commit()
  return { writer, traffic, commit, head }
}

describe('the hash chain', () => {
  test('is SHA-256 over the hash before it and the fact, from the account name on', async () => {
    const path = storePath()
    const { writer, head } = write(path)
    await writer.close()
    let expected = hash('sha256', 'dita journal 1\nmain', 'hex')
    const rows = query<{ seq: number; time_us: number; type: string; session_id: string; body: string; hash: Buffer }>(
      path,
      'SELECT * FROM journal ORDER BY seq',
    )
    for (const row of rows) {
      expected = hash('sha256', [expected, row.seq, row.time_us, row.type, row.session_id, row.body].join('\n'), 'hex')
      expect(row.hash.toString('hex')).toBe(expected)
    }
    expect(head).toEqual({ seq: rows.length, hash: expected })
  })

  test('the same account and facts give the same hash in any store', () => {
    expect(write(storePath()).head).toEqual(write(storePath()).head)
  })

  test('another name of the account gives another hash', () => {
    expect(write(storePath(), 'main').head.hash).not.toBe(write(storePath(), 'sub1').head.hash)
  })

  test('another session before it in the same store does not change the hash of a fresh account', async () => {
    const path = storePath()
    await write(path, 'other', 'earlier').writer.close()
    expect(write(path).head).toEqual(write(storePath()).head)
  })

  test('how facts are cut into commits does not change the hash', () => {
    const path = storePath()
    const {
      head,
      traffic: { account },
    } = write(path)
    const writer = openTestWriter(storePath())
    const traffic = new Traffic(account).open('one').capital('RLUSD', dec('10000'))
    for (let tick = 0; tick < 10; tick += 1) traffic.tick(3)
    traffic.trade('s1', 1)
    expect(writer.append(account, traffic.take(), traffic.view)).toEqual(head)
  })

  test('goes on after the store was closed and opened', async () => {
    const path = storePath()
    const { writer, traffic, head } = write(path)
    await writer.close()
    const again = openTestWriter(path)
    expect(again.head('main')).toEqual(head)
    traffic.tick()
    const facts = traffic.take()
    expect(again.append('main', facts, traffic.view).seq).toBe(head.seq + facts.length)
    expect([...again.replay('main')]).toHaveLength(head.seq + facts.length)
  })
})

describe('what is appended can be read back', () => {
  test('replay gives every fact as it was made', () => {
    const writer = openTestWriter(storePath())
    const traffic = new Traffic('main')
      .open('one')
      .capital('XRP', dec('0.000000000000000001'))
      .tick(1)
      .trade('s1', 1)
      .halt('duration_elapsed')
    const facts = traffic.take()
    writer.append('main', facts, traffic.view)
    expect([...writer.replay('main')]).toEqual(facts)
  })

  test('replay pages through more facts than it reads at once', () => {
    const writer = openTestWriter(storePath())
    const traffic = new Traffic('main').open('one')
    while (traffic.waiting < 2_500) traffic.tick()
    const facts = traffic.take()
    writer.append('main', facts, traffic.view)
    expect([...writer.replay('main')]).toEqual(facts)
  })

  test('an account that nobody opened has no facts, and asking makes none', () => {
    const writer = openTestWriter(storePath())
    expect([...writer.replay('nobody')]).toEqual([])
    expect(writer.head('nobody').seq).toBe(0)
  })
})

describe('the projections', () => {
  test('an order is one row: its request, and where it came to', async () => {
    const path = storePath()
    const { writer, traffic } = write(path)
    await writer.close()
    const rows = query<OrdersTable>(path, 'SELECT * FROM orders ORDER BY intent_seq')
    expect(rows).toHaveLength(traffic.view.orders.size)
    const filled = rows.find((row) => row.status === 'filled' && row.role === 'quote')
    expect(filled).toMatchObject({
      session_id: 'one',
      instrument: 'XRP/RLUSD',
      quantity: '40',
      filled_quantity: '40',
      post_only: 1,
      slot_id: null,
      attempt: 1,
      cancel_state: 'none',
    })
    expect(filled?.venue_order_id).toBe(`v${filled?.client_order_id}`)
  })

  test('N05 entry and exit prices are what was filled, for the trade and for each leg', async () => {
    const path = storePath()
    await write(path).writer.close()
    expect(query(path, 'SELECT * FROM slots')).toMatchObject([
      {
        slot_id: 's1',
        trade: 1,
        session_id: 'one',
        stage: 'closed',
        side: 'buy',
        entry_quantity: '3',
        entry_cost: '7.5',
        entry_price: '2.5',
        exit_quantity: '3',
        exit_price: '2.6',
        open_size: '0',
        realized_pnl: '0.3',
      },
    ])
    expect(query(path, 'SELECT leg, ratio, quantity, filled_quantity, exit_price, consumed, reason FROM exit_legs ORDER BY leg')).toEqual([
      { leg: 0, ratio: '0.5', quantity: '1.5', filled_quantity: '1.5', exit_price: '2.6', consumed: 1, reason: 'target' },
      { leg: 1, ratio: '0.5', quantity: '1.5', filled_quantity: '1.5', exit_price: '2.6', consumed: 1, reason: 'target' },
    ])
  })

  test('N05 a trade of which nothing is filled has no price', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    traffic.fact({
      type: 'TRADE_OPENED',
      slotId: 's1',
      trade: 1,
      instrument: 'XRP/RLUSD',
      side: 'buy',
      positionSide: 'net',
      quantity: dec('3'),
      exitRatios: [dec('1')],
      equityBefore: null,
    })
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    expect(query(path, 'SELECT entry_price, exit_price, entry_quantity, closed_at_us FROM slots')).toEqual([
      { entry_price: null, exit_price: null, entry_quantity: '0', closed_at_us: null },
    ])
    expect(query(path, 'SELECT exit_price, client_order_id FROM exit_legs')).toEqual([{ exit_price: null, client_order_id: null }])
  })

  test('every fill has its row, its postings that balance, and its line of inventory', async () => {
    const path = storePath()
    const { writer, traffic } = write(path)
    await writer.close()
    const fills = query<{ seq: number; side: string; quantity: string; position_after: string }>(path, 'SELECT * FROM fills ORDER BY seq')
    expect(fills.length).toBe(traffic.state.fills.size)
    const lines = query<{ seq: number; asset: string; change: string; position_after: string }>(
      path,
      `SELECT * FROM inventory_ledger WHERE source = 'fill' ORDER BY seq`,
    )
    expect(lines).toMatchObject(
      fills.map((fill) => ({
        seq: fill.seq,
        asset: 'XRP',
        change: fill.side === 'buy' ? fill.quantity : `-${fill.quantity}`,
        position_after: fill.position_after,
      })),
    )
    const sums = new Map<string, bigint>()
    for (const { seq, asset, amount } of query<{ seq: number; asset: string; amount: string }>(path, 'SELECT * FROM postings')) {
      sums.set(`${seq} ${asset}`, (sums.get(`${seq} ${asset}`) ?? ZERO) + dec(amount))
    }
    expect(sums.size).toBeGreaterThan(fills.length)
    expect([...sums.values()].every((sum) => sum === ZERO)).toBe(true)
  })

  test('capital has its event, its inventory line without a position, and its postings', async () => {
    const path = storePath()
    await write(path).writer.close()
    expect(query(path, 'SELECT seq, asset, amount, note FROM capital_events')).toEqual([
      { seq: 2, asset: 'RLUSD', amount: '10000', note: 'start' },
    ])
    expect(query(path, `SELECT change, position_after FROM inventory_ledger WHERE source = 'capital'`)).toEqual([
      { change: '10000', position_after: null },
    ])
    expect(query(path, 'SELECT line, ledger_account, amount FROM postings WHERE seq = 2')).toEqual([
      { line: 0, ledger_account: 'wallet', amount: '10000' },
      { line: 1, ledger_account: 'capital', amount: '-10000' },
    ])
  })

  test('a transition records the state that was truly left', async () => {
    const path = storePath()
    await write(path).writer.close()
    expect(query(path, `SELECT from_state, to_state, cause, trade FROM transitions WHERE entity = 'slot' ORDER BY seq`)).toEqual([
      { from_state: 'idle', to_state: 'entry_requested', cause: 'enter', trade: 1 },
      { from_state: 'entry_requested', to_state: 'position_open', cause: 'entryOver', trade: 1 },
      { from_state: 'position_open', to_state: 'closed', cause: 'flat', trade: 1 },
    ])
    expect(query(path, `SELECT DISTINCT from_state, to_state, cause FROM transitions WHERE entity = 'cancel' ORDER BY 1`)).toEqual([
      { from_state: 'none', to_state: 'requested', cause: 'intent' },
      { from_state: 'requested', to_state: 'sent', cause: 'sent' },
    ])
  })

  test('S03 within 2 bps means at most 2 bps from the touch, on either side; no quote is no answer', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    const observe = (bid: string | null, ask: string | null) =>
      traffic.fact({
        type: 'MARKET_OBSERVED',
        observation: {
          instrument: 'XRP/RLUSD',
          bid: dec('2'),
          ask: null,
          mark: null,
          ourBid: null,
          ourAsk: null,
          bidDistanceBps: bid === null ? null : dec(bid),
          askDistanceBps: ask === null ? null : dec(ask),
        },
        position: ZERO,
        equity: null,
      })
    observe('2', '-2')
    observe('2.000000000000000001', '-2.000000000000000001')
    observe('0', null)
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    expect(
      query(
        path,
        'SELECT bid_within_2_bps AS bid, ask_within_2_bps AS ask, bid_distance_bps AS distance, equity FROM market_snapshots ORDER BY seq',
      ),
    ).toEqual([
      { bid: 1, ask: 1, distance: '2', equity: null },
      { bid: 0, ask: 0, distance: '2.000000000000000001', equity: null },
      { bid: 1, ask: null, distance: '0', equity: null },
    ])
  })

  test('denials, risk flags and what should not have happened each have their row', async () => {
    const path = storePath()
    const writer = openTestWriter(path)
    const traffic = new Traffic('main').open('one')
    const bodies: FactBody[] = [
      {
        type: 'INTENT_DENIED',
        intent: 'ENTER',
        code: 'QUANTITY_ZERO',
        field: 'quantity',
        value: '0',
        context: 'limit=5 booked=0',
        detail: 'd',
        slotId: 's1',
        clientOrderId: null,
      },
      { type: 'RISK_FLAGGED', code: 'max_exposure', severity: 'alarm', value: '5001', limit: '5000', detail: 'd' },
      { type: 'FILL_CONFLICTED', tradeId: 't1', clientOrderId: 'c1', booked: 'buy 1', received: 'buy 2' },
      { type: 'EVENT_UNMATCHED', event: 'ORDER_ACK', clientOrderId: null, venueOrderId: 'v9', detail: 'no such order' },
      { type: 'EVENT_CONFLICTED', clientOrderId: 'c1', status: 'filled', trigger: 'reject', detail: 'd' },
    ]
    for (const body of bodies) traffic.fact(body)
    writer.append('main', traffic.take(), traffic.view)
    await writer.close()
    expect(query(path, 'SELECT seq, intent, code, field, value, context, slot_id FROM denials')).toEqual([
      { seq: 2, intent: 'ENTER', code: 'QUANTITY_ZERO', field: 'quantity', value: '0', context: 'limit=5 booked=0', slot_id: 's1' },
    ])
    expect(query(path, 'SELECT seq, code, severity, value, limit_value FROM risk_events ORDER BY seq')).toEqual([
      { seq: 3, code: 'max_exposure', severity: 'alarm', value: '5001', limit_value: '5000' },
      { seq: 4, code: 'FILL_CONFLICTED', severity: 'alarm', value: null, limit_value: null },
      { seq: 5, code: 'EVENT_UNMATCHED', severity: 'warning', value: null, limit_value: null },
      { seq: 6, code: 'EVENT_CONFLICTED', severity: 'alarm', value: null, limit_value: null },
    ])
  })

  test('S06 the limits in force stand in the session row', async () => {
    const path = storePath()
    await write(path).writer.close()
    expect(query(path, 'SELECT * FROM sessions')).toMatchObject([
      {
        position_mode: 'one_way',
        max_exposure: '5000',
        max_position: '4000',
        max_session_loss: '100',
        max_order_notional: '1000',
        max_leverage: '3',
        price_collar_bps: '200',
        max_open_orders: 10,
        max_orders_per_second: 20,
        max_cancels_per_second: 40,
        stale_feed_us: 30_000_000,
        order_validity_us: 5_000_000,
        absence_margin_us: 4_000_000,
        query_spacing_us: 2_000_000,
      },
    ])
  })

  test('S01 a halt is written at every stop and cleared at the next start of the account', async () => {
    const path = storePath()
    const { writer, traffic, commit } = write(path)
    const report = {
      source: 'simulated',
      events: 7,
      gaps: 0,
      badLines: 0,
      skipped: 1,
      firstTimeUs: START_US,
      lastTimeUs: null,
      truncated: false,
    }
    traffic.fact({ type: 'FEED_REPORTED', report })
    traffic.halt('risk_loss_limit', 'lost 101 of 100')
    const { seq } = commit()
    const engine = 'SELECT session_id, running, last_seq, halt_reason, halt_detail FROM engine_state'
    expect(query(path, engine)).toEqual([
      { session_id: 'one', running: 0, last_seq: seq, halt_reason: 'risk_loss_limit', halt_detail: 'lost 101 of 100' },
    ])
    expect(writer.unfinishedSessions()).toEqual([])
    traffic.open('two')
    commit()
    expect(query(path, engine)).toEqual([{ session_id: 'two', running: 1, last_seq: seq + 1, halt_reason: null, halt_detail: null }])
    expect(
      query(
        path,
        'SELECT session_id, halt_reason, first_seq, last_seq, feed_events, feed_gaps, feed_first_us, feed_last_us, feed_truncated FROM sessions ORDER BY first_seq',
      ),
    ).toEqual([
      {
        session_id: 'one',
        halt_reason: 'risk_loss_limit',
        first_seq: 1,
        last_seq: seq,
        feed_events: 7,
        feed_gaps: 0,
        feed_first_us: START_US,
        feed_last_us: null,
        feed_truncated: 0,
      },
      {
        session_id: 'two',
        halt_reason: null,
        first_seq: seq + 1,
        last_seq: seq + 1,
        feed_events: null,
        feed_gaps: null,
        feed_first_us: null,
        feed_last_us: null,
        feed_truncated: null,
      },
    ])
    expect(writer.unfinishedSessions()).toEqual([{ sessionId: 'two', account: 'main' }])
    expect([writer.hasSession('one'), writer.hasSession('three')]).toEqual([true, false])
  })

  test('what only the world knows of a run is kept beside the chain', async () => {
    const path = storePath()
    const { writer, head } = write(path)
    writer.recordRun({ sessionId: 'one', pid: 42, host: 'desk', version: '0.1.0', startedWallUs: 5 })
    writer.recordRunEnd('one', 9)
    expect(writer.head('main')).toEqual(head)
    await writer.close()
    expect(query(path, 'SELECT * FROM session_runs')).toEqual([
      { session_id: 'one', pid: 42, host: 'desk', version: '0.1.0', started_wall_us: 5, ended_wall_us: 9 },
    ])
  })
})
