// Counts what calls came to, for the screen and for what a session measures of itself. Bounded.

import { Latencies } from '../../latencies.ts'
import type { VenueCalls, VenueHealth } from '../port.ts'

const MOST_TIMES = 128
const MOST_CODES = 64
const MOST_ANSWERS = 50

interface Outcome {
  count: number
  readonly latencies: Latencies
}

export class Tally {
  readonly #times: number[] = []
  readonly #errors = new Map<string, number>()
  /** By endpoint, then by outcome. */
  readonly #outcomes = new Map<string, Map<string, Outcome>>()
  #calls = 0
  /** Of the last calls: whether each was answered. */
  readonly #answered: boolean[] = []
  #silentSinceUs: number | null = null

  /** What became of a call: null where all was well; and how long it was on the wire, null where it did not leave. */
  note(endpoint: string, code: string | null, tookUs: number | null): void {
    if (code !== null) this.#error(code)
    if (tookUs !== null) {
      this.#calls += 1
      this.#times.push(tookUs / 1_000)
      if (this.#times.length > MOST_TIMES) this.#times.shift()
    }
    const outcome = this.#outcomeOf(endpoint, code ?? 'ok')
    outcome.count += 1
    if (tookUs !== null) outcome.latencies.add(tookUs)
  }

  /** Whether the venue said anything at all to a call. */
  heard(answered: boolean, nowUs: number): void {
    this.#answered.push(answered)
    if (this.#answered.length > MOST_ANSWERS) this.#answered.shift()
    this.#silentSinceUs = answered ? null : (this.#silentSinceUs ?? nowUs)
  }

  calls(): VenueCalls[] {
    return [...this.#outcomes].flatMap(([endpoint, outcomes]) =>
      [...outcomes].map(([outcome, { count, latencies }]) => ({
        endpoint,
        outcome,
        count,
        latencies: latencies.count === 0 ? null : latencies,
      })),
    )
  }

  #outcomeOf(endpoint: string, code: string): Outcome {
    const outcomes = this.#outcomes.get(endpoint) ?? new Map<string, Outcome>()
    this.#outcomes.set(endpoint, outcomes)
    const key = outcomes.has(code) || outcomes.size < MOST_CODES ? code : 'OTHER'
    const outcome = outcomes.get(key) ?? { count: 0, latencies: new Latencies() }
    outcomes.set(key, outcome)
    return outcome
  }

  #error(code: string): void {
    const key = this.#errors.has(code) || this.#errors.size < MOST_CODES ? code : 'OTHER'
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1)
  }

  view(): Pick<VenueHealth, 'calls' | 'errors' | 'latencyMs' | 'silentSinceUs' | 'lately'> {
    const sorted = [...this.#times].sort((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)]
    const latencyMs = median === undefined ? null : { median, slowest: sorted.at(-1) as number }
    const lately = { calls: this.#answered.length, unanswered: this.#answered.filter((answered) => !answered).length }
    return { calls: this.#calls, errors: new Map(this.#errors), latencyMs, silentSinceUs: this.#silentSinceUs, lately }
  }
}
