// The risk gates of a session: each looks at one figure after a tick and may ask for a halt, with value and limit.

import { exposureReason, type Halt } from '../halt-reasons.ts'
import { abs, add, type Decimal, formatDecimal, mul, neg, sub, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import type { PositionView, StateView } from '../kernel/views.ts'

/**
 * What the account had made, paid and open when the session began: a session answers for its own result only. What is open
 * is valued at the first mark the session sees; what the price did before is not its doing.
 */
export interface Baseline {
  readonly realized: Decimal
  readonly fees: Decimal
  readonly unrealized: Decimal
}

export function baselineOf(state: StateView, { symbol, quote }: Instrument): Baseline {
  const position = state.positions.get(symbol)
  return {
    realized: position?.realizedPnl ?? ZERO,
    fees: state.balances.get(`fees|${quote}`) ?? ZERO,
    unrealized: position === undefined ? ZERO : (unrealizedOf(position) ?? ZERO),
  }
}

/** What closing at its mark would bring: nothing for a flat position, unknown for an open one that has no mark. */
export function unrealizedOf(position: PositionView): Decimal | null {
  if (position.quantity === ZERO) return ZERO
  return position.mark === null ? null : unrealizedPnl(position, position.mark)
}

/** The session's loss so far, fees and open positions included, below zero for a gain; null while nothing can be valued. */
export function lossOf(state: StateView, instrument: Instrument, { realized, fees, unrealized }: Baseline): Decimal | null {
  const result = resultOf(state, instrument)
  return result === null ? null : neg(sub(result, sub(add(realized, unrealized), fees)))
}

/** Realised + unrealised − fees in the quote asset, over the account's life; null while there is no mark to value at. */
function resultOf(state: StateView, instrument: Instrument): Decimal | null {
  const position = state.positions.get(instrument.symbol)
  if (position === undefined) return ZERO
  const unrealized = unrealizedOf(position)
  const fees = state.balances.get(`fees|${instrument.quote}`) ?? ZERO
  return unrealized === null ? null : sub(add(position.realizedPnl, unrealized), fees)
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
  const loss = lossOf(state, instrument, baseline)
  if (limits.maxSessionLoss > ZERO && loss !== null && loss >= limits.maxSessionLoss) {
    return halt('risk_loss_limit', 'loss', loss, limits.maxSessionLoss, instrument)
  }
  return null
}

function halt(reason: Halt['reason'], name: string, seen: Decimal, allowed: Decimal, { quote }: Instrument): Halt {
  const figures = { value: formatDecimal(seen), limit: formatDecimal(allowed) }
  return { reason, detail: `${name} ${figures.value} ${quote}, limit ${figures.limit} ${quote}`, figures }
}
