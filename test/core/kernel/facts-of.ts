// Reads facts in tests: what kinds there are, what was asked for, refused, flagged. Judges nothing.

import { DENIALS, type DenialCode } from '../../../src/core/kernel/denials.ts'
import type { DenialFact, FactBody, FactType, OrderRequest } from '../../../src/core/kernel/facts.ts'

export function typesOf(bodies: readonly FactBody[]): string[] {
  return bodies.map((body) => body.type)
}

export function factsOf<T extends FactType>(bodies: readonly FactBody[], type: T): Extract<FactBody, { type: T }>[] {
  return bodies.flatMap((body) => (body.type === type ? [body as Extract<FactBody, { type: T }>] : []))
}

export function requestsOf(bodies: readonly FactBody[]): OrderRequest[] {
  return factsOf(bodies, 'ORDER_PREPARED').map((body) => body.request)
}

/** `CODE field value` of each denial among the facts. */
export function denialsOf(bodies: readonly FactBody[]): string[] {
  return factsOf(bodies, 'INTENT_DENIED').map(({ code, field, value }) => `${code} ${field} ${value}`)
}

/** `CODE key=value key=value` of each denial among the facts: the figures it was judged by. */
export function contextsOf(bodies: readonly FactBody[]): string[] {
  return factsOf(bodies, 'INTENT_DENIED').map(({ code, context }) => `${code} ${context}`.trim())
}

export function flagsOf(bodies: readonly FactBody[]): string[] {
  return factsOf(bodies, 'RISK_FLAGGED').map((body) => body.code)
}

/** The names in a denial's context, and those that its code promises. */
export function contextKeysOf({ context, code }: Pick<DenialFact, 'context' | 'code'>): { carried: string[]; promised: string[] } {
  const [, keys = ''] = DENIALS[code as DenialCode] as readonly [string, string?]
  const words = (text: string) => text.split(' ').filter((word) => word !== '')
  return { carried: words(context).map((pair) => pair.split('=')[0] as string), promised: words(keys) }
}
