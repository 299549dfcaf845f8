// Between the session and its venue: nothing leaves before it is durable, nothing is lost or doubled on the way.

import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { DitaError } from '../../src/core/errors.ts'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { Effect } from '../../src/core/venue/port.ts'
import { MINUTE_US, newStore, query } from './harness.ts'
import { sumPostings } from './recount.ts'
import { buildRig, type Rig } from './rig.ts'

const MARKETS = [
  { strategyName: 'market_maker', durationUs: 5 * MINUTE_US, seed: 11 },
  {
    strategyName: 'breakout',
    durationUs: 5 * MINUTE_US,
    seed: 12,
    config: { feed: { simulated: { volatility_bps_per_hour: 600 } }, strategy: { breakout: { lookback_seconds: 5 } } },
  },
  {
    strategyName: 'market_maker',
    durationUs: 5 * MINUTE_US,
    seed: 13,
    config: {
      instrument: {
        symbol: 'XRP/USD:USD',
        kind: 'linear',
        base: 'XRP',
        quote: 'USD',
        tick_size: '0.0001',
        lot_size: '0.001',
        max_leverage: 5,
      },
      strategy: { market_maker: { order_notional: '97.3' } },
    },
  },
] as const

async function played(rig: Rig): Promise<void> {
  await rig.loop.run()
  await rig.loop.stop()
  rig.engine.commit()
}

describe('what a session sends', () => {
  test.each(MARKETS)('J01 is durable before it leaves: $strategyName', async (market) => {
    const storePath = newStore()
    let outside: Database.Database | null = null
    const early: string[] = []
    const rig = await buildRig({
      ...market,
      storePath,
      onSend(effect) {
        // Another connection sees only what was committed.
        outside ??= new Database(storePath, { readonly: true })
        const facts = outside
          .prepare<[], { type: string; body: string }>('SELECT type, body FROM journal ORDER BY seq DESC LIMIT 500')
          .all()
        const id = effect.type === 'submit' ? effect.request.clientOrderId : effect.clientOrderId
        const wanted = { submit: 'ORDER_PREPARED', cancel: 'CANCEL_MOVED', query: 'ORDER_QUERIED' }[effect.type]
        if (!facts.some(({ type, body }) => type === wanted && body.includes(id))) early.push(`${effect.type} ${id}`)
      },
    })
    await played(rig)
    await rig.close()
    ;(outside as Database.Database | null)?.close()
    expect(rig.venue.sent.length).toBeGreaterThan(10)
    expect(early).toEqual([])
  })

  test.each(MARKETS)('is sent once, and all of it: $strategyName', async (market) => {
    const rig = await buildRig(market)
    await played(rig)
    await rig.close()
    const submits = rig.venue.sent.flatMap(({ effect }) => (effect.type === 'submit' ? [effect.request.clientOrderId] : []))
    expect(new Set(submits).size).toBe(submits.length)
    expect(submits).toEqual(
      query<{ id: string }>(rig.storePath, 'SELECT client_order_id AS id FROM orders ORDER BY intent_seq').map(({ id }) => id),
    )
    const cancels = rig.venue.sent.flatMap(({ effect }) => (effect.type === 'cancel' ? [effect.clientOrderId] : []))
    const asked = query<{ id: string }>(
      rig.storePath,
      "SELECT entity_id AS id FROM transitions WHERE entity = 'cancel' AND to_state = 'requested' ORDER BY seq",
    )
    expect(cancels).toEqual(asked.map(({ id }) => id))
  })

  test.each(MARKETS)('K22 every order reaches the venue as it was asked for: $strategyName', async (market) => {
    const rig = await buildRig(market)
    await played(rig)
    await rig.close()
    const prepared = query<{ body: string }>(rig.storePath, "SELECT body FROM journal WHERE type = 'ORDER_PREPARED' ORDER BY seq")
    const asText = (value: unknown) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? formatDecimal(each as never) : each))
    const sent = rig.venue.sent.flatMap(({ effect }) => (effect.type === 'submit' ? [asText(effect.request)] : []))
    expect(sent).toEqual(prepared.map(({ body }) => asText(JSON.parse(body).request)))
    const atVenue = rig.venue.sent.flatMap(({ effect }) =>
      effect.type === 'submit' ? [rig.venue.paper.exchange.order(effect.request.clientOrderId)?.request] : [],
    )
    expect(atVenue.map(asText)).toEqual(sent)
  })
})

