// The start of a session at a venue in the world: what an older one left open is asked about and reconciled, and the money there
// becomes the account's. Nothing is traded before this is done.

import { DitaError, EXIT, messageOf } from '../errors.ts'
import type { Halt } from '../halt-reasons.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { sub, ZERO } from '../kernel/decimal.ts'
import type { Severity } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { compareBooks } from '../recovery/compare-books.ts'
import { FINDING_KINDS, type Finding, type FindingKind } from '../recovery/finding.ts'
import { findingFlags, findingRows, isDrift } from '../recovery/finding-rows.ts'
import { prefixesOf } from '../recovery/ours.ts'
import { type ReconcileResult, reconcile } from '../recovery/reconcile.ts'
import type { Venue, VenueBooks } from '../venue/port.ts'
import { sendCommitted } from '../venue/send-committed.ts'
import type { SessionControl } from './control.ts'
import type { Engine } from './engine.ts'
import type { RunSessionOptions, SessionLog } from './port.ts'
import { unbookedFunding } from './unbooked-funding.ts'
import type { RecoveryModel } from './view-model.ts'

export interface RecoverParts {
  readonly engine: Engine
  readonly venue: Venue
  readonly journal: StoreWriter
  readonly instrument: Instrument
  readonly sessionId: string
  /** What becomes of orders that an older session left resting. */
  readonly onStart: 'adopt' | 'cancel'
  readonly quarantineAfterUs: number
  /** When the account's last fact before this session was; null for an account that had none. */
  readonly knownUntilUs: number | null
  readonly control: SessionControl
  readonly wall: RunSessionOptions['wall']
  readonly log: SessionLog
  readonly say: (severity: Severity, text: string) => void
  /** For the screen: how much there was to mend. */
  readonly found: (recovery: RecoveryModel) => void
}

/** With these open a session goes on: the slot, or the side, of such an order is frozen, and everybody can see it. */
const BEARABLE: ReadonlySet<FindingKind> = new Set(['ORDER_QUARANTINED', 'CANCEL_IN_DOUBT'])

/** Reconciles, and says why the session must not go on; null where it may. */
export async function recoverAccount(parts: RecoverParts): Promise<Halt | null> {
  const { engine, venue, journal, sessionId, control, wall, log, onStart } = parts
  doubtWhatWasUnderWay(parts)
  if (onStart === 'cancel') cancelLeftovers(parts)
  send(parts)
  const account = engine.view.account as string
  const result = await reconcile({
    engine,
    venue,
    mode: 'fix',
    sessionIds: journal.sessionsOf(account),
    instruments: [parts.instrument.symbol],
    fillsFromUs: windowFrom(parts),
    bookedFills: (fromUs) => journal.fillsSince(account, fromUs),
    nowUs: () => wall.wallUs(),
    sleep: (us) => wall.sleep(us / 1_000, control.signal),
    signal: control.signal,
    limits: { withinUs: parts.quarantineAfterUs },
  }).catch((thrown: unknown) => {
    // A stop that is asked for meanwhile breaks off calls and waits, whatever they then throw: the loop finds it at its first step.
    if (control.halt === null || (thrown instanceof DitaError && thrown.fault !== 'venue')) throw thrown
    log.error('reconcile_broken_off', { message: messageOf(thrown), cause: thrown })
    return null
  })
  if (result === null) return null
  for (const flag of findingFlags(result.remaining)) engine.handle(wall.wallUs(), flag)
  send(parts)
  journal.recordFindings(account, findingRows(result, { sessionId, wallUs: wall.wallUs(), by: 'start' }))
  log.info('reconciled', { rounds: result.rounds, found: result.before.length, remaining: result.remaining.length })
  const stopper = result.remaining.find(({ kind }) => FINDING_KINDS[kind].severity !== 'info' && !BEARABLE.has(kind))
  if (stopper !== undefined) {
    note(result, [], parts)
    return haltOf(stopper)
  }
  // The first session finds the money with all that was paid before; later ones book what was paid meanwhile before they compare.
  const isKnown = engine.capitalSinceUs !== null
  if (isKnown) await catchUpOnFunding(parts)
  const wallet: Finding[] = []
  try {
    wallet.push(...(await compareMoney(parts)))
  } finally {
    // One count of all that was found, also where the venue does not say what is in the wallet.
    note(result, wallet, parts)
  }
  if (!isKnown) await catchUpOnFunding(parts)
  if (result.before.length + wallet.length === 0) parts.say('info', 'reconciled: our books and the venue agree')
  if (wallet.length > 0) keepWallet(wallet, parts)
  return null
}

