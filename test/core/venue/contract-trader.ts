// A session in small over any venue: the real kernel decides, its effects leave, the venue's news comes back. It keeps the books
// that the contract compares with the venue's own.

import { expect } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import { type Decimal, dec, formatDecimal, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { KernelInput, VenueFill } from '../../../src/core/kernel/inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE, type OrderStatus } from '../../../src/core/kernel/order-table.ts'
import { createState } from '../../../src/core/kernel/state.ts'
import type { OrderView } from '../../../src/core/kernel/views.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'
import { effectOf } from '../../../src/core/session/engine.ts'
import type { TimedVenueEvent, VenueBooks, VenueOrder } from '../../../src/core/venue/port.ts'
import { type EnterWords, enterIntent } from '../kernel/intents.ts'
import { openingOf } from '../kernel/opening.ts'
import type { ContractWorld } from './contract.ts'

const SLOTS = Array.from({ length: 40 }, (_, index) => `slot${index}`)
/** So much in our books that only the venue ever says no. */
const PLENTY = dec('100000000')
const VALIDITY_US = 20_000_000
/** Waits of a world that answers at all. */
const MOST_WAITS = 1_500
const MOST_LOOKS = 40

/** What two books are compared by. */
interface Books {
  readonly position: string
  readonly fills: readonly string[]
  /**
   * What trading brought, fees off; null while something is held. The cost of what is open depends on the order of the fills, and a
   * venue owes us that order for each order of ours only.
   */
  readonly money: string | null
  readonly open: readonly string[]
}

export class Trader {
  readonly world: ContractWorld
  readonly news: TimedVenueEvent[] = []
  readonly #state = createState()
  readonly #facts: Fact[] = []
  readonly #fromUs: number
  #lastUs = 0

  constructor(world: ContractWorld) {
    this.world = world
    this.#fromUs = world.nowUs() - 1_000_000
    const session = { ...openingOf({ slotIds: SLOTS, instrument: world.instrument }), orderValidityUs: VALIDITY_US }
    this.handle({ type: 'OPEN_SESSION', session })
    this.handle({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: PLENTY, note: 'test' })
    this.handle({ type: 'MARK_PRICE', instrument: world.instrument.symbol, price: dec('60000') })
  }

  /** Returns the client order id. */
  enter(words: EnterWords): string {
    const slotId = SLOTS[this.#state.orders.size]
    if (slotId === undefined) throw new Error('there are no slots left')
    const facts = this.handle(enterIntent({ instrument: this.world.instrument.symbol, slotId, ...words }))
    const prepared = facts.find(({ body }) => body.type === 'ORDER_PREPARED')?.body
    if (prepared?.type !== 'ORDER_PREPARED') throw new Error(`denied: ${JSON.stringify(words)}`)
    return prepared.request.clientOrderId
  }

  cancel(clientOrderId: string): void {
    this.handle({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
  }

  query(clientOrderId: string): void {
    this.world.venue.send({ type: 'query', clientOrderId, instrument: this.world.instrument.symbol }, this.world.nowUs())
  }

  /** Past the kernel, which never would. */
  sendAgain(clientOrderId: string): void {
    this.world.venue.send({ type: 'submit', request: this.order(clientOrderId).request as OrderRequest }, this.world.nowUs())
  }

  look(fillsFromUs = this.#fromUs): Promise<VenueBooks> {
    return this.world.venue.lookAtBooks({ instruments: [this.world.instrument.symbol], fillsFromUs }, AbortSignal.timeout(10_000))
  }

  find(clientOrderId: string): Promise<VenueOrder | null> {
    return this.world.venue.findOrder({ clientOrderId, instrument: this.world.instrument.symbol }, AbortSignal.timeout(10_000))
  }

  order(clientOrderId: string): OrderView {
    const order = viewOf(this.#state).orders.get(clientOrderId)
    if (order === undefined) throw new Error(`no order ${clientOrderId}`)
    return order
  }

  orders(): OrderView[] {
    return [...viewOf(this.#state).orders.values()]
  }

  get position(): Decimal {
    return viewOf(this.#state).positions.get(this.world.instrument.symbol)?.quantity ?? ZERO
  }

  isCancelPending(clientOrderId: string): boolean {
    return CANCEL_PENDING[this.order(clientOrderId).cancel]
  }

  /** How often the kernel had to ask about an order. */
  queries(clientOrderId: string): number {
    return this.#facts.filter(({ body }) => body.type === 'ORDER_QUERIED' && body.clientOrderId === clientOrderId).length
  }

  fillsOf(clientOrderId: string): VenueFill[] {
    return this.#facts.flatMap(({ body }) => (body.type === 'FILL_BOOKED' && body.clientOrderId === clientOrderId ? [body] : []))
  }

  handle(input: KernelInput): readonly Fact[] {
    this.#lastUs = Math.max(this.#lastUs, this.world.nowUs())
    const facts = decide(this.#state, { timeUs: this.#lastUs, input })
    for (const fact of facts) {
      apply(this.#state, fact)
      this.#facts.push(fact)
      const effect = effectOf(fact, viewOf(this.#state))
      if (effect !== null) this.world.venue.send(effect, this.#lastUs)
    }
    return facts
  }

  /** Waits once, and hears what there is. False where nothing will ever come. */
  async listen(): Promise<boolean> {
    const goesOn = await this.world.wait()
    for (const timed of this.world.venue.take(this.world.nowUs())) {
      this.news.push(timed)
      if (timed.event.type !== 'NOTICE' && timed.event.type !== 'ORDER_NOT_FOUND') this.handle(timed.event)
    }
    return goesOn
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (let waits = 0; waits < MOST_WAITS; waits += 1) {
      if (holds()) return
      if (!(await this.listen()) && !holds()) break
    }
    if (holds()) return
    const orders = this.orders().map(({ request, status, cancel }) => `${request.clientOrderId} ${status} cancel ${cancel}`)
    throw new Error(`${what} did not come; there was ${this.news.map(({ event }) => event.type).join(', ')}; orders ${orders.join(', ')}`)
  }

  untilStatus(clientOrderId: string, status: OrderStatus): Promise<void> {
    return this.until(`${status} of ${clientOrderId}`, () => this.order(clientOrderId).status === status)
  }

  untilOver(clientOrderId: string): Promise<void> {
    return this.until(`the end of ${clientOrderId}`, () => !ORDER_LIVE[this.order(clientOrderId).status])
  }

  /** Until the venue has spoken of an order once more. */
  untilAnswered(clientOrderId: string): Promise<void> {
    const count = (): number => this.news.filter(({ event }) => 'clientOrderId' in event && event.clientOrderId === clientOrderId).length
    const before = count()
    return this.until(`a word of ${clientOrderId}`, () => count() > before)
  }

  /** Nothing contradicts anything, and both books are one. */
  async expectAgreement(): Promise<void> {
    let [ours, theirs] = [this.#ours(), await this.#theirs()]
    // What is under way arrives; how long that takes is no question of right or wrong.
    for (let looks = 0; looks < MOST_LOOKS && JSON.stringify(ours) !== JSON.stringify(theirs); looks += 1) {
      await this.listen()
      ;[ours, theirs] = [this.#ours(), await this.#theirs()]
    }
    expect(ours).toEqual(theirs)
    const contradictions = this.#facts.flatMap(({ body }) =>
      body.type === 'EVENT_CONFLICTED' || body.type === 'FILL_CONFLICTED' || body.type === 'EVENT_UNMATCHED' ? [body] : [],
    )
    expect(contradictions).toEqual([])
  }

  #ours(): Books {
    const { balances } = viewOf(this.#state)
    const booked = this.#facts.flatMap(({ body }) =>
      body.type === 'FILL_BOOKED' ? [fillText(body, body.side, this.order(body.clientOrderId as string).venueOrderId)] : [],
    )
    const open = this.orders().filter(({ status }) => status === 'acked' || status === 'partially_filled')
    return {
      position: formatDecimal(this.position),
      fills: booked.sort(),
      money: this.position === ZERO ? formatDecimal(sub(balances.get('wallet|USDT') ?? ZERO, PLENTY)) : null,
      open: open.map(({ request, filledQuantity }) => `${request.clientOrderId} ${formatDecimal(filledQuantity)}`).sort(),
    }
  }

  async #theirs(): Promise<Books> {
    const { positions, fills, balances, openOrders, failures } = await this.look()
    if (positions === null || fills === null || balances === null || openOrders === null) throw new Error(failures.join(' '))
    const held = positions[0]?.quantity ?? ZERO
    return {
      position: formatDecimal(held),
      fills: fills.list.map(({ fill, side, venueOrderId }) => fillText(fill, side, venueOrderId)).sort(),
      money: held === ZERO ? formatDecimal(sub(balances.get('USDT') ?? ZERO, this.world.money)) : null,
      open: openOrders.map(({ clientOrderId, filledQuantity }) => `${clientOrderId} ${formatDecimal(filledQuantity)}`).sort(),
    }
  }
}

function fillText({ tradeId, price, quantity, fee, feeAsset, liquidity }: VenueFill, side: string, venueOrderId: string | null): string {
  const numbers = [quantity, price, fee].map((value: Decimal) => formatDecimal(value)).join(' ')
  return `${tradeId} of ${venueOrderId}: ${side} ${numbers} ${feeAsset} ${liquidity}`
}
