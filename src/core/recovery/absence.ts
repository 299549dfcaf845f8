// When it counts as proved that a venue does not have an order. It owns the rule; it asks nobody.

import type { ReconcileAction, SessionOpening } from '../kernel/inputs.ts'

/** The margins of a session that an absence is judged by. */
export type AbsenceRules = Pick<SessionOpening, 'absenceMarginUs' | 'querySpacingUs'>

/** One question that the venue answered with "no such order": when it was asked, and the venue's clock when it answered. */
export interface NotFound {
  readonly askedAtUs: number
  readonly venueTimeUs: number
}

/** What `mark_absent` has to carry. */
export type AbsenceProof = Pick<Extract<ReconcileAction, { action: 'mark_absent' }>, 'venueTimeUs' | 'askedAtUs'>

/** More answers of one order are not kept: the first and the last of them are what a proof stands on. */
const KEPT = 8

/** Whether an answer can be part of a proof: asked, and by the venue's clock answered, when the order could no longer arrive in time. */
export function counts({ askedAtUs, venueTimeUs }: NotFound, validUntilUs: number): boolean {
  return askedAtUs > validUntilUs && venueTimeUs > validUntilUs
}

/** The list with one more answer, bounded: the first stays, because the time since it is what proves. */
export function withNotFound(found: readonly NotFound[], next: NotFound): NotFound[] {
  return [...(found.length < KEPT ? found : [...found.slice(0, 1), ...found.slice(2)]), next]
}

/**
 * The proof that the order never arrived and never will, or null: the last answer is later than validity and margin by the
 * venue's clock, and first and last are a query's spacing apart, by the venue's clock as well as by ours: of answers that
 * overtook each other we do not know which question they belong to.
 */
export function absenceProof(found: readonly NotFound[], validUntilUs: number, rules: AbsenceRules): AbsenceProof | null {
  const counted = found.filter((answer) => counts(answer, validUntilUs))
  const [first, last] = [counted[0], counted.at(-1)]
  if (first === undefined || last === undefined) return null
  const isSpaced = last.askedAtUs - first.askedAtUs >= rules.querySpacingUs && last.venueTimeUs - first.venueTimeUs >= rules.querySpacingUs
  if (!isSpaced || last.venueTimeUs <= validUntilUs + rules.absenceMarginUs) return null
  return { venueTimeUs: last.venueTimeUs, askedAtUs: counted.map(({ askedAtUs }) => askedAtUs) }
}