/** What was paid while nobody listened; from now on the venue tells of each payment. */
async function catchUpOnFunding({ engine, venue, control, wall }: RecoverParts): Promise<void> {
  const payments = await unbookedFunding({ engine, venue, nowUs: wall.wallUs(), signal: control.signal })
  for (const payment of payments) engine.handle(wall.wallUs(), payment)
  engine.commit()
}

/** Clocks differ, and a fill may be told late. */
const WINDOW_MARGIN_US = 600_000_000
const SECOND_US = 1_000_000

/** Fills are compared from where the account was last known, or from before the oldest order that may have been filled since. */
function windowFrom({ engine, knownUntilUs, wall }: RecoverParts): number {
  const nowUs = wall.wallUs()
  // What somebody did on the account before its first session is not ours to explain: what is held then is.
  if (knownUntilUs === null) return nowUs - SECOND_US
  const sent = [...engine.view.liveOrders.values()].map(({ preparedAtUs }) => preparedAtUs)
  return Math.min(knownUntilUs, ...sent) - WINDOW_MARGIN_US
}

/** After a crash what was prepared counts as maybe sent, and a cancel that was asked for as maybe done. */
function doubtWhatWasUnderWay({ engine, wall }: RecoverParts): void {
  const nowUs = wall.wallUs()
  for (const { request, status, cancel } of [...engine.view.liveOrders.values()]) {
    const { clientOrderId } = request
    const detail = 'the process that sent it is gone'
    if (status === 'prepared' || status === 'submitting') {
      engine.handle(nowUs, { type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail })
    }
    if (cancel === 'requested' || cancel === 'sent')
      engine.handle(nowUs, { type: 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail })
  }
}

function cancelLeftovers({ engine, wall, instrument }: RecoverParts): void {
  engine.handle(wall.wallUs(), { type: 'CANCEL', target: { kind: 'instrument', instrument: instrument.symbol } })
}

/** Durable first; questions are asked by reconcile itself. What a full queue does not take reconcile finds resting. */
function send({ engine, venue, wall }: RecoverParts): void {
  sendCommitted({ engine, venue, commit: () => engine.commit(), admits: ({ type }) => type === 'cancel', nowUs: wall.wallUs() })
}

/** What the wallet has is compared after all else, and no step of a start mends it. */
function note({ before, done, remaining, forgotten }: ReconcileResult, wallet: readonly Finding[], parts: RecoverParts): void {
  const { say } = parts
  const [found, left] = [before.length + wallet.length, remaining.length + wallet.length]
  parts.found({ found, done: done.length, remaining: left })
  if (forgotten !== null) say('info', forgotten)
  if (found === 0) return
  const ofWallet = wallet.length === 0 ? '' : before.length === 0 ? ' (in the wallet)' : ` (${wallet.length} of them in the wallet)`
  const steps = `${done.length} ${done.length === 1 ? 'step' : 'steps'} taken`
  say('warning', `reconciled: ${found} found${ofWallet}, ${steps}, ${left} ${left === 1 ? 'remains' : 'remain'}`)
  // The others are flagged, and said by their flags.
  for (const { kind, subject } of remaining.filter((found) => !isDrift(found))) say('info', `${FINDING_KINDS[kind].means} ${subject}`)
}

