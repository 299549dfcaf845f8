// What both ways to move capital take on their command line, and how their help explains it.

import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'

export const CAPITAL_DESCRIPTION = `Capital is no profit and no loss: it changes what an account is worth, and no figure of what was earned.
While a session runs it books the flow at once, as its own. While none runs the flow stands between the sessions: it belongs to none, and the next one starts with it.
At a real venue the money itself is moved there; this only tells the books. A withdrawal beyond what the account holds is refused.`

/** New ones for each command: a parser may keep something in them. */
export const capitalArgs = () => ({
  amount: argument({ description: 'How much, above zero: 250 or 0.05.', required: true }),
  asset: argument({ description: 'Of what, in upper case: USDT.', required: true }),
})

export const capitalFlags = () => ({
  at: string({
    summary: 'When it happened: 2026-01-31T14:25:00Z, 2026-01-31, or 2h for two hours ago. Kept with the note.',
    helpValue: 'TIME',
  }),
  note: string({ summary: 'What it was: kept with the flow.', helpValue: 'TEXT' }),
  account: string({
    summary: "Which account; without it the config's, or the only one in the store.",
    helpValue: 'NAME',
  }),
  'new-asset': boolean({ summary: 'Book an asset that the account has never held; otherwise a typo is refused.' }),
  config: string({ summary: "A config; without it the workspace's dita.yaml, else the built-in one.", helpValue: 'FILE' }),
})
