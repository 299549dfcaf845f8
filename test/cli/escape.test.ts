import { describe, expect, test } from 'vitest'
import { escapeLine, escapeText, safeJson } from '../../src/cli/escape.ts'

const HOSTILE = 'a\u001b[2Jb\u0007\u009bc\u202ed\u200be\u2028f\u{e0041}g'

describe('text from outside', () => {
  test('V07 control and format characters become visible escapes', () => {
    expect(escapeLine(HOSTILE)).toBe('a\\u001b[2Jb\\u0007\\u009bc\\u202ed\\u200be\\u2028f\\udb40\\udc41g')
  })

  test('V07 a line keeps no line break, a layout keeps only those', () => {
    expect(escapeLine('a\nb\r\tc')).toBe('a\\u000ab\\u000d\\u0009c')
    expect(escapeText('a\nb\r\tc')).toBe('a\nb\\u000d\\u0009c')
  })

  test('what can be read stays as it is', () => {
    const text = 'Größe ≤ 5 bps → ok — 日本 €'
    expect(escapeLine(text)).toBe(text)
  })

  test('JSON stays the same value and holds nothing a terminal acts on', () => {
    const value = { key: HOSTILE, nested: [{ text: 'line\nbreak', none: null, lone: '\ud800' }] }
    const json = safeJson(value)
    expect(JSON.parse(json)).toEqual(value)
    expect(json).not.toMatch(/[^\P{C}\n]/u)
  })
})
