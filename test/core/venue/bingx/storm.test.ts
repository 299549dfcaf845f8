// Venue and rehearsed exchange, each written from the fact sheet alone, over real sockets with faults by seed: whatever is lost,
// doubled, late or unreadable, what is heard in the end is what the exchange did. STORM_SEEDS sets how many.

import { expect, test } from 'vitest'
import { add, type Decimal, dec, formatDecimal, ZERO } from '../../../../src/core/kernel/decimal.ts'
import type { BingxVenue } from '../../../../src/core/venue/bingx/bingx-venue.ts'
import type { TimedVenueEvent } from '../../../../src/core/venue/port.ts'
import { asksAt, rehearsed, sellsDownTo } from '../../exchange/bingx/rehearsed.ts'
import { INSTRUMENT, requestOf } from './rig.ts'
import { stormyRules, venueAt } from './storm-rig.ts'

const SEEDS = Number(process.env['STORM_SEEDS'] ?? 1)
const ORDERS = 16
/** So long may one storm take until everything is known. */
const LIMIT_MS = 45_000

interface Believed {
  readonly validUntilUs: number
  readonly trades: Map<string, string>
  filled: Decimal
  total: Decimal
  end: 'none' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'absent'
  isAcked: boolean
  notFoundAfterUs: number[]
}

/** As much of a kernel as the port needs: asks while it is not sure, and books each trade once. */
class Believer {
  readonly orders = new Map<string, Believed>()
  readonly conflicts: string[] = []
  readonly notices: string[] = []
  readonly #venue: BingxVenue
  readonly #askAt = new Map<string, number>()

  constructor(venue: BingxVenue) {
    this.#venue = venue
  }

  send(clientOrderId: string, wish: Parameters<typeof requestOf>[1]): void {
    const validUntilUs = (Date.now() + 1_500) * 1_000
    this.orders.set(clientOrderId, {
      validUntilUs,
      trades: new Map(),
      filled: ZERO,
      total: ZERO,
      end: 'none',
      isAcked: false,
      notFoundAfterUs: [],
    })
    this.#venue.send({ type: 'submit', request: requestOf(clientOrderId, { ...wish, validUntilUs }) }, Date.now() * 1_000)
  }

  cancelAll(): void {
    for (const [clientOrderId, { end }] of this.orders) if (end === 'none') this.cancel(clientOrderId)
  }

  cancel(clientOrderId: string): void {
    this.#venue.send({ type: 'cancel', clientOrderId, venueOrderId: null, instrument: INSTRUMENT }, Date.now() * 1_000)
  }

  get isSure(): boolean {
    return [...this.orders.values()].every(({ end, filled, total }) => end !== 'none' && filled === total)
  }

  step(): void {
    for (const { event } of this.#venue.take(Number.MAX_SAFE_INTEGER)) this.#hear(event)
    for (const [clientOrderId, atMs] of this.#askAt) {
      if (Date.now() < atMs) continue
      this.#askAt.delete(clientOrderId)
      this.#venue.send({ type: 'query', clientOrderId, instrument: INSTRUMENT }, Date.now() * 1_000)
    }
  }

  #ask(clientOrderId: string): void {
    if (!this.#askAt.has(clientOrderId)) this.#askAt.set(clientOrderId, Date.now() + 100)
  }

  #hear(event: TimedVenueEvent['event']): void {
    if (event.type === 'NOTICE') this.notices.push(event.text)
    if (!('clientOrderId' in event) || event.clientOrderId === null) return
    const { clientOrderId } = event
    const order = this.orders.get(clientOrderId)
    if (order === undefined) return
    switch (event.type) {
      case 'ORDER_ACK':
        order.isAcked = true
        return this.#total(clientOrderId, order, event.totalFilled ?? ZERO)
      case 'PARTIAL_FILL':
      case 'FULL_FILL':
        return this.#book(order, event.fill)
      case 'CANCEL_ACK':
      case 'EXPIRED':
        order.end = event.type === 'EXPIRED' ? 'expired' : 'canceled'
        return this.#total(clientOrderId, order, event.totalFilled ?? ZERO)
      case 'ORDER_REJECT':
        if (order.isAcked) this.conflicts.push(`${clientOrderId} was refused after it was accepted`)
        order.end = 'rejected'
        return
      case 'ORDER_NOT_FOUND': {
        if (order.isAcked) return this.#ask(clientOrderId)
        if (event.venueTimeUs > order.validUntilUs + 1_000_000) order.notFoundAfterUs.push(event.venueTimeUs)
        if (order.notFoundAfterUs.length >= 2) order.end = 'absent'
        else this.#ask(clientOrderId)
        return
      }
      default:
        if (order.end === 'none') this.#ask(clientOrderId)
    }
  }

