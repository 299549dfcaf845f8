// Keeps its own books of what was journaled and judges the kernel by them, and by the venue's truth. Changes neither.

import { isDeepStrictEqual } from 'node:util'
import { apply } from '../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody } from '../../src/core/kernel/codec.ts'
import { add, type Decimal, formatDecimal, mul, neg, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Fact, FillFact, OrderRequest, Posting } from '../../src/core/kernel/facts.ts'
import { CANCEL_PENDING, ORDER_LIVE } from '../../src/core/kernel/order-table.ts'
import { createState, type KernelState } from '../../src/core/kernel/state.ts'
import type { ModelVenue, VenueOrder } from './model-venue.ts'
import { must, same } from './violation.ts'

interface Line {
  readonly seq: number
  readonly timeUs: number
  readonly text: string
}

export class Auditor {
  readonly journal: Line[] = []
  readonly asked = new Set<string>()
  readonly #replayed = createState()
  readonly #prepared = new Map<string, OrderRequest>()
  readonly #sent = new Set<string>()
  /** The trade ids of all fills that were booked. */
  readonly booked = new Set<string>()
  readonly #filledByOrder = new Map<string, Decimal>()
  readonly #balances = new Map<string, Decimal>()
  /** What the account must own of each asset, by the venue's own trades; `wallet` and `position` together. */
  readonly #owned = new Map<string, Decimal>()
  /** Σ signed price × quantity of all fills. */
  #turnover = ZERO
  #waitUntilUs = 0
  #position = ZERO
  #quoted = ZERO
  #inSlots = ZERO
  #unassigned = ZERO

