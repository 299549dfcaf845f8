// What lies over a page for a moment: the keys, and the question whether to halt. A box in the middle, as large as what is in it.

import type { Layout } from './layout.ts'
import { Overlay } from './panel.tsx'
import { Line, type Span, span, widthOf } from './theme.tsx'

type Key = readonly [key: string, does: string]

const MOVING: readonly Key[] = [
  ['1–5  Tab  Shift-Tab', 'another page'],
  ['↑ ↓ PgUp PgDn Home End', 'through a list'],
  ['← →', 'the other list of the page'],
  ['/', 'only what holds these words'],
]
const OWN: readonly Key[] = [
  ['p', 'pause, exits too; p resumes'],
  ['r', 'reduce only; r resumes'],
  ['h', 'kill switch, asks first'],
  ['K', 'kill switch, at once'],
  ['q', 'stop and sum up'],
  ['Ctrl-C', 'stop; again: leave at once'],
]
const WATCHING: readonly Key[] = [
  ['q or d', 'leave, the session goes on'],
  ['p r', "on the session's own screen"],
  ['h K', 'not here: `dita halt`'],
]
const ALWAYS: readonly Key[] = [
  ['Ctrl-L', 'redraw'],
  ['?/Esc', 'back'],
]

export function HelpBox({ layout, watching }: { readonly layout: Layout; readonly watching: boolean }) {
  const keys = [...MOVING, ...(watching ? WATCHING : OWN), ...ALWAYS]
  const widest = Math.max(...keys.map(([key]) => key.length))
  const lines = keys.map(([key, does]) => [span(key.padEnd(widest), 'value'), span(`  ${does}`)])
  return <Boxed layout={layout} title="keys" lines={lines} />
}

export function HaltBox({ layout }: { readonly layout: Layout }) {
  const lines = [
    [span('Halt this session by the kill switch?', 'value')],
    [span('Orders are taken back, positions stay as they are.')],
    [span('y', 'value'), span(' halt   '), span('any other key', 'value'), span(' go on')],
  ]
  return <Boxed layout={layout} title="halt" lines={lines} />
}

/** The same question where there is no room for a box, or nothing yet to lay it over. */
export function HaltLine({ columns }: { readonly columns: number }) {
  return <Line spans={[span('halt? y halts, any other key does not', 'warning')]} width={columns} />
}

interface BoxedProps {
  readonly layout: Layout
  readonly title: string
  readonly lines: readonly (readonly Span[])[]
}

function Boxed({ layout: { columns, rows }, title, lines }: BoxedProps) {
  const inner = Math.min(columns - 6, Math.max(...lines.map((line) => widthOf(line))) + 2)
  const x = Math.floor((columns - inner - 2) / 2)
  const y = Math.max(1, Math.floor((rows - lines.length - 2) / 2))
  const frame = (text: string): Span => span(text, 'value')
  const top = [frame('╔═'), span(` ${title} `, 'title'), frame(`${'═'.repeat(Math.max(0, inner - title.length - 3))}╗`)]
  const body = lines.map((line) => [frame('║ '), ...line, span(' '.repeat(Math.max(0, inner - 1 - widthOf(line)))), frame('║')])
  const all = [top, ...body, [frame(`╚${'═'.repeat(inner)}╝`)]]
  return all.map((spans, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row of the box is its own identity
    <Overlay key={row} x={x} y={y + row} width={inner + 2} spans={spans} />
  ))
}
