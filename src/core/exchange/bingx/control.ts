// The control door: what a rehearsal does to the exchange from outside, by its own token. It reads wishes and hands them
// on; nobody without the token learns that it is there.

import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { DitaError } from '../../errors.ts'
import { type Decimal, formatDecimal, parseDecimal } from '../../kernel/decimal.ts'
import type { FaultPlan } from '../fault-plan.ts'
import type { BookedOrder } from './books.ts'
import { CODES } from './codes.ts'
import type { Desk } from './desk.ts'
import { parseFaultRule } from './fault-plan-file.ts'
import { jsonAnswer, type Machinery, type WireAnswer } from './request-faults.ts'
import type { Counter } from './route.ts'
import { type WireObject, writeWire } from './wire.ts'

export interface ControlOptions {
  readonly token: string
  readonly counter: Counter
  readonly plan: FaultPlan
  readonly machinery: Machinery
  readonly dropStreams: (silently: boolean) => void
  readonly freeze: (isFrozen: boolean) => void
  /** Charges the account, and tells it. */
  readonly chargeFunding: Desk['chargeFunding']
  readonly privateStreams: () => number
}

export interface ControlRequest {
  readonly path: string
  readonly method: string
  readonly body: string
  readonly token: string | undefined
}

const DECIMAL = z.string().regex(/^\d{1,15}(\.\d{1,18})?$/)
const SIGNED = z.string().regex(/^-?\d{1,15}(\.\d{1,18})?$/)
const SHARE = z.number().min(0).max(1)
const ORDER = z.strictObject({
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(['LIMIT', 'MARKET']),
  price: DECIMAL.optional(),
  quantity: DECIMAL,
})
const NAMED = { orderId: z.string().optional(), clientOrderId: z.string().optional() } as const

type Action = (options: ControlOptions, body: unknown) => WireObject

/** Path → what it does; the body of each is checked first. */
const ACTIONS: Readonly<Record<string, Action>> = {
  '/control/status': ({ counter, plan, privateStreams }) => ({
    serverTime: counter.clock.nowMs(),
    skewMs: counter.clock.skewMs,
    orders: counter.desk.books.orderCount,
    openOrders: counter.desk.books.openOrders().length,
    fills: counter.desk.books.fills().length,
    privateStreams: privateStreams(),
    faultsOn: plan.isOn,
    faults: plan.list().map(({ number, rule, fired }) => ({ number, fault: rule.fault, on: rule.on, fired })),
  }),
  '/control/faults': ({ plan }, body) => {
    const wish = z.strictObject({ on: z.boolean().optional(), add: z.unknown().optional(), clear: z.boolean().optional() }).parse(body)
    if (wish.clear === true) plan.clear()
    if (wish.on !== undefined) plan.isOn = wish.on
    const number = wish.add === undefined ? null : plan.add(parseFaultRule(wish.add))
    return { faultsOn: plan.isOn, number }
  },
  '/control/clock': ({ machinery, counter }, body) => {
    machinery.skewTo(z.strictObject({ skewMs: z.number().int() }).parse(body).skewMs)
    return { serverTime: counter.clock.nowMs() }
  },
  '/control/orders/place': ({ counter }, body) => {
    const { side, type, price, quantity } = ORDER.parse(body)
    const outcome = counter.desk.place(
      {
        ...{ clientOrderId: '', symbol: counter.desk.instrument.symbol, side: side === 'BUY' ? 'buy' : 'sell', type },
        ...{ price: type === 'LIMIT' ? parseDecimal(price ?? '0') : null, quantity: parseDecimal(quantity) },
        ...{ timeInForce: type === 'LIMIT' ? 'gtc' : 'ioc', postOnly: false, reduceOnly: false },
      },
      'control',
    )
    if ('refused' in outcome) throw new Error(`The order was refused: ${outcome.refused.code} ${outcome.refused.message}`)
    return { orderId: outcome.order.orderId }
  },
  '/control/orders/fill': ({ counter }, body) => {
    const wish = z.strictObject({ ...NAMED, share: SHARE.default(1) }).parse(body)
    const order = namedOrder(counter, wish)
    counter.desk.fill(order, shareOf(wish.share))
    return { standing: order.standing }
  },
  '/control/orders/cancel': ({ counter }, body) => {
    const order = namedOrder(counter, z.strictObject(NAMED).parse(body))
    counter.desk.close(order)
    return { standing: order.standing }
  },
  '/control/funding': ({ chargeFunding }, body) => {
    const wish = z.union([z.strictObject({ amount: SIGNED }), z.strictObject({ rate: SIGNED })]).parse(body)
    const charged = chargeFunding('amount' in wish ? { amount: parseDecimal(wish.amount) } : { rate: parseDecimal(wish.rate) })
    return { amount: charged === null ? null : formatDecimal(charged) }
  },
  '/control/listen-keys/expire': ({ machinery }) => {
    machinery.expireListenKeys()
    return {}
  },
  '/control/streams/drop': ({ dropStreams }, body) => {
    dropStreams(z.strictObject({ silently: z.boolean().default(false) }).parse(body).silently)
    return {}
  },
  '/control/restart': ({ machinery, counter }, body) => {
    machinery.restart(z.strictObject({ downMs: z.number().int().min(0).max(600_000).default(0) }).parse(body).downMs)
    return { orders: counter.desk.books.orderCount }
  },
  '/control/freeze': ({ freeze }, body) => {
    freeze(z.strictObject({ on: z.boolean() }).parse(body).on)
    return {}
  },
}

/** Without the token the answer is that of a path that does not exist. */
export function answerControl(options: ControlOptions, request: ControlRequest): WireAnswer {
  const action = Object.hasOwn(ACTIONS, request.path) ? ACTIONS[request.path] : undefined
  if (action === undefined || request.method !== 'POST' || !isSame(request.token ?? '', options.token)) {
    return jsonAnswer(writeWire({ code: CODES.wrongPath.code, msg: CODES.wrongPath.message }), {}, 404)
  }
  try {
    const body: unknown = request.body.trim() === '' ? {} : JSON.parse(request.body)
    // On the disk before it is done, as everything that happens here.
    options.counter.desk.note({ kind: 'control', action: request.path.slice('/control/'.length), detail: JSON.stringify(body) })
    return jsonAnswer(writeWire({ ok: true, ...action(options, body) }))
  } catch (error) {
    if (error instanceof DitaError && error.code === 'TRUTH_UNUSABLE') throw error
    return jsonAnswer(writeWire({ ok: false, error: whyOf(error) }), {}, 400)
  }
}

function namedOrder(
  { desk }: Counter,
  named: { readonly orderId?: string | undefined; readonly clientOrderId?: string | undefined },
): BookedOrder {
  const order = desk.books.order(named.orderId ?? '') ?? desk.books.orderOf((named.clientOrderId ?? '').toLowerCase())
  if (order === undefined) throw new Error('There is no such order.')
  return order
}

function shareOf(share: number): Decimal {
  return parseDecimal(share.toFixed(6))
}

function whyOf(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** Compared as digests, so that neither length nor content can be told from the time it takes. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
