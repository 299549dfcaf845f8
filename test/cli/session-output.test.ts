// What a person at the terminal is told of a session whose output goes elsewhere: the real binary in a real terminal.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { privateFolder } from '../session/control-rig.ts'
import { Tmux } from '../tui/tmux.ts'
import { BIN, dita } from './dita.ts'

const isInstalled = Tmux.isInstalled()
if (!isInstalled) console.warn('LEFT OUT: what is told beside an output, because tmux is not installed')

const terminals: Tmux[] = []
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close()
})

function inTerminal(folder: string, words: string): Tmux {
  const terminal = new Tmux({
    name: `dita-aside-${process.pid}-${terminals.length}`,
    columns: 160,
    rows: 20,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
    command: `'${process.execPath}' '${BIN}' run --speed max --session aside --store '${join(folder, 'dita.db')}' ${words}; echo "left with $?"`,
  })
  terminals.push(terminal)
  return terminal
}

describe.skipIf(!isInstalled)('whose output goes to a file', () => {
  test.each(['', '--json', '--events'])('is told at the terminal that the session runs, and how it ended (%s)', async (mode) => {
    const folder = privateFolder()
    const terminal = inTerminal(folder, `--duration 5s ${mode} > '${join(folder, 'out')}'`)
    const lines = await terminal.until((text) => text.includes('left with 0'))
    expect(lines.filter((line) => line !== '')).toEqual([
      expect.stringMatching(/^Session aside runs, pid \d+\. To look on: `dita watch`\. To stop it: Ctrl-C or `dita halt`\.$/),
      'Session aside is over: it ran its time (duration_elapsed). See `dita summarize`.',
      'left with 0',
    ])
    expect(readFileSync(join(folder, 'out'), 'utf8')).not.toContain('Session aside is over')
  })

  test('is told there that it failed, where the error is in the file', async () => {
    const folder = privateFolder()
    const terminal = inTerminal(folder, `--duration 5s --json --strategy ./gone.ts > '${join(folder, 'out')}'`)
    const lines = await terminal.until((text) => text.includes('left with 4'))
    expect(lines[0]).toBe('Session aside failed: the error stands in what it printed.')
    expect(JSON.parse(readFileSync(join(folder, 'out'), 'utf8'))).toMatchObject({ error: { exitCode: 4 } })
  })
})

test('a script that reads both streams gets no such words', async () => {
  const cwd = privateFolder()
  const { code, stderr } = await dita(['run', '--duration', '5s', '--speed', 'max', '--store', join(cwd, 'dita.db')], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
