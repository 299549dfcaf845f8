// Puts a session together from what the command line says: config, id, output, signals, log. Trades nothing itself.

import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import { strangerText } from '../core/config/environment.ts'
import { assertUsable } from '../core/config/load-config.ts'
import { DitaError, EXIT, type ExitCode } from '../core/errors.ts'
import { NAME } from '../core/names.ts'
import { SessionControl } from '../core/session/control.ts'
import { machineClock } from '../core/session/pacer.ts'
import type { SessionOutcome } from '../core/session/port.ts'
import { assertAskedFor } from '../core/session/real-money.ts'
import { runSession } from '../core/session/run-session.ts'
import type { CompareBooks } from '../core/session/shutdown-check.ts'
import { sessionIdAt } from '../core/session/time.ts'
import { escapeText } from '../core/text.ts'
import { readingOf } from './config-request.ts'
import { parseDuration } from './duration.ts'
import { keepHeapSmall } from './heap.ts'
import { Leaving, type LeavingOptions } from './leave-session.ts'
import { openServiceManager } from './service-manager.ts'
import { openSessionLog } from './session-log.ts'
import { openSessionOutput } from './session-output.ts'
import { placeText } from './session-place.ts'
import { stopOnSignals } from './signals.ts'
import { freeStreams } from './standard-streams.ts'

export interface StartSessionOptions {
  readonly configPath: string | null
  readonly storePath: string
  /** Whether the store was named, and not found by the folder. */
  readonly isStoreNamed: boolean
  readonly duration: string
  readonly speed: string
  readonly feed: string | undefined
  readonly strategy: string | undefined
  readonly seed: number | undefined
  readonly sessionId: string | undefined
  readonly onStart: 'adopt' | 'cancel'
  /** Whether the command line says that real money may be traded. */
  readonly live: boolean
  readonly json: boolean
  /** Whether standard output has every fact as a line of JSON. */
  readonly events: boolean
  /** Whether plain lines tell of every fill. */
  readonly verbose: boolean
  readonly version: string
}

/** Runs one session with everything a process has to give it. */
export async function startSession(options: StartSessionOptions): Promise<SessionOutcome> {
  keepHeapSmall()
  const random = (): number => randomInt(2 ** 32) / 2 ** 32
  const durationUs = parseDuration(options.duration)
  const speed = parseSpeed(options.speed)
  const sessionId = checkedSessionId(options.sessionId ?? sessionIdAt(Date.now(), random))
  const reading = readingOf(options)
  const config = assertUsable(reading)
  for (const name of reading.strangers) process.stderr.write(`${strangerText(name)}\n`)
  assertAskedFor(config, options.live, 'trade')
  if (config.mode !== 'paper' && speed !== 1) throw worldHasOneSpeed(config.mode)
  if (config.mode === 'live') {
    const { assertCleanAudit } = await import('../core/session/audit-session.ts')
    await assertCleanAudit(reading, { durationUs, environment: process.env, random, host: hostname() })
  }
  // Only at the end: a session that starts need not load what reports are made with.
  const compareBooks: CompareBooks = async (...books) => (await import('../core/report/open-report.ts')).compareBooksWithStore(...books)
  const control = new SessionControl()
  const namedStore = options.isStoreNamed ? options.storePath : null
  const leaving = leavingOf({ sessionId, namedStore, isRehearsed: config.mode === 'paper', control })
  const leave = (exitCode: ExitCode): void => leaving.leave(exitCode)
  const stopListening = stopOnSignals(control, leave)
  const letGoOfStreams = freeStreams(() => control.requestStop({ reason: 'interrupted_sighup', detail: null }))
  const log = openSessionLog(options.storePath, (text) => process.stderr.write(`${text}\n`))
  const output = await openSessionOutput({
    json: options.json,
    events: options.events,
    verbose: options.verbose,
    sessionId,
    namedStore,
    pid: process.pid,
    control,
    log,
    leave,
    env: process.env,
  })
  leaving.restore = () => output.restore?.()
  let outcome: SessionOutcome | null = null
  const manager = openServiceManager({ environment: process.env, pid: process.pid, log })
  try {
    outcome = await runSession({
      config,
      sessionId,
      durationUs,
      speed,
      storePath: options.storePath,
      place: placeText({ configPath: options.configPath, storePath: options.storePath, workingFolder: process.cwd() }),
      onStart: options.onStart,
      environment: process.env,
      random,
      process: { pid: process.pid, host: hostname(), version: options.version },
      wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
      control,
      observer: output.observer,
      ...(output.factLines !== null && { factLines: output.factLines }),
      log,
      onPhase: (phase) => (phase === 'running' ? manager?.ready(`session ${sessionId}`) : manager?.stopping()),
      onOpened: (standing) => {
        leaving.standing = standing
      },
      compareBooks,
    })
    leaving.ended(outcome)
    for (const text of outcome.warnings) process.stderr.write(`${escapeText(text)}\n`)
    return outcome
  } finally {
    // While the summary is made, a signal is still an answer to this session, and not the end of the process without a word.
    if (outcome === null) stopListening()
    manager?.close()
    await output.close()
    output.ended(outcome)
    letGoOfStreams()
    log.close()
  }
}

function leavingOf(of: Pick<LeavingOptions, 'sessionId' | 'namedStore' | 'isRehearsed' | 'control'>): Leaving {
  return new Leaving({
    ...of,
    nowMs: () => performance.now(),
    write: (line) => process.stderr.write(`${line}\n`),
    exit: (exitCode) => process.exit(exitCode),
  })
}

function worldHasOneSpeed(mode: string): DitaError {
  return new DitaError('BAD_SPEED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `A session in mode \`${mode}\` goes as fast as the world does.`,
    next: 'Leave --speed out.',
  })
}

function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (factor > 0 && factor <= 1_000_000) return factor
  throw new DitaError('BAD_SPEED', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(text)} is no speed.`,
    next: 'Give `max`, `1` for real time, or another factor above 0, such as --speed 60.',
  })
}

function checkedSessionId(id: string): string {
  if (NAME.test(id)) return id
  throw new DitaError('BAD_SESSION_ID', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `${JSON.stringify(id)} is no session id.`,
    next: 'Use 1 to 32 of a–z, 0–9, _ and -, beginning with a letter or a digit; or leave --session out.',
  })
}
