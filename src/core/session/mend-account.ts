// Mends an account: what reconcile does alone, in the order in which nothing is booked twice. It judges nothing by itself.

import { add, type Decimal, ZERO } from '../kernel/decimal.ts'
import type { ReconcileIntent } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'
import type { Finding, FindingKind } from '../recovery/finding.ts'
import { type ReconcileResult, reconcile } from '../recovery/reconcile.ts'
import type { Care } from './care-of-account.ts'

export type MendParts = Pick<Care, 'comparison' | 'engine'>

export const keyOf = ({ kind, subject }: Pick<Finding, 'kind' | 'subject'>): string => `${kind}|${subject}`

/**
 * Our own orders first, strangers' fills after them. A venue names a fill by its own order id, which an order in doubt is not yet
 * bound to: its fill looks like a stranger's until the order is settled, and booked as such it would be counted twice. So none is
 * booked while one of them may be ours.
 */
export async function mendAccount({ comparison, engine }: MendParts): Promise<ReconcileResult> {
  const own = { bookExternalFills: false, adjustPositions: false, cancelOrphans: true }
  const first = await reconcile({ ...comparison, mode: 'fix', wishes: own })
  if (!first.remaining.some(({ kind }) => STRANGERS.has(kind)) || mayBeOurs(first.remaining, engine.view)) return first
  const second = await reconcile({
    ...comparison,
    mode: 'fix',
    wishes: { bookExternalFills: true, adjustPositions: true, cancelOrphans: true },
  })
  return joined(first, second)
}

/** Two runs, one after the other, as one. */
export function joined({ startedUs, before, done, rounds, notices }: ReconcileResult, second: ReconcileResult): ReconcileResult {
  return {
    ...second,
    startedUs,
    before: [...new Map([...before, ...second.before].map((found) => [keyOf(found), found])).values()],
    done: [...done, ...second.done],
    rounds: rounds + second.rounds,
    notices: [...new Set([...notices, ...second.notices])],
  }
}

const STRANGERS: ReadonlySet<FindingKind> = new Set(['EXTERNAL_FILL', 'POSITION_DIFFERS'])

/** Whether an order that we know no order id of the venue for can be what was filled: of that side, and large enough. */
function mayBeOurs(remaining: readonly Finding[], { liveOrders }: StateView): boolean {
  const bookings = remaining.flatMap(bookingsOf)
  const totals = new Map<string | null, Decimal>()
  for (const { venueOrderId, fill } of bookings) totals.set(venueOrderId, add(totals.get(venueOrderId) ?? ZERO, fill.quantity))
  return [...liveOrders.values()].some(({ venueOrderId: known, request }) => {
    const fits = ({ instrument, side, venueOrderId }: FillBooking): boolean =>
      instrument === request.instrument && side === request.side && (totals.get(venueOrderId) ?? ZERO) <= request.quantity
    return known === null && bookings.some(fits)
  })
}

type FillBooking = Extract<ReconcileIntent, { readonly action: 'book_fill' }>

/** What it takes to book a stranger's fill. */
function bookingsOf({ kind, remedies }: Finding): FillBooking[] {
  if (kind !== 'EXTERNAL_FILL') return []
  const inputs = remedies.flatMap((remedy) => ('handle' in remedy ? [remedy.handle] : []))
  return inputs.flatMap((input) => (input.type === 'RECONCILE' && input.action === 'book_fill' ? [input] : []))
}
