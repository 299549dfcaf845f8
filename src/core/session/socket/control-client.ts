// The control socket as seen from outside: finds a running session, asks it, watches it. Every wait has a limit, and
// nothing is believed that does not have the agreed shape.

import { lstatSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { DitaError, EXIT } from '../../errors.ts'
import { asStoreError } from '../../journal/store-file.ts'
import type { SessionViewModel } from '../view-model.ts'
import { LineReader } from './lines.ts'
import {
  type CapitalAsked,
  type CapitalTold,
  CONTROL_LIMITS,
  type ControlAnswer,
  type ControlRequest,
  readAnswer,
  requestLine,
  type SessionStatus,
} from './protocol.ts'
import { NotAsAgreed } from './shape.ts'
import { assertPrivateFolder, type SocketPlace, shortNameOf, socketPlaceOf } from './socket-place.ts'

/** A session that lives answers within a breath; one that replays a long journal takes seconds. */
const ANSWER_MS = 5_000

/** What waits for the session's next step, and for the disk. */
const BOOKED_MS = 30_000

/** Absent: nobody listens there for this store. Silent: somebody does, and says nothing. */
export type Reached = { readonly how: 'connected'; readonly client: ControlClient } | { readonly how: 'absent' | 'silent' }

/** Finds the session that runs on a store, if it listens. */
export async function reachSession(storePath: string): Promise<Reached> {
  const place = trustedPlace(storePath)
  if (place === null) return { how: 'absent' }
  const socket = await connected(place)
  if (socket === null) return { how: 'absent' }
  const wire = new Wire(socket)
  try {
    const session = await wire.askStatus({ id: 0, do: 'status' }, ANSWER_MS)
    if (session.store === place.store) return { how: 'connected', client: new ControlClient(wire, session) }
    wire.close()
    return { how: 'absent' }
  } catch (thrown) {
    wire.close()
    if (isCode(thrown, 'CONTROL_TIMEOUT')) return { how: 'silent' }
    // It ended while it was asked: what is left of it is found out by its lock.
    if (isCode(thrown, 'CONTROL_LOST')) return { how: 'absent' }
    throw thrown
  }
}

/** Null where there is no socket, or where others could have put one. */
function trustedPlace(storePath: string): SocketPlace | null {
  try {
    const place = socketPlaceOf(storePath)
    assertPrivateFolder(place.folder)
    return lstatSync(place.path, { throwIfNoEntry: false })?.isSocket() === true ? place : null
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT') || isCode(thrown, 'SOCKET_FOLDER_SHARED')) return null
    throw asStoreError(storePath, thrown)
  }
}

/** Null where nobody accepts, for whatever reason: the store's lock tells more than the reason would. */
async function connected(place: SocketPlace): Promise<Socket | null> {
  using short = shortNameOf(place)
  const { name } = short
  return await new Promise((resolve) => {
    const socket = connect(name)
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
    // Without a listener an error would end the process; `close` follows it.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(null)
    })
  })
}

export class ControlClient {
  readonly #wire: Wire
  /** As it stood when it was reached. */
  readonly session: SessionStatus
  #id = 0

  constructor(wire: Wire, session: SessionStatus) {
    this.#wire = wire
    this.session = session
  }

  /**
   * The kill switch. Answers when the session has accepted it.
   * @throws DitaError CONTROL_TIMEOUT, CONTROL_LOST, or what the session refuses with
   */
  halt(reason: string | null): Promise<SessionStatus> {
    return this.#wire.askStatus({ id: this.#nextId(), do: 'halt', reason, wait: false }, ANSWER_MS)
  }

  /**
   * The kill switch; answers when the session has halted.
   * @throws DitaError as `halt`, and SESSION_LOST where it ends without a halt
   */
  haltAndWait(reason: string | null, timeoutMs: number): Promise<SessionStatus> {
    return this.#wire.askStatus({ id: this.#nextId(), do: 'halt', reason, wait: true }, timeoutMs)
  }

  /**
   * Books what was paid in or out; answers once that is durable.
   * @throws DitaError what the session refuses with: then nothing was booked; CAPITAL_UNKNOWN where no answer came
   */
  async capital(asked: CapitalAsked): Promise<CapitalTold> {
    try {
      const answer = await this.#wire.ask({ id: this.#nextId(), do: 'capital', ...asked }, BOOKED_MS)
      if (answer.kind !== 'capital') throw unreadable('it answered something else than was asked')
      return answer.capital
    } catch (thrown) {
      if (isCode(thrown, 'CONTROL_TIMEOUT') || isCode(thrown, 'CONTROL_LOST')) throw capitalUnknown(thrown)
      throw thrown
    }
  }

