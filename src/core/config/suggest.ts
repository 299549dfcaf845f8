// What a person may have meant by a key that does not exist. Knows words, not meanings.

import { editDistance } from '../text.ts'
import type { ConfigKey } from './config-keys.ts'
import { type ConfigPath, pathText } from './config-values.ts'
import { plain } from './suggest-word.ts'

/** A sentence with the likeliest key, or the keys there are. `path` ends in the unknown key. */
export function suggestKey(path: ConfigPath, keys: readonly ConfigKey[]): string {
  const name = plain(String(path.at(-1)))
  const parent = pathText(path.slice(0, -1))
  const siblings = keys.filter((key) => pathText(key.path.slice(0, -1)) === parent)
  const same = siblings.find((key) => plain(lastOf(key)) === name)
  if (same !== undefined) return `Did you mean \`${lastOf(same)}\`?`
  const elsewhere = keys.filter((key) => plain(lastOf(key)) === name && !key.path.join('.').startsWith('instrument.'))
  if (elsewhere.length > 0) return `\`${lastOf(elsewhere[0] as ConfigKey)}\` belongs ${elsewhere.map(placeOf).join(' or ')}.`
  const near = nearest(name, siblings)
  if (near !== undefined) return `Did you mean \`${lastOf(near)}\`?`
  const far = nearest(name, keys)
  if (far !== undefined) return `Did you mean \`${lastOf(far)}\`? It belongs ${placeOf(far)}.`
  return `The keys here are ${siblings.map((key) => `\`${lastOf(key)}\``).join(', ')}.`
}

function nearest(name: string, keys: readonly ConfigKey[]): ConfigKey | undefined {
  let best: ConfigKey | undefined
  // One slip in three letters is a slip; more is another word.
  let bestDistance = Math.floor(Math.min(name.length, 40) / 3) + 1
  for (const key of keys) {
    const known = plain(lastOf(key))
    // `tick_interval` for `tick_interval_seconds`: the unit was left off.
    const distance = name.length >= 4 && known.startsWith(name) ? 1 : editDistance(name, known)
    if (distance < bestDistance) {
      best = key
      bestDistance = distance
    }
  }
  return best
}

function lastOf(key: ConfigKey): string {
  return key.path.at(-1) ?? ''
}

function placeOf(key: ConfigKey): string {
  return key.path.length === 1 ? 'at the top level' : `under \`${key.path.slice(0, -1).join('.')}\``
}
