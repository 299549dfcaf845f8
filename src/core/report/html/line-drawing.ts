// The lines of a session as they are printed and as they stand where no script runs: the same figures as the charts, as SVG.

import { timeText } from '../format.ts'
import type { CourseDrawing, LineName } from './course.ts'
import { element, type Markup, text } from './markup.ts'
import { type Range, rangeOf, scaleOf, stepsIn, stepText } from './scale.ts'

const WIDTH = 800
const LEFT = 12
const RIGHT = 84
const TOP = 10

export interface Panel {
  /** What it shows, for who cannot see it. */
  readonly name: string
  readonly lines: readonly LineName[]
  readonly height: number
  readonly withZero?: boolean
  readonly withFills?: boolean
  /** Our quotes and our inventory stay as they are until they change. */
  readonly isStepped?: boolean
}

/** Null where there is nothing to draw. */
export function lineDrawing(course: CourseDrawing, panel: Panel): Markup | null {
  const fills = panel.withFills === true ? course.fills : []
  const range = rangeOf(valuesOf(course, panel, fills), { withZero: panel.withZero === true })
  if (range === null) return null
  const { grid } = course
  const bottom = TOP + panel.height
  const x = scaleOf({ from: 0, to: Math.max(1, grid.slots - 1) }, LEFT, WIDTH - RIGHT)
  const y = scaleOf(range, bottom, TOP)
  const paths = panel.lines.map((name) => {
    const isStepped = panel.isStepped === true || name === 'ourBid' || name === 'ourAsk'
    return element('path', { d: pathOf(course.lines.get(name) ?? [], { x, y, isStepped }), class: `line ${name}` })
  })
  // As large as leaves room for what they mark.
  const half = Math.min(4, Math.max(1.5, WIDTH / Math.max(1, fills.length)))
  const triangles = (['buy', 'sell'] as const).map((side) => {
    const d = fills.filter((fill) => fill.side === side).map((fill) => triangleAt(x(fill.slot), y(fill.at), side === 'buy' ? half : -half))
    return element('path', { d: d.join(''), class: `fill ${side}` })
  })
  // The market stands first among the lines, and is drawn last, so that our quotes do not hide it.
  const marks = [...axisOf(range, y), ...timesOf(course, x, bottom), ...triangles, ...paths.reverse()]
  const attributes = { viewBox: `0 0 ${WIDTH} ${bottom + 22}`, role: 'img', 'aria-label': panel.name, class: 'course' }
  return element('svg', attributes, ...marks)
}

function* valuesOf(course: CourseDrawing, { lines }: Panel, fills: CourseDrawing['fills']): Generator<number | null> {
  for (const name of lines) yield* course.lines.get(name) ?? []
  for (const { at } of fills) yield at
}

interface Places {
  readonly x: (slot: number) => number
  readonly y: (value: number) => number
  readonly isStepped: boolean
}

/** A path that breaks where there is nothing. A step that stands alone is as wide as its slot. */
function pathOf(values: readonly (number | null)[], { x, y, isStepped }: Places): string {
  const parts: string[] = []
  let isDrawing = false
  for (const [slot, value] of values.entries()) {
    const at = x(slot).toFixed(1)
    if (value === null) {
      if (isDrawing && isStepped) parts.push(`H${at}`)
      isDrawing = false
      continue
    }
    const to = y(value).toFixed(1)
    // A point alone is drawn as one by the round end of its line.
    if (!isDrawing) parts.push(`M${at} ${to}h0`)
    else parts.push(isStepped ? `H${at}V${to}` : `L${at} ${to}`)
    isDrawing = true
  }
  return parts.join('')
}

/** A buy points up from below its price, a sale, of a height below zero, down from above it. */
function triangleAt(x: number, y: number, half: number): string {
  const width = Math.abs(half)
  return `M${x.toFixed(1)} ${y.toFixed(1)}l${width.toFixed(1)} ${(1.7 * half).toFixed(1)}h${(-2 * width).toFixed(1)}z`
}

function axisOf(range: Range, y: (value: number) => number): Markup[] {
  const steps = stepsIn(range, 5)
  const step = (steps[1] ?? 1) - (steps[0] ?? 0)
  return steps.flatMap((value) => [
    element('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: value === 0 ? 'zero' : 'grid' }),
    element('text', { x: WIDTH - RIGHT + 6, y: y(value) + 4 }, text(stepText(value, step))),
  ])
}

function timesOf({ grid }: CourseDrawing, x: (slot: number) => number, bottom: number): Markup[] {
  const last = grid.slots - 1
  const slots = last < 1 ? [0] : [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * last))
  const spanUs = last * grid.slotUs
  return slots.map((slot, index) => {
    const words = timeText(grid.startUs + slot * grid.slotUs)
    const anchor = index === 0 ? 'start' : index === slots.length - 1 ? 'end' : 'middle'
    return element(
      'text',
      { x: x(slot), y: bottom + 17, 'text-anchor': anchor },
      text(spanUs > 86_400_000_000 ? words.slice(5, 16) : words.slice(11)),
    )
  })
}
