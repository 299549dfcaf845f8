// The gates that look at the way to the venue: whether it answers, whether its stream is open, whether the account can be seen. One
// table of rules over the venue's health; it asks nobody.

import { dec, formatDecimal, mul, ZERO } from '../kernel/decimal.ts'
import type { VenueHealth } from '../venue/port.ts'
import type { VenueLimits } from './gate-limits.ts'
import { type Gate, gateOf } from './gates.ts'

/** What a gate sees, and whether it is beyond the limit or only beyond half of it. */
export interface Seen extends Gate {
  readonly isBeyond: boolean
}

interface TimedRule {
  readonly reason: Gate['reason']
  readonly limitUs: (limits: VenueLimits) => number
  readonly sinceUs: (health: VenueHealth) => number | null
  readonly name: string
}

const TIMED: readonly TimedRule[] = [
  {
    reason: 'risk_rpc_failure',
    limitUs: ({ silenceUs }) => silenceUs,
    sinceUs: ({ silentSinceUs }) => silentSinceUs,
    name: 'no answer from the venue for',
  },
  {
    reason: 'risk_gateway_unhealthy',
    limitUs: ({ streamUs }) => streamUs,
    sinceUs: ({ streamLostUs }) => streamLostUs,
    name: "the venue's private stream down for",
  },
  {
    reason: 'risk_stale_ledger',
    limitUs: ({ accountUs }) => accountUs,
    sinceUs: ({ accountLostUs }) => accountLostUs,
    name: 'the account at the venue not seen for',
  },
]

/** Fewer calls are too few for a share of them. */
const LEAST_CALLS = 20

/** Every gate that sees something worth a word, in the order of the table. */
export function venueGates(health: VenueHealth, limits: VenueLimits, nowUs: number): Seen[] {
  const seen = TIMED.flatMap((rule) => timed(rule, { health, limits, nowUs }) ?? [])
  const failures = failureShare(health, limits)
  return failures === null ? seen : [...seen, failures]
}

function timed(
  { reason, limitUs, sinceUs, name }: TimedRule,
  { health, limits, nowUs }: { readonly health: VenueHealth; readonly limits: VenueLimits; readonly nowUs: number },
): Seen | null {
  const [limit, since] = [limitUs(limits), sinceUs(health)]
  const lastedUs = since === null ? 0 : nowUs - since
  if (limit === 0 || lastedUs * 2 <= limit) return null
  // To the millisecond: nobody can say it closer.
  const value = String(Math.floor(lastedUs / 1_000) / 1_000)
  return { ...gateOf(reason, { name, value, limit: String(limit / 1_000_000), unit: 's' }), isBeyond: lastedUs > limit }
}

/** No word at half of it: that share of calls fails now and then. */
function failureShare({ lately: { calls, unanswered } }: VenueHealth, { failuresPercent }: VenueLimits): Seen | null {
  if (failuresPercent === ZERO || calls < LEAST_CALLS) return null
  if (dec(String(unanswered * 100)) <= mul(failuresPercent, dec(String(calls)))) return null
  const value = String(Math.round((unanswered * 1_000) / calls) / 10)
  const name = `of the last ${calls} calls not answered by the venue:`
  return { ...gateOf('risk_gateway_unhealthy', { name, value, limit: formatDecimal(failuresPercent), unit: '%' }), isBeyond: true }
}
