// Shows a session that runs elsewhere on this machine: the live screen on a terminal, plain lines otherwise, with --json
// one model a line. It only looks: leaving it leaves the session as it is.

import { DitaError, EXIT, type ExitCode, messageOf } from '../core/errors.ts'
import { haltEntry, haltText } from '../core/halt-reasons.ts'
import { SessionControl } from '../core/session/control.ts'
import type { ControlClient } from '../core/session/socket/control-client.ts'
import { type SessionStatus, sessionLost } from '../core/session/socket/protocol.ts'
import { holderNow, reachRunning, untilFree } from '../core/session/socket/running-session.ts'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { escapeText } from '../core/text.ts'
import { safeJson } from './escape.ts'
import { loadScreen } from './load-screen.ts'
import { stopOnSignals } from './signals.ts'
import { freeStreams, lineWriter, newestWriter } from './standard-streams.ts'
import { isTerminal, type TerminalEnvironment, wantsColour } from './terminal.ts'

/** A process that is gone lets go of its store within this time. */
const RELEASE_MS = 1_000

export interface WatchOptions {
  readonly storePath: string
  readonly json: boolean
  readonly env: TerminalEnvironment
}

export interface WatchView {
  readonly sessionId: string
  /** Whether this was left while the session went on. */
  readonly detached: boolean
  readonly haltReason: string | null
  readonly haltDetail: string | null
  /** Of this command: 0 but for a signal. */
  readonly exitCode: ExitCode
}

interface Viewer {
  publish(model: SessionViewModel): void
  close(): Promise<void>
}

/**
 * Watches until the session halts, or until somebody has seen enough.
 * @throws DitaError NOTHING_RUNS (exit 2), SESSION_SILENT (exit 5), SESSION_LOST (exit 3)
 */
export async function watchSession(options: WatchOptions): Promise<WatchView> {
  const client = await reach(options.storePath)
  const leaving = new SessionControl()
  const stopListening = stopOnSignals(leaving, (exitCode) => process.exit(exitCode))
  // A reader of ours that has seen enough (`| head`) ends this, and not the session.
  const onBrokenPipe = (): void => leaving.requestStop({ reason: 'engine_requested_halt', detail: null })
  process.stdout.once('error', onBrokenPipe)
  const letGoOfStreams = freeStreams(() => leaving.requestStop({ reason: 'interrupted_sighup', detail: null }))
  let viewer: Viewer | null = null
  try {
    viewer = await openViewer(options, client.session, leaving)
    return await follow(options.storePath, client, viewer, leaving)
  } finally {
    stopListening()
    await viewer?.close()
    letGoOfStreams()
    client.close()
    process.stdout.off('error', onBrokenPipe)
  }
}

async function follow(storePath: string, client: ControlClient, viewer: Viewer, leaving: SessionControl): Promise<WatchView> {
  const { sessionId, pid } = client.session
  const publish = (model: SessionViewModel): void => viewer.publish(model)
  try {
    const ended = await client.watch(publish, leaving.signal)
    if (ended !== null) {
      return { sessionId, detached: false, haltReason: ended.haltReason, haltDetail: ended.haltDetail, exitCode: EXIT.done }
    }
  } catch (thrown) {
    // A process that dies says nothing: its connection just ends. So does that of a screen that stood still for too long.
    const isLost = thrown instanceof DitaError && thrown.code === 'CONTROL_LOST'
    throw isLost && (await untilFree(storePath, RELEASE_MS, pid)) ? sessionLost(sessionId) : thrown
  }
  const exitCode = leaving.halt === null ? EXIT.done : haltEntry(leaving.halt.reason).exitCode
  return { sessionId, detached: true, haltReason: null, haltDetail: null, exitCode }
}

export function renderWatch({ sessionId, detached, haltReason, haltDetail }: WatchView): string {
  if (detached) return `Session ${sessionId} goes on. To stop it: dita halt`
  const how = haltText(haltReason, haltDetail)
  return `Session ${sessionId} ${how}.\nWhat happened in it: dita summarize ${sessionId}`
}

async function reach(storePath: string): Promise<ControlClient> {
  const reached = await reachRunning(storePath)
  if (reached.how === 'connected') return reached.client
  const holder = holderNow(storePath)
  throw holder === null || holder.command !== null ? nothingRuns(storePath) : sessionSilent(storePath, holder)
}

async function openViewer({ json, env }: WatchOptions, { sessionId, pid }: SessionStatus, leaving: SessionControl): Promise<Viewer> {
  if (json) {
    const { write, close } = newestWriter(process.stdout)
    return { publish: (model) => write(oneLine(model)), close: async () => close() }
  }
  if (isTerminal(env)) return openScreen(env, leaving)
  const { createPlainOutput } = await import('../tui/plain.ts')
  process.stdout.write(`Session ${escapeText(sessionId)}, pid ${pid}: Ctrl-C leaves it running, \`dita halt\` ends it.\n`)
  const write = lineWriter(process.stdout)
  const plain = createPlainOutput({ write: (line) => write(escapeText(line)) })
  return { publish: (model) => plain.publish(model), close: async () => plain.close() }
}

async function openScreen(env: TerminalEnvironment, leaving: SessionControl): Promise<Viewer> {
  const { startLiveScreen } = await loadScreen()
  let failure: unknown = null
  const screen = startLiveScreen({
    stdout: process.stdout,
    stdin: process.stdin,
    colour: wantsColour(env),
    now: () => performance.now(),
    watching: true,
    stop: (cause) => {
      if (cause === 'interrupt' && leaving.halt !== null) process.exit(EXIT.interruptedSigint)
      leaving.requestStop({ reason: cause === 'interrupt' ? 'interrupted_sigint' : 'engine_requested_halt', detail: null })
    },
    failed: (error) => {
      failure = error
      leaving.requestStop({ reason: 'unexpected_halt', detail: null })
    },
  })
  return {
    publish: (model) => screen.publish(model),
    async close() {
      await screen.close()
      if (failure !== null) process.stderr.write(`The screen failed and was left: ${escapeText(messageOf(failure))}\n`)
    },
  }
}

/** JSON without line breaks: in `safeJson` none stands but between values. */
function oneLine(model: SessionViewModel): string {
  return safeJson(model)
    .split('\n')
    .map((line) => line.trimStart())
    .join('')
}

/** As for a store or a session that is not there: what was named cannot be watched. */
function nothingRuns(storePath: string): DitaError {
  return new DitaError('NOTHING_RUNS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `No session runs on ${storePath}.`,
    next: 'Start one with `dita run`, name another store with --store, or look at the last session with `dita summarize`.',
  })
}

function sessionSilent(
  storePath: string,
  { sessionId, pid }: { readonly sessionId: string | null; readonly pid: number | null },
): DitaError {
  const who = sessionId === null ? 'A process' : `Session ${sessionId}`
  return new DitaError('SESSION_SILENT', {
    fault: 'machine',
    exitCode: EXIT.storeBusy,
    message: `${who}${pid === null ? '' : ` (pid ${pid})`} holds the store ${storePath} and does not answer.`,
    next: 'It may be starting or busy: try again. Why it does not listen stands in the log beside the store.',
  })
}
