// How much of the market stands before one resting order at its price. Owns the estimate; fills nothing.

import { add, type Decimal, min, mulDiv, sub, ZERO } from '../kernel/decimal.ts'

/** How long a print waits for the fall of the displayed size that it caused. */
export const PRINT_WINDOW_US = 1_000_000
/** How long a fall of the displayed size waits for a print that explains it, on feeds that send the book first. */
export const LATE_PRINT_WINDOW_US = 50_000
/** Falls kept for late prints; beyond it the oldest counts as a cancellation for good. */
const FALLS_KEPT = 64

interface Fall {
  readonly timeUs: number
  size: Decimal
  /** How far the order came forward because the fall was taken for a cancellation. */
  front: Decimal
}

/**
 * The estimate of E. Rigtorp, "Estimating order queue position" (2013), with f(x) = x: prints at the price shorten the
 * queue from its front, and what else the displayed size loses was cancelled evenly all along the queue.
 * A print and the change of the book that it caused are two messages; whichever comes second is recognised and not
 * counted again.
 */
export class QueuePosition {
  /** Null while the feed has not shown the size at the price. */
  #ahead: Decimal | null
  #displayed: Decimal | null
  /** Printed at the price, and not yet seen to be missing from the displayed size. */
  #printed: Decimal = ZERO
  #printedAtUs = 0
  readonly #falls: Fall[] = []

  /** @param displayed the size at the price on arrival: all of it is ahead. Null where the feed does not show it */
  constructor(displayed: Decimal | null) {
    this.#ahead = displayed
    this.#displayed = displayed
  }

  get ahead(): Decimal | null {
    return this.#ahead
  }

  get displayed(): Decimal | null {
    return this.#displayed
  }

  /** The market traded beyond the price, so all that stood before the order is gone. */
  reachFront(): void {
    this.#ahead = ZERO
    this.#falls.length = 0
  }

  /** What is known of the displayed size no longer holds: the feed has a gap. The place in the queue is kept. */
  loseSight(): void {
    this.#displayed = null
  }

  /**
   * Takes note of a print at the price before it eats. Where the book fell first, that fall was this print and no
   * cancellation: the step forward it gave is taken back, as far as `queueVolume` is about to eat anyway.
   */
  notePrint(size: Decimal, queueVolume: Decimal, timeUs: number): void {
    let explained: Decimal = ZERO
    this.#forgetFalls(timeUs)
    while (this.#falls.length > 0 && explained < queueVolume) {
      const fall = this.#falls[0] as Fall
      const part = min(fall.size, sub(queueVolume, explained))
      const front = mulDiv(fall.front, part, fall.size)
      if (this.#ahead !== null) this.#ahead = add(this.#ahead, front)
      fall.front = sub(fall.front, front)
      fall.size = sub(fall.size, part)
      explained = add(explained, part)
      if (fall.size === ZERO) this.#falls.shift()
    }
    if (timeUs - this.#printedAtUs > PRINT_WINDOW_US) this.#printed = ZERO
    this.#printed = add(this.#printed, sub(size, explained))
    this.#printedAtUs = timeUs
  }

  /** Shortens the queue ahead by what traded out of it. */
  eat(volume: Decimal): void {
    if (this.#ahead !== null) this.#ahead = this.#ahead > volume ? sub(this.#ahead, volume) : ZERO
  }

  /** Follows the displayed size, which never contains the order itself; null where the feed does not show it. */
  show(size: Decimal | null, timeUs: number): void {
    const before = this.#displayed
    if (size === before) return
    this.#displayed = size
    if (size === null) return
    if (this.#ahead === null) {
      // First sight of the queue. Who came before whom is not known: all of it is put ahead.
      this.#ahead = size
      return
    }
    if (before !== null && size < before && this.#ahead > ZERO) this.#fall(before, sub(before, size), timeUs)
    this.#ahead = min(this.#ahead, size)
  }

  #fall(before: Decimal, size: Decimal, timeUs: number): void {
    if (timeUs - this.#printedAtUs > PRINT_WINDOW_US) this.#printed = ZERO
    const traded = min(size, this.#printed)
    this.#printed = sub(this.#printed, traded)
    const cancelled = sub(size, traded)
    if (cancelled === ZERO) return
    const ahead = this.#ahead as Decimal
    const queue = sub(before, traded)
    const front = ahead >= queue ? cancelled : mulDiv(cancelled, ahead, queue)
    this.#ahead = sub(ahead, min(ahead, front))
    this.#forgetFalls(timeUs)
    if (this.#falls.length === FALLS_KEPT) this.#falls.shift()
    this.#falls.push({ timeUs, size: cancelled, front: min(ahead, front) })
  }

  #forgetFalls(timeUs: number): void {
    while (this.#falls.length > 0 && timeUs - (this.#falls[0] as Fall).timeUs > LATE_PRINT_WINDOW_US) this.#falls.shift()
  }
}
