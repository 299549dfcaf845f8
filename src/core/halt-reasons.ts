// Why sessions end: the whole taxonomy, with what each end means to a person and to a script, and the words for it. Data,
// and the sentences made of it.

import { EXIT, type ExitCode } from './errors.ts'

/** Did it work: `yes`, it did what it was started for; `early`, it stopped in good order before that; `no`, it failed. */
export type HaltVerdict = 'yes' | 'early' | 'no'

/** `ended` as somebody meant it to, `halted` by something that watches over it, `failed`. */
export type HaltWord = 'ended' | 'halted' | 'failed'

export interface HaltReasonEntry {
  /** Of a session that ends so, where the halt brings none of its own. */
  readonly exitCode: ExitCode
  readonly verdict: HaltVerdict
  readonly word: HaltWord
  /** Why, in as few words as a list has room for; they go on from the word. */
  readonly short: string
  /** What happened, in words that go on from the verdict. */
  readonly means: string
}

/** `risk_<asset>_exposure` stands for one reason an asset: see `exposureReason`. */
// biome-ignore format: a table is read by column
export const HALT_REASONS = {
  duration_elapsed: { exitCode: EXIT.done, verdict: 'yes', word: 'ended', short: 'ran its time', means: 'it ran its time' },
  feed_ended: { exitCode: EXIT.done, verdict: 'yes', word: 'ended', short: 'recording ended', means: 'until the recording ended' },
  // From the screen, or from a strategy that asked for it or could not go on: which of them stands in the detail.
  engine_requested_halt: { exitCode: EXIT.done, verdict: 'early', word: 'ended', short: 'stopped early', means: 'stopped before its time' },
  'risk_<asset>_exposure': { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'exposure limit', means: 'stopped by a risk gate, too much exposure' },
  risk_rpc_failure: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'venue silent', means: 'stopped by a risk gate, no answer from the venue' },
  risk_stale_ledger: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'stale ledger', means: 'stopped by a risk gate, a ledger that stood still' },
  risk_stale_feed: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'feed silent', means: 'stopped by a risk gate, a feed that fell silent' },
  risk_gateway_unhealthy: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'venue unhealthy', means: 'stopped by a risk gate, an unhealthy gateway to the venue' },
  risk_loss_limit: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'loss limit', means: 'stopped by a risk gate, too large a loss' },
  risk_drawdown: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'drawdown limit', means: 'stopped by a risk gate, too deep a fall of the equity' },
  kill_switch: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'kill switch', means: 'stopped by the kill switch' },
  // A finding that remains; where the venue did not answer, the halt brings the exit code of that.
  reconciler_halt: { exitCode: EXIT.findings, verdict: 'early', word: 'halted', short: 'books differ', means: 'stopped to be safe, our books and the venue differ' },
  market_gap: { exitCode: EXIT.halted, verdict: 'early', word: 'halted', short: 'market gap', means: 'stopped to be safe, market data is missing' },
  interrupted_sigint: { exitCode: EXIT.interruptedSigint, verdict: 'early', word: 'ended', short: 'Ctrl-C', means: 'stopped by hand' },
  interrupted_sigterm: { exitCode: EXIT.interruptedSigterm, verdict: 'early', word: 'ended', short: 'SIGTERM', means: 'stopped from outside' },
  interrupted_sighup: { exitCode: EXIT.interruptedSighup, verdict: 'early', word: 'ended', short: 'terminal closed', means: 'stopped because the terminal was closed' },
  startup_failure: { exitCode: EXIT.defect, verdict: 'no', word: 'failed', short: 'could not start', means: 'it could not be started' },
  journal_failure: { exitCode: EXIT.storeDamaged, verdict: 'no', word: 'failed', short: 'journal error', means: 'the journal could not be written' },
  // Written by the next start, since a process that dies writes nothing.
  crashed: { exitCode: EXIT.defect, verdict: 'no', word: 'failed', short: 'crashed', means: 'it crashed' },
  unexpected_halt: { exitCode: EXIT.defect, verdict: 'no', word: 'failed', short: 'a defect', means: 'a defect stopped it' },
} as const satisfies Record<string, HaltReasonEntry>

