// Exposure against limits, as gauges. The mark after the share says what the colour says.

import type { LimitModel } from '../core/session/view-model.ts'
import { NEAR_SHARE } from './alarms.ts'
import { formatShare, spaced } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { type Cell, type Column, tableLines } from './table.ts'
import { displayWidth, escapeText } from './text.ts'
import { type Span, span } from './theme.tsx'

const ALARM_SHARE = 1
const ROOM_FOR_GAPS = 40
const LONGEST_NAME = 24

/** A name is worth more than the values and the gauge: those are left out before one is cut. */
function columnsFor(limits: readonly LimitModel[]): readonly Column[] {
  const longestName = limits.reduce((longest, { name }) => Math.max(longest, displayWidth(escapeText(spaced(name)))), 0)
  return [
    { title: '', kind: 'fill', min: Math.min(longestName, LONGEST_NAME), rank: 0 },
    { title: '', kind: 'text', min: 0, rank: 1 },
    { title: '', kind: 'number', min: 8, rank: 0 },
    { title: '', kind: 'number', min: 0, rank: 3 },
    { title: '', kind: 'text', min: 0, rank: 2 },
  ]
}

interface LimitsPanelProps {
  readonly rect: Rect
  readonly limits: readonly LimitModel[]
}

export function LimitsPanel({ rect, limits }: LimitsPanelProps) {
  const { width, rows } = insideOf(rect)
  const shown = worstOf(limits, rows)
  const gauge = Math.min(16, Math.max(4, Math.floor(width / 5) - 2))
  const lines: Span[][] =
    limits.length === 0
      ? [[span('no limits', 'label')]]
      : tableLines({
          columns: columnsFor(shown),
          rows: shown.map((limit) => limitRow(limit, gauge)),
          width,
          titles: false,
          widestGap: width < ROOM_FOR_GAPS ? 1 : 2,
        })
  const title = shown.length < limits.length ? `limits ${shown.length} of ${limits.length}` : 'limits'
  return <Panel rect={rect} title={title} lines={lines} />
}

function limitRow({ name, value, limit, share }: LimitModel, width: number): Cell[] {
  const done = Math.min(width, Math.max(0, Math.round((Number.isFinite(share) ? share : 1) * width)))
  const gauge = span('█'.repeat(done) + '░'.repeat(width - done), 'bar')
  return [span(spaced(name)), gauge, shareSpan(share), span(value), span(`/${limit}`, 'label')]
}

function shareSpan(share: number): Span {
  if (share < NEAR_SHARE) return span(`${formatShare(share)}   `, 'value')
  return share < ALARM_SHARE ? span(`${formatShare(share)} ! `, 'warning') : span(`${formatShare(share)} !!`, 'alarm')
}

/** As many as fit: those nearest to their limit, of equals those that halt, in the order in which they came. */
function worstOf(limits: readonly LimitModel[], rows: number): readonly LimitModel[] {
  if (limits.length <= rows) return limits
  const worst = new Set(
    limits
      .slice()
      .sort((a, b) => (a.share === b.share ? Number(b.halts === true) - Number(a.halts === true) : nearness(b) - nearness(a)))
      .slice(0, rows),
  )
  return limits.filter((limit) => worst.has(limit))
}

/** Of what cannot be compared, the worst is assumed. */
function nearness({ share }: LimitModel): number {
  return Number.isFinite(share) ? share : Number.MAX_VALUE
}
