// Does at random what a person, or the session's own code, does beside the strategy: sessions, control, capital, listings.

import { abs, add, type Decimal, dec, neg, ZERO } from '../../src/core/kernel/decimal.ts'
import type { KernelInput, MarketObservation } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import type { StateView } from '../../src/core/kernel/views.ts'
import type { Market } from './market.ts'
import type { Random } from './random.ts'
import { NO_LIMITS, openingOf, type Setup } from './setup.ts'

/** What an asset is worth in any of the dollars. */
const STATED = [
  ['FEE', '0.5'],
  ['RLUSD', '1'],
  ['USDT', '1'],
  ['USD', '1'],
  ['XRP', '2'],
  ['BTC', '50000'],
] as const

export class RandomOperator {
  readonly #random: Random
  readonly #setup: Setup
  readonly #market: Market
  readonly #seed: number
  #sessions = 0
  /** Whether it has asked for the end: then it ends the session, too. */
  #ends = false

  constructor({ random, setup, market, seed }: { random: Random; setup: Setup; market: Market; seed: number }) {
    this.#random = random
    this.#setup = setup
    this.#market = market
    this.#seed = seed
  }

  /** A session, and what there is to trade in it. */
  open(nowUs: number): KernelInput[] {
    this.#sessions += 1
    const session = openingOf(this.#random, this.#setup, this.#seed, this.#sessions)
    const others = this.#setup.listings.filter(() => this.#random.chance(0.85))
    return [
      { type: 'OPEN_SESSION', session },
      ...others.map(({ instrument }): KernelInput => ({ type: 'LIST_INSTRUMENT', instrument })),
      // Until the first mark comes, market orders cannot be judged.
      ...(this.#random.chance(0.8) ? this.#markAll(nowUs) : []),
    ]
  }

  /** A session that nothing holds up: no limits, all there is to trade, and coins to deliver. */
  openToFlatten(nowUs: number): KernelInput[] {
    const [opening, ...rest] = this.open(nowUs)
    if (opening?.type !== 'OPEN_SESSION') throw new TypeError('a session starts with its opening')
    const { listings, deposits } = this.#setup
    return [
      { ...opening, session: { ...opening.session, limits: NO_LIMITS } },
      ...rest,
      ...listings.map(({ instrument }): KernelInput => ({ type: 'LIST_INSTRUMENT', instrument })),
      ...listings.map(({ instrument }) => this.mark(instrument.symbol, nowUs)),
      ...deposits.map(({ asset }): KernelInput => ({ type: 'FLOW_CAPITAL', asset, amount: dec('1000000'), note: 'to deliver' })),
    ]
  }

  /** What the account starts with. */
  fund(): KernelInput[] {
    const deposits = this.#setup.deposits.map(({ asset, amount }): KernelInput => ({ type: 'FLOW_CAPITAL', asset, amount, note: 'start' }))
    const stated: KernelInput[] = []
    for (const quote of this.#random.chance(0.5) ? ['RLUSD', 'USDT', 'USD'] : []) {
      for (const [asset, price] of STATED) {
        if (asset !== quote) stated.push({ type: 'VALUE_ASSET', asset, quote, price: dec(price), source: 'stated' })
      }
    }
    return [...deposits, ...stated]
  }

  mark(symbol: string, nowUs: number): KernelInput {
    const mid = this.#market.mid(symbol)
    const price = this.#random.chance(0.5) ? mid : this.#market.priceAt(symbol, this.#random.between(-5, 5))
    if (this.#random.chance(0.1)) return { type: 'MARK_PRICE', instrument: symbol, price }
    return { type: 'MARK_PRICE', instrument: symbol, price, mid, asOfUs: nowUs - this.#random.between(0, 500_000) }
  }

  #markAll(nowUs: number): KernelInput[] {
    const marked = this.#setup.listings.filter(({ instrument }) => instrument.symbol !== this.#setup.unmarked)
    return marked.map(({ instrument }) => this.mark(instrument.symbol, nowUs))
  }

  act(state: StateView, nowUs: number): KernelInput[] {
    const random = this.#random
    if (state.session === null || state.halted) return this.open(nowUs)
    if (this.#ends || random.chance(0.05)) {
      this.#ends = false
      // One after the other, or a new session without the old one's end: both must be survived.
      const end: KernelInput[] = random.chance(0.8) ? [{ type: 'HALT_SESSION', reason: 'engine_requested_halt', detail: null }] : []
      return [...end, ...(random.chance(0.7) ? this.open(nowUs) : [])]
    }
    if (state.trading !== 'active' && random.chance(0.6)) return [{ type: 'CONTROL', action: 'resume', reason: 'all is well' }]
    switch (random.below(10)) {
      case 0:
        return [{ type: 'CONTROL', action: 'pause', reason: 'a look' }]
      case 1:
        return [{ type: 'CONTROL', action: 'reduce_only', reason: 'too much' }]
      case 2:
        this.#ends = random.chance(0.4)
        return [{ type: 'CONTROL', action: this.#ends ? 'halt' : 'resume', reason: 'enough' }]
      case 3:
        return [this.#capital(state)]
      case 4:
      case 5:
        return [this.#value()]
      case 6:
        return [{ type: 'LIST_INSTRUMENT', instrument: this.#terms() }]
      default:
        return [this.#note(nowUs)]
    }
  }

  /** Deposits and withdrawals; a withdrawal may leave less than what the positions need. */
  #capital(state: StateView): KernelInput {
    const { asset, amount } = this.#random.pick(this.#setup.deposits)
    const held = state.balances.get(`wallet|${asset}`) ?? ZERO
    const tenth = (amount / 10n) as Decimal
    return { type: 'FLOW_CAPITAL', asset, amount: this.#random.pick([tenth, neg(tenth), amount, neg(abs(held)), ZERO]), note: 'by hand' }
  }

  #value(): KernelInput {
    const { base, quote } = this.#random.pick(this.#setup.listings).instrument
    const asset = this.#random.pick(
      [this.#setup.feeAsset, this.#setup.feeAsset, 'BTC', 'XRP', 'USDT', 'RLUSD'].filter((name) => name !== base),
    )
    return { type: 'VALUE_ASSET', asset, quote, price: dec(this.#random.pick(['0.5', '1', '2.25'])), source: 'stated' }
  }

  /** New terms of an instrument that may be traded already. */
  #terms(): Instrument {
    const { instrument, unit } = this.#random.pick(this.#setup.listings)
    return this.#random.pick([
      instrument,
      { ...instrument, maxQuantity: add(unit, unit) },
      { ...instrument, minQuantity: add(instrument.minQuantity, instrument.lotSize) },
      { ...instrument, maxLeverage: dec('1') },
      { ...instrument, lotSize: (instrument.lotSize * 10n) as Decimal },
    ])
  }

  #note(nowUs: number): KernelInput {
    const { symbol } = this.#random.pick(this.#setup.listings).instrument
    const mid = this.#market.mid(symbol)
    const nothing = { bid: null, ask: null, ourBid: null, ourAsk: null, bidDistanceBps: null, askDistanceBps: null }
    const observation: MarketObservation = { instrument: symbol, ...nothing, mark: mid }
    const report = { source: 'model', events: 7, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: null, lastTimeUs: nowUs, truncated: false }
    return this.#random.pick<KernelInput>([
      { type: 'OBSERVE_MARKET', observation },
      { type: 'OBSERVE_MARKET', observation },
      { type: 'REPORT_FEED', report },
      { type: 'FLAG_RISK', code: 'FEED_GAP', severity: 'warning', value: null, limit: null, detail: 'a gap' },
    ])
  }
}
