// Looks at the account as a whole: open orders, positions, balances, fills. A part that cannot be had is missing, which is
// never the same as empty; a look that took too long is not handed on.

import { DitaError } from '../../errors.ts'
import { abs, type Decimal, neg, ZERO } from '../../kernel/decimal.ts'
import type { SnapshotEvent, SnapshotPosition } from '../../kernel/inputs.ts'
import type { BooksQuestion, VenueBooks, VenueFillReport, VenueOrder } from '../port.ts'
import { AnswerFault, type FillRow, type OrderAnswer, type PositionRow } from './answers.ts'
import { feeAssetOf } from './asking.ts'
import { HOW_TO_NAME } from './contracts.ts'
import { type Desk, heed, measureClock } from './desk.ts'
import type { EndpointName } from './endpoints.ts'
import { contradicts, failureFrom, snapshotStale, unreachable } from './errors.ts'
import { askFills, fillOf, quantitiesOf } from './fills.ts'
import { venueWords } from './raw-text.ts'
import type { Parameters } from './sign.ts'
import { statusOf } from './statuses.ts'
import { bingxSymbolOf, instrumentOf } from './symbols.ts'

export type Asker = Pick<Desk, 'rest' | 'answers' | 'clock' | 'notice' | 'tuning'>

/** Asks and reads one part. @throws DitaError VENUE_UNREACHABLE (exit 7), VENUE_REFUSED (exit 4) */
export async function askPart<Part>(
  desk: Asker,
  call: { readonly name: EndpointName; readonly parameters: Parameters; readonly what: string; readonly signal: AbortSignal },
  read: (body: unknown) => Part,
): Promise<Part> {
  const { name, parameters, what, signal } = call
  let answer = await desk.rest.call(name, parameters, { signal })
  let asking = answer.kind === 'refused' ? heed(desk, answer).asking : null
  if (asking === 'resync') {
    await measureClock(desk, signal)
    answer = await desk.rest.call(name, parameters, { signal })
    asking = answer.kind === 'refused' ? heed(desk, answer).asking : null
  }
  if (answer.kind !== 'ok') throw failureFrom(what, answer, asking === 'setup')
  try {
    return read(answer.body)
  } catch (error) {
    if (error instanceof AnswerFault) throw unreachable(what, `its answer cannot be read (${error.message})`, error)
    throw error
  }
}

export function venueOrderOf(row: OrderAnswer, instrument: string): VenueOrder {
  const { clientOrderId, orderId, side, executed, quantity, averagePrice, status, createdMs } = row
  return {
    clientOrderId: clientOrderId === null ? null : venueWords(clientOrderId),
    venueOrderId: orderId,
    instrument,
    side,
    filledQuantity: executed,
    status: statusOf(status),
    quantity,
    averagePrice: executed === ZERO ? null : averagePrice,
    words: venueWords(status),
    createdUs: createdMs === null ? null : createdMs * 1_000,
  }
}

/** One order; null where the venue has none of that id. @throws DitaError VENUE_UNREACHABLE, VENUE_REFUSED */
export async function findOrder(desk: Desk, clientOrderId: string, instrument: string, signal: AbortSignal): Promise<VenueOrder | null> {
  const symbol = symbolOf(instrument)
  const what = `order ${venueWords(clientOrderId)}`
  if (desk.rest.time.offsetUs === null) await measureClock(desk, signal)
  for (let attempt = 1; ; attempt += 1) {
    const answer = await desk.rest.call('order', { symbol, clientOrderId }, { signal })
    if (answer.kind === 'ok') return readFound(desk, answer.body, { clientOrderId, instrument, symbol, what })
    const asking = answer.kind === 'refused' ? heed(desk, answer).asking : null
    if (asking === 'gone') return null
    if (asking !== 'resync' || attempt > 1) throw failureFrom(what, answer, asking === 'setup')
    await measureClock(desk, signal)
  }
}

interface Sought {
  readonly clientOrderId: string
  readonly instrument: string
  readonly symbol: string
  readonly what: string
}

