// A folder to fail in: whatever a person types there runs as the real command, in this process, with real files and sockets. What it
// throws is told as the command line tells it, with all that differs from machine to machine under one name.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Config } from '@oclif/core/config'
import { onTestFinished } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.ts'
import { describeFailure } from '../../src/cli/failure.ts'
import type { Failure } from '../../src/cli/failure-view.ts'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
export const SOURCES = join(PROJECT, 'src', '/')
const BIN_URL = pathToFileURL(join(PROJECT, 'bin', 'run.js')).href

/** What a page says instead of the folder of a test. */
const SHOWN_FOLDER = '/home/me/desk'

export class Scene {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'dita-errors-')))

  constructor() {
    const [workingFolder, environment] = [process.cwd(), { ...process.env }]
    process.chdir(this.folder)
    for (const name of Object.keys(process.env)) if (name.startsWith('DITA_')) delete process.env[name]
    Object.assign(process.env, { HOME: this.folder, XDG_DATA_HOME: '' })
    onTestFinished(() => {
      process.chdir(workingFolder)
      process.env = environment
      process.exitCode = undefined
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  file(name: string, text: string | Buffer, mode = 0o600): string {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text, { mode })
    return this.path(name)
  }

  /** The config of this folder, which makes it a workspace. JSON is YAML. */
  config(config: Readonly<Record<string, unknown>>): void {
    const { mode = 'paper', venue } = config
    // Whatever else a case forgets: nobody outside of this machine is spoken to.
    if (mode !== 'paper' && !JSON.stringify(venue ?? {}).includes('"rest_url":"http://127.0.0.1:'))
      throw new Error('a venue on loopback is missing')
    this.file('dita.yaml', JSON.stringify(config))
  }

  recording(name: string, ...lines: readonly string[]): void {
    this.file(name, gzipSync(lines.map((line) => `${line}\n`).join('')))
  }

  /** Before the folder goes away. */
  atEnd(work: () => unknown): void {
    onTestFinished(async () => {
      await work()
    })
  }

  variables(values: Readonly<Record<string, string>>): void {
    Object.assign(process.env, values)
  }

  /** Runs a command that does its work; its exit code says whether it found something. */
  async run(line: string): Promise<number> {
    process.exitCode = undefined
    await runLine(line)
    return Number(process.exitCode ?? 0)
  }

  /** Runs a command that is to fail. */
  async fails(line: string): Promise<Failure> {
    return this.failureOf(runLine(line), wordsOf(line)[0])
  }

  async failureOf(running: Promise<unknown>, command?: string): Promise<Failure> {
    try {
      await running
    } catch (thrown) {
      return this.told(thrown, command)
    }
    throw new Error('it did not fail')
  }

  /** What a script of modules throws in a Node of its own. */
  async toldBy(script: string): Promise<Failure> {
    const wrapped = `
      import { describeFailure } from '${SOURCES}cli/failure.ts'
      ${script.replace(/^\s*await (.*)$/m, "await ($1).catch((thrown) => console.log(JSON.stringify(describeFailure(thrown, 'run'))))")}
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '--input-type=module', '--eval', wrapped])
    return this.#asShown(JSON.parse(stdout))
  }

  /** What the command line says in a process of its own, where its output goes to some other place. */
  async saidBy(line: string): Promise<Failure> {
    const start = `import { main } from '${SOURCES}cli/main.ts'; await main('${BIN_URL}')`
    const shell = `exec "$0" --no-warnings --input-type=module --eval "$1" dita ${line}`
    const ended = promisify(execFile)('/bin/sh', ['-c', shell, process.execPath, start])
    const { code, stderr } = await ended.then(
      () => ({ code: 0, stderr: '' }),
      (thrown: { readonly code: number; readonly stderr: string }) => thrown,
    )
    const [, message = '', next = '', name = ''] = /^dita: (.*)\nnext: (.*)\n\((\w+), cause: .*\)\n$/s.exec(stderr) ?? []
    return { code: name, message, next, fault: 'machine', exitCode: code }
  }

  told(thrown: unknown, command?: string): Failure {
    return this.#asShown(describeFailure(thrown, command))
  }

  #asShown({ message, next, ...rest }: Failure): Failure {
    return { ...rest, message: this.#shown(message), next: this.#shown(next) }
  }

  /** Folders, processes, ports, times and versions as a page can say them. */
  #shown(text: string): string {
    return text
      .replaceAll(this.folder, SHOWN_FOLDER)
      .replaceAll(/\/tmp\/dita-[\w/-]*(?=\/)/g, SHOWN_FOLDER)
      .replaceAll(PROJECT, '/opt/dita/')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080')
      .replaceAll(/\d+ ms (behind|was)/g, '30000 ms $1')
      .replaceAll(/\d+ ms old/g, '124 ms old')
      .replaceAll(/-\d{8}T\d{6}\.\d{3}Z-/g, '-20260131T142500.000Z-')
      .replaceAll(/(\(pid |kill |kill -TERM |kill -KILL )\d+/g, '$14711')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-31T14:25:00.000Z')
  }
}

/** `dita` need not be said; what stands in quotes is one word. */
export function wordsOf(line: string): string[] {
  return [...line.replace(/^(npx )?dita /, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, quoted, single, plain]) => quoted ?? single ?? plain ?? '',
  )
}

export interface DoorwayStatics {
  readonly args: object
  readonly flags: object
  readonly baseFlags: object
  readonly strict: boolean
  readonly enableJsonFlag: boolean
}

interface Doorway {
  parse(command: unknown): Promise<unknown>
  _run(): Promise<unknown>
}

/** The command of these words, made from the sources; null where there is none. */
export async function doorwayOf(
  words: readonly string[],
  config: Config,
): Promise<{ readonly doorway: Doorway; readonly Doorway: DoorwayStatics } | null> {
  const [first = '', second = ''] = words
  const isTopic = config.findTopic(first) !== undefined && config.findCommand(first) === undefined
  const typed = isTopic ? `${first}:${second}` : first
  const id = config.commands.find(({ aliases }) => aliases.includes(typed))?.id ?? typed
  if (config.findCommand(id) === undefined) return null
  const { default: Doorway } = await import(/* @vite-ignore */ join(SOURCES, 'commands', `${id.replace(':', '/')}.ts`))
  Doorway.id = id
  const doorway = new Doorway(words.slice(isTopic ? 2 : 1), config)
  doorway.id = id
  return { doorway, Doorway }
}

async function runLine(line: string): Promise<void> {
  const words = wordsOf(line)
  const config = await loadConfig()
  const found = await doorwayOf(words, config)
  if (found === null) return dispatch(words, BIN_URL)
  await silently(() => found.doorway._run())
}

export function loadConfig(): Promise<Config> {
  return Config.load(BIN_URL)
}

/** What commands print while they run is not what is looked at here. */
async function silently(work: () => Promise<unknown>): Promise<void> {
  const { write } = process.stdout
  const { write: writeError } = process.stderr
  process.stdout.write = () => true
  process.stderr.write = () => true
  try {
    await work()
  } finally {
    process.stdout.write = write
    process.stderr.write = writeError
  }
}
