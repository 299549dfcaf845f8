// What came of a session's quotes, once more: where they stood, how long, and what the mid did after their fills.

import { minus, NOTHING, over, plus, rounded, signOf, size, times, write } from '../session/exact.ts'
import { isAbove, isWithin, signed } from './books.ts'
import {
  BPS,
  compare,
  type Fraction,
  HUNDRED,
  mean,
  meanTime,
  median,
  medianTime,
  ONE,
  opposite,
  percent,
  quotient,
  sum,
  text,
  type Weighed,
  weightedMean,
  weightedMedian,
  whole,
} from './exact-figures.ts'
import { naturalLogarithm } from './logarithm.ts'
import type { Fill, Order, Recorded, Tick } from './session-rows.ts'

const SECOND_US = 1_000_000
const NEEDED = 30

export function quotingOf(recorded: Recorded) {
  const { ticks } = recorded
  return {
    ticks: ticks.length,
    bid: placesOf(ticks.map(({ bid_distance_bps }) => bid_distance_bps)),
    ask: placesOf(ticks.map(({ ask_distance_bps }) => ask_distance_bps)),
    upTime: upTimeOf(ticks),
    life: lifeOf(recorded),
    markouts: markoutsOf(recorded),
    inventory: inventoryCourseOf(recorded),
  }
}

export function midOf({ bid, ask }: Tick): Fraction | null {
  return bid === null || ask === null ? null : rounded(over(plus(bid, ask), whole(2)))
}

/** The ticks at which a noted distance is not what the prices beside it say. */
export function wrongDistances({ ticks }: Recorded): Tick[] {
  return ticks.filter((tick) => {
    const { bid, ask, our_bid, our_ask } = tick
    const mid = midOf(tick)
    if (bid === null || ask === null || mid === null) return tick.bid_distance_bps !== null || tick.ask_distance_bps !== null
    const inBps = (beyondTouch: Fraction): string => write(rounded(over(times(beyondTouch, BPS), mid)))
    const [ofBid, ofAsk] = [our_bid === null ? null : inBps(minus(our_bid, bid)), our_ask === null ? null : inBps(minus(ask, our_ask))]
    return ofBid !== text(tick.bid_distance_bps) || ofAsk !== text(tick.ask_distance_bps)
  })
}

function placesOf(noted: readonly (Fraction | null)[]) {
  const distances = noted.filter((each) => each !== null)
  const count = (from: number | null, to: number | null): number =>
    distances.filter((each) => (from === null || isAbove(size(each), whole(from))) && (to === null || !isAbove(size(each), whole(to))))
      .length
  const [near, atTouch] = [count(null, 2), distances.filter((each) => signOf(each) >= 0).length]
  return {
    quotedTicks: distances.length,
    withinTwoBpsTicks: near,
    withinTwoBpsPercent: percent(near, noted.length),
    withinTwoBpsPercentOfQuoted: percent(near, distances.length),
    meanBps: text(mean(distances)),
    medianBps: text(median(distances)),
    histogram: { '0-2': near, '2-5': count(2, 5), '5-10': count(5, 10), '10+': count(10, null) },
    atTouchTicks: atTouch,
    atTouchPercent: percent(atTouch, noted.length),
    atTouchPercentOfQuoted: percent(atTouch, distances.length),
  }
}

function upTimeOf(ticks: readonly Tick[]) {
  const count = (bid: boolean, ask: boolean): number =>
    ticks.filter(({ our_bid, our_ask }) => (our_bid !== null) === bid && (our_ask !== null) === ask).length
  return {
    twoSidedTicks: count(true, true),
    bidOnlyTicks: count(true, false),
    askOnlyTicks: count(false, true),
    neitherTicks: count(false, false),
    twoSidedPercent: percent(count(true, true), ticks.length),
    anyPercent: percent(ticks.length - count(false, false), ticks.length),
  }
}

const RESTS: readonly string[] = ['acked', 'partially_filled', 'filled']
const OVER: readonly string[] = ['filled', 'canceled', 'expired']
const REFUSED: readonly string[] = ['rejected', 'absent']

interface Life {
  readonly order: Order
  readonly endedAs: string
  readonly filled: Fraction
  readonly livedUs: number | null
}

