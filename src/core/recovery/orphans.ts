// Ends orders that were sent long ago, that the venue never named, and that it does not have. It ends nothing on its own
// word: the venue is asked twice, and what rests there under our prefix is cancelled there.

import { ZERO } from '../kernel/decimal.ts'
import type { OrderStatus } from '../kernel/order-table.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { Finding, LookWindow, Remedy } from './finding.ts'
import { type ReconcileOptions, Reconciliation } from './reconcile.ts'

/** An order of a week ago that nobody ever confirmed. */
export const ORPHAN_AGE_US = 7 * 86_400_000_000

export interface OrphanOptions extends Omit<ReconcileOptions, 'mode' | 'wishes'> {
  readonly olderThanUs?: number
  /** Only says what would be done. */
  readonly dryRun: boolean
}

/**
 * `ended`: settled as cancelled. `cancelled`: it rests at the venue, and its cancel is on its way. `known`: the venue tells
 * another story, which reconcile follows. `unclear`: it could not be proved either way. `refused`: the kernel would not.
 */
export type OrphanOutcome = 'ended' | 'cancelled' | 'known' | 'unclear' | 'refused'

export interface Orphan {
  readonly clientOrderId: string
  readonly instrument: string | null
  /** As we hold it; null where no journal of ours knows it. */
  readonly status: OrderStatus | null
  readonly sentUs: number | null
  /** In a dry run what would come of it. */
  readonly outcome: OrphanOutcome
  /** What the venue said, or why not. */
  readonly words: string
}

export interface OrphanResult {
  readonly dryRun: boolean
  readonly olderThanUs: number
  readonly orphans: readonly Orphan[]
  readonly window: LookWindow
  readonly notices: readonly string[]
}

/** Orders that we hold as live, sent before `beforeUs`, and that no venue order id was ever bound to. */
export function orphanCandidates(view: StateView, beforeUs: number): OrderView[] {
  return [...view.liveOrders.values()].filter(({ venueOrderId, preparedAtUs }) => venueOrderId === null && preparedAtUs <= beforeUs)
}

/** @throws what `reconcile` throws */
export async function cleanOrphans(options: OrphanOptions): Promise<OrphanResult> {
  const { olderThanUs = ORPHAN_AGE_US, dryRun, engine, nowUs } = options
  const run = new Reconciliation({ ...options, mode: dryRun ? 'look' : 'fix' })
  const before = await run.look()
  await run.wait()
  // Twice, and spaced: only now can absence be proved.
  const findings = await run.look()
  const candidates = orphanCandidates(engine.view, nowUs() - olderThanUs)
  const byId = new Map(candidates.map((order) => [order.request.clientOrderId, order]))
  const reason = `orphan cleanup ${dayOf(nowUs())}`
  const orphans: Orphan[] = []
  for (const found of findings) {
    const order = byId.get(found.subject)
    if (order === undefined && found.kind !== 'ORPHAN_OF_OURS') continue
    const plan = planFor(found, order, reason)
    const { subject, instrument, evidence } = found
    const held = order ?? engine.view.orders.get(subject)
    const about = { clientOrderId: subject, instrument, status: held?.status ?? null, sentUs: held?.preparedAtUs ?? null }
    const deed = plan.remedies.length === 0 || dryRun ? null : run.mend(found, plan.action, plan.remedies)
    const refused = deed?.refused ?? null
    orphans.push({ ...about, outcome: refused === null ? plan.outcome : 'refused', words: refused ?? evidence.venues })
  }
  if (!dryRun && orphans.some(({ outcome }) => outcome === 'cancelled')) await run.wait()
  const { window, notices } = run.result(before, findings)
  return { dryRun, olderThanUs, orphans, window, notices }
}

interface Plan {
  readonly outcome: OrphanOutcome
  readonly action: Finding['action']
  readonly remedies: readonly Remedy[]
}

/** What is done about a candidate, or about an order of ours that rests at the venue and should not. */
function planFor(found: Finding, order: OrderView | undefined, reason: string): Plan {
  if (found.action === 'cancel') return { outcome: 'cancelled', action: 'cancel', remedies: found.remedies }
  if (order === undefined) return { outcome: 'unclear', action: 'none', remedies: [] }
  const { clientOrderId } = order.request
  // It was there all the time, and nobody knew: it is taken on, and taken back.
  const cancel: Remedy = { handle: { type: 'CANCEL', target: { kind: 'order', clientOrderId } } }
  if (found.action === 'adopt') return { outcome: 'cancelled', action: 'cancel', remedies: [...found.remedies, cancel] }
  if (found.action === 'settle_order') return { outcome: 'known', action: 'none', remedies: [] }
  if (found.action !== 'mark_absent') return { outcome: 'unclear', action: 'none', remedies: [] }
  const settled = { action: 'settle_order', clientOrderId, outcome: 'canceled', filledQuantity: ZERO, averagePrice: null } as const
  return { outcome: 'ended', action: 'settle_order', remedies: [{ handle: { type: 'RECONCILE', evidence: reason, ...settled } }] }
}

const dayOf = (timeUs: number): string => new Date(Math.trunc(timeUs / 1000)).toISOString().slice(0, 10)
