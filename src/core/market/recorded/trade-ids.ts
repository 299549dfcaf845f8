// Tells trades that a recording gives again from new ones, by their ids. It owns the ids seen; it never sees a trade.

/** So many ids in a row that are neither above the last nor known as given: the last was the odd one. */
const MOST_OLD = 100
/** So many ids at least are known as given; those before are old enough to be told by their number. */
const REMEMBERED = 10_000

/** `resumed` is new too: ids go on below one that was out of line. */
type Verdict = 'new' | 'repeated' | 'resumed'

/** Ids of one stream rise; where they leap, trades are missing, which is no fault of a trade. */
export class TradeIds {
  #lastId = -1
  #old = 0
  /** Two generations, so that forgetting the older half costs nothing. */
  #recent = new Set<number>()
  #former = new Set<number>()

  /** Null before the first, and after a restart. */
  get lastId(): number | null {
    return this.#lastId < 0 ? null : this.#lastId
  }

  judge(id: number): Verdict {
    if (id > this.#lastId) {
      this.#give(id)
      return 'new'
    }
    if (this.#recent.has(id) || this.#former.has(id)) return 'repeated'
    this.#old += 1
    if (this.#old <= MOST_OLD) return 'repeated'
    this.#give(id)
    return 'resumed'
  }

  /** Forgets everything: another recording may tell the same trades again. */
  restart(): void {
    this.#lastId = -1
    this.#old = 0
    this.#recent = new Set()
    this.#former = new Set()
  }

  #give(id: number): void {
    this.#lastId = id
    this.#old = 0
    this.#recent.add(id)
    if (this.#recent.size < REMEMBERED) return
    this.#former = this.#recent
    this.#recent = new Set()
  }
}
