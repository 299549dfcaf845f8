// Every reason for which a session can end, each with its real cause: what has to happen for it, and what the end then says. A
// reason that is added to the taxonomy without a case here does not compile.

import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { expect, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { HALT_REASONS } from '../../src/core/halt-reasons.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { failureOf, MINUTE_US, newStore, onlooker, query, runPaper, SECOND_US, temporaryFolder, virtualWall } from './harness.ts'
import { startChild, startDita } from './processes.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'
import { control, exchange, session, strategyFile } from './world.ts'

export interface Ended {
  readonly storePath: string
  readonly sessionId: string
  /** As whoever ran it was told: by the outcome, or by the error. */
  readonly exitCode: number
}

export interface HaltCase {
  readonly cause: string
  readonly exitCode: number
  /** As the store has it, where it is not the reason of the taxonomy itself. */
  readonly reason?: string
  readonly detail: RegExp | null
  /** Of a gate: what its flag in `risk_events` allows. */
  readonly limit?: string
  readonly play: () => Promise<Ended>
}

type Wish = Parameters<typeof runPaper>[0]

async function paper(wish: Wish = {}): Promise<Ended> {
  const { storePath, outcome } = await runPaper({ sessionId: 'case', ...wish })
  return { storePath, sessionId: outcome.sessionId, exitCode: outcome.exitCode }
}

const LONG_S = 86_400
const WILD = { feed: { simulated: { volatility_bps_per_hour: 3000 } } }

/** At a venue on the wire; something happens to it once the session trades. */
async function world(
  config: Readonly<Record<string, unknown>>,
  happen: (at: Awaited<ReturnType<typeof exchange>>) => Promise<void>,
  from: { readonly plan?: string; readonly streamUrl?: (url: string) => Promise<string> } = {},
): Promise<Ended> {
  const at = await exchange(from.plan)
  const streamUrl = (await from.streamUrl?.(at.streamUrl)) ?? at.streamUrl
  const stop = new SessionControl()
  const { storePath, ended } = session({ ...at, streamUrl } as typeof at, { sessionId: 'case', seconds: LONG_S, control: stop, config })
  onTestFinished(() => stop.requestStop({ reason: 'engine_requested_halt', detail: null }))
  const exitCode = ended.then(
    (outcome) => outcome.exitCode,
    (error: { readonly exitCode: number }) => error.exitCode,
  )
  await Promise.race([exitCode, until(() => hasTraded(storePath))])
  await happen(at)
  return { storePath, sessionId: 'case', exitCode: await exitCode }
}

function hasTraded(storePath: string): boolean {
  try {
    return query(storePath, 'SELECT 1 FROM orders LIMIT 2').length === 2
  } catch {
    // There is no store yet.
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 600 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 50))
}

const lose = (at: Parameters<typeof control>[0], endpoint: string): Promise<void> =>
  control(at, 'faults', { add: { fault: 'request_lost', on: { endpoint } } })

