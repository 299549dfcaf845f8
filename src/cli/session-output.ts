// Who shows a running session: the live screen on a terminal, plain lines elsewhere, nobody with --json.

import { EXIT, type ExitCode, messageOf } from '../core/errors.ts'
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
  return isTerminal(options.env) ? openScreen(options) : openPlain()
}

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
      const reason = cause === 'interrupt' ? 'interrupted_sigint' : 'engine_requested_halt'
      control.requestStop({ reason, detail: cause === 'interrupt' ? null : 'stopped from the screen' })
    },
    failed: (error) => log.error('screen_failed', { message: messageOf(error), cause: error }),
  })
  return { observer: { wants: everyMs(SHOWN_EVERY_MS), publish: (model) => screen.publish(model) }, close: () => screen.close() }
}

async function openPlain(): Promise<SessionOutput> {
  const { createPlainOutput } = await import('../tui/plain.ts')
  const plain = createPlainOutput({ write: (line) => process.stdout.write(`${escapeText(line)}\n`) })
  return {
    observer: { wants: everyMs(SHOWN_EVERY_MS), publish: (model) => plain.publish(model) },
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
