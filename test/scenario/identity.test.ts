// Who an event is about: by our id or the venue's, by trade id and side; and what is done with events about nobody.

import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import type { KernelInput } from '../../src/core/kernel/inputs.ts'
import { contextsOf, denialsOf, factsOf, flagsOf, given, type KernelBench, LINEAR, SYMBOL, typesOf } from '../core/kernel/kernel-bench.ts'

const STRANGER = { clientOrderId: null, venueOrderId: 'v9' } as const

/** An order of ours that is bound to `v1`. */
function bound(): { bench: KernelBench; entry: string } {
  const bench = given()
  const entry = bench.enter()
  bench.ack(entry, 'v1')
  return { bench, entry }
}

describe('an event with our id and another venue order id', () => {
  test.each<[string, (bench: KernelBench, entry: string) => readonly { type: string }[]]>([
    ['ack', (bench, entry) => bench.ack(entry, 'v2')],
    ['fill', (bench, entry) => bench.fill(entry, '10', '2', { reference: { clientOrderId: entry, venueOrderId: 'v2' } })],
    ['cancel-ack', (bench, entry) => bench.when({ type: 'CANCEL_ACK', clientOrderId: entry, venueOrderId: 'v2' })],
    ['refusal', (bench, entry) => bench.when({ type: 'ORDER_REJECT', clientOrderId: entry, venueOrderId: 'v2', code: '1', reason: 'no' })],
  ])('K12 is an %s of neither: recorded, and our order is asked about', (_, say) => {
    const { bench, entry } = bound()
    const facts = say(bench, entry)
    expect(facts.map((fact) => fact.type)).toEqual(['EVENT_UNMATCHED', 'ORDER_QUERIED'])
    expect(facts[0]).toMatchObject({ clientOrderId: entry, venueOrderId: 'v2', detail: expect.stringContaining('venue order v1') })
    expect(facts[1]).toMatchObject({ clientOrderId: entry })
    expect(bench.order(entry)).toMatchObject({ status: 'acked', venueOrderId: 'v1', filledQuantity: ZERO })
  })

  test('K12 of an order that is over is recorded, and nobody asks', () => {
    const { bench, entry } = bound()
    bench.cancelAck(entry)
    expect(typesOf(bench.ack(entry, 'v2'))).toEqual(['EVENT_UNMATCHED'])
  })

  test('K11 a venue order id that belongs to another order of ours is bound to that one alone', () => {
    const { bench, entry } = bound()
    const other = bench.enter({ slotId: 'b' })
    const facts = bench.ack(other, 'v1')
    expect(factsOf(facts, 'EVENT_UNMATCHED')).toMatchObject([{ detail: expect.stringContaining('venue order none yet') }])
    bench.when({ type: 'CANCEL_ACK', clientOrderId: null, venueOrderId: 'v1' })
    expect([bench.order(entry).status, bench.order(other).status]).toEqual(['canceled', 'prepared'])
  })

  test('K11 reconcile does not mix up two orders either: a fill with the ids of both is refused', () => {
    const { bench, entry } = bound()
    const other = bench.enter({ slotId: 'b' })
    const fill = { tradeId: 'X', price: dec('2'), quantity: dec('7'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const about = { clientOrderId: other, venueOrderId: 'v1', instrument: SYMBOL, side: 'buy', fill } as const
    expect(typesOf(bench.reconcile({ action: 'book_fill', ...about }))).toEqual(['INTENT_DENIED'])
    const unknown = bench.reconcile({ action: 'book_fill', ...about, clientOrderId: entry, venueOrderId: 'v2' })
    expect(contextsOf(unknown)).toEqual(['RECONCILE_REFUSED booked=v1'])
    const strange = bench.reconcile({ action: 'book_fill', ...about, clientOrderId: 'not ours' })
    expect(contextsOf(strange)).toEqual([`RECONCILE_REFUSED booked=${entry}`])
    expect([bench.order(entry).venueOrderId, bench.order(other).venueOrderId]).toEqual(['v1', null])
    expect(bench.state.clientIdByVenueId.get('v1')).toBe(entry)
  })

  test('K12 a rate limit that names a stranger is honoured, and touches no order', () => {
    const { bench } = bound()
    expect(typesOf(bench.when({ type: 'RATE_LIMITED', ...STRANGER, retryAfterMs: 10 }))).toEqual(['RATE_LIMIT_NOTED'])
  })
})

describe('K12 an event about nobody', () => {
  test('K12 says in words what it was, so that a person can find it', () => {
    const { bench } = bound()
    const fill = { tradeId: 'X', price: dec('2'), quantity: dec('7'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const detailOf = (event: Parameters<KernelBench['when']>[0]) => factsOf(bench.when(event), 'EVENT_UNMATCHED')[0]?.detail
    expect(detailOf({ type: 'PARTIAL_FILL', ...STRANGER, instrument: SYMBOL, side: 'buy', fill })).toBe(`buy 7 ${SYMBOL} at 2, trade X`)
    expect(detailOf({ type: 'FULL_FILL', ...STRANGER, instrument: SYMBOL, side: 'sell', fill })).toBe(`sell 7 ${SYMBOL} at 2, trade X`)
    expect(detailOf({ type: 'ORDER_REJECT', ...STRANGER, code: '7', reason: 'no' })).toBe('7: no')
    expect(detailOf({ type: 'CANCEL_REJECT', ...STRANGER, code: '8', reason: 'late' })).toBe('8: late')
    expect(detailOf({ type: 'UNRECOGNISED', ...STRANGER, raw: '<?>' })).toBe('<?>')
    expect(detailOf({ type: 'ORDER_ACK', ...STRANGER })).toBe('no order of ours')
  })

  test('K12 a fill of nobody is not booked; reconcile may, and then it is unassigned', () => {
    const { bench } = bound()
    const fill = { tradeId: 'X', price: dec('2'), quantity: dec('7'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const about = { ...STRANGER, instrument: SYMBOL, side: 'buy', fill } as const
    expect(typesOf(bench.when({ type: 'FULL_FILL', ...about }))).toEqual(['EVENT_UNMATCHED'])
    expect(bench.parts().position).toBe('0')
    bench.reconcile({ action: 'book_fill', ...about })
    expect(bench.parts()).toMatchObject({ position: '7', unassigned: '7' })
  })
})

describe('K20 a trade id', () => {
  test('K20 of a self-trade is shared by both sides: both are booked, each once', () => {
    const bench = given()
    const [bid, ask] = bench.quote('2 x 10', '2.5 x 10') as [string, string]
    bench.fill(bid, '5', '2', { tradeId: 'SELF' })
    bench.fill(ask, '5', '2', { tradeId: 'SELF' })
    expect(bench.parts()).toMatchObject({ position: '0', quoted: '0' })
    expect([bench.order(bid).filledQuantity, bench.order(ask).filledQuantity]).toEqual([dec('5'), dec('5')])
    for (const id of [bid, ask]) expect(typesOf(bench.fill(id, '5', '2', { tradeId: 'SELF' }))).toEqual(['FILL_REPEATED'])
  })

  test('K20 is the instrument’s: the same number elsewhere is another trade', () => {
    const bench = given()
    bench.list({ symbol: 'BTC/RLUSD', base: 'BTC' })
    bench.fill(bench.enter(), '5', '2', { tradeId: '1' })
    const facts = bench.fill(bench.enter({ slotId: 'b', instrument: 'BTC/RLUSD' }), '5', '2', { tradeId: '1' })
    expect(typesOf(facts)).toContain('FILL_BOOKED')
  })

  test('K20 of one order told again for another is a repeat, and not booked there', () => {
    const bench = given()
    bench.fill(bench.enter(), '5', '2', { tradeId: '1' })
    const other = bench.enter({ slotId: 'b' })
    expect(typesOf(bench.fill(other, '5', '2', { tradeId: '1' }))).toEqual(['FILL_REPEATED'])
    expect(bench.order(other).filledQuantity).toBe(ZERO)
  })
})

describe('K23 an answer that nobody understands', () => {
  test.each([
    [512, 512],
    [513, 512],
    [100_000, 512],
  ])('K23 of %s characters is kept up to %s', (length, kept) => {
    const { bench, entry } = bound()
    const raw = 'x'.repeat(length)
    const facts = bench.when({ type: 'UNRECOGNISED', clientOrderId: entry, venueOrderId: null, raw })
    expect(factsOf(facts, 'RISK_FLAGGED')[0]?.detail).toHaveLength(kept)
    expect(factsOf(bench.when({ type: 'UNRECOGNISED', ...STRANGER, raw }), 'EVENT_UNMATCHED')[0]?.detail).toHaveLength(kept)
  })

  test('K23 with a word that nobody knows inside is recorded, and the order it names is asked about', () => {
    const { bench, entry } = bound()
    const fill = { tradeId: '1', price: dec('2'), quantity: dec('5'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'MAKER' }
    const said = { type: 'FULL_FILL', clientOrderId: entry, venueOrderId: null, instrument: SYMBOL, side: 'buy', fill }
    const facts = bench.when(said as unknown as KernelInput)
    expect(denialsOf(facts)).toEqual(['FIELD_INVALID fill.liquidity MAKER'])
    expect(factsOf(facts, 'ORDER_QUERIED')).toMatchObject([{ clientOrderId: entry }])
    // What is over needs no asking, and neither does what a strategy got wrong.
    bench.fill(entry, '100', '2')
    expect(typesOf(bench.when(said as unknown as KernelInput))).toEqual(['INTENT_DENIED'])
    const control = { type: 'CONTROL', action: 1, reason: 'x', clientOrderId: bench.enter({ slotId: 'b' }), venueOrderId: null }
    expect(typesOf(bench.when(control as unknown as KernelInput))).toEqual(['INTENT_DENIED'])
  })

  test('K23 while a cancel is under way is about the cancel, and while the order is not confirmed, about both', () => {
    const { bench, entry } = bound()
    bench.cancel(entry)
    const about = { type: 'UNRECOGNISED', venueOrderId: null, raw: '?' } as const
    expect(flagsOf(bench.when({ ...about, clientOrderId: entry }))).toEqual(['VENUE_UNRECOGNISED'])
    expect(bench.order(entry)).toMatchObject({ status: 'acked', cancel: 'in_doubt' })
    const fresh = bench.enter({ slotId: 'b' })
    bench.sent(fresh)
    bench.cancel(fresh)
    bench.when({ ...about, clientOrderId: fresh })
    expect(bench.order(fresh)).toMatchObject({ status: 'in_doubt', cancel: 'in_doubt' })
    // Said again, nothing new is known: it is only asked about once more.
    expect(typesOf(bench.when({ ...about, clientOrderId: fresh }))).toEqual(['RISK_FLAGGED', 'ORDER_QUERIED'])
  })
})

describe('notes of what was sent', () => {
  test('about an order that never was change nothing', () => {
    const bench = given({ instrument: LINEAR })
    expect(bench.sent('nobody')).toEqual([])
    expect(bench.when({ type: 'NOTE_CANCEL', clientOrderId: 'nobody', outcome: 'sent', detail: null })).toEqual([])
  })

  test('of a cancel that nobody asked for, or of an order that is over, change nothing; said twice, nothing twice', () => {
    const { bench, entry } = bound()
    const note = (outcome: 'sent' | 'unknown') => typesOf(bench.when({ type: 'NOTE_CANCEL', clientOrderId: entry, outcome, detail: null }))
    expect(note('sent')).toEqual([])
    bench.cancel(entry)
    expect([note('sent'), note('sent'), note('unknown')]).toEqual([['CANCEL_MOVED'], [], ['CANCEL_MOVED', 'ORDER_QUERIED']])
    bench.cancelAck(entry)
    expect(note('unknown')).toEqual([])
  })
})
