import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { QuoteLifeSummary, QuotingSummary } from '../../../src/core/report/quoting-view.ts'
import { EVENTFUL, enter, fill, quote } from './eventful-session.ts'
import { makeMarket, ScriptedSession, SPOT, temporaryFolder, writeStore } from './recorded-store.ts'
import { sharesBySql, sharesOf } from './shares-of-page.ts'

const { DITA_FUZZ_RUNS = '12' } = process.env

const folder = temporaryFolder()
afterAll(() => folder.remove())

let stores = 0
function newStore(): string {
  stores += 1
  return join(folder.path, `s${stores}`, 'dita.db')
}

interface Observed {
  readonly bid?: string
  readonly ask?: string
  readonly ourBid?: string
  readonly ourAsk?: string
}

/** A tick at which the market stood round 100. */
function observe(session: ScriptedSession, { bid, ask, ourBid, ourAsk }: Observed): void {
  session.timeUs += 1_000_000
  const orNull = (text: string | undefined): Decimal | null => (text === undefined ? null : dec(text))
  const observation = {
    instrument: session.instrument.symbol,
    bid: dec('99'),
    ask: dec('101'),
    mark: dec('100'),
    ourBid: orNull(ourBid),
    ourAsk: orNull(ourAsk),
    bidDistanceBps: orNull(bid),
    askDistanceBps: orNull(ask),
  }
  session.input({ type: 'OBSERVE_MARKET', observation })
  session.commit()
}

async function quotingOf(work: (session: ScriptedSession) => void): Promise<{ quoting: QuotingSummary; path: string }> {
  const path = newStore()
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'quotes', { capital: { RLUSD: '100000', XRP: '100000' } })
    work(session)
    session.halt('duration_elapsed')
  })
  return { quoting: (await summarizeFromStore(path, 'quotes')).quoting, path }
}

describe('quotes against the touch', () => {
  test('S03 up-time counts the sides that were quoted, whether or not there was a touch', async () => {
    const { quoting } = await quotingOf((session) => {
      observe(session, { ourBid: '99', ourAsk: '101', bid: '0', ask: '0' })
      observe(session, { ourBid: '98', ourAsk: '102' })
      observe(session, { ourBid: '99.5', bid: '50' })
      observe(session, { ourAsk: '102', ask: '-100' })
      observe(session, {})
    })
    expect(quoting.upTime).toEqual({
      twoSidedTicks: 2,
      bidOnlyTicks: 1,
      askOnlyTicks: 1,
      neitherTicks: 1,
      twoSidedPercent: '40',
      anyPercent: '80',
    })
    // Before the touch is at it, too; behind it is not.
    expect(quoting.bid).toMatchObject({ quotedTicks: 2, atTouchTicks: 2, atTouchPercent: '40', atTouchPercentOfQuoted: '100' })
    expect(quoting.ask).toMatchObject({ quotedTicks: 2, atTouchTicks: 1, atTouchPercent: '20', atTouchPercentOfQuoted: '50' })
  })

  test('S03 a session without a tick has no shares, and no mean: null, not zero', async () => {
    const { quoting } = await quotingOf(() => undefined)
    expect(quoting.ticks).toBe(0)
    expect(quoting.upTime).toMatchObject({ twoSidedTicks: 0, twoSidedPercent: null, anyPercent: null })
    expect(quoting.bid).toMatchObject({ withinTwoBpsPercent: null, atTouchPercent: null, meanBps: null, medianBps: null })
  })

  test('S03 the shares of any session equal the SQL query that docs/METRICS.md prints', async () => {
    const distance = fc.option(
      fc.integer({ min: -1500, max: 400 }).map((hundredths) => String(hundredths / 100)),
      { nil: undefined },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ bid: distance, ask: distance }), { maxLength: 30 }), async (ticks) => {
        const { quoting, path } = await quotingOf((session) => {
          for (const { bid, ask } of ticks) observe(session, { ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) })
        })
        expect(sharesBySql(path, 'quotes')).toEqual(sharesOf(quoting))
      }),
      { numRuns: Number(DITA_FUZZ_RUNS) },
    )
  })

  test('S03 the query of the page reads one session of a store that holds several', async () => {
    const path = newStore()
    await writeStore(path, (journal) => {
      for (const [index, sessionId] of ['other', 'quotes'].entries()) {
        const session = new ScriptedSession(journal, sessionId, { account: 'paper/carried' })
        makeMarket(session, { seed: 3 + index, ticks: 20 + index })
        session.halt('duration_elapsed')
      }
    })
    const { quoting } = await summarizeFromStore(path, 'quotes')
    const rows = sharesBySql(path, 'quotes')
    expect(rows).toHaveLength(2)
    expect(rows).toEqual(sharesOf(quoting))
  })
})

