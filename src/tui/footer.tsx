// The keys and the pages, in the bottom border.

import type { Layout } from './layout.ts'
import { PAGES, type PageName } from './pages.ts'
import { Overlay } from './panel.tsx'
import { cutSpans, type Span, span, widthOf } from './theme.tsx'

interface FooterProps {
  readonly layout: Layout
  readonly page: PageName
  /** The words that are being typed; null where none are. */
  readonly typed: string | null
  /** False where the terminal gives no keys, for example with standard input redirected. */
  readonly keys: boolean
  /** The keys leave the screen and not the session. */
  readonly watching: boolean
  /** Words narrow the page. */
  readonly filtered: boolean
  readonly end: SessionEnd
}

/** How far the session has come with its end, and whether orders would stay at the venue if it were left now. */
export type SessionEnd = 'not_yet' | 'stopping' | 'stopping_with_orders' | 'over'

export function Footer(props: FooterProps) {
  const { layout, page, typed, keys } = props
  const y = layout.rows - 1
  const width = layout.columns - 4
  const short = pageSpans(page, true)
  const wordings = typed === null ? [keySpans(props, true), keySpans(props, false)] : [typedSpans(typed)]
  const left = cutSpans(wordings.find((spans) => widthOf([...spans, ...short]) < width) ?? wordings.at(-1) ?? [], width)
  const room = width - widthOf(left) - 1
  const right = keys ? ([pageSpans(page, false), short].find((spans) => widthOf(spans) <= room) ?? []) : []
  const rightWidth = widthOf(right)
  return (
    <>
      <Overlay x={2} y={y} width={widthOf(left)} spans={left} />
      {rightWidth > 0 && <Overlay x={layout.columns - 2 - rightWidth} y={y} width={rightWidth} spans={right} />}
    </>
  )
}

/** What the keys do now. The long wording says what leaving means for the orders. */
function keySpans({ keys, watching, filtered, end }: FooterProps, long: boolean): Span[] {
  const pairs: (readonly [key: string, does: string])[] = []
  if (watching) pairs.push([keys ? 'q' : 'Ctrl-C', 'leave'])
  else if (end === 'not_yet') pairs.push([keys ? 'q' : 'Ctrl-C', 'stop'])
  else if (end !== 'over') pairs.push(['Ctrl-C', end === 'stopping_with_orders' && long ? 'leave now, orders stay' : 'leave now'])
  if (keys) pairs.push(['?', 'help'])
  if (keys && filtered) pairs.push(['Esc', 'clears'])
  return pairs.flatMap(([key, does], place) => [
    span(`${place === 0 ? ' ' : ''}${key}`, 'value'),
    span(` ${does}${place === pairs.length - 1 ? ' ' : '  '}`, 'label'),
  ])
}

function typedSpans(typed: string): Span[] {
  return [
    span(' /', 'value'),
    span(typed),
    span('▏', 'value'),
    span(' Enter', 'value'),
    span(' keep  ', 'label'),
    span('Esc', 'value'),
    span(' clear ', 'label'),
  ]
}

/** All the names, or where there is no room for them that of the page alone. Brackets say what the colour says. */
function pageSpans(page: PageName, short: boolean): Span[] {
  const names = PAGES.flatMap((name, place) => {
    const number = String(place + 1)
    if (name === page) return [span(`[${number} ${name}]`, 'title')]
    return short ? [span(` ${number} `, 'value')] : [span(` ${number}`, 'value'), span(` ${name} `, 'label')]
  })
  return [span(' '), ...names]
}
