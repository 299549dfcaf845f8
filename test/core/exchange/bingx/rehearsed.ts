// A rehearsed exchange on real sockets, with a market by hand, and a small client that speaks its protocol.

import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { openingOf } from '../../../../src/core/exchange/bingx/open-rehearsal.ts'
import { type BingxExchange, openBingxExchange } from '../../../../src/core/exchange/bingx/server.ts'
import { DEFAULT_SETTINGS, type DoorSettings } from '../../../../src/core/exchange/bingx/settings.ts'
import { FaultPlan, type FaultRule } from '../../../../src/core/exchange/fault-plan.ts'
import { auditTruth, readTruth, type TruthAudit } from '../../../../src/core/exchange/truth-log.ts'
import type { TruthRecord } from '../../../../src/core/exchange/truth-records.ts'
import { dec } from '../../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../../src/core/kernel/instrument.ts'
import { depth, print, snapshot } from '../helpers.ts'

export const KEY = 'test-key'
export const SECRET = 'test-secret'
export const TOKEN = 'control-token'

export const BTC: Instrument = {
  symbol: 'BTC/USDT:USDT',
  kind: 'linear',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: dec('0.1'),
  lotSize: dec('0.0001'),
  minQuantity: dec('0.0001'),
  maxQuantity: dec('0'),
  minNotional: dec('2'),
  maxLeverage: dec('125'),
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of many shapes.
export type Loose = any

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** With integers beyond 2^53 as text. */
  readonly json: Loose
}

/** Thrown where the connection ended without an answer. */
export class Lost extends Error {}

export type Wish = Readonly<Record<string, string | number>>

export interface CallOptions {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly query?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function call(options: CallOptions): Promise<Answer> {
  const { port, method, path, query = '', body = '', headers = {} } = options
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => reject(new Lost(error.message)))
        response.on('aborted', () => reject(new Lost('aborted')))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) })
        })
      },
    )
    sent.on('error', (error) => reject(new Lost(error.message)))
    sent.end(body)
  })
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"')) as Json
  } catch {
    return undefined
  }
}

/** The query of a signed call, the signature last. */
export function signedQuery(params: Wish, { secret = SECRET, nowMs = Date.now() } = {}): string {
  const all: Wish = { timestamp: nowMs, recvWindow: 5_000, ...params }
  const keys = Object.keys(all).sort()
  const signature = createHmac('sha256', secret)
    .update(keys.map((key) => `${key}=${all[key]}`).join('&'))
    .digest('hex')
  return `${keys.map((key) => `${key}=${encodeURIComponent(String(all[key]))}`).join('&')}&signature=${signature}`
}

export interface Stream {
  /** Parsed events; `Ping` as text. */
  readonly events: Loose[]
  /** What could not be read, in words. */
  readonly broken: string[]
  readonly socket: WebSocket
  isClosed: boolean
}

export interface RehearsedOptions {
  readonly rules?: readonly FaultRule[]
  readonly settings?: Partial<DoorSettings>
  readonly truthPath?: string
  readonly balance?: string
  /** Without a market, for tests that bring their own. */
  readonly isEmpty?: boolean
}

export class Rehearsed {
  readonly exchange: BingxExchange
  readonly truthPath: string
  readonly failures: unknown[]
  readonly port: number

  constructor(exchange: BingxExchange, truthPath: string, failures: unknown[]) {
    this.exchange = exchange
    this.truthPath = truthPath
    this.failures = failures
    this.port = Number(new URL(exchange.restUrl).port)
  }

  signed(method: string, path: string, params: Wish = {}): Promise<Answer> {
    return call({ port: this.port, method, path, query: signedQuery(params), headers: { 'X-BX-APIKEY': KEY } })
  }

  open(path: string, query = ''): Promise<Answer> {
    return call({ port: this.port, method: 'GET', path, query })
  }

  /** A resting bid unless the wish says otherwise. */
  place(wish: Wish = {}): Promise<Answer> {
    const base = { symbol: 'BTC-USDT', side: 'BUY', positionSide: 'BOTH', type: 'LIMIT', quantity: '0.01' }
    const limit = { price: '59990', timeInForce: 'GTC' }
    const { type = 'LIMIT' } = wish
    const all: Wish = { ...base, ...(type === 'MARKET' ? {} : limit), ...wish }
    return this.signed('POST', '/openApi/swap/v2/trade/order', all)
  }