describe('what a venue says', () => {
  test.each(MARKETS)('is heard once, in order, and booked to the last fill: $strategyName', async (market) => {
    const rig = await buildRig(market)
    await played(rig)
    await rig.close()
    const { said } = rig.venue
    expect(said.every(({ timeUs }, index) => index === 0 || timeUs >= (said[index - 1]?.timeUs ?? 0))).toBe(true)
    const told = said.flatMap(({ event, timeUs }) =>
      event.type === 'FULL_FILL' || event.type === 'PARTIAL_FILL'
        ? [{ id: event.fill.tradeId, timeUs, price: formatDecimal(event.fill.price), quantity: formatDecimal(event.fill.quantity) }]
        : [],
    )
    expect(told.length).toBeGreaterThan(5)
    expect(query(rig.storePath, 'SELECT trade_id AS id, time_us AS timeUs, price, quantity FROM fills ORDER BY seq')).toEqual(told)
    expect(
      query(
        rig.storePath,
        "SELECT type FROM journal WHERE type IN ('FILL_REPEATED', 'FILL_CONFLICTED', 'EVENT_UNMATCHED', 'EVENT_CONFLICTED')",
      ),
    ).toEqual([])
  })

  test.each(MARKETS)('about money agrees with our books at the end: $strategyName', async (market) => {
    const rig = await buildRig(market)
    await played(rig)
    await rig.close()
    const { balances, unbalanced } = sumPostings(rig.storePath)
    expect(unbalanced).toEqual([])
    const theirs = Object.fromEntries(rig.venue.paper.exchange.balances().map(({ asset, total }) => [asset, formatDecimal(total)]))
    const ours = Object.fromEntries([...balances].flatMap(([key, sum]) => (key.startsWith('wallet|') ? [[key.slice(7), sum]] : [])))
    expect(ours).toEqual(theirs)
    const { instrument } = rig.engine.view.session ?? {}
    if (instrument?.kind === 'linear') {
      const { quantity, cost } = rig.engine.view.positions.get(instrument.symbol) ?? {}
      expect(quantity).not.toBe(0n)
      expect(rig.venue.paper.exchange.position()).toEqual({ quantity, cost })
    }
    expect(rig.venue.paper.exchange.openOrders()).toEqual([])
  })
})

describe('a venue that limits us', () => {
  test('K21 is not sent an order before its time is over, is asked about the one it limited, and traded with again', async () => {
    let limitedAtUs: number | null = null
    const rig = await buildRig({
      ...MARKETS[0],
      refuse({ type, ...effect }, nowUs) {
        if (limitedAtUs !== null || type !== 'submit' || rig.venue.sent.length < 40) return null
        limitedAtUs = nowUs
        const { clientOrderId } = (effect as Extract<Effect, { type: 'submit' }>).request
        return { type: 'RATE_LIMITED', clientOrderId, venueOrderId: null, retryAfterMs: 7_000 }
      },
    })
    await played(rig)
    await rig.close()
    if (limitedAtUs === null) throw new Error('nothing was limited')
    const saidAtUs = limitedAtUs + 1
    const times = (wanted: Effect['type']) => rig.venue.sent.flatMap(({ effect, nowUs }) => (effect.type === wanted ? [nowUs] : []))
    const later = times('submit').filter((timeUs) => timeUs >= saidAtUs)
    expect(later[0]).toBeGreaterThanOrEqual(saidAtUs + 7_000_000)
    // The tick after the wait is over.
    expect(later[0]).toBeLessThan(saidAtUs + 8_000_000)
    expect(later.length).toBeGreaterThan(50)
    expect(times('query')[0]).toBe(saidAtUs)
    const denied = query<{ at: number; code: string }>(
      rig.storePath,
      "SELECT time_us AS at, json_extract(body, '$.code') AS code FROM journal WHERE type = 'INTENT_DENIED' ORDER BY seq",
    ).filter(({ code }) => code === 'RATE_LIMITED')
    expect(denied.length).toBeGreaterThan(6)
    expect(denied.every(({ at }) => at >= saidAtUs && at < saidAtUs + 7_000_000)).toBe(true)
    // The paper exchange never got it, and says so each time it is asked: in the end that is proof.
    const limited = query<{ status: string }>(rig.storePath, 'SELECT status FROM orders WHERE prepared_at_us = ?', limitedAtUs)
    expect(limited.map(({ status }) => status)).toContain('absent')
  })
})

describe('a journal that fails', () => {
  test('stops the session at once: nothing is sent after it, nothing is written after it', async () => {
    const storePath = newStore()
    const other = { database: null as Database.Database | null }
    const rig = await buildRig({
      durationUs: 5 * MINUTE_US,
      storePath,
      seed: 5,
      onSend() {
        if (rigSent() !== 40) return
        // Somebody else writes and does not stop: the next commit waits, and then fails.
        other.database = new Database(storePath)
        other.database.exec('BEGIN IMMEDIATE')
      },
    })
    function rigSent(): number {
      return rig.venue.sent.length
    }
    const failure = await rig.loop.run().catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(DitaError)
    expect(failure).toMatchObject({ code: 'JOURNAL_FAILED', exitCode: 6 })
    const sent = rig.venue.sent.length
    // Those of the commit that was durable already may have left; no later one.
    const lastPrepared = Math.max(...rig.venue.sent.map(({ nowUs }) => nowUs))
    expect(rig.venue.sent[40]?.nowUs ?? lastPrepared).toBe(lastPrepared)
    await expect(rig.loop.stop()).rejects.toThrow(/could not be written/)
    expect(rig.venue.sent.length).toBe(sent)
    other.database?.exec('ROLLBACK')
    other.database?.close()
    // Even once the way is free again: what was lost in between would be a gap in the journal.
    rig.engine.handle(0, { type: 'HALT_SESSION', reason: 'journal_failure', detail: null })
    expect(() => rig.engine.commit()).toThrow(/could not be written/)
    await rig.close()
    const orders = query<{ id: string }>(storePath, 'SELECT client_order_id AS id FROM orders ORDER BY intent_seq')
    expect(orders.map(({ id }) => id)).toEqual(
      rig.venue.sent.flatMap(({ effect }) => (effect.type === 'submit' ? [effect.request.clientOrderId] : [])),
    )
  })
})
