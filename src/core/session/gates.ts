// The risk gates of a session: each looks at one figure after a tick and may ask for a halt, with value and limit.

import { abs, add, type Decimal, formatDecimal, mul, neg, sub, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import type { StateView } from '../kernel/views.ts'
import { exposureReason, type Halt } from './halt-reasons.ts'

/** What the account had made and paid when the session began: a session answers for its own result only. */
export interface Baseline {
  readonly result: Decimal
}

/** Realised + unrealised − fees in the quote asset, over the account's life; null while there is no mark to value at. */
export function resultOf(state: StateView, instrument: Instrument): Decimal | null {
  const position = state.positions.get(instrument.symbol)
  if (position === undefined) return ZERO
  const fees = state.balances.get(`fees|${instrument.quote}`) ?? ZERO
  const settled = sub(position.realizedPnl, fees)
  if (position.quantity === ZERO) return settled
  return position.mark === null ? null : add(settled, unrealizedPnl(position, position.mark))
}

export function exposureOf(state: StateView, instrument: Instrument): Decimal | null {
  const position = state.positions.get(instrument.symbol)
  if (position === undefined || position.quantity === ZERO) return ZERO
  return position.mark === null ? null : mul(abs(position.quantity), position.mark)
}

/** The first gate that speaks, if any. Limits of zero mean "no limit". */
export function checkGates(state: StateView, instrument: Instrument, baseline: Baseline): Halt | null {
  const { limits } = state
  if (limits === null) return null
  const exposure = exposureOf(state, instrument)
  if (limits.maxExposure > ZERO && exposure !== null && exposure > limits.maxExposure) {
    return halt(exposureReason(instrument.base), 'exposure', exposure, limits.maxExposure, instrument)
  }
  const result = resultOf(state, instrument)
  if (limits.maxSessionLoss > ZERO && result !== null) {
    const loss = neg(sub(result, baseline.result))
    if (loss >= limits.maxSessionLoss) return halt('risk_loss_limit', 'loss', loss, limits.maxSessionLoss, instrument)
  }
  return null
}

function halt(reason: Halt['reason'], name: string, seen: Decimal, allowed: Decimal, { quote }: Instrument): Halt {
  const figures = { value: formatDecimal(seen), limit: formatDecimal(allowed) }
  return { reason, detail: `${name} ${figures.value} ${quote}, limit ${figures.limit} ${quote}`, figures }
}
