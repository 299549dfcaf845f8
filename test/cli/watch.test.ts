// Watching a session from elsewhere: the real command line, and a real terminal, on a session in a process of its own.

import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { ControlChildMode } from '../session/control-child.ts'
import { type ControlChild, startControlChild } from '../session/control-children.ts'
import { privateFolder } from '../session/control-rig.ts'
import { Tmux } from '../tui/tmux.ts'
import { BIN, dita, errorOf } from './dita.ts'

const isInstalled = Tmux.isInstalled()
if (!isInstalled) console.warn('LEFT OUT: watching in a real terminal, because tmux is not installed')

interface Desk {
  readonly store: string
  readonly cwd: string
  readonly child: ControlChild
}

async function deskWith(mode: ControlChildMode): Promise<Desk> {
  const cwd = privateFolder()
  const store = join(cwd, 'dita.db')
  const child = await startControlChild({ mode, storePath: store, sessionId: 'night-shift' })
  return { store, cwd, child }
}

describe('without a terminal', () => {
  test('V07 it says in plain lines what happens, and how the session ended; exit 0 whatever ended it', async () => {
    const { store, cwd } = await deskWith('ends')
    const { code, stdout, stderr } = await dita(['watch', '--store', store], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Session night-shift, pid \d+: Ctrl-C leaves it running, `dita halt` ends it\.\n/)
    expect(stdout).toContain('night-shift starts at')
    expect(stdout).toContain('halted    loss limit: lost \\x1b[31m101 (risk_loss_limit)')
    expect(stdout).toContain('Session night-shift halted: loss limit (lost \\x1b[31m101).\n')
    expect(stdout).toContain('dita summarize night-shift')
    expect(stdout).not.toContain('\u001b')
  })

  test('V07 with --json it prints one model a line, the last with the halt', async () => {
    const { store, cwd } = await deskWith('ends')
    const { code, stdout, stderr } = await dita(['watch', '--store', store, '--json'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).not.toContain('\u001b')
    expect(stdout).not.toContain('  ')
    const models = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(models.length).toBeGreaterThanOrEqual(2)
    expect(models[0]).toMatchObject({ sessionId: 'night-shift', phase: 'running', pnl: { net: '0.7209' } })
    expect(models.at(-1)).toMatchObject({ phase: 'halted', haltReason: 'risk_loss_limit', haltDetail: 'lost \u001b[31m101' })
  })

  test('a reader that has seen enough ends it, and not the session', async () => {
    const { store, cwd, child } = await deskWith('obeys')
    const { code, stderr } = await dita(['watch', '--store', store, '--json'], { cwd, closeStdoutAfter: 10 })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const halted = await dita(['halt', '--store', store, '--json'], { cwd })
    expect(JSON.parse(halted.stdout)).toMatchObject({ sessionId: 'night-shift', pid: child.pid, haltReason: 'kill_switch' })
  })
})

describe('where there is nothing to watch', () => {
  test('it is exit 2: what was named is not there', async () => {
    const cwd = privateFolder()
    const outcome = await dita(['watch', '--store', join(cwd, 'dita.db'), '--json'], { cwd })
    expect(outcome.code).toBe(2)
    expect(errorOf(outcome)).toMatchObject({ code: 'NOTHING_RUNS', next: expect.stringContaining('dita run') })
  })

  test.each(['deaf', 'hangs'] as const)('a session that does not answer (%s) is exit 5, with its pid', async (mode) => {
    const { store, cwd, child } = await deskWith(mode)
    const outcome = await dita(['watch', '--store', store, '--json'], { cwd })
    expect(outcome.code).toBe(5)
    expect(errorOf(outcome)).toMatchObject({ code: 'SESSION_SILENT', message: expect.stringContaining(`night-shift (pid ${child.pid})`) })
  })

  test('a session that dies while it is watched is exit 3', async () => {
    const { store, cwd } = await deskWith('dies')
    const outcome = await dita(['watch', '--store', store], { cwd })
    expect(outcome.code).toBe(3)
    expect(outcome.stderr).toContain('Session night-shift is gone')
    expect(outcome.stderr).toContain('dita reconcile')
  })
})

describe.skipIf(!isInstalled)('in a real terminal', () => {
  const terminals: Tmux[] = []
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.close()
  })

  function watchOn({ store }: Desk): Tmux {
    const terminal = new Tmux({
      name: `dita-watch-${process.pid}-${terminals.length}`,
      columns: 100,
      rows: 30,
      environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
      command: `'${process.execPath}' '${BIN}' watch --store '${store}'; echo "left with $?"`,
    })
    terminals.push(terminal)
    return terminal
  }

  test('it is the live screen; q leaves it, and the session goes on', async () => {
    const desk = await deskWith('obeys')
    const terminal = watchOn(desk)
    const picture = await terminal.until((text) => text.includes('● running') && text.includes('night-shift'))
    expect(picture.at(-1)).toMatch(/^╰─ q leave {2}\? help .*─╯$/)
    terminal.press('?')
    await terminal.until((text) => /q or d +leave, the session goes on/.test(text))
    terminal.press('q')
    const left = await terminal.until((text) => text.includes('left with 0'))
    expect(left.join('\n')).toContain('Session night-shift goes on. To stop it: dita halt')
    expect(terminal.isOnAlternateScreen()).toBe(false)
    expect(terminal.isCursorVisible()).toBe(true)
    const halted = await dita(['halt', '--store', desk.store, '--json'], { cwd: desk.cwd })
    expect(JSON.parse(halted.stdout)).toMatchObject({ haltReason: 'kill_switch' })
  })

  test('d detaches, and who comes back finds the session where it is by then', async () => {
    const desk = await deskWith('obeys')
    const first = watchOn(desk)
    await first.until((text) => text.includes('● running'))
    first.press('d')
    await first.until((text) => text.includes('left with 0'))
    expect([first.isOnAlternateScreen(), first.isCursorVisible()]).toEqual([false, true])
    // Two at once are two screens of one session.
    const [second, third] = [watchOn(desk), watchOn(desk)]
    await second.until((text) => text.includes('● running'))
    await third.until((text) => text.includes('● running'))
    second.press('d')
    await second.until((text) => text.includes('left with 0'))
    expect(third.lines().join('\n')).toContain('● running')
    expect(desk.child.process.exitCode).toBeNull()
  })

  test('L02 Ctrl-C leaves it as well, with the code of the signal', async () => {
    const desk = await deskWith('obeys')
    const terminal = watchOn(desk)
    await terminal.until((text) => text.includes('● running'))
    terminal.press('C-c')
    await terminal.until((text) => text.includes('left with 130'))
    expect(desk.child.process.exitCode).toBeNull()
  })

  test('when the session halts, it says how and is done', async () => {
    const desk = await deskWith('obeys')
    const terminal = watchOn(desk)
    await terminal.until((text) => text.includes('● running'))
    await dita(['halt', '--store', desk.store, '--reason', 'enough'], { cwd: desk.cwd })
    const left = await terminal.until((text) => text.includes('left with 0'))
    expect(left.join('\n')).toContain('Session night-shift halted: kill switch (enough).')
    expect(terminal.isOnAlternateScreen()).toBe(false)
  })
})
