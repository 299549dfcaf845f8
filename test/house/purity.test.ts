// The kernel and the exchange are pure, and a module that is loaded neither acts nor keeps what can change.

import { expect, test } from 'vitest'
import { expectFaults, type PlantedLine } from './planted.ts'
import { SmallTree } from './small-tree.ts'

const STEP = 'pure rooms and quiet imports'

const PURE_ROOM: readonly PlantedLine[] = [
  ['export const clock = () => Date.now()', 'Date in a pure room'],
  ['export const today = () => new Date(0)', 'Date in a pure room'],
  ['export const since = (start: Date) => start', 'the type Date'],
  ['export const chance = () => Math.random()', 'Math random'],
  ["export const hidden = () => Math['random' as 'abs'](1)", 'Math as a whole'],
  ['export const wave = () => Math.sin(1)', 'Math sin'],
  ['export const elapsed = () => performance.now()', 'performance'],
  ["export const setting = () => process.env['HOME']", 'process'],
  ["export const whole = () => Reflect.get(globalThis, 'Date')", 'globalThis'],
  ["export const ask = () => fetch('http://localhost')", 'fetch'],
  ['export const later = () => setTimeout(() => {}, 1)', 'setTimeout'],
  ['export const soon = () => queueMicrotask(() => {})', 'queueMicrotask'],
  ['export const often = () => setInterval(() => {}, 1)', 'setInterval'],
  ['export const wait = async () => 1', 'async'],
  ['export const promise = () => Promise.resolve(1)', 'Promise'],
  ['export const promised = (value: PromiseLike<number>) => value', 'the type PromiseLike'],
  ['export const say = () => console.info(1)', 'console'],
  ['export const id = () => crypto.randomUUID()', 'crypto'],
  ["export const load = () => import('./sum.ts')", 'import()'],
  ['export const here = () => import.meta.url', 'import.meta'],
  ["export const words = () => ['b', 'a'].sort((a, b) => a.localeCompare(b))", 'localeCompare'],
  ['export const fine = (process: bigint) => Math.max(Number(process), 1)', null],
  ['export const also = (view: { readonly console: Map<string, number> }) => view.console', null],
  ['export const within = () => { let count = 0; count += 1; return new Map([[count, new Set<number>()]]) }', null],
]

const LOADED: readonly PlantedLine[] = [
  ["import { readFileSync } from 'node:fs'", null],
  ["import './greeting.ts'", 'for its side effects'],
  ['export let counter = 0', 'can change; only `const`'],
  ['export var older = 0', 'can change; only `const`'],
  ['export const cache = new Map<string, number>()', 'Map, not a readonly one'],
  ['export const seen = new Set<string>()', 'Set, not a readonly one'],
  ['export const list = [1, 2]', 'Array, not a readonly one'],
  ['export const made = Array.from({ length: 3 }, () => 1)', 'Array, not a readonly one'],
  ['export const table = { a: 1 }', 'its a is not readonly'],
  ['export const record: Record<string, number> = {}', 'its keys are not readonly'],
  ['export const nested: Readonly<Record<string, number[]>> = {}', 'Array, not a readonly one'],
  ['export const deep: readonly { count: number }[] = [{ count: 0 }]', 'its count is not readonly'],
  ['class Counter { count = 0 }', null],
  ['export const instance = new Counter()', 'an instance of Counter'],
  ['export class Shared { static total = 0 }', 'the static total can change'],
  ['export class Holder { static readonly all = new Map<string, number>() }', 'the static all can change'],
  ['export class Waker { static { Shared.total = 1 } }', 'a block runs'],
  ["export const text = readFileSync('/dev/null', 'utf8')", 'readFileSync is called'],
  ['export const startedMs = Date.now()', 'Date.now when the module is loaded'],
  ['export const lot = Math.random()', 'Math.random when the module is loaded'],
  ["export const home = process.env['HOME'] ?? ''", 'process is used'],
  ['export const answer = await Promise.resolve(1)', 'waits while it is loaded'],
  ["console.info('loaded')", 'a statement runs'],
  ['for (const item of [1]) Counter.prototype.count = item', 'a statement runs'],
  ['if (counter > 1) counter = older', 'a statement runs'],
  ['export const constants = { a: 1, b: [1, 2] } as const', null],
  ['export const checked = { a: 1 } as const satisfies Record<string, number>', null],
  ['export const readonlyList: readonly number[] = [1, 2]', null],
  ['export const readonlyMap: ReadonlyMap<string, number> = new Map()', null],
  ['export const readonlyRecord: Readonly<Record<string, number>> = {}', null],
  ['export const frozen = Object.freeze([1, 2])', null],
  ['export const pattern = /^a$/', null],
  ["export const folder = new URL('./folder/', import.meta.url)", null],
  ['export const inside = () => { const own = new Map<string, number>(); return own.size }', null],
]

test('L06 a module that acts, waits or keeps what can change fails', () => {
  expectFaults(new SmallTree(), STEP, { 'src/core/session/loaded.ts': LOADED })
})

test('a clock, chance, waiting or the outside world fails in kernel and exchange, and nowhere else', () => {
  const elsewhere: readonly PlantedLine[] = PURE_ROOM.map(([code]) => [code, null])
  expectFaults(new SmallTree(), STEP, {
    'src/core/kernel/impure.ts': PURE_ROOM,
    'src/core/exchange/impure.ts': PURE_ROOM,
    'src/core/session/running.ts': elsewhere,
  })
})

test('a sound tree passes', () => {
  const { passed, output } = new SmallTree().check(STEP)
  expect({ passed, output }).toEqual({ passed: true, output: '' })
})
