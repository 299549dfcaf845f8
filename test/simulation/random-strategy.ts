// Wants things at random, sensible and senseless. Looks at the state for reading only.

import { type Decimal, dec, max, truncateToStep, ZERO } from '../../src/core/kernel/decimal.ts'
import type { CancelIntent, EnterIntent, Intent, OrderTerms, QuoteSide, Side } from '../../src/core/kernel/inputs.ts'
import type { SlotView, StateView } from '../../src/core/kernel/views.ts'
import type { Market } from './market.ts'
import type { Random } from './random.ts'

const RATIOS = [[], ['1'], ['0.5', '0.5'], ['0.5', '0.3', '0.2'], ['0.01', '0.99']]
const BAD_RATIOS = [['0.5', '0.6'], ['0.4'], ['0'], ['1.2', '-0.2']]
const LEVERAGES = ['1', '1', '1', '1', '1', '1', '1', '2', '2', '50', '0', '-1']

const ENTERING = ['enter', 'enter', 'enter', 'enter', 'cancel'] as const
const EXITING = ['exit', 'exit', 'exit', 'exit', 'flatten', 'cancel'] as const
const WAITING = ['cancel', 'cancel', 'flatten'] as const
const ANYTHING = ['enter', 'exit', 'flatten', 'cancel'] as const
/** Of an ordinary order: from a lot to much more than the account can carry. */
const SIZES = ['0.03', '0.1', '0.5', '0.5', '1', '1', '1', '1', '2', '2', '3.3', '25']

export interface Wisher {
  readonly random: Random
  readonly state: StateView
  readonly market: Market
  /** All there is, whether the session trades it or not. */
  readonly symbols: readonly string[]
  /** How much of it is quoting: some strategies do nothing else. */
  readonly quoting: number
}

export function randomIntent(wisher: Wisher): Intent {
  const { random, state, quoting } = wisher
  if (random.chance(quoting)) return quote(wisher)
  const slot = random.pick([...state.slots.values()])
  // Mostly what the slot is ready for, and now and then anything at all.
  const fitting = slot.openSize > ZERO ? EXITING : slot.stage === 'idle' || slot.stage === 'closed' ? ENTERING : WAITING
  switch (random.pick(random.chance(0.85) ? fitting : ANYTHING)) {
    case 'enter':
      return enter(wisher, slot.slotId)
    case 'exit':
      return exit(wisher, slot)
    case 'flatten':
      return { type: 'EXIT_RESIDUAL', slotId: slot.slotId, reason: 'flatten' }
    case 'cancel':
      return { type: 'CANCEL', target: cancelTarget(wisher, slot.slotId) }
  }
}

function enter(wisher: Wisher, slotId: string): EnterIntent {
  const { random } = wisher
  const instrument = symbolOf(wisher)
  const side: Side = random.pick(['buy', 'sell'])
  return {
    type: 'ENTER',
    slotId: random.chance(0.02) ? 'nobody' : slotId,
    instrument,
    side,
    quantity: quantityOf(wisher, instrument),
    leverage: dec(random.pick(LEVERAGES)),
    ...(random.chance(0.08) ? { reduceOnly: random.chance(0.7) } : {}),
    exitRatios: random.pick(random.chance(0.05) ? BAD_RATIOS : RATIOS).map((ratio) => dec(ratio)),
    ...terms(wisher, instrument, side),
  }
}

function exit(wisher: Wisher, { slotId, side, instrument }: SlotView): Intent {
  const { random } = wisher
  const scope = random.chance(0.7) ? 'leg' : 'rest'
  return {
    type: 'EXIT',
    slotId,
    scope,
    reason: 'target',
    ...terms(wisher, instrument ?? symbolOf(wisher), side === 'buy' ? 'sell' : 'buy'),
  }
}

function quote(wisher: Wisher): Intent {
  const { random, market } = wisher
  const instrument = symbolOf(wisher)
  const side = (bps: number): QuoteSide => ({ price: market.priceAt(instrument, bps), quantity: quantityOf(wisher, instrument) })
  // Not every wish is a new one: what rests already is kept.
  const distance = random.pick([5, 15, 15, 60, 400])
  return {
    type: 'QUOTE',
    instrument,
    bid: random.chance(0.2) ? null : side(random.chance(0.03) ? 20 + distance : -distance),
    ask: random.chance(0.2) ? null : side(distance),
    postOnly: random.chance(0.9),
  }
}

function cancelTarget({ random, state, symbols }: Wisher, slotId: string): CancelIntent['target'] {
  const live = [...state.liveOrders.keys()]
  const all = [...state.orders.keys()]
  switch (random.below(8)) {
    case 0:
      return { kind: 'instrument', instrument: random.pick(symbols) }
    case 1:
      return { kind: 'entry', slotId: random.chance(0.05) ? 'nobody' : slotId }
    case 2:
    case 3:
      return { kind: 'exit', slotId }
    case 4:
      return { kind: 'order', clientOrderId: all.length === 0 ? 'nothing' : random.pick(all) }
    default:
      return { kind: 'order', clientOrderId: live.length === 0 ? 'nothing' : random.pick(live) }
  }
}

function symbolOf({ random, state, symbols }: Wisher): string {
  const primary = state.session?.instrument.symbol
  return primary === undefined || random.chance(0.5) ? random.pick(symbols) : primary
}

/** Mostly whole lots, so that not all is refused for that alone. */
function quantityOf({ random, market }: Wisher, symbol: string): Decimal {
  const { instrument, unit } = market.listing(symbol)
  const quantity = ((unit * dec(random.pick(SIZES))) / dec('1')) as Decimal
  if (random.chance(0.02)) return (quantity + 1n) as Decimal
  return max(truncateToStep(quantity, instrument.lotSize), instrument.lotSize)
}

function terms({ random, market }: Wisher, symbol: string, side: Side): OrderTerms {
  if (random.chance(0.2)) return { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false }
  const bps = random.pick([-100, -30, -10, -3, 0, 3, 30, 250]) * (side === 'buy' ? 1 : -1)
  const price = market.priceAt(symbol, bps)
  return {
    orderType: 'limit',
    price: random.chance(0.02) ? ((price + 1n) as Decimal) : price,
    timeInForce: random.pick(['gtc', 'gtc', 'gtc', 'gtc', 'ioc', 'fok']),
    postOnly: random.chance(0.1),
  }
}
