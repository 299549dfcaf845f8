// What anything that failed is to a person and to a script. Types only.

import type { Fault } from '../core/errors.ts'

export interface Failure {
  readonly code: string
  /** What happened, one sentence. */
  readonly message: string
  /** What to do or type next. */
  readonly next: string
  readonly fault: Fault
  readonly exitCode: number
}
