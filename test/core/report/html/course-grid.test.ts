import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CourseLine, gridOf, MOST_SLOTS, slotAt } from '../../../../src/core/report/html/course-grid.ts'

const SECOND = 1_000_000

describe('the slots of a drawing', () => {
  test('are the ticks, where all of them can be seen', () => {
    const grid = gridOf({ startUs: 5, endUs: 5 + 9 * SECOND, tickIntervalUs: SECOND })
    expect(grid).toEqual({ startUs: 5, slotUs: SECOND, slots: 10, isWhole: true })
    expect(slotAt(grid, 5 + 3 * SECOND)).toBe(3)
    expect(slotAt(grid, 5 + 3 * SECOND + 1_000)).toBe(3)
    expect(slotAt(grid, 5 + 3 * SECOND - 1_000)).toBe(3)
  })

  test('are never more than can be seen, and every tick has one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 1, max: 60 * SECOND }), (ticks, tickIntervalUs) => {
        const endUs = (ticks - 1) * tickIntervalUs
        const grid = gridOf({ startUs: 0, endUs, tickIntervalUs })
        expect(grid.slots).toBeLessThanOrEqual(MOST_SLOTS)
        for (const timeUs of [0, Math.floor(endUs / 2), endUs, endUs + tickIntervalUs]) {
          const slot = slotAt(grid, timeUs)
          expect(slot).toBeGreaterThanOrEqual(0)
          expect(slot).toBeLessThan(grid.slots)
        }
      }),
    )
  })

  test('of a session that has no length is one', () => {
    expect(gridOf({ startUs: 7, endUs: 7, tickIntervalUs: 0 })).toMatchObject({ slots: 1, isWhole: true })
    expect(gridOf({ startUs: 7, endUs: 0, tickIntervalUs: SECOND })).toMatchObject({ slots: 1 })
  })
})

describe('a thinned line', () => {
  test('keeps the highest and the lowest of every two slots, in the order in which they came', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2_001, maxLength: 9_000 })
    fc.assert(
      fc.property(values, (given) => {
        const grid = gridOf({ startUs: 0, endUs: (given.length - 1) * SECOND, tickIntervalUs: SECOND })
        const line = new CourseLine(grid)
        const held = new Map<number, number[]>()
        for (const [tick, value] of given.entries()) {
          const slot = slotAt(grid, tick * SECOND)
          line.add(slot, value)
          held.set(slot, [...(held.get(slot) ?? []), value])
        }
        const drawn = line.values()
        expect(grid.isWhole).toBe(false)
        expect(line.end).toBe(given.at(-1))
        for (const [slot, [...all]] of held) {
          const [low, high] = [Math.min(...all), Math.max(...all)]
          expect([drawn[slot], drawn[slot + 1]]).toEqual(all.indexOf(low) <= all.indexOf(high) ? [low, high] : [high, low])
        }
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })

  test('is broken where nothing was known', () => {
    const grid = gridOf({ startUs: 0, endUs: 2 * SECOND, tickIntervalUs: SECOND })
    const line = new CourseLine(grid)
    line.add(0, 1)
    line.add(1, null)
    line.add(2, 3)
    expect(line.values()).toEqual([1, null, 3])
    expect(line.end).toBe(3)
    line.add(2, null)
    expect(line.end).toBeNull()
  })

  test('goes on over the slots that late ticks leave empty, and is broken by a gap', () => {
    const grid = gridOf({ startUs: 0, endUs: 10 * SECOND, tickIntervalUs: SECOND })
    const line = new CourseLine(grid)
    for (const [slot, value] of [
      [1, 4],
      [3, 5],
      [6, 6],
      [10, 7],
    ] as const)
      line.add(slot, value)
    expect(line.values()).toEqual([null, 4, 4, 5, 5, 5, 6, null, null, null, 7])
  })

  test('that ends unknown within two slots is not drawn to their end', () => {
    const grid = gridOf({ startUs: 0, endUs: 3_999 * SECOND, tickIntervalUs: SECOND })
    const line = new CourseLine(grid)
    line.add(0, 5)
    line.add(0, null)
    line.add(2, 6)
    expect(line.values().slice(0, 5)).toEqual([5, null, 6, 6, null])
  })
})
