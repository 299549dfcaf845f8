// What a person at the terminal is told of a session whose output goes elsewhere: the real binary in a real terminal.

import { readFileSync, writeFileSync } from 'node:fs'
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

/** `before` stands where the store is not named. */
function inTerminal(folder: string, words: string, before?: string): Tmux {
  const store = before === undefined ? `--store '${join(folder, 'dita.db')}'` : ''
  const terminal = new Tmux({
    name: `dita-aside-${process.pid}-${terminals.length}`,
    columns: 300,
    rows: 20,
    environment: { CI: '', LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
    command: `${before ?? ''} '${process.execPath}' '${BIN}' run --speed max --session aside ${store} ${words}; echo "left with $?"`,
  })
  terminals.push(terminal)
  return terminal
}

describe.skipIf(!isInstalled)('whose output goes to a file', () => {
  test.each(['', '--json', '--events'])('is told at the terminal that the session runs, and how it ended (%s)', async (mode) => {
    const folder = privateFolder()
    const store = `--store ${folder}/dita.db`
    const terminal = inTerminal(folder, `--duration 5s ${mode} > '${join(folder, 'out')}'`)
    const lines = await terminal.until((text) => text.includes('left with 0'))
    expect(lines.filter((line) => line !== '')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Session aside runs, pid \\d+\\. To look on: \`dita watch ${store}\`\\. To stop it: Ctrl-C or \`dita halt ${store}\`\\.$`,
        ),
      ),
      `Session aside ended: ran its time. What happened in it: \`dita summarize aside ${store}\`.`,
      'left with 0',
    ])
    expect(readFileSync(join(folder, 'out'), 'utf8')).not.toContain('Session aside ended')
  })

  test('is told there how it ended in the words of every other place, and with which exit code', async () => {
    const folder = privateFolder()
    const strategy = join(folder, 'boom.mjs')
    writeFileSync(
      strategy,
      "export default () => ({ name: 'boom', slotIds: [], onTick() { throw new Error('I had not thought of that') } })",
    )
    const terminal = inTerminal(folder, `--duration 5s --strategy '${strategy}' > '${join(folder, 'out')}'`)
    const lines = await terminal.until((text) => text.includes('left with 4'))
    const words = 'failed: strategy error (The strategy boom failed in onTick: I had not thought of that (boom.mjs:1:'
    expect(lines[1]).toContain(`Session aside ${words}`)
    expect(lines[1]).toContain(
      `it was not asked again.), exit code 4. What happened in it: \`dita summarize aside --store ${folder}/dita.db\`.`,
    )
    expect(readFileSync(join(folder, 'out'), 'utf8')).toMatch(/ failed {2,}strategy error: The strategy boom failed in onTick/)
  })

  test('is told of commands without a store where they find it themselves', async () => {
    const folder = privateFolder()
    const terminal = inTerminal(folder, `--duration 5s > '${join(folder, 'out')}'`, `cd '${folder}' && XDG_DATA_HOME='${folder}'`)
    const lines = await terminal.until((text) => text.includes('left with 0'))
    expect(lines[0]).toMatch(/To look on: `dita watch`\. To stop it: Ctrl-C or `dita halt`\.$/)
    expect(lines[1]).toBe('Session aside ended: ran its time. What happened in it: `dita summarize aside`.')
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
