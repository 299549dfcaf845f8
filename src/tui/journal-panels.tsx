// The journal and the venue: commits, the WAL and its checkpoints, how the venue answers, and the orders of which nobody knows how they
// stand there, with the evidence.

import type { CallModel, DoubtModel, SessionViewModel, StoreModel } from '../core/session/view-model.ts'
import { doubtText } from './alarms.ts'
import { EntriesPanel, type Entry } from './entries-panel.tsx'
import { countOf, formatBytes, formatClock, formatCount, formatMs } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { furthestParagraph, inSight, type Paragraphs, wrapText } from './paragraphs.ts'
import { type ListPlace, markOf, sliceOf, whichOf } from './scroll.ts'
import { type Column, tableLines } from './table.ts'
import { type Span, span } from './theme.tsx'
import { callsWordings, errorsWordings, latencyWordings, offsetWordings, recoveryWordings, STATE_TONES } from './venue-words.ts'

interface ModelPanelProps {
  readonly rect: Rect
  readonly model: SessionViewModel
}

export function StorePanel({ rect, model: { counts, store } }: ModelPanelProps) {
  const entries: readonly Entry[] = [
    ['facts', formatCount(counts.facts)],
    ['commits', formatCount(counts.commits)],
    ...(store === null ? [] : storeEntries(store)),
    ['ticks', formatCount(counts.ticks)],
  ]
  return <EntriesPanel rect={rect} title="journal" entries={entries} />
}

function storeEntries(store: StoreModel): Entry[] {
  const { walBytes, checkpoints, checkpointsFailed, lastCheckpoint } = store
  const failed = checkpointsFailed === 0 ? '' : `, ${formatCount(checkpointsFailed)} failed`
  return [
    ['a commit', paceText(store.commitMedianMs, store.commitSlowestMs)],
    ['a tick', paceText(store.tickMedianMs, store.tickSlowestMs)],
    ['WAL', walBytes === null ? 'unknown' : formatBytes(walBytes)],
    ['checkpoints', `${formatCount(checkpoints)} done${failed}`, checkpointsFailed === 0 ? 'value' : 'warning'],
    lastCheckpoint === null ? ['the last', 'none yet'] : lastCheckpointEntry(lastCheckpoint),
  ]
}

function lastCheckpointEntry({ wallUs, isComplete, elapsedMs, error }: NonNullable<StoreModel['lastCheckpoint']>): Entry {
  if (error !== null) return ['the last', `failed at ${formatClock(wallUs)}: ${error}`, 'alarm']
  return ['the last', `${formatClock(wallUs)}, ${formatMs(elapsedMs)}${isComplete ? '' : ', in part'}`]
}

/** The median and the slowest: `1.2, max 18.4 ms`. */
function paceText(medianMs: number | null, slowestMs: number | null): string {
  if (medianMs === null) return 'not measured yet'
  return slowestMs === null ? formatMs(medianMs) : `${formatMs(medianMs).replace(/ ms$/, '')}, max ${formatMs(slowestMs)}`
}

export function VenuePanel({ rect, model }: ModelPanelProps) {
  const { venueHealth: health, venueAddress, recovery, feed, counts, venue, mode } = model
  const world: readonly Entry[] =
    health === null
      ? [['answers', ['in this process', 'at once']]]
      : [
          ['state', health.state, STATE_TONES[health.state]],
          ...(venueAddress === null ? [] : [['address', addressWordings(venueAddress)] as const]),
          ['latency', latencyWordings(health)],
          ['clock', offsetWordings(health)],
          ['calls', callsWordings(health)],
          ['errors', errorsWordings(health), health.errors.length === 0 ? 'value' : 'warning'],
        ]
  const trouble = counts.gaps + counts.badLines > 0
  const entries: readonly Entry[] = [
    ...world,
    ...(feed === null ? [] : [['book', feedAgeWordings(feed), feed.isStale ? 'alarm' : 'value'] as const]),
    ['feed', feedWordings(counts), trouble ? 'warning' : 'value'],
    ...(recovery === null ? [] : [['recovery', recoveryWordings(recovery)] as const]),
  ]
  return <EntriesPanel rect={rect} title={venue === mode ? `venue ${venue}` : `venue ${venue}, ${mode}`} entries={entries} />
}

/** The port tells two rehearsals on one host apart. */
function addressWordings(address: string): readonly string[] {
  return [address, address.slice(Math.max(0, address.lastIndexOf(':')))]
}