function lifeOf(recorded: Recorded) {
  const { session, orders } = recorded
  const movesOf = Map.groupBy(recorded.orderMoves, ({ client_order_id }) => client_order_id)
  const fillsOf = Map.groupBy(recorded.fills, ({ client_order_id }) => client_order_id)
  const lives = orders
    .filter(({ session_id, role }) => session_id === session.session_id && role === 'quote')
    .map((order): Life => {
      const moves = movesOf.get(order.client_order_id) ?? []
      const from = moves.find(({ to_state }) => RESTS.includes(to_state))
      const until = moves.find(({ to_state }) => OVER.includes(to_state))
      return {
        order,
        endedAs: moves.at(-1)?.to_state ?? 'prepared',
        filled: sum((fillsOf.get(order.client_order_id) ?? []).map(({ quantity }) => quantity)),
        livedUs: from === undefined || until === undefined ? null : until.time_us - from.time_us,
      }
    })
  const endedAs = (status: string): number => lives.filter((life) => life.endedAs === status).length
  const quotes = lives.filter((life) => !REFUSED.includes(life.endedAs))
  const filledOf = (some: readonly Life[]) => {
    const filled = some.filter((life) => signOf(life.filled) > 0)
    const [quoted, traded] = [sum(some.map(({ order }) => order.quantity)), sum(filled.map((life) => life.filled))]
    return {
      quotes: some.length,
      filled: filled.length,
      fillPercent: percent(filled.length, some.length),
      quotedQuantity: write(quoted),
      filledQuantity: write(traded),
      quantityFillPercent: text(quotient(times(HUNDRED, traded), quoted)),
    }
  }
  const both = filledOf(quotes)
  const livedUs = quotes.flatMap((life) => (life.livedUs === null ? [] : [life.livedUs]))
  return {
    both,
    bid: filledOf(quotes.filter(({ order }) => order.side === 'buy')),
    ask: filledOf(quotes.filter(({ order }) => order.side === 'sell')),
    refused: lives.length - quotes.length,
    canceled: endedAs('canceled'),
    expired: endedAs('expired'),
    cancelFillRatio: text(quotient(whole(endedAs('canceled')), whole(both.filled))),
    lives: livedUs.length,
    meanLifeUs: meanTime(livedUs),
    medianLifeUs: medianTime(livedUs),
    unfinished: quotes.filter((life) => !OVER.includes(life.endedAs)).length,
  }
}

interface Judged {
  readonly fill: Fill
  readonly mid: Fraction
}

/** The mid at a moment: of the last tick before it, if that is no older than two tick intervals. */
export function freshMid({ session, ticks }: Recorded, isBefore: (tick: Tick) => boolean, timeUs: number): Fraction | null {
  const last = ticks.findLast(isBefore)
  return last === undefined || timeUs - last.time_us > 2 * session.tick_interval_us ? null : midOf(last)
}

function markoutsOf(recorded: Recorded) {
  const fills = recorded.fills.filter((fill) => isWithin(recorded)(fill) && fill.role === 'quote')
  const timed = fills.filter(({ inferred }) => inferred === 0)
  const judged = timed.flatMap((fill): Judged[] => {
    const mid = freshMid(recorded, (tick) => tick.seq < fill.seq, fill.time_us)
    return mid === null ? [] : [{ fill, mid }]
  })
  return {
    fills: judged.length,
    leftOut: { inferred: fills.length - timed.length, withoutMidCount: timed.length - judged.length },
    horizons: [1, 5, 30, 60, 300].map((seconds) => horizonOf(recorded, judged, seconds * SECOND_US)),
  }
}

interface Outcome extends Judged {
  readonly later: Fraction
}