function readFound(desk: Desk, body: unknown, { clientOrderId, instrument, symbol, what }: Sought): VenueOrder {
  try {
    const row = desk.answers.order(body)
    const isOther = row.symbol !== symbol || (row.clientOrderId !== null && row.clientOrderId !== clientOrderId)
    if (isOther) throw unreachable(what, 'it answered with another order')
    return { ...venueOrderOf(row, instrument), clientOrderId }
  } catch (error) {
    if (error instanceof AnswerFault) throw unreachable(what, `its answer cannot be read (${error.message})`, error)
    throw error
  }
}

function openOrdersOf(desk: Desk, instrument: string, signal: AbortSignal): Promise<VenueOrder[]> {
  const symbol = symbolOf(instrument)
  const call = { name: 'openOrders', parameters: { symbol }, what: 'the open orders', signal } as const
  return askPart(desk, call, (body) =>
    desk.answers
      .openOrders(body)
      .filter((row) => row.symbol === symbol)
      .map((row) => venueOrderOf(row, instrument)),
  )
}

function positionsOf(desk: Desk, instrument: string, signal: AbortSignal): Promise<SnapshotPosition[]> {
  const symbol = symbolOf(instrument)
  const call = { name: 'positions', parameters: { symbol }, what: 'the positions', signal } as const
  return askPart(desk, call, (body) => {
    const rows = desk.answers.positions(body).filter((row) => row.symbol === symbol && row.positionAmt !== ZERO)
    // Two positions of one instrument: the account is in hedge mode, and neither of them is the one we know.
    if (rows.length > 1) throw new AnswerFault('list has two positions of one instrument')
    return rows.map((row) => ({ instrument, positionSide: 'net', quantity: signedOf(row), averagePrice: row.averagePrice }))
  })
}

/** What stands beside `SHORT` is written without a sign; beside `BOTH` with one. */
function signedOf({ positionSide, positionAmt }: PositionRow): Decimal {
  if (positionSide === 'BOTH') return positionAmt
  return positionSide === 'LONG' ? abs(positionAmt) : neg(abs(positionAmt))
}

/** @throws DitaError INSTRUMENT_UNSUPPORTED (exit 4) */
export function symbolOf(instrument: string): string {
  const symbol = bingxSymbolOf(instrument)
  if (symbol !== null) return symbol
  throw contradicts('INSTRUMENT_UNSUPPORTED', `BingX has no instrument ${venueWords(instrument)}.`, HOW_TO_NAME)
}

/** `isWhole`: the venue told all of it, whether it may be used or not. */
interface SessionLook {
  readonly event: SnapshotEvent
  readonly isWhole: boolean
}

/**
 * One look for the session, by its own clock. Positions are left out while what the venue counts of our orders is not what was
 * handed on: the difference would only be fills under way.
 * @throws DitaError SNAPSHOT_STALE, VENUE_UNREACHABLE, VENUE_REFUSED
 */
export async function lookForSession(desk: Desk, instrument: string, signal: AbortSignal): Promise<SessionLook> {
  const asOfUs = desk.clock.nowUs()
  const openOrders = await openOrdersOf(desk, instrument, signal)
  const positions = await positionsOf(desk, instrument, signal).catch((error: unknown) => {
    if (!isFailure(error)) throw error
    desk.notice('warning', error.message)
    return null
  })
  assertFresh(desk, asOfUs)
  const isQuiet = desk.orders.all().every((order) => {
    if (order.isAsking || order.placing !== null || order.isStale) return false
    if (order.isOver || order.venueOrderId === null) return true
    return openOrders.some((open) => open.venueOrderId === order.venueOrderId && open.filledQuantity === order.reportedFilled)
  })
  const event: SnapshotEvent = { type: 'SNAPSHOT', asOfUs, openOrders, complete: true, positions: isQuiet ? positions : null }
  return { event, isWhole: positions !== null }
}

