// Computes every total a second way and says where the two differ. A difference is drift: it is shown, never smoothed.

import { add, type Decimal, formatDecimal, neg, sub } from '../kernel/decimal.ts'
import { type MoneyInputs, ownedOf } from './money.ts'
import { inWindow, type JournalDb, Sums, slicesOf, stored, type Window } from './stored.ts'
import type { ChecksSummary, DriftFinding, EquitySummary } from './summary-view.ts'

/** Sums of the engine's own inventory ledger within the session, by `source|asset`. */
export async function loadInventoryLedger(db: JournalDb, window: Window): Promise<Sums> {
  const sums = new Sums()
  for (const slice of slicesOf(window)) {
    const rows = await db.selectFrom('inventory_ledger').select(['asset', 'source', 'change']).where(inWindow(slice)).execute()
    for (const row of rows) sums.add(`${row.source}|${row.asset}`, stored(row.change))
  }
  return sums
}

/**
 * Computes the totals a second way and compares to the last digit: profit, fees and capital by fills and events against
 * double-entry postings; the position by the sum of fills, by the last fill and by the positions table (Σ slots + quoted +
 * unassigned); inventory against wallet and inventory ledger; equity against the engine's own. A finding quotes both, as
 * decimal strings. A check that cannot be made is named.
 */
export function checkTotals(inputs: MoneyInputs, inventoryLedger: Sums, equity: EquitySummary): ChecksSummary {
  const findings = new Findings()
  checkPostings(findings, inputs)
  checkPosition(findings, inputs)
  checkInventory(findings, inputs, inventoryLedger)
  checkEquity(findings, inputs, equity)
  return { drift: findings.list.length > 0, findings: findings.list, leftOut: findings.leftOut }
}

class Findings {
  readonly list: DriftFinding[] = []
  readonly leftOut: ChecksSummary['leftOut'][number][] = []

  compare(what: string, expected: Decimal, found: Decimal): void {
    if (expected !== found) this.list.push({ what, expected: formatDecimal(expected), found: formatDecimal(found) })
  }
}

function checkPostings(findings: Findings, { trading, ledger }: MoneyInputs): void {
  if (ledger.unbalanced !== null) {
    const { seq, asset, rest } = ledger.unbalanced
    findings.list.push({ what: `postings of fact ${seq} in ${asset}`, expected: '0', found: formatDecimal(rest) })
  }
  const booked = (account: string, sums: Sums): string[] => {
    const assets = ledger.inSession
      .keys()
      .filter((key) => key.startsWith(`${account}|`))
      .map((key) => key.slice(account.length + 1))
    return [...new Set([...assets, ...sums.keys()])].sort()
  }
  for (const asset of booked('realized_pnl', trading.realized)) {
    findings.compare(`realised in ${asset}: fills, postings`, trading.realized.of(asset), neg(ledger.inSession.of(`realized_pnl|${asset}`)))
  }
  for (const asset of booked('fees', trading.fees)) {
    findings.compare(`fees in ${asset}: fills, postings`, trading.fees.of(asset), ledger.inSession.of(`fees|${asset}`))
  }
  for (const asset of booked('capital', trading.fromCapital)) {
    findings.compare(`capital in ${asset}: events, postings`, trading.fromCapital.of(asset), neg(ledger.inSession.of(`capital|${asset}`)))
  }
}

function checkPosition(findings: Findings, { session, trading, positions, ledger }: MoneyInputs): void {
  const { before, end, now, table } = positions
  findings.compare(`position in ${session.instrument}: sum of fills, last fill`, add(before.quantity, trading.signedQuantity), end.quantity)
  const tableWhat = `position in ${session.instrument}: last fill, positions`
  if (table === null) {
    findings.leftOut.push({ what: tableWhat, why: 'the table of positions has no row for it' })
  } else {
    findings.compare(tableWhat, now.quantity, table.quantity)
    const parts = add(add(table.inSlots, table.quoted), table.unassigned)
    findings.compare(`position in ${session.instrument}: slots + quoted + unassigned, positions`, parts, table.quantity)
  }
  const { count, bought, sold } = trading.fills
  const costWhat = `cost of the position in ${session.quote}: fills, postings`
  // A late fill of another instrument may share the quote, and with it the balance that holds the cost.
  if (count === bought.count + sold.count) {
    findings.compare(costWhat, sub(end.cost, before.cost), ledger.inSession.of(`conversion|${session.quote}`))
  } else {
    findings.leftOut.push({ what: costWhat, why: 'another instrument was filled too, and may share the balance' })
  }
}

function checkInventory(findings: Findings, { session, trading, ledger }: MoneyInputs, inventoryLedger: Sums): void {
  const { fromFills, fromCapital, fees } = trading
  for (const asset of new Set([session.base, session.quote, ...fromFills.keys(), ...fromCapital.keys(), ...fees.keys()])) {
    const change = sub(add(fromFills.of(asset), fromCapital.of(asset)), fees.of(asset))
    findings.compare(`inventory in ${asset}: fills and capital, postings`, change, ownedOf(ledger.inSession, asset, session))
    findings.compare(`capital in ${asset}: events, inventory ledger`, fromCapital.of(asset), inventoryLedger.of(`capital|${asset}`))
  }
  const base = session.base
  findings.compare(`inventory in ${base}: fills, inventory ledger`, fromFills.of(base), inventoryLedger.of(`fill|${base}`))
}

/** The engine's own equity, where nothing was booked and no mark was set between it and the sums here. */
function checkEquity(findings: Findings, { session, ledger, marks }: MoneyInputs, equity: EquitySummary): void {
  const what = `equity at the last tick in ${session.quote}: postings, engine`
  const noted = marks?.engineEquity ?? null
  const leaveOut = (why: string): void => void findings.leftOut.push({ what, why })
  if (marks === null || equity.end === null) return leaveOut('the session saw no mark')
  if (noted === null) return leaveOut('no tick knew the equity')
  if (noted.seq < ledger.lastSeq) return leaveOut('a fill, a fee or a flow of capital was booked after it')
  if (noted.seq < marks.last.seq) return leaveOut('the mark moved after it')
  findings.compare(what, stored(equity.end), noted.equity)
}
