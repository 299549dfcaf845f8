// How much the next exit closes, and as which leg. Completion is never judged here: only by what is still open.

import { add, type Decimal, max, mul, sub, truncateToStep, ZERO } from './decimal.ts'
import type { Instrument } from './instrument.ts'
import { unfilledOf } from './state.ts'
import type { LegView, SlotView, StateView } from './views.ts'

/** All that it looks at beside the slot. */
type Orders = Pick<StateView, 'liveOrders'>
type Traded = Pick<Instrument, 'kind' | 'lotSize'>

export interface ExitSize {
  readonly leg: number
  readonly quantity: Decimal
  /** Legs that came to nothing on the way: consumed without an order. */
  readonly skipped: readonly LegView[]
}

/**
 * The leg and the quantity of the next exit; null where working exits already cover all that can be delivered, or all but dust.
 *
 * A leg closes up to its cumulative share of the entry, rounded down to a lot, so that what one leg loses to rounding
 * the next one gains. A leg that comes to nothing is consumed without an order. The last leg, and the scope `rest`,
 * take the whole remainder.
 */
export function exitSizeOf(state: Orders, slot: SlotView, scope: 'leg' | 'rest', instrument: Traded): ExitSize | null {
  const { lotSize } = instrument
  const working = workingQuantity(state, slot)
  const free = truncateToStep(sub(deliverable(slot, instrument), working), lotSize)
  if (free <= ZERO) return null
  const open = slot.legs.filter((leg) => !leg.consumed && !leg.working)
  const last = open.at(-1)
  // All legs have been used up, yet size is open (a late entry fill): the final leg is asked for again.
  if (last === undefined) return { leg: slot.legs.length - 1, quantity: free, skipped: [] }
  if (scope === 'rest') return { leg: (open[0] as LegView).leg, quantity: free, skipped: [] }
  const skipped: LegView[] = []
  for (const leg of open) {
    if (leg === last) break
    const target = truncateToStep(mul(slot.entryQuantity, cumulativeRatio(slot, leg.leg)), lotSize)
    const quantity = truncateToStep(sub(target, add(slot.exitQuantity, working)), lotSize)
    if (quantity >= free) return { leg: leg.leg, quantity: free, skipped }
    if (quantity > ZERO) return { leg: leg.leg, quantity, skipped }
    skipped.push(leg)
  }
  return { leg: last.leg, quantity: free, skipped }
}

/**
 * Of what is open, what can be sold: coins that went into the fees of the trade's own fills are not there, and those of another
 * slot are not its to sell. A rebate in coins belongs to nobody's trade.
 */
export function deliverable({ side, openSize, feesInKind }: SlotView, { kind }: Traded): Decimal {
  return kind === 'spot' && side === 'buy' ? sub(openSize, max(feesInKind, ZERO)) : openSize
}

/**
 * What live exit orders may still close. By the orders, not by the legs: an order that was said to be gone may be alive
 * after all, and a leg may have had several.
 */
export function workingQuantity(state: Orders, slot: SlotView): Decimal {
  let total = ZERO
  for (const order of state.liveOrders.values()) {
    const { request } = order
    const covers = request.role === 'exit' && request.slotId === slot.slotId && request.trade === slot.trade
    if (covers) total = add(total, unfilledOf(order))
  }
  return total
}

function cumulativeRatio(slot: SlotView, upTo: number): Decimal {
  let sum = ZERO
  for (const leg of slot.legs) if (leg.leg <= upTo) sum = add(sum, leg.ratio)
  return sum
}
