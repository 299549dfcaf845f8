// Every figure of the summary, recomputed from the fills and the postings with other arithmetic: equal to the last digit.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeWithRecordings } from '../real-data/raw-market.ts'
import { RECORDINGS } from '../real-data/recordings.ts'
import { minus, plus, read, write } from './exact.ts'
import { MINUTE_US, query, type RanSession, runPaper, SECOND_US, summaryOf } from './harness.ts'
import { recount, sumPostings } from './recount.ts'

/** Compares all that both know; returns how many fills there were. */
async function audit(session: RanSession): Promise<number> {
  const summary = await summaryOf(session)
  const found = recount(session.storePath, summary.sessionId)
  expect(found.wrongRows).toEqual([])
  const { pnl, fills, position } = summary
  expect(fills).toEqual({
    count: found.count,
    maker: found.maker,
    taker: found.count - found.maker,
    inferred: 0,
    confirmed: 0,
    late: 0,
    bought: found.bought,
    sold: found.sold,
  })
  expect(pnl.realized).toBe(found.realized)
  expect(pnl.feesByAsset).toEqual(found.feesByAsset)
  expect(pnl.fees).toBe(found.feesByAsset[pnl.asset] ?? '0')
  expect(position).toMatchObject({ end: found.position, cost: found.cost, averagePrice: found.averagePrice })
  const lastMark = query<{ mark: string }>(
    session.storePath,
    'SELECT mark FROM market_snapshots WHERE mark IS NOT NULL ORDER BY seq DESC LIMIT 1',
  )
  expect(pnl.mark).toBe(lastMark[0]?.mark ?? null)
  if (pnl.mark !== null) {
    expect(pnl.unrealized).toBe(found.unrealizedAt(pnl.mark))
    const before = minus(plus(read(pnl.realized), read(pnl.unrealized ?? 'none')), read(pnl.unrealizedBefore ?? 'none'))
    expect(pnl.net).toBe(write(minus(before, read(pnl.fees))))
  }
  auditPostings(session, summary.instrument, found)
  expect(summary.checks).toMatchObject({ drift: false, findings: [] })
  return found.count
}

function auditPostings(
  session: RanSession,
  instrument: { readonly base: string; readonly quote: string; readonly kind: string },
  found: ReturnType<typeof recount>,
): void {
  const { balances, unbalanced } = sumPostings(session.storePath)
  expect(unbalanced).toEqual([])
  const of = (key: string) => read(balances.get(key) ?? '0')
  const { base, quote, kind } = instrument
  // What the ledger explains is what the fills say: the realised profit, the fees, the cost of what is open.
  expect(write(minus(read('0'), of(`realized_pnl|${quote}`)))).toBe(found.realized)
  expect(write(of(`fees|${quote}`))).toBe(found.feesByAsset[quote] ?? '0')
  expect(write(of(`conversion|${quote}`))).toBe(found.cost)
  const capital = (asset: string) => minus(read('0'), of(`capital|${asset}`))
  if (kind === 'spot') {
    expect(write(of(`wallet|${base}`))).toBe(write(plus(capital(base), read(found.position))))
    const paid = minus(minus(read(found.sold.value), read(found.bought.value)), of(`fees|${quote}`))
    expect(write(of(`wallet|${quote}`))).toBe(write(plus(capital(quote), paid)))
  } else {
    expect(write(of(`position|${base}`))).toBe(found.position)
    const made = minus(read(found.realized), of(`fees|${quote}`))
    expect(write(of(`wallet|${quote}`))).toBe(write(plus(capital(quote), made)))
  }
}

describe('the figures of a simulated session', () => {
  test('are those that its fills alone give: 30 minutes of market making', async () => {
    expect(await audit(await runPaper({ durationUs: 30 * MINUTE_US, seed: 7 }))).toBeGreaterThan(100)
  })

  test('are those that its fills alone give: breakout in a lively market', async () => {
    const config = { feed: { simulated: { volatility_bps_per_hour: 600 } }, strategy: { breakout: { lookback_seconds: 5 } } }
    expect(await audit(await runPaper({ durationUs: 10 * MINUTE_US, seed: 4, strategy: 'breakout', config }))).toBeGreaterThan(20)
  })

  test('are those that its fills alone give, whatever the market, the fees and the instrument', async () => {
    let fills = 0
    const rate = fc.integer({ min: -9_999, max: 99_999 }).map((millionths) => (millionths / 1_000_000).toFixed(7))
    const property = fc.asyncProperty(
      fc.record({
        seed: fc.nat({ max: 2 ** 32 - 1 }),
        seconds: fc.integer({ min: 1, max: 45 }),
        strategy: fc.constantFrom('market_maker', 'breakout'),
        volatility: fc.integer({ min: 0, max: 5_000 }),
        price: fc.constantFrom('0.0137', '2', '61807.3', '7000000'),
        kind: fc.constantFrom('spot', 'linear'),
        lot: fc.constantFrom('0.001', '1', '0.00000001'),
        makerFee: rate,
        takerFee: rate,
      }),
      async ({ seed, seconds, strategy, volatility, price, kind, lot, makerFee, takerFee }) => {
        const tick = price === '0.0137' ? '0.000001' : '0.0001'
        fills += await audit(
          await runPaper({
            seed,
            strategy,
            durationUs: seconds * SECOND_US + 1,
            config: {
              instrument: {
                symbol: 'ABC/XYZ',
                kind,
                base: 'ABC',
                quote: 'XYZ',
                tick_size: tick,
                lot_size: lot,
                max_leverage: kind === 'spot' ? 1 : 5,
              },
              feed: { simulated: { start_price: price, volatility_bps_per_hour: volatility, events_per_second: 50 } },
              paper: { maker_fee_rate: makerFee, taker_fee_rate: takerFee, balances: { XYZ: 1_000_000_000, ABC: 1_000_000 } },
              strategy: {
                market_maker: { half_spread_bps: 0.5, order_notional: 3_000_000, max_inventory_notional: 9_000_000 },
                breakout: {
                  lookback_seconds: 2,
                  order_notional: 3_000_000,
                  stop_bps: 0.5,
                  targets_bps: [0.2, 0.4, 0.8],
                  max_holding_seconds: 3,
                },
              },
              risk: { max_exposure: 0, max_session_loss: 0, max_order_notional: 0, max_open_orders: 0 },
            },
          }),
        )
      },
    )
    await fc.assert(property, { numRuns: 25, seed: 20_260_731 })
    expect(fills).toBeGreaterThan(100)
  })
})

describeWithRecordings('the figures of a session on a real recording', () => {
  for (const { path } of Object.values(RECORDINGS)) {
    test.each(['market_maker', 'breakout'])(`are those that its fills alone give: %s on ${path.split('/').at(-1)}`, async (strategy) => {
      expect(await audit(await runPaper({ durationUs: 10 * MINUTE_US, feed: path, strategy }))).toBeGreaterThan(0)
    })
  }
})
