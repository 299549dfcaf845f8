// What the paper exchange holds, in the words of the venue port. Reads; changes nothing.

import type { Exchange } from '../../exchange/exchange.ts'
import type { ExchangeOrder } from '../../exchange/order.ts'
import { div, ZERO } from '../../kernel/decimal.ts'
import type { SnapshotPosition } from '../../kernel/inputs.ts'
import type { VenueBooks, VenueFillReport, VenueOrder } from '../port.ts'

export function paperOrder({ request, venueOrderId, filledQuantity, status, refusal, expiry }: Readonly<ExchangeOrder>): VenueOrder {
  const { clientOrderId, instrument, side, quantity } = request
  // The average of a part is not kept: its fills say it.
  const shared = { clientOrderId, venueOrderId, instrument, side, quantity, filledQuantity, averagePrice: null }
  return { ...shared, status, words: refusal?.reason ?? expiry ?? status, createdUs: null }
}

/** All of it is known here, so that nothing is ever missing. */
export function paperBooks(exchange: Exchange, fillsFromUs: number): VenueBooks {
  const orders = exchange.orders()
  const instrument = exchange.instrument.symbol
  const fills = orders.flatMap(({ request, venueOrderId, fills: made, fillTimesUs }) =>
    made.map((fill, index): VenueFillReport => {
      const timeUs = fillTimesUs[index] as number
      return { clientOrderId: request.clientOrderId, venueOrderId, instrument, side: request.side, timeUs, fill }
    }),
  )
  return {
    asOfUs: exchange.nowUs,
    openOrders: orders.filter(({ status }) => status === 'open').map(paperOrder),
    positions: positionsOf(exchange),
    fills: { fromUs: fillsFromUs, untilUs: exchange.nowUs, complete: true, list: fills.filter(({ timeUs }) => timeUs >= fillsFromUs) },
    balances: new Map(exchange.balances().map(({ asset, total }) => [asset, total])),
    failures: [],
  }
}

/** Coins are balances, not positions. */
function positionsOf(exchange: Exchange): SnapshotPosition[] {
  const { quantity, cost } = exchange.position()
  const { kind, symbol } = exchange.instrument
  if (kind === 'spot' || quantity === ZERO) return []
  return [{ instrument: symbol, positionSide: 'net', quantity, averagePrice: div(cost, quantity) }]
}
