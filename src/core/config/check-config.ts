// Holds a config file's tree against the schema and finds everything that is wrong with it, not just the first thing.

import type { z } from 'zod'
import { type ConfigKey, configKeys } from './config-keys.ts'
import {
  type ConfigFault,
  type ConfigMap,
  type ConfigPath,
  type ConfigValue,
  describeValue,
  isMap,
  type Place,
  pathText,
  placeText,
  valueAt,
  withValue,
} from './config-values.ts'
import { type Contradiction, findContradictions, REQUOTE_PATH, STRATEGIES_WITH_RULES, TICK_PATH } from './contradictions.ts'
import { retiredKey, retiredText } from './retired-keys.ts'
import { configSchema, type ParsedConfig } from './schema.ts'
import { isSecretName, KEEP_NOTIFY_SECRETS_OUT, KEEP_SECRETS_OUT } from './secrets.ts'
import { suggestKey } from './suggest.ts'

type CheckedConfig =
  | { readonly config: ParsedConfig; readonly faults: readonly [] }
  | { readonly config: null; readonly faults: readonly ConfigFault[] }

interface PlaceOptions {
  /** As the person named it. */
  readonly file: string
  readonly placeOf: (path: ConfigPath) => Place | null
}

/** Checks a tree. `place` only serves the messages; what is `unread` was written, and nobody knows as what. */
export function checkConfig(tree: ConfigMap, place: PlaceOptions, unread: readonly ConfigPath[] = []): CheckedConfig {
  const schema = configSchema()
  const linked = withLinkedIntervals(tree)
  const direct = schema.safeParse(linked)
  const directFaults = direct.success ? contradictionFaults(direct.data, linked, place, unread) : []
  if (direct.success && directFaults.length === 0) return { config: direct.data, faults: [] }
  if (direct.success) return { config: null, faults: directFaults }
  return checkSlowly(linked, schema, place, unread)
}

/** The way through a file that the schema refuses at first sight: an empty section is no fault, all others are listed. */
function checkSlowly(
  tree: ConfigMap,
  schema: ReturnType<typeof configSchema>,
  place: PlaceOptions,
  unread: readonly ConfigPath[],
): CheckedConfig {
  const keys = configKeys()
  const filled = withFilledSections(tree, keys)
  const parsed = schema.safeParse(filled)
  const issues = parsed.success ? [] : parsed.error.issues
  const faults = issues.flatMap((issue) => faultsOf(issue, { tree: filled, keys, place }))
  // What the schema refused is left out, so that the rest can still be held against itself.
  const rest = schema.safeParse(faults.reduce((kept, fault) => without(kept, fault.path), filled))
  if (rest.success) faults.push(...contradictionFaults(rest.data, filled, place, [...unread, ...faults.map(({ path }) => path)]))
  if (parsed.success && faults.length === 0) return { config: parsed.data, faults: [] }
  return { config: null, faults: faults.filter((fault) => !isUnread(fault, unread)) }
}

/** What the file says there nobody knows; what a variable or a flag says is known. */
function isUnread({ path, place }: ConfigFault, unread: readonly ConfigPath[]): boolean {
  return (place === null || !('name' in place)) && unread.some((start) => startsWith(path, start))
}

/** Of the two intervals that must agree, the one that is not written follows the other. */
function withLinkedIntervals(tree: ConfigMap): ConfigMap {
  const tick = valueAt(tree, TICK_PATH)
  const requote = valueAt(tree, REQUOTE_PATH)
  if (tick !== undefined && requote === undefined) return withValue(tree, REQUOTE_PATH, tick)
  if (requote !== undefined && tick === undefined) return withValue(tree, TICK_PATH, requote)
  return tree
}

/** `feed:` with nothing below it is a section with all its defaults. */
function withFilledSections(tree: ConfigMap, keys: readonly ConfigKey[]): ConfigMap {
  const fill = (map: ConfigMap, path: readonly string[]): ConfigMap =>
    Object.fromEntries(
      Object.entries(map).map(([name, value]) => {
        const keyPath = [...path, name]
        const key = keys.find((candidate) => pathText(candidate.path) === pathText(keyPath))
        const isGroup = key !== undefined && !key.isOptionalSection && (key.isSection || isMap(key.default as ConfigValue))
        if (value === null && isGroup) return [name, {}]
        return [name, key?.isSection === true && isMap(value) ? fill(value, keyPath) : value]
      }),
    )
  return fill(tree, [])
}

