// `dita reconcile` without its command line: compares an account with its venue, mends where that is wished, keeps what was found
// as rows, and says all of it as data. How findings are judged and mended is recovery's.

import { EXIT, type ExitCode } from '../errors.ts'
import { add, type Decimal, ZERO } from '../kernel/decimal.ts'
import { ORDER_PREFIX } from '../kernel/ids.ts'
import type { Severity } from '../kernel/inputs.ts'
import type { StateView } from '../kernel/views.ts'
import { FINDING_KINDS, type Finding, type FindingAction, type FindingKind, type LookWindow } from '../recovery/finding.ts'
import { findingRows, isDrift } from '../recovery/finding-rows.ts'
import { type ReconcileDeed, type ReconcileOptions, type ReconcileResult, reconcile } from '../recovery/reconcile.ts'
import { type Assigned, assignRest } from './assign-rest.ts'
import { type Care, type CareOptions, type Holdings, holdingsOf, withCareOfAccount } from './care-of-account.ts'
import { keyOf, mendAccount } from './mend-account.ts'
import { type TakenBack, takeBack } from './take-back.ts'
import { unbookedFunding } from './unbooked-funding.ts'

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
  /** What a person may do or type where nothing is done by itself; null where there is nothing to say of it. */
  readonly advice: string | null
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
  /** With `cancel`: how many orders were asked to be taken back, and how many are still live; else null. */
  readonly takenBack: TakenBack | null
  /** With `assign`: what no order of ours explained, and is the account's own now; else null. */
  readonly assigned: readonly Assigned[] | null
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
  /** With `fix`: every order of ours is then taken back at the venue. */
  readonly cancel?: boolean
  /** With `fix`: what no order of ours explains then becomes the account's own. */
  readonly assign?: boolean
}

const PAPER = 'A paper account lives in its session, and its exchange ends with it: there is nothing to compare.'
const NO_SESSION =
  'No session of this store ever traded this account: there is nothing to compare it with, and nothing was changed or kept.'

/** @throws DitaError what `withCareOfAccount` throws, and the signal's reason once it is aborted */
export async function reconcileAccount(options: ReconcileAccountOptions): Promise<ReconcileView> {
  const { config, storePath, fix, cancel = false, assign = false } = options
  if (config.mode === 'paper') return paperView(storePath)
  return await withCareOfAccount({ ...options, holder: 'dita reconcile', mayChange: fix }, async (care) => {
    const { account, engine, journal, venue } = care
    const { session } = engine.view
    // Facts belong to a session: without one nothing could be journaled of what is done.
    const mends = fix && session !== null
    const comparison = { ...care.comparison, ...(await walletOf(care, options)) }
    const mended = mends ? await mendAccount({ engine, comparison }) : await reconcile({ ...comparison, mode: 'look' })
    const taking = mends && cancel ? await takeBack({ engine, venue, comparison }, mended) : null
    const result = taking?.result ?? mended
    const assigned = mends && assign ? assignRest({ engine, comparison }, result) : null
    // A look that was broken off has seen nothing that is worth keeping.
    options.signal.throwIfAborted()
    const place = { sessionId: session?.sessionId ?? null, wallUs: options.wall.wallUs(), by: 'reconcile' } as const
    journal.recordFindings(account, findingRows(result, place))
    options.log.info('reconciled', { account, fixed: mends, found: result.before.length, remaining: result.remaining.length })
    return viewOf(options, care, { ...result, takenBack: taking?.takenBack ?? null, assigned })
  })
}

/** Before money first came in there is nothing to compare; what was paid since, and is not booked yet, explains its part. */
async function walletOf({ engine, venue }: Care, { wall, signal }: ReconcileAccountOptions): Promise<Pick<ReconcileOptions, 'wallet'>> {
  if (engine.capitalSinceUs === null) return {}
  const unbooked = new Map<string, Decimal>()
  for (const { asset, amount } of await unbookedFunding({ engine, venue, nowUs: wall.wallUs(), signal })) {
    unbooked.set(asset, add(unbooked.get(asset) ?? ZERO, amount))
  }
  return { wallet: { unbooked } }
}

type Outcome = ReconcileResult & Pick<ReconcileView, 'takenBack' | 'assigned'>

function viewOf({ config, storePath }: ReconcileAccountOptions, care: Care, result: Outcome): ReconcileView {
  const { account, host, sessionIds, closedAsCrashed, engine } = care
  const { window, mode, rounds, notices, takenBack, assigned } = result
  const known = engine.view.session !== null
  const { findings, alsoDone } = findingsOf(result, engine.view)
  const remaining = findings.filter(({ remains }) => remains)
  const drift = remaining.filter(({ counts }) => counts).length
  const isSettled = drift === 0 && window.complete && (takenBack?.left ?? 0) === 0
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
    takenBack,
    assigned,
    remaining: remaining.length,
    drift,
    notices,
    note: known ? null : NO_SESSION,
    exitCode: wasBlind(remaining) ? EXIT.unreachable : isSettled ? EXIT.done : EXIT.findings,
  }
}

const PARTS = ['open orders', 'positions', 'fills'] as const

/** Not one part of the look could be had: whatever answered, the venue did not. */
function wasBlind(remaining: readonly FindingView[]): boolean {
  return PARTS.every((part) => remaining.some(({ kind, subject }) => kind === 'INCOMPLETE' && subject === part))
}

/** Each finding once, in the order of the look: as it was last seen, with what was done about it. */
function findingsOf({ before, remaining, done }: ReconcileResult, view: StateView): Pick<ReconcileView, 'findings' | 'alsoDone'> {
  const last = new Map(remaining.map((found) => [keyOf(found), found]))
  const all = new Map([...before, ...remaining].map((found) => [keyOf(found), found]))
  const findings = [...all].map(([key, found]) => {
    const { kind, instrument, subject, evidence, action, advice } = last.get(key) ?? found
    const deeds = done.filter((deed) => keyOf(deed) === key)
    return {
      kind,
      ...FINDING_KINDS[kind],
      instrument,
      subject,
      ...evidence,
      action,
      advice,
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
    takenBack: null,
    assigned: null,
    remaining: 0,
    drift: 0,
    note: PAPER,
    exitCode: EXIT.done,
  }
}
