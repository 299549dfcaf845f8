import { describe, expect, test } from 'vitest'
import { amountText, durationText, oneLine, plainText, plural, signedText, table, timeText, wrap } from '../../../src/core/report/format.ts'

describe('amounts', () => {
  test.each([
    ['0', '0.00'],
    ['1234567.5', '1,234,567.50'],
    ['-0.123456789', '-0.123457'],
    ['12.3400001', '12.34'],
    ['999.9999999', '1,000.00'],
    ['0.0000001', '0.0000001'],
    ['-1000', '-1,000.00'],
    ['98765432109876543210.5', '98,765,432,109,876,543,210.50'],
    ['-98765432109876543210.1234567', '-98,765,432,109,876,543,210.123457'],
  ])('%s reads %s', (text, expected) => {
    expect(amountText(text)).toBe(expected)
  })

  test('N04 a profit too small for the decimals shown is not shown as zero', () => {
    expect(signedText('0.0000001')).toBe('+0.0000001')
    expect(signedText('-0.0000001')).toBe('-0.0000001')
    expect(signedText('0')).toBe('0.00')
    expect(plainText('0.0000000001')).toBe('0.0000000001')
  })

  test('signs are shown on both sides of zero', () => {
    expect([signedText('1.5'), signedText('-1.5')]).toEqual(['+1.50', '-1.50'])
  })

  test('N01 a total beyond what one input may be is rounded and signed like any other', () => {
    expect(signedText('98765432109876543210')).toBe('+98,765,432,109,876,543,210.00')
    expect(plainText('98765432109876543210.123456789')).toBe('98,765,432,109,876,543,210.12345679')
  })

  test('quantities carry no zeros they do not need', () => {
    expect([plainText('100'), plainText('1200.50'), plainText('0.123456789'), plainText('0')]).toEqual([
      '100',
      '1,200.5',
      '0.12345679',
      '0',
    ])
  })
})

describe('times', () => {
  test.each([
    [0, '0ms'],
    [250_000, '250ms'],
    [12_500_000, '12.5s'],
    [60_000_000, '1m'],
    [5_400_000_000, '1h 30m'],
    [3_601_000_000, '1h'],
    [90_061_000_000, '1d 1h'],
  ])('%d microseconds read %s', (us, expected) => {
    expect(durationText(us)).toBe(expected)
  })

  test('a time is UTC, and one that no calendar has stays a number', () => {
    expect(timeText(1_760_000_000_000_000)).toBe('2025-10-09 08:53:20')
    expect(timeText(1e19)).toContain('µs')
  })
})

describe('lines', () => {
  test('one is one and all else is many', () => {
    expect([plural(0, 'fill'), plural(1, 'fill'), plural(1200, 'fill')]).toEqual(['0 fills', '1 fill', '1,200 fills'])
  })

  test('V07 text from outside cannot start a line of its own or move a cursor', () => {
    expect(oneLine('all good\n\nNet  +1,000,000\r')).toBe('all good Net +1,000,000')
    expect(oneLine('gone\u001b[2J\u202e')).toBe('gone\\x1b[2J\\u{202e}')
  })

  test('columns line up, numbers at their end', () => {
    expect(
      table(
        [
          ['a', '1', 'x'],
          ['bbb', '100', ''],
        ],
        [1],
      ),
    ).toEqual(['a      1  x', 'bbb  100'])
  })

  test('figures of a column have their points under one another, whatever decimals they have; words end flush', () => {
    const rows = [['+40.379038'], ['+5.50055'], ['12'], ['0.00'], ['1,234.5'], ['13m 21s'], ['-']]
    expect(table(rows, [0])).toEqual(['  +40.379038', '   +5.50055', '   12', '    0.00', '1,234.5', '     13m 21s', '           -'])
    expect(table([['94.16%'], ['0%']], [0])).toEqual(['94.16%', ' 0%'])
    expect(table([['1.5'], ['22.25']], [])).toEqual(['1.5', '22.25'])
  })

  test('long lines break at spaces and words stay whole', () => {
    expect(wrap('one two three-four-five six', 9, '  ')).toEqual(['one two', '  three-four-five', '  six'])
  })
})
