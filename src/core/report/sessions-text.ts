// The list of sessions as people read it. Text only.

import { haltWords } from '../halt-reasons.ts'
import { countText, durationText, oneLine, plural, signedText, table, timeText, wrap } from './format.ts'
import type { SessionLine, SessionsView } from './sessions.ts'

const UNKNOWN = '-'
const GAP = 2
/** Less of how a session ended says nothing. */
const LEAST_END = 12

/**
 * A table, newest first, a line a session; where not all are shown, a line below says so. Into a `width` it is made to fit: columns that
 * are wanted least go, and the end is cut with a `…`. Without a width, as on a pipe, nothing is cut, and the columns are always the same.
 */
export function renderSessions(view: SessionsView, options: { readonly width?: number | undefined } = {}): string {
  if (view.sessions.length === 0) return 'This store holds no session yet: run one with `dita run`.'
  const width = options.width ?? Number.POSITIVE_INFINITY
  const left = view.count - view.sessions.length
  const more = left > 0 ? [`and ${plural(left, 'earlier session')}; see --limit`] : []
  const below = [...view.sessions.flatMap(troubleLines), ...view.sessions.flatMap(betweenLines)]
  return [...tableOf(view.sessions, options.width), ...more, ...below.flatMap((line) => wrap(line, width, '  '))].join('\n')
}

interface Column {
  readonly name: string
  readonly text: (line: SessionLine) => string
  readonly isFigure?: boolean
}

/** Those beyond the first set are for terminals with room; where there is too little, columns go from the end of `LEAST_WANTED` first. */
const WHENEVER = ['session', 'mode', 'market', 'ran', 'fills', 'net', 'ended'] as const
const WITH_ROOM = ['session', 'started (UTC)', 'mode', 'strategy', 'market', 'ran', 'fills', 'net', 'ended'] as const
type ColumnName = (typeof WITH_ROOM)[number]
const LEAST_WANTED = ['fills', 'market', 'mode', 'ran', 'net'] as const

function tableOf(sessions: readonly SessionLine[], width: number | undefined): string[] {
  const columns = columnsOf(sessions)
  const linesOf = (names: readonly ColumnName[]): string[] => {
    const shown = names.map((name) => columns[name])
    const rows = sessions.map((line) => shown.map(({ text }) => text(line)))
    const figures = shown.flatMap(({ isFigure }, place) => (isFigure === true ? [place] : []))
    return table([shown.map(({ name }) => name), ...rows], figures)
  }
  if (width === undefined) return linesOf(WHENEVER)
  const fits = (lines: readonly string[], most: number): boolean => lines.every((line) => line.length <= most)
  const wide = linesOf(WITH_ROOM)
  if (fits(wide, width)) return wide
  let names: readonly ColumnName[] = WHENEVER
  for (const name of LEAST_WANTED) {
    // What stands before the end has to fit; the end itself may be cut.
    const before = linesOf(names.filter((each) => each !== 'ended'))
    if (fits(before, width - GAP - LEAST_END)) break
    names = names.filter((each) => each !== name)
  }
  return linesOf(names).map((line) => (line.length <= width ? line : `${line.slice(0, width - 1).trimEnd()}…`))
}

/** The asset stands in the head where it is the same for all, and else behind each amount. */
function columnsOf(sessions: readonly SessionLine[]): Readonly<Record<ColumnName, Column>> {
  const assets = new Set(sessions.map(({ pnl }) => pnl.asset))
  const [asset = ''] = assets.size === 1 ? assets : []
  return {
    session: { name: 'session', text: ({ sessionId }) => sessionId },
    'started (UTC)': {
      name: 'started (UTC)',
      text: ({ startedWallUs, startedAtUs }) => timeText(startedWallUs ?? startedAtUs).slice(0, 16),
    },
    mode: { name: 'mode', text: ({ mode }) => mode },
    strategy: { name: 'strategy', text: ({ strategy }) => oneLine(strategy) },
    market: { name: 'market', text: ({ instrument }) => oneLine(instrument) },
    ran: { name: 'ran', text: ({ ranUs }) => durationText(ranUs), isFigure: true },
    fills: { name: 'fills', text: ({ fills }) => (fills === null ? UNKNOWN : countText(fills)), isFigure: true },
    net: {
      name: `net ${asset}`.trim(),
      text: ({ pnl }) => `${pnl.net === null ? UNKNOWN : signedText(pnl.net, 4)}${asset === '' ? ` ${pnl.asset}` : ''}`,
      isFigure: true,
    },
    ended: { name: 'ended', text: endText },
  }
}

/** So that nobody looks for them in the sessions. */
function betweenLines({ sessionId, fillsAfter }: SessionLine): string[] {
  if (fillsAfter === 0) return []
  return [
    `${plural(fillsAfter, 'fill')} booked after ${sessionId} and before the next session, in the figures of neither; the next one's summary has the money`,
  ]
}

function troubleLines({ sessionId, trouble }: SessionLine): string[] {
  return trouble === null ? [] : [`${sessionId} CANNOT BE READ: ${oneLine(trouble)}`]
}

/** The reason, and all there is to say of it: that it failed is in the word, and with another a line would not fit 80 columns. */
const CRASHED = 'crashed'

/** An end that was meant needs no other word: the column says that it ended. */
function endText({ haltReason, haltDetail, running, trouble }: SessionLine): string {
  if (trouble !== null) return 'CANNOT BE READ'
  if (haltReason === null) return running ? 'still running' : CRASHED
  const { word, short } = haltWords(haltReason, haltDetail)
  return word === 'ended' || haltReason === CRASHED ? short : `${word}: ${short}`
}
