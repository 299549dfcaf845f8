// One direction of a bad network: messages come in the order they were sent, or late, twice, out of order, or never.

import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'

const SECOND_US = 1_000_000

export class Channel<Item> {
  readonly #name: 'request' | 'answer'
  readonly #random: Random
  readonly #faults: Faults
  readonly #schedule: Schedule<Item>
  /** When the last message arrives that keeps to its turn. */
  #lastUs = 0

  constructor(name: 'request' | 'answer', { random, faults, schedule }: { random: Random; faults: Faults; schedule: Schedule<Item> }) {
    this.#name = name
    this.#random = random
    this.#faults = faults
    this.#schedule = schedule
  }

  send(nowUs: number, item: Item): void {
    if (this.#faults.happens(`${this.#name}_lost`, 0.035)) return
    this.#deliver(nowUs, item)
    if (this.#faults.happens(`${this.#name}_duplicated`, 0.04)) this.#deliver(nowUs, item)
  }

  #deliver(nowUs: number, item: Item): void {
    if (this.#faults.happens(`${this.#name}_delayed`, 0.05)) {
      this.#schedule.add(nowUs + this.#random.between(SECOND_US, 12 * SECOND_US), item)
      return
    }
    const arrivesUs = nowUs + this.#random.between(1_000, 200_000)
    if (this.#faults.happens(`${this.#name}_reordered`, 0.08)) {
      this.#schedule.add(arrivesUs, item)
      return
    }
    this.#lastUs = Math.max(this.#lastUs, arrivesUs)
    this.#schedule.add(this.#lastUs, item)
  }
}
