// One session in which everything happens that has a row somewhere: several slots with legs, quotes, funding, fees in a third
// asset, inferred and confirmed fills, write-offs, findings, changes of trading. Made by the real kernel; judges nothing.

import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { LINEAR, type ScriptedSession } from './recorded-store.ts'

export const OTHER: Instrument = { ...LINEAR, symbol: 'ETH/USDT:USDT', base: 'ETH', tickSize: dec('0.01'), lotSize: dec('0.01') }

/** What an eventful session is opened with. */
export const EVENTFUL = { instrument: LINEAR, capital: { USDT: '100000', BNB: '2' }, maxExposure: '0' } as const

export interface Order {
  readonly side?: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
  readonly ratios?: readonly string[]
}

/** Opens a trade in a slot; the id of its entry order. */
export function enter(session: ScriptedSession, slotId: string, { side = 'buy', price, quantity, ratios = [] }: Order): string {
  session.input({
    type: 'ENTER',
    slotId,
    instrument: session.instrument.symbol,
    side,
    orderType: 'limit',
    price: dec(price),
    quantity: dec(quantity),
    timeInForce: 'gtc',
    postOnly: false,
    leverage: dec('1'),
    exitRatios: ratios.map((ratio) => dec(ratio)),
  })
  return lastOrder(session)
}

/** Asks for the next leg of a slot, or for all of it; the id of the order. */
export function exit(session: ScriptedSession, slotId: string, price: string, scope: 'leg' | 'rest' = 'leg'): string {
  const terms = { orderType: 'limit', timeInForce: 'gtc', postOnly: false } as const
  session.input({ type: 'EXIT', slotId, scope, price: dec(price), reason: 'target', ...terms })
  return lastOrder(session)
}

export function fill(
  session: ScriptedSession,
  clientOrderId: string,
  words: { price: string; quantity: string; fee?: string; feeAsset?: string },
): void {
  const { price, quantity, fee = '0', feeAsset } = words
  session.fill(clientOrderId, { price: dec(price), quantity: dec(quantity), fee: dec(fee), ...(feeAsset !== undefined && { feeAsset }) })
}

export function quote(session: ScriptedSession, side: 'bid' | 'ask', { price, quantity }: Order): string {
  const sides = { bid: null, ask: null, [side]: { price: dec(price), quantity: dec(quantity) } }
  session.input({ type: 'QUOTE', instrument: session.instrument.symbol, postOnly: true, ...sides })
  return lastOrder(session)
}

function lastOrder(session: ScriptedSession): string {
  session.commit()
  return session.live().at(-1) ?? 'none'
}

export function beEventful(session: ScriptedSession): void {
  session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('600'), source: 'desk' })
  session.tick(dec('28000'))
  tradeInTwoSlots(session)
  loseAnAnswer(session)
  leaveDust(session)
  changeTrading(session)
  findDifferences(session)
  session.tick(dec('28300'))
  const report = { source: 'x', events: 7, gaps: 0, badLines: 0, skipped: 1, firstTimeUs: 1, lastTimeUs: 2, truncated: false }
  session.input({ type: 'REPORT_FEED', report })
  session.halt('duration_elapsed')
}

/** s1: 0.05 in two fills, of which its first leg sells 0.03. s2: 0.04. In between a payment of funding. */
function tradeInTwoSlots(session: ScriptedSession): void {
  const first = enter(session, 's1', { price: '28000', quantity: '0.05', ratios: ['0.6', '0.4'] })
  fill(session, first, { price: '28000', quantity: '0.02', fee: '0.001', feeAsset: 'BNB' })
  fill(session, first, { price: '27999.9', quantity: '0.03', fee: '0.35' })
  session.tick(dec('28100'))
  const funding = { instrument: session.instrument.symbol, fundingId: 'f1', asset: 'USDT', amount: dec('-0.7') } as const
  session.input({ type: 'FUNDING', ...funding })
  fill(session, enter(session, 's2', { price: '28100', quantity: '0.04' }), { price: '28100', quantity: '0.04', fee: '0.4' })
  fill(session, exit(session, 's1', '28200'), { price: '28200', quantity: '0.03', fee: '0.3' })
  session.tick(dec('28200'))
}