function horizonOf({ session, ticks }: Recorded, judged: readonly Judged[], horizonUs: number) {
  const shorterThanTick = horizonUs < session.tick_interval_us
  let [tooNearEnd, withoutMidCount] = [0, 0]
  const outcomes: Outcome[] = []
  for (const each of judged) {
    const dueUs = each.fill.time_us + horizonUs
    const tick = ticks.find(({ seq, time_us }) => seq > each.fill.seq && time_us >= dueUs)
    const later = tick === undefined || tick.time_us - dueUs > 2 * session.tick_interval_us ? null : midOf(tick)
    if (tick === undefined) tooNearEnd += 1
    else if (later === null) withoutMidCount += 1
    else if (!shorterThanTick) outcomes.push({ ...each, later })
  }
  const of = (side: Fill['side']): Outcome[] => outcomes.filter(({ fill }) => fill.side === side)
  return {
    horizonUs,
    shorterThanTick,
    tooNearEnd,
    withoutMidCount,
    both: spreadsOf(outcomes),
    buy: spreadsOf(of('buy')),
    sell: spreadsOf(of('sell')),
  }
}

function spreadsOf(outcomes: readonly Outcome[]) {
  const inFavour = ({ fill, mid }: Outcome, change: Fraction): Weighed => ({
    value: rounded(over(times(fill.side === 'buy' ? change : opposite(change), BPS), mid)),
    weight: fill.quantity,
  })
  const markouts = outcomes.map((outcome) => inFavour(outcome, minus(outcome.later, outcome.mid)))
  const halves = outcomes.map((outcome) => inFavour(outcome, minus(outcome.mid, outcome.fill.price)))
  const [markout, half] = [weightedMean(markouts), weightedMean(halves)]
  return {
    fills: outcomes.length,
    quantity: write(sum(outcomes.map(({ fill }) => fill.quantity))),
    meanBps: text(markout),
    medianBps: text(weightedMedian(markouts)),
    halfSpreadBps: text(half),
    realizedSpreadBps: markout === null || half === null ? null : write(plus(half, markout)),
    priceImpactBps: markout === null ? null : write(opposite(markout)),
  }
}

/** Positions are those that the fills before each tick leave. */
function inventoryCourseOf({ session, ticks, fills }: Recorded) {
  const positions = positionsAt(ticks, fills)
  const sizes = positions.map(size)
  const furthest = sizes.reduce((most, each, index) => (isAbove(each, sizes[most] as Fraction) ? index : most), 0)
  return {
    ticks: ticks.length,
    asset: session.base,
    mean: text(mean(positions)),
    meanAbsolute: text(mean(sizes)),
    furthest: text(positions[furthest] ?? null),
    furthestAtUs: ticks[furthest]?.time_us ?? null,
    ...halfLifeOf(positions, session.tick_interval_us),
    samples: Math.max(0, positions.length - 1),
    samplesNeeded: NEEDED,
  }
}

function positionsAt(ticks: readonly Tick[], fills: readonly Fill[]): Fraction[] {
  let [position, next] = [NOTHING, 0]
  return ticks.map((tick) => {
    for (let fill = fills[next]; fill !== undefined && fill.seq < tick.seq; fill = fills[next]) {
      position = plus(position, signed(fill))
      next += 1
    }
    return position
  })
}

function halfLifeOf(positions: readonly Fraction[], tickIntervalUs: number) {
  const unknown = { halfLifeTicks: null, halfLifeSeconds: null, why: 'said' }
  const [befores, afters] = [positions.slice(0, -1), positions.slice(1)]
  if (befores.length < NEEDED) return { persistence: null, ...unknown }
  const [meanBefore, meanAfter] = [befores, afters].map((all) => over(sum(all), whole(all.length))) as [Fraction, Fraction]
  const deviations = befores.map((each) => minus(each, meanBefore))
  const spread = sum(deviations.map((each) => times(each, each)))
  if (signOf(spread) === 0) return { persistence: null, ...unknown }
  const together = sum(deviations.map((each, index) => times(each, minus(afters[index] as Fraction, meanAfter))))
  const slope = rounded(over(together, spread))
  if (compare(slope, ONE) >= 0 || signOf(slope) <= 0) return { persistence: write(slope), ...unknown }
  const ticks = rounded(over(naturalLogarithm(whole(2)), naturalLogarithm(rounded(over(ONE, slope)))))
  return {
    persistence: write(slope),
    halfLifeTicks: write(ticks),
    halfLifeSeconds: write(rounded(over(times(ticks, whole(tickIntervalUs)), whole(SECOND_US)))),
    why: null,
  }
}
