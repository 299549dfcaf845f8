// Who reads which key: found by running, one session of each kind, and held against the tables that an audit tells it from.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CHECKED_AT_LOADING, HANDED_TO, READING_CONDITIONS, READING_MOMENTS, readingOf } from '../../../src/core/config/readers.ts'
import type { ReadingTrace } from '../../../src/core/config/reading-trace.ts'
import { temporaryFolder } from '../../session/harness.ts'
import { Recording, XRP_CONFIG } from '../../session/recordings.ts'
import { exchange, KEYS as VENUE_KEYS } from '../../session/world.ts'
import { WebhookServer } from '../notify/webhook-server.ts'
import { KEYS, readIn, traced } from './traced.ts'

const LINEAR = {
  symbol: 'XRP/USD:USD',
  kind: 'linear',
  base: 'XRP',
  quote: 'USD',
  tick_size: '0.0001',
  lot_size: '0.1',
  max_leverage: '10',
}

const sessions = new Map<string, ReadingTrace>()

/** One session of each kind that there is. */
beforeAll(async () => {
  sessions.set('market_maker', await traced())
  sessions.set(
    'breakout',
    await traced({
      seconds: 300,
      config: {
        instrument: LINEAR,
        strategy: { name: 'breakout', breakout: { lookback_seconds: 5, stop_bps: 1, targets_bps: [1, 2, 3] } },
      },
    }),
  )
  const receiver = await WebhookServer.open()
  const notify = { shape: 'json', chat_id: '1' }
  sessions.set('notified', await traced({ config: { notify }, environment: { DITA_NOTIFY_URL: receiver.url } }))
  await receiver.close()
  const source = new Recording().calm(0, 30, '2.0000', '2.0002').write()
  sessions.set('recording', await traced({ config: { ...XRP_CONFIG, feed: { source } } }))
  const own = join(temporaryFolder(), 'mine.mjs')
  writeFileSync(own, "export default ({ params }) => ({ name: 'mine', slotIds: [], onTick: () => (params.a, []) })\n")
  sessions.set('own strategy', await traced({ config: { strategy: { name: own, params: { a: 1 } } } }))
})

async function demoSession(): Promise<ReadingTrace> {
  const venue = await exchange()
  const addresses = { rest_url: venue.restUrl, stream_url: venue.streamUrl }
  // Nobody listens there: what is sent is lost, and read is all that matters.
  const environment = { ...VENUE_KEYS, DITA_NOTIFY_URL: 'http://127.0.0.1:9/' }
  const notify = { shape: 'json' }
  return traced({ config: { mode: 'demo', feed: { source: 'live' }, venue: addresses, notify }, seconds: 3, environment })
}

describe('C02 the keys that a session reads', () => {
  test.each(['market_maker', 'breakout', 'recording', 'own strategy', 'notified'])(
    'C02 of %s are those whose condition holds, and no key is read by nobody',
    (name) => {
      const trace = sessions.get(name) as ReadingTrace
      expectAsTold(trace)
    },
  )

  test('C02 of a session at a venue are those of the venue, and none of the paper exchange', async () => {
    const trace = await demoSession()
    expectAsTold(trace)
    const moments = READING_MOMENTS.filter(({ when }) => when === 'when it connects to the venue')
    const venueKeys = KEYS.filter((key) => key.startsWith('venue.') && CHECKED_AT_LOADING.every((checked) => checked.key !== key))
    expect(moments.flatMap(({ keys }) => keys)).toEqual(expect.arrayContaining(venueKeys))
    for (const { keys, readers } of moments) for (const key of keys) expect([key, trace.readersOf(key)]).toEqual([key, readers])
  })

  test('C02 that need a trade are read once one is open, by whom the table says', () => {
    const trace = sessions.get('breakout') as ReadingTrace
    const moments = READING_MOMENTS.filter(({ keys }) => keys.some((key) => key.startsWith('strategy.breakout.')))
    expect(moments.flatMap(({ keys }) => keys).length).toBeGreaterThan(5)
    for (const { keys, readers } of moments) for (const key of keys) expect([key, trace.readersOf(key)]).toEqual([key, readers])
  })

  test('C02 of notifications are read by whom the table says', () => {
    const trace = sessions.get('notified') as ReadingTrace
    const moment = READING_MOMENTS.find(({ when }) => when === 'when it sends notifications')
    for (const key of moment?.keys ?? []) expect([key, trace.readersOf(key)]).toEqual([key, moment?.readers])
    expect(moment?.keys).toHaveLength(3)
  })

  test('C02 that no session of any kind ever reads are only those that are checked at loading', async () => {
    const read = [...sessions.values(), await demoSession()].flatMap(readIn)
    const checked = CHECKED_AT_LOADING.map(({ key }) => key)
    expect(KEYS.filter((key) => !read.includes(key) && !checked.includes(key))).toEqual([])
  })
})

test('C02 every module that a table of readers names is there', () => {
  const modules = [
    ...READING_MOMENTS.flatMap(({ readers }) => readers),
    ...Object.values(HANDED_TO).flat(),
    ...CHECKED_AT_LOADING.map(({ by }) => by),
  ]
  const isThere = (module: string) => existsSync(new URL(`../../../src/core/${module}.ts`, import.meta.url))
  expect(modules.filter((module) => !isThere(module))).toEqual([])
})

test('C02 every key and section that a table of readers names is one of the schema', () => {
  const named = [...[...READING_CONDITIONS, ...READING_MOMENTS].flatMap(({ keys }) => keys), ...Object.keys(HANDED_TO)]
  const isKnown = (pattern: string) => KEYS.some((key) => (pattern.endsWith('.*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern))
  expect(named.filter((pattern) => !isKnown(pattern))).toEqual([])
})

/** What an audit would say of each key is what came to pass. */
function expectAsTold(trace: ReadingTrace): void {
  const { config } = trace
  const read = readIn(trace)
  const statuses = KEYS.map((key) => [key, readingOf(key, config, { readersOf: trace.readersOf, isWhole: true }).status] as const)
  expect(statuses.filter(([, status]) => status === 'unread')).toEqual([])
  expect(statuses.filter(([key, status]) => status === 'read' && !read.includes(key))).toEqual([])
  // The session hands the params on with the name of the strategy, whatever strategy that is.
  const idle = statuses.filter(([key, status]) => status === 'idle' && key !== 'strategy.params').map(([key]) => key)
  const told = [...idle, ...CHECKED_AT_LOADING.filter(({ holds }) => holds(config)).map(({ key }) => key)]
  expect(idle.length).toBeGreaterThan(5)
  expect(told.filter((key) => read.includes(key))).toEqual([])
}
