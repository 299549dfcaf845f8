// Compares the money that our books say is in the wallet with what the venue says. Pure; books nothing: whose money it is, and where
// it came from, only a person knows.

import { abs, add, type Decimal, dec, formatDecimal, ONE, sub, ZERO } from '../kernel/decimal.ts'
import { tradeValueOf } from '../kernel/instrument.ts'
import { gainOf } from '../kernel/ledger.ts'
import { positionKey } from '../kernel/state.ts'
import type { PositionView, StateView } from '../kernel/views.ts'
import type { VenueBooks } from '../venue/port.ts'
import { type Finding, type FindingKind, finding } from './finding.ts'
import { timeText } from './words.ts'

/** What explains a part of a difference, though our books do not have it yet. */
export interface WalletQuestion {
  /** By asset: funding payments that the next session books. */
  readonly unbooked: ReadonlyMap<string, Decimal>
}

export interface WalletComparison extends WalletQuestion {
  readonly view: StateView
  readonly books: Pick<VenueBooks, 'asOfUs' | 'balances' | 'positions'>
}

/** While one of these is open, the money that it moved is missing on one side: the wallet is compared once it is settled. */
export const MOVES_MONEY: ReadonlySet<FindingKind> = new Set([
  'FILLED_DIFFERS',
  'FILL_MISSED',
  'EXTERNAL_FILL',
  'FILL_CONFLICTS',
  'FILL_UNKNOWN_TO_VENUE',
  'POSITION_DIFFERS',
  'INCOMPLETE',
])

/** A venue rounds fees and profits to four decimals, half a unit each, as far as its own lists show: so much a fill, or a payment. */
const ROUNDED_A_BOOKING = dec('0.0001')

/** One finding for each asset whose wallet differs by more than was ever rounded. An asset that nobody brought in is not compared. */
export function compareWallet(comparison: WalletComparison): Finding[] {
  const { view, books, unbooked } = comparison
  if (books.balances === null) return []
  const findings: Finding[] = []
  for (const asset of settleAssets(view)) {
    const ours = view.balances.get(`wallet|${asset}`) ?? ZERO
    const expected = add(ours, unbooked.get(asset) ?? ZERO)
    const theirs = books.balances.get(asset) ?? ZERO
    const off = sub(theirs, expected)
    const rounding = (ROUNDED_A_BOOKING * BigInt(view.fills.size + view.fundings.size)) as Decimal
    if (abs(off) <= rounding) continue
    findings.push(differenceFinding({ asset, ours, expected, theirs, off, rounding, open: openCosts(comparison, asset) }, books.asOfUs))
  }
  return findings
}

/** Assets that contracts are settled in, and that the account's books began with. Coins of a spot venue are positions, not a wallet. */
function settleAssets({ balances, instruments }: StateView): Set<string> {
  const settled = [...instruments.values()].flatMap(({ kind, settle }) => (kind === 'spot' ? [] : [settle]))
  return new Set(settled.filter((asset) => balances.has(`capital|${asset}`)))
}

/** How much the cost of what is open may differ between the venue and us. */
interface OpenCosts {
  /** Null where the venue does not say at what price it holds a position. */
  readonly bound: Decimal | null
  readonly positions: number
}

interface WalletDifference {
  readonly asset: string
  readonly ours: Decimal
  readonly expected: Decimal
  readonly theirs: Decimal
  readonly off: Decimal
  readonly rounding: Decimal
  readonly open: OpenCosts
}

/**
 * Profits are realised at average cost, so fills that were heard in another order realise another part of the same profit, and what
 * is realised less is in the cost of what is still open. Wallet and open cost together are the same in any order: our wallet and the
 * venue's can be no further apart than our open cost and what the venue's own average price makes of it. That price is told
 * rounded, to a tick at worst.
 */
