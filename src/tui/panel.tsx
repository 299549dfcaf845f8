// A panel: a title in the border and as many lines as fit inside. Owns the place of text in a rectangle, not the text.

import { Box } from 'ink'
import type { Rect } from './layout.ts'
import { Line, type Span, span, widthOf } from './theme.tsx'

export interface PanelSize {
  /** Columns and rows inside the border and its margin. */
  readonly width: number
  readonly rows: number
}

/** The room for content inside a panel. */
export function insideOf(rect: Rect): PanelSize {
  return { width: rect.width - 4, rows: rect.height - 2 }
}

interface OverlayProps {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly spans: readonly Span[]
}

/** A line over whatever is drawn there already. */
export function Overlay({ x, y, width, spans }: OverlayProps) {
  return (
    <Box position="absolute" left={x} top={y} width={width} height={1}>
      <Line spans={spans} width={width} />
    </Box>
  )
}

interface PanelProps {
  readonly rect: Rect
  readonly title: string
  /** Short facts at the right end of the title, always in this order; where not all fit, those in a quiet tone go first, then the last. */
  readonly notes?: readonly Span[]
  readonly lines: readonly (readonly Span[])[]
}

export function Panel({ rect, title, notes = [], lines }: PanelProps) {
  const { width, rows } = insideOf(rect)
  const heading = [span(` ${title} `, 'title')]
  const right = notesThatFit(notes, width - widthOf(heading) - 1)
  const rightWidth = widthOf(right)
  return (
    <>
      <Overlay x={rect.x + 2} y={rect.y} width={Math.min(width, widthOf(heading))} spans={heading} />
      {rightWidth > 0 && <Overlay x={rect.x + rect.width - 2 - rightWidth} y={rect.y} width={rightWidth} spans={right} />}
      <Box position="absolute" left={rect.x + 2} top={rect.y + 1} width={width} height={rows} flexDirection="column" overflow="hidden">
        {lines.slice(0, rows).map((spans, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the panel is its own identity
          <Line key={row} spans={spans} width={width} />
        ))}
      </Box>
    </>
  )
}

function notesThatFit(notes: readonly Span[], width: number): Span[] {
  const chosen = new Set<Span>()
  let used = 1
  for (const note of [...notes.filter(({ tone }) => tone !== 'label'), ...notes.filter(({ tone }) => tone === 'label')]) {
    const needed = widthOf([note]) + (chosen.size === 0 ? 1 : 3)
    if (used + needed > width) break
    chosen.add(note)
    used += needed
  }
  const kept = notes.filter((note) => chosen.has(note)).flatMap((note, place) => (place === 0 ? [note] : [span(' · ', 'frame'), note]))
  return kept.length === 0 ? [] : [span(' '), ...kept, span(' ')]
}
