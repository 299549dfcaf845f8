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
}

export function Footer({ layout, page, typed, keys, watching }: FooterProps) {
  const y = layout.rows - 1
  const width = layout.columns - 4
  const left = cutSpans(typed === null ? keySpans(keys, watching) : typedSpans(typed), width)
  const room = width - widthOf(left) - 1
  const right = keys ? ([pageSpans(page, false), pageSpans(page, true)].find((spans) => widthOf(spans) <= room) ?? []) : []
  const rightWidth = widthOf(right)
  return (
    <>
      <Overlay x={2} y={y} width={widthOf(left)} spans={left} />
      {rightWidth > 0 && <Overlay x={layout.columns - 2 - rightWidth} y={y} width={rightWidth} spans={right} />}
    </>
  )
}

function keySpans(keys: boolean, watching: boolean): Span[] {
  const end = watching ? 'leave' : 'stop'
  if (!keys) return [span(' Ctrl-C', 'value'), span(` ${end} `, 'label')]
  return [span(' q', 'value'), span(` ${end}  `, 'label'), span('?', 'value'), span(' help ', 'label')]
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
