// The second part of a summary's text: every figure, by subject.

import { doubtLines, findingLines } from './doubt-text.ts'
import { amountText, countText, durationText, oneLine, plainText, plural, signedText, table, timeText, wrap } from './format.ts'
import { denialLines, dustLines, reconcileLines, tradingLines } from './summary-findings.ts'
import type { QuotingSideSummary, SummaryView } from './summary-view.ts'

export interface Section {
  readonly title: string
  readonly lines: readonly string[]
}

const MOST_TRADES_SHOWN = 10
const UNKNOWN = '-'

/** Each subject with its lines, wrapped to `width`; subjects with nothing to say are left out. */
export function detailSections(view: SummaryView, width: number): Section[] {
  const sections: Section[] = [
    { title: 'Session', lines: sessionLines(view) },
    { title: 'Money', lines: moneyLines(view) },
    { title: 'Traded', lines: tradedLines(view) },
    { title: 'Inventory', lines: inventoryLines(view) },
    { title: 'Orders', lines: orderLines(view) },
    { title: 'Doubt', lines: doubtLines(view) },
    { title: 'Found at the start', lines: findingLines(view) },
    { title: 'Quotes against the touch (bps of the mid; 0 at the touch, below 0 behind it)', lines: quotingLines(view) },
    { title: 'Trades', lines: tradeLines(view) },
    { title: 'Risk', lines: riskLines(view) },
    { title: 'Trading', lines: tradingLines(view) },
    { title: 'Denied', lines: denialLines(view) },
    { title: 'Reconcile', lines: reconcileLines(view) },
    { title: 'Written off', lines: dustLines(view) },
    { title: 'Limits in force', lines: limitLines(view) },
    { title: 'Feed', lines: feedLines(view) },
    { title: 'Journal', lines: [`facts ${view.journal.firstSeq} to ${view.journal.lastSeq}, chain hash ${view.journal.hash}`] },
    { title: 'Checks', lines: checkLines(view) },
  ]
  const fit = (line: string): string[] => (/ {2,}/.test(line.trim()) ? [line] : wrap(line, width - 2, '  '))
  return sections.filter(({ lines }) => lines.length > 0).map(({ title, lines }) => ({ title, lines: lines.flatMap(fit) }))
}

function sessionLines(view: SummaryView): string[] {
  const { instrument, time } = view
  const rows = [
    ['account', `${view.account} (${placeText(view)})`],
    ['strategy', oneLine(view.strategy)],
    [
      'instrument',
      `${instrument.symbol}, ${instrument.kind}, tick ${instrument.tickSize}, lot ${instrument.lotSize} (${originText(instrument.origin)})`,
    ],
    ['feed', feedText(view)],
    ['started', `${timeText(time.startedAtUs)} UTC${isRehearsed(view) ? ' of session time' : ''}`],
    [
      'ended',
      time.endedAtUs === null
        ? 'not written'
        : `${timeText(time.endedAtUs)} UTC, after ${durationText(time.ranUs)} of ${durationText(time.durationUs)}`,
    ],
  ]
  if (time.startedWallUs !== null) rows.push(['run on', `${timeText(time.startedWallUs)} UTC${wallSpan(time)}`])
  return table(rows)
}

/** Paper trading happens in the session's own time and on a feed of our choosing; everything else, in the world. */
function isRehearsed({ mode }: SummaryView): boolean {
  return mode === 'paper'
}

/** Where the market came from; what happened in the world had no seed. */
function feedText(view: SummaryView): string {
  return isRehearsed(view) ? `${sourceText(view)}, seed ${view.seed}` : sourceText(view)
}

function sourceText(view: SummaryView): string {
  const source = oneLine(view.feed.source)
  return isRehearsed(view) ? source : `${source} ${view.instrument.symbol} (live)`
}

/** The mode and the venue; where both have one name, as in paper trading, it is said once. */
export function placeText({ mode, venue }: Pick<SummaryView, 'mode' | 'venue'>): string {
  return mode === venue ? mode : `venue ${venue}, ${mode}`
}

