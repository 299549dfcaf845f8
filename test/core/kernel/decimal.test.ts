import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ceilToStep,
  type Decimal,
  DecimalError,
  dec,
  decimalPlacesOf,
  div,
  floorToStep,
  formatDecimal,
  formatFixed,
  mul,
  mulDiv,
  parseDecimal,
  readDecimal,
  truncateToStep,
  tryParseDecimal,
} from '../../../src/core/kernel/decimal.ts'

const UNIT = 10n ** 18n
const LIMIT = 10n ** 15n * UNIT

const decimals = fc.bigInt({ min: -LIMIT, max: LIMIT }).map((value) => value as Decimal)
const smallDecimals = fc.bigInt({ min: -50n, max: 50n }).map((value) => value as Decimal)
const anyDecimals = fc.oneof(decimals, smallDecimals)
const steps = fc.oneof(fc.bigInt({ min: 1n, max: 40n }), fc.bigInt({ min: 1n, max: LIMIT })).map((value) => value as Decimal)

/** Digits, an optional fraction, an optional exponent: the grammar, written down a second time. */
const texts = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.stringMatching(/^\d{1,18}$/),
    fraction: fc.option(fc.stringMatching(/^\d{1,20}$/)),
    exponent: fc.option(fc.integer({ min: -20, max: 20 })),
  })
  .map(
    ({ sign, whole, fraction, exponent }) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  )

type Outcome = bigint | string

function outcomeOf(read: () => bigint): Outcome {
  try {
    return read()
  } catch (error) {
    if (error instanceof DecimalError) return error.code
    throw error
  }
}

/** An independent reader: one integer and one power of ten. */
function referenceParse(text: string): Outcome {
  const [mantissa, exponent] = text.split('e') as [string, string | undefined]
  const [whole, fraction] = mantissa.split('.') as [string, string | undefined]
  const scaled = BigInt(`${whole.replace(/^[+-]/, '')}${fraction ?? ''}`)
  const shift = 18 - (fraction?.length ?? 0) + Number(exponent ?? 0)
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n
  if (scaled % divisor !== 0n) return 'TOO_PRECISE'
  const magnitude = shift < 0 ? scaled / divisor : scaled * 10n ** BigInt(shift)
  if (magnitude > LIMIT) return 'TOO_LARGE'
  return text.startsWith('-') ? -magnitude : magnitude
}

/** The integer nearest to n ÷ d, a tie going to the even one, by floors. */
function nearestEven(numerator: bigint, denominator: bigint): bigint {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator]
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d)
  const twice = 2n * (n - floor * d)
  if (twice === d) return floor % 2n === 0n ? floor : floor + 1n
  return twice < d ? floor : floor + 1n
}

