// What a config file holds once it is read and before it is checked, and how its values are shown to people.

import { escapeText } from '../text.ts'

/** Numbers stay text, exactly as they were written. */
export type ConfigValue = string | boolean | null | ConfigValue[] | ConfigMap
export type ConfigMap = { [key: string]: ConfigValue }

export type ConfigPath = readonly (string | number)[]

export interface Position {
  readonly line: number
  readonly column: number
}

/** One thing that is wrong with a config. `text` is a sentence. */
export interface ConfigFault {
  readonly path: ConfigPath
  readonly position: Position | null
  readonly text: string
}

const LONGEST_SHOWN = 60

/** A value for a message: short, and with nothing a terminal could obey. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  const text = String(value)
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
    else text += `${text === '' ? '' : '.'}${shorten(escapeText(part))}`
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