/** Where the instrument's numbers came from. */
function originText(origin: string): string {
  return origin === 'venue' ? 'as the venue says' : oneLine(origin)
}

function wallSpan(time: SummaryView['time']): string {
  if (time.startedWallUs === null || time.endedWallUs === null) return ''
  return `, in ${durationText(Math.max(0, time.endedWallUs - time.startedWallUs))}`
}

function moneyLines(view: SummaryView): string[] {
  const { pnl, equity } = view
  const rows = [
    ['realised', signedText(pnl.realized, 18), pnl.asset],
    ['unrealised', pnl.unrealized === null ? 'no mark' : signedText(pnl.unrealized, 18), pnl.asset],
  ]
  if (pnl.unrealizedBefore !== '0') {
    rows.push(['unrealised before', pnl.unrealizedBefore === null ? 'no mark' : signedText(pnl.unrealizedBefore, 18), pnl.asset])
  }
  const fees = Object.entries(pnl.feesByAsset)
  if (fees.length === 0) rows.push(['fees', amountText(pnl.fees, 18), pnl.asset])
  for (const [asset, fee] of fees) rows.push(['fees', amountText(fee, 18), `${asset}${feeText(view, asset)}`])
  for (const [asset, amount] of Object.entries(pnl.fundingByAsset)) rows.push(['funding', signedText(amount, 18), asset])
  rows.push(['net', pnl.net === null ? 'not known' : signedText(pnl.net, 18), pnl.asset])
  const lines = table(rows, [1])
  if (equity.start === null || equity.end === null || equity.change === null) {
    return [...lines, `equity: ${pnl.mark === null ? 'no mark' : 'not known, as something that is owned has no price'}`]
  }
  lines.push(`equity ${amountText(equity.start)} → ${amountText(equity.end)} ${equity.asset}: ${signedText(equity.change)}`)
  const parts = [
    ['from trading', equity.fromTrading],
    [`from the ${priceWord(equity.heldAssets)} of ${equity.heldAssets.join(' and ')} held beside the position`, equity.fromHoldings],
    ['from capital moved', equity.fromCapital],
  ] as const
  const told = parts.filter(([, value]) => value !== '0').map(([name, value]) => `${value === null ? UNKNOWN : signedText(value)} ${name}`)
  return told.length === 0 ? lines : [...lines, `  of which ${told.join(', ')}`]
}

function priceWord(assets: readonly string[]): string {
  return assets.length === 1 ? 'price' : 'prices'
}

/** What fees in another asset than the profit were worth. */
export function feeText({ pnl }: SummaryView, asset: string): string {
  if (asset === pnl.asset) return ''
  const value = pnl.feeValuesByAsset[asset] ?? null
  return value === null ? ' (no price stated)' : ` (${amountText(value)} ${pnl.asset} when booked)`
}

function tradedLines(view: SummaryView): string[] {
  const { fills, instrument } = view
  const side = (name: string, totals: SummaryView['fills']['bought']): string[] => [
    name,
    countText(totals.count),
    plainText(totals.quantity, 18),
    amountText(totals.value, 18),
    totals.averagePrice === null ? UNKNOWN : plainText(totals.averagePrice),
  ]
  const header = ['', 'fills', instrument.quantityAsset, instrument.settle, 'average price']
  return table([header, side('bought', fills.bought), side('sold', fills.sold)], [1, 2, 3, 4])
}

function inventoryLines(view: SummaryView): string[] {
  const { inventory } = view
  const carried = inventory.some((line) => line.before !== '0')
  const funded = inventory.some((line) => line.fromFunding !== '0')
  const header = ['', ...(carried ? ['before'] : []), 'fills only', 'fees', ...(funded ? ['funding'] : []), 'capital', 'total']
  const rows = inventory.map((line) => [
    line.asset,
    ...(carried ? [amountText(line.before)] : []),
    signedText(line.fromFills),
    signedText(line.fromFees),
    ...(funded ? [signedText(line.fromFunding)] : []),
    signedText(line.fromCapital),
    amountText(line.total),
  ])
  return [...table([header, ...rows], [1, 2, 3, 4, 5, 6]), ...view.position.sides.map((side) => positionLine(view, side))]
}

