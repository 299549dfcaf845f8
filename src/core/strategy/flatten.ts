// The flatten strategy: closes what is held, trade by trade and then what quotes have left, and ends the session. Opens nothing.
//
// What a trade has open leaves at the market. What no trade holds is offered at the other side's touch, one order at a time, and
// offered anew where the touch moves: two at once could both be filled, and be more than is held. What nobody can explain stays:
// reconcile finds out first whose it is. What comes to nothing again and again is given up, and said to be left.

import { abs, type Decimal, floorToStep, formatDecimal, max, min, neg, signOf, sub, ZERO } from '../kernel/decimal.ts'
import type { QuoteIntent, QuoteSide, Side } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { CANCEL_PENDING } from '../kernel/order-table.ts'
import { SLOT_TABLE } from '../kernel/slot-table.ts'
import type { OrderView, PositionView, SlotView } from '../kernel/views.ts'
import { isLargeEnough, quantityFor, withinBalance } from './order-size.ts'
import type { PortfolioView, Strategy, StrategyContext, StrategyIntent } from './port.ts'

export interface FlattenOptions {
  /** Of one order, in the quote asset; zero = no limit. */
  readonly maxOrderNotional: Decimal
}

/** So often in a row, without anything filled: whatever refuses it will go on refusing. */
const MOST_IN_VAIN = 60

type Part = 'trades' | 'quotes'

