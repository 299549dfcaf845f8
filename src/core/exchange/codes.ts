// Why the exchange refuses, as data. The codes are part of the interface: journals and scripts keep them.

/**
 * Code → what it means. Every one of them is a definite refusal: the exchange holds no such order, nothing of it was or
 * will be filled. The checks run in this order, and the first that fails is the answer.
 */
export const REJECT_CODES = {
  UNKNOWN_INSTRUMENT: 'The exchange does not list this instrument.',
  VALID_UNTIL_PASSED: 'The order arrived later than it was valid.',
  DUPLICATE_ORDER_ID: 'An order with this client order id is known already.',
  TOO_MANY_OPEN_ORDERS: 'The account has as many open orders as the exchange allows.',
  INVALID_REQUEST: 'The fields of the order contradict one another.',
  TICK_SIZE: 'The price is not above zero and a multiple of the tick size.',
  LOT_SIZE: 'The quantity is not above zero and a multiple of the lot size.',
  MIN_QUANTITY: 'The quantity is below the smallest order.',
  MAX_QUANTITY: 'The quantity is above the largest order.',
  MIN_NOTIONAL: 'Price × quantity is below the smallest notional.',
  REDUCE_ONLY: 'There is no position that the order would reduce.',
  POST_ONLY_WOULD_CROSS: 'The order would have taken liquidity, which post-only forbids.',
  FOK_UNFILLABLE: 'The whole quantity cannot be filled at once.',
  INSUFFICIENT_BALANCE: 'The free balance does not cover the order and its fee.',
  INSUFFICIENT_MARGIN: 'The free margin does not cover the order and its fee.',
} as const satisfies Record<string, string>

export type RejectCode = keyof typeof REJECT_CODES

/** Why a cancel is refused. */
export const CANCEL_REJECT_CODES = {
  ORDER_UNKNOWN: 'The exchange has no order with this id.',
  ALREADY_FILLED: 'The order was filled before the cancel arrived; its fills stand.',
  ALREADY_CANCELED: 'The order was cancelled before.',
  ALREADY_EXPIRED: 'The order had expired before the cancel arrived.',
  ALREADY_REJECTED: 'The order had been refused, so that there is nothing to cancel.',
} as const satisfies Record<string, string>

export type CancelRejectCode = keyof typeof CANCEL_REJECT_CODES

/** A refusal with the values that led to it. */
export interface Refusal {
  readonly code: RejectCode
  readonly reason: string
}

/** A refusal that says the general sentence and then the figures. */
export function refusal(code: RejectCode, figures: string): Refusal {
  return { code, reason: figures === '' ? REJECT_CODES[code] : `${REJECT_CODES[code]} ${figures}` }
}
