// What a session trades in: the market it sees, the venue its orders go to, and where its time comes from. Rehearsed in this
// process, or in the world. Chooses; the arenas do the work.

import type { Config } from '../config/config.ts'
import type { Decimal } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import type { Feed } from '../market/feed.ts'
import type { MarketState } from '../market/market-state.ts'
import type { Venue } from '../venue/port.ts'
import type { SessionLog } from './run-session.ts'
import type { Step } from './steps.ts'

export interface Arena {
  readonly feed: Feed
  readonly venueName: string
  /** Whose facts these are: the venue, and a name there. */
  readonly account: string
  /** Once the account's books are known. Called once. */
  enter(view: StateView, instrument: Instrument): Entered
  /** Lets go of everything. Closing twice is fine. */
  close(): Promise<void>
}

export interface Entered {
  readonly venue: Venue
  readonly market: MarketState
  /** What a rehearsed account is given: at once, and with the default money once there is a price. Null where the venue holds the money. */
  readonly money: { readonly now: Readonly<Record<string, Decimal>>; readonly byDefault: boolean } | null
  /** Money that goes in at the rehearsed exchange as it does in our books. */
  deposit(asset: string, amount: Decimal): void
  steps(when: { readonly nextDueUs: () => number; readonly stop: AbortSignal }): AsyncIterable<Step>
}

export interface ArenaOptions {
  readonly config: Config
  readonly sessionId: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly random: () => number
  readonly wall: { wallUs(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }
  readonly log: SessionLog
  /** Told which host is waited for. */
  readonly connecting?: (host: string) => void
}

/**
 * @throws DitaError with exit code 7 where a feed or a venue cannot be reached, 4 where what it says contradicts the config
 */
export async function openArena(options: ArenaOptions, signal: AbortSignal): Promise<Arena> {
  if (options.config.mode === 'paper') {
    const { openPaperArena } = await import('./paper-arena.ts')
    return openPaperArena(options)
  }
  const { openBingxArena } = await import('./bingx-arena.ts')
  return openBingxArena(options, signal)
}
