// Where the account stood before, at the end of and after a session: positions from the last fill, holdings from postings.

import { abs, add, type Decimal, div, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, type SessionRow, Sums, slicesOf, stored, type Window } from './stored.ts'
import type { PositionSummary } from './summary-view.ts'

export interface Position {
  readonly quantity: Decimal
  readonly cost: Decimal
}

export interface Positions {
  readonly before: Position
  readonly end: Position
  /** After the account's last fill, and as the engine's own table has it; null where it has no row. */
  readonly now: Position
  /** What of `end` trades of slots hold, and what nothing explains; the rest is quoted. */
  readonly endParts: { readonly inSlots: Decimal; readonly unassigned: Decimal }
  readonly table: {
    readonly quantity: Decimal
    readonly inSlots: Decimal
    readonly quoted: Decimal
    readonly unassigned: Decimal
  } | null
}

const FLAT: Position = { quantity: ZERO, cost: ZERO }

/**
 * Signed base quantities (above zero long) and their signed exact cost in quote, as the fills left them.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadPositions(db: JournalDb, session: SessionRow, window: Window): Promise<Positions> {
  const lastFill = async (upToSeq: number): Promise<Position> => {
    const row = await db
      .selectFrom('fills')
      .select(['position_after', 'cost_after'])
      .where('account_id', '=', window.accountId)
      .where('instrument', '=', session.instrument)
      .where('seq', '<=', upToSeq)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? FLAT : { quantity: stored(row.position_after), cost: stored(row.cost_after) }
  }
  const row = await db
    .selectFrom('positions')
    .select(['quantity', 'in_slots', 'quoted', 'unassigned'])
    .where('account_id', '=', window.accountId)
    .where('instrument', '=', session.instrument)
    .executeTakeFirst()
  return {
    before: window.firstSeq === 1 ? FLAT : await lastFill(window.firstSeq - 1),
    end: await lastFill(window.lastSeq),
    now: await lastFill(Number.MAX_SAFE_INTEGER),
    endParts: await loadParts(db, session, window),
    table:
      row === undefined
        ? null
        : {
            quantity: stored(row.quantity),
            inSlots: stored(row.in_slots),
            quoted: stored(row.quoted),
            unassigned: stored(row.unassigned),
          },
  }
}

/** From the fills up to the session's end. Quotes, of which there may be many, are not read. */
async function loadParts(db: JournalDb, session: SessionRow, window: Window): Promise<Positions['endParts']> {
  const rows = await db
    .selectFrom('fills')
    .select(['assigned', 'unassigned'])
    .where('account_id', '=', window.accountId)
    .where('seq', '<=', window.lastSeq)
    .where('instrument', '=', session.instrument)
    .where((row) => row.or([row('slot_id', 'is not', null), row('unassigned', '!=', '0')]))
    .execute()
  let inSlots = ZERO
  let unassigned = ZERO
  for (const row of rows) {
    inSlots = add(inSlots, stored(row.assigned))
    unassigned = add(unassigned, stored(row.unassigned))
  }
  return { inSlots, unassigned }
}

/** As decimal strings; the average price is |cost| ÷ |quantity|, null for a flat position. */
export function positionSummary(positions: Positions, endValue: Decimal | null): PositionSummary {
  const { before, end, now, table, endParts } = positions
  return {
    before: formatDecimal(before.quantity),
    end: formatDecimal(end.quantity),
    cost: formatDecimal(end.cost),
    endValue: endValue === null ? null : formatDecimal(endValue),
    endInSlots: formatDecimal(endParts.inSlots),
    endQuoted: formatDecimal(sub(sub(end.quantity, endParts.inSlots), endParts.unassigned)),
    endUnassigned: formatDecimal(endParts.unassigned),
    averagePrice: end.quantity === ZERO ? null : formatDecimal(div(abs(end.cost), abs(end.quantity))),
    now: formatDecimal(table?.quantity ?? now.quantity),
    nowInSlots: formatDecimal(table?.inSlots ?? ZERO),
    nowQuoted: formatDecimal(table?.quoted ?? ZERO),
    nowUnassigned: formatDecimal(table?.unassigned ?? ZERO),
  }
}

export interface Ledger {
  /** Sums of the session's postings, by `ledger account|asset`. */
  readonly inSession: Sums
  /** The same of everything the account booked before. */
  readonly before: Sums
  /** The same of the session up to and with `splitSeq`. */
  readonly untilSplit: Sums
  /** The last fact of the session with a posting; 0 for none. */
  readonly lastSeq: number
  /** The first fact of the account, up to the session's end, whose postings do not sum to zero, with the asset and what is left over. */
  readonly unbalanced: { readonly seq: number; readonly asset: string; readonly rest: Decimal } | null
}

/**
 * Reads the account's postings up to the session's end, once. `splitSeq` is where equity is first known.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadLedger(db: JournalDb, window: Window, splitSeq: number): Promise<Ledger> {
  const balance = new Balance()
  const before = new Sums()
  for (const slice of slicesOf({ ...window, firstSeq: 1, lastSeq: window.firstSeq - 1 })) {
    for (const row of await loadPostings(db, slice)) {
      const amount = stored(row.amount)
      before.add(`${row.ledger_account}|${row.asset}`, amount)
      balance.add(row.seq, row.asset, amount)
    }
  }
  const inSession = new Sums()
  const untilSplit = new Sums()
  for (const slice of slicesOf(window)) {
    for (const row of await loadPostings(db, slice)) {
      const amount = stored(row.amount)
      inSession.add(`${row.ledger_account}|${row.asset}`, amount)
      if (row.seq <= splitSeq) untilSplit.add(`${row.ledger_account}|${row.asset}`, amount)
      balance.add(row.seq, row.asset, amount)
    }
  }
  const lastSeq = balance.lastSeq >= window.firstSeq ? balance.lastSeq : 0
  return { inSession, before, untilSplit, lastSeq, unbalanced: balance.close() }
}

function loadPostings(db: JournalDb, slice: Window) {
  return db.selectFrom('postings').select(['seq', 'ledger_account', 'asset', 'amount']).where(inWindow(slice)).orderBy('seq').execute()
}

/** Watches that the postings of each fact sum to zero per asset. */
class Balance {
  lastSeq = 0
  #sums = new Sums()
  #unbalanced: Ledger['unbalanced'] = null

  add(seq: number, asset: string, amount: Decimal): void {
    if (seq !== this.lastSeq) {
      this.close()
      this.#sums = new Sums()
      this.lastSeq = seq
    }
    this.#sums.add(asset, amount)
  }

  close(): Ledger['unbalanced'] {
    const asset = this.#sums.keys().find((key) => this.#sums.of(key) !== ZERO)
    if (asset !== undefined) this.#unbalanced ??= { seq: this.lastSeq, asset, rest: this.#sums.of(asset) }
    return this.#unbalanced
  }
}

/** What is owned of an asset: coins in the wallet and open contracts. */
export function heldOf(sums: Sums, asset: string): Decimal {
  return add(sums.of(`wallet|${asset}`), sums.of(`position|${asset}`))
}
