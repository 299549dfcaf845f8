// The failures a person sees of the BingX venue. They never hold a key, a signature or a raw control character.

import { DitaError, EXIT } from '../../errors.ts'
import type { Answer } from './rest.ts'

/** @param what the call that failed, as part of a sentence: `its clock` */
export function unreachable(what: string, why: string, cause?: unknown): DitaError {
  return new DitaError('VENUE_UNREACHABLE', {
    fault: 'venue',
    exitCode: EXIT.unreachable,
    message: `BingX could not be asked for ${what}: ${why}.`,
    next: '`dita doctor` looks at the network, the clock and your keys. Where the config names `venue.rest_url`, see that `dita exchange` runs at that very port.',
    cause,
  })
}

/** An answer that is none, as a failure: a key that is refused is for a person to mend, anything else passes. */
export function failureFrom(what: string, answer: Exclude<Answer, { kind: 'ok' }>, isSetup: boolean): DitaError {
  if (answer.kind !== 'refused') return unreachable(what, answer.raw)
  const said = `it answered ${answer.code}${answer.message === '' ? '' : ` (${answer.message})`}`
  if (!isSetup) return unreachable(what, said)
  return new DitaError('VENUE_REFUSED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `BingX does not let us ask for ${what}: ${said}.`,
    next: 'Check the API key, its trade permission for perpetuals, and the addresses it may be used from.',
  })
}

export function contradicts(code: string, message: string, next: string): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.config, message, next })
}

export function clockOff(offsetMs: number, largestMs: number): DitaError {
  const ahead = offsetMs > 0 ? 'behind' : 'ahead of'
  return new DitaError('CLOCK_OFF', {
    fault: 'machine',
    exitCode: EXIT.unreachable,
    message: `This machine's clock is ${Math.abs(Math.round(offsetMs))} ms ${ahead} the clock of BingX; ${largestMs} ms are allowed.`,
    next: 'Set the clock (`sudo timedatectl set-ntp true`), then start again.',
  })
}

export function snapshotStale(ageMs: number, longestMs: number): DitaError {
  return new DitaError('SNAPSHOT_STALE', {
    fault: 'venue',
    exitCode: EXIT.unreachable,
    message: `What BingX said of the account was ${Math.round(ageMs)} ms old when it was complete; ${longestMs} ms are allowed.`,
    next: 'Type it again. Where that goes on, network or venue are too slow to trade on now.',
  })
}

export function venueClosed(what: string): DitaError {
  return new DitaError('VENUE_CLOSED', {
    fault: 'dita',
    exitCode: EXIT.defect,
    message: `A ${what} was sent to BingX after the venue was closed.`,
    next: 'Report this as a defect of dita, with the session id.',
  })
}

export function inboxFull(count: number): DitaError {
  return new DitaError('VENUE_QUEUE_FULL', {
    fault: 'dita',
    exitCode: EXIT.defect,
    message: `${count} events of BingX wait and nobody takes them.`,
    next: 'Report this as a defect of dita, with the session id.',
  })
}
