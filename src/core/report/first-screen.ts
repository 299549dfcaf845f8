// The four answers that people come for: did it work, what did it earn and why, what went wrong. Words only, for every kind of output.

import { type HaltVerdict, haltWords } from '../halt-reasons.ts'
import { decimalPlacesOf, formatDecimal, readDecimal, sub } from '../kernel/decimal.ts'
import { alarmText, nextText, ORDER_LEFT_OPEN, TAKE_BACK } from './alarm-words.ts'
import { negated } from './document.ts'
import { wrongDoubt } from './doubt-text.ts'
import { amountText, countText, durationText, oneLine, plainText, plural } from './format.ts'
import { betweenLines, feeText } from './money-parts.ts'
import { rejectionText } from './operation-parts.ts'
import { quotingSentence } from './quoting-parts.ts'
import { alikeAmounts, type SentenceAmounts, sentenceAmounts } from './sentence-amounts.ts'
import { placeText } from './session-parts.ts'
import { amountsForSums, type ShownSum, showsSum } from './shown-sums.ts'
import { wrongFindings } from './summary-findings.ts'
import type { SummaryView } from './summary-view.ts'
import { tradesSentence } from './trade-parts.ts'

export interface Answer {
  readonly question: 'Did it work' | 'Earned' | 'Open now' | 'Left open' | 'Why' | 'Went wrong'
  readonly lines: readonly string[]
}

/** More than this would push the answers off the screen; all of it stands in the sections. */
const MOST_WRONG = 9

export function titleOf(view: SummaryView): string {
  return `Session ${oneLine(view.sessionId)}: ${oneLine(view.strategy)} on ${oneLine(view.instrument.symbol)}, ${placeText(view)}`
}

/** Questions with nothing to answer are left out. */
export function firstScreen(view: SummaryView): Answer[] {
  const answers: Answer[] = [
    { question: 'Did it work', lines: [workedText(view)] },
    { question: 'Earned', lines: earnedLines(view) },
    { question: view.running ? 'Open now' : 'Left open', lines: leftOpenLines(view) },
    { question: 'Why', lines: whyLines(view) },
    { question: 'Went wrong', lines: wrongLines(view) },
  ]
  return answers.filter(({ lines }) => lines.length > 0)
}

function workedText(view: SummaryView): string {
  const { ranUs, durationUs } = view.time
  const ran = `ran ${durationText(ranUs)} of ${durationText(durationUs)}`
  if (view.running) return `It is still running (pid ${view.pid}), ${durationText(ranUs)} of ${durationText(durationUs)} so far.`
  if (view.haltReason === null)
    return `No, it did not end properly: it crashed, after ${durationText(ranUs)} of ${durationText(durationUs)}.`
  if (feedWasEmpty(view))
    return `No, its feed ended before the first tick (feed_ended): it ran ${durationText(ranUs)} of ${durationText(durationUs)}, judged nothing and traded nothing.`
  const { verdict, means, rest } = haltWords(view.haltReason, view.haltDetail)
  const detail = rest === null ? '' : ` ${begun(oneLine(rest))}.`
  const ended = capitalised(VERDICT_WORDS[verdict] + means)
  return `${ended} (${view.haltReason}): ${ran}${cutText(view)}${deniedText(view)}.${detail}`.replace(/\.\.$/, '.')
}

/** Who wanted to trade, and was denied all of it, has not had what was hoped for, whatever the end was. */
function deniedText({ orders, denials }: SummaryView): string {
  return orders.sent === 0 && denials.length > 0 ? '; but every order that was wanted was denied, and none was sent' : ''
}

/** The journal knows nothing of what a recording has beyond the time that was asked for. */
function cutText({ haltReason, mode, feed }: SummaryView): string {
  const isCut = haltReason === 'duration_elapsed' && mode === 'paper' && feed.source !== 'simulated'
  return isCut ? '; a longer --duration plays on, as far as the recording goes' : ''
}

