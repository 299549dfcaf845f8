// The clock of a replay: gives the lines of a recording their session time, which only moves forward, whatever the stamps
// do. It owns the last time and how far a joined recording is moved; it never reads a line.

import { LATEST_STAMP_US, LineFault } from './message.ts'

/** Clocks are stepped by a second or so; stamps that fall further may be the seam of two recordings. */
const SEAM_US = 1_000_000
/** Streams are hardly ever silent for so long; a stamp that leaps further ahead may be that of one bad line. */
const LEAP_US = 60_000_000

export class RecordingClock {
  #lastUs: number | null = null
  /** What is added to a stamp: a recording joined to another goes on from the end of that one. */
  #movedUs = 0
  /** What was added before, should the stamps turn out to have been wrong for a while rather than joined. */
  #otherMovedUs = 0

  /** Session time of the last line that was played; null before the first. */
  get lastUs(): number | null {
    return this.#lastUs
  }

  /**
   * The session time of a line that is played now: never before the last one.
   * @throws LineFault where what was joined carries it beyond every stamp there may be
   */
  timeOf(stampUs: number): number {
    const timeUs = stampUs + this.#movedUs
    if (timeUs > LATEST_STAMP_US) throw new LineFault('its time, carried on from the recording before it, is beyond the year 2099')
    return this.#lastUs === null || timeUs > this.#lastUs ? timeUs : this.#lastUs
  }

  /** How far a stamp lies before the last line; zero or less where it does not. */
  fallOf(stampUs: number): number {
    return this.#lastUs === null ? 0 : this.#lastUs - stampUs - this.#movedUs
  }

  /** Whether a stamp is close enough to the line before; otherwise the next line has to say what it is. */
  isNear(stampUs: number): boolean {
    const fallUs = this.fallOf(stampUs)
    return fallUs <= SEAM_US && -fallUs <= LEAP_US
  }

  /** Whether a stamp simply follows, so that nothing has to be weighed: nearly always. */
  isSmooth(stampUs: number): boolean {
    const fallUs = this.fallOf(stampUs)
    return fallUs <= SEAM_US && -fallUs <= (this.#movedUs === this.#otherMovedUs ? LEAP_US : SEAM_US)
  }

  /** Whether the stamp after an odd one is nearer to the line before both: then the odd one stands alone. */
  isTakenBack(oddUs: number, nextUs: number): boolean {
    return Math.abs(this.fallOf(nextUs)) < Math.abs(nextUs - oddUs)
  }

  advance(timeUs: number): void {
    this.#lastUs = timeUs
  }

  /** From this stamp on time goes on from the last line, at the pace of the stamps. */
  join(stampUs: number): void {
    this.#otherMovedUs = this.#movedUs
    this.#movedUs += this.fallOf(stampUs)
  }

  /**
   * Where stamps fall back and later leap ahead by as much, no recording was joined but a clock was wrong, or two clocks
   * wrote. True where the stamp follows more closely as it would have before the last change, which is then undone.
   */
  align(stampUs: number): boolean {
    const distanceUs = Math.abs(this.fallOf(stampUs))
    if (distanceUs <= SEAM_US) return false
    this.#swap()
    const aheadUs = -this.fallOf(stampUs)
    if (aheadUs >= 0 && aheadUs <= LEAP_US && aheadUs < distanceUs) return true
    this.#swap()
    return false
  }

  #swap(): void {
    const movedUs = this.#movedUs
    this.#movedUs = this.#otherMovedUs
    this.#otherMovedUs = movedUs
  }
}
