// Starts sessions' processes for the tests of the control socket, and ends them after each file.

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { ControlChildWish } from './control-child.ts'

const children: ChildProcess[] = []

afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

export interface ControlChild {
  readonly pid: number
  readonly process: ChildProcess
  /** Everything it has said, once it has ended. */
  readonly ended: Promise<string>
}

/** Resolves once it can be asked. */
export async function startControlChild(wish: ControlChildWish): Promise<ControlChild> {
  const script = fileURLToPath(new URL('./control-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(wish)], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(said)))
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string): void => {
      said += text
      if (said.includes('ready')) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    void ended.then(() => reject(new Error(`it ended before it was ready: ${said}`)))
  })
  return { pid: child.pid ?? 0, process: child, ended }
}
