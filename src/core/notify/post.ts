// One HTTP POST and what came of it. It follows no redirect, reads little, waits only so long, and says nothing that holds a secret.

import { Agent, request } from 'undici'
import { escapeText } from '../text.ts'
import type { Target, WebhookRequest } from './shapes.ts'

export type PostOutcome =
  | { readonly kind: 'taken' }
  /** Not now: to be tried again, where it was said, after so long. */
  | { readonly kind: 'later'; readonly words: string; readonly retryAfterMs: number | null }
  /** Never like this. */
  | { readonly kind: 'refused'; readonly words: string }

const LONGEST_ANSWER_BYTES = 4_096
const LONGEST_WORDS = 160
/** A part of an address that is shorter tells nobody anything, and stands in other words. */
const SHORTEST_SECRET = 4

/** What a failed connection is called; any other is told by its code. */
const CONNECTION_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'there was no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer did not come to its end in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

export class Poster {
  readonly #agent: Agent
  readonly #target: Target
  readonly #timeoutMs: number

  constructor(target: Target, timeoutMs: number) {
    this.#target = target
    this.#timeoutMs = timeoutMs
    const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: timeoutMs } }
    this.#agent = new Agent({ connections: 1, pipelining: 1, allowH2: false, ...timeouts })
  }

  /** Never throws. An aborted signal ends it at once. */
  async post({ url, headers, body }: WebhookRequest, signal: AbortSignal): Promise<PostOutcome> {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)])
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { ...headers, 'user-agent': 'dita' },
        body,
        dispatcher: this.#agent,
        signal: ended,
      })
      const { statusCode } = response
      const text = await readBounded(response.body)
      const retryAfter = retryAfterMs(response.headers['retry-after'], text)
      return this.#judge(statusCode, text, retryAfter)
    } catch (error) {
      return { kind: 'later', words: ended.aborted ? 'there was no answer in time' : connectionWords(error), retryAfterMs: null }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #judge(status: number, text: string, retryAfter: number | null): PostOutcome {
    if (status >= 200 && status < 300) return { kind: 'taken' }
    const words = `it answered ${status}${this.#excerpt(text)}`
    if (status >= 300 && status < 400) return { kind: 'refused', words: `it answered ${status}, a redirect, which is not followed` }
    const isPassing = status === 408 || status === 425 || status === 429 || status >= 500
    return isPassing ? { kind: 'later', words, retryAfterMs: retryAfter } : { kind: 'refused', words }
  }

  /** What was answered, for whoever has to mend it; a service may repeat what it was sent. */
  #excerpt(text: string): string {
    const { url, token } = this.#target
    const { pathname = '', searchParams = [] } = URL.parse(url.reveal()) ?? {}
    const parts = [...pathname.split('/'), ...[...searchParams].map(([, value]) => value)].filter((part) => part.length >= SHORTEST_SECRET)
    const secrets = [url.reveal(), token?.reveal(), ...parts]
    let shown = text
    for (const secret of secrets) if (secret !== undefined) shown = shown.replaceAll(secret, '(hidden)')
    shown = escapeText(shown.replace(/\s+/g, ' ').trim()).slice(0, LONGEST_WORDS)
    return shown === '' ? '' : `: ${shown}`
  }
}

async function readBounded(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= LONGEST_ANSWER_BYTES) break
  }
  body.destroy()
  return Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString('utf8')
}

function connectionWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  return CONNECTION_WORDS[code] ?? `the connection failed (${code})`
}

/** Seconds or a date in the header; Telegram and Discord say it in the answer too, in seconds. */
function retryAfterMs(header: string | string[] | undefined, text: string): number | null {
  const written = Array.isArray(header) ? header[0] : header
  if (written !== undefined) {
    if (/^\d+(\.\d+)?$/.test(written)) return Math.ceil(Number(written) * 1_000)
    const untilMs = Date.parse(written)
    if (Number.isFinite(untilMs)) return Math.max(0, untilMs - Date.now())
  }
  const seconds = Number(/"retry_after"\s*:\s*(\d{1,9}(?:\.\d{1,6})?)/.exec(text)?.[1] ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.ceil(seconds * 1_000) : null
}
