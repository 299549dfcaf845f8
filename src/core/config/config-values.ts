// What a config file holds once it is read and before it is checked, and how its values are shown to people.

import { escapeText } from '../text.ts'
import { looksSecret } from './secrets.ts'

/** Numbers stay text, exactly as they were written. */
export type ConfigValue = string | boolean | null | ConfigValue[] | ConfigMap
export type ConfigMap = { [key: string]: ConfigValue }

export type ConfigPath = readonly (string | number)[]

export interface Position {
  readonly line: number
  readonly column: number
}

/** Where something was written: a place in the file, or the variable or the flag as it is typed. */
export type Place = Position | { readonly name: string }

export type FaultCode = 'NOT_YAML' | 'UNKNOWN_KEY' | 'RETIRED_KEY' | 'BAD_VALUE' | 'CONTRADICTION' | 'UNKNOWN_VARIABLE'

/** One thing that is wrong with a config. `text` is a sentence. */
export interface ConfigFault {
  readonly code: FaultCode
  readonly path: ConfigPath
  readonly place: Place | null
  readonly text: string
}

/** `dita.yaml:4:3`, `DITA_RISK_MAX_EXPOSURE`, `--seed`. */
export function placeText(place: Place | null, file: string): string {
  if (place === null) return file
  return 'name' in place ? place.name : `${file}:${place.line}:${place.column}`
}

const LONGEST_SHOWN = 60

/** A value for a message: short, with nothing a terminal could obey, and never a secret that slipped in. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  const text = String(value)
  if (looksSecret(text)) return 'a value that looks like a secret'
  return `\`${shorten(escapeText(text))}\``
}

function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

/** `feed.simulated.seed`, `strategy.breakout.targets_bps[1]`. */
export function pathText(path: ConfigPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += `${text === '' ? '' : '.'}${looksSecret(part) ? '(hidden)' : shorten(escapeText(part))}`
  }
  return text
}

export function isMap(value: ConfigValue | undefined): value is ConfigMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of keys, or undefined where the file does not go that far. */
export function valueAt(tree: ConfigMap, path: ConfigPath): ConfigValue | undefined {
  let value: ConfigValue | undefined = tree
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part]
    else if (isMap(value) && Object.hasOwn(value, part)) value = value[part]
    else return undefined
  }
  return value
}

/** A copy of the tree with one value set. Where a plain value stands in the way it stays: the schema will complain of it. */
export function withValue(tree: ConfigMap, path: readonly string[], value: ConfigValue): ConfigMap {
  const [name, ...below] = path
  if (name === undefined) return tree
  if (below.length === 0) return { ...tree, [name]: value }
  const held = tree[name] ?? {}
  return isMap(held) ? { ...tree, [name]: withValue(held, below, value) } : tree
}