describe('reading and printing', () => {
  test('N01 what is printed reads back as the same decimal, for every decimal within the bounds', () => {
    fc.assert(
      fc.property(anyDecimals, (value) => {
        expect(parseDecimal(formatDecimal(value))).toBe(value)
      }),
      { numRuns: 1000 },
    )
  })

  test('N01 both readers agree with an independent one, on values and on refusals', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(outcomeOf(() => parseDecimal(text))).toBe(referenceParse(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('the short reader agrees with the long one', () => {
    const short = fc.stringMatching(/^-?\d{1,9}(\.\d{1,6})?$/)
    fc.assert(
      fc.property(short, (text) => {
        const padded = text.replace(/^-?/, (sign) => `${sign}${'0'.repeat(20)}`)
        expect(parseDecimal(text)).toBe(parseDecimal(padded))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['+5', '5'],
    ['007.50', '7.5'],
    ['1e-18', '0.000000000000000001'],
    ['10e-19', '0.000000000000000001'],
    ['1.5E3', '1500'],
    ['0e999', '0'],
    ['1e15', '1000000000000000'],
    ['-1000000000000000', '-1000000000000000'],
    ['123456789012345', '123456789012345'],
    ['0.12345678901234', '0.12345678901234'],
    ['0.100000000000000000000000', '0.1'],
  ])('a decimal is read exactly: %s', (text, printed) => {
    expect(formatDecimal(parseDecimal(text))).toBe(printed)
  })

  test.each([
    ['NaN', 'NOT_FINITE'],
    ['nan', 'NOT_FINITE'],
    ['inf', 'NOT_FINITE'],
    ['-Infinity', 'NOT_FINITE'],
    ['.inf', 'NOT_FINITE'],
    ['1e400', 'TOO_LARGE'],
    ['1e100', 'TOO_LARGE'],
    ['1e16', 'TOO_LARGE'],
    ['9999999999999999', 'TOO_LARGE'],
    ['-1000000000000001.5', 'TOO_LARGE'],
    ['1000000000000000.000000000000000001', 'TOO_LARGE'],
    ['-1000000000000001', 'TOO_LARGE'],
    ['0.0000000000000000001', 'TOO_PRECISE'],
    ['1e-400', 'TOO_PRECISE'],
    ['', 'NOT_A_NUMBER'],
    [' ', 'NOT_A_NUMBER'],
    ['1.', 'NOT_A_NUMBER'],
    ['.5', 'NOT_A_NUMBER'],
    ['+', 'NOT_A_NUMBER'],
    ['-', 'NOT_A_NUMBER'],
    ['.', 'NOT_A_NUMBER'],
    [' 1', 'NOT_A_NUMBER'],
    ['1 ', 'NOT_A_NUMBER'],
    ['1\n', 'NOT_A_NUMBER'],
    ['1_000', 'NOT_A_NUMBER'],
    ['1,5', 'NOT_A_NUMBER'],
    ['0x10', 'NOT_A_NUMBER'],
    ['--1', 'NOT_A_NUMBER'],
    ['1.2.3', 'NOT_A_NUMBER'],
    ['1e', 'NOT_A_NUMBER'],
    ['1e1.5', 'NOT_A_NUMBER'],
    ['١', 'NOT_A_NUMBER'],
    ['1'.repeat(65), 'NOT_A_NUMBER'],
    ['9'.repeat(1_000_000), 'NOT_A_NUMBER'],
  ])('N02 a text that is no decimal is refused with a code: %.20s', (text, code) => {
    expect(outcomeOf(() => parseDecimal(text))).toBe(code)
    expect(tryParseDecimal(text)).toBeUndefined()
  })

  test('N02 no text at all makes the reader throw anything but its own error', () => {
    const alphabet = fc.constantFrom(...'0123456789.eE+-_x naifNAIF')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: alphabet, maxLength: 30 })), (text) => {
        const outcome = outcomeOf(() => parseDecimal(text))
        if (typeof outcome === 'bigint') expect(parseDecimal(formatDecimal(outcome as Decimal))).toBe(outcome)
        else expect(outcome).toMatch(/^(NOT_A_NUMBER|NOT_FINITE|TOO_LARGE|TOO_PRECISE)$/)
      }),
      { numRuns: 1000 },
    )
  })
})

test.each([0.0003, 5n, undefined, null, {}])('N01 dec takes a text and says so: %s', (given) => {
  expect(() => dec(given as unknown as string)).toThrow(`dec takes a text, as in dec('0.0003'), and was given a ${typeof given}`)
})

describe('rounding', () => {
  test('N01 products and quotients are rounded half-even once, negatives included', () => {
    const divisors = anyDecimals.filter((value) => value !== 0n)
    fc.assert(
      fc.property(anyDecimals, anyDecimals, divisors, (a, b, c) => {
        expect(mul(a, b)).toBe(nearestEven(a * b, UNIT))
        expect(div(a, c)).toBe(nearestEven(a * UNIT, c))
        expect(mulDiv(a, b, c)).toBe(nearestEven(a * b, c))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['1', '0.5', '0'],
    ['3', '0.5', '2'],
    ['5', '0.5', '2'],
    ['-1', '0.5', '0'],
    ['-3', '0.5', '-2'],
    ['-5', '0.5', '-2'],
    ['3', '-0.5', '-2'],
    ['7', '0.5', '4'],
  ])('a tie of %s × 10^-18 × %s goes to the even neighbour', (units, factor, expected) => {
    expect(mul(BigInt(units) as Decimal, dec(factor))).toBe(BigInt(expected))
    expect(mulDiv(BigInt(units) as Decimal, dec(factor), dec('1'))).toBe(BigInt(expected))
    expect(div(BigInt(units) as Decimal, div(dec('1'), dec(factor)))).toBe(BigInt(expected))
  })

  test('dividing by zero throws instead of giving a number', () => {
    expect(() => div(dec('1'), dec('0'))).toThrow(RangeError)
    expect(() => mulDiv(dec('1'), dec('1'), dec('0'))).toThrow(RangeError)
  })

  test('floor, ceil and truncate give the multiples on either side', () => {
    fc.assert(
      fc.property(anyDecimals, steps, (value, step) => {
        const [floor, ceil, cut] = [floorToStep(value, step), ceilToStep(value, step), truncateToStep(value, step)]
        expect([floor % step, ceil % step, cut % step]).toEqual([0n, 0n, 0n])
        expect(floor <= value && value - floor < step).toBe(true)
        expect(ceil >= value && ceil - value < step).toBe(true)
        expect(cut).toBe(value < 0n ? ceil : floor)
      }),
      { numRuns: 1000 },
    )
  })

  test('a fixed number of places is rounded half-even and never prints a negative zero', () => {
    fc.assert(
      fc.property(anyDecimals, fc.integer({ min: 0, max: 18 }), (value, places) => {
        const text = formatFixed(value, places)
        const rounded = nearestEven(value, 10n ** BigInt(18 - places))
        expect(text).toMatch(places === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${places}}$`))
        expect(BigInt(text.replace('.', ''))).toBe(rounded)
        expect(text.startsWith('-')).toBe(rounded < 0n)
      }),
      { numRuns: 1000 },
    )
    expect(formatFixed(dec('-0.004'), 2)).toBe('0.00')
    expect([formatFixed(dec('0.125'), 2), formatFixed(dec('0.135'), 2), formatFixed(dec('-0.125'), 2)]).toEqual(['0.12', '0.14', '-0.12'])
  })

  test('N01 a total of any size that was printed reads back: whole, with a fraction, and of either sign', () => {
    for (const text of ['12345678901234567890', '-12345678901234567890.000000000000000001', '99999999999999999999.5']) {
      expect(formatDecimal(readDecimal(text))).toBe(text)
    }
    expect(() => readDecimal('1e30')).toThrow(DecimalError)
  })

  test('N03 what is no text at all is a defect, and is not taken for a text without a number', () => {
    expect(tryParseDecimal('x')).toBeUndefined()
    expect(() => tryParseDecimal(null as unknown as string)).toThrow(TypeError)
  })

  test('the places of a decimal are those its text needs', () => {
    fc.assert(
      fc.property(anyDecimals, (value) => {
        expect(decimalPlacesOf(value)).toBe((formatDecimal(value).split('.')[1] ?? '').length)
      }),
      { numRuns: 500 },
    )
  })
})
