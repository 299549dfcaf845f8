// What must hold after any crash, once a session has recovered: the store against the truth log of the exchange. Reads both, writes
// neither; every sentence it returns is a violation.

import Database from 'better-sqlite3'
import { accountOf } from '../../src/core/exchange/truth-account.ts'
import { auditTruth, readTruth, type TruthAudit, type TruthOrder } from '../../src/core/exchange/truth-log.ts'
import type { TruthRecord } from '../../src/core/exchange/truth-records.ts'
import { add, type Decimal, formatDecimal, parseDecimal, sub, ZERO } from '../../src/core/kernel/decimal.ts'

interface OrderRow {
  readonly id: string
  readonly status: string
  readonly cancel: string
  readonly side: string
  readonly price: string | null
  readonly quantity: string
  readonly filled: string
}

interface FillRow {
  readonly tradeId: string
  readonly id: string | null
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly inferred: number
}

interface SessionRow {
  readonly id: string
  readonly halt: string | null
}

/** What a store holds of the account, as far as it is compared. */
export interface Books {
  readonly orders: readonly OrderRow[]
  readonly fills: readonly FillRow[]
  readonly sessions: readonly SessionRow[]
  readonly positions: readonly string[]
  readonly slots: readonly string[]
  readonly wallet: Decimal
  /** The orders whose quarantine was cried out. */
  readonly alarmed: readonly string[]
  readonly findings: readonly string[]
  /** The orders that a cancel was ever asked for of. */
  readonly cancels: readonly string[]
  /** The assets whose postings do not add up to nothing, with their sums. */
  readonly unbalanced: readonly string[]
}

export function readBooks(path: string): Books {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const all = <Row>(sql: string): Row[] => database.prepare<[], Row>(sql).all()
    const texts = (sql: string): string[] => database.prepare<[], string>(sql).pluck().all()
    const wallet = texts(`SELECT amount FROM postings WHERE ledger_account = 'wallet'`)
    const balances = all<{ asset: string; amount: string }>('SELECT asset, amount FROM postings')
    return {
      orders: all(`SELECT client_order_id AS id, status, cancel_state AS cancel, side, price, quantity, filled_quantity AS filled
        FROM orders ORDER BY intent_seq, attempt, client_order_id`),
      fills: all(`SELECT trade_id AS tradeId, client_order_id AS id, side, price, quantity, fee, inferred FROM fills ORDER BY seq`),
      sessions: all('SELECT session_id AS id, halt_reason AS halt FROM sessions ORDER BY first_seq'),
      positions: texts(`SELECT quantity || ' for ' || cost || ', realised ' || realized_pnl FROM positions`),
      slots: texts(`SELECT slot_id || ' ' || trade || ' ' || stage || ' ' || open_size FROM slots`),
      wallet: wallet.reduce((sum, amount) => add(sum, parseDecimal(amount)), ZERO),
      alarmed: texts(`SELECT value FROM risk_events WHERE code = 'ORDER_QUARANTINED' AND severity = 'alarm'`),
      findings: texts(`SELECT session_id || ' ' || kind || ' ' || action || ' ' || resolved FROM reconcile_findings`),
      cancels: texts(`SELECT DISTINCT client_order_id FROM transitions WHERE entity = 'cancel' AND to_state = 'requested'`),
      unbalanced: unbalanced(balances),
    }
  } finally {
    database.close()
  }
}

function unbalanced(postings: readonly { readonly asset: string; readonly amount: string }[]): string[] {
  const sums = new Map<string, Decimal>()
  for (const { asset, amount } of postings) sums.set(asset, add(sums.get(asset) ?? ZERO, parseDecimal(amount)))
  return [...sums].filter(([, sum]) => sum !== ZERO).map(([asset, sum]) => `${asset} ${formatDecimal(sum)}`)
}

/** Where store and truth disagree, once nothing runs any more. */
export function violationsOf(books: Books, truthPath: string): string[] {
  const records = readTruth(truthPath)
  const truth = auditTruth(records)
  const byId = new Map([...truth.orders.values()].filter(({ clientOrderId }) => clientOrderId !== '').map((o) => [o.clientOrderId, o]))
  return [
    ...truth.doubled.map((id) => `DOUBLED: the exchange has more than one order ${id}`),
    ...unknownIds(books, records),
    ...books.orders.flatMap((order) => orderViolations(order, byId.get(order.id), books.alarmed)),
    ...fillViolations(books, truth.fills),
    ...moneyViolations(books, truth, balanceInOrder(books, truth, records)),
    ...books.unbalanced.map((text) => `UNBALANCED: postings add up to ${text}`),
    ...books.sessions.filter(({ halt }) => halt === null).map(({ id }) => `UNFINISHED: session ${id} has no end`),
  ]
}

/** Everything of ours that the exchange ever heard of was in the journal before it left. */
function unknownIds({ orders, cancels }: Books, records: readonly TruthRecord[]): string[] {
  const known = { order: new Set(orders.map(({ id }) => id)), cancel: new Set(cancels) }
  return records.flatMap((record) => {
    if (record.kind !== 'order_accepted' && record.kind !== 'order_refused' && record.kind !== 'cancel') return []
    const isKnown = record.clientOrderId === '' || known[record.kind === 'cancel' ? 'cancel' : 'order'].has(record.clientOrderId)
    return isKnown ? [] : [`NOT IN THE JOURNAL: ${record.kind} of ${record.clientOrderId}`]
  })
}

