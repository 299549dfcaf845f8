// The flatten strategy: closes what is held, trade by trade and then what quotes have left, and ends the session. Opens nothing.
//
// What a trade has open leaves at the market. What no trade holds is offered at the other side's touch, one order at a time, and
// offered anew where the touch moves: two at once could both be filled, and be more than is held. What nobody can explain stays:
// reconcile finds out first whose it is. What comes to nothing again and again is given up, and said to be left.

import { REQUESTS } from '../halt-reasons.ts'
import {
  abs,
  add,
  type Decimal,
  dec,
  div,
  floorToStep,
  formatDecimal,
  max,
  min,
  mul,
  neg,
  ONE,
  signOf,
  sub,
  ZERO,
} from '../kernel/decimal.ts'
import type { QuoteIntent, QuoteSide, Side } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { CANCEL_PENDING } from '../kernel/order-table.ts'
import { SLOT_TABLE } from '../kernel/slot-table.ts'
import type { OrderView, PositionView, SlotView } from '../kernel/views.ts'
import { CLOSING_STRATEGY } from '../names.ts'
import { isLargeEnough, quantityFor, withinBalance } from './order-size.ts'
import type { PortfolioView, Strategy, StrategyContext, StrategyIntent } from './port.ts'

export interface FlattenOptions {
  /** Of one order, in the quote asset; zero = no limit. */
  readonly maxOrderNotional: Decimal
}

/** So often in a row, without anything filled: whatever refuses it will go on refusing. */
const MOST_IN_VAIN = 20
/** So many ticks what the venue says may differ from the books: a fill may be on its way to us, or a newer look. */
const MOST_DIFFERING = 60

type Part = 'trades' | 'rest'

