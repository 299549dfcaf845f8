// Exact decimals: a bigint scaled by 10^18. Owns parsing, printing and rounding; never touches a float.

declare const decimalBrand: unique symbol

/**
 * An exact decimal, stored as an integer count of 10^-18. Compare two of them with `<`, `>` and `===`; do sums with the
 * functions below, so that a bare bigint never slips in where money is meant.
 */
export type Decimal = bigint & { readonly [decimalBrand]: 'Decimal' }

export const DECIMAL_PLACES = 18
const UNIT = 10n ** 18n
/** Nothing a trader handles is larger than 10^15; what is, came from a defect and is refused at the border. */
export const LARGEST = (10n ** 15n * UNIT) as Decimal

export const ZERO = 0n as Decimal
export const ONE = UNIT as Decimal

export type DecimalErrorCode = 'NOT_A_NUMBER' | 'NOT_FINITE' | 'TOO_LARGE' | 'TOO_PRECISE'

/** Raised when a text is no decimal that dita can hold exactly. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError'
  readonly code: DecimalErrorCode

  constructor(code: DecimalErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
const PRINTED = /^(-?\d+)(?:\.(\d{1,18}))?$/
const LONGEST_TEXT = 64

/**
 * Reads a decimal string such as `-12.5` or `1e-7`, exactly.
 * @throws DecimalError NOT_A_NUMBER, NOT_FINITE, TOO_LARGE (beyond 10^15) or TOO_PRECISE (digits below 10^-18)
 */
export function parseDecimal(text: string): Decimal {
  const fast = parseShort(text)
  if (fast !== undefined) return fast
  if (text.length > LONGEST_TEXT) throw new DecimalError('NOT_A_NUMBER', `a text of ${text.length} characters is no decimal`)
  const match = NUMBER.exec(text)
  if (match === null) {
    if (/^[+-]?(inf(inity)?|\.inf|nan|\.nan)$/i.test(text)) throw new DecimalError('NOT_FINITE', `${text} is not a finite number`)
    throw new DecimalError('NOT_A_NUMBER', `${JSON.stringify(text)} is not a decimal number`)
  }
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const shift = DECIMAL_PLACES - fraction.length + Number(exponent)
  const scale = 10n ** BigInt(Math.abs(shift))
  if (shift < 0 && digits % scale !== 0n) throw new DecimalError('TOO_PRECISE', `${text} has more than ${DECIMAL_PLACES} decimals`)
  const magnitude = shift < 0 ? digits / scale : digits * scale
  if (magnitude > LARGEST) throw new DecimalError('TOO_LARGE', `${text} is beyond 10^15`)
  return (sign === '-' ? -magnitude : magnitude) as Decimal
}

/** Reads what `formatDecimal` wrote, however large: a total may pass the bound that every single input is held to. */
export function readDecimal(text: string): Decimal {
  const fast = parseShort(text)
  if (fast !== undefined) return fast
  const match = PRINTED.exec(text)
  if (match === null) throw new DecimalError('NOT_A_NUMBER', `${JSON.stringify(text)} is not a decimal number`)
  return BigInt(match[1] + (match[2] ?? '').padEnd(DECIMAL_PLACES, '0')) as Decimal
}

/** The decimal in a text, or undefined where the text holds none. */
export function tryParseDecimal(text: string): Decimal | undefined {
  try {
    return parseDecimal(text)
  } catch (error) {
    if (error instanceof DecimalError) return undefined
    throw error
  }
}

/** A literal of the program itself: `dec('0.5')`. Strategies of users call it as well, and those in JavaScript with anything. */
export function dec(text: string): Decimal {
  if (typeof text !== 'string')
    throw new DecimalError('NOT_A_NUMBER', `dec takes a text, as in dec('0.0003'), and was given a ${typeof text}`)
  return parseDecimal(text)
}

const POWERS: readonly bigint[] = Array.from({ length: DECIMAL_PLACES + 1 }, (_, places) => 10n ** BigInt(places))

