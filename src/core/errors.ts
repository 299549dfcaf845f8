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

/** The message of anything that was thrown, for messages that quote a cause. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
