// Recordings written by the test: what is played, what is left out, and what is said about it.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { openRecording } from '../../../../src/core/market/recorded/open-recording.ts'
import { bookAfter, btcUsdt, futures, play, START_MS, spot, temporaryFolder, writeRecording } from '../fixtures.ts'

const startUs = START_MS * 1_000
const touch = (atMs: number, u: number) => spot.ticker(atMs, u, ['9.9', '1'], ['10.0', '1'])

describe('lines that do not parse', () => {
  test('each is counted and told with its number, and the rest plays on', async () => {
    const lines = [touch(0, 1), 'garbage', touch(1, 2), `${START_MS}000 {"u":`, '', touch(2, 3), spot.trade(3, 1, 'abc', '1'), touch(4, 4)]
    const { events, report, notices } = await play(lines)
    expect(events.map((event) => event.timeUs - startUs)).toEqual([0, 1_000, 2_000, 4_000])
    expect(report).toMatchObject({ events: 4, badLines: 3, skipped: 0, gaps: 0, truncated: false })
    expect(notices).toEqual([
      'Line 2 of the recording was left out: it does not begin with a time stamp of 13, 16 or 19 digits.',
      'Line 4 of the recording was left out: its JSON does not parse.',
      'Line 7 of the recording was left out: "abc" is not a decimal number.',
    ])
  })

  test('the stamp of a bad line does not move the clock', async () => {
    const { events, notices } = await play([touch(0, 1), '9999999999999999 {"u":', touch(1, 2)])
    expect(events.map((event) => event.timeUs - startUs)).toEqual([0, 1_000])
    expect(notices).toHaveLength(1)
  })

  test('a diff that does not parse leaves a gap behind, which the next one tells', async () => {
    const { events, report } = await play([
      spot.diff(0, 1, 5, [['9', '1']], [['11', '1']]),
      spot.diff(1, 6, 8, [['9', '-1']], []),
      spot.diff(2, 9, 10, [['8', '1']], [['12', '1']]),
    ])
    expect(report).toMatchObject({ events: 2, badLines: 1, gaps: 1 })
    expect(bookAfter(events).bids(9)).toEqual([{ price: dec('8'), size: dec('1') }])
  })

  test('thousands of bad lines keep a thousand notices, and the rest as a number', async () => {
    const { report, notices } = await play([touch(0, 1), ...Array.from({ length: 2_500 }, () => 'x'), touch(1, 2)])
    expect(report).toMatchObject({ events: 2, badLines: 2_500 })
    expect(notices).toHaveLength(1_001)
    expect(notices.at(-1)).toBe('1500 more notices about the feed were not kept.')
  })
})

