// Runs one session: acquires the parts in order, and lets go of everything in reverse, whatever happens.

import { refuseGateOff } from '../config/drawdown-since.ts'
import { DitaError, EXIT, messageOf } from '../errors.ts'
import { haltEntry } from '../halt-reasons.ts'
import type { StoreLock } from '../journal/lock.ts'
import { holdStore, openWriter } from '../journal/open.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { loadStrategy } from '../strategy/load-strategy.ts'
import type { Strategy } from '../strategy/port.ts'
import { openArena } from './arena.ts'
import { CapitalRequests } from './capital-requests.ts'
import { CheckpointRecord, startCheckpoints } from './checkpoints.ts'
import { openNotices, type SessionNotices } from './notices.ts'
import { closeCrashedSessions } from './open-engine.ts'
import type { Arena, RunSessionOptions, SessionOutcome } from './port.ts'
import { Session } from './session.ts'
import { openControlSocket } from './socket/control-socket.ts'
import { assertNoKillFile, type KillFile, readKillFile } from './socket/kill-file.ts'
import { observeTogether } from './socket/observe-together.ts'
import { microseconds } from './time.ts'

/**
 * Runs a session to its end.
 * @throws DitaError for what cannot start (config, feed, store, strategy), for a stop that is asked for before anything is opened
 * (INTERRUPTED), and for a journal that fails on the way
 */
export async function runSession(options: RunSessionOptions): Promise<SessionOutcome> {
  assertNoKillFile(options.storePath)
  const notices = await openNotices(options)
  try {
    return await runParts(options, notices)
  } catch (thrown) {
    notices?.failed(thrown)
    throw thrown
  } finally {
    // Everything of the session is closed by now: nobody who waits for the store waits for a message.
    await notices?.close()
  }
}

async function runParts(options: RunSessionOptions, notices: SessionNotices | null): Promise<SessionOutcome> {
  const { config, log, control, wall, storePath } = options
  const holder = { sessionId: options.sessionId, pid: options.process.pid, since: new Date(wall.wallUs() / 1000).toISOString() }
  // Paper money meets what is wrong with its feed or strategy before anything is made. Who connects to a venue holds the store
  // first: a second session is refused before the venue hears of it, and the kill switch finds the one that waits.
  const early = config.mode === 'paper' ? await prepared(options) : null
  await using _early = early
  using lock = releasing(holdStore({ path: storePath, holder }))
  if (early !== null) options.observer?.begins?.()
  let session: Session | null = null
  let gaveUp = false
  const capital = new CapitalRequests()
  const phaseOf = () => session?.status() ?? { sessionId: options.sessionId, phase: gaveUp ? 'halted' : 'starting', halt: control.halt }
  const halt = (by: string, reason: string | null): void =>
    control.requestStop({ reason: 'kill_switch', detail: reason === null ? by : `${by}: ${reason}` })
  await using socket = closing(
    await openControlSocket({
      storePath,
      handlers: {
        status: phaseOf,
        halt: (reason) => halt('dita halt', reason),
        capital: (account, move, signal) => capital.ask(account, move, signal),
      },
      pid: options.process.pid,
      nowMs: () => wall.nowMs(),
      log,
    }),
  )
  using _killFile = watchKillFile(storePath, ({ reason }) => halt('the file HALT', reason))
  const giveUp = (thrown: unknown): never => {
    gaveUp = control.halt !== null
    throw thrown
  }
  const ready = early ?? (await prepared(options).catch(giveUp))
  await using _late = early === null ? ready : null
  const { arena, strategy } = ready.part
  await using journal = closing(openWriter({ path: storePath, holder, wallUs: () => wall.wallUs(), lock: lock.part }))
  for (const text of journal.part.warnings) log.error('store', { text })
  if (journal.part.hasSession(options.sessionId)) throw sessionExists(options)
  await backUp(journal.part, options)
  const problems = socket.part.problem === null ? [] : [socket.part.problem]
  const crashedBefore = closeCrashedSessions(journal.part, (text) => problems.push(text))
  const failed = (thrown: unknown): void => log.error('screen_failed', { message: messageOf(thrown), cause: thrown })
  const lookers = observeTogether({ screen: options.observer, socket: socket.part, failed })
  const checkpoints = new CheckpointRecord()
  session = new Session(options, {
    arena,
    strategy,
    journal: journal.part,
    lookers,
    checkpoints,
    capital,
    notices,
    problems,
  })
  const running = session
  options.onOpened?.(() => running.standing())
  const before = (): void => running.recordMetrics()
  const failedCheckpoint = (text: string): void => running.say('alarm', text)
  const checkpointing = { journal: journal.part, log, record: checkpoints, before, failed: failedCheckpoint }
  using _checkpoints = startCheckpoints(config.engine.checkpointIntervalSeconds, checkpointing)
  notices?.crashed(crashedBefore)
  notices?.showTroubles((text) => running.say('warning', text))
  const end = await running.run()
  const exitCode = end.exitCode ?? haltEntry(end.reason).exitCode
  notices?.ended({ halt: end, exitCode, model: running.model() })
  return {
    sessionId: options.sessionId,
    halt: end,
    exitCode,
    crashedBefore,
    warnings: journal.part.warnings,
  }
}

