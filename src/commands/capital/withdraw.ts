// The doorway of `dita capital withdraw`: books capital.

import { DitaCommand } from '../../cli/base-command.ts'
import type { CapitalMoveView } from '../../cli/capital.ts'
import { CAPITAL_DESCRIPTION, capitalArgs, capitalFlags } from '../../cli/capital-flags.ts'

export default class CapitalWithdraw extends DitaCommand<CapitalMoveView> {
  static override summary = 'Book money that was taken out of an account.'
  static override description = CAPITAL_DESCRIPTION
  static override examples = [
    'dita capital withdraw 100 USDT',
    { description: 'Money that went two hours ago', command: 'dita capital withdraw 100 USDT --at 2h --note rent' },
  ]
  static override args = capitalArgs()
  static override flags = capitalFlags()

  async run(): Promise<CapitalMoveView> {
    const { args, flags } = await this.parse(CapitalWithdraw)
    const { moveCapitalCommand, renderCapitalMove } = await import('../../cli/capital.ts')
    const { storePath, configPath } = this.workspace(flags)
    const { at = null, note = null, account = null, config = configPath } = flags
    const view = await moveCapitalCommand({
      direction: 'withdraw',
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
