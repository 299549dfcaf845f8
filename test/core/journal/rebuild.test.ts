import { describe, expect, test } from 'vitest'
import { openReader } from '../../../src/core/journal/read.ts'
import { apply } from '../../../src/core/kernel/apply.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import { createState, type KernelState, viewOf } from '../../../src/core/kernel/state.ts'
import { compareStores, type Replayer, rebuildStore } from './rebuild-store.ts'
import { HOLDER, openTestWriter, storePath, tamper } from './stores.ts'
import { Traffic } from './traffic.ts'

const REPLAYER: Replayer<KernelState> = { create: createState, apply, viewOf }

/** The facts of two accounts that take turns, one of them over two sessions: a list of commits. */
function commits(): { account: string; facts: Fact[] }[] {
  const main = new Traffic('main').open('one').capital('RLUSD', dec('10000'))
  const sub = new Traffic('sub').open('two')
  const steps: (() => void)[] = [
    ...Array.from({ length: 12 }, () => () => main.tick(3)),
    () => main.trade('s1', 1),
    () => sub.tick(2),
    () => main.halt('duration_elapsed'),
    () => main.open('three').tick(1),
    () => main.trade('s2', 1).halt('kill_switch', 'by hand'),
    () => sub.tick(2),
  ]
  return steps.flatMap((step) => {
    step()
    return [main, sub].map((traffic) => ({ account: traffic.account, facts: traffic.take() })).filter(({ facts }) => facts.length > 0)
  })
}

async function writtenStore(cut: (facts: Fact[]) => Fact[][]): Promise<string> {
  const path = storePath()
  const writer = openTestWriter(path)
  const states = new Map<string, KernelState>()
  for (const { account, facts } of commits()) {
    const state = states.get(account) ?? createState()
    states.set(account, state)
    for (const batch of cut(facts)) {
      for (const fact of batch) apply(state, fact)
      writer.append(account, batch, viewOf(state))
    }
  }
  await writer.close()
  return path
}

describe('projections are what the facts say', () => {
  test('rebuilt from the facts alone, every table is the same, byte for byte', async () => {
    const path = await writtenStore((facts) => [facts])
    const rebuilt = storePath()
    await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
    expect(compareStores(path, rebuilt)).toEqual([])
    const reader = openReader(rebuilt)
    const counts = await Promise.all(
      (['journal', 'orders', 'fills', 'slots', 'exit_legs', 'postings', 'market_snapshots', 'positions'] as const).map((table) =>
        reader.db
          .selectFrom(table)
          .select((by) => by.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow(),
      ),
    )
    await reader.close()
    // The store that was compared was not an empty one.
    expect(counts.every(({ rows }) => rows > 0)).toBe(true)
  })

  test('one commit a fact or one a step: a row that a commit forgot to touch would differ', async () => {
    const one = await writtenStore((facts) => facts.map((fact) => [fact]))
    const other = await writtenStore((facts) => [facts])
    expect(compareStores(one, other).map(({ table }) => table)).toEqual(['commits'])
  })

  test('a single altered byte of a projection is found', async () => {
    const path = await writtenStore((facts) => [facts])
    const rebuilt = storePath()
    await rebuildStore(path, { path: rebuilt, holder: HOLDER, wallUs: () => 1 }, REPLAYER)
    tamper(rebuilt, (db) => db.exec(`UPDATE fills SET fee = '0.010' WHERE seq = (SELECT min(seq) FROM fills)`))
    expect(compareStores(path, rebuilt)).toMatchObject([{ table: 'fills' }])
  })
})
