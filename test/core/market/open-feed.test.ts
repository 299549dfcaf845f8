// The choice between the feeds.

import { expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { openFeed } from '../../../src/core/market/open-feed.ts'
import { spot, temporaryFolder, writeRecording } from './fixtures.ts'

const options = {
  seed: 7,
  simulated: { startPrice: dec('2'), volatilityBpsPerHour: 60, spreadBps: 6, eventsPerSecond: 20 },
  instrument: null,
}

test('`simulated` is the simulated feed', async () => {
  const feed = await openFeed({ ...options, source: 'simulated' })
  expect([feed.source, feed.instrument.symbol, feed.instrumentOrigin]).toEqual(['simulated', 'XRP/RLUSD', 'built-in'])
})

test('anything else is the path of a recording', async () => {
  await using folder = await temporaryFolder()
  const path = await writeRecording(folder.path, [spot.ticker(0, 1, ['9.9', '1'], ['10.0', '2'])])
  const feed = await openFeed({ ...options, source: path })
  expect([feed.source, feed.instrument.symbol, feed.instrumentOrigin]).toEqual([path, 'BTC/USDT', 'inferred'])
})

test('a recording that is missing is refused before anything runs', async () => {
  await expect(openFeed({ ...options, source: '/nowhere/at/all.gz' })).rejects.toMatchObject({ code: 'FEED_MISSING', exitCode: 7 })
})
