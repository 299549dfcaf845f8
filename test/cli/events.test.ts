// The facts of a session as lines on standard output: the real command line.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { privateFolder } from '../session/control-rig.ts'
import { query } from '../session/harness.ts'
import { dita } from './dita.ts'

const RUN = ['run', '--events', '--duration', '5m', '--speed', 'max', '--seed', '7', '--session', 'told'] as const

test('every fact is one line of JSON, in the order of the journal, and nothing else is on standard output', async () => {
  const cwd = privateFolder()
  const store = join(cwd, 'dita.db')
  const { code, stdout, stderr } = await dita([...RUN, '--store', store], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const rows = query<{ seq: number; body: string }>(store, 'SELECT seq, body FROM journal ORDER BY seq')
  expect(rows.length).toBeGreaterThan(1_000)
  expect(lines.map(({ seq }) => seq)).toEqual(rows.map(({ seq }) => seq))
  expect(lines.map(({ fact }) => JSON.stringify(fact))).toEqual(rows.map(({ body }) => JSON.stringify(JSON.parse(body))))
  expect(lines[0]).toMatchObject({ sessionId: 'told', fact: { type: 'SESSION_OPENED' } })
  expect(lines.at(-1)).toMatchObject({ fact: { type: 'SESSION_HALTED', reason: 'duration_elapsed' } })
})

test('a reader that has seen enough ends nothing: the session runs its time, and says that nobody reads', async () => {
  const cwd = privateFolder()
  const store = join(cwd, 'dita.db')
  const { code, stderr } = await dita([...RUN, '--store', store], { cwd, closeStdoutAfter: 100 })
  expect(code).toBe(0)
  expect(stderr).toBe('Nobody reads the facts on standard output any more: the session goes on without it.\n')
  expect(query(store, "SELECT halt_reason FROM sessions WHERE session_id = 'told'")).toEqual([{ halt_reason: 'duration_elapsed' }])
})

test('an error before the session is read on standard error, and standard output stays empty', async () => {
  const cwd = privateFolder()
  const { code, stdout, stderr } = await dita(['run', '--events', '--speed', 'fast', '--store', join(cwd, 'dita.db')], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--speed')
})

test('with --json it is refused: each of the two has standard output for itself', async () => {
  const cwd = privateFolder()
  const { code } = await dita(['run', '--events', '--json', '--store', join(cwd, 'dita.db')], { cwd })
  expect(code).toBe(2)
})
