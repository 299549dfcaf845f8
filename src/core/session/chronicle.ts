// What happened lately, for people: the last fills and messages, and counts. Fed with facts and feed notices.

import { abs, formatDecimal, formatFixed, ZERO } from '../kernel/decimal.ts'
import type { DenialFact, Fact, FactBody, FillFact } from '../kernel/facts.ts'
import { INVENTORY_COMPARED, LIMIT_FLAGS } from '../kernel/flag-codes.ts'
import type { Severity } from '../kernel/inputs.ts'
import { positionKey } from '../kernel/state.ts'
import { tradingMoveText } from '../trading-words.ts'
import { DenialFold } from './denial-fold.ts'
import type { FillModel, MessageModel } from './view-model.ts'

/** What an alarm is about, where that can be looked up: once it is over, so is the alarm. A position by its key: each is another. */
export type Subject = { readonly order: string } | { readonly position: string } | 'venue'

/** A message as it was said. */
export interface Said extends Pick<MessageModel, 'timeUs' | 'severity' | 'text'> {
  readonly subject: Subject | null
}

/** The value of a `VENUE_ALARM` that is over once the venue answers again. */
export const UNREACHABLE = 'unreachable'

/** Of fills, and of messages. */
const KEPT = 200
const MONEY_PLACES = 4
const FEE_PLACES = 6

export class Chronicle {
  readonly #pricePlaces: number
  readonly #quantityPlaces: number
  readonly #denials = new DenialFold()
  #fills: FillModel[] = []
  #messages: Said[] = []
  /** The position that differed last: the flag that follows gives the figure of it, and not which it is. */
  #differing: string | null = null
  readonly counts = { ordersSent: 0, fills: 0, denials: 0 }
  /** Its code: what is denied again and again is no news, and its message has long scrolled away. */
  lastDenial: string | null = null
  /** Fills and messages since the last look: who shows them looks again before they are too many to show. */
  unseen = 0

  constructor(options: { pricePlaces: number; quantityPlaces: number }) {
    this.#pricePlaces = options.pricePlaces
    this.#quantityPlaces = options.quantityPlaces
  }

