// The failures a person sees of the BingX venue. They never hold a key, a signature or a raw control character.

import { DitaError, EXIT } from '../../errors.ts'
import { codeMeaning } from '../../venue-codes.ts'
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
  if (answer.kind !== 'refused') return unreachable(what, whyOf(answer))
  const said = `it answered ${answer.code}${answer.message === '' ? '' : ` (${answer.message})`}`
  if (!isSetup) return unreachable(what, said)
  return new DitaError('VENUE_REFUSED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `BingX does not let us ask for ${what}: ${said}.`,
    next: NEXT_STEPS[answer.code] ?? 'Check the API key, its trade permission for perpetuals, and the addresses it may be used from.',
  })
}

/** The record of an answer says what it was; that of a call that never left is a code or two, which says little without its meaning. */
function whyOf({ kind, code, raw }: Extract<Answer, { kind: 'failed' | 'not_sent' }>): string {
  const meaning = kind === 'not_sent' || raw === code ? codeMeaning('bingx', code) : null
  return meaning === null ? raw : `${meaning.replace(/^not sent: /, '')} (${raw})`
}

/** Where the venue's code says what it is about the key. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  '100001': 'The secret does not fit the key: copy both anew, whole and without blanks, from one and the same API key of the venue.',
}

/** What becomes of a call that nobody answered, by how its record begins or what the library says of the cause. */
const TROUBLES: readonly (readonly [said: RegExp, words: (url: string) => string])[] = [
  [/^ECONNREFUSED/, (url) => `nobody listens at ${url}, the connection was refused`],
  [/^(ENOTFOUND|EAI_AGAIN)/, (url) => `the name in ${url} cannot be looked up`],
  [/^(EHOSTUNREACH|ENETUNREACH)/, (url) => `there is no way from here to ${url}`],
  [/^(TIMEOUT|UND_ERR_CONNECT_TIMEOUT)/, (url) => `no answer came in time from ${url}`],
  [/wrong version number|packet length too long/i, (url) => `what listens at ${url} speaks http, and the address says https`],
]

/** Why a call brought nothing; `raw` is the record of its answer, empty where there was one that cannot be read. */
export function troubleAt(url: string, raw: string): string {
  const words = TROUBLES.find(([said]) => said.test(raw))?.[1]
  return words === undefined ? `no answer that can be read came from ${url}` : words(url)
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
