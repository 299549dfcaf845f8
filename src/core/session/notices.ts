// What of a session is worth telling somebody who is away, and in which words. It hands notices over and goes on: nothing here
// waits, and nothing that goes wrong here reaches the session.

import { DitaError, EXIT, messageOf } from '../errors.ts'
import { type Halt, haltEntry, haltWords } from '../halt-reasons.ts'
import type { Fact } from '../kernel/facts.ts'
import type { RiskFlag } from '../kernel/inputs.ts'
import type { Notice } from '../notify/notice.ts'
import type { Notifier } from '../notify/notifier.ts'
import type { RunSessionOptions } from './port.ts'
import type { SessionViewModel } from './view-model.ts'

/** An alarm of one code is told at most so often; what is held back is counted. */
const QUIET_MS = 60_000
/** More kinds of alarm than there are codes means that something makes them up. */
const MOST_CODES = 100
/** Ends that a person asked for, or that were planned: no halt of its own is told of them, only the end. */
const ORDERLY_EXITS: ReadonlySet<number> = new Set([EXIT.done, EXIT.interruptedSighup, EXIT.interruptedSigint, EXIT.interruptedSigterm])

type Opened = Pick<RunSessionOptions, 'config' | 'sessionId' | 'environment' | 'random' | 'wall' | 'process' | 'log'>

interface AlarmCount {
  total: number
  held: number
  toldMs: number
}

interface Ended {
  readonly halt: Halt
  readonly exitCode: number
  readonly model: SessionViewModel
}

export class SessionNotices {
  readonly #options: Opened
  readonly #notifier: Notifier
  readonly #alarms = new Map<string, AlarmCount>()
  #count = 0
  #show: (text: string) => void = () => undefined

  constructor(options: Opened, notifier: Notifier) {
    this.#options = options
    this.#notifier = notifier
  }

  /** Alarms, and among them orders in quarantine. What halts the session is told as the halt that it becomes. */
  onFact({ body }: Fact): void {
    if (body.type !== 'RISK_FLAGGED' || body.severity !== 'alarm') return
    if (isHaltReason(body.code)) return
    const counted = this.#counted(body.code)
    const isQuarantine = body.code === 'ORDER_QUARANTINED'
    const nowMs = this.#options.wall.nowMs()
    if (!isQuarantine && counted.toldMs + QUIET_MS > nowMs) {
      counted.held += 1
      return
    }
    this.#tell(isQuarantine ? quarantineOf(body) : alarmOf(body, counted.held))
    counted.held = 0
    counted.toldMs = nowMs
  }

