// What came of a session's trades, once more: each by its fills, all of them together, and how much worse than intended they were filled.

import { minus, NOTHING, over, plus, rounded, signOf, size, times, write } from '../session/exact.ts'
import { AverageCost, feeValue, isWithin, Owned, signed } from './books.ts'
import {
  BPS,
  compare,
  type Fraction,
  largest,
  mean,
  meanTime,
  median,
  medianTime,
  opposite,
  percent,
  quotient,
  sum,
  text,
  weightedMean,
  whole,
} from './exact-figures.ts'
import { freshMid } from './quoting.ts'
import type { Fill, Leg, Order, Recorded, Slot } from './session-rows.ts'

interface FilledLeg {
  readonly leg: number
  readonly reason: string | null
  readonly quantity: Fraction
  readonly realized: Fraction
}

interface Trade {
  readonly slot: Slot
  readonly entries: readonly Fill[]
  readonly exits: readonly Fill[]
  readonly realized: Fraction
  readonly fees: Fraction | null
  readonly stage: string
  readonly openedAtUs: number
  readonly openedSeq: number
  readonly enteredAtUs: number | null
  readonly closedAtUs: number | null
  readonly closedSeq: number
  readonly heldUs: number | null
  readonly barsHeld: number | null
  readonly dust: Fraction
  readonly planned: readonly (Leg & { readonly reason: string | null })[]
  readonly filledLegs: readonly FilledLeg[]
}

export function tradesOf(recorded: Recorded) {
  const trades = recorded.slots
    .filter((slot) => belongs(recorded, slot))
    .map((slot) => tradeOf(recorded, slot))
    .sort((a, b) => a.openedSeq - b.openedSeq)
  const entered = trades.filter(({ stage, entries }) => stage === 'closed' && entries.length > 0)
  const notEntered = trades.filter(({ stage, entries }) => stage === 'closed' && entries.length === 0).length
  return {
    count: trades.length,
    closed: entered.length,
    open: trades.length - entered.length - notEntered,
    notEntered,
    won: entered.filter(({ realized }) => signOf(realized) > 0).length,
    lost: entered.filter(({ realized }) => signOf(realized) < 0).length,
    realizedPnl: write(sum(trades.map(({ realized }) => realized))),
    statistics: statisticsOf(recorded, entered),
    slippage: slippageOf(recorded),
    list: trades
      .slice(-200)
      .reverse()
      .map((trade) => lineOf(recorded, trade)),
  }
}

/** Those that the session opened, and older ones that it filled. */
function belongs(recorded: Recorded, { slot_id, trade, session_id }: Slot): boolean {
  const isFilled = recorded.fills.some((fill) => isWithin(recorded)(fill) && fill.slot_id === slot_id && fill.trade === trade)
  return session_id === recorded.session.session_id || isFilled
}

