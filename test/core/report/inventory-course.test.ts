import { describe, expect, test } from 'vitest'
import { InventoryCourse } from '../../../src/core/report/inventory-course.ts'
import { lead, SECOND_US, SERIES, type TickWords } from './course-rows.ts'

function follow(positions: readonly string[], seconds = 1): InventoryCourse {
  const series = { ...SERIES, tickIntervalUs: seconds * SECOND_US }
  return lead(new InventoryCourse(series, 'XRP'), {
    ticks: positions.map((position, index): TickWords => ({ at: index * seconds, position })),
  })
}

/** An inventory that is set to 64 again and again, and of which a share is left after each tick. */
function decaying(share: number, ticks: number): string[] {
  return Array.from({ length: ticks }, (_, index) => String(64 * share ** (index % 4)))
}

describe('inventory', () => {
  test('mean, mean size and the furthest position, with its sign and time', () => {
    expect(follow(['0', '10', '-30', '4']).summary()).toMatchObject({
      ticks: 4,
      asset: 'XRP',
      mean: '-4',
      meanAbsolute: '11',
      furthest: '-30',
      furthestAtUs: 2 * SECOND_US,
    })
  })

  test('without a tick nothing is known, and positions in another instrument are none', () => {
    const summary = lead(new InventoryCourse(SERIES, 'XRP'), { ticks: [{ at: 0, position: '5', instrument: 'OTHER' }] }).summary()
    expect(summary).toEqual({
      ticks: 0,
      asset: 'XRP',
      mean: null,
      meanAbsolute: null,
      furthest: null,
      furthestAtUs: null,
      persistence: null,
      halfLifeTicks: null,
      halfLifeSeconds: null,
      samples: 0,
      samplesNeeded: 30,
      why: 'too few: 0 of 30 pairs of ticks',
    })
  })

  test('N13 thirty pairs of ticks are enough for a half-life, and one fewer is too few', () => {
    expect(follow(decaying(0.5, 30)).summary()).toMatchObject({ samples: 29, halfLifeTicks: null, why: 'too few: 29 of 30 pairs of ticks' })
    expect(follow(decaying(0.5, 31)).summary().samples).toBe(30)
  })

  test('an inventory that keeps a fixed share of itself halves in ln ½ ÷ ln share ticks', () => {
    // After 40 ticks of 0.9: each position is 0.9 of the one before, so the slope is that, but for the digits of the inputs.
    const positions = Array.from({ length: 40 }, (_, index) => (1000 * 0.9 ** index).toFixed(18))
    const summary = follow(positions, 5).summary()
    expect(Number(summary.persistence)).toBeCloseTo(0.9, 12)
    expect(Number(summary.halfLifeTicks)).toBeCloseTo(Math.log(0.5) / Math.log(0.9), 9)
    expect(Number(summary.halfLifeSeconds)).toBeCloseTo((5 * Math.log(0.5)) / Math.log(0.9), 8)
    expect(summary.why).toBeNull()
  })

  test('the slope is that of least squares, by other code', () => {
    const positions = Array.from({ length: 60 }, (_, index) => ((index * 37) % 23) - 11 + ((index * 7) % 5))
    const [x, y] = [positions.slice(0, -1), positions.slice(1)]
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    const cross = x.reduce((sum, value, index) => sum + (value - mean(x)) * ((y[index] as number) - mean(y)), 0)
    const spread = x.reduce((sum, value) => sum + (value - mean(x)) ** 2, 0)
    expect(Number(follow(positions.map(String)).summary().persistence)).toBeCloseTo(cross / spread, 12)
  })

  test('where nothing is worked off, or all of it at once, there are words instead of a half-life', () => {
    const flat = Array.from({ length: 40 }, () => '7')
    expect(follow(flat).summary()).toMatchObject({ persistence: null, halfLifeTicks: null, why: 'the position never changed' })
    const growing = Array.from({ length: 40 }, (_, index) => String(index))
    expect(follow(growing).summary()).toMatchObject({ persistence: '1', why: 'the inventory was not worked off: it grew or stayed' })
    const flipping = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? '5' : '-5'))
    expect(follow(flipping).summary()).toMatchObject({ persistence: '-1', why: 'half of an inventory was gone within a tick' })
  })
})
