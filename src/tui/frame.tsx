// The frame: borders that panels share, with the right joint wherever they meet. Knows rectangles, no content.

import { Box } from 'ink'
import { memo } from 'react'
import type { Rect } from './layout.ts'
import { Line, span } from './theme.tsx'

const LEFT = 1
const RIGHT = 2
const UP = 4
const DOWN = 8
/** By the directions in which a cell's border goes on: 1 left, 2 right, 4 up, 8 down. */
const JOINTS: readonly string[] = [' ', '─', '─', '─', '│', '╯', '╰', '┴', '│', '╮', '╭', '┬', '│', '┤', '├', '┼']

/** One line per row of the screen, blank where there is no border. */
export function frameLines(rects: readonly Rect[], columns: number, rows: number): string[] {
  const cells = new Uint8Array(columns * rows)
  const mark = (x: number, y: number, directions: number): void => {
    if (x >= 0 && y >= 0 && x < columns && y < rows) cells[y * columns + x] = (cells[y * columns + x] ?? 0) | directions
  }
  for (const { x, y, width, height } of rects) {
    for (let step = 0; step < width - 1; step += 1) {
      for (const row of [y, y + height - 1]) {
        mark(x + step, row, RIGHT)
        mark(x + step + 1, row, LEFT)
      }
    }
    for (let step = 0; step < height - 1; step += 1) {
      for (const column of [x, x + width - 1]) {
        mark(column, y + step, DOWN)
        mark(column, y + step + 1, UP)
      }
    }
  }
  return Array.from({ length: rows }, (_, y) =>
    Array.from(cells.subarray(y * columns, (y + 1) * columns), (directions) => JOINTS[directions] ?? ' ').join(''),
  )
}

interface FrameProps {
  readonly rects: readonly Rect[]
  readonly columns: number
  readonly rows: number
}

interface Run {
  readonly x: number
  readonly y: number
  readonly lines: readonly string[]
}

/** Draws the borders and nothing between them: blank cells cost as much as others. Stays as it is while the layout does. */
export const Frame = memo(
  ({ rects, columns, rows }: FrameProps) => {
    const lines = frameLines(rects, columns, rows)
    return [...horizontalRuns(lines), ...verticalRuns(lines, columns)].map(({ x, y, lines: run }) => {
      const width = run[0]?.length ?? 0
      return (
        <Box key={`${x},${y},${width}`} position="absolute" left={x} top={y} width={width} height={run.length} flexDirection="column">
          {run.map((text, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row of the frame is its own identity
            <Line key={row} spans={[span(text, 'frame')]} width={width} />
          ))}
        </Box>
      )
    })
  },
  (before, after) => JSON.stringify(before) === JSON.stringify(after),
)

function horizontalRuns(lines: readonly string[]): Run[] {
  return lines.flatMap((line, y) => Array.from(line.matchAll(/\S{2,}/g), ({ 0: text, index }) => ({ x: index, y, lines: [text] })))
}

function verticalRuns(lines: readonly string[], columns: number): Run[] {
  return Array.from({ length: columns }, (_, x) => x).flatMap((x) => {
    const column = lines.map((line) => (line[x] === '│' ? '│' : ' ')).join('')
    return Array.from(column.matchAll(/│+/g), ({ 0: text, index }) => ({ x, y: index, lines: Array.from(text) }))
  })
}
