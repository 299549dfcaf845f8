// How an account's worth went through a session, fact by fact: returns, drawdown, exposure and ratios, by their definitions.

import { minus, NOTHING, over, plus, rounded, signOf, size, smaller, times, write } from '../session/exact.ts'
import { isAbove, isWithin, Marks, Owned, signed, worthOf } from './books.ts'
import { compare, type Fraction, HUNDRED, mean, ONE, quotient, root, sum, text, whole } from './exact-figures.ts'
import type { Fill, Flow, Recorded, Tick } from './session-rows.ts'

interface Point {
  readonly timeUs: number
  /** Less the capital that was moved after the start, as it was worth when it moved. */
  readonly equity: Fraction
  /** What one at the start had become, whatever was moved: the growth of each stretch until then, one after the other. */
  readonly index: Fraction
}

type Event = { readonly seq: number } & (
  | { readonly fill: Fill }
  | { readonly capital: Flow }
  | { readonly funding: Flow }
  | { readonly tick: Tick }
)

/** All that happened to an account until the session's end, in order; ticks are the session's own. */
function eventsOf({ fills, capital, funding, ticks }: Recorded): Event[] {
  const events: Event[] = [
    ...fills.map((fill) => ({ seq: fill.seq, fill })),
    ...capital.map((flow) => ({ seq: flow.seq, capital: flow })),
    ...funding.map((flow) => ({ seq: flow.seq, funding: flow })),
    ...ticks.map((tick) => ({ seq: tick.seq, tick })),
  ]
  return events.sort((a, b) => a.seq - b.seq)
}

export interface Course {
  /** The start, each tick from the first mark on, and the end. */
  readonly points: readonly Point[]
  /** Equity with that capital just before and just after each such flow, from the start to the end. */
  readonly stretches: readonly { readonly from: Fraction; readonly to: Fraction }[]
}

/** Worth of what there was at the start: before the session, and what was paid in until its first mark. */
export function atStart(recorded: Recorded): Owned {
  const { first } = new Marks(recorded)
  const owned = new Owned(recorded)
  for (const fill of recorded.fills) if (!isWithin(recorded)(fill)) owned.fill(fill)
  for (const flow of recorded.funding) if (!isWithin(recorded)(flow)) owned.flow(flow)
  for (const flow of recorded.capital) if (flow.seq <= first.seq) owned.flow(flow)
  return owned
}

export function courseOf(recorded: Recorded): Course {
  const marks = new Marks(recorded)
  const { last_seq } = recorded.session
  const owned = new Owned(recorded)
  const stretches: { from: Fraction; to: Fraction }[] = []
  let from = atStart(recorded).worth(marks.first.mark, marks.first.seq)
  let moved = NOTHING
  let grown = ONE
  const pointAt = (timeUs: number, worth: Fraction): Point => ({
    timeUs,
    equity: minus(worth, moved),
    index: times(grown, over(worth, from)),
  })
  const points = [pointAt(marks.first.timeUs, from)]
  for (const event of eventsOf(recorded)) {
    const { seq } = event
    if ('tick' in event) {
      if (seq >= marks.first.seq) points.push(pointAt(event.tick.time_us, owned.worth(marks.at(seq), seq)))
    } else if ('fill' in event) {
      owned.fill(event.fill)
    } else if ('funding' in event || seq <= marks.first.seq) {
      owned.flow('funding' in event ? event.funding : event.capital)
    } else {
      const to = owned.worth(marks.at(seq), seq)
      stretches.push({ from, to })
      grown = times(grown, over(to, from))
      owned.flow(event.capital)
      from = owned.worth(marks.at(seq), seq)
      moved = plus(moved, flowWorth(recorded, event.capital))
    }
  }
  points.push(pointAt(recorded.endUs, owned.worth(marks.last, last_seq)))
  stretches.push({ from, to: owned.worth(marks.last, last_seq) })
  return { points, stretches }
}

/** At the mark and the prices of the moment in which it moved. */
export function flowWorth(recorded: Recorded, { asset, amount, seq }: Flow): Fraction {
  return worthOf(recorded, asset, { amount, mark: new Marks(recorded).at(seq), seq })
}

export function returnsOf({ stretches }: Course) {
  const growth = stretches.filter(({ from, to }) => compare(from, to) !== 0).reduce((all, { from, to }) => times(all, over(to, from)), ONE)
  const [first, last] = [stretches[0], stretches.at(-1)]
  const simple =
    stretches.length > 1 || first === undefined || last === undefined
      ? null
      : quotient(times(HUNDRED, minus(last.to, first.from)), first.from)
  return {
    why: null,
    timeWeightedPercent: write(rounded(times(HUNDRED, minus(growth, ONE)))),
    simplePercent: text(simple),
    periods: stretches.length,
  }
}

/** Each point against the highest one so far, the last of them where several stand alike. */
export function drawdownOf({ points }: Course, asset: string) {
  let deepest: { readonly peak: Point; readonly trough: Point } | null = null
  let longestUs = 0
  let peak = points[0] as Point
  for (const point of points) {
    if (!isAbove(peak.equity, point.equity)) peak = point
    longestUs = Math.max(longestUs, point.timeUs - peak.timeUs)
    const depth = minus(peak.equity, point.equity)
    if (isAbove(depth, deepest === null ? NOTHING : minus(deepest.peak.equity, deepest.trough.equity))) deepest = { peak, trough: point }
  }
  const { peak: from, trough: to } = deepest ?? { peak, trough: peak }
  const end = points.at(-1) as Point
  const amount = minus(from.equity, to.equity)
  const share = deepestFall(points)
  return {
    why: null,
    asset,
    amount: write(amount),
    percent: write(rounded(times(HUNDRED, share.fall))),
    percentPeakAtUs: share.peakAtUs,
    percentTroughAtUs: share.troughAtUs,
    peakEquity: write(from.equity),
    troughEquity: write(to.equity),
    peakAtUs: from.timeUs,
    troughAtUs: to.timeUs,
    longestUnderWaterUs: longestUs,
    endAmount: write(minus(peak.equity, end.equity)),
    endUnderWaterUs: end.timeUs - peak.timeUs,
  }
}

