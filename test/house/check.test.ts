// The one test command: it makes all checks, stops at the first that fails, and fails with it.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, SmallTree, STEPS } from './small-tree.ts'

interface Run {
  readonly status: number | null
  readonly output: string
}

/** Runs the command as it is, with other steps: each writes a file of its name, and ends with the exit code it is given. */
function runWith(tree: SmallTree, exitCodes: Readonly<Record<string, number>>, ...args: readonly string[]): Run {
  const steps = Object.entries(exitCodes).map(([name, exitCode]) => {
    const script = `require('node:fs').writeFileSync(${JSON.stringify(name)}, process.argv.slice(1).join(' ')); process.exitCode = ${exitCode}`
    return { name, command: ['node', '--eval', script, '--'] }
  })
  tree.write({ 'scripts/steps.js': `export const STEPS = ${JSON.stringify(steps)}\n` })
  for (const name of ['check.js', 'install.js', 'trim.js']) copyFileSync(join(ROOT, 'scripts', name), join(tree.root, 'scripts', name))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/check.js', ...args], { cwd: tree.root, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

test('npm test is the one command, and makes every check', () => {
  const { scripts }: { scripts: { test: string } } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(scripts.test).toBe('node scripts/check.js')
  const checkers = [
    'biome',
    'tsc',
    'depcruise',
    'check-purity.js',
    'check-numbers.js',
    'check-errors.js',
    'knip',
    '--production',
    'requirements.js',
    'vitest',
  ]
  for (const checker of checkers) expect(STEPS.some(({ command }) => command.some((word) => word.endsWith(checker)))).toBe(true)
})

test('a check that fails ends the run with its exit code, and those after it are not made', () => {
  const tree = new SmallTree()
  const { status, output } = runWith(tree, { first: 0, second: 3, tests: 0 })
  expect(status).toBe(3)
  expect(output).toContain('second: failed')
  expect(['first', 'second', 'tests'].map((name) => existsSync(join(tree.root, name)))).toEqual([true, true, false])
})

test('where all checks pass, so does the command; its arguments go to the tests', () => {
  const tree = new SmallTree()
  expect(runWith(tree, { first: 0, tests: 0 }, 'test/house').status).toBe(0)
  expect(readFileSync(join(tree.root, 'first'), 'utf8')).toBe('')
  expect(readFileSync(join(tree.root, 'tests'), 'utf8')).toBe('test/house')
})
