// Asks what became of an order, and says it in the kernel's words: fills first, then the venue's last word with its total, so
// that no word is believed before the fills it counts are booked. Fills come from the fill history alone.

import { formatDecimal, max, sub, ZERO } from '../../kernel/decimal.ts'
import type { VenueOrderStatus } from '../port.ts'
import { AnswerFault, type FillRow, type OrderAnswer } from './answers.ts'
import { type Desk, heed, type KnownOrder, measureClock, referenceOf } from './desk.ts'
import { askFills, fillOf, quantitiesOf, sumOf } from './fills.ts'
import { rawText, venueWords } from './raw-text.ts'
import type { Answer } from './rest.ts'
import { statusOf } from './statuses.ts'

/** How often an order may be found alive after an accepted cancel before the cancel counts as without effect. */
const MOST_ALIVE_AFTER_CANCEL = 4
/** The history of an order begins a little before it: times there are cut to whole seconds. */
const HISTORY_LEAD_MS = 2_000
const DAY_MS = 24 * 3_600_000

/** One question at a time for each order; those that come meanwhile are one more question afterwards. */
export async function keepAsking(desk: Desk, order: KnownOrder): Promise<void> {
  if (order.isAsking) {
    order.askAgain = true
    return
  }
  order.isAsking = true
  try {
    do {
      order.askAgain = false
      // What the venue has told of already need not wait for the answer to its placement.
      if (order.venueOrderId === null) await order.placing
      await pace(desk, order)
      if (desk.signal.aborted) return
      await askOnce(desk, order)
    } while (order.askAgain && !desk.signal.aborted)
  } finally {
    order.isAsking = false
  }
}

async function pace({ clock, signal }: Desk, order: KnownOrder): Promise<void> {
  const waitUs = order.askNotBeforeUs - clock.nowUs()
  if (waitUs > 0) await clock.sleep(Math.ceil(waitUs / 1_000), signal)
}

/** What a question came to: `settled` where the venue gave an answer that says something. */
type Outcome =
  | { readonly settled: true; readonly isNews: boolean }
  | { readonly settled: false; readonly raw: string; readonly isFinal?: boolean }

async function askOnce(desk: Desk, order: KnownOrder): Promise<void> {
  const { tuning, clock, signal } = desk
  let raw = 'no answer'
  for (let attempt = 1; attempt <= tuning.questionTries && !signal.aborted; attempt += 1) {
    if (attempt > 1) await clock.sleep(pauseMs(desk, attempt - 2), signal)
    const outcome = await question(desk, order)
    if (outcome.settled) {
      order.isStale = false
      order.strikes = outcome.isNews ? 0 : order.strikes + 1
      restBeforeNext(desk, order)
      return
    }
    raw = outcome.raw
    if (outcome.isFinal === true) break
  }
  if (signal.aborted) return
  order.isStale = true
  order.strikes += 1
  restBeforeNext(desk, order)
  desk.emit({ type: 'UNRECOGNISED', raw, ...referenceOf(order) })
}

function pauseMs({ tuning }: Desk, doublings: number): number {
  return Math.min(tuning.questionPauseMs * 2 ** Math.min(doublings, 10), tuning.longestQuestionPauseMs)
}

/** The more questions bring nothing, the longer until the next: the kernel asks on for as long as it is in doubt. */
function restBeforeNext(desk: Desk, order: KnownOrder): void {
  const pauseUs = order.strikes === 0 ? 0 : pauseMs(desk, order.strikes - 1) * 1_000
  order.askNotBeforeUs = Math.max(order.askNotBeforeUs, desk.clock.nowUs() + pauseUs)
}

async function question(desk: Desk, order: KnownOrder): Promise<Outcome> {
  const first = await fetchOrder(desk, order)
  if (first.kind === 'found') return tellFound(desk, order, first.row)
  if (first.kind === 'unclear') return { settled: false, raw: first.raw, isFinal: first.isFinal }
  // Not there. Proof of absence counts venue time, so the venue is asked for it, and only then for the order again.
  const venueTimeUs = await measureClock(desk, desk.signal)
  if (venueTimeUs === null) return { settled: false, raw: first.raw }
  const second = await fetchOrder(desk, order)
  if (second.kind === 'found') return tellFound(desk, order, second.row)
  if (second.kind === 'unclear') return { settled: false, raw: second.raw, isFinal: second.isFinal }
  desk.emit({ type: 'ORDER_NOT_FOUND', clientOrderId: order.clientOrderId, venueTimeUs })
  return { settled: true, isNews: true }
}

