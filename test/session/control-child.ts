// A session's process for the tests of the control socket: the store's real lock, the real socket, and sample models in the
// place of a market. Says `ready` once it can be asked.

import { existsSync } from 'node:fs'
import type { Halt } from '../../src/core/halt-reasons.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { openControlSocket } from '../../src/core/session/socket/control-socket.ts'
import { readKillFile } from '../../src/core/session/socket/kill-file.ts'
import type { SessionPhase, SessionViewModel } from '../../src/core/session/view-model.ts'
import { sampleModel } from '../tui/sample-model.ts'

/**
 * `obeys`: halts when told. `file`: has no socket and looks for the kill file. `deaf`: has neither. `hangs`: listens, and
 * never answers. `dies`: ends without a word when told, or once it is watched. `ignores`: accepts, and goes on. `ends`: halts by itself once it is watched.
 */
export type ControlChildMode = 'obeys' | 'file' | 'deaf' | 'hangs' | 'dies' | 'ignores' | 'ends'

export interface ControlChildWish {
  readonly mode: ControlChildMode
  readonly storePath: string
  readonly sessionId: string
}

const STEP_MS = 20
/** Far beyond any test: a child that nobody ends ends itself. */
const MOST_STEPS = 6_000

const wish: ControlChildWish = JSON.parse(process.argv[2] ?? '{}')
const { mode, storePath, sessionId } = wish
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const control = new SessionControl()
process.on('SIGTERM', () => control.requestStop({ reason: 'interrupted_sigterm', detail: null }))

let phase: SessionPhase = 'running'
let halt: Halt | null = null
const log = {
  info: (event: string) => say(`log ${event}`),
  error: (event: string, { message }: Readonly<Record<string, unknown>>) => say(`log ${event}: ${String(message)}`),
}

const writer = openWriter({
  path: storePath,
  holder: { sessionId, pid: process.pid, since: '2026-01-01T00:00:00Z' },
  wallUs: () => Date.now() * 1000,
})
const hasSocket = mode !== 'file' && mode !== 'deaf'
const socket = hasSocket
  ? await openControlSocket({
      storePath,
      pid: process.pid,
      nowMs: () => performance.now(),
      log,
      handlers: {
        status: () => ({ sessionId, phase, halt }),
        halt: (reason) => {
          if (mode === 'dies') process.exit(1)
          if (mode !== 'ignores') control.requestStop({ reason: 'kill_switch', detail: reason })
        },
        capital: () => Promise.reject(new Error('nobody books here')),
      },
    })
  : null
say(`ready ${existsSync(storePath.replace(/\.db$/, '.sock'))}`)
// Nothing in this process has its turn any more, until it is killed.
if (mode === 'hangs') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120_000)

const model = (step: number): SessionViewModel => ({
  ...sampleModel({ sessionId, phase, haltReason: halt?.reason ?? null, haltDetail: halt?.detail ?? null }),
  nowUs: 1_800_000_000_000_000 + step * 1_000_000,
})
let watchedSteps = 0
for (let step = 0; step < MOST_STEPS && control.halt === null; step += 1) {
  if (socket?.wants() === true) {
    socket.publish(model(step))
    watchedSteps += 1
  }
  if (mode === 'dies' && watchedSteps === 3) process.exit(1)
  if (mode === 'ends' && watchedSteps === 3) control.requestStop({ reason: 'risk_loss_limit', detail: 'lost \u001b[31m101' })
  const file = mode === 'file' ? readKillFile(storePath) : null
  if (file !== null) control.requestStop({ reason: 'kill_switch', detail: file.reason })
  await new Promise((resolve) => setTimeout(resolve, STEP_MS))
}
halt = control.halt ?? { reason: 'duration_elapsed', detail: null }
phase = 'stopping'
socket?.publish(model(MOST_STEPS))
await new Promise((resolve) => setTimeout(resolve, 5 * STEP_MS))
phase = 'halted'
socket?.publish(model(MOST_STEPS + 1))
await socket?.close()
// Summing up and closing the store take a real session some time as well.
await new Promise((resolve) => setTimeout(resolve, 15 * STEP_MS))
await writer.close()
say(`ended ${halt.reason} ${halt.detail ?? ''}`)
