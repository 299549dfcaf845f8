// The seeded generator: its bounds and its shapes.

import { expect, test } from 'vitest'
import { Random } from '../../../../src/core/market/simulated/random.ts'

test('numbers lie in [0, 1), are even, and differ from seed to seed', () => {
  for (const seed of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const random = new Random(seed)
    const values = Array.from({ length: 20_000 }, () => random.next())
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    const mean = values.reduce((sum, value) => sum + value) / values.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
    const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length)
    expect(Math.max(...tenths) - Math.min(...tenths)).toBeLessThan(300)
  }
  expect(new Random(1).next()).not.toBe(new Random(2).next())
})

test('the bell has mean 0 and deviation 1', () => {
  const random = new Random(5)
  const values = Array.from({ length: 50_000 }, () => random.gaussian())
  const mean = values.reduce((sum, value) => sum + value) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(Math.abs(mean)).toBeLessThan(0.02)
  expect(Math.abs(variance - 1)).toBeLessThan(0.03)
})

test('whole numbers and ranges keep their bounds', () => {
  const random = new Random(9)
  const seen = new Set(Array.from({ length: 1_000 }, () => random.below(5)))
  expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4])
  const between = Array.from({ length: 1_000 }, () => random.between(-2, 3))
  expect([Math.min(...between) >= -2, Math.max(...between) < 3]).toEqual([true, true])
  expect([random.chance(0), random.chance(1)]).toEqual([false, true])
})
