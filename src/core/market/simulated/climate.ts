// The weather of the simulated market: a fair price that wanders and comes back, and moods in which it moves more,
// quotes stand wider and more happens. It shapes decisions, so it uses floats; nothing of it is ever emitted.

import type { Random } from './random.ts'

interface Mood {
  readonly volatility: number
  readonly activity: number
  readonly meanSeconds: number
  /** The moods it may turn into, each as likely as it is often named. */
  readonly next: readonly MoodName[]
}

type MoodName = 'calm' | 'lively' | 'stormy'

const MOODS: Readonly<Record<MoodName, Mood>> = {
  calm: { volatility: 1, activity: 0.75, meanSeconds: 900, next: ['lively', 'lively', 'lively', 'stormy'] },
  lively: { volatility: 1.8, activity: 1.25, meanSeconds: 420, next: ['calm', 'calm', 'stormy'] },
  stormy: { volatility: 3.5, activity: 2, meanSeconds: 90, next: ['lively', 'lively', 'calm'] },
}
export const MOST_ACTIVITY = 2

/** The wandering is pulled home so weakly that it takes two days: a session sees trends, a week no runaway. */
const HOME_PULL_PER_HOUR = 0.02
/** A mood sets in over half a minute. */
const MOOD_SECONDS = 30
const SECONDS_PER_HOUR = 3_600

interface ClimateOptions {
  readonly startTicks: number
  readonly volatilityBpsPerHour: number
  readonly spreadBps: number
  readonly stepSeconds: number
}

export class Climate {
  readonly #random: Random
  readonly #options: ClimateOptions
  readonly #calmDeviation: number
  #mood: Mood = MOODS.calm
  #volatility = 1
  #activity = MOODS.calm.activity
  /** How wide makers quote just now, against what volatility alone would make of it. */
  #caution = 1
  #fairTicks: number

  constructor(random: Random, options: ClimateOptions) {
    this.#random = random
    this.#options = options
    this.#fairTicks = options.startTicks
    this.#calmDeviation = (options.volatilityBpsPerHour / 10_000) * Math.sqrt(options.stepSeconds / SECONDS_PER_HOUR)
  }

  get fairTicks(): number {
    return this.#fairTicks
  }

  /** Times as much as in a calm market. */
  get volatility(): number {
    return this.#volatility
  }

  /** Times as many events as on average. */
  get activity(): number {
    return this.#activity
  }

  get halfSpreadTicks(): number {
    const spreadBps = this.#options.spreadBps * (0.6 + 0.22 * this.#volatility) * this.#caution
    return clamp((this.#fairTicks * spreadBps) / 20_000, 0.5, this.#fairTicks / 4)
  }

  step(): void {
    const { startTicks, stepSeconds } = this.#options
    const random = this.#random
    if (random.chance(stepSeconds / this.#mood.meanSeconds)) {
      this.#mood = MOODS[this.#mood.next[random.below(this.#mood.next.length)] as MoodName]
    }
    const share = stepSeconds / MOOD_SECONDS
    this.#volatility += (this.#mood.volatility - this.#volatility) * share
    this.#activity += (this.#mood.activity - this.#activity) * share
    this.#caution = clamp(this.#caution + (1 - this.#caution) * share + 0.3 * Math.sqrt(share) * (random.next() - 0.5), 0.6, 1.6)
    const pull = ((startTicks - this.#fairTicks) * HOME_PULL_PER_HOUR * stepSeconds) / SECONDS_PER_HOUR
    const move = this.#fairTicks * this.#calmDeviation * this.#volatility * random.gaussian()
    // Whatever volatility is asked for, the price stays within half and double of where it began.
    this.#fairTicks = clamp(this.#fairTicks + pull + move, startTicks / 2, startTicks * 2)
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
