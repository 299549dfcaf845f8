// What each input must look like before it is decided on: the types may have been lost on the way from a user's own code, from a
// venue's answer or from a damaged message. Decimals that have denial codes of their own are left to the checks.

import { LARGEST } from './decimal.ts'
import { type Denial, denialOf } from './denials.ts'
import type { KernelInput, ReconcileIntent, SessionOpening } from './inputs.ts'
import type { Instrument } from './instrument.ts'

type Holds = (value: unknown) => boolean
type Shape = { readonly [field: string]: Holds | Shape }
/** A shape as a list, which is faster to walk through, and which no library can add to behind our back. */
type Compiled = readonly { readonly field: string; readonly rule: Holds | Compiled }[]

function compiled(shape: Shape): Compiled {
  return Object.entries(shape).map(([field, rule]) => ({ field, rule: typeof rule === 'function' ? rule : compiled(rule) }))
}

const text: Holds = (value) => typeof value === 'string'
const number: Holds = (value) => typeof value === 'number'
const textOrNull: Holds = (value) => value === null || typeof value === 'string'
const textOrNone: Holds = (value) => value === undefined || typeof value === 'string'
const time: Holds = (value) => Number.isFinite(value)
const count: Holds = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const amount: Holds = (value) => typeof value === 'bigint' && value <= LARGEST && value >= -LARGEST
const amountOrNone: Holds = (value) => value === undefined || value === null || amount(value)
const limit: Holds = (value) => amount(value) && (value as bigint) >= 0n
const yesNo: Holds = (value) => typeof value === 'boolean'
const side: Holds = (value) => value === 'buy' || value === 'sell'
const positionSide: Holds = (value) => value === 'net' || value === 'long' || value === 'short'
const oneOf =
  (...words: readonly string[]): Holds =>
  (value) =>
    words.includes(value as string)
const orNull =
  (holds: Holds): Holds =>
  (value) =>
    value === null || holds(value)
const orNone =
  (holds: Holds): Holds =>
  (value) =>
    value === undefined || value === null || holds(value)
/** Spread, because `every` passes over holes. */
const listOf =
  (holds: Holds): Holds =>
  (value) =>
    Array.isArray(value) && [...value].every(holds)
function having(shape: Shape): Holds {
  const list = compiled(shape)
  return (value) => misfitOf(value, list) === undefined
}

interface Misfit {
  readonly path: string
  readonly value: unknown
}

/** The path of the first field that does not hold what it must, and what it holds. */
function misfitOf(value: unknown, shape: Compiled): Misfit | undefined {
  if (typeof value !== 'object' || value === null) return { path: '', value }
  for (const { field, rule } of shape) {
    const held = (value as Readonly<Record<string, unknown>>)[field]
    if (typeof rule === 'function') {
      if (!rule(held)) return { path: field, value: held }
    } else {
      const inner = misfitOf(held, rule)
      if (inner !== undefined) return { path: inner.path === '' ? field : `${field}.${inner.path}`, value: inner.value }
    }
  }
  return undefined
}

const ORDER: Shape = { clientOrderId: textOrNull, venueOrderId: textOrNull }
const WORD: Shape = { ...ORDER, totalFilled: amountOrNone }
const VENUE_FILL: Shape = { tradeId: text, feeAsset: text, liquidity: orNull(oneOf('maker', 'taker')) }
const FILL_REPORT: Shape = { ...WORD, instrument: text, side, positionSide: orNone(positionSide), fill: VENUE_FILL }
const REFUSAL: Shape = { ...ORDER, code: text, reason: text }
const NOTE: Shape = { clientOrderId: text, outcome: oneOf('sent', 'unknown'), detail: textOrNull }
const OPEN_ORDER: Shape = { ...ORDER, instrument: text, side, filledQuantity: amount }
const POSITION: Shape = { instrument: text, positionSide, quantity: amount, averagePrice: orNull(amount) }
const NAMES: Shape = { symbol: text, base: text, quote: text, settle: text, kind: oneOf('spot', 'linear', 'inverse') }
const SIZES: Shape = {
  tickSize: amount,
  lotSize: amount,
  minQuantity: amount,
  maxQuantity: amount,
  minNotional: amount,
  maxLeverage: amount,
}
const INSTRUMENT: Shape = { ...NAMES, ...SIZES }
const AMOUNTS: Shape = { maxExposure: limit, maxPosition: limit, maxSessionLoss: limit, maxOrderNotional: limit, maxLeverage: limit }
const COUNTS: Shape = { maxOpenOrders: count, maxOrdersPerSecond: count, maxCancelsPerSecond: count, staleFeedUs: time }
const LIMITS: Shape = { ...AMOUNTS, priceCollarBps: limit, ...COUNTS }
const ORIGIN: Shape = { sessionId: text, account: text, venue: text, strategy: text, feedSource: text, instrumentOrigin: text }
const MODES: Shape = { mode: oneOf('paper', 'demo', 'live'), positionMode: oneOf('one_way', 'hedge'), slotIds: listOf(text) }
const TIMES: Shape = {
  seed: time,
  durationUs: time,
  tickIntervalUs: time,
  orderValidityUs: time,
  absenceMarginUs: time,
  querySpacingUs: time,
}
const SESSION: Shape = { ...ORIGIN, ...MODES, ...TIMES, orderSalt: textOrNone, instrument: INSTRUMENT, limits: LIMITS }
const TOUCH: Shape = { instrument: text, bid: orNull(amount), ask: orNull(amount), mark: orNull(amount) }
const QUOTES: Shape = { ourBid: orNull(amount), ourAsk: orNull(amount), bidDistanceBps: orNull(amount), askDistanceBps: orNull(amount) }
const FEED: Shape = { source: text, events: count, gaps: count, badLines: count, skipped: count, truncated: yesNo }
const SEVERITY = oneOf('info', 'warning', 'alarm')

