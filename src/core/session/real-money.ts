// Real money is asked for twice: in the config, and each time on the command line. Looks at nothing else.

import type { Config } from '../config/config.ts'
import { DitaError, EXIT } from '../errors.ts'

/** What may become of real money: it is traded, its orders may be cancelled, or it is only looked at. */
export type MoneyUse = 'trade' | 'cancel' | 'look'

/** Where only the config asks: what could happen, and what to do instead. To look at real money is harmless. */
const UNCONFIRMED: Readonly<Record<Exclude<MoneyUse, 'look'>, { readonly could: string; readonly next: string }>> = {
  trade: { could: 'real money would be traded', next: 'Add --live if that is what you want; else set `mode: demo`.' },
  cancel: { could: 'orders of real money could be cancelled', next: 'Add --live if that is what you want, or --dry-run to only look.' },
}

/**
 * @param live whether the command line asks for real money
 * @throws DitaError LIVE_NOT_CONFIRMED (exit 2)
 */
export function assertAskedFor({ mode }: Pick<Config, 'mode'>, live: boolean, use: MoneyUse): void {
  if (live && mode !== 'live') {
    throw notConfirmed(
      `--live asks for real money, but the config says \`mode: ${mode}\`.`,
      'Leave --live out, or set `mode: live` in the config.',
    )
  }
  if (live || mode !== 'live' || use === 'look') return
  const { could, next } = UNCONFIRMED[use]
  throw notConfirmed(`The config says \`mode: live\`: ${could}, and the command line does not confirm it.`, next)
}

function notConfirmed(message: string, next: string): DitaError {
  return new DitaError('LIVE_NOT_CONFIRMED', { fault: 'user', exitCode: EXIT.usage, message, next })
}
