// The doorway of `dita capital withdraw`: books capital.

import { CapitalCommand } from '../../cli/capital-command.ts'

export default class CapitalWithdraw extends CapitalCommand {
  static override summary = 'Book money that was taken out of an account.'
  static override examples = [
    'dita capital withdraw 100 USDT',
    { description: 'Money that went two hours ago', command: 'dita capital withdraw 100 USDT --at 2h --note rent' },
  ]

  protected readonly direction = 'withdraw'
}
