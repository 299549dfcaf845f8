// One call to BingX over HTTP: its turn, its signature, its time limit, and what the answer is. It sends a request once and
// never again, follows no redirect, and reads no more than it must.

import { Pool } from 'undici'
import { messageOf } from '../../errors.ts'
import { Breaker } from './breaker.ts'
import type { BingxCredentials } from './credentials.ts'
import { ENDPOINTS, type Endpoint, type EndpointName } from './endpoints.ts'
import { Limiter, type Refusal, type StatedBudget } from './limiter.ts'
import { JsonFault, parseLossless } from './lossless-json.ts'
import type { BingxClock, BingxTuning } from './options.ts'
import { rawText, venueWords } from './raw-text.ts'
import { ServerClock } from './server-clock.ts'
import { type Parameters, plainQuery, signedQuery } from './sign.ts'
import { Tally } from './tally.ts'

/** What became of a call. Only `not_sent` and a listed refusal say for certain that the venue did nothing. */
export type Answer =
  /** With how long it was on the wire. */
  | { readonly kind: 'ok'; readonly body: unknown; readonly raw: string; readonly tookUs: number }
  | {
      readonly kind: 'refused'
      /** The venue's code, or `HTTP_…` where it gave none. */
      readonly code: string
      readonly message: string
      readonly body: unknown
      readonly raw: string
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly raw: string }
  | { readonly kind: 'not_sent'; readonly code: NotSentCode; readonly raw: string }

interface Attempt {
  readonly answer: Answer
  /** On the wire, in microseconds; null where it never came to that. */
  readonly tookUs: number | null
}

type FailureCode = 'TIMEOUT' | 'RESET' | 'TOO_LARGE' | 'UNREADABLE' | 'REDIRECTED' | `HTTP_${number}`
export type NotSentCode = Refusal | 'BREAKER_OPEN' | 'UNREACHABLE' | 'UNSIGNABLE'

export interface CallOptions {
  readonly signal: AbortSignal
  /**
   * After this, by our clock and by the venue's, the venue must not admit the call any more: it is not sent later, and its
   * own time window ends before.
   */
  readonly validUntilUs?: number
}

export interface RestOptions {
  readonly restUrl: string
  /** Null for calls that need no key. */
  readonly credentials: BingxCredentials | null
  readonly clock: BingxClock
  readonly tuning: BingxTuning
  /** The breaker opened, or closed again. */
  readonly onBreaker: (isOpen: boolean) => void
}

/** A request with less time than this would only be refused for it. */
const SHORTEST_WINDOW_MS = 50
/** The connection was never made, so that nothing can have left by it. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** More than can be under way before the breaker opens: a call never waits behind others that hang. */
const CONNECTIONS = 32

export class Rest {
  readonly time: ServerClock
  readonly limiter: Limiter
  readonly breaker: Breaker
  readonly tally = new Tally()
  readonly #options: RestOptions
  readonly #pool: Pool

