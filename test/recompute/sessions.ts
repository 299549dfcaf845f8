// The sessions that are recomputed: simulated ones of every kind, some with capital moved within and between them, and what real
// recordings give.

import { type Decimal, dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { moveCapital } from '../../src/core/session/capital.ts'
import { enter, exit, fill, quote } from '../core/report/eventful-session.ts'
import { LINEAR, makeMarket, ScriptedSession, SPOT, writeStore } from '../core/report/recorded-store.ts'
import { MINUTE_US, newStore, runPaper, type SessionWish } from '../session/harness.ts'

/** Where a session stands. */
export interface Made {
  readonly storePath: string
  readonly sessionId: string
}

const PERPETUAL = {
  symbol: 'ABC/XYZ:XYZ',
  kind: 'linear',
  base: 'ABC',
  quote: 'XYZ',
  tick_size: '0.1',
  lot_size: '0.001',
  max_leverage: 10,
} as const

/** So restless that breakouts come one after the other, and quotes are filled on both sides. */
const LIVELY = { simulated: { volatility_bps_per_hour: 600 } } as const
const LIVELY_PERPETUAL = { simulated: { volatility_bps_per_hour: 600, start_price: '28000', spread_bps: '1.5' } } as const
const QUICK = { breakout: { lookback_seconds: 5, max_holding_seconds: 20 } } as const

export const SIMULATED: Readonly<Record<string, SessionWish>> = {
  'market maker, spot, seed 7': { durationUs: 5.5 * MINUTE_US, seed: 7 },
  'market maker, spot, seed 21, without fees': {
    durationUs: 5.5 * MINUTE_US,
    seed: 21,
    config: { paper: { maker_fee_rate: 0, taker_fee_rate: 0 }, strategy: { market_maker: { half_spread_bps: 0.4 } } },
  },
  'market maker, spot, seed 22, far from the touch': {
    durationUs: 5.5 * MINUTE_US,
    seed: 22,
    config: { feed: LIVELY, strategy: { market_maker: { half_spread_bps: 9, max_inventory_notional: 200 } } },
  },
  'market maker, perpetual, seed 4, with a rebate': {
    durationUs: 5.5 * MINUTE_US,
    seed: 4,
    config: { instrument: PERPETUAL, feed: LIVELY_PERPETUAL, paper: { maker_fee_rate: '-0.0001' } },
  },
  'breakout, spot, seed 4': { durationUs: 5 * MINUTE_US, seed: 4, strategy: 'breakout', config: { feed: LIVELY, strategy: QUICK } },
  'breakout, spot, seed 5, until it is stopped': {
    durationUs: 5 * MINUTE_US,
    seed: 5,
    strategy: 'breakout',
    config: { feed: LIVELY, strategy: QUICK, risk: { max_session_loss: 20 } },
  },
  'breakout, perpetual, seed 11': {
    durationUs: 5 * MINUTE_US,
    seed: 11,
    strategy: 'breakout',
    config: { instrument: PERPETUAL, feed: LIVELY_PERPETUAL, strategy: QUICK },
  },
  'market maker, long enough for ratios, looked at every 8 s': {
    durationUs: 158 * MINUTE_US,
    seed: 3,
    config: { engine: { tick_interval_seconds: 8 }, feed: { simulated: { events_per_second: 0.5 } }, risk: { stale_feed_seconds: 0 } },
  },
}

export async function simulated(wish: SessionWish): Promise<Made> {
  const { storePath, outcome } = await runPaper(wish)
  return { storePath, sessionId: outcome.sessionId }
}

/** Three sessions of one account: the second finds what the first left open, the third money that came in between. */
export async function carried(strategy: string): Promise<Made[]> {
  const storePath = newStore()
  const config = { paper: { account: 'desk' }, feed: LIVELY, strategy: QUICK }
  const made: Made[] = []
  for (const [index, seed] of [31, 32, 33].entries()) {
    made.push(await simulated({ storePath, sessionId: `carried-${index}`, durationUs: 2 * MINUTE_US + 700_000, seed, strategy, config }))
    await moveCapital({
      storePath,
      account: 'paper/desk',
      move: { asset: index === 0 ? 'XRP' : 'RLUSD', amount: index === 0 ? '333.25' : '-777.125', note: 'between' },
      holder: 'dita capital',
      pid: process.pid,
      wallUs: () => 1_780_000_000_000_000,
    })
  }
  return made
}

export const MOVED: Readonly<Record<string, { readonly instrument: Instrument; readonly capital: Readonly<Record<string, string>> }>> = {
  spot: { instrument: SPOT, capital: { XRP: '250000', RLUSD: '500000', BNB: '7' } },
  perpetual: { instrument: LINEAR, capital: { USDT: '90000000', BTC: '0.25', BNB: '7' } },
}

/** The kernel's own session on a scripted market: trades, quotes, fees in three assets, capital moved between ticks, funding. */
export async function moved(name: string, seed: number): Promise<Made> {
  const wish = MOVED[name]
  if (wish === undefined) throw new Error(`no such session: ${name}`)
  const { instrument, capital } = wish
  const [storePath, sessionId] = [newStore(), `moved-${seed}`]
  await writeStore(storePath, (journal) => {
    const session = new ScriptedSession(journal, sessionId, { instrument, capital, maxExposure: '0' })
    const flow = (asset: string, amount: string): void => {
      session.input({ type: 'FLOW_CAPITAL', asset, amount: dec(amount), note: 'moved' })
      session.commit()
    }
    const price = (bnb: string): void =>
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: instrument.quote, price: dec(bnb), source: 'desk' })
    price('600.05')
    session.tick(null)
    makeMarket(session, { seed, ticks: 15 })
    goBlind(session)
    flow(instrument.quote, '12345.678')
    trade(session, seed)
    makeMarket(session, { seed: seed + 1, ticks: 15, feeAsset: 'BNB' })
    price('612.123456789')
    flow('BNB', '-0.125')
    flow(instrument.base, '0.0625')
    if (instrument.kind === 'linear') payFunding(session, ['-0.7', '0.123456789'])
    makeMarket(session, { seed: seed + 2, ticks: 15, feeAsset: instrument.base })
    trade(session, seed + 1)
    flow(instrument.quote, '-5000')
    session.halt('duration_elapsed')
  })
  return { storePath, sessionId }
}

