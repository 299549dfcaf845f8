// Who uses what `session/opening` and `strategy/load-strategy` hand on by value: found by watching the copies, and held against the
// table that an audit tells it from.

import { expect, test, vi } from 'vitest'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { HANDED_TO } from '../../../src/core/config/readers.ts'
import { traceReads } from '../../../src/core/config/reading-trace.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import { createMarketMaker } from '../../../src/core/strategy/market-maker.ts'
import { marketOf, portfolioOf, SPOT } from '../strategy/fixtures.ts'
import { traced } from './traced.ts'

const watched = vi.hoisted(() => ({ users: new Map<string, Set<string>>() }))

/** The journal's writer as it is; once an opening is written, its limits say who looks at them. */
vi.mock('../../../src/core/journal/open.ts', async (original) => {
  const real = await original<typeof import('../../../src/core/journal/open.ts')>()
  const openWriter: typeof real.openWriter = (options) => {
    const writer = real.openWriter(options)
    const append = writer.append.bind(writer)
    writer.append = (account, facts, view) => {
      const head = append(account, facts, view)
      for (const { body } of facts) if (body.type === 'SESSION_OPENED') watch(body.limits)
      return head
    }
    return writer
  }
  return { ...real, openWriter }
})

function watch(limits: Extract<Fact['body'], { type: 'SESSION_OPENED' }>['limits']): void {
  for (const [name, value] of Object.entries(limits)) {
    const get = () => {
      const users = watched.users.get(name) ?? new Set()
      watched.users.set(name, users.add(userIn(new Error().stack ?? '')))
      return value
    }
    Object.defineProperty(limits, name, { get, enumerable: true })
  }
}

/** The first module of core in a stack. */
function userIn(stack: string): string {
  return /\/src\/core\/([\w/-]+)\.ts/.exec(stack)?.[1] ?? 'unknown'
}

/** They only write down what was in force, or keep as many times as a limit looks back. */
const RECORDERS = ['session/build-view-model', 'kernel/apply', 'kernel/codec']

test('C02 every limit is used by whom the table says', async () => {
  for (const kind of ['spot', 'linear']) {
    const instrument = {
      symbol: 'XRP/USD',
      kind,
      base: 'XRP',
      quote: 'USD',
      tick_size: '0.0001',
      lot_size: '0.1',
      max_leverage: kind === 'spot' ? 1 : 10,
    }
    await traced({ config: { instrument, paper: { balances: { USD: 10_000, XRP: 1_000 } }, risk: { max_position: 1_000 } } })
    const breakout = { lookback_seconds: 5, stop_bps: 1, targets_bps: [1, 2, 3] }
    await traced({ config: { instrument, strategy: { name: 'breakout', breakout } }, seconds: 300 })
  }
  const used = [...watched.users].map(
    ([name, users]) => [keyOf(name), [...users].filter((user) => !RECORDERS.includes(user)).sort()] as const,
  )
  // The session takes this one from the opening itself and hands it on; what never is in an opening is not seen here.
  const told = Object.entries(HANDED_TO).map(([key, users]) => [key, users.filter((user) => user !== 'session/feed-gate')] as const)
  expect(used.length).toBeGreaterThanOrEqual(10)
  expect(Object.fromEntries(used)).toEqual(Object.fromEntries(told.filter(([key]) => used.some(([name]) => name === key))))
})

function keyOf(limit: string): string {
  return `risk.${limit.replace('Us', 'Seconds').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
}

test('C02 every setting of the market maker is used by it', () => {
  const trace = traceReads(loadConfig({ file: null, environment: {} }))
  const { marketMaker, ...section } = Object.getOwnPropertyDescriptors(trace.config.strategy)
  const { clobSwitchThresholdBps, anchorMaxDivergenceBps } = section
  const options = Object.defineProperties({}, {
    ...Object.getOwnPropertyDescriptors(marketMaker?.get?.call(trace.config.strategy)),
    clobSwitchThresholdBps,
    anchorMaxDivergenceBps,
  } as PropertyDescriptorMap) as Parameters<typeof createMarketMaker>[1]
  const strategy = createMarketMaker(SPOT, options)
  strategy.onTick({ market: marketOf({ bid: '2.0000', ask: '2.0002', traded: ['2.0001', '5'] }), portfolio: portfolioOf({ held: '10' }) })
  const keys = Object.keys(HANDED_TO).filter((key) => key.startsWith('strategy.'))
  expect(keys).toHaveLength(6)
  for (const key of keys) expect([key, trace.readersOf(key)]).toEqual([key, HANDED_TO[key]])
})
