// The gate on the fall of the equity below its peak: deposits and withdrawals aside, and over all sessions of an account.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { Fact, FactBody } from '../../src/core/kernel/facts.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { createState, type KernelState } from '../../src/core/kernel/state.ts'
import { viewOf } from '../../src/core/kernel/views.ts'
import { moveCapital } from '../../src/core/session/capital.ts'
import { DrawdownWatch } from '../../src/core/session/drawdown-watch.ts'
import { MINUTE_US, newStore, query, runPaper } from './harness.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'
import { strategyFile } from './world.ts'

const XRP = { symbol: 'XRP/USD', base: 'XRP', quote: 'USD', settle: 'USD', kind: 'spot' } as Instrument

/** An account by hand: what is owned and what it is worth, and what the watch makes of it. */
class Account {
  readonly watch: DrawdownWatch
  readonly #wallet = new Map<string, Decimal>()
  readonly #prices = new Map<string, Decimal>()
  #mark = dec('2')
  #timeUs = 0

  constructor(sinceUs: number | null = null) {
    this.watch = new DrawdownWatch(sinceUs)
    this.#say({ type: 'SESSION_OPENED', instrument: XRP } as FactBody)
  }

  get #state(): KernelState {
    const markets = new Map([[XRP.symbol, { mark: this.#mark, mid: null, asOfUs: null }]]) as unknown as KernelState['markets']
    return { ...createState(), balances: this.#wallet, markets, assetPrices: this.#prices }
  }

  flow(asset: string, amount: string): this {
    this.#own(asset, amount)
    return this.#say({ type: 'CAPITAL_FLOWED', asset, amount: dec(amount) } as FactBody)
  }

  /** Profit or loss. */
  earn(amount: string): this {
    this.#own('USD', amount)
    return this
  }

  price(asset: string, price: string): this {
    this.#prices.set(`${asset}|USD`, dec(price))
    return this
  }

  mark(price: string): this {
    this.#mark = dec(price)
    this.#timeUs += 1_000_000
    return this.#say({ type: 'MARK_SET', instrument: XRP.symbol, price: this.#mark, mid: null, asOfUs: null })
  }

  get fall(): string | null {
    const fall = this.watch.fall
    return fall === null ? null : formatDecimal(fall.amount)
  }

  #own(asset: string, amount: string): void {
    const key = `wallet|${asset}`
    this.#wallet.set(key, ((this.#wallet.get(key) ?? 0n) + dec(amount)) as Decimal)
  }

  #say(body: FactBody): this {
    this.watch.onFact({ seq: 1, timeUs: this.#timeUs, body } as Fact, viewOf(this.#state))
    return this
  }
}

describe('the fall below the peak', () => {
  test('N10 N11 counts profit and loss, and no deposit and no withdrawal, in whatever asset', () => {
    const account = new Account().flow('USD', '1000').mark('2')
    expect(account.fall).toBe('0')
    expect(account.earn('-30').mark('2').fall).toBe('30')
    expect(account.flow('USD', '500').mark('2').fall).toBe('30')
    expect(account.flow('USD', '-1400').mark('2').fall).toBe('30')
    expect(account.flow('XRP', '100').mark('2').fall).toBe('30')
    // What was deposited is the account's from then on: its price is profit and loss.
    expect(account.mark('1.9').fall).toBe('40')
    expect(account.earn('50').mark('1.9').fall).toBe('0')
  })

  test('N04 is not known before the first mark; what came before it is what the account began with', () => {
    const account = new Account().flow('USD', '1000').flow('USD', '-400')
    expect(account.fall).toBeNull()
    expect(account.mark('2').fall).toBe('0')
  })

  test('a flow that cannot be valued is taken out once it can', () => {
    const account = new Account().flow('USD', '1000').mark('2').earn('-30').mark('2')
    account.flow('BNB', '2').mark('2')
    expect(account.fall).toBe('30')
    expect(account.price('BNB', '300').mark('2').fall).toBe('30')
    expect(account.earn('-5').mark('2').fall).toBe('35')
  })

  test('an asset without a price blinds nothing: what has a price is watched, and it is said what is not', () => {
    const account = new Account().flow('USD', '1000').mark('2').earn('-30').mark('2')
    account.flow('USDT', '250').mark('2').earn('-10').mark('2')
    expect([account.fall, account.watch.leftOut]).toEqual(['40', ['USDT']])
    account.flow('USDT', '50').earn('-2').mark('2')
    expect(account.fall).toBe('42')
    expect(account.price('USDT', '1').mark('2').fall).toBe('42')
    expect(account.watch.leftOut).toEqual([])
  })

  test('peaks before a time do not count, and what falls after it does', () => {
    const account = new Account(2_500_000).flow('USD', '1000').mark('2').earn('-300').mark('2')
    expect(account.fall).toBeNull()
    expect(account.mark('2').fall).toBe('0')
    expect(account.earn('-7').mark('2').fall).toBe('7')
  })
})

/** Buys once, and holds. */
const HOLD = `export default ({ instrument, decimal }) => ({
  name: 'hold', slotIds: ['s'],
  onTick({ market, portfolio }) {
    if (market.mid === null || portfolio.position.quantity !== 0n || portfolio.liveOrders.size > 0) return []
    const terms = { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false, leverage: decimal.dec('1'), exitRatios: [] }
    return [{ type: 'ENTER', slotId: 's', instrument: instrument.symbol, side: 'buy', quantity: decimal.dec('500'), ...terms }]
  },
})
`

describe('the gate over restarts', () => {
  test('S06 halts by the peak of an older session, after a withdrawal between them that counts for nothing', async () => {
    const storePath = newStore()
    const run = async (sessionId: string, feed: Recording, risk: object = {}) => {
      const config = {
        ...XRP_CONFIG,
        paper: sessionId === 's1' ? { ...XRP_CONFIG.paper, account: 'desk' } : { account: 'desk' },
        risk: { max_drawdown: 150, max_session_loss: 0, max_order_notional: 0, ...risk },
      }
      const strategy = strategyFile(HOLD)
      const { outcome } = await runPaper({ storePath, sessionId, feed: feed.write(), strategy, durationUs: MINUTE_US, config })
      return { ...outcome.halt, exitCode: outcome.exitCode }
    }
    expect(await run('s1', new Recording().calm(0, 10, '2.0000', '2.0004').calm(10, 20, '2.1000', '2.1004'))).toMatchObject({
      reason: 'feed_ended',
    })
    await moveCapital({
      ...{ storePath, account: 'paper/desk', holder: 'dita capital withdraw', pid: process.pid, wallUs: () => Date.now() * 1_000 },
      move: { asset: 'USDT', amount: '-3000', note: 'rent' },
    })
    // 5,500 coins at two cents less.
    expect(await run('s2', new Recording().calm(100, 110, '2.0800', '2.0804'))).toMatchObject({ reason: 'feed_ended' })
    const third = (): Recording => new Recording().calm(200, 210, '2.0500', '2.0504')
    expect(await run('s3', third())).toMatchObject({
      reason: 'risk_drawdown',
      exitCode: 8,
      figures: { value: '275', limit: '150' },
    })
    expect(query(storePath, "SELECT value, limit_value AS lim FROM risk_events WHERE code = 'risk_drawdown'")).toEqual([
      { value: '275', lim: '150' },
    ])
    // A restart does not get round it; a person who starts to count anew does.
    expect(await run('s4', third())).toMatchObject({ reason: 'risk_drawdown', figures: { value: '275' } })
    expect(await run('s5', third(), { drawdown_since: '2025-10-09T08:56:40Z' })).toMatchObject({ reason: 'feed_ended' })
  })
})

test('S06 a coin that nobody prices does not switch the gate off, and the session says that it is not watched', async () => {
  const config = {
    mode: 'paper',
    risk: { max_drawdown: 3 },
    paper: { balances: { XRP: 2500, RLUSD: 10000, USDT: 5 } },
    feed: { seed: 7 },
  }
  const { storePath, outcome } = await runPaper({ storePath: newStore(), durationUs: 10 * MINUTE_US, config, feed: 'simulated' })
  expect(outcome).toMatchObject({ exitCode: 8, halt: { reason: 'risk_drawdown' } })
  const said = query<{ detail: string }>(storePath, "SELECT detail FROM risk_events WHERE code = 'risk_drawdown' AND severity = 'warning'")
  expect(said).toEqual([{ detail: 'Nobody has said what USDT is worth: the drawdown is watched without it.' }])
})
