// What the whole sweep starts is shown to be the program that it stands for: gathered into a few files, it does the same.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { type Build, bundledBuild, plainBuild } from './build.ts'
import { Processes } from './processes.ts'

/** Plays a rehearsed session and proves its store; the hash of the last fact says what was played. */
async function played(build: Build): Promise<{ readonly codes: readonly (number | null)[]; readonly hash: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'dita-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const processes = new Processes(folder, build)
  onTestFinished(() => processes.dispose())
  const store = join(folder, 'dita.db')
  const run = await processes.dita(['run', '--json', '--session', 'same', '--duration', '2m', '--speed', 'max', '--store', store]).ended
  const verify = await processes.dita(['verify', '--json', '--store', store]).ended
  const database = new Database(store, { readonly: true })
  const hash = database.prepare<[], string>('SELECT hex(hash) FROM journal ORDER BY seq DESC LIMIT 1').pluck().get()
  database.close()
  return { codes: [run.code, verify.code], hash: hash ?? '' }
}

test('the build in a few files plays the very session that the plain one plays, and leaves nothing behind', {
  timeout: 60_000,
}, async () => {
  const plain = await played(plainBuild())
  let folder = ''
  {
    using build = bundledBuild()
    folder = dirname(dirname(build.bin))
    expect(await played(build)).toEqual(plain)
    expect(existsSync(join(folder, 'dist/cli/main.js'))).toBe(true)
  }
  expect(plain.codes).toEqual([0, 0])
  expect(plain.hash).toMatch(/^[0-9A-F]{64}$/)
  expect(existsSync(folder)).toBe(false)
})
