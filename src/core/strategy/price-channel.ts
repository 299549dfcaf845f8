// The highest and lowest price of a sliding stretch of time (a Donchian channel), one step an observation.

import type { Decimal } from '../kernel/decimal.ts'

export interface Channel {
  readonly high: Decimal
  readonly low: Decimal
}

interface Sample {
  readonly timeUs: number
  readonly price: Decimal
}

export class PriceChannel {
  readonly #lookbackUs: number
  readonly #highs = new ExtremeQueue((newer, older) => newer >= older)
  readonly #lows = new ExtremeQueue((newer, older) => newer <= older)
  #sinceUs: number | null = null

  constructor(lookbackUs: number) {
    this.#lookbackUs = lookbackUs
  }

  /**
   * The channel of the stretch before this observation, which is then added to it. Null until the stretch is covered,
   * and again after a silence as long as the stretch.
   */
  observe(timeUs: number, price: Decimal): Channel | null {
    const fromUs = timeUs - this.#lookbackUs
    const high = this.#highs.expire(fromUs)
    const low = this.#lows.expire(fromUs)
    if (high === null || low === null) this.#sinceUs = timeUs
    const isCovered = this.#sinceUs !== null && this.#sinceUs <= fromUs
    this.#highs.add({ timeUs, price })
    this.#lows.add({ timeUs, price })
    return isCovered && high !== null && low !== null ? { high, low } : null
  }
}

/** Keeps only samples that can still become the extreme: each is better than all that came after it. */
class ExtremeQueue {
  readonly #beats: (newer: Decimal, older: Decimal) => boolean
  #samples: Sample[] = []
  #start = 0

  constructor(beats: (newer: Decimal, older: Decimal) => boolean) {
    this.#beats = beats
  }

  /** Forgets what is older than `fromUs`, and gives the extreme of the rest. */
  expire(fromUs: number): Decimal | null {
    let first = this.#samples[this.#start]
    while (first !== undefined && first.timeUs < fromUs) {
      this.#start += 1
      first = this.#samples[this.#start]
    }
    if (this.#start > 64 && this.#start * 2 > this.#samples.length) {
      this.#samples = this.#samples.slice(this.#start)
      this.#start = 0
    }
    return first === undefined ? null : first.price
  }

  add(sample: Sample): void {
    let last = this.#samples.at(-1)
    while (last !== undefined && this.#samples.length > this.#start && this.#beats(sample.price, last.price)) {
      this.#samples.pop()
      last = this.#samples.at(-1)
    }
    this.#samples.push(sample)
  }
}
