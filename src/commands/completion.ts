// The doorway of `dita completion`: prints a script for a shell.

import { string } from '@oclif/core/args'
import { DitaCommand } from '../cli/base-command.ts'
import type { Shell } from '../cli/completion.ts'

interface Script {
  readonly shell: string
  readonly script: string
}

export default class Completion extends DitaCommand<Script> {
  static override summary = 'Print the script that lets your shell complete commands and flags.'
  static override description = 'Print it anew after an update of dita: it knows the commands of the one that made it.'
  static override examples = [
    { description: 'For this shell, now', command: 'eval "$(dita completion bash)"' },
    { description: 'For zsh, in each new shell (after compinit)', command: `echo 'eval "$(dita completion zsh)"' >> ~/.zshrc` },
    { description: 'For fish', command: 'dita completion fish > ~/.config/fish/completions/dita.fish' },
  ]
  /** Flags that all commands take and that are of no use here. */
  static override baseFlags: typeof DitaCommand.baseFlags = {
    json: { ...DitaCommand.baseFlags.json, hidden: true },
    store: { ...DitaCommand.baseFlags.store, hidden: true },
  }
  static override args = {
    shell: string({ description: 'The shell.', options: ['bash', 'zsh', 'fish'], required: true, ignoreStdin: true }),
  }

  async run(): Promise<Script> {
    const { args } = await this.parse(Completion)
    const { completionScript } = await import('../cli/completion.ts')
    const shell = args.shell as Shell
    const script = completionScript(shell, this.config.commands)
    this.show(script.replace(/\n$/, ''))
    return { shell, script }
  }
}
