import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { Sums, slicesOf, stored, storedFact, storedText } from '../../../src/core/report/stored.ts'

describe('a window in pieces', () => {
  test.each([
    [1, 1],
    [1, 20_000],
    [7, 20_006],
    [7, 20_007],
    [3, 99_999],
  ])('from fact %d to fact %d: each fact once, in order', (firstSeq, lastSeq) => {
    let next = firstSeq
    for (const slice of slicesOf({ accountId: 4, firstSeq, lastSeq })) {
      expect(slice.accountId).toBe(4)
      expect(slice.firstSeq).toBe(next)
      expect(slice.lastSeq).toBeGreaterThanOrEqual(slice.firstSeq)
      next = slice.lastSeq + 1
    }
    expect(next).toBe(lastSeq + 1)
  })

  test('an empty window has none', () => {
    expect([...slicesOf({ accountId: 1, firstSeq: 1, lastSeq: 0 })]).toEqual([])
  })
})

describe('decimals of a store', () => {
  test('N04 zero is a sum, and a key that was never added to is zero', () => {
    const sums = new Sums()
    sums.add('b', dec('0'))
    sums.add('a', dec('0.1'))
    sums.add('a', dec('0.2'))
    expect(sums.texts()).toEqual({ a: '0.3', b: '0' })
    expect(sums.of('c')).toBe(dec('0'))
  })

  test('N01 a total beyond the bound that single inputs are held to is a total, to the last digit', () => {
    expect(formatDecimal(stored('-123456789012345678901234.000000000000000001'))).toBe('-123456789012345678901234.000000000000000001')
    expect(storedText('1000000000000000000.5')).toBe('1000000000000000000.5')
  })

  test.each(['', 'NaN', 'null', '1e400', '0x1'])('%j is damage', (text) => {
    const damage = expect.objectContaining({ code: 'STORE_DAMAGED', exitCode: 6 })
    expect(() => stored(text)).toThrow(damage)
    expect(() => storedText(text)).toThrow(damage)
  })
})

describe('facts of a store', () => {
  test('are read with their decimals', () => {
    const body = '{"type":"MARK_SET","instrument":"XRP/RLUSD","price":"2.5"}'
    expect(storedFact({ seq: 3, body })).toEqual({ type: 'MARK_SET', instrument: 'XRP/RLUSD', price: dec('2.5') })
  })

  test.each(['{"type":"MARK_SET"', '{"type":"MARK_SET","price":"much"}'])('%s is damage, and says which fact', (body) => {
    const damage = { code: 'STORE_DAMAGED', exitCode: 6, message: 'Fact 3 of the journal cannot be read.' }
    expect(() => storedFact({ seq: 3, body })).toThrow(expect.objectContaining(damage))
  })
})