  /** Takes a fact as it was committed: as text. The second state lives on what is read back. */
  commit(fact: Fact, venue: ModelVenue): void {
    const line = { seq: fact.seq, timeUs: fact.timeUs, text: encodeFactBody(fact.body) }
    this.journal.push(line)
    const { body } = fact
    if (body.type === 'ORDER_PREPARED') this.#prepare(body.request, fact.timeUs)
    if (body.type === 'TRADE_OPENED') {
      const known = this.#replayed.trades.has(`${body.slotId}#${body.trade}`)
      must(!known, `trade ${body.slotId}#${body.trade} was opened twice`)
    }
    apply(this.#replayed, read(line))
    if (body.type === 'RATE_LIMIT_NOTED') this.#waitUntilUs = Math.max(this.#waitUntilUs, fact.timeUs + body.retryAfterMs * 1_000)
    if (body.type === 'ORDER_QUERIED') this.asked.add(body.clientOrderId)
    if (body.type === 'CAPITAL_FLOWED') {
      this.#own(body.asset, body.amount)
      this.#post(body.postings)
    }
    if (body.type === 'FILL_BOOKED') this.#book(body, venue)
  }

  /** A state made from nothing but the text of the journal. */
  rebuild(): KernelState {
    const state = createState()
    for (const line of this.journal) apply(state, read(line))
    return state
  }

  /** An order leaves for the venue: once, and only when the journal has it as it is. */
  send(request: OrderRequest): void {
    const { clientOrderId } = request
    must(!this.#sent.has(clientOrderId), `order ${clientOrderId} was sent twice`)
    must(isDeepStrictEqual(this.#prepared.get(clientOrderId), request), `order ${clientOrderId} was sent before it was journaled`)
    this.#sent.add(clientOrderId)
  }

  check(state: KernelState, symbol: string): void {
    const position = state.positions.get(symbol)
    must(position !== undefined, 'the position is missing')
    const { quantity, inSlots, quoted, unassigned } = position
    same('position and Σ booked fills', quantity, this.#position)
    same('position and its parts', quantity, add(add(inSlots, quoted), unassigned))
    same('size in slots and Σ of its fills', inSlots, this.#inSlots)
    same('quoted inventory and Σ of its fills', quoted, this.#quoted)
    same('unassigned size and Σ of its fills', unassigned, this.#unassigned)
    // Cost and realised profit are two parts of all that was paid and taken; flat, all of it is profit.
    same('cost of the position and turnover plus realised profit', position.cost, add(this.#turnover, position.realizedPnl))
    must(quantity !== ZERO || position.cost === ZERO, 'the position is flat and still has a cost')
    this.#checkSlots(state, inSlots)
    this.#checkOrders(state)
    this.#checkBalances(state)
    must(state.seq === this.journal.length, `the state is at fact ${state.seq}, the journal at ${this.journal.length}`)
  }

  checkReplay(state: KernelState): void {
    must(isDeepStrictEqual(this.#replayed, state), 'the state that was replayed from the journal is not the live one')
  }

  checkVenue(venue: ModelVenue): void {
    const venueIds = new Set<string>()
    for (const { request, venueOrderId } of venue.orders.values()) {
      must(!venueIds.has(venueOrderId), `venue order ${venueOrderId} exists twice`)
      venueIds.add(venueOrderId)
      const prepared = this.#prepared.get(request.clientOrderId)
      must(prepared !== undefined, `the venue has order ${request.clientOrderId}, which was never prepared`)
      must(
        request === prepared || isDeepStrictEqual(request, prepared),
        `the venue has order ${request.clientOrderId} otherwise than prepared`,
      )
    }
  }

  /** Once every message has arrived and every question has been answered. */
  checkAgreement(state: KernelState, venue: ModelVenue): void {
    for (const [id, order] of state.orders) {
      const truth = venue.orders.get(id)
      const filled = truth?.filledQuantity ?? ZERO
      same(`filled quantity of order ${id} (${order.status}) and the venue's`, order.filledQuantity, filled)
      const said = `order ${id} is ${order.status}, at the venue ${truth?.status ?? 'unknown'}`
      must(order.status !== 'in_doubt' || this.asked.has(id), `${said}, and nobody asked`)
      must(agrees(order.status, truth), said)
      must(!CANCEL_PENDING[order.cancel], `${said}, and its cancel is ${order.cancel} for ever`)
    }
    for (const [id, { status }] of venue.orders) {
      must(state.orders.has(id), `order ${id} of the venue was forgotten`)
      must(status !== 'open' || state.liveOrders.has(id), `order ${id} is open at the venue and not live here`)
    }
    must(this.booked.size === venue.trades.size, `${this.booked.size} fills were booked, the venue has ${venue.trades.size}`)
    for (const slot of state.trades.values()) {
      for (const leg of slot.legs) {
        const alive = leg.clientOrderId !== null && state.liveOrders.has(leg.clientOrderId)
        must(!leg.working || alive || slot.stage === 'closed', `leg ${leg.leg} of ${slot.slotId}#${slot.trade} works without a live order`)
      }
      must(slot.stage !== 'closed' || slot.openSize === ZERO, `trade ${slot.slotId}#${slot.trade} is closed with open size`)
    }
  }

  #prepare(request: OrderRequest, timeUs: number): void {
    const { clientOrderId, role, slotId, trade, quantity } = request
    must(!this.#prepared.has(clientOrderId), `client order id ${clientOrderId} was given twice`)
    this.#prepared.set(clientOrderId, request)
    const state = this.#replayed
    must(timeUs >= this.#waitUntilUs, `order ${clientOrderId} was prepared while the venue asked us to wait`)
    if (role === 'quote') return
    const beside = [...state.liveOrders.values()].filter((order) => order.request.slotId === slotId && order.request.trade === trade)
    must(role === 'exit' || beside.length === 0, `entry ${clientOrderId} is not the only order of its trade`)
    if (role === 'entry') return
    const working = beside.filter((order) => order.request.role === 'exit' && order.filledQuantity < order.request.quantity)
    const covered = working.reduce((sum, order) => add(sum, sub(order.request.quantity, order.filledQuantity)), quantity)
    const openSize = state.trades.get(`${slotId}#${trade}`)?.openSize ?? ZERO
    must(covered <= openSize, `exits of ${formatDecimal(covered)} work on an open size of ${formatDecimal(openSize)}`)
  }

  #book(fill: FillFact, venue: ModelVenue): void {
    const known = venue.trades.get(fill.tradeId)
    must(known !== undefined, `fill ${fill.tradeId} was booked, the venue never made it`)
    must(!this.booked.has(fill.tradeId), `fill ${fill.tradeId} was booked twice`)
    const { trade, order } = known
    const agrees =
      trade.price === fill.price && trade.quantity === fill.quantity && trade.fee === fill.fee && trade.feeAsset === fill.feeAsset
    must(agrees && order.request.side === fill.side, `fill ${fill.tradeId} was booked with other numbers than the venue's`)
    must(order.request.clientOrderId === fill.clientOrderId, `fill ${fill.tradeId} was booked on another order`)
    this.booked.add(fill.tradeId)
    const signed = fill.side === 'buy' ? fill.quantity : neg(fill.quantity)
    same(`fill ${fill.tradeId} and its parts`, signed, add(fill.assigned, fill.unassigned))
    this.#position = add(this.#position, signed)
    this.#unassigned = add(this.#unassigned, fill.unassigned)
    if (fill.role === 'quote') this.#quoted = add(this.#quoted, fill.assigned)
    else this.#inSlots = add(this.#inSlots, fill.assigned)
    const value = mul(signed, trade.price)
    this.#turnover = add(this.#turnover, value)
    const { base, quote } = this.#assetsOf(fill.instrument)
    this.#own(base, signed)
    this.#own(quote, neg(value))
    this.#own(trade.feeAsset, neg(trade.fee))
    const id = order.request.clientOrderId
    this.#filledByOrder.set(id, add(this.#filledByOrder.get(id) ?? ZERO, fill.quantity))
    this.#post(fill.postings)
  }

  #assetsOf(symbol: string): { readonly base: string; readonly quote: string } {
    const instrument = this.#replayed.instruments.get(symbol)
    must(instrument !== undefined, `a fill in ${symbol}, which was never opened`)
    return instrument
  }

  #own(asset: string, amount: Decimal): void {
    this.#owned.set(asset, add(this.#owned.get(asset) ?? ZERO, amount))
  }

  #post(postings: readonly Posting[]): void {
    const sums = new Map<string, Decimal>()
    for (const { account, asset, amount } of postings) {
      sums.set(asset, add(sums.get(asset) ?? ZERO, amount))
      const key = `${account}|${asset}`
      this.#balances.set(key, add(this.#balances.get(key) ?? ZERO, amount))
    }
    for (const [asset, sum] of sums) same(`postings in ${asset}`, sum, ZERO)
  }

  #checkSlots(state: KernelState, inSlots: Decimal): void {
    let open = ZERO
    for (const slot of state.trades.values()) {
      must(slot.openSize >= ZERO, `slot ${slot.slotId} has an open size below zero`)
      must(slot.openSize > ZERO || slot.openCost === ZERO, `slot ${slot.slotId} is flat and still has a cost`)
      same(`entry less exits of ${slot.slotId}#${slot.trade} and its open size`, sub(slot.entryQuantity, slot.exitQuantity), slot.openSize)
      open = slot.side === 'buy' ? add(open, slot.openSize) : sub(open, slot.openSize)
    }
    same('size in slots and Σ open sizes', inSlots, open)
  }

  #checkOrders(state: KernelState): void {
    for (const [id, order] of state.orders) {
      const { status } = order
      const traded = order.filledQuantity > ZERO
      must(!traded || (status !== 'acked' && status !== 'rejected' && status !== 'absent'), `order ${id} has fills and is ${status}`)
      must(traded || (status !== 'partially_filled' && status !== 'filled'), `order ${id} has no fills and is ${status}`)
      must(ORDER_LIVE[order.status] === state.liveOrders.has(id), `order ${id} is ${order.status}, and in the wrong list`)
      same(`filled quantity of ${id} and Σ of its fills`, order.filledQuantity, this.#filledByOrder.get(id) ?? ZERO)
      must(
        order.filledQuantity >= order.request.quantity === (order.status === 'filled'),
        `order ${id} is ${order.status}, filled ${formatDecimal(order.filledQuantity)}`,
      )
    }
  }

  #checkBalances(state: KernelState): void {
    const sums = new Map<string, Decimal>()
    for (const [key, balance] of state.balances) {
      same(`balance ${key} and Σ postings`, balance, this.#balances.get(key) ?? ZERO)
      const asset = key.slice(key.indexOf('|') + 1)
      sums.set(asset, add(sums.get(asset) ?? ZERO, balance))
    }
    for (const [asset, amount] of this.#owned) {
      const held = add(state.balances.get(`wallet|${asset}`) ?? ZERO, state.balances.get(`position|${asset}`) ?? ZERO)
      same(`what is owned of ${asset} and what the venue's trades come to`, held, amount)
    }
    for (const [asset, sum] of sums) same(`all balances in ${asset}`, sum, ZERO)
  }
}

function read({ seq, timeUs, text }: Line): Fact {
  return { seq, timeUs, body: decodeFactBody(text) }
}

/** Whether what we say of an order may stand beside what the venue knows. `canceled` and `expired` may be confused: both are over. */
function agrees(status: keyof typeof ORDER_LIVE, truth: VenueOrder | undefined): boolean {
  if (truth === undefined) return !ORDER_LIVE[status] && status !== 'filled'
  if (truth.status === 'open') return status === 'acked' || status === 'partially_filled'
  if (truth.status === 'filled') return status === 'filled'
  return status === 'canceled' || status === 'expired' || status === 'rejected' || status === 'absent'
}