/** A wire to the market that, once it was cut, carries everything but the book. */
async function booklessRelay(streamUrl: string): Promise<{ readonly url: string; readonly cut: () => void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const market = new Set<WebSocket>()
  let isCut = false
  server.on('connection', (near, request) => {
    const isPrivate = request.url?.includes('listenKey=') === true
    const far = new WebSocket(`${new URL(streamUrl).origin}${request.url}`)
    const opened = new Promise((resolve) => far.once('open', resolve))
    if (!isPrivate) market.add(near)
    near.on('message', (data, isBinary) => void opened.then(() => far.send(data as Buffer, { binary: isBinary })))
    far.on('message', (data: Buffer, isBinary) => {
      const text = isBinary ? gunzipSync(data).toString() : data.toString()
      if (isPrivate || !isCut || !/@(depth|incrDepth|bookTicker)/.test(text)) near.send(data, { binary: isBinary })
    })
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => other.terminate())
      one.on('close', () => other.terminate())
    }
  })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(streamUrl).pathname}`,
    cut: () => {
      isCut = true
      for (const near of market) near.terminate()
    },
  }
}

/** The command line, ended by a signal while it trades. */
async function signalled(signal: NodeJS.Signals): Promise<Ended> {
  const cwd = temporaryFolder()
  const storePath = join(cwd, 'dita.db')
  const dita = startDita(['run', '--duration', '10h', '--speed', '20', '--session', 'case', '--store', 'dita.db', '--json'], { cwd })
  await until(() => hasTraded(storePath))
  dita.process.kill(signal)
  return { storePath, sessionId: 'case', exitCode: (await dita.ended).code ?? -1 }
}

/** Buys once, and holds. */
const HOLD = `export default ({ instrument, decimal }) => ({
  name: 'hold', slotIds: ['s'],
  onTick({ market, portfolio }) {
    if (market.mid === null || portfolio.slots.get('s')?.stage === 'position_open' || portfolio.liveOrders.size > 0) return []
    const terms = { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false, leverage: decimal.dec('1'), exitRatios: [] }
    return [{ type: 'ENTER', slotId: 's', instrument: instrument.symbol, side: 'buy', quantity: decimal.dec('500'), ...terms }]
  },
})
`

const ASK_TO_HALT = `export default () => {
  let ticks = 0
  return { name: 'careful', slotIds: [], onTick() {
    ticks += 1
    return ticks === 3 ? [{ type: 'CONTROL', action: 'halt', reason: 'I have seen enough' }] : []
  } }
}
`

export const HALT_CASES = {
  duration_elapsed: { cause: 'its time is over', exitCode: 0, detail: null, play: () => paper({ durationUs: 5 * SECOND_US }) },
  feed_ended: {
    cause: 'the recording ends',
    exitCode: 0,
    detail: null,
    play: () => paper({ config: XRP_CONFIG, feed: new Recording().calm(0, 5, '2.0000', '2.0004').write(), durationUs: MINUTE_US }),
  },
  engine_requested_halt: {
    cause: 'the strategy asks for it',
    exitCode: 0,
    detail: /^the strategy careful asked for it: I have seen enough$/,
    play: () => paper({ strategy: strategyFile(ASK_TO_HALT) }),
  },
  'risk_<asset>_exposure': {
    cause: 'quotes fill beyond the limit',
    exitCode: 8,
    reason: 'risk_xrp_exposure',
    detail: /^exposure 10\d\.\d+ RLUSD, limit 100\.01 RLUSD$/,
    limit: '100.01',
    play: () =>
      paper({
        durationUs: 30 * MINUTE_US,
        config: { ...WILD, risk: { max_exposure: '100.01' }, strategy: { market_maker: { max_inventory_notional: 100 } } },
      }),
  },
  risk_loss_limit: {
    cause: 'the market moves against what is held',
    exitCode: 8,
    detail: /^loss 0\.\d+ RLUSD, limit 0\.05 RLUSD$/,
    limit: '0.05',
    play: () => paper({ durationUs: 30 * MINUTE_US, config: { ...WILD, risk: { max_session_loss: '0.05' } } }),
  },
  risk_drawdown: {
    cause: 'the equity falls below its peak',
    exitCode: 8,
    detail: /^drawdown 275 USDT, limit 20 USDT, peak \d+(\.\d+)? USDT$/,
    limit: '20',
    play: () => {
      const feed = new Recording().calm(0, 10, '2.0000', '2.0004').calm(10, 20, '2.1000', '2.1004').calm(20, 40, '2.0500', '2.0504')
      const risk = { max_drawdown: 20, max_session_loss: 0, max_order_notional: 0, price_collar_bps: 0 }
      return paper({ feed: feed.write(), strategy: strategyFile(HOLD), durationUs: MINUTE_US, config: { ...XRP_CONFIG, risk } })
    },
  },
  risk_stale_feed: {
    cause: 'the feed falls silent',
    exitCode: 8,
    detail: /^silent for 20\.1 s, limit 20 s$/,
    limit: '20',
    play: () => {
      const feed = new Recording().calm(0, 20, '2.0000', '2.0004').calm(80, 100, '2.0000', '2.0004')
      return paper({ feed: feed.write(), durationUs: 5 * MINUTE_US, config: { ...XRP_CONFIG, risk: { stale_feed_seconds: 20 } } })
    },
  },
  market_gap: {
    cause: 'the book is lost in a gap and never comes back, while trades go on',
    exitCode: 8,
    detail: /^a gap in the market data, without a book for [23](\.\d+)? s, limit 2 s$/,
    limit: '2',
    play: async () => {
      let cut = (): void => undefined
      const streamUrl = async (url: string): Promise<string> => {
        const relay = await booklessRelay(url)
        cut = relay.cut
        return relay.url
      }
      return world({ risk: { stale_feed_seconds: 2 } }, async () => cut(), { streamUrl })
    },
  },
  risk_rpc_failure: {
    cause: 'every call to the venue is lost',
    exitCode: 8,
    detail: /^no answer from the venue for [23](\.\d+)? s, limit 2 s$/,
    limit: '2',
    play: () => world({ risk: { venue_silence_seconds: 2, max_venue_failures_percent: 0 } }, (at) => lose(at, '*')),
  },
  risk_gateway_unhealthy: {
    cause: 'the private stream is lost and cannot be opened again',
    exitCode: 8,
    detail: /^the venue's private stream down for [23](\.\d+)? s, limit 2 s$/,
    limit: '2',
    play: () =>
      world({ risk: { venue_stream_seconds: 2, max_venue_failures_percent: 0 } }, async (at) => {
        await lose(at, 'listen_key')
        await control(at, 'streams/drop', {})
      }),
  },
  risk_stale_ledger: {
    cause: 'the positions at the venue cannot be asked for',
    exitCode: 8,
    detail: /^the account at the venue not seen for \d+(\.\d+)? s, limit 3 s$/,
    limit: '3',
    play: () =>
      world({ risk: { venue_account_seconds: 3, max_venue_failures_percent: 0 } }, async (at) => {
        await lose(at, 'positions')
        // The stream comes back at once, and the account is looked at anew.
        await control(at, 'streams/drop', {})
      }),
  },
  kill_switch: {
    cause: 'a file named HALT appears beside the store',
    exitCode: 8,
    detail: /^the file HALT: the desk is closed$/,
    play: () => {
      const storePath = newStore()
      const observer = onlooker(({ counts }) => {
        if (counts.ticks === 5) writeFileSync(join(dirname(storePath), 'HALT'), 'the desk is closed\n')
      })
      return paper({ storePath, observer, durationUs: 600 * MINUTE_US, speed: 50 })
    },
  },
  reconciler_halt: {
    cause: 'somebody else moved the position while no session ran',
    exitCode: 3,
    detail: /^\S+: we hold .+, the venue says .+/,
    play: async () => {
      const at = await exchange()
      const first = session(at, { sessionId: 'before', seconds: 2 })
      await first.ended
      await control(at, 'orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.05' })
      const { exitCode } = await session(at, { sessionId: 'case', seconds: LONG_S, storePath: first.storePath }).ended
      return { storePath: first.storePath, sessionId: 'case', exitCode }
    },
  },
  interrupted_sigint: { cause: 'SIGINT', exitCode: 130, detail: null, play: () => signalled('SIGINT') },
  interrupted_sigterm: { cause: 'SIGTERM', exitCode: 143, detail: null, play: () => signalled('SIGTERM') },
  interrupted_sighup: { cause: 'SIGHUP', exitCode: 129, detail: null, play: () => signalled('SIGHUP') },
  startup_failure: {
    cause: 'the venue does not say what is in the wallet',
    exitCode: 7,
    detail: /^The venue does not say what is in the wallet: /,
    play: () => world({}, async () => undefined, { plan: 'faults:\n  - { fault: http_504_refused, on: { endpoint: balance } }\n' }),
  },
  journal_failure: {
    cause: 'another program holds the store; the next start writes the end',
    exitCode: 6,
    detail: /^database is locked; \d+ orders were live$/,
    play: async () => {
      const storePath = newStore()
      let other: Database.Database | null = null
      const observer = onlooker(({ counts }) => {
        if (counts.ticks !== 5 || other !== null) return
        other = new Database(storePath)
        other.exec('BEGIN IMMEDIATE')
      })
      const { exitCode } = await failureOf(paper({ storePath, observer, durationUs: 5 * MINUTE_US }))
      ;(other as Database.Database | null)?.close()
      await paper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })
      return { storePath, sessionId: 'case', exitCode }
    },
  },
  crashed: {
    cause: 'SIGKILL; the next start writes the end',
    exitCode: -1,
    detail: /^the process ended without writing a halt; \S+ orders? (was|were) live$/,
    play: async () => {
      const storePath = newStore()
      const wish = { storePath, sessionId: 'case', feed: 'simulated', seed: 7, durationUs: 600 * MINUTE_US, speed: 20, config: {} }
      const child = startChild(wish)
      await child.says('tick 10')
      child.process.kill('SIGKILL')
      expect(await child.ended).toMatchObject({ signal: 'SIGKILL' })
      await paper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })
      return { storePath, sessionId: 'case', exitCode: -1 }
    },
  },
  unexpected_halt: {
    cause: 'a clock that breaks, as a defect of ours would',
    exitCode: 1,
    detail: /^the clock has stopped$/,
    play: async () => {
      const storePath = newStore()
      const wall = virtualWall()
      let sleeps = 0
      const sleep = (ms: number): Promise<void> => {
        sleeps += 1
        if (sleeps > 500) throw new Error('the clock has stopped')
        return wall.sleep(ms)
      }
      await expect(paper({ storePath, speed: 50, wall: { ...wall, sleep } })).rejects.toThrow('the clock has stopped')
      return { storePath, sessionId: 'case', exitCode: 1 }
    },
  },
} as const satisfies Record<keyof typeof HALT_REASONS, HaltCase>
