// Where there is room for it: what the session is and has done, as a list.

import type { SessionViewModel, VenueHealthModel } from '../core/session/view-model.ts'
import { EntriesPanel, type Entry } from './entries-panel.tsx'
import { formatCount, formatDateTime, formatSpeed } from './format.ts'
import type { Rect } from './layout.ts'
import { callsWordings, clockKind, errorsWordings, feedText, latencyWordings, offsetWordings, recoveryWordings } from './venue-words.ts'

interface SessionPanelProps {
  readonly rect: Rect
  readonly model: SessionViewModel
}

export function SessionPanel({ rect, model }: SessionPanelProps) {
  const { counts, venueHealth } = model
  const entries: readonly Entry[] = [
    ['started', startedWordings(model)],
    ['account', model.account],
    ['venue', `${model.venue}, ${model.mode}${model.venueAddress === null ? '' : ` at ${model.venueAddress}`}`],
    ['strategy', model.strategy],
    ...(venueHealth === null ? rehearsedEntries(model) : worldEntries(model, venueHealth)),
    ['orders', `${formatCount(counts.ordersSent)} sent, ${formatCount(counts.denials)} denied`],
    ['facts', formatCount(counts.facts)],
    ['commits', formatCount(counts.commits)],
  ]
  return <EntriesPanel rect={rect} title="session" entries={entries} />
}

function startedWordings(model: SessionViewModel): readonly string[] {
  const kind = clockKind(model)
  const started = `${formatDateTime(model.startedAtUs)} UTC`
  return kind === null ? [started] : [`${started}, ${kind.word}`, started]
}

function rehearsedEntries({ feedSource, speed, seed, counts }: SessionViewModel): Entry[] {
  return [
    ['feed', feedSource],
    ['speed', formatSpeed(speed)],
    ['seed', String(seed)],
    ['ticks', formatCount(counts.ticks)],
  ]
}

/** The most telling first: on a low screen the last ones are left out. */
function worldEntries(model: SessionViewModel, health: VenueHealthModel): Entry[] {
  return [
    ['feed', feedText(model)],
    ['answers', latencyWordings(health).map((words) => `${health.state}, ${words}`)],
    ['clock', offsetWordings(health)],
    ['calls', callsWordings(health)],
    ['errors', errorsWordings(health)],
    ...(model.recovery === null ? [] : [['recovery', recoveryWordings(model.recovery)] as const]),
  ]
}
