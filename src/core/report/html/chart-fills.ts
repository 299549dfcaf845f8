// How a page's script draws fills: triangles as the drawings for paper have them, as large as leaves room for what they mark. It runs
// in a browser only, which is why it is text.

/** `fillMarks(fills)` is a primitive of lightweight-charts, to be attached to a series and then painted in two colours. */
export const FILLS_SCRIPT = `
  const fillMarks = (fills) => {
    let chart, series, redraw
    const colors = { buy: 'transparent', sell: 'transparent' }
    const visibleIn = (width) => {
      const scale = chart.timeScale()
      return fills.flatMap(([slot, isBuy, price]) => {
        const [x, y] = [scale.logicalToCoordinate(slot), series.priceToCoordinate(price)]
        return x === null || y === null || x < 0 || x > width ? [] : [{ x, y, isBuy }]
      })
    }
    const draw = (target) => target.useMediaCoordinateSpace(({ context, mediaSize: { width } }) => {
      const visible = visibleIn(width)
      const half = Math.min(5, Math.max(2.5, (1.6 * width) / Math.max(1, visible.length)))
      for (const side of ['buy', 'sell']) {
        const down = side === 'buy' ? 1.7 * half : -1.7 * half
        context.beginPath()
        for (const { x, y, isBuy } of visible) {
          if ((isBuy === 1) !== (side === 'buy')) continue
          context.moveTo(x, y)
          context.lineTo(x + half, y + down)
          context.lineTo(x - half, y + down)
          context.closePath()
        }
        context.fillStyle = colors[side]
        context.fill()
      }
    })
    const view = { zOrder: () => 'bottom', renderer: () => ({ draw }) }
    return {
      attached: (to) => { chart = to.chart; series = to.series; redraw = to.requestUpdate },
      paneViews: () => [view],
      // A fill may lie outside of what the lines show.
      autoscaleInfo: (from, to) => {
        let [minValue, maxValue] = [Infinity, -Infinity]
        for (const [slot, , price] of fills) {
          if (slot < from || slot > to) continue
          if (price < minValue) minValue = price
          if (price > maxValue) maxValue = price
        }
        return minValue > maxValue ? null : { priceRange: { minValue, maxValue }, margins: { above: 6, below: 6 } }
      },
      paint: (buy, sell) => { colors.buy = buy; colors.sell = sell; redraw() },
    }
  }
`
