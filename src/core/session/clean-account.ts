// `dita orphan-cleanup` without its command line: ends orders of long ago that the venue does not have, and says what came of each
// as data. What counts as proved is recovery's.

import { EXIT, type ExitCode } from '../errors.ts'
import { ORDER_LIVE } from '../kernel/order-table.ts'
import type { StateView } from '../kernel/views.ts'
import type { LookWindow } from '../recovery/finding.ts'
import { cleanOrphans, type Orphan, type OrphanResult, orphanCandidates } from '../recovery/orphans.ts'
import type { ReconcileVenue } from '../recovery/reconcile.ts'
import { type Care, type CareOptions, withCareOfAccount } from './care-of-account.ts'

export interface OrphanView extends Orphan {
  /** Somebody still has to see to it, or a run without --dry-run has. */
  readonly left: boolean
}

export interface OrphansView {
  readonly store: string
  readonly mode: 'paper' | 'demo' | 'live'
  /** All null for paper, where there is nothing to ask. */
  readonly account: string | null
  readonly host: string | null
  readonly window: LookWindow | null
  readonly dryRun: boolean
  readonly olderThanUs: number
  readonly sessions: number
  readonly closedAsCrashed: readonly string[]
  readonly orphans: readonly OrphanView[]
  readonly left: number
  /** What a run at another time would look at: sent later than `olderThanUs` ago, and without an answer as well. */
  readonly younger: YoungerOrders
  readonly notices: readonly string[]
  /** Why nothing was done; null where it was. */
  readonly note: string | null
  readonly exitCode: ExitCode
}

export interface YoungerOrders {
  readonly count: number
  /** Both null where there are none. */
  readonly oldestSentUs: number | null
  /** When the oldest will be old enough. */
  readonly dueUs: number | null
}

export interface CleanAccountOptions extends Omit<CareOptions, 'holder' | 'mayChange'> {
  readonly olderThanUs: number
  readonly dryRun: boolean
}

const PAPER = 'The orders of a paper account end with its session: there are no orphans.'
const NO_SESSION = 'No session of this store ever traded this account: it has no orders there to end.'

/** @throws DitaError what `withCareOfAccount` throws, and the signal's reason once it is aborted */
export async function cleanAccount(options: CleanAccountOptions): Promise<OrphansView> {
  const { config, dryRun, olderThanUs, storePath, log } = options
  const empty = {
    store: storePath,
    mode: config.mode,
    dryRun,
    olderThanUs,
    sessions: 0,
    closedAsCrashed: [],
    orphans: [],
    left: 0,
    younger: { count: 0, oldestSentUs: null, dueUs: null },
    notices: [],
  }
  const nothing = { ...empty, account: null, host: null, window: null, exitCode: EXIT.done }
  if (config.mode === 'paper') return { ...nothing, note: PAPER }
  return await withCareOfAccount({ ...options, holder: 'dita orphan-cleanup', mayChange: !dryRun }, async (care) => {
    const { account, host, comparison, engine } = care
    if (engine.view.session === null) return { ...nothing, account, host, note: NO_SESSION }
    const venue = withoutSnapshots(comparison.venue)
    const result = await cleanOrphans({ ...comparison, venue, dryRun, olderThanUs })
    options.signal.throwIfAborted()
    log.info('orphans_cleaned', { account, dryRun, orphans: result.orphans.length })
    return { ...empty, ...outcomeOf(care, result) }
  })
}

/** A snapshot that arrives on its own would make an order live again before it is judged; the looks of the run say all that it does. */
function withoutSnapshots(venue: ReconcileVenue): ReconcileVenue {
  return {
    lookAtBooks: (question, signal) => venue.lookAtBooks(question, signal),
    findOrder: (order, signal) => venue.findOrder(order, signal),
    send: (effect, nowUs) => venue.send(effect, nowUs),
    take: (nowUs) => venue.take(nowUs).filter(({ event }) => event.type !== 'SNAPSHOT'),
  }
}

function outcomeOf({ account, host, sessionIds, closedAsCrashed, engine }: Care, result: OrphanResult) {
  const { window, notices } = result
  const orphans = result.orphans.map((orphan) => ({ ...orphan, left: isLeft(orphan, result, engine.view) }))
  const left = orphans.filter((orphan) => orphan.left).length
  const younger = youngerThan(result, engine.view)
  // What could not be seen may hide another one.
  const exitCode = left > 0 || !window.complete ? EXIT.findings : EXIT.done
  return { account, host, window, sessions: sessionIds.length, closedAsCrashed, orphans, left, younger, notices, note: null, exitCode }
}

function youngerThan({ orphans, olderThanUs }: OrphanResult, view: StateView): YoungerOrders {
  const judged = new Set(orphans.map(({ clientOrderId }) => clientOrderId))
  const sent = orphanCandidates(view, Number.POSITIVE_INFINITY).filter(({ request }) => !judged.has(request.clientOrderId))
  if (sent.length === 0) return { count: 0, oldestSentUs: null, dueUs: null }
  const oldestSentUs = sent.reduce((oldest, { preparedAtUs }) => Math.min(oldest, preparedAtUs), Number.POSITIVE_INFINITY)
  return { count: sent.length, oldestSentUs, dueUs: oldestSentUs + olderThanUs }
}

/** A dry run leaves all of them; a cancel whose answer has not come leaves its order, as far as we know. */
function isLeft({ clientOrderId, outcome }: Orphan, { dryRun }: OrphanResult, view: StateView): boolean {
  if (dryRun || (outcome !== 'ended' && outcome !== 'cancelled')) return true
  const order = view.orders.get(clientOrderId)
  return order !== undefined && ORDER_LIVE[order.status]
}
