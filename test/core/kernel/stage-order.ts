// The stages in the order in which a slot passes through them: that of the rows of the table.

import { SLOT_TABLE, type SlotStage } from '../../../src/core/kernel/slot-table.ts'

/** A transition to a smaller index would be a backward move. */
export const STAGE_ORDER: readonly SlotStage[] = Object.keys(SLOT_TABLE) as SlotStage[]