/** What is wrong and what to type, and no more: what the finding means has been said by its flag. */
function haltOf({ kind, subject, evidence }: Finding): Halt {
  const next = 'mend it with `dita reconcile --fix-orphans`; if another store trades this account too, go on with one of them alone'
  const detail = `${subject}: we hold ${evidence.ours}, the venue says ${evidence.venues}; ${kind === 'INCOMPLETE' ? 'try again' : next}`
  return { reason: 'reconciler_halt', detail, ...(kind === 'INCOMPLETE' ? { exitCode: EXIT.unreachable } : {}) }
}

/** The first session finds the account's money at the venue; later ones say where it is another than the books explain. */
async function compareMoney(parts: RecoverParts): Promise<readonly Finding[]> {
  const { engine, instrument, control, wall } = parts
  const { settle } = instrument
  const books = await lookAtMoney(parts)
  if (!engine.view.balances.has(`capital|${settle}`)) {
    const theirs = books.balances.get(settle) ?? ZERO
    const ours = engine.view.balances.get(`wallet|${settle}`) ?? ZERO
    if (theirs === ZERO) return []
    const note = 'found at the venue by the first session'
    engine.handle(wall.wallUs(), { type: 'FLOW_CAPITAL', asset: settle, amount: sub(theirs, ours), note })
    engine.commit()
    return []
  }
  const seen = walletFindings(parts, books)
  if (seen.length === 0) return []
  // The parts of a look are not of one instant: only what a second one shows again, figure for figure, is so.
  await wall.sleep((engine.view.session?.querySpacingUs ?? 0) / 1_000, control.signal)
  // A stop that is asked for meanwhile ends the wait: the loop finds it at its first step.
  if (control.halt !== null) return []
  const figures = new Set(seen.map((found) => found.figures))
  return walletFindings(parts, await lookAtMoney(parts)).filter((found) => figures.has(found.figures))
}

type MoneyBooks = VenueBooks & { readonly balances: NonNullable<VenueBooks['balances']> }

async function lookAtMoney({ venue, instrument, control, wall }: RecoverParts): Promise<MoneyBooks> {
  const question = { instruments: [instrument.symbol], fillsFromUs: wall.wallUs() }
  const { balances, ...books } = await venue.lookAtBooks(question, control.signal)
  if (balances === null) throw moneyUnknown(books.failures)
  return { ...books, balances }
}

/** The orders have been compared before; here it only counts whether something moves that would explain it. */
function walletFindings({ engine, journal }: RecoverParts, books: MoneyBooks): Finding[] {
  const { view } = engine
  const prefixes = prefixesOf(view, journal.sessionsOf(view.account as string))
  const findings = compareBooks({ view, books, answers: new Map(), prefixes, wallet: { unbooked: new Map() } })
  return findings.filter(({ kind }) => kind === 'BALANCE_DIFFERS' || kind === 'BALANCE_UNSETTLED')
}

function keepWallet(wallet: readonly Finding[], parts: RecoverParts): void {
  const { engine, journal, sessionId, wall, say } = parts
  for (const flag of findingFlags(wallet)) engine.handle(wall.wallUs(), flag)
  engine.commit()
  const rows = findingRows({ before: wallet, done: [], remaining: wallet }, { sessionId, wallUs: wall.wallUs(), by: 'start' })
  journal.recordFindings(engine.view.account as string, rows)
  for (const { kind } of wallet.filter((found) => !isDrift(found))) say('info', FINDING_KINDS[kind].means)
}

function moneyUnknown(failures: readonly string[]): DitaError {
  return new DitaError('VENUE_UNREACHABLE', {
    fault: 'venue',
    exitCode: EXIT.unreachable,
    message: `The venue does not say what is in the wallet: ${failures.join(' ')}`,
    next: 'Try again; if it goes on, look at the status page of the venue.',
  })
}
