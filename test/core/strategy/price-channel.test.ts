// The channel is the true extreme of its stretch, whatever the prices do.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Decimal, dec, max, min } from '../../../src/core/kernel/decimal.ts'
import { PriceChannel } from '../../../src/core/strategy/price-channel.ts'

test('there is none until the stretch is covered', () => {
  const channel = new PriceChannel(10)
  expect(channel.observe(0, dec('1'))).toBeNull()
  expect(channel.observe(9, dec('3'))).toBeNull()
  expect(channel.observe(10, dec('2'))).toEqual({ high: dec('3'), low: dec('1') })
  expect(channel.observe(11, dec('2'))).toEqual({ high: dec('3'), low: dec('2') })
})

test('a silence as long as the stretch starts it anew', () => {
  const channel = new PriceChannel(10)
  channel.observe(0, dec('1'))
  expect(channel.observe(10, dec('2'))).not.toBeNull()
  expect(channel.observe(21, dec('2'))).toBeNull()
  expect(channel.observe(30, dec('2'))).toBeNull()
  expect(channel.observe(31, dec('2'))).not.toBeNull()
})

test('it equals the extremes found by looking at everything', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.bigInt({ min: 1n, max: 50n })), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), steps, (lookback, moves) => {
      const channel = new PriceChannel(lookback)
      const seen: { at: number; price: Decimal }[] = []
      let now = 0
      for (const [pause, raw] of moves) {
        now += pause
        const price = raw as Decimal
        const found = channel.observe(now, price)
        const prices = seen.filter(({ at }) => at >= now - lookback).map((sample) => sample.price)
        if (found !== null) {
          expect(found.high).toBe(prices.reduce((a, b) => max(a, b)))
          expect(found.low).toBe(prices.reduce((a, b) => min(a, b)))
        }
        const isCovered = (seen[0]?.at ?? now) <= now - lookback
        if (isCovered && lookback > 6) expect(found).not.toBeNull()
        seen.push({ at: now, price })
      }
    }),
  )
})
