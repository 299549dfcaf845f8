// What a run trades and under which rules: instruments, sessions and their limits, drawn from its seed. Trades nothing itself.

import { type Decimal, dec, ZERO } from '../../src/core/kernel/decimal.ts'
import type { RiskLimits, SessionOpening } from '../../src/core/kernel/inputs.ts'
import type { Instrument, InstrumentKind } from '../../src/core/kernel/instrument.ts'
import type { Random } from './random.ts'

export const START_US = 1_700_000_000_000_000
export const SECOND_US = 1_000_000
/** How far behind a stale answer is, at most: the margin of absence has to be larger. */
export const STALE_US = 15 * SECOND_US

/** An instrument, with where its price starts and what an ordinary order of it is. */
export interface Listing {
  readonly instrument: Instrument
  readonly startPrice: Decimal
  readonly unit: Decimal
}

export interface Setup {
  readonly listings: readonly Listing[]
  readonly hedge: boolean
  /** What the market says nothing about before the end; null in most runs. */
  readonly unmarked: string | null
  readonly deposits: readonly { readonly asset: string; readonly amount: Decimal }[]
  /** What a fee may be paid in beside the two assets of the instrument. */
  readonly feeAsset: string
}

interface Terms {
  readonly symbol: string
  readonly kind: InstrumentKind
  readonly base: string
  readonly quote: string
  readonly settle: string
  readonly tickSize: string
  readonly lotSize: string
  readonly minQuantity: string
  readonly minNotional: string
  readonly maxLeverage: string
  readonly startPrice: string
  readonly unit: string
}

// Bases, quotes and settle assets overlap, so that exposure, balance and margin have something to add up over instruments.
// biome-ignore format: a table is read by column
const CATALOG: readonly Terms[] = [
  { symbol: 'XRP/RLUSD', kind: 'spot', base: 'XRP', quote: 'RLUSD', settle: 'RLUSD', tickSize: '0.0001', lotSize: '0.01', minQuantity: '1', minNotional: '2', maxLeverage: '1', startPrice: '2', unit: '10' },
  { symbol: 'BTC/USDT', kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', tickSize: '0.01', lotSize: '0.0001', minQuantity: '0.0001', minNotional: '20', maxLeverage: '1', startPrice: '50000', unit: '0.002' },
  { symbol: 'XRP/USDT:USDT', kind: 'linear', base: 'XRP', quote: 'USDT', settle: 'USDT', tickSize: '0.0001', lotSize: '0.1', minQuantity: '0.5', minNotional: '3', maxLeverage: '5', startPrice: '2', unit: '20' },
  { symbol: 'BTC/USDT:USDT', kind: 'linear', base: 'BTC', quote: 'USDT', settle: 'USDT', tickSize: '0.1', lotSize: '0.001', minQuantity: '0.002', minNotional: '0', maxLeverage: '20', startPrice: '50000', unit: '0.01' },
  { symbol: 'BTC/USD:BTC', kind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: '0.5', lotSize: '1', minQuantity: '5', minNotional: '0', maxLeverage: '10', startPrice: '50000', unit: '100' },
  { symbol: 'XRP/USD:XRP', kind: 'inverse', base: 'XRP', quote: 'USD', settle: 'XRP', tickSize: '0.0001', lotSize: '1', minQuantity: '1', minNotional: '3', maxLeverage: '5', startPrice: '2', unit: '30' },
]

export function setupOf(random: Random): Setup {
  // Now and then all is settled in one asset, so that one wallet carries it all.
  const pool = random.chance(0.3) ? CATALOG.filter(({ settle }) => settle === 'USDT') : [...CATALOG]
  const chosen: Terms[] = []
  const count = random.pick([1, 2, 2, 3])
  while (chosen.length < count) chosen.push(pool.splice(random.below(pool.length), 1)[0] as Terms)
  const isPoor = random.chance(0.35)
  // Where nothing else is held, the account can be valued without a price for every asset.
  const traded = new Set(chosen.flatMap(({ base, quote }) => [base, quote]))
  const all = random.chance(0.3)
  const deposits = [
    { asset: 'RLUSD', amount: dec('1000') },
    { asset: 'USDT', amount: dec('3000') },
    { asset: 'XRP', amount: dec('600') },
    { asset: 'BTC', amount: dec('0.06') },
  ]
    .filter(({ asset }) => all || traded.has(asset))
    .map(({ asset, amount }) => ({ asset, amount: isPoor ? ((amount / 10n) as Decimal) : amount }))
  const unmarked = random.chance(0.2) ? random.pick(chosen).symbol : null
  return { listings: chosen.map(listingOf), hedge: random.chance(0.3), unmarked, deposits, feeAsset: 'FEE' }
}

function listingOf({ startPrice, unit, ...terms }: Terms): Listing {
  const { tickSize, lotSize, minQuantity, minNotional, maxLeverage } = terms
  const instrument: Instrument = {
    ...terms,
    tickSize: dec(tickSize),
    lotSize: dec(lotSize),
    minQuantity: dec(minQuantity),
    maxQuantity: ZERO,
    minNotional: dec(minNotional),
    maxLeverage: dec(maxLeverage),
  }
  return { instrument, startPrice: dec(startPrice), unit: dec(unit) }
}

/** What is set anew with every session; `count` tells the sessions of a run apart. */
export function openingOf(random: Random, setup: Setup, seed: number, count: number): SessionOpening {
  return {
    sessionId: `simulation-${seed}-${count}`,
    account: 'simulation',
    mode: 'demo',
    venue: 'model',
    strategy: 'random',
    feedSource: 'simulated',
    seed,
    durationUs: 3_600 * SECOND_US,
    tickIntervalUs: SECOND_US,
    instrument: random.pick(setup.listings).instrument,
    instrumentOrigin: 'built-in',
    slotIds: random.pick([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b'],
      ['b', 'c', 'd'],
    ]),
    positionMode: setup.hedge ? 'hedge' : 'one_way',
    limits: limitsOf(random),
    orderValidityUs: random.pick([5, 10]) * SECOND_US,
    absenceMarginUs: STALE_US + random.pick([0, 3]) * SECOND_US,
    querySpacingUs: random.pick([1, 4]) * SECOND_US,
  }
}

export const NO_LIMITS: RiskLimits = {
  maxExposure: ZERO,
  maxPosition: ZERO,
  maxSessionLoss: ZERO,
  maxOrderNotional: ZERO,
  maxLeverage: ZERO,
  priceCollarBps: ZERO,
  maxOpenOrders: 0,
  maxOrdersPerSecond: 0,
  maxCancelsPerSecond: 0,
  staleFeedUs: 0,
}

/** Each limit is off in most sessions, so that each is met alone as well, and tight enough to be met where it is on. */
function limitsOf(random: Random): RiskLimits {
  const amount = (...texts: readonly string[]): Decimal => (random.chance(0.35) ? dec(random.pick(texts)) : ZERO)
  const count = (...numbers: readonly number[]): number => (random.chance(0.3) ? random.pick(numbers) : 0)
  return {
    maxExposure: amount('150', '600', '2000'),
    maxPosition: amount('0.02', '20', '60', '300'),
    maxSessionLoss: ZERO,
    maxOrderNotional: amount('40', '100', '500'),
    maxLeverage: amount('1', '2', '3'),
    priceCollarBps: amount('20', '80', '300'),
    maxOpenOrders: count(2, 4, 8),
    maxOrdersPerSecond: count(1, 2, 3),
    maxCancelsPerSecond: count(1, 2),
    staleFeedUs: count(2, 5) * SECOND_US,
  }
}
