// From one HTTP request to its answer: route, faults, limits, signature, the endpoint, the envelope. Opens no socket.

import { setTimeout as wait } from 'node:timers/promises'
import type { FaultPlan, FiredFault } from '../fault-plan.ts'
import type { TruthEntry } from '../truth-records.ts'
import { ACCOUNT_ROUTES } from './account-routes.ts'
import { authRefusal, type Credentials, type ParsedRequest, parseRequest } from './auth.ts'
import { CODES, INVALID_CODES, type Refused } from './codes.ts'
import { MARKET_ROUTES } from './market-routes.ts'
import { RateLimits, type RateVerdict } from './rate-limits.ts'
import { carryOut, jsonAnswer, type Machinery, newRun, type Outcome, type RequestRun, type WireAnswer } from './request-faults.ts'
import { type Counter, clientOrderIdOf, type Reply, type Route } from './route.ts'
import { TRADE_ROUTES } from './trade-routes.ts'
import { type WireObject, writeWire } from './wire.ts'

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: string
  readonly contentType: string
  readonly apiKey: string | undefined
}

export interface DoorOptions {
  readonly counter: Counter
  readonly plan: FaultPlan
  readonly credentials: Credentials
  readonly machinery: Machinery
  /** Resolves when the exchange is not frozen. */
  readonly thawed: () => Promise<void>
}

const ROUTES: ReadonlyMap<string, Route> = new Map(
  [...TRADE_ROUTES, ...ACCOUNT_ROUTES, ...MARKET_ROUTES].map((route) => [`${route.method} ${route.path}`, route]),
)

export class Door {
  readonly #options: DoorOptions
  readonly #limits = new RateLimits()

  constructor(options: DoorOptions) {
    this.#options = options
  }

  async answer(raw: RawRequest): Promise<Outcome> {
    await this.#options.thawed()
    const route = ROUTES.get(`${raw.method} ${raw.path}`)
    const request = parseRequest(raw.query, raw.body, raw.contentType)
    if (route === undefined) return this.#refusal(CODES.wrongPath)
    if (request === null) return this.#refusal({ code: CODES.badParameter.code, message: 'The parameters cannot be read' })
    const run = this.#struck(route, request)
    if (run.admissionMs > 0) await wait(run.admissionMs)
    let outcome = run.instead ?? this.#act(route, request, raw, run)
    for (const spoil of run.spoil) outcome = spoil(outcome)
    if (run.answerMs > 0) await wait(run.answerMs)
    return outcome
  }

  /** The faults that strike, written down before they are carried out. */
  #struck(route: Route, request: ParsedRequest): RequestRun {
    const { counter, plan, machinery } = this.#options
    const clientOrderId = (clientOrderIdOf(request.params) ?? '').toLowerCase()
    const run = newRun(counter, request.params, machinery)
    const fired = plan.strike({ at: 'endpoint', name: route.name, clientOrderId })
    for (const fault of fired) counter.desk.note(faultEntry(fault, route.name, clientOrderId))
    for (const fault of fired) carryOut(run, fault)
    return run
  }

  #act(route: Route, request: ParsedRequest, raw: RawRequest, run: RequestRun): Outcome {
    const { counter, credentials } = this.#options
    const nowMs = counter.clock.nowMs()
    const verdict = this.#limits.admit({ endpoint: route.name, group: route.group, perSecond: route.perSecond }, performance.now())
    const headers = rateHeaders(verdict, counter, nowMs)
    if (verdict.refused !== null && counter.settings.rateLimits) {
      return verdict.status === 200 ? this.#refusal(verdict.refused, headers) : { ...html(verdict.status), headers }
    }
    const refused = this.#unauthorised(route, request, raw, { credentials, nowMs })
    if (refused !== null) return this.#refusal(refused, headers)
    for (const step of run.beforehand) step()
    const ordersBefore = counter.desk.books.orderCount
    const reply = run.act?.() ?? route.answer(counter, request.params)
    const placed = counter.desk.books.orderCount > ordersBefore ? counter.desk.books.newest : null
    const answer = this.#write(reply, run, headers)
    for (const step of run.afterwards) step(placed)
    return answer
  }

  #unauthorised(
    route: Route,
    request: ParsedRequest,
    { apiKey }: RawRequest,
    at: { credentials: Credentials; nowMs: number },
  ): Refused | null {
    if (route.auth === 'none') return null
    if (route.auth === 'key') return apiKey === at.credentials.apiKey ? null : CODES.keyWrong
    return authRefusal(request, apiKey, at)
  }

  #write(reply: Reply, run: RequestRun, headers: Readonly<Record<string, string>>): WireAnswer {
    if ('bare' in reply) return jsonAnswer(reply.bare === null ? '' : writeWire(reply.bare), headers, reply.status)
    let envelope: WireObject
    if ('refused' in reply) {
      this.#noteRefusal(reply.refused)
      envelope = { code: reply.refused.code, msg: reply.refused.message, data: reply.data ?? {} }
    } else {
      envelope = { code: 0, msg: '', data: reply.data }
    }
    for (const reshape of run.reshape) envelope = reshape(envelope)
    return jsonAnswer(writeWire(envelope), headers)
  }

  /** What the gateway refuses carries a time stamp and no data. */
  #refusal(refused: Refused, headers: Readonly<Record<string, string>> = {}): WireAnswer {
    this.#noteRefusal(refused)
    const timestamp = this.#options.counter.clock.nowMs()
    return jsonAnswer(writeWire({ code: refused.code, msg: refused.message, success: false, timestamp }), headers)
  }

  #noteRefusal({ code }: Refused): void {
    if (INVALID_CODES.has(code)) this.#limits.noteInvalid(performance.now())
  }
}

export function faultEntry({ fault, rule, params }: FiredFault, where: string, clientOrderId: string): TruthEntry {
  return { kind: 'fault', fault, rule, where, detail: JSON.stringify(clientOrderId === '' ? params : { clientOrderId, ...params }) }
}

/** Windows are counted on a clock that is never put back; the header says the end on the exchange's own. */
function rateHeaders(verdict: RateVerdict, { clock }: Counter, nowMs: number): Record<string, string> {
  const endMs = Math.ceil(nowMs + verdict.windowEndMs - performance.now())
  return { 'X-RateLimit-Requests-Remain': String(verdict.remaining), 'X-RateLimit-Requests-Expire': String(Math.max(endMs, clock.nowMs())) }
}

function html(status: number): WireAnswer {
  return { status, body: '<html><body>Too many requests</body></html>', contentType: 'text/html', headers: {}, isCut: false }
}
