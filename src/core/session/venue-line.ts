// The line between a session's engine and its venue: what is committed leaves, what the venue says is decided on, and what is in
// doubt is asked about until it is known. Owns no time: the loop says what time it is.

import type { Fact } from '../kernel/facts.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import type { Doubts } from '../recovery/doubts.ts'
import type { Effect, TimedVenueEvent, Venue } from '../venue/port.ts'
import type { Chronicle } from './chronicle.ts'
import type { Engine } from './engine.ts'

export interface VenueLineParts {
  readonly engine: Engine
  readonly venue: Venue
  readonly chronicle: Chronicle
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number
  readonly doubts: Doubts
}

/** A commit that takes longer is told of. */
const STALL_MS = 250

export class VenueLine {
  readonly #parts: VenueLineParts

  constructor(parts: VenueLineParts) {
    this.#parts = parts
  }

  /** When there is something to do on the line; undefined where nobody can know. */
  nextDueUs(): number | undefined {
    return this.#parts.doubts.nextDueUs()
  }

  /** Everything the venue has said by now, each at its own time; what it makes us send leaves at once. Returns what time it is then. */
  hear(untilUs: number, nowUs: number): number {
    const { engine, venue } = this.#parts
    let heardUs = nowUs
    for (let dueUs = venue.nextEventUs(); dueUs !== undefined && dueUs <= untilUs; dueUs = venue.nextEventUs()) {
      for (const timed of venue.take(dueUs)) this.#hear(timed)
      heardUs = Math.max(heardUs, dueUs)
      if (engine.hasEffects) this.commit(heardUs)
    }
    return heardUs
  }

  /** Asks about what is in doubt, and draws the conclusions that the answers allow. */
  followDoubts(nowUs: number): void {
    const { doubts, engine, venue } = this.#parts
    for (const step of doubts.onTick(nowUs, engine.view)) {
      if ('ask' in step) venue.send(step.ask, nowUs)
      else engine.handle(nowUs, step.handle)
    }
    if (engine.hasEffects) this.commit(nowUs)
  }

  /** Makes everything durable, and only then lets it leave. */
  commit(nowUs: number): void {
    const { engine, venue, doubts } = this.#parts
    for (const effect of this.#makeDurable(nowUs)) {
      // What may not be asked yet is asked later.
      if (effect.type === 'query' && !doubts.admit(effect, nowUs, engine.view)) continue
      venue.send(effect, nowUs)
      this.#noteSent(effect, nowUs)
    }
  }

  /** Nothing moves while a commit waits: for the disk, or for somebody who holds an old snapshot of the store. */
  #makeDurable(nowUs: number): readonly Effect[] {
    const { engine, chronicle, nowMs } = this.#parts
    const startedMs = nowMs()
    const effects = engine.commit()
    const tookMs = Math.round(nowMs() - startedMs)
    if (tookMs >= STALL_MS) chronicle.say(nowUs, 'warning', `the session stood still for ${tookMs} ms, while the journal was written`)
    return effects
  }

  #hear({ timeUs, event }: TimedVenueEvent): void {
    const { engine, chronicle, doubts } = this.#parts
    let facts: readonly Fact[] = []
    if (event.type === 'NOTICE') {
      chronicle.say(timeUs, event.severity, event.text)
      if (event.severity === 'alarm') facts = engine.handle(timeUs, flagOf(event.text))
    } else if (event.type !== 'ORDER_NOT_FOUND') {
      facts = engine.handle(timeUs, event)
    }
    doubts.onNews(event, { nowUs: timeUs, view: engine.view, facts })
  }

  #noteSent(effect: Effect, nowUs: number): void {
    const { engine } = this.#parts
    if (effect.type === 'submit') {
      engine.handle(nowUs, { type: 'NOTE_SUBMIT', clientOrderId: effect.request.clientOrderId, outcome: 'sent', detail: null })
    } else if (effect.type === 'cancel') {
      engine.handle(nowUs, { type: 'NOTE_CANCEL', clientOrderId: effect.clientOrderId, outcome: 'sent', detail: null })
    }
  }
}

function flagOf(text: string): KernelInput {
  return { type: 'FLAG_RISK', code: 'VENUE_ALARM', severity: 'alarm', value: null, limit: null, detail: text }
}
