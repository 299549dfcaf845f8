// `dita reconcile` without its command line: compares an account with its venue, mends where that is wished, keeps what was found
// as rows, and says all of it as data. How findings are judged and mended is recovery's.

import { EXIT, type ExitCode } from '../errors.ts'
import { add, type Decimal, ZERO } from '../kernel/decimal.ts'
import { ORDER_PREFIX } from '../kernel/ids.ts'
import type { ReconcileIntent, Severity } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'
import { FINDING_KINDS, type Finding, type FindingAction, type FindingKind, type LookWindow } from '../recovery/finding.ts'
import { findingRows, isDrift } from '../recovery/finding-rows.ts'
import { type ReconcileDeed, type ReconcileResult, reconcile } from '../recovery/reconcile.ts'
import { type Care, type CareOptions, type Holdings, holdingsOf, withCareOfAccount } from './care-of-account.ts'

export interface FindingView {
  readonly kind: FindingKind
  readonly means: string
  readonly severity: Severity
  readonly instrument: string | null
  readonly subject: string
  /** The evidence: what we believe, what the venue says, and since when we believe it; null where nobody knows. */
  readonly ours: string
  readonly venues: string
  readonly sinceUs: number | null
  /** What it takes to mend it, by what was last known. */
  readonly action: FindingAction
  /** What was done about it, in order; `refused` says why the kernel would not. */
  readonly taken: readonly Pick<ReconcileDeed, 'action' | 'timeUs' | 'refused'>[]
  /** Still there at the last look. */
  readonly remains: boolean
  /** Somebody has to see to it while it remains: the exit code counts those. */
  readonly counts: boolean
}

export interface ReconcileView {
  readonly store: string
  readonly mode: 'paper' | 'demo' | 'live'
  /** All null for paper, where there is nothing to compare with. */
  readonly account: string | null
  readonly host: string | null
  readonly window: LookWindow | null
  readonly holdings: Holdings | null
  /** Whether it mended, or only looked. */
  readonly fixed: boolean
  /** How many sessions of the account this store knows. */
  readonly sessions: number
  readonly closedAsCrashed: readonly string[]
  readonly rounds: number
  readonly findings: readonly FindingView[]
  /** What was done about findings that only came up on the way. */
  readonly alsoDone: readonly ReconcileDeed[]
  /** How many remain, and how many of those somebody has to see to. */
  readonly remaining: number
  readonly drift: number
  /** What the venue had to say beside, in sentences. */
  readonly notices: readonly string[]
  /** Why less was done than was asked for; null where all was. */
  readonly note: string | null
  readonly exitCode: ExitCode
}

export interface ReconcileAccountOptions extends Omit<CareOptions, 'holder' | 'mayChange'> {
  /** Mends what evidence allows, rather than only to look. */
  readonly fix: boolean
}

const PAPER = 'A paper account lives in its session, and its exchange ends with it: there is nothing to compare.'
const NO_SESSION =
  'No session of this store ever traded this account: there is nothing to compare it with, and nothing was changed or kept.'

/** @throws DitaError what `withCareOfAccount` throws, and the signal's reason once it is aborted */
export async function reconcileAccount(options: ReconcileAccountOptions): Promise<ReconcileView> {
  const { config, storePath, fix } = options
  if (config.mode === 'paper') return paperView(storePath)
  return await withCareOfAccount({ ...options, holder: 'dita reconcile', mayChange: fix }, async (care) => {
    const { account, comparison, engine, journal } = care
    const { session } = engine.view
    // Facts belong to a session: without one nothing could be journaled of what is done.
    const mends = fix && session !== null
    const result = mends ? await mend(care) : await reconcile({ ...comparison, mode: 'look' })
    // A look that was broken off has seen nothing that is worth keeping.
    options.signal.throwIfAborted()
    journal.recordFindings(account, findingRows(result, { sessionId: session?.sessionId ?? null, wallUs: options.wall.wallUs() }))
    options.log.info('reconciled', { account, fixed: mends, found: result.before.length, remaining: result.remaining.length })
    return viewOf(options, care, result)
  })
}

