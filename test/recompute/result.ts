// What a session earned, once more: profit, equity, attribution, inventory and position, from fills and flows by their definitions.

import { minus, NOTHING, over, plus, rounded, signOf, size, times, write } from '../session/exact.ts'
import { AverageCost, feeValue, isWithin, Marks, Owned, signed, signedValue, worthOf } from './books.ts'
import { atStart, courseOf, drawdownOf, exposureOf, flowWorth, ratiosOf, returnsOf } from './course.ts'
import { type Fraction, opposite, sum, text } from './exact-figures.ts'
import type { Dust, Fill, Recorded } from './session-rows.ts'

export function resultOf(recorded: Recorded) {
  const course = courseOf(recorded)
  const pnl = pnlOf(recorded)
  return {
    fills: fillsOf(recorded),
    pnl,
    equity: equityOf(recorded, pnl.net),
    attribution: attributionOf(recorded),
    returns: returnsOf(course),
    drawdown: drawdownOf(course, recorded.session.settle),
    exposure: exposureOf(recorded),
    position: positionOf(recorded),
    inventory: inventoryOf(recorded),
    ratios: ratiosOf(course),
  }
}

function ownFills(recorded: Recorded): Fill[] {
  return recorded.fills.filter(isWithin(recorded))
}

function fillsOf(recorded: Recorded) {
  const fills = ownFills(recorded)
  const side = (name: Fill['side']) => {
    const all = fills.filter((fill) => fill.side === name)
    const quantity = sum(all.map((fill) => fill.quantity))
    const value = sum(all.map((fill) => times(fill.price, fill.quantity)))
    const averagePrice = signOf(quantity) === 0 ? null : write(rounded(over(value, quantity)))
    return { count: all.length, quantity: write(quantity), value: write(value), averagePrice }
  }
  const maker = fills.filter(({ liquidity }) => liquidity === 'maker').length
  const taker = fills.filter(({ liquidity }) => liquidity === 'taker').length
  const inferred = fills.filter((fill) => fill.inferred === 1).length
  // On paper nothing is filled behind the session's back, and other sessions are refused.
  const late = 0
  return { count: fills.length, maker, taker, inferred, late, confirmed: 0, bought: side('buy'), sold: side('sell') }
}

interface Costs {
  readonly before: { readonly quantity: Fraction; readonly cost: Fraction }
  readonly end: { readonly quantity: Fraction; readonly cost: Fraction }
  readonly realized: Fraction
}

function costsOf(recorded: Recorded): Costs {
  const book = new AverageCost()
  let before = { quantity: NOTHING, cost: NOTHING }
  let realized = NOTHING
  for (const fill of recorded.fills) {
    const gain = book.book(signed(fill), fill.price)
    if (isWithin(recorded)(fill)) realized = plus(realized, gain)
    else before = { quantity: book.quantity, cost: book.cost }
  }
  return { before, end: { quantity: book.quantity, cost: book.cost }, realized }
}

function pnlOf(recorded: Recorded) {
  const { settle } = recorded.session
  const marks = new Marks(recorded)
  const fills = ownFills(recorded)
  const { before, end, realized } = costsOf(recorded)
  const open = ({ quantity, cost }: Costs['end'], mark: Fraction) => minus(rounded(times(quantity, mark)), cost)
  const [unrealized, unrealizedBefore] = [open(end, marks.last), open(before, marks.first.mark)]
  const fees = byAsset(fills, (fill) => fill.fee)
  const values = byAsset(fills, (fill) => feeValue(recorded, fill) ?? NOTHING)
  const feesValued = fills.some((fill) => feeValue(recorded, fill) === null) ? null : sum([...values.values()])
  const payments = recorded.funding.filter(isWithin(recorded))
  const funding = new Map(
    payments.map(({ asset }) => [asset, sum(payments.filter((each) => each.asset === asset).map(({ amount }) => amount))]),
  )
  const received = funding.get(settle) ?? NOTHING
  const gains = sum([realized, unrealized, opposite(unrealizedBefore), received])
  return {
    asset: settle,
    realized: write(realized),
    realizedByAsset: fills.length === 0 ? {} : { [settle]: write(realized) },
    unrealized: write(unrealized),
    unrealizedBefore: write(unrealizedBefore),
    fees: write(fees.get(settle) ?? NOTHING),
    feesByAsset: texts(fees),
    feeValuesByAsset: texts(values),
    feesValued: text(feesValued),
    funding: write(received),
    fundingByAsset: texts(funding),
    net: feesValued === null ? null : write(minus(gains, feesValued)),
    mark: write(marks.last),
  }
}

