// Runs one session: acquires the parts in order, and lets go of everything in reverse, whatever happens.

import type { Config } from '../config/config.ts'
import { DitaError, EXIT, type ExitCode, messageOf } from '../errors.ts'
import { type Halt, haltEntry } from '../halt-reasons.ts'
import { openWriter } from '../journal/open.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { loadStrategy } from '../strategy/load-strategy.ts'
import { openArena } from './arena.ts'
import { startCheckpoints } from './checkpoints.ts'
import type { SessionControl } from './control.ts'
import { closeCrashedSessions } from './open-engine.ts'
import type { WallClock } from './pacer.ts'
import { Session } from './session.ts'
import { openControlSocket } from './socket/control-socket.ts'
import { assertNoKillFile, readKillFile } from './socket/kill-file.ts'
import { observeTogether } from './socket/observe-together.ts'
import { microseconds } from './time.ts'
import type { SessionViewModel } from './view-model.ts'

/** Who looks on while a session runs. `wants` is asked first, since a model costs time to build. */
export interface SessionObserver {
  wants(): boolean
  publish(model: SessionViewModel): void
}

export interface RunSessionOptions {
  readonly config: Config
  readonly sessionId: string
  readonly durationUs: number
  readonly speed: number | 'max'
  readonly storePath: string
  /** What becomes of orders that an older session left resting at a venue. */
  readonly onStart: 'adopt' | 'cancel'
  readonly environment: Readonly<Record<string, string | undefined>>
  /** From 0 up to 1, for the spread of pauses: never for anything that is journaled. */
  readonly random: () => number
  readonly process: { readonly pid: number; readonly host: string; readonly version: string }
  readonly wall: WallClock & { wallUs(): number }
  readonly control: SessionControl
  readonly observer: SessionObserver | null
  readonly log: SessionLog
}

/** Where a session's own story goes, with causes: one line an entry. */
export interface SessionLog {
  info(event: string, fields: Readonly<Record<string, unknown>>): void
  error(event: string, fields: Readonly<Record<string, unknown>>): void
}

export interface SessionOutcome {
  readonly sessionId: string
  readonly halt: Halt
  readonly exitCode: ExitCode
  /** Sessions found dead at the start, now closed as crashed. */
  readonly crashedBefore: readonly string[]
  /** What could not be proved of the store at the start, in whole sentences. */
  readonly warnings: readonly string[]
}

/**
 * Runs a session to its end.
 * @throws DitaError for what cannot start (config, feed, store, strategy) and for a journal that fails on the way
 */
export async function runSession(options: RunSessionOptions): Promise<SessionOutcome> {
  const { config, log, control, wall, storePath } = options
  assertNoKillFile(storePath)
  await using arena = closing(await openArena(options, control.signal))
  const { name, params } = config.strategy
  const startStrategy = await loadStrategy(name, config.strategy)
  const tickIntervalUs = microseconds(config.engine.tickIntervalSeconds)
  const strategy = startStrategy({ instrument: arena.part.feed.instrument, tickIntervalUs, params })
  await using journal = closing(openStore(options))
  for (const text of journal.part.warnings) log.error('store', { text })
  if (journal.part.hasSession(options.sessionId)) throw sessionExists(options)
  let session: Session | null = null
  const phaseOf = () => session?.status() ?? { sessionId: options.sessionId, phase: 'starting' as const, halt: null }
  const halt = (text: string | null): void => control.requestStop({ reason: 'kill_switch', detail: text })
  await using socket = closing(
    await openControlSocket({
      storePath,
      handlers: { status: phaseOf, halt },
      pid: options.process.pid,
      nowMs: () => wall.nowMs(),
      log,
    }),
  )
  using _killFile = watchKillFile(storePath, halt)
  await backUp(journal.part, options)
  const crashedBefore = closeCrashedSessions(journal.part)
  const failed = (thrown: unknown): void => log.error('screen_failed', { message: messageOf(thrown), cause: thrown })
  const lookers = observeTogether({ screen: options.observer, socket: socket.part, failed })
  session = new Session(options, {
    arena: arena.part,
    strategy,
    journal: journal.part,
    lookers,
    problems: socket.part.problem === null ? [] : [socket.part.problem],
  })
  using _checkpoints = startCheckpoints(journal.part, config.engine.checkpointIntervalSeconds, log)
  const end = await session.run()
  return {
    sessionId: options.sessionId,
    halt: end,
    exitCode: end.exitCode ?? haltEntry(end.reason).exitCode,
    crashedBefore,
    warnings: journal.part.warnings,
  }
}

/** A copy before anything is written. Without one a session with paper money goes on; with real money it does not. */
async function backUp(journal: StoreWriter, { config, sessionId, log }: RunSessionOptions): Promise<void> {
  try {
    const { path, bytes, elapsedMs, removalError } = await journal.backup({ sessionId, keep: config.engine.backupsKept })
    if (path !== null) log.info('backup', { path, bytes, elapsedMs })
    if (removalError !== null) log.error('backup_removal_failed', { message: removalError })
  } catch (thrown) {
    if (config.mode === 'live') throw thrown
    log.error('backup_failed', { message: messageOf(thrown), cause: thrown })
  }
}

const KILL_FILE_MS = 500

function watchKillFile(storePath: string, halt: (text: string | null) => void): Disposable {
  const timer = setInterval(() => {
    const file = readKillFile(storePath)
    if (file !== null) halt(file.reason ?? `the file ${file.path} is there`)
  }, KILL_FILE_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function openStore({ storePath, sessionId, process, wall }: RunSessionOptions): StoreWriter {
  const since = new Date(wall.wallUs() / 1000).toISOString()
  return openWriter({ path: storePath, holder: { sessionId, pid: process.pid, since }, wallUs: () => wall.wallUs() })
}

function sessionExists({ sessionId, storePath }: RunSessionOptions): DitaError {
  return new DitaError('SESSION_EXISTS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The store ${storePath} already has a session ${sessionId}.`,
    next: `Read it with \`dita summarize ${sessionId}\`, or give another id with --session, or another store with --store.`,
  })
}

interface Closing<T> extends AsyncDisposable {
  readonly part: T
}

function closing<T extends { close(): Promise<void> }>(part: T): Closing<T> {
  return { part, [Symbol.asyncDispose]: () => part.close() }
}
