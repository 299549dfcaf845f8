// Every reason the kernel refuses an intent for. The codes are part of the interface: scripts and strategies read them.

import { type Decimal, formatDecimal } from './decimal.ts'
import type { DenialFact } from './facts.ts'

/** Code → what it means, in a sentence, and where there is more to it than one value, the figures that come with it. */
export const DENIALS = {
  INPUT_UNKNOWN: ['There is no intent, venue event or operation of this type.'],
  FIELD_INVALID: ['The field holds something that it cannot mean.'],
  SESSION_HALTED: ['The session has halted: nothing new is sent.'],
  TRADING_HALTED: ['Trading is halted: only cancels pass until it is resumed.'],
  REDUCING_ONLY: ['Trading is reducing: only what lowers the position passes.', 'position working'],
  REDUCE_ONLY_DIRECTION: ['A reduce-only order must not open, grow or flip the position.', 'position working'],
  INSTRUMENT_UNKNOWN: ['The instrument is not one this session trades.'],
  INSTRUMENT_INVALID: ['The instrument cannot be traded exactly, or is another than the one booked under its name.'],
  VALUE_NOT_DECIMAL: ['The value is not an exact decimal.'],
  VALUE_OUT_OF_RANGE: ['The value is beyond 10^15 and cannot be meant.'],
  PRICE_MISSING: ['The price is missing: a limit order needs one, and so does what reconcile books without a fill.'],
  PRICE_NOT_ALLOWED: ['A market order carries no price.'],
  PRICE_NOT_POSITIVE: ['A price must be above zero.'],
  PRICE_OFF_TICK: ['The price is not a multiple of the tick size.', 'tickSize'],
  PRICE_OUTSIDE_COLLAR: ['The price is further from the mid than risk.price_collar_bps.', 'mid limitBps'],
  QUANTITY_NOT_POSITIVE: ['A quantity must be above zero.'],
  QUANTITY_OFF_LOT: ['The quantity is not a multiple of the lot size.', 'lotSize'],
  QUANTITY_BELOW_MIN: ['The quantity is below the smallest order of the venue.', 'limit'],
  QUANTITY_ABOVE_MAX: ['The quantity is above the largest order of the venue.', 'limit'],
  NOTIONAL_BELOW_MIN: ['The notional is below the smallest of the venue.', 'limit'],
  NOTIONAL_ABOVE_LIMIT: ['The notional is above risk.max_order_notional.', 'limit'],
  MARK_MISSING: ['The order cannot be judged before the instrument, and what is held of the same asset, has a mark price.'],
  MARKET_STALE: ['The market data is older than risk.stale_feed_seconds: nothing new is opened on it.', 'asOfUs limitUs'],
  TIME_IN_FORCE_INVALID: ['Post-only orders rest: they cannot be IOC, FOK or market orders.'],
  LEVERAGE_NOT_POSITIVE: ['Leverage must be above zero.'],
  LEVERAGE_ABOVE_CAP: ["The leverage is above the lower of the instrument's cap and risk.max_leverage.", 'limit'],
  BALANCE_TOO_LOW: ['The wallet does not cover the order beside all that is working.', 'asset balance working'],
  MARGIN_TOO_LOW: ['The equity does not cover the margin of all positions and orders.', 'asset equity leverage'],
  POSITION_ABOVE_LIMIT: ['The position once all working orders are filled would be above risk.max_position.', 'position working limit'],
  EXPOSURE_ABOVE_LIMIT: ['The exposure once all working orders are filled would be above risk.max_exposure.', 'asset limit'],
  EXPOSURE_UNPRICED: ['The asset is held against another quote too, and nobody has stated what that is worth in this one.', 'asset'],
  POSITION_DIFFERS: [
    'The venue holds another position than we do: only what lowers ours passes until reconcile has found out why.',
    'position venues',
  ],
  OPEN_ORDERS_ABOVE_LIMIT: ['There are already risk.max_open_orders orders working.', 'limit'],
  ORDER_RATE_ABOVE_LIMIT: ['There have been risk.max_orders_per_second orders within a second.', 'limit'],
  CANCEL_RATE_ABOVE_LIMIT: ['These cancels would be more than risk.max_cancels_per_second within a second.', 'limit'],
  RATE_LIMITED: ['The venue asked us to wait before the next order.'],
  SLOT_UNKNOWN: ['The strategy did not declare this slot.'],
  SLOT_BUSY: ['The slot already holds a trade that is not closed.'],
  UNASSIGNED_EXPOSURE: ['There is exposure that no slot explains: reconcile it before entering anew.'],
  EXIT_RATIO_INVALID: ['Each exit ratio must be above 0 and at most 1.'],
  EXIT_RATIOS_SUM: ['The exit ratios must sum to exactly 1.'],
  EXIT_NOT_ALLOWED: ['The slot is not in a stage that can be exited.'],
  NOTHING_TO_EXIT: ['All that is open is covered by working exit orders already, or is less than one lot.', 'working'],
  NO_ACTIVE_ENTRY_ORDER: ['The slot has no entry order that could be cancelled.'],
  NO_ACTIVE_EXIT_ORDER: ['The slot has no exit order that could be cancelled.'],
  ENTRY_NOT_CANCELLABLE: ['The entry order is already being cancelled.'],
  EXIT_NOT_CANCELLABLE: ['The exit order is already being cancelled.'],
  ORDER_UNKNOWN: ['No order has this client order id.'],
  ORDER_FINAL: ['The order is already final.'],
  ORDER_IN_DOUBT: ['We do not know whether the venue has an order of this slot: it is frozen until that is known.'],
  CANCEL_PENDING: ['The order is already being cancelled.'],
  QUOTE_CROSSED: ['The bid of a quote must be below its ask.'],
  QUOTE_SIDE_PENDING: ['The last quote of this side is not gone yet; the new one waits for the next tick.'],
  QUOTE_SIDE_IN_DOUBT: ['We do not know whether the venue has the last quote of this side; the side waits for the answer.'],
  QUOTE_IN_HEDGE_MODE: ['Quotes net against each other: they need a one-way position.'],
  SLOT_ID_DUPLICATE: ['Two slots carry one id.'],
  CONTROL_REFUSED: ['The trading state is that already.'],
  ABSENCE_NOT_PROVED: [
    'An order is absent only long after its validity, after two spaced queries, and if the venue never named or filled it.',
    'needed',
  ],
  RECONCILE_REFUSED: ['What reconcile was told does not fit what is booked.', 'booked'],
} as const satisfies Record<string, readonly [means: string, context?: string]>

