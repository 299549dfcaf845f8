// How the health of a venue in the world reads: in the header, in the session's panel and in plain lines. Owns no layout.

import type { SessionViewModel, VenueHealthModel } from '../core/session/view-model.ts'
import { formatCount, formatSpeed, withSign } from './format.ts'
import { type Span, span, type Tone, widthOf } from './theme.tsx'

export const STATE_TONES = { ok: 'good', limited: 'warning', unreachable: 'alarm' } as const satisfies Record<
  VenueHealthModel['state'],
  Tone
>

/** The state, how long an answer takes, how far the two clocks are apart and what waits: whole parts, as many as fit, the state always. */
export function healthSpans({ state, latencyMedianMs, clockOffsetMs, queued }: VenueHealthModel, width: number): Span[] {
  const latency = latencyMedianMs === null ? [] : [span(' '), span(`${latencyMedianMs} ms`, 'value')]
  const offset = clockOffsetMs === null ? [] : [span('  clock ', 'label'), span(`${withSign(String(clockOffsetMs))} ms`, 'value')]
  const waiting = queued === 0 ? [] : [span('  waiting ', 'label'), span(formatCount(queued), 'value')]
  const spans = [span(state, STATE_TONES[state])]
  for (const part of [latency, offset, waiting]) {
    if (widthOf([...spans, ...part]) > width) break
    spans.push(...part)
  }
  return spans
}

/** `45 ms, slowest 210 ms`. */
export function latencyText({ latencyMedianMs, latencySlowestMs }: VenueHealthModel): string {
  if (latencyMedianMs === null) return 'no call answered yet'
  return `${latencyMedianMs} ms${latencySlowestMs === null ? '' : `, slowest ${latencySlowestMs} ms`}`
}

/** `+12 ms against ours`. */
export function offsetText({ clockOffsetMs }: VenueHealthModel): string {
  return clockOffsetMs === null ? 'not measured' : `${withSign(String(clockOffsetMs))} ms against ours`
}

/** `1,234, 3 of 64 waiting, 95 left`. */
export function callsText({ calls, queued, queueLimit, budget }: VenueHealthModel): string {
  const left = budget === null ? '' : `, ${formatCount(budget)} left`
  return `${formatCount(calls)}, ${formatCount(queued)} of ${formatCount(queueLimit)} waiting${left}`
}

/** `TIMEOUT ×3, 80014 ×1`. */
export function errorsText({ errors }: VenueHealthModel): string {
  return errors.length === 0 ? 'none' : errors.map(({ code, count }) => `${code} ×${formatCount(count)}`).join(', ')
}

export function recoveryText({ found, done, remaining }: NonNullable<SessionViewModel['recovery']>): string {
  if (found === 0) return 'our books and the venue agree'
  return `${found} found, ${done} ${done === 1 ? 'step' : 'steps'} taken, ${remaining} left`
}

/** Where the market comes from. What happens now in the world has neither a seed nor a speed of our choosing. */
export function feedText({ feedSource, instrument, speed, seed, venueHealth }: SessionViewModel): string {
  return venueHealth === null ? `${feedSource}, ${formatSpeed(speed)}, seed ${seed}` : `${feedSource} ${instrument} (live)`
}
