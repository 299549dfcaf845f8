// The line between a session's engine and its venue: what is committed leaves, what the venue says is decided on, and what is in
// doubt is asked about until it is known. Owns no time: the loop says what time it is.

import { DitaError, messageOf } from '../errors.ts'
import type { Fact } from '../kernel/facts.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import type { Doubts } from '../recovery/doubts.ts'
import { traceOf } from '../recovery/trace.ts'
import type { Effect, TimedVenueEvent, Venue, VenueBooks, VenueNotice } from '../venue/port.ts'
import { isQueueFull, sendCommitted } from '../venue/send-committed.ts'
import { type Chronicle, UNREACHABLE } from './chronicle.ts'
import type { Engine } from './engine.ts'

export interface VenueLineParts {
  readonly engine: Engine
  readonly venue: Venue
  readonly chronicle: Chronicle
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number
  /** Hears how long each commit took. */
  readonly committed?: (tookMs: number) => void
  readonly doubts: Doubts
}

/** A commit that takes longer is told of. */
const STALL_MS = 250

type Absence = Extract<KernelInput, { type: 'RECONCILE'; action: 'mark_absent' }>

/** Fills are looked for from so long before the order was prepared, and a look may take so long. */
const LOOK_BACK_US = 60_000_000
const LOOK_MS = 30_000

/** What a look has brought: the books, or what it failed with. */
type Look = { readonly input: Absence } & ({ readonly books: VenueBooks } | { readonly failure: unknown })

export class VenueLine {
  readonly #parts: VenueLineParts
  readonly #looking = new Set<string>()
  readonly #looks: Look[] = []

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
    this.#believe(nowUs)
    for (const step of doubts.onTick(nowUs, engine.view)) {
      if ('ask' in step) this.#ask(step.ask, nowUs)
      else if (isAbsence(step.handle) && venue.clock === 'world') this.#lookFirst(step.handle)
      else engine.handle(nowUs, step.handle)
    }
    if (engine.hasEffects) this.commit(nowUs)
  }

  /** A question that a full queue does not take is asked again when its time has come. */
  #ask(question: Effect, nowUs: number): void {
    const { venue, chronicle } = this.#parts
    try {
      venue.send(question, nowUs)
    } catch (error) {
      if (!isQueueFull(error)) throw error
      chronicle.say(nowUs, 'alarm', `a question was not sent: ${messageOf(error)}`)
    }
  }

  /** An order that is not found may have filled: before its absence is believed, all that it could have left is looked at. */
  #lookFirst(input: Absence): void {
    const { engine, venue } = this.#parts
    const { clientOrderId } = input
    const order = engine.view.orders.get(clientOrderId)
    if (order === undefined || this.#looking.has(clientOrderId)) return
    this.#looking.add(clientOrderId)
    const question = { instruments: [order.request.instrument], fillsFromUs: order.preparedAtUs - LOOK_BACK_US }
    const looked = (look: Look): void => {
      this.#looking.delete(clientOrderId)
      this.#looks.push(look)
    }
    venue.lookAtBooks(question, AbortSignal.timeout(LOOK_MS)).then(
      (books) => looked({ input, books }),
      (failure: unknown) => looked({ input, failure }),
    )
  }

  /**
   * What was seen decides; where there is a trace of it, or not all could be seen, the order stays in doubt. A look that failed is
   * none, and the next proof looks again.
   * @throws what a look failed with that is no DitaError: a defect stays one
   */
  #believe(nowUs: number): void {
    const { engine, chronicle } = this.#parts
    for (let look = this.#looks.shift(); look !== undefined; look = this.#looks.shift()) {
      const { input } = look
      if ('failure' in look) {
        if (!(look.failure instanceof DitaError)) throw look.failure
        const text = `order ${input.clientOrderId} is not found at the venue, and not absent: the look at the account failed: ${look.failure.message}`
        chronicle.say(nowUs, 'warning', text)
        continue
      }
      const order = engine.view.orders.get(input.clientOrderId)
      const trace = order === undefined ? 'nobody knows it' : traceOf(order, engine.view, look.books)
      if (trace !== null)
        chronicle.say(nowUs, 'warning', `order ${input.clientOrderId} is not found at the venue, and not absent: ${trace}`)
      else engine.handle(nowUs, { ...input, evidence: `${input.evidence} Open orders, positions and fills show no trace of it.` })
    }
  }

  /** Makes everything durable, and only then lets it leave. */
  commit(nowUs: number): void {
    const { engine, venue, doubts, chronicle } = this.#parts
    const unsent = sendCommitted({
      engine,
      venue,
      nowUs,
      commit: () => this.#makeDurable(nowUs),
      // What may not be asked yet is asked later.
      admits: (effect) => effect.type !== 'query' || doubts.admit(effect, nowUs, engine.view),
    })
    const [first] = unsent
    if (first === undefined) return
    const what = unsent.length === 1 ? `a ${first.effect.type} was` : `${unsent.length} orders, cancels and questions were`
    chronicle.say(nowUs, 'alarm', `${what} not sent: ${messageOf(first.error)}`)
  }

  /** Nothing moves while a commit waits: for the disk, or for somebody who holds an old snapshot of the store. */
  #makeDurable(nowUs: number): readonly Effect[] {
    const { engine, chronicle, nowMs, committed } = this.#parts
    const { commits } = engine.counts
    const startedMs = nowMs()
    const effects = engine.commit()
    const lastedMs = nowMs() - startedMs
    if (engine.counts.commits > commits) committed?.(lastedMs)
    const tookMs = Math.round(lastedMs)
    if (tookMs >= STALL_MS) chronicle.say(nowUs, 'warning', `the session stood still for ${tookMs} ms, while the journal was written`)
    return effects
  }

  #hear({ timeUs: saidUs, event }: TimedVenueEvent): void {
    const { engine, venue, chronicle, doubts } = this.#parts
    // News may have waited while the session started: the journal's time never goes back.
    const timeUs = venue.clock === 'world' ? Math.max(saidUs, engine.lastFactUs) : saidUs
    let facts: readonly Fact[] = []
    if (event.type === 'NOTICE') {
      // An alarm is a fact, and the chronicle tells it as it tells every fact.
      if (event.severity === 'alarm') facts = engine.handle(timeUs, flagOf(event))
      else chronicle.say(timeUs, event.severity, event.text)
    } else if (event.type !== 'ORDER_NOT_FOUND') {
      facts = engine.handle(timeUs, event)
    }
    doubts.onNews(event, { nowUs: timeUs, view: engine.view, facts })
  }
}

function isAbsence(input: KernelInput): input is Absence {
  return input.type === 'RECONCILE' && input.action === 'mark_absent'
}

function flagOf({ text, until }: VenueNotice): KernelInput {
  const value = until === 'answered' ? UNREACHABLE : null
  return { type: 'FLAG_RISK', code: 'VENUE_ALARM', severity: 'alarm', value, limit: null, detail: text }
}
