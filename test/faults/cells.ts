// Which fault meets which state of an order: the rows and columns of the matrix, as data. It runs nothing.

import type { FaultRule } from '../../src/core/exchange/fault-plan.ts'
import { FAULTS, type FaultName } from '../../src/core/exchange/faults.ts'
import { CALL_TIMEOUT_MS } from './fault-rig.ts'

/** What an order is when the fault strikes. */
export const STATES = {
  sent: 'its placement is under way, and its first event is lost unless that is what the fault strikes',
  acked: 'it rests; half of it is filled when the fault strikes',
  partially_filled: 'half of it is filled and known; the rest is filled when the fault strikes',
  cancel_in_flight: 'it rests, and its cancel is under way',
  filled: 'it is filled and known, and asked about once more',
  in_doubt: 'the answer to its placement was lost, with its first event; it is asked about',
  never_arrived: 'its placement was lost on the way, so that the venue does not have it; it is asked about',
  in_doubt_for_good: 'as in doubt, and the fault strikes every question and every event from then on',
} as const
export type OrderState = keyof typeof STATES

export const STATE_TITLES: Readonly<Record<OrderState, string>> = {
  sent: 'sent',
  acked: 'acked',
  partially_filled: 'partly filled',
  cancel_in_flight: 'cancel in flight',
  filled: 'filled',
  in_doubt: 'in doubt',
  never_arrived: 'in doubt, never arrived',
  in_doubt_for_good: 'in doubt, struck for good',
}

/** The call of an order's life that a fault strikes which can strike any. */
export const CALL_OF_STATE = {
  sent: 'place',
  acked: 'query',
  partially_filled: 'fill_history',
  cancel_in_flight: 'cancel',
  filled: 'query',
  in_doubt: 'query',
  never_arrived: 'query',
} as const satisfies Record<Exclude<OrderState, 'in_doubt_for_good'>, string>

/** All that an account can be asked about its orders. */
export const QUESTIONS = ['query', 'fill_history', 'open_orders', 'positions'] as const

/** Why a fault cannot meet a state. */
export const REASONS = {
  event: 'nothing is sent down the stream about an order that is over, or that the venue does not have',
  placement: 'it strikes a placement that arrives, and this one was answered before, or never did',
  cancel: 'it strikes a cancel of an order that rests',
  once: 'it strikes the placement or the cancel, once, and there is no second one',
} as const
export type Reason = keyof typeof REASONS

/** Where a fault can strike: any call, an event, or only the placement or the cancel. */
type Reach = 'call' | 'event' | 'placement' | 'cancel'

const PLACEMENT_ONLY: ReadonlySet<FaultName> = new Set(['partial_then_cancel', 'late_visibility', 'duplicate_id_answer'])
const CANCEL_ONLY: ReadonlySet<FaultName> = new Set(['fill_after_cancel', 'filled_on_cancel', 'cancel_ignored'])

export function reachOf(fault: FaultName): Reach {
  if (FAULTS[fault].at === 'event') return 'event'
  if (PLACEMENT_ONLY.has(fault)) return 'placement'
  return CANCEL_ONLY.has(fault) ? 'cancel' : 'call'
}

/** Null where they can meet. What changes an order after its placement also meets it when it is acked or in doubt. */
const MEETS: Readonly<Record<Reach, Readonly<Record<OrderState, Reason | null>>>> = {
  // biome-ignore format: a table is read by column
  call:      { sent: null,     acked: null,        partially_filled: null,        cancel_in_flight: null,        filled: null,        in_doubt: null, never_arrived: null, in_doubt_for_good: null },
  // biome-ignore format: a table is read by column
  event:     { sent: null,     acked: null,        partially_filled: null,        cancel_in_flight: null,        filled: 'event',     in_doubt: null, never_arrived: 'event', in_doubt_for_good: null },
  // biome-ignore format: a table is read by column
  placement: { sent: null,     acked: 'placement', partially_filled: 'placement', cancel_in_flight: 'placement', filled: 'placement', in_doubt: null, never_arrived: 'placement', in_doubt_for_good: 'once' },
  // biome-ignore format: a table is read by column
  cancel:    { sent: 'cancel', acked: 'cancel',    partially_filled: null,        cancel_in_flight: null,        filled: 'cancel',    in_doubt: null, never_arrived: 'cancel', in_doubt_for_good: 'once' },
}

export function reasonAgainst({ fault }: Row, state: OrderState): Reason | null {
  return MEETS[reachOf(fault)][state]
}

/** A row of the matrix: a fault with its parameters, where they are not the usual ones. */
export interface Row {
  readonly fault: FaultName
  readonly params: FaultRule['params']
}

/** Longer than we wait for an answer, shorter than the order is valid. */
const DELAY_MS = CALL_TIMEOUT_MS + 400

/** The ways in which a fault is rehearsed here, where it is more than one or another than the usual. */
const VARIANTS: Readonly<Partial<Record<FaultName, readonly FaultRule['params'][]>>> = {
  answer_lost: [{ cut: 'before' }, { cut: 'inside' }],
  delay: [
    { side: 'answer', ms: DELAY_MS },
    { side: 'admission', ms: DELAY_MS },
  ],
  duplicate_event: [{ copies: 3 }],
  reorder_events: [{ ms: 300 }],
  delay_event: [{ ms: 400 }],
  broken_frame: [{ form: 'gzip' }, { form: 'text' }, { form: 'oversized' }, { form: 'truncated_json' }],
  fill_after_cancel: [
    { ms: 400, share: 0.5 },
    { ms: 400, share: 1 },
  ],
  partial_then_cancel: [{ ms: 0 }, { ms: 200 }],
  rate_limited: [
    { status: '200', headers: true },
    { status: '200', headers: false },
    { status: '429', headers: false },
    { status: '418', headers: false },
    { status: '403', headers: false },
  ],
  unknown_code: [{ when: 'after' }, { when: 'before' }],
  wrapped_error: [
    { code: 101_253, when: 'before' },
    { code: 100_500, when: 'after' },
  ],
  busy: [
    { code: 100_500, when: 'after' },
    { code: 100_500, when: 'before' },
    { code: 80_019, when: 'after' },
  ],
  late_visibility: [{ ms: 400, lists_ms: 600 }],
  clock_skew: [{ ms: 10_000 }, { ms: -6_000 }],
  restart: [
    { when: 'after', ms: 200 },
    { when: 'before', ms: 200 },
  ],
  html_200: [{ when: 'after' }, { when: 'before' }],
  duplicate_id_answer: [
    { code: 101_481, when: 'after' },
    { code: 101_481, when: 'before' },
    { code: 109_201, when: 'after' },
  ],
}

export const ROWS: readonly Row[] = Object.keys(FAULTS).flatMap((name) => {
  const fault = name as FaultName
  return (VARIANTS[fault] ?? [{}]).map((params) => ({ fault, params }))
})

export function rowTitle({ fault, params }: Row): string {
  const isOnly = (VARIANTS[fault]?.length ?? 1) === 1
  const words = Object.entries(params).map(([name, value]) => `${name} ${value}`)
  return isOnly || words.length === 0 ? `\`${fault}\`` : `\`${fault}\` (${words.join(', ')})`
}
