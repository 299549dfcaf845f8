// Where prices are: one mid an instrument, moved at random. Knows nobody who trades.

import { add, type Decimal, floorToStep, max, mulDiv } from '../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import type { Random } from './random.ts'
import type { Listing } from './setup.ts'

const TEN_THOUSAND = 10_000n as Decimal

export class Market {
  readonly #random: Random
  readonly #listings = new Map<string, Listing>()
  readonly #mids = new Map<string, Decimal>()

  constructor(random: Random, listings: readonly Listing[]) {
    this.#random = random
    for (const listing of listings) {
      this.#listings.set(listing.instrument.symbol, listing)
      this.#mids.set(listing.instrument.symbol, listing.startPrice)
    }
  }

  listing(symbol: string): Listing {
    const listing = this.#listings.get(symbol)
    if (listing === undefined) throw new RangeError(`there is no instrument ${symbol}`)
    return listing
  }

  mid(symbol: string): Decimal {
    return this.#mids.get(symbol) ?? this.listing(symbol).startPrice
  }

  drift(symbol: string): void {
    const bps = this.#random.chance(0.05) ? this.#random.between(-300, 300) : this.#random.between(-15, 15)
    this.#mids.set(symbol, this.priceAt(symbol, bps))
  }

  /** A price so many bps from the mid, on the tick. */
  priceAt(symbol: string, bps: number): Decimal {
    const { instrument } = this.listing(symbol)
    return onTick(instrument, add(this.mid(symbol), mulDiv(this.mid(symbol), BigInt(bps) as Decimal, TEN_THOUSAND)))
  }
}

function onTick({ tickSize }: Instrument, price: Decimal): Decimal {
  return max(floorToStep(price, tickSize), tickSize)
}
