// Dead code fails the one test command: files, exports and packages that nothing reaches, and what only tests reach.

import { expect, test } from 'vitest'
import { SmallTree } from './small-tree.ts'

/** A tree that uses what it depends on; a package more would be dead as well. */
const NO_PACKAGES = { 'package.json': packageJson({}) }
const FORGOTTEN = 'export const forgotten = 1\n'

function packageJson(dependencies: Readonly<Record<string, string>>): string {
  return JSON.stringify({ name: 'small', type: 'module', dependencies })
}

test('C04 a tree without dead code passes', () => {
  const tree = new SmallTree(NO_PACKAGES)
  for (const step of ['dead code', 'code that only tests use']) {
    const { passed, output } = tree.check(step)
    expect(passed, output).toBe(true)
  }
})

test('C04 a file that nothing imports is a fault', () => {
  const tree = new SmallTree({ ...NO_PACKAGES, 'src/core/session/forgotten.ts': FORGOTTEN })
  const { passed, output } = tree.check('dead code')
  expect(output).toContain('src/core/session/forgotten.ts')
  expect(passed).toBe(false)
})

test('C04 an export that nothing imports is a fault', () => {
  const tree = new SmallTree(NO_PACKAGES)
  tree.write({ 'src/cli/duration.ts': 'export const used = 1\nexport const unused = 2\n' })
  tree.write({ 'src/cli/main.ts': "import { used } from './duration.ts'\n\nexport const main = (): string => String(used)\n" })
  const { passed, output } = tree.check('dead code')
  expect(output).toMatch(/unused.*src\/cli\/duration\.ts/)
  expect(passed).toBe(false)
})

test('C04 a package that nothing imports is a fault', () => {
  const tree = new SmallTree({ 'package.json': packageJson({ pino: '1.0.0' }) })
  const { passed, output } = tree.check('dead code')
  expect(output).toMatch(/pino\s+package\.json/)
  expect(passed).toBe(false)
})

test('C04 a package that no test imports is a fault', () => {
  const tree = new SmallTree({
    ...NO_PACKAGES,
    'test/package.json': JSON.stringify({ name: 'small-test', private: true, devDependencies: { 'fast-check': '1.0.0' } }),
  })
  const { passed, output } = tree.check('dead code')
  expect(output).toMatch(/fast-check\s+test\/package\.json/)
  expect(passed).toBe(false)
})

test('C04 a file that only a test imports is a fault', () => {
  const tree = new SmallTree({
    ...NO_PACKAGES,
    'src/core/session/forgotten.ts': FORGOTTEN,
    'test/forgotten.test.ts':
      "import { forgotten } from '../src/core/session/forgotten.ts'\n\nif (forgotten !== 1) throw new Error('no')\n",
  })
  const { passed, output } = tree.check('code that only tests use')
  expect(output).toContain('src/core/session/forgotten.ts')
  expect(passed).toBe(false)
})
