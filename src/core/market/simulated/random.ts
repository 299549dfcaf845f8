// Seeded random numbers for the simulated market. The same seed gives the same numbers on any machine: integers, and
// sums, products and square roots, which IEEE 754 rounds alike everywhere; exp, log and sin are not among those.

/**
 * xoshiro128** of D. Blackman and S. Vigna ("Scrambled Linear Pseudorandom Number Generators", 2018), its state filled
 * from the seed by a 32-bit SplitMix (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seed a whole number from 0 to 2^53 - 1 */
  constructor(seed: number) {
    const fill = splitMix((seed % 2 ** 32) ^ Math.floor(seed / 2 ** 32))
    this.#a = fill()
    this.#b = fill()
    this.#c = fill()
    this.#d = fill() | 1
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return result / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** About normal, with mean 0 and deviation 1: four uniforms have the variance of a third. */
  gaussian(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3)
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function splitMix(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return mixed ^ (mixed >>> 16)
  }
}
