// Keeps its own books of what was journaled and judges the kernel by them, and by the venue's truth. Changes neither.

import { isDeepStrictEqual } from 'node:util'
import { apply } from '../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody, stateHash } from '../../src/core/kernel/codec.ts'
import { add, type Decimal, formatDecimal, neg, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, FactOf, OrderRequest } from '../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { ORDER_LIVE } from '../../src/core/kernel/order-table.ts'
import { createState, type KernelState } from '../../src/core/kernel/state.ts'
import type { PositionView, SlotView } from '../../src/core/kernel/views.ts'
import { judgeCancelRate, judgePrepared } from './limit-rules.ts'
import type { ModelVenue } from './model-venue.ts'
import { OwnBooks } from './own-books.ts'
import { magnitude, notional, worth } from './own-holding.ts'
import { OwnOrders } from './own-orders.ts'
import { must, same } from './violation.ts'

/** An input, and what it came to. */
export interface Decision {
  readonly input: KernelInput
  readonly facts: readonly Fact[]
}

/** What one decision takes back, and what it has prepared. */
interface Beside {
  readonly leaving: Set<string>
  readonly siblings: Set<string>
}

interface Line {
  readonly seq: number
  readonly timeUs: number
  readonly text: string
}

const ONE = 10n ** 18n

export class Auditor {
  readonly journal: Line[] = []
  /** Lives on nothing but the journal's text. */
  readonly replayed: KernelState = createState()
  readonly books = new OwnBooks()
  readonly orders = new OwnOrders()
  readonly asked = new Set<string>()
  /** The venue's trades that were booked, or that confirmed what was inferred before: `instrument|trade id|side`. */
  readonly booked = new Set<string>()
  /** Orders of which something was inferred at some time. */
  readonly inferred = new Set<string>()
  readonly #venue: ModelVenue
  readonly #sent = new Set<string>()
  readonly #funded = new Set<string>()
  readonly #touched = { orders: new Set<string>(), trades: new Set<string>() }
  #acknowledged = 0

  constructor(venue: ModelVenue) {
    this.#venue = venue
  }

  /** Takes what was decided as it was committed: as text. All else lives on what is read back. */
  commit(decisions: readonly Decision[]): void {
    for (const { input, facts } of decisions) {
      const beside = { leaving: new Set<string>(), siblings: new Set<string>() }
      for (const fact of facts) {
        const line = { seq: fact.seq, timeUs: fact.timeUs, text: encodeFactBody(fact.body) }
        this.journal.push(line)
        const told = read(line)
        must(isDeepStrictEqual(told.body, fact.body), `fact ${line.seq} reads back as something else: ${line.text}`)
        must(encodeFactBody(told.body) === line.text, `fact ${line.seq} reads back as another text`)
        this.#judge(told, input, beside)
        this.orders.apply(told.body, told.timeUs)
        this.books.apply(told.body)
        apply(this.replayed, told)
        this.#touch(told.body)
      }
    }
    this.#acknowledged = this.journal.length
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
    const prepared = this.orders.orders.get(clientOrderId)?.request
    must(isDeepStrictEqual(prepared, request), `order ${clientOrderId} was sent before it was journaled`)
    this.#sent.add(clientOrderId)
  }

  bookedTrades(): readonly string[] {
    return [...this.booked]
  }

  check(state: KernelState): void {
    must(state.seq === this.journal.length, `the state is at fact ${state.seq}, the journal at ${this.journal.length}`)
    for (const position of state.positions.values()) this.#checkPosition(position)
    this.#checkListed(state)
    this.#checkSlots(state)
    this.#checkOrders(state)
    this.#checkBalances(state)
    this.#checkAttribution(state)
    this.#checkTouched(state)
    must(state.trading === 'halted' || state.trading === this.orders.trading, `trading is ${state.trading}`)
    must(!this.orders.over || state.halted || state.stopping, 'the session is over and goes on')
  }

