// What the reference model makes of intents. It is told which orders were prepared, and judges whether they might be: a
// promise that is broken is an error. Owns no books: the model does.

import type { OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { ControlIntent, EnterIntent, ExitIntent, ExitResidualIntent, Intent } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { ControlAction, TradingState } from '../../../src/core/kernel/trading-table.ts'
import {
  isCancelPending,
  opposite,
  type Reference,
  type ReferenceOrder,
  type ReferenceTrade,
  signed,
  unfilledOf,
} from './reference-model.ts'
import { exact, NOTHING, type Rational, smaller, total } from './reference-rational.ts'
import { reconcile } from './reference-reconcile.ts'

/** What the kernel decided, as far as the model does not decide it for itself. */
export interface Decided {
  readonly requests: readonly OrderRequest[]
  /** The orders whose cancel was asked for. */
  readonly cancels: readonly string[]
  /** The slots that were written off as dust. */
  readonly writtenOff: readonly string[]
  readonly denied: boolean
  /** The codes of its denials. */
  readonly codes: readonly string[]
}

export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

export function promise(holds: boolean, words: string): void {
  if (!holds) throw new BrokenPromise(words)
}

/** Whether the intent was one that must be denied; for those that the model decides for itself. */
export function want(reference: Reference, intent: Intent, decided: Decided): 'denied' | 'done' | 'either' {
  const { type } = intent
  const told = type === 'CANCEL' || type === 'RECONCILE' || type === 'MARK_PRICE'
  if ((reference.halted || reference.stopping) && !told) promise(decided.requests.length === 0, `${type} after the end prepares nothing`)
  if (type !== 'CONTROL') {
    for (const id of decided.cancels) {
      const order = reference.orders.get(id)
      if (order !== undefined) reference.askCancel(order)
    }
  }
  switch (type) {
    case 'CONTROL':
      return control(reference, intent)
    case 'RECONCILE':
      return reconcile(reference, intent) ? 'done' : 'denied'
    case 'MARK_PRICE':
      if (reference.instruments.has(intent.instrument)) reference.marks.set(intent.instrument, exact(intent.price))
      return 'either'
    case 'EXIT_RESIDUAL':
      exitResidual(reference, intent, decided)
      return 'either'
    case 'ENTER':
    case 'EXIT':
    case 'QUOTE':
      promise(type !== 'EXIT' || !decided.codes.includes('QUANTITY_OFF_LOT'), 'K06 an exit asks for whole lots, whatever was filled')
      for (const request of decided.requests) prepare(reference, request, intent)
      return 'either'
    case 'CANCEL':
      promise(decided.requests.length === 0, 'a cancel prepares no order')
      return 'either'
  }
}

/** What each word of the operator makes of the state; null where it is refused. */
function nextTrading(from: TradingState, action: ControlAction): TradingState | null {
  if (action === 'halt') return 'halted'
  const to = { pause: 'halted', resume: 'active', reduce_only: 'reducing' } as const
  return to[action] === from ? null : to[action]
}

function control(reference: Reference, { action }: ControlIntent): 'denied' | 'done' {
  const to = reference.halted || reference.stopping ? null : nextTrading(reference.trading, action)
  if (to === null) return 'denied'
  reference.trading = to
  if (action === 'halt') reference.stopping = true
  if (action === 'resume') return 'done'
  const live = reference.liveOrders()
  for (const order of live) if (order.request.role !== 'exit' || couldOpen(reference, order)) reference.askCancel(order)
  return 'done'
}

/** An exit that the venue does not hold to closing, where all that works on its side is more than there is to close. */
function couldOpen(reference: Reference, { request }: ReferenceOrder): boolean {
  const { instrument, positionSide, side } = request
  const held = reference.position(instrument, positionSide).book.quantity
  const rivals = reference
    .liveOrders()
    .filter(
      (other) => other.request.instrument === instrument && other.request.positionSide === positionSide && other.request.side === side,
    )
  return !request.reduceOnly && total(rivals.map(unfilledOf)).above(side === 'sell' ? held : held.negated())
}

/** Takes a prepared order into the model, once it is one that the rules allow. */
function prepare(reference: Reference, request: OrderRequest, intent: Intent): void {
  promise(!reference.orders.has(request.clientOrderId), 'K07 a client order id is used once')
  promise(request.quantity > 0n, 'K06 no order of nothing')
  promise(reference.trading !== 'halted', 'nothing is prepared while trading is halted')
  if (reference.trading === 'reducing' || ('reduceOnly' in intent && intent.reduceOnly === true)) judgeReducing(reference, request)
  if (request.role === 'entry') enter(reference, request, intent as EnterIntent)
  if (request.role === 'exit') judgeExit(reference, request, intent as ExitIntent)
  const order = { request, status: 'prepared', cancel: 'none', venueOrderId: null } as const
  reference.orders.set(request.clientOrderId, {
    ...order,
    filled: NOTHING,
    filledFor: NOTHING,
    inferred: NOTHING,
    touchedUs: reference.nowUs,
  })
}

function judgeReducing(reference: Reference, { instrument, positionSide, side, quantity }: OrderRequest): void {
  const held = reference.position(instrument, positionSide).book.quantity
  promise(signed(side, exact(quantity)).sign() === -held.sign(), 'while reducing, an order is opposite to the position')
  const rivals = reference
    .liveOrders()
    .filter(({ request }) => request.instrument === instrument && request.positionSide === positionSide && request.side === side)
  const working = total(rivals.map(unfilledOf)).plus(exact(quantity))
  promise(!working.above(held.size()), 'while reducing, all orders of a side together flip nothing')
}

function enter(reference: Reference, request: OrderRequest, intent: EnterIntent): void {
  const { slotId, trade, instrument, positionSide, side } = request
  promise(slotId === intent.slotId && trade !== null, 'an entry belongs to the slot that asked')
  const last = reference.slots.get(intent.slotId)
  promise(last === undefined || last.closed, 'a slot holds one trade at a time')
  promise(trade === (last?.trade ?? 0) + 1, 'trades of a slot are counted')
  const hedged = reference.session?.positionMode === 'hedge' && reference.instruments.get(instrument)?.kind !== 'spot'
  promise(positionSide === (hedged ? (side === 'buy' ? 'long' : 'short') : 'net'), 'an entry opens the position of its side')
  const { unassigned, dust } = reference.position(instrument, positionSide)
  promise(unassigned.is(dust), 'no entry beside exposure that nothing explains')
  reference.openTrade({ slotId: intent.slotId, trade: trade ?? 0, instrument, positionSide, side })
}

/** The open trade of a slot, which an exit may be asked for. */
function openTradeOf(reference: Reference, slotId: string): ReferenceTrade | null {
  const trade = reference.slots.get(slotId)
  return trade === undefined || trade.closed ? null : trade
}

/** How much of what is open, and not paid away in fees, no live exit covers. */
function freeOf(reference: Reference, trade: ReferenceTrade): Rational {
  const exits = reference.liveOrdersOf(trade).filter((order) => order.request.role === 'exit')
  return ownedOf(reference, trade).minus(total(exits.map(unfilledOf)))
}

/** Coins that its own fills took as fees are not a trade's to sell. */
function ownedOf(reference: Reference, trade: ReferenceTrade): Rational {
  const open = trade.book.quantity.size()
  const coins = reference.instruments.get(trade.instrument)?.kind === 'spot' && trade.side === 'buy'
  return coins && trade.feesInKind.sign() > 0 ? open.minus(trade.feesInKind) : open
}

function isFrozen(reference: Reference, trade: ReferenceTrade): boolean {
  return reference.liveOrdersOf(trade).some(({ status }) => status === 'in_doubt' || status === 'quarantined')
}

function judgeExit(reference: Reference, request: OrderRequest, intent: ExitIntent | ExitResidualIntent): void {
  const trade = openTradeOf(reference, intent.slotId)
  const instrument = reference.instruments.get(request.instrument)
  if (trade === null || instrument === undefined) throw new BrokenPromise('only an open trade is exited')
  promise(request.slotId === trade.slotId && request.trade === trade.trade, 'an exit belongs to the trade of its slot')
  promise(
    request.instrument === trade.instrument && request.positionSide === trade.positionSide,
    'an exit acts on the position of its slot',
  )
  promise(request.side === opposite(trade.side), 'an exit is opposite to its trade')
  promise(!isFrozen(reference, trade), 'a slot with an order in doubt is frozen')
  const free = freeOf(reference, trade)
  promise(!exact(request.quantity).above(free), 'exits never cover more than what is open')
  const rest = intent.type === 'EXIT_RESIDUAL' || intent.scope === 'rest'
  const most = intent.type === 'EXIT_RESIDUAL' ? sellable(reference, trade, free) : free
  promise(
    !rest || exact(request.quantity).is(most.wholeSteps(exact(instrument.lotSize))),
    'K01 K04 the rest is all that is open and not covered',
  )
}

/** What one order can close: no more than the venue's largest, and of coins no more than there are. */
function sellable(reference: Reference, trade: ReferenceTrade, free: Rational): Rational {
  const { maxQuantity, kind, base } = reference.instruments.get(trade.instrument) as Instrument
  const capped = maxQuantity > 0n ? smaller(free, exact(maxQuantity)) : free
  const coins = reference.balances.of(`wallet|${base}`)
  return kind === 'spot' && trade.side === 'buy' ? smaller(capped, coins) : capped
}

function exitResidual(reference: Reference, intent: ExitResidualIntent, decided: Decided): void {
  const trade = openTradeOf(reference, intent.slotId)
  for (const request of decided.requests) {
    promise(request.orderType === 'market', 'K01 a residual is closed at market')
    prepare(reference, request, intent)
  }
  if (trade === null) {
    promise(decided.writtenOff.length === 0, 'nothing open, nothing written off')
    return
  }
  const small = isDust(reference, trade)
  const writtenOff = decided.writtenOff.includes(intent.slotId)
  promise(!writtenOff || small, 'K01 only dust is written off, and only where nothing of the slot is live')
  promise(writtenOff || !small || decided.denied, 'K01 dust is written off')
  if (!decided.denied) {
    const others = reference.liveOrdersOf(trade).filter(({ request }) => !decided.requests.includes(request))
    promise(others.every(isCancelPending), 'K01 a residual takes back the other orders of its slot')
  }
  if (writtenOff) writeOff(reference, trade)
}

/** Too small to be an order, with nothing alive that could still change it. */
function isDust(reference: Reference, trade: ReferenceTrade): boolean {
  const instrument = reference.instruments.get(trade.instrument)
  const mark = reference.marks.get(trade.instrument)
  if (instrument === undefined || mark === undefined || reference.liveOrdersOf(trade).length > 0) return false
  if (trade.book.quantity.isZero()) return false
  const owned = ownedOf(reference, trade)
  const whole = owned.sign() > 0 ? owned.wholeSteps(exact(instrument.lotSize)) : NOTHING
  const notional = instrument.kind === 'inverse' ? whole : whole.times(mark)
  return whole.isZero() || exact(instrument.minQuantity).above(whole) || exact(instrument.minNotional).above(notional)
}

function writeOff(reference: Reference, trade: ReferenceTrade): void {
  const position = reference.position(trade.instrument, trade.positionSide)
  const dust = trade.book.quantity
  // It leaves the slot at its cost: nobody gains or loses by calling it dust.
  Object.assign(trade.book, { quantity: NOTHING, cost: NOTHING })
  position.dust = position.dust.plus(dust)
  reference.changeUnassigned(position, dust)
  reference.closeTrades()
}
