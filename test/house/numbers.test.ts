// Money is a Decimal: a float under a name of money, or a decimal that becomes one, fails.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectFaults, type PlantedLine } from './planted.ts'
import { ROOT, SmallTree } from './small-tree.ts'

const STEP = 'no money in floats'
const DECIMAL = { 'src/core/kernel/decimal.ts': readFileSync(join(ROOT, 'src/core/kernel/decimal.ts'), 'utf8') }
const IMPORT: PlantedLine = ["import { dec, type Decimal, div, formatDecimal, formatFixed } from '../kernel/decimal.ts'", null]

const NAMES: readonly PlantedLine[] = [
  IMPORT,
  ['export const price = 1.5 as number', 'price is a number'],
  ['export const inferredFee = Math.max(1, 2)', 'inferredFee is a number'],
  ['export function exposure(): number { return 1 }', 'exposure holds or gives a number'],
  ['export const netPnl = () => Math.max(1, 2)', 'netPnl holds or gives a number'],
  ['export async function balance(): Promise<number> { return 1 }', 'balance holds or gives a number'],
  ['export interface View {', null],
  ['  openSize(): number', 'openSize holds or gives a number'],
  ['  readonly equity: number | null', 'equity is a number'],
  ['  readonly prices: readonly number[]', 'prices holds or gives a number'],
  ['  readonly fees: ReadonlyMap<string, number>', 'fees holds or gives a number'],
  ['  readonly costs: Record<string, number>', 'costs holds or gives a number'],
  ['  readonly positions: ReadonlyMap<number, Decimal>', null],
  ['  readonly sizes: readonly [Decimal, number]', 'sizes holds or gives a number'],
  ['}', null],
  ['export class Book {', null],
  ['  readonly #size = Math.max(1, 2)', '#size is a number'],
  ['  get mid(): number { return this.#size }', 'mid is a number'],
  ['  notional(quantity: number): number { return quantity }', 'is a number'],
  ['  worth(bid: Decimal): Decimal { return bid }', null],
  ['}', null],
  ['export type Margin = number', 'Margin is a number'],
  ["export const amount = JSON.parse('1')", 'amount is any'],
  ["export const asks = JSON.parse('1') as any[]", 'asks holds or gives any'],
  ['export const { rate } = { rate: Math.max(1, 2) }', 'rate is a number'],
  ["export const good = { price: dec('1'), priceUs: 1, fillCount: 2, offset: 3 }", null],
  ['export const quantity = (places: number): Decimal => div(dec(String(places)), 1n as Decimal)', null],
  ['export const text = (value: Decimal): string => formatDecimal(value) + formatFixed(value, 2)', null],
]

const CONVERSIONS: readonly PlantedLine[] = [
  IMPORT,
  ["const value = dec('1.5')", null],
  ['export const a = () => Number(value)', 'turned into a float'],
  ['export const b = () => parseFloat(formatDecimal(value))', 'turned into a float'],
  ['export const c = () => Number.parseFloat(formatFixed(value, 2))', 'turned into a float'],
  ['export const d = () => +formatDecimal(value)', 'turned into a float'],
  ['export const e = () => Number(String(value))', 'turned into a float'],
  [`export const f = () => Number(\`\${value}\`)`, 'turned into a float'],
  ['export const g = () => Number(value.toString())', 'turned into a float'],
  ['export const h = () => Number(value as bigint)', 'turned into a float'],
  ['export const i = () => Number((value * 100n) / dec("3"))', 'turned into a float'],
  ['export const j = () => { const written = formatDecimal(value); return Number(written) }', 'turned into a float'],
  ['export const k = (fill: { readonly price: string }) => Number(fill.price)', 'turned into a float'],
  ['export const l = () => Number(formatFixed(value, 2).slice(0, 3))', 'turned into a float'],
  ['export const m = (count: bigint) => Number(count)', null],
  ['export const n = (text: string) => Number(text)', null],
  ['export const o = (seconds: string) => +seconds', null],
  ['export const p = () => div(value, value)', null],
]

function inRooms(rooms: readonly string[], lines: readonly PlantedLine[]): Record<string, readonly PlantedLine[]> {
  return Object.fromEntries(rooms.map((room) => [`src/core/${room}/floats.ts`, lines]))
}

test('a float under a name of money fails where money is kept', () => {
  expectFaults(new SmallTree(DECIMAL), STEP, inRooms(['kernel', 'journal', 'exchange', 'venue', 'report'], NAMES))
})

test('a decimal that is turned into a float fails in every room', () => {
  const rooms = ['kernel', 'journal', 'exchange', 'venue', 'report', 'session', 'strategy', 'market', 'config']
  expectFaults(new SmallTree(DECIMAL), STEP, inRooms(rooms, CONVERSIONS))
})

test('a permission to use floats that is no longer used fails', () => {
  const tree = new SmallTree({ ...DECIMAL, 'src/core/session/time.ts': 'export const time = 1\n' })
  const { passed, output } = tree.check(STEP)
  expect(output).toContain('src/core/session/time.ts (microseconds) is allowed to turn decimals into floats, and does not')
  expect(passed).toBe(false)
})

test('a sound tree passes', () => {
  expect(new SmallTree(DECIMAL).check(STEP)).toEqual({ passed: true, output: '' })
})
