// The view model of a session as one text, and back. Every figure in it is a finished text already; this owns which fields
// there are on the wire and proves each of them on arrival.

import type {
  CallModel,
  CheckpointModel,
  CourseModel,
  FeedModel,
  FigureModel,
  LevelModel,
  MarkoutModel,
  QuotingModel,
  SessionViewModel,
  StoreModel,
  VenueErrorModel,
} from '../view-model.ts'
import { listOf, number, oneOf, optional, type Reader, record, text } from './shape.ts'

export function encodeModel(model: SessionViewModel): string {
  return JSON.stringify(model)
}

const flag = oneOf([true, false])

/** A session that does not know of such a list has nothing to put into it. */
function orNone<T>(read: Reader<readonly T[]>): Reader<readonly T[]> {
  const readList = optional(read)
  return (value, path) => readList(value, path) ?? []
}

/** A field that is added to the model does not compile until it stands here. New ones are best nullable: older sessions lack them. */
export const readModel: Reader<SessionViewModel> = record<SessionViewModel>({
  sessionId: text,
  mode: text,
  venue: text,
  venueAddress: optional(text),
  account: text,
  strategy: text,
  instrument: text,
  instrumentKind: text,
  feedSource: text,
  speed: text,
  seed: number,
  phase: oneOf(['starting', 'running', 'stopping', 'halted']),
  trading: oneOf(['active', 'reducing', 'halted']),
  haltReason: optional(text),
  haltDetail: optional(text),
  stopsByUs: optional(number),
  startedAtUs: number,
  nowUs: number,
  elapsedUs: number,
  durationUs: number,
  market: record<SessionViewModel['market']>({
    bid: optional(text),
    bidSize: optional(text),
    ask: optional(text),
    askSize: optional(text),
    mid: optional(text),
    mark: optional(text),
    lastTrade: optional(text),
    spreadBps: optional(text),
    asksBehind: orNone(listOf(record<LevelModel>({ price: text, size: text }))),
    bidsBehind: orNone(listOf(record<LevelModel>({ price: text, size: text }))),
  }),
  quotes: listOf(
    record<SessionViewModel['quotes'][number]>({
      side: oneOf(['bid', 'ask']),
      price: text,
      size: text,
      distanceBps: optional(text),
      status: text,
    }),
  ),
  slots: listOf(
    record<SessionViewModel['slots'][number]>({
      slotId: text,
      trade: number,
      stage: text,
      side: optional(text),
      openSize: text,
      entryPrice: optional(text),
      legs: text,
      realizedPnl: text,
      unrealizedPnl: optional(text),
    }),
  ),
  orders: listOf(
    record<SessionViewModel['orders'][number]>({
      clientOrderId: text,
      role: text,
      side: text,
      price: optional(text),
      quantity: text,
      filled: text,
      status: text,
      cancel: text,
    }),
  ),
  fills: listOf(
    record<SessionViewModel['fills'][number]>({
      tradeId: text,
      timeUs: number,
      side: text,
      price: text,
      quantity: text,
      liquidity: text,
      fee: text,
      feeAsset: text,
      role: text,
      realizedPnl: text,
    }),
  ),
  inventory: listOf(record<SessionViewModel['inventory'][number]>({ asset: text, fromFills: text, fromCapital: text, total: text })),
  position: record<SessionViewModel['position']>({
    quantity: text,
    averagePrice: optional(text),
    notional: optional(text),
    inSlots: text,
    quoted: text,
    unassigned: text,
    venues: optional(text),
  }),
  pnl: record<SessionViewModel['pnl']>({
    asset: text,
    realized: optional(text),
    unrealized: optional(text),
    unrealizedChange: optional(text),
    fees: text,
    funding: text,
    net: optional(text),
    equity: optional(text),
  }),
  limits: listOf(
    record<SessionViewModel['limits'][number]>({ name: text, value: text, limit: text, share: number, halts: optional(flag) }),
  ),
  counts: record<SessionViewModel['counts']>({
    events: number,
    gaps: number,
    badLines: number,
    ticks: number,
    ordersSent: number,
    fills: number,
    denials: number,
    lastDenial: optional(text),
    facts: number,
    commits: number,
  }),
  messages: listOf(
    record<SessionViewModel['messages'][number]>({
      timeUs: number,
      severity: oneOf(['info', 'warning', 'alarm']),
      text,
      isSettled: optional(flag),
    }),
  ),
  doubts: orNone(
    listOf(
      record<SessionViewModel['doubts'][number]>({
        clientOrderId: text,
        side: text,
        quantity: text,
        price: optional(text),
        status: oneOf(['in_doubt', 'quarantined', 'cancel']),
        sinceUs: number,
        asks: number,
        lastWords: optional(text),
        evidence: optional(text),
      }),
    ),
  ),
  venueHealth: optional(
    record<NonNullable<SessionViewModel['venueHealth']>>({
      state: oneOf(['ok', 'limited', 'unreachable']),
      clockOffsetMs: optional(number),
      queued: number,
      queueLimit: number,
      budget: optional(number),
      latencyMedianMs: optional(number),
      latencySlowestMs: optional(number),
      errors: listOf(record<VenueErrorModel>({ code: text, count: number, means: optional(text) })),
      calls: number,
    }),
  ),
  recovery: optional(record<NonNullable<SessionViewModel['recovery']>>({ found: number, done: number, remaining: number })),
  feed: optional(record<FeedModel>({ silentUs: number, limitUs: number, isStale: flag })),
  course: optional(record<CourseModel>({ stepUs: number, net: listOf(text) })),
  quoting: optional(
    record<QuotingModel>({
      ticks: number,
      bothSides: number,
      bid: number,
      ask: number,
      fills: number,
      halfSpreadBps: optional(text),
      markouts: listOf(record<MarkoutModel>({ horizonUs: number, fills: number, meanBps: optional(text), realizedBps: optional(text) })),
    }),
  ),
  figures: orNone(listOf(record<FigureModel>({ name: text, value: text }))),
  store: optional(
    record<StoreModel>({
      walBytes: optional(number),
      commitMedianMs: optional(number),
      commitSlowestMs: optional(number),
      tickMedianMs: optional(number),
      tickSlowestMs: optional(number),
      checkpoints: number,
      checkpointsFailed: number,
      lastCheckpoint: optional(record<CheckpointModel>({ wallUs: number, isComplete: flag, elapsedMs: number, error: optional(text) })),
    }),
  ),
  calls: orNone(
    listOf(
      record<CallModel>({
        endpoint: text,
        outcome: text,
        means: optional(text),
        count: number,
        medianMs: optional(number),
        slowestMs: optional(number),
      }),
    ),
  ),
})
