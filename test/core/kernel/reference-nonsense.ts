// Inputs that nobody should ever make: sound ones with a field replaced, left out or turned inside out, and things that are
// no inputs at all. What a user's own strategy, a venue's client or a damaged message could hand over.

import fc from 'fast-check'
import type { KernelInput } from '../../../src/core/kernel/inputs.ts'

/** Stands for "leave the field out". */
const MISSING = Symbol('missing')

/** Values of the wrong type, of no value, of no size, and names that every object's prototype has. */
const STRANGE: readonly unknown[] = [
  MISSING,
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  1.5,
  2 ** 60,
  true,
  '',
  '1.5',
  'constructor',
  '__proto__',
  'toString',
  'a|b#c',
  'ä\u0000"\\\ud800',
  'x'.repeat(2_000),
  0n,
  1n,
  -1n,
  10n ** 33n,
  10n ** 33n + 1n,
  -(10n ** 60n),
  10n ** 30n,
  [],
  [null],
  [undefined, 1n],
  {},
  { clientOrderId: null },
  Object.create(null),
  () => 1,
  Symbol('strange'),
  new Date(Number.NaN),
  new Map(),
]

/** Where in an input something is changed, and into what. */
export interface Change {
  readonly where: number
  readonly what: unknown
}

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ where: fc.nat({ max: 200 }), what: fc.oneof(fc.constantFrom(...STRANGE), fc.anything({ withBigInt: true })) }),
  { minLength: 1, maxLength: 3 },
)

const LARGE = 10n ** 33n

/** Decimals that are decimals, and at the very ends of what one can be. */
export const extremes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    where: fc.nat({ max: 200 }),
    what: fc.constantFrom(1n, -1n, 0n, 2n, LARGE, LARGE + 1n, -LARGE, LARGE - 1n, 10n ** 18n, 10n ** 24n),
  }),
  { minLength: 1, maxLength: 3 },
)

/** The input with decimals changed into others, and nothing else. */
export function stretched(input: KernelInput, list: readonly Change[]): KernelInput {
  let copy: unknown = input
  for (const { where, what } of list) {
    const paths = pathsOf(copy).filter((path) => typeof at(copy, path) === 'bigint')
    const path = paths[where % paths.length]
    if (path !== undefined) copy = withChange(copy, path, what)
  }
  return copy as KernelInput
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, key) => (inner as Record<string | number, unknown>)[key], value)
}

type Path = readonly (string | number)[]

/** The input with its changes made: a copy, so that nothing is shared. */
export function changed(input: KernelInput, list: readonly Change[]): KernelInput {
  let copy: unknown = input
  for (const { where, what } of list) {
    const paths = pathsOf(copy)
    const path = paths[where % paths.length]
    if (path !== undefined) copy = withChange(copy, path, what)
  }
  return copy as KernelInput
}

/** All places in a value but the type that says what it is, which other tests leave out. */
function pathsOf(value: unknown, depth = 0): Path[] {
  if (value === null || typeof value !== 'object' || depth > 3) return []
  return Object.keys(value).flatMap((key) => {
    const inner = pathsOf((value as Record<string, unknown>)[key], depth + 1).map((path) => [key, ...path])
    return depth === 0 && key === 'type' ? inner : [[key], ...inner]
  })
}

function withChange(value: unknown, [key, ...rest]: Path, what: unknown): unknown {
  if (key === undefined || value === null || typeof value !== 'object') return value
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>
  if (rest.length > 0) copy[key] = withChange(copy[key], rest, what)
  else if (what === MISSING) delete copy[key]
  else copy[key] = what
  return copy
}

const TYPES: readonly string[] = [
  ...['ENTER', 'EXIT', 'EXIT_RESIDUAL', 'QUOTE', 'CANCEL', 'MARK_PRICE', 'CONTROL', 'RECONCILE', 'NOTHING', 'constructor', '__proto__'],
  ...['ORDER_ACK', 'ORDER_REJECT', 'PARTIAL_FILL', 'FULL_FILL', 'CANCEL_ACK', 'CANCEL_REJECT', 'EXPIRED', 'RATE_LIMITED', 'UNRECOGNISED'],
  ...[
    'SNAPSHOT',
    'FUNDING',
    'OPEN_SESSION',
    'LIST_INSTRUMENT',
    'HALT_SESSION',
    'FLOW_CAPITAL',
    'VALUE_ASSET',
    'NOTE_SUBMIT',
    'NOTE_CANCEL',
  ],
  ...['OBSERVE_MARKET', 'REPORT_FEED', 'FLAG_RISK'],
]

/** A type and nothing else, or whatever else, or no input at all. */
export const debris: fc.Arbitrary<KernelInput> = fc.oneof(
  fc.record({ type: fc.constantFrom(...TYPES) }),
  fc.tuple(fc.constantFrom(...TYPES), fc.object()).map(([type, rest]) => ({ ...rest, type })),
  fc.anything({ withBigInt: true }),
) as fc.Arbitrary<KernelInput>