/** A recording so short that no tick was due: nothing was wrong on the way, and nothing was done. */
function feedWasEmpty({ haltReason, quoting }: SummaryView): boolean {
  return haltReason === 'feed_ended' && quoting.ticks === 0
}

const VERDICT_WORDS = { yes: 'Yes, ', early: '', no: 'No, ' } as const satisfies Record<HaltVerdict, string>

/** A command keeps its name as it is typed. */
function begun(text: string): string {
  return /^dita\b/.test(text) ? text : capitalised(text)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function earnedLines(view: SummaryView): string[] {
  const { pnl } = view
  const others = Object.entries(pnl.feesByAsset).filter(([asset]) => asset !== pnl.asset)
  const { text, signed, addsUp } = earnedAmounts(
    view,
    others.flatMap(([asset]) => pnl.feeValuesByAsset[asset] ?? []),
  )
  const net = pnl.net === null ? 'not known' : `${addsUp ? '' : 'about '}${signed(pnl.net)} ${pnl.asset}`
  // Profit is in the quote, unless the instrument pays it in something else.
  const where = pnl.net === null && pnl.asset !== view.instrument.quote ? ` in ${pnl.asset}` : ''
  const elsewhere = others.map(([asset, fee]) => ` and ${amountText(fee)} ${asset}${feeText(view, asset, text)}`)
  const fees = `fees ${text(pnl.fees)}${elsewhere.length === 0 ? '' : ` ${pnl.asset}${elsewhere.join('')}`}`
  const funding = pnl.funding === '0' ? '' : `, funding ${signed(pnl.funding)}`
  const parts = `realised ${signed(pnl.realized)}, unrealised ${unrealizedText(view, { text, signed })}, ${fees}${funding}`
  return [`${net}${where} by trading, net of fees: ${parts}`, ...returnLines(view), ...(view.between.fills === 0 ? [] : betweenLines(view))]
}

/** Of the net and what it is made of, and of what was open at both ends; `values` are what fees in other assets were worth. */
function earnedAmounts(view: SummaryView, values: readonly string[]): SentenceAmounts {
  const { net, realized, fees, funding, unrealized, unrealizedBefore } = view.pnl
  const change = unrealizedChange(view)
  const ends = endsSum(view)
  const opens = ends === null && change !== null ? [change] : [unrealized, unrealizedBefore].filter((amount) => amount !== null)
  const parts = net === null || change === null ? null : [realized, change, ...[fees, ...values].map(negated), funding]
  if (net === null || parts === null) {
    const others = [fees, funding, ...values, ...opens, ...(change === null ? [] : [change])]
    return amountsForSums(sentenceAmounts(realized, { others }), [realized, ...others], ends === null ? [] : [ends])
  }
  const made = { total: net, parts }
  const first = sentenceAmounts(net, { parts, others: opens })
  const amounts = amountsForSums(first, [net, ...parts, ...opens], ends === null ? [made] : [made, ends])
  return { ...amounts, addsUp: showsSum(made, amounts.text) }
}

/** The change of what is open, from what it was at the start; null where either end is not known, or nothing was open then. */
function endsSum(view: SummaryView): ShownSum | null {
  const { unrealized, unrealizedBefore } = view.pnl
  const total = unrealizedChange(view)
  return total === null || unrealized === null || unrealizedBefore === null || unrealizedBefore === '0'
    ? null
    : { total, parts: [unrealized], less: [unrealizedBefore] }
}

/** What the session did to what is open: what was so when it began is none of its doing. */
function unrealizedChange({ pnl: { unrealized, unrealizedBefore } }: SummaryView): string | null {
  if (unrealized === null || unrealizedBefore === null) return null
  return formatDecimal(sub(readDecimal(unrealized), readDecimal(unrealizedBefore)))
}

function unrealizedText(view: SummaryView, { text, signed }: Pick<SentenceAmounts, 'text' | 'signed'>): string {
  const { unrealized, unrealizedBefore } = view.pnl
  const change = unrealizedChange(view)
  const ends = endsSum(view)
  if (ends !== null && unrealized !== null && unrealizedBefore !== null) {
    const about = showsSum(ends, text) ? '' : 'about '
    const end = view.running ? 'now' : 'at the end'
    return `${signed(ends.total)} (from ${about}${signed(unrealizedBefore)} at the start to ${signed(unrealized)} ${end})`
  }
  if (change !== null) return signed(change)
  const before = unrealizedBefore === null ? ' (what was open at the start has no known price)' : ''
  return `${unrealized === null ? 'no mark' : signed(unrealized)}${before}`
}

/** What that is of the money it was made with, and how deep it fell on the way; nothing where nothing was traded. */
function returnLines({ returns, drawdown, fills, position, equity }: SummaryView): string[] {
  if (fills.count === 0 && position.before === '0') return []
  // What is earned by trading and what the account returns differ where coins lie beside the positions.
  const fromHoldings = equity.fromHoldings === '0' || returns.timeWeightedPercent === null ? null : equity.fromHoldings
  const amounts = alikeIn([fromHoldings, drawdown.amount])
  const shares = alikeIn([returns.timeWeightedPercent, drawdown.amount === '0' ? null : drawdown.percent])
  const held =
    fromHoldings === null ? '' : `beside it, prices moved what is held by ${amounts.signed(fromHoldings)} ${drawdown.asset}: with that, `
  const earned = returns.timeWeightedPercent === null ? [] : [`${held}return ${shares.signed(returns.timeWeightedPercent)}%`]
  const isSame = drawdown.percentPeakAtUs === drawdown.peakAtUs && drawdown.percentTroughAtUs === drawdown.troughAtUs
  // Equity is told less the capital that was moved, and a share of that would be one of another thing.
  const of = !isSame ? 'at the deepest in percent' : returns.periods === 1 ? 'of the peak' : 'of what was there'
  const share = drawdown.percent === null ? '' : ` (${shares.text(drawdown.percent)}% ${of})`
  const fall =
    drawdown.amount === null
      ? []
      : [drawdown.amount === '0' ? 'never below its peak' : `deepest fall ${amounts.text(drawdown.amount)} ${drawdown.asset}${share}`]
  const parts = [...earned, ...fall]
  return parts.length === 0 ? [] : [parts.join(', ')]
}

function alikeIn(amounts: readonly (string | null)[]): SentenceAmounts {
  const [first = '0', ...others] = amounts.filter((amount) => amount !== null)
  return sentenceAmounts(first, { others })
}

/** What the session leaves behind; nothing for one that ends flat. */
function leftOpenLines(view: SummaryView): string[] {
  const { position, trades, instrument } = view
  const parts: string[] = []
  const open = position.sides.filter(({ end }) => end !== '0')
  if (open.length > 0 && instrument.kind === 'spot' && position.end.startsWith('-')) parts.push(soldText(view))
  else if (open.length > 0) {
    const value = position.endValue === null ? 'no price known' : `≈ ${amountText(position.endValue, 2)} ${instrument.quote} at the mark`
    // The quantity of inverse contracts is their worth in quote already.
    const worth = instrument.quantityAsset === instrument.base ? value : `cost ${amountText(position.cost)} ${instrument.settle}`
    const sides = open.map(({ side, end }) => `${side === 'net' ? '' : `${side} `}${plainText(end)} ${instrument.quantityAsset}`)
    parts.push(`${sides.join(' and ')} (${worth})`)
  }
  if (trades.open > 0) parts.push(`${plural(trades.open, 'trade')} open`)
  return parts.length === 0 ? [] : [parts.join(', ')]
}

/** On a spot market nobody is short: who has sold more than bought has less of what was held. */
function soldText({ position, instrument, inventory }: SummaryView): string {
  const value =
    position.endValue === null ? 'no price known' : `≈ ${amountText(position.endValue.replace('-', ''), 2)} ${instrument.quote} at the mark`
  const held = inventory.find(({ asset }) => asset === instrument.quantityAsset)?.total
  const left = held === undefined ? '' : `; ${plainText(held)} ${instrument.quantityAsset} are held`
  const since = position.before === '0' ? '' : ', with the sessions before it'
  return `sold ${plainText(position.end.replace('-', ''))} ${instrument.quantityAsset} more than was bought${since} (${value})${left}`
}

/** Of quantities. */
const EXACT = { most: 8, fewest: 0 } as const
/** An average lies between two ticks: so many decimals more than a price has say where, and the tables have all of them. */
const MORE_FOR_AN_AVERAGE = 2

function whyLines(view: SummaryView): string[] {
  const { fills, instrument } = view
  if (fills.count === 0) return ['nothing was traded']
  const inferred = fills.inferred === 0 ? '' : `, ${countText(fills.inferred)} inferred`
  const traded = [fills.bought, fills.sold].filter(({ averagePrice }) => averagePrice !== null)
  const quantities = alikeAmounts(
    traded.map(({ quantity }) => quantity),
    EXACT,
  )
  const most = Math.min(decimalPlacesOf(readDecimal(instrument.tickSize)) + MORE_FOR_AN_AVERAGE, EXACT.most)
  const prices = alikeAmounts(
    traded.map(({ averagePrice }) => averagePrice ?? '0'),
    { most, fewest: 0 },
  )
  const side = (verb: string, { quantity, averagePrice }: SummaryView['fills']['bought']): string =>
    averagePrice === null
      ? `${verb} nothing`
      : `${verb} ${quantities.text(quantity)} ${instrument.quantityAsset} at ${prices.text(averagePrice)} on average`
  const sentences = [attributionSentence(view), tradesSentence(view), quotingSentence(view)]
  return [
    ...sentences.filter((sentence) => sentence !== null),
    ...lateLines(view),
    `${plural(fills.count, 'fill')} (${countText(fills.maker)} maker, ${countText(fills.taker)} taker${inferred}) from ${ordersText(view)}`,
    `${side('bought', fills.bought)}, ${side('sold', fills.sold)}`,
  ]
}

/** What was prepared and not known to be sent may have left all the same: who counts orders elsewhere counts those too. */
function ordersText({ orders: { sent, prepared } }: SummaryView): string {
  const unsent = prepared - sent
  const more = unsent <= 0 ? '' : ` (${countText(unsent)} more ${unsent === 1 ? 'was' : 'were'} prepared, and not known to have been sent)`
  return `${plural(sent, 'order')}${more}`
}

/** So that nobody takes a mark of another time for what the market thought of a fill. */
function lateLines({ fills: { late } }: SummaryView): string[] {
  if (late === 0) return []
  const text = late === 1 ? '1 fill was booked later than it happened' : `${countText(late)} fills were booked later than they happened`
  return [`${text}: the spread and the moves of prices are told apart at the mark of the booking, their sum is right`]
}

/** What the result is made of; parts that are nothing are not told. Null where it is not known. */
function attributionSentence({ attribution }: SummaryView): string | null {
  const { result, asset, spreadCapture, revaluation, holdings, fees, networkFees, funding } = attribution
  if (result === null || attribution.why !== null) return null
  const parts = [
    ['from the spread', spreadCapture],
    ['from the moves of prices on what was held', revaluation],
    ['on what is held beside positions', holdings],
    ['fees', fees === null ? null : negated(fees)],
    ['network fees', networkFees === null ? null : negated(networkFees)],
    ['funding', funding],
  ] as const
  const told = parts.flatMap(([name, amount]) => (amount === null || amount === '0' ? [] : [{ name, amount }]))
  if (told.length === 0) return null
  const { signed, addsUp } = sentenceAmounts(result, { parts: told.map(({ amount }) => amount) })
  const aside = attribution.netCapitalFlow === '0' ? '' : ', capital aside'
  const moved = `equity moved by ${addsUp ? '' : 'about '}${signed(result)} ${asset}${aside}`
  return `${moved}: ${told.map(({ name, amount }) => `${signed(amount)} ${name}`).join(', ')}`
}

/** Everything a person should look into, worst first. */
function wrongLines(view: SummaryView): string[] {
  const lines = allWrongLines(view)
  if (lines.length === 0) {
    if (feedWasEmpty(view))
      return [
        `the feed brought ${plural(view.feed.events ?? 0, 'event')}, and a tick is due ${durationText(view.time.tickIntervalUs)} after the start`,
      ]
    return [endedWell(view) ? 'nothing that was noticed' : 'nothing beside how it ended']
  }
  const left = lines.length - MOST_WRONG
  return left > 0 ? [...lines.slice(0, MOST_WRONG), `and ${plural(left, 'thing')} more; see --section operation`] : lines
}

/** Whether nothing is wrong with how it ended: somebody who ends a session gives no reason, and a gate or a failure is one. */
function endedWell({ running, haltReason, haltDetail }: SummaryView): boolean {
  if (running) return true
  if (haltReason === null) return false
  const { verdict, word, rest } = haltWords(haltReason, haltDetail)
  return verdict === 'yes' || (word === 'ended' && rest === null)
}

function allWrongLines(view: SummaryView): string[] {
  const { checks, feed, denials } = view
  const lines: string[] = []
  if (checks.drift)
    lines.push(`DRIFT: ${plural(checks.findings.length, 'total')} computed in two ways differ; see Checks (--section journal)`)
  if (view.haltReason === null && !view.running) lines.push('no end was written')
  lines.push(...liveLines(view), ...alarmLines(view))
  lines.push(...wrongFindings(view))
  lines.push(...wrongDoubt(view))
  const { rejected: refused = 0 } = view.orders.byStatus
  if (refused > 0) lines.push(`${plural(refused, 'order')} rejected by the venue${rejectionText(view)}`)
  if (denials.length > 0) {
    const total = denials.reduce((sum, denial) => sum + denial.count, 0)
    lines.push(`${plural(total, 'intent')} denied: ${denials.map((denial) => `${denial.code} ×${countText(denial.count)}`).join(', ')}`)
  }
  if ((feed.gaps ?? 0) > 0) lines.push(`${plural(feed.gaps ?? 0, 'gap')} in the feed`)
  if ((feed.badLines ?? 0) > 0) lines.push(`${plural(feed.badLines ?? 0, 'line')} of the recording could not be read`)
  if (feed.truncated === true) lines.push('the recording breaks off before its end')
  return lines
}

/** While it runs its orders are its own matter; after that they are the first thing to see to. */
function liveLines({ orders, running, mode }: SummaryView): string[] {
  if (running || orders.liveNow === 0) return []
  return [`${plural(orders.liveNow, 'order')} may still rest at the venue: ${nextText(TAKE_BACK, mode === 'live')}`]
}

/** A line each, alarms first; what was left open is told by what became of it. */
function alarmLines({ risk, orders, mode }: SummaryView): string[] {
  const told = risk.counts.filter(({ code }) => code !== ORDER_LEFT_OPEN)
  const linesOf = (severity: string): string[] =>
    told.filter((row) => row.severity === severity).map((row) => `${severity}: ${alarmText(row, mode === 'live')}`)
  const left = risk.counts.find(({ code }) => code === ORDER_LEFT_OPEN)
  const since = orders.liveNow === 0 ? '; none is any more' : ''
  const leftText =
    left === undefined
      ? []
      : [`${plural(left.count, 'order')} ${left.count === 1 ? 'was' : 'were'} live at the end (${ORDER_LEFT_OPEN})${since}`]
  return [...leftText, ...linesOf('alarm'), ...linesOf('warning')]
}
