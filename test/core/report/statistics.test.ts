import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, type Decimal, dec, div, formatDecimal, ONE, ZERO } from '../../../src/core/kernel/decimal.ts'
import {
  deviationOf,
  largestOf,
  largestOfWhole,
  lnOf,
  meanOf,
  meanOfWhole,
  medianOf,
  medianOfWhole,
  percentOf,
  quotientOf,
  rootMeanSquareOf,
  weightedMeanOf,
  weightedMedianOf,
} from '../../../src/core/report/statistics.ts'

const decs = (...texts: readonly string[]): Decimal[] => texts.map(dec)
const text = (value: Decimal | null): string | null => (value === null ? null : formatDecimal(value))
const small = fc.array(fc.bigInt({ min: -50n, max: 50n }), { minLength: 1, maxLength: 40 }).map((values) => values as Decimal[])
const byValue = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

describe('means and medians', () => {
  test('of nothing there is none', () => {
    expect([meanOf([]), medianOf([]), largestOf([]), deviationOf([]), deviationOf([ONE]), rootMeanSquareOf([])]).toEqual(
      Array.from({ length: 6 }, () => null),
    )
    expect([meanOfWhole([]), medianOfWhole([]), largestOfWhole([])]).toEqual([null, null, null])
    const none = { values: [], weights: [] }
    expect([weightedMeanOf(none), weightedMedianOf(none), percentOf(0, 0), quotientOf(ONE, ZERO)]).toEqual([null, null, null, null])
  })

  test('are exact, and rounded half-even once', () => {
    expect(text(meanOf(decs('1', '2', '2')))).toBe('1.666666666666666667')
    expect(text(medianOf(decs('3', '-1', '2')))).toBe('2')
    expect(text(medianOf(decs('4', '1', '3', '2')))).toBe('2.5')
    expect([meanOfWhole([1, 2]), medianOfWhole([9, 1, 5]), medianOfWhole([1, 4]), largestOfWhole([3, 9, 4])]).toEqual([2, 5, 3, 9])
    expect([percentOf(1, 3), text(quotientOf(dec('1'), dec('8')))]).toEqual(['33.333333333333333333', '0.125'])
  })

  test('the median is the middle of the sorted values, whatever their order and however many are alike', () => {
    fc.assert(
      fc.property(small, (values) => {
        const sorted = [...values].sort(byValue)
        const [lower, upper] = [sorted[(sorted.length - 1) >> 1] as Decimal, sorted[sorted.length >> 1] as Decimal]
        expect(medianOf(values)).toBe(div(add(lower, upper), dec('2')))
      }),
    )
  })

  test('weights count: as if each value stood there so often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: -9n, max: 9n }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 20 }),
        (items) => {
          const values = items.map(([value]) => (value * ONE) as Decimal)
          const weights = items.map(([, count]) => (BigInt(count) * ONE) as Decimal)
          const spread = items.flatMap(([value, count]) => Array.from({ length: count }, () => (value * ONE) as Decimal))
          expect(weightedMedianOf({ values, weights })).toBe(medianOf(spread))
          expect(weightedMeanOf({ values, weights })).toBe(meanOf(spread))
        },
      ),
    )
  })
})

describe('roots and logarithms', () => {
  test('the deviation of a sample divides by one less than its number, the root mean square by the number', () => {
    // Mean 5, squares of the distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
    expect(text(deviationOf(decs('2', '4', '4', '4', '5', '5', '7', '9')))).toBe('2.138089935299395077')
    expect(text(rootMeanSquareOf(decs('3', '-4', '0')))).toBe('2.886751345948128822')
    expect(text(deviationOf(decs('0.1', '0.1', '0.1')))).toBe('0')
  })

  test('roots of tiny squares keep their digits', () => {
    expect(text(rootMeanSquareOf(decs('0.000000000000000003', '0.000000000000000003')))).toBe('0.000000000000000003')
  })

  test('natural logarithms are good to the last digit', () => {
    // From tables.
    expect(text(lnOf(dec('2')))).toBe('0.693147180559945309')
    expect(text(lnOf(dec('10')))).toBe('2.302585092994045684')
    expect(text(lnOf(dec('0.5')))).toBe('-0.693147180559945309')
    expect(text(lnOf(ONE))).toBe('0')
    expect(text(lnOf(dec('1.000000000000000001')))).toBe('0.000000000000000001')
    expect(text(lnOf(dec('1.01')))).toBe('0.009950330853168083')
  })
})
