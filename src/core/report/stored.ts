// Shared ground of the report's queries: the window of a session, and decimals as a store holds them.

import type { Kysely, Selectable } from 'kysely'
import { DitaError, EXIT } from '../errors.ts'
import type { JournalDatabase, SessionsTable } from '../journal/schema.ts'
import { add, type Decimal, DecimalError, formatDecimal, parseDecimal, ZERO } from '../kernel/decimal.ts'

export type JournalDb = Kysely<JournalDatabase>
export type SessionRow = Selectable<SessionsTable>

/** A session as a window on its account's facts. */
export interface Window {
  readonly accountId: number
  readonly firstSeq: number
  readonly lastSeq: number
}

/** Facts read at once: enough to be quick, few enough to stay small however long a session was. */
const FACTS_AT_ONCE = 20_000

/** A window in pieces that together are the whole of it, in order. */
export function* slicesOf(window: Window): Generator<Window> {
  for (let firstSeq = window.firstSeq; firstSeq <= window.lastSeq; firstSeq += FACTS_AT_ONCE) {
    yield { ...window, firstSeq, lastSeq: Math.min(window.lastSeq, firstSeq + FACTS_AT_ONCE - 1) }
  }
}

/** A decimal column. Throws STORE_DAMAGED where it holds none: a figure is never guessed. */
export function stored(text: string): Decimal {
  try {
    return parseDecimal(text)
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error
    throw new DitaError('STORE_DAMAGED', {
      fault: 'machine',
      exitCode: EXIT.storeDamaged,
      message: `The store holds ${JSON.stringify(text)} where a decimal belongs.`,
      next: 'Do not trade on this store. Keep its files as they are, and go back to a backup.',
      cause: error,
    })
  }
}

/** Sums of decimals by key; a key that was never added to is zero. */
export class Sums {
  readonly #sums = new Map<string, Decimal>()

  add(key: string, amount: Decimal): void {
    this.#sums.set(key, add(this.of(key), amount))
  }

  of(key: string): Decimal {
    return this.#sums.get(key) ?? ZERO
  }

  keys(): string[] {
    return [...this.#sums.keys()]
  }

  /** As decimal strings, in the order of the keys. */
  texts(): Record<string, string> {
    return Object.fromEntries(
      this.keys()
        .sort()
        .map((key) => [key, formatDecimal(this.of(key))]),
    )
  }
}