function assertFresh({ clock, tuning }: Desk, asOfUs: number): void {
  const ageMs = (clock.nowUs() - asOfUs) / 1_000
  if (ageMs > tuning.longestSnapshotMs) throw snapshotStale(ageMs, tuning.longestSnapshotMs)
}

/** Everything at once, by the venue's clock. A part that fails is null, and said why. */
export async function lookAtBooks(desk: Desk, { instruments, fillsFromUs }: BooksQuestion, signal: AbortSignal): Promise<VenueBooks> {
  const failures: string[] = []
  const startUs = desk.clock.nowUs()
  // Its own word on the time, where it gives one: nothing that is asked afterwards is older.
  const asOfUs = (await measureClock(desk, signal)) ?? desk.rest.time.nowUs()
  const part = async <Part>(ask: () => Promise<Part>): Promise<Part | null> => {
    try {
      const found = await ask()
      assertFresh(desk, startUs)
      return found
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.push(error.message)
      return null
    }
  }
  const ofAll = async <Row>(ask: (instrument: string) => Promise<Row[]>): Promise<Row[]> => {
    const lists: Row[][] = []
    for (const instrument of instruments) lists.push(await ask(instrument))
    return lists.flat()
  }
  const openOrders = await part(() => ofAll((instrument) => openOrdersOf(desk, instrument, signal)))
  const positions = await part(() => ofAll((instrument) => positionsOf(desk, instrument, signal)))
  const fills = await part(() => fillsOf(desk, instruments, fillsFromUs, signal))
  const balances = await part(() => balancesOf(desk, signal))
  return { asOfUs, openOrders, positions, fills, balances, failures }
}

function isFailure(error: unknown): error is DitaError {
  return error instanceof DitaError
}

async function fillsOf(desk: Desk, instruments: readonly string[], fillsFromUs: number, signal: AbortSignal): Promise<VenueBooks['fills']> {
  const untilMs = Math.floor(desk.rest.time.nowUs() / 1_000)
  const list: VenueFillReport[] = []
  let complete = true
  // A window that begins after it ends is an empty one.
  let fromMs = Math.min(Math.floor(fillsFromUs / 1_000), untilMs)
  for (const instrument of instruments) {
    const question = { symbol: symbolOf(instrument), orderId: null, fromMs, untilMs, signal }
    const answer = await askFills(desk.rest, desk.answers, question)
    if ('failure' in answer) {
      if (answer.failure.kind === 'ok') throw unreachable('the fills', 'its answer cannot be read')
      throw failureFrom('the fills', answer.failure, answer.failure.kind === 'refused' && heed(desk, answer.failure).asking === 'setup')
    }
    complete &&= answer.complete
    fromMs = answer.fromMs
    for (const row of answer.rows) {
      const [quantity] = quantitiesOf([row], null) ?? []
      // Which of its numbers is the quantity cannot be told: then this is not all of it.
      if (quantity === undefined) complete = false
      else list.push(reportOf(row, quantity))
    }
  }
  return { fromUs: fromMs * 1_000, untilUs: untilMs * 1_000, complete, list: list.sort((a, b) => a.timeUs - b.timeUs) }
}

function reportOf(row: FillRow, quantity: Decimal): VenueFillReport {
  const instrument = instrumentOf(row.symbol) ?? row.symbol
  const fill = fillOf(row, quantity, feeAssetOf(row.commissionAsset, instrument))
  return { instrument, side: row.side, fill, clientOrderId: null, venueOrderId: row.orderId, timeUs: row.timeMs * 1_000 }
}

async function balancesOf(desk: Desk, signal: AbortSignal): Promise<ReadonlyMap<string, Decimal>> {
  const call = { name: 'balances', parameters: {}, what: 'the balances', signal } as const
  const rows = await askPart(desk, call, desk.answers.balances)
  const balances = new Map<string, Decimal>()
  // An asset that was never used has an empty text for its balance.
  for (const { asset, balance } of rows) if (balance !== null) balances.set(venueWords(asset), balance)
  return balances
}
