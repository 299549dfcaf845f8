// What the linter must refuse here: promises nobody waits for, errors nobody looks at, code that no screen holds.

import { expect, test } from 'vitest'
import { SmallTree } from './small-tree.ts'

const STEP = 'format and lint'

function linesOf(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')
}

const LATE = 'export const late = async (): Promise<number> => 1\n\n'

function expectRefused(rule: string, source: string): void {
  const { passed, output } = new SmallTree({ 'src/core/session/fault.ts': source }).check(STEP)
  expect(output).toContain(rule)
  expect(output).toContain('src/core/session/fault.ts')
  expect(passed).toBe(false)
}

test('a sound tree passes', () => {
  const { passed, output } = new SmallTree().check(STEP)
  expect(passed, output).toBe(true)
})

test('V05 a promise that nobody waits for fails', () => {
  expectRefused('lint/nursery/noFloatingPromises', `${LATE}export function start(): void {\n  late()\n}\n`)
})

test('V05 a promise where a yes or no is meant fails', () => {
  expectRefused('lint/nursery/noMisusedPromises', `${LATE}export function start(): string {\n  return late() ? 'yes' : 'no'\n}\n`)
})

test('L04 an error that is caught and dropped fails', () => {
  const source = 'export function quiet(work: () => void): void {\n  try {\n    work()\n  } catch {}\n}\n'
  expectRefused('lint/suspicious/noEmptyBlockStatements', source)
})

test('a value of any type fails', () => {
  expectRefused('lint/suspicious/noExplicitAny', 'export const open = (value: any): unknown => value\n')
})

test('a function of more than 70 lines fails', () => {
  const body = linesOf(71, (index) => `  console.info(${index})`)
  expectRefused('lint/complexity/noExcessiveLinesPerFunction', `export function long(): void {\n${body}}\n`)
})

test('a file of more than 400 lines fails', () => {
  expectRefused(
    'lint/style/noExcessiveLinesPerFile',
    linesOf(401, (index) => `export const constant${index} = ${index}`),
  )
})
