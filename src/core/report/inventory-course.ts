// How the position in the session's instrument went from tick to tick: mean, extremes, and how fast an inventory was worked off.
// Formulas and sources are in docs/METRICS.md. Computes; reads nothing.

import { abs, add, type Decimal, dec, div, formatDecimal, mul, ONE, ZERO } from '../kernel/decimal.ts'
import type { TickSeries } from './markouts.ts'
import type { InventoryCourseSummary } from './quoting-view.ts'
import { lnOf, textOrNull, whole } from './statistics.ts'
import type { Tick, TickSink } from './tick-pass.ts'

/** Fewer pairs of ticks say nothing about a slope. */
const SAMPLES_NEEDED = 30
const TWO = dec('2')
const MILLION = dec('1000000')

export class InventoryCourse implements TickSink {
  readonly #series: TickSeries
  readonly #asset: string
  readonly #pairs = new Regression()
  #ticks = 0
  #sum = ZERO
  #sumAbsolute = ZERO
  #furthest: { readonly position: Decimal; readonly timeUs: number } | null = null
  #before: Decimal | null = null

  /** `asset` is what quantities are in. */
  constructor(series: TickSeries, asset: string) {
    this.#series = series
    this.#asset = asset
  }

  onTick(tick: Tick): void {
    if (tick.instrument !== this.#series.instrument) return
    const { position, timeUs } = tick
    const size = abs(position)
    this.#ticks += 1
    this.#sum = add(this.#sum, position)
    this.#sumAbsolute = add(this.#sumAbsolute, size)
    if (this.#furthest === null || size > abs(this.#furthest.position)) this.#furthest = { position, timeUs }
    if (this.#before !== null) this.#pairs.add(this.#before, position)
    this.#before = position
  }

  summary(): InventoryCourseSummary {
    const mean = (sum: Decimal): string | null => (this.#ticks === 0 ? null : formatDecimal(div(sum, whole(this.#ticks))))
    return {
      ticks: this.#ticks,
      asset: this.#asset,
      mean: mean(this.#sum),
      meanAbsolute: mean(this.#sumAbsolute),
      furthest: this.#furthest === null ? null : formatDecimal(this.#furthest.position),
      furthestAtUs: this.#furthest?.timeUs ?? null,
      ...this.#halfLife(),
      samples: this.#pairs.count,
      samplesNeeded: SAMPLES_NEEDED,
    }
  }

  #halfLife(): Pick<InventoryCourseSummary, 'persistence' | 'halfLifeTicks' | 'halfLifeSeconds' | 'why'> {
    const unknown = { halfLifeTicks: null, halfLifeSeconds: null }
    const { count } = this.#pairs
    if (count < SAMPLES_NEEDED) return { persistence: null, ...unknown, why: `too few: ${count} of ${SAMPLES_NEEDED} pairs of ticks` }
    const slope = this.#pairs.slope()
    if (slope === null) return { persistence: null, ...unknown, why: 'the position never changed' }
    const persistence = textOrNull(slope)
    if (slope >= ONE) return { persistence, ...unknown, why: 'the inventory was not worked off: it grew or stayed' }
    if (slope <= ZERO) return { persistence, ...unknown, why: 'half of an inventory was gone within a tick' }
    const ticks = div(lnOf(TWO), lnOf(div(ONE, slope)))
    const seconds = div(mul(ticks, whole(this.#series.tickIntervalUs)), MILLION)
    return { persistence, halfLifeTicks: formatDecimal(ticks), halfLifeSeconds: formatDecimal(seconds), why: null }
  }
}

/** Least squares of one figure on another, in whole numbers: nothing is rounded before the slope. */
class Regression {
  count = 0
  #x = 0n
  #y = 0n
  #xx = 0n
  #xy = 0n

  add(x: Decimal, y: Decimal): void {
    this.count += 1
    this.#x += x
    this.#y += y
    this.#xx += x * x
    this.#xy += x * y
  }

  /** (n Σxy − Σx Σy) ÷ (n Σx² − (Σx)²); null where x never changed. */
  slope(): Decimal | null {
    const count = BigInt(this.count)
    const spread = count * this.#xx - this.#x * this.#x
    return spread === 0n ? null : div((count * this.#xy - this.#x * this.#y) as Decimal, spread as Decimal)
  }
}
