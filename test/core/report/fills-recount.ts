// The figures of a session computed from the rows of `fills` alone, with plain integers and none of the project's own
// arithmetic: what the summary must agree with to the last digit.

import Database from 'better-sqlite3'

const UNIT = 10n ** 18n

export interface Recount {
  readonly count: number
  readonly maker: number
  readonly realized: string
  readonly unrealizedAt: (mark: string) => string
  readonly fees: ReadonlyMap<string, string>
  readonly position: string
  readonly boughtQuantity: string
  readonly boughtValue: string
  readonly soldQuantity: string
  readonly soldValue: string
}

interface Row {
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly fee_asset: string
  readonly liquidity: string
}

export function recountFills(storePath: string, sessionId: string): Recount {
  const database = new Database(storePath, { readonly: true })
  const rows = database
    .prepare<[string], Row>('SELECT side, price, quantity, fee, fee_asset, liquidity FROM fills WHERE session_id = ? ORDER BY seq')
    .all(sessionId)
  database.close()
  let [position, cost, realized, boughtQuantity, boughtValue, soldQuantity, soldValue] = [0n, 0n, 0n, 0n, 0n, 0n, 0n]
  const fees = new Map<string, bigint>()
  for (const row of rows) {
    const quantity = scaled(row.quantity)
    const value = (scaled(row.price) * quantity) / UNIT
    fees.set(row.fee_asset, (fees.get(row.fee_asset) ?? 0n) + scaled(row.fee))
    if (row.side === 'buy') {
      boughtQuantity += quantity
      boughtValue += value
    } else {
      soldQuantity += quantity
      soldValue += value
    }
    const signed = row.side === 'buy' ? quantity : -quantity
    const opposite = position !== 0n && position > 0n !== signed > 0n
    const closed = opposite ? smaller(magnitude(signed), magnitude(position)) : 0n
    const released = closed === magnitude(position) ? (opposite ? cost : 0n) : nearestEven(cost * closed, magnitude(position) || 1n)
    const closedValue = (scaled(row.price) * closed) / UNIT
    realized += opposite ? (position > 0n ? closedValue - released : -closedValue - released) : 0n
    const opened = magnitude(signed) - closed
    const openedValue = (scaled(row.price) * opened) / UNIT
    cost += (signed > 0n ? openedValue : -openedValue) - released
    position += signed
  }
  return {
    count: rows.length,
    maker: rows.filter((row) => row.liquidity === 'maker').length,
    realized: plain(realized),
    unrealizedAt: (mark) => plain((position * scaled(mark)) / UNIT - cost),
    fees: new Map([...fees].map(([asset, fee]) => [asset, plain(fee)])),
    position: plain(position),
    boughtQuantity: plain(boughtQuantity),
    boughtValue: plain(boughtValue),
    soldQuantity: plain(soldQuantity),
    soldValue: plain(soldValue),
  }
}

export function scaled(text: string): bigint {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole) * UNIT + BigInt(fraction.padEnd(18, '0'))
  return negative ? -value : value
}

export function plain(value: bigint): string {
  const digits = magnitude(value).toString().padStart(19, '0')
  const text = `${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, '')
  return value < 0n ? `-${text}` : text
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function nearestEven(numerator: bigint, denominator: bigint): bigint {
  const size = magnitude(numerator)
  const floor = size / denominator
  const twice = (size % denominator) * 2n
  const up = twice > denominator || (twice === denominator && floor % 2n === 1n)
  const rounded = up ? floor + 1n : floor
  return numerator < 0n ? -rounded : rounded
}
