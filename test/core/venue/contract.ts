// What every venue must do, whatever it is: one suite over a factory. Orders go through the real kernel, so that what a venue
// says is judged by whether our books come to be its own. It knows no venue.

import { describe, expect, onTestFinished, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { type Decimal, dec, formatDecimal, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { Venue } from '../../../src/core/venue/port.ts'
import { wholeTests } from './contract-chance.ts'
import { Trader } from './contract-trader.ts'

/** A venue that is not connected yet, and its market: bids 60000 × 1, 59999 × 2; asks 60001 × 1, 60002 × 2. */
export interface ContractWorld {
  readonly venue: Venue
  readonly instrument: Instrument
  /** What is in the wallet before anything is traded, in the settle asset. */
  readonly money: Decimal
  nowUs(): number
  /** Lets time pass until the venue may have said something; false where nothing is under way and nothing will come. */
  wait(): Promise<boolean>
  /** Somebody trades so much through a price: what rests at it or better is filled. */
  prints(aggressor: 'buy' | 'sell', price: string, size: string): void
  /** Longs and shorts pay one another, this account so much; null where nobody ever does. */
  readonly pays: ((amount: string) => Promise<void>) | null
}

export type OpenWorld = () => Promise<ContractWorld>

const NO_SIGNAL = new AbortController().signal

/** Runs the suite. Each test has a venue and a market of its own. */
export function venueContract(name: string, openWorld: OpenWorld): void {
  const connected = async (): Promise<Trader> => {
    const world = await openWorld()
    onTestFinished(() => world.venue.close())
    await world.venue.connect(NO_SIGNAL)
    return new Trader(world)
  }
  describe(name, () => {
    takingTests(connected)
    onceTests(connected)
    restingTests(connected)
    cancelTests(connected)
    questionTests(connected)
    lookingTests(connected)
    fundingTests(connected)
    lifeTests(openWorld, connected)
    wholeTests(connected)
  })
}

type Connected = () => Promise<Trader>

function takingTests(connected: Connected): void {
  test('a market order is acknowledged under an id of the venue, filled as taker, and costs a fee', async () => {
    const trader = await connected()
    const id = trader.enter({ orderType: 'market', quantity: '1.5' })
    await trader.untilStatus(id, 'filled')
    const fills = trader.fillsOf(id)
    expect(fills.map(({ quantity, price }) => `${formatDecimal(quantity)} @ ${formatDecimal(price)}`)).toEqual(['1 @ 60001', '0.5 @ 60002'])
    expect(fills.every(({ fee, feeAsset, liquidity }) => fee > ZERO && feeAsset === 'USDT' && liquidity === 'taker')).toBe(true)
    expect(trader.order(id).venueOrderId).toMatch(/./)
    expect(trader.order(id).venueOrderId).not.toBe(id)
    await trader.expectAgreement()
  })

  test('a limit order that crosses takes what is there at its price or better; what is left rests', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '60001', quantity: '1.2' })
    await trader.untilStatus(id, 'partially_filled')
    expect(trader.order(id).filledQuantity).toBe(dec('1'))
    const { openOrders } = await trader.look()
    expect(openOrders?.map((order) => formatDecimal(order.filledQuantity))).toEqual(['1'])
    await trader.expectAgreement()
  })

  test('what an immediate order cannot fill at once is over, and does not rest', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '60001', quantity: '1.2', timeInForce: 'ioc' })
    await trader.untilOver(id)
    expect([trader.order(id).status, formatDecimal(trader.order(id).filledQuantity)]).toEqual([
      expect.stringMatching(/^(expired|canceled)$/),
      '1',
    ])
    expect((await trader.look()).openOrders).toEqual([])
    await trader.expectAgreement()
  })

  test('a fill-or-kill order is filled whole, or not at all', async () => {
    const trader = await connected()
    const whole = trader.enter({ price: '60002', quantity: '2', timeInForce: 'fok' })
    await trader.untilStatus(whole, 'filled')
    const none = trader.enter({ price: '60003', quantity: '9', timeInForce: 'fok' })
    await trader.untilOver(none)
    expect([trader.order(none).status, trader.order(none).filledQuantity]).toEqual([
      expect.stringMatching(/^(expired|canceled|rejected)$/),
      ZERO,
    ])
    await trader.expectAgreement()
  })
}

