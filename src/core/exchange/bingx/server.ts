// The exchange as a process sees it: one HTTP server and one WebSocket endpoint on the loopback, with all that lies behind
// them. Owns sockets and timers; what happens to orders is the desk's.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { WebSocketServer } from 'ws'
import { DitaError, EXIT, troubleOf } from '../../errors.ts'
import { type Decimal, formatDecimal, parseDecimal } from '../../kernel/decimal.ts'
import type { MarketEvent } from '../../market/events.ts'
import { BINGX_STREAM_PATH } from '../../names.ts'
import type { FaultPlan } from '../fault-plan.ts'
import type { TruthOpening } from '../truth-records.ts'
import { accountEvent, fundingEvent, orderEvent, placesOf } from './answers.ts'
import type { Credentials } from './auth.ts'
import type { BookedChange } from './books.ts'
import { ExchangeClock } from './clock.ts'
import { answerControl, type ControlOptions } from './control.ts'
import { Desk } from './desk.ts'
import { Door, faultEntry } from './door.ts'
import { ListenKeys } from './listen-keys.ts'
import { PrivateStreams } from './private-streams.ts'
import { PublicStreams } from './public-streams.ts'
import type { Machinery, Outcome } from './request-faults.ts'
import type { Counter } from './route.ts'
import type { DoorSettings } from './settings.ts'
import { TruthLock } from './truth-lock.ts'
import { bare } from './wire.ts'

export interface BingxExchangeOptions {
  /** 0: one that is free. */
  readonly port: number
  readonly truthPath: string
  readonly opening: TruthOpening
  readonly plan: FaultPlan
  readonly settings: DoorSettings
  readonly credentials: Credentials
  readonly controlToken: string
  /** Hears once of what makes it impossible to go on. */
  readonly onFailure: (error: unknown) => void
}

const HOST = '127.0.0.1'
const MOST_BODY_BYTES = 64 * 1_024
const TICK_MS = 50
const MOST_STREAMS = 60

/** @throws DitaError EXCHANGE_PORT, TRUTH_BUSY, TRUTH_UNUSABLE, TRUTH_DAMAGED, INSTRUMENT_UNSUPPORTED */
export async function openBingxExchange(options: BingxExchangeOptions): Promise<BingxExchange> {
  const lock = await TruthLock.take(options.truthPath)
  let exchange: BingxExchange | null = null
  try {
    exchange = new BingxExchange(options, lock)
    await exchange.listen(options.port)
    return exchange
  } catch (error) {
    if (exchange === null) await lock.release()
    else await exchange.close()
    throw error
  }
}

