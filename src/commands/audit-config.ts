// The doorway of `dita audit-config`: looks a config through before anything is traded with it.

import { string } from '@oclif/core/args'
import { boolean, string as text } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import { configFlags } from '../cli/config-flags.ts'

type View = Awaited<ReturnType<typeof import('../cli/audit-config.ts').runAuditCommand>>

export default class AuditConfig extends DitaCommand<View> {
  static override summary = 'Look a config through: errors, keys and limits without effect, secrets.'
  static override description =
    `It reads the config as dita run would, with variables and flags above it, and rehearses it for a minute on paper, in a folder of its own that is thrown away:
nothing leaves, nothing of the workspace is touched. A strategy of your own runs in that minute.
See docs/AUDIT.md for every kind of finding and the shape of --json.`
  static override examples = [
    { description: 'The config of this workspace, as cron may', command: 'dita audit-config' },
    { description: 'What is wrong with it, for a script', command: 'dita audit-config --json | jq -r ".findings[].text"' },
    { description: 'With the keys and the account at the venue', command: 'dita audit-config live.yaml --online' },
  ]
  static override args = {
    file: string({ description: "A config; without it the workspace's dita.yaml, else the built-in one.", ignoreStdin: true }),
  }
  static override flags = {
    ...configFlags(),
    keys: boolean({ summary: 'Show every key as well: its value, where that comes from, and who reads it.', default: false }),
    duration: text({ summary: 'How long the sessions last that are meant.', default: '30m', helpValue: 'TIME' }),
    online: boolean({ summary: 'Ask the venue as well: keys, instrument, settings of the account. Sends no order.', default: false }),
  }

  async run(): Promise<View> {
    const { args, flags } = await this.parse(AuditConfig)
    const [{ runAuditCommand }, { renderAudit }] = await Promise.all([import('../cli/audit-config.ts'), import('../cli/audit-text.ts')])
    const configPath = args.file ?? this.workspace(flags).configPath
    const { feed, strategy, seed, duration, online } = flags
    const view = await runAuditCommand({ configPath, feed, strategy, seed, duration, online })
    this.show(renderAudit(view, { lineWidth: this.rowWidth(), withKeys: flags.keys }))
    this.exitWith(view.exitCode)
    return view
  }
}
