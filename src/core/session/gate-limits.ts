// The limits of the gates that only a session has, beside those that the kernel holds every order to: from the config, and as
// flags that keep them in the journal. Data only.

import type { Config, RiskConfig } from '../config/config.ts'
import { type Decimal, formatDecimal } from '../kernel/decimal.ts'
import { LIMIT_FLAGS } from '../kernel/flag-codes.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import { microseconds } from './time.ts'

/** Zero means "no limit". */
export interface GateLimits {
  /** In quote. */
  readonly maxDrawdown: Decimal
  /** As it was written; null: all peaks count. */
  readonly drawdownSince: string | null
  /** Of a venue in the world; null of one in this process, to which no way can fail. */
  readonly venue: VenueLimits | null
}

export interface VenueLimits {
  readonly silenceUs: number
  readonly streamUs: number
  readonly accountUs: number
  readonly failuresPercent: Decimal
}

export function gateLimitsOf(risk: RiskConfig, mode: Config['mode']): GateLimits {
  const venue = (): VenueLimits => ({
    silenceUs: microseconds(risk.venueSilenceSeconds),
    streamUs: microseconds(risk.venueStreamSeconds),
    accountUs: microseconds(risk.venueAccountSeconds),
    failuresPercent: risk.maxVenueFailuresPercent,
  })
  const { maxDrawdown, drawdownSince } = risk
  return { maxDrawdown, drawdownSince, venue: mode === 'paper' ? null : venue() }
}

/** What is in force, said once when the session opens: the journal's word on limits that no other fact carries. */
export function limitsInForce({ maxDrawdown, drawdownSince, venue }: GateLimits, quote: string): KernelInput[] {
  const peak = drawdownSince === null ? 'its peak' : `its peak since ${drawdownSince} (UTC)`
  const drawdown = inForce('maxDrawdown', formatDecimal(maxDrawdown), `fall of the equity below ${peak}, in ${quote}`, drawdownSince)
  if (venue === null) return drawdown
  const seconds = (us: number): string => String(us / 1_000_000)
  return [
    ...drawdown,
    ...inForce('venueSilence', seconds(venue.silenceUs), 'seconds without an answer of the venue'),
    ...inForce('venueStream', seconds(venue.streamUs), "seconds without the venue's private stream"),
    ...inForce('venueAccount', seconds(venue.accountUs), 'seconds in which the account at the venue cannot be looked at'),
    ...inForce('venueFailures', formatDecimal(venue.failuresPercent), 'percent of the last calls not answered by the venue'),
  ]
}

/** @param value what else the limit goes by */
function inForce(name: keyof typeof LIMIT_FLAGS, limit: string, what: string, value: string | null = null): KernelInput[] {
  if (limit === '0') return []
  return [{ type: 'FLAG_RISK', code: LIMIT_FLAGS[name], severity: 'info', value, limit, detail: `In force: ${what}, limit ${limit}.` }]
}
