// Compares the fills that we booked with those that a venue reports, both ways. Pure; changes nothing.

import { add, type Decimal, formatDecimal, neg, ZERO } from '../kernel/decimal.ts'
import type { FillReport, ReconcileIntent, VenueFill } from '../kernel/inputs.ts'
import { type FillNumbers, fillKey, positionKey } from '../kernel/state.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { VenueBooks, VenueFillReport } from '../venue/port.ts'
import { type BookedFill, type Finding, finding } from './finding.ts'
import { isOurs, orderOf } from './ours.ts'
import { shortText, timeText } from './words.ts'

/** What is inferred carries a trade id of ours: no venue can know it. */
const INFERRED: readonly string[] = ['inferred:', 'adjusted:']

/** Clocks differ, and a fill reaches us after it happened: so near to the ends of the window its absence says nothing. */
const EDGE_US = 60_000_000

export interface FillsComparison {
  readonly findings: readonly Finding[]
  /** By position: what the missed fills will move it by, once they are booked. */
  readonly moves: ReadonlyMap<string, Decimal>
  /** By client order id: how much of it the missed fills will have filled. */
  readonly missed: ReadonlyMap<string, Decimal>
  /** Client order ids of ours that a fill names: whatever else the venue says, it has had them. */
  readonly named: ReadonlySet<string>
}

export interface FillsQuestion {
  readonly view: StateView
  readonly fills: NonNullable<VenueBooks['fills']>
  readonly prefixes: ReadonlySet<string>
  readonly bookedFills: readonly BookedFill[]
  /** By the venue's id of an order: the order of ours that the venue says it is, though nobody has bound the two yet. */
  readonly told: ReadonlyMap<string, OrderView>
}

/** The id of an adjustment: it names the position and when the venue held it, so that older fills are known to be part of it. */
export function adjustmentIdOf(key: string, asOfUs: number): string {
  return `${key}@${asOfUs}`
}

export function compareFills({ view, fills, prefixes, bookedFills, told }: FillsQuestion): FillsComparison {
  const findings: Finding[] = []
  const moves = new Map<string, Decimal>()
  const missed = new Map<string, Decimal>()
  const adjusted = adjustmentsOf(view)
  const seen = new Set<string>()
  const named = new Set<string>()
  for (const report of fills.list) {
    const key = fillKey(report.instrument, report.fill.tradeId, report.side)
    // Overlapping pages report a fill twice.
    if (seen.has(key)) continue
    seen.add(key)
    const order = orderOf(view, report) ?? told.get(report.venueOrderId ?? '')
    if (order !== undefined) named.add(order.request.clientOrderId)
    const booked = view.fills.get(key)
    if (booked !== undefined) {
      if (!isSame(booked, report)) findings.push(conflictOf(report, describe(report.side, booked)))
      continue
    }
    const position = positionOf(report, order)
    if (report.timeUs <= (adjusted.get(position) ?? Number.NEGATIVE_INFINITY)) {
      // What the venue held then counted it already. Somebody else's is explained; of ours a person should know.
      if (order !== undefined) findings.push(coveredOf(report, order))
      continue
    }
    const found = order === undefined ? externalOf(report, view, prefixes) : missedOf(report, order)
    findings.push(found)
    if (found.action !== 'book_fill') continue
    if (order !== undefined)
      missed.set(order.request.clientOrderId, add(missed.get(order.request.clientOrderId) ?? ZERO, newQuantity(report, order)))
    const quantity = order === undefined ? report.fill.quantity : newQuantity(report, order)
    moves.set(position, add(moves.get(position) ?? ZERO, report.side === 'buy' ? quantity : neg(quantity)))
  }
  findings.push(...unknownToVenue({ view, fills, bookedFills }, seen))
  return { findings, moves, missed, named }
}

/** Of fills that were inferred before nothing but the fee is new. */
function newQuantity({ fill }: VenueFillReport, order: OrderView): Decimal {
  return order.inferredQuantity === ZERO ? fill.quantity : ZERO
}

function positionOf(report: VenueFillReport, order: OrderView | undefined): string {
  if (order === undefined) return positionKey(report.instrument, report.positionSide ?? 'net')
  return positionKey(order.request.instrument, order.request.positionSide)
}

/** By position: the latest time at which it was set to what the venue held. */
function adjustmentsOf(view: StateView): Map<string, number> {
  const latest = new Map<string, number>()
  const marker = '|adjusted:'
  for (const key of view.fills.keys()) {
    const from = key.indexOf(marker)
    if (from < 0) continue
    const id = key.slice(from + marker.length, key.lastIndexOf('|'))
    const at = id.lastIndexOf('@')
    const [position, asOfUs] = [id.slice(0, at), Number(id.slice(at + 1))]
    if (at > 0 && Number.isFinite(asOfUs)) latest.set(position, Math.max(asOfUs, latest.get(position) ?? asOfUs))
  }
  return latest
}

function isSame(booked: FillNumbers, { fill }: FillReport): boolean {
  return booked.price === fill.price && booked.quantity === fill.quantity && booked.fee === fill.fee && booked.feeAsset === fill.feeAsset
}

