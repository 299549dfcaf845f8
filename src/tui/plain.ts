// The live screen's twin where there is no terminal: one plain line per event worth a line, each with its time and a
// word to search for, in order of time. Compares each model with the one before; decides nothing, draws nothing, keeps no history.

import { haltWords } from '../core/halt-reasons.ts'
import type { DoubtModel, FillModel, MessageModel, SessionViewModel } from '../core/session/view-model.ts'
import { doubtCounts, doubtText } from './alarms.ts'
import { formatClock, formatDateTime, formatDuration, formatShare, progressShare, withSign } from './format.ts'
import { escapeText, fitNumber, wholeWidth } from './text.ts'
import { clockKind, feedText, latencyText, offsetText, recoveryText } from './venue-words.ts'

/** A line of progress for each tenth of the duration: in a long session at least for every hour, in a short one at most each second. */
const PROGRESS_STEPS = 10
const LONGEST_STEP_US = 3_600_000_000
const SHORTEST_STEP_US = 1_000_000
/** As many messages as a model carries at most. */
const MESSAGES_IN_MODEL = 200
/** Of more than these only how many there are is said: each has its own message too. */
const MOST_DOUBTS_SAID = 3
const WORD_WIDTH = 8
/** Usual amounts take no more, so that fills stand in columns; what is exact to eighteen decimals is in the summary. */
const DEAL_WIDTH = 6
const FEE_WIDTH = 7
const PNL_WIDTH = 8

export interface PlainOutputOptions {
  /** Takes one line without its line feed. */
  readonly write: (line: string) => void
  /** Whether each fill is worth a line, as it is without this; how many there were is in every line of progress. */
  readonly fills?: boolean
}

export interface PlainOutput {
  publish(model: SessionViewModel): void
  /** Whether a line of progress is due at this session time: it is exact only with a model of that moment. */
  isDue(nowUs: number): boolean
  /** Ends the output: what is published afterwards is not written. May be called again. */
  close(): void
}

interface Line {
  readonly timeUs: number
  readonly word: string
  readonly text: string
}

type Say = (timeUs: number, word: string, text: string) => void

export function createPlainOutput({ write, fills = true }: PlainOutputOptions): PlainOutput {
  let before: SessionViewModel | null = null
  let progress = 0
  let lastUs = Number.NEGATIVE_INFINITY
  let closed = false
  const writeLine = ({ timeUs, word, text }: Line): void => {
    // What is heard of late stands where it was heard, and says when it was.
    const late = timeUs < lastUs ? `(${formatClock(timeUs)}) ` : ''
    lastUs = Math.max(lastUs, timeUs)
    write(`${formatClock(lastUs)}  ${word.padEnd(WORD_WIDTH)}  ${late}${escapeText(text)}`)
  }
  return {
    publish(model) {
      if (closed) return
      const lines: Line[] = []
      const say: Say = (timeUs, word, text) => lines.push({ timeUs, word, text })
      const now = { ...model, nowUs: timeOf(model, lastUs) }
      if (before === null) sayStart(now, say)
      sayLimits(before, now, say)
      sayVenue(before, now, say)
      sayEvents(before, now, say, fills)
      sayDoubts(before, now, say)
      progress = sayProgress(progress, now, say)
      sayPhase(before, now, say)
      // What happened since comes before how it stands now. The sort is stable: what is of one time keeps its order.
      lines.sort((a, b) => a.timeUs - b.timeUs)
      for (const line of lines) writeLine(line)
      before = model
    },
    isDue: (nowUs) => before !== null && progressStep(before, nowUs - before.startedAtUs) > progress,
    close() {
      closed = true
    },
  }
}

/**
 * As of when a model's state is told: never before what it tells happened. While a session starts, its messages carry the world's time,
 * and its own, which the model has, has not begun.
 */
function timeOf({ nowUs, messages, fills }: SessionViewModel, lastUs: number): number {
  return Math.max(nowUs, lastUs, messages[0]?.timeUs ?? 0, fills[0]?.timeUs ?? 0)
}