function onceTests(connected: Connected): void {
  test('V01 a refusal is definite: the order is over, the venue has nothing of it, and nobody has to ask', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59000', quantity: '50' })
    await trader.untilStatus(id, 'rejected')
    const found = await trader.find(id)
    expect(found?.status ?? 'rejected').toBe('rejected')
    expect((await trader.look()).openOrders).toEqual([])
    expect(trader.queries(id)).toBe(0)
    await trader.expectAgreement()
  })

  test('V01 the same order sent twice is one order', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.1' })
    trader.sendAgain(id)
    await trader.untilStatus(id, 'acked')
    trader.sendAgain(id)
    await trader.untilAnswered(id)
    await trader.untilStatus(id, 'acked')
    expect((await trader.look()).openOrders?.map(({ clientOrderId }) => clientOrderId)).toEqual([id])
    trader.world.prints('sell', '59980', '1')
    await trader.untilStatus(id, 'filled')
    await trader.expectAgreement()
  })
}

function restingTests(connected: Connected): void {
  test('an order that rests is filled as maker at its own price, in parts, and each part once', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.3' })
    await trader.untilStatus(id, 'acked')
    trader.world.prints('sell', '59980', '0.1')
    await trader.until('the first part', () => trader.order(id).filledQuantity === dec('0.1'))
    expect(trader.order(id).status).toBe('partially_filled')
    trader.world.prints('sell', '59980', '5')
    await trader.untilStatus(id, 'filled')
    const fills = trader.fillsOf(id)
    expect(fills.map(({ quantity, price, liquidity }) => `${formatDecimal(quantity)} @ ${formatDecimal(price)} ${liquidity}`)).toEqual([
      '0.1 @ 59990 maker',
      '0.2 @ 59990 maker',
    ])
    expect(fills.every(({ fee }) => fee > ZERO)).toBe(true)
    expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(2)
    await trader.expectAgreement()
  })

  test('a post-only order rests, or is over without a fill where it would have taken', async () => {
    const trader = await connected()
    const resting = trader.enter({ price: '60000', quantity: '0.1', postOnly: true })
    const crossing = trader.enter({ price: '60001', quantity: '0.1', postOnly: true })
    await trader.untilStatus(resting, 'acked')
    await trader.untilOver(crossing)
    expect([trader.order(crossing).status, trader.order(crossing).filledQuantity]).toEqual([
      expect.stringMatching(/^(rejected|expired|canceled)$/),
      ZERO,
    ])
    expect((await trader.look()).openOrders?.map(({ clientOrderId }) => clientOrderId)).toEqual([resting])
    await trader.expectAgreement()
  })
}

function cancelTests(connected: Connected): void {
  test('an order that rests is cancelled', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.1' })
    await trader.untilStatus(id, 'acked')
    trader.cancel(id)
    await trader.untilStatus(id, 'canceled')
    expect((await trader.look()).openOrders).toEqual([])
    await trader.expectAgreement()
  })

  test('an order that is cancelled half filled keeps its fills', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.2' })
    await trader.untilStatus(id, 'acked')
    trader.world.prints('sell', '59980', '0.1')
    await trader.untilStatus(id, 'partially_filled')
    trader.cancel(id)
    await trader.untilStatus(id, 'canceled')
    expect(trader.order(id).filledQuantity).toBe(dec('0.1'))
    await trader.expectAgreement()
  })

  test('K13 a cancel that comes too late changes nothing: the order is filled, and nothing stays pending', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.1' })
    await trader.untilStatus(id, 'acked')
    trader.world.prints('sell', '59980', '1')
    trader.cancel(id)
    await trader.untilStatus(id, 'filled')
    await trader.until('the end of the cancel', () => !trader.isCancelPending(id))
    await trader.expectAgreement()
  })

  test('K13 a cancel that is sent right behind its order does not overtake it', async () => {
    const trader = await connected()
    const id = trader.enter({ price: '59990', quantity: '0.1' })
    trader.cancel(id)
    await trader.untilStatus(id, 'canceled')
    await trader.expectAgreement()
  })
}

