// Ticks and fills of a made-up session, for what follows its course: in seconds, and with whatever a test does not say left plain.

import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Fill, Tick, TickSink } from '../../../src/core/report/tick-pass.ts'

export const SECOND_US = 1_000_000
export const INSTRUMENT = 'XRP/RLUSD'
/** One tick a second. */
export const SERIES = { instrument: INSTRUMENT, tickIntervalUs: SECOND_US } as const

export interface TickWords {
  readonly at: number
  readonly mid?: string
  readonly position?: string
  readonly instrument?: string
  readonly ourBid?: string
  readonly ourAsk?: string
  readonly bidDistanceBps?: string
  readonly askDistanceBps?: string
}

export function tick({ at, mid, position = '0', instrument = INSTRUMENT, ...words }: TickWords): Tick {
  const price = orNull(mid)
  return {
    seq: 0,
    timeUs: at * SECOND_US,
    instrument,
    bid: price,
    ask: price,
    mid: price,
    mark: price,
    ourBid: orNull(words.ourBid),
    ourAsk: orNull(words.ourAsk),
    bidDistanceBps: orNull(words.bidDistanceBps),
    askDistanceBps: orNull(words.askDistanceBps),
    position: dec(position),
  }
}

export interface FillWords {
  readonly at: number
  readonly side?: 'buy' | 'sell'
  readonly price?: string
  readonly quantity?: string
  readonly role?: Fill['role']
  readonly clientOrderId?: string
  readonly instrument?: string
  readonly inferred?: boolean
}

export function fillOf(words: FillWords): Fill {
  const { at, side = 'buy', price = '100', quantity = '1', role = 'quote', clientOrderId = 'o1' } = words
  return {
    seq: 0,
    timeUs: Math.round(at * SECOND_US),
    instrument: words.instrument ?? INSTRUMENT,
    positionSide: 'net',
    side,
    price: dec(price),
    quantity: dec(quantity),
    value: ZERO,
    fee: ZERO,
    feeAsset: 'RLUSD',
    feePrice: null,
    liquidity: 'maker',
    inferred: words.inferred ?? false,
    role,
    clientOrderId,
    slotId: null,
    trade: null,
    realizedPnl: ZERO,
    positionAfter: ZERO,
  }
}

/** Leads a sink through ticks and fills by their time; a fill at the time of a tick comes after it. */
export function lead<Sink extends TickSink>(
  sink: Sink,
  course: { readonly ticks: readonly TickWords[]; readonly fills?: readonly FillWords[] },
): Sink {
  const steps = [
    ...course.ticks.map((words) => ({ at: words.at, order: 0, take: () => sink.onTick?.(tick(words)) })),
    ...(course.fills ?? []).map((words) => ({ at: words.at, order: 1, take: () => sink.onFill?.(fillOf(words)) })),
  ].sort((a, b) => a.at - b.at || a.order - b.order)
  for (const { take } of steps) take()
  return sink
}

/** One tick a second with these mids, from second zero; undefined where there was none. */
export function mids(...prices: readonly (string | undefined)[]): TickWords[] {
  return prices.map((mid, at) => ({ at, ...(mid !== undefined && { mid }) }))
}

function orNull(text: string | undefined): Decimal | null {
  return text === undefined ? null : dec(text)
}
