// Proves the projections: makes a second store from the facts of a first, and compares the two table by table.

import Database from 'better-sqlite3'
import { PROJECTIONS } from '../../../src/core/journal/compare-tables.ts'
import { type OpenWriterOptions, openWriter } from '../../../src/core/journal/open.ts'
import type { JournalDatabase } from '../../../src/core/journal/schema.ts'
import type { StoreWriter } from '../../../src/core/journal/writer.ts'
import type { Fact } from '../../../src/core/kernel/facts.ts'
import type { StateView } from '../../../src/core/kernel/views.ts'

/** All that facts alone decide: the journal itself, and every table that is derived from it. */
export const DERIVED_TABLES = ['journal', 'commits', ...PROJECTIONS] as const satisfies readonly (keyof JournalDatabase)[]

/** What turns facts into a state. */
export interface Replayer<State> {
  create(): State
  apply(state: State, fact: Fact): void
  viewOf(state: State): StateView
}

/** Writes the facts of the store at `source` into the new store `target`, commit by commit, each proved on the way. */
export async function rebuildStore<State>(source: string, target: OpenWriterOptions, replayer: Replayer<State>): Promise<void> {
  const reading = openWriter({ ...target, path: source })
  try {
    const writer = openWriter(target)
    try {
      copyCommits(source, reading, writer, replayer)
    } finally {
      await writer.close()
    }
  } finally {
    await reading.close()
  }
}

function copyCommits<State>(source: string, reading: StoreWriter, writer: StoreWriter, replayer: Replayer<State>): void {
  const accounts = new Map<string, { facts: IterableIterator<Fact>; state: State }>()
  for (const { account, facts } of commitsOf(source)) {
    const known = accounts.get(account) ?? { facts: reading.replay(account), state: replayer.create() }
    accounts.set(account, known)
    const batch: Fact[] = []
    for (let count = 0; count < facts; count += 1) {
      const { value } = known.facts.next()
      replayer.apply(known.state, value)
      batch.push(value)
    }
    writer.append(account, batch, replayer.viewOf(known.state))
  }
}

function commitsOf(path: string): { account: string; facts: number }[] {
  return reading(path, (database) =>
    database
      .prepare<[], { account: string; facts: number }>(
        `SELECT name AS account, last_seq - first_seq + 1 AS facts FROM commits JOIN accounts USING (account_id) ORDER BY commit_id`,
      )
      .all(),
  )
}

/** The tables in which two stores differ by a single byte, each with a row that only one of them has. */
export function compareStores(one: string, other: string): { readonly table: string; readonly row: unknown }[] {
  return reading(one, (database) => {
    database.prepare('ATTACH ? AS other').run(other)
    return DERIVED_TABLES.flatMap((table) => {
      const row =
        database.prepare(`SELECT * FROM main.${table} EXCEPT SELECT * FROM other.${table} LIMIT 1`).get() ??
        database.prepare(`SELECT * FROM other.${table} EXCEPT SELECT * FROM main.${table} LIMIT 1`).get()
      return row === undefined ? [] : [{ table, row }]
    })
  })
}

function reading<T>(path: string, work: (database: Database.Database) => T): T {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return work(database)
  } finally {
    database.close()
  }
}