  /** What the last step was about is what the journal says, and so is all that is not about an order or a trade. */
  #checkTouched(state: KernelState): void {
    const { replayed } = this
    const { orders, trades } = this.#touched
    for (const id of orders) must(isDeepStrictEqual(replayed.orders.get(id), state.orders.get(id)), `order ${id} is not what was journaled`)
    for (const key of trades)
      must(isDeepStrictEqual(replayed.trades.get(key), state.trades.get(key)), `trade ${key} is not what was journaled`)
    orders.clear()
    trades.clear()
    for (const name of ['seq', 'halted', 'stopping', 'trading', 'intentSeq', 'blockedUntilUs', 'orderPrefix'] as const) {
      must(replayed[name] === state[name], `${name} is ${state[name]}, in the journal ${replayed[name]}`)
    }
    must(isDeepStrictEqual(replayed.positions, state.positions), 'the positions are not what was journaled')
  }

  checkReplay(state: KernelState): void {
    must(stateHash(this.replayed) === stateHash(state), 'the state that was replayed from the journal has another hash than the live one')
    must(isDeepStrictEqual(this.replayed, state), 'the state that was replayed from the journal is not the live one')
  }

  /** What was acknowledged, and what was sent, is in the journal that is left after a crash. */
  checkAcknowledged(state: KernelState): void {
    must(state.seq >= this.#acknowledged, `fact ${this.#acknowledged} was acknowledged, the journal ends at ${state.seq}`)
    for (const clientOrderId of this.#sent) must(state.orders.has(clientOrderId), `order ${clientOrderId} was sent and is forgotten`)
  }

  checkVenue(): void {
    const venueIds = new Set<string>()
    for (const { request, venueOrderId } of this.#venue.orders.values()) {
      must(!venueIds.has(venueOrderId), `venue order ${venueOrderId} exists twice`)
      venueIds.add(venueOrderId)
      const prepared = this.orders.orders.get(request.clientOrderId)?.request
      must(prepared !== undefined, `the venue has order ${request.clientOrderId}, which was never prepared`)
      must(isDeepStrictEqual(request, prepared), `the venue has order ${request.clientOrderId} otherwise than prepared`)
    }
  }

  #judge({ body, timeUs }: Fact, input: KernelInput, beside: Beside): void {
    const { books, orders } = this
    if (body.type === 'ORDER_QUERIED') this.asked.add(body.clientOrderId)
    if (body.type === 'CANCEL_MOVED' && body.to === 'requested') {
      judgeCancelRate(input, timeUs, orders)
      // Only what a quote pushes out leaves: its successor stands in its place.
      if (input.type === 'QUOTE') beside.leaving.add(body.clientOrderId)
    }
    if (body.type === 'ORDER_PREPARED') {
      judgePrepared({ request: body.request, input, timeUs, books, orders, ...beside })
      beside.siblings.add(body.request.clientOrderId)
    }
    if (body.type === 'ORDER_MOVED' && body.to === 'absent') {
      // What the venue took after its validity had ended, no proof of absence can know of: it is alarmed when it is seen.
      const truth = this.#venue.orders.get(body.clientOrderId)
      must(truth === undefined || truth.late, `order ${body.clientOrderId} is taken for absent, and the venue has it`)
    }
    if (body.type === 'FILL_BOOKED' && !body.inferred) this.#judgeFill(body)
    if (body.type === 'FILL_BOOKED' && body.inferred && body.clientOrderId !== null) this.inferred.add(body.clientOrderId)
    if (body.type === 'FILL_CONFIRMED') this.#judgeFill(body)
    if (body.type === 'FUNDING_BOOKED') this.#judgeFunding(body)
    if (body.type === 'DUST_WRITTEN_OFF') this.#judgeDust(body)
  }

  /** Every payment is one that the venue made, and is booked once. */
  #judgeFunding({ instrument, fundingId, asset, amount }: FactOf<'FUNDING_BOOKED'>): void {
    const key = `${instrument}|${fundingId}`
    must(!this.#funded.has(key), `funding ${key} was booked twice`)
    this.#funded.add(key)
    const known = this.#venue.fundings.find((funding) => funding.instrument === instrument && funding.fundingId === fundingId)
    must(known?.asset === asset && known.amount === amount, `funding ${key} was booked, and the venue never paid it`)
  }

  /** Notes what a fact is about, so that at least that is compared with what was replayed after every step. */
  #touch(body: FactBody): void {
    if ('clientOrderId' in body && body.clientOrderId !== null) this.#touched.orders.add(body.clientOrderId)
    if ('slotId' in body && 'trade' in body) this.#touched.trades.add(`${body.slotId}#${body.trade}`)
    if (body.type === 'ORDER_PREPARED') this.#touched.orders.add(body.request.clientOrderId)
  }

  /** Every fill is one that the venue made, in its numbers, on its order, and once. */
  #judgeFill(fill: FactOf<'FILL_BOOKED'> | FactOf<'FILL_CONFIRMED'>): void {
    const key = `${fill.instrument}|${fill.tradeId}|${fill.side}`
    const known = this.#venue.trades.get(key)
    must(known !== undefined, `fill ${key} was booked, the venue never made it`)
    must(!this.booked.has(key), `fill ${key} was booked twice`)
    const { trade, order } = known
    const agrees =
      trade.price === fill.price && trade.quantity === fill.quantity && trade.fee === fill.fee && trade.feeAsset === fill.feeAsset
    must(agrees, `fill ${key} was booked with other numbers than the venue's`)
    const owner = order.own ? order.request.clientOrderId : null
    must(owner === fill.clientOrderId, `fill ${key} was booked on order ${fill.clientOrderId}, it is of ${owner}`)
    this.booked.add(key)
  }

  /** Only what no order could ever close is written off, and only once nothing of its slot is alive. */
  #judgeDust({ slotId, trade, quantity }: FactOf<'DUST_WRITTEN_OFF'>): void {
    const own = this.books.trade(slotId, trade)
    const instrument = this.books.instrument(own.instrument)
    const size = magnitude(quantity)
    // Coins that went away as fees cannot be sold, and what is left may be too small.
    const paidAway = instrument.kind === 'spot' && own.side === 'buy' && own.feesInKind > ZERO ? own.feesInKind : ZERO
    must(this.#isSmall(instrument, sub(size, paidAway)), `${formatDecimal(size)} of ${own.key} was written off, and can be traded`)
    must(this.orders.ofTrade(slotId, trade).length === 0, `dust of ${own.key} was written off beside a live order`)
  }

  #isSmall({ symbol, kind, lotSize, minQuantity, minNotional }: Instrument, size: Decimal): boolean {
    const lots = sub(size, (size % lotSize) as Decimal)
    const mark = this.books.marks.get(symbol)
    return lots <= ZERO || lots < minQuantity || (mark !== undefined && notional({ kind }, lots, mark) < minNotional)
  }

  #checkPosition(position: PositionView): void {
    const { instrument, positionSide, quantity, inSlots, quoted, unassigned, dust } = position
    const own = this.books.position(instrument, positionSide)
    const name = `${instrument} ${positionSide}`
    same(`position ${name} and Σ booked fills`, quantity, own.holding.quantity)
    same(`cost of ${name} and that of its fills`, position.cost, own.holding.cost)
    same(`basis of ${name} and ours`, position.basisQuantity, own.holding.basis.quantity)
    same(`cost of the basis of ${name} and ours`, position.basisCost, own.holding.basis.cost)
    same(`realised profit of ${name}`, position.realizedPnl, own.realized)
    same(`position ${name} and its parts`, quantity, add(add(inSlots, quoted), unassigned))
    same(`size in slots of ${name} and Σ of its fills`, inSlots, own.inSlots)
    same(`quoted inventory of ${name} and Σ of its fills`, quoted, own.quoted)
    same(`unassigned size of ${name} and Σ of its fills`, unassigned, own.unassigned)
    must(position.venues === own.venues, `the venue's ${name} is ${own.venues}, and taken for ${position.venues}`)
    same(`dust in ${name} and the part of the unassigned that was written off`, dust, own.dust)
    must(position.mark === (this.books.marks.get(instrument) ?? null), `the mark of ${name} is ${position.mark}`)
  }

  /** What is listed can be held: coins in one position, contracts in hedge mode in two. */
  #checkListed(state: KernelState): void {
    for (const symbol of this.orders.listed) {
      const hedged = this.orders.session?.positionMode === 'hedge' && this.books.instrument(symbol).kind !== 'spot'
      const keys = hedged ? [`${symbol}#long`, `${symbol}#short`] : [symbol]
      for (const key of keys) must(state.positions.has(key), `${key} is listed, and nothing can be held in it`)
    }
  }

  #checkSlots(state: KernelState): void {
    const open = new Map<string, Decimal>()
    for (const slot of state.trades.values()) {
      this.#checkSlot(slot)
      const key = `${slot.instrument} ${slot.positionSide}`
      open.set(key, add(open.get(key) ?? ZERO, slot.side === 'buy' ? slot.openSize : neg(slot.openSize)))
    }
    for (const { instrument, positionSide, inSlots } of state.positions.values()) {
      same(`size in slots of ${instrument} and Σ open sizes`, inSlots, open.get(`${instrument} ${positionSide}`) ?? ZERO)
    }
    for (const [slotId, slot] of state.slots) {
      const last = state.trades.get(`${slotId}#${slot.trade}`)
      must(slot.trade === 0 || slot === last, `slot ${slotId} is not its trade ${slot.trade}`)
    }
  }

  #checkSlot(slot: SlotView): void {
    const own = this.books.trade(slot.slotId, slot.trade)
    const { key, holding } = own
    same(`open size of ${key}`, slot.openSize, magnitude(holding.quantity))
    same(`open cost of ${key}`, slot.openCost, magnitude(holding.cost))
    same(`entered size of ${key}`, slot.entryQuantity, own.entryQuantity)
    same(`size that left ${key}`, slot.exitQuantity, own.exitQuantity)
    same(`realised profit of ${key}`, slot.realizedPnl, own.realized)
    same(`fees in kind of ${key}`, slot.feesInKind, own.feesInKind)
    must(slot.stage === this.orders.stages.get(key), `slot ${key} is ${slot.stage}, by its moves ${this.orders.stages.get(key)}`)
    must(slot.stage !== 'closed' || slot.openSize === ZERO, `slot ${key} is closed with open size`)
    const legs = slot.legs.reduce((sum, leg) => add(sum, leg.filledQuantity), ZERO)
    must(legs <= slot.exitQuantity, `the legs of ${key} closed more than its exits`)
  }

  #checkOrders(state: KernelState): void {
    must(state.orders.size === this.orders.orders.size, `there are ${state.orders.size} orders, ${this.orders.orders.size} were prepared`)
    must(state.liveOrders.size === this.orders.live.size, `${state.liveOrders.size} orders live, by their moves ${this.orders.live.size}`)
    for (const [id, order] of state.orders) {
      const own = this.orders.order(id)
      const { status, filledQuantity } = order
      const isLike = status === own.status && order.cancel === own.cancel && order.venueOrderId === own.venueOrderId
      must(isLike, `order ${id} is ${status}, cancel ${order.cancel}; by its moves ${own.status}, ${own.cancel}`)
      must(ORDER_LIVE[status] === state.liveOrders.has(id), `order ${id} is ${status}, and in the wrong list`)
      same(`filled quantity of ${id} and Σ of its fills`, filledQuantity, own.filled)
      same(`inferred quantity of ${id}`, order.inferredQuantity, own.inferred)
      const traded = filledQuantity > ZERO
      must(!traded || (status !== 'acked' && status !== 'rejected' && status !== 'absent'), `order ${id} has fills and is ${status}`)
      must(traded || (status !== 'partially_filled' && status !== 'filled'), `order ${id} has no fills and is ${status}`)
      const isWhole = filledQuantity >= order.request.quantity
      must(isWhole === (status === 'filled'), `order ${id} is ${status}, filled ${formatDecimal(filledQuantity)}`)
    }
  }

  #checkBalances(state: KernelState): void {
    const sums = new Map<string, Decimal>()
    for (const [key, balance] of state.balances) {
      same(`balance ${key} and our own`, balance, this.books.balances.get(key) ?? ZERO)
      const asset = key.slice(key.indexOf('|') + 1)
      sums.set(asset, add(sums.get(asset) ?? ZERO, balance))
    }
    for (const [key, balance] of this.books.balances) same(`balance ${key}`, state.balances.get(key) ?? ZERO, balance)
    for (const [asset, sum] of sums) same(`all balances in ${asset}`, sum, ZERO)
  }

  /** Per settle asset, at any marks: what is owned = capital + funding − fees + realised + unrealised, and nothing is left over. */
  #checkAttribution(state: KernelState): void {
    const balance = (account: string, asset: string): Decimal => state.balances.get(`${account}|${asset}`) ?? ZERO
    const owned = new Map<string, Decimal>()
    const explained = new Map<string, Decimal>()
    const note = (sums: Map<string, Decimal>, asset: string, amount: Decimal): void =>
      void sums.set(asset, add(sums.get(asset) ?? ZERO, amount))
    const assets = new Set([...state.balances.keys()].map((key) => key.slice(key.indexOf('|') + 1)))
    for (const asset of assets) {
      note(owned, asset, add(balance('wallet', asset), balance('position', asset)))
      for (const account of ['capital', 'funding', 'fees', 'realized_pnl']) note(explained, asset, neg(balance(account, asset)))
    }
    for (const { instrument: symbol, quantity, cost } of state.positions.values()) {
      const instrument = this.books.instrument(symbol)
      const mark = this.books.marks.get(symbol) ?? (ONE as Decimal)
      const inverse = instrument.kind === 'inverse'
      // What the position stands for is taken out of its own asset and counted in the settle asset, at the mark.
      const worthNow = worth(instrument, quantity, mark)
      note(owned, inverse ? instrument.quote : instrument.base, inverse ? quantity : neg(quantity))
      note(owned, instrument.settle, inverse ? neg(worthNow) : worthNow)
      note(explained, instrument.settle, inverse ? sub(cost, worthNow) : sub(worthNow, cost))
    }
    for (const [asset, amount] of owned) same(`what is owned of ${asset} and what explains it`, amount, explained.get(asset) ?? ZERO)
  }
}

function read({ seq, timeUs, text }: Line): Fact {
  return { seq, timeUs, body: decodeFactBody(text) }
}
