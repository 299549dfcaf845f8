import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { compareTables } from '../../../src/core/journal/compare-tables.ts'
import { StoreProof } from '../../../src/core/journal/store-proof.ts'
import type { StoreWriter } from '../../../src/core/journal/writer.ts'
import { openTestWriter, storePath } from './stores.ts'
import { Traffic } from './traffic.ts'

/** Proves a store in two goes, with `meanwhile` between them. */
async function provedInTwo(first: (writer: StoreWriter) => void, meanwhile: (writer: StoreWriter) => void) {
  const path = storePath()
  const writer = openTestWriter(path)
  first(writer)
  const database = new Database(path, { readonly: true })
  const proof = new StoreProof(database, path, { isDamaged: false })
  proof.advance()
  const before = proof.counts.facts
  meanwhile(writer)
  proof.advance()
  proof.finish()
  const { differences } = compareTables(database, proof.rebuild.database)
  const { factsFault, commitsFault, replayFault, imbalance, counts } = proof
  proof.close()
  database.close()
  await writer.close()
  return { before, facts: counts.facts, faults: { factsFault, commitsFault, replayFault, imbalance, differences } }
}

const NONE = { factsFault: null, commitsFault: null, replayFault: null, imbalance: null, differences: [] }
const commit = (writer: StoreWriter, traffic: Traffic) => writer.append(traffic.account, traffic.take(), traffic.view)

test('what is committed while the proof is under way is proved as well: by the session that runs, and by a new account', async () => {
  const [main, sub] = [new Traffic('main').open('one'), new Traffic('sub')]
  const { before, facts, faults } = await provedInTwo(
    (writer) => commit(writer, main.tick(2).tick(2)),
    (writer) => {
      commit(writer, main.tick(2).halt('duration_elapsed'))
      commit(writer, sub.open('two').trade('s1', 1).halt('kill_switch'))
    },
  )
  expect(faults).toEqual(NONE)
  expect(facts).toBe(main.view.seq + sub.view.seq)
  expect(before).toBeLessThan(main.view.seq)
})

test('an account that seemed at its end and then has another session is replayed anew, and no row of it twice', async () => {
  const main = new Traffic('main').open('one')
  while (main.waiting < 2_300) main.tick(2)
  const { facts, faults } = await provedInTwo(
    (writer) => commit(writer, main.halt('duration_elapsed')),
    (writer) => commit(writer, main.open('two').tick(2).halt('duration_elapsed')),
  )
  expect(faults).toEqual(NONE)
  expect(facts).toBe(main.view.seq)
})
