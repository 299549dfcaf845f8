// Which halt each signal asks for, and what a second one does: the table of signals by itself. Real signals to a real process are
// sent in test/session/processes.test.ts.

import { expect, onTestFinished, test } from 'vitest'
import { stopOnSignals } from '../../src/cli/signals.ts'
import { SessionControl } from '../../src/core/session/control.ts'

/** Calls what listens since `before`, and nobody else: the test runner listens as well. */
function raise(signal: NodeJS.Signals, before: ReadonlySet<unknown>): void {
  const listeners: readonly unknown[] = process.listeners(signal)
  for (const listener of listeners) if (typeof listener === 'function' && !before.has(listener)) listener(signal)
}

test.each([
  ['SIGINT', 'interrupted_sigint', 130],
  ['SIGTERM', 'interrupted_sigterm', 143],
  ['SIGHUP', 'interrupted_sighup', 129],
] as const)(
  'L02 the first %s asks for the halt %s, an echo of it means nothing, a second one leaves with exit code %i',
  (signal, reason, exitCode) => {
    let nowMs = 1_000
    const control = new SessionControl()
    const left: number[] = []
    const before = new Set<unknown>(process.listeners(signal))
    const stopListening = stopOnSignals(
      control,
      (code) => left.push(code),
      () => nowMs,
    )
    onTestFinished(stopListening)
    raise(signal, before)
    expect(control.halt).toEqual({ reason, detail: null })
    expect(left).toEqual([])
    nowMs += 499
    raise(signal, before)
    expect(left).toEqual([])
    nowMs += 1
    raise(signal, before)
    // A terminal that is closed says so more than once: nobody means to leave orders behind by that.
    expect(left).toEqual(signal === 'SIGHUP' ? [] : [exitCode])
    stopListening()
    expect(process.listeners(signal).filter((listener) => !before.has(listener))).toEqual([])
  },
)
