// Compares what we believe of an account with what its venue says, both ways: orders, fills, positions, the wallet. Pure; changes
// nothing.

import { add, type Decimal, formatDecimal, ZERO } from '../kernel/decimal.ts'
import { positionKey } from '../kernel/state.ts'
import type { OrderView, StateView } from '../kernel/views.ts'
import type { VenueBooks } from '../venue/port.ts'
import { adjustmentIdOf, compareFills, type FillsComparison } from './compare-fills.ts'
import { compareOrders } from './compare-orders.ts'
import { compareWallet, MOVES_MONEY, type WalletQuestion } from './compare-wallet.ts'
import { type BookedFill, type Finding, finding, isComplete, type OrderAnswer, positionText } from './finding.ts'
import { isOlder, orderOf } from './ours.ts'
import { shortText, timeText } from './words.ts'

export interface BooksComparison {
  readonly view: StateView
  readonly books: VenueBooks
  /** By client order id: see `ordersToAsk`. */
  readonly answers: ReadonlyMap<string, OrderAnswer>
  /** See `prefixesOf`. */
  readonly prefixes: ReadonlySet<string>
  /** What we booked in the window; left out where nobody looked, so that this way round is not compared. */
  readonly bookedFills?: readonly BookedFill[]
  /** Left out: the wallet is not compared. */
  readonly wallet?: WalletQuestion | undefined
}

const NO_FILLS: FillsComparison = { findings: [], moves: new Map(), missed: new Map(), named: new Set() }

/** All findings, those first that the later ones depend on: what was not seen, fills, orders, positions, the wallet. */
export function compareBooks(comparison: BooksComparison): Finding[] {
  const { view, books, answers, prefixes, bookedFills = [] } = comparison
  const fills =
    books.fills === null ? NO_FILLS : compareFills({ view, fills: books.fills, prefixes, bookedFills, told: toldOrders(comparison) })
  const differences = positionDifferences(view, books, fills.moves)
  const unexplained = new Set(differences.map(({ key }) => key))
  const orders = compareOrders({ view, books, answers, prefixes, missed: fills.missed, named: fills.named, unexplained })
  const positions = differences.map((difference) => positionFinding(difference, { view, books }))
  const findings = [...incompleteParts(comparison), ...fills.findings, ...orders, ...positions]
  const { wallet } = comparison
  return wallet === undefined || findings.some(({ kind }) => MOVES_MONEY.has(kind))
    ? findings
    : [...findings, ...compareWallet({ ...wallet, view, books })]
}

/**
 * A list of fills may name the venue's order ids alone, and of an order whose answer was lost nobody has bound that id: the
 * fills of such an order are known by what the venue says when it names it under our id.
 */
function toldOrders({ view, books, answers }: BooksComparison): Map<string, OrderView> {
  const found = [...answers.values()].flatMap(({ order }) => (order === null ? [] : [order]))
  const told = new Map<string, OrderView>()
  for (const theirs of [...(books.openOrders ?? []), ...found]) {
    const { clientOrderId, venueOrderId } = theirs
    const order = orderOf(view, { clientOrderId, venueOrderId: null })
    if (venueOrderId !== null && order?.venueOrderId === null && !isOlder(order, theirs)) told.set(venueOrderId, order)
  }
  return told
}

/** What could not be seen is a finding of its own: never "nothing there". */
function incompleteParts({ books, wallet }: BooksComparison): Finding[] {
  const why = books.failures.length === 0 ? 'no reason given' : shortText(books.failures.join(' '))
  const missing = (subject: string, venues: string): Finding =>
    finding({
      kind: 'INCOMPLETE',
      instrument: null,
      subject,
      evidence: { ours: 'not compared', venues, sinceUs: books.asOfUs },
      action: 'none',
    })
  const parts: Finding[] = []
  if (books.openOrders === null) parts.push(missing('open orders', why))
  if (books.positions === null) parts.push(missing('positions', why))
  if (books.fills === null) parts.push(missing('fills', why))
  else if (!books.fills.complete) {
    const window = `the list from ${timeText(books.fills.fromUs)} until ${timeText(books.fills.untilUs)} is not whole`
    parts.push(missing('fills', books.failures.length === 0 ? window : `${window}: ${why}`))
  }
  if (wallet !== undefined && books.balances === null) parts.push(missing('wallet', why))
  return parts
}

