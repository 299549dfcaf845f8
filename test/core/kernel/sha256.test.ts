import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientOrderIdOf, ORDER_PREFIX, orderPrefixOf } from '../../../src/core/kernel/ids.ts'
import { sha256Base32, sha256Hex } from '../../../src/core/kernel/sha256.ts'

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

/** Base32 from the digest's bits as a string of zeros and ones. */
function base32Of(digest: Buffer, length: number): string {
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  return Array.from({ length }, (_, index) => letters[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)]).join('')
}

describe('sha-256', () => {
  test('agrees with the platform at every length from 0 to 200, across the block borders', () => {
    for (let length = 0; length <= 200; length += 1) {
      const text = 'x'.repeat(length)
      expect(sha256Hex(text), `length ${length}`).toBe(digestOf(text).toString('hex'))
    }
  })

  test('agrees with the platform on any text, unicode and lone surrogates included', () => {
    const lone = fc.constantFrom('\ud800', 'a\udfffb', '😀', 'é', '\u0000', '中文')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), lone), (text) => {
        expect(sha256Hex(text)).toBe(digestOf(text).toString('hex'))
      }),
      { numRuns: 500 },
    )
  })

  test('base32 is the digest five bits at a time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 0, max: 51 }), (text, length) => {
        expect(sha256Base32(text, length)).toBe(base32Of(digestOf(text), length))
      }),
      { numRuns: 300 },
    )
  })
})

describe('client order ids', () => {
  test('are lowercase base32 of at most 32 characters behind the session prefix, whatever the session', () => {
    const counts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), counts, fc.integer({ min: 1, max: 9 }), (session, intentSeq, attempt) => {
        const prefix = orderPrefixOf(session)
        const id = clientOrderIdOf(prefix, session, intentSeq, attempt)
        expect(id).toMatch(/^[a-z2-7]{1,32}$/)
        expect(prefix.startsWith(ORDER_PREFIX)).toBe(true)
        expect(id.startsWith(prefix)).toBe(true)
        expect(clientOrderIdOf(prefix, session, intentSeq, attempt)).toBe(id)
      }),
      { numRuns: 300 },
    )
  })

  test('differ between sessions, intents and attempts', () => {
    const ids = new Set<string>()
    for (const session of ['s1', 's2', 's11']) {
      for (let intentSeq = 1; intentSeq <= 500; intentSeq += 1) {
        for (let attempt = 1; attempt <= 3; attempt += 1) ids.add(clientOrderIdOf(orderPrefixOf(session), session, intentSeq, attempt))
      }
    }
    expect(ids.size).toBe(3 * 500 * 3)
  })
})