interface Prepared {
  readonly arena: Arena
  readonly strategy: Strategy
}

/** Where the session trades, and what decides there. */
async function prepared(options: RunSessionOptions): Promise<Closing<Prepared>> {
  const { name, params } = options.config.strategy
  const arena = await connectedArena(options)
  try {
    refuseGateOff(options.config, arena.feed.startTimeUs)
    const startStrategy = await loadStrategy(name, options.config)
    const tickIntervalUs = microseconds(options.config.engine.tickIntervalSeconds)
    const strategy = startStrategy({ instrument: arena.feed.instrument, tickIntervalUs, params })
    return { part: { arena, strategy }, [Symbol.asyncDispose]: () => arena.close() }
  } catch (thrown) {
    await arena.close()
    throw thrown
  }
}

/** A stop that is asked for meanwhile ends the wait at once, and there is no session to end yet. */
async function connectedArena(options: RunSessionOptions): Promise<Arena> {
  const { config, control, log, observer, sessionId } = options
  let place = 'the market'
  const connecting = (host: string): void => {
    place = host
    log.info('connecting', { host })
    // In the world the store is held already, and only the keys had still to be found.
    if (config.mode !== 'paper') observer?.begins?.()
    observer?.connecting?.(host)
  }
  try {
    return await openArena({ ...options, connecting }, control.signal)
  } catch (thrown) {
    // Whatever a broken-off call throws, the reason is that somebody asked for the end; not so where the config is at fault.
    if (control.halt === null || (thrown instanceof DitaError && thrown.fault !== 'venue')) throw thrown
    throw new DitaError('INTERRUPTED', {
      fault: 'user',
      exitCode: haltEntry(control.halt.reason).exitCode,
      message: `Session ${sessionId} was stopped while it was connecting to ${place}: nothing was opened, and nothing traded.`,
      next: 'Start it again when it is to run.',
      cause: thrown,
    })
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

function watchKillFile(storePath: string, onFile: (file: KillFile) => void): Disposable {
  const timer = setInterval(() => {
    const file = readKillFile(storePath)
    if (file !== null) onFile(file)
  }, KILL_FILE_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function sessionExists({ sessionId, storePath }: RunSessionOptions): DitaError {
  return new DitaError('SESSION_EXISTS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The store ${storePath} already has a session ${sessionId}.`,
    next: `Read it with \`dita summarize ${sessionId}\`, or give another id with --session, or another store with --store.`,
  })
}

/** Lets go of the store where it was not opened, or after it was closed. */
function releasing(part: StoreLock): { readonly part: StoreLock } & Disposable {
  return { part, [Symbol.dispose]: () => part.release() }
}

interface Closing<T> extends AsyncDisposable {
  readonly part: T
}

function closing<T extends { close(): Promise<void> }>(part: T): Closing<T> {
  return { part, [Symbol.asyncDispose]: () => part.close() }
}
