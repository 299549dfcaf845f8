// The venue's answers that are refusals, as data: which code stands for what, in the words it uses. Decides nothing.

import type { RejectCode } from '../codes.ts'

/** An answer other than success. */
export interface Refused {
  readonly code: number
  readonly message: string
}

/** Codes that are renamed or reused at the real venue; here each has one meaning. */
export const CODES = {
  wrongPath: { code: 100404, message: 'the api you requested does not exist' },
  missingArgument: { code: 100400, message: 'Missing argument' },
  keyWrong: { code: 100413, message: 'Incorrect apiKey' },
  signatureMissing: { code: 100412, message: 'Null signature' },
  signatureWrong: { code: 100001, message: 'Signature verification failed' },
  timestamp: { code: 100421, message: 'Null timestamp or timestamp mismatch' },
  rateLimited: { code: 100410, message: 'code:100410:The endpoint trigger frequency limit rule is currently in the disabled period' },
  tooManyInvalid: { code: 109429, message: 'Too many invalid requests' },
  badParameter: { code: 109400, message: 'Invalid parameters' },
  clientIdUsed: { code: 101481, message: 'clientOrderID already exists' },
  clientIdUsedText: { code: 101400, message: 'clientOrderID is duplicate' },
  tooFast: { code: 109201, message: 'The same order number is only allowed to be submitted once within 1 second' },
  noSuchOrder: { code: 109421, message: 'order not exist' },
  alreadyFilled: { code: 109422, message: 'The order is already filled and does not exist' },
  priceBand: { code: 101211, message: 'The order price is outside the allowed range' },
  windowTooLong: { code: 109400, message: 'The time range must not be longer than 7 days' },
  modeFixed: { code: 109400, message: 'This exchange knows the one-way mode only' },
  leverageTooHigh: { code: 101414, message: 'The maximum leverage for this trading pair is exceeded' },
} as const satisfies Record<string, Refused>

/** What the engine refuses → how this venue says so. */
export const REFUSALS = {
  UNKNOWN_INSTRUMENT: { code: 109425, message: 'symbol not exist' },
  VALID_UNTIL_PASSED: CODES.timestamp,
  DUPLICATE_ORDER_ID: CODES.clientIdUsed,
  TOO_MANY_OPEN_ORDERS: { code: 101419, message: 'The number of open orders exceeds the limit' },
  INVALID_REQUEST: CODES.badParameter,
  TICK_SIZE: { code: 109400, message: 'Invalid price' },
  LOT_SIZE: { code: 109400, message: 'Invalid quantity' },
  MIN_QUANTITY: { code: 110422, message: 'The quantity is below the minimum' },
  MAX_QUANTITY: { code: 101209, message: 'The maximum position value for this leverage is exceeded' },
  MIN_NOTIONAL: { code: 110425, message: 'Please ensure that the order nominal value must exceed 2u' },
  REDUCE_ONLY: { code: 101205, message: 'No position to close' },
  POST_ONLY_WOULD_CROSS: { code: 101215, message: 'The post-only order would immediately match and take' },
  /** Never said: such an order is accepted and expires at once. */
  FOK_UNFILLABLE: CODES.badParameter,
  INSUFFICIENT_BALANCE: { code: 101204, message: 'Insufficient margin' },
  INSUFFICIENT_MARGIN: { code: 101204, message: 'Insufficient margin' },
} as const satisfies Record<RejectCode, Refused>

/** Codes that blame the request: many of them in a short time are punished. */
export const INVALID_CODES: ReadonlySet<number> = new Set([100001, 100400, 100404, 100412, 100413, 109400])
