// What a page draws of a session's course: the market with our quotes and fills, equity and its falls, inventory. Listens to the
// pass over the session; drawings only, no figure is taken from here.

import { type Decimal, max, sub } from '../../kernel/decimal.ts'
import type { EquitySink } from '../equity-course.ts'
import type { Fill, Tick, TickSink } from '../tick-pass.ts'
import { coordinateOf } from './coordinate.ts'
import { CourseLine, type Grid, gridOf, type Span, slotAt } from './course-grid.ts'

const LINE_NAMES = ['mid', 'ourBid', 'ourAsk', 'equity', 'drawdown', 'inventory'] as const

export type LineName = (typeof LINE_NAMES)[number]

/** A fill where it is drawn: the slot it falls into, and its price. */
export interface DrawnFill {
  readonly slot: number
  readonly side: 'buy' | 'sell'
  readonly at: number
}

export interface CourseDrawing {
  readonly grid: Grid
  readonly lines: ReadonlyMap<LineName, readonly (number | null)[]>
  /** The last of each line; null where nothing was known then. */
  readonly ends: ReadonlyMap<LineName, number | null>
  readonly fills: readonly DrawnFill[]
  /** Fills in the session's instrument; where more than those drawn, they are the largest of each side in their time. */
  readonly fillCount: number
}

interface KeptFill extends DrawnFill {
  readonly size: Decimal
}

/** More marks than this hide what they mark. */
const MOST_FILLS = 2_000

/** Say what is followed, lead it through the session, listen with it to the equity, then ask for the drawing. */
export class Course implements TickSink, EquitySink {
  #instrument = ''
  #grid: Grid = gridOf({ startUs: 0, endUs: 0, tickIntervalUs: 1 })
  #lines: ReadonlyMap<LineName, CourseLine> = linesOn(this.#grid)
  #fills: KeptFill[] = []
  #largest: Map<string, KeptFill> | null = null
  #fillCount = 0
  #peak: Decimal | null = null

  /** What is followed, once, before anything else. */
  begin({ instrument, ...span }: Span & { readonly instrument: string }): this {
    this.#instrument = instrument
    this.#grid = gridOf(span)
    this.#lines = linesOn(this.#grid)
    return this
  }

  onTick(tick: Tick): void {
    if (tick.instrument !== this.#instrument) return
    const slot = slotAt(this.#grid, tick.timeUs)
    this.#draw('mid', slot, drawn(tick.mid ?? tick.mark))
    this.#draw('ourBid', slot, drawn(tick.ourBid))
    this.#draw('ourAsk', slot, drawn(tick.ourAsk))
    this.#draw('inventory', slot, coordinateOf(tick.position))
  }

  onEquity(timeUs: number, equity: Decimal): void {
    const slot = slotAt(this.#grid, timeUs)
    this.#peak = this.#peak === null ? equity : max(this.#peak, equity)
    this.#draw('equity', slot, coordinateOf(equity))
    this.#draw('drawdown', slot, coordinateOf(sub(equity, this.#peak)))
  }

  onFill(fill: Fill): void {
    if (fill.instrument !== this.#instrument) return
    this.#fillCount += 1
    const slot = slotAt(this.#grid, fill.timeUs)
    const kept: KeptFill = { slot, side: fill.side, at: coordinateOf(fill.price), size: fill.quantity }
    if (this.#largest !== null) this.#keepLargest(kept)
    else this.#fills.push(kept)
    if (this.#fills.length > MOST_FILLS) this.#thinFills()
  }

  #draw(name: LineName, slot: number, at: number | null): void {
    this.#lines.get(name)?.add(slot, at)
  }

  drawing(): CourseDrawing {
    const fills = this.#largest === null ? this.#fills : [...this.#largest.values()]
    return {
      grid: this.#grid,
      lines: new Map([...this.#lines].map(([name, line]) => [name, line.values()])),
      ends: new Map([...this.#lines].map(([name, line]) => [name, line.end])),
      fills: fills.map(({ slot, side, at }) => ({ slot, side, at })).sort((a, b) => a.slot - b.slot),
      fillCount: this.#fillCount,
    }
  }

  /** Too many to be seen: from now on the largest of each side in every two slots. */
  #thinFills(): void {
    this.#largest = new Map()
    for (const fill of this.#fills) this.#keepLargest(fill)
    this.#fills = []
  }

  #keepLargest(fill: KeptFill): void {
    const key = `${fill.slot >> 1}${fill.side}`
    const before = this.#largest?.get(key)
    if (before === undefined || fill.size > before.size) this.#largest?.set(key, fill)
  }
}

function drawn(value: Decimal | null): number | null {
  return value === null ? null : coordinateOf(value)
}

function linesOn(grid: Grid): Map<LineName, CourseLine> {
  return new Map(LINE_NAMES.map((name) => [name, new CourseLine(grid)]))
}