describe('lines that are not for us', () => {
  test('unknown kinds, replies and recorder marks are counted, and told once for each kind', async () => {
    const kline = `${START_MS}001 ${JSON.stringify({ stream: 'btcusdt@kline_1m', data: { e: 'kline' } })}`
    const mark = `${START_MS}002 ${JSON.stringify({ stream: '!recorder', data: { event: 'reconnect' } })}`
    const { report, notices } = await play([touch(0, 1), kline, kline, mark, `${START_MS}003 {"result":null,"id":1}`, kline, touch(1, 2)])
    expect(report).toMatchObject({ events: 2, skipped: 5, badLines: 0 })
    expect(notices).toEqual(
      ['"kline"', '"!recorder"', '"reply to a request"'].map((name) => `The recording carries ${name}, which is not used.`),
    )
  })

  test('V07 a name from the file is escaped and cut before it is told', async () => {
    const line = `${START_MS}001 ${JSON.stringify({ e: `\u001b[2J${'x'.repeat(500)}` })}`
    const { notices } = await play([touch(0, 1), line])
    expect(notices[0]).toContain('\\u001b[2J')
    expect(notices[0]?.length).toBeLessThan(150)
  })

  test('other instruments are left out, with their stamps', async () => {
    const { events, report, notices } = await play([
      touch(0, 1),
      spot.ticker(9, 500, ['1', '1'], ['2', '1'], 'ETHUSDT'),
      touch(5, 2),
      spot.ticker(10, 501, ['1', '1'], ['2', '1'], 'ETHUSDT'),
    ])
    expect(events.map((event) => event.timeUs - startUs)).toEqual([0, 5_000])
    expect(report).toMatchObject({ events: 2, skipped: 2, firstTimeUs: startUs, lastTimeUs: startUs + 5_000 })
    expect(notices).toEqual(['The recording also carries "ETHUSDT", which is left out.'])
  })

  test('a snapshot that names no instrument is left out where there are several, wherever the others come', async () => {
    const foreign = (atMs: number) => spot.ticker(atMs, 500, ['1', '1'], ['2', '1'], 'ETHUSDT')
    const strange = (atMs: number) => spot.snapshot(atMs, 50, [['1', '1']], [['2', '1']])
    for (const lines of [
      [touch(0, 1), foreign(1), strange(2), strange(3), touch(4, 60)],
      [strange(0), touch(2, 1), strange(3), foreign(4), touch(4, 60)],
    ]) {
      const { events, report, notices } = await play(lines)
      expect(events.map(({ type }) => type)).toEqual(['ticker', 'ticker'])
      expect(report).toMatchObject({ events: 2, skipped: 3, firstTimeUs: events[0]?.timeUs })
      expect(notices.filter((text) => text.includes('names none of them'))).toHaveLength(1)
    }
    expect((await play([touch(0, 1), strange(1)])).events.map(({ type }) => type)).toEqual(['ticker', 'snapshot'])
  })

  test('trades that come aggregated as well count once', async () => {
    const aggregated = spot.trade(2, 7, '9.9', '1').replace('"e":"trade"', '"e":"aggTrade"').replace('"t":7', '"a":7')
    const { events, report } = await play([spot.trade(0, 1, '9.9', '1'), aggregated, spot.trade(3, 2, '9.9', '1')])
    expect(events).toHaveLength(2)
    expect(report).toMatchObject({ events: 2, skipped: 1 })
    expect((await play([aggregated, spot.trade(3, 2, '9.9', '1')])).events).toMatchObject([{ tradeId: '7' }])
  })

  test('partial depth is a book where there is no better one, and left out where there is', async () => {
    const partial = (atMs: number, id: number) =>
      `${START_MS + atMs}000 ${JSON.stringify({ stream: 'btcusdt@depth5@100ms', data: { lastUpdateId: id, bids: [['9', '1']], asks: [['10', '1']] } })}`
    expect((await play([partial(0, 1), partial(1, 2)])).events).toMatchObject([{ type: 'snapshot' }, { type: 'snapshot', updateId: 2 }])
    const mixed = await play([spot.diff(0, 1, 5, [['9', '1']], [['11', '1']]), partial(1, 5)])
    expect(mixed.report).toMatchObject({ events: 1, skipped: 1 })
  })
})

describe('trades that were given already', () => {
  const aggregated = (atMs: number, a: number) =>
    spot.trade(atMs, a, '9.9', '1').replace('"e":"trade"', '"e":"aggTrade"').replace(`"t":${a}`, `"a":${a}`)

  test.each([
    ['trade', (atMs: number, id: number) => spot.trade(atMs, id, '9.9', '1')],
    ['aggTrade', aggregated],
  ])('by the ids of %s are counted as read and given no second time; ids that leap are left alone', async (_, trade) => {
    const ids = [5, 5, 6, 6, 5, 9, 9, 7, 10]
    const { events, report, notices } = await play(ids.map((id, index) => trade(index, id)))
    expect(events.map((event) => event.type === 'trade' && event.tradeId)).toEqual(['5', '6', '9', '10'])
    expect(report).toMatchObject({ events: 9, skipped: 0, gaps: 0, badLines: 0 })
    expect(notices).toHaveLength(1)
  })

  test('in blocks of thousands stay out, however often', async () => {
    const block = Array.from({ length: 3_000 }, (_, index) => spot.trade(0, index + 1, '9.9', '1'))
    const { events, report } = await play([...block, ...block, ...block])
    expect([events.length, report.events]).toEqual([3_000, 9_000])
  })

  test('an id far too large costs a hundred trades, not all of them', async () => {
    const trades = Array.from({ length: 300 }, (_, index) => spot.trade(index, index + 1, '9.9', '1'))
    trades.splice(100, 0, spot.trade(100, Number.MAX_SAFE_INTEGER, '9.9', '1'))
    const { events, notices } = await play(trades)
    expect(events).toHaveLength(201)
    expect(events.at(-1)).toMatchObject({ tradeId: '300' })
    expect(notices.at(-1)).toBe('Trades count again from id 201 on: the last one, 9007199254740991, was out of line.')
  })
})

describe('time', () => {
  test.each([
    ['milliseconds', (line: string) => line.replace('000 ', ' ')],
    ['nanoseconds', (line: string) => line.replace('000 ', '000789 ')],
  ])('stamps may be in %s', async (_, change) => {
    const { events } = await play([change(touch(0, 1)), change(touch(3, 2))])
    expect(events.map((event) => event.timeUs - startUs)).toEqual([0, 3_000])
  })

  test('a falling stamp is played at the time before, and told once for each fall', async () => {
    const { events, report, notices } = await play([touch(5, 1), touch(3, 2), touch(4, 3), touch(6, 4), touch(5, 5)])
    expect(events.map((event) => event.timeUs - startUs)).toEqual([5_000, 5_000, 5_000, 6_000, 6_000])
    expect(report).toMatchObject({ firstTimeUs: startUs + 5_000, lastTimeUs: startUs + 6_000 })
    expect(notices).toEqual([
      'From line 2 on the time stamps fall back by 0.002 s: those lines are played at the time before.',
      'From line 5 on the time stamps fall back by 0.001 s: those lines are played at the time before.',
    ])
  })
})

describe('the chain of diffs', () => {
  test('a gap on spot is counted, told, and throws the book away', async () => {
    const { events, report, notices } = await play([
      spot.diff(0, 1, 5, [['9', '1']], [['11', '1']]),
      spot.diff(1, 6, 7, [['8', '1']], []),
      spot.diff(2, 9, 9, [['7', '2']], [['12', '1']]),
      spot.diff(3, 10, 12, [['6', '2']], []),
    ])
    expect(events.map((event) => event.type === 'depth' && event.afterGap)).toEqual([false, false, true, false])
    expect(report).toMatchObject({ events: 4, gaps: 1 })
    expect(notices).toEqual(['Updates of the order book are missing between 7 and 9: the book begins anew.'])
    expect(bookAfter(events).bids(9)).toEqual([
      { price: dec('7'), size: dec('2') },
      { price: dec('6'), size: dec('2') },
    ])
  })

  test('futures are chained by their predecessor, not by their first id', async () => {
    const diffs = [
      futures.diff(0, { pu: 1, U: 3, u: 5 }, [['9', '1']], []),
      futures.diff(1, { pu: 5, U: 50, u: 60 }, [], []),
      futures.diff(2, { pu: 61, U: 61, u: 70 }, [], []),
    ]
    const { events, report } = await play(diffs)
    expect(events.map((event) => event.type === 'depth' && event.afterGap)).toEqual([false, false, true])
    expect(report.gaps).toBe(1)
  })

  test('repeated and late diffs are counted as read and change nothing', async () => {
    const [first, second] = [spot.diff(0, 1, 5, [['9', '1']], [['11', '1']]), spot.diff(1, 6, 7, [['9', '2']], [])]
    const { events, report } = await play([first, second, first, second, spot.diff(4, 8, 9, [['9', '3']], [])])
    expect(events).toHaveLength(3)
    expect(report).toMatchObject({ events: 5, gaps: 0 })
  })

  test('a snapshot that comes after newer diffs is joined to them', async () => {
    const { events, report } = await play([
      spot.diff(0, 1, 5, [['9', '5']], []),
      spot.diff(1, 6, 9, [['9', '6']], [['12', '1']]),
      spot.snapshot(
        2,
        7,
        [
          ['9', '1'],
          ['8', '1'],
        ],
        [['11', '1']],
      ),
      spot.diff(3, 10, 11, [['8', '0']], []),
    ])
    const book = bookAfter(events)
    expect([book.bids(9), book.isComplete]).toEqual([[{ price: dec('9'), size: dec('6') }], true])
    expect(book.asks(9).map(({ price }) => price)).toEqual([dec('11'), dec('12')])
    expect(report).toMatchObject({ events: 4, gaps: 0 })
  })

  test('a snapshot that is too old is told and not used', async () => {
    const { events, report, notices } = await play([
      spot.diff(0, 10, 12, [['9', '5']], []),
      spot.snapshot(1, 7, [['9', '1']], [['11', '1']]),
    ])
    expect(events).toHaveLength(1)
    expect(report).toMatchObject({ events: 2, gaps: 0 })
    expect(notices[0]).toContain('too old')
  })

  test('after a snapshot older diffs are dropped and a missing one is a gap', async () => {
    const snapshot = spot.snapshot(0, 100, [['9', '1']], [['11', '1']])
    const good = await play([snapshot, spot.diff(1, 90, 100, [['9', '7']], []), spot.diff(2, 101, 105, [['8', '1']], [])])
    expect([good.events.length, good.report.gaps]).toEqual([2, 0])
    expect((await play([snapshot, spot.diff(1, 102, 105, [['9', '7']], [])])).report.gaps).toBe(1)
  })

  test('two recordings in one file: ids and stamps fall together, and the book begins anew', async () => {
    const first = [touch(0, 2), spot.diff(1_000, 1, 5, [['9', '5']], [['10', '1']]), touch(5_000, 9)]
    const { events, report, notices } = await play([...first, ...first])
    const book = bookAfter(events)
    expect([book.lastUpdateId, book.bestBid()?.price]).toEqual([9, dec('9.9')])
    expect(report).toMatchObject({ events: 6, gaps: 1, badLines: 0 })
    expect(notices.some((text) => text.includes('ids fall back'))).toBe(true)
    expect(events.map((event) => event.timeUs)).toEqual(events.map((event) => event.timeUs).toSorted((a, b) => a - b))
  })

  const lateTouch = (atMs: number) => spot.ticker(atMs, atMs, ['9.8', '1'], ['9.9', '1'])

  test('a ticker with an id far too large is taken back after a hundred that are older, as one gap', async () => {
    const odd = spot.ticker(5, Number.MAX_SAFE_INTEGER, ['8', '1'], ['8.1', '1'])
    const later = Array.from({ length: 150 }, (_, index) => lateTouch(10 + index))
    for (const before of [[spot.diff(0, 1, 2, [['9', '5']], [['10', '1']]), touch(1, 3)], [touch(1, 3)]]) {
      const { events, report, notices } = await play([...before, odd, ...later])
      expect(bookAfter(events).bestBid()?.price).toBe(dec('9.8'))
      expect(report).toMatchObject({ events: before.length + 151, gaps: 1, badLines: 0 })
      expect(notices).toHaveLength(1)
    }
  })

  test('a snapshot from too far ahead is taken back too, where only tickers can tell', async () => {
    const later = Array.from({ length: 150 }, (_, index) => lateTouch(10 + index))
    const { events, report } = await play([touch(0, 1), spot.snapshot(1, Number.MAX_SAFE_INTEGER, [['8', '1']], [['8.1', '1']]), ...later])
    expect(bookAfter(events).bestBid()?.price).toBe(dec('9.8'))
    expect(report.gaps).toBe(1)
  })

  test('tickers in any disorder, and older than the diffs, restart nothing', async () => {
    const pairs = Array.from({ length: 300 }, (_, index) => [lateTouch(2 * index + 3), lateTouch(2 * index + 2)]).flat()
    const ahead = spot.diff(0, 1, 1_000_000, [['9', '5']], [['10', '1']])
    const { events, report } = await play([ahead, ...pairs.map((line) => line.replace(/^\d+/, `${START_MS + 1}000`))])
    expect([events.length, report.gaps]).toEqual([601, 0])
  })

  test('files that overlap by less than a second restart nothing', async () => {
    const first = Array.from({ length: 900 }, (_, index) => touch(index, index))
    const second = Array.from({ length: 900 }, (_, index) => touch(index + 50, index + 50))
    const { report, notices } = await play([...first, ...second])
    expect([report.events, report.gaps, report.badLines]).toEqual([1_800, 0, 0])
    expect(notices).toHaveLength(1)
  })

  test('a venue that counts anew is believed after a hundred old diffs', async () => {
    const old = Array.from({ length: 150 }, (_, index) => spot.diff(index + 1, index + 10, index + 10, [['9', '1']], []))
    const { events, report } = await play([spot.diff(0, 1_000_000, 1_000_005, [['50', '1']], []), ...old])
    expect([report.events, report.gaps]).toEqual([151, 1])
    expect(bookAfter(events).bestBid()?.price).toBe(dec('9'))
  })
})

test('marks and prints that are no market trades are played as what they are', async () => {
  const lines = [
    futures.mark(0, '28155.1', START_MS + 60_000),
    futures.trade(1, 5, '28155.1', '2', 'INSURANCE_FUND'),
    futures.trade(2, 6, '28155.1', '2'),
  ]
  const { events, report } = await play(lines)
  expect(events).toMatchObject([{ type: 'mark', nextFundingUs: startUs + 60_000_000 }, { isMarket: false }, { isMarket: true }])
  expect(report.events).toBe(3)
})

test('prices off the tick are told once and played', async () => {
  const { events, notices } = await play([touch(0, 1), spot.trade(1, 1, '9.95', '1'), spot.trade(2, 2, '9.97', '1')])
  expect(events).toHaveLength(3)
  expect(notices).toEqual(['The recording has prices that are no multiples of the tick of BTC/USDT, 0.1 (given in the config).'])
})

test('batches are cut by count, so that the report at a batch is the same on any machine', async () => {
  await using folder = await temporaryFolder()
  const lines = Array.from({ length: 1_000 }, (_, index) => touch(index, index))
  const feed = await openRecording(await writeRecording(folder.path, lines), btcUsdt)
  const sizes: number[] = []
  for await (const batch of feed.batches()) {
    sizes.push(batch.length)
    expect(feed.report().events).toBe(sizes.reduce((sum, size) => sum + size))
  }
  expect(sizes).toEqual([256, 256, 256, 232])
})

test('L03 closing ends the walk, and may be done twice and before it', async () => {
  await using folder = await temporaryFolder()
  const path = await writeRecording(
    folder.path,
    Array.from({ length: 1_000 }, (_, index) => touch(index, index)),
  )
  const feed = await openRecording(path, btcUsdt)
  let batches = 0
  for await (const _ of feed.batches()) {
    batches += 1
    await feed.close()
  }
  await feed.close()
  expect(batches).toBe(1)
})
