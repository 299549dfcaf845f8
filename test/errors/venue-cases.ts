// Errors of a venue, and of the exchange to rehearse with: real sockets on this machine.

import { rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { BINGX_HOSTS, type BingxVenueOptions } from '../../src/core/venue/bingx/options.ts'
import { Rig } from '../core/venue/bingx/rig.ts'
import { ok, refusal } from '../core/venue/bingx/scripted-server.ts'
import { exchange, KEYS } from '../session/world.ts'
import { happened, type Provocation, typed } from './provocation.ts'
import type { Scene } from './scene.ts'

/** A session that connects to a venue which answers as a test has it. */
const connects = (
  code: string,
  by: string,
  prepare: (rig: Rig) => void,
  options: Partial<BingxVenueOptions> = {},
  tuning = {},
): Provocation =>
  happened(code, by, async (scene) => {
    const rig = await Rig.open(options, { connectTimeoutMs: 700, ...tuning })
    scene.atEnd(() => rig.close())
    prepare(rig)
    return scene.failureOf(rig.venue.connect(new AbortController().signal))
  })

/** A workspace that rehearses against an exchange which runs. */
const rehearsing =
  (config: { readonly venue?: object; readonly risk?: object }, keys: Readonly<Record<string, string>> = KEYS) =>
  async (scene: Scene): Promise<void> => {
    const { venue: wish = {}, ...rest } = config
    const { restUrl, streamUrl } = await exchange()
    const venue = { instrument: 'BTC/USDT:USDT', rest_url: restUrl, stream_url: streamUrl }
    scene.config({ mode: 'demo', feed: { source: 'live' }, ...rest, venue: { ...venue, ...wish } })
    scene.variables(keys)
  }

export const VENUE: readonly Provocation[] = [
  typed('VENUE_UNREACHABLE', 'dita run', 'with `mode: demo`, and nobody listens there', (scene) => {
    const venue = { rest_url: 'http://127.0.0.1:9', stream_url: 'ws://127.0.0.1:9' }
    scene.config({ mode: 'demo', feed: { source: 'live' }, venue })
    scene.variables(KEYS)
  }),
  typed('VENUE_REFUSED', 'dita run', 'with a key that the venue does not know', rehearsing({}, { ...KEYS, DITA_BINGX_API_KEY: 'another' })),
  typed(
    'VENUE_REFUSED',
    'dita run',
    'with a secret that is not that of the key',
    rehearsing({}, { ...KEYS, DITA_BINGX_API_SECRET: 'another' }),
  ),
  happened('VENUE_UNREACHABLE', '`dita run`, with an address that says https where http is spoken', async (scene) => {
    const { restUrl } = await exchange()
    const rig = await Rig.open({ restUrl: restUrl.replace('http:', 'https:') })
    scene.atEnd(() => rig.close())
    return scene.failureOf(rig.venue.connect(new AbortController().signal))
  }),
  typed('LEVERAGE_DIFFERS', 'dita run', 'with less leverage than the account is set to', rehearsing({ risk: { max_leverage: 2 } })),
  typed(
    'INSTRUMENT_UNSUPPORTED',
    'dita run',
    'with an instrument that the venue does not list',
    rehearsing({ venue: { instrument: 'BTX/USDT:USDT' } }),
  ),
  typed('CONFIG_INVALID', 'dita run', 'with an instrument that is no perpetual', rehearsing({ venue: { instrument: 'BTC/USDT' } })),
  connects('VENUE_UNREACHABLE', '`dita run`, and the venue answers with an error of its own', ({ server }) =>
    server.script('leverage', () => ({ status: 503, body: '' })),
  ),
  connects('VENUE_REFUSED', '`dita run`, with a key that may not trade', ({ server }) =>
    server.script('mode', () => refusal(100004, 'Permission denied')),
  ),
  connects('POSITION_MODE_DIFFERS', '`dita run`, with an account in hedge mode', ({ server }) =>
    server.script('mode', () => ok({ dualSidePosition: 'true' })),
  ),
  connects('POSITION_MODE_UNSUPPORTED', 'a program of yours asks for hedge mode', () => undefined, { positionMode: 'hedge' }),
  connects('VENUE_HOST_DIFFERS', '`dita run`, with `mode: demo` and the address of real money', () => undefined, {
    restUrl: BINGX_HOSTS.live.restUrl,
    streamUrl: BINGX_HOSTS.live.streamUrl,
  }),
  connects('CLOCK_OFF', '`dita run`, on a machine whose clock is off', ({ server }) => Object.assign(server, { skewMs: 30_000 })),
  connects(
    'SNAPSHOT_STALE',
    '`dita run`, and the venue takes too long to tell of the account',
    ({ server }) => server.script('openOrders', () => ({ body: { code: 0, msg: '', data: { orders: [] } }, delayMs: 120 })),
    {},
    { longestSnapshotMs: 50 },
  ),
]

export const EXCHANGE: readonly Provocation[] = [
  typed('BAD_SPEED', 'dita exchange --speed max'),
  typed('BAD_BALANCE', 'dita exchange --balance plenty'),
  typed('BAD_KEY_FILE', 'dita exchange --api-key-file keys', 'which is not there'),
  typed('BAD_KEY_FILE', 'dita exchange --api-key-file keys', 'which others can read', (scene) =>
    scene.file('keys', 'api_key=k\napi_secret=s\n', 0o644),
  ),
  typed('BAD_KEY_FILE', 'dita exchange --api-key-file keys', 'with other lines in it', (scene) => scene.file('keys', 'k s\n')),
  typed('FAULT_PLAN_UNREADABLE', 'dita exchange --fault-plan faults.yaml', 'which is not there'),
  typed('FAULT_PLAN_INVALID', 'dita exchange --fault-plan faults.yaml', 'with a fault that nobody knows', (scene) =>
    scene.file('faults.yaml', 'faults:\n  - fault: answer_lst\n  - fault: delay\n    ms: long\n'),
  ),
  happened('EXCHANGE_PORT', '`dita exchange --port 8080`, where something listens', async (scene) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    scene.atEnd(() => server.close())
    return scene.fails(`dita exchange --port ${(server.address() as AddressInfo).port}`)
  }),
  happened('TRUTH_BUSY', '`dita exchange --truth truth.jsonl`, which another exchange uses', async (scene) => {
    const { truthPath } = await exchange()
    return scene.fails(`dita exchange --truth ${truthPath}`)
  }),
  typed('TRUTH_UNUSABLE', 'dita exchange --truth nowhere/truth.jsonl'),
  typed('TRUTH_UNUSABLE', 'dita exchange --truth .'),
  happened('TRUTH_DAMAGED', '`dita exchange --truth truth.jsonl`, with a line that is none in the middle', async (scene) => {
    const at = await exchange()
    await at.close()
    const { readFileSync, writeFileSync } = await import('node:fs')
    const lines = readFileSync(at.truthPath, 'utf8').split('\n')
    writeFileSync(at.truthPath, [lines[0], 'garbage', ...lines.slice(1)].join('\n'))
    rmSync(`${at.truthPath}.lock`, { force: true })
    return scene.fails(`dita exchange --truth ${at.truthPath}`)
  }),
  happened(
    'TRUTH_OTHER_INSTRUMENT',
    '`dita exchange --feed eth.gz --truth truth.jsonl`, of a log that was begun with another',
    async (scene) => {
      const at = await exchange()
      await at.close()
      scene.recording('eth.gz', ...[0, 1, 2].map((count) => ETH.replaceAll('COUNT', String(count))))
      return scene.fails(`dita exchange --feed eth.gz --truth ${at.truthPath}`)
    },
  ),
]

const ETH =
  '168065280007043COUNT {"stream":"ethusdt@markPriceUpdate","data":{"e":"bookTicker","u":COUNT,"s":"ETHUSDT","b":"1900.10","B":"1.060","a":"1900.20","A":"3.793","T":168065280008COUNT,"E":168065280009COUNT}}'