type Fetched =
  | { readonly kind: 'found'; readonly row: OrderAnswer }
  | { readonly kind: 'missing'; readonly raw: string }
  | { readonly kind: 'unclear'; readonly raw: string; readonly isFinal: boolean }

async function fetchOrder(desk: Desk, order: KnownOrder): Promise<Fetched> {
  const { clientOrderId, symbol } = order
  const answer = await desk.rest.call('order', { symbol, clientOrderId }, { signal: desk.signal })
  return readOrder(desk, order, answer)
}

async function readOrder(desk: Desk, order: KnownOrder, answer: Answer): Promise<Fetched> {
  if (answer.kind === 'ok') {
    try {
      const row = desk.answers.order(answer.body)
      const isNamed = row.symbol === order.symbol && (row.clientOrderId === null || row.clientOrderId === order.clientOrderId)
      if (isNamed && !isOlder(order, row)) return { kind: 'found', row }
      if (isNamed)
        desk.notice('alarm', `BingX has an order under the id ${order.clientOrderId} that is older than ours: it is somebody else's.`)
    } catch (error) {
      if (!(error instanceof AnswerFault)) throw error
    }
    return { kind: 'unclear', raw: answer.raw, isFinal: false }
  }
  if (answer.kind !== 'refused') return { kind: 'unclear', raw: answer.raw, isFinal: false }
  const verdict = heed(desk, answer)
  if (verdict.asking === 'gone') return { kind: 'missing', raw: answer.raw }
  if (verdict.asking === 'resync') await measureClock(desk, desk.signal)
  if (verdict.asking === 'in_flight') order.askNotBeforeUs = desk.clock.nowUs() + desk.tuning.cancelSpacingMs * 1_000
  if (verdict.pauseMs !== null) {
    desk.emit({ type: 'RATE_LIMITED', retryAfterMs: verdict.pauseMs, clientOrderId: null, venueOrderId: null })
  }
  return { kind: 'unclear', raw: answer.raw, isFinal: verdict.asking === 'setup' || verdict.asking === 'refused' }
}

/** Clocks differ, and are set. What is older than an order by more is another one. */
const OLDEST_MS = 60_000

/** An id that somebody else has used before is taken: then what is found under it is his. */
function isOlder({ sentMs }: KnownOrder, { createdMs }: OrderAnswer): boolean {
  return sentMs !== null && createdMs !== null && createdMs < sentMs - OLDEST_MS
}

async function tellFound(desk: Desk, order: KnownOrder, found: OrderAnswer): Promise<Outcome> {
  desk.orders.bind(order, found.orderId)
  let row = found
  let isNews = false
  let raw: string | null = null
  for (let attempt = 0; attempt < desk.tuning.questionTries && row.executed > order.reportedFilled; attempt += 1) {
    if (attempt > 0) await desk.clock.sleep(pauseMs(desk, attempt - 1), desk.signal)
    const told = await tellFills(desk, order, row)
    if (told.kind === 'failed') {
      raw = told.raw
      continue
    }
    isNews ||= told.isNews
    if (!told.isAhead) continue
    // More fills than the order counted: its answer is the older of the two.
    const again = await fetchOrder(desk, order)
    if (again.kind === 'found') row = again.row
  }
  const wasOver = order.isOver
  tellStatus(desk, order, row)
  const isBehind = row.executed > order.reportedFilled
  if (isBehind && raw !== null && !isNews) return { settled: false, raw, isFinal: true }
  order.isStale = isBehind
  return { settled: true, isNews: isNews || (order.isOver && !wasOver) }
}

type Told =
  | { readonly kind: 'told'; readonly isNews: boolean; readonly isAhead: boolean }
  | { readonly kind: 'failed'; readonly raw: string }

