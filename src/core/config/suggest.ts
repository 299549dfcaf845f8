// What a person may have meant by a key that does not exist. Knows words, not meanings.

import { nearestWord, plainWord } from '../text.ts'
import type { ConfigKey } from './config-keys.ts'
import { type ConfigPath, pathText } from './config-values.ts'

/** A sentence with the likeliest key, or the keys there are. `path` ends in the unknown key. */
export function suggestKey(path: ConfigPath, keys: readonly ConfigKey[]): string {
  const typed = String(path.at(-1))
  const name = plainWord(typed)
  const parent = pathText(path.slice(0, -1))
  const siblings = keys.filter((key) => pathText(key.path.slice(0, -1)) === parent)
  const same = siblings.find((key) => plainWord(lastOf(key)) === name)
  if (same !== undefined) return `Did you mean \`${lastOf(same)}\`?`
  const elsewhere = keys.filter((key) => plainWord(lastOf(key)) === name && !key.path.join('.').startsWith('instrument.'))
  if (elsewhere.length > 0) return `\`${lastOf(elsewhere[0] as ConfigKey)}\` belongs ${elsewhere.map(placeOf).join(' or ')}.`
  const near = nearest(typed, siblings)
  if (near !== undefined) return `Did you mean \`${lastOf(near)}\`?`
  const far = nearest(typed, keys)
  if (far !== undefined) return `Did you mean \`${lastOf(far)}\`? It belongs ${placeOf(far)}.`
  return `The keys here are ${siblings.map((key) => `\`${lastOf(key)}\``).join(', ')}.`
}

function nearest(typed: string, keys: readonly ConfigKey[]): ConfigKey | undefined {
  const word = nearestWord(typed, keys.map(lastOf))
  return keys.find((key) => lastOf(key) === word)
}

function lastOf(key: ConfigKey): string {
  return key.path.at(-1) ?? ''
}

function placeOf(key: ConfigKey): string {
  return key.path.length === 1 ? 'at the top level' : `under \`${key.path.slice(0, -1).join('.')}\``
}
