// What a screen may know of the venue: the orders of which nobody knows how they stand there, and how well it answers. Finished
// texts and counts; reads everything, changes nothing.

import type { Decimal } from '../kernel/decimal.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { DoubtReport } from '../recovery/doubts.ts'
import type { VenueHealth } from '../venue/port.ts'
import { codeMeaning } from '../venue-codes.ts'
import type { Said, Subject } from './chronicle.ts'
import type { VenueLimits } from './gate-limits.ts'
import type { DoubtModel, LimitModel, MessageModel, VenueHealthModel } from './view-model.ts'

interface DoubtSources {
  readonly state: Pick<StateView, 'liveOrders'>
  /** What is known of the asking; an order that nobody follows yet has no report. */
  readonly reports: readonly DoubtReport[]
  readonly show: { price(value: Decimal): string; quantity(value: Decimal): string }
}

/** Worst first: this is also the order in which they are told. */
const WORST_FIRST: readonly DoubtModel['status'][] = ['quarantined', 'in_doubt', 'cancel']

/** By the state and not by the reports, so that none is left out that the kernel does not know the truth about. */
export function doubtModels({ state, reports, show }: DoubtSources): DoubtModel[] {
  const reportOf = new Map(reports.map((report) => [report.clientOrderId, report]))
  const models: DoubtModel[] = []
  for (const order of state.liveOrders.values()) {
    const status = doubtOf(order)
    if (status === null) continue
    const { clientOrderId, side, quantity, price } = order.request
    const report = reportOf.get(clientOrderId)
    models.push({
      clientOrderId,
      side,
      quantity: show.quantity(quantity),
      price: price === null ? null : show.price(price),
      status,
      sinceUs: report?.sinceUs ?? order.updatedAtUs,
      asks: report?.asks ?? 0,
      lastWords: report?.lastWords ?? null,
      evidence: report?.evidence ?? null,
    })
  }
  return models.sort((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || a.sinceUs - b.sinceUs)
}

function doubtOf({ status, cancel }: OrderView): DoubtModel['status'] | null {
  if (status === 'quarantined' || status === 'in_doubt') return status
  return cancel === 'in_doubt' ? 'cancel' : null
}

interface MessageSources {
  readonly chronicle: { messages(): readonly Said[] }
  readonly state: Pick<StateView, 'liveOrders' | 'positions'>
  readonly health: Pick<VenueHealth, 'state'> | null
}

/**
 * An alarm stays what was said; whether what it told of is over is looked up each time. Of the venue and of each position only the newest
 * can be open: what an older one told of was over before it happened again. Of an order all are, its doubt as well as its quarantine.
 */
export function messageModels({ chronicle, state, health }: MessageSources): MessageModel[] {
  /** Null where nothing tells. */
  const isOver = (subject: Subject): boolean | null => {
    if (subject === 'venue') return health?.state !== 'unreachable'
    if ('position' in subject) {
      // A venue may have positions in what we do not trade: of them only the flag is kept.
      const position = state.positions.get(subject.position)
      return position === undefined ? null : position.venues === null
    }
    const order = state.liveOrders.get(subject.order)
    return order === undefined || (order.status !== 'in_doubt' && order.status !== 'quarantined')
  }
  const told = new Set<string>()
  return chronicle.messages().map(({ subject, ...said }) => {
    if (said.severity !== 'alarm' || subject === null) return { ...said, isSettled: null }
    const key = soleKey(subject)
    const isSettled = key !== null && told.has(key) ? true : isOver(subject)
    if (key !== null) told.add(key)
    return { ...said, isSettled }
  })
}

/** Under which only the newest alarm can be open; null where several can. */
function soleKey(subject: Subject): string | null {
  if (subject === 'venue') return subject
  return 'position' in subject ? `position ${subject.position}` : null
}

/** More codes than these say nothing new. */
const MOST_CODES = 10

export function healthModel(health: VenueHealth, venue: string): VenueHealthModel {
  const { state, clockOffsetUs, queued, queueLimit, budget, latencyMs, errors, calls } = health
  const codes = [...errors].map(([code, count]) => ({ code, count, means: codeMeaning(venue, code) })).sort((a, b) => b.count - a.count)
  return {
    state,
    clockOffsetMs: clockOffsetUs === null ? null : Math.round(clockOffsetUs / 1_000),
    queued,
    queueLimit,
    budget,
    latencyMedianMs: latencyMs === null ? null : Math.round(latencyMs.median),
    latencySlowestMs: latencyMs === null ? null : Math.round(latencyMs.slowest),
    errors: codes.slice(0, MOST_CODES),
    calls,
  }
}

/** How long each way to the venue is lost, against how long it may be. */
export function venueLimitModels(health: VenueHealth, limits: VenueLimits, nowUs: number): LimitModel[] {
  const { silentSinceUs, streamLostUs, accountLostUs } = health
  const lost = [
    { name: 'venue silent, s', sinceUs: silentSinceUs, limitUs: limits.silenceUs },
    { name: 'stream down, s', sinceUs: streamLostUs, limitUs: limits.streamUs },
    { name: 'account unseen, s', sinceUs: accountLostUs, limitUs: limits.accountUs },
  ]
  return lost.flatMap(({ name, sinceUs, limitUs }) => {
    if (limitUs === 0) return []
    const lastedUs = sinceUs === null ? 0 : Math.max(0, nowUs - sinceUs)
    const seconds = (us: number): string => String(Math.floor(us / 100_000) / 10)
    return [{ name, value: seconds(lastedUs), limit: seconds(limitUs), share: lastedUs / limitUs, halts: true }]
  })
}
