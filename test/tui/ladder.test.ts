// The ladder of the market: prices fall from its top to its bottom, ours stand where they belong, and both touches are always there.

import { describe, expect, test } from 'vitest'
import type { MarketModel, QuoteModel } from '../../src/core/session/view-model.ts'
import { type Ladder, ladderOf, type Rung } from '../../src/tui/ladder.ts'
import { draw } from './draw.tsx'
import { sampleModel } from './sample-model.ts'

const level = (price: string) => ({ price, size: '5' })
const MARKET: MarketModel = {
  ...sampleModel().market,
  ask: '11',
  askSize: '1',
  bid: '10',
  bidSize: '2',
  asksBehind: ['12', '13', '14', '15'].map(level),
  bidsBehind: ['9', '8', '7'].map(level),
}
const quote = (side: 'bid' | 'ask', price: string): QuoteModel => ({ side, price, size: '1', distanceBps: '0', status: 'acked' })

function words(rung: Rung): string {
  if (rung.kind === 'no_quote') return 'no quote'
  return rung.kind === 'ours' ? `ours ${rung.price}` : rung.kind === 'touch' ? `touch ${rung.price}` : rung.price
}
const told = ({ asks, bids }: Ladder) => [...asks.map(words), '—', ...bids.map(words)]

describe('rows in falling order of price', () => {
  test('ours stand at their price: in front of the touch, behind it, and behind a level of the same price', () => {
    const quotes = [quote('ask', '13'), quote('ask', '10.5'), quote('bid', '9.5')]
    expect(told(ladderOf(MARKET, quotes, 10))).toEqual([
      ...['ours 13', '13', '12', 'touch 11', 'ours 10.5'],
      ...['—', 'touch 10', 'ours 9.5', '9', '8', '7'],
    ])
  })

  test('where rows are few the touches stay, then ours nearest to them, then the levels', () => {
    const quotes = [quote('ask', '12'), quote('ask', '14'), quote('bid', '9'), quote('bid', '8')]
    expect(told(ladderOf(MARKET, quotes, 2))).toEqual(['touch 11', '—', 'touch 10'])
    expect(told(ladderOf(MARKET, quotes, 4))).toEqual(['ours 12', 'touch 11', '—', 'touch 10', 'ours 9'])
    expect(told(ladderOf(MARKET, quotes, 6))).toEqual(['ours 14', 'ours 12', 'touch 11', '—', 'touch 10', 'ours 9', 'ours 8'])
    expect(told(ladderOf(MARKET, quotes, 8))).toEqual([
      ...['ours 14', 'ours 12', '12', 'touch 11'],
      ...['—', 'touch 10', '9', 'ours 9', 'ours 8'],
    ])
  })

  test('a side with more quotes takes rows that the other can spare, and no more', () => {
    const asks = ['12', '13', '14', '15'].map((price) => quote('ask', price))
    const all = told(ladderOf(MARKET, asks, 7))
    expect(all).toEqual([...['ours 15', 'ours 14', 'ours 13', 'ours 12', 'touch 11'], ...['—', 'touch 10', 'no quote']])
    const bids = ['9', '8', '7', '6'].map((price) => quote('bid', price))
    expect(told(ladderOf(MARKET, bids, 7))).toEqual([
      ...['no quote', 'touch 11'],
      ...['—', 'touch 10', 'ours 9', 'ours 8', 'ours 7', 'ours 6'],
    ])
    expect(told(ladderOf(MARKET, [...asks, ...bids], 6)).indexOf('—')).toBe(3)
  })

  test('without a market there is a row for each side that says so, and ours are shown all the same', () => {
    const empty = { ...MARKET, ask: null, askSize: null, bid: null, bidSize: null, asksBehind: [], bidsBehind: [] }
    expect(told(ladderOf(empty, [quote('bid', '9')], 4))).toEqual(['no quote', 'touch null', '—', 'touch null', 'ours 9'])
  })
})

test('a large screen shows the levels behind the touch, each with a bar of its size, and prices fall from row to row', () => {
  const picture = draw({ model: sampleModel(), columns: 120, rows: 44 })
  const prices = picture
    .split('\n')
    .flatMap((line) => /^│ (?:our ask|our bid|ask|bid)? +(\d\.\d{4}) +[\d.]+ +(?:mid|spread|▪|[-+]\d)/.exec(line)?.[1] ?? [])
  expect(prices.length).toBeGreaterThan(10)
  expect(prices).toEqual(prices.toSorted().toReversed())
  expect(picture).toMatch(/2\.1031 +250 +▪ /)
  expect(picture).toMatch(/2\.1028 +500 +▪▪ /)
})
