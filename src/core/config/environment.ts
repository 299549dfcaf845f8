// The variables that stand above a config file: one for each key, named after it, read as the schema reads the file's. It never
// repeats a value in a message.

import { editDistance, escapeText } from '../text.ts'
import type { ConfigKey, JsonSchema } from './config-keys.ts'
import { type ConfigFault, type ConfigMap, type ConfigPath, type ConfigValue, pathText, withValue } from './config-values.ts'
import { readYaml } from './read-yaml.ts'
import { RETIRED_KEYS, retiredText } from './retired-keys.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'DITA_'
/** Variables of dita that are no keys. */
export const OTHER_VARIABLES: readonly string[] = [
  'DITA_STORE',
  'DITA_PAGER',
  'DITA_DEBUG',
  'DITA_BINGX_API_KEY',
  'DITA_BINGX_API_SECRET',
  'DITA_NOTIFY_URL',
  'DITA_NOTIFY_TOKEN',
]

/** `risk.max_session_loss` is `DITA_RISK_MAX_SESSION_LOSS`. */
export function variableOf(path: readonly string[]): string {
  return PREFIX + path.join('_').toUpperCase()
}

export interface EnvironmentReading {
  /** What the variables say, each where its key stands. */
  readonly values: readonly { readonly path: readonly string[]; readonly value: ConfigValue; readonly variable: string }[]
  readonly faults: readonly ConfigFault[]
  /** Variables that begin as ours do, and that mean nothing to dita. */
  readonly strangers: readonly string[]
}

/** Reads all of them; one that is set to nothing counts as not set. The keys are asked for only where there is something to read. */
export function readEnvironment(environment: Environment, keysOf: () => readonly ConfigKey[]): EnvironmentReading {
  const given = Object.keys(environment).filter(
    (name) => name.startsWith(PREFIX) && !OTHER_VARIABLES.includes(name) && (environment[name] ?? '') !== '',
  )
  const keys = given.length === 0 ? [] : keysOf()
  const values: { path: readonly string[]; value: ConfigValue; variable: string }[] = []
  const faults: ConfigFault[] = []
  const strangers: string[] = []
  const sections = keys.filter(({ isSection }) => isSection).map(({ path }) => variableOf(path))
  const byVariable = new Map(keys.filter(({ isSection }) => !isSection).map((key) => [variableOf(key.path), key]))
  for (const variable of given.sort()) {
    const key = byVariable.get(variable)
    if (key !== undefined) {
      const read = readText(environment[variable] ?? '', key.schema)
      if ('complaint' in read) faults.push(badValue(key, variable, read.complaint))
      else values.push({ path: key.path, value: read.value, variable })
      continue
    }
    const retired = RETIRED_KEYS.find(({ path }) => variableOf(path) === variable)
    const isOurs = sections.some((section) => variable === section || variable.startsWith(`${section}_`))
    const shared = { path: [], place: { name: escapeText(variable) } }
    if (retired !== undefined) faults.push({ ...shared, code: 'RETIRED_KEY', text: retiredText(retired) })
    else {
      const meant = meantBy(variable, { keys: [...byVariable.values()], isOurs })
      if (isOurs || meant !== null) faults.push({ ...shared, code: 'UNKNOWN_VARIABLE', text: unknownText(variable, meant) })
      else strangers.push(variable)
    }
  }
  return { values, faults, strangers }
}

/** The file's tree with the variables above it. */
export function withEnvironment(tree: ConfigMap, { values }: EnvironmentReading): ConfigMap {
  return values.reduce((whole, { path, value }) => withValue(whole, path, value), tree)
}

type Read = { readonly value: ConfigValue } | { readonly complaint: string }

/** Lists and groups are written as in YAML, with or without their brackets; everything else is text as it stands. */
function readText(text: string, schema: JsonSchema): Read {
  const shape = schema.anyOf?.find(({ type }) => type === 'object' || type === 'array') ?? schema
  const isNullable = schema.anyOf?.some(({ type }) => type === 'null') === true || schema.type?.includes('null') === true
  if (isNullable && text === 'null') return { value: null }
  if (shape.items !== undefined) return inYaml(/^\s*\[/.test(text) ? text : `[${text}]`, 'a list such as `1, 2, 3`')
  if (shape.type === 'object') return inYaml(/^\s*\{/.test(text) ? text : `{${text}}`, 'a group such as `a: 1, b: 2`')
  return { value: text }
}

function inYaml(text: string, expected: string): Read {
  const { tree, faults } = readYaml(`value: ${text}\n`)
  const read: ConfigMap = tree ?? {}
  const { value } = read
  // What would end the value early and begin a key of its own is no value.
  if (faults.length > 0 || value === undefined || Object.keys(read).length !== 1) return { complaint: `must be ${expected}` }
  return { value }
}

function badValue({ path }: ConfigKey, variable: string, complaint: string): ConfigFault {
  return { code: 'BAD_VALUE', path, place: { name: variable }, text: `\`${pathText(path)}\` ${complaint}.` }
}

function unknownText(variable: string, meant: string | null): string {
  const shown = `\`${escapeText(variable.slice(0, 80))}\` stands for no key of the config.`
  return meant === null ? `${shown} docs/CONFIG.md lists them.` : `${shown} Did you mean \`${meant}\`?`
}

/** Slips in a name that begins as a section does, which can hardly be meant for anybody else. */
const MOST_SLIPS_OF_OURS = 5
/** One slip in so many letters of any other name is a slip; more is another word, of which nothing is known. */
const LETTERS_A_SLIP = 5

/**
 * The variable that somebody meant by one that means nothing: its whole name with slips, or the end of one with the sections before it
 * left out, as in `DITA_MAX_DRAWDOWN`. Null where none is near.
 */
function meantBy(variable: string, { keys, isOurs }: { readonly keys: readonly ConfigKey[]; readonly isOurs: boolean }): string | null {
  const word = variable.slice(PREFIX.length, 80).toUpperCase()
  const whole = [...keys.map(({ path }) => variableOf(path)), ...OTHER_VARIABLES].map((name) => ({ name, part: name.slice(PREFIX.length) }))
  const ends = keys.flatMap(({ path }) =>
    path.slice(1).map((_, index) => ({ name: variableOf(path), part: variableOf(path.slice(index + 1)).slice(PREFIX.length) })),
  )
  const most = Math.floor(word.length / LETTERS_A_SLIP)
  const near = [
    ...whole.map((candidate) => ({ ...candidate, most: isOurs ? MOST_SLIPS_OF_OURS : most })),
    ...ends.map((candidate) => ({ ...candidate, most: Math.floor(most / 2) })),
  ]
    .map(({ name, part, most: allowed }) => ({ name, distance: editDistance(word, part), allowed }))
    .filter(({ distance, allowed }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.name ?? null
}

/** Said of a variable that is near to none of ours: it changes nothing, whatever it was meant to do. */
export function strangerText(name: string): string {
  return `The variable ${escapeText(name.slice(0, 80))} means nothing to dita; docs/CONFIG.md lists those that stand for keys.`
}

/** The variable that gives a path or the list or group it stands in. */
export function variableAt({ values }: EnvironmentReading, path: ConfigPath): string | undefined {
  return values.find(({ path: given }) => given.every((part, index) => path[index] === part))?.variable
}
