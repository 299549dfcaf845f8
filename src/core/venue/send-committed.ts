// The one way out to a venue: what was decided is made durable, then sent, then noted, each effect for itself. It decides nothing,
// and keeps nothing that could not leave.

import { DitaError, messageOf } from '../errors.ts'
import type { Fact } from '../kernel/facts.ts'
import type { KernelInput } from '../kernel/inputs.ts'
import type { Effect, Venue } from './port.ts'

export interface SendingParts {
  readonly engine: { readonly lastFactUs: number; handle(timeUs: number, input: KernelInput): readonly Fact[] }
  readonly venue: Pick<Venue, 'send'>
  /** Makes everything since the last commit durable; returns what may leave now. */
  readonly commit: () => readonly Effect[]
  /** Whether an effect may leave now; what may not is left out, and whoever says so brings it again. Left out: all may. */
  readonly admits?: (effect: Effect) => boolean
  readonly nowUs: number
}

/** An effect that the venue did not take, and why. */
export interface Unsent {
  readonly effect: Effect
  readonly error: unknown
}

/** Failures by which a venue says that nothing has left: as certain as a refusal of the venue's. */
const NEVER_LEFT: Readonly<Record<string, string>> = { VENUE_QUEUE_FULL: 'NOT_SENT_QUEUE_FULL', VENUE_CLOSED: 'NOT_SENT_CLOSED' }

/** What is noted as not sent may order a question, and a question orders nothing: a third round would be a defect. */
const MOST_ROUNDS = 3

/**
 * Commits, sends and notes until nothing is left to send. One effect that fails keeps none of the others back: it is noted as not
 * sent, or where nobody can know that, as in doubt. That an effect was sent is noted, and made durable with the next commit.
 * @returns what a full queue did not take
 * @throws whatever else failed first, after all of it is noted and durable; and what `commit` throws, at once
 */
export function sendCommitted(parts: SendingParts): readonly Unsent[] {
  const unsent: Unsent[] = []
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const failed = sendAll(parts)
    unsent.push(...failed)
    if (failed.length === 0) break
  }
  const worst = unsent.find(({ error }) => !isQueueFull(error))
  if (worst !== undefined) throw worst.error
  return unsent
}

/** The one failure of sending that passes by itself. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof DitaError && error.code === 'VENUE_QUEUE_FULL'
}

function sendAll({ engine, venue, commit, admits, nowUs }: SendingParts): Unsent[] {
  const failed: Unsent[] = []
  for (const effect of commit()) {
    if (admits?.(effect) === false) continue
    let note: KernelInput | null
    try {
      venue.send(effect, nowUs)
      note = sentNote(effect)
    } catch (error) {
      failed.push({ effect, error })
      note = unsentNote(effect, error)
    }
    // The journal's time never goes back, whatever the clock does.
    if (note !== null) engine.handle(Math.max(nowUs, engine.lastFactUs), note)
  }
  return failed
}

function sentNote(effect: Effect): KernelInput | null {
  switch (effect.type) {
    case 'submit':
      return { type: 'NOTE_SUBMIT', clientOrderId: effect.request.clientOrderId, outcome: 'sent', detail: null }
    case 'cancel':
      return { type: 'NOTE_CANCEL', clientOrderId: effect.clientOrderId, outcome: 'sent', detail: null }
    case 'query':
      // It changes nothing: whether it left is told by its answer.
      return null
  }
}

function unsentNote(effect: Effect, error: unknown): KernelInput | null {
  if (effect.type === 'query') return null
  const code = error instanceof DitaError && Object.hasOwn(NEVER_LEFT, error.code) ? NEVER_LEFT[error.code] : undefined
  const clientOrderId = effect.type === 'submit' ? effect.request.clientOrderId : effect.clientOrderId
  if (code === undefined) {
    const detail = `sending it failed: ${messageOf(error)}`
    return { type: effect.type === 'submit' ? 'NOTE_SUBMIT' : 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail }
  }
  const refusal = { code, reason: `it was never sent: ${messageOf(error)}`, clientOrderId, venueOrderId: null }
  return { type: effect.type === 'submit' ? 'ORDER_REJECT' : 'CANCEL_REJECT', ...refusal }
}
