// What a venue wrote, as it stands in evidence: bounded, on one line, and never cut to something else.

import { expect, test } from 'vitest'
import { shortText } from '../../../src/core/recovery/words.ts'

test('V07 words that fit stay as they are, save for what must not reach a terminal', () => {
  expect(shortText('a'.repeat(200))).toBe('a'.repeat(200))
  expect(shortText('one\ntwo\u001b[31m')).toBe('one\\ntwo\\x1b[31m')
})

test.each([
  ['an escape', `${'a'.repeat(197)}\u202e`],
  ['the escape of a control character', `${'a'.repeat(198)}\u001b`],
  ['a character that takes two places', `${'a'.repeat(199)}🦀`],
])('V07 longer words are not cut inside %s', (_, text) => {
  const plain = text.replace(/[^a]+$/, '')
  expect(shortText(`${text} and more`)).toBe(`${plain}…`)
})

test('V07 what would be escaped counts as long as it is written', () => {
  const text = shortText('\u0000'.repeat(1_000_000))
  expect(text).toBe(`${'\\x00'.repeat(50)}…`)
})
