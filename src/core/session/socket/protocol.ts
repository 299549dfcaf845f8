// What is said over the control socket: one JSON object a line, both ways, versioned. Owns the words and their limits;
// knows no sockets.

import { DitaError, EXIT, type ExitCode } from '../../errors.ts'
import { formatDecimal, tryParseDecimal, ZERO } from '../../kernel/decimal.ts'
import { type CapitalBooked, isAssetName } from '../capital.ts'
import type { SessionPhase, SessionViewModel } from '../view-model.ts'
import { readModel } from './model-codec.ts'
import { NotAsAgreed, number, oneOf, optional, parseJson, type Reader, record, text } from './shape.ts'

const VERSION = 1

/** Everything that a peer could make endless. docs/CONTROL-SOCKET.md lists them, and a test holds it against this. */
export const CONTROL_LIMITS = {
  /** The longest sensible one is a fraction of it. */
  requestBytes: 64 * 1024,
  /** A model with thousands of orders. */
  answerBytes: 16 * 1024 * 1024,
  /** Of the words that come with a halt; the rest of them is cut off. */
  reasonCharacters: 500,
  /** Of the words that come with capital; longer ones are refused. */
  noteCharacters: 600,
  largestId: 1_000_000_000,
  /** Beyond it the oldest that does not watch makes room, so that nobody can keep the kill switch out. */
  connections: 32,
  watchers: 8,
  /** Of one connection that does not watch or wait; who needs more connects again. */
  requests: 64,
  /** Requests of one connection that wait for the halt. */
  waits: 8,
  /** At most ten models a second: more cannot be read. */
  modelIntervalMs: 100,
  /** A connection that asks for nothing, or sends half a line, lasts this long. */
  idleMs: 10_000,
  /** Somebody who reads nothing for so long is no longer there. */
  stallMs: 30_000,
} as const

/**
 * `status`: how it stands. `halt`: the kill switch, answered when accepted, or with `wait` once the session has halted.
 * `watch`: models until the session halts, the last one always, then `ended`. `capital`: books what was paid in or out, answered once
 * that is durable.
 */
export type ControlRequest =
  | { readonly id: number; readonly do: 'status' }
  | { readonly id: number; readonly do: 'halt'; readonly reason: string | null; readonly wait: boolean }
  | { readonly id: number; readonly do: 'watch' }
  | ({ readonly id: number; readonly do: 'capital' } & CapitalAsked)

/** Capital that was moved, as it is told to a running session. */
export interface CapitalAsked {
  /** Null for the session's own, whatever its name. */
  readonly account: string | null
  readonly asset: string
  /** Decimal text, signed: below zero for a withdrawal. */
  readonly amount: string
  readonly note: string
  /** True where the asset may be one that the account has never held. */
  readonly newAsset: boolean | null
}

/** Capital as it was booked; money is decimal text. */
export interface CapitalTold {
  readonly account: string
  readonly asset: string
  readonly amount: string
  readonly balanceBefore: string
  readonly balanceAfter: string
  /** The fact in the account's journal. */
  readonly seq: number
}

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
  | { readonly kind: 'capital'; readonly id: number; readonly capital: CapitalTold }
  | { readonly kind: 'error'; readonly id: number | null; readonly error: DitaError }

/** @throws NotAsAgreed for what cannot be read, DitaError for what can be read and not be done */
export function readRequest(line: string): ControlRequest {
  const value = parseJson(line)
  const head = readHead(value, 'request')
  const { id } = head
  if (head.v !== VERSION) throw unsupportedVersion(head.v)
  if (!Number.isSafeInteger(id) || id < 0 || id > CONTROL_LIMITS.largestId)
    throw new NotAsAgreed(`request.id is no whole number up to ${CONTROL_LIMITS.largestId}`)
  if (head.do === 'status' || head.do === 'watch') return { id, do: head.do }
  if (head.do === 'capital') return { id, do: 'capital', ...readCapital(value) }
  if (head.do !== 'halt') throw unknownRequest()
  const { reason, wait } = readHaltFields(value, 'request')
  // Nothing about its words may stop a halt: they are cut.
  return {
    id,
    do: 'halt',
    reason: reason === null || reason === '' ? null : reason.slice(0, CONTROL_LIMITS.reasonCharacters),
    wait: wait ?? false,
  }
}

const readHead = record<{ v: number; id: number; do: string }>({ v: number, id: number, do: text })
const readHaltFields = record<{ reason: string | null; wait: boolean | null }>({
  reason: optional(text),
  wait: optional(oneOf([true, false])),
})

const readCapitalFields = record<CapitalAsked>({
  account: optional(text),
  asset: text,
  amount: text,
  note: text,
  newAsset: optional(oneOf([true, false])),
})

function readCapital(value: unknown): CapitalAsked {
  const asked = readCapitalFields(value, 'request')
  const { noteCharacters } = CONTROL_LIMITS
  if (!isAssetName(asked.asset)) throw new NotAsAgreed('request.asset is no name of an asset in upper case')
  if ((tryParseDecimal(asked.amount) ?? ZERO) === ZERO) throw new NotAsAgreed('request.amount is no decimal text other than zero')
  if (asked.note.length > noteCharacters) throw new NotAsAgreed(`request.note has more than ${noteCharacters} characters`)
  return asked
}

export function requestLine(request: ControlRequest): string {
  return `${JSON.stringify({ v: VERSION, ...request })}\n`
}

export function sessionLine(id: number, session: SessionStatus): string {
  return `${JSON.stringify({ v: VERSION, id, ok: true, session })}\n`
}

export function capitalLine(id: number, { account, asset, amount, balanceBefore, balanceAfter, seq }: CapitalBooked): string {
  const money = { amount: formatDecimal(amount), balanceBefore: formatDecimal(balanceBefore), balanceAfter: formatDecimal(balanceAfter) }
  const capital: CapitalTold = { account, asset, ...money, seq }
  return `${JSON.stringify({ v: VERSION, id, ok: true, capital })}\n`
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

const readCapitalTold = record<CapitalTold>({
  account: text,
  asset: text,
  amount: text,
  balanceBefore: text,
  balanceAfter: text,
  seq: number,
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
  if (part('capital') !== undefined) return { kind: 'capital', id, capital: readCapitalTold(part('capital'), 'answer.capital') }
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
    next: 'Ask for `status`, `halt`, `watch` or `capital`; use the same version of dita as the session.',
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
    // Whoever or whatever ended the process, it did not end by itself: a defect of ours would have written its halt.
    fault: 'machine',
    exitCode: EXIT.findings,
    message: `Session ${sessionId} is gone, and it did not say how it ended: orders of it may still rest at the venue.`,
    next: 'Compare with the venue: `dita reconcile`. The next session in this store writes its end.',
  })
}
