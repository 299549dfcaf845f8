// Reads YAML into plain values with the place of each. Numbers stay text as written; nothing is checked against the schema.

import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type Scalar } from 'yaml'
import { messageOf } from '../errors.ts'
import { escapeText } from '../text.ts'
import { type ConfigFault, type ConfigMap, type ConfigPath, type ConfigValue, type Position, placeText } from './config-values.ts'

const MOST_NODES = 10_000
const DEEPEST = 16
const MOST_SYNTAX_FAULTS = 20
/** Object keys that reach into JavaScript's own machinery. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export interface YamlTree {
  /** Null where the text holds nothing at all: no key, at most comments. */
  readonly tree: ConfigMap | null
  readonly faults: readonly ConfigFault[]
  /** Sections that are no YAML, and aliases whose anchor stands in one: what they hold is not known. */
  readonly unread: readonly ConfigPath[]
  /** Where the key at a path stands, else the nearest key above it. */
  positionOf(path: ConfigPath): Position | null
}

/**
 * Reads a text. The faults are syntax, repeated and forbidden keys, and limits; the tree holds what could be read all
 * the same, so that the schema's faults can be listed beside them.
 */
export function readYaml(text: string): YamlTree {
  const lines = new LineCounter()
  const walk = new Walk(lines)
  const made = (tree: ConfigMap | null): YamlTree => {
    return { tree, faults: walk.faults, unread: walk.unread, positionOf: (path) => walk.positionOf(path) }
  }
  const document = parse(text, lines)
  if (document instanceof Error) {
    walk.fault([], 0, `This cannot be read as YAML: ${escapeText(document.message)}.`)
    return made({})
  }
  for (const problem of document.warnings.slice(0, MOST_SYNTAX_FAULTS)) {
    walk.fault([], problem.pos[0], `This means nothing in a config: ${sentencePart(problem.message)}.`)
  }
  if (document.errors.length === 0) return made(treeOf(document.contents, walk))
  const { spoilt, rest } = partedBySections(text)
  if (rest === null) {
    report(text, document.errors, walk)
    return made({})
  }
  for (const part of spoilt) report(part.text, part.errors, walk)
  walk.unread.push(...spoilt.map(({ name }) => [name]))
  return made(treeOf(rest, walk) ?? {})
}

/** Null where there is nothing at all. */
function treeOf(contents: unknown, walk: Walk): ConfigMap | null {
  const root = walk.value(contents, [])
  if (root === null) return null
  if (typeof root === 'object' && !Array.isArray(root)) return root
  walk.fault([], 0, 'The file must hold keys such as `feed:`, each with its settings below it.')
  return {}
}

type Problems = Document['errors']

function report(text: string, problems: Problems, walk: Walk): void {
  const slip = orphanIn(text) ?? colonlessIn(text, problems.length)
  // All else that the parser complains about follows from it.
  if (slip !== null) return walk.fault([], slip.offset, slip.text)
  for (const { pos, message } of problems.slice(0, MOST_SYNTAX_FAULTS)) walk.fault([], placeOf(text, pos[0], message), notYaml(message))
}

/**
 * Where somebody looks: a quote that is not closed where it opens, all else that is missed only at the end at the last thing that was
 * written, and never in a comment.
 */
