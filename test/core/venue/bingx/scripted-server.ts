// A venue that says what a test tells it to, on loopback, and remembers what it was asked. It checks signatures, since a
// request that is not signed right would reach nobody.

import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type WebSocket, WebSocketServer } from 'ws'

export const API_KEY = 'canaryKeyAAAABBBBCCCC'
export const API_SECRET = 'canarySecretDDDDEEEEFFFF'

export interface Received {
  readonly call: string
  readonly parameters: Readonly<Record<string, string>>
  readonly atMs: number
  readonly headers: IncomingMessage['headers']
}

/** What a call is answered with: a body, or something ruder. */
export type Reply =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string>; readonly delayMs?: number }
  | 'hang'
  | 'reset'
  | 'cut'

/** `nth` counts the calls of that kind, from 1. */
export type Script = (received: Received, nth: number) => Reply

export const ok = (data: unknown): Reply => ({ body: { code: 0, msg: '', data } })
export const refusal = (code: number, msg = ''): Reply => ({ body: { code, msg, data: {} } })
/** A body as it is, for what no JSON library would write: integers beyond 2^53. */
export const raw = (text: string, status = 200): Reply => ({ status, body: new RawText(text) })

class RawText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export const CONTRACT = {
  contractId: '100',
  symbol: 'BTC-USDT',
  quantityPrecision: 4,
  pricePrecision: 1,
  tradeMinQuantity: 0.0001,
  tradeMinUSDT: 2,
  maxLongLeverage: 125,
  maxShortLeverage: 125,
  currency: 'USDT',
  asset: 'BTC',
  status: 1,
  apiStateOpen: 'true',
  apiStateClose: 'true',
}

export const CALLS = {
  place: 'POST /openApi/swap/v2/trade/order',
  cancel: 'DELETE /openApi/swap/v2/trade/order',
  order: 'GET /openApi/swap/v2/trade/order',
  fills: 'GET /openApi/swap/v2/trade/fillHistory',
  openOrders: 'GET /openApi/swap/v2/trade/openOrders',
  positions: 'GET /openApi/swap/v2/user/positions',
  balances: 'GET /openApi/swap/v3/user/balance',
  income: 'GET /openApi/swap/v2/user/income',
  leverage: 'GET /openApi/swap/v2/trade/leverage',
  mode: 'GET /openApi/swap/v1/positionSide/dual',
  time: 'GET /openApi/swap/v2/server/time',
  contracts: 'GET /openApi/swap/v2/quote/contracts',
  openKey: 'POST /openApi/user/auth/userDataStream',
  keepKey: 'PUT /openApi/user/auth/userDataStream',
  endKey: 'DELETE /openApi/user/auth/userDataStream',
} as const

export class ScriptedVenue {
  readonly received: Received[] = []
  readonly sockets: WebSocket[] = []
  /** What clients said on the stream. */
  readonly said: string[] = []
  readonly connections: string[] = []
  readonly #scripts = new Map<string, Script>()
  readonly #server: Server
  readonly #stream: WebSocketServer
  skewMs = 0

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#stream = new WebSocketServer({ noServer: true })
    this.#server.on('upgrade', (request, socket, head) => {
      this.connections.push(request.url ?? '')
      this.#stream.handleUpgrade(request, socket, head, (client) => {
        this.sockets.push(client)
        client.on('message', (data) => this.said.push(String(data)))
        client.on('error', () => undefined)
      })
    })
    this.script('time', () => ok({ serverTime: Date.now() + this.skewMs }))
    this.script('contracts', () => ok([CONTRACT]))
    this.script('mode', () => ok({ dualSidePosition: 'false' }))
    this.script('leverage', () => ok({ longLeverage: 5, shortLeverage: 5, maxLongLeverage: 100, maxShortLeverage: 75 }))
    this.script('openOrders', () => ok({ orders: [] }))
    this.script('positions', () => ok([]))
    this.script('income', () => ok([]))
    this.script('fills', () => ok({ fill_history_orders: [], total: 0 }))
    this.script('order', () => refusal(109421, 'order not exist'))
    this.script('balances', () =>
      ok([
        { asset: 'USDT', balance: '300.0000' },
        { asset: 'USDC', balance: '' },
      ]),
    )
    this.script('openKey', () => ({ body: { listenKey: 'a8ea75681542e66f1a50a1616dd06ed77dab61baa0c296bca03a9b13ee5f2dd7' } }))
    this.script('keepKey', () => ({ body: new RawText('') }))
    this.script('endKey', () => ({ body: new RawText('') }))
  }

  static async open(): Promise<ScriptedVenue> {
    const venue = new ScriptedVenue()
    await new Promise<void>((resolve) => venue.#server.listen(0, '127.0.0.1', resolve))
    return venue
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get restUrl(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get streamUrl(): string {
    return `ws://127.0.0.1:${this.port}/swap-market`
  }

  script(name: keyof typeof CALLS, script: Script): void {
    this.#scripts.set(CALLS[name], script)
  }

  callsOf(name: keyof typeof CALLS, clientOrderId?: string): Received[] {
    return this.received.filter(
      ({ call, parameters }) => call === CALLS[name] && (clientOrderId === undefined || parameters['clientOrderId'] === clientOrderId),
    )
  }

  /** As the venue sends it: a binary frame with gzip inside. */
  push(message: unknown): void {
    this.pushText(typeof message === 'string' ? message : JSON.stringify(message))
  }

  pushText(text: string): void {
    this.pushBytes(gzipSync(text))
  }

  pushBytes(bytes: Buffer): void {
    for (const socket of this.sockets) if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true })
  }

  dropStreams(): void {
    for (const socket of this.sockets) socket.terminate()
  }

  get openSockets(): number {
    return this.sockets.filter((socket) => socket.readyState === socket.OPEN).length
  }

  async close(): Promise<void> {
    this.dropStreams()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.restUrl)
    const call = `${request.method} ${url.pathname}`
    const parameters = Object.fromEntries(url.searchParams)
    const received = { call, parameters, atMs: Date.now(), headers: request.headers }
    this.received.push(received)
    const nth = this.received.filter((other) => other.call === call).length
    const reply = this.#signatureFault(received) ??
      this.#scripts.get(call)?.(received, nth) ?? { status: 404, body: { code: 100404, msg: 'no' } }
    request.resume()
    if (reply === 'hang') return
    if (reply === 'reset') {
      request.socket.destroy()
      return
    }
    if (reply === 'cut') {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"code":0')
      setTimeout(() => request.socket.destroy(), 20)
      return
    }
    const { status = 200, body, headers = {}, delayMs = 0 } = reply
    const text = body instanceof RawText ? body.text : JSON.stringify(body)
    setTimeout(() => response.writeHead(status, headers).end(text), delayMs)
  }

  #signatureFault({ call, parameters, headers }: Received): Reply | null {
    if (call === CALLS.time || call === CALLS.contracts) return null
    if (headers['x-bx-apikey'] !== API_KEY) return refusal(100413, 'Incorrect apiKey')
    const { signature, ...signed } = parameters
    const canonical = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name]}`)
      .join('&')
    if (signature !== createHmac('sha256', API_SECRET).update(canonical).digest('hex'))
      return refusal(100001, 'signature verification failed')
    const lateMs = Date.now() + this.skewMs - Number(parameters['timestamp'])
    return lateMs > Number(parameters['recvWindow']) ? refusal(100421, 'timestamp is outside of the recvWindow') : null
  }
}
