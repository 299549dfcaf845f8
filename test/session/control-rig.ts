// A control socket in the test's own process, with a session that is the test, and peers that say what they like.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach } from 'vitest'
import type { Halt } from '../../src/core/halt-reasons.ts'
import type { CapitalBooked, CapitalMove } from '../../src/core/session/capital.ts'
import { type ControlClient, reachSession } from '../../src/core/session/socket/control-client.ts'
import { type ControlSocket, openControlSocket } from '../../src/core/session/socket/control-socket.ts'
import type { SessionPhase, SessionViewModel } from '../../src/core/session/view-model.ts'
import { sampleModel } from '../tui/sample-model.ts'

const folders: string[] = []
const sockets: ControlSocket[] = []
const peers: Peer[] = []

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.destroy()
  for (const socket of sockets.splice(0)) await socket.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder that only we can enter; it goes away after the test. */
export function privateFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dita-control-')))
  folders.push(folder)
  return folder
}

export class ControlRig {
  readonly storePath: string
  readonly path: string
  readonly errors: string[] = []
  /** What the kill switch was given, each time. */
  readonly halts: (string | null)[] = []
  onHalt: (reason: string | null) => void = () => undefined
  /** What there is to book, and how the session answers. */
  onCapital: (account: string | null, move: CapitalMove, signal: AbortSignal) => Promise<CapitalBooked> = () => {
    throw new Error('nobody books here')
  }
  phase: SessionPhase = 'running'
  halt: Halt | null = null
  socket!: ControlSocket

  constructor(storePath: string) {
    this.storePath = storePath
    this.path = storePath.replace(/\.db$/, '.sock')
  }

  static async open(storePath = join(privateFolder(), 'dita.db')): Promise<ControlRig> {
    const rig = new ControlRig(storePath)
    rig.socket = await openControlSocket({
      storePath,
      pid: process.pid,
      nowMs: () => performance.now(),
      log: { info: () => undefined, error: (event, { message }) => rig.errors.push(`${event}: ${String(message)}`) },
      handlers: {
        status: () => ({ sessionId: 'rig', phase: rig.phase, halt: rig.halt }),
        halt: (reason) => {
          rig.halts.push(reason)
          rig.onHalt(reason)
        },
        capital: async (account, move, signal) => await rig.onCapital(account, move, signal),
      },
    })
    sockets.push(rig.socket)
    return rig
  }

  publish(changes: Partial<SessionViewModel> = {}): SessionViewModel {
    const model = sampleModel({ sessionId: 'rig', phase: this.phase, ...changes })
    this.socket.publish(model)
    return model
  }

  /** Ends the session as the loop does: the halt, and then the last model. */
  end(halt: Halt): void {
    this.halt = halt
    this.phase = 'halted'
    this.publish({ haltReason: halt.reason, haltDetail: halt.detail })
  }

  peer(): Promise<Peer> {
    return Peer.connect(this.path)
  }
}

/** One who is connected and speaks for himself, byte by byte if need be. */
export class Peer {
  readonly socket: Socket
  readonly closed: Promise<void>
  #heard = ''
  #isClosed = false
  readonly #wakers = new Set<() => void>()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      this.#heard += text
      this.#wake()
    })
    // A peer that is cut off sees a reset; that it was cut off is what `closed` tells.
    socket.on('error', () => socket.destroy())
    this.closed = new Promise((resolve) =>
      socket.on('close', () => {
        this.#isClosed = true
        this.#wake()
        resolve()
      }),
    )
  }

  static connect(path: string): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect(path)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        const peer = new Peer(socket)
        peers.push(peer)
        resolve(peer)
      })
    })
  }

  say(text: string | Uint8Array): void {
    this.socket.write(text)
  }

  ask(request: Readonly<Record<string, unknown>>): void {
    this.say(`${JSON.stringify({ v: 1, id: 1, ...request })}\n`)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** What it was told so far, in whole lines. */
  lines(): Readonly<Record<string, unknown>>[] {
    return this.#heard
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  /** Waits for so many lines; rejects when the connection ends before. */
  async hears(count: number): Promise<Readonly<Record<string, unknown>>[]> {
    await this.#until(() => this.lines().length >= count, `${count} lines`)
    return this.lines()
  }

  #until(reached: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!reached() && !this.#isClosed) return
        this.#wakers.delete(look)
        if (reached()) resolve()
        else reject(new Error(`it was closed before ${what}: ${this.#heard}`))
      }
      this.#wakers.add(look)
      look()
    })
  }

  #wake(): void {
    for (const look of this.#wakers) look()
  }
}

/** The session as a command sees it. */
export async function clientOf(rig: ControlRig): Promise<ControlClient> {
  const reached = await reachSession(rig.storePath)
  if (reached.how !== 'connected') throw new Error(`the session is ${reached.how}`)
  return reached.client
}

/** What a line that is an error says. */
export function errorIn(line: unknown): Readonly<Record<string, unknown>> {
  return (line as { error: Readonly<Record<string, unknown>> }).error
}

/** Waits for something that is bound to come; a test that waits for ever is ended by its own limit. */
export async function until(reached: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 3_000; attempt += 1) {
    if (reached()) return
    await sleep(10)
  }
  throw new Error('it never came')
}