function byAsset(fills: readonly Fill[], amountOf: (fill: Fill) => Fraction): Map<string, Fraction> {
  const sums = new Map<string, Fraction>()
  for (const fill of fills) sums.set(fill.fee_asset, plus(sums.get(fill.fee_asset) ?? NOTHING, amountOf(fill)))
  return sums
}

function texts(sums: ReadonlyMap<string, Fraction>): Record<string, string> {
  return Object.fromEntries([...sums].map(([asset, amount]) => [asset, write(amount)]))
}

interface Worths {
  readonly start: Fraction
  readonly end: Fraction
  /** Of the capital that was moved after the start, when it moved. */
  readonly moved: Fraction
}

function worthsOf(recorded: Recorded): Worths {
  const marks = new Marks(recorded)
  const { last_seq } = recorded.session
  const owned = new Owned(recorded)
  for (const fill of recorded.fills) owned.fill(fill)
  for (const flow of [...recorded.funding, ...recorded.capital]) owned.flow(flow)
  return {
    start: atStart(recorded).worth(marks.first.mark, marks.first.seq),
    end: owned.worth(marks.last, last_seq),
    moved: sum(laterFlows(recorded).map((flow) => flowWorth(recorded, flow))),
  }
}

/** The capital that was moved after the session's first mark. */
function laterFlows(recorded: Recorded): Recorded['capital'] {
  const { first } = new Marks(recorded)
  return recorded.capital.filter(({ seq }) => seq > first.seq)
}

/** By asset other than the one of profit: what prices did to what was held beside positions, from when it came, and to what of it went as a fee. */
function holdingGains(recorded: Recorded): Map<string, Fraction> {
  const { session, fills, capital } = recorded
  const marks = new Marks(recorded)
  const assets = [...new Set([...capital.map(({ asset }) => asset), ...fills.map(({ fee_asset }) => fee_asset)])].sort()
  const feesIn = (asset: string, own: boolean): Fill[] =>
    fills.filter((fill) => fill.fee_asset === asset && isWithin(recorded)(fill) === own)
  const gainOf = (asset: string): Fraction => {
    const paidIn = sum(capital.filter((flow) => flow.asset === asset && flow.seq <= marks.first.seq).map(({ amount }) => amount))
    const held = minus(paidIn, sum(feesIn(asset, false).map(({ fee }) => fee)))
    const later = laterFlows(recorded).filter((flow) => flow.asset === asset)
    const kept = plus(held, sum(later.map(({ amount }) => amount)))
    const left = minus(kept, sum(feesIn(asset, true).map(({ fee }) => fee)))
    const atEnd = worthOf(recorded, asset, { amount: left, mark: marks.last, seq: session.last_seq })
    const before = worthOf(recorded, asset, { amount: held, mark: marks.first.mark, seq: marks.first.seq })
    const came = sum(later.map((flow) => flowWorth(recorded, flow)))
    const spent = sum(feesIn(asset, true).map((fill) => feeValue(recorded, fill) ?? NOTHING))
    return plus(minus(atEnd, plus(before, came)), spent)
  }
  return new Map(assets.filter((asset) => asset !== session.settle).map((asset) => [asset, gainOf(asset)]))
}

