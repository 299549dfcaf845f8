// What reconcile found and did within a session, and what was written off: the newest of each, and how many there are.

import { inWindow, type JournalDb, storedText, type Window } from './stored.ts'
import type { DustSummary, ReconcileSummary } from './summary-view.ts'

const MOST_SHOWN = 20

/** @throws DitaError STORE_DAMAGED */
export async function loadReconcile(db: JournalDb, window: Window): Promise<ReconcileSummary> {
  const actions = await db
    .selectFrom('reconcile_actions')
    .select(['time_us as timeUs', 'action', 'subject', 'evidence'])
    .where(inWindow(window))
    .orderBy('seq', 'desc')
    .limit(MOST_SHOWN)
    .execute()
  const differences = await db
    .selectFrom('position_differences')
    .select(['time_us', 'instrument', 'position_side', 'our_quantity', 'venue_quantity', 'venue_average_price'])
    .where(inWindow(window))
    .orderBy('seq', 'desc')
    .limit(MOST_SHOWN)
    .execute()
  const assignments = await db
    .selectFrom('exposure_assignments')
    .select(['time_us', 'instrument', 'position_side', 'quantity', 'slot_id', 'trade'])
    .where(inWindow(window))
    .orderBy('seq', 'desc')
    .limit(MOST_SHOWN)
    .execute()
  return {
    actionCount: await countOf(db, 'reconcile_actions', window),
    actions,
    differenceCount: await countOf(db, 'position_differences', window),
    differences: differences.map((row) => ({
      timeUs: row.time_us,
      instrument: row.instrument,
      positionSide: row.position_side,
      ours: storedText(row.our_quantity),
      venues: storedText(row.venue_quantity),
      averagePrice: row.venue_average_price === null ? null : storedText(row.venue_average_price),
    })),
    assignmentCount: await countOf(db, 'exposure_assignments', window),
    assignments: assignments.map((row) => ({
      timeUs: row.time_us,
      instrument: row.instrument,
      positionSide: row.position_side,
      quantity: storedText(row.quantity),
      slotId: row.slot_id,
      trade: row.trade,
    })),
  }
}

/** @throws DitaError STORE_DAMAGED */
export async function loadDust(db: JournalDb, window: Window): Promise<DustSummary> {
  const rows = await db
    .selectFrom('dust_write_offs')
    .select(['time_us', 'slot_id', 'trade', 'instrument', 'quantity', 'cost', 'reason'])
    .where(inWindow(window))
    .orderBy('seq', 'desc')
    .limit(MOST_SHOWN)
    .execute()
  return {
    count: await countOf(db, 'dust_write_offs', window),
    writeOffs: rows.map((row) => ({
      timeUs: row.time_us,
      slotId: row.slot_id,
      trade: row.trade,
      instrument: row.instrument,
      quantity: storedText(row.quantity),
      cost: storedText(row.cost),
      reason: row.reason,
    })),
  }
}

type FindingsTable = 'reconcile_actions' | 'position_differences' | 'exposure_assignments' | 'dust_write_offs'

async function countOf(db: JournalDb, table: FindingsTable, window: Window): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(inWindow(window))
    .executeTakeFirstOrThrow()
  return count
}