  /**
   * Hands over models until the session halts, and then how it ended; null where `signal` was quicker.
   * @throws DitaError CONTROL_LOST, SESSION_LOST, TOO_MANY_WATCHERS
   */
  watch(onModel: (model: SessionViewModel) => void, signal: AbortSignal): Promise<SessionStatus | null> {
    return this.#wire.watch(this.#nextId(), onModel, signal)
  }

  close(): void {
    this.#wire.close()
  }

  #nextId(): number {
    this.#id += 1
    return this.#id
  }
}

interface Waiting {
  answered(answer: ControlAnswer): void
  failed(error: unknown): void
}

/** Requests out, answers back to whoever asked. */
class Wire {
  readonly #socket: Socket
  readonly #lines = new LineReader(CONTROL_LIMITS.answerBytes)
  readonly #waiting = new Map<number, Waiting>()
  #failure: unknown = null

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.once('close', () => this.#fail(controlLost()))
  }

  async askStatus(request: ControlRequest, timeoutMs: number): Promise<SessionStatus> {
    const answer = await this.ask(request, timeoutMs)
    if (answer.kind !== 'session') throw unreadable('it answered something else than was asked')
    return answer.session
  }

  /** The one answer of a request that has one. */
  ask(request: ControlRequest, timeoutMs: number): Promise<ControlAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => failed(controlTimeout(timeoutMs)), timeoutMs)
      const failed = (error: unknown): void => {
        clearTimeout(timer)
        this.#waiting.delete(request.id)
        reject(error)
      }
      const answered = (answer: ControlAnswer): void => {
        clearTimeout(timer)
        this.#waiting.delete(request.id)
        resolve(answer)
      }
      this.#send(request, { answered, failed })
    })
  }

  watch(id: number, onModel: (model: SessionViewModel) => void, signal: AbortSignal): Promise<SessionStatus | null> {
    return new Promise((resolve, reject) => {
      const done = (work: () => void): void => {
        signal.removeEventListener('abort', leave)
        this.#waiting.delete(id)
        work()
      }
      const leave = (): void => done(() => resolve(null))
      if (signal.aborted) return resolve(null)
      signal.addEventListener('abort', leave, { once: true })
      const failed = (error: unknown): void => done(() => reject(error))
      const answered = (answer: ControlAnswer): void => {
        if (answer.kind === 'model') onModel(answer.model)
        else if (answer.kind === 'ended') done(() => resolve(answer.session))
        else failed(unreadable('it answered something else than was asked'))
      }
      this.#send({ id, do: 'watch' }, { answered, failed })
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #send(request: ControlRequest, waiting: Waiting): void {
    if (this.#failure !== null) return waiting.failed(this.#failure)
    this.#waiting.set(request.id, waiting)
    // What is asked in one breath leaves in one piece, so that it is heard in one as well.
    this.#socket.cork()
    this.#socket.write(requestLine(request))
    process.nextTick(() => this.#socket.uncork())
  }

  #onData(chunk: Uint8Array): void {
    try {
      for (const line of this.#lines.push(chunk)) this.#onAnswer(readAnswer(line))
    } catch (thrown) {
      this.#fail(thrown instanceof NotAsAgreed ? unreadable(thrown.message) : thrown)
      this.close()
    }
  }

  #onAnswer(answer: ControlAnswer): void {
    // An error that names no request is about all of them.
    if (answer.kind === 'error' && answer.id === null) return this.#fail(answer.error)
    const waiting = answer.id === null ? undefined : this.#waiting.get(answer.id)
    // Nobody waits any more for what comes too late.
    if (waiting === undefined) return
    if (answer.kind === 'error') waiting.failed(answer.error)
    else waiting.answered(answer)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const waiting of [...this.#waiting.values()]) waiting.failed(this.#failure)
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}

function controlTimeout(timeoutMs: number): DitaError {
  return new DitaError('CONTROL_TIMEOUT', {
    fault: 'machine',
    exitCode: EXIT.storeBusy,
    message: `The session did not answer within ${timeoutMs / 1000} s.`,
    next: 'It may be busy or hung: try again, or end its process with `kill -TERM PID`; its pid stands beside the store, in the file whose name ends in .lock.json.',
  })
}

function controlLost(): DitaError {
  return new DitaError('CONTROL_LOST', {
    fault: 'machine',
    exitCode: EXIT.storeBusy,
    message: 'The session closed the connection.',
    next: 'Try again: it may just be ending.',
  })
}

/** Asking again could book it twice. */
function capitalUnknown(cause: unknown): DitaError {
  return new DitaError('CAPITAL_UNKNOWN', {
    fault: 'machine',
    exitCode: EXIT.findings,
    message: 'The session did not answer: whether it has booked the flow is not known.',
    next: 'Look with `dita capital list` before you book it again.',
    cause,
  })
}

function unreadable(what: string): DitaError {
  return new DitaError('CONTROL_UNREADABLE', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The answer of the session cannot be read: ${what}.`,
    next: 'Use the same version of dita as the session.',
  })
}
