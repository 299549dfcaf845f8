// SHA-256 (FIPS 180-4) without imports, because the kernel has none. Used for client order ids, a few an order.

const ROUND_CONSTANTS: readonly number[] = firstPrimes(64).map((prime) => fractionBits(prime, 3))
const INITIAL: readonly number[] = firstPrimes(8).map((prime) => fractionBits(prime, 2))

/** The SHA-256 digest of a text in UTF-8, as eight unsigned 32-bit words. */
export function sha256Words(text: string): number[] {
  const message = padded(utf8(text))
  const hash = [...INITIAL]
  const schedule = new Int32Array(64)
  for (let offset = 0; offset < message.length; offset += 16) compress(hash, schedule, message, offset)
  return hash.map((word) => word >>> 0)
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The first `length` characters of the digest in lowercase base32 (RFC 4648); five bits each, at most 51. */
export function sha256Base32(text: string, length: number): string {
  const words = sha256Words(text)
  let out = ''
  for (let index = 0; index < length; index += 1) {
    const word = (index * 5) >> 5
    const from = (index * 5) & 31
    const here = words[word] as number
    const next = words[word + 1] ?? 0
    // A letter that starts in the last four bits of a word takes the rest of its five from the next.
    const bits = from <= 27 ? here >>> (27 - from) : (here << (from - 27)) | (next >>> (59 - from))
    out += BASE32[bits & 31]
  }
  return out
}

function compress(hash: number[], schedule: Int32Array, message: Int32Array, offset: number): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = message[offset + index] as number
  for (let index = 16; index < 64; index += 1) {
    const w15 = schedule[index - 15] as number
    const w2 = schedule[index - 2] as number
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    schedule[index] = ((schedule[index - 16] as number) + s0 + (schedule[index - 7] as number) + s1) | 0
  }
  let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number]
  for (let index = 0; index < 64; index += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = (h + s1 + choice + (ROUND_CONSTANTS[index] as number) + (schedule[index] as number)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + ((s0 + majority) | 0)) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let index = 0; index < 8; index += 1) hash[index] = ((hash[index] as number) + (sums[index] as number)) | 0
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 0x80) return new TextEncoder().encode(text)
    bytes[index] = code
  }
  return bytes
}

/** The message in words of 32 bits, high byte first, closed with a 1 bit and filled up to its length in bits. */
function padded(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil((bytes.length + 9) / 64) * 16)
  for (let index = 0; index <= bytes.length; index += 1) {
    const byte = index === bytes.length ? 0x80 : (bytes[index] as number)
    words[index >> 2] = (words[index >> 2] as number) | (byte << (24 - (index & 3) * 8))
  }
  words[words.length - 1] = bytes.length * 8
  return words
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  return primes
}

/** The first 32 bits of the fraction of the square (2) or cube (3) root of a prime, by exact integer search. */
function fractionBits(prime: number, root: 2 | 3): number {
  const target = BigInt(prime) << BigInt(32 * root)
  let low = 0n
  let high = 1n << 40n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** BigInt(root) <= target) low = middle
    else high = middle
  }
  return Number(low & 0xffffffffn)
}
