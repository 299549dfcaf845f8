// Keys that were, and are no more: what to write in their place. A config that still has one is refused. Data, and the sentence for it.

import { pathText } from './config-values.ts'

export interface RetiredKey {
  readonly path: readonly string[]
  /** The version of dita that knows it no more. */
  readonly since: string
  readonly instead: readonly string[]
  /** A sentence: why, or what else to look at. */
  readonly note: string
}

export const RETIRED_KEYS: readonly RetiredKey[] = [
  {
    path: ['strategy', 'max_inventory_usd'],
    since: '0.1.0',
    instead: ['strategy', 'market_maker', 'max_inventory_notional'],
    note: 'Inventory is counted in the quote asset, whichever that is; the limit that halts a session is `risk.max_exposure`.',
  },
]

export function retiredKey(path: readonly (string | number)[]): RetiredKey | undefined {
  const wanted = pathText(path)
  return RETIRED_KEYS.find((key) => pathText(key.path) === wanted)
}

export function retiredText({ path, since, instead, note }: RetiredKey): string {
  return `\`${pathText(path)}\` is retired since ${since}: write \`${pathText(instead)}\` instead. ${note}`
}
