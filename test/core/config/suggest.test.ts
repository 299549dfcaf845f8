// The word somebody may have meant.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configKeys } from '../../../src/core/config/config-keys.ts'
import { editDistance, suggestKey } from '../../../src/core/config/suggest.ts'

test('the distance counts one for each slip, a swap of neighbours too', () => {
  expect(editDistance('source', 'source')).toBe(0)
  expect(editDistance('sorce', 'source')).toBe(1)
  expect(editDistance('suorce', 'source')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('kitten', 'sitting')).toBe(3)
})

test('the distance is the same both ways and never above the longer word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(distance === 0).toBe(a === b)
    }),
  )
})

test('C01 every key with one letter left out is recognised where it stands', () => {
  const keys = configKeys()
  for (const key of keys) {
    const name = key.path.at(-1) ?? ''
    if (name.length < 5) continue
    const slip = `${name.slice(0, 2)}${name.slice(3)}`
    expect(suggestKey([...key.path.slice(0, -1), slip], keys)).toContain(`Did you mean \`${name}\`?`)
  }
})
