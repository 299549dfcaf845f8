import { describe, expect, test } from 'vitest'
import {
  formatClock,
  formatCount,
  formatDateTime,
  formatDuration,
  formatShare,
  formatSpeed,
  progressShare,
  roundDecimal,
  signOf,
  withSign,
} from '../../src/tui/format.ts'

const TIME_US = Date.UTC(2026, 10, 20, 3, 57, 12) * 1_000 + 999_999

describe('times', () => {
  test('session time is UTC, to the second that has begun', () => {
    expect(formatDateTime(TIME_US)).toBe('2026-11-20 03:57:12')
    expect(formatClock(TIME_US)).toBe('03:57:12')
  })

  test('a time that is none does not throw', () => {
    expect(formatClock(Number.NaN)).toBe('--:--:--')
    expect(formatClock(Number.MAX_VALUE)).toBe('--:--:--')
  })

  test.each([
    [0, '0:00'],
    [59_999_999, '0:59'],
    [12.9 * 60_000_000, '12:54'],
    [3_600_000_000, '1:00:00'],
    [90_061_000_000, '1d 01:01:01'],
    [Number.POSITIVE_INFINITY, '-:--'],
  ])('%d microseconds last %s', (durationUs, text) => {
    expect(formatDuration(durationUs)).toBe(text)
  })
})

describe('shares', () => {
  test('progress stays between nothing and all, and is not known without a duration', () => {
    expect(progressShare(5, 10)).toBe(0.5)
    expect(progressShare(11, 10)).toBe(1)
    expect(progressShare(-1, 10)).toBe(0)
    expect(progressShare(5, 0)).toBeNull()
  })

  test('100 % is shown only when all of it is there', () => {
    expect(formatShare(0.999)).toBe('99 %')
    expect(formatShare(0.29)).toBe('29 %')
    expect(formatShare(1)).toBe('100 %')
    expect(formatShare(1e21)).toBe('>999 %')
    expect(formatShare(Number.POSITIVE_INFINITY)).toBe('∞ %')
  })
})

describe('roundDecimal', () => {
  test.each([
    ['2.1250', 2, '2.12'],
    ['2.1350', 2, '2.14'],
    ['2.12500000001', 2, '2.13'],
    ['-0.5', 0, '0'],
    ['-1.5', 0, '-2'],
    ['+9.99', 1, '+10.0'],
    ['0.004', 2, '0.00'],
    ['12', 0, '12'],
    ['1.2', 5, '1.2'],
    ['no number', 0, 'no number'],
  ])('%s to %i decimals, half-even, is %s', (text, places, rounded) => {
    expect(roundDecimal(text, places)).toBe(rounded)
  })
})

describe('amounts and counts', () => {
  test('a gain carries a plus, a loss a minus, and zero neither', () => {
    expect(['1.20', '-0.5', '0', '0.00', '+3'].map(withSign)).toEqual(['+1.20', '-0.5', '0', '0.00', '+3'])
    expect(['1.20', '-0.5', '-0.00'].map(signOf)).toEqual([1, -1, 0])
  })

  test('counts never take more than seven characters', () => {
    expect([0, 999, 1_000, 99_999, 123_456, 1_234_567, 1_234_567_890].map(formatCount)).toEqual([
      '0',
      '999',
      '1,000',
      '99,999',
      '123.4k',
      '1.23M',
      '1.23G',
    ])
  })

  test('the speed reads as words', () => {
    expect(['max', '1', '60'].map(formatSpeed)).toEqual(['max speed', 'real time', '60× speed'])
  })
})
