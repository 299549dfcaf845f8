// The keys of private streams: made, prolonged, ended, run out. In memory only, as a restart of a venue loses them.

import { randomBytes } from 'node:crypto'

export class ListenKeys {
  readonly #lifeMs: number
  readonly #untilMs = new Map<string, number>()

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs
  }

  /** A second question gets the same key, prolonged. */
  create(nowMs: number): string {
    const [current] = this.#untilMs.keys()
    const key = current !== undefined && this.isValid(current, nowMs) ? current : randomBytes(32).toString('hex')
    this.#untilMs.set(key, nowMs + this.#lifeMs)
    return key
  }

  /** False where there is no such key any more. */
  prolong(key: string, nowMs: number): boolean {
    if (!this.isValid(key, nowMs)) return false
    this.#untilMs.set(key, nowMs + this.#lifeMs)
    return true
  }

  end(key: string): boolean {
    return this.#untilMs.delete(key)
  }

  isValid(key: string, nowMs: number): boolean {
    return nowMs < (this.#untilMs.get(key) ?? 0)
  }

  /** Removes and returns those that have run out. */
  takeExpired(nowMs: number): string[] {
    const expired = [...this.#untilMs].filter(([, untilMs]) => nowMs >= untilMs).map(([key]) => key)
    for (const key of expired) this.#untilMs.delete(key)
    return expired
  }

  /** All of them run out now. */
  expireAll(): void {
    for (const key of this.#untilMs.keys()) this.#untilMs.set(key, 0)
  }

  clear(): void {
    this.#untilMs.clear()
  }
}
