// How a page's script tells times: which moment a slot is, and round times under a chart, as many as there is room for. The library's
// own would be few or uneven. It runs in a browser only, which is why it is text.

/** `timeOf(slot)` is a slot to the library, `moment(time)` that in words; `timeMarks()` is a primitive of it, to be attached and painted. */
export const TIMES_SCRIPT = `
  // The library wants whole seconds, each once: where slots are shorter, it counts slots and we say what time it is.
  const isReal = grid.slotUs >= 1e6
  const timeOf = (slot) => isReal ? Math.round((grid.startUs + slot * grid.slotUs) / 1e6) : slot
  const usOf = (time) => isReal ? time * 1e6 : grid.startUs + time * grid.slotUs
  const written = (us) => new Date(us / 1000).toISOString().replace('T', ' ')
  const moment = (time) => written(usOf(time)).slice(0, isReal ? 19 : 23)

  const [SECOND, MINUTE, HOUR, DAY] = [1e6, 60e6, 3600e6, 86400e6]
  const STEPS = [
    ...[1e3, 1e4, 1e5].flatMap((us) => [us, 2 * us, 5 * us]),
    ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
    ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
    ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
    ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * DAY),
  ]
  const shown = (us, step) => {
    const words = written(us)
    if (us % DAY === 0 && us > grid.startUs) return words.slice(5, 10)
    return words.slice(11, step >= MINUTE ? 16 : step >= SECOND ? 19 : 23)
  }

  const roomOf = (step) => step < SECOND ? 120 : 84
  const timeMarks = () => {
    let chart, redraw
    const font = '12px ' + getComputedStyle(document.body).fontFamily
    const colors = { text: 'transparent', line: 'transparent' }
    const marksIn = (width) => {
      const scale = chart.timeScale()
      const [first, last] = [scale.logicalToCoordinate(0), scale.logicalToCoordinate(grid.slots - 1)]
      if (first === null || last === null || last <= first) return []
      const usAPixel = ((grid.slots - 1) * grid.slotUs) / (last - first)
      const step = STEPS.find((us) => us >= grid.slotUs && us >= roomOf(us) * usAPixel) ?? STEPS.at(-1)
      const endUs = grid.startUs + (grid.slots - 1) * grid.slotUs
      const fromUs = Math.max(grid.startUs, grid.startUs - first * usAPixel)
      const toUs = Math.min(endUs, grid.startUs + (width - first) * usAPixel)
      const marks = []
      for (let us = Math.ceil((fromUs - usAPixel) / step) * step; us <= toUs + usAPixel && marks.length < 100; us += step) {
        marks.push({ x: first + (us - grid.startUs) / usAPixel, words: shown(us, step) })
      }
      return marks
    }
    const drawLines = (target) => target.useMediaCoordinateSpace(({ context, mediaSize: { width, height } }) => {
      context.fillStyle = colors.line
      for (const { x } of marksIn(width)) context.fillRect(Math.round(x), 0, 1, height)
    })
    const drawWords = (target) => target.useMediaCoordinateSpace(({ context, mediaSize: { width, height } }) => {
      context.font = font
      context.fillStyle = colors.text
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      for (const { x, words } of marksIn(width)) {
        const half = context.measureText(words).width / 2
        context.fillText(words, Math.min(Math.max(x, half), width - half), height / 2)
      }
    })
    const view = (draw) => [{ zOrder: () => 'bottom', renderer: () => ({ draw }) }]
    const [lineViews, wordViews] = [view(drawLines), view(drawWords)]
    return {
      attached: (to) => { chart = to.chart; redraw = to.requestUpdate },
      paneViews: () => lineViews,
      timeAxisPaneViews: () => wordViews,
      paint: (text, line) => { colors.text = text; colors.line = line; redraw() },
    }
  }
`
