// The doorway of `dita capital list`: what was moved into and out of the accounts of a store.

import { integer, string } from '@oclif/core/flags'
import { DitaCommand } from '../../cli/base-command.ts'
import type { CapitalListView } from '../../cli/capital.ts'

export default class CapitalList extends DitaCommand<CapitalListView> {
  static override summary = 'List the capital that was moved, and what each account holds.'
  static override examples = ['dita capital list', { description: 'Of one account', command: 'dita capital list --account paper/desk' }]
  static override flags = {
    account: string({ summary: 'Only this account.', helpValue: 'NAME' }),
    limit: integer({ summary: 'How many flows to show, the newest first.', default: 50, min: 1, max: 100_000 }),
  }

  async run(): Promise<CapitalListView> {
    const { flags } = await this.parse(CapitalList)
    const { listCapitalCommand, renderCapitalList } = await import('../../cli/capital.ts')
    const { account = null, limit } = flags
    const view = await listCapitalCommand(this.workspace(flags).storePath, { account, limit })
    this.show(renderCapitalList(view))
    return view
  }
}