/** The exit of s2 is filled and nobody hears of it: reconcile settles it, and the venue tells of one half afterwards. */
function loseAnAnswer(session: ScriptedSession): void {
  const clientOrderId = exit(session, 's2', '28150', 'rest')
  const settled = { outcome: 'filled', filledQuantity: dec('0.04'), averagePrice: dec('28150') } as const
  session.input({ type: 'RECONCILE', action: 'settle_order', clientOrderId, ...settled, evidence: 'order query of 12:00' })
  session.commit()
  fill(session, clientOrderId, { price: '28150', quantity: '0.02', fee: '0.0005', feeAsset: 'BNB' })
}

/** The second leg of s1 ends 0.0005 short, which is half a lot. */
function leaveDust(session: ScriptedSession): void {
  const clientOrderId = exit(session, 's1', '28190')
  fill(session, clientOrderId, { price: '28190', quantity: '0.0195', fee: '0.2' })
  session.input({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
  session.input({ type: 'EXIT_RESIDUAL', slotId: 's1', reason: 'leftover' })
  session.commit()
}

/** A quote is half filled and taken back by a pause; while only reducing, an entry is refused. */
function changeTrading(session: ScriptedSession): void {
  fill(session, quote(session, 'bid', { price: '28000', quantity: '0.01' }), { price: '28000', quantity: '0.005', fee: '-0.01' })
  session.input({ type: 'CONTROL', action: 'pause', reason: 'lunch' })
  session.commit()
  session.input({ type: 'CONTROL', action: 'reduce_only', reason: 'careful' })
  enter(session, 's2', { price: '28000', quantity: '0.02' })
  session.input({ type: 'CONTROL', action: 'resume', reason: 'back' })
  session.commit()
}

/** The venue holds 0.0105 more than we know of: it is taken over, 0.006 by s2 and 0.001 by the quotes. */
function findDifferences(session: ScriptedSession): void {
  const { symbol: instrument } = session.instrument
  const place = { instrument, positionSide: 'net' } as const
  session.timeUs += 1_000_000
  const position = { ...place, quantity: dec('0.016'), averagePrice: dec('28010') }
  session.input({ type: 'SNAPSHOT', asOfUs: session.timeUs, openOrders: [], positions: [position] })
  const evidence = 'position query of 12:01'
  session.input({ type: 'RECONCILE', action: 'adjust_position', adjustmentId: 'a1', ...position, evidence })
  session.input({ type: 'RECONCILE', action: 'assign', ...place, quantity: dec('0.006'), slotId: 's2', price: dec('28000'), evidence })
  session.input({ type: 'RECONCILE', action: 'assign', ...place, quantity: dec('0.001'), slotId: null, price: null, evidence })
  session.input({ type: 'LIST_INSTRUMENT', instrument: OTHER })
  session.commit()
  conflict(session)
}

/** The fill of a quote comes again under its id, at another price. */
function conflict(session: ScriptedSession): void {
  const clientOrderId = quote(session, 'ask', { price: '28300', quantity: '0.001' })
  const { symbol: instrument } = session.instrument
  for (const price of ['28300', '28301']) {
    const told = { tradeId: 'twice', price: dec(price), quantity: dec('0.001'), fee: ZERO, feeAsset: 'USDT', liquidity: 'maker' } as const
    session.input({ type: 'PARTIAL_FILL', clientOrderId, venueOrderId: null, instrument, side: 'sell', fill: told })
  }
  session.commit()
}

/** What a session in hedge mode is opened with. */
export const HEDGED = { ...EVENTFUL, capital: { USDT: '100000' }, positionMode: 'hedge' } as const

/** A long of 0.05 in s1 and a short of 0.03 in s2 beside each other; of the short 0.01 is bought back, the long gets a fee in BTC. */
export function beHedged(session: ScriptedSession): void {
  session.tick(dec('28000'))
  const long = enter(session, 's1', { price: '28000', quantity: '0.05' })
  fill(session, long, { price: '28000', quantity: '0.05', fee: '0.00001', feeAsset: 'BTC' })
  fill(session, enter(session, 's2', { side: 'sell', price: '28100', quantity: '0.03', ratios: ['0.4', '0.6'] }), {
    price: '28100',
    quantity: '0.03',
  })
  session.tick(dec('27900'))
  fill(session, exit(session, 's2', '27900'), { price: '27900', quantity: '0.012', fee: '0.1' })
  session.tick(dec('27950'))
  session.halt('duration_elapsed')
}
