// A summary that is longer than the terminal, in a real one. It runs what is built in dist/.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from '../core/report/recorded-store.ts'
import { Tmux } from '../tui/tmux.ts'
import { BIN, dita } from './dita.ts'

const folder = temporaryFolder()
const store = join(folder.path, 'dita.db')
const isInstalled = Tmux.isInstalled()
if (!isInstalled) console.warn('LEFT OUT: the pager in a real terminal, because tmux is not installed')

beforeAll(() =>
  writeStore(store, (journal) => {
    const session = new ScriptedSession(journal, 'long-run', { startedWallUs: 1 })
    makeMarket(session, { seed: 21, ticks: 60 })
    session.halt('duration_elapsed')
  }),
)
afterAll(() => folder.remove())

let terminals = 0

/** Writes `left with` and the exit code once the command is over. */
function summarize(environment: Record<string, string> = {}, { before = '', more = '' } = {}): Tmux {
  terminals += 1
  const terminal = new Tmux({
    name: `dita-pager-${process.pid}-${terminals}`,
    ...{ columns: 80, rows: 24 },
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color', LESS: 'FRX', ...environment },
    command: `${before} '${process.execPath}' '${BIN}' summarize --store '${store}' ${more}; echo "left with $?"`,
  })
  onTestFinished(() => terminal.close())
  return terminal
}

/** A pager that says that it was called, shows five lines, and goes. */
function ownPager(): string {
  const path = join(folder.path, 'own-pager')
  writeFileSync(path, '#!/bin/sh\necho "own pager $1"\nhead -n 5\nexit 3\n')
  chmodSync(path, 0o700)
  return path
}

describe.skipIf(!isInstalled)('dita summarize on a terminal with fewer rows than it says', () => {
  test('opens at its beginning in the pager; Ctrl-C is the pager’s, and q ends both with the exit code of the command', async () => {
    const terminal = summarize({ PAGER: 'less' })
    const lines = await terminal.until((picture) => picture.includes('Did it work') && /^:/m.test(picture))
    expect(lines[0]).toContain('Session long-run: ')
    terminal.press('C-c')
    // A terminal throws away what was typed just before it hands Ctrl-C on: the key is pressed until it is heard.
    await terminal.until((picture) => {
      terminal.press('G')
      return picture.includes('every total')
    })
    expect(terminal.lines().join('\n')).not.toContain('left with')
    terminal.press('q')
    await terminal.until((picture) => picture.includes('left with 0'))
    expect(terminal.isCursorVisible()).toBe(true)
  })

  test('takes DITA_PAGER before PAGER, with its words; how that ends changes no exit code', async () => {
    const terminal = summarize({ PAGER: 'less', DITA_PAGER: `'${ownPager()}' --first` })
    const picture = (await terminal.until((shown) => shown.includes('left with'))).join('\n')
    expect(picture).toContain('own pager --first')
    expect(picture).toContain('left with 0')
    expect(picture).not.toContain('every total')
  })

  test.each([
    ['DITA_PAGER=cat', { DITA_PAGER: 'cat' }, ''],
    ['DITA_PAGER set to nothing', { DITA_PAGER: '' }, ''],
    ['a pager that is not there', { PAGER: 'no-such-pager-here' }, ''],
    ['CI', { CI: 'true', PAGER: 'less' }, ''],
    // tmux says itself what a terminal of its own is called.
    ['a terminal that can do nothing', { PAGER: 'less' }, 'TERM=dumb'],
  ])('with %s it is printed to its end', async (_what, environment, before) => {
    const picture = (await summarize(environment, { before }).until((shown) => shown.includes('left with'))).join('\n')
    expect(picture).toContain('every total')
    expect(picture).toContain('left with 0')
  })

  test('what fits is printed without one', async () => {
    const terminal = summarize({ DITA_PAGER: `'${ownPager()}'` }, { more: '--section journal' })
    const picture = (await terminal.until((shown) => shown.includes('left with'))).join('\n')
    expect(picture).toContain('every total')
    expect(picture).not.toContain('own pager')
  })
})

test('on a pipe, and with --json, nobody turns a page', async () => {
  for (const more of [[], ['--json']]) {
    const outcome = await dita(['summarize', '--store', store, ...more], { cwd: folder.path, env: { CI: '', DITA_PAGER: ownPager() } })
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).not.toContain('own pager')
  }
})
