// Thins what happened in a session to as many slots as can be seen in a drawing, in one pass and in bounded memory. The slots are
// equally far apart, and the same for all lines, so that drawings stand under one another and time runs evenly.

/** The most slots of a drawing: more than a wide screen has columns. */
export const MOST_SLOTS = 2_000

export interface Span {
  readonly startUs: number
  readonly endUs: number
  readonly tickIntervalUs: number
}

export interface Grid {
  readonly startUs: number
  readonly slotUs: number
  readonly slots: number
  /** Each slot is a tick; else two slots hold the lowest and the highest of the ticks in their time. */
  readonly isWhole: boolean
}

/** One slot a tick where they fit; else pairs of slots, each as long as whole ticks. */
export function gridOf({ startUs, endUs, tickIntervalUs }: Span): Grid {
  const intervalUs = Math.max(1, tickIntervalUs)
  const ticks = Math.floor(Math.max(0, endUs - startUs) / intervalUs) + 1
  if (ticks <= MOST_SLOTS) return { startUs, slotUs: intervalUs, slots: ticks, isWhole: true }
  const pairs = MOST_SLOTS / 2
  const ticksAPair = Math.ceil(ticks / pairs)
  return { startUs, slotUs: (ticksAPair * intervalUs) / 2, slots: Math.ceil(ticks / ticksAPair) * 2, isWhole: false }
}

/** The slot, or the first of the pair of slots, that a moment falls into. */
export function slotAt({ startUs, slotUs, slots, isWhole }: Grid, timeUs: number): number {
  const since = (timeUs - startUs) / slotUs
  // A tick of a live session comes a little early or late.
  const slot = isWhole ? Math.round(since) : Math.floor(since / 2) * 2
  return Math.min(Math.max(slot, 0), isWhole ? slots - 1 : slots - 2)
}

/** Ticks that come late leave so many slots empty; more than these are a gap. */
const MOST_MISSED = 2

/** One line of a drawing; null where there is nothing to draw. */
export class CourseLine {
  readonly #grid: Grid
  readonly #values: (number | null)[]
  #slot = -1
  #first: number | null = null
  #second: number | null = null
  #endsInGap = false
  #end: number | null = null

  constructor(grid: Grid) {
    this.#grid = grid
    this.#values = new Array<number | null>(grid.slots).fill(null)
  }

  /** The last of it, which a pair of slots with its lowest and its highest does not say. */
  get end(): number | null {
    return this.#end
  }

  /** In order of time. */
  add(slot: number, value: number | null): void {
    this.#end = value
    if (this.#grid.isWhole) {
      this.#bridge(slot)
      this.#values[slot] = value
      this.#slot = slot
      return
    }
    if (slot !== this.#slot) this.#close(slot)
    this.#endsInGap = value === null
    if (value === null) return
    if (this.#first === null || this.#second === null) {
      this.#first = value
      this.#second = value
      return
    }
    const [low, high] = [Math.min(this.#first, this.#second), Math.max(this.#first, this.#second)]
    // The new extreme came last; the other one, wherever it stood, came before it.
    if (value < low) [this.#first, this.#second] = [high, value]
    else if (value > high) [this.#first, this.#second] = [low, value]
  }

  /** Once, at the end. */
  values(): readonly (number | null)[] {
    if (!this.#grid.isWhole) this.#close(-1)
    return this.#values
  }

  /** What nobody looked at for a moment stays as it was. */
  #bridge(slot: number): void {
    if (this.#slot < 0 || slot - this.#slot > MOST_MISSED + 1) return
    for (let missed = this.#slot + 1; missed < slot; missed += 1) this.#values[missed] = this.#values[this.#slot] ?? null
  }

  #close(next: number): void {
    if (this.#slot >= 0) {
      this.#values[this.#slot] = this.#first
      this.#values[this.#slot + 1] = this.#endsInGap ? null : this.#second
    }
    this.#slot = next
    this.#first = null
    this.#second = null
  }
}