function equityOf(recorded: Recorded, net: string | null) {
  const { session } = recorded
  const { start, end, moved } = worthsOf(recorded)
  const gains = holdingGains(recorded)
  return {
    asset: session.settle,
    start: write(start),
    end: write(end),
    change: write(minus(end, start)),
    fromTrading: net,
    fromHoldings: write(sum([...gains.values()])),
    fromCapital: write(moved),
    heldAssets: [...gains].filter(([, gain]) => signOf(gain) !== 0).map(([asset]) => asset),
  }
}

const ROLES = ['entry', 'exit', 'quote', 'other'] as const

function attributionOf(recorded: Recorded) {
  const { session, funding } = recorded
  const fills = ownFills(recorded)
  const { start, end, moved } = worthsOf(recorded)
  const { captured, revaluation } = marksAgainst(recorded)
  const spreadOf = (some: readonly Fill[]): Fraction => sum(some.map((fill) => captured.get(fill) ?? NOTHING))
  const feesOf = (some: readonly Fill[]): Fraction => sum(some.map((fill) => feeValue(recorded, fill) ?? NOTHING))
  const [spread, fees] = [spreadOf(fills), feesOf(fills)]
  const paid = sum(funding.filter(isWithin(recorded)).map(({ amount }) => amount))
  const holdings = sum([...holdingGains(recorded).values()])
  const result = minus(minus(end, moved), start)
  const trading = sum([spread, revaluation, opposite(fees), paid])
  return {
    why: null,
    asset: session.settle,
    equityChange: write(minus(end, start)),
    netCapitalFlow: write(moved),
    result: write(result),
    spreadCapture: write(spread),
    revaluation: write(revaluation),
    holdings: write(holdings),
    fees: write(fees),
    networkFees: '0',
    funding: write(paid),
    residual: write(minus(result, plus(trading, holdings))),
    byInstrument: [
      {
        instrument: session.instrument,
        fills: fills.length,
        realized: write(costsOf(recorded).realized),
        settle: session.settle,
        spreadCapture: write(spread),
        revaluation: write(revaluation),
        fees: write(fees),
        funding: write(paid),
        total: write(trading),
      },
    ],
    byStrategy: {
      strategy: session.strategy,
      roles: ROLES.map((role) => ({ role, all: fills.filter((fill) => (fill.role ?? 'other') === role) }))
        .filter(({ all }) => all.length > 0)
        .map(({ role, all }) => ({ role, fills: all.length, spreadCapture: write(spreadOf(all)), fees: write(feesOf(all)) })),
    },
    feesByKind: feeKinds(recorded, fills),
  }
}

/** What each fill was better than its mark; what is left of the change of the position's worth is what the mark did. */
function marksAgainst(recorded: Recorded) {
  const marks = new Marks(recorded)
  const captured = new Map<Fill, Fraction>()
  let held = NOTHING
  let jumps = NOTHING
  let before = NOTHING
  for (const fill of recorded.fills) {
    const after = plus(held, signed(fill))
    if (isWithin(recorded)(fill)) {
      const mark = marks.at(fill.seq)
      const jump = minus(rounded(times(after, mark)), rounded(times(held, mark)))
      captured.set(fill, minus(jump, signedValue(fill)))
      jumps = plus(jumps, jump)
    } else {
      before = after
    }
    held = after
  }
  const revaluation = minus(minus(rounded(times(held, marks.last)), rounded(times(before, marks.first.mark))), jumps)
  return { captured, revaluation }
}

function feeKinds(recorded: Recorded, fills: readonly Fill[]) {
  const paid = fills.filter(({ fee }) => signOf(fee) !== 0)
  const kindOf = ({ liquidity, fee_asset }: Fill): string => `${liquidity ?? 'unknown'}|${fee_asset}`
  return [...new Set(paid.map(kindOf))].map((kind) => {
    const all = paid.filter((fill) => kindOf(fill) === kind)
    const [liquidity, asset] = kind.split('|')
    const values = all.map((fill) => feeValue(recorded, fill))
    return {
      liquidity,
      asset,
      amount: write(sum(all.map(({ fee }) => fee))),
      value: values.includes(null) ? null : write(sum(values.map((value) => value ?? NOTHING))),
    }
  })
}

