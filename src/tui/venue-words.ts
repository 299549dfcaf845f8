// How the health of a venue in the world reads: in the header, in the session's panel and in plain lines. Owns no layout.

import type { SessionViewModel, VenueHealthModel } from '../core/session/view-model.ts'
import { countOf, formatCount, formatSpeed, withSign } from './format.ts'
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

/** The same for a panel, in fewer words where it is narrow. */
export function latencyWordings(health: VenueHealthModel): readonly string[] {
  const { latencyMedianMs: median, latencySlowestMs: slowest } = health
  const whole = latencyText(health)
  if (median === null) return [whole, 'none yet']
  return slowest === null ? [whole] : [whole, `${median}, max ${slowest} ms`, `${median} ms`]
}

/** `+12 ms against ours`. */
export function offsetText({ clockOffsetMs }: VenueHealthModel): string {
  return clockOffsetMs === null ? 'not measured' : `${withSign(String(clockOffsetMs))} ms against ours`
}

export function offsetWordings(health: VenueHealthModel): readonly string[] {
  const whole = offsetText(health)
  return [whole, whole.replace(' against ours', '')]
}

/** `1,234, 3 of 64 waiting, room for 95 orders now`, and what is said of it in less room. */
export function callsWordings({ calls, queued, queueLimit, budget }: VenueHealthModel): readonly string[] {
  const room = budget === null ? '' : `, room for ${countOf(budget, 'order')}`
  const [made, few] = [formatCount(calls), `${formatCount(queued)} waiting`]
  const whole = `${made}, ${formatCount(queued)} of ${formatCount(queueLimit)} waiting`
  return [`${whole}${room}${room === '' ? '' : ' now'}`, `${made}, ${few}${room}`, whole, `${made}, ${few}`, queued === 0 ? made : few]
}

/** `TIMEOUT ×3 (no answer in time), 80014 ×1`, then without the meanings, then as many of the codes as fit and how many more there are. */
export function errorsWordings({ errors }: VenueHealthModel): readonly string[] {
  if (errors.length === 0) return ['none']
  const codes = errors.map(({ code, count }) => `${code} ×${formatCount(count)}`)
  const meant = errors.map(({ means }, place) => `${codes[place]}${means === null ? '' : ` (${means})`}`)
  const some = codes.map((_, left) => (left === 0 ? codes.join(', ') : `${codes.slice(0, -left).join(', ')}, ${left} more`))
  return [meant.join(', '), [...meant.slice(0, 1), ...codes.slice(1)].join(', '), ...some]
}

export function recoveryText({ found, done, remaining }: NonNullable<SessionViewModel['recovery']>): string {
  if (found === 0) return 'our books and the venue agree'
  return `${found} found, ${done} ${done === 1 ? 'step' : 'steps'} taken, ${remaining} left`
}

/** Whose time a rehearsed session lives in, that of its market; null in the world, where it is everybody's. */
export function clockKind({ venueHealth, feedSource }: Pick<SessionViewModel, 'venueHealth' | 'feedSource'>): ClockKind | null {
  if (venueHealth !== null) return null
  return feedSource === 'simulated' ? { word: 'simulated', short: 'sim' } : { word: 'recorded', short: 'rec' }
}

interface ClockKind {
  readonly word: string
  /** Where there is no room for the word. */
  readonly short: string
}

/** The same for a panel: where it is narrow, how much is left to do. */
export function recoveryWordings(recovery: NonNullable<SessionViewModel['recovery']>): readonly string[] {
  const { found, remaining } = recovery
  return [recoveryText(recovery), ...(found === 0 ? ['both agree'] : [`${found} found, ${remaining} left`]), `${remaining} left`]
}

/** Where the market comes from. What happens now in the world has neither a seed nor a speed of our choosing. */
export function feedText({ feedSource, instrument, speed, seed, venueHealth }: SessionViewModel): string {
  return venueHealth === null ? `${feedSource}, ${formatSpeed(speed)}, seed ${seed}` : `${feedSource} ${instrument} (live)`
}
