// The drawings that need no script: where quotes stood, what the market did after fills, and what the result is made of. SVG with
// text beside every mark, so that nothing is told by colour alone.

import type { AttributionSummary } from '../account-view.ts'
import { countText, durationText, signedText } from '../format.ts'
import type { MarkoutHorizonSummary, QuotingSummary } from '../quoting-view.ts'
import { coordinateOfText } from './coordinate.ts'
import { element, joined, type Markup, text } from './markup.ts'
import { rangeOf, scaleOf, stepsIn, stepText } from './scale.ts'

const WIDTH = 440
const LABEL = 12

/** A drawing with its name for who cannot see it. */
export function figure(name: string, height: number, ...marks: readonly Markup[]): Markup {
  return element('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': name, class: 'drawing' }, ...marks)
}

export function label(
  words: string,
  at: { readonly x: number; readonly y: number; readonly anchor?: string; readonly class?: string },
): Markup {
  return element('text', { x: at.x, y: at.y, 'text-anchor': at.anchor ?? 'start', class: at.class ?? null }, text(words))
}

export function line(from: readonly [number, number], to: readonly [number, number], kind: string): Markup {
  return element('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: kind })
}

/** Ticks by |distance| to the touch: two bars a bin, bids above asks. Null where nothing was quoted. */
export function distanceHistogram({ bid, ask }: QuotingSummary): Markup | null {
  if (bid.quotedTicks + ask.quotedTicks === 0) return null
  const bins = Object.keys(bid.histogram) as (keyof typeof bid.histogram)[]
  const most = Math.max(...bins.flatMap((bin) => [bid.histogram[bin], ask.histogram[bin]]))
  const width = scaleOf({ from: 0, to: most }, 0, WIDTH - 150)
  const [left, row, bar] = [64, 44, 15]
  const marks = bins.flatMap((bin, index) => {
    const top = 8 + index * row
    const side = (name: string, count: number, y: number): Markup[] => [
      element('rect', { x: left, y, width: Math.max(width(count), count > 0 ? 1 : 0), height: bar, class: name }),
      label(`${countText(count)} ${name}`, { x: left + width(count) + 6, y: y + LABEL, class: 'value' }),
    ]
    return [
      label(`${bin.replace('-', '–')} bps`, { x: left - 8, y: top + bar + 5, anchor: 'end' }),
      ...side('bid', bid.histogram[bin], top),
      ...side('ask', ask.histogram[bin], top + bar + 3),
    ]
  })
  const said = bins.map((bin) => `${bin} bps: ${bid.histogram[bin]} bid, ${ask.histogram[bin]} ask`).join('; ')
  return figure(`Ticks by the distance of our quotes to the touch. ${said}.`, 8 + bins.length * row, ...marks)
}

/** The mean markout at each horizon, with what a fill earned if the mid stayed; null where no horizon has a fill. */
export function markoutCurve(horizons: readonly MarkoutHorizonSummary[]): Markup | null {
  const points = horizons.map(({ horizonUs, both }) => ({ name: durationText(horizonUs), markout: coordinateOfText(both.meanBps), both }))
  const range = rangeOf(
    points.map(({ markout }) => markout),
    { withZero: true },
  )
  if (range === null) return null
  const [top, bottom, left, right] = [14, 190, 52, WIDTH - 18]
  const y = scaleOf(range, bottom, top)
  const x = (index: number): number => left + 28 + (index * (right - left - 56)) / Math.max(1, points.length - 1)
  const steps = stepsIn(range, 4)
  const step = (steps[1] ?? 1) - (steps[0] ?? 0)
  const grid = steps.flatMap((value) => [
    line([left, y(value)], [right, y(value)], value === 0 ? 'zero' : 'grid'),
    label(stepText(value, step), { x: left - 6, y: y(value) + 4, anchor: 'end' }),
  ])
  const known = points.flatMap(({ markout, both }, index) => (markout === null ? [] : [{ x: x(index), y: y(markout), both }]))
  const path = element('path', {
    d: known.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(''),
    class: 'curve',
  })
  const dots = known.flatMap(({ x, y, both }, index) => {
    // On the side where the line does not run.
    const beside = [known[index - 1], known[index + 1]].flatMap((other) => (other === undefined ? [] : [other.y - y]))
    const isBelow = y - top < 24 || beside.reduce((sum, height) => sum + height, 0) < 0
    return [
      element('circle', { cx: x, cy: y, r: 4, class: 'dot' }),
      label(signedText(both.meanBps ?? '0', 2), { x, y: isBelow ? y + 18 : y - 9, anchor: 'middle', class: 'value' }),
    ]
  })
  const names = points.map(({ name }, index) => label(name, { x: x(index), y: bottom + 30, anchor: 'middle' }))
  const said = points.map(({ name, both }) => `${name}: ${both.meanBps === null ? 'not known' : `${signedText(both.meanBps, 2)} bps`}`)
  return figure(`Mean markout in bps after our fills. ${said.join('; ')}.`, bottom + 42, joined(...grid), path, ...dots, ...names)
}

interface Step {
  readonly name: string
  readonly exact: string
  readonly change: number
}

/** What the result is made of, each part beginning where the one before it ended; null where it is not known. */
export function attributionWaterfall(attribution: AttributionSummary): Markup | null {
  const { result, asset } = attribution
  const steps = stepsOf(attribution)
  if (result === null || steps === null) return null
  let reached = 0
  const bars = steps.map((step) => {
    const from = reached
    reached += step.change
    return { ...step, from, to: reached, kind: step.change < 0 ? 'loss' : 'gain' }
  })
  bars.push({ name: 'Result', exact: result, change: reached, from: 0, to: coordinateOfText(result) ?? 0, kind: 'total' })
  const range = rangeOf(
    bars.flatMap(({ from, to }) => [from, to]),
    { withZero: true },
  ) ?? { from: 0, to: 1 }
  const [left, row, bar] = [150, 30, 18]
  const x = scaleOf(range, left, WIDTH - 112)
  const height = 12 + bars.length * row
  const marks = bars.flatMap(({ name, exact, from, to, kind }, index) => {
    const top = 8 + index * row
    const [start, end] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))]
    const next = index < bars.length - 2 ? [line([x(to), top + bar], [x(to), top + row], 'joint')] : []
    return [
      label(name, { x: 0, y: top + 14, class: kind === 'total' ? 'value' : 'name' }),
      element('rect', { x: start, y: top, width: Math.max(end - start, 1), height: bar, class: kind }),
      label(signedText(exact, 4), { x: end + 6, y: top + 14, class: 'value' }),
      ...next,
    ]
  })
  const said = bars.map(({ name, exact }) => `${name} ${signedText(exact, 4)}`).join('; ')
  return figure(`What the result in ${asset} is made of. ${said}.`, height, line([x(0), 4], [x(0), height - 4], 'zero'), ...marks)
}

/** The parts that are not zero; fees are what was paid, so that they are drawn turned round. */
function stepsOf(attribution: AttributionSummary): Step[] | null {
  const { spreadCapture, revaluation, holdings, fees, networkFees, funding, residual } = attribution
  const parts = [
    ['Spread capture', spreadCapture],
    ['Inventory revaluation', revaluation],
    ['Held beside positions', holdings],
    ['Fees', negated(fees)],
    ['Network fees', negated(networkFees)],
    ['Funding', funding],
    // Nothing, unless the checks found something.
    ['Unexplained', residual],
  ] as const
  const steps = parts.map(([name, exact]) => ({ name, exact, change: coordinateOfText(exact) }))
  if (steps.some(({ change }) => change === null)) return null
  return steps.flatMap(({ name, exact, change }) => (exact === null || change === null || exact === '0' ? [] : [{ name, exact, change }]))
}

function negated(amount: string | null): string | null {
  if (amount === null || amount === '0') return amount
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}