export type DenialCode = keyof typeof DENIALS

/** A refusal before it knows which intent it belongs to. */
export interface Denial {
  readonly code: DenialCode
  readonly field: string
  readonly value: string
  readonly context: string
}

/** The figures that come with a code, by name: exactly those that its entry lists. */
type Words<Text> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : Text
type Figures<Code extends DenialCode> = (typeof DENIALS)[Code] extends readonly [string, infer Names]
  ? [Readonly<Record<Words<Names> & string, unknown>>]
  : []

export function denialOf<Code extends DenialCode>(code: Code, field: string, value: unknown, ...figures: Figures<Code>): Denial {
  const context = Object.entries(figures[0] ?? {}).map(([key, figure]) => `${key}=${textOf(figure)}`)
  return { code, field, value: textOf(value), context: context.join(' ') }
}

/** Whether a check came to a refusal rather than to what was asked of it. */
export function isDenial(result: object): result is Denial {
  return Object.hasOwn(result, 'context')
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
  const { code, field, value, context } = denial
  const slotId = typeof about.slotId === 'string' ? about.slotId : null
  const clientOrderId = typeof about.clientOrderId === 'string' ? about.clientOrderId : null
  return { type: 'INTENT_DENIED', intent, code, field, value, context, detail: DENIALS[code][0], slotId, clientOrderId }
}
