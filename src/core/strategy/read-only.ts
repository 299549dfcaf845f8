// What a user's own strategy gets to see: the views of a built-in one, without a way to write. It guards against mistakes;
// it is no sandbox, since a strategy runs in this process. Copies only what is read.

import type { Decimal } from '../kernel/decimal.ts'
import type { MarketView } from '../market/view.ts'
import type { PortfolioView, StrategyContext, StrategySetup } from './port.ts'

/**
 * Gives, for each context, one and the same view on the newest: every write to it, or to what is read from it, throws
 * TypeError and changes nothing beneath.
 */
export function readOnlyView(): (context: StrategyContext) => StrategyContext {
  let newest: StrategyContext
  const view = Object.freeze({ market: marketOf(() => newest.market), portfolio: portfolioOf(() => newest.portfolio) })
  return (context) => {
    newest = context
    return view
  }
}

/** A copy that nothing of the session shares, frozen. */
export function readOnlySetup({ instrument, tickIntervalUs, params, decimal }: StrategySetup): StrategySetup {
  return Object.freeze({
    instrument: frozenCopy(instrument),
    tickIntervalUs,
    params: frozenSettings(params),
    decimal: Object.freeze({ ...decimal }),
  })
}

/** The same of settings: who watches them by accessors goes on watching, since copying what one gives would be reading it. */
function frozenSettings(params: StrategySetup['params']): StrategySetup['params'] {
  const copy = {}
  for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(params))) {
    Object.defineProperty(copy, name, get === undefined ? { value: frozenCopy(value), enumerable: true } : { get, enumerable: true })
  }
  return Object.freeze(copy)
}

function marketOf(market: () => MarketView): MarketView {
  return Object.freeze({
    get timeUs(): number {
      return market().timeUs
    },
    get bid() {
      return frozenCopy(market().bid)
    },
    get ask() {
      return frozenCopy(market().ask)
    },
    get mid(): Decimal | null {
      return market().mid
    },
    get mark(): Decimal | null {
      return market().mark
    },
    get lastTrade(): Decimal | null {
      return market().lastTrade
    },
    get tradedValue(): Decimal {
      return market().tradedValue
    },
    get tradedSize(): Decimal {
      return market().tradedSize
    },
    bids: (count: number) => frozenCopy(market().bids(count)),
    asks: (count: number) => frozenCopy(market().asks(count)),
  })
}

function portfolioOf(portfolio: () => PortfolioView): PortfolioView {
  return Object.freeze({
    get position() {
      return frozenCopy(portfolio().position)
    },
    balance: (asset: string) => portfolio().balance(asset),
    get trading() {
      return portfolio().trading
    },
    slots: readOnlyMap(() => portfolio().slots),
    liveOrders: readOnlyMap(() => portfolio().liveOrders),
  })
}

/** A map that can only be read, each value a frozen copy of what it is at that moment. */
function readOnlyMap<Value>(map: () => ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const view: ReadonlyMap<string, Value> = Object.freeze({
    get size(): number {
      return map().size
    },
    has: (key: string) => map().has(key),
    get: (key: string) => frozenCopy(map().get(key)),
    forEach(callback: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void, thisArg?: unknown): void {
      for (const [key, value] of view) callback.call(thisArg, value, key, view)
    },
    keys: () => map().keys(),
    *values(): Generator<Value, undefined> {
      for (const value of map().values()) yield frozenCopy(value)
    },
    entries: () => view[Symbol.iterator](),
    *[Symbol.iterator](): Generator<[string, Value], undefined> {
      for (const [key, value] of map()) yield [key, frozenCopy(value)]
    },
  })
  return view
}

/** A copy of plain data, frozen all the way down. */
function frozenCopy<Value>(value: Value): Value
function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item)))
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copy)) {
    const item = copy[key]
    if (typeof item === 'object' && item !== null) copy[key] = frozenCopy(item)
  }
  return Object.freeze(copy)
}
