// What a simulated market is told. Types only.

import type { Decimal } from '../../kernel/decimal.ts'

export interface SimulatedOptions {
  readonly startPrice: Decimal
  /** Standard deviation of one hour's move, in bps of the price, at a calm level of volatility. */
  readonly volatilityBpsPerHour: number
  /** Typical spread, in bps. */
  readonly spreadBps: number
  /** Mean number of market events a second. */
  readonly eventsPerSecond: number
}
