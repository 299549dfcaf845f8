import { expect, test } from 'vitest'
import { TRADING_TABLE } from '../../src/core/kernel/trading-table.ts'
import { tradingWord } from '../../src/core/trading-words.ts'

test('every state of trading has a word of its own, and what is no state stays as it is', () => {
  const words = Object.keys(TRADING_TABLE).map(tradingWord)
  expect(words).toEqual(['active', 'reduce-only', 'paused'])
  expect(['', 'asleep', 'constructor', '__proto__'].map(tradingWord)).toEqual(['', 'asleep', 'constructor', '__proto__'])
})
