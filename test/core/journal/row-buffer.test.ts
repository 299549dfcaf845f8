// Rows that are gathered and inserted many at a time arrive each as it was given, or are refused whole.

import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RowBuffer } from '../../../src/core/journal/project/row-buffer.ts'

type Row = Parameters<RowBuffer<'checkpoints'>['add']>[0]

let database: Database.Database
beforeEach(() => {
  database = new Database(':memory:')
  database.exec('CREATE TABLE checkpoints (one INTEGER, two TEXT, three TEXT) STRICT')
})
afterEach(() => {
  database.close()
})

const row = (fields: object): Row => fields as Row
const rowOf = (one: number): Row => row({ one, two: `t${one}`, three: null })
const stored = () => database.prepare('SELECT * FROM checkpoints ORDER BY one').all()

test.each([0, 1, 2, 3, 31, 32, 33, 75])('%i rows arrive, each once, in two commits as in one', (count) => {
  const buffer = new RowBuffer(database, 'checkpoints')
  for (let one = 0; one < count; one += 1) buffer.add(rowOf(one))
  buffer.flush()
  for (let one = count; one < 2 * count; one += 1) buffer.add(rowOf(one))
  buffer.flush()
  expect(stored()).toEqual(Array.from({ length: 2 * count }, (_, one) => rowOf(one)))
})

describe('a row that is not like the first', () => {
  test.each([
    ['in another order', { two: 'x', one: 2, three: null }, 'a row of checkpoints has two where one belongs'],
    ['with a column missing', { one: 2, two: 'x' }, 'a row of checkpoints has 2 columns, not 3'],
    ['with a column more', { one: 2, two: 'x', three: null, four: 4 }, 'a row of checkpoints has 4 columns, not 3'],
  ])('%s is refused, and nothing of an older row takes its place', (_what, fields, complaint) => {
    const buffer = new RowBuffer(database, 'checkpoints')
    buffer.add(rowOf(1))
    expect(() => buffer.add(row(fields))).toThrow(complaint)
    buffer.flush()
    expect(stored()).toEqual([rowOf(1)])
  })
})

test('what stands on the prototype of all objects is no column', () => {
  const added = Object.prototype as { extra?: unknown }
  try {
    added.extra = 'x'
    const buffer = new RowBuffer(database, 'checkpoints')
    buffer.add(rowOf(1))
    buffer.flush()
  } finally {
    delete added.extra
  }
  expect(stored()).toEqual([rowOf(1)])
})
