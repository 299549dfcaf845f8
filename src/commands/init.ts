// The doorway of `dita init`: sets up a workspace.

import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { DitaCommand } from '../cli/base-command.ts'
import type { NewWorkspace } from '../cli/init-workspace.ts'

export default class Init extends DitaCommand<NewWorkspace> {
  static override summary = 'Set up a workspace: a commented dita.yaml, and its schema for your editor.'
  static override examples = [
    { description: 'In this folder', command: 'dita init' },
    { description: 'In a folder of its own, made if need be', command: 'dita init my-desk' },
  ]
  static override args = {
    dir: string({ description: 'The folder.', default: '.', ignoreStdin: true }),
  }
  static override flags = {
    force: boolean({ summary: 'Overwrite the files of a workspace that is there; an edited dita.yaml is kept as dita.yaml.bak.' }),
  }

  async run(): Promise<NewWorkspace> {
    const { args, flags } = await this.parse(Init)
    const { initWorkspace, renderNewWorkspace } = await import('../cli/init-workspace.ts')
    const workspace = initWorkspace({ folder: args.dir, force: flags.force })
    this.show(renderNewWorkspace(workspace))
    return workspace
  }
}
