// Whether a look at a venue shows any trace of an order that the venue does not find: only where there is none, and all could be
// seen, is it absent. Pure; asks nobody.

import { formatDecimal, ZERO } from '../kernel/decimal.ts'
import { fillKey, positionKey } from '../kernel/state.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { VenueBooks } from '../venue/port.ts'
import { orderOf } from './ours.ts'

/** Clocks differ, and some venues tell the time of a fill in whole seconds. */
const CLOCK_US = 2_000_000
/** Venues keep their lists of fills for days only: what is older shows in the position alone. */
const KEPT_US = 6.5 * 86_400_000_000

/** What could not be seen of what the order may have left; null where all of it was. */
export function unseenOf({ preparedAtUs }: OrderView, { openOrders, positions, fills, asOfUs }: VenueBooks): string | null {
  if (openOrders === null) return 'the open orders could not be seen'
  if (positions === null) return 'the positions could not be seen'
  if (fills === null) return 'the fills could not be seen'
  const isOld = preparedAtUs < asOfUs - KEPT_US
  return isOld || (fills.complete && fills.fromUs <= preparedAtUs) ? null : 'not all fills since it was prepared could be seen'
}

/** Whether the venue lists a fill of nobody's that could be this order's: of its side, since it was asked for, and under no id we know. */
export function mayHaveFilled({ request, preparedAtUs }: OrderView, view: StateView, { fills }: VenueBooks): boolean {
  const { instrument, side } = request
  return (fills?.list ?? []).some(({ clientOrderId, venueOrderId, fill, timeUs, ...report }) => {
    const isNobodys = orderOf(view, { clientOrderId, venueOrderId }) === undefined
    const fits = report.instrument === instrument && report.side === side && timeUs >= preparedAtUs - CLOCK_US
    return isNobodys && fits && !view.fills.has(fillKey(instrument, fill.tradeId, side))
  })
}

/** Why the order may be there after all, in words; null where everything was seen and nothing speaks for it. */
export function traceOf(order: OrderView, view: StateView, books: VenueBooks): string | null {
  const { clientOrderId, instrument, positionSide } = order.request
  const unseen = unseenOf(order, books)
  if (unseen !== null) return unseen
  const isNamed = (id: string | null): boolean => id?.toLowerCase() === clientOrderId
  if (books.openOrders?.some((open) => isNamed(open.clientOrderId)) === true) return 'it is among the open orders'
  if (books.fills?.list.some((report) => isNamed(report.clientOrderId)) === true) return 'a fill names it'
  if (mayHaveFilled(order, view, books)) return 'there is a fill that could be its own'
  if (view.instruments.get(instrument)?.kind === 'spot') return null
  const key = positionKey(instrument, positionSide)
  const theirs = books.positions?.find((held) => positionKey(held.instrument, held.positionSide) === key)?.quantity ?? ZERO
  const ours = view.positions.get(key)?.quantity ?? ZERO
  return theirs === ours ? null : `the venue holds ${formatDecimal(theirs)}, we ${formatDecimal(ours)}`
}
