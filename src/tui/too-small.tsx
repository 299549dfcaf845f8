// What a terminal too small for the screen shows instead: one line with the essentials.

import type { SessionViewModel } from '../core/session/view-model.ts'
import { formatShare, progressShare, withSign } from './format.ts'
import { SMALLEST } from './layout.ts'
import { haltSpans, phaseSpan } from './phase.ts'
import { Line, type Span, span } from './theme.tsx'

interface TooSmallProps {
  readonly columns: number
  readonly model: SessionViewModel | null
  readonly stopAsked: boolean
}

export function TooSmall({ columns, model, stopAsked }: TooSmallProps) {
  return (
    <Line
      spans={[
        span(columns < SMALLEST.columns ? 'too small' : 'terminal too small'),
        ...(model === null ? [] : essentials(model, stopAsked)),
      ]}
      width={columns}
    />
  )
}

function essentials(model: SessionViewModel, stopAsked: boolean): Span[] {
  const share = progressShare(model.elapsedUs, model.durationUs)
  const net = model.pnl.net === null ? '—' : withSign(model.pnl.net)
  return [
    span(' '),
    phaseSpan(model.phase, stopAsked),
    ...haltSpans({ ...model, haltDetail: null }).flatMap((reason) => [span(' '), reason]),
    span(share === null ? '' : ` ${formatShare(share)}`),
    span(` net ${net}`),
    span(` ${model.instrument} ${withSign(model.position.quantity)}`),
  ]
}