function feedAgeWordings({ silentUs, limitUs, isStale }: NonNullable<SessionViewModel['feed']>): readonly string[] {
  const age = `${isStale ? 'STALE, ' : ''}${(silentUs / 1_000_000).toFixed(1)} s`
  return limitUs === 0 ? [`${age} old`, age] : [`${age} old of ${Math.round(limitUs / 1_000_000)} s`, `${age} old`, age]
}

/** What is wrong with it outlasts what is only many. */
function feedWordings({ events, gaps, badLines }: SessionViewModel['counts']): readonly string[] {
  const trouble = `${countOf(gaps, 'gap')}, ${badLines} bad`
  const worst = badLines > 0 ? `${badLines} bad` : countOf(gaps, 'gap')
  return [`${countOf(events, 'event')}, ${trouble}`, trouble, worst]
}

const CALL_COLUMNS: readonly Column[] = [
  { title: 'call', kind: 'fill', min: 16, rank: 0 },
  { title: 'outcome', kind: 'text', min: 7, rank: 0 },
  { title: 'count', kind: 'number', min: 6, rank: 0 },
  { title: 'median', kind: 'number', min: 8, rank: 1 },
  { title: 'slowest', kind: 'number', min: 8, rank: 2 },
  { title: '', kind: 'text', min: 0, rank: 3 },
]

interface CallsPanelProps {
  readonly rect: Rect
  readonly calls: readonly CallModel[]
  readonly place: ListPlace
}

export function CallsPanel({ rect, calls, place }: CallsPanelProps) {
  const { width, rows } = insideOf(rect)
  const { items, which, mark } = sliceOf(calls, rows - 1, place)
  const cells = items.map(({ endpoint, outcome, means, count, medianMs, slowestMs }) => [
    span(endpoint),
    span(outcome, outcome === 'ok' ? 'good' : 'warning'),
    span(formatCount(count), 'value'),
    span(medianMs === null ? '—' : formatMs(medianMs)),
    span(slowestMs === null ? '—' : formatMs(slowestMs), 'label'),
    span(means ?? '', 'label'),
  ])
  const lines =
    calls.length === 0
      ? [[span('no call leaves this process', 'label')]]
      : tableLines({ columns: CALL_COLUMNS, rows: cells, width, titles: true })
  return <Panel rect={rect} title={`${mark}calls${which}`} lines={lines} />
}

const STATUS = {
  in_doubt: '!! in doubt',
  quarantined: '!! quarantined',
  cancel: '!! cancel in doubt',
} as const satisfies Record<DoubtModel['status'], string>
const INDENT = 3

interface DoubtsPanelProps {
  readonly rect: Rect
  readonly doubts: readonly DoubtModel[]
  readonly place: ListPlace
}

/** Each as what it is, and under that all that is known of it. */
export function DoubtsPanel({ rect, doubts, place }: DoubtsPanelProps) {
  const { width, rows } = insideOf(rect)
  const paragraphs = doubtParagraphs(doubts, width)
  const from = Math.min(place.scroll ?? 0, furthestParagraph(paragraphs, rows))
  const items = doubts.slice(from, from + inSight(paragraphs, from, rows))
  const lines: Span[][] = items.flatMap((doubt) => [
    ...headLines(doubt, width).map((text, row) =>
      row === 0
        ? [span(STATUS[doubt.status], 'alarm'), span(text.slice(STATUS[doubt.status].length), 'value')]
        : [span(' '.repeat(INDENT)), span(text, 'value')],
    ),
    ...evidenceLines(doubt, width).map((text) => [span(' '.repeat(INDENT)), span(text, 'label')]),
  ])
  const title = `${markOf(place)}in doubt${whichOf({ from, shown: items.length, listed: doubts.length }, place)}`
  return <Panel rect={rect} title={title} lines={doubts.length === 0 ? [[span('every order is known', 'good')]] : lines} />
}

function headLines(doubt: DoubtModel, width: number): string[] {
  return wrapText(`${STATUS[doubt.status]}  ${doubtText(doubt)}`, width - INDENT)
}

function evidenceLines({ evidence, lastWords }: DoubtModel, width: number): string[] {
  return wrapText(evidence ?? lastWords ?? 'nothing was heard of it yet', width - INDENT)
}

export function doubtParagraphs(doubts: readonly DoubtModel[], width: number): Paragraphs {
  const heightOf = (index: number): number => {
    const doubt = doubts[index]
    return doubt === undefined ? 0 : headLines(doubt, width).length + evidenceLines(doubt, width).length
  }
  return { count: doubts.length, heightOf }
}
