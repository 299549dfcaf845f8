// Makes exposure that no order of ours explains the account's own, because a person asked for it: it then stands with what quotes have
// left, can be closed, and keeps no entry back. Books nothing, and sends nothing.

import { formatDecimal } from '../kernel/decimal.ts'
import type { FindingKind } from '../recovery/finding.ts'
import type { ReconcileResult } from '../recovery/reconcile.ts'
import type { MendParts } from './mend-account.ts'

/** Decimal text, signed. */
export interface Assigned {
  readonly instrument: string
  readonly quantity: string
}

/** While one of these remains, it is not known yet what there is to assign. */
const UNSETTLED: ReadonlySet<FindingKind> = new Set([
  'INCOMPLETE',
  'POSITION_DIFFERS',
  'EXTERNAL_FILL',
  'FILL_MISSED',
  'ORDER_IN_DOUBT',
  'ORDER_QUARANTINED',
])

const EVIDENCE = 'A person said so, with --assign, where books and venue agreed on what is held.'

/** After a mending, all of it. Nothing where the account and its venue do not agree on what is held. */
export function assignRest({ comparison, engine }: MendParts, { remaining }: Pick<ReconcileResult, 'remaining'>): readonly Assigned[] {
  if (remaining.some(({ kind }) => UNSETTLED.has(kind))) return []
  const timeUs = Math.max(comparison.nowUs(), engine.lastFactUs)
  // Dust keeps nothing back by itself.
  const loose = [...engine.view.positions.values()].filter(({ unassigned, dust }) => unassigned !== dust)
  const rest = loose.map(({ instrument, positionSide, unassigned: quantity }) => ({ instrument, positionSide, quantity }))
  const facts = rest.flatMap((part) => [
    ...engine.handle(timeUs, { type: 'RECONCILE', action: 'assign', evidence: EVIDENCE, ...part, slotId: null, price: null }),
  ])
  engine.commit()
  // What the kernel would not take stays as it was, and is not said to have changed.
  return facts.flatMap(({ body }) =>
    body.type === 'EXPOSURE_ASSIGNED' ? [{ instrument: body.instrument, quantity: formatDecimal(body.quantity) }] : [],
  )
}
