// Counts what calls came to, for the screen and the gates. Bounded.

import type { VenueHealth } from '../port.ts'

const MOST_TIMES = 128
const MOST_CODES = 64

export class Tally {
  readonly #times: number[] = []
  readonly #errors = new Map<string, number>()
  #calls = 0

  call(tookUs: number): void {
    this.#calls += 1
    this.#times.push(tookUs / 1_000)
    if (this.#times.length > MOST_TIMES) this.#times.shift()
  }

  error(code: string): void {
    const key = this.#errors.has(code) || this.#errors.size < MOST_CODES ? code : 'OTHER'
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1)
  }

  view(): Pick<VenueHealth, 'calls' | 'errors' | 'latencyMs'> {
    const sorted = [...this.#times].sort((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)]
    const latencyMs = median === undefined ? null : { median, slowest: sorted.at(-1) as number }
    return { calls: this.#calls, errors: new Map(this.#errors), latencyMs }
  }
}
