// The top of the screen: which session, where it stands in its time, and what runs on what.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { alarmSpans, hasAlarm } from './alarms.ts'
import { formatClock, formatDateTime, formatDuration, formatShare, formatSpeed, progressShare } from './format.ts'
import type { Layout } from './layout.ts'
import { Overlay } from './panel.tsx'
import { haltSpans, phaseSpan, resumableSpans, startSpans, tradingSpans, waitSpans } from './phase.ts'
import { escapeText, truncateStart } from './text.ts'
import { cutSpans, type Span, span, spread, widthOf } from './theme.tsx'
import { clockKind, healthSpans } from './venue-words.ts'

const GAP = span('   ')
const SHORTEST_BAR = 8
/** From this width on the date stands before the time. */
const DATED = 80
const NARROW = 72
/** In less room what runs on what says nothing. */
const LEAST_CONTEXT = 12
const ROOM_FOR_SEED = 100

interface HeaderProps {
  readonly layout: Layout
  readonly model: SessionViewModel
  readonly stopAsked: boolean
  /** The session runs elsewhere: the screen says so, lest anybody believe that its keys halt. */
  readonly watching: boolean
  /** False where the terminal gives none. */
  readonly keys: boolean
}

export function Header({ layout, model, stopAsked, watching, keys }: HeaderProps) {
  const width = layout.columns - 4
  const line = span('─', 'frame')
  const title = [span(' dita ', 'title'), line, ...(watching ? [span(' watching ', 'title'), line] : [])]
  const whole = [...title, span(` ${model.sessionId} `, 'value')]
  const clock = clockSpans(model, layout.columns, width - widthOf(whole) - 1)
  const clockWidth = widthOf(clock)
  const name = cutSpans(whole, width - clockWidth - 1)
  const concerns = alarmSpans(model, width)
  const alarm = hasAlarm(model) ? concerns : []
  const contextRow = alarm.length > 0 ? 3 : 2
  const context = alarm.length > 0 ? contextSpans(model, width) : warnedContext(concerns, model, width)
  const bottom = layout.header.height - 1
  return (
    <>
      <Overlay x={2} y={0} width={widthOf(name)} spans={name} />
      <Overlay x={layout.columns - 2 - clockWidth} y={0} width={clockWidth} spans={clock} />
      <Overlay x={2} y={1} width={width} spans={progressSpans(model, { stopAsked, keys: keys && !watching, width })} />
      {alarm.length > 0 && <Overlay x={2} y={2} width={width} spans={alarm} />}
      {contextRow < bottom && <Overlay x={2} y={contextRow} width={width} spans={context} />}
    </>
  )
}

/** In which time the session lives, where it is not the world's, in as many words as leave the session's name whole. */
function clockSpans(model: SessionViewModel, columns: number, room: number): Span[] {
  const kind = clockKind(model)
  const clock = formatClock(model.nowUs)
  const dated = columns >= DATED ? [formatDateTime(model.nowUs)] : []
  const wordings =
    kind === null
      ? [...dated, clock].map((time) => `${time} UTC`)
      : [
          ...dated.map((time) => `${time} UTC, ${kind.word}`),
          `${clock} UTC, ${kind.word}`,
          `${clock} ${kind.word}`,
          `${clock} ${kind.short}`,
        ]
  const spans = wordings.map((words) => [span(` ${words} `, 'value')])
  return spans.find((words) => widthOf(words) <= room) ?? spans.at(-1) ?? []
}

interface ProgressPlace {
  readonly stopAsked: boolean
  /** Whether keys move this session. */
  readonly keys: boolean
  readonly width: number
}

function progressSpans(model: SessionViewModel, { stopAsked, keys, width }: ProgressPlace): Span[] {
  const share = progressShare(model.elapsedUs, model.durationUs)
  const elapsed = span(formatDuration(model.elapsedUs), 'value')
  const total = share === null ? [] : [span(' of ', 'label'), span(formatDuration(model.durationUs), 'value')]
  const percent = share === null ? [] : [span(formatShare(share).padStart(5), 'value'), GAP]
  const right = [...percent, elapsed, ...total]
  const halt = haltSpans(model)
  const phase = [phaseSpan(model, stopAsked), GAP]
  const resumable = keys ? resumableSpans(model) : []
  const hasRoom = widthOf([...phase, ...resumable, GAP, ...right]) + SHORTEST_BAR < width
  const trading = hasRoom && resumable.length > 0 ? resumable : tradingSpans(model)
  const waits = waitSpans(model, stopAsked, width - widthOf(phase))
  const left = [...phase, ...[startSpans(model), trading, waits].flatMap((spans) => (spans.length > 0 ? [...spans, GAP] : [])), ...halt]
  // What it waits for is worth more than how far it came.
  if (waits.length > 0) return spread(left, [right, [elapsed]].find((end) => widthOf([...left, ...end]) < width) ?? [], width)
  if (share === null || halt.length > 0) return spread(left, right, width)
  const room = width - widthOf(left) - widthOf(right) - 1
  return spread(room < SHORTEST_BAR ? left : [...left, ...barSpans(share, room)], right, width)
}

/** A bar of exactly `width` columns. */
function barSpans(share: number, width: number): Span[] {
  const done = Math.min(width, Math.max(0, Math.floor(share * width + 1e-9)))
  return [span('█'.repeat(done), 'bar'), span('░'.repeat(width - done), 'track')]
}

/** Warnings alone stand before what runs on what, and as much of it as is left room. */
function warnedContext(warnings: readonly Span[], model: SessionViewModel, width: number): Span[] {
  if (warnings.length === 0) return contextSpans(model, width)
  const room = width - widthOf(warnings) - widthOf([GAP])
  return [...warnings, GAP, ...(room < LEAST_CONTEXT ? [] : cutSpans(contextSpans(model, Math.max(room, NARROW)), room))]
}

/** Instrument, strategy and venue first; then how the venue in the world answers, or the feed, which may be a long path. */
function contextSpans(model: SessionViewModel, width: number): Span[] {
  const narrow = width < NARROW
  const gap = span(narrow ? '  ' : '   ')
  const venue = model.venue === model.mode ? model.mode : `${model.mode} ${model.venue}`
  const start = [
    span(model.instrument, 'value'),
    span(` ${model.instrumentKind}`),
    gap,
    span(model.strategy, 'value'),
    gap,
    span(venue, model.mode === 'live' ? 'warning' : 'value'),
    gap,
  ]
  if (model.venueHealth !== null) return spread(start, healthSpans(model.venueHealth, width - widthOf(start)), width)
  if (!narrow) start.push(span('feed ', 'label'))
  const speed = span(narrow && model.speed !== 'max' ? `${model.speed}×` : formatSpeed(model.speed), 'value')
  const seed = width < ROOM_FOR_SEED ? [] : [gap, span('seed ', 'label'), span(String(model.seed), 'value')]
  const room = width - widthOf(start) - widthOf([speed, ...seed]) - widthOf([gap])
  return spread([...start, span(truncateStart(escapeText(model.feedSource), room), 'value')], [speed, ...seed], width)
}
