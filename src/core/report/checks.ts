// Computes every total a second way and says where the two differ. A difference is drift: it is shown, never smoothed.

import { add, type Decimal, formatDecimal, neg, sub, ZERO } from '../kernel/decimal.ts'
import type { AttributionSummary, ShutdownSummary } from './account-view.ts'
import type { CostRecount } from './average-cost.ts'
import { type MoneyInputs, ownedOf, sumsOf, worthOf } from './money.ts'
import { Valuer } from './prices.ts'
import { inWindow, type JournalDb, Sums, slicesOf, stored, type Window } from './stored.ts'
import type { ChecksSummary, DriftFinding } from './summary-view.ts'
import { quantityAssetOf } from './terms.ts'

/** Sums of the engine's own inventory ledger within the session, by `source|asset`. */
export async function loadInventoryLedger(db: JournalDb, window: Window): Promise<Sums> {
  const sums = new Sums()
  for (const slice of slicesOf(window)) {
    const rows = await db.selectFrom('inventory_ledger').select(['asset', 'source', 'change']).where(inWindow(slice)).execute()
    for (const row of rows) sums.add(`${row.source}|${row.asset}`, stored(row.change))
  }
  return sums
}

export interface SecondWays {
  readonly inventoryLedger: Sums
  readonly costs: readonly CostRecount[]
  readonly attribution: AttributionSummary
  readonly shutdown: ShutdownSummary
  /** As the profit has it; null where it is not known. */
  readonly net: string | null
}

/**
 * Computes the totals a second way and compares to the last digit: profit, fees, funding and capital by fills and events against
 * double-entry postings; profit and cost at average cost by the engine and from the fills again; each position by the sum of
 * fills, by the last fill and by the positions table (Σ slots + quoted + unassigned); inventory against wallet and inventory
 * ledger; equity against the engine's own; the result's parts against the balances and against the profit. A finding quotes both, as decimal strings. A check that cannot be made is named.
 */
export function checkTotals(inputs: MoneyInputs, { inventoryLedger, costs, attribution, shutdown, net }: SecondWays): ChecksSummary {
  const findings = new Findings()
  checkPostings(findings, inputs)
  checkCosts(findings, inputs, costs)
  checkPositions(findings, inputs)
  checkInventory(findings, inputs, inventoryLedger)
  checkEquity(findings, inputs)
  checkAttribution(findings, inputs, attribution, net)
  const { inventoryDrift } = shutdown
  if (inventoryDrift !== null) findings.compare('inventory and value at the end: engine, tables', ZERO, stored(inventoryDrift))
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
  for (const asset of booked('funding', trading.fromFunding)) {
    findings.compare(`funding in ${asset}: payments, postings`, trading.fromFunding.of(asset), neg(ledger.inSession.of(`funding|${asset}`)))
  }
  for (const asset of booked('capital', trading.fromCapital)) {
    findings.compare(`capital in ${asset}: events, postings`, trading.fromCapital.of(asset), neg(ledger.inSession.of(`capital|${asset}`)))
  }
}

/** Values and costs: of each fill, of each position from its fills, and of all positions together in the ledger. */
function checkCosts(findings: Findings, { trading, positions, ledger }: MoneyInputs, costs: readonly CostRecount[]): void {
  const { misvalued } = trading
  if (misvalued !== null) findings.compare(`value of fill ${misvalued.seq}: price × quantity, fill`, misvalued.expected, misvalued.found)
  for (const { key, realized, cost } of costs) {
    findings.compare(`realised in ${key}: average cost of fills, engine`, realized.recounted, realized.booked)
    findings.compare(`cost of the position in ${key}: average cost of fills, engine`, cost.recounted, cost.booked)
  }
  // The other side of every trade: what positions are counted in, negated, and what they cost.
  const conversion = new Sums()
  for (const { terms, before, end } of positions) {
    const [quantity, cost] = [sub(end.quantity, before.quantity), sub(end.cost, before.cost)]
    conversion.add(terms.base, terms.kind === 'inverse' ? neg(cost) : neg(quantity))
    conversion.add(terms.quote, terms.kind === 'inverse' ? quantity : cost)
  }
  for (const asset of conversion.keys()) {
    findings.compare(
      `positions and their cost in ${asset}: fills, postings`,
      conversion.of(asset),
      ledger.inSession.of(`conversion|${asset}`),
    )
  }
}

