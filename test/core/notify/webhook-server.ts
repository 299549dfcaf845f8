// A service that takes notifications, on loopback: it answers as a test tells it to, and remembers what it was sent.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Notice } from '../../../src/core/notify/notice.ts'

export interface Taken {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** `hang`: never an answer; `cut`: the connection ends without one; `drip`: an answer that does not end. */
export type WebhookReply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string; readonly delayMs?: number }
  | 'hang'
  | 'cut'
  | 'drip'

/** `nth` counts the requests, from 1. */
export type WebhookScript = (taken: Taken, nth: number) => WebhookReply

export const ok = (): WebhookReply => ({ status: 200, body: 'ok' })

export class WebhookServer {
  readonly taken: Taken[] = []
  readonly #server: Server
  #script: WebhookScript
  #heard: (() => void)[] = []

  private constructor(script: WebhookScript) {
    this.#script = script
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async open(script: WebhookScript = ok): Promise<WebhookServer> {
    const server = new WebhookServer(script)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  answerWith(script: WebhookScript): void {
    this.#script = script
  }

  /** Until it was asked so often. A test's own time limit is the bound. */
  async asked(times: number): Promise<void> {
    while (this.taken.length < times) await new Promise<void>((resolve) => this.#heard.push(resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const taken = { path: request.url ?? '', headers: request.headers, body }
    this.taken.push(taken)
    const reply = this.#script(taken, this.taken.length)
    if (reply === 'cut') request.socket.destroy()
    else if (reply === 'drip') response.writeHead(200, { 'content-length': '100' }).write('o')
    else if (reply !== 'hang' && reply.delayMs !== undefined) setTimeout(() => response.writeHead(reply.status).end(), reply.delayMs)
    else if (reply !== 'hang') response.writeHead(reply.status, reply.headers).end(reply.body ?? '')
    for (const heard of this.#heard.splice(0)) heard()
  }
}

/** A port of this machine at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = await WebhookServer.open()
  const { url } = server
  await server.close()
  return url
}

export function notice(wish: Partial<Notice> = {}): Notice {
  return {
    id: 'night-1',
    kind: 'alarm',
    urgency: 'high',
    timeUs: 1_770_000_000_000_000,
    host: 'desk',
    sessionId: 'night',
    title: 'dita night: POSITION_DRIFT',
    text: 'The venue says 2 XRP, we hold 3.',
    details: { code: 'POSITION_DRIFT', value: '2' },
    ...wish,
  }
}
