import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { EXITS_OF, exitsOf } from '../../src/cli/exit-codes.ts'
import { temporaryFolder } from '../core/report/recorded-store.ts'
import { startDita } from '../session/processes.ts'
import { dita, errorOf, PROJECT } from './dita.ts'

const folder = temporaryFolder()
const cwd = folder.path
afterAll(() => folder.remove())

const COMMANDS = Object.keys(EXITS_OF)

describe('version and help', () => {
  test('--version says the version of the package', async () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
    const { code, stdout, stderr } = await dita(['--version'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`dita/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
  })

  test.each([[[]], [['--help']], [['help']], [['-h']]])('%j shows the overview, what to type for each task first', async (args) => {
    const { code, stdout } = await dita(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^dita runs, records .*\n\nSee it work {6}dita run --speed max {2,}half an hour/)
    // One screen, with the next prompt.
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThan(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    // Every command is there to be asked about; another name of one is not.
    const named = stdout.slice(stdout.indexOf('All commands:')).match(/[a-z-]{3,}/g) ?? []
    for (const name of COMMANDS) expect(named).toContain(name.split(' ')[0])
    expect(named).not.toContain('run-session')
  })

  test.each([[['summarize', '--help']], [['help', 'summarize']], [['summarize', '-h']], [['summarize-run', '--help']]])(
    '%j shows the help of the command, examples before flags',
    async (args) => {
      const { code, stdout } = await dita(args, { cwd })
      expect(code).toBe(0)
      expect(stdout.indexOf('$ dita summarize')).toBeGreaterThan(0)
      expect(stdout.indexOf('EXAMPLES')).toBeLessThan(stdout.indexOf('USAGE'))
      expect(stdout).toContain('--store=PATH')
    },
  )
})

describe('exit codes', () => {
  test.each(COMMANDS)('the help of %s says what each of its exit codes means', async (command) => {
    const { stdout } = await dita([...command.split(' '), '--help'], { cwd })
    const said = stdout.slice(stdout.indexOf('\nEXIT CODES\n'))
    expect([...said.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code)).toEqual(exitsOf(command).map(([code]) => code))
    expect(said).toMatch(/^ {2}0 +\S/m)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('no command is without', () => {
    const manifest: { commands: Readonly<Record<string, unknown>> } = JSON.parse(readFileSync(join(PROJECT, 'oclif.manifest.json'), 'utf8'))
    expect(
      Object.keys(manifest.commands)
        .map((id) => id.replaceAll(':', ' '))
        .sort(),
    ).toEqual([...COMMANDS].sort())
  })

  test.each(COMMANDS)('the help of %s says what it is for once', async (command) => {
    const { stdout } = await dita([...command.split(' '), '--help'], { cwd })
    const [summary = ''] = stdout.split('\n\n', 1)
    const words = (text: string): string => text.replace(/\s+/g, ' ').trim()
    expect(words(stdout).split(words(summary))).toHaveLength(2)
  })

  test('flags that a command has no use for are not in its help, and are taken all the same', async () => {
    const { stdout } = await dita(['completion', '--help'], { cwd })
    expect(stdout).not.toContain('--store')
    expect((await dita(['completion', 'bash', '--store', 'x.db'], { cwd })).code).toBe(0)
    expect((await dita(['exchange', '--help'], { cwd })).stdout).not.toMatch(/--store/)
  })

  test('an alias has those of its command', async () => {
    const { stdout } = await dita(['run-session', '--help'], { cwd })
    expect(stdout.slice(stdout.indexOf('\nEXIT CODES\n'))).toContain('halted by a risk gate or the kill switch')
  })
})

describe('a session without a terminal', () => {
  const args = ['run', '--duration', '2m', '--speed', 'max', '--seed', '7']

  test('tells in a screenful how it began, went and ended: the answers last, and no line for a fill', async () => {
    const { code, stdout } = await dita([...args, '--store', join(cwd, 'brief.db'), '--session', 'brief'], { cwd })
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/^\d\d:\d\d:\d\d {2}fill/m)
    expect(stdout).toMatch(/progress +100 %.* fills [1-9]/)
    const end = stdout
      .slice(stdout.indexOf('\nSession brief: ') + 1)
      .trimEnd()
      .split('\n')
    expect(end.length).toBeLessThan(24)
    expect(end.at(-1)).toMatch(/--section|session,result/)
    expect(stdout).toContain('`dita summarize brief`')
  })

  test('and with --verbose of every fill', async () => {
    const { stdout } = await dita([...args, '--verbose', '--store', join(cwd, 'long.db'), '--session', 'long'], { cwd })
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}fill/m)
  })

  test('says first which process it is, and how to end it', async () => {
    const store = join(cwd, 'plain.db')
    const running = startDita(['run', '--store', store, '--session', 'plain', '--duration', '1m', '--speed', 'max'], { cwd })
    const { pid } = running.process
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toBe(
      `Session plain, pid ${pid}: Ctrl-C ends it, as do \`dita halt --store ${store}\` and \`kill -INT ${pid}\`.`,
    )
  })
})

