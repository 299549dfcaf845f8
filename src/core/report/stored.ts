// Shared ground of the report's queries: the window of a session, and figures and facts as a store holds them.

import { type Expression, expressionBuilder, type Kysely, type Selectable, type SqlBool } from 'kysely'
import { DitaError, EXIT } from '../errors.ts'
import type { JournalDatabase, SessionsTable } from '../journal/schema.ts'
import { decodeFactBody } from '../kernel/codec.ts'
import { add, type Decimal, DecimalError, formatDecimal, readDecimal, ZERO } from '../kernel/decimal.ts'
import type { FactBody } from '../kernel/facts.ts'

export type JournalDb = Kysely<JournalDatabase>
export type SessionRow = Selectable<SessionsTable>

/** A session as a window on its account's facts. */
export interface Window {
  readonly accountId: number
  readonly firstSeq: number
  readonly lastSeq: number
}

export function windowOf(session: SessionRow): Window {
  return { accountId: session.account_id, firstSeq: session.first_seq, lastSeq: session.last_seq }
}

/** The rows of a session in any table that has `account_id` and `seq`, as the journal itself and all its projections of facts have. */
export function inWindow({ accountId, firstSeq, lastSeq }: Window): Expression<SqlBool> {
  const row = expressionBuilder<JournalDatabase, 'journal'>()
  return row.and([row('account_id', '=', accountId), row('seq', '>=', firstSeq), row('seq', '<=', lastSeq)])
}

/** Whether the account went on after the session: what its tables say now may then be later than the session. */
export async function hasLaterFacts(db: JournalDb, { accountId, lastSeq }: Window): Promise<boolean> {
  const row = await db
    .selectFrom('journal')
    .select('seq')
    .where('account_id', '=', accountId)
    .where('seq', '>', lastSeq)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Facts read at once: enough to be quick, few enough to stay small however long a session was. */
const FACTS_AT_ONCE = 20_000

/** A window in pieces that together are the whole of it, in order. */
export function* slicesOf(window: Window): Generator<Window> {
  for (let firstSeq = window.firstSeq; firstSeq <= window.lastSeq; firstSeq += FACTS_AT_ONCE) {
    yield { ...window, firstSeq, lastSeq: Math.min(window.lastSeq, firstSeq + FACTS_AT_ONCE - 1) }
  }
}

/** A decimal column, however large the total in it. Throws STORE_DAMAGED where it holds none: a figure is never guessed. */
export function stored(text: string): Decimal {
  try {
    return readDecimal(text)
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error
    throw damaged(`The store holds ${JSON.stringify(text)} where a decimal belongs.`, error)
  }
}

/** The text of a decimal column that is only shown, once it is known to hold one. Throws STORE_DAMAGED. */
export function storedText(text: string): string {
  stored(text)
  return text
}

/** The body of a fact. Throws STORE_DAMAGED where it cannot be read. */
export function storedFact(row: { readonly seq: number; readonly body: string }): FactBody {
  try {
    return decodeFactBody(row.body)
  } catch (error) {
    if (!(error instanceof DecimalError || error instanceof SyntaxError)) throw error
    throw damaged(`Fact ${row.seq} of the journal cannot be read.`, error)
  }
}

/** What a report says of a store that holds something no writer of ours has written. `message` is a sentence. */
export function damaged(message: string, cause?: unknown): DitaError {
  return new DitaError('STORE_DAMAGED', {
    fault: 'machine',
    exitCode: EXIT.storeDamaged,
    message,
    next: 'Do not trade on this store, and keep its files as they are. `dita verify` says where the damage begins, and the command that goes back to the newest good backup.',
    cause,
  })
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

  total(): Decimal {
    return [...this.#sums.values()].reduce(add, ZERO)
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
