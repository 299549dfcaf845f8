// Rows of one table, gathered during a commit and inserted many at a time: most of an insert's cost is the call into
// SQLite, not the row. Holds nothing between commits.

import type Database from 'better-sqlite3'
import type { InsertType, SelectType } from 'kysely'
import type { JournalDatabase } from '../schema.ts'

/** How many rows one statement inserts, largest first. What is left over goes in by the smaller ones. */
const ROWS_AT_ONCE = [32, 8, 2, 1] as const
const MOST_ROWS = ROWS_AT_ONCE[0]

type Value = string | number | null | Buffer

/** Every column of a table but those that SQLite computes itself. */
type WholeRow<Columns> = {
  [Name in keyof Columns as [InsertType<Columns[Name]>] extends [never] ? never : Name]: SelectType<Columns[Name]>
}

export class RowBuffer<Table extends keyof JournalDatabase & string> {
  readonly #database: Database.Database
  readonly #table: Table
  readonly #statements = new Map<number, Database.Statement<Value[]>>()
  #columns: readonly string[] = []
  #values: Value[] = []
  #rows = 0

  constructor(database: Database.Database, table: Table) {
    this.#database = database
    this.#table = table
  }

  /** Takes a whole row. The order of the columns is learnt from the first row; all others must keep it. */
  add(row: WholeRow<JournalDatabase[Table]>): void {
    const names = Object.keys(row)
    if (this.#columns.length === 0) this.#columns = names
    const columns = this.#columns
    if (names.length !== columns.length) throw new TypeError(`a row of ${this.#table} has ${names.length} columns, not ${columns.length}`)
    const cells = Object.values(row) as Value[]
    const values = this.#values
    const start = this.#rows * columns.length
    for (let place = 0; place < columns.length; place += 1) {
      if (names[place] !== columns[place])
        throw new TypeError(`a row of ${this.#table} has ${names[place]} where ${columns[place]} belongs`)
      values[start + place] = cells[place] as Value
    }
    this.#rows += 1
    if (this.#rows === MOST_ROWS) {
      this.#statement(MOST_ROWS).run(...values)
      this.#rows = 0
    }
  }

  /** Inserts what is still waiting. */
  flush(): void {
    const width = this.#columns.length
    let from = 0
    for (const rows of ROWS_AT_ONCE) {
      for (; this.#rows - from >= rows; from += rows) {
        this.#statement(rows).run(...this.#values.slice(from * width, (from + rows) * width))
      }
    }
    this.#rows = 0
  }

  #statement(rows: number): Database.Statement<Value[]> {
    const known = this.#statements.get(rows)
    if (known !== undefined) return known
    const row = `(${this.#columns.map(() => '?').join(', ')})`
    const values = Array.from({ length: rows }, () => row).join(', ')
    const statement = this.#database.prepare<Value[]>(`INSERT INTO ${this.#table} (${this.#columns.join(', ')}) VALUES ${values}`)
    this.#statements.set(rows, statement)
    return statement
  }
}