export function createFlatten(instrument: Instrument, options: FlattenOptions): Strategy {
  let seen = 'nothing yet'
  let held = ZERO
  const inVain: Record<Part, number> = { trades: 0, quotes: 0 }
  return {
    name: 'flatten',
    slotIds: [],
    onTick(context: StrategyContext): readonly StrategyIntent[] {
      const { quantity } = context.portfolio.position
      if (quantity !== held) Object.assign(inVain, { trades: 0, quotes: 0 })
      held = quantity
      const step = nextStep(context, { instrument, options, givenUp: (part) => inVain[part] >= MOST_IN_VAIN })
      if (step.asksFor !== null) inVain[step.asksFor] += 1
      seen = step.doing
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
  readonly asksFor: Part | null
  readonly intents: readonly StrategyIntent[]
}

interface Task {
  readonly instrument: Instrument
  readonly options: FlattenOptions
  readonly givenUp: (part: Part) => boolean
}

const waiting = (doing: string): Step => ({ doing, asksFor: null, intents: [] })

function nextStep(context: StrategyContext, task: Task): Step {
  const { market, portfolio } = context
  const { instrument, givenUp } = task
  if (portfolio.trading === 'halted') return waiting('waits: trading is paused')
  const orders = [...portfolio.liveOrders.values()].filter(({ request }) => request.instrument === instrument.symbol)
  if (orders.length > 0) return followTouch(orders, context)
  const { trades, quoted } = closableOf(portfolio, instrument)
  const closesTrades = trades.length > 0 && !givenUp('trades')
  if (!closesTrades && (quoted === ZERO || givenUp('quotes'))) return finish(context, task)
  const side: Side = quoted > ZERO ? 'sell' : 'buy'
  const price = touchFor(side, context)
  // Without a market nobody can say either whether it is enough to be traded.
  if (price === null || market.mid === null) return waiting('waits for a market with two sides')
  if (closesTrades)
    return { doing: 'closes at the market what trades have open', asksFor: 'trades', intents: trades.flatMap(closeAtMarket) }
  const quantity = offered({ quoted, side, price, context, task })
  if (!isLargeEnough(quantity, price, instrument)) return finish(context, task)
  return {
    doing: `offers ${formatDecimal(quantity)} at the touch`,
    asksFor: 'quotes',
    intents: [quoteOf(instrument, side, { price, quantity })],
  }
}

/** Whether every part of the position is known for what it is. */
const isExplained = ({ unassigned, dust, venues }: PositionView): boolean => unassigned === dust && venues === null

interface Closable {
  readonly trades: readonly SlotView[]
  /** Signed: what quotes have left. */
  readonly quoted: Decimal
}

/**
 * What trades have open and quotes have left. Where that is not all there is, no more of it than is held on its side: to close what only
 * the books hold would open it at the venue.
 */
function closableOf({ position, slots }: PortfolioView, { symbol }: Instrument): Closable {
  const open = [...slots.values()].filter((slot) => slot.instrument === symbol && slot.openSize > ZERO)
  if (isExplained(position)) return { trades: open, quoted: position.quoted }
  const held = position.venues ?? position.quantity
  let rest = abs(held)
  const trades: SlotView[] = []
  for (const slot of open) {
    if ((slot.side === 'buy' ? held <= ZERO : held >= ZERO) || slot.openSize > rest) continue
    trades.push(slot)
    rest = sub(rest, slot.openSize)
  }
  const quoted = signOf(position.quoted) === signOf(held) ? min(abs(position.quoted), rest) : ZERO
  return { trades, quoted: held < ZERO ? neg(quoted) : quoted }
}

function closeAtMarket({ slotId, stage }: SlotView): readonly StrategyIntent[] {
  return SLOT_TABLE[stage].residual === 'refused' ? [] : [{ type: 'EXIT_RESIDUAL', slotId, reason: 'flatten' }]
}

/** What rests where the touch was is taken back, as is what anybody else has left; until it is gone nothing else is sent. */
function followTouch(orders: readonly OrderView[], context: StrategyContext): Step {
  const stale = orders.filter(({ request: { role, side, price, timeInForce }, cancel }) => {
    const endsItself = timeInForce !== 'gtc'
    return !CANCEL_PENDING[cancel] && !endsItself && !(role === 'quote' && price === touchFor(side, context))
  })
  const intents = stale.map(({ request: { clientOrderId } }) => ({ type: 'CANCEL', target: { kind: 'order', clientOrderId } }) as const)
  return { doing: `waits for ${orders.length === 1 ? 'an order' : `${orders.length} orders`} to end`, asksFor: null, intents }
}

/** Where an order of this side trades at once. */
function touchFor(side: Side, { market }: StrategyContext): Decimal | null {
  return (side === 'sell' ? market.bid : market.ask)?.price ?? null
}

interface Offer {
  readonly quoted: Decimal
  readonly side: Side
  readonly price: Decimal
  readonly context: StrategyContext
  readonly task: Task
}

/** Whole lots of what quotes have left, as many as one order may hold, and as the account can hand over or pay for. */
function offered({ quoted, side, price, context: { portfolio }, task: { instrument, options } }: Offer): Decimal {
  const { mark } = portfolio.position
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
function finish({ portfolio: { position } }: StrategyContext, { givenUp }: Task): Step {
  const reason = `${leftText(position, givenUp('trades') || givenUp('quotes'))}${unexplainedText(position)}`
  return { doing: 'ends the session', asksFor: null, intents: [{ type: 'CONTROL', action: 'halt', reason }] }
}

function leftText(position: PositionView, gaveUp: boolean): string {
  const { quantity } = position
  if (quantity === ZERO) return 'nothing is held any more'
  const left = `${formatDecimal(quantity)} is still held`
  if (gaveUp) return `${left}: ${MOST_IN_VAIN} attempts in a row came to nothing, and the denials or refusals say why`
  if (!isExplained(position)) return left
  return `${left}: what one order may take of it, by the limits and the balance, is less than the venue trades`
}

function unexplainedText({ unassigned, dust, venues }: PositionView): string {
  if (venues !== null) return `, and the venue says ${formatDecimal(venues)}: dita reconcile finds out why`
  if (unassigned === dust) return ''
  return `, and no order of ours explains ${formatDecimal(sub(unassigned, dust))} of it: dita reconcile finds out whose it is`
}
