// What a command that compares an account needs of its process: config, keys, clock, log, and an end by Ctrl-C. Compares nothing.

import { randomInt } from 'node:crypto'
import { loadConfig } from '../core/config/load-config.ts'
import { DitaError } from '../core/errors.ts'
import { haltEntry } from '../core/halt-reasons.ts'
import { SessionControl } from '../core/session/control.ts'
import { machineClock } from '../core/session/pacer.ts'
import { assertAskedFor } from '../core/session/real-money.ts'
import type { ReconcileAccountOptions } from '../core/session/reconcile-account.ts'
import { openSessionLog } from './session-log.ts'
import { stopOnSignals } from './signals.ts'

export interface CareRequest {
  readonly configPath: string | null
  readonly storePath: string
  /** Whether the command line says that orders of real money may be touched. */
  readonly live: boolean
  /** Whether anything may be changed at all. */
  readonly changes: boolean
}

export type CareParts = Omit<ReconcileAccountOptions, 'fix' | 'cancel'>

/** @throws DitaError LIVE_NOT_CONFIRMED (exit 2), INTERRUPTED (130, 143), what the config and the work throw */
export async function withAccountCare<View>(request: CareRequest, work: (parts: CareParts) => Promise<View>): Promise<View> {
  const { configPath, storePath, live, changes } = request
  const config = loadConfig({ file: configPath })
  assertAskedFor(config, live, changes ? 'cancel' : 'look')
  const control = new SessionControl()
  const stopListening = stopOnSignals(control, (exitCode) => process.exit(exitCode))
  const log = openSessionLog(storePath, (text) => process.stderr.write(`${text}\n`))
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1000 }
  const random = (): number => randomInt(2 ** 32) / 2 ** 32
  try {
    return await work({ config, storePath, environment: process.env, random, wall, log, pid: process.pid, signal: control.signal })
  } catch (thrown) {
    // Whatever a broken-off call or wait throws, the reason is that somebody asked for the end; not so where the store is at fault.
    if (control.halt === null || (thrown instanceof DitaError && thrown.fault !== 'venue')) throw thrown
    throw interrupted(control.halt.reason, thrown)
  } finally {
    stopListening()
    log.close()
  }
}

function interrupted(reason: string, cause: unknown): DitaError {
  return new DitaError('INTERRUPTED', {
    fault: 'user',
    exitCode: haltEntry(reason).exitCode,
    message: 'It was ended before it was done. What was mended by then stands.',
    next: 'Type it again: it goes on from there.',
    cause,
  })
}
