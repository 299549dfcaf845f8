// The script of a page: hands a session's lines to lightweight-charts, and keeps the charts together as they are moved and pointed
// at, in the colours of the page. It runs in a browser only, which is why it is text.

import { FILLS_SCRIPT } from './chart-fills.ts'
import { TIMES_SCRIPT } from './chart-times.ts'

const LINES_SCRIPT = `
  // A line is broken where nothing is known: the library would draw on to the next point, in the colour of the last one before it.
  const pointsOf = (name, isStepped) => {
    const points = lines[name].map((value, slot) => value === null ? { time: timeOf(slot) } : { time: timeOf(slot), value })
    for (let slot = 1; slot < points.length; slot += 1) {
      const [before, here] = [points[slot - 1], points[slot]]
      if (here.value !== undefined || before.value === undefined || before.gap === true) continue
      if (isStepped) points[slot] = { ...here, value: before.value, gap: true }
      else before.gap = true
    }
    return points
  }

  const drawPanel = (element) => {
    const panel = panels[Number(element.dataset.panel)]
    element.hidden = false
    element.style.height = panel.height + 'px'
    const chart = createChart(element, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 12, background: { type: 'solid', color: 'transparent' } },
      rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.08, bottom: 0.08 } },
      timeScale: {
        borderVisible: false, fixLeftEdge: true, fixRightEdge: true, lockVisibleTimeRangeOnResize: true, minBarSpacing: 0.01,
        tickMarkFormatter: () => '',
      },
      crosshair: { mode: CrosshairMode.Normal, horzLine: { labelVisible: false, visible: false } },
      localization: { timeFormatter: moment, locale: 'en-US' },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false, axisPressedMouseMove: { time: true, price: false } },
    })
    const number = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: panel.places, maximumFractionDigits: panel.places, signDisplay: 'negative',
    })
    // A point with none beside it is no line.
    const isSparse = (name) => lines[name].filter((value) => value !== null).length <= 60
    // The market stands first among the lines, and is drawn last, so that our quotes do not hide it.
    const series = [...panel.lines].reverse().map((name) => {
      const isFilled = panel.withZero
      const isStepped = panel.isStepped || name === 'ourBid' || name === 'ourAsk'
      const one = chart.addSeries(isFilled ? BaselineSeries : LineSeries, {
        lineType: isStepped ? 1 : 0,
        lineWidth: name === 'equity' ? 2 : 1,
        baseValue: { type: 'price', price: 0 },
        priceLineVisible: false,
        lastValueVisible: false,
        crosshairMarkerVisible: true,
        pointMarkersVisible: isSparse(name),
        pointMarkersRadius: 2,
        priceFormat: { type: 'custom', minMove: 10 ** -panel.places, formatter: (value) => number.format(value) },
      })
      const said = element.parentElement.querySelector('[data-line=' + name + ']')
      return { name, one, isFilled, said, number, points: pointsOf(name, isStepped) }
    })
    const marks = panel.withFills ? fillMarks(fills) : null
    const times = timeMarks()
    series[0].one.attachPrimitive(times)
    if (marks !== null) series[0].one.attachPrimitive(marks)
    return { chart, series, marks, times }
  }
`

const PAINT_SCRIPT = `
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()
  const COLORS = { mid: 'market', ourBid: 'bid', ourAsk: 'ask', equity: 'equity', drawdown: 'loss', inventory: 'bid' }
  const paint = () => {
    const [ink, soft] = [color('dim'), color('grid')]
    for (const { chart, series, marks, times } of charts) {
      chart.applyOptions({
        layout: { textColor: ink },
        grid: { vertLines: { visible: false }, horzLines: { color: soft } },
        crosshair: { vertLine: { color: ink, labelBackgroundColor: color('label') } },
      })
      for (const { name, one, isFilled, points } of series) {
        const shade = color(COLORS[name])
        const [strong, faint] = [shade + '55', shade + '11']
        const fill = { topFillColor1: strong, topFillColor2: faint, bottomFillColor1: faint, bottomFillColor2: strong }
        one.applyOptions(isFilled ? { topLineColor: shade, bottomLineColor: shade, ...fill } : { color: shade })
        const unseen = isFilled ? { topLineColor: 'transparent', bottomLineColor: 'transparent' } : { color: 'transparent' }
        one.setData(points.map(({ gap, ...point }) => gap === true ? { ...point, ...unseen } : point))
      }
      times.paint(ink, soft)
      marks?.paint(color('bid'), color('ask'))
    }
  }
`

const TOGETHER_SCRIPT = `
  // What each line was at a moment, where two slots share one the lowest and the highest; without a moment, what it was in the end.
  const valuesAt = (name, slot) => {
    if (slot === null) return [ends[name]]
    if (grid.isWhole) return [lines[name][slot]]
    return lines[name].slice(slot & ~1, (slot & ~1) + 2)
  }
  const say = (slot) => {
    const when = slot === null ? 'at the end' : moment(timeOf(grid.isWhole ? slot : slot & ~1))
    for (const one of document.querySelectorAll('.when')) one.textContent = when
    for (const { series } of charts) {
      for (const { name, number, said } of series) {
        const known = valuesAt(name, slot).filter((value) => typeof value === 'number').sort((a, b) => a - b)
        const words = [...new Set(known.map((value) => number.format(value)))]
        said.textContent = words.length === 0 ? '–' : words.join(' to ')
      }
    }
  }
  const pointAt = (from, slot) => {
    say(slot)
    for (const { chart, series } of charts) {
      if (chart === from) continue
      const known = slot === null ? undefined : series.find(({ name }) => (lines[name][slot] ?? null) !== null)
      if (known === undefined) chart.clearCrosshairPosition()
      else chart.setCrosshairPosition(lines[known.name][slot], timeOf(slot), known.one)
    }
  }
  let isBusy = false
  const onlyOnce = (work) => (...what) => {
    if (isBusy) return
    isBusy = true
    work(...what)
    isBusy = false
  }
  const keepTogether = ({ chart }) => {
    chart.timeScale().fitContent()
    chart.timeScale().subscribeVisibleLogicalRangeChange(onlyOnce((range) => {
      if (range === null) return
      for (const other of charts) if (other.chart !== chart) other.chart.timeScale().setVisibleLogicalRange(range)
    }))
    chart.subscribeCrosshairMove(onlyOnce(({ logical }) => pointAt(chart, logical === undefined ? null : Math.round(logical))))
    chart.subscribeDblClick(() => chart.timeScale().fitContent())
  }
  // Drawings that stand under one another begin and end at the same places.
  const align = () => {
    const widths = charts.map(({ chart }) => chart.priceScale('right').width())
    for (const { chart } of charts) chart.applyOptions({ rightPriceScale: { minimumWidth: Math.max(...widths) } })
  }
`

/**
 * Reads the element `course-data`; a chart for each element with `data-panel`, what its lines say into `data-line`. Without it the
 * drawings of the page stay.
 */
export const CHART_SCRIPT = `
(() => {
  'use strict'
  const { createChart, CrosshairMode, LineSeries, BaselineSeries } = window.LightweightCharts
  const { grid, lines, ends, fills, panels } = JSON.parse(document.getElementById('course-data').textContent)
${TIMES_SCRIPT}${FILLS_SCRIPT}${LINES_SCRIPT}${PAINT_SCRIPT}${TOGETHER_SCRIPT}
  const charts = [...document.querySelectorAll('[data-panel]')].map(drawPanel)
  paint()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint)
  charts.forEach(keepTogether)
  say(null)
  document.documentElement.classList.add('drawn')
  requestAnimationFrame(align)
})()
`
