// Works out what a recording trades from the messages at its beginning. A guess, and said to be one: the venue's own
// numbers, given in the config, are always better.

import { type Decimal, dec, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { BookLevel } from './events.ts'
import type { MarketMessage } from './recorded/message.ts'

/** Assets that others are priced in; among several that fit the end of a name the longest wins. */
const QUOTE_ASSETS: readonly string[] = [
  ...['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'USDP', 'USD1', 'USDS', 'RLUSD', 'PYUSD', 'DAI', 'AEUR', 'EURI', 'BFUSD'],
  ...['USD', 'EUR', 'GBP', 'JPY', 'TRY', 'BRL', 'AUD', 'ARS', 'COP', 'CZK', 'IDR', 'MXN', 'NGN', 'PLN', 'RON', 'RUB', 'UAH', 'ZAR'],
  ...['BTC', 'ETH', 'BNB', 'XRP', 'SOL', 'TRX', 'DOGE', 'DOT'],
]

/** Venues allow between 20 and 125 on most perpetuals, by account and size; 20 is about what every account gets. */
const PERPETUAL_LEVERAGE = dec('20')
const SPOT_LEVERAGE = dec('1')

/** `{ base: 'BTC', quote: 'USDT' }` for `BTCUSDT`; null where no quote asset we know ends the name. */
export function splitSymbol(venueSymbol: string): { readonly base: string; readonly quote: string } | null {
  const fitting = QUOTE_ASSETS.filter((asset) => venueSymbol.endsWith(asset) && venueSymbol.length > asset.length)
  const quote = fitting.sort((a, b) => b.length - a.length)[0]
  return quote === undefined ? null : { base: venueSymbol.slice(0, -quote.length), quote }
}

/** The name a venue without separators gives an instrument: `BTCUSDT`. */
export function venueSymbolOf(instrument: Instrument): string {
  return `${instrument.base}${instrument.quote}`.toUpperCase().replace(/[^A-Z0-9]/g, '')
}

/** So many values a side of the evidence are kept; more say nothing new. */
const MOST_VALUES = 100_000
/** Old orders of a finer lot may rest in a book for years: one value in so many does not make the step. */
const ONE_ODD_VALUE_IN = 1_000n

/**
 * The largest of 1, 2, 2.5 or 5 times a power of ten that values are multiples of; zero where there is none but zeros.
 * Of a thousand values one may be odd.
 */
export function inferStep(values: readonly Decimal[]): Decimal {
  let divisor = 0n
  for (const value of values) {
    // Nearly every value fits what is already known.
    if (divisor === 0n || value % divisor !== 0n) divisor = commonDivisor(divisor, value)
  }
  if (divisor === 0n) return ZERO
  const step = roundStep(divisor)
  const oddAllowed = Number(BigInt(values.length) / ONE_ODD_VALUE_IN)
  if (oddAllowed === 0) return step
  // A step coarser than a thousandfold would be another market.
  const coarser = STEPS.filter((candidate) => candidate > step && candidate <= step * 1_000n)
  return (coarser.find((candidate) => fits(values, candidate, oddAllowed)) ?? step) as Decimal
}

function fits(values: readonly Decimal[], step: bigint, oddAllowed: number): boolean {
  let odd = 0
  for (const value of values) {
    if (value % step === 0n) continue
    odd += 1
    if (odd > oddAllowed) return false
  }
  return true
}

/** 10^15 is the largest number there is; below 10^-17 a step has no half or quarter. */
const STEPS: readonly bigint[] = Array.from({ length: 33 }, (_, index) => 10n ** BigInt(33 - index)).flatMap((power) => [
  power * 5n,
  (power * 5n) / 2n,
  power * 2n,
  power,
])

function roundStep(divisor: bigint): Decimal {
  return (STEPS.find((step) => divisor % step === 0n) ?? divisor) as Decimal
}

function commonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** Gathers what the messages of one symbol give away about its instrument. */
export class InstrumentEvidence {
  readonly #prices: Decimal[] = []
  readonly #sizes: Decimal[] = []
  #isPerpetual = false

  add(message: MarketMessage): void {
    switch (message.kind) {
      case 'ticker':
        // Spot tickers carry no time at all.
        if (message.event.venueTimeUs !== null) this.#isPerpetual = true
        this.#addLevel(message.event.bid)
        this.#addLevel(message.event.ask)
        break
      case 'trade':
        if (message.isFutures) this.#isPerpetual = true
        // Prints that no order of the market made follow no tick.
        if (message.event.isMarket) this.#addLevel(message.event)
        break
      case 'diff':
        if (message.diff.previousId !== null) this.#isPerpetual = true
        for (const level of message.diff.bids) this.#addLevel(level)
        for (const level of message.diff.asks) this.#addLevel(level)
        break
      case 'snapshot':
        if (message.snapshot.venueTimeUs !== null) this.#isPerpetual = true
        for (const level of message.snapshot.bids) this.#addLevel(level)
        for (const level of message.snapshot.asks) this.#addLevel(level)
        break
      case 'mark':
        this.#isPerpetual = true
        break
      default:
        message satisfies never
    }
  }

  /** The instrument that fits all that was seen; null where the name or the numbers do not say enough. */
  instrument(venueSymbol: string): Instrument | null {
    const assets = splitSymbol(venueSymbol)
    const tickSize = inferStep(this.#prices)
    const lotSize = inferStep(this.#sizes)
    if (assets === null || tickSize === ZERO || lotSize === ZERO) return null
    const { base, quote } = assets
    return {
      symbol: this.#isPerpetual ? `${base}/${quote}:${quote}` : `${base}/${quote}`,
      kind: this.#isPerpetual ? 'linear' : 'spot',
      base,
      quote,
      settle: quote,
      tickSize,
      lotSize,
      minQuantity: lotSize,
      maxQuantity: ZERO,
      minNotional: ZERO,
      maxLeverage: this.#isPerpetual ? PERPETUAL_LEVERAGE : SPOT_LEVERAGE,
    }
  }

  #addLevel(level: BookLevel): void {
    if (this.#prices.length >= MOST_VALUES) return
    this.#prices.push(level.price)
    this.#sizes.push(level.size)
  }
}
