// Works out again, from the fills alone, what positions cost and what was realised: against what the engine says of it.

import { abs, add, type Decimal, signOf, sub, ZERO } from '../kernel/decimal.ts'
import { changePosition, type Held, signedBy } from '../kernel/ledger.ts'
import { positionKey } from '../kernel/state.ts'
import type { Position } from './positions.ts'
import { inWindow, type JournalDb, slicesOf, stored, type Window } from './stored.ts'
import type { TermsBook } from './terms.ts'

export interface CostRecount {
  /** As in the kernel: the symbol, in hedge mode with its side. */
  readonly key: string
  readonly realized: Recounted
  readonly cost: Recounted
}

interface Recounted {
  readonly recounted: Decimal
  readonly booked: Decimal
}

/**
 * Replays the session's fills at average cost, for every position that they moved: a fill that grows a position adds its value,
 * one that shrinks it leaves its share of what the position cost when it last grew.
 * @throws DitaError STORE_DAMAGED
 */
export async function recountCosts(
  db: JournalDb,
  positions: readonly Position[],
  terms: TermsBook,
  window: Window,
): Promise<CostRecount[]> {
  const recounts = new Map<string, Recount>()
  for (const slice of slicesOf(window)) {
    for (const fill of await fillsOf(db).where(inWindow(slice)).orderBy('seq').execute()) {
      const key = positionKey(fill.instrument, fill.position_side)
      const known = recounts.get(key) ?? new Recount(await heldBefore(db, fill, window))
      recounts.set(key, known)
      known.add(terms, fill)
    }
  }
  return [...recounts].map(([key, { held, recounted, booked }]) => ({
    key,
    realized: { recounted, booked },
    cost: { recounted: held.cost, booked: positions.find((position) => position.key === key)?.end.cost ?? ZERO },
  }))
}

function fillsOf(db: JournalDb) {
  return db
    .selectFrom('fills')
    .select(['instrument', 'position_side', 'side', 'quantity', 'value', 'realized_pnl', 'position_after', 'cost_after'])
}

type Fill = Awaited<ReturnType<ReturnType<typeof fillsOf>['execute']>>[number]

class Recount {
  held: Held
  recounted = ZERO
  booked = ZERO

  constructor(held: Held) {
    this.held = held
  }

  add(terms: TermsBook, fill: Fill): void {
    const side = sideOf(fill)
    const numbers = { side, quantity: stored(fill.quantity), tradeValue: stored(fill.value) }
    const { quantity, cost, realizedPnl } = changePosition(terms.of(fill.instrument).kind, this.held, numbers)
    const { basisQuantity, basisCost } = shrinks(this.held.quantity, quantity) ? this.held : { basisQuantity: quantity, basisCost: cost }
    this.held = { quantity, cost, basisQuantity, basisCost }
    this.recounted = add(this.recounted, realizedPnl)
    this.booked = add(this.booked, stored(fill.realized_pnl))
  }
}

/** A position before the session, with what it was and cost when it last grew. */
async function heldBefore(db: JournalDb, { instrument, position_side }: Fill, window: Window): Promise<Held> {
  const older = fillsOf(db)
    .where(inWindow({ ...window, firstSeq: 1, lastSeq: window.firstSeq - 1 }))
    .where('instrument', '=', instrument)
    .where('position_side', '=', position_side)
    .orderBy('seq', 'desc')
  let last: Pick<Held, 'quantity' | 'cost'> | null = null
  for await (const fill of older.stream()) {
    const [quantity, cost] = [stored(fill.position_after), stored(fill.cost_after)]
    last ??= { quantity, cost }
    const before = sub(quantity, signedBy(sideOf(fill), stored(fill.quantity)))
    if (!shrinks(before, quantity)) return { ...last, basisQuantity: quantity, basisCost: cost }
  }
  return { quantity: ZERO, cost: ZERO, basisQuantity: ZERO, basisCost: ZERO }
}

/** Whether a position came nearer to flat without reaching it: then its cost is counted from what it was before. */
function shrinks(from: Decimal, to: Decimal): boolean {
  return signOf(to) === signOf(from) && abs(to) < abs(from)
}

function sideOf({ side }: Fill): 'buy' | 'sell' {
  return side === 'buy' ? 'buy' : 'sell'
}
