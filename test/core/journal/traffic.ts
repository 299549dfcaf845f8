// Facts like a market maker's, made by hand in the order a session journals them, with the state they lead to. Shared by
// the journal's tests and its benchmark; it knows nothing of the journal.

import { apply } from '../../../src/core/kernel/apply.ts'
import { add, type Decimal, dec, mul, neg, ONE, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody, FillFact, OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { SessionOpening, Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import type { StateView } from '../../../src/core/kernel/views.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'

export const INSTRUMENT: Instrument = {
  symbol: 'XRP/RLUSD',
  kind: 'spot',
  base: 'XRP',
  quote: 'RLUSD',
  settle: 'RLUSD',
  tickSize: dec('0.0001'),
  lotSize: dec('0.1'),
  minQuantity: ZERO,
  maxQuantity: ZERO,
  minNotional: ZERO,
  maxLeverage: dec('1'),
}

export const START_US = 1_760_000_000_000_000
const TICK_US = 1_000_000

export function openingOf(sessionId: string, account: string): SessionOpening {
  return {
    sessionId,
    account,
    mode: 'paper',
    venue: 'paper',
    strategy: 'market_maker',
    feedSource: 'simulated',
    seed: 7,
    durationUs: 1_800_000_000,
    tickIntervalUs: TICK_US,
    instrument: INSTRUMENT,
    instrumentOrigin: 'built-in',
    slotIds: ['s1'],
    positionMode: 'one_way',
    limits: {
      maxExposure: dec('5000'),
      maxPosition: dec('4000'),
      maxSessionLoss: dec('100'),
      maxOrderNotional: dec('1000'),
      maxLeverage: dec('3'),
      priceCollarBps: dec('200'),
      maxOpenOrders: 10,
      maxOrdersPerSecond: 20,
      maxCancelsPerSecond: 40,
      staleFeedUs: 30_000_000,
    },
    orderValidityUs: 5_000_000,
    absenceMarginUs: 4_000_000,
    querySpacingUs: 2_000_000,
  }
}

/** Makes facts in sequence and keeps the state that they lead to. */
export class Traffic {
  readonly state: KernelState = createState()
  readonly view: StateView = viewOf(this.state)
  readonly account: string
  #waiting: Fact[] = []
  #timeUs = START_US
  #orders = 0
  #working: string[] = []

  constructor(account: string) {
    this.account = account
  }

  /** Applies a fact and keeps it for the next `take`. */
  fact(body: FactBody): Fact {
    const fact: Fact = { seq: this.state.seq + 1, timeUs: this.#timeUs, body }
    apply(this.state, fact)
    this.#waiting.push(fact)
    return fact
  }

  take(): Fact[] {
    const facts = this.#waiting
    this.#waiting = []
    return facts
  }

  get waiting(): number {
    return this.#waiting.length
  }

  open(sessionId: string): this {
    this.fact({ type: 'SESSION_OPENED', ...openingOf(sessionId, this.account) })
    return this
  }

  halt(reason: string, detail: string | null = null): this {
    this.fact({ type: 'SESSION_HALTED', reason, detail })
    return this
  }

  capital(asset: string, amount: Decimal): this {
    const postings = [
      { account: 'wallet', asset, amount },
      { account: 'capital', asset, amount: neg(amount) },
    ] as const
    this.fact({ type: 'CAPITAL_FLOWED', asset, amount, note: 'start', postings })
    return this
  }

  /** One tick of a market maker: it looks, cancels what rests and quotes anew; every `fillEvery`-th order is filled. */
  tick(fillEvery = 0): this {
    this.#timeUs += TICK_US
    const step = (this.#orders % 40) - 20
    const mid = add(dec('2.5'), mul(dec('0.0001'), dec(String(step))))
    const [bid, ask] = [add(mid, dec('-0.0002')), add(mid, dec('0.0002'))]
    this.fact({
      type: 'MARKET_OBSERVED',
      observation: {
        instrument: INSTRUMENT.symbol,
        bid,
        ask,
        mark: mid,
        ourBid: bid,
        ourAsk: add(ask, dec('0.0006')),
        bidDistanceBps: ZERO,
        askDistanceBps: dec('-2.4'),
      },
      position: this.view.positions.get(INSTRUMENT.symbol)?.quantity ?? ZERO,
      equity: dec('10000.123456'),
    })
    this.fact({ type: 'MARK_SET', instrument: INSTRUMENT.symbol, price: mid, mid, asOfUs: this.#timeUs })
    for (const id of this.#working) this.#cancel(id)
    this.#working = []
    this.#quote('buy', bid, fillEvery)
    this.#quote('sell', ask, fillEvery)
    return this
  }

  /** A long trade with two exit legs, from entry to closed. */
  trade(slotId: string, trade: number): this {
    const [slotQuantity, legQuantity] = [dec('3'), dec('1.5')]
    this.fact({
      type: 'TRADE_OPENED',
      slotId,
      trade,
      instrument: INSTRUMENT.symbol,
      side: 'buy',
      positionSide: 'net',
      quantity: slotQuantity,
      exitRatios: [dec('0.5'), dec('0.5')],
      equityBefore: dec('10000.5'),
    })
    this.fact({ type: 'SLOT_MOVED', slotId, trade, from: 'idle', to: 'entry_requested', trigger: 'enter', reason: null })
    const entry = this.#prepare({ side: 'buy', price: dec('2.5'), quantity: slotQuantity, role: 'entry', slotId, trade, leg: null })
    this.fill(entry, dec('2.5'), slotQuantity)
    this.#move(entry, 'prepared', 'filled', 'fillAll')
    this.fact({ type: 'SLOT_MOVED', slotId, trade, from: 'entry_requested', to: 'position_open', trigger: 'entryOver', reason: null })
    for (const leg of [0, 1]) {
      const exit = this.#prepare({ side: 'sell', price: dec('2.6'), quantity: legQuantity, role: 'exit', slotId, trade, leg })
      this.fact({ type: 'LEG_OPENED', slotId, trade, leg, quantity: legQuantity, clientOrderId: exit, reason: 'target' })
      this.fill(exit, dec('2.6'), legQuantity)
      this.#move(exit, 'prepared', 'filled', 'fillAll')
      this.fact({ type: 'LEG_ENDED', slotId, trade, leg, filledQuantity: legQuantity, consumed: true })
    }
    this.fact({ type: 'SLOT_MOVED', slotId, trade, from: 'position_open', to: 'closed', trigger: 'flat', reason: 'target' })
    return this
  }

  /** Books a fill of an order; the realised figures are of no meaning here, the shape is what counts. */
  fill(clientOrderId: string, price: Decimal, quantity: Decimal): this {
    const order = this.view.orders.get(clientOrderId)
    const position = this.view.positions.get(INSTRUMENT.symbol)
    if (order === undefined || position === undefined) throw new Error(`no order ${clientOrderId}`)
    const { request } = order
    const signed = request.side === 'buy' ? quantity : neg(quantity)
    const cost = mul(signed, price)
    const fee = dec('0.01')
    const body: FillFact = {
      type: 'FILL_BOOKED',
      clientOrderId,
      venueOrderId: order.venueOrderId,
      tradeId: `t${this.state.seq}`,
      instrument: INSTRUMENT.symbol,
      side: request.side,
      positionSide: request.positionSide,
      price,
      quantity,
      tradeValue: mul(price, quantity),
      fee,
      feeAsset: 'RLUSD',
      feePrice: ONE,
      liquidity: 'maker',
      inferred: false,
      role: request.role,
      slotId: request.slotId,
      trade: request.trade,
      leg: request.leg,
      assigned: signed,
      unassigned: ZERO,
      realizedPnl: ZERO,
      slotRealizedPnl: request.role === 'exit' ? dec('0.15') : ZERO,
      filledQuantity: add(order.filledQuantity, quantity),
      positionAfter: add(position.quantity, signed),
      costAfter: add(position.cost, cost),
      postings: [
        { account: 'wallet', asset: 'XRP', amount: signed },
        { account: 'conversion', asset: 'XRP', amount: neg(signed) },
        { account: 'wallet', asset: 'RLUSD', amount: neg(add(cost, fee)) },
        { account: 'conversion', asset: 'RLUSD', amount: cost },
        { account: 'fees', asset: 'RLUSD', amount: fee },
      ],
    }
    this.fact(body)
    return this
  }

  #quote(side: Side, price: Decimal, fillEvery: number): void {
    const id = this.#prepare({ side, price, quantity: dec('40'), role: 'quote', slotId: null, trade: null, leg: null })
    this.#move(id, 'prepared', 'submitting', 'sent')
    this.#move(id, 'submitting', 'acked', 'ack')
    this.#working.push(id)
    if (fillEvery === 0 || this.#orders % fillEvery !== 0) return
    this.fill(id, price, dec('40'))
    this.#move(id, 'acked', 'filled', 'fillAll')
    this.#working.pop()
  }

  #cancel(id: string): void {
    this.fact({ type: 'CANCEL_MOVED', clientOrderId: id, from: 'none', to: 'requested', reason: null })
    this.fact({ type: 'CANCEL_MOVED', clientOrderId: id, from: 'requested', to: 'sent', reason: null })
    this.#move(id, 'acked', 'canceled', 'cancelAck')
  }

  #move(clientOrderId: string, from: OrderMove['from'], to: OrderMove['to'], trigger: OrderMove['trigger']): void {
    const venueOrderId = to === 'acked' ? `v${clientOrderId}` : null
    this.fact({ type: 'ORDER_MOVED', clientOrderId, from, to, trigger, venueOrderId, reason: null })
  }

  #prepare(part: Pick<OrderRequest, 'side' | 'price' | 'quantity' | 'role' | 'slotId' | 'trade' | 'leg'>): string {
    this.#orders += 1
    const clientOrderId = `tr${this.account.length}x${scatter(this.#orders)}`
    this.fact({
      type: 'ORDER_PREPARED',
      request: {
        clientOrderId,
        instrument: INSTRUMENT.symbol,
        positionSide: 'net',
        orderType: 'limit',
        timeInForce: 'gtc',
        postOnly: part.role === 'quote',
        reduceOnly: part.role === 'exit',
        validUntilUs: this.#timeUs + 5_000_000,
        intentSeq: this.#orders,
        attempt: 1,
        ...part,
      },
    })
    return clientOrderId
  }
}

type OrderMove = Extract<FactBody, { type: 'ORDER_MOVED' }>

/** Order ids are hashes: neighbours in time are far apart in the index, and that costs. */
function scatter(value: number): string {
  return ((BigInt(value) * 0x9e3779b97f4a7c15f39cc0605cedc835n) & ((1n << 120n) - 1n)).toString(32).padStart(24, '0')
}
