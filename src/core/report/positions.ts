// Where the positions of an account stood before, at the end of and after a session, as its fills left them.

import { abs, add, type Decimal, formatDecimal, sub, ZERO } from '../kernel/decimal.ts'
import { positionKey } from '../kernel/state.ts'
import { type JournalDb, type SessionRow, stored, type Window } from './stored.ts'
import type { PositionSideSummary, PositionSummary } from './summary-view.ts'
import { averagePrice, type Terms, type TermsBook, termsOf } from './terms.ts'

export interface Held {
  readonly quantity: Decimal
  readonly cost: Decimal
}

/** What of a position trades of slots hold, what quotes hold, and what nothing explains, with the dust in it. */
export interface Parts {
  readonly inSlots: Decimal
  readonly quoted: Decimal
  readonly unassigned: Decimal
  readonly dust: Decimal
}

export interface Position {
  /** As in the kernel: the symbol, in hedge mode with its side. */
  readonly key: string
  readonly terms: Terms
  readonly side: 'net' | 'long' | 'short'
  /** Signed quantity and signed exact cost, in the settle asset. */
  readonly before: Held
  readonly end: Held
  readonly endParts: Parts
  /** After the account's last fill, and as the engine's own table has it; null where it has no row. */
  readonly now: Held
  readonly table: (Parts & { readonly quantity: Decimal }) | null
}

const FLAT: Held = { quantity: ZERO, cost: ZERO }

/**
 * Every position the account has had, those of the session's own instrument first.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadPositions(db: JournalDb, session: SessionRow, book: TermsBook, window: Window): Promise<Position[]> {
  const rows = await db
    .selectFrom('positions')
    .select(['instrument', 'position_side', 'quantity', 'in_slots', 'quoted', 'unassigned', 'dust'])
    .where('account_id', '=', window.accountId)
    .execute()
  const own = session.position_mode === 'hedge' ? (['long', 'short'] as const) : (['net'] as const)
  const wanted = new Map(
    own.map((side) => [positionKey(session.instrument, side), { terms: termsOf(session), side: side as Position['side'] }]),
  )
  for (const row of rows) {
    // What was first listed after the session is none of its business.
    if (!book.symbols().includes(row.instrument)) continue
    wanted.set(positionKey(row.instrument, row.position_side), { terms: book.of(row.instrument), side: row.position_side })
  }
  const positions: Position[] = []
  for (const [key, { terms, side }] of wanted) {
    const row = rows.find((each) => each.instrument === terms.symbol && each.position_side === side)
    const of = { instrument: terms.symbol, side, accountId: window.accountId }
    const end = await lastFill(db, of, window.lastSeq)
    positions.push({
      key,
      terms,
      side,
      before: window.firstSeq === 1 ? FLAT : await lastFill(db, of, window.firstSeq - 1),
      end,
      endParts: await loadParts(db, of, window.lastSeq, end.quantity),
      now: await lastFill(db, of, Number.MAX_SAFE_INTEGER),
      table:
        row === undefined
          ? null
          : {
              quantity: stored(row.quantity),
              inSlots: stored(row.in_slots),
              quoted: stored(row.quoted),
              unassigned: stored(row.unassigned),
              dust: stored(row.dust),
            },
    })
  }
  return positions
}

interface OfPosition {
  readonly accountId: number
  readonly instrument: string
  readonly side: Position['side']
}

async function lastFill(db: JournalDb, { accountId, instrument, side }: OfPosition, upToSeq: number): Promise<Held> {
  const row = await db
    .selectFrom('fills')
    .select(['position_after', 'cost_after'])
    .where('account_id', '=', accountId)
    .where('instrument', '=', instrument)
    .where('position_side', '=', side)
    .where('seq', '<=', upToSeq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? FLAT : { quantity: stored(row.position_after), cost: stored(row.cost_after) }
}

/** From the fills up to the session's end, and what reconcile and write-offs did then. Quotes, which may be many, are not read. */
async function loadParts(db: JournalDb, { accountId, instrument, side }: OfPosition, upToSeq: number, quantity: Decimal): Promise<Parts> {
  const fills = await db
    .selectFrom('fills')
    .select(['seq', 'assigned', 'unassigned'])
    .where('account_id', '=', accountId)
    .where('seq', '<=', upToSeq)
    .where('instrument', '=', instrument)
    .where('position_side', '=', side)
    .where((row) => row.or([row('slot_id', 'is not', null), row('unassigned', '!=', '0')]))
    .execute()
  const moves = fills.map((row) => ({ seq: row.seq, inSlots: stored(row.assigned), unassigned: stored(row.unassigned), dust: ZERO }))
  for (const table of ['exposure_assignments', 'dust_write_offs'] as const) {
    const rows = await db
      .selectFrom(table)
      .select(['seq', 'quantity', 'slot_id'])
      .where('account_id', '=', accountId)
      .where('seq', '<=', upToSeq)
      .where('instrument', '=', instrument)
      .where('position_side', '=', side)
      .execute()
    for (const row of rows) {
      const moved = stored(row.quantity)
      const isDust = table === 'dust_write_offs'
      const inSlots = isDust ? sub(ZERO, moved) : row.slot_id === null ? ZERO : moved
      moves.push({ seq: row.seq, inSlots, unassigned: isDust ? moved : sub(ZERO, moved), dust: isDust ? moved : ZERO })
    }
  }
  let [inSlots, unassigned, dust] = [ZERO, ZERO, ZERO]
  for (const move of moves.sort((a, b) => a.seq - b.seq)) {
    inSlots = add(inSlots, move.inSlots)
    unassigned = add(unassigned, move.unassigned)
    dust = add(dust, move.dust)
    // What was dust and is explained now is dust no more.
    if (abs(unassigned) < abs(dust)) dust = unassigned
  }
  return { inSlots, unassigned, dust, quoted: sub(sub(quantity, inSlots), unassigned) }
}