export function createFlatten(instrument: Instrument, options: FlattenOptions): Strategy {
  let seen = 'nothing yet'
  let held = ZERO
  const inVain: Record<Part, number> = { trades: 0, rest: 0 }
  let differing = 0
  return {
    name: CLOSING_STRATEGY,
    slotIds: [],
    onTick(context: StrategyContext): readonly StrategyIntent[] {
      const { quantity, venues } = context.portfolio.position
      differing = venues === null ? 0 : differing + 1
      if (quantity !== held) Object.assign(inVain, { trades: 0, rest: 0 })
      held = quantity
      const step = nextStep(context, {
        instrument,
        options,
        waitsForVenue: venues !== null && differing < MOST_DIFFERING,
        givenUp: (part) => inVain[part] >= MOST_IN_VAIN,
      })
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
  readonly waitsForVenue: boolean
  readonly givenUp: (part: Part) => boolean
}

const waiting = (doing: string): Step => ({ doing, asksFor: null, intents: [] })

function nextStep(context: StrategyContext, task: Task): Step {
  const { market, portfolio } = context
  const { instrument, givenUp } = task
  if (portfolio.trading === 'halted') return waiting('waits: trading is paused')
  const orders = [...portfolio.liveOrders.values()].filter(({ request }) => request.instrument === instrument.symbol)
  // Nobody knows what becomes of it, and it may be filled yet: to close beside it could close twice.
  if (orders.some(({ status }) => status === 'quarantined')) return finish(context, task, orders.length)
  if (orders.length > 0) return followTouch(orders, context)
  // What is sold of a position that is not there opens another.
  if (portfolio.position.venues !== null) return task.waitsForVenue ? waiting('waits: the venue says otherwise') : finish(context, task)
  const { trades, rest } = closableOf(portfolio, instrument)
  const closesTrades = trades.length > 0 && !givenUp('trades')
  if (!closesTrades && (rest === ZERO || givenUp('rest'))) return finish(context, task)
  const side: Side = rest > ZERO ? 'sell' : 'buy'
  const price = touchFor(side, context)
  // Without a market nobody can say either whether it is enough to be traded.
  if (price === null || market.mid === null) return waiting('waits for a market with two sides')
  if (closesTrades)
    return { doing: 'closes at the market what trades have open', asksFor: 'trades', intents: trades.flatMap(closeAtMarket) }
  const quantity = offered({ rest: abs(rest), side, price, context, task })
  if (!isLargeEnough(quantity, price, instrument)) return finish(context, task)
  return {
    doing: `offers ${formatDecimal(quantity)} at the touch`,
    asksFor: 'rest',
    intents: [quoteOf(instrument, side, { price, quantity })],
  }
}

interface Closable {
  readonly trades: readonly SlotView[]
  /** Signed: what quotes have left, and what was written off as too small by itself. */
  readonly rest: Decimal
}

/**
 * What trades have open and quotes have left, and of it no more than is held on its side: where one holds what the other owes, or where
 * somebody else has closed it, to close what only the books hold would open it at the venue.
 */
function closableOf({ position, slots }: PortfolioView, { symbol }: Instrument): Closable {
  const { quantity, quoted, dust } = position
  const open = [...slots.values()].filter((slot) => slot.instrument === symbol && slot.openSize > ZERO)
  let held = abs(quantity)
  const trades: SlotView[] = []
  for (const slot of open) {
    if ((slot.side === 'buy' ? quantity <= ZERO : quantity >= ZERO) || slot.openSize > held) continue
    trades.push(slot)
    held = sub(held, slot.openSize)
  }
  const loose = add(quoted, dust)
  const rest = signOf(loose) === signOf(quantity) ? min(abs(loose), held) : ZERO
  return { trades, rest: quantity < ZERO ? neg(rest) : rest }
}

function closeAtMarket({ slotId, stage }: SlotView): readonly StrategyIntent[] {
  return SLOT_TABLE[stage].residual === 'refused' ? [] : [{ type: 'EXIT_RESIDUAL', slotId, reason: 'flatten' }]
}

/**
 * What rests where the touch was is taken back, as is what anybody else has left, and all while the venue says that we hold something
 * else; until it is gone nothing else is sent.
 */
function followTouch(orders: readonly OrderView[], context: StrategyContext): Step {
  const mayRest = context.portfolio.position.venues === null
  const stale = orders.filter(({ request: { role, side, price, timeInForce }, cancel }) => {
    const isAtTouch = role === 'quote' && price === touchFor(side, context)
    return timeInForce === 'gtc' && !CANCEL_PENDING[cancel] && !(mayRest && isAtTouch)
  })
  const intents = stale.map(({ request: { clientOrderId } }) => ({ type: 'CANCEL', target: { kind: 'order', clientOrderId } }) as const)
  return { doing: `waits for ${orders.length === 1 ? 'an order' : `${orders.length} orders`} to end`, asksFor: null, intents }
}

/** Where an order of this side trades at once. */
function touchFor(side: Side, { market }: StrategyContext): Decimal | null {
  return (side === 'sell' ? market.bid : market.ask)?.price ?? null
}

interface Offer {
  /** Unsigned. */
  readonly rest: Decimal
  readonly side: Side
  readonly price: Decimal
  readonly context: StrategyContext
  readonly task: Task
}

/** Of the money that a purchase may take, so much: the rest is for its fee, and nobody here knows how much that is. */
const WITHOUT_FEE = dec('0.99')

/** Whole lots of the rest, as many as one order may hold, and as the account can hand over or pay for. */
function offered({ rest, side, price, context: { portfolio }, task: { instrument, options } }: Offer): Decimal {
  const { mark } = portfolio.position
  const { maxOrderNotional } = options
  const { maxQuantity, lotSize } = instrument
  // The limit is judged at the dearer of the two.
  const most = maxOrderNotional > ZERO ? quantityFor(maxOrderNotional, max(price, mark ?? price), instrument) : rest
  const whole = floorToStep(rest, lotSize)
  const upTo = floorToStep(min(min(whole, most), maxQuantity > ZERO ? maxQuantity : whole), lotSize)
  const share = (asset: string): Decimal => mul(portfolio.balance(asset), side === 'buy' ? WITHOUT_FEE : ONE)
  const slice = withinBalance(upTo, side, price, { instrument, portfolio: { balance: share } })
  // Two halves that can be traded are worth more than a whole slice, and after it a rest that cannot.
  const left = sub(whole, slice)
  if (left <= ZERO || isLargeEnough(left, price, instrument)) return slice
  const half = floorToStep(div(whole, TWO), lotSize)
  return half <= slice && isLargeEnough(half, price, instrument) ? half : slice
}

const TWO = dec('2')

function quoteOf({ symbol }: Instrument, side: Side, wanted: QuoteSide): QuoteIntent {
  const [bid, ask] = side === 'buy' ? [wanted, null] : [null, wanted]
  return { type: 'QUOTE', instrument: symbol, bid, ask, postOnly: false }
}

/** Nothing more can be closed: the session ends, and says what is left. */
function finish({ portfolio }: StrategyContext, task: Task, unfinished = 0): Step {
  const waiting = unfinished === 0 ? '' : ', and an order is in quarantine: dita reconcile --fix-orphans says what it takes'
  const reason = `${leftText(portfolio, task)}${unexplainedText(portfolio.position)}${waiting}`
  return { doing: 'ends the session', asksFor: null, intents: [{ type: 'CONTROL', action: 'halt', reason }] }
}

function leftText({ position, slots }: PortfolioView, { instrument, givenUp }: Task): string {
  const { quantity, quoted, unassigned, dust, venues } = position
  if (quantity === ZERO) return REQUESTS.flattened.say()
  const left = `${formatDecimal(quantity)} is still held`
  if (venues !== null || unassigned !== dust) return left
  if (givenUp('trades') || givenUp('rest'))
    return `${left}: ${MOST_IN_VAIN} attempts in a row came to nothing; what was denied or refused says why`
  const isMixed = [...slots.values()].some(({ instrument: traded, openSize }) => traded === instrument.symbol && openSize > ZERO)
  if (isMixed)
    return `${left}: trades have other sizes open, and quotes hold ${formatDecimal(quoted)} against them: close those with their own strategy first`
  return `${left}: what one order may take of it, by \`risk.max_order_notional\` and by the balance, is less than the venue trades`
}

function unexplainedText({ unassigned, dust, venues }: PositionView): string {
  if (venues !== null) return `, and the venue says ${formatDecimal(venues)}: dita reconcile finds out why`
  if (unassigned === dust) return ''
  return `, and no order of ours explains ${formatDecimal(sub(unassigned, dust))} of it: dita reconcile --fix-orphans --assign makes it the account's own`
}
