// The doorway of `dita capital deposit`: books capital.

import { CapitalCommand } from '../../cli/capital-command.ts'

export default class CapitalDeposit extends CapitalCommand {
  static override summary = 'Book money that was put into an account.'
  static override examples = [
    'dita capital deposit 250 USDT',
    { description: 'Money that came this morning', command: 'dita capital deposit 250 USDT --at 2026-01-31T09:00Z --note "from savings"' },
  ]

  protected readonly direction = 'deposit'
}
