// From the figures of a drawing to its places: ranges, scales, and round steps for axes. Floats throughout, as it is only drawn.

export interface Range {
  readonly from: number
  readonly to: number
}

/** The range of what there is, widened a little so that nothing touches the frame; null of nothing. */
export function rangeOf(values: Iterable<number | null>, options: { readonly withZero?: boolean } = {}): Range | null {
  let from = options.withZero === true ? 0 : Number.POSITIVE_INFINITY
  let to = options.withZero === true ? 0 : Number.NEGATIVE_INFINITY
  let isEmpty = true
  for (const value of values) {
    if (value === null) continue
    isEmpty = false
    if (value < from) from = value
    if (value > to) to = value
  }
  if (isEmpty) return null
  const room = to === from ? Math.max(Math.abs(to) * 0.01, 1e-9) : (to - from) * 0.06
  return { from: from - room, to: to + room }
}

/** Maps a range to places from `start` to `end`, which may run downwards. */
export function scaleOf({ from, to }: Range, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - from) / (to - from)) * (end - start)
}

/** Round figures within a range, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function stepsIn({ from, to }: Range, count: number): number[] {
  const rough = (to - from) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10
  const step = factor * power
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step)
}

/** A round figure beside an axis, with as many decimals as tell it from its neighbour. */
export function stepText(value: number, step: number): string {
  const places = Math.min(12, Math.max(0, -Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)))
  const [whole = '', fraction] = Math.abs(value).toFixed(places).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return value < 0 && /[1-9]/.test(digits) ? `-${digits}` : digits
}
