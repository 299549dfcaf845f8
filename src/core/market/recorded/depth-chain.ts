// Decides whether a diff follows the one before it, and lines snapshots up with diffs. It owns the chain of update ids;
// it holds no book.

import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { BookLevel, SnapshotEvent } from '../events.ts'
import type { Diff, Snapshot } from './message.ts'

/** A REST snapshot arrives seconds after the state it shows; the diffs of that time are kept to bring it up to date. */
const MOST_RECENT = 2_000

/** `stale` says nothing new; `gap` does not follow, so what was known is void. */
type Link = 'follows' | 'stale' | 'gap'

/**
 * The rules of Binance's two markets. Spot: each diff begins at the last id + 1, and after a snapshot with id L those
 * with u ≤ L are dropped and the first kept has U ≤ L + 1 ≤ u. USD-M futures, where ids are shared by all symbols: each
 * diff names its predecessor as `pu`, those with u < L are dropped and the first kept has U ≤ L ≤ u, or pu = L.
 */
export class DepthChain {
  #lastId: number | null = null
  /** Whether the last id is that of a snapshot, which the next diff has to meet rather than follow. */
  #atSnapshot = false
  #recent: Diff[] = []

  /** Null before the first diff or snapshot. */
  get lastId(): number | null {
    return this.#lastId
  }

  link(diff: Diff): Link {
    const link = this.#judge(diff)
    if (link === 'stale') return link
    if (link === 'gap') this.#recent = []
    this.#lastId = diff.lastId
    this.#atSnapshot = false
    this.#recent.push(diff)
    if (this.#recent.length > MOST_RECENT) this.#recent = this.#recent.slice(MOST_RECENT / 2)
    return link
  }

  #judge(diff: Diff): Link {
    const lastId = this.#lastId
    if (lastId === null) return 'follows'
    if (this.#atSnapshot) {
      if (isBefore(diff, lastId)) return 'stale'
      return meets(diff, lastId) ? 'follows' : 'gap'
    }
    if (diff.lastId <= lastId) return 'stale'
    if (diff.previousId === null) return diff.firstId <= lastId + 1 ? 'follows' : 'gap'
    return diff.previousId === lastId ? 'follows' : 'gap'
  }

  /**
   * The snapshot as it is now, with the diffs that came before it but are newer already in it; null where it is too old
   * to be joined to the diffs we have.
   */
  join(snapshot: Snapshot): SnapshotEvent | null {
    if (this.#lastId === null || snapshot.updateId > this.#lastId) {
      this.#lastId = snapshot.updateId
      this.#atSnapshot = true
      this.#recent = []
      return { type: 'snapshot', ...snapshot }
    }
    const newer = this.#recent.filter((diff) => !isBefore(diff, snapshot.updateId))
    const first = newer[0]
    if (first === undefined) return snapshot.updateId === this.#lastId ? { type: 'snapshot', ...snapshot } : null
    if (!meets(first, snapshot.updateId)) return null
    return {
      type: 'snapshot',
      timeUs: snapshot.timeUs,
      venueTimeUs: newer.at(-1)?.venueTimeUs ?? snapshot.venueTimeUs,
      updateId: this.#lastId,
      bids: merged(snapshot.bids, newer, 'bids'),
      asks: merged(snapshot.asks, newer, 'asks'),
    }
  }

  /** Forgets everything: what comes next begins a chain of its own. */
  restart(): void {
    this.#lastId = null
    this.#atSnapshot = false
    this.#recent = []
  }
}

function isBefore(diff: Diff, snapshotId: number): boolean {
  return diff.previousId === null ? diff.lastId <= snapshotId : diff.lastId < snapshotId
}

function meets(diff: Diff, snapshotId: number): boolean {
  if (diff.previousId === null) return diff.firstId <= snapshotId + 1
  return diff.firstId <= snapshotId || diff.previousId === snapshotId
}

function merged(levels: readonly BookLevel[], diffs: readonly Diff[], side: 'bids' | 'asks'): BookLevel[] {
  const byPrice = new Map<Decimal, BookLevel>()
  for (const level of levels) byPrice.set(level.price, level)
  for (const diff of diffs) for (const level of diff[side]) byPrice.set(level.price, level)
  const best = side === 'bids' ? -1 : 1
  return [...byPrice.values()].filter((level) => level.size > ZERO).sort((a, b) => (a.price < b.price ? -best : best))
}
