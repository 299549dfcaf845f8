// The judge itself: a store in which one number was changed must not pass.

import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { MINUTE_US, newStore, query, runPaper } from '../session/harness.ts'
import { judgeFills } from './fill-judge.ts'
import { describeWithRecordings, type RawLine, readLines, units } from './raw-market.ts'
import { RECORDINGS } from './recordings.ts'

/** What to change in the fill in the middle of its kind, and what the judge says then. */
const LIES = [
  { liquidity: 'maker', lie: "price = '28000.1'", says: 'is not at the price of its order' },
  { liquidity: 'maker', lie: 'time_us = time_us + 1', says: 'comes when neither' },
  { liquidity: 'maker', lie: "quantity = '9999'", says: 'were given to' },
  { liquidity: 'maker', lie: "quantity = quantity || '9'", says: 'was filled beyond its quantity' },
  { liquidity: 'taker', lie: 'time_us = time_us + 7', says: 'comes when neither' },
  { liquidity: 'taker', lie: "price = CASE side WHEN 'buy' THEN '27000' ELSE '29000' END", says: 'is better than the touch' },
  { liquidity: 'taker', lie: "price = CASE side WHEN 'buy' THEN '29000' ELSE '27000' END", says: 'is beyond its limit' },
  { liquidity: 'taker', lie: "price = price || '5'", says: 'takes more than is displayed' },
  { liquidity: 'taker', lie: "quantity = '9999'", says: 'takes more than is displayed' },
] as const

describeWithRecordings('the judge of fills', () => {
  const stores = { maker: '', taker: '' }
  let lines: RawLine[] = []

  beforeAll(async () => {
    lines = readLines(RECORDINGS.usdm.path)
    const session = { durationUs: 10 * MINUTE_US, feed: RECORDINGS.usdm.path }
    const quoting = { market_maker: { half_spread_bps: 0, order_notional: 500, max_inventory_notional: 4000 } }
    const taking = { breakout: { lookback_seconds: 5, stop_bps: 1, targets_bps: [0.5, 1, 2], max_holding_seconds: 20 } }
    stores.maker = (await runPaper({ ...session, strategy: 'market_maker', config: { strategy: quoting } })).storePath
    stores.taker = (await runPaper({ ...session, strategy: 'breakout', config: { strategy: taking } })).storePath
  })

  function tampered(store: string, work: (database: Database.Database) => void): string {
    const copy = newStore()
    copyFileSync(store, copy)
    const database = new Database(copy)
    work(database)
    database.close()
    return judgeFills(copy, lines).complaints.join('\n')
  }

  test('has nothing to say about what really happened', () => {
    expect(judgeFills(stores.maker, lines).complaints).toEqual([])
    expect(judgeFills(stores.taker, lines).complaints).toEqual([])
  })

  test.each(LIES)('notices a $liquidity fill with $lie', ({ liquidity, lie, says }) => {
    const kind = `FROM fills WHERE liquidity = '${liquidity}'`
    const middle = `SELECT seq ${kind} ORDER BY seq LIMIT 1 OFFSET (SELECT count(*) / 2 ${kind})`
    const complaints = tampered(stores[liquidity], (database) => {
      expect(database.prepare(`UPDATE fills SET ${lie} WHERE seq = (${middle})`).run().changes).toBe(1)
    })
    expect(complaints).toContain(says)
  })

  test('notices fills that were kept from us', () => {
    expect(tampered(stores.maker, (database) => database.exec('DELETE FROM fills'))).toContain('stayed open')
  })

  test('notices an order that jumps the queue', () => {
    const quotes = query<{ id: string; price: string; fromUs: number; untilUs: number }>(
      stores.maker,
      `SELECT client_order_id AS id, price, prepared_at_us + 20000 AS fromUs, updated_at_us - 20000 AS untilUs FROM orders
       WHERE status = 'canceled' AND side = 'buy' AND filled_quantity = '0' ORDER BY intent_seq`,
    )
    // A bid that rested through a print at its price and was not reached: said to be filled by that print.
    const [jump] = quotes.flatMap(({ id, price, fromUs, untilUs }) => {
      const first = lines.find(
        ({ timeUs, print }) => timeUs > fromUs && timeUs < untilUs && print?.aggressor === 'sell' && print.price <= units(price),
      )
      return first?.print?.price === units(price) ? [{ id, price, timeUs: first.timeUs }] : []
    })
    if (jump === undefined) throw new Error('no bid of the session rested through a print at its price')
    const complaints = tampered(stores.maker, (database) => {
      database.exec('CREATE TABLE lie AS SELECT * FROM fills LIMIT 1')
      const lie = database.prepare(
        `UPDATE lie SET seq = -1, time_us = ?, trade_id = 'lie', client_order_id = ?, side = 'buy', price = ?, quantity = '0.001', liquidity = 'maker'`,
      )
      lie.run(jump.timeUs + 20_000, jump.id, jump.price)
      expect(database.prepare('INSERT INTO fills SELECT * FROM lie').run().changes).toBe(1)
      database.exec('CREATE TABLE sorted AS SELECT * FROM fills ORDER BY time_us, seq')
      database.exec('DELETE FROM fills; UPDATE sorted SET seq = rowid; INSERT INTO fills SELECT * FROM sorted')
    })
    expect(complaints).toContain('jumps the queue')
  })
})