function questionTests(connected: Connected): void {
  test('K20 a question about an order is answered with what it is, and books nothing twice', async () => {
    const trader = await connected()
    const [open, filled, canceled] = [
      trader.enter({ price: '59990', quantity: '0.1' }),
      trader.enter({ orderType: 'market', quantity: '0.1' }),
      trader.enter({ price: '59980', quantity: '0.1' }),
    ] as const
    await trader.untilStatus(open, 'acked')
    await trader.untilStatus(filled, 'filled')
    await trader.untilStatus(canceled, 'acked')
    trader.cancel(canceled)
    await trader.untilStatus(canceled, 'canceled')
    for (const id of [open, filled, canceled]) {
      trader.query(id)
      await trader.untilAnswered(id)
    }
    expect([open, filled, canceled].map((id) => trader.order(id).status)).toEqual(['acked', 'filled', 'canceled'])
    expect(trader.fillsOf(filled)).toHaveLength(1)
    await trader.expectAgreement()
  })

  test('V01 a question about an order that the venue does not have refuses nothing: it says so, with its time', async () => {
    const trader = await connected()
    const beforeUs = trader.world.nowUs()
    trader.query('ditanobodyknowsthis')
    await trader.until('the answer', () => trader.news.some(({ event }) => event.type === 'ORDER_NOT_FOUND'))
    const about = trader.news.filter(({ event }) => 'clientOrderId' in event && event.clientOrderId === 'ditanobodyknowsthis')
    expect(about.map(({ event }) => event.type)).toEqual(['ORDER_NOT_FOUND'])
    const [{ event } = { event: null }] = about
    if (event?.type !== 'ORDER_NOT_FOUND') throw new Error('no answer')
    expect(event.venueTimeUs).toBeGreaterThanOrEqual(beforeUs - 1_000_000)
  })

  test('one order is found by its id, as it stands; one that is not there is null', async () => {
    const trader = await connected()
    const [open, filled] = [
      trader.enter({ price: '59990', quantity: '0.1' }),
      trader.enter({ orderType: 'market', quantity: '0.2' }),
    ] as const
    await trader.untilStatus(open, 'acked')
    await trader.untilStatus(filled, 'filled')
    const { venueOrderId } = trader.order(open)
    expect(await trader.find(open)).toMatchObject({
      clientOrderId: open,
      venueOrderId,
      side: 'buy',
      status: 'open',
      quantity: dec('0.1'),
      filledQuantity: ZERO,
    })
    expect(await trader.find(filled)).toMatchObject({
      clientOrderId: filled,
      status: 'filled',
      quantity: dec('0.2'),
      filledQuantity: dec('0.2'),
    })
    trader.cancel(open)
    await trader.untilStatus(open, 'canceled')
    expect(await trader.find(open)).toMatchObject({ status: 'canceled' })
    expect(await trader.find('ditanobodyknowsthis')).toBeNull()
  })
}

function fundingTests(connected: Connected): void {
  test('K20 what was paid before is told when it is asked for, what is paid later when it is, each once; the wallet is then ours', async () => {
    const trader = await connected()
    const { venue, pays } = trader.world
    const sinceUs = trader.world.nowUs() - 1_000_000
    await pays?.('-1.25')
    await pays?.('0.5')
    const before = await venue.followFunding(sinceUs, NO_SIGNAL)
    expect(before.map(({ amount }) => formatDecimal(amount))).toEqual(pays === null ? [] : ['-1.25', '0.5'])
    for (const payment of before) trader.handle(payment)
    const id = trader.enter({ orderType: 'market', quantity: '0.1' })
    await trader.untilStatus(id, 'filled')
    await pays?.('-2')
    const told = (): number => trader.news.filter(({ event }) => event.type === 'FUNDING').length
    if (pays !== null) await trader.until('the third payment', () => told() > 0)
    trader.enter({ orderType: 'market', side: 'sell', quantity: '0.1' })
    await trader.expectAgreement()
    expect(told()).toBe(pays === null ? 0 : 1)
  })
}

