// How often what goes wrong, and how often it did. Decides nothing itself but by the chance it is handed.

import type { Random } from './random.ts'

// biome-ignore format: a table is read by column
const FAULT_KINDS = [
  'request_lost', 'request_delayed', 'request_duplicated', 'request_reordered', 'arrived_too_late',
  'answer_lost', 'answer_delayed', 'answer_duplicated', 'answer_reordered',
  'order_rejected', 'rejected_but_accepted', 'rejection_repeated', 'fill_after_rejection',
  'rate_limited_with_hint', 'rate_limited_without_hint', 'rate_limited_but_accepted', 'query_rate_limited',
  'unknown_status', 'unknown_code', 'ack_after_fill', 'ack_without_id', 'order_expired', 'venue_canceled', 'fill_after_cancel', 'overfill',
  'self_trade', 'fill_told_otherwise', 'trade_unlisted', 'stale_answer', 'stale_total', 'venue_id_only', 'order_query_failed', 'position_query_failed',
  'external_trade', 'external_position', 'funding_repeated', 'funding_told_otherwise', 'venue_restarted', 'market_stale',
  'garbage_event', 'foreign_event', 'garbage_intent', 'malformed_message', 'careless_reconcile',
  'engine_stopped_within_decision', 'engine_stopped_before_commit', 'engine_stopped_before_sending', 'engine_stopped_after_sending',
  'engine_stopped_within_recovery',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export type FaultCounts = Record<FaultKind, number>

export function noFaults(): FaultCounts {
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as FaultCounts
}

/** Draws and counts faults. Each run has its own mix: some kinds are left out, so that each is met alone as well. */
export class Faults {
  readonly counts = noFaults()
  readonly #random: Random
  readonly #weights = new Map<FaultKind, number>()
  #enabled = true

  constructor(random: Random) {
    this.#random = random
    const level = random.pick([0.3, 1, 1, 2.5])
    for (const kind of FAULT_KINDS) this.#weights.set(kind, random.chance(0.25) ? 0 : level)
  }

  /** From now on all goes well: what is lost is asked for and comes. */
  stop(): void {
    this.#enabled = false
  }

  happens(kind: FaultKind, probability: number): boolean {
    if (!this.#enabled || !this.#random.chance(probability * (this.#weights.get(kind) ?? 0))) return false
    this.counts[kind] += 1
    return true
  }
}