function checkPositions(findings: Findings, { own, trading, positions }: MoneyInputs): void {
  for (const { key, terms, before, end, now, table } of positions) {
    findings.compare(`position in ${key}: sum of fills, last fill`, add(before.quantity, trading.byPosition.of(key)), end.quantity)
    const tableWhat = `position in ${key}: last fill, positions`
    if (table === null) {
      if (terms.symbol === own.symbol) findings.leftOut.push({ what: tableWhat, why: 'the table of positions has no row for it' })
      continue
    }
    findings.compare(tableWhat, now.quantity, table.quantity)
    const parts = add(add(table.inSlots, table.quoted), table.unassigned)
    findings.compare(`position in ${key}: slots + quoted + unassigned, positions`, parts, table.quantity)
  }
}

function checkInventory(findings: Findings, { own, terms, trading, ledger }: MoneyInputs, inventoryLedger: Sums): void {
  const { fromFills, fromCapital, fromFunding, fees, byQuantityAsset } = trading
  const touched = [fromFills, fromCapital, fromFunding, fees].flatMap((sums) => sums.keys())
  for (const asset of new Set([own.base, own.quote, ...touched])) {
    const moved = add(add(fromFills.of(asset), fromCapital.of(asset)), fromFunding.of(asset))
    const change = sub(moved, fees.of(asset))
    findings.compare(`inventory in ${asset}: fills and flows, postings`, change, ownedOf(ledger.inSession, asset, terms))
    findings.compare(`capital in ${asset}: events, inventory ledger`, fromCapital.of(asset), inventoryLedger.of(`capital|${asset}`))
    findings.compare(`funding in ${asset}: payments, inventory ledger`, fromFunding.of(asset), inventoryLedger.of(`funding|${asset}`))
  }
  for (const asset of new Set([quantityAssetOf(own), ...byQuantityAsset.keys()])) {
    findings.compare(`inventory in ${asset}: fills, inventory ledger`, byQuantityAsset.of(asset), inventoryLedger.of(`fill|${asset}`))
  }
}

/** The engine's own equity, in quote, where nothing was booked and no price moved between it and the sums here. */
function checkEquity(findings: Findings, { own, ledger, marks, stated, lastSeq }: MoneyInputs): void {
  const what = `equity at the last tick in ${own.quote}: postings, engine`
  const mark = marks.get(own.symbol)
  const noted = mark?.engineEquity ?? null
  const leaveOut = (why: string): void => void findings.leftOut.push({ what, why })
  if (mark === undefined) return leaveOut('the session saw no mark')
  if (noted === null) return leaveOut('no tick knew the equity')
  if (noted.seq < ledger.lastSeq) return leaveOut('a fill, a fee or a flow of capital was booked after it')
  if (noted.seq < mark.last.seq) return leaveOut('the mark moved after it')
  if (stated.changesAfter(noted.seq)) return leaveOut('the worth of an asset was stated anew after it')
  const valuer = new Valuer(own, { mark: mark.last.price, seq: lastSeq }, stated)
  const worth = worthOf(sumsOf(ledger.before, ledger.inSession), (asset, amount) => valuer.inQuote(asset, amount))
  if (worth === null) findings.list.push({ what, expected: 'not known', found: formatDecimal(noted.equity) })
  else findings.compare(what, worth, noted.equity)
}

/** What the parts leave unexplained; and where all that was held is of the session's own instrument, its profit another way. */
function checkAttribution(findings: Findings, { own }: MoneyInputs, attribution: AttributionSummary, net: string | null): void {
  const { asset, why, residual, byInstrument } = attribution
  if (residual === null) {
    findings.leftOut.push({ what: `attribution in ${asset}: parts, postings`, why: why ?? 'it is not known' })
    return
  }
  findings.compare(`attribution in ${asset}: what the parts leave of the change of equity`, ZERO, stored(residual))
  const [only, ...others] = byInstrument
  if (net === null || only === undefined || only.total === null || only.instrument !== own.symbol || others.length > 0) return
  findings.compare(`net in ${asset}: parts of the attribution, profit`, stored(only.total), stored(net))
}
