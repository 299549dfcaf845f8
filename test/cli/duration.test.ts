import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../src/cli/duration.ts'
import { DitaError } from '../../src/core/errors.ts'

describe('durations', () => {
  test.each([
    ['30 min', '30m'],
    ['30', '30m'],
    ['30M', '30m'],
    ['2 hours', '2h'],
    ['1 Day', '1d'],
    ['90sec', '90s'],
    ['500 ms', '500ms'],
  ])('%j is refused, and %s is what may be meant', (text, meant) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ next: expect.stringMatching(new RegExp(`^Did you mean ${meant}\\? `)) }),
    )
    expect(() => parseDuration(meant)).not.toThrow()
  })

  test.each(['0', '0 min', 'soon', '3 weeks', '-5', '1.5h'])('of %j nothing is guessed', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ next: expect.stringMatching(/^Write it like/) }))
  })

  test.each([
    ['30m', 1_800_000_000],
    ['1h30m', 5_400_000_000],
    ['90s', 90_000_000],
    ['500ms', 500_000],
    ['2d', 172_800_000_000],
    ['1d2h3m4s5ms', 93_784_005_000],
    ['1m500ms', 60_500_000],
    ['0h5s', 5_000_000],
  ])('%s is %d microseconds', (text, us) => {
    expect(parseDuration(text)).toBe(us)
  })

  test.each(['5x', '', '-1m', '0', '0s', '30', 'm', '1m1h', '1.5h', ' 5m', '5m ', '1e3s', '5M', '367d', '9999999999s', 'NaN'])(
    '%j is refused with exit 2 and how to write it',
    (text) => {
      expect(() => parseDuration(text)).toThrow(DitaError)
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({ code: 'BAD_DURATION', exitCode: 2, next: expect.stringContaining('1h30m') }),
      )
    },
  )
})