/** A side of the book is empty for a tick, and a quote is filled meanwhile; then it is as before. */
function goBlind(session: ScriptedSession): void {
  const { tickSize, lotSize } = session.instrument
  const price = formatDecimal((tickSize * 20_000n) as Decimal)
  session.tick(null)
  fill(session, quote(session, 'bid', { price, quantity: formatDecimal(lotSize) }), { price, quantity: formatDecimal(lotSize) })
  session.tick(dec(price))
}

function payFunding(session: ScriptedSession, amounts: readonly string[]): void {
  const { symbol, settle } = session.instrument
  for (const [index, amount] of amounts.entries()) {
    session.input({ type: 'FUNDING', instrument: symbol, fundingId: `f${index}`, asset: settle, amount: dec(amount) })
  }
  session.commit()
}

/** In and out of a slot in two legs; every other one with a loss. */
function trade(session: ScriptedSession, seed: number): void {
  const { tickSize, lotSize } = session.instrument
  const at = (steps: number): string => formatDecimal((tickSize * BigInt(20_000 + steps)) as Decimal)
  const lots = (count: number): string => formatDecimal((lotSize * BigInt(count)) as Decimal)
  const gain = seed % 2 === 0 ? 7 : -5
  const order = enter(session, 's1', { price: at(0), quantity: lots(10), ratios: ['0.6', '0.4'] })
  fill(session, order, { price: at(-1), quantity: lots(3), fee: '0.0123' })
  session.tick(dec(at(2)))
  fill(session, order, { price: at(0), quantity: lots(7), fee: '0.00001', feeAsset: 'BNB' })
  session.tick(dec(at(3)))
  fill(session, exit(session, 's1', at(gain)), { price: at(gain), quantity: lots(6) })
  session.tick(dec(at(1)))
  fill(session, exit(session, 's1', at(gain - 1), 'rest'), { price: at(gain - 1), quantity: lots(4), fee: '-0.001' })
}
