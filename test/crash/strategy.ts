// The scripted strategy of the crash sweep: within two seconds every kind of order and cancel that dita sends, in one order. It
// owns the script; with `params.idle` it does nothing, and with `params.hold` what it bought stays open.

import type { Decimal } from '../../src/core/kernel/decimal.ts'
import type { Strategy, StrategyContext, StrategyFactory, StrategyIntent } from '../../src/core/strategy/port.ts'

const SLOT = 'swept'
const RESTING: ReadonlySet<string> = new Set(['acked', 'partially_filled'])

/** Sessions in one store must not all end flat: recovery has to carry what is open as well. */
const scripted: StrategyFactory = ({ instrument, params, decimal }): Strategy => {
  const { dec, floorToStep, ceilToStep, mulDiv, sub, add } = decimal
  const { symbol, tickSize } = instrument
  const { idle, hold } = params
  const bps = dec('10000')
  const quantity = dec('0.004')
  const below = (mid: Decimal, by: string): Decimal => floorToStep(sub(mid, mulDiv(mid, dec(by), bps)), tickSize)
  const above = (mid: Decimal, by: string): Decimal => ceilToStep(add(mid, mulDiv(mid, dec(by), bps)), tickSize)
  const quote = (bid: Decimal | null, ask: Decimal | null): StrategyIntent => ({
    type: 'QUOTE',
    instrument: symbol,
    bid: bid === null ? null : { price: bid, quantity },
    ask: ask === null ? null : { price: ask, quantity },
    postOnly: true,
  })
  const enter = (): StrategyIntent => ({
    ...({ type: 'ENTER', instrument: symbol, side: 'buy', quantity, orderType: 'market', price: null } as const),
    ...({ timeInForce: 'ioc', postOnly: false, slotId: SLOT, leverage: dec('2'), exitRatios: [dec('0.5'), dec('0.5')] } as const),
  })
  const exit = (scope: 'leg' | 'rest', price: Decimal | null): StrategyIntent => ({
    ...({ type: 'EXIT', slotId: SLOT, scope, price, orderType: price === null ? 'market' : 'limit', reason: 'script' } as const),
    ...({ timeInForce: price === null ? 'ioc' : 'gtc', postOnly: false } as const),
  })

  /** One line a step, given the mid: the next one waits until the venue has answered, so that its limits cannot change the order. */
  const script: readonly ((mid: Decimal) => readonly StrategyIntent[])[] = [
    (mid) => [quote(below(mid, '20'), above(mid, '20'))],
    () => [enter()],
    (mid) => [quote(below(mid, '25'), null)],
    (mid) => [exit('leg', above(mid, '30'))],
    () => [{ type: 'CANCEL', target: { kind: 'exit', slotId: SLOT } }],
    () => [exit('leg', null)],
    // At the touch: a quote that is taken, or that rests until the end.
    (mid) => [quote(null, above(mid, '0'))],
    () => (hold === true ? [] : [exit('rest', null)]),
  ]
  let step = 0

  function onTick({ market, portfolio }: StrategyContext): readonly StrategyIntent[] {
    const { mid } = market
    if (idle === true || mid === null) return []
    const isSettled = [...portfolio.liveOrders.values()].every(({ status, cancel }) => RESTING.has(status) && cancel === 'none')
    if (!isSettled) return []
    const wanted = script[step]?.(mid) ?? []
    step += 1
    return wanted
  }
  return { name: 'crash_script', slotIds: [SLOT], onTick }
}

export default scripted
