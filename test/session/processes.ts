// Real processes for tests: a session from the sources, or the command line from dist/.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { ChildWish } from './child.ts'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const children: ChildProcess[] = []

afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** Resolves once its output has the text; rejects when it ends without. */
  says(text: string): Promise<void>
  readonly ended: Promise<Ending>
}

/** A session that runs from the sources. */
export function startChild(wish: ChildWish): Running {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url))
  return watch(spawn(process.execPath, ['--no-warnings', script, JSON.stringify(wish)], { stdio: ['ignore', 'pipe', 'pipe'] }))
}

export interface DitaOptions {
  readonly cwd: string
  /** Shell commands that go before it, to set limits. */
  readonly shell?: string
}

/** The real command line. Needs dist/, and says so loudly. */
export function startDita(args: readonly string[], { cwd, shell = '' }: DitaOptions): Running {
  for (const needed of ['dist/cli/main.js', 'oclif.manifest.json']) {
    if (!existsSync(PROJECT + needed)) throw new Error(`${needed} IS MISSING: run \`npm run build\` before the tests of the command line.`)
  }
  const { PATH = '' } = process.env
  const command = ['-c', `${shell} exec "$0" "$@"`, process.execPath, `${PROJECT}bin/run.js`, ...args]
  return watch(spawn('/bin/sh', command, { cwd, env: { PATH, HOME: cwd, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] }))
}

function watch(child: ChildProcess): Running {
  children.push(child)
  let [stdout, stderr, isOver] = ['', '', false]
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
  }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    wake()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      isOver = true
      wake()
      resolve({ code, signal, stdout, stderr })
    })
  })
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text) && !isOver) return
        waiting.delete(look)
        if (stdout.includes(text)) resolve()
        else reject(new Error(`it ended without saying ${text}: ${stdout}${stderr}`))
      }
      waiting.add(look)
      look()
    })
  return { process: child, says, ended }
}
