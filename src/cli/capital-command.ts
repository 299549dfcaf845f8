// What both ways to move capital are: what they take, how their help explains it, and the one call they make. They differ in the direction.

import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { DitaCommand } from './base-command.ts'
import type { CapitalDirection, CapitalMoveView } from './capital.ts'

const DESCRIPTION = `Capital is no profit and no loss: it changes what an account is worth, and no figure of what was earned.
While a session runs it books the flow at once, as its own. While none runs the flow stands between the sessions: it belongs to none, and the next one starts with it.
At a real venue the money itself is moved there; this only tells the books. A withdrawal beyond what the account holds is refused.`

export abstract class CapitalCommand extends DitaCommand<CapitalMoveView> {
  static override description = DESCRIPTION
  static override args = {
    amount: argument({ description: 'How much, above zero: 250 or 0.05.', required: true }),
    asset: argument({ description: 'Of what, in upper case: USDT.', required: true }),
  }
  static override flags = {
    at: string({
      summary: 'When it happened: 2026-01-31T14:25:00Z, 2026-01-31, or 2h for two hours ago. Kept with the note.',
      helpValue: 'TIME',
    }),
    note: string({ summary: 'What it was: kept with the flow.', helpValue: 'TEXT' }),
    account: string({
      summary: "Which account; without it the config's, or the venue's where the store has only that one.",
      helpValue: 'NAME',
    }),
    'new-asset': boolean({ summary: 'Book an asset that the account has never held; otherwise a typo is refused.' }),
    config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
  }

  protected abstract readonly direction: CapitalDirection

  override async run(): Promise<CapitalMoveView> {
    const { args, flags } = await this.parse(CapitalCommand)
    const { moveCapitalCommand, renderCapitalMove } = await import('./capital.ts')
    const { storePath, configPath } = this.workspace(flags)
    const { at = null, note = null, account = null, config = configPath } = flags
    const view = await moveCapitalCommand({
      direction: this.direction,
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
