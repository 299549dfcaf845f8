// What the exit codes of each command say: for its help, and for the pages in docs/cli/, which are made of this. Data only.

import { EXIT, type ExitCode } from '../core/errors.ts'

type ExitWords = Readonly<Partial<Record<ExitCode, string>>>

/** The same of every command. */
export const EXITS_OF_ALL: ExitWords = {
  [EXIT.defect]: 'a defect of dita, or of this machine: the message says which',
  [EXIT.usage]: 'wrong usage: nothing was done',
}

const NO_STORE = { [EXIT.usage]: 'wrong usage, or there is no such store' } as const
const DAMAGED = { [EXIT.storeDamaged]: 'the store is damaged (see `dita verify`), or it is not one that this dita can read' } as const
const LOCKED = { [EXIT.storeBusy]: 'another program has the store locked' } as const
const SIGNALLED = {
  [EXIT.interruptedSighup]: 'ended by SIGHUP',
  [EXIT.interruptedSigint]: 'ended by Ctrl-C (SIGINT)',
  [EXIT.interruptedSigterm]: 'ended by SIGTERM',
} as const

/** Both ways to compare an account with its venue end alike. */
const CARE = {
  [EXIT.usage]: 'wrong usage, no such store, or real money without --live',
  [EXIT.config]: 'the config or the keys are wrong, or the venue says otherwise of the account',
  [EXIT.storeBusy]: 'a session uses the store, and compares by itself',
  ...DAMAGED,
  [EXIT.unreachable]: 'the venue cannot be reached, or showed nothing at all',
  ...SIGNALLED,
} as const

/** Money in and money out end alike. */
const CAPITAL = {
  [EXIT.done]: 'booked, and durable',
  [EXIT.usage]: 'wrong usage, no such store or account, or more than the account holds: nothing was booked',
  [EXIT.findings]: 'the session that runs did not say whether it was booked',
  [EXIT.config]: 'the config is wrong',
  [EXIT.storeBusy]: 'a session that does not answer, or another command, uses the store',
  ...DAMAGED,
} as const

/** By the command as it is typed; what `EXITS_OF_ALL` says is said again only where there is more to it. */
export const EXITS_OF: Readonly<Record<string, ExitWords>> = {
  'audit-config': {
    [EXIT.done]: 'clean: nothing but notes',
    [EXIT.findings]: 'the config could be used, and something about it is wrong',
    [EXIT.config]: 'the config cannot be used: it is not there, or it has errors',
  },
  'capital deposit': CAPITAL,
  'capital list': {
    [EXIT.done]: 'listed',
    [EXIT.usage]: 'wrong usage, or there is no such store or account',
    ...LOCKED,
    ...DAMAGED,
  },
  'capital withdraw': CAPITAL,
  completion: { [EXIT.done]: 'printed' },
  'config show': {
    [EXIT.done]: 'shown',
    [EXIT.config]: 'the config cannot be used: it is not there, or it has errors',
  },
  doctor: {
    [EXIT.done]: 'a session can run, warnings or not',
    [EXIT.findings]: 'something failed; the row says what to type',
  },
  exchange: {
    [EXIT.done]: 'stopped by Ctrl-C or a signal',
    [EXIT.config]: 'the fault plan or the key file is wrong',
    [EXIT.storeBusy]: 'another exchange uses the truth log',
    [EXIT.storeDamaged]: 'the truth log is damaged',
    [EXIT.unreachable]: 'the recording cannot be read',
  },
  halt: {
    [EXIT.done]: 'no session runs any more, also where none ran',
    [EXIT.usage]:
      'wrong usage, or there is no such store (with --file it needs none); or nothing runs on the default store, and nobody named another',
    [EXIT.findings]: 'nothing runs, and the books still hold live orders: dita reconcile --fix-orphans --cancel',
    [EXIT.storeBusy]: 'a session is not known to have halted; the message says how to end it',
    ...DAMAGED,
  },
  init: {
    [EXIT.done]: 'the workspace is ready',
    [EXIT.usage]: 'wrong usage, or the files are there already or cannot be written',
    [EXIT.interruptedSigint]: 'the questions were left: nothing was written',
  },
  'orphan-cleanup': {
    [EXIT.done]: 'nothing is left of that age',
    [EXIT.findings]: 'orders remain, or not all could be seen; with --dry-run also those that would be ended',
    ...CARE,
  },
  reconcile: {
    [EXIT.done]: 'books and venue agree; with --cancel also: no order of ours is left',
    [EXIT.findings]: 'findings remain, or not all could be seen; with --cancel also: orders may still rest at the venue',
    ...CARE,
  },
  run: {
    [EXIT.done]: 'it ran its time, or was stopped from the screen or by its strategy',
    [EXIT.usage]: 'wrong usage, an id that is in use, or real money without --live',
    [EXIT.findings]:
      'something remains for a person: orders in doubt, a position that the venue says is another (a wallet is an alarm only), what `flatten` could not close, DRIFT in the summary, an audit that real money waits for',
    [EXIT.config]: 'the config, the keys or the strategy are wrong, or the venue says otherwise of the account',
    [EXIT.storeBusy]: 'another session uses the store',
    [EXIT.storeDamaged]: 'the store is damaged, or could not be written',
    [EXIT.unreachable]: 'the feed or the venue cannot be reached',
    [EXIT.halted]: 'halted by a risk gate or the kill switch, or the kill switch is on',
    ...SIGNALLED,
  },
  sessions: { [EXIT.done]: 'listed', ...NO_STORE, ...LOCKED, ...DAMAGED },
  summarize: {
    [EXIT.done]: 'explained',
    [EXIT.usage]: 'wrong usage, or there is no such store or session',
    [EXIT.findings]: 'DRIFT: two ways to the same total differ',
    ...LOCKED,
    ...DAMAGED,
  },
  verify: {
    [EXIT.done]: 'sound',
    ...NO_STORE,
    [EXIT.findings]: 'nothing is wrong, but the high-water mark is missing: nobody can tell whether the end is',
    ...LOCKED,
    [EXIT.storeDamaged]: 'damaged, or it is not a store that this dita can read',
  },
  'wal-checkpoint': {
    [EXIT.done]: 'complete: all of the log is in the store',
    ...NO_STORE,
    [EXIT.findings]: 'frames remain in the log; the reason is said',
    ...LOCKED,
    ...DAMAGED,
  },
  watch: {
    [EXIT.done]: 'the session has halted, or you left with q',
    [EXIT.usage]: 'wrong usage, or no session runs',
    [EXIT.findings]: 'the session died without saying how it ended',
    [EXIT.storeBusy]: 'a process holds the store and does not answer',
    ...SIGNALLED,
  },
}

/** All that a command can end with, in order. */
export function exitsOf(command: string): (readonly [code: string, words: string])[] {
  return Object.entries({ ...EXITS_OF_ALL, ...EXITS_OF[command] }).sort(([a], [b]) => Number(a) - Number(b))
}
