import { describe, expect, test } from 'vitest'
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
    expect(alikeAmounts(['1', '0.0000000004'], options).text('0.0000000004')).toBe('0.0000000004')
  })
})
