import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameLines } from '../../src/tui/frame.tsx'
import { type Layout, layoutScreen, type PanelName } from '../../src/tui/layout.ts'
import { PAGES } from '../../src/tui/pages.ts'

const NEEDS = { quotes: 2, pnl: 5, assets: 2, limits: 4, slots: 0, figures: 6, markouts: 5, orders: 2, doubts: 0, calls: 3, alarm: false }

function need(layout: Layout | null): Layout {
  if (layout === null) throw new Error('the terminal was found too small')
  return layout
}

describe('layoutScreen', () => {
  test('a terminal below 60×16 has no layout', () => {
    expect(layoutScreen(59, 40, NEEDS)).toBeNull()
    expect(layoutScreen(200, 15, NEEDS)).toBeNull()
    expect(layoutScreen(60, 16, NEEDS)).not.toBeNull()
  })

  test('80×24 has room for every panel of a session, the market and profit in full', () => {
    const { panels } = need(layoutScreen(80, 24, { ...NEEDS, slots: 1 }))
    const names: PanelName[] = ['market', 'pnl', 'inventory', 'limits', 'slots', 'orders', 'fills', 'messages']
    for (const name of names) expect(panels[name], name).toBeDefined()
    expect(panels.market?.height).toBe(7)
  })

  test('from 100 columns the panels stand in two stacks, from 160 in three', () => {
    const leftEdges = (columns: number, rows: number) =>
      new Set(Object.values(need(layoutScreen(columns, rows, NEEDS)).panels).map((rect) => rect.x)).size
    expect(leftEdges(120, 40)).toBe(2)
    expect(leftEdges(200, 60)).toBe(3)
  })

  test('a taller terminal gives its rows to orders, fills and messages', () => {
    const short = need(layoutScreen(80, 24, NEEDS)).panels
    const tall = need(layoutScreen(80, 50, NEEDS)).panels
    for (const name of ['orders', 'fills', 'messages'] as const) expect(tall[name]?.height).toBeGreaterThan(short[name]?.height ?? 0)
  })

  test('at any size and need, the panels of a page stay on the screen, fill it, and overlap in their borders only', () => {
    const size = fc.record({ columns: fc.integer({ min: 60, max: 240 }), rows: fc.integer({ min: 16, max: 90 }) })
    const count = fc.integer({ min: 0, max: 12 })
    const needs = fc.record({
      quotes: count,
      pnl: fc.integer({ min: 5, max: 6 }),
      assets: count,
      limits: count,
      slots: count,
      figures: count,
      markouts: count,
      orders: count,
      doubts: count,
      calls: count,
      alarm: fc.boolean(),
    })
    fc.assert(
      fc.property(size, needs, fc.constantFrom(...PAGES), ({ columns, rows }, wanted, page) => {
        const layout = need(layoutScreen(columns, rows, wanted, page))
        const used = new Uint8Array(columns * rows)
        for (const { x, y, width, height } of [layout.header, ...Object.values(layout.panels)]) {
          expect(width).toBeGreaterThanOrEqual(20)
          expect(height).toBeGreaterThanOrEqual(3)
          expect(x + width).toBeLessThanOrEqual(columns)
          expect(y + height).toBeLessThanOrEqual(rows)
          for (let row = y + 1; row < y + height - 1; row += 1) {
            for (let column = x + 1; column < x + width - 1; column += 1) {
              expect(used[row * columns + column]).toBe(0)
              used[row * columns + column] = 1
            }
          }
        }
        const frame = frameLines([layout.header, ...Object.values(layout.panels)], columns, rows).join('')
        Array.from(frame).forEach((cell, index) => {
          expect(cell !== ' ').toBe(used[index] === 0)
        })
      }),
      { numRuns: 150 },
    )
  })
})

describe('frameLines', () => {
  test('borders that meet are joined', () => {
    const rects = [
      { x: 0, y: 0, width: 9, height: 3 },
      { x: 0, y: 2, width: 5, height: 3 },
      { x: 4, y: 2, width: 5, height: 3 },
    ]
    expect(frameLines(rects, 9, 5)).toEqual(['╭───────╮', '│       │', '├───┬───┤', '│   │   │', '╰───┴───╯'])
  })
})
