// The funding payments that the venue made and our books do not have. Asks; books nothing.

import type { FundingEvent } from '../kernel/inputs.ts'
import { fundingKey } from '../kernel/state.ts'
import type { Venue } from '../venue/port.ts'
import type { Engine } from './engine.ts'

/** Clocks differ, and a payment may be listed late. */
const WINDOW_MARGIN_US = 600_000_000

export interface FundingQuestion {
  readonly engine: Pick<Engine, 'view' | 'capitalSinceUs' | 'lastFundingUs'>
  readonly venue: Pick<Venue, 'followFunding'>
  readonly nowUs: number
  readonly signal: AbortSignal
}

/**
 * In order of time, from the last one that is booked: none is missing before that one, so what a session could not be told is found
 * by the next, however long ago it was paid. What was paid before money first came in is part of that money. Asked once a venue.
 */
export async function unbookedFunding({ engine, venue, nowUs, signal }: FundingQuestion): Promise<readonly FundingEvent[]> {
  const { capitalSinceUs, lastFundingUs, view } = engine
  const fromUs = Math.max(capitalSinceUs ?? nowUs, (lastFundingUs ?? 0) - WINDOW_MARGIN_US)
  const payments = await venue.followFunding(fromUs, signal)
  return payments.filter(({ instrument, fundingId }) => !view.fundings.has(fundingKey(instrument, fundingId)))
}
