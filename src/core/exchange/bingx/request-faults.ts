// What each fault of a plan does to one request: holds it, answers in its place, acts otherwise, or spoils the answer. A
// table of functions on one run of a request; when they strike is the plan's.

import { dec, parseDecimal } from '../../kernel/decimal.ts'
import { type FiredFault, numberOf, textOf } from '../fault-plan.ts'
import { orderAnswer } from './answers.ts'
import type { Params } from './auth.ts'
import { type BookedOrder, viewOf } from './books.ts'
import { CODES } from './codes.ts'
import { type Counter, clientOrderIdOf, type Reply } from './route.ts'
import { Bare, type WireObject, type WireValue } from './wire.ts'

/** Bytes on the wire. */
export interface WireAnswer {
  readonly status: number
  readonly body: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  /** The connection ends in the middle of the body. */
  readonly isCut: boolean
}

/** `drop`: the connection is closed without a word. */
export type Outcome = WireAnswer | 'drop'

/** What the faults may do to the exchange as a whole. */
export interface Machinery {
  skewTo(ms: number): void
  expireListenKeys(): void
  /** Down now, and back from the truth log after so many milliseconds. */
  restart(downMs: number): void
  later(ms: number, action: () => void): void
}

/** One request on its way, as the faults have changed it. */
export interface RequestRun {
  readonly counter: Counter
  readonly params: Params
  readonly machinery: Machinery
  /** Waits before its time stamp is looked at, and before its answer leaves. */
  admissionMs: number
  answerMs: number
  /** Said in the place of everything else: nothing is acted on. */
  instead: Outcome | null
  readonly beforehand: (() => void)[]
  /** Acts in the place of the endpoint; null: not this time. */
  act: (() => Reply | null) | null
  /** After it was acted on, with the order that it placed. */
  readonly afterwards: ((placed: BookedOrder | null) => void)[]
  readonly reshape: ((envelope: WireObject) => WireObject)[]
  readonly spoil: ((answer: Outcome) => Outcome)[]
}

type Carry = (run: RequestRun, fault: FiredFault) => void

export function newRun(counter: Counter, params: Params, machinery: Machinery): RequestRun {
  return {
    ...{ counter, params, machinery, admissionMs: 0, answerMs: 0, instead: null, act: null },
    ...{ beforehand: [], afterwards: [], reshape: [], spoil: [] },
  }
}

export function carryOut(run: RequestRun, fault: FiredFault): void {
  REQUEST_FAULTS[fault.fault]?.(run, fault)
}

const HTML_504 = '<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>'
const HTML_200 = '<!DOCTYPE html><html><body>Just a moment...</body></html>'

export function jsonAnswer(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): WireAnswer {
  return { status, body, contentType: 'application/json;charset=utf-8', headers, isCut: false }
}

function html(status: number, body: string): WireAnswer {
  return { status, body, contentType: 'text/html', headers: {}, isCut: false }
}

function errorAnswer(code: number, msg: string): WireAnswer {
  return jsonAnswer(JSON.stringify({ code, msg, data: {} }))
}

/** Says something else, before or after the request was acted on. */
function sayInstead(run: RequestRun, when: string, answer: WireAnswer): void {
  if (when === 'before') run.instead = answer
  else run.spoil.push(() => answer)
}

