// The doorway of `dita reconcile`: compares what we believe with what the venue has.

import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { runReconcileCommand } from '../cli/reconcile-account.ts'

type View = Awaited<ReturnType<typeof runReconcileCommand>>

export default class Reconcile extends DitaCommand<View> {
  static override summary = 'Compare our books with the venue: orders, fills, positions and wallet.'
  static override description = `It looks at the account of the config and writes nothing there; what it finds is kept as rows in the store.
With --fix-orphans it mends what evidence allows: cancels orders of ours that should not be open, books fills that were missed, settles or ends orders that are in doubt. With --cancel it then takes back every order of ours that rests at the venue, and starts nothing.
It never opens anything, and never touches an order that no session of the account sent.`
  static override examples = [
    { description: 'Only look, as cron may', command: 'dita reconcile' },
    { description: 'Mend what evidence allows', command: 'dita reconcile --fix-orphans' },
    { description: 'After a crash: take back all orders, and start nothing', command: 'dita reconcile --fix-orphans --cancel' },
    {
      description: 'The kinds that remain, for a script',
      command: 'dita reconcile --json | jq -r ".findings[] | select(.remains) | .kind"',
    },
  ]
  static override flags = {
    'fix-orphans': boolean({ summary: 'Mend what evidence allows, rather than only look.', default: false }),
    cancel: boolean({
      summary: 'Then take back every order of ours at the venue, also those that rest as they should.',
      default: false,
      dependsOn: ['fix-orphans'],
    }),
    assign: boolean({
      summary: "Then make what no order of ours explains the account's own: it can be closed, and keeps no trade back any more.",
      default: false,
      dependsOn: ['fix-orphans'],
    }),
    'dry-run': boolean({ summary: 'Only say what would be done, whatever else is given.', default: false }),
    live: boolean({
      summary: 'Confirms that orders of real money may be cancelled; only with `mode: live` in the config.',
      default: false,
    }),
    config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
  }

  async run(): Promise<View> {
    const { flags } = await this.parse(Reconcile)
    const { renderReconcile, runReconcileCommand } = await import('../cli/reconcile-account.ts')
    const { storePath, configPath } = this.workspace(flags)
    const view = await runReconcileCommand({
      configPath: flags.config ?? configPath,
      storePath,
      fixOrphans: flags['fix-orphans'],
      dryRun: flags['dry-run'],
      cancel: flags.cancel,
      assign: flags.assign,
      live: flags.live,
    })
    this.show(renderReconcile(view))
    this.exitWith(view.exitCode)
    return view
  }
}
