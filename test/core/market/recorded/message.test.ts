// One line of a capture: every shape we know, and everything that can be wrong with it.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { LineFault, readMessage, readStamp } from '../../../../src/core/market/recorded/message.ts'

const level = (price: string, size: string) => ({ price: dec(price), size: dec(size) })
const read = (payload: unknown, stream?: string) =>
  readMessage(JSON.stringify(stream === undefined ? payload : { stream, data: payload }), 7)

describe('stamps', () => {
  test.each([
    ['1680652800005 {}', 1_680_652_800_005_000, 14],
    ['1680652800005184 {}', 1_680_652_800_005_184, 17],
    ['1723161253937085768 {}', 1_723_161_253_937_085, 20],
    ['0946684800000000 {}', 946_684_800_000_000, 17],
    ['4102444800000 {}', 4_102_444_800_000_000, 14],
  ])('%s is read by its number of digits', (line, stampUs, jsonAt) => {
    expect(readStamp(line)).toEqual({ stampUs, jsonAt })
  })

  test.each([
    '',
    '{}',
    '1680652800 {}',
    '168065280000518 {}',
    '16806528000051x4 {}',
    '-680652800005184 {}',
    '1680652800005184{}',
    ' 680652800005184 {}',
    '0946684799999999 {}',
    '4102444800000001 {}',
    '9999999999999 {}',
    '9999999999999999999 {}',
  ])('%j is refused', (line) => {
    expect(() => readStamp(line)).toThrow(LineFault)
  })
})

describe('spot', () => {
  test('a ticker has neither kind nor time', () => {
    expect(read({ u: 5, s: 'BTCUSDT', b: '9.90', B: '1', a: '10.00', A: '2' }, 'btcusdt@bookTicker')).toEqual({
      kind: 'ticker',
      symbol: 'BTCUSDT',
      event: { type: 'ticker', timeUs: 7, venueTimeUs: null, updateId: 5, bid: level('9.9', '1'), ask: level('10', '2') },
    })
  })

  test('a trade whose buyer rested was made by a seller', () => {
    const event = {
      type: 'trade',
      timeUs: 7,
      venueTimeUs: 1_723_161_255_342_000,
      tradeId: '37',
      price: dec('9'),
      size: dec('2'),
      aggressor: 'sell',
      isMarket: true,
    }
    const payload = { e: 'trade', E: 1723161255343, s: 'BTCUSDT', t: 37, p: '9.0', q: '2.0', T: 1723161255342, m: true, M: true }
    expect(read(payload)).toEqual({ kind: 'trade', symbol: 'BTCUSDT', tradeKind: 'trade', isFutures: false, event })
  })

  test('an aggregated trade counts by its own id, and microseconds are told by their digits', () => {
    const payload = {
      e: 'aggTrade',
      E: 1723161255343001,
      s: 'BTCUSDT',
      a: 12,
      p: '9.0',
      q: '2.0',
      f: 1,
      l: 3,
      T: 1723161255342001,
      m: false,
      M: true,
    }
    expect(read(payload)).toMatchObject({
      tradeKind: 'aggTrade',
      event: { tradeId: '12', aggressor: 'buy', venueTimeUs: 1_723_161_255_342_001 },
    })
  })

  test('a diff carries no predecessor', () => {
    const payload = {
      e: 'depthUpdate',
      E: 1723161255208,
      s: 'BTCUSDT',
      U: 3,
      u: 5,
      b: [['9', '0']],
      a: [
        ['10', '1'],
        ['11', '2'],
      ],
    }
    const diff = {
      timeUs: 7,
      venueTimeUs: 1_723_161_255_208_000,
      firstId: 3,
      lastId: 5,
      previousId: null,
      bids: [level('9', '0')],
      asks: [level('10', '1'), level('11', '2')],
    }
    expect(read(payload, 'btcusdt@depth@100ms')).toEqual({ kind: 'diff', symbol: 'BTCUSDT', diff })
  })

  test('a bare snapshot names no symbol, a wrapped one is named by its stream', () => {
    const body = { lastUpdateId: 9, bids: [['9', '1']], asks: [['10', '1']] }
    const snapshot = { timeUs: 7, venueTimeUs: null, updateId: 9, bids: [level('9', '1')], asks: [level('10', '1')] }
    expect(read(body)).toEqual({ kind: 'snapshot', symbol: null, snapshot, partial: false })
    expect(read(body, 'ethusdt@depthSnapshot')).toEqual({ kind: 'snapshot', symbol: 'ETHUSDT', snapshot, partial: false })
    expect(read(body, 'ethusdt@depth20@100ms')).toEqual({ kind: 'snapshot', symbol: 'ETHUSDT', snapshot, partial: true })
  })
})

