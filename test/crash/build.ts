// What is swept: the real command line as it was built, or the same with all that it loads gathered into a few files. Owns where
// those lie, and removes them; it runs nothing of dita.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const PACKAGES = join(PROJECT, 'node_modules')
const BUNDLER = join(PROJECT, 'test/node_modules/.bin/rolldown')
/** Another build of dita may be swept: the folder that holds its bin/ and dist/. */
const { DITA_CRASH_BUILD = PROJECT } = process.env

export interface Build {
  /** The program that Node starts. */
  readonly bin: string
  /** What its processes find in their environment, besides what all do. */
  readonly env: Readonly<Record<string, string>>
}

/** As it was built. */
export function plainBuild(): Build {
  const bin = join(DITA_CRASH_BUILD, 'bin/run.js')
  for (const needed of [bin, join(DITA_CRASH_BUILD, 'dist/cli/main.js')]) {
    if (!existsSync(needed)) throw new Error(`${needed} IS MISSING: run \`npm run build\` before the crash sweep.`)
  }
  return { bin, env: {} }
}

/**
 * The same code in a few files: a point starts five processes, and each would spend most of its time on loading some hundreds.
 * What writes, syncs and sends is untouched by that. The bundler is the one that vitest works with.
 */
export function bundledBuild(): Build & Disposable {
  plainBuild()
  const folder = mkdtempSync(join(tmpdir(), 'dita-crash-build-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    bundleInto(folder)
  } catch (error) {
    remove()
    throw error
  }
  // A folder of its own for what Node compiles, or each sweep would leave one behind.
  return { bin: join(folder, 'bin/run.js'), env: { NODE_COMPILE_CACHE: join(folder, 'node-compile-cache') }, [Symbol.dispose]: remove }
}

function bundleInto(folder: string): void {
  const dist = join(DITA_CRASH_BUILD, 'dist')
  // Of those inside a topic none is started by a sweep, and a name can stand in two topics.
  const commands = readdirSync(join(dist, 'commands')).filter((name) => name.endsWith('.js'))
  const entries = ['cli/main.js', ...commands.map((name) => `commands/${name}`)].map((name) => join(dist, name))
  // The store reads its migrations beside the file that it is in: what is no entry lies there.
  const names = ['--entry-file-names', 'commands/[name].js', '--chunk-file-names', 'core/journal/[name].js']
  const external = ['better-sqlite3', 'react-devtools-core'].flatMap((name) => ['--external', name])
  const flags = ['--dir', join(folder, 'dist'), '--platform', 'node', '--format', 'esm', '--log-level', 'silent']
  execFileSync(process.execPath, [BUNDLER, ...entries, ...flags, ...names, ...external], { stdio: 'pipe' })
  mkdirSync(join(folder, 'dist/cli'))
  writeFileSync(join(folder, 'dist/cli/main.js'), "export * from '../commands/main.js'\n")
  const migrations = 'dist/core/journal/migrations'
  for (const name of ['bin', 'package.json', 'oclif.manifest.json', migrations]) {
    cpSync(join(DITA_CRASH_BUILD, name), join(folder, name), { recursive: true })
  }
  symlinkSync(PACKAGES, join(folder, 'node_modules'))
}
