// What a rule of the audit's knows, and what several of them ask: the order a strategy wants, the money an account begins with and
// what it can hold. Finds nothing by itself.

import { add, type Decimal, dec, floorToStep, formatDecimal, mul, ONE, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { Config } from './config.ts'

/** What a rule may know beside the config. */
export interface Circumstances {
  readonly durationUs: number
  /** When a session would begin, by the clock that counts; null where that is not known. */
  readonly startUs: number | null
  /** What is traded, where it is known without asking a venue. */
  readonly instrument: Instrument | null
  /** A price of it, in quote, where one is known. */
  readonly price: Decimal | null
}

export interface LimitFinding {
  readonly code: 'LIMIT_NEVER_BINDS' | 'NO_ORDER_PASSES' | 'NO_LIMIT' | 'MONEY_MISSING'
  /** The keys that make it so; the first is the one to look at. */
  readonly keys: readonly string[]
  /** A sentence. */
  readonly text: string
}

export interface Case extends Circumstances {
  readonly config: Config
  /** What the active strategy wants of one order, in quote, with its key; null for a strategy of one's own. */
  readonly order: { readonly key: string; readonly notional: Decimal } | null
  /** What a paper account begins with, by asset: a named one in its first session. Null where that is not known beforehand. */
  readonly money: Readonly<Record<string, Decimal>> | null
}

export type Rule = (seen: Case) => LimitFinding | null

function orderOf({ strategy }: Config): Case['order'] {
  const { name, marketMaker, breakout } = strategy
  if (name === 'market_maker') return { key: 'strategy.market_maker.order_notional', notional: marketMaker.orderNotional }
  return name === 'breakout' ? { key: 'strategy.breakout.order_notional', notional: breakout.orderNotional } : null
}

/** The default money is as docs/PAPER.md says: 10,000 of the quote, and on spot base worth 5,000 quote. */
function moneyOf({ mode, paper }: Config, { instrument, price }: Circumstances): Case['money'] {
  if (mode !== 'paper') return null
  if (paper.balances !== null) return paper.balances
  if (instrument === null) return null
  const quote = { [instrument.settle]: dec('10000') }
  if (instrument.kind !== 'spot') return quote
  return price === null ? null : { ...quote, [instrument.base]: divided(dec('5000'), price) }
}

export function divided(amount: Decimal, price: Decimal): Decimal {
  return ((amount * ONE) / price) as Decimal
}

export function never(keys: readonly string[], text: string): LimitFinding {
  return { code: 'LIMIT_NEVER_BINDS', keys, text }
}

export function noOrder(keys: readonly string[], text: string): LimitFinding {
  return { code: 'NO_ORDER_PASSES', keys, text }
}

/** `risk.max_exposure` (5000)`, as it stands in a sentence. */
export function shown(key: string, value: Decimal | number): string {
  return `\`${key}\` (${typeof value === 'number' ? value : formatDecimal(value)})`
}

export const EXPOSURE = 'risk.max_exposure'
export const ORDER = 'risk.max_order_notional'
export const POSITION = 'risk.max_position'

/** Of an instrument's orders, the most whole lots for `notional`; null where that cannot be said. */
export function lotsFor(notional: Decimal, { instrument, price }: Case): Decimal | null {
  if (instrument === null || price === null || price === ZERO || instrument.kind === 'inverse') return null
  return floorToStep(divided(notional, price), instrument.lotSize)
}

export function leverageOf({ config }: Case, { maxLeverage: cap }: Instrument): Decimal {
  const { maxLeverage } = config.risk
  return maxLeverage > ZERO && maxLeverage < cap ? maxLeverage : cap
}

/** What the account is worth in quote; null where that cannot be said. */
export function worthOf({ money, instrument, price }: Case): Decimal | null {
  if (money === null || instrument === null) return null
  const quote = money[instrument.quote] ?? ZERO
  if (instrument.kind !== 'spot') return quote
  const base = money[instrument.base] ?? ZERO
  if (base === ZERO) return quote
  return price === null ? null : add(quote, mul(base, price))
}

/** What all the money of the account can hold; null where that cannot be said. */
export function reachOf(seen: Case): Decimal | null {
  const { instrument } = seen
  const worth = worthOf(seen)
  if (worth === null || worth === ZERO || instrument === null) return null
  return instrument.kind === 'spot' ? worth : mul(worth, leverageOf(seen, instrument))
}

export function caseOf(config: Config, circumstances: Circumstances): Case {
  return { config, order: orderOf(config), money: moneyOf(config, circumstances), ...circumstances }
}