function describe(side: string, { price, quantity, fee, feeAsset }: Pick<VenueFill, 'price' | 'quantity' | 'fee' | 'feeAsset'>): string {
  return `${side} ${formatDecimal(quantity)} at ${formatDecimal(price)}, fee ${formatDecimal(fee)} ${feeAsset}`
}

const venuesText = (report: VenueFillReport): string =>
  `trade ${shortText(report.fill.tradeId)} of order ${shortText(report.clientOrderId ?? report.venueOrderId ?? 'unnamed')}: ${describe(report.side, report.fill)} at ${timeText(report.timeUs)}`

function bookingOf(report: VenueFillReport, order: OrderView | undefined): ReconcileIntent {
  const { instrument, side, positionSide, fill, venueOrderId } = report
  return {
    type: 'RECONCILE',
    action: 'book_fill',
    evidence: `The venue reports ${venuesText(report)}; it was missing in our books.`,
    instrument,
    side,
    ...(positionSide === undefined ? {} : { positionSide }),
    fill,
    clientOrderId: order === undefined ? null : order.request.clientOrderId,
    venueOrderId,
  }
}

function missedOf(report: VenueFillReport, order: OrderView): Finding {
  const { clientOrderId, quantity } = order.request
  const { inferredQuantity, filledQuantity, updatedAtUs } = order
  const inferred = inferredQuantity === ZERO ? '' : `, ${formatDecimal(inferredQuantity)} of it inferred`
  const ours = `order ${clientOrderId} ${order.status}: ${formatDecimal(filledQuantity)} of ${formatDecimal(quantity)} booked${inferred}`
  const evidence = { ours, venues: venuesText(report), sinceUs: updatedAtUs }
  const about = { instrument: report.instrument, subject: report.fill.tradeId, evidence }
  // The kernel would not book it: what was inferred and what is reported cannot both be true.
  if (inferredQuantity !== ZERO && report.fill.quantity > inferredQuantity)
    return finding({ kind: 'FILL_CONFLICTS', action: 'none', ...about })
  return finding({ kind: 'FILL_MISSED', action: 'book_fill', remedies: [{ handle: bookingOf(report, order) }], ...about })
}

function externalOf(report: VenueFillReport, view: StateView, prefixes: ReadonlySet<string>): Finding {
  const whose = isOurs(report.clientOrderId, prefixes) ? 'an order under our prefix that no journal of ours knows' : 'no order of ours'
  const isTraded = view.positions.has(positionKey(report.instrument, report.positionSide ?? 'net'))
  const ours = isTraded ? whose : `${whose}, in an instrument that no session of this account traded`
  const about = {
    instrument: report.instrument,
    subject: report.fill.tradeId,
    evidence: { ours, venues: venuesText(report), sinceUs: report.timeUs },
  }
  if (!isTraded) return finding({ kind: 'EXTERNAL_FILL', action: 'none', ...about })
  return finding({ kind: 'EXTERNAL_FILL', action: 'book_fill', remedies: [{ handle: bookingOf(report, undefined) }], ...about })
}

function coveredOf(report: VenueFillReport, order: OrderView): Finding {
  const ours = `order ${order.request.clientOrderId}, and the position was set to the venue's after that fill: to book it would count it twice`
  const evidence = { ours, venues: venuesText(report), sinceUs: order.updatedAtUs }
  return finding({ kind: 'FILL_CONFLICTS', instrument: report.instrument, subject: report.fill.tradeId, evidence, action: 'none' })
}

function conflictOf(report: VenueFillReport, booked: string): Finding {
  const evidence = { ours: `booked as ${booked}`, venues: venuesText(report), sinceUs: report.timeUs }
  return finding({ kind: 'FILL_CONFLICTS', instrument: report.instrument, subject: report.fill.tradeId, evidence, action: 'none' })
}

/**
 * The other way round, where the list of the window is whole. A fill may be booked long after it was traded, by a reconcile above all:
 * that it belongs into the window is known only where its order was made and the fill was booked within it. Of an older order, and of
 * nobody's, it is not asked: a start that is stopped for nothing costs more than what the position, compared as well, would show.
 */
function unknownToVenue({ view, fills, bookedFills }: Omit<FillsQuestion, 'prefixes' | 'told'>, seen: ReadonlySet<string>): Finding[] {
  if (!fills.complete) return []
  const [fromUs, untilUs] = [fills.fromUs + EDGE_US, fills.untilUs - EDGE_US]
  const missing = bookedFills.filter(({ instrument, tradeId, side, clientOrderId, timeUs }) => {
    const isReported = !INFERRED.some((prefix) => tradeId.startsWith(prefix))
    const order = clientOrderId === null ? undefined : view.orders.get(clientOrderId)
    const isWithin = order !== undefined && order.preparedAtUs >= fromUs && timeUs <= untilUs
    return isReported && isWithin && !seen.has(fillKey(instrument, tradeId, side))
  })
  return missing.map(({ instrument, tradeId, side, timeUs }) => {
    const ours = `booked a ${side} fill as trade ${tradeId} at ${timeText(timeUs)}`
    const venues = `no such trade from ${timeText(fills.fromUs)} until ${timeText(fills.untilUs)}`
    return finding({
      kind: 'FILL_UNKNOWN_TO_VENUE',
      instrument,
      subject: tradeId,
      evidence: { ours, venues, sinceUs: timeUs },
      action: 'none',
    })
  })
}
