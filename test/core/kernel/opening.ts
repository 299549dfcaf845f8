// What tests trade and how their sessions open: instruments, limits (all off), capital. Decides nothing.

import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { RiskLimits, SessionOpening } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'

export const SYMBOL = 'XRP/RLUSD'

/** Overrides that make the bench's instrument a perpetual: of the same name, so that every helper goes on working. */
export const LINEAR = { kind: 'linear' } as const
/** Contracts of one quote unit each, margined and settled in the base. */
export const INVERSE = { kind: 'inverse', settle: 'XRP', lotSize: dec('1'), minQuantity: dec('1') } as const

export interface Setup {
  readonly sessionId?: string
  readonly slotIds?: readonly string[]
  readonly instrument?: Partial<Instrument>
  readonly limits?: Partial<RiskLimits>
  readonly positionMode?: SessionOpening['positionMode']
  /** By asset; left out: so much that no check of balance or margin is ever in the way. */
  readonly capital?: Readonly<Record<string, string>>
}

export function instrumentOf(overrides: Partial<Instrument> = {}): Instrument {
  return {
    symbol: SYMBOL,
    kind: 'spot',
    base: 'XRP',
    quote: 'RLUSD',
    settle: 'RLUSD',
    tickSize: dec('0.0001'),
    lotSize: dec('0.01'),
    minQuantity: dec('0.01'),
    maxQuantity: ZERO,
    minNotional: ZERO,
    maxLeverage: dec('5'),
    ...overrides,
  }
}

export function limitsOf(overrides: Partial<RiskLimits> = {}): RiskLimits {
  return {
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
    ...overrides,
  }
}

export function openingOf(setup: Setup = {}): SessionOpening {
  return {
    sessionId: setup.sessionId ?? 's1',
    account: 'paper/s1',
    mode: 'paper',
    venue: 'paper',
    strategy: 'breakout',
    feedSource: 'simulated',
    seed: 7,
    durationUs: 1_800_000_000,
    tickIntervalUs: 1_000_000,
    instrument: instrumentOf(setup.instrument),
    instrumentOrigin: 'built-in',
    slotIds: setup.slotIds ?? ['a', 'b'],
    positionMode: setup.positionMode ?? 'one_way',
    limits: limitsOf(setup.limits),
    orderValidityUs: 10_000_000,
    absenceMarginUs: 5_000_000,
    querySpacingUs: 2_000_000,
  }
}

const PLENTY = '1000000000000'

/** What an account is given before it trades: enough of whatever its instrument pays in. */
export function plentyOf({ kind, base, quote, settle }: Instrument): Record<string, string> {
  return kind === 'spot' ? { [base]: PLENTY, [quote]: PLENTY } : { [settle]: PLENTY }
}
