// What shells make of the completion scripts: real shells, where they are installed.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CompletedCommand, completionScript, type Shell } from '../../src/cli/completion.ts'
import { temporaryFolder } from '../session/harness.ts'
import { dita, errorOf, PROJECT } from './dita.ts'

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

const isInstalled = (shell: Shell): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' })
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw thrown
  }
}

const scripts = new Map<Shell, string>()

/** The scripts of the real commands. */
beforeAll(async () => {
  for (const shell of SHELLS) {
    const { code, stdout } = await dita(['completion', shell], { cwd: PROJECT })
    expect(code).toBe(0)
    const path = join(temporaryFolder(), `dita.${shell}`)
    writeFileSync(path, stdout)
    scripts.set(shell, path)
  }
})

/** What bash offers where the last of these words is being typed; nothing means that it looks for files. */
function offered(words: readonly string[], script = scripts.get('bash') ?? ''): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const program = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dita; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['--norc', '-c', program], { encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test.each<[readonly string[], readonly string[]]>([
    [
      ['dita', 'su'],
      ['summarize', 'summarize-run'],
    ],
    [['dita', 'conf'], ['config']],
    [
      ['dita', 'capital', ''],
      ['deposit', 'list', 'withdraw'],
    ],
    [['dita', 'config', 's'], ['show']],
    [['dita', 'run', '--du'], ['--duration']],
    [['dita', 'run-session', '--du'], ['--duration']],
    [
      ['dita', 'run', '--on-start', ''],
      ['adopt', 'cancel'],
    ],
    [['dita', 'run', '--on-start', 'c'], ['cancel']],
    [
      ['dita', 'run', '--on-start', '='],
      ['adopt', 'cancel'],
    ],
    [['dita', 'run', '--on-start', '=', 'a'], ['adopt']],
    [['dita', 'run', '--duration', '1h', '--li'], ['--live']],
    [['dita', 'halt', '--no'], ['--no-wait']],
    [
      ['dita', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['dita', 'capital', 'deposit', '--acc'], ['--account']],
    [['dita', 'help', 'reco'], ['reconcile']],
    // Files: left to the shell.
    [['dita', 'run', '--config', ''], []],
    [['dita', 'run', '--config', '-'], []],
    [['dita', 'audit-config', 'x'], []],
    [['dita', 'nonsense', '--x'], []],
  ])('offers after %j what there is: %j', (words, expected) => {
    expect(offered(words).sort()).toEqual([...expected].sort())
  })

  test('knows every command and every flag that the help knows', async () => {
    const { stdout } = await dita(['help'], { cwd: PROJECT })
    const commands = offered(['dita', ''])
    for (const command of ['doctor', 'init', 'run', 'summarize', 'watch']) expect(commands).toContain(command)
    for (const command of commands) {
      if (command !== 'help' && !command.endsWith('-session') && !command.endsWith('-run')) expect(stdout).toContain(command)
    }
    const help = await dita(['run', '--help'], { cwd: PROJECT })
    const flags = offered(['dita', 'run', '--'])
    expect(flags.length).toBeGreaterThan(8)
    for (const flag of flags) if (flag !== '--help') expect(help.stdout).toContain(flag)
  })

  test('is registered for dita, and falls back to files', () => {
    const said = execFileSync('bash', ['--norc', '-c', `source ${scripts.get('bash')}; complete -p dita`], { encoding: 'utf8' })
    expect(said.trim()).toBe('complete -o default -F _dita dita')
  })
})

for (const shell of ['zsh', 'fish'] as const) {
  test.skipIf(!isInstalled(shell))(`${shell} reads its script without a word`, () => {
    const load = shell === 'zsh' ? 'autoload -U compinit; compinit -u; source' : 'source'
    expect(execFileSync(shell, ['-c', `${load} ${scripts.get(shell)}`], { encoding: 'utf8' })).toBe('')
  })
}

test('words that a shell would act on stay words, in every shell', () => {
  const folder = temporaryFolder()
  const evil = `it's "$(touch ${folder}/evil)" \`touch ${folder}/evil\` a:b \\`
  const commands: CompletedCommand[] = [
    { id: 'run', aliases: [], summary: evil, flags: { speed: { type: 'option', summary: evil, options: ['1', 'max'] } }, args: {} },
    { id: 'config:show', aliases: [], summary: evil, flags: {}, args: {} },
  ]
  for (const shell of SHELLS.filter(isInstalled)) {
    const path = join(folder, shell)
    writeFileSync(path, completionScript(shell, commands))
    const load = shell === 'zsh' ? 'autoload -U compinit; compinit -u; source' : 'source'
    execFileSync(shell, ['-c', `${load} ${path}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    expect(() => execFileSync('test', ['!', '-e', join(folder, 'evil')])).not.toThrow()
  }
  const bash = join(folder, 'bash')
  expect(offered(['dita', 'run', '--speed', ''], bash)).toEqual(['1', 'max'])
  expect(offered(['dita', ''], bash).sort()).toEqual(['config', 'help', 'run'])
  // What means something stands in quotes that are closed again, however many there are in it.
  expect(completionScript('zsh', commands)).toContain(`'run:it'\\''s "$(touch`)
  expect(completionScript('fish', commands)).toContain(`-d 'it\\'s "$(touch`)
})

test('a shell that is not known is told which are', async () => {
  const outcome = await dita(['completion', 'tcsh', '--json'], { cwd: PROJECT })
  expect(outcome.code).toBe(2)
  expect(errorOf(outcome)).toMatchObject({ message: expect.stringContaining('bash, zsh, fish') })
})