function positionLine({ instrument }: SummaryView, position: SummaryView['position']['sides'][number]): string {
  const side = position.side === 'net' ? '' : ` (${position.side})`
  const average = position.averagePrice === null ? '' : ` at ${plainText(position.averagePrice)} on average`
  const before = position.before === '0' ? '' : `, ${plainText(position.before)} before`
  const dust = position.endDust === '0' ? '' : ` (${plainText(position.endDust)} of it dust)`
  return (
    `position${side} ${plainText(position.end)} ${instrument.quantityAsset}${average}${before}: ${plainText(position.endInSlots)} in slots, ` +
    `${plainText(position.endQuoted)} quoted, ${plainText(position.endUnassigned)} unassigned${dust}`
  )
}

function orderLines(view: SummaryView): string[] {
  const { orders } = view
  const statuses = Object.entries(orders.byStatus).map(
    ([status, count]) => `${status} ${countText(count)}${status === 'rejected' ? rejectionText(view) : ''}`,
  )
  const { requested, refused, inDoubt } = orders.cancels
  const unsent = orders.prepared - orders.sent
  return [
    `${countText(orders.sent)} sent${unsent === 0 ? '' : `, ${countText(unsent)} prepared, and not known to have been sent`}${statuses.length === 0 ? '' : `: ${statuses.join(', ')}`}`,
    `${plural(requested, 'cancel')} requested, ${countText(refused)} refused, ${countText(inDoubt)} in doubt`,
  ]
}

/** ` (CODE ×2, OTHER ×1)`, or nothing where no reason is known. */
export function rejectionText({ orders: { rejections } }: SummaryView): string {
  if (rejections.length === 0) return ''
  return ` (${rejections.map(({ code, count }) => `${oneLine(code)} ×${countText(count)}`).join(', ')})`
}

