// Builds dist/ with the TypeScript compiler and writes oclif's manifest, so that start-up reads one small JSON file
// instead of loading every command. Builds beside dist/ and swaps at the end: a dita that is running keeps its files.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const fresh = join(root, `dist.${process.pid}`)
const stale = join(root, `dist.${process.pid}.old`)

try {
  const arguments_ = ['-p', 'tsconfig.build.json', '--outDir', fresh]
  execFileSync(join(root, 'node_modules', '.bin', 'tsc'), arguments_, { cwd: root, stdio: 'inherit' })
  const migrations = join('core', 'journal', 'migrations')
  cpSync(join(root, 'src', migrations), join(fresh, migrations), { recursive: true })
  if (existsSync(dist)) renameSync(dist, stale)
  renameSync(fresh, dist)
} finally {
  for (const folder of [fresh, stale]) rmSync(folder, { recursive: true, force: true })
}

const { Plugin } = await import('@oclif/core')
const plugin = new Plugin({ errorOnManifestCreate: true, ignoreManifest: true, root, type: 'core' })
await plugin.load()
writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`)
