// The doorway of `dita capital deposit`: books capital.

import { DitaCommand } from '../../cli/base-command.ts'
import type { CapitalMoveView } from '../../cli/capital.ts'
import { CAPITAL_DESCRIPTION, capitalArgs, capitalFlags } from '../../cli/capital-flags.ts'

export default class CapitalDeposit extends DitaCommand<CapitalMoveView> {
  static override summary = 'Book money that was put into an account.'
  static override description = CAPITAL_DESCRIPTION
  static override examples = [
    'dita capital deposit 250 USDT',
    { description: 'Money that came this morning', command: 'dita capital deposit 250 USDT --at 2026-01-31T09:00Z --note "from savings"' },
  ]
  static override args = capitalArgs()
  static override flags = capitalFlags()

  async run(): Promise<CapitalMoveView> {
    const { args, flags } = await this.parse(CapitalDeposit)
    const { moveCapitalCommand, renderCapitalMove } = await import('../../cli/capital.ts')
    const { storePath, configPath } = this.workspace(flags)
    const { at = null, note = null, account = null, config = configPath } = flags
    const view = await moveCapitalCommand({
      direction: 'deposit',
      ...args,
      at,
      note,
      account,
      newAsset: flags['new-asset'],
      storePath,
      configPath: config,
      nowMs: Date.now(),
    })
    this.show(renderCapitalMove(view))
    return view
  }
}
