// What the reference tests trade: instruments of every kind that share assets, and sessions to trade them in.

import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { RiskLimits, SessionOpening } from '../../../src/core/kernel/inputs.ts'
import type { Instrument, InstrumentKind } from '../../../src/core/kernel/instrument.ts'
import { ReferenceBench } from './reference-bench.ts'

/** `poor` is spot without a coin to sell before one is bought; `mixed` changes between hedged and one-way sessions. */
export type WorldName = 'spot' | 'poor' | 'linear' | 'inverse' | 'hedge' | 'mixed'

export const WORLDS: readonly WorldName[] = ['spot', 'poor', 'linear', 'inverse', 'hedge', 'mixed']

/** Names that every object's prototype has are names like any other. */
export const SLOTS = ['a', 'constructor', '__proto__'] as const

function instrument(symbol: string, kind: InstrumentKind, [base, quote]: readonly [string, string]): Instrument {
  const settle = kind === 'inverse' ? base : quote
  const steps = { tickSize: dec('0.0001'), lotSize: dec('0.01'), minQuantity: dec('0.02'), maxQuantity: ZERO, minNotional: ZERO }
  return { symbol, kind, base, quote, settle, ...steps, maxLeverage: dec('10') }
}

const SPOT = instrument('XRP/USDT', 'spot', ['XRP', 'USDT'])
const LINEAR = instrument('XRP/USDT:USDT', 'linear', ['XRP', 'USDT'])
const INVERSE = instrument('XRP/USD:XRP', 'inverse', ['XRP', 'USD'])
const OTHER = instrument('BTC/USDT:USDT', 'linear', ['BTC', 'USDT'])

/** The first is the session's own, the others are listed beside it. */
export const INSTRUMENTS: Readonly<Record<WorldName, readonly Instrument[]>> = {
  spot: [SPOT, LINEAR, INVERSE],
  poor: [SPOT],
  linear: [LINEAR, OTHER, SPOT],
  inverse: [INVERSE, LINEAR],
  hedge: [LINEAR, INVERSE],
  mixed: [LINEAR, SPOT],
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

export function openingOf(world: WorldName, overrides: Partial<SessionOpening> = {}): SessionOpening {
  return {
    sessionId: 's1',
    account: 'paper/s1',
    mode: 'paper',
    venue: 'paper',
    strategy: 'walk',
    feedSource: 'simulated',
    seed: 7,
    durationUs: 1_800_000_000,
    tickIntervalUs: 1_000_000,
    instrument: INSTRUMENTS[world][0] as Instrument,
    instrumentOrigin: 'built-in',
    slotIds: [...SLOTS],
    positionMode: world === 'hedge' ? 'hedge' : 'one_way',
    limits: NO_LIMITS,
    orderValidityUs: 10_000_000,
    absenceMarginUs: 5_000_000,
    querySpacingUs: 2_000_000,
    ...overrides,
  }
}

/** A bench with an open session, all instruments listed and marked, and enough of every asset. */
export function worldOf(world: WorldName, overrides: Partial<SessionOpening> = {}): ReferenceBench {
  const bench = new ReferenceBench()
  bench.when({ type: 'OPEN_SESSION', session: openingOf(world, overrides) })
  for (const listed of INSTRUMENTS[world]) {
    if (listed !== INSTRUMENTS[world][0]) bench.when({ type: 'LIST_INSTRUMENT', instrument: listed })
    bench.when({ type: 'MARK_PRICE', instrument: listed.symbol, price: dec('2'), mid: dec('2'), asOfUs: bench.timeUs })
  }
  for (const asset of world === 'poor' ? ['USDT'] : ['XRP', 'USDT', 'USD', 'BTC']) {
    bench.when({ type: 'FLOW_CAPITAL', asset, amount: dec('1000000'), note: 'start' })
  }
  return bench
}

/** How often a property is tried: as few as keep the tests quick, or as `REFERENCE_RUNS` says, for a long hunt. */
export function runs(few: number): number {
  const { REFERENCE_RUNS = few } = process.env
  return Number(REFERENCE_RUNS)
}

export function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}

export function decimals(...texts: readonly string[]): Decimal[] {
  return texts.map((text) => dec(text))
}
