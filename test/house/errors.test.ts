// What handles the failure of a promise looks at the failure, save where a list says why not.

import { expect, test } from 'vitest'
import { expectFaults, type PlantedLine } from './planted.ts'
import { SmallTree } from './small-tree.ts'

const STEP = 'no error dropped'
const DROPPED = 'the error is dropped'

const HANDLERS: readonly PlantedLine[] = [
  ['declare const work: () => Promise<number>', null],
  ['declare const log: (error: unknown) => undefined', null],
  ['function quiet(): number { return 0 }', null],
  ['const quieter = (_error: unknown): number => 0', null],
  ['function heard(error: unknown): number { return log(error) ?? 0 }', null],
  ['export const a = () => work().catch(() => undefined)', DROPPED],
  ['export const b = () => work().catch(function () { return 1 })', DROPPED],
  ['export const c = () => work().catch((_error) => 1)', DROPPED],
  ['export const d = () => work().catch(quiet)', DROPPED],
  ['export const e = () => work().catch(quieter)', DROPPED],
  ['export const f = () => work().then(String, () => undefined)', DROPPED],
  ['export const g = (late: Promise<number> | null) => late?.catch(() => undefined)', DROPPED],
  ['export const h = (late: PromiseLike<number>) => late.then(String, () => undefined)', DROPPED],
  ['export const i = () => work().catch((error) => log(error))', null],
  ['export const j = () => work().catch((error) => ({ error }))', null],
  ['export const k = () => work().catch(heard)', null],
  ['export const l = () => work().catch(log)', null],
  ['export const m = () => work().then(() => undefined)', null],
  ['export const n = () => work().then(() => undefined, log)', null],
  ['export const o = () => work().catch(({ message }: Error) => message)', null],
  ['export const p = (schema: { catch(none: () => number): number }) => schema.catch(() => 1)', null],
]

test('L04 V05 a failure of a promise that nobody looks at fails, wherever it is', () => {
  expectFaults(new SmallTree(), STEP, { 'src/core/session/dropped.ts': HANDLERS, 'src/cli/dropped.ts': HANDLERS })
})

test('L04 what may drop an error is named, and nothing else in its file may', () => {
  expectFaults(new SmallTree(), STEP, {
    'src/core/waiting.ts': [
      ['export function heardElsewhere(late: Promise<unknown>): void { late.catch(() => undefined) }', null],
      ['export function another(late: Promise<unknown>): void { late.catch(() => undefined) }', DROPPED],
    ],
  })
})

test('L04 a name on that list that drops nothing any more fails', () => {
  const tree = new SmallTree({ 'src/core/waiting.ts': 'export const heardElsewhere = 1\n' })
  const { passed, output } = tree.check(STEP)
  expect(output).toContain('src/core/waiting.ts (heardElsewhere) is allowed to drop an error, and does not')
  expect(passed).toBe(false)
})

test('a failure of the machine that passes for wrong usage fails', () => {
  expectFaults(new SmallTree(), STEP, {
    'src/core/session/fault.ts': [
      ['const EXIT = { defect: 1, usage: 2 } as const', null],
      ["export const wrong = { fault: 'machine', exitCode: EXIT.usage }", 'no wrong usage'],
      ["export const right = { fault: 'machine', exitCode: EXIT.defect }", null],
      ["export const users = { fault: 'user', exitCode: EXIT.usage }", null],
    ],
  })
})

test('a sound tree passes', () => {
  const { passed, output } = new SmallTree().check(STEP)
  expect({ passed, output }).toEqual({ passed: true, output: '' })
})