function sayStart(model: SessionViewModel, say: Say): void {
  const { startedAtUs, durationUs } = model
  const kind = clockKind(model)
  const started = `starts at ${formatDateTime(startedAtUs)} UTC${kind === null ? '' : `, ${kind.word} time,`}`
  const stepUs = progressStepUs(durationUs)
  const rhythm = stepUs === null ? '' : `; progress every ${formatDuration(stepUs)}`
  say(startedAtUs, 'session', `${model.sessionId} ${started} and runs ${formatDuration(durationUs)}${rhythm}`)
  say(startedAtUs, 'trades', `${model.instrument} (${model.instrumentKind}) with ${model.strategy}`)
  say(startedAtUs, 'venue', `${model.venue}, ${model.mode} mode, account ${model.account}`)
  say(startedAtUs, 'feed', feedText(model))
}

/** A limit is said when it is first seen and whenever it changes: what is said are the limits in force. */
function sayLimits(before: SessionViewModel | null, model: SessionViewModel, say: Say): void {
  const known = new Map(before?.limits.map(({ name, limit }) => [name, limit]))
  for (const { name, limit } of model.limits) if (known.get(name) !== limit) say(model.nowUs, 'limit', `${name} ${limit}`)
}

/** How the venue in the world answers: when it is first known, and whenever it changes between well and ill. */
function sayVenue(before: SessionViewModel | null, { recovery, venueHealth, nowUs }: SessionViewModel, say: Say): void {
  if (venueHealth !== null && before?.venueHealth?.state !== venueHealth.state) {
    say(nowUs, 'venue', `${venueHealth.state}, ${latencyText(venueHealth)}, clock ${offsetText(venueHealth)}`)
  }
  if (recovery !== null && (before?.recovery ?? null) === null) say(nowUs, 'recovery', recoveryText(recovery))
}

/** Said whenever one comes or goes; each that is new is said by itself. */
function sayDoubts(before: SessionViewModel | null, model: SessionViewModel, say: Say): void {
  const { doubts, nowUs } = model
  const known = new Set(before?.doubts.map(doubtKey))
  const fresh = doubts.filter((doubt) => !known.has(doubtKey(doubt)))
  if (fresh.length === 0 && known.size === doubts.length) return
  const counts = doubtCounts(doubts)
  const each = fresh.slice(0, MOST_DOUBTS_SAID).map(doubtText).join(' · ')
  say(
    nowUs,
    'doubt',
    counts === null ? `none any more: ${knownText(before?.doubts ?? [], model)}` : `${counts}${each === '' ? '' : `: ${each}`}`,
  )
}

/** That a cancel is no doubt any more may mean that it was refused, or never left: its order is known then, and rests. */
function knownText(doubts: readonly DoubtModel[], { orders }: SessionViewModel): string {
  const live = new Set(orders.map(({ clientOrderId }) => clientOrderId))
  const resting = doubts.filter(({ status, clientOrderId }) => status === 'cancel' && live.has(clientOrderId))
  if (resting.length === 0) return 'all orders are known'
  const ids = resting.slice(0, MOST_DOUBTS_SAID).map(({ clientOrderId }) => clientOrderId)
  const more = resting.length > ids.length ? ` and ${resting.length - ids.length} more` : ''
  return resting.length === 1
    ? `the cancel of ${ids[0]} did nothing, and the order still rests`
    : `the cancels of ${ids.join(', ')}${more} did nothing, and the orders still rest`
}

function doubtKey({ clientOrderId, status }: DoubtModel): string {
  return `${clientOrderId} ${status}`
}

/** Of one time, the fill comes before what it led to. */
function sayEvents(before: SessionViewModel | null, model: SessionViewModel, say: Say, withFills: boolean): void {
  const lines = [...(withFills ? freshFills(before, model) : []), ...freshMessages(before, model)]
  for (const { timeUs, word, text } of lines) say(timeUs, word, text)
}

function freshMessages(before: SessionViewModel | null, model: SessionViewModel): Line[] {
  const known = new Set(before?.messages.map(messageKey))
  const fresh = model.messages.filter((message) => !known.has(messageKey(message))).reverse()
  const lines = fresh.map(({ timeUs, severity, text }) => ({ timeUs, word: severity, text }))
  if (fresh.length < MESSAGES_IN_MODEL || known.size === 0) return lines
  return [{ timeUs: fresh[0]?.timeUs ?? model.nowUs, word: 'info', text: '… and older messages that no longer fit here' }, ...lines]
}

function messageKey({ timeUs, severity, text }: MessageModel): string {
  return `${timeUs} ${severity} ${text}`
}

