// Plays a random account four times, without capital flows, with any, with such as are in the asset of profit, and with such as keep
// all in proportion, and judges what its summaries say of money. Throws where a figure is wrong; knows the definitions, and none of the report's own arithmetic.

import assert from 'node:assert/strict'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { plain, scaled } from './fills-recount.ts'
import { memoryStore } from './memory-store.ts'
import { type AccountScript, type PlayedSession, playAccount } from './random-account.ts'

export interface Judged {
  readonly sessions: number
  readonly facts: number
  readonly fills: number
  /** By asset and session; those that keep all in proportion apart. */
  readonly flows: number
  readonly flowsInProportion: number
  /** Trades of slots. */
  readonly trades: number
  readonly kinds: ReadonlySet<string>
  /** Sessions whose return was the same with flows in proportion to the last digit, and those where roundings moved it. */
  readonly returnsEqual: number
  readonly returnsRounded: number
}

/** Percent. Every worth is rounded at the 18th decimal, of money that is millions: flows in proportion may move a return by so little. */
const ROUNDING = scaled('0.000000000001')
const HUNDRED_PERCENT = scaled('100')

export async function judgeAccount(script: AccountScript): Promise<Judged> {
  const store = memoryStore()
  try {
    const still = await playAccount(script, { store, name: 'still', flows: 'none' })
    const moved = await playAccount(script, { store, name: 'moved', flows: 'any' })
    const paid = await playAccount(script, { store, name: 'paid', flows: 'settle' })
    const grown = await playAccount(script, { store, name: 'grown', flows: 'in proportion' })
    return judge(script, { still, moved, paid, grown })
  } finally {
    store.close()
  }
}

interface Played {
  readonly still: readonly PlayedSession[]
  readonly moved: readonly PlayedSession[]
  readonly paid: readonly PlayedSession[]
  readonly grown: readonly PlayedSession[]
}

function judge(script: AccountScript, { still, moved, paid, grown }: Played): Judged {
  const all = [...still, ...moved, ...paid, ...grown]
  for (const session of all) judgeSession(session, script)
  let returnsRounded = 0
  for (const [index, alone] of still.entries()) {
    const other = moved[index] as PlayedSession
    judgeMoved(other, alone)
    // Coins that came are held from then on: what that does as prices move is the account's.
    assert.deepEqual(traded(other.view), traded(alone.view))
    const inSettle = paid[index] as PlayedSession
    assert.deepEqual(traded(inSettle.view), traded(alone.view))
    if (index === 0) assert.deepEqual(earned(inSettle.view), earned(alone.view))
    if (judgeProportion(grown[index] as PlayedSession, alone) !== 0n) returnsRounded += 1
  }
  const sum = (count: (session: PlayedSession) => number, of: readonly PlayedSession[] = all): number =>
    of.reduce((total, session) => total + count(session), 0)
  return {
    sessions: all.length,
    facts: sum(({ view: { journal } }) => journal.lastSeq - journal.firstSeq + 1),
    fills: sum(({ view }) => view.fills.count),
    flows: sum(({ flowed }) => flowed.size, moved),
    flowsInProportion: sum(({ flowed }) => flowed.size, grown),
    trades: sum(({ view }) => view.trades.list.length),
    kinds: new Set(all.map(({ view }) => view.instrument.kind)),
    returnsEqual: still.length - returnsRounded,
    returnsRounded,
  }
}

/** N11: flows at their worth when they moved, falls of money less them, and falls in percent of the index, none of them less than the loss. */
function judgeFalls({ view: { attribution, drawdown, equity, returns }, ...played }: PlayedSession): void {
  assert.equal(attribution.netCapitalFlow, played.movedWorth, 'worth of the flows')
  assert.equal(equity.fromCapital, played.movedWorth, 'capital in equity')
  const made = [equity.fromTrading, equity.fromHoldings, equity.fromCapital].map(known).reduce((total, part) => total + part, 0n)
  // What is held in wallets and in contracts is valued together here, and apart in the ledger: each is rounded once.
  const off = made - known(equity.change)
  assert.ok(off <= 9n && off >= -9n, 'sum of what changed equity')
  assert.equal(attribution.result, played.result, 'equity at the end less flows, less that at the start')
  assert.equal(drawdown.amount, played.deepest, 'deepest fall')
  assert.equal(drawdown.percent, played.deepestPercent, 'deepest fall of the index')
  assert.ok(known(drawdown.amount) >= -known(attribution.result), 'a fall no smaller than the loss')
  const { timeWeightedPercent: percent } = returns
  if (percent !== null && known(percent) > -HUNDRED_PERCENT) {
    assert.ok(known(drawdown.percent) >= -known(percent), 'a fall in percent no smaller than the loss')
  }
}

