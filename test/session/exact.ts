// Exact fractions of whole numbers, for recomputing money in tests: nothing of the project's own arithmetic.

export interface Fraction {
  readonly n: bigint
  /** Above zero. */
  readonly d: bigint
}

export const NOTHING: Fraction = { n: 0n, d: 1n }
const PLACES = 18

export function read(text: string): Fraction {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new Error(`${text} is no plain decimal`)
  const [, sign, whole = '', fraction = ''] = match
  const n = BigInt(whole + fraction)
  return { n: sign === '-' ? -n : n, d: 10n ** BigInt(fraction.length) }
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return reduced(a.n * b.d + b.n * a.d, a.d * b.d)
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { n: -b.n, d: b.d })
}

export function times(a: Fraction, b: Fraction): Fraction {
  return reduced(a.n * b.n, a.d * b.d)
}

export function over(a: Fraction, b: Fraction): Fraction {
  return b.n < 0n ? reduced(-a.n * b.d, a.d * -b.n) : reduced(a.n * b.d, a.d * b.n)
}

export function signOf(a: Fraction): number {
  return a.n === 0n ? 0 : a.n > 0n ? 1 : -1
}

export function size(a: Fraction): Fraction {
  return a.n < 0n ? { n: -a.n, d: a.d } : a
}

export function smaller(a: Fraction, b: Fraction): Fraction {
  return signOf(minus(a, b)) < 0 ? a : b
}

/** Rounded half-even to 18 decimals: where the house rounds, it does it so. */
export function rounded(a: Fraction): Fraction {
  const unit = 10n ** BigInt(PLACES)
  const doubled = 2n * a.n * unit
  // floor(2x + 1) ÷ 2 rounds half up; a tie that ends odd goes one back.
  const up = floorOf(doubled + a.d, 2n * a.d)
  const isTie = (doubled + a.d) % (2n * a.d) === 0n
  return reduced(isTie && up % 2n !== 0n ? up - 1n : up, unit)
}

/** The shortest plain text; throws where the value needs more than 18 decimals, so that nothing is rounded unseen. */
export function write(a: Fraction): string {
  const unit = 10n ** BigInt(PLACES)
  if ((a.n * unit) % a.d !== 0n) throw new Error(`${a.n}/${a.d} needs more than ${PLACES} decimals`)
  const value = (a.n * unit) / a.d
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0')
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/0+$/, '').replace(/\.$/, '')
  return value < 0n ? `-${text}` : text
}

function floorOf(n: bigint, d: bigint): bigint {
  const quotient = n / d
  return n % d !== 0n && n < 0n ? quotient - 1n : quotient
}

function reduced(n: bigint, d: bigint): Fraction {
  let [a, b] = [n < 0n ? -n : n, d]
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? { n: 0n, d: 1n } : { n: n / a, d: d / a }
}
