// Markets, portfolios and slots for strategies to look at. Written as texts, so that a test reads like a price board.

import { add, type Decimal, dec, div, mul, sub, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { SlotStage } from '../../../src/core/kernel/slot-table.ts'
import type { TradingState } from '../../../src/core/kernel/trading-table.ts'
import type { LegView, OrderView, SlotView } from '../../../src/core/kernel/views.ts'
import type { MarketView } from '../../../src/core/market/view.ts'
import type { PortfolioView } from '../../../src/core/strategy/port.ts'

export const LINEAR: Instrument = {
  symbol: 'BTC/USDT:USDT',
  kind: 'linear',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: dec('0.1'),
  lotSize: dec('0.001'),
  minQuantity: dec('0.001'),
  maxQuantity: ZERO,
  minNotional: dec('5'),
  maxLeverage: dec('20'),
}

export const SPOT: Instrument = {
  symbol: 'XRP/RLUSD',
  kind: 'spot',
  base: 'XRP',
  quote: 'RLUSD',
  settle: 'RLUSD',
  tickSize: dec('0.0001'),
  lotSize: dec('0.1'),
  minQuantity: dec('0.1'),
  maxQuantity: ZERO,
  minNotional: dec('1'),
  maxLeverage: dec('1'),
}

export interface MarketOptions {
  readonly bid?: string | null
  readonly ask?: string | null
  readonly mark?: string
  /** Price and size of one trade since the last tick. */
  readonly traded?: readonly [string, string]
  readonly timeUs?: number
}

export function marketOf({ bid = null, ask = null, mark, traded, timeUs = 0 }: MarketOptions): MarketView {
  const best = (price: string | null) => (price === null ? null : { price: dec(price), size: dec('1') })
  const price = traded === undefined ? null : dec(traded[0])
  const size = traded === undefined ? ZERO : dec(traded[1])
  return {
    timeUs,
    bid: best(bid),
    ask: best(ask),
    mid: bid === null || ask === null ? null : div(add(dec(bid), dec(ask)), dec('2')),
    mark: mark === undefined ? null : dec(mark),
    lastTrade: price,
    tradedValue: price === null ? ZERO : mul(price, size),
    tradedSize: size,
    bids: () => [],
    asks: () => [],
  }
}

export interface PortfolioOptions {
  readonly held?: string
  /** What the position is valued at: a session sets it before the strategy is asked. */
  readonly mark?: string | null
  readonly balances?: Readonly<Record<string, string>>
  readonly slot?: SlotView
  readonly orders?: readonly OrderView[]
  readonly trading?: TradingState
}

const PLENTY: Readonly<Record<string, string>> = { XRP: '1000000', RLUSD: '1000000', BTC: '1000', USDT: '1000000' }

export function portfolioOf(options: PortfolioOptions = {}): PortfolioView {
  const { held = '0', mark = '100', balances = PLENTY, slot, orders = [], trading = 'active' } = options
  const quantity = dec(held)
  return {
    position: {
      instrument: 'any',
      positionSide: 'net',
      quantity,
      cost: ZERO,
      basisQuantity: quantity,
      basisCost: ZERO,
      realizedPnl: ZERO,
      mark: mark === null ? null : dec(mark),
      inSlots: ZERO,
      quoted: quantity,
      unassigned: ZERO,
      dust: ZERO,
      venues: null,
      updatedAtUs: 0,
    },
    balance: (asset) => dec(balances[asset] ?? '0'),
    trading,
    slots: new Map(slot === undefined ? [] : [[slot.slotId, slot]]),
    liveOrders: new Map(orders.map((order) => [order.request.clientOrderId, order])),
  }
}

export interface SlotOptions {
  readonly stage: SlotStage
  readonly side?: 'buy' | 'sell'
  /** Average entry price, entry quantity, and how much of it has been closed. */
  readonly price?: string
  readonly quantity?: string
  readonly closed?: string
  readonly nextLeg?: number
  readonly trade?: number
  readonly openedAtUs?: number
  readonly reasons?: readonly (string | null)[]
  readonly ratios?: readonly string[]
}

export function slotOf(options: SlotOptions): SlotView {
  const { stage, side = 'buy', price = '100', quantity = '10', closed = '0', nextLeg = 0, trade = 1, openedAtUs = 0 } = options
  const { ratios = ['0.5', '0.3', '0.2'], reasons = [] } = options
  const entry = dec(quantity)
  const legs = ratios.map(
    (ratio, leg): LegView => ({
      leg,
      ratio: dec(ratio),
      quantity: ZERO,
      filledQuantity: ZERO,
      filledCost: ZERO,
      clientOrderId: null,
      working: false,
      consumed: leg < nextLeg,
      reason: reasons[leg] ?? null,
    }),
  )
  const openSize = sub(entry, dec(closed))
  return {
    slotId: 'breakout',
    trade,
    stage,
    instrument: 'any',
    side,
    positionSide: 'net',
    requestedQuantity: entry,
    entryQuantity: entry,
    openSize,
    entryCost: mul(dec(price), entry),
    openCost: mul(dec(price), openSize),
    basisSize: entry,
    basisCost: mul(dec(price), entry),
    exitQuantity: dec(closed),
    exitCost: ZERO,
    feesInKind: ZERO,
    realizedPnl: ZERO,
    legs,
    nextLeg,
    openedAtUs,
    closedAtUs: null,
  }
}

export function liveOrderOf(role: 'entry' | 'exit', slotId: string): OrderView {
  const quantity: Decimal = dec('1')
  return {
    request: {
      clientOrderId: `${role}-1`,
      instrument: 'any',
      side: 'sell',
      positionSide: 'net',
      orderType: 'limit',
      price: dec('101'),
      quantity,
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: role === 'exit',
      validUntilUs: 0,
      role,
      slotId,
      trade: 1,
      leg: role === 'exit' ? 0 : null,
      intentSeq: 1,
      attempt: 1,
    },
    status: 'submitting',
    cancel: 'none',
    venueOrderId: null,
    filledQuantity: ZERO,
    filledCost: ZERO,
    inferredQuantity: ZERO,
    inferredValue: ZERO,
    preparedAtUs: 0,
    updatedAtUs: 0,
  }
}