  #total(clientOrderId: string, order: Believed, total: Decimal): void {
    if (total > order.total) order.total = total
    if (order.filled < order.total) this.#ask(clientOrderId)
    else if (order.filled === dec('0.01')) order.end = 'filled'
  }

  #book(order: Believed, fill: { tradeId: string; price: Decimal; quantity: Decimal; fee: Decimal }): void {
    const numbers = [fill.price, fill.quantity, fill.fee].map(formatDecimal).join(' ')
    const known = order.trades.get(fill.tradeId)
    if (known !== undefined && known !== numbers) this.conflicts.push(`trade ${fill.tradeId}: ${known}, then ${numbers}`)
    if (known !== undefined) return
    order.trades.set(fill.tradeId, numbers)
    order.filled = add(order.filled, fill.quantity)
  }
}

async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

async function settle(believer: Believer, isDone: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = Date.now() + limitMs
  while (Date.now() < endMs) {
    believer.step()
    if (isDone()) return true
    await wait(10)
  }
  return false
}

test.each(Array.from({ length: SEEDS }, (_, index) => index + Number(process.env['STORM_FIRST'] ?? 1)))(
  'V01 K20 K23 in a storm of faults (seed %i) nothing is doubled, and what is heard is what happened',
  async (seed) => {
    const place = await rehearsed({ rules: stormyRules(seed) })
    await place.control('faults', { on: false })
    const venue = venueAt(place)
    await venue.connect(new AbortController().signal)
    const believer = new Believer(venue)
    await place.control('faults', { on: true })
    for (let index = 0; index < ORDERS; index += 1) {
      const isMarket = index % 4 === 3
      const price = dec(index % 2 === 0 ? '59990' : '60000')
      believer.send(`ditastorm${seed}x${index}`, isMarket ? { orderType: 'market', price: null } : { price })
      await settle(believer, () => false, 120)
      if (index % 5 === 4) believer.cancel(`ditastorm${seed}x${index - 2}`)
      if (index % 6 === 5) sellsDownTo(place.exchange, 60000, 1.5)
      asksAt(place.exchange, [[60001, 1]])
    }
    believer.cancelAll()
    await settle(believer, () => believer.isSure, 6_000)
    // The weather clears: from here on the exchange tells the truth, and everything has to be known.
    await place.control('faults', { clear: true })
    await place.control('clock', { skewMs: 0 })
    await place.control('freeze', { on: false })
    const startMs = Date.now()
    let isSure = false
    while (!isSure && Date.now() - startMs < LIMIT_MS) {
      believer.cancelAll()
      isSure = await settle(believer, () => believer.isSure, 3_000)
    }
    const audit = place.audit()
    await venue.close()
    const truth = new Map([...audit.orders.values()].map((order) => [order.clientOrderId, order]))
    const believed = [...believer.orders].map(([id, { end, filled }]) => `${id} ${end} ${formatDecimal(filled)}`)
    const happened = [...believer.orders].map(([id, { end }]) => {
      const order = truth.get(id)
      // What the exchange never accepted may be known as refused or as absent.
      if (order === undefined) return `${id} ${end === 'rejected' || end === 'absent' ? end : 'nothing'} 0`
      return `${id} ${order.status} ${formatDecimal(order.filledQuantity)}`
    })
    expect(audit.doubled).toEqual([])
    expect(believer.conflicts).toEqual([])
    expect(believed).toEqual(happened)
    expect(place.failures).toEqual([])
  },
  120_000,
)

test('K21 V04 a burst of orders, cancels and questions never meets the limits of the exchange', async () => {
  const place = await rehearsed({ settings: { rateLimits: true } })
  const venue = venueAt(place)
  await venue.connect(new AbortController().signal)
  const believer = new Believer(venue)
  for (let index = 0; index < 9; index += 1) believer.send(`ditaburst${index}`, { price: dec('59990') })
  await settle(believer, () => [...believer.orders.values()].every(({ isAcked, end }) => isAcked || end !== 'none'), 10_000)
  believer.cancelAll()
  expect(await settle(believer, () => believer.isSure, 20_000)).toBe(true)
  const { errors, calls } = venue.health()
  await venue.close()
  expect([...errors.keys()].filter((code) => code !== 'EXPIRED')).toEqual([])
  expect(calls).toBeGreaterThan(25)
})
