// The doorway of `dita config show`: what is in force, and where it was written.

import { string } from '@oclif/core/args'
import type { ShownConfig } from '../../cli/audit-text.ts'
import { DitaCommand } from '../../cli/base-command.ts'
import { configFlags } from '../../cli/config-flags.ts'

export default class ConfigShow extends DitaCommand<ShownConfig> {
  static override summary = 'Show every key of the config: the value in force, and where it comes from.'
  static override description =
    'A flag stands above a variable, a variable above the file, the file above the default. What looks like a secret is hidden.'
  static override examples = [
    { description: 'The config of this workspace', command: 'dita config show' },
    {
      description: 'What variables change',
      command: 'dita config show --json | jq -r ".keys[] | select(.origin.kind == \\"environment\\") | .key"',
    },
  ]
  static override args = {
    file: string({ description: "A config; without it the workspace's dita.yaml, else the built-in one.", ignoreStdin: true }),
  }
  static override flags = configFlags()

  async run(): Promise<ShownConfig> {
    const { args, flags } = await this.parse(ConfigShow)
    const [{ showConfig }, { renderConfig }] = await Promise.all([import('../../cli/show-config.ts'), import('../../cli/audit-text.ts')])
    const configPath = args.file ?? this.workspace(flags).configPath
    const shown = showConfig({ configPath, feed: flags.feed, strategy: flags.strategy, seed: flags.seed })
    this.show(renderConfig(shown, this.rowWidth()))
    return shown
  }
}
