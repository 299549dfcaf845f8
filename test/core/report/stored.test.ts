import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { Sums, slicesOf, stored } from '../../../src/core/report/stored.ts'

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

  test.each(['', 'NaN', 'null', '1e400', '0x1'])('%j is damage', (text) => {
    expect(() => stored(text)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED', exitCode: 6 }))
  })
})
