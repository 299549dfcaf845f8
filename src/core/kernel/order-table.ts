// The life of an order at a venue, as one table. Decides nothing about money: a fill is booked whatever the cell says.

// biome-ignore format: a list of words is read as one
export type OrderStatus =
  | 'prepared' | 'submitting' | 'acked' | 'partially_filled' | 'filled' | 'canceled' | 'expired'
  | 'rejected' | 'in_doubt' | 'absent' | 'quarantined'

/**
 * What can happen to an order. `fillPart` and `fillAll` are told apart by our own sum of fills, never by the venue's
 * word; `unknown` is any answer that is not an answer (time-out, reset, 5xx, unreadable); `found` and `absent` are the
 * outcome of asking.
 */
// biome-ignore format: a list of words is read as one
export type OrderTrigger =
  | 'sent' | 'ack' | 'fillPart' | 'fillAll' | 'cancelAck' | 'expire' | 'reject' | 'unknown' | 'found' | 'absent' | 'quarantine'

/**
 * The next status; `same` where nothing changes; `conflict` where the two cannot both be true: recorded and alarmed, and what
 * reconcile asked for (`absent`, `quarantine`) is refused.
 */
export type OrderCell = OrderStatus | 'same' | 'conflict'

// biome-ignore format: a table is read by column
export const ORDER_TABLE = {
  prepared: {
    sent: 'submitting', ack: 'acked', fillPart: 'partially_filled', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired', reject: 'rejected',
    unknown: 'in_doubt', found: 'acked', absent: 'absent', quarantine: 'quarantined',
  },
  submitting: {
    sent: 'same', ack: 'acked', fillPart: 'partially_filled' /* a fill before the ack */, fillAll: 'filled', cancelAck: 'canceled', expire: 'expired', reject: 'rejected',
    unknown: 'in_doubt', found: 'acked', absent: 'absent', quarantine: 'quarantined',
  },
  acked: {
    sent: 'same', ack: 'same', fillPart: 'partially_filled', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired',
    reject: 'in_doubt' /* accepted, then refused: both cannot be true, so ask */,
    unknown: 'in_doubt', found: 'same', absent: 'conflict' /* it was there once */, quarantine: 'conflict',
  },
  partially_filled: {
    sent: 'same', ack: 'same' /* the ack after its fill */, fillPart: 'same', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired',
    reject: 'in_doubt' /* money moved, so it was accepted: ask */,
    unknown: 'in_doubt', found: 'same', absent: 'conflict', quarantine: 'conflict',
  },
  filled: {
    sent: 'same', ack: 'same', fillPart: 'conflict' /* a sum of fills cannot shrink */, fillAll: 'same' /* beyond the request: booked, flagged OVERFILL */,
    cancelAck: 'same' /* a stale answer: the cancel lost the race */, expire: 'same', reject: 'conflict',
    unknown: 'same', found: 'same' /* a stale snapshot */, absent: 'conflict', quarantine: 'conflict',
  },
  canceled: {
    sent: 'same', ack: 'same', fillPart: 'same' /* late fill: booked, the order stays closed */, fillAll: 'filled' /* the cancel lost the race after all */,
    cancelAck: 'same', expire: 'same', reject: 'conflict',
    unknown: 'same', found: 'in_doubt' /* said to be gone, seen alive: ask */, absent: 'conflict', quarantine: 'conflict',
  },
  expired: {
    sent: 'same', ack: 'same', fillPart: 'same' /* late fill, as above */, fillAll: 'filled',
    cancelAck: 'same', expire: 'same', reject: 'conflict',
    unknown: 'same', found: 'in_doubt', absent: 'conflict', quarantine: 'conflict',
  },
  rejected: {
    sent: 'same', ack: 'in_doubt' /* refused, then accepted: ask */, fillPart: 'in_doubt' /* booked, because the money moved; it may still rest: ask */, fillAll: 'filled',
    cancelAck: 'same', expire: 'same', reject: 'same',
    unknown: 'same', found: 'acked' /* the venue has it: the refusal was wrong */, absent: 'conflict', quarantine: 'conflict',
  },
  in_doubt: {
    sent: 'same', ack: 'acked', fillPart: 'partially_filled', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired', reject: 'rejected',
    unknown: 'same', found: 'acked', absent: 'absent', quarantine: 'quarantined',
  },
  absent: {
    sent: 'same', ack: 'acked' /* it arrived after all: believed and alarmed */, fillPart: 'partially_filled', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired', reject: 'rejected',
    unknown: 'same', found: 'acked', absent: 'conflict', quarantine: 'conflict',
  },
  quarantined: {
    sent: 'same', ack: 'acked' /* any definite word ends the quarantine */, fillPart: 'partially_filled', fillAll: 'filled', cancelAck: 'canceled', expire: 'expired', reject: 'rejected',
    unknown: 'same', found: 'acked', absent: 'absent', quarantine: 'conflict',
  },
} as const satisfies Record<OrderStatus, Record<OrderTrigger, OrderCell>>

/** Whether the venue may still fill the order, or whether we must assume that it may. */
// biome-ignore format: the living and the dead, a line each
export const ORDER_LIVE = {
  prepared: true, submitting: true, acked: true, partially_filled: true, in_doubt: true, quarantined: true,
  filled: false, canceled: false, expired: false, rejected: false, absent: false,
} as const satisfies Record<OrderStatus, boolean>

/** Whether it is news that the venue had the order at any time, because as far as we know it never did. */
// biome-ignore format: news and none, a line each
export const ORDER_SIGHT_IS_NEWS: Readonly<Record<OrderStatus, boolean>> = {
  prepared: true, submitting: true, rejected: true, absent: true, quarantined: true,
  acked: false, partially_filled: false, in_doubt: false, filled: false, canceled: false, expired: false,
}

/**
 * A cancel in flight, beside the status, so that it never hides what the order is: `requested` is journaled and may
 * have been sent, `sent` left us, `in_doubt` got no readable answer, `refused` was denied by the venue.
 */
export type CancelState = 'none' | 'requested' | 'sent' | 'in_doubt' | 'refused'

export const CANCEL_PENDING: Readonly<Record<CancelState, boolean>> = {
  none: false,
  requested: true,
  sent: true,
  in_doubt: true,
  refused: false,
}
