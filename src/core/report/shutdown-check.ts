// The last check of a session: what its engine holds in memory against what a summary makes of the tables. Compares; decides nothing.

import { abs, type Decimal, formatDecimal, max, sub, ZERO } from '../kernel/decimal.ts'
import { INVENTORY_COMPARED } from '../kernel/flag-codes.ts'
import { equityOf } from '../kernel/valuation.ts'
import type { StateView } from '../kernel/views.ts'
import type { ShutdownSummary } from './account-view.ts'
import { loadMoney } from './load-money.ts'
import { inventorySummary, type MoneyInputs, ownedOf, sumsOf, worthOf } from './money.ts'
import { Valuer } from './prices.ts'
import { inWindow, type JournalDb, Sums, stored, storedText, type Window, windowOf } from './stored.ts'

/** `drift` is the largest difference, unsigned, whatever it is counted in; zero where all agree. */
export interface ShutdownCheck {
  readonly drift: Decimal
  /** One sentence a difference: what, the engine's own, the tables'. */
  readonly differences: readonly string[]
}

/**
 * Compares coins, contracts, the cost of positions, and what all of it is worth at the last mark, to the last digit. Everything the
 * engine has decided must be committed.
 * @throws DitaError STORE_DAMAGED
 */
export async function compareBooks(db: JournalDb, sessionId: string, engine: StateView): Promise<ShutdownCheck> {
  const session = await db.selectFrom('sessions').selectAll().where('session_id', '=', sessionId).executeTakeFirstOrThrow()
  const window = windowOf(session)
  const inputs = await loadMoney(db, session, window)
  const found = new Differences()
  compareInventory(found, inputs, engine)
  for (const { key, end } of inputs.positions) {
    const position = engine.positions.get(key)
    found.compare(`position in ${key}`, position?.quantity ?? ZERO, end.quantity)
    found.compare(`cost of the position in ${key}`, position?.cost ?? ZERO, end.cost)
  }
  compareValue(found, inputs, engine)
  return { drift: found.largest, differences: found.sentences }
}

class Differences {
  readonly sentences: string[] = []
  largest = ZERO

  compare(what: string, engine: Decimal, tables: Decimal): void {
    if (engine === tables) return
    this.largest = max(this.largest, abs(sub(engine, tables)))
    this.sentences.push(`${what}: the engine has ${formatDecimal(engine)}, the tables ${formatDecimal(tables)}`)
  }
}

/** By asset, as the summary's inventory has it; the assets that the session did not touch from their balance. */
function compareInventory(found: Differences, inputs: MoneyInputs, { balances }: StateView): void {
  const { terms, ledger } = inputs
  const engine = new Sums()
  for (const [key, amount] of balances) engine.add(key, amount)
  const tables = new Sums()
  for (const [key, amount] of sumsOf(ledger.before, ledger.inSession)) tables.add(key, amount)
  const totals = new Map(inventorySummary(inputs).map(({ asset, total }) => [asset, stored(total)]))
  const wallets = [...engine.keys(), ...tables.keys()].filter((key) => key.startsWith('wallet|')).map((key) => key.slice('wallet|'.length))
  for (const asset of new Set([...totals.keys(), ...wallets])) {
    found.compare(`inventory in ${asset}`, ownedOf(engine, asset, terms), totals.get(asset) ?? ownedOf(tables, asset, terms))
  }
}

/** In quote at the engine's own mark and prices against the postings at those of the tables; nothing where neither has a value. */
function compareValue(found: Differences, { own, ledger, marks, stated, lastSeq }: MoneyInputs, engine: StateView): void {
  const instrument = engine.instruments.get(own.symbol)
  const mark = marks.get(own.symbol)?.last.price
  if (instrument === undefined || mark === undefined) return
  const valuer = new Valuer(own, { mark, seq: lastSeq }, stated)
  const tables = worthOf(sumsOf(ledger.before, ledger.inSession), (asset, amount) => valuer.inQuote(asset, amount))
  const value = equityOf(engine.balances, instrument, engine.markets.get(own.symbol)?.mark ?? null, engine.assetPrices)
  if (tables !== null && value !== null) found.compare(`value in ${own.quote}`, value, tables)
  else if (tables !== null || value !== null) {
    // One of them can say what it is worth: they do not hold the same.
    found.compare(`value in ${own.quote}, which only one of them knows`, value ?? ZERO, tables ?? ZERO)
  }
}

/** What the session's end said of it; null where nobody compared. */
export async function loadShutdown(db: JournalDb, window: Window): Promise<ShutdownSummary> {
  const row = await db
    .selectFrom('risk_events')
    .select(['value', 'detail'])
    .where(inWindow(window))
    .where('code', '=', INVENTORY_COMPARED)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const drift = row?.value ?? null
  return { inventoryDrift: drift === null ? null : storedText(drift), detail: row === undefined ? null : row.detail }
}
