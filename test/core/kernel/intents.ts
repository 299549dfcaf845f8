// Intents in few words for tests: what is not said is what most tests want. Decides nothing.

import { dec } from '../../../src/core/kernel/decimal.ts'
import type { EnterIntent, ExitIntent, ExitResidualIntent, QuoteIntent, Side } from '../../../src/core/kernel/inputs.ts'
import { SYMBOL } from './opening.ts'

export interface EnterWords {
  readonly slotId?: string
  readonly instrument?: string
  readonly side?: Side
  readonly orderType?: 'limit' | 'market'
  readonly price?: string | null
  readonly quantity?: string
  readonly timeInForce?: EnterIntent['timeInForce']
  readonly postOnly?: boolean
  readonly leverage?: string
  readonly reduceOnly?: boolean
  readonly exitRatios?: readonly string[]
}

export function enterIntent(words: EnterWords = {}): EnterIntent {
  const orderType = words.orderType ?? 'limit'
  const price = words.price === undefined && orderType === 'limit' ? '2' : (words.price ?? null)
  return {
    type: 'ENTER',
    slotId: words.slotId ?? 'a',
    instrument: words.instrument ?? SYMBOL,
    side: words.side ?? 'buy',
    orderType,
    price: price === null ? null : dec(price),
    quantity: dec(words.quantity ?? '100'),
    timeInForce: words.timeInForce ?? 'gtc',
    postOnly: words.postOnly ?? false,
    leverage: dec(words.leverage ?? '1'),
    ...(words.reduceOnly === undefined ? {} : { reduceOnly: words.reduceOnly }),
    exitRatios: (words.exitRatios ?? []).map((ratio) => dec(ratio)),
  }
}

export function exitIntent(words: Partial<ExitIntent> = {}): ExitIntent {
  const base = {
    type: 'EXIT',
    slotId: 'a',
    scope: 'leg',
    orderType: 'limit',
    timeInForce: 'gtc',
    postOnly: false,
    reason: 'target',
  } as const
  return { ...base, price: dec('3'), ...words }
}

export function residualIntent(slotId = 'a'): ExitResidualIntent {
  return { type: 'EXIT_RESIDUAL', slotId, reason: 'leftover' }
}

/** Prices and quantities as `price x quantity`; null for no quote on that side. */
export function quoteIntent(bid: string | null, ask: string | null, instrument = SYMBOL): QuoteIntent {
  const sideOf = (words: string | null) => {
    if (words === null) return null
    const [price, quantity] = words.split(' x ') as [string, string]
    return { price: dec(price), quantity: dec(quantity) }
  }
  return { type: 'QUOTE', instrument, bid: sideOf(bid), ask: sideOf(ask), postOnly: true }
}
