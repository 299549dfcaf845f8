// Client order ids: unguessable by accident, the same on every replay, and recognisable as ours.

import { sha256Base32 } from './sha256.ts'

/** Every order of dita starts with this, whatever its session, so that an orphan can be told to be ours. */
export const ORDER_PREFIX = 'dita'

const SESSION_LENGTH = 6
const HASH_LENGTH = 20

/**
 * `dita` and six characters of the session's hash: what the orders of one session have in common.
 * @param salt the account's in its store: sessions of one name in two stores have nothing in common
 */
export function orderPrefixOf(sessionId: string, salt = ''): string {
  return ORDER_PREFIX + sha256Base32(`session:${sessionId}${salt === '' ? '' : `:${salt}`}`, SESSION_LENGTH)
}

/** Lowercase base32 of hash(session, the order's number, attempt) behind the session's prefix: 30 characters. */
export function clientOrderIdOf(prefix: string, sessionId: string, intentSeq: number, attempt: number): string {
  return prefix + sha256Base32(`${sessionId}:${intentSeq}:${attempt}`, HASH_LENGTH)
}
