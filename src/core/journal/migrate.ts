// The layout of a store: numbered .sql files, each applied in one transaction of its own. `user_version` counts them.

import { readdirSync, readFileSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { APPLICATION_ID, readHeader } from './store-file.ts'

const FOLDER = new URL('./migrations/', import.meta.url)
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/

/** The names of the migrations in order. Throws where a number is missing or used twice: a defect of the build. */
function migrationNames(): string[] {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  for (const [index, name] of names.entries()) {
    const number = FILE_NAME.exec(name)?.[1]
    if (Number(number) !== index + 1) throw new Error(`migration ${name} stands in place ${index + 1}`)
  }
  return names
}

/** The layout this version of dita writes and reads. */
export function knownLayout(): number {
  return migrationNames().length
}

/** Applies what the store does not have yet; the store is either at a layout or at the one before, never between. */
export function migrate(database: Database.Database): void {
  const names = migrationNames()
  for (let layout = readHeader(database).layout; layout < names.length; layout += 1) {
    const sql = readFileSync(new URL(names[layout] as string, FOLDER), 'utf8')
    const applyOne = database.transaction(() => {
      database.exec(sql)
      database.pragma(`application_id = ${APPLICATION_ID}`)
      database.pragma(`user_version = ${layout + 1}`)
    })
    applyOne.immediate()
  }
}
