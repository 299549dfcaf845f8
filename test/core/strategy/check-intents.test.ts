// What a user's strategy returns is an intent, or an error that names what is wrong with it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { Intent, ReconcileIntent } from '../../../src/core/kernel/inputs.ts'
import { checkIntents } from '../../../src/core/strategy/check-intents.ts'

const ENTER: Intent = {
  type: 'ENTER',
  slotId: 'a',
  instrument: 'X/Y',
  side: 'buy',
  orderType: 'limit',
  price: dec('1'),
  quantity: dec('2'),
  timeInForce: 'gtc',
  postOnly: true,
  leverage: dec('1'),
  exitRatios: [dec('0.5'), dec('0.5')],
}
const EXIT_LEG: Intent = {
  type: 'EXIT',
  slotId: 'a',
  scope: 'leg',
  orderType: 'market',
  price: null,
  timeInForce: 'ioc',
  postOnly: false,
  reason: 'target',
}
const EXIT_RESIDUAL: Intent = { type: 'EXIT_RESIDUAL', slotId: 'a', reason: 'stop' }
const CONTROLS: Intent[] = (['pause', 'reduce_only', 'halt'] as const).map((action) => ({ type: 'CONTROL', action, reason: 'enough' }))
const QUOTE: Intent = { type: 'QUOTE', instrument: 'X/Y', bid: { price: dec('1'), quantity: dec('2') }, ask: null, postOnly: true }
const CANCELS: Intent[] = [
  { type: 'CANCEL', target: { kind: 'order', clientOrderId: 'abc' } },
  { type: 'CANCEL', target: { kind: 'entry', slotId: 'a' } },
  { type: 'CANCEL', target: { kind: 'exit', slotId: 'a' } },
  { type: 'CANCEL', target: { kind: 'instrument', instrument: 'X/Y' } },
]
const MARK: Intent = { type: 'MARK_PRICE', instrument: 'X/Y', price: dec('1') }
const RECONCILE: ReconcileIntent = { type: 'RECONCILE', action: 'quarantine', clientOrderId: 'abc', evidence: 'none' }
const ALL = [
  ENTER,
  { ...ENTER, reduceOnly: true },
  { ...ENTER, reduceOnly: false },
  EXIT_LEG,
  EXIT_RESIDUAL,
  QUOTE,
  ...CANCELS,
  ...CONTROLS,
]

function messageFor(value: unknown): string {
  try {
    checkIntents(value, 'mine')
  } catch (error) {
    if (!(error instanceof DitaError)) throw error
    expect(error).toMatchObject({ code: 'STRATEGY_INTENT_INVALID', fault: 'user', exitCode: 4 })
    expect(error.message).toContain('The strategy mine')
    return error.message
  }
  return 'nothing was refused'
}

test('intents of every type pass unchanged, as new objects without anything added', () => {
  const passed = checkIntents(
    ALL.map((intent) => ({ ...intent, extra: 1 })),
    'mine',
  )
  expect(passed).toEqual(ALL)
  expect(checkIntents([], 'mine')).toEqual([])
})

