// The control socket of a running session, its own side: answers how it stands, passes the kill switch on, and shows models
// to whoever watches. It never makes the session wait, and no fault of it or of a peer ends the session.

import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { DitaError, EXIT, messageOf } from '../../errors.ts'
import { type Halt, haltEntry } from '../../halt-reasons.ts'
import { parseDecimal } from '../../kernel/decimal.ts'
import type { CapitalBooked, CapitalMove } from '../capital.ts'
import type { SessionLog, SessionObserver } from '../port.ts'
import type { SessionPhase, SessionViewModel } from '../view-model.ts'
import { Connection } from './connection.ts'
import { encodeModel } from './model-codec.ts'
import {
  badRequest,
  type CapitalAsked,
  CONTROL_LIMITS,
  type ControlRequest,
  capitalLine,
  endedLine,
  errorLine,
  modelLine,
  readRequest,
  type SessionStatus,
  sessionLine,
  sessionLost,
  tooManyWatchers,
} from './protocol.ts'
import { NotAsAgreed } from './shape.ts'
import { assertPrivateFolder, type ShortName, type SocketPlace, shortNameOf, socketPlaceOf } from './socket-place.ts'

/** How long a closing session waits for its watchers to take the last model. */
const CLOSE_MS = 500
const PRIVATE = 0o600

export interface ControlSocketOptions {
  /** The lock of this store must be held: what is left of a dead session's socket is replaced. */
  readonly storePath: string
  readonly handlers: {
    status(): { readonly sessionId: string; readonly phase: SessionPhase; readonly halt: Halt | null }
    /** The kill switch. May be called more than once. */
    halt(reason: string | null): void
    /** Rejects with a DitaError where nothing was booked. Once the signal is aborted nobody wants it any more. */
    capital(account: string | null, move: CapitalMove, signal: AbortSignal): Promise<CapitalBooked>
  }
  readonly pid: number
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number
  readonly log: SessionLog
}

export interface ControlSocket extends SessionObserver {
  /** News are no reason: with nobody there, a model is wasted. */
  wants(): boolean
  /** Why there is none, in whole sentences; null where it listens. */
  readonly problem: string | null
  /** Gives those who watch or wait their last word, within a bound; then nobody listens any more. May be called again. */
  close(): Promise<void>
}

/** Listens beside the store. Never throws: a session without a control socket says so, and goes on. */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  try {
    const place = socketPlaceOf(options.storePath)
    assertPrivateFolder(place.folder)
    await clearPlace(place)
    const server = new ControlServer(options, place)
    await server.listen()
    return server
  } catch (thrown) {
    const problem = thrown instanceof DitaError ? `${thrown.message} ${thrown.next}` : `There is no control socket: ${messageOf(thrown)}.`
    options.log.error('control_socket_failed', { message: problem, cause: thrown })
    return { problem, wants: () => false, publish: () => undefined, close: async () => undefined }
  }
}

/** Takes away what a dead session left. One that somebody answers at belongs to a store whose name differs in its ending only. */
async function clearPlace(place: SocketPlace): Promise<void> {
  const stats = lstatSync(place.path, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!stats.isSocket()) throw socketTaken(place.path, 'is no socket')
  using short = shortNameOf(place)
  const { name } = short
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(name, () => resolve(true))
    probe.on('error', () => resolve(false))
    probe.on('connect', () => probe.destroy())
  })
  if (isAlive) throw socketTaken(place.path, 'belongs to another session')
  rmSync(place.path, { force: true })
}

class ControlServer implements ControlSocket {
  readonly problem = null
  readonly #options: ControlSocketOptions
  readonly #place: SocketPlace
  readonly #name: ShortName
  readonly #server: Server
  readonly #connections = new Map<Socket, Connection>()
  #newest: SessionViewModel | null = null
  #builtMs = Number.NEGATIVE_INFINITY
  #sentMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  /** The kill switch was used. */
  #isTold = false
  #over = false
  #closed: Promise<void> | undefined