describe('futures', () => {
  test('a ticker carries the time of the engine', () => {
    const payload = { e: 'bookTicker', u: 5, s: 'BTCUSDT', b: '9', B: '1', a: '10', A: '2', T: 1680652800089, E: 1680652800093 }
    expect(read(payload)).toMatchObject({ kind: 'ticker', event: { venueTimeUs: 1_680_652_800_089_000 } })
  })

  test('a diff names its predecessor; partial depth is told by its stream alone', () => {
    const payload = { e: 'depthUpdate', E: 1680652800016, T: 1680652800009, s: 'BTCUSDT', U: 3, u: 5, pu: 1, b: [], a: [] }
    expect(read(payload, 'btcusdt@depth@0ms')).toMatchObject({
      kind: 'diff',
      diff: { firstId: 3, lastId: 5, previousId: 1, venueTimeUs: 1_680_652_800_009_000 },
    })
    expect(read(payload, 'btcusdt@depth5@100ms')).toMatchObject({ kind: 'snapshot', partial: true, snapshot: { updateId: 5 } })
    expect(read(payload, 'btcusdt@depth10')).toMatchObject({ kind: 'snapshot', partial: true })
  })

  test('a print that is no market trade is marked', () => {
    const payload = { e: 'trade', E: 1680652800016, T: 1680652800009, s: 'BTCUSDT', t: 1, p: '9', q: '1', m: false }
    expect(read({ ...payload, X: 'MARKET' })).toMatchObject({ isFutures: true, event: { isMarket: true } })
    expect(read({ ...payload, X: 'INSURANCE_FUND' })).toMatchObject({ event: { isMarket: false } })
  })

  test('the T of a mark price is the next funding, not its time', () => {
    const payload = { e: 'markPriceUpdate', E: 1680652800010, s: 'BTCUSDT', p: '9.5', P: '9', i: '9.4', r: '-0.0001', T: 1680681600000 }
    const event = {
      type: 'mark',
      timeUs: 7,
      venueTimeUs: 1_680_652_800_010_000,
      mark: dec('9.5'),
      index: dec('9.4'),
      fundingRate: dec('-0.0001'),
      nextFundingUs: 1_680_681_600_000_000,
    }
    expect(read(payload)).toEqual({ kind: 'mark', symbol: 'BTCUSDT', event })
    expect(read({ ...payload, r: '', T: 0 })).toMatchObject({ event: { fundingRate: null, nextFundingUs: null } })
  })
})

test.each([
  [{ result: null, id: 1 }, undefined, 'reply to a request'],
  [{ error: { code: 2, msg: 'x' } }, undefined, 'reply to a request'],
  [{ code: 0, msg: 'x' }, undefined, 'reply to a request'],
  [{ gap: true }, '!recorder', '!recorder'],
  [[{ e: '24hrTicker' }], '!ticker@arr', '!ticker@arr'],
  [{ e: 'kline', k: {} }, 'btcusdt@kline_1m', 'kline'],
  [{ hello: 1 }, undefined, 'unnamed message'],
])('%j on stream %s is understood and left out', (payload, stream, name) => {
  expect(read(payload, stream)).toEqual({ kind: 'other', name })
})

const trade = { e: 'trade', E: 1680652800016, T: 1680652800009, s: 'BTCUSDT', t: 1, p: '9', q: '1', m: false }
const diff = { e: 'depthUpdate', E: 1680652800016, s: 'BTCUSDT', U: 3, u: 5, b: [], a: [] }
const ticker = { u: 5, s: 'BTCUSDT', b: '9', B: '1', a: '10', A: '2' }

test.each([
  ['a price in words', { ...trade, p: 'nine' }],
  ['N02 a price that is not finite', { ...trade, p: 'NaN' }],
  ['N01 a price beyond all prices', { ...trade, p: '1e400' }],
  ['a price as a number', { ...trade, p: 9 }],
  ['an empty price', { ...trade, p: '' }],
  ['a price with too many decimals', { ...trade, p: '0.1234567890123456789' }],
  ['a price of zero', { ...trade, p: '0.00' }],
  ['a negative size', { ...trade, q: '-1' }],
  ['no symbol', { ...trade, s: undefined }],
  ['no side', { ...trade, m: undefined }],
  ['a side in words', { ...trade, m: 'true' }],
  ['an id as a text', { ...trade, t: '1' }],
  ['an id with a fraction', { ...trade, t: 1.5 }],
  ['an id beyond exact numbers', { ...trade, t: 2 ** 53 }],
  ['a time as a text', { ...trade, T: '1680652800009' }],
  ['a kind that is no text', { ...trade, e: 5 }],
  ['levels that are no list', { ...diff, b: {} }],
  ['a level without a size', { ...diff, b: [['9']] }],
  ['a level that is no pair', { ...diff, a: ['9'] }],
  ['a level of a negative size', { ...diff, a: [['9', '-0.1']] }],
  ['a level of a negative price', { ...diff, a: [['-9', '1']] }],
  ['ids the wrong way round', { ...diff, U: 6 }],
  ['no first id', { ...diff, U: undefined }],
  ['a ticker that is locked', { ...ticker, a: '9' }],
  ['a ticker without a price', { ...ticker, b: undefined }],
  ['a mark price of zero', { e: 'markPriceUpdate', E: 1680652800010, s: 'BTCUSDT', p: '0', T: 0 }],
  ['a snapshot without bids', { lastUpdateId: 5, asks: [] }],
  ['a list', [1, 2]],
  ['a number', 5],
  ['nothing', null],
])('%s is refused', (_, payload) => {
  expect(() => read(payload)).toThrow(LineFault)
})

test.each(['', '{', '{"u":5', 'hello', '{"stream":"x","data":5}', '{"stream":"x"}'])('%j is refused', (json) => {
  expect(() => readMessage(json, 7)).toThrow(LineFault)
})
