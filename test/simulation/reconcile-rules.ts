// What must hold once a reconcile was taken: its evidence was enough, and the books are what it says, to the last digit.

import { type Decimal, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Fact } from '../../src/core/kernel/facts.ts'
import type { KernelInput, PositionSide } from '../../src/core/kernel/inputs.ts'
import { ORDER_LIVE } from '../../src/core/kernel/order-table.ts'
import type { PositionView, StateView } from '../../src/core/kernel/views.ts'
import { magnitude, worth } from './own-holding.ts'
import { must, same } from './violation.ts'

type Reconcile = Extract<KernelInput, { type: 'RECONCILE' }>
type Of<Action extends Reconcile['action']> = Extract<Reconcile, { action: Action }>

export function judgeReconciled(input: Reconcile, facts: readonly Fact[], state: StateView): void {
  const taken = facts.some(({ body }) => body.type === 'RECONCILED')
  switch (input.action) {
    case 'mark_absent':
      return judgeAbsence(input, taken, state)
    case 'settle_order':
      return taken ? judgeSettled(input, facts, state) : undefined
    case 'adjust_position':
      return taken ? judgeAdjusted(input, facts, state) : undefined
    case 'quarantine': {
      const status = state.orders.get(input.clientOrderId)?.status
      must(!taken || status === 'quarantined', `order ${input.clientOrderId} was quarantined and is ${status}`)
      return must(!taken || hasAlarm(facts, 'ORDER_QUARANTINED'), `order ${input.clientOrderId} was quarantined, and nobody is told`)
    }
    default:
  }
}

function hasAlarm(facts: readonly Fact[], code: string): boolean {
  return facts.some(({ body }) => body.type === 'RISK_FLAGGED' && body.code === code && body.severity === 'alarm')
}

/** Late by the venue's own clock, asked twice and apart, and nothing ever heard of it. With all that it must be taken. */
function judgeAbsence({ clientOrderId, venueTimeUs, askedAtUs }: Of<'mark_absent'>, taken: boolean, state: StateView): void {
  const { session } = state
  const order = state.orders.get(clientOrderId)
  if (order === undefined || session === null) return must(!taken, `nobody knows order ${clientOrderId}, and it is absent`)
  const { validUntilUs } = order.request
  const late = askedAtUs.filter((timeUs) => timeUs > validUntilUs)
  const apart = late.length >= 2 && Math.max(...late) - Math.min(...late) >= session.querySpacingUs
  const proved = apart && venueTimeUs > validUntilUs + session.absenceMarginUs
  const position = positionOf(state, order.request.instrument, order.request.positionSide)
  const untouched = order.filledQuantity === ZERO && order.venueOrderId === null && position?.venues === null
  must(!taken || (proved && untouched && order.status === 'absent'), `order ${clientOrderId} is taken for absent without proof`)
  const waits = order.status === 'in_doubt' || order.status === 'quarantined'
  must(taken || !proved || !untouched || !waits, `order ${clientOrderId} is proved to be absent, and is still ${order.status}`)
}

/** The order has what the venue counts, costs what the venue says, and is over. */
function judgeSettled({ clientOrderId, filledQuantity, averagePrice }: Of<'settle_order'>, facts: readonly Fact[], state: StateView): void {
  const order = state.orders.get(clientOrderId)
  must(order !== undefined, `order ${clientOrderId} was settled, and nobody knows it`)
  same(`what is filled of ${clientOrderId} and what it was settled at`, order.filledQuantity, filledQuantity)
  const over = !ORDER_LIVE[order.status] || order.status === 'in_doubt'
  must(over, `order ${clientOrderId} was settled and is ${order.status}`)
  const fill = facts.map(({ body }) => body).find((body) => body.type === 'FILL_BOOKED')
  if (fill === undefined) return
  const instrument = state.instruments.get(order.request.instrument)
  must(fill.inferred && averagePrice !== null && instrument !== undefined, `what is missing of ${clientOrderId} was not inferred`)
  same(`cost of ${clientOrderId} and its total at the average`, order.filledCost, worth(instrument, filledQuantity, averagePrice))
}

/** The position is the venue's. Where it grew or turned it costs what the venue says. */
function judgeAdjusted(input: Of<'adjust_position'>, facts: readonly Fact[], state: StateView): void {
  const { instrument: symbol, positionSide, quantity, averagePrice } = input
  const position = positionOf(state, symbol, positionSide)
  const instrument = state.instruments.get(symbol)
  must(position !== undefined && instrument !== undefined, `${symbol} was adjusted, and nobody knows it`)
  same(`the adjusted position in ${symbol}`, position.quantity, quantity)
  must(hasAlarm(facts, 'POSITION_ADJUSTED'), `the position in ${symbol} was adjusted, and nobody is told`)
  const fill = facts.map(({ body }) => body).find((body) => body.type === 'FILL_BOOKED')
  must(
    fill?.inferred === true && fill.assigned === ZERO,
    `the position in ${symbol} was adjusted without an inferred fill that nobody takes`,
  )
  const before = (quantity - (fill.side === 'buy' ? fill.quantity : -fill.quantity)) as Decimal
  const shrank = quantity === ZERO || (quantity > ZERO === before > ZERO && magnitude(quantity) < magnitude(before))
  if (shrank || averagePrice === null) return
  const cost = worth(instrument, magnitude(quantity), averagePrice)
  // Where it turned, the value is split in two, and each part is rounded once.
  const off = magnitude((magnitude(position.cost) - cost) as Decimal)
  const turned = before !== ZERO && before > ZERO !== quantity > ZERO
  must(off === ZERO || (turned && off <= 2n), `the adjusted position in ${symbol} costs ${position.cost}, at the venue ${cost}`)
}

function positionOf(state: StateView, symbol: string, positionSide: PositionSide): PositionView | undefined {
  return [...state.positions.values()].find((position) => position.instrument === symbol && position.positionSide === positionSide)
}
