// What is shown of a session to who looks on: keeps what a state forgets (the course of the result, how quotes did), and builds a
// model when somebody wants one, never else. Decides nothing; a session goes the same way with it and without.

import type { Fact } from '../kernel/facts.ts'
import { buildViewModel, type ModelSources } from './build-view-model.ts'
import type { Chronicle } from './chronicle.ts'
import { Course } from './course.ts'
import { resultOf } from './gates.ts'
import { QuoteWatch } from './quote-watch.ts'
import type { LookingOn } from './socket/observe-together.ts'
import type { SessionViewModel } from './view-model.ts'

export interface OnlookersParts {
  readonly lookers: LookingOn
  readonly chronicle: Chronicle
  readonly instrument: string
  readonly tickIntervalUs: number
  /** How the session stands: asked for when a model is wanted. */
  readonly sources: () => ModelSources
}

export class Onlookers {
  readonly #parts: OnlookersParts
  readonly #course = new Course()
  readonly #quotes: QuoteWatch

  constructor(parts: OnlookersParts) {
    this.#parts = parts
    this.#quotes = new QuoteWatch(parts)
  }

  onFact(fact: Fact): void {
    this.#quotes.onFact(fact)
  }

  /** With each step of time; nearly always there is nothing to do. */
  onProgress(nowUs: number): void {
    if (this.#course.isDue(nowUs)) {
      const { state, instrument, baseline } = this.#parts.sources()
      this.#course.add(nowUs, resultOf(state, instrument, baseline).net)
    }
    const { lookers, chronicle } = this.#parts
    if (lookers.wants(chronicle.unseen > 0, nowUs)) this.publish()
  }

  publish(): void {
    const { lookers, chronicle } = this.#parts
    chronicle.unseen = 0
    lookers.publish(this.model())
  }

  model(): SessionViewModel {
    return buildViewModel(this.#parts.sources(), { course: this.#course, quotes: this.#quotes })
  }
}
