// The kernel against a model of it that was written from the specification alone: any life of an account, in any world.

import fc from 'fast-check'
import { describe, test } from 'vitest'
import type { ReferenceBench } from './reference-bench.ts'
import { inputOf, type Step, walks } from './reference-walk.ts'
import { runs, WORLDS, type WorldName, worldOf } from './reference-world.ts'

const LENGTH = 60
const RUNS = runs(500)

/** Lives a walk; where kernel and model part, the error says after which inputs. */
function live(world: WorldName, steps: readonly Step[]): ReferenceBench {
  const bench = worldOf(world)
  const inputs: unknown[] = []
  for (const step of steps) {
    const input = inputOf(bench, world, step)
    inputs.push(input)
    try {
      // Now and then a minute passes: validity runs out, and so do the limits on rates.
      bench.when(input, step[4] === 0 ? 60_000_000 : 1)
    } catch (error) {
      throw new Error(
        `after ${inputs.map((told) => `\n  ${textOf(told)}`).join('')}\n${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }
  return bench
}

function textOf(input: unknown): string {
  return JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' ? `${Number(value) / 1e18}` : value))
}

describe('the kernel and its reference model', () => {
  for (const world of WORLDS) {
    test(`K07 K10 K12 positions, costs, balances, slots and orders agree after every input of any life: ${world}`, () => {
      fc.assert(
        fc.property(walks(LENGTH), (steps) => {
          live(world, steps)
        }),
        { numRuns: RUNS },
      )
    })
  }
})
