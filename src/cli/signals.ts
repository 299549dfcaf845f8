// From the system's signals to a session's halt: the first asks it to stop in good order, a second leaves at once, unless it is but an
// echo of the first.

import { EXIT, type ExitCode } from '../core/errors.ts'
import type { HaltReason } from '../core/halt-reasons.ts'
import type { SessionControl } from '../core/session/control.ts'

const SIGNALS: readonly { readonly signal: NodeJS.Signals; readonly reason: HaltReason; readonly exitCode: ExitCode }[] = [
  { signal: 'SIGINT', reason: 'interrupted_sigint', exitCode: EXIT.interruptedSigint },
  { signal: 'SIGTERM', reason: 'interrupted_sigterm', exitCode: EXIT.interruptedSigterm },
  { signal: 'SIGHUP', reason: 'interrupted_sighup', exitCode: EXIT.interruptedSighup },
]

/** A shell, a terminal and npm each pass on one and the same signal: what comes within this time of the first is no second wish. */
const ECHO_MS = 500

/** Listens until the returned function is called. `leave` ends the process; nothing of safety depends on what it skips. */
export function stopOnSignals(
  control: SessionControl,
  leave: (exitCode: ExitCode) => void,
  nowMs: () => number = () => performance.now(),
): () => void {
  let firstMs: number | null = null
  const listeners = SIGNALS.map(({ signal, reason, exitCode }) => {
    const listener = (): void => {
      const isEcho = firstMs !== null && nowMs() - firstMs < ECHO_MS
      firstMs ??= nowMs()
      // A terminal that is closed says so once and again; nobody means to leave orders behind by that.
      if (control.halt !== null && !isEcho && signal !== 'SIGHUP') leave(exitCode)
      control.requestStop({ reason, detail: null })
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const stopListening of listeners) stopListening()
  }
}