/** Stretches of time in each of which position and mark stood still. */
export function exposureOf(recorded: Recorded) {
  const { session, endUs } = recorded
  const { first } = new Marks(recorded)
  let held = NOTHING
  let mark: Fraction | null = null
  const steps: { timeUs: number; held: Fraction; exposure: Fraction }[] = []
  for (const event of eventsOf(recorded)) {
    if ('fill' in event) held = plus(held, signed(event.fill))
    else if ('tick' in event) mark = event.tick.mark ?? mark
    else continue
    const { time_us } = 'fill' in event ? event.fill : event.tick
    if (mark !== null && event.seq >= session.first_seq) steps.push({ timeUs: time_us, held, exposure: size(rounded(times(held, mark))) })
  }
  const observedUs = endUs - first.timeUs
  let [weighted, flatUs] = [NOTHING, 0]
  for (const [index, step] of steps.entries()) {
    const lastedUs = (steps[index + 1]?.timeUs ?? endUs) - step.timeUs
    weighted = plus(weighted, times(step.exposure, whole(lastedUs)))
    if (signOf(step.held) === 0) flatUs += lastedUs
  }
  const maximum = steps.reduce((most, step) => (isAbove(step.exposure, most.exposure) ? step : most))
  return {
    why: observedUs === 0 ? 'said' : null,
    instruments: [
      {
        instrument: session.instrument,
        asset: session.quote,
        observedUs,
        mean: text(quotient(weighted, whole(observedUs))),
        maximum: write(maximum.exposure),
        maximumAtUs: maximum.timeUs,
        end: write((steps.at(-1) ?? maximum).exposure),
        flatPercent: text(quotient(times(HUNDRED, whole(flatUs)), whole(observedUs))),
      },
    ],
  }
}

const MINUTE_US = 60_000_000
const PERIODS_US = [5, 15, 60, 240, 1440].map((minutes) => minutes * MINUTE_US)
const NEEDED = 30

export function ratiosOf({ points }: Course) {
  const [first, last] = [points[0] as Point, points.at(-1) as Point]
  const countOf = (periodUs: number): number => Math.floor((last.timeUs - first.timeUs) / periodUs)
  const periodUs = PERIODS_US.findLast((each) => countOf(each) >= NEEDED) ?? (PERIODS_US[0] as number)
  const periods = countOf(periodUs)
  const known = { periodUs, periods, periodsNeeded: NEEDED }
  if (periods < NEEDED || points.some(({ index }) => signOf(index) <= 0)) {
    const none = { value: null, why: 'said' }
    return {
      ...known,
      meanReturnPercent: null,
      deviationPercent: null,
      downsideDeviationPercent: null,
      sharpe: none,
      sortino: none,
      calmar: none,
    }
  }
  const ends = Array.from({ length: periods + 1 }, (_, period) => indexAt(points, first.timeUs + period * periodUs))
  const returns = ends.slice(1).map((end, index) => growthOf(ends[index] as Fraction, end))
  const average = mean(returns) ?? NOTHING
  const count = whole(returns.length)
  const squares = sum(returns.map((each) => times(each, each)))
  const total = sum(returns)
  const variance = over(minus(times(count, squares), times(total, total)), times(count, minus(count, ONE)))
  const losses = returns.map((each) => smaller(each, NOTHING))
  const [deviation, downside] = [root(variance), root(over(sum(losses.map((each) => times(each, each))), count))]
  const percentOf = (share: Fraction): string => write(rounded(times(HUNDRED, share)))
  return {
    ...known,
    meanReturnPercent: percentOf(average),
    deviationPercent: percentOf(deviation),
    downsideDeviationPercent: percentOf(downside),
    sharpe: ratio(average, deviation),
    sortino: ratio(average, downside),
    calmar: ratio(growthOf(first.index, last.index), rounded(deepestFall(points).fall)),
  }
}

function indexAt(points: readonly Point[], timeUs: number): Fraction {
  return (points.findLast((point) => point.timeUs <= timeUs) as Point).index
}

function growthOf(from: Fraction, to: Fraction): Fraction {
  return rounded(over(minus(to, from), from))
}

interface Fall {
  readonly fall: Fraction
  readonly peakAtUs: number | null
  readonly troughAtUs: number | null
}

/** Of the index, as a share of the highest before it, and when. */
function deepestFall(points: readonly Point[]): Fall {
  let peak = points[0] as Point
  let deepest: Fall = { fall: NOTHING, peakAtUs: null, troughAtUs: null }
  for (const point of points) {
    if (!isAbove(peak.index, point.index)) peak = point
    const fall = over(minus(peak.index, point.index), peak.index)
    if (isAbove(fall, deepest.fall)) deepest = { fall, peakAtUs: peak.timeUs, troughAtUs: point.timeUs }
  }
  return deepest
}

function ratio(of: Fraction, per: Fraction) {
  return signOf(per) === 0 ? { value: null, why: 'said' } : { value: text(quotient(of, per)), why: null }
}
