// Every cell of the trading table, driven through the one input that there is for it.

import { describe, expect, test } from 'vitest'
import { type ControlAction, TRADING_TABLE, type TradingState } from '../../../src/core/kernel/trading-table.ts'
import { denialsOf, given, type KernelBench, typesOf } from './kernel-bench.ts'

const STATES = Object.keys(TRADING_TABLE) as TradingState[]
const ACTIONS = Object.keys(TRADING_TABLE.active) as ControlAction[]
const CELLS = STATES.flatMap((state) => ACTIONS.map((action) => ({ state, action, cell: TRADING_TABLE[state][action] })))

function reach(state: TradingState): KernelBench {
  const bench = given()
  if (state === 'reducing') bench.control('reduce_only')
  if (state === 'halted') bench.control('pause')
  expect(bench.state.trading).toBe(state)
  return bench
}

describe('T01 every cell of the trading table', () => {
  test.each(CELLS)('T01 $state × $action → $cell', ({ state, action, cell }) => {
    const bench = reach(state)
    const facts = bench.control(action)
    if (cell === 'same') {
      expect(denialsOf(facts)).toEqual([`CONTROL_REFUSED action ${action}`])
      expect(bench.state.trading).toBe(state)
      return
    }
    expect(facts).toEqual([{ type: 'TRADING_MOVED', from: state, to: cell, action, reason: 'operator' }])
    expect([bench.state.trading, bench.state.stopping]).toEqual([cell, action === 'halt'])
  })

  test('T01 the table a second time, so that no cell changes by accident', () => {
    expect(CELLS.map(({ state, action, cell }) => `${state} ${action} ${cell}`)).toEqual([
      'active pause halted',
      'active resume same',
      'active reduce_only reducing',
      'active halt halted',
      'reducing pause halted',
      'reducing resume active',
      'reducing reduce_only same',
      'reducing halt halted',
      'halted pause same',
      'halted resume active',
      'halted reduce_only reducing',
      'halted halt halted',
    ])
  })
})

describe('a control that is none', () => {
  test.each([undefined, null, 'stop', 'toString', {}])('is denied: %s', (action) => {
    const bench = given()
    const facts = bench.when({ type: 'CONTROL', action: action as ControlAction, reason: 'x' })
    expect(denialsOf(facts)).toEqual([`FIELD_INVALID action ${typeof action === 'object' && action !== null ? 'object' : action}`])
    expect(bench.state.trading).toBe('active')
  })

  test('is denied before any session is open, and after one has halted', () => {
    const bench = given()
    bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: null })
    expect(denialsOf(bench.control('resume'))).toEqual(['SESSION_HALTED session s1'])
    expect(typesOf(bench.control('pause'))).toEqual(['INTENT_DENIED'])
  })
})
