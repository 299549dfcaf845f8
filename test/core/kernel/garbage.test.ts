// What a user's own code, or a venue gone mad, may hand over: nothing of it throws, and nothing gets through unread.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFactBody, encodeFactBody } from '../../../src/core/kernel/codec.ts'
import { type Decimal, dec, ONE, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { ExitIntent, Intent, KernelInput } from '../../../src/core/kernel/inputs.ts'
import { denialsOf, enterIntent, exitIntent, given, quoteIntent, requestsOf, residualIntent, SYMBOL } from './kernel-bench.ts'

const HUGE = (10n ** 15n * 10n ** 18n + 1n) as Decimal

const words = fc.oneof(
  fc.constantFrom('buy', 'sell', 'limit', 'market', 'gtc', 'leg', 'rest', 'a', 'b', SYMBOL, 'order', 'entry', 'instrument', 'net', 'long'),
  fc.constantFrom('pause', 'resume', 'halt', 'filled', 'canceled', 'toString', '__proto__', 'constructor'),
  fc.constantFrom(ONE, dec('2'), ZERO, HUGE, 5n, true, false, null, undefined, Number.NaN, {}, [], Symbol('x'), Object.create(null)),
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
)

// biome-ignore format: a list of words is read as one
const FIELDS = [
  'slotId', 'instrument', 'side', 'orderType', 'price', 'quantity', 'timeInForce', 'postOnly', 'leverage', 'exitRatios', 'reduceOnly', 'scope',
  'reason', 'bid', 'ask', 'target', 'mid', 'asOfUs', 'evidence', 'clientOrderId', 'venueOrderId', 'venueTimeUs', 'askedAtUs', 'outcome',
  'filledQuantity', 'averagePrice', 'adjustmentId', 'positionSide', 'fill',
]
const ACTIONS = [
  'mark_absent',
  'quarantine',
  'settle_order',
  'book_fill',
  'adjust_position',
  'assign',
  'pause',
  'resume',
  'reduce_only',
  'halt',
]
const fillWords = fc.record({ tradeId: words, price: words, quantity: words, fee: words, feeAsset: words, liquidity: words })

const garbage = fc.record(
  {
    type: fc.constantFrom('ENTER', 'EXIT', 'EXIT_RESIDUAL', 'QUOTE', 'CANCEL', 'MARK_PRICE', 'CONTROL', 'RECONCILE'),
    action: fc.oneof(fc.constantFrom(...ACTIONS), words),
    ...Object.fromEntries(FIELDS.map((field) => [field, words])),
    bid: fc.oneof(words, fc.record({ price: words, quantity: words })),
    ask: fc.oneof(words, fc.record({ price: words, quantity: words })),
    fill: fc.oneof(words, fillWords),
    target: fc.oneof(words, fc.record({ kind: words, slotId: words, clientOrderId: words, instrument: words })),
  },
  { requiredKeys: ['type'] },
)

/** Sound intents about an open slot `a`, its order `id`, and some unassigned exposure. */
function soundIntents(id: string): Intent[] {
  const reconcile = { type: 'RECONCILE', evidence: 'seen' } as const
  const fill = { tradeId: 'x', price: dec('2'), quantity: ONE, fee: ZERO, feeAsset: 'RLUSD', liquidity: 'taker' } as const
  const position = { instrument: SYMBOL, positionSide: 'net' } as const
  const reference = { clientOrderId: id, venueOrderId: null }
  return [
    enterIntent({ slotId: 'b' }),
    exitIntent(),
    residualIntent(),
    quoteIntent('2 x 1', '3 x 1'),
    { type: 'MARK_PRICE', instrument: SYMBOL, price: dec('2'), mid: dec('2'), asOfUs: 5 },
    { type: 'CONTROL', action: 'pause', reason: 'why' },
    { type: 'CANCEL', target: { kind: 'order', clientOrderId: id } },
    { ...reconcile, action: 'mark_absent', clientOrderId: id, venueTimeUs: 9e15, askedAtUs: [8e15, 9e15] },
    { ...reconcile, action: 'quarantine', clientOrderId: id },
    { ...reconcile, action: 'settle_order', clientOrderId: id, outcome: 'canceled', filledQuantity: ONE, averagePrice: dec('2') },
    { ...reconcile, action: 'book_fill', ...reference, instrument: SYMBOL, side: 'buy', fill },
    { ...reconcile, action: 'adjust_position', adjustmentId: 'j', ...position, quantity: dec('7'), averagePrice: dec('2') },
    { ...reconcile, action: 'assign', ...position, quantity: ONE, slotId: 'a', price: dec('2') },
  ]
}

const ID = 'the order'
// Sound intents of which one field is broken get deeper than ones that are broken throughout.
const bent = fc
  .tuple(
    fc.nat({ max: soundIntents(ID).length - 1 }),
    fc.constantFrom(...FIELDS, 'action', 'fill.price', 'fill.quantity', 'fill.fee', 'fill.tradeId'),
    words,
  )
  .map(([index, field, value]) => ({ index, field, value }))

function broken(id: string, { index, field, value }: { index: number; field: string; value: unknown }): unknown {
  const intent = soundIntents(id)[index] as unknown as Record<string, unknown>
  const [outer, inner] = field.split('.') as [string, string?]
  if (inner === undefined) return { ...intent, [outer]: value }
  return { ...intent, [outer]: { ...(intent[outer] as object), [inner]: value } }
}

describe('what a user’s own code may hand over', () => {
  test('N02 nothing a strategy returns makes the kernel throw, or gets into an order or the journal unread', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, bent), (wild) => {
        const bench = given()
        bench.opened()
        const id = bench.exit()
        bench.doubt(id)
        bench.adjust('105', '2')
        const input = 'index' in wild && 'field' in wild ? broken(id, wild as { index: number; field: string; value: unknown }) : wild
        const facts = bench.when(input as KernelInput)
        for (const fact of facts) expect(decodeFactBody(encodeFactBody(fact))).toStrictEqual(fact)
        for (const request of requestsOf(facts)) {
          expect(['buy', 'sell']).toContain(request.side)
          expect(['limit', 'market']).toContain(request.orderType)
          expect(['gtc', 'ioc', 'fok']).toContain(request.timeInForce)
          expect(typeof request.postOnly).toBe('boolean')
          expect(typeof request.reduceOnly).toBe('boolean')
          expect(request.quantity > 0n && request.quantity <= dec('1e15')).toBe(true)
        }
      }),
      { numRuns: 4000 },
    )
  })

  test('K23 an input of a type the kernel does not know is denied, never swallowed', () => {
    const bench = given()
    for (const type of ['BUY', '', undefined, 'enter', 'toString', '__proto__']) {
      expect(denialsOf(bench.when({ type } as unknown as KernelInput))).toEqual([`INPUT_UNKNOWN type ${type}`])
    }
    for (const input of [null, undefined, 7, 'ENTER']) {
      expect(denialsOf(bench.when(input as unknown as KernelInput))).toEqual(['INPUT_UNKNOWN type undefined'])
    }
  })

  test('a reason that is no text never holds an exit back', () => {
    const bench = given()
    bench.opened()
    const { reason: _, ...intent } = exitIntent()
    expect(requestsOf(bench.when(intent as ExitIntent))).toHaveLength(1)
    expect(bench.slot().legs[0]?.reason).toBe('undefined')
  })
})
