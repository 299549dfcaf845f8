// Every file of examples/ does what it says: strategies trade, configs are clean and run, the crontab and the unit name what exists.

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadConfig, Scene } from '../errors/scene.ts'
import { MINUTE_US, queryOne, runPaper } from '../session/harness.ts'
import { Recording } from '../session/recordings.ts'
import { exchange, KEYS } from '../session/world.ts'
import { commandsIn, commandsOfPage, complaintOf } from './command-lines.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')
const NAMES = readdirSync(EXAMPLES)
const textOf = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8')

describe('a strategy', () => {
  test.each(NAMES.filter((name) => name.endsWith('.ts')))('%s trades on paper, and nothing it asks for is denied', async (name) => {
    const wish = { strategy: join(EXAMPLES, name), seed: 7, durationUs: 10 * MINUTE_US }
    const { storePath, outcome } = await runPaper(wish)
    expect(outcome).toMatchObject({ exitCode: 0, halt: { reason: 'duration_elapsed' } })
    expect(queryOne<{ n: number }>(storePath, 'SELECT count(*) AS n FROM fills').n).toBeGreaterThan(3)
    expect(queryOne<{ n: number }>(storePath, 'SELECT count(*) AS n FROM denials').n).toBe(0)
  })

  test('storm-shy-maker.ts takes its quotes back in a storm, and ends the session after one too many', async () => {
    const params = { storm_bps: '0.5', calm_ticks: 5, most_storms: 3 }
    const config = { strategy: { name: join(EXAMPLES, 'storm-shy-maker.ts'), params } }
    const { outcome } = await runPaper({ config, seed: 7, durationUs: 20 * MINUTE_US })
    expect(outcome.halt).toEqual({ reason: 'engine_requested_halt', detail: 'the strategy storm_shy_maker asked for it: 4 storms' })
  })
})

describe('a config', () => {
  /** The examples in a folder of their own, with a recording and an exchange where they look for them. */
  async function desk(): Promise<Scene> {
    const scene = new Scene()
    for (const name of NAMES) copyFileSync(join(EXAMPLES, name), scene.path(name))
    const recording = new Recording()
    for (let tenth = 0; tenth < 2_400; tenth += 1) {
      const step = Math.floor(tenth / 600)
      recording.touch(tenth / 10, `2.${step}000`, `2.${step}001`, tenth % 2 === 0 ? '1000.5' : '999.5')
    }
    copyFileSync(recording.write(), scene.path('recording.jsonl.gz'))
    const { restUrl, streamUrl } = await exchange()
    const text = textOf('bingx-rehearsal.yaml')
      .replace('http://127.0.0.1:8080', restUrl)
      .replace('ws://127.0.0.1:8080/swap-market', streamUrl)
    scene.file('bingx-rehearsal.yaml', text)
    scene.variables(KEYS)
    return scene
  }

  test.each(NAMES.filter((name) => name.endsWith('.yaml')))('%s is clean, and a session runs by it', async (name) => {
    const scene = await desk()
    expect(await scene.run(`dita audit-config ${name} --json`)).toBe(0)
    const isWorld = name === 'bingx-rehearsal.yaml'
    expect(await scene.run(`dita run --config ${name} --store here.db ${isWorld ? '--duration 3s' : '--duration 2m --speed max'}`)).toBe(0)
    const path = scene.path('here.db')
    expect(queryOne<{ n: number }>(path, 'SELECT count(*) AS n FROM sessions').n).toBe(1)
  })
})

describe('unattended', () => {
  test('every line of the crontab has its five fields, a folder, and commands that exist', async () => {
    const config = await loadConfig()
    const lines = textOf('crontab')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !/^[A-Z]+=/.test(line))
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      expect(line).toMatch(/^([\d*,/-]+ +){5}cd \/home\/me\/desk && dita /)
      // In a crontab a % ends the command.
      expect(line).not.toContain('%')
      const commands = commandsIn(line.replace(/^([\d*,/-]+ +){5}/, ''))
      expect(commands.length).toBeGreaterThan(0)
      for (const command of commands) expect(await complaintOf(command, config)).toBe(null)
    }
  })

  test('what the crontab prints of a session, and compares, comes when none runs', () => {
    const minuteOf = (command: string): number => Number(new RegExp(`^(\\d+) .*&& dita ${command}`, 'm').exec(textOf('crontab'))?.[1])
    const lasts = Number(/dita run --duration (\d+)m/.exec(textOf('crontab'))?.[1])
    expect(minuteOf('run')).toBe(0)
    for (const command of ['summarize', 'verify']) {
      expect(minuteOf(command), command).toBeGreaterThanOrEqual(lasts + 3)
      expect(minuteOf(command), command).toBeLessThanOrEqual(55)
    }
  })

  test('the commands of the unit exist, and it watches what dita tells', async () => {
    const config = await loadConfig()
    const unit = textOf('dita.service')
    const [, shell = ''] = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit) ?? []
    const commands = commandsIn(shell)
    expect(commands.map((command) => command.split(' ')[0])).toEqual(['doctor', 'run'])
    for (const command of commands) expect(await complaintOf(command, config)).toBe(null)
    expect(unit).toMatch(/^Type=notify\nNotifyAccess=all$/m)
    expect(unit).toMatch(/^WatchdogSec=\d+$/m)
  })

  test.skipIf(!existsSync('/usr/bin/systemd-analyze'))('systemd has nothing to say against the unit', () => {
    const said = execFileSync('/usr/bin/systemd-analyze', ['verify', join(EXAMPLES, 'dita.service')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(said).toBe('')
  })

  test('every example is on their page', () => {
    for (const name of NAMES.filter((other) => other !== 'README.md')) expect(textOf('README.md')).toContain(`](${name})`)
  })
})

describe('a command line of a page', () => {
  // What is typed wrong has a page of its own, and names of tests are none of commands; what was decided may name what is no more.
  const OTHERS = ['docs/ERRORS.md', 'docs/REQUIREMENTS.md']
  const pages = [
    'README.md',
    'examples/README.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ]
  test('is one that its command takes', async () => {
    const config = await loadConfig()
    const lines = pages
      .filter((name) => name.endsWith('.md') && !OTHERS.includes(name) && !name.startsWith('docs/adr/'))
      .flatMap((name) => commandsOfPage(readFileSync(join(ROOT, name), 'utf8')))
    expect(lines.length).toBeGreaterThan(50)
    const complaints = await Promise.all(lines.map((line) => complaintOf(line, config)))
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([])
    expect(await complaintOf('run --durration 5m', config)).toContain('durration')
    expect(await complaintOf('dance', config)).toContain('no such command')
  })
})
