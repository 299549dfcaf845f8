// The figures of a session computed from the rows of `fills` alone, with plain integers and none of the project's own
// arithmetic: what the summary must agree with to the last digit.

import Database from 'better-sqlite3'

const UNIT = 10n ** 18n

export interface Recount {
  readonly count: number
  readonly maker: number
  readonly realized: string
  /** Signed. */
  readonly cost: string
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

/** Of a session that began flat, in one linear or spot instrument. */
export function recountFills(storePath: string, sessionId: string): Recount {
  const database = new Database(storePath, { readonly: true })
  const rows = database
    .prepare<[string], Row>('SELECT side, price, quantity, fee, fee_asset, liquidity FROM fills WHERE session_id = ? ORDER BY seq')
    .all(sessionId)
  database.close()
  let [position, realized, boughtQuantity, boughtValue, soldQuantity, soldValue] = [0n, 0n, 0n, 0n, 0n, 0n]
  // What is open: how much it was when it last grew and at which cost, unsigned, and what that leaves of the cost now.
  let lot = { size: 0n, grownSize: 0n, grownCost: 0n }
  const costOf = (size: bigint) => (size === 0n ? 0n : nearestEven(lot.grownCost * size, lot.grownSize))
  const fees = new Map<string, bigint>()
  for (const row of rows) {
    const quantity = scaled(row.quantity)
    const value = (scaled(row.price) * quantity) / UNIT
    fees.set(row.fee_asset, (fees.get(row.fee_asset) ?? 0n) + scaled(row.fee))
    const buys = row.side === 'buy'
    if (buys) {
      boughtQuantity += quantity
      boughtValue += value
    } else {
      soldQuantity += quantity
      soldValue += value
    }
    const closes = position !== 0n && position > 0n !== buys
    const closed = closes ? smaller(quantity, lot.size) : 0n
    if (closed > 0n) {
      const gain = (scaled(row.price) * closed) / UNIT - (costOf(lot.size) - costOf(lot.size - closed))
      realized += buys ? -gain : gain
      lot.size -= closed
    }
    const opened = quantity - closed
    if (opened > 0n) {
      const grownCost = costOf(lot.size) + (scaled(row.price) * opened) / UNIT
      lot = { size: lot.size + opened, grownSize: lot.size + opened, grownCost }
    }
    position += buys ? quantity : -quantity
  }
  const cost = position < 0n ? -costOf(lot.size) : costOf(lot.size)
  return {
    count: rows.length,
    maker: rows.filter((row) => row.liquidity === 'maker').length,
    realized: plain(realized),
    cost: plain(cost),
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