/** The model carries the newest fills only; the count says how many are missing between two models. */
function freshFills(before: SessionViewModel | null, model: SessionViewModel): Line[] {
  const known = new Set(before?.fills.map(({ tradeId }) => tradeId))
  const fresh = model.fills.filter(({ tradeId }) => !known.has(tradeId)).reverse()
  const lines = fresh.map((fill) => ({ timeUs: fill.timeUs, word: 'fill', text: fillText(fill, model.instrument) }))
  const missing = model.counts.fills - (before?.counts.fills ?? 0) - fresh.length
  if (missing <= 0) return lines
  const text = `… and ${missing} more ${missing === 1 ? 'fill' : 'fills'}`
  return [{ timeUs: fresh[0]?.timeUs ?? model.nowUs, word: 'fill', text }, ...lines]
}

function fillText(fill: FillModel, instrument: string): string {
  const deal = `${fill.side.toLowerCase().padEnd(4)} ${fill.quantity.padStart(DEAL_WIDTH)} ${instrument} @ ${fill.price.padEnd(DEAL_WIDTH)}`
  const fee = `fee ${shortAmount(fill.fee, FEE_WIDTH)} ${fill.feeAsset}`
  const pnl = `pnl ${shortAmount(withSign(fill.realizedPnl), PNL_WIDTH)}`
  // The part before the last dash is the account's or the venue's, and the same in every line.
  const trade = fill.tradeId.slice(fill.tradeId.lastIndexOf('-') + 1)
  return `${deal} ${fill.liquidity.padEnd(5)} ${fee} ${pnl} ${fill.role} ${trade === '' ? fill.tradeId : trade}`
}

/** Fewer decimals where there are many; an amount whose whole part is longer stays whole. */
function shortAmount(text: string, width: number): string {
  return fitNumber(text, Math.max(width, wholeWidth(text))).padStart(width)
}

/** From one line of progress to the next; null where nobody knows how long it runs. */
function progressStepUs(durationUs: number): number | null {
  if (!Number.isFinite(durationUs) || durationUs <= 0) return null
  return Math.min(Math.max(durationUs / PROGRESS_STEPS, SHORTEST_STEP_US), LONGEST_STEP_US)
}

/** How many lines of progress were due by then; the end is one, whatever it is from the one before. */
function progressStep({ durationUs }: Pick<SessionViewModel, 'durationUs'>, elapsedUs: number): number {
  const stepUs = progressStepUs(durationUs)
  if (stepUs === null) return 0
  return elapsedUs >= durationUs ? Math.ceil(durationUs / stepUs - 1e-9) : Math.floor(elapsedUs / stepUs + 1e-9)
}

/** Says how far it is where a line is due, and returns how many were. */
function sayProgress(said: number, model: SessionViewModel, say: Say): number {
  const share = progressShare(model.elapsedUs, model.durationUs)
  const step = progressStep(model, model.elapsedUs)
  if (share === null || step <= said) return said
  const { pnl, counts } = model
  const done = `${formatShare(share).padStart(5)}  ${formatDuration(model.elapsedUs)} of ${formatDuration(model.durationUs)}`
  const doubt = doubtCounts(model.doubts)
  const net = pnl.net === null ? 'net not known' : `net ${withSign(pnl.net)} ${pnl.asset}`
  say(
    model.nowUs,
    'progress',
    `${done}  mid ${model.market.mid ?? 'none'}  position ${withSign(model.position.quantity)}  ${net}  fills ${counts.fills}${doubt === null ? '' : `  ${doubt}`}`,
  )
  return step
}

function sayPhase(before: SessionViewModel | null, model: SessionViewModel, say: Say): void {
  if (before?.phase === model.phase) return
  if (model.phase === 'stopping') say(model.nowUs, 'stopping', 'cancelling what rests and waiting for the venue')
  if (model.phase !== 'halted') return
  const { counts } = model
  sayEnd(model, say)
  say(
    model.nowUs,
    'counts',
    `events ${counts.events}  gaps ${counts.gaps}  bad lines ${counts.badLines}  ticks ${counts.ticks}  orders ${counts.ordersSent}  fills ${counts.fills}  denials ${counts.denials}`,
  )
}

/** An end that was meant sounds like one; the reason stands behind it as tables and scripts have it. */
function sayEnd({ nowUs, haltReason, haltDetail }: SessionViewModel, say: Say): void {
  if (haltReason === null) return say(nowUs, 'ended', 'no reason given')
  const { word, short, rest } = haltWords(haltReason, haltDetail)
  say(nowUs, word, `${short}${rest === null ? '' : `: ${rest}`} (${haltReason})`)
}