export class BingxExchange {
  readonly #options: BingxExchangeOptions
  readonly #lock: TruthLock
  readonly #clock = new ExchangeClock(() => Date.now())
  readonly #desk: Desk
  readonly #counter: Counter
  readonly #door: Door
  readonly #control: ControlOptions
  readonly #private: PrivateStreams
  readonly #public: PublicStreams
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_BODY_BYTES })
  readonly #timers = new Set<NodeJS.Timeout>()
  #ticking: NodeJS.Timeout | null = null
  #isDown = false
  /** The last interval of funding that began; null before the first look at the clock. */
  #fundedPeriod: number | null = null
  #frozen: { readonly promise: Promise<void>; readonly thaw: () => void } | null = null
  #isClosed = false
  #isBroken = false

  constructor(options: BingxExchangeOptions, lock: TruthLock) {
    this.#options = options
    this.#lock = lock
    const { settings, plan, credentials } = options
    this.#desk = new Desk({
      ...{ truthPath: options.truthPath, opening: options.opening, clock: this.#clock, burnsRefusedIds: settings.burnRefusedIds },
      onChange: (change) => this.#publish(change),
      later: (ms, action) => this.#later(ms, action),
    })
    const listenKeys = new ListenKeys(settings.listenKeyMs)
    const places = placesOf(this.#desk)
    this.#counter = { desk: this.#desk, clock: this.#clock, settings, listenKeys, places }
    const machinery = this.#machinery()
    this.#door = new Door({ counter: this.#counter, plan, credentials, machinery, thawed: this.thawed })
    this.#private = new PrivateStreams({
      ...{ listenKeys, pingMs: settings.pingMs, later: machinery.later, nowMs: () => this.#clock.nowMs() },
      strike: (event, clientOrderId) => {
        const fired = plan.strike({ at: 'event', name: event, clientOrderId })
        for (const fault of fired) this.#desk.note(faultEntry(fault, event, clientOrderId))
        return fired
      },
      configEvent: () => {
        const { leverage } = this.#desk.books
        return {
          e: 'ACCOUNT_CONFIG_UPDATE',
          E: this.#clock.nowMs(),
          ac: { s: places.symbol, l: bare(formatDecimal(leverage)), S: bare(formatDecimal(leverage)), mt: 'cross' },
        }
      },
    })
    this.#public = new PublicStreams({ desk: () => this.#desk, clock: this.#clock, symbol: places.symbol, pingMs: settings.pingMs })
    this.#control = {
      ...{ token: options.controlToken, counter: this.#counter, plan, machinery },
      dropStreams: (silently) => (silently ? this.#private.silence() : this.#private.drop()),
      freeze: (isFrozen) => this.#freeze(isFrozen),
      privateStreams: () => this.#private.count,
      chargeFunding: (due) => this.#chargeFunding(due),
    }
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.on('connection', (socket: Socket) => {
      if (this.#isDown) socket.destroy()
    })
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head))
  }

  /** @throws DitaError EXCHANGE_PORT */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(portTaken(port, error)))
      this.#server.listen(port, HOST, resolve)
    })
    this.#ticking = setInterval(() => this.#guarded(() => this.#tick()), TICK_MS)
  }

  get restUrl(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`
  }

  get streamUrl(): string {
    return `ws://${HOST}:${(this.#server.address() as AddressInfo).port}${BINGX_STREAM_PATH}`
  }

  /** As the venue writes it. */
  get symbol(): string {
    return this.#counter.places.symbol
  }

  get desk(): Desk {
    return this.#desk
  }

  onMarket(event: MarketEvent): void {
    if (this.#isClosed) return
    this.#guarded(() => {
      this.#desk.onMarket(event)
      this.#public.onMarket(event)
    })
  }

  /** Resolves at once unless the exchange is frozen. */
  readonly thawed = (): Promise<void> => this.#frozen?.promise ?? Promise.resolve()

  /** Closing twice is fine. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#freeze(false)
    if (this.#ticking !== null) clearInterval(this.#ticking)
    for (const timer of this.#timers) clearTimeout(timer)
    this.#private.close()
    this.#public.close()
    this.#sockets.close()
    this.#server.closeIdleConnections()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    // Who does not let go of his connection is let go.
    this.#private.drop()
    this.#public.drop()
    this.#server.closeAllConnections()
    await closed
    if (!this.#isBroken) this.#desk.stop()
    await this.#lock.release()
  }

  #machinery(): Machinery {
    return {
      skewTo: (ms) => this.#clock.skewTo(ms),
      expireListenKeys: () => {
        this.#counter.listenKeys.expireAll()
        this.#private.expire(this.#counter.listenKeys.takeExpired(this.#clock.nowMs()))
      },
      restart: (downMs) => this.#restart(downMs),
      later: (ms, action) => this.#later(ms, action),
    }
  }

  #restart(downMs: number): void {
    this.#isDown = downMs > 0
    this.#counter.listenKeys.clear()
    this.#private.drop()
    this.#public.drop()
    this.#desk.restart()
    if (!this.#isDown) return
    this.#server.closeAllConnections()
    this.#later(downMs, () => {
      this.#isDown = false
    })
  }

  #freeze(isFrozen: boolean): void {
    this.#frozen?.thaw()
    this.#frozen = null
    if (!isFrozen) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#frozen = { promise, thaw: resolve }
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#guarded(action)
    }, ms)
    this.#timers.add(timer)
  }

  #tick(): void {
    if (this.#frozen !== null) return
    const elapsedMs = performance.now()
    this.#private.tick(elapsedMs)
    this.#public.tick(elapsedMs)
    this.#payFunding()
    const { cancelAllAtUs } = this.#desk.books
    if (cancelAllAtUs === null || this.#clock.nowUs() < cancelAllAtUs) return
    this.#desk.note({ kind: 'cancel_all_after', atUs: null })
    for (const order of this.#desk.books.openOrders()) this.#desk.close(order)
  }

  /** At the multiples of its interval, as the real venue does; a clock that was set back pays nothing twice. */
  #payFunding(): void {
    const { fundingIntervalMs, fundingRate } = this.#options.settings
    const period = Math.floor(this.#clock.nowMs() / fundingIntervalMs)
    const last = this.#fundedPeriod
    this.#fundedPeriod = period
    if (last !== null && period > last) this.#chargeFunding({ rate: parseDecimal(fundingRate) })
  }

  #chargeFunding(due: Parameters<Desk['chargeFunding']>[0]): Decimal | null {
    const charged = this.#desk.chargeFunding(due)
    if (charged !== null) this.#private.publish('account', fundingEvent(this.#desk, this.#clock.nowMs()), '')
    return charged
  }

  #guarded(action: () => void): void {
    try {
      if (!this.#isBroken) action()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Whatever breaks breaks the exchange: it must not go on with a truth that is not written. */
  #fail(error: unknown): void {
    // What was still on its way when the exchange closed has nobody left to tell.
    if (this.#isBroken || this.#isClosed) return
    this.#isBroken = true
    this.#options.onFailure(error)
  }

  #publish(change: BookedChange): void {
    const { settings } = this.#options
    const nowMs = this.#clock.nowMs()
    const { clientOrderId } = change.view.order
    this.#private.publish('order', orderEvent(change, this.#counter.places, settings, nowMs), clientOrderId)
    if (change.fill !== null) this.#private.publish('account', accountEvent(change, this.#desk, settings, nowMs), clientOrderId)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A caller who goes away while he is answered is nothing to break over: what he asked for stands in the log.
    response.on('error', () => response.destroy())
    try {
      const body = await readBody(request)
      if (body === null || this.#isClosed || this.#isBroken) {
        request.destroy()
        return
      }
      send(response, await this.#answer(request, body), String(request.headers['accept-encoding'] ?? ''))
    } catch (error) {
      request.destroy()
      this.#fail(error)
    }
  }

  async #answer(request: IncomingMessage, body: string): Promise<Outcome> {
    const url = request.url ?? '/'
    const at = url.indexOf('?')
    const path = at < 0 ? url : url.slice(0, at)
    const method = request.method ?? 'GET'
    const { headers } = request
    if (path.startsWith('/control/')) {
      return answerControl(this.#control, { path, method, body, token: headers.authorization?.replace(/^Bearer /, '') })
    }
    return await this.#door.answer({
      ...{ method, path, body, query: at < 0 ? '' : url.slice(at + 1) },
      contentType: headers['content-type'] ?? '',
      apiKey: headers['x-bx-apikey']?.toString(),
    })
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const url = new URL(request.url ?? '/', `ws://${HOST}`)
    const key = url.searchParams.get('listenKey')
    const isKnown = key === null || this.#counter.listenKeys.isValid(key, this.#clock.nowMs())
    const status = url.pathname !== BINGX_STREAM_PATH ? '404 Not Found' : isKnown ? null : '401 Unauthorized'
    if (status !== null || this.#isClosed || this.#sockets.clients.size >= MOST_STREAMS) {
      socket.end(`HTTP/1.1 ${status ?? '429 Too Many Requests'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (key === null) this.#public.connect(webSocket, performance.now())
      else this.#private.connect(webSocket, key, performance.now())
    })
  }
}

/** Null where it is longer than anybody needs, or where the caller left in the middle of it. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > MOST_BODY_BYTES) return null
      chunks.push(chunk)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, outcome: Outcome, acceptEncoding: string): void {
  if (outcome === 'drop') {
    response.socket?.destroy()
    return
  }
  const isZipped = /\bgzip\b/.test(acceptEncoding)
  const bytes = isZipped ? gzipSync(outcome.body) : Buffer.from(outcome.body)
  const encoding = isZipped ? { 'content-encoding': 'gzip' } : {}
  response.writeHead(outcome.status, {
    'content-type': outcome.contentType,
    'content-length': bytes.length,
    ...encoding,
    ...outcome.headers,
  })
  if (outcome.isCut) response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
  else response.end(bytes)
}

function portTaken(port: number, error: unknown): DitaError {
  return new DitaError('EXCHANGE_PORT', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The exchange cannot listen on ${HOST}:${port}: ${troubleOf(error)}.`,
    next: 'Give another port with --port, or 0 for one that is free.',
    cause: error,
  })
}
