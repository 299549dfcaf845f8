// How findings are kept: as rows of a store's `reconcile_findings`, and as flags of the journal. Writes nothing itself.

import type { KernelInput } from '../kernel/inputs.ts'
import { FINDING_KINDS, type Finding } from './finding.ts'
import type { ReconcileResult } from './reconcile.ts'

/** A row of `reconcile_findings`, without the ids that the store gives. */
export interface FindingRow {
  readonly sessionId: string | null
  readonly wallUs: number
  readonly kind: string
  /** JSON: by (a session's start, or a reconcile after it), instrument, subject, ours, venues, sinceUs. */
  readonly evidence: string
  readonly action: string
  readonly resolved: boolean
}

const keyOf = ({ kind, subject }: Finding): string => `${kind}|${subject}`

/** Every finding of a run once: those that are gone at its end as resolved, with what was done last about them. */
export function findingRows(
  result: Pick<ReconcileResult, 'before' | 'done' | 'remaining'>,
  { sessionId, wallUs, by }: Pick<FindingRow, 'sessionId' | 'wallUs'> & { readonly by: 'start' | 'reconcile' },
): FindingRow[] {
  const remaining = new Set(result.remaining.map(keyOf))
  const gone = result.before.filter((found) => !remaining.has(keyOf(found)))
  const rowOf = (found: Finding, resolved: boolean): FindingRow => {
    const { instrument, subject, evidence, kind } = found
    const deed = result.done.findLast((done) => done.kind === kind && done.subject === subject && done.refused === null)
    const action = deed?.action ?? found.action
    return { sessionId, wallUs, kind, evidence: JSON.stringify({ by, instrument, subject, ...evidence }), action, resolved }
  }
  return [...gone.map((found) => rowOf(found, true)), ...result.remaining.map((found) => rowOf(found, false))]
}

/** Whether a finding is one that somebody has to see to: what others do on the account is shown, and no more. */
export function isDrift({ kind }: Finding): boolean {
  return FINDING_KINDS[kind].severity !== 'info'
}

/** More than these say nothing new to a person who looks at a screen: the rows have them all. */
const FLAGS_LIMIT = 50

/** What a session flags at its start of that which could not be mended, so that summary and screen show it. */
export function findingFlags(remaining: readonly Finding[]): KernelInput[] {
  const drift = remaining.filter(isDrift).slice(0, FLAGS_LIMIT)
  return drift.map(({ kind, subject, evidence, advice }) => {
    const { severity, means } = FINDING_KINDS[kind]
    const detail = `${means} ${subject}: we hold ${evidence.ours}; the venue says ${evidence.venues}.${advice === null ? '' : ` To do: ${advice}.`}`
    return { type: 'FLAG_RISK', code: `RECONCILE_${kind}`, severity, value: subject, limit: null, detail }
  })
}
