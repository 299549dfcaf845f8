// Asks BingX for fills and reads them: pages, quantities, fees. It keeps nothing; what is missing makes the answer incomplete.

import { abs, add, type Decimal, dec, max, mul, neg, ZERO } from '../../kernel/decimal.ts'
import type { VenueFill } from '../../kernel/inputs.ts'
import { AnswerFault, type Answers, type FillRow } from './answers.ts'
import type { Answer, Rest } from './rest.ts'

export interface FillQuestion {
  readonly symbol: string
  /** The venue's id; null for all orders. */
  readonly orderId: string | null
  readonly fromMs: number
  readonly untilMs: number
  readonly signal: AbortSignal
}

export type FillRows =
  /** `fromMs` is later than what was asked for where the venue keeps no older ones; `complete` speaks of what is later than it. */
  { readonly rows: readonly FillRow[]; readonly fromMs: number; readonly complete: boolean } | { readonly failure: Answer }

/** The venue answers at most so many at once, and of the last seven days only (BingX API docs, “Query historical transaction details”). */
const MOST_ROWS = 1_000
const LONGEST_WINDOW_MS = 7 * 24 * 3_600_000 - 60_000
/** With fewer rows than this there is no doubt that it was all, whatever the size of the venue's pages is. */
const FEWEST_PAGED = 50
const MOST_ROUNDS = 40

/** All fills of a window, oldest first: asked on from the last one's time until nothing new comes. */
export async function askFills(rest: Rest, answers: Answers, question: FillQuestion): Promise<FillRows> {
  const { symbol, orderId, untilMs, signal } = question
  const fromMs = Math.max(question.fromMs, untilMs - LONGEST_WINDOW_MS)
  const found = new Map<string, FillRow>()
  let complete = true
  let startMs = fromMs
  for (let round = 0; ; round += 1) {
    const window = { symbol, startTs: String(startMs), endTs: String(untilMs), pageIndex: '1', pageSize: String(MOST_ROWS) }
    const answer = await rest.call('fills', orderId === null ? window : { ...window, orderId }, { signal })
    if (answer.kind !== 'ok') return { failure: answer }
    const rows = readRows(answers, answer)
    if ('kind' in rows) return { failure: rows }
    const before = found.size
    // A venue that ignores a filter is not believed: what is of another order is left out here.
    for (const row of rows) {
      if (row.symbol === symbol && (orderId === null || row.orderId === orderId)) found.set(`${row.tradeId}|${row.side}`, row)
    }
    if (rows.length < FEWEST_PAGED) break
    const lastMs = Math.max(...rows.map(({ timeMs }) => timeMs))
    const isCut = rows.length >= MOST_ROWS
    // Newest first, and cut: the older ones cannot be asked for.
    if (isCut && (rows[0] as FillRow).timeMs > (rows.at(-1) as FillRow).timeMs) complete = false
    if (found.size === before) {
      // More of one instant than an answer holds: the rest of them is out of reach.
      if (isCut) complete = false
      break
    }
    if (round >= MOST_ROUNDS) {
      complete = false
      break
    }
    startMs = lastMs - 1
  }
  const rows = [...found.values()].sort((a, b) => a.timeMs - b.timeMs || compareIds(a.tradeId, b.tradeId))
  return { rows, fromMs, complete }
}

function readRows(answers: Answers, answer: Answer & { kind: 'ok' }): readonly FillRow[] | Answer {
  try {
    return answers.fills(answer.body)
  } catch (error) {
    if (error instanceof AnswerFault) return { kind: 'failed', code: 'UNREADABLE', raw: answer.raw }
    throw error
  }
}

/** Trade ids count up, and have unlike lengths. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}

/**
 * The quantity of each row in coins, in their order. Nobody documents which of `volume` and `qty` it is: whichever adds up to
 * what the order has executed; where that is not known, or not all fills are here yet, whichever makes each row's own
 * numbers fit. Null where neither does.
 */
export function quantitiesOf(rows: readonly FillRow[], executed: Decimal | null): readonly Decimal[] | null {
  if (executed !== null) {
    for (const field of ['volume', 'qty'] as const) {
      const quantities = wholeColumn(rows, field)
      if (quantities !== null && sumOf(quantities) === executed) return quantities
    }
  }
  const guesses: Decimal[] = []
  for (const row of rows) {
    const guess = guessOf(row)
    if (guess === null || guess <= ZERO) return null
    guesses.push(guess)
  }
  return executed !== null && sumOf(guesses) > executed ? null : guesses
}

export function sumOf(values: readonly Decimal[]): Decimal {
  return values.reduce((sum, value) => add(sum, value), ZERO)
}

function wholeColumn(rows: readonly FillRow[], field: 'volume' | 'qty'): Decimal[] | null {
  const column = rows.map((row) => row[field])
  return column.every((value) => value !== null && value > ZERO) ? (column as Decimal[]) : null
}

function guessOf({ volume, qty, quoteQty, price }: FillRow): Decimal | null {
  if (volume === null || qty === null || volume === qty) return volume ?? qty
  const isWorth = (quantity: Decimal, values: readonly (Decimal | null)[]) =>
    values.some((value) => value !== null && isNear(mul(quantity, price), value))
  const isVolume = isWorth(volume, [qty, quoteQty])
  const isQty = isWorth(qty, [volume, quoteQty])
  if (isVolume === isQty) return null
  return isVolume ? volume : qty
}

/** Within one percent: the venue rounds such values. */
function isNear(a: Decimal, b: Decimal): boolean {
  return mul(abs((a - b) as Decimal), dec('100')) <= max(abs(a), abs(b))
}

/** With the fee as a cost: the venue writes what was paid below zero. */
export function fillOf(row: FillRow, quantity: Decimal, feeAsset: string): VenueFill {
  const { tradeId, price, commission, role } = row
  return { tradeId, price, quantity, fee: neg(commission), feeAsset, liquidity: role }
}
