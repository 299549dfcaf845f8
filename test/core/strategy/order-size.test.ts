// Sizes never cost more than they may.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, type Decimal, dec, isMultipleOf, mul } from '../../../src/core/kernel/decimal.ts'
import { isLargeEnough, quantityFor } from '../../../src/core/strategy/order-size.ts'
import { LINEAR } from './fixtures.ts'

const WHOLE = { ...LINEAR, lotSize: dec('1') }

test('a quotient that rounds up to a lot is not bought', () => {
  expect(quantityFor(dec('3'), dec('3'), WHOLE)).toBe(dec('1'))
  expect(quantityFor(dec('2.999999999999999999'), dec('3'), WHOLE)).toBe(dec('0'))
})

test('N04 nothing, or a price of nothing, buys nothing', () => {
  expect(quantityFor(dec('0'), dec('3'), WHOLE)).toBe(dec('0'))
  expect(quantityFor(dec('3'), dec('0'), WHOLE)).toBe(dec('0'))
  expect(quantityFor(dec('-3'), dec('3'), WHOLE)).toBe(dec('0'))
})

test('it is the largest number of lots within the notional', () => {
  const positive = fc.bigInt({ min: 1n, max: 10n ** 24n }).map((value) => value as Decimal)
  fc.assert(
    fc.property(positive, positive, fc.constantFrom('1', '0.1', '0.00001').map(dec), (notional, price, lotSize) => {
      const quantity = quantityFor(notional, price, { ...LINEAR, lotSize })
      expect(isMultipleOf(quantity, lotSize)).toBe(true)
      expect(mul(quantity, price) <= notional).toBe(true)
      expect(mul(add(quantity, lotSize), price) >= notional).toBe(true)
    }),
  )
})

test('an order is large enough at the minimum itself', () => {
  const instrument = { ...LINEAR, minQuantity: dec('0.5'), minNotional: dec('10') }
  expect(isLargeEnough(dec('0.5'), dec('20'), instrument)).toBe(true)
  expect(isLargeEnough(dec('0.499'), dec('100'), instrument)).toBe(false)
  expect(isLargeEnough(dec('0.5'), dec('19.9'), instrument)).toBe(false)
  expect(isLargeEnough(dec('0'), dec('20'), { ...instrument, minQuantity: dec('0'), minNotional: dec('0') })).toBe(false)
})