function tradeOf(recorded: Recorded, slot: Slot): Trade {
  const isOf = (row: { readonly slot_id: string | null; readonly trade: number | null }): boolean =>
    row.slot_id === slot.slot_id && row.trade === slot.trade
  const fills = recorded.fills.filter((fill) => isOf(fill) && signOf(fill.assigned) !== 0)
  const moves = recorded.slotMoves.filter(isOf)
  const [opened, closed] = [moves[0], moves.find(({ to_state }) => to_state === 'closed')]
  const entries = fills.filter(({ role }) => role === 'entry')
  const gains = gainsOf(fills)
  const fees = fills.map((fill) => feeShare(recorded, fill))
  const enteredAtUs = entries[0]?.time_us ?? null
  const closedAtUs = closed?.time_us ?? null
  const asked = recorded.asked.filter(isOf)
  const planned = recorded.legs
    .filter(isOf)
    .map((leg) => ({ ...leg, reason: asked.findLast((each) => each.leg === leg.leg)?.reason ?? null }))
  const { session } = recorded
  const barOf = (timeUs: number): number => Math.floor((timeUs - session.started_at_us) / session.tick_interval_us)
  // Rehearsed sessions have a time each: one that was entered in an earlier one was held for nobody knows how long.
  const isHeld = enteredAtUs !== null && closedAtUs !== null && entries[0] !== undefined && isWithin(recorded)(entries[0])
  return {
    slot,
    entries,
    exits: fills.filter(({ role }) => role === 'exit'),
    realized: sum([...gains.values()]),
    fees: fees.includes(null) ? null : sum(fees.map((fee) => fee ?? NOTHING)),
    stage: moves.at(-1)?.to_state ?? 'idle',
    openedAtUs: opened?.time_us ?? Number.NaN,
    openedSeq: opened?.seq ?? Number.NaN,
    enteredAtUs,
    closedAtUs,
    closedSeq: closed?.seq ?? 0,
    heldUs: isHeld ? closedAtUs - enteredAtUs : null,
    barsHeld: isHeld ? barOf(closedAtUs) - barOf(enteredAtUs) : null,
    dust: size(sum(recorded.dust.filter(isOf).map(({ quantity }) => quantity))),
    planned,
    filledLegs: [...new Set(fills.flatMap(({ role, leg }) => (role === 'exit' && leg !== null ? [leg] : [])))].map((leg) => {
      const own = fills.filter((fill) => fill.role === 'exit' && fill.leg === leg)
      return {
        leg,
        reason: planned.find((each) => each.leg === leg)?.reason ?? null,
        quantity: quantityOf(own),
        realized: sum(own.map((fill) => gains.get(fill) ?? NOTHING)),
      }
    }),
  }
}

/** At average cost within the trade. */
function gainsOf(fills: readonly Fill[]): Map<Fill, Fraction> {
  const book = new AverageCost()
  return new Map(fills.map((fill) => [fill, book.book(fill.assigned, fill.price)]))
}

/** Of a fill that the trade took in part, its share. */
function feeShare(recorded: Recorded, fill: Fill): Fraction | null {
  const value = feeValue(recorded, fill)
  return value === null ? null : rounded(over(times(value, size(fill.assigned)), fill.quantity))
}

function quantityOf(fills: readonly Fill[]): Fraction {
  return sum(fills.map(({ assigned }) => size(assigned)))
}

function averagePrice(fills: readonly Fill[]): string | null {
  return text(quotient(sum(fills.map(({ assigned, price }) => times(size(assigned), price))), quantityOf(fills)))
}

function lineOf(recorded: Recorded, trade: Trade) {
  const { slot, entries, exits, planned } = trade
  return {
    slotId: slot.slot_id,
    trade: slot.trade,
    side: slot.side,
    positionSide: slot.position_side,
    stage: trade.stage,
    equityBefore: equityBefore(recorded, trade),
    entryQuantity: write(quantityOf(entries)),
    entryPrice: averagePrice(entries),
    exitPrice: averagePrice(exits),
    openSize: write(minus(minus(quantityOf(entries), quantityOf(exits)), trade.dust)),
    dustQuantity: write(trade.dust),
    realizedPnl: write(trade.realized),
    fees: text(trade.fees),
    openedAtUs: trade.openedAtUs,
    enteredAtUs: trade.enteredAtUs,
    closedAtUs: trade.closedAtUs,
    heldUs: trade.heldUs,
    barsHeld: trade.barsHeld,
    legs: planned.map(({ leg, ratio, reason }) => {
      const own = exits.filter((fill) => fill.leg === leg)
      return { leg, ratio: write(ratio), filledQuantity: write(quantityOf(own)), exitPrice: averagePrice(own), reason }
    }),
  }
}

/** By the ledger of the moment at which the trade was asked for, at the mark of that tick. */
function equityBefore(recorded: Recorded, { openedSeq, openedAtUs }: Trade): string {
  const owned = new Owned(recorded)
  for (const fill of recorded.fills) if (fill.seq < openedSeq) owned.fill(fill)
  for (const flow of [...recorded.capital, ...recorded.funding]) if (flow.seq < openedSeq) owned.flow(flow)
  const next = recorded.allTicks.find(({ seq, time_us }) => seq > openedSeq && time_us === openedAtUs)
  const mark = (next ?? recorded.allTicks.findLast(({ seq }) => seq < openedSeq))?.mark
  if (mark == null) throw new Error('Beyond this recomputation: a trade that was asked for without a mark.')
  return write(owned.worth(mark, openedSeq))
}