/** Of the session's own instrument, as decimal strings. `endValue` is what its end is worth at the mark, in quote. */
export function positionSummary(positions: readonly Position[], instrument: string, endValue: Decimal | null): PositionSummary {
  const own = positions.filter(({ terms }) => terms.symbol === instrument)
  const sum = (part: (position: Position) => Decimal): string => formatDecimal(own.map(part).reduce(add, ZERO))
  const open = own.filter(({ end }) => end.quantity !== ZERO)
  return {
    before: sum(({ before }) => before.quantity),
    end: sum(({ end }) => end.quantity),
    cost: sum(({ end }) => end.cost),
    endValue: endValue === null ? null : formatDecimal(endValue),
    endInSlots: sum(({ endParts }) => endParts.inSlots),
    endQuoted: sum(({ endParts }) => endParts.quoted),
    endUnassigned: sum(({ endParts }) => endParts.unassigned),
    endDust: sum(({ endParts }) => endParts.dust),
    // Of a long and a short one beside each other there is no average.
    averagePrice: open.length === 1 && open[0] !== undefined ? averageOf(open[0]) : null,
    now: sum(({ table, now }) => table?.quantity ?? now.quantity),
    nowInSlots: sum(({ table }) => table?.inSlots ?? ZERO),
    nowQuoted: sum(({ table }) => table?.quoted ?? ZERO),
    nowUnassigned: sum(({ table }) => table?.unassigned ?? ZERO),
    nowDust: sum(({ table }) => table?.dust ?? ZERO),
    sides: own.map(sideSummary),
  }
}

function sideSummary(position: Position): PositionSideSummary {
  const { side, before, end, endParts } = position
  return {
    side,
    before: formatDecimal(before.quantity),
    end: formatDecimal(end.quantity),
    cost: formatDecimal(end.cost),
    averagePrice: averageOf(position),
    endInSlots: formatDecimal(endParts.inSlots),
    endQuoted: formatDecimal(endParts.quoted),
    endUnassigned: formatDecimal(endParts.unassigned),
    endDust: formatDecimal(endParts.dust),
  }
}

function averageOf({ terms, end }: Position): string | null {
  return averagePrice(terms, abs(end.quantity), abs(end.cost))
}
