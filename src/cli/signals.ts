// From the system's signals to a session's halt: the first asks it to stop in good order, a second leaves at once.

import { EXIT, type ExitCode } from '../core/errors.ts'
import type { HaltReason } from '../core/halt-reasons.ts'
import type { SessionControl } from '../core/session/control.ts'

const SIGNALS: readonly { readonly signal: NodeJS.Signals; readonly reason: HaltReason; readonly exitCode: ExitCode }[] = [
  { signal: 'SIGINT', reason: 'interrupted_sigint', exitCode: EXIT.interruptedSigint },
  { signal: 'SIGTERM', reason: 'interrupted_sigterm', exitCode: EXIT.interruptedSigterm },
  { signal: 'SIGHUP', reason: 'interrupted_sighup', exitCode: EXIT.interruptedSighup },
]

/** Listens until the returned function is called. `leave` ends the process; nothing of safety depends on what it skips. */
export function stopOnSignals(control: SessionControl, leave: (exitCode: ExitCode) => void): () => void {
  const listeners = SIGNALS.map(({ signal, reason, exitCode }) => {
    const listener = (): void => {
      if (control.halt !== null) leave(exitCode)
      control.requestStop({ reason, detail: null })
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const stopListening of listeners) stopListening()
  }
}
