// What an endpoint is to the door: its name, its limits, and the function that answers. Types, and the reading of
// parameters that all endpoints share.

import { type Decimal, tryParseDecimal } from '../../kernel/decimal.ts'
import type { FaultEndpoint } from '../faults.ts'
import type { Places } from './answers.ts'
import type { Params } from './auth.ts'
import type { ExchangeClock } from './clock.ts'
import { CODES, type Refused } from './codes.ts'
import type { Desk } from './desk.ts'
import type { ListenKeys } from './listen-keys.ts'
import type { RateGroup } from './rate-limits.ts'
import type { DoorSettings } from './settings.ts'
import type { WireValue } from './wire.ts'

/** What the functions that answer may use. */
export interface Counter {
  readonly desk: Desk
  readonly clock: ExchangeClock
  readonly settings: DoorSettings
  readonly listenKeys: ListenKeys
  readonly places: Places
}

/** `bare`: the body as it is, without the envelope. */
export type Reply =
  | { readonly data: WireValue }
  | { readonly refused: Refused; readonly data?: WireValue }
  | { readonly bare: WireValue | null; readonly status: number }

export interface Route {
  readonly name: FaultEndpoint
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly group: RateGroup
  readonly perSecond: number
  /** `key`: the key suffices. */
  readonly auth: 'none' | 'key' | 'signed'
  readonly answer: (counter: Counter, params: Params) => Reply
}

export function refuse(refused: Refused): Reply {
  return { refused }
}

/** A refusal for a parameter, by name. */
export function badParameter(text: string): Reply {
  return { refused: { code: CODES.badParameter.code, message: text } }
}

/** The client order id under either spelling; null where both are given and differ. */
export function clientOrderIdOf(params: Params): string | null {
  const [one, other] = [params.get('clientOrderId'), params.get('clientOrderID')]
  if (one !== undefined && other !== undefined && one !== other) return null
  return one ?? other ?? ''
}

export function decimalOf(params: Params, name: string): Decimal | undefined {
  const text = params.get(name)
  return text === undefined || text === '' ? undefined : tryParseDecimal(text)
}

/** A whole number from a parameter; the default where it is missing, null where it is none. */
export function wholeOf(params: Params, name: string, whenMissing: number): number | null {
  const text = params.get(name)
  if (text === undefined || text === '') return whenMissing
  return /^\d{1,16}$/.test(text) ? Number(text) : null
}
