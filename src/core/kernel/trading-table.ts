// Whether an account trades at all, as one table. Every change is a fact; a session opens active.

/** ACTIVE; REDUCING: only what lowers the absolute position passes, with all that works on its side; HALTED: only cancels. */
export type TradingState = 'active' | 'reducing' | 'halted'

/** `pause` can be resumed; `halt` cannot: it asks for the end of the session, and only the next one is active again. */
export type ControlAction = 'pause' | 'resume' | 'reduce_only' | 'halt'

// biome-ignore format: a table is read by column
export const TRADING_TABLE = {
  active: { pause: 'halted', resume: 'same', reduce_only: 'reducing', halt: 'halted' },
  reducing: { pause: 'halted', resume: 'active', reduce_only: 'same', halt: 'halted' },
  halted: { pause: 'same', resume: 'active', reduce_only: 'reducing', halt: 'halted' /* paused before, now for good */ },
} as const satisfies Record<TradingState, Record<ControlAction, TradingState | 'same'>>
