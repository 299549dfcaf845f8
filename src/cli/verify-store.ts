// What `dita verify` does and how it says so. The proof itself is the journal's.

import type { ExitCode } from '../core/errors.ts'
import { EXIT } from '../core/errors.ts'
import { type Verdict, type Verification, verifyStore } from '../core/journal/verify-store.ts'
import { hanging, paragraph } from './account-text.ts'

const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = { sound: EXIT.done, unproved: EXIT.findings, damaged: EXIT.storeDamaged }

/** @throws DitaError where the store cannot be found or read at all */
export function runVerifyCommand(storePath: string): { readonly verification: Verification; readonly exitCode: ExitCode } {
  const verification = verifyStore({ path: storePath, wallUs: () => Math.round((performance.timeOrigin + performance.now()) * 1_000) })
  return { verification, exitCode: EXIT_OF[verification.verdict] }
}

const HEADLINE: Readonly<Record<Verdict, string>> = {
  sound: 'is proved sound',
  unproved: 'could not be proved in full',
  damaged: 'is DAMAGED',
}

export function renderVerification(verification: Verification): string {
  const { store, verdict, checks, facts, commits, elapsedMs } = verification
  const width = Math.max(...checks.map(({ name }) => name.length))
  return [
    ...paragraph(`The store ${store} ${HEADLINE[verdict]}: ${facts} facts, ${commits} commits, ${(elapsedMs / 1_000).toFixed(1)}s.`),
    ...checks.flatMap(({ name, ok, detail }) => hanging(`  ${ok ? 'ok  ' : 'FAIL'}  ${name.replaceAll('_', ' ').padEnd(width)}  `, detail)),
    ...(verdict === 'damaged' ? damageLines(verification) : []),
  ].join('\n')
}

function damageLines({ firstFault, backup }: Verification): string[] {
  const { account = null, seq = null } = firstFault ?? {}
  const begins = account === null ? [] : [`It begins in account ${account}${seq === null ? '' : `, at fact ${seq}`}.`]
  if (backup === null)
    return [...begins, ...paragraph('There is no good backup beside it. Do not trade on it; keep all its files as they are.')]
  return [
    ...begins,
    ...paragraph(
      `The newest good backup was made before session ${backup.sessionId}, at ${backup.madeAt}: ${backup.facts} facts, ${backup.commits} commits.`,
    ),
    'To go back to it, with no session running (what is there now is kept beside it):',
    `  ${backup.command}`,
    ...paragraph('Compare with the venue before you trade again: whatever happened after the backup is not in it.'),
  ]
}
