// How much the next exit closes, and as which leg. Completion is never judged here: only by what is still open.

import { add, type Decimal, mul, sub, truncateToStep, ZERO } from './decimal.ts'
import type { LegView, SlotView, StateView } from './views.ts'

/** All that it looks at beside the slot. */
type Orders = Pick<StateView, 'liveOrders'>

export interface ExitSize {
  readonly leg: number
  readonly quantity: Decimal
  /** Legs that came to nothing on the way: consumed without an order. */
  readonly skipped: readonly LegView[]
}

/**
 * The leg and the quantity of the next exit; null where working exits already cover all that is open, or all but dust.
 *
 * A leg closes up to its cumulative share of the entry, rounded down to a lot, so that what one leg loses to rounding
 * the next one gains. A leg that comes to nothing is consumed without an order. The last leg, and the scope `rest`,
 * take the whole remainder.
 */
export function exitSizeOf(state: Orders, slot: SlotView, scope: 'leg' | 'rest', lotSize: Decimal): ExitSize | null {
  const working = workingQuantity(state, slot)
  const free = truncateToStep(sub(slot.openSize, working), lotSize)
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
 * What live exit orders may still close. By the orders, not by the legs: an order that was said to be gone may be alive
 * after all, and a leg may have had several.
 */
export function workingQuantity(state: Orders, slot: SlotView): Decimal {
  let total = ZERO
  for (const { request, filledQuantity } of state.liveOrders.values()) {
    const covers = request.role === 'exit' && request.slotId === slot.slotId && request.trade === slot.trade
    if (covers && filledQuantity < request.quantity) total = add(total, sub(request.quantity, filledQuantity))
  }
  return total
}

function cumulativeRatio(slot: SlotView, upTo: number): Decimal {
  let sum = ZERO
  for (const leg of slot.legs) if (leg.leg <= upTo) sum = add(sum, leg.ratio)
  return sum
}
