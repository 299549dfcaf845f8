// Tells systemd how a session stands: ready, alive, stopping. Node has no datagram sockets, so that the program systemd-notify carries
// each message. Never waited for, never more than one of them at a time; where it fails, that is logged and trading goes on.

import { spawn } from 'node:child_process'
import { messageOf } from '../core/errors.ts'
import type { SessionLog } from '../core/session/port.ts'

const PROGRAM = 'systemd-notify'
/** It needs milliseconds; one that hangs is ended. */
const LONGEST_MS = 5_000
const LONGEST_STATUS = 200

export interface ServiceManager {
  /** The session trades. */
  ready(status: string): void
  stopping(): void
  close(): void
}

export interface ServiceManagerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly pid: number
  readonly log: SessionLog
}

/** Null where nobody started this process to be told. */
export function openServiceManager({ environment, pid, log }: ServiceManagerOptions): ServiceManager | null {
  const { NOTIFY_SOCKET: socket, PATH } = environment
  if (socket === undefined || socket === '') return null
  const line = new NotifyLine({ PATH, NOTIFY_SOCKET: socket }, log)
  const everyMs = watchdogMs(environment, pid)
  const timer = everyMs === null ? undefined : setInterval(() => line.send('alive', ['WATCHDOG=1']), everyMs)
  timer?.unref()
  return {
    ready: (status) => line.send('ready', ['READY=1', `STATUS=${status.replace(/\s+/g, ' ').slice(0, LONGEST_STATUS)}`]),
    stopping: () => line.send('stopping', ['STOPPING=1', 'STATUS=taking back orders']),
    close: () => clearInterval(timer),
  }
}

/** Twice in the time after which systemd would end us; null where it does not watch, or watches another process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: ServiceManagerOptions['environment'], pid: number): number | null {
  const withinMs = Number(WATCHDOG_USEC ?? '') / 1_000
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid)
  return isOurs && withinMs >= 1 ? Math.min(withinMs / 2, 2 ** 31 - 1) : null
}

class NotifyLine {
  readonly #env: NodeJS.ProcessEnv
  readonly #log: SessionLog
  /** By kind, so that what waits is never more than there are kinds. */
  readonly #waiting = new Map<string, readonly string[]>()
  #isBusy = false
  #hasFailed = false

  constructor(env: NodeJS.ProcessEnv, log: SessionLog) {
    this.#env = env
    this.#log = log
  }

  send(kind: string, variables: readonly string[]): void {
    this.#waiting.set(kind, variables)
    if (!this.#isBusy) this.#next()
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined) return
    const [kind, variables] = first
    this.#waiting.delete(kind)
    this.#isBusy = true
    const child = spawn(PROGRAM, variables, { env: this.#env, stdio: 'ignore', timeout: LONGEST_MS, killSignal: 'SIGKILL' })
    child.unref()
    let isOver = false
    const over = (problem: string | null): void => {
      if (isOver) return
      isOver = true
      if (problem !== null) this.#failed(kind, problem)
      this.#isBusy = false
      this.#next()
    }
    child.on('error', (error) => over(messageOf(error)))
    child.on('exit', (code, signal) => over(code === 0 ? null : `it ended with ${code ?? signal}`))
  }

  /** Told once: what is wrong with it will be wrong with the next. */
  #failed(kind: string, message: string): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#log.error('systemd_notify_failed', { kind, message })
  }
}