export type HaltReason = Exclude<keyof typeof HALT_REASONS, 'risk_<asset>_exposure'> | `risk_${string}_exposure`

/** The halt reason for too much exposure in an asset, which is part of the reason in lower case. */
export function exposureReason(asset: string): HaltReason {
  return `risk_${asset.toLowerCase()}_exposure`
}

/** What a reason means and which exit code it gives. An unknown text is a defect, and says so. */
export function haltEntry(reason: string): HaltReasonEntry {
  const entry = Object.hasOwn(HALT_REASONS, reason) ? (HALT_REASONS as Record<string, HaltReasonEntry>)[reason] : undefined
  if (entry !== undefined) return entry
  if (/^risk_.+_exposure$/.test(reason)) return HALT_REASONS['risk_<asset>_exposure']
  return HALT_REASONS.unexpected_halt
}

/** What a detail says of who ended the session, and the words that this gives. */
interface RequestEntry extends Partial<Omit<HaltReasonEntry, 'exitCode'>> {
  /** Recognises what `say` makes, and what the store has from older versions; its first group adds to the words. */
  readonly detail: RegExp
}

const STRATEGY = 'The strategy '

/**
 * Who asked for the end where the reason stands for several: they are told apart by how the detail begins, and the store keeps that. Each
 * sentence is made here, beside the pattern that reads it again.
 */
export const REQUESTS = {
  screen: {
    say: () => 'stopped with q',
    detail: /^stopped (?:with q|from the screen)()$/s,
    short: 'stopped with q',
    means: 'stopped with q',
  },
  // Before the strategies of all other names: an end that was the goal.
  flattened: {
    say: () => 'nothing is held any more',
    detail: /^the strategy flatten asked for it: nothing is held any more()$/s,
    verdict: 'yes',
    short: 'all closed',
    means: 'nothing is held any more',
  },
  strategy: {
    say: (name: string, reason: string | null) => `the strategy ${name} asked for it${reason === null ? '' : `: ${reason}`}`,
    detail: /^the strategy .{1,64}? asked for it(?:: (.*))?$/s,
    short: 'strategy asked',
    means: 'stopped before its time, as the strategy asked',
  },
  brokenStrategy: {
    /** What it failed with is a sentence made elsewhere: whichever it is, the detail begins as the pattern has it. */
    say: (name: string, failure: string) => (failure.startsWith(STRATEGY) ? failure : `${STRATEGY}${name} failed: ${failure}`),
    detail: new RegExp(`^(${STRATEGY}.*)$`, 's'),
    verdict: 'no',
    word: 'failed',
    short: 'strategy error',
    means: 'the strategy failed',
  },
} as const satisfies Record<string, RequestEntry & { readonly say: (...parts: never[]) => string }>

/** How an end is told. */
export interface HaltWords extends Pick<HaltReasonEntry, 'verdict' | 'word' | 'short' | 'means'> {
  /** What the detail adds to the words; null for nothing. */
  readonly rest: string | null
}

/** An end in words, for every list, line and screen. */
export function haltWords(haltReason: string, haltDetail: string | null): HaltWords {
  const { verdict, word, short, means } = haltEntry(haltReason)
  const entry = { verdict, word, short, means, rest: haltDetail }
  if (haltReason !== 'engine_requested_halt' || haltDetail === null) return entry
  for (const { say: _say, detail, ...request } of Object.values(REQUESTS)) {
    const found = detail.exec(haltDetail)
    if (found !== null) return { ...entry, ...request, rest: found[1] === undefined || found[1] === '' ? null : found[1] }
  }
  return entry
}

/** `ended: ran its time`, `halted: loss limit (101.20 is beyond 100)`; a session that wrote no end `has ended`. */
export function haltText(haltReason: string | null, haltDetail: string | null): string {
  if (haltReason === null) return 'has ended'
  const { word, short, rest } = haltWords(haltReason, haltDetail)
  return `${word}: ${short}${rest === null ? '' : ` (${rest})`}`
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
