// The real kernel, the BingX venue and the rehearsed exchange in one loop, with faults by seed: in the end the books of the
// kernel are the exchange's, to the last digit, and the questions did not run in circles. KERNEL_SEEDS sets how many.

import { expect, test } from 'vitest'
import { apply } from '../../../../src/core/kernel/apply.ts'
import { decide } from '../../../../src/core/kernel/decide.ts'
import { dec, formatDecimal, ZERO } from '../../../../src/core/kernel/decimal.ts'
import type { Fact } from '../../../../src/core/kernel/facts.ts'
import type { KernelInput } from '../../../../src/core/kernel/inputs.ts'
import { ORDER_LIVE } from '../../../../src/core/kernel/order-table.ts'
import { createState } from '../../../../src/core/kernel/state.ts'
import { viewOf } from '../../../../src/core/kernel/views.ts'
import { effectOf } from '../../../../src/core/session/engine.ts'
import type { BingxVenue } from '../../../../src/core/venue/bingx/bingx-venue.ts'
import { asksAt, type Rehearsed, rehearsed, sellsDownTo } from '../../exchange/bingx/rehearsed.ts'
import { openingOf } from '../../kernel/opening.ts'
import { INSTRUMENT } from './rig.ts'
import { stormyRules, venueAt } from './storm-rig.ts'

const SEEDS = Number(process.env['KERNEL_SEEDS'] ?? 1)
const FIRST = Number(process.env['KERNEL_FIRST'] ?? 1)
const VALIDITY_US = 1_500_000
const ROUNDS = 8

/** As much of a session as there must be: decide, apply, send; and asking until what is in doubt is known. */
class Loop {
  readonly state = createState()
  readonly facts: Fact[] = []
  readonly queries = new Map<string, number>()
  readonly #venue: BingxVenue
  readonly #missing = new Map<string, { readonly askedUs: number[]; venueUs: number }>()
  #lastUs = 0

  constructor(venue: BingxVenue) {
    this.#venue = venue
  }

