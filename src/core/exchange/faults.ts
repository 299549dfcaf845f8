// Every fault that can be rehearsed, as data: what it does, where it strikes, and its parameters. Decides nothing.

/** Where a fault strikes: while a request is answered, or while an event is sent down the private stream. */
export type FaultPlace = 'endpoint' | 'event'

export type FaultValue = string | number | boolean

export interface FaultParam {
  readonly means: string
  readonly default: FaultValue
  /** Bounds of a number. */
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
}

export interface FaultKind {
  readonly means: string
  readonly at: FaultPlace
  /** The endpoint or event it strikes where a rule names none; `*` for all. */
  readonly on: string
  readonly params: Readonly<Record<string, FaultParam>>
  /** The most a random plan gives it, for each time it could strike; 0: never. */
  readonly chance: number
}

/** The endpoints that a rule may name. */
export const FAULT_ENDPOINTS = [
  ...['place', 'cancel', 'query', 'open_order', 'open_orders', 'all_orders', 'full_orders', 'cancel_all', 'fill_history', 'all_fills'],
  ...['positions', 'balance', 'leverage', 'set_leverage', 'position_mode', 'set_position_mode', 'margin_type', 'set_margin_type'],
  ...['commission', 'income', 'cancel_all_after', 'listen_key', 'server_time', 'contracts', 'depth', 'book_ticker', 'premium_index'],
] as const
export type FaultEndpoint = (typeof FAULT_ENDPOINTS)[number]

/** The events of the private stream that a rule may name. */
export const FAULT_EVENTS = ['order', 'account'] as const
export type FaultEvent = (typeof FAULT_EVENTS)[number]

const MS = (means: string, value: number): FaultParam => ({ means, default: value, min: 0, max: 600_000 })
const CODE = (means: string, value: number): FaultParam => ({ means, default: value, min: 1, max: 999_999 })
const WHEN = (value: 'before' | 'after'): FaultParam => ({
  means: '`before` the request is acted on, which then never happens; or `after` it.',
  default: value,
  choices: ['before', 'after'],
})
const SHARE: FaultParam = { means: 'The share of what is unfilled that is filled, at least a lot.', default: 0.5, min: 0, max: 1 }

