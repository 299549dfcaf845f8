// What can be said of a strategy file that does not load: where it goes wrong, and what to do. It reads the file again and has it
// parsed by a process of its own; it never runs any of it.

import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { escapeText } from '../text.ts'
import { thrownText } from './foreign.ts'

export interface LoadingTrouble {
  /** What is wrong, with the file, line and column and the line itself as far as they can be known; without a full stop. */
  readonly text: string
  readonly next: string
}

interface Spot {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What is thrown is the user's own as well, and may have getters that throw, or a stack that names no file: then the error alone is told. */
export async function loadingTrouble(path: string, thrown: unknown): Promise<LoadingTrouble> {
  try {
    return await explained(path, thrown)
  } catch {
    return { text: thrownText(thrown), next: FAILS_EARLY }
  }
}

const FAILS_EARLY = 'Correct the file: it fails before it is asked for its strategy.'

async function explained(path: string, thrown: unknown): Promise<LoadingTrouble> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  const message = thrownText(thrown)
  const missing = code === 'ERR_MODULE_NOT_FOUND' ? missingModule(message) : null
  if (missing !== null) {
    const { spot, specifier } = importOf(missing)
    return { text: shortened(message) + placeText(path, spot), next: nextOfMissing(missing, specifier) }
  }
  const stack = thrown instanceof Error && typeof thrown.stack === 'string' ? thrown.stack : ''
  const ran = frameSpot(path, stack)
  const isSyntax = ran === null && thrown instanceof SyntaxError
  const spot = ran ?? headSpot(stack) ?? (isSyntax ? headSpot(await parserWords(path)) : null)
  return { text: shortened(message) + placeText(path, spot), next: nextOf({ code, message, isSyntax, file: spot?.file ?? path }) }
}

/** Without what the place says again, and without the list of all else that a parser would have taken. */
function shortened(message: string): string {
  return message.replace(/ imported from \/.*$/, '').replace(/\. Expected [^.]*,[^.]*,.*$/, '')
}

function nextOf({ code, message, isSyntax, file }: { code: unknown; message: string; isSyntax: boolean; file: string }): string {
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Write it without: Node strips the types and runs the rest as it stands, so enums, namespaces and parameter properties do not work.'
  }
  if (isSyntax && /does not provide an export named/.test(message)) return 'Correct the name; where it is a type, write `import type`.'
  if (/^\/.*\.json: /.test(message)) return 'Correct that file; a strategy that reads it loads only where it is JSON.'
  if (!isSyntax) return FAILS_EARLY
  return /^\.[cm]?ts$/.test(extname(file)) ? 'Correct that line.' : 'Correct that line; types are for a .ts file.'
}

interface Missing {
  /** The name of a package, or the path of a file. */
  readonly what: string
  readonly isPackage: boolean
  readonly importer: string
}

/** Read off the words of Node, which say it nowhere else. */
function missingModule(message: string): Missing | null {
  const [, kind, what = '', importer = ''] = /^Cannot find (package|module) '([^']+)' imported from (.+)$/.exec(message) ?? []
  return kind === undefined ? null : { what, isPackage: kind === 'package', importer }
}

function nextOfMissing({ what, isPackage, importer }: Missing, specifier: string | null): string {
  if (what === 'dita') return 'Take types with `import type`, which leaves nothing to load, and decimals from `setup.decimal`.'
  if (isPackage)
    return `Type \`npm install ${escapeText(what)}\` in ${escapeText(dirname(importer))}, or do without it; for types, \`import type\` loads nothing.`
  const stem = what.slice(0, what.length - extname(what).length)
  const ending = ['.ts', '.js', '.mts', '.mjs'].find((each) => existsSync(stem + each))
  if (ending === undefined || specifier === null) return 'Correct the path; an import names its file with its ending.'
  const meant = specifier.slice(0, specifier.length - extname(specifier).length) + ending
  return `Did you mean \`${escapeText(meant)}\`? An import names its file with its ending.`
}

