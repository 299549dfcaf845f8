// The processes of the crash sweep: an exchange, sessions, and a tracer round them. Owns who is alive and ends all that it started,
// each by its own group; it judges nothing.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Build } from './build.ts'

const { PATH = '' } = process.env
/** Nothing here takes longer by itself: what does, hangs. */
const LONGEST_MS = 90_000

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  /** Ends the process and all that belongs to it at once. */
  kill(): void
  readonly ended: Promise<Ending>
  /** The first line it says; rejects where it ends without. */
  readonly firstLine: Promise<string>
}

/** How a process ended, in a word. */
export const endingText = ({ code, signal }: Ending): string => (signal === null ? `exit ${String(code)}` : signal)

/** All the processes of one point; `dispose` ends those that are left. */
export class Processes {
  readonly #cwd: string
  readonly #build: Build
  readonly #alive = new Set<ChildProcess>()

  constructor(cwd: string, build: Build) {
    this.#cwd = cwd
    this.#build = build
  }

  /** The real command line; `before` is a command that runs it, such as a tracer. */
  dita(args: readonly string[], before: readonly string[] = []): Running {
    const { bin, env: more } = this.#build
    const [command = process.execPath, ...rest] = [...before, process.execPath, bin, ...args]
    const env = { PATH, HOME: this.#cwd, NO_COLOR: '1', ...REHEARSAL_KEYS, ...more }
    // A group of its own: a tracer that is killed alone would set its tracee free.
    const child = spawn(command, rest, { cwd: this.#cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#alive.add(child)
    return this.#watch(child)
  }

  dispose(): void {
    for (const child of this.#alive) killGroup(child)
    this.#alive.clear()
  }

  #watch(child: ChildProcess): Running {
    let [stdout, stderr] = ['', '']
    const line = Promise.withResolvers<string>()
    line.promise.catch(() => undefined)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n')) line.resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const hangs = setTimeout(() => {
      stderr += `\nIt hung for ${LONGEST_MS / 1_000} s and was killed.`
      killGroup(child)
    }, LONGEST_MS)
    const ended = new Promise<Ending>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(hangs)
        this.#alive.delete(child)
        line.reject(new Error(`It ended without a word: ${stderr}`))
        resolve({ code, signal, stdout, stderr })
      })
    })
    ended.catch(() => undefined)
    return { kill: () => killGroup(child), ended, firstLine: line.promise }
  }
}

/** The keys that every local exchange takes unless it is told others. */
const REHEARSAL_KEYS = { DITA_BINGX_API_KEY: 'dita-rehearsal-key', DITA_BINGX_API_SECRET: 'dita-rehearsal-secret' }

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