describe('refused, with the intent and the field', () => {
  test.each([
    [[{ ...ENTER, price: 0.5 }], 'intent 0, price must be a decimal made with setup.decimal', 'but is the number 0.5'],
    [[{ ...ENTER, quantity: Number.NaN }], 'intent 0, quantity', 'the number NaN'],
    [[{ ...ENTER, quantity: '1' }], 'intent 0, quantity', 'the text "1"'],
    [[{ ...ENTER, quantity: null }], 'intent 0, quantity', 'null'],
    [[QUOTE, { ...ENTER, side: 'long' }], "intent 1, side must be 'buy' or 'sell'", 'the text "long"'],
    [[{ ...ENTER, exitRatios: [dec('1'), 0.5] }], 'intent 0, exitRatios[1]', 'the number 0.5'],
    [[{ ...ENTER, exitRatios: 1 }], 'intent 0, exitRatios must be a list', 'the number 1'],
    [[{ ...ENTER, slotId: '' }], 'intent 0, slotId must be a text', 'the text ""'],
    [[{ ...ENTER, slotId: 'x'.repeat(500) }], 'intent 0, slotId must have at most 128 characters', '500'],
    [[{ ...EXIT_LEG, postOnly: 'no' }], 'intent 0, postOnly must be true or false', 'the text "no"'],
    [[{ ...EXIT_LEG, reason: undefined }], 'intent 0, reason', 'missing'],
    [[{ ...ENTER, reduceOnly: 'yes' }], 'intent 0, reduceOnly must be true or false', 'the text "yes"'],
    [[{ ...ENTER, reduceOnly: null }], 'intent 0, reduceOnly must be true or false', 'null'],
    [[{ ...EXIT_RESIDUAL, slotId: undefined }], 'intent 0, slotId must be a text', 'missing'],
    [[{ ...EXIT_RESIDUAL, reason: '' }], 'intent 0, reason must be a text', 'the text ""'],
    [[{ type: 'CONTROL', action: 'resume', reason: 'on' }], "intent 0, action must be 'pause' or 'reduce_only' or 'halt'", '"resume"'],
    [[{ type: 'CONTROL', action: 'halt' }], 'intent 0, reason must be a text', 'missing'],
    [[{ ...QUOTE, bid: { price: dec('1') } }], 'intent 0, bid, quantity', 'missing'],
    [[{ ...QUOTE, ask: undefined }], 'intent 0, ask must be an object', 'missing'],
    [[{ type: 'CANCEL', target: { kind: 'all' } }], "intent 0, target, kind must be 'order'", 'the text "all"'],
    [[{ type: 'BUY' }], "intent 0, type must be 'ENTER'", 'the text "BUY"'],
    [[null], 'intent 0 must be an object', 'null'],
    [[[]], 'intent 0 must be an object', 'a list'],
    [undefined, 'onTick must give a list of intents', 'missing'],
    [ENTER, 'onTick must give a list of intents', 'an object'],
    [Array(101).fill(QUOTE), 'onTick gave 101 intents; 100 are the most', ''],
  ])('case %#', (value, place, found) => {
    const message = messageFor(value)
    expect(message).toContain(place)
    expect(message).toContain(found)
  })

  test('a promise, whose own failure does not end the process', async () => {
    const late = Promise.reject(new Error('late'))
    expect(messageFor(late)).toContain('gave a promise')
    await expect(late).rejects.toThrow('late')
  })
})

test('N02 whatever is returned, it is refused by name or it has the promised shape', () => {
  const soup = fc.anything({ withBigInt: true, withNullPrototype: true })
  const field = fc.constantFrom(...ALL.flatMap((intent) => Object.keys(intent).map((name) => [intent, name] as const)))
  const broken = fc.tuple(field, soup).map(([[intent, name], value]) => [{ ...intent, [name]: value }])
  fc.assert(
    fc.property(fc.oneof(soup, broken), (value) => {
      try {
        for (const intent of checkIntents(value, 'mine')) {
          expect(['ENTER', 'EXIT', 'EXIT_RESIDUAL', 'QUOTE', 'CANCEL', 'CONTROL']).toContain(intent.type)
          expect(intent.type === 'CONTROL' && (intent.action as string) === 'resume').toBe(false)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DitaError)
      }
    }),
    { numRuns: 1000 },
  )
})

test.each([MARK, RECONCILE])(
  '$type is not the strategy’s: what it holds is worth what the market says, and booked by evidence',
  (intent) => {
    expect(messageFor([intent])).toContain(
      "intent 0, type must be 'ENTER' or 'EXIT' or 'EXIT_RESIDUAL' or 'QUOTE' or 'CANCEL' or 'CONTROL', but is",
    )
  },
)
