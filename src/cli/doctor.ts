// What `dita doctor` does: asks everything that a session stands on, one question after another, and says of each what to type.
// It changes nothing; only what it is told to send leaves.

import { DitaError, EXIT, type ExitCode, messageOf } from '../core/errors.ts'
import { CHECKS } from './doctor-checks.ts'
import { type DoctorRequest, openDoctorContext } from './doctor-context.ts'
import type { Finding } from './doctor-finding.ts'

export interface CheckedPart extends Finding {
  readonly name: string
}

export interface DoctorView {
  /** Whether nothing failed. */
  readonly fit: boolean
  readonly exitCode: ExitCode
  readonly checks: readonly CheckedPart[]
}

/** Never throws for what it finds: whatever is broken is a finding. */
export async function runDoctor(request: DoctorRequest): Promise<DoctorView> {
  const context = openDoctorContext(request)
  const checks: CheckedPart[] = []
  for (const { name, look } of CHECKS) {
    try {
      checks.push({ name, ...(await look(context)) })
    } catch (thrown) {
      checks.push({ name, ...failedBy(thrown) })
    }
  }
  const fit = checks.every(({ verdict }) => verdict !== 'fail')
  return { fit, exitCode: fit ? EXIT.done : EXIT.findings, checks }
}

function failedBy(thrown: unknown): Finding {
  if (thrown instanceof DitaError) return { verdict: 'fail', detail: thrown.message, remedy: thrown.next }
  return { verdict: 'fail', detail: `It could not be looked at: ${messageOf(thrown)}.`, remedy: 'DITA_DEBUG=1 dita doctor' }
}
