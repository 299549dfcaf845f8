import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { roundDecimal } from '../../src/tui/format.ts'
import { displayWidth, escapeText, fitNumber, padEnd, padStart, truncateEnd, truncateStart } from '../../src/tui/text.ts'

describe('escapeText', () => {
  test('V07 control characters are written out', () => {
    expect(escapeText('a\u001b[31mb\u0000\u007f\u009b')).toBe('a\\x1b[31mb\\x00\\x7f\\x9b')
    expect(escapeText('one\ntwo\r\tthree')).toBe('one\\ntwo\\r\\tthree')
  })

  test('V07 format characters that reorder or hide text are written out', () => {
    expect(escapeText('XRP\u202eDSU')).toBe('XRP\\u{202e}DSU')
    expect(escapeText('a\u200bb\u200dc\ufeffd\u2028e\ufe0f')).toBe('a\\u{200b}b\\u{200d}c\\u{feff}d\\u{2028}e\\u{fe0f}')
  })

  test('V07 a lone half of a surrogate pair is written out, a whole character stays', () => {
    expect(escapeText('\ud800')).toBe('\\u{d800}')
    expect(escapeText('日本 é 🚀')).toBe('日本 é 🚀')
  })

  test('a text of any length is bounded', () => {
    expect(escapeText('x'.repeat(1_000_000))).toHaveLength(2_001)
  })
})

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['XRP/RLUSD', 9],
    ['日本', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['🇨🇭', 2],
    ['ｘ', 2],
    ['ｱ', 1],
    ['╭─█░●…', 6],
  ])('%j takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns)
  })
})

describe('cutting and padding', () => {
  test('a text that fits is left alone', () => {
    expect(truncateEnd('market', 6)).toBe('market')
    expect(truncateStart('market', 6)).toBe('market')
  })

  test('a text that does not fit ends in an ellipsis inside its width', () => {
    expect(truncateEnd('market_maker', 6)).toBe('marke…')
    expect(truncateStart('/data/day.jsonl.gz', 9)).toBe('…jsonl.gz')
    expect(truncateEnd('market', 0)).toBe('')
  })

  test('a number at the cut goes as a whole', () => {
    expect(truncateEnd('loss 101.20 is beyond 100', 10)).toBe('loss …')
    expect(truncateEnd('loss 101.20 is beyond 100', 14)).toBe('loss 101.20 i…')
    expect(truncateEnd('1234567', 4)).toBe('…')
  })

  test('a wide character is never cut in half', () => {
    expect(truncateEnd('日本語', 4)).toBe('日…')
    expect(truncateStart('日本語', 4)).toBe('…語')
    expect(displayWidth(padEnd('日本語', 4))).toBe(4)
  })

  test('padding gives the exact width on either side', () => {
    expect(padEnd('bid', 5)).toBe('bid  ')
    expect(padStart('bid', 5)).toBe('  bid')
    expect(padStart('quote', 3)).toBe('qu…')
  })
})

describe('fitNumber', () => {
  test('a number that fits keeps every digit', () => {
    expect(fitNumber('-1234.5678', 10)).toBe('-1234.5678')
  })

  test('decimals give way first, by rounding', () => {
    expect(fitNumber('-1234.5678', 8)).toBe('-1234.57')
    expect(fitNumber('1234.5678', 5)).toBe('1235')
    expect(fitNumber('999.96', 5)).toBe('1000')
    expect(fitNumber('3.336 bps', 7)).toBe('3.3 bps')
  })

  test('what is not zero is never shown as zero', () => {
    expect(fitNumber('0.0000123', 5)).toBe('>0')
    expect(fitNumber('-0.0000123', 5)).toBe('<0')
    expect(fitNumber('0.0000000', 5)).toBe('0.000')
  })

  test('a whole part that does not fit is not shown as another number', () => {
    expect(fitNumber('1234567', 5)).toBe('#####')
    expect(fitNumber('1234567.89', 6)).toBe('######')
  })

  test('at any width a number is a rounding of itself, no wider than that', () => {
    const number = fc.stringMatching(/^[+-]?(0|[1-9]\d{0,18})(\.\d{1,18})?$/)
    fc.assert(
      fc.property(number, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const shown = fitNumber(text, width)
        expect(shown.length).toBeLessThanOrEqual(width)
        const places = shown.split('.')[1]?.length ?? 0
        expect([roundDecimal(text, places), '>0', '<0', '#'.repeat(width)]).toContain(shown)
      }),
    )
  })
})
