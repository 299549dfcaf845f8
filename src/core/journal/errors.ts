// Every failure of a store that a person can meet, each with its exit code and what to do next. Opens and closes nothing.

import { join } from 'node:path'
import { DitaError, EXIT, messageOf } from '../errors.ts'

/** Who holds the writer lock of a store: a session or a command; all are null where the holder left no name. */
export interface LockHolder {
  readonly sessionId: string | null
  /** As it was typed: `dita reconcile`. */
  readonly command: string | null
  readonly pid: number | null
  /** ISO 8601, UTC. */
  readonly since: string | null
}

export function storeMissing(path: string): DitaError {
  return new DitaError('STORE_MISSING', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `There is no store at ${path}.`,
    next: 'If no session ran here yet, `dita run` makes it. Else go into the folder of its dita.yaml, or name the store with --store.',
  })
}

export function storeEmpty(path: string): DitaError {
  return new DitaError('STORE_EMPTY', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The store at ${path} holds nothing yet.`,
    next: 'Run a session first with `dita run`, or name another store with --store.',
  })
}

export function storeForeign(path: string, what: string, cause?: unknown): DitaError {
  return new DitaError('STORE_FOREIGN', {
    fault: 'user',
    exitCode: EXIT.storeDamaged,
    message: `${path} is not a store of dita: ${what}.`,
    next: 'It was left as it is. Name another store with --store, or move this file away.',
    cause,
  })
}

export function storeIsFolder(path: string): DitaError {
  return new DitaError('STORE_FOREIGN', {
    fault: 'user',
    exitCode: EXIT.storeDamaged,
    message: `${path} is a folder, and a store is a file.`,
    next: `Name a file with --store, as in \`--store ${join(path, 'dita.db')}\`; \`dita run\` makes it where there is none.`,
  })
}

export function storeNewer(path: string, found: number, known: number): DitaError {
  return new DitaError('STORE_NEWER', {
    fault: 'user',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${path} has layout ${found}; this version of dita knows layouts up to ${known}.`,
    next: 'Update dita, or name another store with --store. The store was left as it is.',
  })
}

export function storeOlder(path: string, found: number, known: number): DitaError {
  return new DitaError('STORE_OLDER', {
    fault: 'user',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${path} has layout ${found}, older than layout ${known}, which this version of dita reads.`,
    next: `Start any session on it, which brings it up to date: \`dita run --store ${path}\`.`,
  })
}

export function storeBusy(path: string, holder: LockHolder): DitaError {
  const pid = holder.pid === null ? '' : ` (pid ${holder.pid})`
  const since = holder.since === null ? '' : ` since ${holder.since}`
  const who = holderName(holder)
  const kill = holder.pid === null ? '' : ` or \`kill ${holder.pid}\``
  const stop = holder.sessionId === null ? 'wait for it' : `look at it with \`dita watch\`, end it with \`dita halt\`${kill}`
  return new DitaError('STORE_BUSY', {
    fault: 'user',
    exitCode: EXIT.storeBusy,
    message: `${who.charAt(0).toUpperCase()}${who.slice(1)}${pid} is using the store ${path}${since}.`,
    next: `${stop.charAt(0).toUpperCase()}${stop.slice(1)}, or give another store with --store.`,
  })
}

/** `session morning`, `the command \`dita reconcile\``. */
export function holderName({ sessionId, command }: LockHolder): string {
  if (sessionId !== null) return `session ${sessionId}`
  return command === null ? 'another process' : `the command \`${command}\``
}

/** A reader or a writer waited its time for SQLite's own locks: nobody holds ours, so there is no holder to name. */
export function storeLocked(path: string, cause: unknown): DitaError {
  return new DitaError('STORE_BUSY', {
    fault: 'user',
    exitCode: EXIT.storeBusy,
    message: `Another program has the store ${path} locked.`,
    next: `Close that program, then try again; \`fuser -v ${path}\` shows which it is.`,
    cause,
  })
}

export function storeDamaged(path: string, what: string, options: { readonly next?: string; readonly cause?: unknown } = {}): DitaError {
  return new DitaError('STORE_DAMAGED', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${path} is damaged: ${what}.`,
    next:
      options.next ??
      'Do not trade on it, and keep all files of its folder as they are. `dita verify` says where the damage begins, and the command that goes back to the newest good backup.',
    cause: options.cause,
  })
}

export function storeUnusable(path: string, what: string, cause?: unknown): DitaError {
  return new DitaError('STORE_UNUSABLE', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${path} cannot be used: ${what}.`,
    next: 'Check that the folder exists, is writable by you and has free space, or name another store with --store.',
    cause,
  })
}

/** Of a store, or of its backups. */
export function storeFolderUnusable(folder: string, trouble: string, cause: unknown): DitaError {
  return new DitaError('STORE_UNUSABLE', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The folder ${folder} cannot be made, or cannot be made private: ${trouble}.`,
    next: `See what stands there with \`ls -ld ${folder}\`: it must be a folder that you may write to. Or name another store with --store.`,
    cause,
  })
}

/** Every commit is on disk; it was only not moved from the WAL into the store. */
export function walLeft(path: string, what: string): DitaError {
  return new DitaError('STORE_UNUSABLE', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${path} was closed, but its write-ahead log could not be moved into it (${what}). No commit is lost.`,
    next: 'Free disk space or mend the disk; keep the files with -wal and -shm in their names until the next start, which does the rest.',
  })
}

/** A replay needs room for the tables that it fills; the store itself has shown nothing. */
export function verifyFailed(store: string, cause: unknown): DitaError {
  return new DitaError('VERIFY_FAILED', {
    fault: 'machine',
    exitCode: EXIT.defect,
    message: `The store at ${store} could not be verified: the replay could not be written (${messageOf(cause)}).`,
    next: 'Free space in the temporary folder, or name another one in SQLITE_TMPDIR: it takes as much as the store itself.',
    cause,
  })
}

/** The store itself is as it was; there is only no new copy of it. */
export function backupFailed(store: string, target: string, cause: unknown): DitaError {
  return new DitaError('BACKUP_FAILED', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The store at ${store} could not be backed up to ${target}. ${messageOf(cause)} The store itself is as it was.`,
    next: 'Free disk space, or clear the way for that folder, which you must be able to write to. Until then sessions go on without a new backup.',
    cause,
  })
}

/** The outcome of the failed commit is unknown: it may be on disk or not. The writer takes nothing more. */
export function journalFailed(path: string, cause: unknown): DitaError {
  return new DitaError('JOURNAL_FAILED', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message: `The journal ${path} could not be written (${messageOf(cause)}). Whether the last commit is on disk is unknown, so nothing more is sent or written.`,
    next: 'Free disk space, mend the disk, or close the program that has the store locked; then start again soon, for orders may still rest at the venue. The next start finds out what was kept.',
    cause,
  })
}

/** The facts do not belong at the end of this chain, or cannot be stored as they are: nothing was written. */
export function journalRefused(what: string, cause?: unknown): DitaError {
  return new DitaError('JOURNAL_REFUSED', {
    fault: 'dita',
    exitCode: EXIT.defect,
    message: `The journal refused a commit: ${what}. Nothing of it was written.`,
    next: 'This is a defect of dita. Please report it with the session id.',
    cause,
  })
}
