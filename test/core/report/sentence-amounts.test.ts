import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abs, type Decimal, dec, formatDecimal, readDecimal } from '../../../src/core/kernel/decimal.ts'
import { alikeAmounts, sentenceAmounts } from '../../../src/core/report/sentence-amounts.ts'

describe('amounts of one sentence', () => {
  test('have the same number of decimals, as few as say something', () => {
    const { text, signed, addsUp } = sentenceAmounts('-20.682698', { parts: ['5.485931', '-0.008467', '-26.160162'] })
    expect(['-20.682698', '5.485931', '-0.008467', '-26.160162'].map(signed)).toEqual(['-20.68', '+5.49', '-0.01', '-26.16'])
    expect([text('26.160162'), signed('0'), addsUp]).toEqual(['26.16', '0.00', true])
  })

  test('N04 add up as they are shown: where two decimals do not, more are shown', () => {
    const parts = ['13.484475', '-8.007011', '40.379038', '-26.160162']
    const { signed, addsUp } = sentenceAmounts('19.69634', { parts })
    expect([signed('19.69634'), ...parts.map(signed)]).toEqual(['+19.696', '+13.484', '-8.007', '+40.379', '-26.160'])
    expect(addsUp).toBe(true)
    for (const [total, ...summands] of [
      ['0.1', '0.104', '-0.004'],
      ['1', '0.333333333333333333', '0.666666666666666667'],
      ['0.00012', '0.00006', '0.00006'],
    ]) {
      const shown = sentenceAmounts(total ?? '', { parts: summands })
      const hundredths = (amount: string): number => Math.round(Number(shown.text(amount)) * 1e9)
      expect(shown.addsUp).toBe(true)
      expect(summands.reduce((sum, part) => sum + hundredths(part), 0)).toBe(hundredths(total ?? ''))
    }
  })

  test('that cannot add up say so', () => {
    expect(sentenceAmounts('1', { parts: ['0.3', '0.3'] }).addsUp).toBe(false)
  })

  test('N04 none that is something is shown as nothing, and the first has three digits that count', () => {
    expect(sentenceAmounts('12', { others: ['0.0004'] }).text('0.0004')).toBe('0.0004')
    expect(sentenceAmounts('0.13129').signed('0.13129')).toBe('+0.131')
    expect(sentenceAmounts('0.000123456').text('0.000123456')).toBe('0.000123')
    expect(sentenceAmounts('0').text('0')).toBe('0.00')
    expect(sentenceAmounts('12345.5').text('12345.5')).toBe('12,345.50')
  })

  test('round half to even', () => {
    expect([sentenceAmounts('1.125').text('1.125'), sentenceAmounts('1.135').text('1.135')]).toEqual(['1.12', '1.14'])
  })

  test('that are to be exact are as exact as the most exact of them, up to a bound', () => {
    const options = { most: 8, fewest: 0 }
    expect(alikeAmounts(['60001', '60015.8'], options).text('60001')).toBe('60,001.0')
    expect(alikeAmounts(['50000', '50000.00000000004'], options).text('50000.00000000004')).toBe('50,000')
  })

  test('that are a grain of dust fill no other up with digits, and are no zero', () => {
    const dust = '-0.000000000000000001'
    const { signed, text, addsUp } = sentenceAmounts('-20.682698', { parts: ['5.485931', '-26.168629', dust] })
    expect(['-20.682698', '5.485931', '-26.168629', dust].map(signed)).toEqual(['-20.68', '+5.49', '-26.17', '-<0.00000001'])
    expect([text('0.000000004'), signed('0.000000004'), addsUp]).toEqual(['<0.00000001', '+<0.00000001', true])
    expect(sentenceAmounts(dust, { others: ['12.5'] }).text(dust)).toBe('-<0.00000001')
    const alike = alikeAmounts(['15000', dust], { most: 6 })
    expect([alike.text('15000'), alike.signed(dust)]).toEqual(['15,000.00', '-<0.000001'])
  })

  test('that are all tiny are shown all the same', () => {
    const prices = alikeAmounts(['0.000000000412345678', '0.0000000005'], { most: 8, fewest: 0 })
    expect([prices.text('0.000000000412345678'), prices.text('0.0000000005')]).toEqual(['0.000000000412', '0.000000000500'])
    expect(sentenceAmounts('0.000000000412345678').text('0.000000000412345678')).toBe('0.000000000412')
  })

  test('N04 add up as they are shown, or it is said that they do not, whatever they are', () => {
    const amount = fc.tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.integer({ min: 0, max: 18 })).map(([digits, shift]) => {
      return formatDecimal((digits * 10n ** BigInt(18 - shift)) as Decimal)
    })
    const grain = fc.bigInt(-9n, 9n).map((units) => formatDecimal(units as Decimal))
    const parts = fc.array(fc.oneof(amount, grain), { minLength: 1, maxLength: 7 })
    const shownValue = (text: string): bigint => (text.includes('<') ? 0n : readDecimal(text.replaceAll(',', '')))
    fc.assert(
      fc.property(parts, fc.option(amount), (summands, other) => {
        const total = other ?? formatDecimal(summands.reduce((sum, part) => sum + readDecimal(part), 0n) as Decimal)
        const { text, addsUp } = sentenceAmounts(total, { parts: summands })
        const shownSum = summands.reduce((sum, part) => sum + shownValue(text(part)), 0n)
        expect(addsUp).toBe(shownSum === shownValue(text(total)))
        const isLarge = [total, ...summands].some((each) => abs(readDecimal(each)) >= dec('1'))
        for (const each of [total, ...summands]) {
          const [shown, value] = [text(each), readDecimal(each)]
          expect([each, shown.startsWith('-'), /[1-9]/.test(shown)]).toEqual([each, value < 0n, value !== 0n])
          if (isLarge) expect([each, (shown.split('.')[1] ?? '').length <= 8]).toEqual([each, true])
        }
      }),
      { numRuns: 500 },
    )
  })
})
