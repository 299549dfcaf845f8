// What a comparison with a venue can find: the kinds, what each means, and the shape of a finding. Decides nothing.

import type { KernelInput, OfPosition, Severity, Side } from '../kernel/inputs.ts'
import type { Effect, VenueBooks, VenueOrder } from '../venue/port.ts'
import type { NotFound } from './absence.ts'

interface KindWords {
  /** How loud it is while it is not mended. */
  readonly severity: Severity
  readonly means: string
}

export const FINDING_KINDS = {
  ORPHAN_OF_OURS: { severity: 'alarm', means: 'The venue has an open order of ours that we hold as final, or do not know.' },
  FOREIGN_ORDER: { severity: 'info', means: 'The venue has an open order that no session of this account sent. It is never touched.' },
  ORDER_DOUBLED: {
    severity: 'alarm',
    means: 'The venue has an order under our id that is not ours: with another venue order id than the one we know, or older than ours.',
  },
  ORDER_MISSING: { severity: 'alarm', means: 'We hold an order as live, and the venue does not count it among its open orders.' },
  ORDER_IN_DOUBT: { severity: 'warning', means: 'We do not know whether the venue has an order that may have been sent.' },
  ORDER_QUARANTINED: { severity: 'alarm', means: 'Nobody could say whether the venue has the order: a person decides.' },
  CANCEL_IN_DOUBT: { severity: 'warning', means: 'We asked to cancel an order, and the venue still has it open.' },
  CANCEL_UNHEARD: {
    severity: 'warning',
    means: 'We asked to cancel an order and never heard what came of it, and the venue does not count it among its open orders any more.',
  },
  FILLED_DIFFERS: { severity: 'alarm', means: 'The venue counts another quantity as filled of an order than we have booked.' },
  FILL_MISSED: { severity: 'warning', means: 'The venue reports a fill of an order of ours that we have not booked.' },
  EXTERNAL_FILL: { severity: 'warning', means: 'The venue reports a fill of an order that we never sent.' },
  FILL_CONFLICTS: { severity: 'alarm', means: 'A fill is booked with other numbers than the venue reports.' },
  FILL_UNKNOWN_TO_VENUE: {
    severity: 'alarm',
    means:
      'We booked a fill of an order that was made in the time of the list, and the venue does not report it, though that list is whole.',
  },
  POSITION_DIFFERS: { severity: 'alarm', means: 'The venue holds another position than we do, and no fill that it reports explains it.' },
  BALANCE_DIFFERS: {
    severity: 'warning',
    means: 'The venue has another amount in the wallet than our books, by more than what was rounded: money moved that nobody booked.',
  },
  BALANCE_UNSETTLED: {
    severity: 'info',
    means: 'The wallet cannot be compared to the last digit while a position is open; what differs is no more than that explains.',
  },
  INCOMPLETE: { severity: 'warning', means: 'A part of the look at the venue failed: what it would have shown is unknown.' },
} as const satisfies Record<string, KindWords>

export type FindingKind = keyof typeof FINDING_KINDS

/** What is to be done about a finding: `ask` goes on asking, `none` leaves it to a person. */
export type FindingAction =
  | 'adopt'
  | 'cancel'
  | 'book_fill'
  | 'mark_absent'
  | 'quarantine'
  | 'settle_order'
  | 'adjust_position'
  | 'ask'
  | 'none'

/** One step of a remedy: something for the kernel to decide on, or an effect for an order that the kernel does not know. */
export type Remedy = { readonly handle: KernelInput } | { readonly send: Effect }

export interface Evidence {
  readonly ours: string
  readonly venues: string
  /** Since when we believe what we believe; null where nobody knows. */
  readonly sinceUs: number | null
}

export interface Finding {
  readonly kind: FindingKind
  readonly instrument: string | null
  /** The client or venue order id, the trade id, the position, or the part of the look. */
  readonly subject: string
  readonly evidence: Evidence
  readonly action: FindingAction
  /** The steps of the action, in order. */
  readonly remedies: readonly Remedy[]
  /** Only once a second look, spaced, shows the very same: a venue's parts are not of one instant. */
  readonly needsSecondLook: boolean
  /** The figures that such a second look has to show again. */
  readonly figures: string
  /** What is done where asking leads nowhere within the time there is. */
  readonly otherwise: readonly Remedy[]
  /** What a person may do or type, where nothing is done by itself; null where there is nothing to say of it. */
  readonly advice: string | null
}

/** A finding with the fields that most have alike. */
export function finding(parts: Pick<Finding, 'kind' | 'instrument' | 'subject' | 'evidence' | 'action'> & Partial<Finding>): Finding {
  return { remedies: [], needsSecondLook: false, figures: '', otherwise: [], advice: null, ...parts }
}

/** What the venue answered when it was asked about one order. */
export interface OrderAnswer {
  /** Null where the venue has no such order, or where it could not be asked: then `failure` says why. */
  readonly order: VenueOrder | null
  readonly failure: string | null
  /** All answers so far that found nothing, with nothing contrary since. */
  readonly notFound: readonly NotFound[]
}

/** A fill as we booked it, with the time of that: the kernel's state keeps the numbers alone. */
export interface BookedFill {
  readonly instrument: string
  readonly tradeId: string
  readonly side: Side
  /** Whose it is; null for a fill of no order of ours. */
  readonly clientOrderId: string | null
  /** When it was booked: it was traded before, and may have been long before. */
  readonly timeUs: number
}

/** What was looked at, and whether that was all of it. */
export interface LookWindow {
  readonly instruments: readonly string[]
  /** The venue's clock when the look began. */
  readonly asOfUs: number
  readonly fillsFromUs: number
  /** Null where the fills could not be had. */
  readonly fillsUntilUs: number | null
  /** Open orders, positions and all the fills of the window: only then is what is missing known to be missing. */
  readonly complete: boolean
}

export function isComplete({ openOrders, positions, fills }: VenueBooks): boolean {
  return openOrders !== null && positions !== null && fills?.complete === true
}

export const positionText = ({ instrument, positionSide }: OfPosition): string =>
  positionSide === 'net' ? instrument : `${instrument} ${positionSide}`
