// One side of the simulated book, in whole ticks and lots, and what changed in it since it was last told.

export interface Rung {
  readonly ticks: number
  readonly lots: number
}

/** Sorted with the best rung last. Rungs are never of zero lots; a ladder never goes below one tick. */
export class Ladder {
  /** 1 where a higher price is the better one. */
  readonly direction: 1 | -1
  readonly #rungs: Rung[] = []
  #changed = new Map<number, number>()

  constructor(side: 'bid' | 'ask') {
    this.direction = side === 'bid' ? 1 : -1
  }

  get count(): number {
    return this.#rungs.length
  }

  /** The best rung is at depth 0. The depth must be below `count`. */
  at(depth: number): Rung {
    return this.#rungs[this.#rungs.length - 1 - depth] as Rung
  }

  best(): Rung {
    return this.at(0)
  }

  worst(): Rung {
    return this.#rungs[0] as Rung
  }

  /** The nearest price behind the best where nothing rests; null where there is none above zero. */
  freeBehindBest(): number | null {
    let ticks = this.best().ticks - this.direction
    while (ticks >= 1 && this.#rungs.some((rung) => rung.ticks === ticks)) ticks -= this.direction
    return ticks >= 1 ? ticks : null
  }

  /** Adds lots at a price, to those that are there. */
  add(ticks: number, lots: number): void {
    let index = this.#rungs.length
    while (index > 0 && ((this.#rungs[index - 1] as Rung).ticks - ticks) * this.direction > 0) index -= 1
    const held = this.#rungs[index - 1]
    if (held?.ticks === ticks) this.#rungs[index - 1] = { ticks, lots: held.lots + lots }
    else this.#rungs.splice(index, 0, { ticks, lots })
    this.#changed.set(ticks, held?.ticks === ticks ? held.lots + lots : lots)
  }

  /** Takes lots away at a depth, at most what is there. */
  remove(depth: number, lots: number): void {
    const index = this.#rungs.length - 1 - depth
    const { ticks, lots: held } = this.#rungs[index] as Rung
    const left = Math.max(0, held - lots)
    if (left === 0) this.#rungs.splice(index, 1)
    else this.#rungs[index] = { ticks, lots: left }
    this.#changed.set(ticks, left)
  }

  /** The rungs that changed since the last call, by ticks, with the lots they have now. */
  takeChanges(): ReadonlyMap<number, number> {
    const changed = this.#changed
    this.#changed = new Map()
    return changed
  }
}
