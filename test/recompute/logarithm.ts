// The natural logarithm to the 18th decimal, by roots taken again and again: another way than the one of the project.

import { over, rounded } from '../session/exact.ts'
import { type Fraction, whole } from './exact-figures.ts'

const DIGITS = 60n
const UNIT = 10n ** DIGITS

/** Roots until x is next to one, where ln x = (x − 1) − (x − 1)² ÷ 2 + … is soon done; each root has halved the logarithm. */
export function naturalLogarithm(value: Fraction): Fraction {
  let x = (value.n * UNIT) / value.d
  let doublings = 0n
  while (x > UNIT + 10n ** 40n || x < UNIT - 10n ** 40n) {
    x = squareRoot(x * UNIT)
    doublings += 1n
  }
  const step = x - UNIT
  let [sum, power] = [0n, step]
  for (let term = 1n; term <= 6n; term += 1n) {
    sum += (term % 2n === 1n ? power : -power) / term
    power = (power * step) / UNIT
  }
  return rounded(over(whole(sum * 2n ** doublings), whole(UNIT)))
}

function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2))
  for (let next = (root + square / root) / 2n; next < root; next = (root + square / root) / 2n) root = next
  return root
}