/** Up to 15 digits fit a float exactly: the common case of feeds and fills, without a regular expression. */
function parseShort(text: string): Decimal | undefined {
  const length = text.length
  if (length === 0 || length > 16) return undefined
  let index = 0
  const negative = text.charCodeAt(0) === 45
  if (negative) index = 1
  let digits = 0
  let value = 0
  let pointAt = -1
  for (; index < length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48)
      digits += 1
    } else if (code === 46 && pointAt < 0 && digits > 0) {
      pointAt = index
    } else {
      return undefined
    }
  }
  if (digits === 0 || digits > 15 || pointAt === length - 1) return undefined
  const places = pointAt < 0 ? 0 : length - pointAt - 1
  const magnitude = BigInt(value) * (POWERS[DECIMAL_PLACES - places] as bigint)
  return (negative ? -magnitude : magnitude) as Decimal
}

/** The shortest text that reads back as the same decimal: `0.5`, `-12`, `0`. */
export function formatDecimal(value: Decimal): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(DECIMAL_PLACES + 1, '0')
  const point = digits.length - DECIMAL_PLACES
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  return negative ? `-${text}` : text
}

/** A text with exactly `places` decimals, rounded half-even: for people, never for storage. */
export function formatFixed(value: Decimal, places: number): string {
  const step = POWERS[DECIMAL_PLACES - places] as bigint
  const rounded = divideHalfEven(value, step)
  const negative = rounded < 0n
  const digits = (negative ? -rounded : rounded).toString().padStart(places + 1, '0')
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return negative ? `-${text}` : text
}

export const add = (a: Decimal, b: Decimal): Decimal => (a + b) as Decimal
export const sub = (a: Decimal, b: Decimal): Decimal => (a - b) as Decimal
export const neg = (value: Decimal): Decimal => -value as Decimal
export const abs = (value: Decimal): Decimal => (value < 0n ? neg(value) : value)
export const min = (a: Decimal, b: Decimal): Decimal => (a < b ? a : b)
export const max = (a: Decimal, b: Decimal): Decimal => (a > b ? a : b)
export const isMultipleOf = (value: Decimal, step: Decimal): boolean => value % step === 0n

/** -1, 0 or 1. */
export function signOf(value: Decimal): -1 | 0 | 1 {
  if (value === 0n) return 0
  return value < 0n ? -1 : 1
}

/** a × b, rounded half-even once. Exact where the decimals of both together are at most 18. */
export function mul(a: Decimal, b: Decimal): Decimal {
  return divideHalfEven(a * b, UNIT) as Decimal
}

/** a ÷ b, rounded half-even once. Throws RangeError on b = 0. */
export function div(a: Decimal, b: Decimal): Decimal {
  return divideHalfEven(a * UNIT, b) as Decimal
}

/** a × b ÷ c, rounded half-even once, at the end. Throws RangeError on c = 0. */
export function mulDiv(a: Decimal, b: Decimal, c: Decimal): Decimal {
  return divideHalfEven(a * b, c) as Decimal
}

/** The nearest multiple of `step` that is not further from zero than `value`. */
export function truncateToStep(value: Decimal, step: Decimal): Decimal {
  return (value - (value % step)) as Decimal
}

/** The largest multiple of `step` that is not above `value`. */
export function floorToStep(value: Decimal, step: Decimal): Decimal {
  const rest = value % step
  return (rest < 0n ? value - rest - step : value - rest) as Decimal
}

/** The smallest multiple of `step` that is not below `value`. */
export function ceilToStep(value: Decimal, step: Decimal): Decimal {
  const rest = value % step
  return (rest > 0n ? value - rest + step : value - rest) as Decimal
}

/** How many decimals a value needs, 0 to 18. */
export function decimalPlacesOf(value: Decimal): number {
  let places = DECIMAL_PLACES
  while (places > 0 && value % (POWERS[DECIMAL_PLACES - places + 1] as bigint) === 0n) places -= 1
  return places
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const rest = numerator - quotient * denominator
  if (rest === 0n) return quotient
  const twice = (rest < 0n ? -rest : rest) * 2n
  const whole = denominator < 0n ? -denominator : denominator
  if (twice < whole || (twice === whole && (quotient & 1n) === 0n)) return quotient
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n
}