function positionOf(recorded: Recorded) {
  const { session, later } = recorded
  const { before, end } = costsOf(recorded)
  const averagePrice = signOf(end.quantity) === 0 ? null : write(rounded(over(size(end.cost), size(end.quantity))))
  const now = sum([...recorded.fills, ...later.fills].map(signed))
  const atEnd = partsOf(recorded.fills, recorded.dust)
  const since = partsOf([...recorded.fills, ...later.fills], [...recorded.dust, ...later.dust])
  const parts = {
    endInSlots: write(atEnd.inSlots),
    endQuoted: write(minus(minus(end.quantity, atEnd.inSlots), atEnd.unassigned)),
    endUnassigned: write(atEnd.unassigned),
    endDust: write(atEnd.dust),
  }
  const held = { before: write(before.quantity), end: write(end.quantity), cost: write(end.cost), averagePrice }
  return {
    ...held,
    endValue: write(rounded(times(end.quantity, new Marks(recorded).last))),
    ...parts,
    now: write(now),
    nowInSlots: write(since.inSlots),
    nowQuoted: write(minus(minus(now, since.inSlots), since.unassigned)),
    nowUnassigned: write(since.unassigned),
    nowDust: write(since.dust),
    sides: [{ side: session.position_mode === 'one_way' ? 'net' : '', ...held, ...parts }],
  }
}

/** What slots and nobody hold; what is written off goes from the one to the other. */
function partsOf(fills: readonly Fill[], dust: readonly Dust[]) {
  const writtenOff = sum(dust.map(({ quantity }) => quantity))
  const inSlots = sum(fills.filter(({ slot_id }) => slot_id !== null).map(({ assigned }) => assigned))
  const unassigned = plus(sum(fills.map((fill) => fill.unassigned)), writtenOff)
  return { inSlots: minus(inSlots, writtenOff), unassigned, dust: writtenOff }
}

function inventoryOf(recorded: Recorded) {
  const { session, capital, funding } = recorded
  const { base, quote, instrument_kind, settle } = session
  const within = isWithin(recorded)
  const byFills = costsOf(recorded)
  const changeOf = (asset: string, fills: readonly Fill[], realized: Fraction): Fraction => {
    if (asset === base) return sum(fills.map(signed))
    if (instrument_kind === 'linear') return asset === settle ? realized : NOTHING
    return asset === quote ? opposite(sum(fills.map(signedValue))) : NOTHING
  }
  const lineOf = (asset: string) => {
    const flowed = (rows: readonly { seq: number; asset: string; amount: Fraction }[], own: boolean) =>
      sum(rows.filter((row) => row.asset === asset && within(row) === own).map(({ amount }) => amount))
    const fees = (own: boolean) =>
      sum(recorded.fills.filter((fill) => fill.fee_asset === asset && within(fill) === own).map(({ fee }) => fee))
    const older = recorded.fills.filter((fill) => !within(fill))
    const before = sum([
      changeOf(asset, older, realizedBefore(older)),
      opposite(fees(false)),
      flowed(capital, false),
      flowed(funding, false),
    ])
    const parts = [
      changeOf(asset, ownFills(recorded), byFills.realized),
      opposite(fees(true)),
      flowed(capital, true),
      flowed(funding, true),
    ] as const
    const [fromFills, fromFees, fromCapital, fromFunding] = parts
    return {
      asset,
      before: write(before),
      fromFills: write(fromFills),
      fromFees: write(fromFees),
      fromCapital: write(fromCapital),
      fromFunding: write(fromFunding),
      total: write(sum([before, ...parts])),
    }
  }
  const moved = [...capital, ...funding].filter(within).map(({ asset }) => asset)
  const paid = ownFills(recorded).map(({ fee_asset }) => fee_asset)
  return [...new Set([base, quote, ...moved, ...paid])].map(lineOf)
}

function realizedBefore(fills: readonly Fill[]): Fraction {
  const book = new AverageCost()
  return sum(fills.map((fill) => book.book(signed(fill), fill.price)))
}
