// How fast feeds give events: the two real captures, read alone and with a book built from them, and the simulated feed.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dec } from '../src/core/kernel/decimal.ts'
import type { Feed } from '../src/core/market/feed.ts'
import { openFeed } from '../src/core/market/open-feed.ts'
import { OrderBook } from '../src/core/market/order-book.ts'

const ROUNDS = 5
const SIMULATED_EVENTS = 500_000
const data = fileURLToPath(new URL('../../shared/data/', import.meta.url))
const recordings = ['binance-usdm-btcusdt-20230405.jsonl.gz', 'binance-spot-btcusdt-20240808.jsonl.gz']

function open(source: string): Promise<Feed> {
  const simulated = { startPrice: dec('2'), volatilityBpsPerHour: 60, spreadBps: 6, eventsPerSecond: 20 }
  return openFeed({ source, seed: 7, simulated, instrument: null })
}

async function walk(feed: Feed, book: OrderBook | null): Promise<number> {
  let count = 0
  for await (const batch of feed.batches()) {
    if (book !== null) for (const event of batch) book.apply(event)
    count += batch.length
    if (feed.source === 'simulated' && count >= SIMULATED_EVENTS) break
  }
  return count
}

async function measure(name: string, source: string, withBook: boolean): Promise<void> {
  const elapsedMs: number[] = []
  let count = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const feed = await open(source)
    const startMs = performance.now()
    count = await walk(feed, withBook ? new OrderBook() : null)
    elapsedMs.push(performance.now() - startMs)
  }
  elapsedMs.sort((a, b) => a - b)
  const [bestMs, medianMs] = [elapsedMs[0] as number, elapsedMs[Math.floor(ROUNDS / 2)] as number]
  const perSecond = (ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en')
  console.log(
    `${name}: ${count} events, median ${medianMs.toFixed(0)} ms (${perSecond(medianMs)}/s), best ${bestMs.toFixed(0)} ms (${perSecond(bestMs)}/s)`,
  )
}

for (const recording of recordings) {
  if (!existsSync(data + recording)) {
    console.warn(`LEFT OUT: ${recording}, because ${data} is missing.`)
    continue
  }
  const startMs = performance.now()
  await open(data + recording)
  console.log(`${recording}: opened and instrument inferred in ${(performance.now() - startMs).toFixed(0)} ms`)
  await measure('  read', data + recording, false)
  await measure('  read and book', data + recording, true)
}
await measure('simulated', 'simulated', false)
await measure('simulated and book', 'simulated', true)
console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
