// Places and cancels. An order leaves once, whatever is heard of it; what its answer means is read from the table of codes,
// and what is not listed there is said to be not known.

import { formatDecimal, isMultipleOf } from '../../kernel/decimal.ts'
import type { OrderRequest } from '../../kernel/facts.ts'
import type { TimeInForce } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import { AnswerFault, type PlacementAnswer } from './answers.ts'
import { type Desk, heed, type KnownOrder, measureClock, referenceOf } from './desk.ts'
import type { Answer, NotSentCode } from './rest.ts'
import type { Parameters } from './sign.ts'
import { statusOf } from './statuses.ts'

/** The venue lowers the case of others, and refuses what is longer (BingX API docs, “Place order”). */
const CLIENT_ORDER_ID = /^[a-z0-9]{1,40}$/

/** BingX API docs, “Place order”. */
const TIMES_IN_FORCE: Readonly<Record<TimeInForce, string>> = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK' }

/** Why a call never left: as certain as a refusal. */
const NOT_SENT: Readonly<Record<NotSentCode, string>> = {
  QUEUE_FULL: 'too many calls wait for their turn at the venue, so it was never sent',
  EXPIRED: 'its time was over before its turn came, so it was never sent',
  ABORTED: 'the venue is being closed, so it was never sent',
  BREAKER_OPEN: 'the venue has not answered for a while, so it was never sent',
  UNREACHABLE: 'no connection to the venue could be made, so it was never sent',
  UNSIGNABLE: 'it has a value that cannot be signed, so it was never sent',
}

/** The order as BingX wants it. */
export function placementOf(request: OrderRequest, symbol: string): Parameters {
  const { side, orderType, quantity, price, timeInForce, postOnly, reduceOnly, clientOrderId } = request
  const isLimit = orderType === 'limit'
  return {
    symbol,
    side: side.toUpperCase(),
    // One position an instrument: anything else is for accounts in hedge mode.
    positionSide: 'BOTH',
    type: orderType.toUpperCase(),
    quantity: formatDecimal(quantity),
    ...(isLimit && price !== null ? { price: formatDecimal(price) } : {}),
    ...(isLimit ? { timeInForce: postOnly ? 'PostOnly' : TIMES_IN_FORCE[timeInForce] } : {}),
    ...(reduceOnly ? { reduceOnly: 'true' } : {}),
    clientOrderId,
  }
}

/** What would be cut off by the venue, or misread: found before it leaves. */
function faultOf({ clientOrderId, positionSide, orderType, quantity, price }: OrderRequest, instrument: Instrument | null): string | null {
  if (!CLIENT_ORDER_ID.test(clientOrderId)) return 'its client order id is not made of lowercase letters and digits'
  if (positionSide !== 'net') return 'it is for a hedged position, and the account is in one-way mode'
  if (orderType === 'limit' && price === null) return 'a limit order needs a price'
  if (instrument === null) return 'the instrument is not known before the venue is connected'
  if (!isMultipleOf(quantity, instrument.lotSize)) return `its quantity ${formatDecimal(quantity)} is no multiple of the lot`
  if (price !== null && !isMultipleOf(price, instrument.tickSize)) return `its price ${formatDecimal(price)} is no multiple of the tick`
  return null
}

/** Sends an order exactly once, and says what is certain of the answer. */
export async function place(desk: Desk, order: KnownOrder, request: OrderRequest, instrument: Instrument | null): Promise<void> {
  const { clientOrderId, symbol } = order
  const reference = { clientOrderId, venueOrderId: null }
  const fault = faultOf(request, instrument)
  if (fault !== null) {
    order.isOver = true
    desk.emit({ type: 'ORDER_REJECT', code: 'NOT_SENT_INVALID', reason: `${fault}, so it was never sent`, ...reference })
    return
  }
  const { validUntilUs } = request
  const answer = await desk.rest.call('place', placementOf(request, symbol), { signal: desk.signal, validUntilUs })
  if (answer.kind !== 'ok' && order.venueOrderId !== null) {
    // The stream has told of it meanwhile: it is there, whatever this answer says.
    desk.ask(order)
    return
  }
  switch (answer.kind) {
    case 'ok':
      return accepted(desk, order, request, answer)
    case 'not_sent':
      order.isOver = true
      desk.emit({ type: 'ORDER_REJECT', code: `NOT_SENT_${answer.code}`, reason: NOT_SENT[answer.code], ...reference })
      return
    case 'failed':
      desk.emit({ type: 'UNRECOGNISED', raw: answer.raw, ...reference })
      return
    case 'refused':
      return refused(desk, order, answer)
  }
}