test('a session that is refused never says that it could be ended', async () => {
  const store = join(cwd, 'refused', 'dita.db')
  mkdirSync(join(cwd, 'refused'), { mode: 0o700 })
  writeFileSync(join(cwd, 'refused', 'HALT'), 'until monday\n')
  const { code, stdout } = await dita(['run', '--store', store, '--session', 'refused'], { cwd })
  expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
})

describe('wrong usage is exit 2, a sentence and a next step', () => {
  test.each([
    [['sumarize'], '"sumarize" is no command of dita.', 'Did you mean `dita summarize`?'],
    [['hovercraft'], '"hovercraft" is no command of dita.', 'See `dita help`'],
    [['stop'], '"stop" is no command of dita.', 'Did you mean `dita halt`?'],
    [['flatten'], '"flatten" is no command of dita.', 'Did you mean `dita run --strategy flatten`?'],
    [['help', 'sesions'], '"sesions" is no command of dita.', 'Did you mean `dita sessions`?'],
    [['capital'], '"capital" is only the beginning of a command.', '`dita capital deposit`, `dita capital list`, `dita capital withdraw`'],
    [['capital', 'depost'], '"capital depost" is no command of dita.', 'Did you mean `dita capital deposit`?'],
    [['capital', 'deposit', '1'], 'ASSET (Of what, in upper case: USDT) is missing.', '`dita capital deposit --help`'],
    [['capital', 'list', '--sotre', 'x'], 'There is no flag --sotre.', 'See `dita capital list --help`'],
    [['--frob'], '"--frob" is a flag, and no command stands before it.', 'See `dita help`'],
    [['summarize', '--sotre', 'x'], 'There is no flag --sotre.', 'Did you mean --store?'],
    [['version'], '"version" is no command of dita.', 'Did you mean `dita --version`?'],
    [['-v'], '"-v" is a flag, and no command stands before it.', 'Did you mean `dita --version`?'],
    [['run', '-d', '5m'], 'There is no flag -d.', 'Did you mean --duration?'],
    [['run', '--duration', '30 min'], '"30 min" is no duration.', 'Did you mean 30m?'],
    [
      ['run', '--strategy', 'marketmaker'],
      '--strategy must be `market_maker`, `breakout`, `flatten` or the path of a .ts or .js file, but is `marketmaker`; you may mean `market_maker`.',
      '--strategy',
    ],
    [['summarize', '-x'], 'There is no flag -x.', 'See `dita summarize --help`'],
    [['sessions', 'extra'], '"extra" is one word too many: nothing like it is taken here.', '`dita sessions --help` shows'],
    [['sessions', '--limit', 'many'], '--limit takes a whole number, and "many" is none.', '`dita sessions --help` shows'],
    [['sessions', '--limit', '0'], '--limit takes a whole number, 1 or more, and not 0.', '`dita sessions --help`'],
    [['sessions', '--limit'], '--limit wants a value behind it.', '`dita sessions --help` shows'],
    [['sessions', '--store', ''], '"" is no path of a store.', 'Give a file after --store'],
  ])('%j', async (args, message, next) => {
    const { code, stdout, stderr } = await dita(args, { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`dita: ${message}`)
    expect(stderr.split('\n')[1]).toContain(next)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('with --json it is one object on stdout, and stderr stays silent', async () => {
    const outcome = await dita(['summarize', '--sotre', 'x', '--json'], { cwd })
    expect(outcome).toMatchObject({ code: 2, stderr: '' })
    expect(errorOf(outcome)).toEqual({
      code: 'UNKNOWN_FLAG',
      message: 'There is no flag --sotre.',
      next: 'Did you mean --store? See `dita summarize --help` for all flags.',
      fault: 'user',
      exitCode: 2,
    })
  })

  test('L08 a stack is shown with DITA_DEBUG=1, and only then', async () => {
    const args = ['summarize', '--store', 'none.db']
    expect((await dita(args, { cwd })).stderr).not.toMatch(/^ +at /m)
    expect((await dita(args, { cwd, env: { DITA_DEBUG: '1' } })).stderr).toMatch(/^ +at .*dist/m)
  })

  test('V07 control and format characters of an argument reach the terminal as escapes', async () => {
    const { code, stderr } = await dita(['\u001b[2Jgone\u202e'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('gone')
    expect([...'\u001b\u202e'].filter((character) => stderr.includes(character))).toEqual([])
  })
})

describe('the id of a session', () => {
  test.each(['UPPER', '../up', 'a/b', 'a b', '', '-a', 'a'.repeat(33), 'é', 'a\n'])(
    'V06 %j is refused, and nothing is made',
    async (id) => {
      const store = join(cwd, 'ids.db')
      const outcome = await dita(['run', `--session=${id}`, '--store', store, '--json'], { cwd })
      expect(outcome.code).toBe(2)
      expect(errorOf(outcome)).toMatchObject({ code: 'BAD_SESSION_ID', exitCode: 2 })
      expect(existsSync(store)).toBe(false)
    },
  )
})

describe('where the store is', () => {
  async function missingStore(args: readonly string[], options: Parameters<typeof dita>[1]): Promise<unknown> {
    const { message } = errorOf(await dita(['summarize', '--json', ...args], options))
    return message
  }

  test('a store that is not there is exit 2 with what to do', async () => {
    const { code, stderr } = await dita(['summarize', '--store', 'none.db'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(`There is no store at ${join(cwd, 'none.db')}.`)
    expect(stderr).toContain('`dita run`')
  })

  test('the flag wins over the environment, that over the workspace, that over the data folder', async () => {
    const workspace = temporaryFolder()
    try {
      expect(await missingStore([], { cwd })).toContain(join(cwd, '.local/share/dita/dita.db'))
      expect(await missingStore([], { cwd, env: { XDG_DATA_HOME: '/nowhere/data' } })).toContain('/nowhere/data/dita/dita.db')
      writeFileSync(join(workspace.path, 'dita.yaml'), '')
      expect(await missingStore([], { cwd: workspace.path })).toContain(join(workspace.path, '.dita/dita.db'))
      const env = { DITA_STORE: '/nowhere/env.db' }
      expect(await missingStore([], { cwd: workspace.path, env })).toContain('/nowhere/env.db')
      expect(await missingStore(['--store', '/nowhere/flag.db'], { cwd: workspace.path, env })).toContain('/nowhere/flag.db')
    } finally {
      workspace.remove()
    }
  })

  test('a file that is no store is exit 6, and stays as it is', async () => {
    const path = join(cwd, 'letter.txt')
    writeFileSync(path, 'Dear store, '.repeat(500))
    const outcome = await dita(['sessions', '--store', path, '--json'], { cwd })
    expect(outcome.code).toBe(6)
    expect(errorOf(outcome)).toMatchObject({ code: 'STORE_FOREIGN', exitCode: 6 })
    expect(readFileSync(path, 'utf8')).toBe('Dear store, '.repeat(500))
  })
})
