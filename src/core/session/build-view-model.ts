// From state to what a screen may know: finished texts. Reads everything, changes nothing.

import {
  abs,
  add,
  type Decimal,
  dec,
  decimalPlacesOf,
  div,
  formatDecimal,
  formatFixed,
  max,
  mulDiv,
  neg,
  readDecimal,
  sub,
  ZERO,
} from '../kernel/decimal.ts'
import { type Instrument, type InstrumentKind, notionalOf } from '../kernel/instrument.ts'
import { equityOf, unrealizedPnl } from '../kernel/valuation.ts'
import type { OrderView, SlotView, StateView } from '../kernel/views.ts'
import type { BookLevel } from '../market/events.ts'
import type { MarketView } from '../market/view.ts'
import type { DoubtReport } from '../recovery/doubts.ts'
import type { Strategy } from '../strategy/port.ts'
import type { VenueCalls, VenueHealth } from '../venue/port.ts'
import type { CheckpointRecord } from './checkpoints.ts'
import type { Chronicle } from './chronicle.ts'
import type { Course } from './course.ts'
import type { FeedGate } from './feed-gate.ts'
import { type Baseline, exposureOf, resultOf, type SessionResult } from './gates.ts'
import type { Operation } from './operation.ts'
import { callModels, courseModel, feedModel, figureModels, storeModel } from './page-models.ts'
import type { QuoteWatch } from './quote-watch.ts'
import type { Gating } from './session-gates.ts'
import { doubtModels, healthModel, messageModels, venueLimitModels } from './venue-models.ts'
import type {
  InventoryModel,
  LevelModel,
  LimitModel,
  MarketModel,
  OrderModel,
  PnlModel,
  QuoteModel,
  SessionViewModel,
  SlotModel,
} from './view-model.ts'

const BPS = dec('10000')
const MONEY_PLACES = 4
const MOST_LEVELS_BEHIND = 12

/** The parts of a session that its model is made from. */
export interface ModelSources {
  readonly state: StateView
  readonly market: MarketView
  readonly instrument: Instrument
  readonly venueAddress: string | null
  readonly chronicle: Chronicle
  readonly speed: string
  readonly phase: SessionViewModel['phase']
  readonly halt: { readonly reason: string; readonly detail: string | null } | null
  readonly stopsByUs: number | null
  readonly startedAtUs: number
  readonly nowUs: number
  readonly feed: { readonly events: number; readonly gaps: number; readonly badLines: number }
  readonly ticks: number
  readonly facts: number
  readonly commits: number
  /** What the account already had when the session began. */
  readonly baseline: Baseline
  readonly gating: Gating
  /** What is being asked about. */
  readonly doubts: readonly DoubtReport[]
  /** Null for a venue that lives in this process. */
  readonly health: VenueHealth | null
  readonly recovery: SessionViewModel['recovery']
  readonly feedGate: FeedGate
  readonly strategy: Strategy
  readonly walBytes: number | null
  readonly pace: Operation['pace']
  readonly checkpoints: CheckpointRecord
  readonly calls: readonly VenueCalls[]
}

/** What was kept for who looks on, beside the state. */
export interface Kept {
  readonly course: Course
  readonly quotes: QuoteWatch
}

export function buildViewModel(sources: ModelSources, { course, quotes }: Kept): SessionViewModel {
  const { state, instrument, chronicle, market } = sources
  const { session } = state
  if (session === null) throw new RangeError('a session that was never opened has no model')
  const show = formats(instrument)
  const result = resultOf(state, instrument, sources.baseline)
  return {
    sessionId: session.sessionId,
    mode: session.mode,
    venue: session.venue,
    venueAddress: sources.venueAddress,
    account: session.account,
    strategy: session.strategy,
    instrument: instrument.symbol,
    instrumentKind: instrument.kind,
    feedSource: session.feedSource,
    speed: sources.speed,
    seed: session.seed,
    phase: sources.phase,
    trading: state.trading,
    haltReason: sources.halt?.reason ?? null,
    haltDetail: sources.halt?.detail ?? null,
    stopsByUs: sources.stopsByUs,
    startedAtUs: sources.startedAtUs,
    nowUs: sources.nowUs,
    elapsedUs: sources.nowUs - sources.startedAtUs,
    durationUs: session.durationUs,
    market: marketModel(market, state.positions.get(instrument.symbol)?.mark ?? null, show),
    quotes: quoteModels(state, market, show),
    slots: [...state.slots.values()].map((slot) => slotModel(slot, { state, kind: instrument.kind, show })),
    orders: [...state.liveOrders.values()].map((order) => orderModel(order, show)),
    fills: chronicle.fills(),
    inventory: inventoryModels(state, instrument),
    position: positionModel(state, instrument, show),
    pnl: pnlModel(sources, result, show),
    limits: limitModels(sources, result, show),
    counts: {
      ...sources.feed,
      ticks: sources.ticks,
      ordersSent: chronicle.counts.ordersSent,
      fills: chronicle.counts.fills,
      denials: chronicle.counts.denials,
      lastDenial: chronicle.lastDenial,
      facts: sources.facts,
      commits: sources.commits,
    },
    messages: messageModels(sources),
    doubts: doubtModels({ state, reports: sources.doubts, show }),
    venueHealth: sources.health === null ? null : healthModel(sources.health, session.venue),
    recovery: sources.recovery,
    feed: feedModel(sources.feedGate, sources.nowUs, market),
    course: courseModel(course),
    quoting: quotes.model(),
    figures: figureModels(sources.strategy),
    store: storeModel(sources),
    calls: callModels(sources.calls, session.venue),
  }
}

