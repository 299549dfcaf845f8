// What a terminal too small for the screen shows instead: one line with the size it needs, the way out and the essentials.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { shortAlarmSpans } from './alarms.ts'
import { HaltLine } from './boxes.tsx'
import { formatShare, progressShare, withSign } from './format.ts'
import { SMALLEST } from './layout.ts'
import { haltSpans, isStopping, phaseSpan, tradingSpans } from './phase.ts'
import { Line, type Span, span, widthOf } from './theme.tsx'

interface TooSmallProps {
  readonly columns: number
  readonly model: SessionViewModel | null
  readonly stopAsked: boolean
  /** Whether the session is really to be halted. */
  readonly asking?: boolean
  readonly keys: boolean
  readonly watching: boolean
}

export function TooSmall({ columns, model, stopAsked, asking = false, keys, watching }: TooSmallProps) {
  if (asking) return <HaltLine columns={columns} />
  const line: Span[] = [span(columns < SMALLEST.columns ? 'too small' : 'terminal too small')]
  const wayOut = `${keys ? 'q' : 'Ctrl-C'} ${watching ? 'leaves' : 'stops'}`
  for (const part of parts(model, { stopAsked, watching, wayOut })) {
    if (widthOf([...line, ...part]) > columns) break
    line.push(...part)
  }
  return <Line spans={line} width={columns} />
}

interface Situation {
  readonly stopAsked: boolean
  readonly watching: boolean
  readonly wayOut: string
}

/** The most important first; what does not fit is left out with all that follows. */
function parts(model: SessionViewModel | null, { stopAsked, watching, wayOut }: Situation): Span[][] {
  const ends = model?.phase === 'halted' || (!watching && (stopAsked || model?.phase === 'stopping'))
  const size = [span(`: needs ${SMALLEST.columns}×${SMALLEST.rows}`)]
  const alarm = model === null ? [] : shortAlarmSpans(model)
  return [
    ...(alarm.length === 0 ? [] : [[span(' '), ...alarm]]),
    size,
    ...(ends ? [] : [[span(`, ${wayOut}`)]]),
    ...(model === null ? [] : essentials(model, stopAsked, watching)),
  ]
}

function essentials(model: SessionViewModel, stopAsked: boolean, watching: boolean): Span[][] {
  const share = progressShare(model.elapsedUs, model.durationUs)
  const net = model.pnl.net === null ? '—' : withSign(model.pnl.net)
  return [
    [span(' · '), phaseSpan(model, stopAsked)],
    ...(isStopping(model, stopAsked) && !watching ? [[span(', Ctrl-C leaves')]] : []),
    ...tradingSpans(model).map((trading) => [span(' '), trading]),
    ...haltSpans(model)
      .slice(0, 1)
      .map((reason) => [span(' '), reason]),
    [span(share === null ? '' : ` ${formatShare(share)}`)],
    [span(` · net ${net}`)],
    [span(` · ${model.instrument} ${withSign(model.position.quantity)}`)],
  ]
}
