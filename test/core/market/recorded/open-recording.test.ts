// What is no recording is refused before a session trades on it, with exit 7 and the next thing to do.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { DitaError } from '../../../../src/core/errors.ts'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../../src/core/kernel/instrument.ts'
import { openRecording } from '../../../../src/core/market/recorded/open-recording.ts'
import { eventsOf, futures, START_MS, spot, temporaryFolder, writeRecording } from '../fixtures.ts'

const btcUsdt: Instrument = {
  ...{ symbol: 'BTC/USDT', kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', tickSize: dec('0.1'), lotSize: dec('0.01') },
  ...{ minQuantity: dec('0.01'), maxQuantity: dec('0'), minNotional: dec('5'), maxLeverage: dec('1') },
}

async function refusalOf(path: string, instrument: Instrument | null = null): Promise<DitaError> {
  try {
    await openRecording(path, instrument)
  } catch (error) {
    if (error instanceof DitaError) return error
    throw error
  }
  throw new Error('it was opened')
}

const ticker = spot.ticker(0, 1, ['9.9', '1'], ['10.0', '2'])

const BAD_FILES: readonly (readonly [string, string, Buffer])[] = [
  ['an empty file', 'FEED_EMPTY', Buffer.alloc(0)],
  ['a file of one byte', 'FEED_NOT_GZIP', Buffer.from([0x1f])],
  ['plain text', 'FEED_NOT_GZIP', Buffer.from(`${ticker}\n`)],
  ['gzip of nothing', 'FEED_NO_RECORDING', gzipSync('')],
  ['gzip of garbage', 'FEED_NO_RECORDING', gzipSync('hello\nworld\n')],
  ['gzip of other JSON', 'FEED_NO_RECORDING', gzipSync(`${START_MS} {"hello":1}\n`)],
  ['gzip cut in its header', 'FEED_NO_RECORDING', gzipSync(`${ticker}\n`).subarray(0, 7)],
  ['gzip damaged from the start', 'FEED_NO_RECORDING', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(100, 0xff)])],
]

test.each(BAD_FILES)('%s is refused as %s, exit 7', async (_, code, bytes) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'bad.gz')
  await writeFile(path, bytes)
  for (const instrument of [null, btcUsdt]) {
    const refusal = await refusalOf(path, instrument)
    expect([refusal.code, refusal.exitCode, refusal.fault]).toEqual([code, 7, 'user'])
    expect(refusal.message).toContain(path)
    expect(refusal.next).not.toBe('')
  }
})

test('plain text is told to be gzipped, with the command', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'plain.jsonl')
  await writeFile(path, `${ticker}\n`)
  expect((await refusalOf(path)).next).toContain(`\`gzip -k ${path}\``)
})

test('a file that is missing, a folder, and a file used as a folder are refused, exit 7', async () => {
  await using folder = await temporaryFolder()
  const file = await writeRecording(folder.path, [ticker])
  await mkdir(join(folder.path, 'inner'))
  const refusals = await Promise.all(
    [join(folder.path, 'none.gz'), join(folder.path, 'inner'), join(file, 'x')].map((path) => refusalOf(path)),
  )
  expect(refusals.map(({ code, exitCode }) => [code, exitCode])).toEqual([
    ['FEED_MISSING', 7],
    ['FEED_NOT_A_FILE', 7],
    ['FEED_MISSING', 7],
  ])
})

test('a recording of another instrument than the config names is refused and says which it has', async () => {
  await using folder = await temporaryFolder()
  const path = await writeRecording(folder.path, [spot.ticker(0, 1, ['9', '1'], ['10', '1'], 'ETHUSDT')])
  const refusal = await refusalOf(path, btcUsdt)
  expect([refusal.code, refusal.exitCode]).toEqual(['FEED_OTHER_INSTRUMENT', 7])
  expect(refusal.message).toContain('does not carry BTC/USDT, but "ETHUSDT"')
})

test('an instrument that cannot be inferred is asked for, exit 4', async () => {
  await using folder = await temporaryFolder()
  const unknown = await writeRecording(folder.path, [spot.ticker(0, 1, ['9', '1'], ['10', '1'], 'ABCXYZ')], 'a.gz')
  const nameless = await writeRecording(folder.path, [spot.snapshot(0, 1, [['9', '1']], [['10', '1']])], 'b.gz')
  for (const path of [unknown, nameless]) {
    const refusal = await refusalOf(path)
    expect([refusal.code, refusal.exitCode]).toEqual(['FEED_INSTRUMENT_UNKNOWN', 4])
  }
  expect((await openRecording(nameless, btcUsdt)).instrumentOrigin).toBe('config')
})

test('the instrument, its origin and the start are known before anything is played', async () => {
  await using folder = await temporaryFolder()
  const lines = ['garbage', spot.ticker(3, 1, ['9', '1'], ['10', '1'], 'ETHUSDT'), spot.ticker(5, 1, ['9.9', '1'], ['10.0', '2'])]
  const path = await writeRecording(folder.path, lines)
  const inferred = await openRecording(path, null)
  expect([inferred.instrument.symbol, inferred.instrumentOrigin, inferred.startTimeUs]).toEqual([
    'ETH/USDT',
    'inferred',
    (START_MS + 3) * 1_000,
  ])
  const given = await openRecording(path, btcUsdt)
  expect([given.instrument, given.instrumentOrigin, given.startTimeUs, given.source]).toEqual([
    btcUsdt,
    'config',
    (START_MS + 5) * 1_000,
    path,
  ])
  expect(await eventsOf(given)).toMatchObject([{ type: 'ticker', timeUs: given.startTimeUs }])
})

test('futures are told from spot by their shapes', async () => {
  await using folder = await temporaryFolder()
  const futuresLines = [
    [futures.diff(0, { pu: 1, U: 2, u: 3 }, [['9.5', '2']], [])],
    [futures.trade(0, 1, '9.5', '2')],
    [futures.mark(0, '9.4', 0), spot.ticker(1, 1, ['9.5', '2'], ['10', '2'])],
  ]
  for (const [index, lines] of futuresLines.entries()) {
    const { instrument } = await openRecording(await writeRecording(folder.path, lines, `${index}.gz`), null)
    expect([instrument.symbol, instrument.kind, instrument.settle, instrument.maxLeverage]).toEqual([
      'BTC/USDT:USDT',
      'linear',
      'USDT',
      dec('20'),
    ])
  }
  const { instrument } = await openRecording(await writeRecording(folder.path, [spot.trade(0, 1, '9.5', '2')]), null)
  expect([instrument.symbol, instrument.kind, instrument.maxLeverage]).toEqual(['BTC/USDT', 'spot', dec('1')])
})

test('a cut recording is played to where it breaks, and the report says so', async () => {
  await using folder = await temporaryFolder()
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    spot.ticker(index, index, ['9.9', `${(index * 7_919) % 10_007}`], ['10.0', '2']),
  )
  const bytes = gzipSync(`${lines.join('\n')}\n`)
  const path = join(folder.path, 'cut.gz')
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)))
  const feed = await openRecording(path, btcUsdt)
  const events = await eventsOf(feed)
  expect(events.length).toBeGreaterThan(8_000)
  expect(events.length).toBeLessThan(12_000)
  expect(feed.report()).toMatchObject({ events: events.length, badLines: 0, truncated: true })
  expect(feed.takeNotices().map(({ text }) => text)).toEqual([
    `The recording is cut off after ${events.length} events (unexpected end of file): it was played up to there.`,
  ])
})