/** Status of ours → what the truth may say. */
const AGREES: Readonly<Record<string, readonly (TruthOrder['status'] | 'none')[]>> = {
  acked: ['open'],
  partially_filled: ['open'],
  filled: ['filled'],
  canceled: ['canceled', 'expired'],
  expired: ['expired', 'canceled'],
  rejected: ['none'],
  absent: ['none'],
  quarantined: ['none', 'open', 'filled', 'canceled', 'expired'],
}

function orderViolations(order: OrderRow, truth: TruthOrder | undefined, alarmed: readonly string[]): string[] {
  const { id, status, cancel, side, price, quantity, filled } = order
  const theirs = truth?.status ?? 'none'
  const violations: string[] = []
  if (AGREES[status]?.includes(theirs) !== true) violations.push(`STATUS: ${id} is ${status} here and ${theirs} there`)
  if (status === 'quarantined' && !alarmed.includes(id)) violations.push(`SILENT: ${id} is quarantined without an alarm`)
  if (cancel === 'requested' || cancel === 'sent') violations.push(`CANCEL: that of ${id} is still ${cancel}`)
  if (truth === undefined) return violations
  const asked = `${truth.side} ${truth.quantity} at ${truth.price ?? 'market'}`
  const ours = `${side} ${quantity} at ${price ?? 'market'}`
  if (asked !== ours) violations.push(`TERMS: ${id} is ${ours} here and ${asked} there`)
  if (filled !== formatDecimal(truth.filledQuantity)) {
    violations.push(`FILLED: ${id} has ${filled} here and ${formatDecimal(truth.filledQuantity)} there`)
  }
  return violations
}

const fillText = (fill: { side: string; quantity: string; price: string; fee: string; tradeId: string }): string =>
  `${fill.tradeId} ${fill.side} ${fill.quantity} at ${fill.price}, fee ${fill.fee}`

function fillViolations({ fills }: Books, truths: readonly Parameters<typeof fillText>[0][]): string[] {
  const count = (texts: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
    return counts
  }
  const ours = count(fills.map(fillText))
  const theirs = count(truths.map(fillText))
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((text) => ours.get(text) !== 1 || theirs.get(text) !== 1)
    .map((text) => `FILL: ${text} is ${ours.get(text) ?? 0} times here and ${theirs.get(text) ?? 0} times there`)
}

/**
 * What the exchange's wallet would hold, had it filled in the order in which we booked. Two orders that fill at nearly the same
 * time may be heard of the other way round; what is realised of a position that is still open depends on that, its worth does not.
 */
function balanceInOrder({ fills }: Books, truth: TruthAudit, records: readonly TruthRecord[]): Decimal {
  const opening = records.find((record) => record.kind === 'opened')
  if (opening === undefined) return truth.balance
  const walletAfter = (list: TruthAudit['fills']): Decimal => {
    const account = accountOf(opening)
    for (const { side, price, quantity, fee } of list) account.settle(side, parseDecimal(price), parseDecimal(quantity), parseDecimal(fee))
    return account.total(opening.instrument.settle)
  }
  const places = new Map(fills.map(({ tradeId }, place) => [tradeId, place]))
  const placeOf = ({ tradeId }: TruthAudit['fills'][number]): number => places.get(tradeId) ?? fills.length
  const asBooked = truth.fills.toSorted((one, other) => placeOf(one) - placeOf(other))
  return add(truth.balance, sub(walletAfter(asBooked), walletAfter(truth.fills)))
}

function moneyViolations({ positions, wallet, fills }: Books, truth: TruthAudit, balance: Decimal): string[] {
  const held = positions.map((text) => text.slice(0, text.indexOf(' '))).reduce((sum, text) => add(sum, parseDecimal(text)), ZERO)
  const summed = fills.reduce((sum, { side, quantity }) => {
    return add(sum, parseDecimal(side === 'buy' ? quantity : `-${quantity}`))
  }, ZERO)
  const theirs = formatDecimal(truth.position)
  const violations: string[] = []
  if (formatDecimal(held) !== theirs) violations.push(`POSITION: ${formatDecimal(held)} here and ${theirs} there`)
  if (held !== summed) violations.push(`POSITION: ${formatDecimal(held)}, and its fills add up to ${formatDecimal(summed)}`)
  if (wallet !== balance) violations.push(`WALLET: ${formatDecimal(wallet)} here and ${formatDecimal(balance)} there`)
  return violations
}

/** What a second recovery changed: it must find nothing to do. */
export function changesBetween(before: Books, after: Books): string[] {
  return (['orders', 'fills', 'positions', 'slots', 'findings'] as const).flatMap((part) => {
    const [first, second] = [JSON.stringify(before[part]), JSON.stringify(after[part])]
    return first === second ? [] : [`RECOVERED TWICE: ${part} were ${first.slice(0, 400)} and became ${second.slice(0, 400)}`]
  })
}
