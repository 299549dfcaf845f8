// The kill switch as people use it: the real command line against sessions in processes of their own.

import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DitaError } from '../../src/core/errors.ts'
import { assertNoKillFile, killFileAt, readKillFile, writeKillFile } from '../../src/core/session/socket/kill-file.ts'
import { storeHolder } from '../../src/core/session/socket/store-holder.ts'
import type { ControlChildMode } from '../session/control-child.ts'
import { type ControlChild, startControlChild } from '../session/control-children.ts'
import { privateFolder } from '../session/control-rig.ts'
import { startDita } from '../session/processes.ts'
import { dita, errorOf, type Outcome } from './dita.ts'

interface Desk {
  readonly store: string
  readonly child: ControlChild
  halt(...args: readonly string[]): Promise<Outcome>
}

async function deskWith(mode: ControlChildMode): Promise<Desk> {
  const store = join(privateFolder(), 'dita.db')
  const child = await startControlChild({ mode, storePath: store, sessionId: 'night-shift' })
  return { store, child, halt: (...args) => haltOn(store, ...args) }
}

function haltOn(store: string, ...args: readonly string[]): Promise<Outcome> {
  return dita(['halt', '--store', store, ...args], { cwd: join(store, '..') })
}

function jsonOf({ stdout }: Outcome): Readonly<Record<string, unknown>> {
  return JSON.parse(stdout)
}

describe('a session that runs', () => {
  test('L02 is halted by the kill switch, with its reason, and the store is free when the command ends', async () => {
    const { store, child, halt } = await deskWith('obeys')
    const outcome = await halt('--reason', 'spread looks wrong', '--json')
    // Nothing is in the way of the next one, who does not wait for anything.
    expect(storeHolder(store, Date.now())).toBeNull()
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(jsonOf(outcome)).toEqual({
      store,
      running: false,
      sessionId: 'night-shift',
      pid: child.pid,
      haltReason: 'kill_switch',
      haltDetail: 'spread looks wrong',
      sessionExitCode: 8,
      killFile: null,
      cleared: false,
    })
    expect(await child.ended).toContain('ended kill_switch spread looks wrong')
  })

  test('V07 in words it says what happened, with nothing a terminal would act on', async () => {
    const { child, halt } = await deskWith('obeys')
    const { code, stdout } = await halt('--reason', 'a \u001b[31mred day')
    expect(code).toBe(0)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) was told to halt`)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) halted: kill_switch (a \\x1b[31mred day).`)
    expect(stdout).toContain('dita summarize night-shift')
    expect(stdout).not.toContain('\u001b')
  })

  test('with --no-wait it is enough that it was told', async () => {
    const { child, halt } = await deskWith('obeys')
    const outcome = await halt('--no-wait', '--json')
    expect(outcome.code).toBe(0)
    expect(jsonOf(outcome)).toMatchObject({ running: true, sessionId: 'night-shift', haltReason: null, killFile: null })
    expect(await child.ended).toContain('ended kill_switch')
  })

  test('that accepts and goes on is exit 5, with its pid and what to type', async () => {
    const { child, halt } = await deskWith('ignores')
    const outcome = await halt('--timeout', '500ms', '--json')
    expect(outcome.code).toBe(5)
    expect(errorOf(outcome)).toMatchObject({
      code: 'HALT_UNPROVED',
      message: expect.stringContaining(`Session night-shift (pid ${child.pid})`),
      next: expect.stringContaining(`kill -TERM ${child.pid}`),
    })
  })

  test('that dies of it is exit 3: what it left at the venue is not known', async () => {
    const { halt } = await deskWith('dies')
    const outcome = await halt('--json')
    expect(outcome.code).toBe(3)
    expect(errorOf(outcome)).toMatchObject({ code: 'SESSION_LOST', next: expect.stringContaining('dita reconcile') })
  })
})

describe('a real session', () => {
  test('L02 is halted while it trades, and keeps the reason', async () => {
    const cwd = privateFolder()
    const store = join(cwd, 'dita.db')
    const running = startDita(['run', '--store', store, '--duration', '30m', '--speed', '1', '--seed', '7', '--json'], { cwd })
    const view = await untilHalted(store)
    expect(view).toMatchObject({ haltReason: 'kill_switch', haltDetail: 'for real', sessionExitCode: 8, killFile: null })
    const { code, stdout } = await running.ended
    expect(code).toBe(8)
    expect(JSON.parse(stdout)).toMatchObject({ sessionId: view.sessionId, haltReason: 'kill_switch', haltDetail: 'for real' })
  })
})