function placeOf(text: string, offset: number, message: string): number {
  const [, quote] = /^Missing closing (['"])/.exec(message) ?? []
  const lines = [...text.matchAll(/^.*$/gm)]
  if (quote !== undefined) {
    const opens = lines.find(([line]) => !/^\s*#/.test(line) && line.split(quote).length % 2 === 0)
    if (opens !== undefined) return opens.index + opens[0].indexOf(quote)
  }
  const written = lines.filter(([line]) => /^\s*[^\s#]/.test(line))
  const line = written.find(({ index, 0: { length } }) => index + length >= offset) ?? written.at(-1)
  if (line === undefined) return offset
  const [indent = ''] = /^\s*/.exec(line[0]) ?? []
  return offset < line.index ? line.index + indent.length : Math.min(offset, line.index + line[0].trimEnd().length - 1)
}

/** A key and its value with nothing but a blank between them: to the parser it is a text, and the lines behind it are what is wrong. */
function colonlessIn(text: string, faults: number): { readonly offset: number; readonly text: string } | null {
  const suspects = [...text.matchAll(/^( +)([a-z_]+)[ \t]+[^\s:#][^:\n]*$/gm)].slice(0, MOST_SYNTAX_FAULTS)
  for (const { index, 0: line, 1: indent = '', 2: key = '' } of suspects) {
    const mended = parse(`${text.slice(0, index)}${line.replace(key, `${key}:`)}${text.slice(index + line.length)}`)
    // A text of several lines has such lines as well, and a colon there mends nothing.
    if (mended instanceof Error || mended.errors.length >= faults) continue
    return { offset: index + indent.length, text: `This is not valid YAML: a colon is missing behind \`${key}\`.` }
  }
  return null
}

/** What the parser says, and what a person would. */
const PARSER_WORDS: readonly (readonly [said: RegExp, words: string])[] = [
  [/^Flow sequence in block collection/, 'a `[` is not closed'],
  [/^Flow map in block collection/, 'a `{` is not closed'],
  [/^Missing closing (['"])/, 'a $1 is not closed'],
  [/^Tabs are not allowed as indentation/, 'a tab stands where only spaces may'],
  [/^Nested mappings are not allowed/, 'a key cannot begin here: a line may be indented too far, or have one colon too many'],
  [/^Implicit (map )?keys need/, 'a colon and a blank are missing behind a key'],
  [/^Source contains multiple documents.*$/, 'a second `---` begins another document, and a config is one'],
  [/^All mapping items must start/, 'this line is not indented as those beside it'],
]

function notYaml(message: string): string {
  const [said, words] = PARSER_WORDS.find(([known]) => known.test(message)) ?? []
  const [match = ''] = said?.exec(message) ?? []
  return `This is not valid YAML: ${said === undefined || words === undefined ? sentencePart(message) : match.replace(said, words)}.`
}

interface SpoiltSection {
  readonly name: string
  /** The text up to its end with nothing but this section in it, so that places stay what they are. */
  readonly text: string
  readonly errors: Problems
}

/** Of a text that is no YAML the sections that are none, and what the others hold; null where it cannot be told by sections. */
function partedBySections(text: string): { readonly spoilt: readonly SpoiltSection[]; readonly rest: unknown } {
  const starts = [...text.matchAll(SECTION_START)]
  const spoilt: SpoiltSection[] = []
  let healthy = text
  for (const [index, { index: start, 2: name = '' }] of starts.slice(0, MOST_SECTIONS).entries()) {
    const end = starts[index + 1]?.index ?? text.length
    const alone = blank(text.slice(0, start)) + text.slice(start, end).trimEnd()
    const document = parse(alone)
    if (document instanceof Error || document.errors.length === 0) continue
    spoilt.push({ name, text: alone, errors: document.errors })
    healthy = healthy.slice(0, start) + blank(text.slice(start, end)) + healthy.slice(end)
  }
  const rest = parse(healthy)
  const isRead = spoilt.length > 0 && !(rest instanceof Error) && rest.errors.length === 0
  return { spoilt, rest: isRead ? rest.contents : null }
}

/** Any key at the beginning of a line, one that no config has as well: its slip must not be laid to the section behind it. */
const SECTION_START = /^(["']?)([^\s"'#:[\]{},&*!|>%@`-][^"':\n]*)\1\s*:(?=\s|$)/gm

/** More than a config has; each is parsed once more. */
const MOST_SECTIONS = 40

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

/** A key that was brought back while the section which holds it is still a comment: what a new workspace invites to. */
function orphanIn(text: string): { readonly offset: number; readonly text: string } | null {
  let section: { readonly name: string; readonly line: number } | null = null
  // Behind a section that is none the comment changes nothing: the key is one of that section.
  let isHeld = false
  let offset = 0
  for (const [index, line] of text.split('\n').entries()) {
    const commented = /^#([a-z_]+):\s*$/.exec(line)?.[1]
    if (commented !== undefined && !isHeld) section = { name: commented, line: index + 1 }
    else if (/^[^\s#]/.test(line)) {
      section = null
      isHeld = /:\s*(&\S+\s*)?(#.*)?$/.test(line)
    }
    const key = /^ +([a-z_]+):/.exec(line)?.[1]
    if (key !== undefined && section !== null) {
      const { name, line: above } = section
      const words = `\`${key}\` stands under \`${name}:\`, which is a comment in line ${above}: remove the # there as well, and before all the keys of \`${name}\` that must be given.`
      return { offset: offset + line.search(/\S/), text: words }
    }
    offset += line.length + 1
  }
  return null
}

function parse(text: string, lineCounter: LineCounter = new LineCounter()): Document | Error {
  try {
    // The failsafe schema knows no numbers: a scalar is the text that stands in the file. Repeated keys are found in
    // the walk, because the parser compares every key with every other one.
    return parseDocument(text, { schema: 'failsafe', lineCounter, prettyErrors: false, logLevel: 'error', uniqueKeys: false })
  } catch (error) {
    // Brackets nested thousands deep exhaust the parser's stack.
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}

/** One walk over the parsed nodes: values, places and faults. */
class Walk {
  readonly faults: ConfigFault[] = []
  /** What is not known. */
  readonly unread: ConfigPath[] = []
  readonly #lines: LineCounter
  readonly #offsets = new Map<string, number>()
  readonly #anchors = new Map<string, unknown>()
  #nodes = 0

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  /** The first fault of a place; what else the parser says about the same place follows from it. */
  fault(path: ConfigPath, offset: number, text: string): void {
    const place = this.#place(offset)
    const shown = placeText(place, '')
    if (this.faults.every((known) => placeText(known.place, '') !== shown)) this.faults.push({ code: 'NOT_YAML', path, place, text })
  }

  positionOf(path: ConfigPath): Position | null {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = this.#offsets.get(JSON.stringify(path.slice(0, length)))
      if (offset !== undefined) return this.#place(offset)
    }
    return null
  }

  value(node: unknown, path: ConfigPath): ConfigValue {
    this.#nodes += 1
    if (this.#nodes > MOST_NODES || path.length > DEEPEST) {
      if (this.#nodes <= MOST_NODES || this.#nodes === MOST_NODES + 1) {
        const limit = path.length > DEEPEST ? `nested deeper than ${DEEPEST} levels` : `larger than ${MOST_NODES} values`
        this.fault(path, offsetOf(node), `The config is ${limit}, aliases counted.`)
      }
      return null
    }
    if (isAlias(node)) return this.#alias(node.source, offsetOf(node), path)
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return scalarValue(node)
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item, [...path, index]))
    if (isMap(node)) return this.#map(node.items, path)
    return null
  }

  #item(item: unknown, path: ConfigPath): ConfigValue {
    this.#offsets.set(JSON.stringify(path), offsetOf(item))
    return this.value(item, path)
  }

  #alias(anchor: string, offset: number, path: ConfigPath): ConfigValue {
    const target = this.#anchors.get(anchor)
    if (target !== undefined) return this.value(target, path)
    // Its anchor may be in what could not be read.
    if (this.unread.length > 0) {
      this.unread.push(path)
      return null
    }
    // A password may begin with the sign of an alias: its name is not repeated.
    this.fault(path, offset, 'This alias has no anchor before it. Put quotes round a text that begins with `*`.')
    return null
  }

  #map(pairs: readonly Pair[], path: ConfigPath): ConfigMap {
    const map: ConfigMap = {}
    for (const pair of pairs) {
      if (!isScalar(pair.key)) {
        this.fault(path, offsetOf(pair.key), 'A key must be a plain word.')
        continue
      }
      const key = String(pair.key.value)
      const offset = offsetOf(pair.key)
      const keyPath = [...path, key]
      if (FORBIDDEN_KEYS.has(key)) {
        this.fault(keyPath, offset, `The key \`${key}\` is not allowed.`)
        continue
      }
      const first = this.#offsets.get(JSON.stringify(keyPath))
      if (Object.hasOwn(map, key) && first !== undefined) {
        this.fault(keyPath, offset, `This key is written twice; the first stands in line ${this.#place(first).line}.`)
        continue
      }
      this.#offsets.set(JSON.stringify(keyPath), offset)
      map[key] = this.value(pair.value, keyPath)
    }
    return map
  }

  #place(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

/** A plain word can mean nothing, true or false; everything else, and everything in quotes, is text as written. */
function scalarValue(node: Scalar): ConfigValue {
  const text = String(node.value ?? '')
  if (node.type !== 'PLAIN') return text
  if (/^(~|null|Null|NULL|)$/.test(text)) return null
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  return text
}

/** Up to the colon or the sign of a directive, behind which the parser may repeat what stands in the file: it could be a secret. */
function sentencePart(message: string): string {
  return escapeText(message.split('\n')[0] ?? '')
    .replace(/\.$|[:%].*$/, '')
    .trim()
}

function offsetOf(node: unknown): number {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range
  return range?.[0] ?? 0
}
