// What is checked before anything is traded, against a scripted venue on loopback.

import { afterEach, describe, expect, test } from 'vitest'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import { BINGX_HOSTS } from '../../../../src/core/venue/bingx/options.ts'
import { failureOf, INSTRUMENT, Rig } from './rig.ts'
import { CONTRACT, ok, refusal } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const never = new AbortController().signal

describe('connecting', () => {
  test('V03 it checks clock, instrument, mode and leverage, opens the stream, and hands on a first snapshot', async () => {
    rig = await Rig.open()
    await rig.venue.connect(never)
    rig.collect()
    expect(rig.news).toMatchObject([{ type: 'SNAPSHOT', openOrders: [], positions: [], complete: true }])
    for (const name of ['time', 'contracts', 'mode', 'leverage', 'openKey', 'openOrders', 'positions'] as const) {
      expect(rig.server.callsOf(name).length, name).toBeGreaterThan(0)
    }
    expect(rig.server.openSockets).toBe(1)
    expect(rig.venue.instrument).toMatchObject({
      symbol: INSTRUMENT,
      kind: 'linear',
      tickSize: dec('0.1'),
      lotSize: dec('0.0001'),
      minQuantity: dec('0.0001'),
      minNotional: dec('2'),
      maxLeverage: dec('75'),
    })
  })

  const REFUSALS: readonly [string, string, number, (rig: Rig) => void][] = [
    ['a clock that is behind the venue’s', 'CLOCK_OFF', 7, ({ server }) => Object.assign(server, { skewMs: 30_000 })],
    ['a clock that is ahead of it', 'CLOCK_OFF', 7, ({ server }) => Object.assign(server, { skewMs: -30_000 })],
    ['an instrument that is not listed', 'INSTRUMENT_UNSUPPORTED', 4, ({ server }) => server.script('contracts', () => ok([]))],
    [
      'one that is not online',
      'INSTRUMENT_UNSUPPORTED',
      4,
      ({ server }) => server.script('contracts', () => ok([{ ...CONTRACT, status: 25 }])),
    ],
    [
      'one closed to the API',
      'INSTRUMENT_UNSUPPORTED',
      4,
      ({ server }) => server.script('contracts', () => ok([{ ...CONTRACT, apiStateOpen: 'false' }])),
    ],
    ['hedge mode', 'POSITION_MODE_DIFFERS', 4, ({ server }) => server.script('mode', () => ok({ dualSidePosition: 'true' }))],
    [
      'a leverage above the cap',
      'LEVERAGE_DIFFERS',
      4,
      ({ server }) =>
        server.script('leverage', () => ok({ longLeverage: 5, shortLeverage: 20, maxLongLeverage: 100, maxShortLeverage: 75 })),
    ],
    ['a key without rights', 'VENUE_REFUSED', 4, ({ server }) => server.script('mode', () => refusal(100004, 'Permission denied'))],
    [
      'an answer that cannot be read',
      'VENUE_UNREACHABLE',
      7,
      ({ server }) => server.script('mode', () => ok({ dualSidePosition: 'perhaps' })),
    ],
    ['a busy venue', 'VENUE_UNREACHABLE', 7, ({ server }) => server.script('leverage', () => ({ status: 503, body: '' }))],
    ['no listen key', 'VENUE_UNREACHABLE', 7, ({ server }) => server.script('openKey', () => refusal(100500, 'internal'))],
  ]
  test.each(REFUSALS)('V03 %s is refused before anything is traded', async (_name, code, exitCode, prepare) => {
    rig = await Rig.open({}, { connectTimeoutMs: 700 })
    prepare(rig)
    expect(await failureOf(rig.venue.connect(never))).toMatchObject({ code, exitCode })
  })

  test('V03 an instrument that is none is refused with those that may have been meant', async () => {
    rig = await Rig.open()
    const listed = ['ETH-USDT', 'BTC-USDC', 'BTCDOM-USDT', 'DOGE-USDT', '??'].map((symbol) => ({ ...CONTRACT, symbol }))
    rig.server.script('contracts', ({ parameters }) =>
      parameters['symbol'] === undefined ? ok(listed) : refusal(109425, 'symbol not exist'),
    )
    const failure = await failureOf(rig.venue.connect(never))
    expect(failure).toMatchObject({ code: 'INSTRUMENT_UNSUPPORTED', exitCode: 4, next: expect.stringContaining('BASE/USDT:USDT') })
    expect(failure.message).toContain('(the nearest that it lists: BTC/USDC:USDC, ')
  })

  test('V03 it is bounded in time where the venue says nothing', async () => {
    rig = await Rig.open({}, { connectTimeoutMs: 300, callTimeoutMs: 60_000 })
    rig.server.script('mode', () => 'hang')
    expect(await failureOf(rig.venue.connect(never))).toMatchObject({ code: 'VENUE_UNREACHABLE' })
  })

  test('V03 hedge mode in the config is refused in a clear sentence', async () => {
    rig = await Rig.open({ positionMode: 'hedge' })
    expect(await failureOf(rig.venue.connect(never))).toMatchObject({ code: 'POSITION_MODE_UNSUPPORTED', exitCode: 4 })
    expect(rig.server.received).toEqual([])
  })

  test.each([
    ['demo', BINGX_HOSTS.live.restUrl, BINGX_HOSTS.demo.streamUrl],
    ['demo', BINGX_HOSTS.demo.restUrl, BINGX_HOSTS.live.streamUrl],
    ['live', BINGX_HOSTS.demo.restUrl, BINGX_HOSTS.live.streamUrl],
  ] as const)('V03 as %s at %s and %s it does not even ask', async (kind, restUrl, streamUrl) => {
    rig = await Rig.open({ kind, restUrl, streamUrl })
    expect(await failureOf(rig.venue.connect(never))).toMatchObject({ code: 'VENUE_HOST_DIFFERS', exitCode: 4 })
    expect(rig.venue.health().calls).toBe(0)
  })
})