/** Where a file imports what is not there. */
function importOf({ what, isPackage, importer }: Missing): { readonly spot: Spot | null; readonly specifier: string | null } {
  for (const [index, line] of linesOf(importer).entries()) {
    for (const match of line.matchAll(/(?:from|import)\s*\(?\s*(?:'([^']+)'|"([^"]+)")/g)) {
      const specifier = match[1] ?? match[2] ?? ''
      const isIt = isPackage ? specifier === what || specifier.startsWith(`${what}/`) : resolve(dirname(importer), specifier) === what
      const column = match.index + match[0].length - specifier.length - 1
      if (isIt) return { spot: { file: importer, line: index + 1, column }, specifier }
    }
  }
  return { spot: null, specifier: null }
}

/** The place that an error of the parser begins with: `file:line`, then the line and a mark below it. */
function headSpot(text: string): Spot | null {
  const [head = '', ...lines] = text.split('\n')
  const [, name, line] = /^(\/.+|file:.+):(\d+)$/.exec(head) ?? []
  const marked = lines.slice(0, MOST_HEAD_LINES).find((each) => /^\s*\^+$/.test(each))
  if (name === undefined || marked === undefined) return null
  return { file: name.startsWith('file:') ? fileURLToPath(name) : name, line: Number(line), column: marked.indexOf('^') + 1 }
}

const MOST_HEAD_LINES = 6

/** Of what a file threw, the first place in the strategy; else the first in any file. Null for what was thrown before a file ran. */
function frameSpot(path: string, stack: string): Spot | null {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  const loader = frames.findIndex((frame) => frame.includes('node:internal/modules/'))
  const spots = frames.slice(0, loader === -1 ? frames.length : loader).flatMap((frame): Spot[] => {
    const [, url, file, line, column] = /(?:(file:\/\/[^\s()]+)|(\/[^()]+)):(\d+):(\d+)\)?$/.exec(frame) ?? []
    const name = url === undefined ? file : fileURLToPath(url)
    return name === undefined ? [] : [{ file: name, line: Number(line), column: Number(column) }]
  })
  return spots.find(({ file }) => file === path) ?? spots[0] ?? null
}

/**
 * Node keeps the place of a slip to itself when a module is imported, and says it when one is only parsed. So another process
 * parses the file and those that it imports; the first that cannot be is told on its stderr. Only modules are followed: JSON is no
 * code, and of CommonJS Node says the place.
 */
function parserWords(path: string): Promise<string> {
  const flags = ['--no-warnings', '--experimental-vm-modules', '--input-type=module', '--eval', PARSE]
  const options = { timeout: LONGEST_PARSE_MS, killSignal: 'SIGKILL' } as const
  return new Promise((done) => {
    execFile(process.execPath, [...flags, path], options, (_error, _stdout, stderr) => done(stderr))
  })
}

const LONGEST_PARSE_MS = 5000

const PARSE = `
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SourceTextModule } from 'node:vm'
const files = new Set([process.argv[1]])
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const module = new SourceTextModule(/\\.m?ts$/.test(file) ? stripTypeScriptTypes(text) : text, { identifier: file })
  for (const { specifier } of module.moduleRequests ?? []) {
    if (/^\\.{1,2}\\/.*\\.m?[jt]s$/.test(specifier)) files.add(fileURLToPath(new URL(specifier, pathToFileURL(file))))
  }
}`

const LONGEST_LINE = 72

/** ` at mine.ts:4:10, in the line …`, the file as it is called from where the strategy stands. */
function placeText(path: string, spot: Spot | null): string {
  if (spot === null) return ''
  const { file, line, column } = spot
  const text = linesOf(file)[line - 1] ?? ''
  // Of a long line, what stands round the place.
  const start = text.length <= LONGEST_LINE ? 0 : Math.max(0, column - LONGEST_LINE / 2)
  const shown = text
    .slice(start, start + LONGEST_LINE)
    .replaceAll('\t', ' ')
    .trim()
  const name = escapeText(relative(dirname(path), file))
  return ` at ${name}:${line}:${column}${shown === '' ? '' : `, in the line \`${escapeText(shown)}\``}`
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}
