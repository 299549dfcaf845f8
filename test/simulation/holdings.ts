// What the model venue says that the account holds: positions by instrument and side, now and at any time before.

import { add, type Decimal, div, mul, ZERO } from '../../src/core/kernel/decimal.ts'
import type { PositionSide, SnapshotPosition } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'

interface Point {
  readonly timeUs: number
  readonly quantity: Decimal
  readonly averagePrice: Decimal
}

interface Holding {
  readonly instrument: Instrument
  readonly positionSide: PositionSide
  readonly points: Point[]
}

export class Holdings {
  readonly #holdings = new Map<string, Holding>()

  move(
    instrument: Instrument,
    positionSide: PositionSide,
    { signed, price, timeUs }: { signed: Decimal; price: Decimal; timeUs: number },
  ): void {
    const key = `${instrument.symbol} ${positionSide}`
    const holding = this.#holdings.get(key) ?? { instrument, positionSide, points: [] }
    this.#holdings.set(key, holding)
    const last = holding.points.at(-1) ?? { quantity: ZERO, averagePrice: price }
    const quantity = add(last.quantity, signed)
    holding.points.push({ timeUs, quantity, averagePrice: averageOf(instrument, last, signed, price) })
  }

  quantity(symbol: string, positionSide: PositionSide): Decimal {
    return this.#holdings.get(`${symbol} ${positionSide}`)?.points.at(-1)?.quantity ?? ZERO
  }

  /** All positions that were not flat at a time. */
  at(asOfUs: number): SnapshotPosition[] {
    const positions: SnapshotPosition[] = []
    for (const { instrument, positionSide, points } of this.#holdings.values()) {
      const point = points.findLast(({ timeUs }) => timeUs <= asOfUs)
      if (point === undefined || point.quantity === ZERO) continue
      positions.push({ instrument: instrument.symbol, positionSide, quantity: point.quantity, averagePrice: point.averagePrice })
    }
    return positions
  }
}

/** The venue's own idea of an average: it keeps it where a position shrinks, and starts anew where it flips. */
function averageOf(instrument: Instrument, { quantity, averagePrice }: Omit<Point, 'timeUs'>, signed: Decimal, price: Decimal): Decimal {
  const after = add(quantity, signed)
  if (quantity === ZERO || (quantity > ZERO && after < ZERO) || (quantity < ZERO && after > ZERO)) return price
  if (quantity > ZERO !== signed > ZERO) return averagePrice
  return instrument.kind === 'inverse'
    ? div(after, add(div(quantity, averagePrice), div(signed, price)))
    : div(add(mul(quantity, averagePrice), mul(signed, price)), after)
}
