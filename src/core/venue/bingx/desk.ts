// What every part of the venue works with: the calls, the readers, the way out for news, and the orders we were told of. It
// decides nothing about an order.

import type { Decimal } from '../../kernel/decimal.ts'
import { ZERO } from '../../kernel/decimal.ts'
import type { OrderRequest } from '../../kernel/facts.ts'
import type { OrderReference } from '../../kernel/inputs.ts'
import type { TimedVenueEvent } from '../port.ts'
import { AnswerFault, type Answers } from './answers.ts'
import { judge, type Verdict } from './codes.ts'
import type { BingxClock, BingxTuning } from './options.ts'
import type { Answer, Rest } from './rest.ts'
import { bingxSymbolOf } from './symbols.ts'

export type News = TimedVenueEvent['event']

/** One order that a session has spoken of. Only what is needed to ask well: what is true of it is the kernel's. */
export interface KnownOrder {
  readonly clientOrderId: string
  readonly instrument: string
  readonly symbol: string
  /** Null after a restart: then the session only asks. */
  request: OrderRequest | null
  /** When it was sent, by the venue's clock; null after a restart. */
  sentMs: number | null
  venueOrderId: string | null
  /** What fills we have handed on, and their sum. */
  readonly tradeIds: Set<string>
  reportedFilled: Decimal
  /** The venue's last word was a final one. */
  isOver: boolean
  /** A question failed for good: it is asked again when the account is looked at. */
  isStale: boolean
  /** Settles once the placement is answered: nothing overtakes it. */
  placing: Promise<void> | null
  isAsking: boolean
  askAgain: boolean
  /** Questions in a row that brought nothing new. */
  strikes: number
  askNotBeforeUs: number
  lastCancelUs: number
  /** How often the order was still alive after its cancel had been accepted; null where none was. */
  aliveAfterCancel: number | null
}

export interface Desk {
  readonly rest: Rest
  readonly answers: Answers
  readonly clock: BingxClock
  readonly tuning: BingxTuning
  readonly orders: KnownOrders
  /** Aborted when the venue is closed. */
  readonly signal: AbortSignal
  emit(news: News): void
  notice(severity: 'info' | 'warning' | 'alarm', text: string): void
  /** Asks about an order, soon and one question at a time. */
  ask(order: KnownOrder): void
}

/** The orders we were told of, the oldest of those that are over forgotten first. */
export class KnownOrders {
  readonly #byClientId = new Map<string, KnownOrder>()
  readonly #byVenueId = new Map<string, KnownOrder>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The order of that id, made where it is new; null where BingX has no such instrument. */
  meet(clientOrderId: string, instrument: string): KnownOrder | null {
    const known = this.#byClientId.get(clientOrderId)
    if (known !== undefined) return known
    const symbol = bingxSymbolOf(instrument)
    if (symbol === null) return null
    const order: KnownOrder = {
      clientOrderId,
      instrument,
      symbol,
      request: null,
      sentMs: null,
      venueOrderId: null,
      tradeIds: new Set(),
      reportedFilled: ZERO,
      isOver: false,
      isStale: false,
      placing: null,
      isAsking: false,
      askAgain: false,
      strikes: 0,
      askNotBeforeUs: 0,
      lastCancelUs: 0,
      aliveAfterCancel: null,
    }
    this.#byClientId.set(clientOrderId, order)
    this.#forget()
    return order
  }

  find(clientOrderId: string | null, venueOrderId: string | null): KnownOrder | undefined {
    if (clientOrderId !== null) return this.#byClientId.get(clientOrderId)
    return venueOrderId === null ? undefined : this.#byVenueId.get(venueOrderId)
  }

  /** Keeps the venue's id of an order: the first one that is heard, since an order never changes it. */
  bind(order: KnownOrder, venueOrderId: string): void {
    if (order.venueOrderId !== null) return
    order.venueOrderId = venueOrderId
    this.#byVenueId.set(venueOrderId, order)
  }

  all(): KnownOrder[] {
    return [...this.#byClientId.values()]
  }

  #forget(): void {
    if (this.#byClientId.size <= this.#limit) return
    for (const order of this.#byClientId.values()) {
      if (!order.isOver || order.isAsking) continue
      this.#byClientId.delete(order.clientOrderId)
      if (order.venueOrderId !== null) this.#byVenueId.delete(order.venueOrderId)
      return
    }
  }
}

export function referenceOf({ clientOrderId, venueOrderId }: KnownOrder): OrderReference {
  return { clientOrderId, venueOrderId }
}

/** Judges a refusal, and does at once what follows from it whoever asked: backs off, tells a person. */
export function heed(
  desk: Pick<Desk, 'rest' | 'notice' | 'tuning'>,
  answer: Answer & { readonly kind: 'refused' },
): Verdict & { readonly pauseMs: number | null } {
  const verdict = judge(answer.code, answer.message)
  if (verdict.tell !== null)
    desk.notice('alarm', `BingX answered ${answer.code}: ${verdict.tell}. It said: ${answer.message || 'nothing'}.`)
  if (verdict.placement !== 'limit' && verdict.asking !== 'limit') return { ...verdict, pauseMs: null }
  const statedMs = verdict.isBan ? desk.tuning.banPauseMs : answer.retryAfterMs
  return { ...verdict, pauseMs: desk.rest.limiter.pause(statedMs) }
}

/** Measures the venue's clock anew. Null where it does not say; `failed` is handed the record of an answer that is none. */
export async function measureClock(
  { rest, answers, clock }: Pick<Desk, 'rest' | 'answers' | 'clock'>,
  signal: AbortSignal,
  failed?: (raw: string) => void,
): Promise<number | null> {
  const answer = await rest.call('time', {}, { signal })
  if (answer.kind !== 'ok') {
    failed?.(answer.raw)
    return null
  }
  try {
    const venueUs = answers.serverTimeMs(answer.body) * 1_000
    const heardUs = clock.nowUs()
    rest.time.measured({ sentUs: heardUs - answer.tookUs, heardUs, venueUs })
    return venueUs
  } catch (error) {
    if (error instanceof AnswerFault) return null
    throw error
  }
}