const REQUEST_FAULTS: Readonly<Partial<Record<FiredFault['fault'], Carry>>> = {
  answer_lost: (run, { params }) => {
    run.spoil.push((answer) => (textOf(params, 'cut') === 'inside' && answer !== 'drop' ? { ...answer, isCut: true } : 'drop'))
  },
  request_lost: (run) => {
    run.instead = 'drop'
  },
  http_504_accepted: (run) => {
    run.spoil.push(() => html(504, HTML_504))
  },
  http_504_refused: (run) => {
    run.instead = html(504, HTML_504)
  },
  delay: (run, { params }) => {
    if (textOf(params, 'side') === 'admission') run.admissionMs += numberOf(params, 'ms')
    else run.answerMs += numberOf(params, 'ms')
  },
  listen_key_expired: (run) => run.machinery.expireListenKeys(),
  clock_skew: (run, { params }) => run.machinery.skewTo(numberOf(params, 'ms')),
  fill_after_cancel: (run, { params }) => {
    run.act = () => {
      const order = openOrderOf(run)
      if (order === null) return null
      run.counter.desk.note({ kind: 'cancel', orderId: order.orderId, clientOrderId: order.clientOrderId, code: 0 })
      run.counter.desk.cancelWithLateFill(order, dec(textOf(params, 'share')), numberOf(params, 'ms'))
      return { data: { order: orderAnswer(viewOf(order, run.counter.clock.nowUs()), run.counter.places, run.counter.desk.books.leverage) } }
    }
  },
  filled_on_cancel: (run) => {
    run.beforehand.push(() => {
      const order = openOrderOf(run)
      if (order !== null) run.counter.desk.fill(order, dec('1'))
    })
  },
  cancel_ignored: (run) => {
    run.act = () => {
      const order = openOrderOf(run)
      if (order === null) return null
      run.counter.desk.note({ kind: 'cancel', orderId: order.orderId, clientOrderId: order.clientOrderId, code: 0 })
      const lie = { ...viewOf(order, run.counter.clock.nowUs()), standing: 'canceled' as const }
      return { data: { order: orderAnswer(lie, run.counter.places, run.counter.desk.books.leverage) } }
    }
  },
  partial_then_cancel: (run, { params }) => {
    run.afterwards.push((placed) => {
      if (placed === null) return
      const strike = (): void => {
        const order = run.counter.desk.books.order(placed.orderId)
        if (order?.standing === 'open') run.counter.desk.fill(order, dec(textOf(params, 'share')))
        if (order?.standing === 'open') run.counter.desk.close(order)
      }
      if (numberOf(params, 'ms') === 0) strike()
      else run.machinery.later(numberOf(params, 'ms'), strike)
    })
  },
  late_visibility: (run, { params }) => {
    run.afterwards.push((placed) => {
      if (placed === null) return
      const nowUs = run.counter.clock.nowUs()
      const [orderUntilUs, listsUntilUs] = [nowUs + numberOf(params, 'ms') * 1_000, nowUs + numberOf(params, 'lists_ms') * 1_000]
      placed.hiding = { orderUntilUs, listsUntilUs, fillsUntilUs: 0, tradeIds: [] }
    })
  },
  rate_limited: (run, { params }) => {
    const status = numberOf(params, 'status')
    const endMs = run.counter.clock.nowMs() + 1_000
    const headers =
      textOf(params, 'headers') === 'true' ? { 'X-RateLimit-Requests-Remain': '0', 'X-RateLimit-Requests-Expire': String(endMs) } : {}
    if (status === 200)
      run.instead = jsonAnswer(JSON.stringify({ ...envelopeOf(CODES.rateLimited), timestamp: run.counter.clock.nowMs() }), headers)
    else run.instead = { ...html(status, '<html><body>Too many requests</body></html>'), headers }
  },
  unknown_status: (run, { params }) => {
    run.reshape.push((envelope) => withStatus(envelope, textOf(params, 'status')) as WireObject)
  },
  unknown_code: (run, { params }) => sayInstead(run, textOf(params, 'when'), errorAnswer(numberOf(params, 'code'), 'unexpected result')),
  wrapped_error: (run, { params }) => {
    const msg = JSON.stringify({ Code: numberOf(params, 'code'), Msg: 'margin is not enough' })
    sayInstead(run, textOf(params, 'when'), errorAnswer(80_012, msg))
  },
  busy: (run, { params }) => {
    const code = numberOf(params, 'code')
    const msg =
      code === 80_019
        ? 'order is being processed, please check it later in all orders'
        : 'the current system is busy, please try again later'
    sayInstead(run, textOf(params, 'when'), errorAnswer(code, msg))
  },
  restart: (run, { params }) => {
    const restart = (): void => run.machinery.restart(numberOf(params, 'ms'))
    if (textOf(params, 'when') === 'before') {
      run.instead = 'drop'
      restart()
      return
    }
    run.afterwards.push(restart)
    run.spoil.push(() => 'drop')
  },
  refuse_all: (run, { params }) => {
    run.instead = errorAnswer(numberOf(params, 'code'), 'refused')
  },
  truncated_json: (run) => {
    run.spoil.push((answer) => (answer === 'drop' ? answer : { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }))
  },
  html_200: (run, { params }) => sayInstead(run, textOf(params, 'when'), html(200, HTML_200)),
  empty_data: (run) => {
    run.reshape.push((envelope) => ({ ...envelope, data: {} }))
  },
  odd_shapes: (run) => {
    run.reshape.push((envelope) => {
      const { code } = envelope
      return { ...(oddly(envelope) as WireObject), code, traceId: 'fc5a3b1c' }
    })
  },
  duplicate_id_answer: (run, { params }) => {
    const code = numberOf(params, 'code')
    const known = [CODES.clientIdUsed, CODES.clientIdUsedText, CODES.tooFast].find((refused) => refused.code === code)
    sayInstead(run, textOf(params, 'when'), errorAnswer(code, known?.message ?? CODES.clientIdUsed.message))
  },
}

function envelopeOf({ code, message }: { readonly code: number; readonly message: string }) {
  return { code, msg: message }
}

/** The order a request names, where it is open. */
function openOrderOf({ counter, params }: RequestRun): BookedOrder | null {
  const clientOrderId = clientOrderIdOf(params)?.toLowerCase() ?? ''
  const orderId = params.get('orderId') ?? ''
  const { books } = counter.desk
  const order = orderId === '' ? books.orderOf(clientOrderId) : books.order(orderId)
  return order?.standing === 'open' ? order : null
}

function withStatus(value: WireValue | undefined, status: string): WireValue | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Bare) return value
  if (Array.isArray(value)) return value.map((member) => withStatus(member, status) as WireValue)
  return Object.fromEntries(
    Object.entries(value as WireObject).map(([key, member]) => [key, key === 'status' ? status : withStatus(member, status)]),
  )
}

/** Short numbers as text, short decimals as numbers; ids stay what they are. */
function oddly(value: WireValue | undefined): WireValue | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string' && /^-?\d{1,9}(\.\d{1,6})?$/.test(value) && parseDecimal(value) === parseDecimal(String(Number(value))))
    return Number(value)
  if (typeof value !== 'object' || value === null || value instanceof Bare) return value
  if (Array.isArray(value)) return value.map((member) => oddly(member) as WireValue)
  return { ...Object.fromEntries(Object.entries(value as WireObject).map(([key, member]) => [key, oddly(member)])), neverSeenBefore: [] }
}
