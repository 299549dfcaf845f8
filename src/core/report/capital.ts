// The capital that was moved into and out of the accounts of a store, and what their wallets hold. Reads only.

import { add, type Decimal, formatDecimal, ZERO } from '../kernel/decimal.ts'
import { readFlowNote } from './capital-note.ts'
import { type JournalDb, Sums, stored, storedText } from './stored.ts'

export interface CapitalView {
  readonly accounts: readonly AccountCapital[]
  /** Newest first. */
  readonly flows: readonly CapitalFlow[]
  /** How many there are in all. */
  readonly count: number
}

export interface AccountCapital {
  readonly account: string
  /** One line an asset: what was moved in and out, and what the wallet holds by our books; decimal strings. */
  readonly assets: readonly { readonly asset: string; readonly deposited: string; readonly withdrawn: string; readonly balance: string }[]
}

export interface CapitalFlow {
  readonly account: string
  readonly seq: number
  /** Of the fact: session time, which is virtual where the feed is. */
  readonly bookedAtUs: number
  /** When it happened, as whoever booked it said; null where nobody did. */
  readonly happenedAtUs: number | null
  readonly asset: string
  /** Above zero a deposit, below zero a withdrawal. */
  readonly amount: string
  readonly note: string
  /** The session that was running; null between sessions. */
  readonly sessionId: string | null
}

/** The names of the accounts of a store, as they are sorted. */
export async function listAccounts(db: JournalDb): Promise<string[]> {
  const accounts = await db.selectFrom('accounts').select('name').orderBy('name').execute()
  return accounts.map(({ name }) => name)
}

/** @throws DitaError STORE_DAMAGED */
export async function listCapital(
  db: JournalDb,
  options: { readonly account: string | null; readonly limit: number },
): Promise<CapitalView> {
  const accounts = await db.selectFrom('accounts').select(['account_id as id', 'name']).orderBy('name').execute()
  const wanted = accounts.filter(({ name }) => options.account === null || name === options.account)
  const views: AccountCapital[] = []
  for (const { id, name } of wanted) views.push({ account: name, assets: await assetsOf(db, id) })
  const ids = wanted.map(({ id }) => id)
  const { count } = await db
    .selectFrom('capital_events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', 'in', ids)
    .executeTakeFirstOrThrow()
  return { accounts: views, flows: await loadFlows(db, ids, options.limit), count }
}

async function loadFlows(db: JournalDb, accountIds: readonly number[], limit: number): Promise<CapitalFlow[]> {
  const rows = await db
    .selectFrom('capital_events')
    .innerJoin('accounts', 'accounts.account_id', 'capital_events.account_id')
    // Between two sessions a fact has the id of the first, and stands in the window of neither.
    .leftJoin('sessions', (join) =>
      join
        .onRef('sessions.account_id', '=', 'capital_events.account_id')
        .onRef('sessions.first_seq', '<=', 'capital_events.seq')
        .onRef('sessions.last_seq', '>=', 'capital_events.seq'),
    )
    .select(['accounts.name as account', 'seq', 'time_us', 'asset', 'amount', 'note', 'sessions.session_id as sessionId'])
    .where('capital_events.account_id', 'in', accountIds)
    .orderBy('capital_events.time_us', 'desc')
    .orderBy('capital_events.account_id')
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ account, seq, time_us, asset, amount, note, sessionId }) => ({
    account,
    seq,
    bookedAtUs: time_us,
    asset,
    amount: storedText(amount),
    sessionId,
    ...readFlowNote(note),
  }))
}

async function assetsOf(db: JournalDb, accountId: number): Promise<AccountCapital['assets']> {
  const flows = await db.selectFrom('capital_events').select(['asset', 'amount']).where('account_id', '=', accountId).execute()
  const deposited = new Sums()
  const withdrawn = new Sums()
  for (const { asset, amount } of flows) {
    const moved = stored(amount)
    if (moved < ZERO) withdrawn.add(asset, -moved as Decimal)
    else deposited.add(asset, moved)
  }
  const wallets = await walletsOf(db, accountId)
  const assets = new Set([...deposited.keys(), ...withdrawn.keys(), ...wallets.keys()])
  return [...assets].sort().map((asset) => ({
    asset,
    deposited: formatDecimal(deposited.of(asset)),
    withdrawn: formatDecimal(withdrawn.of(asset)),
    balance: formatDecimal(wallets.get(asset) ?? ZERO),
  }))
}

async function walletsOf(db: JournalDb, accountId: number): Promise<Map<string, Decimal>> {
  const wallets = new Map<string, Decimal>()
  const rows = db
    .selectFrom('postings')
    .select(['asset', 'amount'])
    .where('account_id', '=', accountId)
    .where('ledger_account', '=', 'wallet')
  for await (const { asset, amount } of rows.stream()) wallets.set(asset, add(wallets.get(asset) ?? ZERO, stored(amount)))
  return wallets
}
