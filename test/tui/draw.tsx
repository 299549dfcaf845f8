// Draws the screen as a terminal of some size would show it, as a text.

import { renderToString } from 'ink'
import { expect } from 'vitest'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { Screen } from '../../src/tui/screen.tsx'
import { FIRST_STATE, type ScreenState } from '../../src/tui/screen-state.ts'
import { displayWidth } from '../../src/tui/text.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export const SMALL: Size = { columns: 80, rows: 24 }
export const LARGE: Size = { columns: 120, rows: 40 }
export const SIZES: readonly Size[] = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 16 },
  { columns: 60, rows: 20 },
  { columns: 71, rows: 17 },
  SMALL,
  { columns: 99, rows: 30 },
  { columns: 100, rows: 16 },
  LARGE,
  { columns: 160, rows: 32 },
  { columns: 200, rows: 60 },
]

export interface Drawing extends Size {
  readonly model: SessionViewModel | null
  readonly colour?: boolean
  readonly stopAsked?: boolean
  readonly help?: boolean
  readonly state?: Partial<ScreenState>
  readonly keys?: boolean
  readonly watching?: boolean
}

export function draw({ colour = false, stopAsked = false, help = false, state = {}, keys = true, ...given }: Drawing): string {
  const screen = <Screen {...given} colour={colour} stopAsked={stopAsked} state={{ ...FIRST_STATE, help, ...state }} keys={keys} />
  return renderToString(screen, { columns: given.columns })
}

export function expectInside(picture: string, { columns, rows }: Size): void {
  const lines = picture.split('\n')
  expect(lines.length).toBeLessThanOrEqual(rows)
  for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
}

/** The line of the picture that holds a text. */
export function lineWith(picture: string, text: string): string {
  const line = picture.split('\n').find((candidate) => candidate.includes(text))
  if (line === undefined) throw new Error(`no line holds ${text}:\n${picture}`)
  return line
}

/** As Ink writes black on yellow, and white on red. */
export const WARNING = '\\u001b\\[30m\\u001b\\[43m'
export const ALARM = '\\u001b\\[37m\\u001b\\[41m'
