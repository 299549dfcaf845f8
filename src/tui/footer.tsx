// The keys and the engine's own counts, in the bottom border.

import type { CountsModel } from '../core/session/view-model.ts'
import { formatCount } from './format.ts'
import type { Layout } from './layout.ts'
import { Overlay } from './panel.tsx'
import { cutSpans, type Span, span, widthOf } from './theme.tsx'

interface FooterProps {
  readonly layout: Layout
  readonly counts: CountsModel
  readonly help: boolean
  /** False where the terminal gives no keys, for example with standard input redirected. */
  readonly keys: boolean
  /** The keys leave the screen and not the session. */
  readonly watching: boolean
}

export function Footer({ layout, counts, help, keys, watching }: FooterProps) {
  const y = layout.rows - 1
  const width = layout.columns - 4
  const left = cutSpans(help ? helpSpans(width, watching) : keySpans(keys, watching), width)
  const right = help ? [] : countSpans(counts)
  const rightWidth = widthOf(right)
  const fits = rightWidth > 0 && widthOf(left) + rightWidth + 1 <= width
  return (
    <>
      <Overlay x={2} y={y} width={widthOf(left)} spans={left} />
      {fits && <Overlay x={layout.columns - 2 - rightWidth} y={y} width={rightWidth} spans={right} />}
    </>
  )
}

function keySpans(keys: boolean, watching: boolean): Span[] {
  const end = watching ? 'leave' : 'stop'
  if (!keys) return [span(' Ctrl-C', 'value'), span(` ${end} `, 'label')]
  return [span(' q', 'value'), span(` ${end}  `, 'label'), span('?', 'value'), span(' help ', 'label')]
}

/** In fewer words where the terminal is narrow: the way back must be in sight. */
function helpSpans(width: number, watching: boolean): Span[] {
  if (watching) return watchHelpSpans(width)
  const help = (stop: string, kill: string, leave: string): Span[] => [
    span(' q', 'value'),
    span(` ${stop}  `, 'label'),
    span('K', 'value'),
    span(` ${kill}  `, 'label'),
    span('Ctrl-C', 'value'),
    span(` again: ${leave}  `, 'label'),
  ]
  const redraw = [span('Ctrl-L', 'value'), span(' redraw  ', 'label')]
  const back = [span('?/Esc', 'value'), span(' back ', 'label')]
  const whole = [...help('stop and sum up', 'kill switch', 'leave at once'), ...redraw, ...back]
  const short = help('stop', 'kill', 'leave')
  return [whole, [...short, ...redraw, ...back]].find((spans) => widthOf(spans) <= width) ?? [...short, ...back]
}

function watchHelpSpans(width: number): Span[] {
  const help = (leave: string): Span[] => [
    span(' q', 'value'),
    span(` ${leave}  `, 'label'),
    span('Ctrl-L', 'value'),
    span(' redraw  ', 'label'),
    span('?/Esc', 'value'),
    span(' back ', 'label'),
  ]
  const whole = help('leave, the session goes on')
  return widthOf(whole) <= width ? whole : help('leave')
}

function countSpans(counts: CountsModel): Span[] {
  const entry = (name: string, count: number): Span[] => [span(` ${name} `, 'label'), span(formatCount(count))]
  return [...entry('ticks', counts.ticks), ...entry('facts', counts.facts), ...entry('commits', counts.commits), span(' ')]
}
