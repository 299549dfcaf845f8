// Keeps what a feed has to say to a trader until somebody reads it. Bounded; it never prints.

import type { FeedNotice } from './feed.ts'

const MOST_KEPT = 1_000
const MOST_KINDS = 100

/** Notices in order; what does not fit is counted and said in one sentence. */
export class Notices {
  #kept: FeedNotice[] = []
  #lost = 0
  readonly #said = new Set<string>()

  add(notice: FeedNotice): void {
    if (this.#kept.length < MOST_KEPT) this.#kept.push(notice)
    else this.#lost += 1
  }

  /** Says something once for each kind, of which a hostile file may invent any number. */
  addOnce(kind: string, notice: FeedNotice): void {
    if (this.#said.has(kind) || this.#said.size >= MOST_KINDS) return
    this.#said.add(kind)
    this.add(notice)
  }

  /** The notices since the last call, oldest first. */
  take(): FeedNotice[] {
    const taken = this.#kept
    if (this.#lost > 0) {
      const last = taken.at(-1)
      taken.push({ timeUs: last?.timeUs ?? null, severity: 'warning', text: `${this.#lost} more notices about the feed were not kept.` })
    }
    this.#kept = []
    this.#lost = 0
    return taken
  }
}