function without(tree: ConfigMap, path: ConfigPath): ConfigMap {
  const [name, ...below] = path
  if (typeof name !== 'string' || !Object.hasOwn(tree, name)) return tree
  const { [name]: value, ...others } = tree
  if (below.length === 0 || !isMap(value)) return others
  // A group that must be whole, such as an instrument, falls with the key that is wrong or missing in it.
  if (name === 'instrument') return others
  return { ...others, [name]: without(value, below) }
}

function startsWith(path: ConfigPath, start: ConfigPath): boolean {
  return start.every((part, index) => path[index] === part)
}

interface FaultContext {
  readonly tree: ConfigMap
  readonly keys: readonly ConfigKey[]
  readonly place: PlaceOptions
}

function faultsOf(issue: z.core.$ZodIssue, { tree, keys, place }: FaultContext): ConfigFault[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const keyPath = [...path, key]
      const known = { path: keyPath, place: place.placeOf(keyPath) }
      const retired = retiredKey(keyPath)
      if (retired !== undefined) return { ...known, code: 'RETIRED_KEY', text: retiredText(retired) }
      const hint = secretHint(keyPath) ?? suggestKey(keyPath, keys)
      return { ...known, code: 'UNKNOWN_KEY', text: `\`${pathText(keyPath)}\` is not a key of the config. ${hint}` }
    })
  }
  const text = `\`${pathText(path)}\` ${complaintOf(issue, valueAt(tree, path))}.`
  return [{ code: 'BAD_VALUE', path, place: place.placeOf(path), text }]
}

/** What to do with a key that says of itself that it holds a secret; undefined for any other. */
function secretHint(path: ConfigPath): string | undefined {
  const name = String(path.at(-1))
  if (path[0] === 'notify' && (isSecretName(name) || /url|webhook|address|bearer/i.test(name))) return KEEP_NOTIFY_SECRETS_OUT
  return isSecretName(name) ? KEEP_SECRETS_OUT : undefined
}

/** The rest of a sentence that starts with the key. */
function complaintOf(issue: z.core.$ZodIssue, value: ConfigValue | undefined): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = issue.expected === 'array' ? 'a list' : 'a group of keys'
      return `must be ${expected}, but is ${describeValue(value)}`
    }
    case 'too_small':
      return `must hold at least ${issue.minimum} value`
    case 'too_big':
      return `must hold at most ${issue.maximum} values`
    case 'invalid_key':
      return 'is not the name of an asset'
    default:
      return issue.message
  }
}

/** Of what is `faulty` nothing is known, so that it contradicts nothing. */
function contradictionFaults(config: ParsedConfig, tree: ConfigMap, place: PlaceOptions, faulty: readonly ConfigPath[]): ConfigFault[] {
  const isFaulty = (path: ConfigPath) => faulty.some((known) => startsWith(known, path) || startsWith(path, known))
  // Whichever strategy was meant, its keys are looked through now, and not when its name is mended.
  const names = isFaulty(['strategy', 'name']) ? STRATEGIES_WITH_RULES : [config.strategy.name]
  const found = names.flatMap((name) => findContradictions({ ...config, strategy: { ...config.strategy, name } }))
  const known = new Map(found.map((contradiction) => [contradiction.text, contradiction]))
  return [...known.values()]
    .filter((contradiction) => !contradiction.paths.some(isFaulty))
    .map((contradiction) => contradictionFault(contradiction, tree, place))
}

/** At the first of its keys that the file writes, with the places of the others. */
function contradictionFault({ paths, text }: Contradiction, tree: ConfigMap, { file, placeOf }: PlaceOptions): ConfigFault {
  const written = paths.filter((path) => valueAt(tree, path) !== undefined)
  const [first, ...others] = written.length === 0 ? paths : written
  const places = others.map((path) => ({ path, place: placeOf(path) })).filter(({ place }) => place !== null)
  const suffix = places.map(({ path, place }) => ` \`${pathText(path)}\` is at ${placeText(place, file)}.`).join('')
  return { code: 'CONTRADICTION', path: first ?? [], place: placeOf(first ?? []), text: text + suffix }
}
