// The market of a rehearsal: a feed in real time, its events stamped now, begun anew when it ends.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { MarketReplay } from '../../../../src/core/exchange/bingx/market-replay.ts'
import { openRehearsal } from '../../../../src/core/exchange/bingx/open-rehearsal.ts'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import type { MarketEvent } from '../../../../src/core/market/events.ts'
import { openFeed } from '../../../../src/core/market/open-feed.ts'
import { btcUsdt, spot } from '../../market/fixtures.ts'
import { call, temporaryFolder, until } from './rehearsed.ts'

const SIMULATED = { startPrice: dec('60000'), volatilityBpsPerHour: 40, spreadBps: 1, eventsPerSecond: 20 }

function recording(): string {
  const folder = temporaryFolder()
  const path = join(folder, 'recording.jsonl.gz')
  const lines = [
    spot.ticker(0, 1, ['60000.1', '1'], ['60000.2', '1']),
    spot.trade(20, 1, '60000.1', '0.5'),
    spot.ticker(40, 2, ['60000.3', '2'], ['60000.4', '2']),
  ]
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`))
  return path
}

test('events are stamped with the time at which they come, in order, and none come after the close', async () => {
  const events: MarketEvent[] = []
  const failures: unknown[] = []
  const startedUs = Date.now() * 1_000
  const replay = new MarketReplay({
    open: () => openFeed({ source: recording(), seed: 1, simulated: SIMULATED, instrument: btcUsdt }),
    speed: 1,
    onEvent: (event) => events.push(event),
    onFailure: (error) => failures.push(error),
    thawed: () => Promise.resolve(),
  })
  replay.start()
  await until(() => replay.rounds === 2 && events.filter(({ type }) => type === 'trade').length === 2)
  await replay.close()
  const count = events.length
  expect(events.every(({ timeUs }, index) => timeUs >= startedUs && timeUs >= (events[index - 1]?.timeUs ?? 0))).toBe(true)
  // The second round begins with a book of which nothing is known.
  const again = events.findIndex((event) => event.type === 'snapshot' && event.bids.length === 0)
  expect(events.slice(0, again).filter(({ type }) => type === 'trade')).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([events.length, failures]).toEqual([count, []])
})

test('a recording is listed as a perpetual with powers of ten for ticks and lots, and its book is the one that is told', async () => {
  const truthPath = join(temporaryFolder(), 'truth.jsonl')
  const failures: unknown[] = []
  const rehearsal = await openRehearsal({
    ...{ port: 0, feed: recording(), seed: 1, speed: 1, faultPlanPath: null, faultSeed: null, truthPath, balance: '500' },
    ...{ credentials: { apiKey: 'k', secret: 's' }, controlToken: 't', onFailure: (error: unknown) => failures.push(error) },
  })
  onTestFinished(() => rehearsal.close())
  expect([rehearsal.symbol, rehearsal.wireSymbol]).toEqual(['BTC/USDT:USDT', 'BTC-USDT'])
  const port = Number(new URL(rehearsal.restUrl).port)
  const ticker = async () =>
    (await call({ port, method: 'GET', path: '/openApi/swap/v2/quote/bookTicker', query: 'symbol=BTC-USDT' })).json.data.book_ticker
  await until(async () => (await ticker()).bid_price === 60_000.3)
  const [contract] = (await call({ port, method: 'GET', path: '/openApi/swap/v2/quote/contracts' })).json.data
  expect(contract).toMatchObject({ symbol: 'BTC-USDT', pricePrecision: 1 })
  expect(failures).toEqual([])
})

test('a truth log of another instrument is refused', async () => {
  const folder = temporaryFolder()
  const options = {
    ...{
      port: 0,
      feed: 'simulated',
      seed: 1,
      speed: 1,
      faultPlanPath: null,
      faultSeed: null,
      truthPath: join(folder, 'truth.jsonl'),
      balance: '500',
    },
    ...{ credentials: { apiKey: 'k', secret: 's' }, controlToken: 't', onFailure: () => undefined },
  }
  await (await openRehearsal(options)).close()
  const path = join(folder, 'eth.jsonl.gz')
  writeFileSync(
    path,
    gzipSync(
      `${spot.ticker(0, 1, ['3000.1', '1'], ['3000.2', '1'], 'ETHUSDT')}\n${spot.ticker(9, 2, ['3000.1', '1'], ['3000.2', '2'], 'ETHUSDT')}\n`,
    ),
  )
  await expect(openRehearsal({ ...options, feed: path })).rejects.toMatchObject({ code: 'TRUTH_OTHER_INSTRUMENT' })
})
