// The doorway of `dita wal-checkpoint`: moves what the write-ahead log holds into the store.

import { option } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { runCheckpointCommand } from '../cli/checkpoint-store.ts'
import { EXIT } from '../core/errors.ts'

type Report = Awaited<ReturnType<typeof runCheckpointCommand>>

export default class WalCheckpoint extends DitaCommand<Report> {
  static override summary = 'Move what the write-ahead log holds into the store, in use or not.'
  static override description = `Complete means that every frame of the log is in the store.
\`truncate\` empties the log as well, which readers can keep it from; it does not wait for them.
A row of the checkpoint is kept only where no session is the writer of the store.`
  static override examples = [
    { description: 'The store of this workspace', command: 'dita wal-checkpoint' },
    { description: 'And leave an empty log', command: 'dita wal-checkpoint --mode truncate' },
  ]
  static override flags = {
    mode: option({
      summary: '`passive` waits for nobody; `truncate` leaves an empty log, if nobody is in the way.',
      options: ['passive', 'truncate'] as const,
      default: 'passive' as const,
    })(),
  }

  async run(): Promise<Report> {
    const { flags } = await this.parse(WalCheckpoint)
    const { renderCheckpoint, runCheckpointCommand } = await import('../cli/checkpoint-store.ts')
    const report = await runCheckpointCommand({ storePath: this.workspace(flags).storePath, mode: flags.mode })
    this.show(renderCheckpoint(report))
    if (!report.complete) this.exitWith(EXIT.findings)
    return report
  }
}
