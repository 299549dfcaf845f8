import { describe, expect, test } from 'vitest'
import { Latencies } from '../../src/core/latencies.ts'

/** The exact share of a list, as the histogram defines it: the smallest value that so many are not above. */
function exact(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

function filled(values: readonly number[]): Latencies {
  const latencies = new Latencies()
  for (const value of values) latencies.add(value)
  return latencies
}

/** From 1 µs to over a day, evenly in the logarithm. */
const SPREAD = Array.from({ length: 5_000 }, (_, index) => Math.exp(((index * 7919) % 5_000) / 198.4))

describe('latencies', () => {
  test.each([0.01, 0.25, 0.5, 0.9, 0.99, 0.999])('the share %d is at most 5 %% off, over eleven powers of ten', (share) => {
    const due = exact(SPREAD, share)
    const found = filled(SPREAD).quantileUs(share) as number
    expect(Math.abs(found / due - 1)).toBeLessThanOrEqual(0.05)
  })

  test('the largest is exact, and no share is beyond it', () => {
    const latencies = filled([3, 1_000_003])
    expect(latencies.largestUs).toBe(1_000_003)
    expect(latencies.quantileUs(1)).toBeLessThanOrEqual(1_000_003)
    expect(filled([1_000]).quantileUs(0.5)).toBeLessThanOrEqual(1_000)
  })

  test('N04 nothing measured is not known; what is below a microsecond, or below zero, is none', () => {
    expect(new Latencies().quantileUs(0.5)).toBeNull()
    expect(filled([-5, 0, 0.4]).quantileUs(0.99)).toBe(0)
    expect(filled([-5, 0, 0.4]).count).toBe(3)
  })

  test('stay small whatever is measured, and come back from their text', () => {
    const latencies = filled([...SPREAD, 1e300])
    expect(latencies.toText().length).toBeLessThan(6_000)
    const again = Latencies.ofText(latencies.toText())
    expect(again?.count).toBe(latencies.count)
    for (const share of [0.1, 0.5, 0.99]) expect(again?.quantileUs(share)).toBe(latencies.quantileUs(share))
  })

  test('of two are those of both together', () => {
    const both = filled(SPREAD.slice(0, 900))
    both.addAll(filled(SPREAD.slice(900)))
    expect(both.toText()).toBe(filled(SPREAD).toText())
  })

  test.each(['', 'null', '{}', '[]', '{"largestUs":1,"buckets":{"x":1}}', '{"largestUs":1,"buckets":{"1":"y"}}'])(
    'no text but their own is read: %j',
    (text) => {
      expect(Latencies.ofText(text)).toBeNull()
    },
  )
})