interface Formats {
  price(value: Decimal): string
  quantity(value: Decimal): string
  money(value: Decimal): string
}

function formats(instrument: Instrument): Formats {
  const pricePlaces = decimalPlacesOf(instrument.tickSize)
  const quantityPlaces = decimalPlacesOf(instrument.lotSize)
  return {
    price: (value) => formatFixed(value, pricePlaces),
    quantity: (value) => formatFixed(value, quantityPlaces),
    money: (value) => formatFixed(value, MONEY_PLACES),
  }
}

function marketModel(market: MarketView, mark: Decimal | null, show: Formats): MarketModel {
  const { bid, ask, mid, lastTrade } = market
  const optional = (value: Decimal | null): string | null => (value === null ? null : show.price(value))
  return {
    bid: optional(bid?.price ?? null),
    bidSize: bid === null ? null : show.quantity(bid.size),
    ask: optional(ask?.price ?? null),
    askSize: ask === null ? null : show.quantity(ask.size),
    mid: mid === null ? null : formatDecimal(mid),
    mark: optional(mark),
    lastTrade: optional(lastTrade),
    spreadBps: bid === null || ask === null || mid === null ? null : formatFixed(mulDiv(sub(ask.price, bid.price), BPS, mid), 2),
    asksBehind: levelsBehind(market.asks(1 + MOST_LEVELS_BEHIND), show),
    bidsBehind: levelsBehind(market.bids(1 + MOST_LEVELS_BEHIND), show),
  }
}

function levelsBehind([_touch, ...behind]: readonly BookLevel[], show: Formats): LevelModel[] {
  return behind.map(({ price, size }) => ({ price: show.price(price), size: show.quantity(size) }))
}

function quoteModels(state: StateView, market: MarketView, show: Formats): QuoteModel[] {
  const models: QuoteModel[] = []
  for (const order of state.liveOrders.values()) {
    const { role, side, price, quantity } = order.request
    if (role !== 'quote' || price === null) continue
    const touch = side === 'buy' ? market.bid : market.ask
    const gap = touch === null ? null : side === 'buy' ? sub(price, touch.price) : sub(touch.price, price)
    models.push({
      side: side === 'buy' ? 'bid' : 'ask',
      price: show.price(price),
      size: show.quantity(sub(quantity, order.filledQuantity)),
      distanceBps: gap === null || market.mid === null ? null : formatFixed(mulDiv(gap, BPS, market.mid), 2),
      status: order.cancel === 'none' ? order.status : `${order.status}, cancel ${order.cancel}`,
    })
  }
  return models
}

interface SlotContext {
  readonly state: StateView
  readonly kind: InstrumentKind
  readonly show: Formats
}

function slotModel(slot: SlotView, { state, kind, show }: SlotContext): SlotModel {
  const mark = slot.instrument === null ? null : (state.positions.get(slot.instrument)?.mark ?? null)
  const done = slot.legs.filter((leg) => leg.consumed).length
  return {
    slotId: slot.slotId,
    trade: slot.trade,
    stage: slot.stage,
    side: slot.side,
    openSize: show.quantity(slot.openSize),
    entryPrice: slot.entryQuantity === ZERO ? null : show.price(averagePrice(kind, slot.entryQuantity, slot.entryCost)),
    legs: `${done}/${slot.legs.length}`,
    realizedPnl: show.money(slot.realizedPnl),
    unrealizedPnl: mark === null || slot.side === null ? null : show.money(slotUnrealized(slot, mark, kind)),
  }
}

/** Cost ÷ quantity; of inverse contracts, whose cost is in base and whose quantity in quote, the other way round. */
function averagePrice(kind: InstrumentKind, quantity: Decimal, cost: Decimal): Decimal {
  return kind === 'inverse' ? div(abs(quantity), abs(cost)) : div(abs(cost), abs(quantity))
}

/** A slot's size and cost carry no sign; its side does. */
function slotUnrealized(slot: SlotView, mark: Decimal, kind: InstrumentKind): Decimal {
  const gain = unrealizedPnl({ quantity: slot.openSize, cost: slot.openCost }, mark, kind)
  return slot.side === 'buy' ? gain : neg(gain)
}

function orderModel(order: OrderView, show: Formats): OrderModel {
  const { request } = order
  return {
    clientOrderId: request.clientOrderId,
    role: request.slotId === null ? request.role : `${request.role} ${request.slotId}`,
    side: request.side,
    price: request.price === null ? null : show.price(request.price),
    quantity: show.quantity(request.quantity),
    filled: show.quantity(order.filledQuantity),
    status: order.status,
    cancel: order.cancel,
  }
}

