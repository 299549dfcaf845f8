// The facts are all there is: read back from text, in whatever portions, they give the same state and the same hash.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody, stateHash } from '../../../src/core/kernel/codec.ts'
import { decide } from '../../../src/core/kernel/decide.ts'
import type { Decimal } from '../../../src/core/kernel/decimal.ts'
import type { Fact, FactBody } from '../../../src/core/kernel/facts.ts'
import { createState, type KernelState } from '../../../src/core/kernel/state.ts'
import type { ReferenceBench } from './reference-bench.ts'
import { inputOf, type Step, walks } from './reference-walk.ts'
import { runs, WORLDS, type WorldName, worldOf } from './reference-world.ts'

const RUNS = runs(150)

function live(world: WorldName, steps: readonly Step[]): ReferenceBench {
  const bench = worldOf(world)
  for (const step of steps) bench.when(inputOf(bench, world, step))
  return bench
}

/** Applies facts in batches of these sizes, each written to text and read back as one. */
function replayed(facts: readonly Fact[], sizes: readonly number[]): KernelState {
  const state = createState()
  let from = 0
  for (let turn = 0; from < facts.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number
    const text = facts.slice(from, from + size).map(({ seq, timeUs, body }) => ({ seq, timeUs, body: encodeFactBody(body) }))
    for (const { seq, timeUs, body } of text) apply(state, { seq, timeUs, body: decodeFactBody(body) })
    // Looking at the state between two batches changes nothing.
    stateHash(state)
    from += size
  }
  return state
}

describe('the journal', () => {
  test('replay = live: the same hash and the same state, in whatever batches the facts are read', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.constantFrom(...WORLDS), walks(50), sizes, (world, steps, batches) => {
        const bench = live(world, steps)
        const state = replayed(bench.journal, batches)
        expect(stateHash(state)).toBe(stateHash(bench.state))
        expect(state).toStrictEqual(bench.state)
      }),
      { numRuns: RUNS },
    )
  })

  test('a kernel stopped at any fact and rebuilt from its journal decides on as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WORLDS), walks(30), walks(10), (world, before, after) => {
        const bench = live(world, before)
        const state = replayed(bench.journal, [7])
        for (const step of after) {
          const input = inputOf(bench, world, step)
          const facts = decide(state, { timeUs: bench.timeUs + 1, input })
          for (const fact of facts) apply(state, fact)
          expect(facts.map(({ body }) => body)).toEqual(bench.when(input))
        }
        expect(stateHash(state)).toBe(stateHash(bench.state))
      }),
      { numRuns: RUNS },
    )
  })

  test('the hash tells states apart: the smallest change of one number in one fact is another hash', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WORLDS), walks(30), fc.nat(), (world, steps, at) => {
        const { journal, state } = live(world, steps)
        const flows = journal.filter(({ body }) => body.type === 'CAPITAL_FLOWED')
        const picked = flows[at % flows.length] as Fact
        const changed = journal.map((fact) => (fact === picked ? { ...fact, body: oneUnitMore(fact.body) } : fact))
        expect(stateHash(replayed(changed, [9]))).not.toBe(stateHash(state))
      }),
      { numRuns: RUNS },
    )
  })
})

/** A capital flow in which every posting is larger by one unit of the last place. */
function oneUnitMore(body: FactBody): FactBody {
  if (body.type !== 'CAPITAL_FLOWED') return body
  return { ...body, postings: body.postings.map((posting) => ({ ...posting, amount: (posting.amount + 1n) as Decimal })) }
}
