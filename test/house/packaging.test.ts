// What the package promises about itself: nothing is compiled, and every version is pinned.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly allowScripts: Readonly<Record<string, boolean>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T
}

const manifest = read<Manifest>('package.json')

describe('what is installed', () => {
  test('L09 the only script that an install runs is the one that unpacks Node itself', () => {
    const withScripts = Object.entries(read<Lock>('package-lock.json').packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([path]) => path.replace('node_modules/', ''))
    expect(withScripts).toEqual(['node'])
    expect(manifest.allowScripts).toEqual({ node: true, 'better-sqlite3': false })
  })

  test('L09 SQLite is loaded as it was shipped: nothing was compiled here', () => {
    const home = join(ROOT, 'node_modules', 'better-sqlite3')
    expect(readdirSync(join(home, 'prebuilds'))).toContain(`${process.platform}-${process.arch}.node`)
    expect(existsSync(join(home, 'build'))).toBe(false)
  })

  test.each(['package.json', 'test/package.json', 'tools/package.json'])('every dependency of %s is pinned to one version', (path) => {
    const { dependencies, devDependencies } = read<Manifest>(path)
    const versions = Object.values({ ...dependencies, ...devDependencies })
    expect(versions.length).toBeGreaterThan(2)
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })
})
