// What happens when, in virtual time; of two at one time the one added first. Knows nothing of what it holds.

interface Entry<T> {
  readonly timeUs: number
  readonly order: number
  readonly item: T
}

export class Schedule<T> {
  #entries: Entry<T>[] = []
  #added = 0

  get size(): number {
    return this.#entries.length
  }

  add(timeUs: number, item: T): void {
    this.#added += 1
    const entry = { timeUs, order: this.#added, item }
    // Few are under way at once, and most are due soon: kept in order, the latest first.
    let index = this.#entries.length
    while (index > 0 && (this.#entries[index - 1] as Entry<T>).timeUs <= timeUs) index -= 1
    this.#entries.splice(index, 0, entry)
  }

  take(): Entry<T> | undefined {
    return this.#entries.pop()
  }

  drop(matches: (item: T) => boolean): void {
    this.#entries = this.#entries.filter(({ item }) => !matches(item))
  }
}