  constructor(options: RestOptions) {
    const { clock, tuning, restUrl } = options
    this.#options = options
    this.time = new ServerClock(clock)
    this.limiter = new Limiter(clock, tuning)
    this.breaker = new Breaker(tuning)
    this.#pool = new Pool(new URL(restUrl).origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      allowH2: false,
      headersTimeout: tuning.callTimeoutMs,
      bodyTimeout: tuning.callTimeoutMs,
      connect: { timeout: tuning.callTimeoutMs },
    })
  }

  /** Never throws: whatever happens is an answer. */
  async call(name: EndpointName, parameters: Parameters, options: CallOptions): Promise<Answer> {
    const { answer, tookUs } = await this.#attempt(name, parameters, options)
    this.tally.note(name, answer.kind === 'ok' ? null : answer.code, tookUs)
    return answer
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #attempt(name: EndpointName, parameters: Parameters, { signal, validUntilUs }: CallOptions): Promise<Attempt> {
    const { clock, tuning } = this.#options
    const deadlineUs = validUntilUs ?? clock.nowUs() + tuning.queueTimeoutMs * 1_000
    const gate = await this.#enterBreaker(name, deadlineUs, signal)
    if (gate !== 'go') return unsent(notSent(gate))
    const turn = await this.limiter.turn(name, deadlineUs, signal)
    if (turn !== 'go') {
      this.breaker.left()
      return unsent(notSent(turn))
    }
    const endpoint: Endpoint = ENDPOINTS[name]
    const query = this.#queryOf(endpoint, parameters, validUntilUs ?? null)
    if ('code' in query) {
      this.breaker.left()
      return unsent(query)
    }
    return this.#exchange(endpoint, query.text, signal)
  }

  /** An urgent call waits for a breaker that is open; any other is told at once that it does not leave. */
  async #enterBreaker(name: EndpointName, deadlineUs: number, signal: AbortSignal): Promise<'go' | NotSentCode> {
    const { clock } = this.#options
    for (;;) {
      const nowUs = clock.nowUs()
      const waitUs = this.breaker.enter(nowUs)
      if (waitUs === 0) return 'go'
      if (signal.aborted) return 'ABORTED'
      if (ENDPOINTS[name].urgency !== 'urgent' || nowUs + waitUs > deadlineUs) return 'BREAKER_OPEN'
      await clock.sleep(Math.ceil(waitUs / 1_000) + 1, signal)
    }
  }

  /** Signed at the last moment: what waited for its turn is as young as any other. */
  #queryOf(
    { isSigned }: Endpoint,
    parameters: Parameters,
    validUntilUs: number | null,
  ): { text: string } | (Answer & { kind: 'not_sent' }) {
    const { credentials, clock, tuning } = this.#options
    const timestampMs = Math.floor(this.time.nowUs() / 1_000)
    let windowMs = tuning.recvWindowMs
    if (validUntilUs !== null) {
      // By the clock that is ahead: neither of the two may still let it in once it has expired.
      const aheadMs = Math.max(timestampMs, Math.ceil(clock.nowUs() / 1_000))
      windowMs = Math.min(windowMs, Math.floor(validUntilUs / 1_000) - aheadMs)
      if (windowMs < SHORTEST_WINDOW_MS) return notSent('EXPIRED')
    }
    try {
      if (!isSigned || credentials === null) return { text: plainQuery(parameters) }
      const stamps = { timestamp: String(timestampMs), recvWindow: String(windowMs) }
      return { text: signedQuery({ ...parameters, ...stamps }, credentials.secret) }
    } catch (error) {
      // A defect of ours, told apart from what the venue says; the text names no value.
      return { kind: 'not_sent', code: 'UNSIGNABLE', raw: messageOf(error) }
    }
  }

  async #exchange({ method, path, isSigned }: Endpoint, query: string, signal: AbortSignal): Promise<Attempt> {
    const { clock, credentials, tuning } = this.#options
    const timeout = new AbortController()
    const finished = new AbortController()
    void clock.sleep(tuning.callTimeoutMs, finished.signal).then(() => {
      if (!finished.signal.aborted) timeout.abort()
    })
    const headers = isSigned && credentials !== null ? { 'X-BX-APIKEY': credentials.apiKey.reveal() } : {}
    const sentUs = clock.nowUs()
    try {
      const response = await this.#pool.request({
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        signal: AbortSignal.any([signal, timeout.signal]),
      })
      const text = await readBounded(response.body, tuning.longestAnswerBytes)
      const tookUs = Math.max(0, clock.nowUs() - sentUs)
      const answer = text === null ? failed('TOO_LARGE', '') : answerOf(response.statusCode, text, tookUs)
      const stated = statedBudget(response.headers, this.time.nowUs(), clock.nowUs())
      this.#learn(answer, stated)
      if (answer.kind !== 'refused' || stated === null) return { answer, tookUs }
      return { answer: { ...answer, retryAfterMs: Math.ceil((stated.untilUs - clock.nowUs()) / 1_000) }, tookUs }
    } catch (error) {
      const tookUs = Math.max(0, clock.nowUs() - sentUs)
      const answer = failureOf(error, timeout.signal.aborted)
      // Whoever gives up on a call says nothing about the venue.
      if (signal.aborted && !timeout.signal.aborted) this.breaker.left()
      else this.#fail()
      return { answer, tookUs }
    } finally {
      finished.abort()
    }
  }

  #learn(answer: Answer, stated: StatedBudget | null): void {
    if (answer.kind === 'failed' && answer.code !== 'UNREADABLE') {
      this.#fail()
      return
    }
    this.tally.heard(true, this.#options.clock.nowUs())
    if (this.breaker.succeeded()) this.#options.onBreaker(false)
    if (answer.kind === 'ok') this.limiter.heard(stated)
  }

  #fail(): void {
    const nowUs = this.#options.clock.nowUs()
    this.tally.heard(false, nowUs)
    if (this.breaker.failed(nowUs)) this.#options.onBreaker(true)
  }
}