describe('a session that does not answer', () => {
  test('finds the kill file, which stays until it is cleared', async () => {
    const { store, child, halt } = await deskWith('file')
    const outcome = await halt('--reason', 'no socket', '--json')
    expect(outcome.code).toBe(0)
    expect(jsonOf(outcome)).toMatchObject({ running: false, sessionId: 'night-shift', pid: child.pid, killFile: killFileAt(store) })
    expect(await child.ended).toContain('ended kill_switch no socket')
    expect(statSync(killFileAt(store)).mode & 0o777).toBe(0o600)
    expect(jsonOf(await halt('--clear', '--json'))).toMatchObject({ cleared: true, running: false, killFile: null })
    expect(existsSync(killFileAt(store))).toBe(false)
  })

  test('in words it says that it has ended, and that the switch is on', async () => {
    const { store, child, halt } = await deskWith('file')
    const { code, stdout } = await halt()
    expect(code).toBe(0)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) does not answer: ${killFileAt(store)} tells it to halt.`)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) has ended.\n`)
    expect(stdout).toContain(`${killFileAt(store)} is there: no session of this folder starts before`)
  })

  test.each(['deaf', 'hangs'] as const)(
    'and does not look for the file either (%s) is exit 5, with its pid and what to type',
    async (mode) => {
      const { store, child, halt } = await deskWith(mode)
      const outcome = await halt('--timeout', '300ms')
      expect(outcome.code).toBe(5)
      expect(outcome.stdout).toContain('does not answer')
      expect(outcome.stderr).toContain(`kill -TERM ${child.pid}`)
      expect(outcome.stderr).toContain(killFileAt(store))
      expect(readKillFile(store)).not.toBeNull()
    },
  )

  test('is exit 5 at once with --no-wait, and the file is left for it', async () => {
    const { store, child, halt } = await deskWith('file')
    const outcome = await halt('--no-wait', '--json')
    expect(outcome.code).toBe(5)
    expect(errorOf(outcome)).toMatchObject({ code: 'HALT_UNPROVED', message: expect.stringContaining(killFileAt(store)) })
    expect(await child.ended).toContain('ended kill_switch')
  })
})

describe('where nothing runs', () => {
  test('there is nothing to halt, and that is done', async () => {
    const store = join(privateFolder(), 'dita.db')
    const outcome = await haltOn(store)
    expect(outcome).toEqual({ code: 0, stdout: `No session runs on ${store}: there is nothing to halt.\n`, stderr: '' })
    expect(jsonOf(await haltOn(store, '--json'))).toMatchObject({ running: false, sessionId: null, killFile: null })
  })

  test('no folder is made for it', async () => {
    const cwd = privateFolder()
    const store = join(cwd, 'never', 'dita.db')
    expect((await dita(['halt', '--store', store], { cwd })).code).toBe(0)
    expect(existsSync(join(cwd, 'never'))).toBe(false)
  })

  test('a session that was killed counts as nothing, whatever it left behind', async () => {
    const { child, halt } = await deskWith('obeys')
    child.process.kill('SIGKILL')
    await child.ended
    const outcome = await halt('--json')
    expect(outcome.code).toBe(0)
    expect(jsonOf(outcome)).toMatchObject({ running: false, sessionId: null, killFile: null })
  })

  test('with --file the switch is on, and no session starts until it is off', async () => {
    const store = join(privateFolder(), 'dita.db')
    const outcome = await haltOn(store, '--file', '--reason', 'exchange is down')
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toContain('dita halt --clear')
    expect(readFileSync(killFileAt(store), 'utf8')).toBe('exchange is down\n')
    expect(refusal(store)).toMatchObject({ code: 'KILL_SWITCH_ON', exitCode: 8, next: expect.stringContaining('dita halt --clear') })
    expect(refusal(store)?.message).toContain('(exchange is down)')
    expect((await haltOn(store, '--clear')).stdout).toBe('The kill switch is off: sessions may start again.\n')
    expect(refusal(store)).toBeNull()
    const again = await haltOn(store, '--clear')
    expect(again).toMatchObject({ code: 0, stdout: `The kill switch was not on: there is no ${killFileAt(store)}.\n` })
  })
})

describe('the kill file', () => {
  test('anything of that name counts: empty, made by hand, a folder', () => {
    const [empty, folder, long] = [0, 1, 2].map(() => join(privateFolder(), 'dita.db')) as [string, string, string]
    writeFileSync(killFileAt(empty), '')
    mkdirSync(killFileAt(folder))
    writeFileSync(killFileAt(long), 'x'.repeat(100_000))
    for (const store of [empty, folder, long]) {
      expect(readKillFile(store)).toEqual({ path: killFileAt(store), reason: null })
      expect(refusal(store)?.exitCode).toBe(8)
    }
  })

  test('a look never fails, whatever becomes of the store meanwhile', () => {
    const folder = privateFolder()
    const store = join(folder, 'dita.db')
    writeFileSync(store, '')
    linkSync(store, join(folder, 'second-name.db'))
    expect(readKillFile(store)).toBeNull()
    rmSync(folder, { recursive: true })
    expect(readKillFile(store)).toBeNull()
  })

  test('a link to the store leads to the same file', () => {
    const store = join(privateFolder(), 'dita.db')
    const link = join(privateFolder(), 'link.db')
    symlinkSync(store, link)
    writeFileSync(store, '')
    expect(killFileAt(link)).toBe(killFileAt(store))
  })

  test('the first reason stays: who comes second changes nothing', () => {
    const store = join(privateFolder(), 'dita.db')
    writeKillFile(store, 'first')
    writeKillFile(store, 'second')
    expect(readKillFile(store)?.reason).toBe('first')
  })
})

test('--clear goes with neither --file nor --reason, and a timeout is a duration', async () => {
  const store = join(privateFolder(), 'dita.db')
  expect((await haltOn(store, '--clear', '--file')).code).toBe(2)
  expect((await haltOn(store, '--timeout', 'soon')).code).toBe(2)
})

function refusal(store: string): DitaError | null {
  try {
    assertNoKillFile(store)
    return null
  } catch (thrown) {
    if (thrown instanceof DitaError) return thrown
    throw thrown
  }
}

/** Asks until there is a session to halt. */
async function untilHalted(store: string): Promise<{ readonly sessionId: string | null }> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const view: { sessionId: string | null } = JSON.parse((await haltOn(store, '--reason', 'for real', '--json')).stdout)
    if (view.sessionId !== null) return view
  }
  throw new Error('no session ever ran')
}
