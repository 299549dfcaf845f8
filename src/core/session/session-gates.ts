// All gates of a session at a tick, in one order: the account's first, then the way to the venue. Says who speaks; the loop acts.

import type { Config } from '../config/config.ts'
import { drawdownSinceUs } from '../config/drawdown-since.ts'
import type { Halt } from '../halt-reasons.ts'
import { abs, formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import { CLOSING_STRATEGY } from '../names.ts'
import { isLargeEnough } from '../strategy/order-size.ts'
import type { Venue } from '../venue/port.ts'
import { DrawdownWatch } from './drawdown-watch.ts'
import { type GateLimits, gateLimitsOf } from './gate-limits.ts'
import { type Baseline, checkGates, drawdownGate, type Gate } from './gates.ts'
import { venueGates } from './venue-gates.ts'

export interface SessionGatesParts extends Gating {
  readonly view: StateView
  readonly instrument: Instrument
  readonly baseline: () => Baseline
  /** Asked for its health only where it is in the world. */
  readonly venue: Pick<Venue, 'health'>
}

/** What the gates go by: fed from an account's first fact on. */
export interface Gating {
  readonly limits: GateLimits
  readonly drawdown: DrawdownWatch
  /** A session that only closes lowers what the account's gates are afraid of: they warn, and it goes on. */
  readonly onlyCloses: boolean
}

export function gatingOf({ mode, risk, strategy }: Config): Gating {
  const onlyCloses = strategy.name === CLOSING_STRATEGY
  return { limits: gateLimitsOf(risk, mode), drawdown: new DrawdownWatch(drawdownSinceUs(risk)), onlyCloses }
}

export class SessionGates {
  readonly #parts: SessionGatesParts
  /** Those that have warned, until what they warned of is over. */
  #warned: ReadonlySet<string> = new Set()

  constructor(parts: SessionGatesParts) {
    this.#parts = parts
  }

  /** The first gate that is beyond its limit, and those that came near it since the last look. */
  check(nowUs: number): { readonly halt: Halt | null; readonly warnings: readonly Gate[] } {
    const { view, instrument, baseline, limits, drawdown, onlyCloses, venue } = this.#parts
    const own = checkGates(view, instrument, baseline()) ?? drawdownGate(drawdown.fall, limits.maxDrawdown, instrument)
    if (own !== null && !onlyCloses) return { halt: own, warnings: [] }
    const seen = limits.venue === null ? [] : venueGates(venue.health(), limits.venue, nowUs)
    const beyond = seen.find(({ isBeyond }) => isBeyond)
    if (beyond !== undefined) return { halt: haltOf(beyond), warnings: [] }
    const near = [...seen, ...unwatched(drawdown, limits), ...(own === null ? [] : passedBy(own))]
    const warnings = near.filter(({ name }) => !this.#warned.has(name))
    this.#warned = new Set(near.map(({ name }) => name))
    return { halt: null, warnings }
  }
}

/** A session that was to close all, and left something that the venue would trade: a person has to see to it. */
export function leavesOpen({ positions }: StateView, instrument: Instrument, { onlyCloses }: Gating): boolean {
  const { quantity = ZERO, mark = null } = positions.get(instrument.symbol) ?? {}
  const isTradable = mark === null ? quantity !== ZERO : isLargeEnough(abs(quantity), mark, instrument)
  return onlyCloses && isTradable
}

function passedBy({ reason, detail, figures }: Halt): Gate[] {
  if (figures === undefined) return []
  const warning = `A limit is passed, and a session that only closes goes on: ${detail ?? reason}.`
  return [{ reason, name: reason, detail: detail ?? reason, figures, warning }]
}

/** The gate goes on with what has a price, and says once what it does not see. */
function unwatched({ leftOut }: DrawdownWatch, { maxDrawdown }: GateLimits): Gate[] {
  if (leftOut.length === 0 || maxDrawdown === ZERO) return []
  const assets = leftOut.join(', ')
  const warning = `Nobody has said what ${assets} is worth: the drawdown is watched without it.`
  const figures = { value: assets, limit: formatDecimal(maxDrawdown) }
  return [{ reason: 'risk_drawdown', name: `drawdown without ${assets}`, detail: warning, figures, warning }]
}

export function haltOf({ reason, detail, figures }: Gate): Halt {
  return { reason, detail, figures }
}