/** Of every session by itself: nothing left over, and what the summary holds is what the engine holds. */
function judgeSession(session: PlayedSession, { desk }: AccountScript): void {
  const { view, shutdown, worth, timeWeighted, balances, position } = session
  judgeFalls(session)
  assert.deepEqual(view.checks.findings, [])
  assert.equal(view.attribution.why, null)
  assert.equal(view.attribution.residual, '0')
  assert.deepEqual(shutdown.differences, [])
  assert.equal(shutdown.drift, 0n)
  assert.equal(view.equity.end, worth, 'equity at the end: summary, engine')
  const { attribution, returns } = view
  assert.equal(plain(difference(attribution.equityChange, attribution.netCapitalFlow)), attribution.result)
  const parts = [attribution.spreadCapture, attribution.revaluation, attribution.holdings, attribution.funding].map(known)
  const sum = parts.reduce((total, part) => total + part, 0n) - known(attribution.fees) - known(attribution.networkFees)
  assert.equal(plain(sum), attribution.result, 'sum of the parts')
  assert.equal(returns.timeWeightedPercent, timeWeighted, 'time-weighted return')
  if (returns.periods === 1) assert.equal(returns.simplePercent, returns.timeWeightedPercent)
  const { kind, base, quote } = desk.instrument
  for (const { asset, total, before, fromFills, fromFees, fromCapital, fromFunding } of view.inventory) {
    const isCounted = kind !== 'spot' && asset === (kind === 'inverse' ? quote : base)
    assert.equal(total, plain((balances.get(`wallet|${asset}`) ?? 0n) + (isCounted ? position : 0n)), `inventory in ${asset}`)
    assert.equal(plain([before, fromFills, fromFees, fromCapital, fromFunding].map(known).reduce((a, b) => a + b, 0n)), total)
  }
}

/** N10 N11: capital adds to what is there, exactly, and to nothing that was earned. */
function judgeMoved(moved: PlayedSession, still: PlayedSession): void {
  for (const { asset, fromCapital, fromFills, total } of moved.view.inventory) {
    const other = still.view.inventory.find((line) => line.asset === asset)
    assert.equal(fromFills, other?.fromFills ?? '0')
    assert.equal(difference(fromCapital, other?.fromCapital ?? '0'), moved.flowed.get(asset) ?? 0n, `capital in ${asset}`)
    // An asset that this session alone touched was owned before all the same.
    const without = other === undefined ? (still.balances.get(`wallet|${asset}`) ?? 0n) : scaled(other.total)
    assert.equal(known(total) - without, moved.flowedUntil.get(asset) ?? 0n, `total in ${asset}`)
  }
  if (moved.flowed.size === 0) assert.equal(moved.view.returns.periods, 1)
}

/** What grows with the account returns the same and falls as deep: the difference of the returns, in percent. */
function judgeProportion(grown: PlayedSession, still: PlayedSession): bigint {
  const [with_, without] = [grown.view.returns.timeWeightedPercent, still.view.returns.timeWeightedPercent]
  if (with_ === null || without === null) {
    assert.equal(with_, without)
    return 0n
  }
  const off = difference(with_, without)
  assert.ok(off <= ROUNDING && -off <= ROUNDING, `return with flows in proportion ${with_}, without ${without}`)
  const fallen = difference(grown.view.drawdown.percent, still.view.drawdown.percent)
  assert.ok(fallen <= ROUNDING && -fallen <= ROUNDING, 'fall in percent with flows in proportion, without')
  return off
}

/** All that trading did, and nothing of what was there. */
function traded({ pnl, attribution, exposure, fills, quoting, trades, position }: SummaryView) {
  const { equityChange: _, netCapitalFlow: __, result: ___, holdings: ____, ...parts } = attribution
  const list = trades.list.map(({ equityBefore: _____, ...trade }) => trade)
  return { pnl, parts, exposure, fills, quoting, trades: { ...trades, list }, position }
}

/** What the account made of what it had at its first mark, in money: percents are of what was there. */
function earned({ attribution: { result, holdings }, drawdown }: SummaryView) {
  const { percent: _, percentPeakAtUs: __, percentTroughAtUs: ___, ...fall } = drawdown
  return { result, holdings, fall }
}

function known(text: string | null): bigint {
  assert.ok(text !== null)
  return scaled(text)
}

function difference(a: string | null, b: string | null): bigint {
  return known(a) - known(b)
}
