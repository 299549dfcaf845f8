// How far the venue's clock is ahead of ours, from the middle of a question and its answer. Asks nobody itself.

import type { BingxClock } from './options.ts'

export class ServerClock {
  readonly #clock: BingxClock
  #offsetUs: number | null = null

  constructor(clock: BingxClock) {
    this.#clock = clock
  }

  /** Null before it was measured. */
  get offsetUs(): number | null {
    return this.#offsetUs
  }

  /** The venue's time, as far as we know; our own before it was measured. */
  nowUs(): number {
    return this.#clock.nowUs() + (this.#offsetUs ?? 0)
  }

  /** The venue said `venueUs` some time between the two. */
  measured(sample: { readonly sentUs: number; readonly heardUs: number; readonly venueUs: number }): number {
    this.#offsetUs = Math.round(sample.venueUs - (sample.sentUs + sample.heardUs) / 2)
    return this.#offsetUs
  }
}
