// Runs one cell of the fault matrix: brings an order into a state, lets the fault strike, lets the session find out, and says what
// became of it here and at the exchange. It compares; it excuses nothing.

import { type FaultRule, ruleOf } from '../../src/core/exchange/fault-plan.ts'
import type { TruthAudit, TruthOrder } from '../../src/core/exchange/truth-log.ts'
import { type Decimal, dec, formatDecimal, ZERO } from '../../src/core/kernel/decimal.ts'
import { CANCEL_PENDING, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import type { OrderView } from '../../src/core/kernel/views.ts'
import { CALL_OF_STATE, type OrderState, QUESTIONS, type Row, reachOf, rowTitle } from './cells.ts'
import { FaultRig, HALF, QUANTITY, SYMBOL } from './fault-rig.ts'

export type Verdict = 'same as the venue' | 'absent (proved)' | 'quarantined (alarm)'

export interface CellOutcome {
  readonly fault: string
  readonly state: OrderState
  /** Null where the end is none of the three: a guess, or a doubt that nobody follows. */
  readonly verdict: Verdict | null
  readonly ours: string
  readonly truth: string
  /** Orders that the exchange ever accepted under the client order id. */
  readonly orders: number
  readonly fillsEqual: boolean
  readonly positionEqual: boolean
  readonly struck: number
  /** How it became known: `answer` without any doubt, else `query` or `snapshot`, or what was proved. */
  readonly how: 'answer' | 'query' | 'snapshot' | 'absent' | 'quarantined'
  /** After a quarantine, once the fault was over: whether everything was the same as at the venue again. */
  readonly mended: boolean | null
  /** Conclusions on the way that were not true: must be empty, also where they were mended later. */
  readonly guesses: readonly string[]
  /** Facts that say that two things contradict each other: must be empty. */
  readonly conflicts: readonly string[]
  readonly failures: readonly unknown[]
  readonly elapsedMs: number
}

/** Everything that is found out is found out by then. */
const SETTLED_WITHIN_MS = 10_000
const LASTING_MS = 150
const SHORT_QUARANTINE_US = 3_500_000

export async function runCell(row: Row, state: OrderState): Promise<CellOutcome> {
  const startMs = Date.now()
  // Where every question is struck nothing but the quarantine is waited for.
  const rig = await FaultRig.open(state === 'in_doubt_for_good' ? SHORT_QUARANTINE_US : undefined)
  try {
    const clientOrderId = await strike(rig, row, state)
    await rig.until(
      lasting(() => isSettled(rig, row, clientOrderId)),
      SETTLED_WITHIN_MS,
    )
    const outcome = outcomeOf(rig, row, clientOrderId)
    const isQuarantined = outcome.verdict === 'quarantined (alarm)'
    rig.plan.clear()
    const mended = isQuarantined
      ? await rig.until(
          lasting(() => isKnown(rig, row, clientOrderId)),
          SETTLED_WITHIN_MS,
        )
      : null
    return { ...outcome, state, mended, elapsedMs: Date.now() - startMs }
  } finally {
    await rig.close()
  }
}

/** Brings an order into the state and lets the fault meet it there. Returns its client order id. */
async function strike(rig: FaultRig, row: Row, state: OrderState): Promise<string> {
  switch (state) {
    case 'sent':
      // The stream would tell of the order whatever the answer says: here the answer is all there is.
      if (reachOf(row.fault) !== 'event') rig.plan.add(ruleOf('drop_event', { times: 1 }))
      rig.arm(ruleFor(row, state))
      return rig.enter()
    case 'never_arrived':
      rig.plan.add(ruleOf('request_lost', { times: 1 }))
      rig.arm(ruleFor(row, state))
      return rig.enter()
    case 'in_doubt':
    case 'in_doubt_for_good':
      return strikeDoubt(rig, row, state)
    default:
      return strikeKnown(rig, row, state)
  }
}

function ruleFor(row: Row, state: Exclude<OrderState, 'in_doubt_for_good'>, wish: Partial<FaultRule> = {}): FaultRule {
  const { fault, params } = row
  const on = { call: CALL_OF_STATE[state], event: 'order', placement: 'place', cancel: 'cancel' }[reachOf(fault)]
  return ruleOf(fault, { on, params, times: 1, ...wish })
}

async function strikeKnown(rig: FaultRig, row: Row, state: 'acked' | 'partially_filled' | 'cancel_in_flight' | 'filled'): Promise<string> {
  const clientOrderId = rig.enter()
  const reach = async (status: OrderStatus): Promise<void> => {
    const isThere = await rig.until(() => rig.order(clientOrderId).status === status && !rig.isAsking)
    if (!isThere) throw new Error(`the order never came to be ${status}`)
  }
  await reach('acked')
  if (state === 'partially_filled' || state === 'filled') rig.sells(state === 'filled' ? QUANTITY : HALF)
  if (state === 'partially_filled' || state === 'filled') await reach(state)
  // What the client asked on its own account is answered: the next call is the one that is meant.
  await rig.until(() => rig.venue.health().queued === 0)
  rig.arm(ruleFor(row, state))
  const isCancel = state === 'cancel_in_flight' || reachOf(row.fault) === 'cancel'
  if (isCancel) rig.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
  else if (state === 'filled') rig.venue.send({ type: 'query', clientOrderId, instrument: SYMBOL }, rig.nowUs)
  else rig.sells(HALF)
  return clientOrderId
}

/** The answer to the placement is lost, and so is the first event of the order. */
async function strikeDoubt(rig: FaultRig, row: Row, state: 'in_doubt' | 'in_doubt_for_good'): Promise<string> {
  const { plan } = rig
  const reach = reachOf(row.fault)
  const isForGood = state === 'in_doubt_for_good'
  plan.add(ruleOf('drop_event', { times: isForGood && reach !== 'event' ? null : 1 }))
  if (reach === 'placement') rig.arm(ruleFor(row, 'in_doubt'))
  plan.add(ruleOf('answer_lost', { times: 1 }))
  // So that it is still in doubt when the event or the cancel is struck.
  const isHeld = reach === 'event' || reach === 'cancel'
  if (isHeld) plan.add(ruleOf('delay', { on: 'query', times: 1, params: { side: 'admission', ms: 500 } }))
  if (reach === 'event') rig.arm(ruleFor(row, 'in_doubt', isForGood ? { times: null } : { where: { nth: 2 } }))
  if (reach === 'call' && !isForGood) rig.arm(ruleFor(row, 'in_doubt'))
  if (reach === 'call' && isForGood) for (const on of QUESTIONS) rig.arm(ruleFor(row, 'in_doubt', { on, times: null }))
  if (reach === 'cancel') rig.arm(ruleFor(row, 'in_doubt'))
  const clientOrderId = rig.enter()
  if (!isHeld) return clientOrderId
  const isDoubted = await rig.until(() => rig.order(clientOrderId).status === 'in_doubt')
  if (!isDoubted) throw new Error('the order never came into doubt')
  if (reach === 'event') rig.sells(HALF)
  else rig.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
  return clientOrderId
}

/** Whether something has held for a while: what is known is not known until the last answer that was under way has come. */
function lasting(holds: () => boolean): () => boolean {
  let sinceMs: number | null = null
  return () => {
    if (!holds()) sinceMs = null
    else sinceMs ??= Date.now()
    return sinceMs !== null && Date.now() - sinceMs >= LASTING_MS
  }
}

/** Nothing is open any more: it is known, or a person was called. */
function isSettled(rig: FaultRig, row: Row, clientOrderId: string): boolean {
  return rig.order(clientOrderId).status === 'quarantined' || isKnown(rig, row, clientOrderId)
}

/** The exchange and we say the same, and no question is open. */
function isKnown(rig: FaultRig, { fault }: Row, clientOrderId: string): boolean {
  const order = rig.order(clientOrderId)
  if (rig.isAsking || CANCEL_PENDING[order.cancel]) return false
  const { records, audit } = rig.truth()
  const theirs = truthOf(audit, clientOrderId)
  // What the venue does on its own, it has done.
  if (fault === 'partial_then_cancel' && theirs?.status === 'open') return false
  return rig.struckIn(records) > 0 && isSame(order, theirs) && fillsOf(rig).join() === truthFills(audit).join()
}

function truthOf({ orders }: TruthAudit, clientOrderId: string): TruthOrder | undefined {
  return [...orders.values()].find((order) => order.clientOrderId === clientOrderId)
}

/** What each status here has to be there. */
const THERE: Readonly<Partial<Record<OrderStatus, TruthOrder['status'] | 'nothing'>>> = {
  acked: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'nothing',
  absent: 'nothing',
}

function isSame(ours: OrderView, theirs: TruthOrder | undefined): boolean {
  return THERE[ours.status] === (theirs?.status ?? 'nothing') && ours.filledQuantity === (theirs?.filledQuantity ?? ZERO)
}

const fillText = (tradeId: string, quantity: Decimal, price: Decimal, fee: Decimal): string =>
  [tradeId, ...[quantity, price, fee].map(formatDecimal)].join(' ')

function fillsOf({ facts }: FaultRig): string[] {
  return facts
    .flatMap(({ body }) => (body.type === 'FILL_BOOKED' ? [fillText(body.tradeId, body.quantity, body.price, body.fee)] : []))
    .sort()
}

function truthFills({ fills }: TruthAudit): string[] {
  return fills.map(({ tradeId, quantity, price, fee }) => fillText(tradeId, dec(quantity), dec(price), dec(fee))).sort()
}

function outcomeOf(rig: FaultRig, row: Row, clientOrderId: string): Omit<CellOutcome, 'state' | 'mended' | 'elapsedMs'> {
  const order = rig.order(clientOrderId)
  const { records, audit } = rig.truth()
  const theirs = truthOf(audit, clientOrderId)
  const text = (status: string, filled: Decimal): string => `${status} ${formatDecimal(filled)}`
  return {
    fault: rowTitle(row),
    verdict: verdictOf(rig, row, clientOrderId),
    ours: text(order.status, order.filledQuantity),
    truth: theirs === undefined ? 'nothing' : text(theirs.status, theirs.filledQuantity),
    orders: audit.ordersByClientId.get(clientOrderId) ?? 0,
    fillsEqual: fillsOf(rig).join() === truthFills(audit).join(),
    positionEqual: (rig.engine.view.positions.get(SYMBOL)?.quantity ?? ZERO) === audit.position,
    struck: rig.struckIn(records),
    how: howOf(rig),
    guesses: guessesOf(rig, theirs),
    conflicts: rig.facts.flatMap(({ body }) => (body.type === 'FILL_CONFLICTED' || body.type === 'EVENT_CONFLICTED' ? [body.type] : [])),
    // As they are now: what is cut off when the exchange closes is no failure.
    failures: [...rig.failures],
  }
}

/** Over, or never there, by our word at some time, and by the truth it is there, or rests. */
function guessesOf({ facts }: FaultRig, theirs: TruthOrder | undefined): string[] {
  return facts.flatMap(({ body }) => {
    if (body.type !== 'ORDER_MOVED' || theirs === undefined) return []
    const isDenied = body.to === 'rejected' || body.to === 'absent'
    const isEnded = (body.to === 'canceled' || body.to === 'expired') && theirs.status === 'open'
    return isDenied || isEnded ? [`${body.from} to ${body.to}, and the exchange has it ${theirs.status}`] : []
  })
}

function verdictOf(rig: FaultRig, row: Row, clientOrderId: string): Verdict | null {
  const { status } = rig.order(clientOrderId)
  if (status === 'quarantined') {
    const isAlarmed = rig.facts.some(
      ({ body }) => body.type === 'RISK_FLAGGED' && body.code === 'ORDER_QUARANTINED' && body.severity === 'alarm',
    )
    return isAlarmed ? 'quarantined (alarm)' : null
  }
  if (!isKnown(rig, row, clientOrderId)) return null
  return status === 'absent' ? 'absent (proved)' : 'same as the venue'
}

function howOf({ facts }: FaultRig): CellOutcome['how'] {
  let how: CellOutcome['how'] = 'answer'
  for (const { body } of facts) {
    if (body.type !== 'ORDER_MOVED') continue
    if (body.to === 'absent' || body.to === 'quarantined') how = body.to
    else if (body.from === 'in_doubt') how = body.trigger === 'found' ? 'snapshot' : 'query'
  }
  return how
}
