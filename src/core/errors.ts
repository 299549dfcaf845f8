// The one error base. It owns the shape of every failure a person sees; it never prints and never exits.

/** Whose fault a failure is: it decides the tone of the message, and who has to act. */
export type Fault = 'user' | 'venue' | 'machine' | 'dita'

/** The exit codes every command shares. They are part of the interface: scripts and cron jobs branch on them. */
export const EXIT = {
  done: 0,
  defect: 1,
  usage: 2,
  findings: 3,
  config: 4,
  storeBusy: 5,
  storeDamaged: 6,
  unreachable: 7,
  halted: 8,
  interruptedSighup: 129,
  interruptedSigint: 130,
  interruptedSigterm: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface DitaErrorOptions {
  readonly fault: Fault
  readonly exitCode: ExitCode
  /** What happened, one sentence, with the values that matter. */
  readonly message: string
  /** The next thing to do or to type. */
  readonly next: string
  readonly cause?: unknown
}

/** A failure with a stable code, whose fault it is, and what to do next. */
export class DitaError extends Error {
  readonly code: string
  readonly fault: Fault
  readonly exitCode: ExitCode
  readonly next: string

  constructor(code: string, options: DitaErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DitaError'
    this.code = code
    this.fault = options.fault
    this.exitCode = options.exitCode
    this.next = options.next
  }
}

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be a folder in its path is a file',
  EACCES: 'you may not do that there',
  EPERM: 'you may not do that there',
  EEXIST: 'something of that name is there already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota of the disk is used up',
  EROFS: 'its disk is read-only',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk failed',
  EADDRINUSE: 'something else listens there already',
}

/** Why the system would not do something with a file or a port, in plain words, as far as they are known. */
export function troubleOf(thrown: unknown): string {
  const known = thrown instanceof Error && 'code' in thrown ? FILE_TROUBLES[String(thrown.code)] : undefined
  return known ?? messageOf(thrown)
}

/** Troubles of the path that was named: another one would do. All else is the machine's: a disk that is full, or that fails. */
const PATH_TROUBLES: ReadonlySet<string> = new Set([
  'ENOENT',
  'EISDIR',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EEXIST',
  'EROFS',
  'ELOOP',
  'ENAMETOOLONG',
])

/** Whose fault it is that a file which somebody named could not be written, and the exit code of that. */
export function blameForFile(thrown: unknown): Pick<DitaErrorOptions, 'fault' | 'exitCode'> {
  const isOfPath = thrown instanceof Error && 'code' in thrown && PATH_TROUBLES.has(String(thrown.code))
  return isOfPath ? { fault: 'user', exitCode: EXIT.usage } : { fault: 'machine', exitCode: EXIT.defect }
}

/** The message of anything that was thrown, for messages that quote a cause. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