interface Difference {
  readonly key: string
  readonly instrument: string
  readonly positionSide: 'net' | 'long' | 'short'
  readonly ours: Decimal
  /** With the missed fills booked. */
  readonly expected: Decimal
  readonly venues: Decimal
  readonly averagePrice: Decimal | null
  readonly sinceUs: number | null
}

/** Positions that differ once the missed fills are booked. Of coins a venue counts balances, not positions. */
function positionDifferences(view: StateView, { positions }: VenueBooks, moves: ReadonlyMap<string, Decimal>): Difference[] {
  if (positions === null) return []
  const theirs = new Map(positions.map((position) => [positionKey(position.instrument, position.positionSide), position]))
  const held = [...view.positions.values()].filter(({ instrument }) => view.instruments.get(instrument)?.kind !== 'spot')
  const places = new Map([...held, ...positions].map((place) => [positionKey(place.instrument, place.positionSide), place]))
  const differences: Difference[] = []
  for (const [key, { instrument, positionSide }] of places) {
    if (view.instruments.get(instrument)?.kind === 'spot') continue
    const mine = view.positions.get(key)
    const ours = mine?.quantity ?? ZERO
    const expected = add(ours, moves.get(key) ?? ZERO)
    const { quantity: venues = ZERO, averagePrice = null } = theirs.get(key) ?? {}
    const sinceUs = mine === undefined || mine.updatedAtUs === 0 ? null : mine.updatedAtUs
    if (venues !== expected) differences.push({ key, instrument, positionSide, ours, expected, venues, averagePrice, sinceUs })
  }
  return differences
}

interface PositionContext {
  readonly view: StateView
  readonly books: VenueBooks
}

function positionFinding(difference: Difference, context: PositionContext): Finding {
  const { key, instrument, positionSide, ours, expected, venues, averagePrice, sinceUs } = difference
  const obstacle = obstacleTo(difference, context)
  const withMissed = expected === ours ? '' : `, ${formatDecimal(expected)} with the missed fills`
  const evidence = {
    ours: `${formatDecimal(ours)}${withMissed}${obstacle === null ? '' : ` (not to be adjusted: ${obstacle})`}`,
    venues: `${formatDecimal(venues)}${averagePrice === null ? '' : ` at ${formatDecimal(averagePrice)}`} at ${timeText(context.books.asOfUs)}`,
    sinceUs,
  }
  const about = { kind: 'POSITION_DIFFERS', instrument, subject: positionText({ instrument, positionSide }), evidence } as const
  if (obstacle !== null) return finding({ ...about, action: 'none' })
  const input = {
    type: 'RECONCILE',
    action: 'adjust_position',
    adjustmentId: adjustmentIdOf(key, context.books.asOfUs),
    instrument,
    positionSide,
    quantity: venues,
    averagePrice,
    evidence: `We hold ${evidence.ours}, the venue ${evidence.venues}; no fill that it reports explains it.`,
  } as const
  const figures = `${formatDecimal(ours)} ${formatDecimal(venues)}`
  return finding({ ...about, action: 'adjust_position', remedies: [{ handle: input }], needsSecondLook: true, figures })
}

/** Why the position must not be set to the venue's now; null where it may be. A live order may be what explains it. */
function obstacleTo({ key, instrument, ours, expected }: Difference, { view, books }: PositionContext): string | null {
  if (!view.positions.has(key)) return 'no session of this account traded it'
  if (!isComplete(books)) return 'the look was not complete'
  if (expected !== ours) return 'fills have to be booked first'
  const live = [...view.liveOrders.values()].find(({ request }) => request.instrument === instrument)
  return live === undefined ? null : `order ${live.request.clientOrderId} is ${live.status}`
}