/** What is owned, by where it came from: fills with their fees and realised profit, or capital. */
function inventoryModels(state: StateView, instrument: Instrument): InventoryModel[] {
  const assets = instrument.kind === 'spot' ? [instrument.base, instrument.quote] : [instrument.settle]
  return assets.map((asset) => {
    const total = state.balances.get(`wallet|${asset}`) ?? ZERO
    const capital = neg(state.balances.get(`capital|${asset}`) ?? ZERO)
    const show = (amount: Decimal): string => formatFixed(amount, MONEY_PLACES)
    return { asset, fromFills: show(sub(total, capital)), fromCapital: show(capital), total: show(total) }
  })
}

function positionModel(state: StateView, instrument: Instrument, show: Formats): SessionViewModel['position'] {
  const position = state.positions.get(instrument.symbol)
  if (position === undefined) throw new RangeError(`no position in ${instrument.symbol}`)
  const { quantity, cost, mark } = position
  return {
    quantity: show.quantity(quantity),
    averagePrice: quantity === ZERO ? null : show.price(averagePrice(instrument.kind, quantity, cost)),
    notional: mark === null ? null : show.money(notionalOf(instrument.kind, quantity, mark)),
    inSlots: show.quantity(position.inSlots),
    quoted: show.quantity(position.quoted),
    unassigned: show.quantity(position.unassigned),
    venues: position.venues === null ? null : show.quantity(position.venues),
  }
}

/** The session's own result, as its gates see it. */
function pnlModel({ state, instrument }: ModelSources, result: SessionResult, show: Formats): PnlModel {
  const optional = (amount: Decimal | null): string | null => (amount === null ? null : show.money(amount))
  const mark = state.positions.get(instrument.symbol)?.mark ?? null
  const { realized, unrealizedChange, fees, funding, net } = addingUp(result)
  return {
    asset: instrument.quote,
    realized: optional(realized),
    unrealized: optional(result.unrealized),
    unrealizedChange: optional(unrealizedChange),
    fees: show.money(fees),
    funding: show.money(funding),
    net: optional(net),
    equity: optional(equityOf(state.balances, instrument, mark, state.assetPrices)),
  }
}

/** Rounded, and one part by so much otherwise that what is shown makes the net that is shown; a part that is nothing stays nothing. */
function addingUp(result: SessionResult): Omit<SessionResult, 'unrealized'> {
  const { realized, unrealizedChange, net } = result
  if (realized === null || unrealizedChange === null || net === null) return result
  const round = (amount: Decimal): Decimal => readDecimal(formatFixed(amount, MONEY_PLACES))
  const shown = {
    realized: round(realized),
    unrealizedChange: round(unrealizedChange),
    fees: round(result.fees),
    funding: round(result.funding),
    net: round(net),
  }
  const sum = sub(add(add(shown.realized, shown.unrealizedChange), shown.funding), shown.fees)
  const left = sub(shown.net, sum)
  if (shown.unrealizedChange !== ZERO) return { ...shown, unrealizedChange: add(shown.unrealizedChange, left) }
  if (shown.realized !== ZERO) return { ...shown, realized: add(shown.realized, left) }
  return { ...shown, fees: sub(shown.fees, left) }
}

function limitModels({ state, instrument, gating, health, nowUs }: ModelSources, { net }: SessionResult, show: Formats): LimitModel[] {
  const { limits } = state
  if (limits === null) return []
  const models: LimitModel[] = []
  const exposure = exposureOf(state, instrument)
  if (limits.maxExposure > ZERO && exposure !== null) models.push(gateModel(`${instrument.base} exposure`, exposure, limits.maxExposure))
  if (limits.maxPosition > ZERO) {
    const held = abs(state.positions.get(instrument.symbol)?.quantity ?? ZERO)
    models.push({ ...gateModel('position', held, limits.maxPosition), value: show.quantity(held), halts: false })
  }
  if (limits.maxSessionLoss > ZERO && net !== null) models.push(gateModel('session loss', max(neg(net), ZERO), limits.maxSessionLoss))
  const { fall } = gating.drawdown
  const { maxDrawdown } = gating.limits
  if (maxDrawdown > ZERO && fall !== null) models.push(gateModel('drawdown', fall.amount, maxDrawdown))
  if (limits.maxOpenOrders > 0) {
    const open = state.liveOrders.size
    const share = open / limits.maxOpenOrders
    models.push({ name: 'open orders', value: String(open), limit: String(limits.maxOpenOrders), share, halts: false })
  }
  return health === null || gating.limits.venue === null ? models : [...models, ...venueLimitModels(health, gating.limits.venue, nowUs)]
}

function gateModel(name: string, value: Decimal, limit: Decimal): LimitModel {
  return { name, value: formatFixed(value, 2), limit: formatDecimal(limit), share: Number(formatFixed(div(value, limit), 4)), halts: true }
}