describe('the life of quotes', () => {
  const NONE = { quotes: 0, filled: 0, fillPercent: null, quotedQuantity: '0', filledQuantity: '0', quantityFillPercent: null }

  async function lifeOf(work: (session: ScriptedSession) => void): Promise<QuoteLifeSummary> {
    const path = newStore()
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'quotes', EVENTFUL)
      session.tick(dec('28000'))
      work(session)
      session.halt('duration_elapsed')
    })
    return (await summarizeFromStore(path, 'quotes')).quoting.life
  }

  function restFor(session: ScriptedSession, seconds: number): void {
    session.timeUs += seconds * 1_000_000
  }

  function cancel(session: ScriptedSession): void {
    session.input({ type: 'CANCEL', target: { kind: 'instrument', instrument: session.instrument.symbol } })
    session.commit()
  }

  test('without a quote there is nothing to say', async () => {
    expect(await lifeOf(() => undefined)).toEqual({
      both: NONE,
      bid: NONE,
      ask: NONE,
      refused: 0,
      canceled: 0,
      expired: 0,
      cancelFillRatio: null,
      lives: 0,
      meanLifeUs: null,
      medianLifeUs: null,
      unfinished: 0,
    })
  })

  test('fills by count and by quantity, lives from the word that a quote rests until it is over', async () => {
    const life = await lifeOf((session) => {
      // Filled after 1 s and 3 s.
      const bid = quote(session, 'bid', { price: '27900', quantity: '0.03' })
      restFor(session, 1)
      fill(session, bid, { price: '27900', quantity: '0.01' })
      restFor(session, 2)
      fill(session, bid, { price: '27900', quantity: '0.02' })
      // Taken back after 10 s, filled in part; after 20 s, not at all.
      const ask = quote(session, 'ask', { price: '28100', quantity: '0.02' })
      restFor(session, 4)
      fill(session, ask, { price: '28100', quantity: '0.005' })
      restFor(session, 6)
      cancel(session)
      quote(session, 'bid', { price: '27800', quantity: '0.05' })
      restFor(session, 20)
      cancel(session)
      // Refused, and so no quote at all; and one that is still there at the end.
      session.rejections.push({ code: 'POST_ONLY_WOULD_CROSS', reason: 'would cross' })
      quote(session, 'ask', { price: '28000', quantity: '0.9' })
      quote(session, 'bid', { price: '27700', quantity: '0.1' })
    })
    expect(life).toEqual({
      both: { quotes: 4, filled: 2, fillPercent: '50', quotedQuantity: '0.2', filledQuantity: '0.035', quantityFillPercent: '17.5' },
      bid: {
        quotes: 3,
        filled: 1,
        fillPercent: '33.333333333333333333',
        quotedQuantity: '0.18',
        filledQuantity: '0.03',
        quantityFillPercent: '16.666666666666666667',
      },
      ask: { quotes: 1, filled: 1, fillPercent: '100', quotedQuantity: '0.02', filledQuantity: '0.005', quantityFillPercent: '25' },
      refused: 1,
      canceled: 2,
      expired: 0,
      cancelFillRatio: '1',
      lives: 3,
      meanLifeUs: 11_000_000,
      medianLifeUs: 10_000_000,
      unfinished: 1,
    })
  })

  test('a quote that is filled before the venue has said that it rests lives for no time', async () => {
    const life = await lifeOf((session) => {
      session.unanswered = 1
      const id = quote(session, 'bid', { price: '27900', quantity: '0.01' })
      restFor(session, 5)
      fill(session, id, { price: '27900', quantity: '0.01' })
    })
    expect(life).toMatchObject({ lives: 1, meanLifeUs: 0, both: { quotes: 1, filled: 1 } })
  })

  test('what the venue takes and then disowns is no quote, and its time is no life', async () => {
    const life = await lifeOf((session) => {
      const clientOrderId = quote(session, 'ask', { price: '28000', quantity: '0.01' })
      restFor(session, 3)
      const refusal = { code: 'POST_ONLY_WOULD_CROSS', reason: 'would cross' }
      // The first word against it brings it into doubt, the second ends that.
      for (let word = 0; word < 2; word += 1) {
        session.input({ type: 'ORDER_REJECT', clientOrderId, venueOrderId: null, ...refusal })
        session.commit()
      }
    })
    expect(life).toMatchObject({ refused: 1, both: NONE, ask: NONE, lives: 0, meanLifeUs: null, unfinished: 0 })
  })

  test('a quote that is gone before anybody said that it rests has no life, and is no refused one', async () => {
    const life = await lifeOf((session) => {
      session.unanswered = 1
      const clientOrderId = quote(session, 'bid', { price: '27900', quantity: '0.01' })
      restFor(session, 5)
      session.input({ type: 'EXPIRED', clientOrderId, venueOrderId: null, totalFilled: ZERO, reason: 'good for five seconds' })
      session.commit()
    })
    expect(life).toMatchObject({ both: { quotes: 1, filled: 0 }, expired: 1, refused: 0, lives: 0, meanLifeUs: null, unfinished: 0 })
  })

  test('orders of slots are no quotes', async () => {
    const life = await lifeOf((session) => {
      const id = enter(session, 's1', { price: '28000', quantity: '0.01' })
      fill(session, id, { price: '28000', quantity: '0.01' })
    })
    expect(life).toMatchObject({ both: NONE, lives: 0, unfinished: 0 })
  })

  test('what an earlier session quoted and a later one fills or takes back belongs to the earlier, as it stood at its end', async () => {
    const path = newStore()
    const shared = { ...EVENTFUL, account: 'paper/carried' }
    await writeStore(path, (journal) => {
      const first = new ScriptedSession(journal, 'first', shared)
      first.tick(dec('28000'))
      quote(first, 'bid', { price: '27900', quantity: '0.01' })
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'second', { ...shared, capital: {} })
      second.tick(dec('28000'))
      fill(second, second.live()[0] as string, { price: '27900', quantity: '0.01' })
      const own = quote(second, 'ask', { price: '28100', quantity: '0.01' })
      fill(second, own, { price: '28100', quantity: '0.01' })
      second.halt('duration_elapsed')
    })
    const first = (await summarizeFromStore(path, 'first')).quoting.life
    expect(first).toMatchObject({ both: { quotes: 1, filled: 0 }, lives: 0, unfinished: 1, canceled: 0 })
    const second = (await summarizeFromStore(path, 'second')).quoting.life
    expect(second).toMatchObject({ both: { quotes: 1, filled: 1, filledQuantity: '0.01' }, bid: NONE, lives: 1, unfinished: 0 })
  })

  test('a quote that the venue revives is not over, though its first life is', async () => {
    const life = await lifeOf((session) => {
      const clientOrderId = quote(session, 'bid', { price: '27900', quantity: '0.01' })
      restFor(session, 2)
      cancel(session)
      restFor(session, 1)
      // Said to be gone, and seen alive: it is asked about.
      const alive = {
        clientOrderId,
        venueOrderId: null,
        instrument: session.instrument.symbol,
        side: 'buy',
        filledQuantity: dec('0'),
      } as const
      session.input({ type: 'SNAPSHOT', asOfUs: session.timeUs, openOrders: [alive] })
      session.commit()
    })
    expect(life).toMatchObject({ both: { quotes: 1 }, canceled: 0, unfinished: 1, lives: 1, meanLifeUs: 2_000_000 })
  })

  test('the figures of a whole market are those of the tables, by other code', async () => {
    const path = newStore()
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'quotes', { instrument: SPOT, capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(session, { seed: 11, ticks: 120 })
      session.halt('duration_elapsed')
    })
    const { life, markouts } = (await summarizeFromStore(path, 'quotes')).quoting
    const database = new Database(path, { readonly: true })
    const one = <T>(sql: string): T => database.prepare<[], T>(sql).get() as T
    const orders = one<{ quotes: number; filled: number; canceled: number; quoted: number; bought: number }>(
      `SELECT count(*) AS quotes, sum(filled_quantity != '0') AS filled, sum(status = 'canceled') AS canceled,
         sum(quantity) AS quoted, sum(filled_quantity) AS bought FROM orders`,
    )
    const fills = one<{ count: number }>('SELECT count(*) AS count FROM fills')
    database.close()
    expect(life.both).toMatchObject({ quotes: orders.quotes, filled: orders.filled })
    expect(Number(life.both.quotedQuantity)).toBeCloseTo(orders.quoted, 6)
    expect(Number(life.both.filledQuantity)).toBeCloseTo(orders.bought, 6)
    expect(life.canceled).toBe(orders.canceled)
    expect(life.bid.quotes + life.ask.quotes).toBe(life.both.quotes)
    expect(fills.count).toBeGreaterThan(50)
    expect(markouts.fills + markouts.leftOut.inferred + markouts.leftOut.withoutMidCount).toBe(fills.count)
  })
})