  onFact({ body, timeUs }: Fact): void {
    switch (body.type) {
      case 'ORDER_PREPARED':
        this.counts.ordersSent += 1
        return
      case 'FILL_BOOKED':
        this.counts.fills += 1
        this.#addFill(body, timeUs)
        return
      case 'INTENT_DENIED':
        this.counts.denials += 1
        this.lastDenial = body.code
        this.#onDenial(body, timeUs)
        return
      default: {
        if (body.type === 'TRADING_MOVED' && body.from !== body.to) this.#denials.onTradingMoved()
        if (body.type === 'POSITION_DIFFERED') this.#differing = positionKey(body.instrument, body.positionSide)
        const message = MESSAGES[body.type]?.(body as never)
        if (message !== undefined && message !== null) this.say(timeUs, message.severity, message.text, this.#subjectOf(body))
      }
    }
  }

  say(timeUs: number, severity: Severity, text: string, subject: Subject | null = null): void {
    const last = this.#messages[0]
    // The same words again only move the time on.
    if (last !== undefined && last.text === text) this.#messages.shift()
    this.#messages.unshift({ timeUs, severity, text, subject })
    if (this.#messages.length > KEPT) this.#messages.pop()
    this.unseen += 1
  }

  /** Newest first. */
  fills(): readonly FillModel[] {
    return [...this.#fills]
  }

  messages(): readonly Said[] {
    return [...this.#messages]
  }

  #subjectOf(body: FactBody): Subject | null {
    if (body.type === 'ORDER_MOVED') return { order: body.clientOrderId }
    if (body.type !== 'RISK_FLAGGED') return null
    if (body.code === 'POSITION_DRIFT') return this.#differing === null ? null : { position: this.#differing }
    return Object.hasOwn(SUBJECTS, body.code) ? (SUBJECTS[body.code]?.(body.value) ?? null) : null
  }

  #onDenial(denial: DenialFact, timeUs: number): void {
    const text = this.#denials.textOf(denial, timeUs)
    if (text !== null) this.say(timeUs, 'warning', text)
  }

  #addFill(fill: FillFact, timeUs: number): void {
    this.#fills.unshift({
      tradeId: fill.tradeId,
      timeUs,
      side: fill.side,
      price: formatFixed(fill.price, this.#pricePlaces),
      quantity: formatFixed(fill.quantity, this.#quantityPlaces),
      liquidity: fill.liquidity ?? 'unknown',
      fee: formatFixed(fill.fee, FEE_PLACES),
      feeAsset: fill.feeAsset,
      role: fill.role ?? 'unknown',
      realizedPnl: formatFixed(fill.realizedPnl, MONEY_PLACES),
    })
    if (this.#fills.length > KEPT) this.#fills.pop()
    this.unseen += 1
  }
}

/** What these say is a whole sentence of its own, and their code adds nothing to it; nor does that of what is not even a warning. */
const CODES_UNSAID: ReadonlySet<string> = new Set(['VENUE_ALARM'])

/** Limits that are shown as such, with how far they are used: of them only what no gauge and no line says. The share of failed calls has neither. */
const LIMITS_SHOWN: Readonly<Record<string, (value: string | null) => Message | null>> = {
  [LIMIT_FLAGS.maxDrawdown]: (since) =>
    since === null ? null : { severity: 'info', text: `for the drawdown peaks count since ${since} (UTC)` },
  [LIMIT_FLAGS.venueSilence]: () => null,
  [LIMIT_FLAGS.venueStream]: () => null,
  [LIMIT_FLAGS.venueAccount]: () => null,
}

interface Message {
  readonly severity: Severity
  readonly text: string
}

/** What flags with these codes are about; `value` is what they name. */
const SUBJECTS: Readonly<Record<string, (value: string | null) => Subject | null>> = {
  ORDER_QUARANTINED: orderNamed,
  RECONCILE_ORDER_QUARANTINED: orderNamed,
  VENUE_ALARM: (value) => (value === UNREACHABLE ? 'venue' : null),
}

function orderNamed(value: string | null): Subject | null {
  return value === null ? null : { order: value }
}

type MessageTable = { readonly [Type in FactBody['type']]?: (body: Extract<FactBody, { type: Type }>) => Message | null }

/** Which facts are worth a line, and how they read. What comes with a flag that says it, such as a position that differs, is left to it. */
const MESSAGES: MessageTable = {
  TRADING_MOVED: (move) => ({ severity: move.to === 'active' ? 'info' : 'warning', text: `trading: ${tradingMoveText(move)}` }),
  CAPITAL_FLOWED: ({ asset, amount, note }) => ({ severity: 'info', text: `capital ${formatDecimal(amount)} ${asset} (${note})` }),
  ORDER_MOVED: ({ clientOrderId, to, reason }) => {
    if (to === 'rejected') return { severity: 'warning', text: `order ${clientOrderId} rejected: ${reason ?? 'no reason given'}` }
    return to === 'in_doubt' || to === 'quarantined'
      ? {
          severity: 'alarm',
          text: `order ${clientOrderId} ${to}: ${reason ?? 'the venue contradicts what it said before'}`,
        }
      : null
  },
  // Being sent and being acknowledged are steps of an order; what a trader follows is the trade.
  SLOT_MOVED: ({ slotId, trade, from, to, reason }) =>
    /_(sent|working)$/.test(to)
      ? null
      : { severity: 'info', text: `slot ${slotId}#${trade} ${from} → ${to}${reason === null ? '' : ` (${reason})`}` },
  // No stage tells it: the trade is over, and this stays in the position.
  DUST_WRITTEN_OFF: ({ slotId, trade, instrument, quantity, cost, reason }) => ({
    severity: 'warning',
    text: `slot ${slotId}#${trade}: ${formatDecimal(quantity)} of ${instrument}, cost ${formatDecimal(cost)}, is too small to be traded and written off (${reason})`,
  }),
  FUNDING_BOOKED: ({ instrument, asset, amount }) => ({
    severity: 'info',
    text: `funding of ${instrument}: ${formatDecimal(abs(amount))} ${asset} ${amount < ZERO ? 'paid' : 'received'}`,
  }),
  FILL_CONFIRMED: ({ clientOrderId, tradeId, quantity, price, fee, feeAsset }) => ({
    severity: 'info',
    text: `order ${clientOrderId}: what was inferred of it is confirmed as trade ${tradeId}, ${formatDecimal(quantity)} at ${formatDecimal(price)}, fee ${formatDecimal(fee)} ${feeAsset}`,
  }),
  RECONCILED: ({ action, subject, evidence }) => ({ severity: 'warning', text: `reconcile ${action} ${subject}: ${evidence}` }),
  EXPOSURE_ASSIGNED: ({ instrument, quantity, slotId }) => ({
    severity: 'info',
    text: `unassigned ${formatDecimal(quantity)} of ${instrument} given to ${slotId === null ? 'the quotes' : `slot ${slotId}`}`,
  }),
  FILL_CONFLICTED: ({ tradeId, booked, received }) => ({
    severity: 'alarm',
    text: `trade or funding ${tradeId} booked as ${booked}, now said to be ${received}`,
  }),
  EVENT_UNMATCHED: ({ event, detail }) => ({ severity: 'alarm', text: `${event} matches no order of ours: ${detail}` }),
  EVENT_CONFLICTED: ({ clientOrderId, status, detail }) => ({
    severity: 'alarm',
    text: `order ${clientOrderId} is ${status}, yet: ${detail}`,
  }),
  RATE_LIMIT_NOTED: ({ retryAfterMs }) => ({ severity: 'warning', text: `the venue limits us: no new order for ${retryAfterMs} ms` }),
  RISK_FLAGGED: ({ severity, code, value, detail }) => {
    const limit = Object.hasOwn(LIMITS_SHOWN, code) ? LIMITS_SHOWN[code] : undefined
    if (limit !== undefined) return limit(value)
    // That a check at the end found nothing is kept as a fact, and stands in the summary: it tells nobody anything on the way out.
    if (severity === 'info' && code === INVENTORY_COMPARED) return null
    return { severity, text: severity === 'info' || CODES_UNSAID.has(code) ? detail : `${code}: ${detail}` }
  },
}