function openCosts({ view, books }: WalletComparison, asset: string): OpenCosts {
  let bound: Decimal | null = ZERO
  let positions = 0
  for (const position of view.positions.values()) {
    if (position.quantity === ZERO || view.instruments.get(position.instrument)?.settle !== asset) continue
    positions += 1
    const apart = costApart(position, { view, books })
    bound = bound === null || apart === null ? null : add(bound, apart)
  }
  return { bound, positions }
}

function costApart(position: PositionView, { view, books }: Pick<WalletComparison, 'view' | 'books'>): Decimal | null {
  const { instrument: symbol, positionSide, quantity, cost } = position
  const instrument = view.instruments.get(symbol)
  const key = positionKey(symbol, positionSide)
  const averagePrice = books.positions?.find((held) => positionKey(held.instrument, held.positionSide) === key)?.averagePrice ?? null
  if (instrument === undefined || instrument.kind === 'spot' || averagePrice === null || averagePrice <= ZERO) return null
  const { kind, tickSize } = instrument
  const theirs = tradeValueOf(kind, quantity, averagePrice)
  const aTick = abs(sub(tradeValueOf(kind, quantity, add(averagePrice, tickSize)), theirs))
  return add(abs(gainOf(kind, theirs, cost)), aTick)
}

function differenceFinding(difference: WalletDifference, asOfUs: number): Finding {
  const { asset, ours, expected, theirs, off, rounding, open } = difference
  const withFunding = expected === ours ? '' : `, ${formatDecimal(expected)} with the funding payments that the next session books`
  const [more, amount] = [off > ZERO, `${formatDecimal(abs(off))} ${asset}`]
  const evidence = {
    ours: `${formatDecimal(ours)} ${asset}${withFunding}`,
    venues: `${formatDecimal(theirs)} ${asset} at ${timeText(asOfUs)}: ${amount} ${more ? 'more' : 'less'}`,
    sinceUs: null,
  }
  // Only the very same figures, seen twice: the parts of one look are not of one instant.
  const figures = `${formatDecimal(expected)} ${formatDecimal(theirs)}`
  const about = { instrument: null, subject: `wallet ${asset}`, evidence, action: 'none', needsSecondLook: true, figures } as const
  if (open.positions > 0 && (open.bound === null || abs(off) <= add(open.bound, rounding))) {
    return finding({ ...about, kind: 'BALANCE_UNSETTLED', advice: unsettledText(open.bound, asset) })
  }
  return finding({
    ...about,
    kind: 'BALANCE_DIFFERS',
    advice: more ? moreText(wordOf(off, rounding), asset) : lessText(wordOf(off, rounding), asset),
  })
}

function unsettledText(bound: Decimal | null, asset: string): string {
  const why = 'which part of a profit is realised depends on the order of the fills'
  return bound === null
    ? `nothing yet: ${why}, and the venue does not say at what price it holds the position; compare again once it is closed`
    : `nothing: ${why}, and that explains up to ${formatDecimal(bound)} ${asset} here; it is gone once the position is closed`
}

const ELSE = 'else: a trade by hand older than the lists of the venue, a payment or a fee that the venue took by itself'

/** The shortest amount that leaves nothing but rounding: what a person moved had few digits. */
function wordOf(off: Decimal, rounding: Decimal): string {
  const amount = abs(off)
  for (let unit = ONE; unit > ZERO; unit = (unit / 10n) as Decimal) {
    const rounded = (((amount + unit / 2n) / unit) * unit) as Decimal
    if (rounded > ZERO && abs(sub(rounded, amount)) <= rounding) return formatDecimal(rounded)
  }
  return formatDecimal(amount)
}

function moreText(amount: string, asset: string): string {
  const move = `dita capital deposit ${amount} ${asset}`
  return `if it was paid in: ${move}; if a withdrawal was booked that was never made, to undo it: ${move}; ${ELSE}`
}

function lessText(amount: string, asset: string): string {
  const move = `dita capital withdraw ${amount} ${asset}`
  return `if it was taken out: ${move}; if a deposit was booked that never arrived, to undo it: ${move}; ${ELSE}`
}
