// What the account's postings come to before and within a session, and whether they balance.

import { add, type Decimal, neg, ZERO } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, Sums, slicesOf, stored, type Window } from './stored.ts'

/** Capital as the postings have it; above zero a deposit. */
export interface CapitalPosting {
  readonly seq: number
  readonly asset: string
  readonly amount: Decimal
}

export interface Ledger {
  /** Sums of the session's postings, by `ledger account|asset`. */
  readonly inSession: Sums
  /** The same of everything the account booked before. */
  readonly before: Sums
  /** The same of the capital that the session moved up to and with `splitSeq`: what it traded until then is its own result. */
  readonly untilSplit: Sums
  /** The capital that the session moved after `splitSeq`, in order. */
  readonly flows: readonly CapitalPosting[]
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
  const keys = new Keys()
  for (const slice of slicesOf({ ...window, firstSeq: 1, lastSeq: window.firstSeq - 1 })) {
    for (const row of await loadPostings(db, slice)) {
      const amount = stored(row.amount)
      before.add(keys.of(row.ledger_account, row.asset), amount)
      balance.add(row.seq, row.asset, amount)
    }
  }
  const untilFlows = await loadFlows(db, { ...window, lastSeq: Math.min(window.lastSeq, splitSeq) })
  const inSession = new Sums()
  const untilSplit = new Sums()
  const flows: CapitalPosting[] = []
  for (const slice of slicesOf(window)) {
    for (const row of await loadPostings(db, slice)) {
      const amount = stored(row.amount)
      const key = keys.of(row.ledger_account, row.asset)
      inSession.add(key, amount)
      if (untilFlows.has(row.seq)) untilSplit.add(key, amount)
      // The other side of a deposit is below zero.
      else if (row.ledger_account === 'capital') flows.push({ seq: row.seq, asset: row.asset, amount: neg(amount) })
      balance.add(row.seq, row.asset, amount)
    }
  }
  const lastSeq = balance.lastSeq >= window.firstSeq ? balance.lastSeq : 0
  return { inSession, before, untilSplit, flows, lastSeq, unbalanced: balance.close() }
}

function loadPostings(db: JournalDb, slice: Window) {
  return db.selectFrom('postings').select(['seq', 'ledger_account', 'asset', 'amount']).where(inWindow(slice)).orderBy('seq').execute()
}

/** The facts that moved capital: a session that recovers books fills, too, before it first sees a mark. */
async function loadFlows(db: JournalDb, window: Window): Promise<ReadonlySet<number>> {
  const rows = await db.selectFrom('capital_events').select('seq').where(inWindow(window)).execute()
  return new Set(rows.map(({ seq }) => seq))
}

/** `ledger account|asset`, each put together once: there are a few of them, and many postings. */
class Keys {
  readonly #keys = new Map<string, Map<string, string>>()

  of(ledgerAccount: string, asset: string): string {
    const ofAccount = this.#keys.get(ledgerAccount) ?? new Map<string, string>()
    if (ofAccount.size === 0) this.#keys.set(ledgerAccount, ofAccount)
    let key = ofAccount.get(asset)
    if (key === undefined) {
      key = `${ledgerAccount}|${asset}`
      ofAccount.set(asset, key)
    }
    return key
  }
}

/** Watches that the postings of each fact sum to zero per asset. A fact has a handful of assets at most. */
class Balance {
  lastSeq = 0
  readonly #rests: { readonly asset: string; rest: Decimal }[] = []
  #unbalanced: Ledger['unbalanced'] = null

  add(seq: number, asset: string, amount: Decimal): void {
    if (seq !== this.lastSeq) {
      this.close()
      this.#rests.length = 0
      this.lastSeq = seq
    }
    const found = this.#rests.find((rest) => rest.asset === asset)
    if (found === undefined) this.#rests.push({ asset, rest: amount })
    else found.rest = add(found.rest, amount)
  }

  close(): Ledger['unbalanced'] {
    const found = this.#rests.find(({ rest }) => rest !== ZERO)
    if (found !== undefined) this.#unbalanced ??= { seq: this.lastSeq, asset: found.asset, rest: found.rest }
    return this.#unbalanced
  }
}

/** What is owned of an asset: coins in the wallet and open contracts. */
export function heldOf(sums: Sums, asset: string): Decimal {
  return add(sums.of(`wallet|${asset}`), sums.of(`position|${asset}`))
}