function accepted(desk: Desk, order: KnownOrder, request: OrderRequest, answer: Answer & { kind: 'ok' }): void {
  const placed = readPlacement(desk, order, request, answer.body)
  if (placed === null) {
    desk.emit({ type: 'UNRECOGNISED', raw: answer.raw, clientOrderId: order.clientOrderId, venueOrderId: null })
    return
  }
  desk.orders.bind(order, placed.orderId)
  desk.emit({ type: 'ORDER_ACK', ...referenceOf(order) })
  if (placed.quantity !== null && placed.quantity !== request.quantity) {
    const [theirs, ours] = [formatDecimal(placed.quantity), formatDecimal(request.quantity)]
    desk.notice('alarm', `BingX took order ${order.clientOrderId} for ${theirs}, and we had asked for ${ours}.`)
  }
  const mayRest = request.orderType === 'limit' && (request.postOnly || request.timeInForce === 'gtc')
  const isOpen = placed.status === null || statusOf(placed.status) === 'open'
  const hasFilled = placed.executed !== null && placed.executed > 0n
  // Whatever does not simply rest is over soon, and the stream is only a hint.
  if (!isOpen || hasFilled || !mayRest) desk.ask(order)
}

/** Null where the answer is not about this order: then nobody knows what became of it. */
function readPlacement(desk: Desk, order: KnownOrder, request: OrderRequest, body: unknown): PlacementAnswer | null {
  try {
    const placed = desk.answers.placement(body)
    const isOther =
      (placed.clientOrderId !== null && placed.clientOrderId !== order.clientOrderId) ||
      (placed.symbol !== null && placed.symbol !== order.symbol) ||
      (placed.side !== null && placed.side !== request.side)
    return isOther ? null : placed
  } catch (error) {
    if (error instanceof AnswerFault) return null
    throw error
  }
}

async function refused(desk: Desk, order: KnownOrder, answer: Answer & { kind: 'refused' }): Promise<void> {
  const { clientOrderId } = order
  const reference = { clientOrderId, venueOrderId: null }
  const verdict = heed(desk, answer)
  // A refusal that names an order has placed it first.
  const isCertain = verdict.placement === 'reject' && desk.answers.orderIdIn(answer.body) === null
  if (isCertain) {
    order.isOver = true
    desk.emit({ type: 'ORDER_REJECT', code: answer.code, reason: answer.message || 'the venue gave no reason', ...reference })
  } else if (verdict.placement === 'limit') {
    desk.emit({ type: 'RATE_LIMITED', retryAfterMs: verdict.pauseMs, ...reference })
  } else {
    if (verdict.asking === 'in_flight' || verdict.asking === 'again') {
      // What is being processed cannot be found at once: it is asked about a moment later.
      order.askNotBeforeUs = desk.clock.nowUs() + desk.tuning.cancelSpacingMs * 1_000
    }
    desk.emit({ type: 'UNRECOGNISED', raw: answer.raw, ...reference })
  }
  if (verdict.asking === 'resync') await measureClock(desk, desk.signal)
}

/** Asks the venue to cancel, once; that it accepts is no final word, so the order is asked about afterwards. */
export async function cancel(desk: Desk, order: KnownOrder): Promise<void> {
  const { clock, tuning, signal } = desk
  if (order.venueOrderId === null) await order.placing
  const waitUs = order.lastCancelUs + tuning.cancelSpacingMs * 1_000 - clock.nowUs()
  // Taken before the pause, so that a third one waits behind the second.
  order.lastCancelUs = clock.nowUs() + Math.max(0, waitUs)
  if (waitUs > 0) await clock.sleep(Math.ceil(waitUs / 1_000), signal)
  const answer = await sendCancel(desk, order)
  const verdict = answer.kind === 'refused' ? heed(desk, answer) : null
  if (verdict?.asking !== 'resync') return tellCancel(desk, order, answer, verdict)
  // Refused for its time alone, so it was not executed: said again with the right one.
  await measureClock(desk, signal)
  const again = await sendCancel(desk, order)
  tellCancel(desk, order, again, again.kind === 'refused' ? heed(desk, again) : null)
}

function sendCancel(desk: Desk, { symbol, clientOrderId }: KnownOrder): Promise<Answer> {
  return desk.rest.call('cancel', { symbol, clientOrderId }, { signal: desk.signal })
}

function tellCancel(desk: Desk, order: KnownOrder, answer: Answer, verdict: ReturnType<typeof heed> | null): void {
  const reference = referenceOf(order)
  switch (answer.kind) {
    case 'ok':
      order.aliveAfterCancel = 0
      desk.ask(order)
      return
    case 'not_sent':
      desk.emit({ type: 'CANCEL_REJECT', code: `NOT_SENT_${answer.code}`, reason: NOT_SENT[answer.code], ...reference })
      return
    case 'failed':
      desk.emit({ type: 'UNRECOGNISED', raw: answer.raw, ...reference })
      return
    case 'refused': {
      const asking = verdict?.asking ?? 'again'
      if (asking === 'limit') {
        desk.emit({ type: 'RATE_LIMITED', retryAfterMs: verdict?.pauseMs ?? null, ...reference })
      } else if (asking === 'again' || asking === 'in_flight' || asking === 'resync') {
        order.askNotBeforeUs = desk.clock.nowUs() + (asking === 'in_flight' ? desk.tuning.cancelSpacingMs * 1_000 : 0)
        desk.emit({ type: 'UNRECOGNISED', raw: answer.raw, ...reference })
      } else {
        // The order may be filled, gone, or alive: the kernel asks.
        desk.emit({ type: 'CANCEL_REJECT', code: answer.code, reason: answer.message || 'the venue gave no reason', ...reference })
      }
    }
  }
}