export const FAULTS = {
  answer_lost: {
    means: 'The request is acted on; then the connection is closed before the answer, or inside of it.',
    at: 'endpoint',
    on: 'place',
    params: { cut: { means: '`before` the answer or `inside` of it.', default: 'before', choices: ['before', 'inside'] } },
    chance: 0.05,
  },
  request_lost: {
    means: 'The connection is closed, and the request is never acted on.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.05,
  },
  http_504_accepted: {
    means: 'The request is acted on, and the answer is a 504 in HTML.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.05,
  },
  http_504_refused: {
    means: 'The answer is a 504 in HTML, and the request is never acted on.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.05,
  },
  delay: {
    means: 'The request waits: before its time stamp is looked at (`admission`), or when it has been acted on (`answer`).',
    at: 'endpoint',
    on: '*',
    params: { ms: MS('How long.', 1_000), side: { means: 'Which of the two.', default: 'answer', choices: ['admission', 'answer'] } },
    chance: 0.05,
  },
  duplicate_event: {
    means: 'The event is sent more than once.',
    at: 'event',
    on: 'order',
    params: { copies: { means: 'How many more.', default: 1, min: 1, max: 100 } },
    chance: 0.1,
  },
  reorder_events: {
    means: 'The event is held back until another one has overtaken it, or until the time is up.',
    at: 'event',
    on: 'order',
    params: { ms: MS('When it is sent at the latest.', 500) },
    chance: 0.1,
  },
  drop_event: { means: 'The event is not sent.', at: 'event', on: 'order', params: {}, chance: 0.1 },
  delay_event: { means: 'The event is sent later.', at: 'event', on: 'order', params: { ms: MS('How much later.', 1_000) }, chance: 0.1 },
  stream_drop: {
    means: 'All private streams end without a farewell; the event is not sent.',
    at: 'event',
    on: 'order',
    params: {},
    chance: 0.02,
  },
  stream_silent: {
    means: 'All private streams stay open, and nothing comes any more, no ping either.',
    at: 'event',
    on: 'order',
    params: {},
    chance: 0.01,
  },
  broken_frame: {
    means: 'Instead of the event comes a frame that cannot be read, or a text frame, or one that is too large.',
    at: 'event',
    on: 'order',
    params: { form: { means: 'Which.', default: 'gzip', choices: ['gzip', 'text', 'oversized', 'truncated_json'] } },
    chance: 0.05,
  },
  zero_trade_time: { means: 'The event says 0 for the time of the trade.', at: 'event', on: 'order', params: {}, chance: 0.05 },
  unknown_event_status: {
    means: 'The event says a status that nobody knows.',
    at: 'event',
    on: 'order',
    params: { status: { means: 'What it says.', default: 'Unknown' } },
    chance: 0.05,
  },
  listen_key_expired: {
    means: 'All listen keys run out now: the streams say so once, then stay open and silent.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.01,
  },
  fill_after_cancel: {
    means: 'A cancel succeeds; later comes word of a fill that was before it. Where the order does not rest, nothing.',
    at: 'endpoint',
    on: 'cancel',
    params: { ms: MS('How much later the fill is told, on the stream and to questions.', 500), share: SHARE },
    chance: 0.1,
  },
  filled_on_cancel: {
    means: 'The order is filled just before the cancel, which is refused for it. Where the order does not rest, nothing.',
    at: 'endpoint',
    on: 'cancel',
    params: {},
    chance: 0.05,
  },
  cancel_ignored: {
    means: 'A cancel is answered with success, and the order lives on.',
    at: 'endpoint',
    on: 'cancel',
    params: {},
    chance: 0.05,
  },
  partial_then_cancel: {
    means: 'An order that rests is partly filled, and the venue cancels the rest on its own.',
    at: 'endpoint',
    on: 'place',
    params: { ms: MS('How long after it was accepted; 0: before the answer.', 0), share: SHARE },
    chance: 0.05,
  },
  rate_limited: {
    means: 'The request is refused for coming too often.',
    at: 'endpoint',
    on: '*',
    params: {
      headers: { means: 'Whether the headers say when it will be better.', default: true },
      status: {
        means: 'The HTTP status: 200 with a code, or 429, 418, 403 without.',
        default: '200',
        choices: ['200', '403', '418', '429'],
      },
    },
    chance: 0.02,
  },
  unknown_status: {
    means: 'The orders in the answer have a status that nobody knows.',
    at: 'endpoint',
    on: 'query',
    params: { status: { means: 'What it says.', default: 'Unknown' } },
    chance: 0.05,
  },
  unknown_code: {
    means: 'The answer is an error code that nobody knows.',
    at: 'endpoint',
    on: 'place',
    params: { code: CODE('Which.', 199_999), when: WHEN('after') },
    chance: 0.03,
  },
  wrapped_error: {
    means: 'The answer is 80012 with another error as text inside.',
    at: 'endpoint',
    on: 'place',
    params: { code: CODE('The one inside.', 101_253), when: WHEN('before') },
    chance: 0.03,
  },
  busy: {
    means: 'The answer is an error of the venue itself: busy, internal, in process.',
    at: 'endpoint',
    on: 'place',
    params: { code: CODE('Which: 100500, 80012, 80019, 100410 …', 100_500), when: WHEN('after') },
    chance: 0.03,
  },
  late_visibility: {
    means: 'The order is accepted, and questions find it only later. The stream tells of it all the same.',
    at: 'endpoint',
    on: 'place',
    params: { ms: MS('Until it is found by its id.', 1_000), lists_ms: MS('Until it stands in lists of orders.', 1_500) },
    chance: 0.1,
  },
  clock_skew: {
    means: 'The clock of the exchange jumps, and stays so.',
    at: 'endpoint',
    on: '*',
    params: { ms: { means: 'How far it is off from then on.', default: 10_000, min: -86_400_000, max: 86_400_000 } },
    chance: 0,
  },
  restart: {
    means: 'The exchange goes down, with all connections, and comes back from its truth log.',
    at: 'endpoint',
    on: 'place',
    params: { when: WHEN('after'), ms: MS('How long it is down.', 200) },
    chance: 0.005,
  },
  refuse_all: {
    means: 'The request is refused with a code.',
    at: 'endpoint',
    on: 'place',
    params: { code: CODE('Which.', 101_204) },
    chance: 0.01,
  },
  truncated_json: {
    means: 'The request is acted on, and the answer ends in the middle.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.03,
  },
  html_200: {
    means: 'The answer is a page in HTML with status 200.',
    at: 'endpoint',
    on: 'place',
    params: { when: WHEN('after') },
    chance: 0.03,
  },
  empty_data: {
    means: 'The request is acted on, and the answer has an empty `data`.',
    at: 'endpoint',
    on: 'place',
    params: {},
    chance: 0.03,
  },
  odd_shapes: {
    means: 'Numbers come as text and text as numbers, and there are fields that nobody knows.',
    at: 'endpoint',
    on: '*',
    params: {},
    chance: 0.05,
  },
  duplicate_id_answer: {
    means: 'The answer says that the client order id is in use: because the order was just booked under it, or falsely.',
    at: 'endpoint',
    on: 'place',
    params: { code: CODE('101481, 101400 or 109201.', 101_481), when: WHEN('after') },
    chance: 0.03,
  },
} as const satisfies Record<string, FaultKind>

export type FaultName = keyof typeof FAULTS

/** By a name that comes from outside. */
export function faultKindOf(name: string): FaultKind | undefined {
  return Object.hasOwn(FAULTS, name) ? FAULTS[name as FaultName] : undefined
}
