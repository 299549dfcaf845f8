// Compares the orders that we hold with those that a venue has, both ways. Pure; changes nothing.

import { add, type Decimal, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import type { KernelInput, ReconcileIntent, SettledOutcome } from '../kernel/inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE, type OrderStatus } from '../kernel/order-table.ts'
import { positionKey } from '../kernel/state.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { VenueBooks, VenueOrder, VenueOrderStatus } from '../venue/port.ts'
import { type AbsenceRules, absenceProof } from './absence.ts'
import { canBeAbsent, missingInput } from './doubts.ts'
import { type Finding, type FindingKind, finding, type OrderAnswer, type Remedy } from './finding.ts'
import { isOlder, isOurs, orderOf } from './ours.ts'
import { mayHaveFilled, unseenOf } from './trace.ts'
import { ourOrderText, shortText, timeText, venueOrderText } from './words.ts'

export interface OrdersQuestion {
  readonly view: StateView
  readonly books: VenueBooks
  /** By client order id: what the venue said when it was asked about one order. */
  readonly answers: ReadonlyMap<string, OrderAnswer>
  readonly prefixes: ReadonlySet<string>
  /** By client order id: what the fills that are about to be booked fill of it. */
  readonly missed: ReadonlyMap<string, Decimal>
  /** Client order ids that a fill at the venue names. */
  readonly named: ReadonlySet<string>
  /** Positions that the venue holds otherwise than we will once the missed fills are booked. */
  readonly unexplained: ReadonlySet<string>
}

/** Live orders that the list of open orders does not name: only the venue knows what became of them. */
export function ordersToAsk(view: StateView, { openOrders }: VenueBooks): OrderView[] {
  const named = new Set(openOrders?.map((open) => orderOf(view, open)))
  return [...view.liveOrders.values()].filter((order) => !named.has(order))
}

export function compareOrders(question: OrdersQuestion): Finding[] {
  const { view, books } = question
  const findings: Finding[] = []
  for (const open of books.openOrders ?? []) {
    const order = orderOf(view, open)
    const found =
      order === undefined ? strangerOf(open, question) : isDoubled(order, open) ? doubledOf(order, open) : openOf(order, open, question)
    if (found !== null) findings.push(found)
  }
  for (const order of ordersToAsk(view, books)) {
    const found = unlistedOf(order, question)
    if (found !== null) findings.push(found)
  }
  return findings
}

const isDoubled = (order: OrderView, open: VenueOrder): boolean =>
  isOlder(order, open) || (open.venueOrderId !== null && order.venueOrderId !== null && order.venueOrderId !== open.venueOrderId)

function doubledOf(order: OrderView, open: VenueOrder): Finding {
  const { clientOrderId, instrument } = order.request
  const since = isOlder(order, open)
    ? `, there since ${timeText(open.createdUs ?? 0)}, before ours was made at ${timeText(order.preparedAtUs)}`
    : ''
  const evidence = { ours: ourOrderText(order), venues: venueOrderText(open) + since, sinceUs: order.updatedAtUs }
  return finding({ kind: 'ORDER_DOUBLED', instrument, subject: clientOrderId, evidence, action: 'none' })
}

/** An order that is open at the venue and in no journal of ours. */
function strangerOf(open: VenueOrder, { prefixes }: OrdersQuestion): Finding {
  const { clientOrderId, venueOrderId, instrument } = open
  const subject = shortText(clientOrderId ?? venueOrderId ?? 'unnamed')
  const venues = venueOrderText(open)
  if (clientOrderId === null || !isOurs(clientOrderId, prefixes)) {
    const evidence = { ours: 'no session of this account sent it', venues, sinceUs: null }
    return finding({ kind: 'FOREIGN_ORDER', instrument, subject, evidence, action: 'none' })
  }
  const evidence = { ours: 'its id has our prefix, and no journal of ours knows it', venues, sinceUs: null }
  const remedies: Remedy[] = [
    { handle: orphanFlag(subject, venues) },
    { send: { type: 'cancel', clientOrderId, venueOrderId, instrument } },
  ]
  return finding({ kind: 'ORPHAN_OF_OURS', instrument, subject, evidence, action: 'cancel', remedies })
}

/** The kernel knows no such order, so that this is what the journal will show of its cancel. */
function orphanFlag(clientOrderId: string, venues: string): KernelInput {
  const detail = `Order ${clientOrderId} has our prefix and is not in the journal: it is cancelled. The venue says: ${venues}.`
  return { type: 'FLAG_RISK', code: 'ORPHAN_CANCELLED', severity: 'alarm', value: clientOrderId, limit: null, detail }
}

const ackOf = ({ request }: OrderView, { venueOrderId }: VenueOrder, totalFilled: Decimal | null = null): KernelInput => {
  return { type: 'ORDER_ACK', clientOrderId: request.clientOrderId, venueOrderId, totalFilled }
}

/** An order of ours that is open at the venue; null where both agree. */
function openOf(order: OrderView, open: VenueOrder, question: OrdersQuestion): Finding | null {
  const { clientOrderId, instrument } = order.request
  const evidence = { ours: ourOrderText(order), venues: venueOrderText(open), sinceUs: order.updatedAtUs }
  const about = { instrument, subject: clientOrderId, evidence, figures: formatDecimal(open.filledQuantity) }
  if (!ORDER_LIVE[order.status])
    return finding({ kind: 'ORPHAN_OF_OURS', action: 'cancel', remedies: orphanRemedies(order, open, question), ...about })
  const adopt: Remedy[] = [{ handle: ackOf(order, open, open.filledQuantity) }]
  if (CANCEL_PENDING[order.cancel]) {
    // The wish to cancel stands, and the cancel did not do its work: it is over, and asked for again.
    const over: KernelInput = { type: 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail: 'the venue still has the order open' }
    const again: KernelInput = { type: 'CANCEL', target: { kind: 'order', clientOrderId } }
    return finding({
      kind: 'CANCEL_IN_DOUBT',
      action: 'cancel',
      remedies: [{ handle: over }, ...adopt, { handle: again }],
      needsSecondLook: true,
      ...about,
    })
  }
  const kind = KIND_OF[order.status]
  if (kind !== 'ORDER_MISSING') return finding({ kind, action: 'adopt', remedies: adopt, ...about })
  const expected = add(order.filledQuantity, question.missed.get(clientOrderId) ?? ZERO)
  if (open.filledQuantity === expected) return null
  // The word asks for the fills; what the venue has taken back of them only a person can explain.
  const isBehind = open.filledQuantity > expected
  return finding({
    kind: 'FILLED_DIFFERS',
    action: isBehind ? 'ask' : 'none',
    remedies: isBehind ? adopt : [],
    needsSecondLook: true,
    ...about,
    evidence: { ...evidence, venues: evidence.venues + forgottenOf(order, question.books) },
  })
}

/** An open order's missing fills are told, or never: only once it is over can its total and average price stand for them. */
function forgottenOf({ preparedAtUs }: OrderView, { fills }: VenueBooks): string {
  if (fills === null || fills.fromUs <= preparedAtUs) return ''
  return `; fills from before ${timeText(fills.fromUs)} are no longer told, and what is missing of them is booked from its total once the order is over: \`dita reconcile --fix-orphans --cancel\` ends it`
}

/** It becomes live again in our books, and is then taken back like any other; one that we count as filled cannot. */
function orphanRemedies(order: OrderView, open: VenueOrder, { books }: OrdersQuestion): Remedy[] {
  const { clientOrderId, instrument } = order.request
  const { venueOrderId } = open
  if (order.status === 'filled') {
    return [
      { handle: orphanFlag(clientOrderId, venueOrderText(open)) },
      { send: { type: 'cancel', clientOrderId, venueOrderId, instrument } },
    ]
  }
  // Compared with what our books say by now, though the venue's clock, by which its list is dated, may be behind ours.
  const asOfUs = Math.max(books.asOfUs, order.updatedAtUs + 1)
  const seen: KernelInput = { type: 'SNAPSHOT', asOfUs, openOrders: [{ ...open, clientOrderId }] }
  return [{ handle: seen }, { handle: { type: 'CANCEL', target: { kind: 'order', clientOrderId } } }]
}

/** What a live order is that the venue's open orders do not name, or that they settle the doubt of. */
const KIND_OF = {
  prepared: 'ORDER_IN_DOUBT',
  submitting: 'ORDER_IN_DOUBT',
  in_doubt: 'ORDER_IN_DOUBT',
  quarantined: 'ORDER_QUARANTINED',
  acked: 'ORDER_MISSING',
  partially_filled: 'ORDER_MISSING',
  // These are not live: they never get here.
  filled: 'ORDER_MISSING',
  canceled: 'ORDER_MISSING',
  expired: 'ORDER_MISSING',
  rejected: 'ORDER_MISSING',
  absent: 'ORDER_MISSING',
} as const satisfies Record<OrderStatus, FindingKind>

/** That an order is gone which we were cancelling is what was to be expected: only the word of it was lost. */
function kindOf({ status, cancel }: OrderView): FindingKind {
  return isConfirmed(status) && CANCEL_PENDING[cancel] ? 'CANCEL_UNHEARD' : KIND_OF[status]
}

/** The venue has said of it that it was there. */
const isConfirmed = (status: OrderStatus): boolean => KIND_OF[status] === 'ORDER_MISSING'

/** An order of ours that is not among the open ones, by what the venue answered when asked about it. */
function unlistedOf(order: OrderView, question: OrdersQuestion): Finding | null {
  const { clientOrderId, instrument } = order.request
  const { answers, books } = question
  const answer = answers.get(clientOrderId)
  const kind = kindOf(order)
  const about = { kind, instrument, subject: clientOrderId }
  const evidenceOf = (venues: string) => ({ ours: ourOrderText(order), venues, sinceUs: order.updatedAtUs })
  if (answer === undefined)
    return finding({ ...about, evidence: evidenceOf('not among its open orders, and not asked yet'), action: 'ask' })
  if (answer.failure !== null)
    return finding({
      ...about,
      evidence: evidenceOf(`could not be asked: ${shortText(answer.failure)}`),
      action: 'ask',
      otherwise: giveUp(order, answer),
    })
  if (answer.order === null) return notFoundOf(order, answer, question)
  const venue = answer.order
  const evidence = evidenceOf(venueOrderText(venue))
  if (isDoubled(order, venue)) return doubledOf(order, venue)
  const outcome = OUTCOMES[venue.status]
  if (outcome !== null) return settledOf(order, venue, outcome, question, evidence)
  // Open for who asks about it alone, though the list did not name it: late to be seen, or the list could not be had.
  if (venue.status === 'open') return openOf(order, venue, question)
  const listed = books.openOrders === null ? 'the list could not be had' : 'the list does not name it'
  return finding({
    ...about,
    evidence: { ...evidence, venues: `${evidence.venues}; ${listed}` },
    action: 'ask',
    otherwise: giveUp(order, answer),
  })
}

const OUTCOMES = {
  open: null,
  unknown: null,
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
} as const satisfies Record<VenueOrderStatus, SettledOutcome | null>

/** The order is over. What its fills do not explain is inferred, where a second look does not bring them. */
function settledOf(
  order: OrderView,
  venue: VenueOrder,
  ended: SettledOutcome,
  question: OrdersQuestion,
  evidence: Finding['evidence'],
): Finding {
  const { clientOrderId, instrument, quantity } = order.request
  const { filledQuantity, averagePrice } = venue
  const missing = sub(filledQuantity, add(order.filledQuantity, question.missed.get(clientOrderId) ?? ZERO))
  const about = { instrument, subject: clientOrderId, evidence }
  const impossible = missing < ZERO || (ended === 'filled' && filledQuantity < quantity)
  if (impossible) return finding({ kind: 'FILLED_DIFFERS', action: 'none', ...about })
  const infers = missing > ZERO
  // Nothing is inferred while the fills could not be had at all: they may be told any moment.
  if (infers && question.books.fills === null) return finding({ kind: 'FILLED_DIFFERS', action: 'ask', ...about })
  // What was accepted once, or filled, ended otherwise than by a refusal, whatever the venue calls it now.
  const outcome =
    ended === 'rejected' && (order.venueOrderId !== null || filledQuantity !== ZERO || isConfirmed(order.status)) ? 'canceled' : ended
  const text = `We held ${evidence.ours}. The venue says: ${evidence.venues}.`
  const settle: ReconcileIntent = {
    type: 'RECONCILE',
    action: 'settle_order',
    evidence: text,
    clientOrderId,
    outcome,
    filledQuantity,
    averagePrice,
  }
  const binds = outcome !== 'rejected' && order.venueOrderId === null && venue.venueOrderId !== null
  const remedies: Remedy[] = [...(binds ? [{ handle: ackOf(order, venue) }] : []), { handle: settle }]
  return finding({
    kind: kindOf(order),
    action: 'settle_order',
    remedies,
    needsSecondLook: infers,
    figures: formatDecimal(missing),
    ...about,
  })
}

/** The venue has no such order: absent where that can be proved, in doubt where the order was confirmed, else a person's. */
function notFoundOf(order: OrderView, answer: OrderAnswer, question: OrdersQuestion): Finding {
  const { view, unexplained, named } = question
  const { clientOrderId, instrument, positionSide, validUntilUs } = order.request
  const found = answer.notFound.length
  const venues = `no such order, ${found === 1 ? 'asked once' : `asked ${found} times`}, last at ${timeText(answer.notFound.at(-1)?.askedAtUs ?? 0)}`
  const evidence = { ours: ourOrderText(order), venues, sinceUs: order.updatedAtUs }
  const about = { kind: kindOf(order), instrument, subject: clientOrderId, evidence }
  if (isConfirmed(order.status)) {
    const otherwise: Remedy[] = [{ handle: missingInput(clientOrderId) }, ...giveUp(order, answer)]
    return finding({ ...about, action: 'ask', otherwise })
  }
  // A fill of it that the venue lists says that it has had the order: once that is booked the order is looked at again.
  const moved =
    unexplained.has(positionKey(instrument, positionSide)) || named.has(clientOrderId) || mayHaveFilled(order, view, question.books)
  const isPossible = canBeAbsent(order, view) && !moved && unseenOf(order, question.books) === null
  const proof = isPossible ? absenceProof(answer.notFound, validUntilUs, view.session as AbsenceRules) : null
  if (proof !== null) {
    const evidenceText = `The venue says: ${venues}; its clock was ${timeText(proof.venueTimeUs)}, the order was valid until ${timeText(validUntilUs)}.`
    const input: ReconcileIntent = { type: 'RECONCILE', action: 'mark_absent', clientOrderId, evidence: evidenceText, ...proof }
    return finding({ ...about, action: 'mark_absent', remedies: [{ handle: input }] })
  }
  // It was named or filled once, and no number of such answers proves that it never was; or something moved there, and once that
  // is explained the order may still turn out to be absent.
  const isOver = order.status === 'quarantined' && (order.venueOrderId !== null || order.filledQuantity !== ZERO)
  return finding({ ...about, action: isOver ? 'none' : 'ask', otherwise: giveUp(order, answer) })
}

function giveUp(order: OrderView, { failure, notFound }: OrderAnswer): Remedy[] {
  if (order.status === 'quarantined') return []
  const asked = notFound.map(
    ({ askedAtUs, venueTimeUs }) => `asked at ${timeText(askedAtUs)}, no such order at ${timeText(venueTimeUs)} by its clock`,
  )
  const filled = `${formatDecimal(order.filledQuantity)} filled`
  const evidence = [
    `We hold ${order.status}, ${filled}`,
    ...asked,
    ...(failure === null ? [] : [`could not be asked: ${shortText(failure)}`]),
  ].join('; ')
  return [{ handle: { type: 'RECONCILE', action: 'quarantine', clientOrderId: order.request.clientOrderId, evidence } }]
}
