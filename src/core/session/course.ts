// How the session's net result went, for a line of a few characters: samples at equal steps of session time, never more than fit
// in little room. Keeps what it is given; knows no state.

import type { Decimal } from '../kernel/decimal.ts'

/** When there are so many, every second one goes and the step doubles. */
const MOST_SAMPLES = 240
const FIRST_STEP_US = 1_000_000

export class Course {
  #stepUs = FIRST_STEP_US
  #samples: Decimal[] = []
  #nextUs: number | null = null

  /** Whether a sample is due: what it takes to know the result need not be worked out before. */
  isDue(nowUs: number): boolean {
    return this.#nextUs === null || nowUs >= this.#nextUs
  }

  /** Takes a sample, of which `isDue` has said that it is; null where nobody knows the result yet. */
  add(nowUs: number, net: Decimal | null): void {
    if (net !== null) this.#samples.push(net)
    if (this.#samples.length >= MOST_SAMPLES) {
      this.#samples = this.#samples.filter((_, index) => index % 2 === 1)
      this.#stepUs *= 2
    }
    this.#nextUs = nowUs + this.#stepUs
  }

  get stepUs(): number {
    return this.#stepUs
  }

  /** Oldest first. */
  get samples(): readonly Decimal[] {
    return this.#samples
  }
}