/**
 * Our own orders first, strangers' fills after them. A venue names a fill by its own order id, which an order in doubt is not yet
 * bound to: its fill looks like a stranger's until the order is settled, and booked as such it would be counted twice. So none is
 * booked while one of them may be ours.
 */
async function mend({ comparison, engine }: Care): Promise<ReconcileResult> {
  const own = { bookExternalFills: false, adjustPositions: false, cancelOrphans: true }
  const first = await reconcile({ ...comparison, mode: 'fix', wishes: own })
  if (!first.remaining.some(({ kind }) => STRANGERS.has(kind)) || mayBeOurs(first.remaining, engine.view)) return first
  const second = await reconcile({
    ...comparison,
    mode: 'fix',
    wishes: { bookExternalFills: true, adjustPositions: true, cancelOrphans: true },
  })
  const { startedUs, before, done, rounds, notices } = first
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

function viewOf({ config, storePath }: ReconcileAccountOptions, care: Care, result: ReconcileResult): ReconcileView {
  const { account, host, sessionIds, closedAsCrashed, engine } = care
  const { window, mode, rounds, notices } = result
  const known = engine.view.session !== null
  const { findings, alsoDone } = findingsOf(result, engine.view)
  const remaining = findings.filter(({ remains }) => remains)
  const drift = remaining.filter(({ counts }) => counts).length
  return {
    store: storePath,
    mode: config.mode,
    account,
    host,
    window,
    holdings: holdingsOf(engine.view),
    fixed: mode === 'fix',
    sessions: sessionIds.length,
    closedAsCrashed,
    rounds,
    findings,
    alsoDone,
    remaining: remaining.length,
    drift,
    notices,
    note: known ? null : NO_SESSION,
    exitCode: wasBlind(remaining) ? EXIT.unreachable : drift > 0 || !window.complete ? EXIT.findings : EXIT.done,
  }
}

const PARTS = ['open orders', 'positions', 'fills'] as const

/** Not one part of the look could be had: whatever answered, the venue did not. */
function wasBlind(remaining: readonly FindingView[]): boolean {
  return PARTS.every((part) => remaining.some(({ kind, subject }) => kind === 'INCOMPLETE' && subject === part))
}

const keyOf = ({ kind, subject }: Pick<Finding, 'kind' | 'subject'>): string => `${kind}|${subject}`

/** Each finding once, in the order of the look: as it was last seen, with what was done about it. */
function findingsOf({ before, remaining, done }: ReconcileResult, view: StateView): Pick<ReconcileView, 'findings' | 'alsoDone'> {
  const last = new Map(remaining.map((found) => [keyOf(found), found]))
  const all = new Map([...before, ...remaining].map((found) => [keyOf(found), found]))
  const findings = [...all].map(([key, found]) => {
    const { kind, instrument, subject, evidence, action } = last.get(key) ?? found
    const deeds = done.filter((deed) => keyOf(deed) === key)
    return {
      kind,
      ...FINDING_KINDS[kind],
      instrument,
      subject,
      ...evidence,
      action,
      taken: deeds.map(({ action: taken, timeUs, refused }) => ({ action: taken, timeUs, refused })),
      remains: last.has(key),
      counts: view.session === null ? countsForStranger(found) : isDrift(found),
    }
  })
  return { findings, alsoDone: done.filter((deed) => !all.has(keyOf(deed))) }
}

/** Of an account that this store never traded only an order that some session of dita sent, or what could not be seen, is news. */
function countsForStranger({ kind, subject }: Finding): boolean {
  return kind === 'INCOMPLETE' || (kind === 'FOREIGN_ORDER' && subject.toLowerCase().startsWith(ORDER_PREFIX))
}

function paperView(store: string): ReconcileView {
  const nowhere = { account: null, host: null, window: null, holdings: null }
  const nothing = { closedAsCrashed: [], findings: [], alsoDone: [], notices: [] }
  return {
    ...nowhere,
    ...nothing,
    store,
    mode: 'paper',
    fixed: false,
    sessions: 0,
    rounds: 0,
    remaining: 0,
    drift: 0,
    note: PAPER,
    exitCode: EXIT.done,
  }
}
