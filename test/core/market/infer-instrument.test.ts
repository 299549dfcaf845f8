// Steps and assets worked out of what a recording shows.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { inferStep, splitSymbol } from '../../../src/core/market/infer-instrument.ts'

describe('steps', () => {
  test.each([
    [['28155.10', '28155.20', '28140.00'], '0.1'],
    [['0.060', '3.793'], '0.001'],
    [['100', '250', '50'], '50'],
    [['0.5', '1', '3'], '0.5'],
    [['0.25', '1.75'], '0.25'],
    [['0.75', '1.5'], '0.25'],
    [['0.06', '0.12'], '0.02'],
    [['28155.1'], '0.1'],
    [['0', '0.00000007'], '0.00000001'],
    [['0.000000000000000003'], '0.000000000000000003'],
    [['0', '0'], '0'],
    [[], '0'],
  ] as const)('%j have the step %s', (texts, step) => {
    expect(formatDecimal(inferStep(texts.map((text) => dec(text))))).toBe(step)
  })

  test('one odd size in a thousand, left from an older and finer lot, does not make the step', () => {
    const sizes = Array.from({ length: 5_000 }, (_, index) => dec(`${index}.00003`))
    expect(formatDecimal(inferStep([...sizes, dec('1.234567')]))).toBe('0.00001')
    const many = Array.from({ length: 50 }, (_, index) => dec(`1.2345${index + 10}`))
    expect(formatDecimal(inferStep([...sizes, ...many]))).toBe('0.000001')
  })

  test('of few values every one counts', () => {
    expect(formatDecimal(inferStep([...Array.from({ length: 500 }, () => dec('0.1')), dec('0.01')]))).toBe('0.01')
  })
})

test.each([
  ['BTCUSDT', 'BTC', 'USDT'],
  ['XRPRLUSD', 'XRP', 'RLUSD'],
  ['ETHBTC', 'ETH', 'BTC'],
  ['BTCFDUSD', 'BTC', 'FDUSD'],
  ['1000PEPEUSDC', '1000PEPE', 'USDC'],
  ['EURUSD', 'EUR', 'USD'],
])('%s is %s in %s', (symbol, base, quote) => {
  expect(splitSymbol(symbol)).toEqual({ base, quote })
})

test.each(['USDT', 'ABCXYZ', 'BTCUSDT_240628', ''])('%j is not taken apart', (symbol) => {
  expect(splitSymbol(symbol)).toBeNull()
})
