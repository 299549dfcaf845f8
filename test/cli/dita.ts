// Runs the real command line in a process of its own, away from the user's folders. Needs dist/, and says so loudly.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
/** Another build than that of the project, where somebody wants it tried. */
export const { TEST_BINARY: BIN = `${PROJECT}bin/run.js` } = process.env

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Closes the reading end of stdout after so many bytes, as `| head` does. */
  readonly closeStdoutAfter?: number
}

export function dita(args: readonly string[], options: RunOptions): Promise<Outcome> {
  for (const needed of ['dist/cli/main.js', 'oclif.manifest.json']) {
    if (!existsSync(PROJECT + needed)) throw new Error(`${needed} IS MISSING: run \`npm run build\` before the tests of the command line.`)
  }
  const { PATH = '' } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd,
      env: { PATH, HOME: options.cwd, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (options.closeStdoutAfter !== undefined && stdout.length >= options.closeStdoutAfter) child.stdout.destroy()
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The error object of a command that was run with --json and failed. */
export function errorOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  const parsed: { error: Readonly<Record<string, unknown>> } = JSON.parse(outcome.stdout)
  return parsed.error
}