  /** Sessions that died without a word, found by this start. */
  crashed(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      this.#tell({
        kind: 'halt',
        urgency: 'high',
        title: `${sessionId} had crashed`,
        text: `Session ${sessionId} ended without a word, and was found by the start of ${this.#options.sessionId}.\nNext: dita summarize ${sessionId}`,
        details: { haltReason: 'crashed', crashedSessionId: sessionId },
      })
    }
  }

  /** Something stopped the session; its orders are being taken back. */
  halted(halt: Halt): void {
    if (ORDERLY_EXITS.has(halt.exitCode ?? haltEntry(halt.reason).exitCode)) return
    const { means, rest } = haltWords(halt.reason, halt.detail)
    this.#tell({
      kind: 'halt',
      urgency: 'high',
      title: `halt, ${halt.reason}`,
      text: `The session halts: ${means}. ${rest === null ? '' : sentence(rest)}`.trim(),
      details: { haltReason: halt.reason, haltDetail: halt.detail, ...halt.figures },
    })
  }

  ended({ halt, exitCode, model }: Ended): void {
    if (this.#options.config.notify.sessionEnd === 'trouble' && exitCode === EXIT.done) return
    const { pnl, position, counts, instrument, mode } = model
    const { verdict, means, rest } = haltWords(halt.reason, halt.detail)
    const net = pnl.net === null ? 'not known' : `${pnl.net} ${pnl.asset}`
    const alarms = [...this.#alarms].map(([code, { total }]) => `${total} × ${code}`)
    const lines = [
      `${verdict === 'no' ? 'It failed' : 'It is over'}: ${means} (${halt.reason}). ${rest === null ? '' : sentence(rest)}`.trim(),
      `Result ${net} after fees on ${instrument} (${mode}), ${counts.fills} fills, position ${position.quantity}.`,
      ...(alarms.length === 0 ? [] : [`Alarms: ${alarms.join(', ')}.`]),
      ...(exitCode === EXIT.findings ? ['Something is left for a person.'] : []),
      `Next: dita summarize ${model.sessionId}`,
    ]
    this.#tell({
      kind: 'end',
      urgency: exitCode === EXIT.done ? 'low' : ORDERLY_EXITS.has(exitCode) ? 'normal' : 'high',
      title: `ended, ${halt.reason}`,
      text: lines.join('\n'),
      details: {
        ...{ haltReason: halt.reason, haltDetail: halt.detail, exitCode, mode, instrument },
        ...{ netPnl: pnl.net, pnlAsset: pnl.asset, equity: pnl.equity, position: position.quantity },
        ...{ fills: counts.fills, ordersSent: counts.ordersSent, alarms: alarms.length === 0 ? null : alarms.join(', ') },
      },
    })
  }

  /** It could not begin, or broke off. Whoever typed something wrong, or stopped it, sits before it and needs no message. */
  failed(thrown: unknown): void {
    if (thrown instanceof DitaError && (thrown.exitCode === EXIT.usage || ORDERLY_EXITS.has(thrown.exitCode))) return
    const isKnown = thrown instanceof DitaError
    this.#tell({
      kind: 'end',
      urgency: 'high',
      title: `failed, ${isKnown ? thrown.code : 'DEFECT'}`,
      text: `${messageOf(thrown)}${isKnown ? `\nNext: ${thrown.next}` : ''}`,
      details: { code: isKnown ? thrown.code : 'DEFECT', exitCode: isKnown ? thrown.exitCode : EXIT.defect },
    })
  }

  /** Where a person sees that a notification did not go out, once there is such a place. */
  showTroubles(show: (text: string) => void): void {
    this.#show = show
  }

  troubled(text: string): void {
    this.#options.log.error('notification_failed', { text })
    this.#show(text)
  }

  /** Waits a few seconds at most for what is still to go out. */
  async close(): Promise<void> {
    const { delivered, lost } = await this.#notifier.close()
    const { log } = this.#options
    if (lost > 0) log.error('notifications_lost', { delivered, lost })
    else if (delivered > 0) log.info('notifications', { delivered })
  }

  #counted(code: string): AlarmCount {
    // Beyond that many kinds all others are one.
    const kind = this.#alarms.has(code) || this.#alarms.size < MOST_CODES ? code : 'OTHER'
    const known = this.#alarms.get(kind) ?? { total: 0, held: 0, toldMs: Number.NEGATIVE_INFINITY }
    this.#alarms.set(kind, known)
    known.total += 1
    return known
  }

  #tell({ title, ...words }: Pick<Notice, 'kind' | 'urgency' | 'title' | 'text' | 'details'>): void {
    const { sessionId, wall, process } = this.#options
    this.#count += 1
    const id = `${sessionId}-${wall.wallUs()}-${this.#count}`
    const place = { timeUs: wall.wallUs(), host: process.host, sessionId }
    this.#notifier.send({ id, ...place, ...words, title: `dita ${sessionId}: ${title}` })
  }
}

/** Null where the config wants none. @throws DitaError CREDENTIALS_… (exit 4) where what it takes is missing or wrong */
export async function openNotices(options: Opened): Promise<SessionNotices | null> {
  const { config, environment, random } = options
  const { shape } = config.notify
  if (shape === 'none') return null
  const { chatId, credentialsFile: path } = config.notify
  const { openNotifier } = await import('../notify/open-notifier.ts')
  const onTrouble = (text: string): void => notices.troubled(text)
  const notices: SessionNotices = new SessionNotices(options, openNotifier({ shape, chatId, path, environment, random, onTrouble }))
  return notices
}

function isHaltReason(code: string): boolean {
  return haltEntry(code) !== haltEntry('unexpected_halt')
}

function alarmOf({ code, value, limit, detail }: RiskFlag, held: number): Pick<Notice, 'kind' | 'urgency' | 'title' | 'text' | 'details'> {
  const more = held === 0 ? '' : `\n${held} more of this kind came before, since the last message about it.`
  return { kind: 'alarm', urgency: 'high', title: code, text: sentence(detail) + more, details: { code, value, limit, heldBack: held } }
}

function quarantineOf({ code, value, detail }: RiskFlag): Pick<Notice, 'kind' | 'urgency' | 'title' | 'text' | 'details'> {
  const text = `Order ${value ?? 'unknown'}: ${sentence(detail)}\nNext: dita reconcile`
  return { kind: 'quarantine', urgency: 'high', title: 'order in quarantine', text, details: { code, clientOrderId: value } }
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
