// The risk gates of a session: each looks at one figure after a tick and may ask for a halt, with value and limit.

import { exposureReason, type Halt } from '../halt-reasons.ts'
import { abs, add, type Decimal, formatDecimal, mul, neg, sub, ZERO } from '../kernel/decimal.ts'
import { type Instrument, type InstrumentKind, notionalOf } from '../kernel/instrument.ts'
import { priceOf, unrealizedPnl } from '../kernel/valuation.ts'
import type { PositionView, StateView } from '../kernel/views.ts'
import type { Fall } from './drawdown-watch.ts'

type Amounts = ReadonlyMap<string, Decimal>

/**
 * What the account had made, paid and open when the session began: a session answers for its own result only. What is open
 * is valued at the first mark the session sees; what the price did before is not its doing.
 */
export interface Baseline {
  /** In the settle asset. */
  readonly realized: Decimal
  readonly unrealized: Decimal
  /** By asset, as the ledger has them: what was paid is above zero. */
  readonly fees: Amounts
  readonly funding: Amounts
}

export function baselineOf(state: StateView, { symbol, kind }: Instrument): Baseline {
  const position = state.positions.get(symbol)
  return {
    realized: position?.realizedPnl ?? ZERO,
    unrealized: position === undefined ? ZERO : (unrealizedOf(position, kind) ?? ZERO),
    fees: balancesOf(state, 'fees'),
    funding: balancesOf(state, 'funding'),
  }
}

/** What closing at its mark would bring, in the settle asset: nothing for a flat position, unknown for an open one without a mark. */
export function unrealizedOf(position: PositionView, kind: InstrumentKind): Decimal | null {
  if (position.quantity === ZERO) return ZERO
  return position.mark === null ? null : unrealizedPnl(position, position.mark, kind)
}

/** What a session made so far, in the instrument's quote; null where there is no mark yet to value it at. */
export interface SessionResult {
  readonly realized: Decimal | null
  /** Of the whole position, what the session found open included. */
  readonly unrealized: Decimal | null
  /** Of it, what came since the baseline. */
  readonly unrealizedChange: Decimal | null
  readonly fees: Decimal
  /** Above zero was received. */
  readonly funding: Decimal
  /** Realised + unrealised since the baseline + funding − fees. */
  readonly net: Decimal | null
}

export function resultOf(state: StateView, instrument: Instrument, baseline: Baseline): SessionResult {
  const position = state.positions.get(instrument.symbol)
  const mark = position?.mark ?? null
  const worthOf = (amount: Decimal, asset: string): Decimal | null => {
    const price = priceOf(asset, instrument, mark, state.assetPrices)
    return amount === ZERO ? ZERO : price === null ? null : mul(amount, price)
  }
  // An asset that has no price is left out: the kernel warns of each fee in one, and a gate that knows most is better than none.
  const paidSince = (now: Amounts, before: Amounts): Decimal =>
    [...now].reduce((sum, [asset, paid]) => add(sum, worthOf(sub(paid, before.get(asset) ?? ZERO), asset) ?? ZERO), ZERO)
  const open = position === undefined ? ZERO : unrealizedOf(position, instrument.kind)
  const realized = worthOf(sub(position?.realizedPnl ?? ZERO, baseline.realized), instrument.settle)
  const unrealized = open === null ? null : worthOf(open, instrument.settle)
  const unrealizedChange = open === null ? null : worthOf(sub(open, baseline.unrealized), instrument.settle)
  const fees = paidSince(balancesOf(state, 'fees'), baseline.fees)
  const funding = neg(paidSince(balancesOf(state, 'funding'), baseline.funding))
  const net = realized === null || unrealizedChange === null ? null : sub(add(add(realized, unrealizedChange), funding), fees)
  return { realized, unrealized, unrealizedChange, fees, funding, net }
}

function balancesOf({ balances }: StateView, account: 'fees' | 'funding'): Amounts {
  const found = new Map<string, Decimal>()
  for (const [key, amount] of balances) if (key.startsWith(`${account}|`)) found.set(key.slice(account.length + 1), amount)
  return found
}

/** The value of what is held, in quote; null where it is not flat and has no mark. Inverse contracts are counted in quote anyway. */
export function exposureOf(state: StateView, { symbol, kind }: Instrument): Decimal | null {
  const position = state.positions.get(symbol)
  if (position === undefined || position.quantity === ZERO) return ZERO
  const quantity = abs(position.quantity)
  if (kind === 'inverse') return quantity
  return position.mark === null ? null : notionalOf(kind, quantity, position.mark)
}

/** What a gate has to say: beyond its limit it is a halt. */
export interface Gate {
  readonly reason: Halt['reason']
  /** What was measured, in words: two gates of one reason have two. */
  readonly name: string
  readonly detail: string
  readonly figures: NonNullable<Halt['figures']>
  /** What a warning says, where it is another than that the gate is near. */
  readonly warning?: string
}

export function gateOf(
  reason: Gate['reason'],
  { name, value, limit, unit }: { readonly name: string; readonly value: string; readonly limit: string; readonly unit: string },
): Gate {
  return { reason, name, detail: `${name} ${value} ${unit}, limit ${limit} ${unit}`, figures: { value, limit } }
}

/** The first gate that speaks, if any. Limits of zero mean "no limit". */
export function checkGates(state: StateView, instrument: Instrument, baseline: Baseline): Halt | null {
  const { limits } = state
  if (limits === null) return null
  const exposure = exposureOf(state, instrument)
  if (limits.maxExposure > ZERO && exposure !== null && exposure > limits.maxExposure) {
    return halt(exposureReason(instrument.base), 'exposure', exposure, limits.maxExposure, instrument)
  }
  const { net } = resultOf(state, instrument, baseline)
  if (limits.maxSessionLoss > ZERO && net !== null && neg(net) >= limits.maxSessionLoss) {
    return halt('risk_loss_limit', 'loss', neg(net), limits.maxSessionLoss, instrument)
  }
  return null
}

/** At the limit itself it speaks. Nothing is known before the first mark. */
export function drawdownGate(fall: Fall | null, limit: Decimal, instrument: Instrument): Halt | null {
  if (fall === null || limit === ZERO || fall.amount < limit) return null
  const { detail, ...rest } = halt('risk_drawdown', 'drawdown', fall.amount, limit, instrument)
  return { ...rest, detail: `${detail}, peak ${formatDecimal(fall.peak)} ${instrument.quote}` }
}

function halt(reason: Halt['reason'], name: string, seen: Decimal, allowed: Decimal, { quote }: Instrument): Halt {
  const { detail, figures } = gateOf(reason, { name, value: formatDecimal(seen), limit: formatDecimal(allowed), unit: quote })
  return { reason, detail, figures }
}
