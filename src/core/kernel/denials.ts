// Every reason the kernel refuses an intent for. The codes are part of the interface: scripts and strategies read them.

import { type Decimal, formatDecimal } from './decimal.ts'
import type { DenialFact } from './facts.ts'

/** Code → what it means, in a sentence. A denial adds the field and the value that offended. */
export const DENIALS = {
  INPUT_UNKNOWN: 'There is no intent, venue event or operation of this type.',
  FIELD_INVALID: 'The field holds something that it cannot mean.',
  SESSION_HALTED: 'The session has halted: nothing new is sent.',
  INSTRUMENT_UNKNOWN: 'The instrument is not one this session trades.',
  INSTRUMENT_INVALID: 'The instrument cannot be traded exactly, or not yet.',
  VALUE_NOT_DECIMAL: 'The value is not an exact decimal.',
  VALUE_OUT_OF_RANGE: 'The value is beyond 10^15 and cannot be meant.',
  PRICE_MISSING: 'A limit order needs a price.',
  PRICE_NOT_ALLOWED: 'A market order carries no price.',
  PRICE_NOT_POSITIVE: 'A price must be above zero.',
  PRICE_OFF_TICK: 'The price is not a multiple of the tick size.',
  QUANTITY_NOT_POSITIVE: 'A quantity must be above zero.',
  QUANTITY_OFF_LOT: 'The quantity is not a multiple of the lot size.',
  QUANTITY_BELOW_MIN: 'The quantity is below the smallest order of the venue.',
  QUANTITY_ABOVE_MAX: 'The quantity is above the largest order of the venue.',
  NOTIONAL_BELOW_MIN: 'Price × quantity is below the smallest notional of the venue.',
  NOTIONAL_ABOVE_LIMIT: 'Price × quantity is above risk.max_order_notional.',
  MARK_MISSING: 'A market order cannot be judged before the instrument has a mark price.',
  TIME_IN_FORCE_INVALID: 'Post-only orders rest: they cannot be IOC, FOK or market orders.',
  LEVERAGE_NOT_POSITIVE: 'Leverage must be above zero.',
  LEVERAGE_ABOVE_CAP: "The leverage is above the instrument's cap.",
  EXPOSURE_ABOVE_LIMIT: 'The exposure once all working orders are filled would be above risk.max_exposure.',
  OPEN_ORDERS_ABOVE_LIMIT: 'There are already risk.max_open_orders orders working.',
  RATE_LIMITED: 'The venue asked us to wait before the next order.',
  SLOT_UNKNOWN: 'The strategy did not declare this slot.',
  SLOT_BUSY: 'The slot already holds a trade that is not closed.',
  UNASSIGNED_EXPOSURE: 'There is exposure that no slot explains: reconcile it before entering anew.',
  EXIT_RATIO_INVALID: 'Each exit ratio must be above 0 and at most 1.',
  EXIT_RATIOS_SUM: 'The exit ratios must sum to exactly 1.',
  EXIT_NOT_ALLOWED: 'The slot is not in a stage that can be exited.',
  NOTHING_TO_EXIT: 'All that is open is covered by working exit orders already, or is less than one lot.',
  NO_ACTIVE_ENTRY_ORDER: 'The slot has no entry order that could be cancelled.',
  NO_ACTIVE_EXIT_ORDER: 'The slot has no exit order that could be cancelled.',
  ENTRY_NOT_CANCELLABLE: 'The entry order is already being cancelled.',
  EXIT_NOT_CANCELLABLE: 'The exit order is already being cancelled.',
  ORDER_UNKNOWN: 'No order has this client order id.',
  ORDER_FINAL: 'The order is already final.',
  CANCEL_PENDING: 'The order is already being cancelled.',
  QUOTE_CROSSED: 'The bid of a quote must be below its ask.',
  QUOTE_SIDE_PENDING: 'The last quote of this side is not gone yet; the new one waits for the next tick.',
  QUOTE_SIDE_IN_DOUBT: 'We do not know whether the venue has the last quote of this side; the side waits for the answer.',
  SLOT_ID_DUPLICATE: 'Two slots carry one id.',
} as const satisfies Record<string, string>

export type DenialCode = keyof typeof DENIALS

/** A refusal before it knows which intent it belongs to. */
export interface Denial {
  readonly code: DenialCode
  readonly field: string
  readonly value: string
}

export function denialOf(code: DenialCode, field: string, value: unknown): Denial {
  return { code, field, value: textOf(value) }
}

const LONGEST_VALUE = 64

/** Any value as a short text: decimals as such, and of what has no text of its own only the kind. */
export function textOf(value: unknown): string {
  if (typeof value === 'bigint') return formatDecimal(value as Decimal).slice(0, LONGEST_VALUE)
  if (value !== null && (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol')) return typeof value
  return String(value).slice(0, LONGEST_VALUE)
}

/** What the denied intent was about is kept where it is a name at all: a user's own code may hand over anything. */
export function denialFact(intent: string, denial: Denial, about: { slotId?: unknown; clientOrderId?: unknown } = {}): DenialFact {
  const { code, field, value } = denial
  const slotId = typeof about.slotId === 'string' ? about.slotId : null
  const clientOrderId = typeof about.clientOrderId === 'string' ? about.clientOrderId : null
  return { type: 'INTENT_DENIED', intent, code, field, value, detail: DENIALS[code], slotId, clientOrderId }
}
