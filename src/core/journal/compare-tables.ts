// Compares the projections of two stores row by row, and says where the first difference is. Reads only.

import type Database from 'better-sqlite3'
import type { JournalDatabase } from './schema.ts'

/** Every table that facts alone decide, beside the journal and its commits. */
export const PROJECTIONS = [
  'sessions',
  'engine_state',
  'instruments',
  'positions',
  'orders',
  'fills',
  'fill_confirmations',
  'slots',
  'exit_legs',
  'transitions',
  'postings',
  'capital_events',
  'funding_payments',
  'asset_values',
  'inventory_ledger',
  'market_snapshots',
  'risk_events',
  'denials',
  'reconcile_actions',
  'exposure_assignments',
  'dust_write_offs',
  'position_differences',
] as const satisfies readonly (keyof JournalDatabase)[]

export interface TableDifference {
  readonly table: string
  /** Of the row: null where the table has no such column. */
  readonly accountId: number | null
  readonly seq: number | null
  /** What differs, in words. */
  readonly what: string
}

type Cell = string | number | null | Buffer
type Row = readonly Cell[]

/** The first difference of each table that has one: `stored` is what is in the store, `due` what the facts say. */
export function compareTables(stored: Database.Database, due: Database.Database): { rows: number; differences: TableDifference[] } {
  const differences: TableDifference[] = []
  let rows = 0
  for (const table of PROJECTIONS) {
    const found = compareTable(stored, due, table)
    rows += found.rows
    if (found.difference !== null) differences.push(found.difference)
  }
  return { rows, differences }
}

function compareTable(
  stored: Database.Database,
  due: Database.Database,
  table: string,
): { rows: number; difference: TableDifference | null } {
  const columns = due.prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)').all(table)
  const names = columns.map(({ name }) => name)
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
  const sql = `SELECT ${names.join(', ')} FROM ${table} ORDER BY ${key.map(({ name }) => name).join(', ')}`
  const keys = key.map(({ name }) => names.indexOf(name))
  const theirs = due.prepare<[], Row>(sql).raw().iterate()
  let rows = 0
  try {
    for (const row of stored.prepare<[], Row>(sql).raw().iterate()) {
      rows += 1
      const next = theirs.next()
      const other = next.done === true ? undefined : next.value
      if (other !== undefined && isSame(row, other)) continue
      return { rows, difference: describe({ table, names, keys }, row, other) }
    }
    const missing = theirs.next()
    return { rows, difference: missing.done === true ? null : describe({ table, names, keys }, undefined, missing.value) }
  } finally {
    theirs.return?.()
  }
}

function isSame(one: Row, other: Row): boolean {
  for (let place = 0; place < one.length; place += 1) if (one[place] !== other[place]) return false
  return true
}

interface TableShape {
  readonly table: string
  readonly names: readonly string[]
  /** Places of the columns of the primary key. */
  readonly keys: readonly number[]
}

/** Both rows come in the order of their keys, so the one with the smaller key is the one that the other side does not have. */
function describe(shape: TableShape, stored: Row | undefined, due: Row | undefined): TableDifference {
  const { table, names, keys } = shape
  const order = stored === undefined ? 1 : due === undefined ? -1 : compareKeys(keys, stored, due)
  const row = (order > 0 ? due : stored) ?? []
  const named = keys.map((place) => `${names[place]} ${shown(row[place])}`).join(', ')
  const at = { accountId: numberAt(names, row, 'account_id'), seq: numberAt(names, row, 'seq') }
  if (order > 0) return { table, ...at, what: `the row ${named} of ${table} is missing` }
  if (order < 0) return { table, ...at, what: `the row ${named} of ${table} is none that the facts gave` }
  const place = names.findIndex((_, column) => stored?.[column] !== due?.[column])
  const values = `${shown(stored?.[place])} where the facts give ${shown(due?.[place])}`
  return { table, ...at, what: `in the row ${named} of ${table}, ${names[place]} is ${values}` }
}

function compareKeys(keys: readonly number[], one: Row, other: Row): number {
  for (const place of keys) {
    const order = compareCells(one[place] ?? null, other[place] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** SQLite's own order: texts by their bytes, whatever JavaScript thinks of them. */
function compareCells(one: Cell, other: Cell): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}

function shown(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? 'empty' : typeof cell === 'number' ? String(cell) : JSON.stringify(String(cell))
}

function numberAt(names: readonly string[], row: Row, name: string): number | null {
  const cell = row[names.indexOf(name)]
  return typeof cell === 'number' ? cell : null
}
