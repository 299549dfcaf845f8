// A house in small, in a folder of its own: the same checks and settings, a handful of files. Faults are planted there.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

export const { STEPS }: { readonly STEPS: readonly Step[] } = await import(new URL('../../scripts/steps.js', import.meta.url).href)

/** Every setting that a check reads, as it is here. */
const SETTINGS = ['.dependency-cruiser.cjs', 'biome.json', 'knip.json', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts']

/** What npm has installed, and the lock that says so of test/. */
const INSTALLED = ['node_modules', 'tools', 'test/node_modules', 'test/package-lock.json']

/** What stands in the tree before a fault is planted: enough for every check to have something to say yes to. */
const SOUND_FILES: Readonly<Record<string, string>> = {
  'src/cli/main.ts': "import { greeting } from '../core/session/greeting.ts'\n\nexport const main = (): string => greeting()\n",
  'src/commands/run.ts': "import { main } from '../cli/main.ts'\n\nexport default class Run {\n  readonly say = main\n}\n",
  'src/core/kernel/sum.ts': 'export const sum = (a: bigint, b: bigint): bigint => a + b\n',
  'src/core/session/greeting.ts':
    "import { sum } from '../kernel/sum.ts'\n\nexport const greeting = (): string => sum(1n, 2n).toString()\n",
  'src/index.ts': "export { sum } from './core/kernel/sum.ts'\n",
  'test/package.json': `${JSON.stringify({ name: 'small-test', private: true, type: 'module' }, null, 2)}\n`,
  'test/sum.test.ts': "import { sum } from '../src/core/kernel/sum.ts'\n\nif (sum(1n, 1n) !== 2n) throw new Error('no sum')\n",
}

export interface Verdict {
  readonly passed: boolean
  readonly output: string
}

export class SmallTree {
  readonly root = mkdtempSync(join(tmpdir(), 'dita-house-'))

  constructor(files: Readonly<Record<string, string>> = {}) {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }))
    for (const name of SETTINGS) copyFileSync(join(ROOT, name), join(this.root, name))
    mkdirSync(join(this.root, 'test'))
    for (const path of INSTALLED) symlinkSync(join(ROOT, path), join(this.root, path))
    const { name, version, type, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    this.write({ ...SOUND_FILES, 'package.json': `${JSON.stringify({ name, version, type, dependencies }, null, 2)}\n`, ...files })
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true })
      writeFileSync(join(this.root, path), text)
    }
  }

  /** Makes one check of `npm test` in this tree, with the very command that `npm test` uses. */
  check(stepName: string, ...more: readonly string[]): Verdict {
    const step = STEPS.find(({ name }) => name === stepName)
    if (step === undefined) throw new Error(`npm test has no step ${stepName}`)
    const [program = '', ...args] = step.command
    const { PATH, ...env } = process.env
    const { status, stdout, stderr, error } = spawnSync(program, [...args, ...more], {
      cwd: this.root,
      env: { ...env, PATH: [join(ROOT, 'node_modules', '.bin'), PATH].join(delimiter), NO_COLOR: '1' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    if (error !== undefined) throw error
    return { passed: status === 0, output: `${stdout}${stderr}` }
  }
}
