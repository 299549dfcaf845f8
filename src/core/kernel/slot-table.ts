// The life of a managed trade, as one table. Stages only move forward; `closed` is final.

// biome-ignore format: a list of words is read as one
export type SlotStage =
  | 'idle' | 'entry_requested' | 'entry_sent' | 'entry_working' | 'position_open'
  | 'exit_requested' | 'exit_sent' | 'exit_working' | 'position_partially_closed' | 'closed'

/**
 * What can happen to a slot. `entryOver` and `entryFailed` say that the entry order is final, with something bought or
 * with nothing; `exitFill` leaves size open, `exitFailed` ends an exit order without closing anything, `flat` means that
 * the open size has reached zero.
 */
// biome-ignore format: a list of words is read as one
export type SlotTrigger =
  | 'enter' | 'entrySent' | 'entryAck' | 'entryFill' | 'entryOver' | 'entryFailed'
  | 'exit' | 'exitSent' | 'exitAck' | 'exitFill' | 'exitFailed' | 'flat'

/** The next stage; `same` where nothing changes; `refused` where the trigger is denied before it becomes a fact. */
export type SlotCell = SlotStage | 'same' | 'refused'

// biome-ignore format: a table is read by column
export const SLOT_TABLE = {
  idle: {
    enter: 'entry_requested', entrySent: 'refused', entryAck: 'refused', entryFill: 'refused', entryOver: 'refused', entryFailed: 'refused',
    exit: 'refused', exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused',
  },
  entry_requested: {
    enter: 'refused', entrySent: 'entry_sent', entryAck: 'entry_working', entryFill: 'entry_working' /* the fill overtook the ack */, entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused' /* cancel the entry first */, exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused',
  },
  entry_sent: {
    enter: 'refused', entrySent: 'same', entryAck: 'entry_working', entryFill: 'entry_working', entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused', exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused',
  },
  entry_working: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'position_open', entryFailed: 'closed',
    exit: 'refused', exitSent: 'refused', exitAck: 'refused', exitFill: 'refused', exitFailed: 'refused', flat: 'refused',
  },
  position_open: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same' /* late entry fill: it belongs to this trade */, entryOver: 'same', entryFailed: 'same',
    exit: 'exit_requested', exitSent: 'same', exitAck: 'same', exitFill: 'position_partially_closed', exitFailed: 'same', flat: 'closed',
  },
  exit_requested: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'refused', exitSent: 'exit_sent', exitAck: 'exit_working', exitFill: 'position_partially_closed', exitFailed: 'exit_working' /* forward, so that a further leg may be asked for */, flat: 'closed',
  },
  exit_sent: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'refused', exitSent: 'same', exitAck: 'exit_working', exitFill: 'position_partially_closed', exitFailed: 'exit_working' /* as above */, flat: 'closed',
  },
  exit_working: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'same' /* a further leg beside this one; never back to requested */, exitSent: 'same', exitAck: 'same', exitFill: 'position_partially_closed', exitFailed: 'same', flat: 'closed',
  },
  position_partially_closed: {
    enter: 'refused', entrySent: 'same', entryAck: 'same', entryFill: 'same', entryOver: 'same', entryFailed: 'same',
    exit: 'same' /* the next leg; the leg carries its own progress */, exitSent: 'same', exitAck: 'same', exitFill: 'same', exitFailed: 'same', flat: 'closed',
  },
  closed: {
    enter: 'refused' /* final: re-use opens a new trade, which starts at idle */, entrySent: 'same', entryAck: 'same', entryFill: 'same' /* late fill: unassigned */, entryOver: 'same', entryFailed: 'same',
    exit: 'refused', exitSent: 'same', exitAck: 'same', exitFill: 'same' /* late fill: unassigned */, exitFailed: 'same', flat: 'same',
  },
} as const satisfies Record<SlotStage, Record<SlotTrigger, SlotCell>>
