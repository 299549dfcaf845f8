// The doorway of `dita orphan-cleanup`: ends orders that were sent long ago and that the venue does not have.

import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { runCleanupCommand } from '../cli/clean-orphans.ts'

type View = Awaited<ReturnType<typeof runCleanupCommand>>

export default class OrphanCleanup extends DitaCommand<View> {
  static override summary = 'End orders of long ago that nobody answered and the venue does not have.'
  static override description =
    `The venue is asked twice; only an order that it provably does not have is ended, as canceled with the reason \`orphan cleanup\` and the date.
One that rests there after all is cancelled there. An order that no session of the account sent is never touched.
Younger ones are only counted: dita reconcile judges each of them.`
  static override examples = [
    { description: 'Say what would be done', command: 'dita orphan-cleanup --dry-run' },
    { description: 'End those older than a day', command: 'dita orphan-cleanup --older-than 1d' },
  ]
  static override flags = {
    'older-than': string({ summary: 'Only orders sent at least so long ago.', default: '7d', helpValue: 'TIME' }),
    'dry-run': boolean({ summary: 'Only say what would be done.', default: false }),
    live: boolean({
      summary: 'Confirms that orders of real money may be cancelled; only with `mode: live` in the config.',
      default: false,
    }),
    config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
  }

  async run(): Promise<View> {
    const { flags } = await this.parse(OrphanCleanup)
    const { renderCleanup, runCleanupCommand } = await import('../cli/clean-orphans.ts')
    const { storePath, configPath } = this.workspace(flags)
    const olderThan = flags['older-than']
    const request = { configPath: flags.config ?? configPath, storePath, olderThan, dryRun: flags['dry-run'], live: flags.live }
    const view = await runCleanupCommand(request)
    this.show(renderCleanup(view, olderThan))
    this.exitWith(view.exitCode)
    return view
  }
}
