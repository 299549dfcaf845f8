// Which codes of errors the sources know, by reading them: written where the error is made, or handed to a helper that makes it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SOURCES } from './scene.ts'

/** Functions that take the code first and make the error, and the file in which each is. */
const HELPERS: Readonly<Record<string, string>> = {
  contradicts: 'core/venue/bingx/errors.ts',
  credentialsFailure: 'core/private-file.ts',
  refusal: 'core/market/recorded/open-recording.ts',
  unusable: 'core/report/find-session.ts',
  usage: 'cli/usage.ts',
  userError: 'core/strategy/load-strategy.ts',
}
const CODE = String.raw`\(\s*'([A-Z][A-Z_]+)'`
/** Made from what a session said, or from words for a wrong command line: the code is another's. */
const HANDED_ON = ['core/session/socket/protocol.ts', 'cli/dispatch.ts', ...Object.values(HELPERS)]

interface Source {
  readonly path: string
  readonly text: string
}

function sources(): Source[] {
  const names = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  return names.map((path) => ({ path, text: readFileSync(join(SOURCES, path), 'utf8') }))
}

/** Every code, once. */
export function codesInSources(files: readonly Source[] = sources()): string[] {
  const direct = files.flatMap(({ text }) => matches(text, new RegExp(`new DitaError${CODE}`, 'g')))
  const handed = Object.entries(HELPERS).flatMap(([helper, home]) =>
    files.flatMap(({ path, text }) => {
      const name = path === home ? helper : importedAs(text, helper, home)
      return name === null ? [] : matches(text, new RegExp(`(?<![\\w.])${name}${CODE}`, 'g'))
    }),
  )
  return [...new Set([...direct, ...handed, 'DEFECT', 'OUTPUT_FAILED'])].sort()
}

/** Places where an error is made whose code nobody can see by reading, beside the helpers that are known. */
export function unseenCodes(files: readonly Source[] = sources()): string[] {
  return files.filter(({ path, text }) => !HANDED_ON.includes(path) && /new DitaError\((?!\s*')/.test(text)).map(({ path }) => path)
}

function importedAs(text: string, helper: string, home: string): string | null {
  const file = home.split('/').at(-1)?.replaceAll('.', String.raw`\.`)
  const names = new RegExp(`import \\{([^}]*)\\} from '[^']*/${file}'`).exec(text)?.[1] ?? ''
  const named = names
    .split(',')
    .map((name) => name.trim().split(' as '))
    .find(([name]) => name === helper)
  return named === undefined ? null : (named[1] ?? helper)
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, code = '']) => code)
}
