// Plays a small session into a store in memory and gives its summary: nothing in it may be drift.

import { expect } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { fill, quote } from './eventful-session.ts'
import type { MemoryStore } from './memory-store.ts'
import { LINEAR, ScriptedSession, type SessionScript, START_US, TICK_US } from './recorded-store.ts'

export const TRADER = { instrument: LINEAR, capital: { USDT: '10000' }, maxExposure: '0' } as const

export type Played = (script: SessionScript, play: (session: ScriptedSession) => void) => Promise<SummaryView>

/** Sessions of a store, one after the other. */
export function playerIn(store: MemoryStore): Played {
  let sessions = 0
  return async (script, play) => {
    sessions += 1
    const id = `s${sessions}`
    const session = new ScriptedSession(store.journal, id, script)
    play(session)
    session.halt('duration_elapsed')
    const view = await store.summarize(id)
    expect(view.checks.findings).toEqual([])
    return view
  }
}

export function flow(session: ScriptedSession, amount: string, asset: string): void {
  session.input({ type: 'FLOW_CAPITAL', asset, amount: dec(amount), note: 'by hand' })
  session.commit()
}

export function buy(session: ScriptedSession, price: string, quantity: string, more: { fee?: string; feeAsset?: string } = {}): void {
  fill(session, quote(session, 'bid', { price, quantity }), { price, quantity, ...more })
}

export function sell(session: ScriptedSession, price: string, quantity: string, more: { fee?: string; feeAsset?: string } = {}): void {
  fill(session, quote(session, 'ask', { price, quantity }), { price, quantity, ...more })
}

export const at = (tick: number): number => START_US + tick * TICK_US
