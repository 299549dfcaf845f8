// The parts of an explanation about the session itself: what ran where, within which limits, and what proves its figures. Words only.

import { namedWords, type Part } from './document.ts'
import { amountText, countText, durationText, oneLine, plainText, timeText } from './format.ts'
import type { SummaryView } from './summary-view.ts'

type Words = readonly [name: string, words: string]

export function sessionParts(view: SummaryView): Part[] {
  return [{ title: 'Session', blocks: [namedWords(sessionRows(view))] }]
}

export function limitParts(view: SummaryView): Part[] {
  return [{ title: 'Limits in force', blocks: [namedWords(limitRows(view))] }]
}

export function journalParts(view: SummaryView): Part[] {
  const { firstSeq, lastSeq, hash } = view.journal
  return [
    { title: 'Journal', blocks: [{ lines: [`facts ${firstSeq} to ${lastSeq}, chain hash ${hash}`] }] },
    { title: 'Checks', blocks: [{ lines: checkLines(view) }] },
  ]
}

function sessionRows(view: SummaryView): Words[] {
  const { instrument, time } = view
  const { symbol, kind, tickSize, lotSize, origin } = instrument
  const ended =
    time.endedAtUs === null
      ? 'not written'
      : `${timeText(time.endedAtUs)} UTC, after ${durationText(time.ranUs)} of ${durationText(time.durationUs)}`
  return [
    ['account', `${oneLine(view.account)} (${placeText(view)})`],
    ['strategy', oneLine(view.strategy)],
    ['instrument', `${oneLine(symbol)}, ${kind}, tick ${tickSize}, lot ${lotSize} (${originText(origin)})`],
    ['feed', feedText(view)],
    ['started', `${timeText(time.startedAtUs)} UTC${isRehearsed(view) ? ' of session time' : ''}`],
    ['ended', ended],
    ...(time.startedWallUs === null ? [] : [['run on', `${timeText(time.startedWallUs)} UTC${wallSpan(time)}`] as const]),
  ]
}

/** Paper trading happens in the session's own time and on a feed of our choosing; everything else, in the world. */
function isRehearsed({ mode }: SummaryView): boolean {
  return mode === 'paper'
}

/** Where the market came from; what happened in the world had no seed. */
function feedText(view: SummaryView): string {
  return isRehearsed(view) ? `${sourceText(view)}, seed ${view.seed}` : sourceText(view)
}

export function sourceText(view: SummaryView): string {
  const source = oneLine(view.feed.source)
  return isRehearsed(view) ? source : `${source} ${oneLine(view.instrument.symbol)} (live)`
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

function limitRows(view: SummaryView): Words[] {
  const { limits, instrument } = view
  const amount = (text: string, unit = instrument.quote): string => (text === '0' ? 'none' : `${amountText(text)} ${unit}`)
  const since = limits.drawdownSince === null ? '' : `, peaks since ${limits.drawdownSince} (UTC)`
  const count = (most: number): string => (most === 0 ? 'no limit' : `at most ${countText(most)}`)
  const after = (us: number): string => (us === 0 ? 'no limit' : `after ${durationText(us)}`)
  const venueRows: Words[] = [
    ['venue without an answer', after(limits.venueSilenceUs)],
    ['venue without its stream', after(limits.venueStreamUs)],
    ['account not to be seen', after(limits.venueAccountUs)],
    [
      'calls without an answer',
      limits.maxVenueFailuresPercent === '0' ? 'no limit' : `at most ${plainText(limits.maxVenueFailuresPercent)}%`,
    ],
  ]
  return [
    ['largest exposure', amount(limits.maxExposure)],
    ['largest position', amount(limits.maxPosition, instrument.quantityAsset)],
    ['largest loss of the session', amount(limits.maxSessionLoss)],
    ['deepest fall below the peak', `${amount(limits.maxDrawdown)}${since}`],
    ['largest order', amount(limits.maxOrderNotional)],
    ['largest leverage', limits.maxLeverage === '0' ? 'none' : `${plainText(limits.maxLeverage)}×`],
    ['distance from the mid', amount(limits.priceCollarBps, 'bps')],
    ['open orders', count(limits.maxOpenOrders)],
    ['orders a second', count(limits.maxOrdersPerSecond)],
    ['cancels a second', count(limits.maxCancelsPerSecond)],
    ['stale feed', after(limits.staleFeedUs)],
    ...(isRehearsed(view) ? [] : venueRows),
  ]
}

function checkLines(view: SummaryView): string[] {
  const { drift, findings, leftOut } = view.checks
  const isSame = view.shutdown.inventoryDrift === '0'
  const every = leftOut.length === 0 ? 'every total' : 'every total that could be checked'
  const agreed = `${every} agrees: postings balance, profit, fees, position and inventory come out the same from fills and postings`
  return [
    ...(drift ? findings.map(({ what, expected, found }) => `DRIFT ${what}: ${expected} against ${found}`) : [agreed]),
    ...(isSame ? ['at its end, what the session held in memory, and its value, were what the tables say'] : []),
    ...leftOut.map(({ what, why }) => `not checked: ${what}, because ${why.replace(/^The /, 'the ').replace(/\.$/, '')}`),
  ]
}
