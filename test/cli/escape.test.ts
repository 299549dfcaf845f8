import { describe, expect, test } from 'vitest'
import { escapeLines, safeJson } from '../../src/cli/escape.ts'

const HOSTILE = 'a\u001b[2Jb\u0007\u009bc\u202ed\u200be\u2028f\u{e0041}g'

describe('text from outside', () => {
  test('V07 a layout keeps its line breaks and nothing else of what a terminal acts on', () => {
    expect(escapeLines(`one\r\n\ttwo ${HOSTILE}\n`)).toBe('one\\r\n\\ttwo a\\x1b[2Jb\\x07\\x9bc\\u{202e}d\\u{200b}e\\u{2028}f\\u{e0041}g\n')
  })

  test('V07 JSON stays the same value and holds nothing a terminal acts on', () => {
    const value = { key: HOSTILE, nested: [{ text: 'line\nbreak', none: null, lone: '\ud800' }] }
    const json = safeJson(value)
    expect(JSON.parse(json)).toEqual(value)
    expect(json).not.toMatch(/[^\P{C}\n]/u)
  })
})