/** Hands on the fills of an order that were not handed on yet. */
async function tellFills(desk: Desk, order: KnownOrder, row: OrderAnswer): Promise<Told> {
  const untilMs = Math.ceil(desk.rest.time.nowUs() / 1_000) + HISTORY_LEAD_MS
  const fromMs = row.createdMs === null ? untilMs - 6 * DAY_MS : row.createdMs - HISTORY_LEAD_MS
  const { symbol } = order
  const history = await askFills(desk.rest, desk.answers, { symbol, orderId: row.orderId, fromMs, untilMs, signal: desk.signal })
  if ('failure' in history) {
    if (history.failure.kind === 'refused') heed(desk, history.failure)
    return { kind: 'failed', raw: history.failure.raw }
  }
  const { rows } = history
  const quantities = quantitiesOf(rows, row.executed) ?? quantitiesOf(rows, null)
  if (quantities === null)
    return { kind: 'failed', raw: rawText(`fills of order ${row.orderId} do not add up to ${formatDecimal(row.executed)}`) }
  let isNews = false
  for (const [index, fill] of rows.entries()) {
    const quantity = quantities[index] ?? ZERO
    if (order.tradeIds.has(fill.tradeId)) continue
    order.tradeIds.add(fill.tradeId)
    const isLast = index === rows.length - 1 && statusOf(row.status) === 'filled'
    desk.emit(fillEvent(order, fill, { quantity, isLast }))
    isNews = true
  }
  order.reportedFilled = max(order.reportedFilled, sumOf(quantities))
  return { kind: 'told', isNews, isAhead: order.reportedFilled > row.executed }
}

function fillEvent(order: KnownOrder, row: FillRow, { quantity, isLast }: { quantity: FillRow['price']; isLast: boolean }) {
  const { instrument } = order
  const fill = fillOf(row, quantity, feeAssetOf(row.commissionAsset, instrument))
  return { type: isLast ? 'FULL_FILL' : 'PARTIAL_FILL', instrument, side: row.side, fill, ...referenceOf(order) } as const
}

/** The practice account pays in practice money; an instrument knows only what it settles in. */
export function feeAssetOf(commissionAsset: string, instrument: string): string {
  const words = venueWords(commissionAsset)
  return words === PRACTICE_MONEY ? (instrument.split(':')[1] ?? words) : words
}

export const PRACTICE_MONEY = 'VST'

/** The venue's word on how the order stands. A total goes with it, so that the kernel can tell whether a fill is missing. */
function tellStatus(desk: Desk, order: KnownOrder, row: OrderAnswer): void {
  const totalFilled = max(row.executed, order.reportedFilled)
  const reference = referenceOf(order)
  const status: VenueOrderStatus = statusOf(row.status)
  order.isOver = status !== 'open' && status !== 'unknown'
  switch (status) {
    case 'open':
      desk.emit({ type: 'ORDER_ACK', ...reference, totalFilled })
      return tellAlive(desk, order)
    case 'filled':
      // Decimals beyond the venue's are cut off there: filled for less than we asked for is the end of it all the same.
      if (order.request !== null && totalFilled < order.request.quantity) {
        const missing = formatDecimal(sub(order.request.quantity, totalFilled))
        const reason = `the venue took the order for ${formatDecimal(totalFilled)}, which is ${missing} less than asked for`
        desk.emit({ type: 'EXPIRED', ...reference, totalFilled, reason })
        return
      }
      desk.emit({ type: 'ORDER_ACK', ...reference, totalFilled })
      return
    case 'canceled':
      desk.emit({ type: 'CANCEL_ACK', ...reference, totalFilled })
      return
    case 'expired':
    case 'rejected':
      desk.emit({ type: 'EXPIRED', ...reference, totalFilled, reason: venueWords(row.status) })
      return
    case 'unknown':
      desk.emit({ type: 'UNRECOGNISED', ...reference, raw: rawText(`order status ${row.status}`) })
  }
}

/** A cancel was accepted and the order lives on: asked a few times more, then the cancel counts as refused. */
function tellAlive(desk: Desk, order: KnownOrder): void {
  if (order.aliveAfterCancel === null) return
  order.aliveAfterCancel += 1
  if (order.aliveAfterCancel < MOST_ALIVE_AFTER_CANCEL) {
    order.askAgain = true
    order.askNotBeforeUs = desk.clock.nowUs() + pauseMs(desk, order.aliveAfterCancel) * 1_000
    return
  }
  order.aliveAfterCancel = null
  const reason = 'the venue accepted the cancel, and the order is still alive'
  desk.emit({ type: 'CANCEL_REJECT', code: 'CANCEL_WITHOUT_EFFECT', reason, ...referenceOf(order) })
}
