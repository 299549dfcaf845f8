// The kill switch as people use it: the real command line against sessions in processes of their own.

import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DitaError } from '../../src/core/errors.ts'
import type { HolderCommand } from '../../src/core/journal/lock.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import type { StoreWriter } from '../../src/core/journal/writer.ts'
import { ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import { assertNoKillFile, killFileAt, killFilesOf, readKillFile, writeKillFile } from '../../src/core/session/socket/kill-file.ts'
import { storeHolder } from '../../src/core/session/socket/store-holder.ts'
import { until } from '../core/exchange/bingx/rehearsed.ts'
import type { ControlChildMode } from '../session/control-child.ts'
import { type ControlChild, startControlChild } from '../session/control-children.ts'
import { privateFolder } from '../session/control-rig.ts'
import { startDita } from '../session/processes.ts'
import { dita, errorOf, type Outcome } from './dita.ts'
import { RehearsalDesk } from './rehearsal-desk.ts'

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
      ordersLeft: [],
      exitCode: 0,
    })
    expect(await child.ended).toContain('ended kill_switch spread looks wrong')
  })

  test('V07 in words it says what happened, with nothing a terminal would act on', async () => {
    const { child, halt } = await deskWith('obeys')
    const { code, stdout } = await halt('--reason', 'a \u001b[31mred day')
    expect(code).toBe(0)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) was told to halt`)
    expect(stdout).toContain(`Session night-shift (pid ${child.pid}) halted: kill switch (a \\x1b[31mred day).`)
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
      next: expect.stringMatching(
        new RegExp(`wait a minute and type .dita halt. again.*kill -TERM ${child.pid}.*one more minute .kill -KILL`),
      ),
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
  test.each([
    ['the reason', ['--reason', 'for real'], 'dita halt: for real'],
    ['the way it was told, where there is no reason', [], 'dita halt'],
  ])('L02 is halted while it trades, and keeps %s', async (_, args, detail) => {
    const cwd = privateFolder()
    const store = join(cwd, 'dita.db')
    const running = startDita(['run', '--store', store, '--duration', '30m', '--speed', '1', '--seed', '7', '--json'], { cwd })
    const view = await untilHalted(store, ...args)
    expect(view).toMatchObject({ haltReason: 'kill_switch', haltDetail: detail, sessionExitCode: 8, killFile: null })
    const { code, stdout } = await running.ended
    expect(code).toBe(8)
    expect(JSON.parse(stdout)).toMatchObject({ sessionId: view.sessionId, haltReason: 'kill_switch', haltDetail: detail })
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
      expect(outcome.stderr).toMatch(/^\(HALT_UNPROVED\)$/m)
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
    await storeHeldBy({ sessionId: 'over' }, store).close()
    const outcome = await haltOn(store)
    expect(outcome).toEqual({ code: 0, stdout: `Nothing was halted: no session runs on ${store}.\n`, stderr: '' })
    expect(jsonOf(await haltOn(store, '--json'))).toMatchObject({ running: false, sessionId: null, killFile: null, ordersLeft: [] })
  })

  test('and nothing named the store, that is exit 2: it may be the wrong one; it is said which this is and how to name another', async () => {
    const cwd = privateFolder()
    const store = join(cwd, 'data', 'dita', 'dita.db')
    mkdirSync(join(store, '..'), { recursive: true, mode: 0o700 })
    await storeHeldBy({ sessionId: 'over' }, store).close()
    const { code, stdout } = await dita(['halt'], { cwd, env: { XDG_DATA_HOME: join(cwd, 'data') } })
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: [
        `Nothing was halted: no session runs on ${store}.`,
        'This folder has no dita.yaml, so that is the default store: a session of another folder is not seen from here.',
        'To halt one: `cd` into its folder, or name its store with `dita halt --store PATH`.\n',
      ].join('\n'),
    })
  })

  test('a store that is not there is a wrong path and exit 2: it is named, and no folder is made for it', async () => {
    const cwd = privateFolder()
    const store = join(cwd, 'never', 'dita.db')
    const outcome = await dita(['halt', '--store', store, '--json'], { cwd })
    expect({ exit: outcome.code, ...errorOf(outcome) }).toMatchObject({
      ...{ exit: 2, code: 'STORE_MISSING', message: expect.stringContaining(store), next: expect.stringContaining('--store') },
    })
    expect(existsSync(join(cwd, 'never'))).toBe(false)
  })

  test('a command that holds the store is no session: there is nobody to halt or to watch, and who starts is told its name', async () => {
    const store = join(privateFolder(), 'dita.db')
    const cwd = join(store, '..')
    const writer = storeHeldBy({ command: 'dita reconcile' }, store)
    expect(await haltOn(store, '--json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"running": false') })
    expect(errorOf(await dita(['watch', '--store', store, '--json'], { cwd }))).toMatchObject({ code: 'NOTHING_RUNS', exitCode: 2 })
    const refused = errorOf(await dita(['run', '--store', store, '--speed', 'max', '--json'], { cwd }))
    const named = `The command \`dita reconcile\` (pid ${process.pid}) is using the store ${store}`
    expect(refused).toMatchObject({ code: 'STORE_BUSY', exitCode: 5, message: expect.stringContaining(named) })
    await writer.close()
  })

  test('a session that was killed counts as nothing, whatever it left behind', async () => {
    const { child, halt } = await deskWith('obeys')
    child.process.kill('SIGKILL')
    await child.ended
    const outcome = await halt('--json')
    expect(outcome.code).toBe(0)
    expect(jsonOf(outcome)).toMatchObject({ running: false, sessionId: null, killFile: null })
  })

  test('with --file the switch is on, also before there is a store, and no session starts until it is off', async () => {
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

describe('orders that a crash left', () => {
  test('L02 of a venue in the world are exit 3 with what to type, and that takes them back and starts nothing', async () => {
    const desk = await RehearsalDesk.open()
    await desk.crash('night-shift', () => desk.accepted().length >= 2)
    const { code, view } = await desk.json('halt')
    expect({ code, view }).toMatchObject({ code: 3, view: { running: false, sessionId: null, exitCode: 3 } })
    expect(view.ordersLeft).toEqual([{ account: 'bingx-demo/main', mode: 'demo', orders: expect.any(Number) }])
    expect(view.ordersLeft[0].orders).toBeGreaterThan(0)
    const { stdout } = await desk.dita('halt')
    expect(stdout).toMatch(/^The books still hold \d+ orders? of bingx-demo\/main as live\.$/m)
    expect(stdout).toContain('dita reconcile --fix-orphans --cancel')
    const sent = desk.accepted().length
    const taken = await desk.json('reconcile', '--fix-orphans', '--cancel')
    expect(taken).toMatchObject({ code: 0, view: { closedAsCrashed: ['night-shift'], takenBack: { left: 0 }, drift: 0 } })
    expect([...desk.audit().orders.values()].filter((order) => order.status === 'open')).toEqual([])
    expect(desk.accepted()).toHaveLength(sent)
    expect(await desk.json('halt')).toMatchObject({ code: 0, view: { ordersLeft: [], exitCode: 0 } })
  })

  test('on paper ended with their exchange: there is nothing to see to', async () => {
    const cwd = privateFolder()
    const store = join(cwd, 'dita.db')
    const running = startDita(['run', '--store', store, '--duration', '30m', '--speed', '1', '--session', 'paper', '--json'], { cwd })
    await until(() => existsSync(store) && liveOrdersIn(store) > 0)
    running.process.kill('SIGKILL')
    await running.ended
    expect(liveOrdersIn(store)).toBeGreaterThan(0)
    expect(await haltOn(store, '--json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"ordersLeft": []') })
  })
})

describe('the kill file', () => {
  test('counts beside the dita.yaml of a workspace as well, and --clear removes it from both places', async () => {
    const desk = privateFolder()
    writeFileSync(join(desk, 'dita.yaml'), 'mode: paper\n')
    const store = join(desk, '.dita', 'dita.db')
    // The folder of the store is not made yet: the workspace's own is there.
    const halted = await dita(['halt', '--file', '--reason', 'lunch'], { cwd: desk })
    expect(halted).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`${join(desk, 'HALT')} is there`) })
    const refused = await dita(['run', '--speed', 'max', '--duration', '1m'], { cwd: desk })
    expect(refused).toMatchObject({ code: 8, stderr: expect.stringContaining(join(desk, 'HALT')) })
    mkdirSync(join(desk, '.dita'))
    writeFileSync(join(desk, '.dita', 'HALT'), 'by hand\n')
    expect(killFilesOf(store)).toEqual([join(desk, '.dita', 'HALT'), join(desk, 'HALT')])
    expect((await dita(['halt', '--clear'], { cwd: desk })).code).toBe(0)
    expect(killFilesOf(store).filter((path) => existsSync(path))).toEqual([])
    expect((await dita(['run', '--speed', 'max', '--duration', '1m', '--json'], { cwd: desk })).code).toBe(0)
  })

  test('beside a store of another folder only that folder counts', () => {
    const store = join(privateFolder(), 'dita.db')
    expect(killFilesOf(store)).toEqual([killFileAt(store)])
  })

  test('that cannot be left says which folder is missing', async () => {
    const store = join(privateFolder(), 'never', 'dita.db')
    const outcome = await dita(['halt', '--file', '--store', store, '--json'], { cwd: join(store, '..', '..') })
    expect({ exit: outcome.code, ...errorOf(outcome) }).toMatchObject({
      ...{ exit: 2, fault: 'user', code: 'KILL_FILE_FAILED', message: expect.stringContaining(`no folder ${join(store, '..')}`) },
    })
  })

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

function storeHeldBy(holder: { readonly sessionId: string } | { readonly command: HolderCommand }, path: string): StoreWriter {
  const writer = openWriter({ path, holder: { ...holder, pid: process.pid, since: '2026-01-01T00:00:00Z' }, wallUs: () => 1 })
  onTestFinished(() => writer.close())
  return writer
}

/** By the projection, whatever the mode of their session. */
function liveOrdersIn(store: string): number {
  const database = new Database(store, { readonly: true })
  try {
    const live = Object.keys(ORDER_LIVE).filter((status) => ORDER_LIVE[status as OrderStatus])
    return database.prepare(`SELECT status FROM orders WHERE status IN (${live.map(() => '?')})`).all(...live).length
  } catch {
    // It is just being made.
    return 0
  } finally {
    database.close()
  }
}

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
async function untilHalted(store: string, ...args: string[]): Promise<{ readonly sessionId: string | null }> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    // Before the session has made its store, it is an error that there is none.
    const view: { sessionId?: string | null } = JSON.parse((await haltOn(store, ...args, '--json')).stdout)
    if (typeof view.sessionId === 'string') return { ...view, sessionId: view.sessionId }
  }
  throw new Error('no session ever ran')
}
