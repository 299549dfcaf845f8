// The life of a managed trade, as one table. Stages only move forward; `closed` is final.

// biome-ignore format: a list of words is read as one
export type SlotStage =
  | 'idle' | 'entry_requested' | 'entry_sent' | 'entry_working' | 'position_open'
  | 'exit_requested' | 'exit_sent' | 'exit_working' | 'position_partially_closed' | 'closed'

/**
 * What can happen to a slot. `entryOver` and `entryFailed` say that the entry order is final, with something bought or
 * with nothing; `residual` exits whatever is open, from every stage that can hold size; `exitFill` leaves size open, `exitFailed` ends an exit order
 * without closing anything, `flat` means that the open size has reached zero and no entry is alive; `adopt` gives the slot
 * exposure that nothing explained.
 */
// biome-ignore format: a list of words is read as one
export type SlotTrigger =
  | 'enter' | 'entrySent' | 'entryAck' | 'entryFill' | 'entryOver' | 'entryFailed'
  | 'exit' | 'residual' | 'exitSent' | 'exitAck' | 'exitFill' | 'exitFailed' | 'flat' | 'adopt'

/** The next stage; `same` where nothing changes; `refused` where the trigger is denied before it becomes a fact. */
export type SlotCell = SlotStage | 'same' | 'refused'

// biome-ignore format: a table is read by column
export const SLOT_TABLE = {
  idle: {
    enter: 'entry_requested', entrySent: 'refused', entryAck: 'refused', entryFill: 'refused', entryOver: 'refused', entryFailed: 'refused',
    exit: 'refused', residual: 'refused', exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused', adopt: 'position_open',
  },
  entry_requested: {
    enter: 'refused', entrySent: 'entry_sent', entryAck: 'entry_working', entryFill: 'entry_working' /* the fill overtook the ack */, entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused' /* cancel the entry first */, residual: 'refused' /* nothing is open yet */, exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused', adopt: 'refused' /* the entry decides first */,
  },
  entry_sent: {
    enter: 'refused', entrySent: 'same', entryAck: 'entry_working', entryFill: 'entry_working', entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused', residual: 'refused', exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused', adopt: 'refused',
  },
  entry_working: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused', residual: 'exit_requested' /* what has been bought, while the rest is taken back */, exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused', adopt: 'refused',
  },
  position_open: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same' /* late entry fill: it belongs to this trade */, entryOver: 'same', entryFailed: 'same',
    exit: 'exit_requested', residual: 'exit_requested', exitSent: 'same', exitAck: 'same', exitFill: 'position_partially_closed', exitFailed: 'same', flat: 'closed', adopt: 'same',
  },
  exit_requested: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'refused', residual: 'same' /* beside the other order; never back */, exitSent: 'exit_sent', exitAck: 'exit_working', exitFill: 'position_partially_closed', exitFailed: 'exit_working' /* forward, so that a further leg may be asked for */, flat: 'closed', adopt: 'same',
  },
  exit_sent: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'refused', residual: 'same', exitSent: 'same', exitAck: 'exit_working', exitFill: 'position_partially_closed', exitFailed: 'exit_working' /* as above */, flat: 'closed', adopt: 'same',
  },
  exit_working: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'same' /* a further leg beside this one; never back to requested */, residual: 'same', exitSent: 'same', exitAck: 'same', exitFill: 'position_partially_closed', exitFailed: 'same', flat: 'closed', adopt: 'same',
  },
  position_partially_closed: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'same' /* the next leg; the leg carries its own progress */, residual: 'same', exitSent: 'same', exitAck: 'same', exitFill: 'same', exitFailed: 'same', flat: 'closed', adopt: 'same',
  },
  closed: {
    enter: 'refused' /* final: re-use opens a new trade, which starts at idle */, entrySent: 'same', entryAck: 'same', entryFill: 'same' /* late fill: unassigned */, entryOver: 'same', entryFailed: 'same',
    exit: 'refused', residual: 'refused', exitSent: 'same', exitAck: 'same', exitFill: 'same' /* late fill: unassigned */, exitFailed: 'same', flat: 'same', adopt: 'refused' /* its next trade starts at idle */,
  },
} as const satisfies Record<SlotStage, Record<SlotTrigger, SlotCell>>
