// The kernel against a venue that does everything wrong: whatever happens, the books hold, and in the end they agree.

import { describe, expect, test } from 'vitest'
import { parseArguments, reportOf, simulateSeeds } from '../../scripts/simulate.ts'
import { simulate } from './simulation.ts'

const STEPS = 300

describe('the simulation', () => {
  test('200 seeds: every invariant after every step, and in the end the truth of the venue', () => {
    const totals = simulateSeeds({ firstSeed: 1, seeds: 200, steps: STEPS })
    expect(totals.violations).toEqual([])
    expect(totals.fills).toBeGreaterThan(1_000)
    // A simulation in which a fault never happened has proved nothing about it.
    expect(Object.entries(totals.faults).filter(([, count]) => count === 0)).toEqual([])
  })

  test('one seed does the same again', () => {
    expect(simulate(7, STEPS)).toEqual(simulate(7, STEPS))
    expect(simulate(7, STEPS)).not.toEqual({ ...simulate(8, STEPS), seed: 7 })
  })

  test('a violation is reported with the line that replays it', () => {
    const totals = {
      ...simulateSeeds({ firstSeed: 3, seeds: 1, steps: 20 }),
      violations: [{ seed: 3, steps: 20, violation: 'two and two are five' }],
    }
    expect(reportOf(totals, 1)).toContain('two and two are five: npx node scripts/simulate.ts --seed 3 --steps 20')
    expect(parseArguments(['--seed', '3', '--steps', '20'])).toEqual({ firstSeed: 3, seeds: 1, steps: 20 })
  })
})
