// Every key of a config with the value in force and where that was written. Shows no secret.

import { formatDecimal } from '../kernel/decimal.ts'
import { configKeys } from './config-keys.ts'
import { type ConfigMap, type ConfigPath, isMap, pathText, valueAt } from './config-values.ts'
import { REQUOTE_PATH, TICK_PATH } from './contradictions.ts'
import { variableOf } from './environment.ts'
import type { ConfigReading } from './read-config.ts'
import { withoutSecrets } from './secrets.ts'

/** Decimals are strings, so that none loses a digit; counts are numbers. */
export type ShownValue = string | number | boolean | null | readonly ShownValue[] | { readonly [key: string]: ShownValue }

export type Origin =
  | { readonly kind: 'file'; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  /** Left out, so that it is what another key is. */
  | { readonly kind: 'follows'; readonly key: string }
  | { readonly kind: 'default' }

export interface EffectiveKey {
  /** As in dita.yaml: `risk.max_session_loss`. */
  readonly key: string
  readonly value: ShownValue
  readonly origin: Origin
  /** The variable that would stand above the file. */
  readonly variable: string
}

/** In the order of the schema, each key once; none where the config has faults. */
export function effectiveKeys(reading: ConfigReading): EffectiveKey[] {
  const { parsed, config } = reading
  if (parsed === null || config === null) return []
  // Paths as they are used, not as they were written.
  const used: Readonly<Record<string, unknown>> = {
    'feed.source': config.feed.source,
    'strategy.name': config.strategy.name,
    'venue.credentials_file': config.venue.credentialsFile,
    'notify.credentials_file': config.notify.credentialsFile,
  }
  return configKeys()
    .filter(({ isSection }) => !isSection)
    .map(({ path }) => {
      const key = pathText(path)
      const value = Object.hasOwn(used, key) ? used[key] : parsedAt(parsed, path)
      return { key, value: shownValue(withoutSecrets(value, path.at(-1))), origin: originOf(path, reading), variable: variableOf(path) }
    })
}

function parsedAt(parsed: object, path: readonly string[]): unknown {
  let value: unknown = parsed
  for (const part of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : null
  return value
}

function shownValue(value: unknown): ShownValue {
  if (typeof value === 'bigint') return formatDecimal(value as Parameters<typeof formatDecimal>[0])
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(shownValue)
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shownValue(item)]))
}

/** Where the value in force was written. */
export function originOf(path: ConfigPath, { tree, placeOf }: Pick<ConfigReading, 'tree' | 'placeOf'>): Origin {
  if (valueAt(tree, path) === undefined) return followed(path, tree)
  const place = placeOf(path)
  if (place === null) return { kind: 'default' }
  if (!('name' in place)) return { kind: 'file', line: place.line, column: place.column }
  return place.name.startsWith('--') ? { kind: 'flag', flag: place.name } : { kind: 'environment', variable: place.name }
}

function followed(path: ConfigPath, tree: ConfigMap): Origin {
  const key = pathText(path)
  const pair = [TICK_PATH, REQUOTE_PATH] as const
  const other = pair.find((candidate) => pathText(candidate) !== key)
  const isOne = pair.some((candidate) => pathText(candidate) === key)
  if (!isOne || other === undefined || valueAt(tree, other) === undefined) return { kind: 'default' }
  return { kind: 'follows', key: pathText(other) }
}

/** Every value of a tree that is text, with its path. */
export function textsOf(tree: ConfigMap): { readonly path: ConfigPath; readonly text: string }[] {
  const found: { path: ConfigPath; text: string }[] = []
  const walk = (value: unknown, path: ConfigPath): void => {
    if (typeof value === 'string') found.push({ path, text: value })
    else if (Array.isArray(value)) value.forEach((item, index) => void walk(item, [...path, index]))
    else if (isMap(value as ConfigMap)) for (const [name, item] of Object.entries(value as ConfigMap)) walk(item, [...path, name])
  }
  walk(tree, [])
  return found
}
