// Whether an account trades, in the words of people: what the kernel calls halted is paused to them, since the session goes on. Data,
// and the sentence made of it.

import type { TradingState } from './kernel/trading-table.ts'

/** Why trading was changed, where somebody asked for it with a key: their own wish, and no fault. */
export const BY_HAND = 'an operator asked for it'

const WORDS: Readonly<Record<TradingState, string>> = { active: 'active', reducing: 'reduce-only', halted: 'paused' }

/** `active`, `reduce-only` or `paused`; what is none of the kernel's states stays as it is. */
export function tradingWord(state: string): string {
  return Object.hasOwn(WORDS, state) ? WORDS[state as TradingState] : state
}

/** `active → paused (lunch)`; what a strategy has stopped is not paused: nothing resumes it. */
export function tradingMoveText(move: {
  readonly action: string
  readonly from: string
  readonly to: string
  readonly reason: string | null
}): string {
  const was = tradingWord(move.from)
  const is = move.action === 'halt' ? 'stopped for good' : tradingWord(move.to)
  return `${was === is ? `stays ${is}` : `${was} → ${is}`}${move.reason === null ? '' : ` (${move.reason})`}`
}