const SHAPES: { readonly [Type in KernelInput['type']]: Shape } = {
  // The other fields of these are checked where they are read, and denied with codes of their own.
  ENTER: { reduceOnly: orNone(yesNo) },
  EXIT: {},
  EXIT_RESIDUAL: {},
  QUOTE: {},
  CANCEL: {},
  MARK_PRICE: { asOfUs: orNone(time) },
  CONTROL: { action: text, reason: text },
  RECONCILE: { action: text, evidence: text },
  ORDER_ACK: WORD,
  ORDER_REJECT: REFUSAL,
  PARTIAL_FILL: FILL_REPORT,
  FULL_FILL: FILL_REPORT,
  CANCEL_ACK: WORD,
  CANCEL_REJECT: REFUSAL,
  EXPIRED: { ...WORD, reason: text },
  // A hint that makes no sense is taken for none.
  RATE_LIMITED: { ...ORDER, retryAfterMs: orNull(number) },
  UNRECOGNISED: { ...ORDER, raw: text },
  SNAPSHOT: { asOfUs: time, openOrders: listOf(having(OPEN_ORDER)), complete: orNone(yesNo), positions: orNone(listOf(having(POSITION))) },
  FUNDING: { instrument: text, fundingId: text, asset: text },
  OPEN_SESSION: { session: SESSION },
  LIST_INSTRUMENT: { instrument: INSTRUMENT },
  HALT_SESSION: { reason: text, detail: textOrNull },
  FLOW_CAPITAL: { asset: text, note: text },
  VALUE_ASSET: { asset: text, quote: text, source: text },
  NOTE_SUBMIT: NOTE,
  NOTE_CANCEL: NOTE,
  OBSERVE_MARKET: { observation: { ...TOUCH, ...QUOTES } },
  REPORT_FEED: { report: { ...FEED, firstTimeUs: orNull(time), lastTimeUs: orNull(time) } },
  FLAG_RISK: { code: text, severity: SEVERITY, value: textOrNull, limit: textOrNull, detail: text },
}

const RECONCILE_SHAPES: { readonly [Action in ReconcileIntent['action']]: Shape } = {
  mark_absent: { clientOrderId: text, venueTimeUs: time, askedAtUs: listOf(time) },
  quarantine: { clientOrderId: text },
  settle_order: { clientOrderId: text, outcome: oneOf('filled', 'canceled', 'expired', 'rejected') },
  book_fill: FILL_REPORT,
  adjust_position: { adjustmentId: text, instrument: text, positionSide },
  assign: { instrument: text, positionSide, slotId: textOrNull },
}

/** A value with the fields that its shape names, and nothing else: what a caller's object holds beside them is not journaled. */
function known<T>(value: T, shape: Shape): T {
  const fields = Object.entries(shape).map(([field, rule]) => {
    const held = (value as Readonly<Record<string, unknown>>)[field]
    return [field, typeof rule === 'function' ? held : known(held, rule)]
  })
  // A field that is left out is not there when it is read back, either.
  return Object.fromEntries(fields.filter(([, held]) => held !== undefined))
}

export const knownSession = (session: SessionOpening): SessionOpening => known(session, SESSION)
export const knownInstrument = (instrument: Instrument): Instrument => known(instrument, INSTRUMENT)

const listsOf = (shapes: Readonly<Record<string, Shape>>): ReadonlyMap<unknown, Compiled> =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, compiled(shape)]))

const INPUTS = listsOf(SHAPES)
const ACTIONS = listsOf(RECONCILE_SHAPES)

/** Whether an input is one at all, and holds what its type says. */
export function inputFault(input: KernelInput): Denial | null {
  const type: unknown = (input as KernelInput | null | undefined)?.type
  const shape = INPUTS.get(type)
  return shape === undefined ? denialOf('INPUT_UNKNOWN', 'type', type) : fieldFault(input, shape)
}

/** The same for the action of a reconcile. */
export function actionFault(intent: ReconcileIntent): Denial | null {
  const shape = ACTIONS.get(intent.action)
  return shape === undefined ? denialOf('FIELD_INVALID', 'action', intent.action) : fieldFault(intent, shape)
}

function fieldFault(input: object, shape: Compiled): Denial | null {
  const misfit = misfitOf(input, shape)
  return misfit === undefined ? null : denialOf('FIELD_INVALID', misfit.path, misfit.value)
}