  cancel(wish: Wish): Promise<Answer> {
    return this.signed('DELETE', '/openApi/swap/v2/trade/order', { symbol: 'BTC-USDT', ...wish })
  }

  query(wish: Wish): Promise<Answer> {
    return this.signed('GET', '/openApi/swap/v2/trade/order', { symbol: 'BTC-USDT', ...wish })
  }

  control(action: string, body: unknown = {}, token = TOKEN): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    return call({ port: this.port, method: 'POST', path: `/control/${action}`, body: JSON.stringify(body), headers })
  }

  async listenKey(): Promise<string> {
    const { json } = await call({
      port: this.port,
      method: 'POST',
      path: '/openApi/user/auth/userDataStream',
      headers: { 'X-BX-APIKEY': KEY },
    })
    return String(json.listenKey)
  }

  async privateStream(): Promise<Stream> {
    const stream = await this.stream(`?listenKey=${await this.listenKey()}`)
    await until(() => stream.events.some((event) => event.e === 'ACCOUNT_CONFIG_UPDATE'))
    return stream
  }

  stream(query = '', answersPings = true): Promise<Stream> {
    const socket = new WebSocket(`${this.exchange.streamUrl}${query}`, { perMessageDeflate: false })
    const stream: Stream = { events: [], broken: [], socket, isClosed: false }
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) stream.broken.push(`text: ${String(data).slice(0, 100)}`)
      else read(stream, data, answersPings)
    })
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(stream))
      socket.on('close', () => {
        stream.isClosed = true
      })
      socket.on('error', reject)
    })
  }

  truth(): TruthRecord[] {
    return readTruth(this.truthPath)
  }

  audit(): TruthAudit {
    return auditTruth(this.truth())
  }

  /** How many faults of a name have struck, by the truth log. */
  struck(fault: string): number {
    return this.truth().filter((record) => record.kind === 'fault' && record.fault === fault).length
  }
}

function read(stream: Stream, data: Buffer, answersPings: boolean): void {
  let text: string
  try {
    text = gunzipSync(data, { maxOutputLength: 1_000_000 }).toString('utf8')
  } catch (error) {
    stream.broken.push(error instanceof Error ? error.message : 'broken')
    return
  }
  if (text === 'Ping') {
    stream.events.push({ e: 'Ping' })
    if (answersPings) stream.socket.send('Pong')
    return
  }
  const event = parsed(text)
  if (event === undefined) stream.broken.push(`no JSON: ${text.slice(0, 100)}`)
  else stream.events.push(event)
}

/** Gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dita-rehearsed-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function rehearsed(options: RehearsedOptions = {}): Promise<Rehearsed> {
  const truthPath = options.truthPath ?? join(temporaryFolder(), 'truth.jsonl')
  const failures: unknown[] = []
  const exchange = await openBingxExchange({
    port: 0,
    truthPath,
    opening: openingOf(BTC, dec(options.balance ?? '10000')),
    plan: new FaultPlan(options.rules ?? [], 1),
    settings: { ...DEFAULT_SETTINGS, rateLimits: false, ...options.settings },
    credentials: { apiKey: KEY, secret: SECRET },
    controlToken: TOKEN,
    onFailure: (error) => failures.push(error),
  })
  onTestFinished(() => exchange.close())
  if (options.isEmpty !== true) exchange.onMarket(theMarket())
  return new Rehearsed(exchange, truthPath, failures)
}

/** Bids 60000 × 1, 59999 × 2; asks 60001 × 1, 60002 × 2. */
export function theMarket() {
  return snapshot(
    [
      [60000, 1],
      [59999, 2],
    ],
    [
      [60001, 1],
      [60002, 2],
    ],
    1,
  )
}

/** Somebody sells so much down to a price: what rests there or above is filled. */
export function sellsDownTo(exchange: BingxExchange, price: number, size: number): void {
  exchange.onMarket(print(Date.now() * 1_000, 'sell', price, size))
}

export function asksAt(exchange: BingxExchange, rows: readonly (readonly [number, number])[]): void {
  exchange.onMarket(depth(Date.now() * 1_000, [], rows))
}

/** Waits until something holds; at most ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await holds()) return
    await pause(10)
  }
  throw new Error('It did not come to hold in ten seconds.')
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
