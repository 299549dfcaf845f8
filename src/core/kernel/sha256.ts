// SHA-256 (FIPS 180-4) without imports, because the kernel has none: for client order ids and the hash of a state.

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
// biome-ignore format: eight words a line
const ROUND_CONSTANTS: readonly number[] = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
].map((word) => word | 0)
/** The same of the square roots of the first eight (section 5.3.3). */
const INITIAL: readonly number[] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19].map(
  (word) => word | 0,
)

const ASCII = /^[\0-\x7f]*$/
const BLOCK_BYTES = 64

/** The SHA-256 digest of a text in UTF-8, as eight 32-bit words. Plain arrays: for the one block of an id they are the fastest. */
function sha256Words(text: string): number[] {
  // Client order ids are hashed from ASCII, which is its own encoding.
  const bytes = ASCII.test(text) ? null : new TextEncoder().encode(text)
  const length = bytes?.length ?? text.length
  const hash = INITIAL.slice()
  const schedule = new Array<number>(64).fill(0)
  // Closed with a 1 bit, and filled up so that the last block ends with the length in bits.
  const blocks = (length + 72) >> 6
  for (let block = 0; block < blocks; block += 1) {
    const start = block * BLOCK_BYTES
    const count = Math.min(length - start, BLOCK_BYTES)
    for (let word = 0; word < 16; word += 1) schedule[word] = 0
    for (let at = 0; at < count; at += 1) {
      const byte = bytes === null ? text.charCodeAt(start + at) : (bytes[start + at] as number)
      schedule[at >> 2] = (schedule[at >> 2] as number) | (byte << (24 - ((at & 3) << 3)))
    }
    if (count >= 0 && count < BLOCK_BYTES) schedule[count >> 2] = (schedule[count >> 2] as number) | (0x80 << (24 - ((count & 3) << 3)))
    if (block === blocks - 1) schedule[15] = length * 8
    compress(hash, schedule)
  }
  return hash
}

/** The digest in hexadecimal. */
export function sha256Hex(text: string): string {
  return Array.from(sha256Words(text), (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The first `length` characters of the digest in lowercase base32 (RFC 4648); five bits each, at most 51. */
export function sha256Base32(text: string, length: number): string {
  const words = sha256Words(text)
  let out = ''
  for (let bit = 0; bit < length * 5; bit += 5) {
    const word = bit >> 5
    const from = bit & 31
    const here = words[word] as number
    // A letter that starts in the last four bits of a word takes the rest of its five from the next.
    out += BASE32[(from <= 27 ? here >>> (27 - from) : (here << (from - 27)) | ((words[word + 1] as number) >>> (59 - from))) & 31]
  }
  return out
}

function compress(hash: number[], schedule: number[]): void {
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
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND_CONSTANTS[index] as number) + (schedule[index] as number)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = s0 + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  hash[0] = ((hash[0] as number) + a) | 0
  hash[1] = ((hash[1] as number) + b) | 0
  hash[2] = ((hash[2] as number) + c) | 0
  hash[3] = ((hash[3] as number) + d) | 0
  hash[4] = ((hash[4] as number) + e) | 0
  hash[5] = ((hash[5] as number) + f) | 0
  hash[6] = ((hash[6] as number) + g) | 0
  hash[7] = ((hash[7] as number) + h) | 0
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}