  constructor(options: ControlSocketOptions, place: SocketPlace) {
    this.#options = options
    this.#place = place
    this.#name = shortNameOf(place)
    // Who asks once and closes his side still gets his answer.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#onConnection(socket))
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#name[Symbol.dispose]()
        reject(error)
      }
      this.#server.once('error', fail)
      this.#server.listen(this.#name.name, () => {
        this.#server.off('error', fail)
        this.#server.on('error', (error) => this.#note('control_socket', error))
        resolve()
      })
      // The call above has bound it, in a folder that only we can enter, and nobody is let in before this turn is over.
      const stats = lstatSync(this.#place.path, { throwIfNoEntry: false })
      if (stats?.isSocket() === true) chmodSync(this.#place.path, PRIVATE)
      this.#server.unref()
    })
  }

  wants(): boolean {
    return this.#watchers().length > 0 && this.#options.nowMs() - this.#builtMs >= CONTROL_LIMITS.modelIntervalMs
  }

  publish(model: SessionViewModel): void {
    this.#newest = model
    this.#builtMs = this.#options.nowMs()
    if (model.phase === 'halted') this.#finish()
    else this.#schedule()
  }

  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  async #shut(): Promise<void> {
    this.#finish()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections.values()) connection.end()
    const timer = setTimeout(() => {
      for (const connection of this.#connections.values()) connection.cut()
    }, CLOSE_MS)
    await closed
    clearTimeout(timer)
    // Only now: closing takes the socket's file away by the name it was bound to.
    this.#name[Symbol.dispose]()
  }

  #onConnection(socket: Socket): void {
    if (this.#connections.size >= CONTROL_LIMITS.connections) this.#makeRoom()
    const connection = new Connection(socket)
    socket.unref()
    this.#connections.set(socket, connection)
    socket.on('data', (chunk: Buffer) => this.#onData(connection, chunk))
    socket.on('drain', () => this.#onDrain(connection))
    socket.on('end', () => connection.onEnd())
    // A peer that goes away in the middle is its own affair; `close` follows.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      connection.onClose()
      this.#connections.delete(socket)
    })
  }

  #makeRoom(): void {
    const [oldest] = [...this.#connections].filter(([, connection]) => !connection.isWatching)
    if (oldest === undefined) return
    this.#connections.delete(oldest[0])
    oldest[1].cut()
  }

  #onData(connection: Connection, chunk: Uint8Array): void {
    try {
      for (const line of connection.requestsIn(chunk)) this.#answer(connection, readRequest(line))
    } catch (thrown) {
      if (thrown instanceof NotAsAgreed) connection.refuse(null, badRequest(thrown.message))
      else if (thrown instanceof DitaError) connection.refuse(null, thrown)
      else {
        this.#note('control_request_failed', thrown)
        connection.cut()
      }
    }
  }

  #answer(connection: Connection, request: ControlRequest): void {
    const { id } = request
    if (request.do === 'watch') return this.#watch(connection, id)
    if (request.do === 'capital') return void this.#book(connection, request)
    if (request.do === 'halt') {
      const { reason, wait } = request
      if (!this.#isTold) this.#options.log.info('control_halt', { reason })
      this.#isTold = true
      this.#options.handlers.halt(reason)
      if (wait && !this.#over) {
        if (connection.waits.length >= CONTROL_LIMITS.waits) throw badRequest('it waits often enough on this connection')
        connection.waits.push(id)
        connection.stayOpen()
        return
      }
    }
    connection.write(sessionLine(id, this.#status()))
  }

  /** Answers when the session has come to it. Who leaves before that has asked for nothing. */
  async #book(connection: Connection, { id, account, asset, amount, note, newAsset }: ControlRequest & CapitalAsked): Promise<void> {
    connection.owe()
    try {
      const move = { asset, amount: parseDecimal(amount), note, newAsset: newAsset === true }
      const booked = await this.#options.handlers.capital(account, move, connection.left)
      this.#options.log.info('control_capital', { asset, amount, note })
      connection.onPaid(capitalLine(id, booked))
    } catch (thrown) {
      if (thrown instanceof DitaError) return connection.refuse(id, thrown)
      this.#note('control_request_failed', thrown)
      connection.cut()
    }
  }

  #watch(connection: Connection, id: number): void {
    if (connection.isWatching) throw badRequest('this connection watches already')
    if (this.#watchers().length >= CONTROL_LIMITS.watchers) return connection.refuse(id, tooManyWatchers(CONTROL_LIMITS.watchers))
    connection.watches = id
    connection.stayOpen()
    if (this.#over) this.#lastWords(connection)
    else this.#schedule()
  }

  #onDrain(connection: Connection): void {
    connection.stalledSinceMs = null
    if (connection.isWatching && !this.#over) this.#schedule()
  }

  /** Soon, and not sooner than the interval allows. */
  #schedule(): void {
    if (this.#timer !== undefined || this.#over || this.#newest === null || this.#watchers().length === 0) return
    const waitMs = Math.max(0, this.#sentMs + CONTROL_LIMITS.modelIntervalMs - this.#options.nowMs())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#show()
    }, waitMs).unref()
  }

  /** The newest model to all who have read the one before: who is slow misses some, and nothing piles up for him. */
  #show(): void {
    const model = this.#newest
    if (model === null) return
    const nowMs = this.#options.nowMs()
    this.#sentMs = nowMs
    let encoded: string | null = null
    for (const connection of this.#watchers()) {
      if (connection.sent === model || connection.watches === null) continue
      if (connection.isReady) {
        encoded ??= encodeModel(model)
        connection.write(modelLine(connection.watches, encoded))
        connection.sent = model
      } else {
        connection.stalledSinceMs ??= nowMs
        if (nowMs - connection.stalledSinceMs > CONTROL_LIMITS.stallMs) connection.cut()
      }
    }
  }

  /** The last model and the last word to everybody; once. */
  #finish(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    for (const connection of this.#connections.values()) this.#lastWords(connection)
  }

  #lastWords(connection: Connection): void {
    const status = this.#status()
    const hasHalted = status.phase === 'halted'
    for (const id of connection.waits.splice(0)) {
      connection.write(hasHalted ? sessionLine(id, status) : errorLine(id, sessionLost(status.sessionId)))
    }
    const { watches } = connection
    if (watches === null) return connection.onServed()
    if (this.#newest !== null && connection.sent !== this.#newest) connection.write(modelLine(watches, encodeModel(this.#newest)))
    connection.write(hasHalted ? endedLine(watches, status) : errorLine(watches, sessionLost(status.sessionId)))
    connection.watches = null
    connection.end()
  }

  #status(): SessionStatus {
    const { sessionId, phase, halt } = this.#options.handlers.status()
    return {
      sessionId,
      pid: this.#options.pid,
      store: this.#place.store,
      phase,
      haltReason: halt?.reason ?? null,
      haltDetail: halt?.detail ?? null,
      exitCode: halt === null ? null : (halt.exitCode ?? haltEntry(halt.reason).exitCode),
    }
  }

  #watchers(): readonly Connection[] {
    return [...this.#connections.values()].filter(({ isWatching }) => isWatching)
  }

  #note(event: string, thrown: unknown): void {
    this.#options.log.error(event, { message: messageOf(thrown), cause: thrown })
  }
}

function socketTaken(path: string, what: string): DitaError {
  return new DitaError('SOCKET_TAKEN', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${path} ${what}: there is no control socket for this session.`,
    next: 'Move it away, or give the store another name; until then stop the session with Ctrl-C or `dita halt`, which leaves a file.',
  })
}