async function readBounded(body: AsyncIterable<Uint8Array>, longestBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > longestBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answerOf(status: number, text: string, tookUs: number): Answer {
  const raw = rawText(`HTTP ${status} ${text}`)
  // Of 504 the venue says itself that the request may have been executed; of the others nobody knows.
  if (status >= 500) return failed(`HTTP_${status}`, raw)
  if (status >= 300 && status < 400) return failed('REDIRECTED', raw)
  if (status === 429 || status === 418 || status === 403) return refused(`HTTP_${status}`, text, null, raw)
  const isDone = status >= 200 && status < 300
  // The listen key is prolonged with an empty body.
  if (isDone && text.trim() === '') return { kind: 'ok', body: null, raw, tookUs }
  let body: unknown
  try {
    body = parseLossless(text)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    return isDone ? failed('UNREADABLE', raw) : refused(`HTTP_${status}`, '', null, raw)
  }
  const code = fieldOf(body, 'code')
  const message = fieldOf(body, 'msg')
  if (isDone && (code === '0' || (code === null && fieldOf(body, 'listenKey') !== null))) return { kind: 'ok', body, raw, tookUs }
  if (code !== null && code !== '0' && /^\d{1,9}$/.test(code)) return refused(code, message ?? '', body, raw)
  return isDone ? failed('UNREADABLE', raw) : refused(`HTTP_${status}`, message ?? '', body, raw)
}

const refused = (code: string, message: string, body: unknown, raw: string): Answer => {
  return { kind: 'refused', code, message: venueWords(message), body, raw, retryAfterMs: null }
}

function fieldOf(body: unknown, name: 'code' | 'msg' | 'listenKey'): string | null {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return null
  const value = (body as { readonly [key in typeof name]?: unknown })[name]
  return typeof value === 'string' ? value : null
}

function failed(code: FailureCode, raw: string): Answer {
  return { kind: 'failed', code, raw: raw === '' ? code : raw }
}

function unsent(answer: Answer): Attempt {
  return { answer, tookUs: null }
}

function notSent(code: NotSentCode): Answer & { readonly kind: 'not_sent' } {
  return { kind: 'not_sent', code, raw: code }
}

function failureOf(error: unknown, isTimeout: boolean): Answer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (NEVER_CONNECTED.has(code)) return { kind: 'not_sent', code: 'UNREACHABLE', raw: code }
  const isLate = isTimeout || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
  return failed(isLate ? 'TIMEOUT' : 'RESET', rawText(`${isLate ? 'TIMEOUT' : 'RESET'} ${messageOf(error)}`))
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** How many calls the venue says are left, and until when; null where it says nothing that can be believed. */
function statedBudget(headers: Headers, venueNowUs: number, nowUs: number): StatedBudget | null {
  const left = headers['x-ratelimit-requests-remain']
  const expires = headers['x-ratelimit-requests-expire']
  if (typeof left !== 'string' || typeof expires !== 'string' || !/^\d{1,9}$/.test(left) || !/^\d{10}(\d{3})?$/.test(expires)) return null
  const leadUs = Number(expires) * (expires.length === 10 ? 1_000_000 : 1_000) - venueNowUs
  // A window is ten seconds or a minute long: what is further off is no window of calls.
  return leadUs > 0 && leadUs <= 60_000_000 ? { left: Number(left), untilUs: nowUs + leadUs } : null
}
