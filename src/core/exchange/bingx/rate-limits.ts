// How often may be asked: a window for each endpoint, one for each group, and what happens to those who go on all the
// same. Counts calls; it answers nothing.

import { CODES, type Refused } from './codes.ts'

export type RateGroup = 1 | 2 | 3

export interface RateQuestion {
  readonly endpoint: string
  readonly group: RateGroup
  /** Calls of this endpoint in a second. */
  readonly perSecond: number
}

/** What the caller is told: how many calls the second leaves, and when it ends; and a refusal where it was too many. */
export interface RateVerdict {
  readonly remaining: number
  readonly windowEndMs: number
  readonly refused: Refused | null
  /** 200 for a refusal in words; 429, and 418 for who ignores that. */
  readonly status: 200 | 418 | 429
}

interface Window {
  startMs: number
  count: number
}

interface Limit {
  readonly windowMs: number
  readonly count: number
}

const SECOND_MS = 1_000
const GROUP_LIMITS: Readonly<Record<RateGroup, readonly Limit[]>> = {
  1: [
    { windowMs: 10_000, count: 500 },
    { windowMs: 60_000, count: 1_000 },
  ],
  2: [{ windowMs: 10_000, count: 2_000 }],
  3: [{ windowMs: 10_000, count: 2_000 }],
}
const PER_ENDPOINT: Limit = { windowMs: 10_000, count: 300 }
/** Refusals within ten seconds, from how many on, and for how long everything is refused in that way. */
const PUNISHMENTS = [
  { from: 60, status: 418, banMs: 60_000 },
  { from: 20, status: 429, banMs: 10_000 },
] as const
const REFUSALS_WINDOW_MS = 10_000
/** Calls that blame themselves in ten seconds before they are refused unread. */
const MOST_INVALID = 50

export class RateLimits {
  readonly #windows = new Map<string, Window>()
  #ban: { readonly untilMs: number; readonly status: 418 | 429 } | null = null

  /** Counts a call and says whether it is let in. */
  admit({ endpoint, group, perSecond }: RateQuestion, nowMs: number): RateVerdict {
    const second = this.#count(`second ${endpoint}`, { windowMs: SECOND_MS, count: perSecond }, nowMs)
    const verdict = { remaining: Math.max(0, perSecond - second.count), windowEndMs: second.startMs + SECOND_MS }
    if (this.#ban !== null && nowMs < this.#ban.untilMs) {
      this.#punish(nowMs)
      return { ...verdict, refused: CODES.rateLimited, status: this.#ban.status }
    }
    this.#ban = null
    if (this.#countOf('invalid', REFUSALS_WINDOW_MS, nowMs) >= MOST_INVALID)
      return { ...verdict, refused: CODES.tooManyInvalid, status: 200 }
    const isOver = [
      second.count > perSecond,
      this.#count(`endpoint ${endpoint}`, PER_ENDPOINT, nowMs).count > PER_ENDPOINT.count && group !== 1,
      ...GROUP_LIMITS[group].map((limit) => this.#count(`group ${group} ${limit.windowMs}`, limit, nowMs).count > limit.count),
    ].includes(true)
    if (!isOver) return { ...verdict, refused: null, status: 200 }
    this.#punish(nowMs)
    return { ...verdict, refused: CODES.rateLimited, status: 200 }
  }

  /** A call that was the caller's own fault. */
  noteInvalid(nowMs: number): void {
    this.#count('invalid', { windowMs: REFUSALS_WINDOW_MS, count: MOST_INVALID }, nowMs)
  }

  #punish(nowMs: number): void {
    const { count } = this.#count('refusals', { windowMs: REFUSALS_WINDOW_MS, count: 0 }, nowMs)
    const punishment = PUNISHMENTS.find(({ from }) => count >= from)
    if (punishment === undefined) return
    this.#ban = { untilMs: nowMs + punishment.banMs, status: punishment.status }
  }

  #countOf(key: string, windowMs: number, nowMs: number): number {
    const window = this.#windows.get(key)
    return window === undefined || nowMs - window.startMs >= windowMs ? 0 : window.count
  }

  #count(key: string, { windowMs }: Limit, nowMs: number): Window {
    let window = this.#windows.get(key)
    if (window === undefined || nowMs - window.startMs >= windowMs || nowMs < window.startMs) {
      window = { startMs: nowMs, count: 0 }
      this.#windows.set(key, window)
    }
    window.count += 1
    return window
  }
}
