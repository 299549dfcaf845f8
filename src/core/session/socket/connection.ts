// One who is connected to the control socket: what he asked for, what he is owed, and how he is let go. Bounds what he may
// send and how long he may keep us waiting; knows nothing of the session.

import type { Socket } from 'node:net'
import type { DitaError } from '../../errors.ts'
import type { SessionViewModel } from '../view-model.ts'
import { LineReader } from './lines.ts'
import { CONTROL_LIMITS, errorLine } from './protocol.ts'

/** Somebody who was refused has this long to read why. */
const FAREWELL_MS = 1_000

export class Connection {
  readonly #socket: Socket
  readonly #lines = new LineReader(CONTROL_LIMITS.requestBytes)
  #idle: NodeJS.Timeout | undefined
  #requests = 0
  /** Nothing is read any more of what it sends. */
  #deaf = false
  #hasEnded = false
  /** The request it watches with; null where it does not. */
  watches: number | null = null
  /** Requests that are answered once the session has halted. */
  readonly waits: number[] = []
  /** The model it was sent last. */
  sent: SessionViewModel | null = null
  readonly #leaving = new AbortController()
  /** Answers that it still waits for, each of one request. */
  #owed = 0
  /** Since when it has not read what it was sent. */
  stalledSinceMs: number | null = null

  constructor(socket: Socket) {
    this.#socket = socket
    this.#restartIdle()
  }

  /** Aborted once the connection is gone. */
  get left(): AbortSignal {
    return this.#leaving.signal
  }

  get isWatching(): boolean {
    return this.watches !== null
  }

  /** False while what was sent before has not been read. */
  get isReady(): boolean {
    return !this.#socket.writableNeedDrain
  }

  /**
   * The requests that a chunk completes.
   * @throws NotAsAgreed for a line that is too long or no text
   */
  *requestsIn(chunk: Uint8Array): Generator<string> {
    for (const line of this.#lines.push(chunk)) {
      if (this.#deaf) return
      this.#restartIdle()
      this.#requests += 1
      yield line
      if (this.#requests >= CONTROL_LIMITS.requests && !this.#serves()) this.end()
    }
  }

  write(line: string): void {
    if (this.#socket.writable) this.#socket.write(line)
  }

  /** Says why, and hears nothing more. Whatever he goes on sending stays unread until he is cut off. */
  refuse(id: number | null, error: DitaError): void {
    if (this.#deaf) return
    this.#deaf = true
    this.#socket.pause()
    if (this.#socket.writable) this.#socket.end(errorLine(id, error))
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.cut(), FAREWELL_MS).unref()
  }

  /** The other side says nothing more; what it still waits for it gets. */
  onEnd(): void {
    this.#hasEnded = true
    if (!this.#serves()) this.end()
  }

  /** Called once what it waited for was said: it may ask again, unless it has ended its side. */
  onServed(): void {
    if (this.#hasEnded) this.end()
    else this.#restartIdle()
  }

  /** Called where an answer takes its time: silence is expected of it until `onPaid`. */
  owe(): void {
    this.#owed += 1
    this.stayOpen()
  }

  onPaid(line: string): void {
    this.#owed -= 1
    this.write(line)
    if (!this.#serves()) this.onServed()
  }

  /** Lets go once all that was written is on its way. */
  end(): void {
    this.#deaf = true
    this.#socket.destroySoon()
  }

  cut(): void {
    this.#socket.destroy()
  }

  onClose(): void {
    clearTimeout(this.#idle)
    this.#leaving.abort()
  }

  /** Called once a watch or a wait is accepted: from then on silence is what is expected of it. */
  stayOpen(): void {
    clearTimeout(this.#idle)
    this.#idle = undefined
  }

  #serves(): boolean {
    return this.isWatching || this.waits.length > 0 || this.#owed > 0
  }

  #restartIdle(): void {
    clearTimeout(this.#idle)
    if (!this.#serves()) this.#idle = setTimeout(() => this.cut(), CONTROL_LIMITS.idleMs).unref()
  }
}
