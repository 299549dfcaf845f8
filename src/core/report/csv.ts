// A session as tables for other programs (RFC 4180): its fills, ticks and trades one by one, its attribution and all its figures.
// Follows the session's course; says nothing of its own.

import { type Decimal, formatDecimal } from '../kernel/decimal.ts'
import type { EquitySink } from './equity-course.ts'
import type { SummaryView } from './summary-view.ts'
import type { Fill, Tick, TickSink } from './tick-pass.ts'

/** The columns of each file; columns are only ever added, at the end. */
export const CSV_COLUMNS = {
  'fills.csv': [
    ...['seq', 'timeUs', 'time', 'instrument', 'positionSide', 'side', 'price', 'quantity', 'value', 'fee', 'feeAsset', 'feePrice'],
    ...['liquidity', 'inferred', 'role', 'clientOrderId', 'slotId', 'trade', 'realizedPnl', 'positionAfter'],
  ],
  'ticks.csv': [
    ...['seq', 'timeUs', 'time', 'instrument', 'bid', 'ask', 'mark', 'ourBid', 'ourAsk', 'bidDistanceBps', 'askDistanceBps', 'position'],
  ],
  'equity.csv': ['timeUs', 'time', 'equityLessFlows', 'asset'],
  'trades.csv': [
    ...['slotId', 'trade', 'side', 'positionSide', 'stage', 'openedAtUs', 'opened', 'enteredAtUs', 'closedAtUs', 'heldUs', 'barsHeld'],
    ...['entryQuantity', 'entryPrice', 'exitPrice', 'openSize', 'dustQuantity', 'realizedPnl', 'fees', 'asset', 'exitReasons'],
  ],
  'attribution.csv': ['scope', 'name', 'part', 'amount', 'asset'],
  'figures.csv': ['figure', 'value'],
} as const satisfies Record<string, readonly string[]>

export type CsvName = keyof typeof CSV_COLUMNS

export const CSV_NAMES = Object.keys(CSV_COLUMNS) as readonly CsvName[]

/** What is written to is handed pieces of each file in order, whole lines at a time. */
export type WriteCsv = (name: CsvName, text: string) => void

type CsvValue = string | number | boolean | Decimal | null

/** Follows a session and writes what it sees; `finish` writes what only the summary knows. */
export class CsvTables implements TickSink, EquitySink {
  readonly #write: WriteCsv
  readonly #pending = new Map<CsvName, string[]>()
  readonly #equity: { readonly timeUs: number; readonly equity: Decimal }[] = []

  constructor(write: WriteCsv) {
    this.#write = write
    for (const name of CSV_NAMES) this.#row(name, CSV_COLUMNS[name])
  }

  onTick(tick: Tick): void {
    const { bid, ask, mark, ourBid, ourAsk, bidDistanceBps, askDistanceBps, position } = tick
    this.#row('ticks.csv', [...momentOf(tick), tick.instrument, bid, ask, mark, ourBid, ourAsk, bidDistanceBps, askDistanceBps, position])
  }

  onFill(fill: Fill): void {
    const { price, quantity, value, fee, feeAsset, feePrice, liquidity, inferred, role, clientOrderId, slotId, trade } = fill
    this.#row('fills.csv', [
      ...[...momentOf(fill), fill.instrument, fill.positionSide, fill.side, price, quantity, value, fee, feeAsset, feePrice],
      ...[liquidity, inferred, role, clientOrderId, slotId, trade, fill.realizedPnl, fill.positionAfter],
    ])
  }

  onEquity(timeUs: number, equity: Decimal): void {
    this.#equity.push({ timeUs, equity })
  }

  finish(view: SummaryView): void {
    // What was said on the way counts for nothing where the end is not known.
    const equity = view.attribution.why === null ? this.#equity : []
    for (const { timeUs, equity: worth } of equity) this.#row('equity.csv', [timeUs, isoTime(timeUs), worth, view.attribution.asset])
    for (const trade of view.trades.list) {
      const { openedAtUs, legs } = trade
      const reasons = legs.flatMap(({ reason }) => (reason === null ? [] : [reason])).join(' ')
      this.#row('trades.csv', [
        ...[trade.slotId, trade.trade, trade.side, trade.positionSide, trade.stage, openedAtUs, isoTime(openedAtUs), trade.enteredAtUs],
        ...[trade.closedAtUs, trade.heldUs, trade.barsHeld, trade.entryQuantity, trade.entryPrice, trade.exitPrice, trade.openSize],
        ...[trade.dustQuantity, trade.realizedPnl, trade.fees, view.pnl.asset, reasons],
      ])
    }
    for (const row of attributionRows(view)) this.#row('attribution.csv', row)
    for (const row of figureRows(view, '')) this.#row('figures.csv', row)
    for (const name of CSV_NAMES) this.#flush(name)
  }

  #row(name: CsvName, values: readonly CsvValue[]): void {
    const lines = this.#pending.get(name) ?? []
    lines.push(`${values.map(csvCell).join(',')}\r\n`)
    this.#pending.set(name, lines)
    if (lines.length >= LINES_AT_ONCE) this.#flush(name)
  }

  #flush(name: CsvName): void {
    const lines = this.#pending.get(name)
    if (lines !== undefined) this.#write(name, lines.join(''))
    this.#pending.delete(name)
  }
}

const LINES_AT_ONCE = 200

function momentOf({ seq, timeUs }: { readonly seq: number; readonly timeUs: number }): CsvValue[] {
  return [seq, timeUs, isoTime(timeUs)]
}

/** With all its microseconds. */
function isoTime(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000))
  if (Number.isNaN(date.getTime())) return ''
  return `${date.toISOString().slice(0, -1)}${String(timeUs % 1000).padStart(3, '0')}Z`
}

const NUMBER = /^-?\d+(\.\d+)?$/
/** What a spreadsheet would take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** Text that a spreadsheet would run is led by an apostrophe; numbers stay numbers, below zero as well; null is empty. */
export function csvCell(value: CsvValue): string {
  if (value === null) return ''
  if (typeof value === 'bigint') return formatDecimal(value)
  const text = String(value)
  if (NUMBER.test(text)) return text
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function attributionRows({ attribution }: SummaryView): CsvValue[][] {
  const { asset, byInstrument, byStrategy, feesByKind } = attribution
  const parts = ['equityChange', 'netCapitalFlow', 'result', 'spreadCapture', 'revaluation', 'holdings'] as const
  const costs = ['fees', 'networkFees', 'funding', 'residual'] as const
  return [
    ...[...parts, ...costs].map((part) => ['session', byStrategy.strategy, part, attribution[part], asset]),
    ...byInstrument.flatMap((line) => [
      ['instrument', line.instrument, 'realized', line.realized, line.settle],
      ...(['spreadCapture', 'revaluation', 'fees', 'funding', 'total'] as const).map((part) => [
        'instrument',
        line.instrument,
        part,
        line[part],
        asset,
      ]),
    ]),
    ...byStrategy.roles.flatMap((line) => (['spreadCapture', 'fees'] as const).map((part) => ['role', line.role, part, line[part], asset])),
    ...feesByKind.map((kind) => ['liquidity', kind.liquidity, 'fees', kind.amount, kind.asset]),
  ]
}

/** Every single figure by its path in the JSON; what is in a list by its number there, from 0. */
function* figureRows(value: unknown, path: string): Generator<CsvValue[]> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, held] of Object.entries(value)) yield* figureRows(held, path === '' ? key : `${path}.${key}`)
    return
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) yield [path, value]
}
