// Why sessions end: the whole taxonomy, with what each means for a script that reads the exit code.

import { EXIT, type ExitCode } from '../errors.ts'

interface HaltReasonEntry {
  readonly exitCode: ExitCode
  readonly means: string
}

/** `risk_<asset>_exposure` stands for one reason an asset: see `exposureReason`. */
export const HALT_REASONS = {
  duration_elapsed: { exitCode: EXIT.done, means: 'the session ran its time' },
  feed_ended: { exitCode: EXIT.done, means: 'the recording ended before the duration did' },
  engine_requested_halt: { exitCode: EXIT.done, means: 'stopped on request, from the screen' },
  'risk_<asset>_exposure': { exitCode: EXIT.halted, means: 'the exposure in an asset went above its limit' },
  risk_rpc_failure: { exitCode: EXIT.halted, means: 'the venue did not answer for too long' },
  risk_stale_ledger: { exitCode: EXIT.halted, means: 'the ledger stood still for too long' },
  risk_stale_feed: { exitCode: EXIT.halted, means: 'the feed was silent for too long' },
  risk_gateway_unhealthy: { exitCode: EXIT.halted, means: 'the gateway to the venue was unhealthy' },
  risk_loss_limit: { exitCode: EXIT.halted, means: 'the session lost more than its limit' },
  risk_drawdown: { exitCode: EXIT.halted, means: 'the equity fell too far below its peak' },
  kill_switch: { exitCode: EXIT.halted, means: 'the kill switch was used' },
  reconciler_halt: { exitCode: EXIT.halted, means: 'what we believe and what the venue has differ' },
  market_gap: { exitCode: EXIT.halted, means: 'market data is missing and could not be fetched' },
  interrupted_sigint: { exitCode: EXIT.interruptedSigint, means: 'interrupted from the keyboard' },
  interrupted_sigterm: { exitCode: EXIT.interruptedSigterm, means: 'asked to end by the system' },
  interrupted_sighup: { exitCode: EXIT.interruptedSighup, means: 'the terminal went away' },
  startup_failure: { exitCode: EXIT.defect, means: 'the session could not be started' },
  journal_failure: { exitCode: EXIT.storeDamaged, means: 'the journal could not be written' },
  crashed: { exitCode: EXIT.defect, means: 'the process died; written by the next start' },
  unexpected_halt: { exitCode: EXIT.defect, means: 'a defect of dita' },
} as const satisfies Record<string, HaltReasonEntry>

export type HaltReason = Exclude<keyof typeof HALT_REASONS, 'risk_<asset>_exposure'> | `risk_${string}_exposure`

/** The halt reason for too much exposure in an asset, which is part of the reason in lower case. */
export function exposureReason(asset: string): HaltReason {
  return `risk_${asset.toLowerCase()}_exposure`
}

/** What a reason means and which exit code it gives. An unknown text is a defect, and says so. */
export function haltEntry(reason: string): HaltReasonEntry {
  const entry = (HALT_REASONS as Record<string, HaltReasonEntry>)[reason]
  if (entry !== undefined) return entry
  if (/^risk_.+_exposure$/.test(reason)) return HALT_REASONS['risk_<asset>_exposure']
  return HALT_REASONS.unexpected_halt
}

/** Why and with which numbers a session ends. */
export interface Halt {
  readonly reason: HaltReason
  /** Values and limits in words; null where there is nothing to add. */
  readonly detail: string | null
  /** Of a risk gate: what it saw and what it allows, as decimal strings. */
  readonly figures?: { readonly value: string; readonly limit: string }
  /** Where it is not the reason's own: a strategy's failure, say. */
  readonly exitCode?: ExitCode
}
