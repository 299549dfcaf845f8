// Quotes against the touch, from the ticks of whole stores.

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function storePath(name: string): string {
  return join(folder.path, name, 'dita.db')
}

describe('quotes against the touch', () => {
  test('S03 shares within 2 bps, mean, median and histogram are exact, per side and with its edges', async () => {
    const path = storePath('quoting')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'quoting')
      const bids = ['0', '-2', '-2.000000000000000001', '-5', '7.5', '-10', '-10.5', undefined]
      for (const [index, bid] of bids.entries()) {
        session.tick(dec('2'), { ...(bid !== undefined && { bid }), ...(index < 2 && { ask: ['-1', '-2.5'][index] as string }) })
      }
      session.halt('duration_elapsed')
    })
    const { quoting } = await summarizeFromStore(path, 'latest')
    expect(quoting.ticks).toBe(8)
    expect(quoting.bid).toEqual({
      quotedTicks: 7,
      withinTwoBpsTicks: 2,
      withinTwoBpsPercent: '25',
      withinTwoBpsPercentOfQuoted: '28.571428571428571429',
      meanBps: '-3.142857142857142857',
      medianBps: '-2.000000000000000001',
      histogram: { '0-2': 2, '2-5': 2, '5-10': 2, '10+': 1 },
      atTouchTicks: 2,
      atTouchPercent: '25',
      atTouchPercentOfQuoted: '28.571428571428571429',
    })
    expect(quoting.ask).toMatchObject({
      quotedTicks: 2,
      withinTwoBpsTicks: 1,
      withinTwoBpsPercent: '12.5',
      meanBps: '-1.75',
      medianBps: '-1.75',
    })
  })

  test('S03 the near-touch ticks are those the engine stored as near', async () => {
    // The store of the test before.
    const path = storePath('quoting')
    const database = new Database(path, { readonly: true })
    const stored = database
      .prepare<[], { bid: number; ask: number }>('SELECT sum(bid_within_2_bps) AS bid, sum(ask_within_2_bps) AS ask FROM market_snapshots')
      .get()
    database.close()
    const { quoting } = await summarizeFromStore(path, 'latest')
    expect({ bid: quoting.bid.withinTwoBpsTicks, ask: quoting.ask.withinTwoBpsTicks }).toEqual(stored)
    expect(quoting.bid.withinTwoBpsTicks).toBeGreaterThan(0)
  })
})
