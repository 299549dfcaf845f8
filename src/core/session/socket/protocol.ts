// What is said over the control socket: one JSON object a line, both ways, versioned. Owns the words and their limits;
// knows no sockets.

import { DitaError, EXIT, type ExitCode } from '../../errors.ts'
import type { SessionPhase, SessionViewModel } from '../view-model.ts'
import { readModel } from './model-codec.ts'
import { NotAsAgreed, number, oneOf, optional, parseJson, type Reader, record, text } from './shape.ts'

const VERSION = 1

/** Of a request; the longest sensible one is a fraction of it. */
export const LONGEST_REQUEST_BYTES = 64 * 1024
/** Of an answer: a model with thousands of orders. */
export const LONGEST_ANSWER_BYTES = 16 * 1024 * 1024
/** Of the words that come with a halt; the rest of them is cut off. */
export const LONGEST_REASON = 500
const LARGEST_ID = 1_000_000_000

/**
 * `status`: how it stands. `halt`: the kill switch, answered when accepted, or with `wait` once the session has halted.
 * `watch`: models until the session halts, the last one always, then `ended`.
 */
export type ControlRequest =
  | { readonly id: number; readonly do: 'status' }
  | { readonly id: number; readonly do: 'halt'; readonly reason: string | null; readonly wait: boolean }
  | { readonly id: number; readonly do: 'watch' }

/** Where a session stands, for who asks from outside. */
export interface SessionStatus {
  readonly sessionId: string
  readonly pid: number
  /** The store's one true path: who asks sees whether it is the one that was meant. */
  readonly store: string
  readonly phase: SessionPhase
  /** Why it halts, known from `stopping` on. */
  readonly haltReason: string | null
  readonly haltDetail: string | null
  /** What the session's own process ends with. */
  readonly exitCode: ExitCode | null
}

export type ControlAnswer =
  | { readonly kind: 'session'; readonly id: number; readonly session: SessionStatus }
  | { readonly kind: 'model'; readonly id: number; readonly model: SessionViewModel }
  | { readonly kind: 'ended'; readonly id: number; readonly session: SessionStatus }
  | { readonly kind: 'error'; readonly id: number | null; readonly error: DitaError }

/** @throws NotAsAgreed for what cannot be read, DitaError for what can be read and not be done */
export function readRequest(line: string): ControlRequest {
  const value = parseJson(line)
  const head = readHead(value, 'request')
  const { id } = head
  if (head.v !== VERSION) throw unsupportedVersion(head.v)
  if (!Number.isSafeInteger(id) || id < 0 || id > LARGEST_ID) throw new NotAsAgreed(`request.id is no whole number up to ${LARGEST_ID}`)
  if (head.do === 'status' || head.do === 'watch') return { id, do: head.do }
  if (head.do !== 'halt') throw unknownRequest()
  const { reason, wait } = readHaltFields(value, 'request')
  // Nothing about its words may stop a halt: they are cut.
  return { id, do: 'halt', reason: reason === null || reason === '' ? null : reason.slice(0, LONGEST_REASON), wait: wait ?? false }
}

const readHead = record<{ v: number; id: number; do: string }>({ v: number, id: number, do: text })
const readHaltFields = record<{ reason: string | null; wait: boolean | null }>({
  reason: optional(text),
  wait: optional(oneOf([true, false])),
})

export function requestLine(request: ControlRequest): string {
  return `${JSON.stringify({ v: VERSION, ...request })}\n`
}

export function sessionLine(id: number, session: SessionStatus): string {
  return `${JSON.stringify({ v: VERSION, id, ok: true, session })}\n`
}

export function endedLine(id: number, session: SessionStatus): string {
  return `${JSON.stringify({ v: VERSION, id, ok: true, ended: true, session })}\n`
}

/** The model comes as text, so that one serves all who watch. */
export function modelLine(id: number, encoded: string): string {
  return `{"v":${VERSION},"id":${id},"ok":true,"model":${encoded}}\n`
}

export function errorLine(id: number | null, { code, message, next, exitCode }: DitaError): string {
  return `${JSON.stringify({ v: VERSION, id, ok: false, error: { code, message, next, exitCode } })}\n`
}

const exitCode: Reader<ExitCode> = oneOf(Object.values(EXIT))
const readSession = record<SessionStatus>({
  sessionId: text,
  pid: number,
  store: text,
  phase: oneOf(['starting', 'running', 'stopping', 'halted']),
  haltReason: optional(text),
  haltDetail: optional(text),
  exitCode: optional(exitCode),
})
const readAnswerHead = record<{ v: number; id: number | null; ok: boolean; ended: true | null }>({
  v: number,
  id: optional(number),
  ok: oneOf([true, false]),
  ended: optional(oneOf([true])),
})
const readError = record<{ code: string; message: string; next: string; exitCode: ExitCode }>({
  code: text,
  message: text,
  next: text,
  exitCode,
})

/** @throws NotAsAgreed for what no version of this protocol says */
export function readAnswer(line: string): ControlAnswer {
  const value = parseJson(line)
  const { v, id, ok, ended } = readAnswerHead(value, 'answer')
  if (v !== VERSION) throw new NotAsAgreed(`the answer has version ${v}, and this is version ${VERSION}`)
  const part = (key: string): unknown => Reflect.get(value as object, key)
  if (!ok) {
    const { code, ...rest } = readError(part('error'), 'answer.error')
    return { kind: 'error', id, error: new DitaError(code, { fault: 'user', ...rest }) }
  }
  if (id === null) throw new NotAsAgreed('answer.id is no number')
  if (part('model') !== undefined) return { kind: 'model', id, model: readModel(part('model'), 'model') }
  return { kind: ended === true ? 'ended' : 'session', id, session: readSession(part('session'), 'answer.session') }
}

export function badRequest(what: string): DitaError {
  return new DitaError('BAD_REQUEST', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `This cannot be read: ${what}.`,
    next: 'Send one JSON object a line: {"v":1,"id":1,"do":"status"}.',
  })
}

function unknownRequest(): DitaError {
  return new DitaError('UNKNOWN_REQUEST', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: 'The session does not know what is asked of it.',
    next: 'Ask for `status`, `halt` or `watch`; use the same version of dita as the session.',
  })
}

function unsupportedVersion(version: number): DitaError {
  return new DitaError('UNSUPPORTED_VERSION', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The request has version ${version}, and the session speaks version ${VERSION}.`,
    next: 'Use the same version of dita as the session.',
  })
}

export function tooManyWatchers(most: number): DitaError {
  return new DitaError('TOO_MANY_WATCHERS', {
    fault: 'user',
    exitCode: EXIT.storeBusy,
    message: `${most} screens watch this session already.`,
    next: 'Close one of them, then try again.',
  })
}

/** The process let go of its store, and no halt was written. */
export function sessionLost(sessionId: string): DitaError {
  return new DitaError('SESSION_LOST', {
    fault: 'dita',
    exitCode: EXIT.findings,
    message: `Session ${sessionId} is gone, and it did not say how it ended: orders of it may still rest at the venue.`,
    next: 'Compare with the venue: `dita reconcile`. The next session in this store writes its end.',
  })
}
