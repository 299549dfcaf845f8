// The start of a session at a venue in the world: what an older one left open is asked about and reconciled, and the money there
// becomes the account's. Nothing is traded before this is done.

import { DitaError, EXIT, messageOf } from '../errors.ts'
import type { Halt } from '../halt-reasons.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { abs, type Decimal, dec, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import type { Severity } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { fundingKey } from '../kernel/state.ts'
import { FINDING_KINDS, type Finding, type FindingKind } from '../recovery/finding.ts'
import { findingFlags, findingRows, isDrift } from '../recovery/finding-rows.ts'
import { type ReconcileResult, reconcile } from '../recovery/reconcile.ts'
import type { Venue } from '../venue/port.ts'
import { sendCommitted } from '../venue/send-committed.ts'
import type { SessionControl } from './control.ts'
import type { Engine } from './engine.ts'
import type { RunSessionOptions, SessionLog } from './run-session.ts'
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
  const { engine, venue, journal, sessionId, control, wall, log, say, onStart } = parts
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
  note(result, say)
  parts.found({ found: result.before.length, done: result.done.length, remaining: result.remaining.length })
  for (const flag of findingFlags(result.remaining)) engine.handle(wall.wallUs(), flag)
  send(parts)
  journal.recordFindings(account, findingRows(result, { sessionId, wallUs: wall.wallUs() }))
  log.info('reconciled', { rounds: result.rounds, found: result.before.length, remaining: result.remaining.length })
  const stopper = result.remaining.find(({ kind }) => FINDING_KINDS[kind].severity !== 'info' && !BEARABLE.has(kind))
  if (stopper !== undefined) return haltOf(stopper)
  // The first session finds the money with all that was paid before; later ones book what was paid meanwhile before they compare.
  const isKnown = engine.capitalSinceUs !== null
  if (isKnown) await catchUpOnFunding(parts)
  await adoptMoney(parts)
  if (!isKnown) await catchUpOnFunding(parts)
  return null
}

/**
 * What was paid while nobody listened; from now on the venue tells of each payment. They are booked in order of time, so that none is
 * missing before the last one: what a session could not be told is found by the next, however long ago it was paid.
 */
async function catchUpOnFunding({ engine, venue, control, wall }: RecoverParts): Promise<void> {
  const { capitalSinceUs, lastFundingUs } = engine
  const fromUs = Math.max(capitalSinceUs ?? wall.wallUs(), (lastFundingUs ?? 0) - WINDOW_MARGIN_US)
  const payments = await venue.followFunding(fromUs, control.signal)
  for (const payment of payments) {
    if (!engine.view.fundings.has(fundingKey(payment.instrument, payment.fundingId))) engine.handle(wall.wallUs(), payment)
  }
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

function note({ before, done, remaining, forgotten }: ReconcileResult, say: RecoverParts['say']): void {
  if (forgotten !== null) say('info', forgotten)
  if (before.length === 0) {
    say('info', 'reconciled: our books and the venue agree')
    return
  }
  say('warning', `reconciled: ${before.length} found, ${done.length} steps taken, ${remaining.length} remain`)
  // The others are flagged, and said by their flags.
  for (const { kind, subject } of remaining.filter((found) => !isDrift(found))) say('info', `${FINDING_KINDS[kind].means} ${subject}`)
}

/** What is wrong and what to type, and no more: what the finding means has been said by its flag. */
function haltOf({ kind, subject, evidence }: Finding): Halt {
  const next = 'mend it with `dita reconcile --fix-orphans`; if another store trades this account too, go on with one of them alone'
  const detail = `${subject}: we hold ${evidence.ours}, the venue says ${evidence.venues}; ${kind === 'INCOMPLETE' ? 'try again' : next}`
  return { reason: 'reconciler_halt', detail, exitCode: kind === 'INCOMPLETE' ? EXIT.unreachable : EXIT.findings }
}

/** The first session finds the account's money at the venue; later ones say where it is another than the books explain. */
async function adoptMoney({ engine, venue, instrument, control, wall }: RecoverParts): Promise<void> {
  const { settle } = instrument
  const nowUs = wall.wallUs()
  const { balances, failures } = await venue.lookAtBooks({ instruments: [instrument.symbol], fillsFromUs: nowUs }, control.signal)
  if (balances === null) throw moneyUnknown(failures)
  const theirs = balances.get(settle) ?? ZERO
  const ours = engine.view.balances.get(`wallet|${settle}`) ?? ZERO
  if (!engine.view.balances.has(`capital|${settle}`)) {
    if (theirs === ZERO) return
    const note = 'found at the venue by the first session'
    engine.handle(nowUs, { type: 'FLOW_CAPITAL', asset: settle, amount: sub(theirs, ours), note })
    engine.commit()
    return
  }
  const off = sub(theirs, ours)
  // While a position is open, what was realised depends on the order in which its fills were heard: only flat books must agree.
  const isFlat = [...engine.view.positions.values()].every(({ quantity }) => quantity === ZERO)
  if (!isFlat || abs(off) <= roundingOf(engine)) return
  const [value, limit] = [formatDecimal(theirs), formatDecimal(ours)]
  const detail = `The venue has ${value} ${settle} in the wallet, our books ${limit}: a deposit, a withdrawal or a payment that nobody booked.`
  engine.handle(nowUs, { type: 'FLAG_RISK', code: 'BALANCE_DIFFERS', severity: 'warning', value, limit, detail })
  engine.commit()
}

/** A venue rounds fees and profits: to four decimals, half a unit each, as far as its own lists show. Counted over all fills there were. */
const ROUNDED_A_FILL = dec('0.0001')

function roundingOf({ view }: Engine): Decimal {
  return (ROUNDED_A_FILL * BigInt(view.fills.size)) as Decimal
}

function moneyUnknown(failures: readonly string[]): DitaError {
  return new DitaError('VENUE_UNREACHABLE', {
    fault: 'venue',
    exitCode: EXIT.unreachable,
    message: `The venue does not say what is in the wallet: ${failures.join(' ')}`,
    next: 'Try again; if it goes on, look at the status page of the venue.',
  })
}