function statisticsOf({ session }: Recorded, entered: readonly Trade[]) {
  const trades = [...entered].sort((a, b) => a.closedSeq - b.closedSeq)
  const bars = trades.flatMap(({ barsHeld }) => (barsHeld === null ? [] : [barsHeld]))
  const legs = trades.flatMap(({ filledLegs }) => filledLegs)
  const outcomes = (resultOf: (trade: Trade) => Fraction) => outcomesOf(trades.map((trade) => ({ trade, result: resultOf(trade) })))
  const afterFees = trades.some(({ fees }) => fees === null) ? null : outcomes(({ realized, fees }) => minus(realized, fees ?? NOTHING))
  const byReason = [...new Set(legs.map(({ reason }) => reason))].map((reason) => ({
    reason,
    own: legs.filter((leg) => leg.reason === reason),
  }))
  const byLeg = [...new Set(legs.map(({ leg }) => leg))].sort((a, b) => a - b)
  const total = (some: readonly FilledLeg[]): Fraction => sum(some.map(({ realized }) => realized))
  return {
    trades: trades.length,
    asset: session.settle,
    inOtherAssets: 0,
    beforeFees: outcomes(({ realized }) => realized),
    afterFees,
    holding: {
      all: holdingOf(trades),
      won: holdingOf(trades.filter(({ realized }) => signOf(realized) > 0)),
      lost: holdingOf(trades.filter(({ realized }) => signOf(realized) < 0)),
    },
    barUs: session.tick_interval_us,
    bars: { mean: text(mean(bars.map(whole))), median: text(median(bars.map(whole))), most: largest(bars) },
    byExitReason: byReason.sort((a, b) => compare(total(b.own), total(a.own))).map(({ reason, own }) => ({ reason, ...legsOf(own) })),
    byLeg: byLeg.map((leg) => ({ leg, ...legsOf(legs.filter((each) => each.leg === leg)) })),
    realizedOutsideLegs: write(minus(sum(trades.map(({ realized }) => realized)), total(legs))),
  }
}

function legsOf(legs: readonly FilledLeg[]) {
  const realized = sum(legs.map((leg) => leg.realized))
  return {
    legs: legs.length,
    won: legs.filter((leg) => signOf(leg.realized) > 0).length,
    lost: legs.filter((leg) => signOf(leg.realized) < 0).length,
    quantity: write(sum(legs.map(({ quantity }) => quantity))),
    realizedPnl: write(realized),
    averagePnl: text(quotient(realized, whole(legs.length))),
  }
}

function holdingOf(trades: readonly Trade[]) {
  const heldUs = trades.flatMap((trade) => (trade.heldUs === null ? [] : [trade.heldUs]))
  return { trades: heldUs.length, meanUs: meanTime(heldUs), medianUs: medianTime(heldUs), longestUs: largest(heldUs) }
}

interface Outcome {
  readonly trade: Trade
  readonly result: Fraction
}

