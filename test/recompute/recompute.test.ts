// Every figure of a summary about result, quoting and trades, recomputed by other code from the rows of the store: equal to the last
// digit. What docs/METRICS.md says is the only thing that both sides share.

import { describe, expect, test } from 'vitest'
import { summarizeFromStore } from '../../src/core/report/open-report.ts'
import { sharesBySql, sharesOf } from '../core/report/shares-of-page.ts'
import { describeWithRecordings } from '../real-data/raw-market.ts'
import { RECORDINGS } from '../real-data/recordings.ts'
import { MINUTE_US } from '../session/harness.ts'
import { FIGURES, figuresIn } from './figures.ts'
import { quotingOf, wrongDistances } from './quoting.ts'
import { resultOf } from './result.ts'
import { readSession } from './session-rows.ts'
import { carried, type Made, MOVED, moved, SIMULATED, simulated } from './sessions.ts'
import { tradesOf } from './trades.ts'

interface Audit {
  readonly fills: number
  /** The figures that were not null. */
  readonly known: ReadonlySet<string>
}

async function audit({ storePath, sessionId }: Made): Promise<Audit> {
  const recorded = readSession(storePath, sessionId)
  const quoting = quotingOf(recorded)
  const found: Readonly<Record<string, unknown>> = { ...resultOf(recorded), quoting, trades: tradesOf(recorded) }
  const told: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(await summarizeFromStore(storePath, sessionId)))
  const sections = Object.fromEntries(Object.keys(found).map((section) => [section, told[section]]))
  const { all, known } = figuresIn(sections)
  expect([...all].filter((figure) => !FIGURES.has(figure))).toEqual([])
  for (const [section, figures] of Object.entries(found))
    expect({ [section]: withoutWords(sections[section]) }).toEqual({ [section]: figures })
  expect(sharesBySql(storePath, sessionId)).toEqual(sharesOf(quoting))
  // A scripted market says how far its quotes are from the touch, and not where they are.
  if (recorded.ticks.some(({ our_bid }) => our_bid !== null)) expect(wrongDistances(recorded)).toEqual([])
  return { fills: recorded.fills.length, known }
}

/** Sentences say what is missing; that they are there is compared. */
function withoutWords(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'why' && each !== null ? 'said' : each)))
}

describe('the figures of a simulated session', () => {
  const makers: Readonly<Record<string, () => Promise<readonly Made[]>>> = {
    ...Object.fromEntries(Object.entries(SIMULATED).map(([name, wish]) => [name, async () => [await simulated(wish)]])),
    'market maker, an account carried on, money moved in between': () => carried('market_maker'),
    'breakout, an account carried on, money moved in between': () => carried('breakout'),
    ...Object.fromEntries(
      Object.keys(MOVED).map((name) => [`${name}, capital moved within it`, async () => [await moved(name, 1), await moved(name, 2)]]),
    ),
  }
  const audits = new Map<string, Promise<readonly Audit[]>>()
  async function auditAll(make: () => Promise<readonly Made[]>): Promise<readonly Audit[]> {
    const results: Audit[] = []
    for (const made of await make()) results.push(await audit(made))
    return results
  }
  function auditsOf(name: string): Promise<readonly Audit[]> {
    const known = audits.get(name) ?? auditAll(makers[name] ?? (async () => []))
    audits.set(name, known)
    return known
  }

  test.each(Object.keys(makers))('N05 N06 N07 S03 are those of its rows, by other code: %s', async (name) => {
    for (const { fills } of await auditsOf(name)) expect(fills).toBeGreaterThan(5)
  })

  test('have all been recomputed with a value, and none is in the summary that is not listed', { timeout: 180_000 }, async () => {
    const known = new Set<string>()
    for (const name of Object.keys(makers)) for (const each of await auditsOf(name)) for (const figure of each.known) known.add(figure)
    expect([...FIGURES].filter((figure) => !known.has(figure) && !figure.endsWith('.why'))).toEqual([])
  })
})

describeWithRecordings('the figures of a session on a real recording', () => {
  for (const { path } of Object.values(RECORDINGS)) {
    test.each(['market_maker', 'breakout'])(
      `N05 N06 N07 S03 are those of its rows, by other code: %s on ${path.split('/').at(-1)}`,
      async (strategy) => {
        const { fills } = await audit(await simulated({ durationUs: 10 * MINUTE_US, feed: path, strategy }))
        expect(fills).toBeGreaterThan(0)
      },
    )
  }
})
