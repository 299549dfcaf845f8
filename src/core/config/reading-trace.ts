// Watches who reads which key of a config: the same values behind accessors that note, at each reading, the module that asked.
// Only what is handed out by `traceReads` is watched; a config that is not costs nothing.

import type { Config } from './config.ts'
import { configKeys } from './config-keys.ts'
import { type ConfigPath, pathText } from './config-values.ts'

/** How many callers are looked at to find the first that is not this file. */
const FRAMES = 4
/** The folder of core, as it stands in a stack. */
const CORE = new URL('../', import.meta.url).href

export interface ReadingTrace {
  /** Reads as the config it was made of. */
  readonly config: Config
  /** The modules that have read a key so far, as paths below core (`session/gates`), or as file names where they are none of core's. */
  readersOf(key: string): readonly string[]
  /** Every parameter of the strategy, and every one within it, that nobody has read so far; of a group that nobody opened, the group. */
  unreadParams(): ConfigPath[]
}

export function traceReads(config: Config): ReadingTrace {
  const readers = new Map<string, Set<string>>()
  const sections: ReadonlySet<string> = new Set(configKeys().flatMap(({ isSection, path }) => (isSection ? [pathText(path)] : [])))
  const note = (key: string): void => {
    const known = readers.get(key) ?? new Set()
    readers.set(key, known.add(callerOf(note)))
  }
  const watched = <Section extends object>(section: Section, path: readonly string[]): Section => {
    const copy = {}
    for (const [name, value] of Object.entries(section)) {
      const keyPath = [...path, snakeCase(name)]
      const key = pathText(keyPath)
      // Who takes a section out has not read what is in it.
      const isSection = sections.has(key) && typeof value === 'object' && value !== null
      const handed: unknown = isSection ? watched(value, keyPath) : value
      const get = (): unknown => {
        if (!isSection) note(key)
        return handed
      }
      Object.defineProperty(copy, name, { get, enumerable: true })
    }
    return copy as Section
  }
  const params = watchParams(config.strategy.params, PARAMS_PATH)
  const whole = { ...config, strategy: { ...config.strategy, params: params.watched } }
  return {
    config: watched(whole, []),
    readersOf: (key) => [...(readers.get(key) ?? [])].sort(),
    unreadParams: params.unread,
  }
}

const PARAMS_PATH: ConfigPath = ['strategy', 'params']

interface WatchedParams {
  /** Reads as what it was made of. */
  readonly watched: Config['strategy']['params']
  readonly unread: () => ConfigPath[]
}

/** What a strategy of one's own is set up with, each key of it behind an accessor; a list is one key. */
function watchParams(params: Config['strategy']['params'], path: ConfigPath): WatchedParams {
  const read = new Set<string>()
  const copy = {}
  const below: (readonly [name: string, unread: () => ConfigPath[]])[] = []
  for (const [name, value] of Object.entries(params)) {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    const group = isGroup ? watchParams(value as Config['strategy']['params'], [...path, name]) : null
    if (group !== null) below.push([name, group.unread])
    const handed = group === null ? value : group.watched
    const get = (): unknown => {
      read.add(name)
      return handed
    }
    Object.defineProperty(copy, name, { get, enumerable: true })
  }
  const unread = (): ConfigPath[] => [
    ...Object.keys(params).flatMap((name) => (read.has(name) ? [] : [[...path, name]])),
    ...below.flatMap(([name, ofGroup]) => (read.has(name) ? ofGroup() : [])),
  ]
  return { watched: Object.freeze(copy), unread }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The module that called the accessor which called `note`. */
function callerOf(note: (key: string) => void): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = FRAMES
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, note)
  Error.stackTraceLimit = limit
  const lines = (holder.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '))
  // The accessor itself is the first.
  return moduleOf(lines[1] ?? '')
}

/** `    at f (file:///…/core/session/gates.js:89:5)` is `session/gates`. */
function moduleOf(frame: string): string {
  const place = /\(?((?:file:\/\/)?[^()\s]*):\d+:\d+\)?$/.exec(frame)?.[1] ?? ''
  const url = place.startsWith('/') ? `file://${place}` : place
  const name = url.startsWith(CORE) ? url.slice(CORE.length) : (url.split('/').at(-1) ?? url)
  const bare = url.startsWith(CORE) ? name.replace(/\.[cm]?[jt]sx?(\?.*)?$/, '') : name.replace(/\?.*$/, '')
  return bare === '' ? 'unknown' : bare
}
