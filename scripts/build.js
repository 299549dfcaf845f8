// Builds dist/ with the TypeScript compiler and writes oclif's manifest, so that start-up reads one small JSON file
// instead of loading every command.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })

const migrations = join('core', 'journal', 'migrations')
mkdirSync(join(root, 'dist', migrations), { recursive: true })
cpSync(join(root, 'src', migrations), join(root, 'dist', migrations), { recursive: true })

const { Plugin } = await import('@oclif/core')
const plugin = new Plugin({ errorOnManifestCreate: true, ignoreManifest: true, root, type: 'core' })
await plugin.load()
writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`)
