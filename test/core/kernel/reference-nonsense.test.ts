// Whatever the kernel is told, it answers with facts: it never throws, and the books hold.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody, stateHash } from '../../../src/core/kernel/codec.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import type { KernelInput } from '../../../src/core/kernel/inputs.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import { expectBalanced, expectIdentity, INTENTS, OPERATIONS, type ReferenceBench } from './reference-bench.ts'
import { changed, changes, debris, extremes, stretched } from './reference-nonsense.ts'
import { inputOf, type Step, walks } from './reference-walk.ts'
import { runs, WORLDS, worldOf } from './reference-world.ts'

const RUNS = runs(400)

/** Tells the kernel something, and checks that what it makes of it can be journaled and read back. */
function tell(state: KernelState, twin: KernelState, input: KernelInput, timeUs: number): void {
  for (const fact of decide(state, { timeUs, input })) {
    const body = decodeFactBody(encodeFactBody(fact.body))
    apply(state, fact)
    apply(twin, { ...fact, body })
    expectBalanced(fact.body)
  }
  expectIdentity(state)
}

function walked(world: (typeof WORLDS)[number], steps: readonly Step[]): ReferenceBench {
  const bench = worldOf(world)
  for (const step of steps) bench.when(inputOf(bench, world, step))
  return bench
}

function twinOf(bench: ReferenceBench): KernelState {
  const twin = createState()
  for (const fact of bench.journal) apply(twin, fact)
  return twin
}

type Kind = 'intent' | 'venue event' | 'operation'

function kindOf({ type }: KernelInput): Kind {
  if (INTENTS.has(type)) return 'intent'
  return OPERATIONS.has(type) ? 'operation' : 'venue event'
}

describe('nonsense', () => {
  for (const kind of ['intent', 'venue event', 'operation'] as const) {
    test(`K23 N02 a sound ${kind} with strange values in it never throws, breaks no identity, and can be journaled`, () => {
      const strange = fc.array(fc.tuple(walks(3), changes), { minLength: 1, maxLength: 4 })
      fc.assert(
        fc.property(fc.constantFrom(...WORLDS), walks(25), strange, walks(10), (world, before, told, after) => {
          const bench = walked(world, before)
          const twin = twinOf(bench)
          let timeUs = bench.timeUs
          for (const [steps, list] of told) {
            const input = steps.map((step) => inputOf(bench, world, step)).find((sound) => kindOf(sound) === kind)
            timeUs += 1
            if (input !== undefined) tell(bench.state, twin, changed(input, list), timeUs)
          }
          // Life goes on: nothing strange was taken in that a sound input then stumbles over.
          for (const step of after) {
            timeUs += 1
            tell(bench.state, twin, inputOf(bench, world, step), timeUs)
          }
          expect(stateHash(twin)).toBe(stateHash(bench.state))
        }),
        { numRuns: RUNS },
      )
    })
  }

  test('N01 decimals at the ends of their range never throw, break no identity, and can be journaled', () => {
    const told = fc.array(fc.tuple(walks(1), extremes), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.constantFrom(...WORLDS), walks(15), told, (world, before, extreme) => {
        const bench = walked(world, before)
        const twin = twinOf(bench)
        for (const [index, [[step], list]] of extreme.entries()) {
          tell(bench.state, twin, stretched(inputOf(bench, world, step as Step), list), bench.timeUs + 1 + index)
        }
        expect(stateHash(twin)).toBe(stateHash(bench.state))
      }),
      { numRuns: 2 * RUNS },
    )
  })

  test('K23 N02 what is no input at all never throws, with and without a session', () => {
    fc.assert(
      fc.property(fc.array(debris, { minLength: 1, maxLength: 6 }), fc.boolean(), (told, open) => {
        const bench = open ? walked('linear', [[0, 0, 0, 0, 0]]) : null
        const state = bench?.state ?? createState()
        const twin = bench === null ? createState() : twinOf(bench)
        for (const input of told) tell(state, twin, input, 1_800_000_000_000_000)
        expect(stateHash(twin)).toBe(stateHash(state))
      }),
      { numRuns: RUNS },
    )
  })
})
