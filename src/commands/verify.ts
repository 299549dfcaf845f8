// The doorway of `dita verify`: proves a store.

import { DitaCommand } from '../cli/base-command.ts'
import type { runVerifyCommand } from '../cli/verify-store.ts'

type Verification = ReturnType<typeof runVerifyCommand>['verification']

export default class Verify extends DitaCommand<Verification> {
  static override summary = 'Prove a store: hash chains, high-water mark, integrity, projections, balance.'
  static override description =
    `Every fact is read once, proved and replayed; every table that facts decide is compared with that replay, row by row.
It works beside a running session, takes no lock and writes nothing.
Of damage it says where it begins, what the newest good backup is, and the command that goes back to it.`
  static override examples = [
    { description: 'The store of this workspace', command: 'dita verify' },
    { description: 'A backup', command: 'dita verify --store .dita/backups/dita-20260131T142500.123Z-morning.db' },
    { description: 'What failed, for a script', command: 'dita verify --json | jq -r ".checks[] | select(.ok | not) | .name"' },
  ]

  async run(): Promise<Verification> {
    const { flags } = await this.parse(Verify)
    const { renderVerification, runVerifyCommand } = await import('../cli/verify-store.ts')
    const { verification, exitCode } = runVerifyCommand(this.workspace(flags).storePath)
    this.show(renderVerification(verification))
    this.exitWith(exitCode)
    return verification
  }
}