function lookingTests(connected: Connected): void {
  test('V02 a look at an account that never traded is whole, flat, and as old as it says', async () => {
    const trader = await connected()
    const beforeUs = trader.world.nowUs()
    const books = await trader.look()
    expect(books).toMatchObject({ openOrders: [], positions: [], failures: [] })
    expect(books.fills).toMatchObject({ complete: true, list: [] })
    expect(books.balances?.get('USDT')).toBe(trader.world.money)
    expect(books.asOfUs).toBeGreaterThanOrEqual(beforeUs - 1_000_000)
    expect(books.asOfUs).toBeLessThanOrEqual(trader.world.nowUs() + 1_000_000)
  })

  test('V02 a look shows what is open, what is held, and the fills of its window alone', async () => {
    const trader = await connected()
    const [open, filled] = [
      trader.enter({ price: '59990', quantity: '0.1' }),
      trader.enter({ orderType: 'market', quantity: '0.2' }),
    ] as const
    await trader.untilStatus(open, 'acked')
    await trader.untilStatus(filled, 'filled')
    const books = await trader.look()
    expect(books.openOrders).toMatchObject([
      { clientOrderId: open, side: 'buy', status: 'open', quantity: dec('0.1'), filledQuantity: ZERO },
    ])
    expect(books.positions).toMatchObject([
      { instrument: trader.world.instrument.symbol, positionSide: 'net', quantity: dec('0.2'), averagePrice: dec('60001') },
    ])
    expect(books.fills?.list.map(({ venueOrderId }) => venueOrderId)).toEqual([trader.order(filled).venueOrderId])
    const later = await trader.look(trader.world.nowUs() + 60_000_000)
    expect(later.fills?.list).toEqual([])
    await trader.expectAgreement()
  })
}

function lifeTests(openWorld: OpenWorld, connected: Connected): void {
  test('V03 a start that was given up is not gone on with', async () => {
    const { venue } = await openWorld()
    onTestFinished(() => venue.close())
    await expect(venue.connect(AbortSignal.abort())).rejects.toThrow()
  })

  test('news comes in order of time, not before its time, and once', async () => {
    const trader = await connected()
    for (const price of ['59990', '59989', '59988']) trader.enter({ price, quantity: '0.1' })
    await trader.until('three that rest', () => trader.orders().every(({ status }) => status === 'acked'))
    trader.world.prints('sell', '59980', '5')
    await trader.until('three that are filled', () => trader.orders().every(({ status }) => status === 'filled'))
    const times = trader.news.map(({ timeUs }) => timeUs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.every((timeUs) => timeUs <= trader.world.nowUs())).toBe(true)
    await trader.expectAgreement()
    expect(trader.world.venue.take(trader.world.nowUs()).filter(({ event }) => 'fill' in event)).toEqual([])
  })

  test('V04 health counts what waits, within its bound', async () => {
    const trader = await connected()
    expect(trader.world.venue.health()).toMatchObject({ state: 'ok', queued: 0 })
    for (const price of ['59990', '59989', '59988']) trader.enter({ price, quantity: '0.1' })
    const { queued, queueLimit } = trader.world.venue.health()
    expect(queued).toBeLessThanOrEqual(queueLimit)
    await trader.until('three that rest', () => trader.orders().every(({ status }) => status === 'acked'))
    expect(trader.world.venue.health().queued).toBe(0)
  })

  test('it can be closed twice, and takes nothing afterwards', async () => {
    const { world } = await connected()
    await world.venue.close()
    await world.venue.close()
    const late = (): void =>
      world.venue.send({ type: 'query', clientOrderId: 'ditalate', instrument: world.instrument.symbol }, world.nowUs())
    expect(late).toThrow(DitaError)
    expect(late).toThrow(expect.objectContaining({ code: 'VENUE_CLOSED' }))
  })
}
