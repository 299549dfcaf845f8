// What a command needs that compares an account with its venue and runs no session: the store, the venue, the account as it was
// left. Acquires in order and lets go in reverse. It opens no session, and so sends nothing that opens.

import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { DitaError, EXIT } from '../errors.ts'
import { storeMissing } from '../journal/errors.ts'
import { runningSession } from '../journal/holder.ts'
import type { HolderCommand } from '../journal/lock.ts'
import { openWriter } from '../journal/open.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { StateView } from '../kernel/views.ts'
import type { ReconcileOptions } from '../recovery/reconcile.ts'
import type { Venue } from '../venue/port.ts'
import { connectBingx } from './bingx-arena.ts'
import type { Engine } from './engine.ts'
import { closeCrashedSessions, replayed } from './open-engine.ts'
import type { ArenaOptions } from './port.ts'
import { microseconds } from './time.ts'

export interface CareOptions extends Omit<ArenaOptions, 'sessionId'> {
  readonly storePath: string
  /** The command that holds the store, as it is typed. */
  readonly holder: HolderCommand
  readonly pid: number
  /** Whether it may write facts and cancel at the venue. */
  readonly mayChange: boolean
  /** Aborted once a person wants it to end. */
  readonly signal: AbortSignal
}

/** An account, its store and its venue, for as long as a command works on them. */
export interface Care {
  readonly engine: Engine
  readonly venue: Venue
  readonly account: string
  /** Where the account was looked at: one for real money must never be taken for one for practice. */
  readonly host: string
  readonly sessionIds: readonly string[]
  readonly closedAsCrashed: readonly string[]
  /** All that reconcile and orphan cleanup are handed alike. */
  readonly comparison: Omit<ReconcileOptions, 'mode' | 'wishes'>
  readonly journal: StoreWriter
}

/**
 * Opens the account of the config, works on it, and lets go of everything.
 * @throws DitaError STORE_MISSING (exit 2), STORE_BUSY (5), a damaged store (6), and what `connectBingx` throws (4 and 7)
 */
export async function withCareOfAccount<Result>(options: CareOptions, work: (care: Care) => Promise<Result>): Promise<Result> {
  const { log, mayChange, signal, wall, config } = options
  const journal = openStore(options)
  await using _store = { [Symbol.asyncDispose]: () => journal.close() }
  for (const text of journal.warnings) log.error('store', { text })
  const { venue, account, hosts, instrument } = await connectBingx({ ...options, config: ofAnyLeverage(config) }, signal)
  await using _venue = { [Symbol.asyncDispose]: () => venue.close() }
  // Only now, so that a venue that cannot be reached leaves the store as it was. What such a session had under way the comparison
  // holds for maybe sent, whatever its status says.
  const closedAsCrashed = mayChange ? closeCrashedSessions(journal) : []
  const engine = replayed(account, journal)
  const sessionIds = journal.sessionsOf(account)
  const comparison = {
    engine,
    venue,
    sessionIds,
    instruments: [instrument.symbol],
    bookedFills: (fromUs: number) => journal.fillsSince(account, fromUs),
    nowUs: () => wall.wallUs(),
    sleep: (us: number) => wall.sleep(us / 1_000, signal),
    signal,
    limits: { withinUs: microseconds(config.engine.quarantineAfterSeconds) },
  }
  return await work({ engine, venue, account, host: hosts.restUrl, sessionIds, closedAsCrashed, comparison, journal })
}

/** A store that is not there is a mistyped path rather than an account without a session: none is made. */
function openStore({ storePath, holder, pid, wall }: CareOptions): StoreWriter {
  if (!existsSync(storePath)) throw storeMissing(storePath)
  const since = new Date(wall.wallUs() / 1_000).toISOString()
  try {
    return openWriter({ path: storePath, holder: { command: holder, pid, since }, wallUs: () => wall.wallUs() })
  } catch (thrown) {
    const running = thrown instanceof DitaError && thrown.code === 'STORE_BUSY' ? runningSession(storePath) : null
    if (running === null) throw thrown
    throw new DitaError('STORE_BUSY', {
      fault: 'user',
      exitCode: EXIT.storeBusy,
      message: `Session ${running.sessionId} (pid ${running.pid}) is using the store ${storePath}; it compares its account with the venue itself, at its start and while it runs.`,
      next: 'Look at it with `dita watch`, or end it with `dita halt` and try again.',
      cause: thrown,
    })
  }
}

/** The leverage that is set there binds who opens something. Nothing is opened here, and an account can be compared at any. */
function ofAnyLeverage(config: Config): Config {
  return { ...config, risk: { ...config.risk, maxLeverage: ZERO } }
}

/** What an account is left with: not a finding, but what a person wants to know beside them. */
export interface Holdings {
  /** How many orders of ours are live, by status. */
  readonly liveOrders: Readonly<Record<string, number>>
  /** Those that are not flat; decimal text. */
  readonly positions: readonly { readonly instrument: string; readonly quantity: string; readonly unassigned: string }[]
}

export function holdingsOf({ liveOrders, positions }: StateView): Holdings {
  const counts: Record<string, number> = {}
  for (const { status } of liveOrders.values()) counts[status] = (counts[status] ?? 0) + 1
  const open = [...positions.values()].filter(({ quantity }) => quantity !== ZERO)
  return {
    liveOrders: counts,
    positions: open.map(({ instrument, quantity, unassigned }) => ({
      instrument,
      quantity: formatDecimal(quantity),
      unassigned: formatDecimal(unassigned),
    })),
  }
}
