// What the package exports: the types a strategy is written with, and the decimals it counts in. Runs nothing.

export * from './core/kernel/decimal.ts'
export type { OrderRequest, OrderRole } from './core/kernel/facts.ts'
export type {
  CancelIntent,
  EnterIntent,
  ExitIntent,
  ExitResidualIntent,
  OrderType,
  PositionSide,
  QuoteIntent,
  QuoteSide,
  Side,
  TimeInForce,
} from './core/kernel/inputs.ts'
export type { Instrument, InstrumentKind } from './core/kernel/instrument.ts'
export type { CancelState, OrderStatus } from './core/kernel/order-table.ts'
export type { SlotStage } from './core/kernel/slot-table.ts'
export type { TradingState } from './core/kernel/trading-table.ts'
export type { LegView, OrderView, PositionView, SlotView } from './core/kernel/views.ts'
export type { BookLevel } from './core/market/events.ts'
export type { MarketView } from './core/market/view.ts'
export type {
  PortfolioView,
  Strategy,
  StrategyContext,
  StrategyControlIntent,
  StrategyFactory,
  StrategyFigure,
  StrategyIntent as Intent,
  StrategySetup,
} from './core/strategy/port.ts'