function quotingLines(view: SummaryView): string[] {
  const { quoting } = view
  if (quoting.bid.quotedTicks + quoting.ask.quotedTicks === 0) return []
  const side = (name: string, figures: QuotingSideSummary): string[] => [
    name,
    countText(figures.quotedTicks),
    figures.withinTwoBpsPercent === null ? UNKNOWN : `${rounded(figures.withinTwoBpsPercent)}%`,
    figures.withinTwoBpsPercentOfQuoted === null ? UNKNOWN : `${rounded(figures.withinTwoBpsPercentOfQuoted)}%`,
    rounded(figures.meanBps),
    rounded(figures.medianBps),
    ...Object.values(figures.histogram).map(countText),
  ]
  const header = ['', 'quoted', '≤2 bps of all', 'of quoted', 'mean', 'median', '0-2', '2-5', '5-10', '10+']
  return [
    ...table([header, side('bid', quoting.bid), side('ask', quoting.ask)], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    `of ${plural(quoting.ticks, 'tick')}`,
  ]
}

function rounded(text: string | null): string {
  return text === null ? UNKNOWN : amountText(text, 2)
}

function tradeLines(view: SummaryView): string[] {
  const { trades } = view
  if (trades.count === 0) return []
  const shown = trades.list.slice(0, MOST_TRADES_SHOWN)
  const header = ['slot', 'side', 'size', 'entry', 'exit', 'realised', 'held', 'legs', 'stage']
  const rows = shown.map((trade) => [
    `${trade.slotId}#${trade.trade}`,
    trade.side,
    plainText(trade.entryQuantity),
    trade.entryPrice === null ? UNKNOWN : plainText(trade.entryPrice),
    trade.exitPrice === null ? UNKNOWN : plainText(trade.exitPrice),
    signedText(trade.realizedPnl),
    trade.heldUs === null ? UNKNOWN : durationText(trade.heldUs),
    trade.legs.map((leg) => `${leg.ratio}${leg.reason === null ? '' : ` ${oneLine(leg.reason)}`}`).join(', '),
    trade.stage,
  ])
  const left = trades.count - shown.length
  return [
    `${plural(trades.count, 'trade')}: ${tradeCounts(view)}; realised ${signedText(trades.realizedPnl)} ${view.pnl.asset} before fees`,
    ...table([header, ...rows], [2, 3, 4, 5, 6]),
    ...(left > 0 ? [`and ${countText(left)} earlier`] : []),
  ]
}

/** Every trade is in exactly one of these. */
function tradeCounts({ trades }: SummaryView): string {
  const even = trades.closed - trades.won - trades.lost
  const outcomes = [`${countText(trades.won)} won`, `${countText(trades.lost)} lost`, ...(even === 0 ? [] : [`${countText(even)} even`])]
  const counts = [`${countText(trades.closed)} closed (${outcomes.join(', ')})`]
  if (trades.open > 0) counts.push(`${countText(trades.open)} open`)
  if (trades.notEntered > 0) counts.push(`${countText(trades.notEntered)} not entered`)
  return counts.join(', ')
}

function riskLines(view: SummaryView): string[] {
  return view.risk.events.map((event) => {
    const value =
      event.value === null ? '' : ` ${oneLine(event.value)}${event.limit === null ? '' : ` against a limit of ${oneLine(event.limit)}`}`
    return `${timeText(event.timeUs)} ${event.severity} ${event.code}${value}: ${oneLine(event.detail)}`
  })
}

function limitLines(view: SummaryView): string[] {
  const { limits, instrument } = view
  const amount = (text: string, unit = instrument.quote): string => (text === '0' ? 'none' : `${amountText(text)} ${unit}`)
  const count = (most: number): string => (most === 0 ? 'no limit' : `at most ${countText(most)}`)
  return table([
    ['largest exposure', amount(limits.maxExposure)],
    ['largest position', amount(limits.maxPosition, instrument.quantityAsset)],
    ['largest loss of the session', amount(limits.maxSessionLoss)],
    ['largest order', amount(limits.maxOrderNotional)],
    ['largest leverage', limits.maxLeverage === '0' ? 'none' : `${plainText(limits.maxLeverage)}×`],
    ['distance from the mid', amount(limits.priceCollarBps, 'bps')],
    ['open orders', count(limits.maxOpenOrders)],
    ['orders a second', count(limits.maxOrdersPerSecond)],
    ['cancels a second', count(limits.maxCancelsPerSecond)],
    ['stale feed', limits.staleFeedUs === 0 ? 'no limit' : `after ${durationText(limits.staleFeedUs)}`],
  ])
}

function feedLines(view: SummaryView): string[] {
  const { feed } = view
  const source = sourceText(view)
  if (feed.events === null) return [`${source}: not reported`]
  const span =
    feed.firstTimeUs === null || feed.lastTimeUs === null
      ? ''
      : `, from ${timeText(feed.firstTimeUs)} over ${durationText(feed.lastTimeUs - feed.firstTimeUs)}`
  const cut = feed.truncated === true ? ', breaks off before its end' : ''
  return [
    `${source}: ${plural(feed.events, 'event')}, ${plural(feed.gaps ?? 0, 'gap')}, ${plural(feed.badLines ?? 0, 'bad line')}, ` +
      `${countText(feed.skipped ?? 0)} skipped${span}${cut}`,
  ]
}

function checkLines(view: SummaryView): string[] {
  const { drift, findings, leftOut } = view.checks
  const every = leftOut.length === 0 ? 'every total' : 'every total that could be checked'
  const agreed = `${every} agrees: postings balance, profit, fees, position and inventory come out the same from fills and postings`
  return [
    ...(drift ? findings.map(({ what, expected, found }) => `DRIFT ${what}: ${expected} against ${found}`) : [agreed]),
    ...leftOut.map(({ what, why }) => `not checked: ${what}, because ${why}`),
  ]
}
