// The flatten strategy: closes what is held, slot by slot and then what quotes have left, and ends the session. Opens nothing.
//
// What a trade has open leaves at the market. What no trade holds is offered at the other side's touch, one order at a time, and
// offered anew where the touch moves: two at once could both be filled, and be more than is held. What nobody can explain stays:
// reconcile finds out first whose it is.

import { abs, type Decimal, floorToStep, formatDecimal, max, min, sub, ZERO } from '../kernel/decimal.ts'
import type { QuoteIntent, QuoteSide, Side } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { CANCEL_PENDING } from '../kernel/order-table.ts'
import { SLOT_TABLE } from '../kernel/slot-table.ts'
import type { OrderView, SlotView } from '../kernel/views.ts'
import { isLargeEnough, quantityFor, withinBalance } from './order-size.ts'
import type { Strategy, StrategyContext, StrategyIntent } from './port.ts'

export interface FlattenOptions {
  /** Of one order, in the quote asset; zero = no limit. */
  readonly maxOrderNotional: Decimal
}

export function createFlatten(instrument: Instrument, options: FlattenOptions): Strategy {
  let seen = 'nothing yet'
  let held = ZERO
  return {
    name: 'flatten',
    slotIds: [],
    onTick(context: StrategyContext): readonly StrategyIntent[] {
      const step = nextStep(context, instrument, options)
      seen = step.doing
      held = context.portfolio.position.quantity
      return step.intents
    },
    figures: () => [
      { name: 'held', value: formatDecimal(held) },
      { name: 'now', value: seen },
    ],
  }
}

interface Step {
  /** For who looks on. */
  readonly doing: string
  readonly intents: readonly StrategyIntent[]
}

const waiting = (doing: string): Step => ({ doing, intents: [] })

function nextStep(context: StrategyContext, instrument: Instrument, options: FlattenOptions): Step {
  const { market, portfolio } = context
  if (portfolio.trading === 'halted') return waiting('waits: trading is paused')
  const orders = [...portfolio.liveOrders.values()].filter(({ request }) => request.instrument === instrument.symbol)
  if (orders.length > 0) return followTouch(orders, context)
  const open = [...portfolio.slots.values()].filter((slot) => slot.instrument === instrument.symbol && slot.openSize > ZERO)
  const { quoted } = portfolio.position
  if (open.length === 0 && quoted === ZERO) return finish(context)
  const side: Side = quoted > ZERO ? 'sell' : 'buy'
  const price = touchFor(side, context)
  // Without a market nobody can say either whether it is enough to be traded.
  if (price === null || market.mid === null) return waiting('waits for a market with two sides')
  if (open.length > 0) return { doing: 'closes at the market what trades have open', intents: open.flatMap(closeAtMarket) }
  const quantity = offered({ side, price, context, instrument, options })
  if (!isLargeEnough(quantity, price, instrument)) return finish(context)
  return { doing: `offers ${formatDecimal(quantity)} at the touch`, intents: [quoteOf(instrument, side, { price, quantity })] }
}

function closeAtMarket({ slotId, stage }: SlotView): readonly StrategyIntent[] {
  return SLOT_TABLE[stage].residual === 'refused' ? [] : [{ type: 'EXIT_RESIDUAL', slotId, reason: 'flatten' }]
}

/** What rests where the touch was is taken back, as is what anybody else has left; until it is gone nothing else is sent. */
function followTouch(orders: readonly OrderView[], context: StrategyContext): Step {
  const stale = orders.filter(({ request: { role, side, price }, cancel }) => {
    const isOurs = role === 'exit' || (role === 'quote' && price === touchFor(side, context))
    return !CANCEL_PENDING[cancel] && !isOurs
  })
  const cancels = stale.map(({ request: { clientOrderId } }) => ({ type: 'CANCEL', target: { kind: 'order', clientOrderId } }) as const)
  return { doing: `waits for ${orders.length === 1 ? 'an order' : `${orders.length} orders`} to end`, intents: cancels }
}

/** Where an order of this side trades at once. */
function touchFor(side: Side, { market }: StrategyContext): Decimal | null {
  return (side === 'sell' ? market.bid : market.ask)?.price ?? null
}

interface Offer {
  readonly side: Side
  readonly price: Decimal
  readonly context: StrategyContext
  readonly instrument: Instrument
  readonly options: FlattenOptions
}

/** Whole lots of what quotes have left, as many as one order may hold, and as the account can hand over or pay for. */
function offered({ side, price, context: { portfolio }, instrument, options }: Offer): Decimal {
  const { quoted, mark } = portfolio.position
  const { maxOrderNotional } = options
  // The limit is judged at the dearer of the two.
  const most = maxOrderNotional > ZERO ? quantityFor(maxOrderNotional, max(price, mark ?? price), instrument) : abs(quoted)
  const { maxQuantity, lotSize } = instrument
  const upTo = min(min(abs(quoted), most), maxQuantity > ZERO ? maxQuantity : most)
  return withinBalance(floorToStep(upTo, lotSize), side, price, { instrument, portfolio })
}

function quoteOf({ symbol }: Instrument, side: Side, wanted: QuoteSide): QuoteIntent {
  const [bid, ask] = side === 'buy' ? [wanted, null] : [null, wanted]
  return { type: 'QUOTE', instrument: symbol, bid, ask, postOnly: false }
}

/** Nothing more can be closed: the session ends, and says what is left. */
function finish({ portfolio: { position } }: StrategyContext): Step {
  const { quantity, unassigned, dust } = position
  const left = formatDecimal(quantity)
  const reason =
    quantity === ZERO
      ? 'nothing is held any more'
      : unassigned !== dust
        ? `${left} is still held, and no order of ours explains ${formatDecimal(sub(unassigned, dust))} of it: dita reconcile finds out whose it is`
        : `${left} is still held: too small to be traded, or more than the account can hand over or pay for`
  return { doing: 'ends the session', intents: [{ type: 'CONTROL', action: 'halt', reason }] }
}
