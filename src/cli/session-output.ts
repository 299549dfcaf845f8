// Who shows a running session: the live screen on a terminal, plain lines elsewhere, nobody with --json.

import { EXIT, type ExitCode, messageOf } from '../core/errors.ts'
import type { Halt } from '../core/halt-reasons.ts'
import type { SessionControl } from '../core/session/control.ts'
import type { SessionLog, SessionObserver } from '../core/session/run-session.ts'
import { escapeText } from '../core/text.ts'
import { isTerminal, type TerminalEnvironment, wantsColour } from './terminal.ts'

export interface SessionOutput {
  readonly observer: SessionObserver | null
  close(): Promise<void>
}

export interface SessionOutputOptions {
  readonly json: boolean
  readonly sessionId: string
  readonly pid: number
  readonly control: SessionControl
  readonly log: SessionLog
  /** Ends the process at once; nothing of safety depends on what it skips. */
  readonly leave: (exitCode: ExitCode) => void
  readonly env: TerminalEnvironment
}

/** How often a screen is worth a new model. */
const SHOWN_EVERY_MS = 100

export async function openSessionOutput(options: SessionOutputOptions): Promise<SessionOutput> {
  if (options.json) return { observer: null, close: async () => undefined }
  return isTerminal(options.env) ? openScreen(options) : openPlain(options)
}

/** What each way to stop from the screen means. */
const HALTS = {
  quit: { reason: 'engine_requested_halt', detail: 'stopped from the screen' },
  kill: { reason: 'kill_switch', detail: 'pressed on the screen' },
  interrupt: { reason: 'interrupted_sigint', detail: null },
} as const satisfies Record<string, Halt>

async function openScreen({ control, env, log, leave }: SessionOutputOptions): Promise<SessionOutput> {
  const { startLiveScreen } = await import('../tui/live-screen.tsx')
  const screen = startLiveScreen({
    stdout: process.stdout,
    stdin: process.stdin,
    colour: wantsColour(env),
    now: () => performance.now(),
    stop: (cause) => {
      // In a terminal's raw mode Ctrl-C is a key: it means what the signal would.
      if (cause === 'interrupt' && control.halt !== null) leave(EXIT.interruptedSigint)
      control.requestStop(HALTS[cause])
    },
    failed: (error) => log.error('screen_failed', { message: messageOf(error), cause: error }),
  })
  return { observer: { wants: everyMs(SHOWN_EVERY_MS), publish: (model) => screen.publish(model) }, close: () => screen.close() }
}

async function openPlain({ sessionId, pid }: SessionOutputOptions): Promise<SessionOutput> {
  const { createPlainOutput } = await import('../tui/plain.ts')
  const plain = createPlainOutput({ write: (line) => process.stdout.write(`${escapeText(line)}\n`) })
  // At once, since a venue or a long journal can take a while: whoever has only this output knows what to signal.
  process.stdout.write(`Session ${sessionId}, pid ${pid}: Ctrl-C ends it, as do \`dita halt\` and \`kill -INT ${pid}\`.\n`)
  return {
    observer: {
      wants: everyMs(SHOWN_EVERY_MS),
      publish: (model) => plain.publish(model),
      connecting: (host) => void process.stdout.write(`Connecting to ${escapeText(host)} …\n`),
    },
    close: async () => plain.close(),
  }
}

/** True at most once in so many milliseconds. */
function everyMs(intervalMs: number): () => boolean {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    const nowMs = performance.now()
    if (nowMs - lastMs < intervalMs) return false
    lastMs = nowMs
    return true
  }
}