function outcomesOf(outcomes: readonly Outcome[]) {
  const wins = outcomes.filter(({ result }) => signOf(result) > 0)
  const losses = outcomes.filter(({ result }) => signOf(result) < 0)
  const [profit, loss] = [wins, losses].map((some) => sum(some.map(({ result }) => result))) as [Fraction, Fraction]
  // A stable sort: of two alike the earlier stands first.
  const best = [...outcomes].sort((a, b) => compare(b.result, a.result))[0]
  const worst = [...outcomes].sort((a, b) => compare(a.result, b.result))[0]
  const told = (outcome: Outcome | undefined) =>
    outcome === undefined
      ? null
      : {
          slotId: outcome.trade.slot.slot_id,
          trade: outcome.trade.slot.trade,
          side: outcome.trade.slot.side,
          result: write(outcome.result),
          closedAtUs: outcome.trade.closedAtUs,
        }
  const signs = outcomes.map(({ result }) => '-0+'[signOf(result) + 1]).join('')
  const longest = (sign: RegExp): number => Math.max(0, ...[...signs.matchAll(sign)].map(([run]) => run.length))
  return {
    won: wins.length,
    lost: losses.length,
    even: outcomes.length - wins.length - losses.length,
    winPercent: percent(wins.length, outcomes.length),
    grossProfit: write(profit),
    grossLoss: write(opposite(loss)),
    total: write(plus(profit, loss)),
    profitFactor: text(quotient(profit, opposite(loss))),
    expectancy: text(quotient(plus(profit, loss), whole(outcomes.length))),
    averageWin: text(quotient(profit, whole(wins.length))),
    averageLoss: text(quotient(loss, whole(losses.length))),
    largestWin: wins.length === 0 ? null : told(best),
    largestLoss: losses.length === 0 ? null : told(worst),
    best: told(best),
    worst: told(worst),
    longestWinStreak: longest(/\++/g),
    longestLossStreak: longest(/-+/g),
  }
}

interface Slipped {
  readonly fill: Fill
  readonly order: Order
  readonly reference: 'limit' | 'mid'
  readonly price: Fraction
}

function slippageOf(recorded: Recorded) {
  const { session, orders } = recorded
  const fills = recorded.fills.filter((fill) => isWithin(recorded)(fill) && (fill.role === 'entry' || fill.role === 'exit'))
  const timed = fills.filter(({ inferred }) => inferred === 0)
  const orderOf = (fill: Fill): Order | undefined =>
    orders.find(({ client_order_id, session_id }) => client_order_id === fill.client_order_id && session_id === session.session_id)
  const own = timed.flatMap((fill) => {
    const order = orderOf(fill)
    return order === undefined ? [] : [{ fill, order, mid: midWhenAsked(recorded, order) }]
  })
  const slipped = own.flatMap(({ fill, order, mid }): Slipped[] => [
    ...(order.price === null ? [] : [{ fill, order, reference: 'limit' as const, price: order.price }]),
    ...(mid === null ? [] : [{ fill, order, reference: 'mid' as const, price: mid }]),
  ])
  const keyOf = ({ fill, order, reference }: Slipped): string => `${fill.role}|${order.order_type}|${reference}`
  const keys = [...new Set(slipped.map(keyOf))].sort()
  return {
    asset: session.quote,
    rows: keys.map((key) => slippageRow(slipped.filter((each) => keyOf(each) === key))),
    leftOut: {
      inferred: fills.length - timed.length,
      earlierOrders: timed.length - own.length,
      withoutMidCount: own.filter(({ mid }) => mid === null).length,
    },
  }
}

/** An order is asked for in the turn that its tick ends: that tick's own mid. */
function midWhenAsked(recorded: Recorded, { prepared_at_us }: Order): Fraction | null {
  return freshMid(recorded, ({ time_us }) => time_us <= prepared_at_us, prepared_at_us)
}

function slippageRow(all: readonly Slipped[]) {
  const [first] = all as [Slipped]
  const worse = ({ fill, price }: Slipped): Fraction => (fill.side === 'buy' ? minus(fill.price, price) : minus(price, fill.price))
  const slips = all.map((each) => ({ value: rounded(over(times(worse(each), BPS), each.price)), weight: each.fill.quantity }))
  return {
    role: first.fill.role,
    orderType: first.order.order_type,
    reference: first.reference,
    orders: new Set(all.map(({ order }) => order.client_order_id)).size,
    fills: all.length,
    quantity: write(sum(all.map(({ fill }) => fill.quantity))),
    meanBps: text(weightedMean(slips)),
    worstBps: text([...slips].sort((a, b) => compare(b.value, a.value))[0]?.value ?? null),
    cost: write(sum(all.map((each) => times(size(signed(each.fill)), worse(each))))),
  }
}
