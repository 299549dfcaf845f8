// The port every strategy implements, built in or a user's own. Types only.

import type { Decimal } from '../kernel/decimal.ts'
import type { CancelIntent, ControlIntent, EnterIntent, ExitIntent, ExitResidualIntent, QuoteIntent } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { ControlAction, TradingState } from '../kernel/trading-table.ts'
import type { OrderView, PositionView, SlotView } from '../kernel/views.ts'
import type { MarketView } from '../market/view.ts'

/** What we hold and what we have working. */
export interface PortfolioView {
  readonly position: PositionView
  /** Owned, in the wallet; may include what resting orders hold. */
  balance(asset: string): Decimal
  /** Whether orders pass: `active`; `reducing`, only those that lower the position; `halted`, none. */
  readonly trading: TradingState
  readonly slots: ReadonlyMap<string, SlotView>
  readonly liveOrders: ReadonlyMap<string, OrderView>
}

/** What a strategy sees at a tick, always as it is now: what it wants to remember, it copies. */
export interface StrategyContext {
  readonly market: MarketView
  readonly portfolio: PortfolioView
}

/** What a strategy gets once, at the start. */
export interface StrategySetup {
  readonly instrument: Instrument
  readonly tickIntervalUs: number
  /** `strategy.params` of the config: decimal strings, numbers as they were written, booleans, lists. */
  readonly params: Readonly<Record<string, unknown>>
  readonly decimal: typeof import('../kernel/decimal.ts')
}

/**
 * Takes back all orders but exits, and then: `pause` sends nothing more, `reduce_only` only what lowers the position, and
 * `halt` ends the session in good order, its halt reason `engine_requested_halt`. What a strategy has stopped, it cannot
 * start again: to resume is the operator's.
 */
export interface StrategyControlIntent extends Omit<ControlIntent, 'action'> {
  readonly action: Exclude<ControlAction, 'resume'>
}

/**
 * What a strategy may want. Marks are not among it: what is held is worth what the market says, not what its owner does. Nor is
 * reconciling: what is booked follows from evidence.
 */
export type StrategyIntent = EnterIntent | ExitIntent | ExitResidualIntent | QuoteIntent | CancelIntent | StrategyControlIntent

export interface Strategy {
  readonly name: string
  /** The slots it trades through; empty for one that only quotes. */
  readonly slotIds: readonly string[]
  /** Called once a tick; what it returns is decided on in this order. */
  onTick(context: StrategyContext): readonly StrategyIntent[]
  /**
   * What it would tell somebody who looks on: a reference price, a signal, why it does nothing. Asked up to ten times a second where
   * somebody looks, and else never: it must change nothing.
   */
  figures?(): readonly StrategyFigure[]
}

/** Finished texts: `{ name: 'reference', value: '2.1037' }`. */
export interface StrategyFigure {
  readonly name: string
  readonly value: string
}

/** What a strategy file exports by default. */
export type StrategyFactory = (setup: StrategySetup) => Strategy