  handle(input: KernelInput): void {
    this.#lastUs = Math.max(this.#lastUs, Date.now() * 1_000)
    const facts = decide(this.state, { timeUs: this.#lastUs, input })
    for (const fact of facts) apply(this.state, fact)
    this.facts.push(...facts)
    for (const fact of facts) {
      const effect = effectOf(fact, viewOf(this.state))
      if (effect === null) continue
      if (effect.type === 'query') this.queries.set(effect.clientOrderId, (this.queries.get(effect.clientOrderId) ?? 0) + 1)
      this.#venue.send(effect, this.#lastUs)
    }
  }

  step(): void {
    for (const { event } of this.#venue.take(Number.MAX_SAFE_INTEGER)) {
      if (event.type === 'NOTICE') continue
      if (event.type === 'ORDER_NOT_FOUND') this.#noteMissing(event.clientOrderId, event.venueTimeUs)
      else this.handle(event)
    }
  }

  /** What a session's own asking does: absence is proved by two spaced answers, long after the order could have come. */
  #noteMissing(clientOrderId: string, venueTimeUs: number): void {
    const order = this.state.orders.get(clientOrderId)
    if (order === undefined || !ORDER_LIVE[order.status]) return
    const missing = this.#missing.get(clientOrderId) ?? { askedUs: [], venueUs: 0 }
    this.#missing.set(clientOrderId, missing)
    missing.venueUs = venueTimeUs
    missing.askedUs.push(Date.now() * 1_000)
    const askedAtUs = missing.askedUs.filter((us) => us > order.request.validUntilUs)
    const evidence = 'asked twice, found nothing'
    if (order.status === 'in_doubt')
      this.handle({ type: 'RECONCILE', action: 'mark_absent', clientOrderId, venueTimeUs, askedAtUs, evidence })
    if (!ORDER_LIVE[order.status]) return
    setTimeout(() => this.#venue.send({ type: 'query', clientOrderId, instrument: INSTRUMENT }, Date.now() * 1_000), 300)
  }

  get isSure(): boolean {
    return this.state.liveOrders.size === 0
  }

  get position() {
    return this.state.positions.get(INSTRUMENT)?.quantity ?? ZERO
  }
}

async function run(loop: Loop, ms: number, isDone = () => false): Promise<void> {
  const endMs = Date.now() + ms
  while (Date.now() < endMs && !isDone()) {
    loop.step()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function trade(loop: Loop, place: Rehearsed): Promise<void> {
  const quote = (price: string) => ({ price: dec(price), quantity: dec('0.01') })
  for (let round = 0; round < ROUNDS; round += 1) {
    const bid = quote(round % 2 === 0 ? '60000' : '59999')
    loop.handle({ type: 'QUOTE', instrument: INSTRUMENT, bid, ask: quote('60010'), postOnly: true })
    const entry = { type: 'ENTER', slotId: 'a', instrument: INSTRUMENT, side: 'buy', orderType: 'market', price: null } as const
    if (round % 3 === 1)
      loop.handle({ ...entry, quantity: dec('0.02'), timeInForce: 'gtc', postOnly: false, leverage: dec('1'), exitRatios: [] })
    await run(loop, 400)
    if (round % 3 === 2) loop.handle({ type: 'EXIT_RESIDUAL', slotId: 'a', reason: 'enough' })
    sellsDownTo(place.exchange, 59_999, 1.2)
    asksAt(place.exchange, [[60001, 1]])
    await run(loop, 300)
  }
}

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
  'V01 K13 K20 the books of the kernel are those of the exchange after a storm (seed %i)',
  async (seed) => {
    const place = await rehearsed({ rules: stormyRules(seed) })
    await place.control('faults', { on: false })
    const venue = venueAt(place)
    await venue.connect(new AbortController().signal)
    const loop = new Loop(venue)
    if (venue.instrument === null) throw new Error('the venue knows its instrument once it is connected')
    const opening = openingOf({ sessionId: `storm${seed}`, instrument: venue.instrument })
    loop.handle({
      type: 'OPEN_SESSION',
      session: {
        ...opening,
        mode: 'demo',
        venue: 'bingx',
        orderValidityUs: VALIDITY_US,
        absenceMarginUs: 500_000,
        querySpacingUs: 300_000,
      },
    })
    loop.handle({ type: 'FLOW_CAPITAL', asset: 'USDT', amount: dec('10000'), note: 'test' })
    loop.handle({ type: 'MARK_PRICE', instrument: INSTRUMENT, price: dec('60000') })
    await place.control('faults', { on: true })
    await trade(loop, place)
    await place.control('faults', { clear: true })
    await place.control('freeze', { on: false })
    for (let tries = 0; tries < 10 && !loop.isSure; tries += 1) {
      loop.handle({ type: 'CANCEL', target: { kind: 'instrument', instrument: INSTRUMENT } })
      await run(loop, 3_000, () => loop.isSure)
    }
    await run(loop, 1_500)
    await venue.close()
    const audit = place.audit()
    expect(audit.doubled).toEqual([])
    expect(loop.state.orders.size).toBeGreaterThan(3)
    expect([...loop.state.liveOrders.values()].map(({ request, status }) => `${request.clientOrderId} ${status}`)).toEqual([])
    expect(formatDecimal(loop.position)).toBe(formatDecimal(audit.position))
    const booked = loop.facts.flatMap(({ body }) =>
      body.type === 'FILL_BOOKED' ? `${body.tradeId} ${formatDecimal(body.quantity)} ${formatDecimal(body.price)}` : [],
    )
    expect(booked.sort()).toEqual(
      audit.fills.map(({ tradeId, quantity, price }) => `${tradeId} ${formatDecimal(dec(quantity))} ${formatDecimal(dec(price))}`).sort(),
    )
    expect(Math.max(0, ...loop.queries.values())).toBeLessThan(40)
  },
  120_000,
)
