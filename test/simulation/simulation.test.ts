// The kernel against a venue that does everything wrong: whatever happens, the books hold, and in the end they agree.

import { beforeAll, describe, expect, test } from 'vitest'
import { parseArguments, reportOf, simulateSeeds, type Totals } from '../../scripts/simulate.ts'
import { simulate } from './simulation.ts'

const STEPS = 500
const LONGEST_MS = 300_000

function namesOf(counts: Readonly<Record<string, number>>): string[] {
  return Object.keys(counts).filter((name) => counts[name] === 0)
}

describe('the simulation', () => {
  let totals: Totals

  beforeAll(() => {
    totals = simulateSeeds({ firstSeed: 1, seeds: 200, steps: STEPS })
  }, LONGEST_MS)

  test('200 seeds: every invariant after every step, and in the end the truth of the venue', () => {
    expect(totals.violations).toEqual([])
    expect(totals.runs).toBe(200)
    expect(totals.steps).toBeGreaterThan(200 * STEPS)
    expect(totals.fills).toBeGreaterThan(2_000)
  })

  // A simulation in which something never happened has proved nothing about it.
  test('T02 every fault that the simulation knows is driven', () => {
    expect(Object.keys(totals.faults).length).toBeGreaterThan(40)
    expect(namesOf(totals.faults)).toEqual([])
  })

  test('T02 every fact, every denial, every status, every stage and every way to reconcile is driven', () => {
    expect(Object.keys(totals.features).length).toBeGreaterThan(150)
    expect(namesOf(totals.features)).toEqual([])
  })

  test('one seed does the same again', () => {
    expect(simulate(7, STEPS)).toEqual(simulate(7, STEPS))
    expect(simulate(7, STEPS)).not.toEqual({ ...simulate(8, STEPS), seed: 7 })
  })

  test('a violation is reported with the line that replays it', () => {
    const violated = {
      ...simulateSeeds({ firstSeed: 3, seeds: 1, steps: 20 }),
      violations: [{ seed: 3, steps: 20, violation: 'two and two are five' }],
    }
    expect(reportOf(violated, 1)).toContain('two and two are five: npx node scripts/simulate.ts --seed 3 --steps 20')
    expect(parseArguments(['--seed', '3', '--steps', '20'])).toEqual({ firstSeed: 3, seeds: 1, steps: 20 })
  })
})
