// The deepest fall of a course, in money and in percent: plain, by definition, and none of the report's own arithmetic.

const UNIT = 10n ** 18n

export interface Point {
  readonly equity: bigint
  readonly index: readonly [numerator: bigint, denominator: bigint]
}

/** Each against each that came before it: slow, and plain. */
export function deepestOf(equities: readonly bigint[]): bigint {
  let deepest = 0n
  for (const [at, low] of equities.entries()) {
    for (const high of equities.slice(0, at)) if (high - low > deepest) deepest = high - low
  }
  return deepest
}

export function deepestPercentOf(indices: readonly Point['index'][]): bigint {
  const falls = indices.flatMap(([low, perLow], at) =>
    indices.slice(0, at).map(([high, perHigh]) => [high * perLow - low * perHigh, high * perLow] as const),
  )
  const [fall, of] = falls.reduce((most, next) => (next[0] * most[1] > most[0] * next[1] ? next : most), [0n, 1n] as const)
  return nearestEven(100n * UNIT * fall, of)
}

export function nearestEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return nearestEven(-numerator, -denominator)
  const floor = numerator / denominator - (numerator % denominator < 0n ? 1n : 0n)
  const twice = (numerator - floor * denominator) * 2n
  return twice > denominator || (twice === denominator && floor % 2n !== 0n) ? floor + 1n : floor
}
