import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { SYMBOL } from '../kernel/opening.ts'
import { deedsOf, RecoveryBench, SECOND_US, wordsOf } from './recovery-bench.ts'

const given = () => new RecoveryBench()

describe('orders that may have been sent', () => {
  test('V01 a lost answer whose order was accepted: the order is adopted with its venue id, and nothing is sent again', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(SECOND_US)
    bench.venue.accept(bench.order(clientOrderId).request)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['ORDER_IN_DOUBT adopt'])
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT adopt'])
    expect(result.remaining).toEqual([])
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'acked', venueOrderId: 'v1' })
    expect(bench.venue.sent).toEqual([])
  })

  test('V01 a lost answer whose order never arrived: absent, once the kernel has its proof and not before', async () => {
    const bench = given()
    const { clientOrderId, validUntilUs } = bench.prepare()
    await bench.restart(SECOND_US)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['ORDER_IN_DOUBT ask'])
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT mark_absent'])
    expect(result.remaining).toEqual([])
    expect(bench.order(clientOrderId).status).toBe('absent')
    const [deed] = result.done
    expect(deed?.timeUs).toBeGreaterThan(validUntilUs + 5 * SECOND_US)
    expect(bench.factsOf('INTENT_DENIED')).toEqual([])
    expect(bench.venue.asked.length).toBeGreaterThan(2)
  })

  test('V01 an order that the venue shows late is found, not given up', async () => {
    const bench = given()
    const { clientOrderId, validUntilUs } = bench.prepare()
    await bench.restart(SECOND_US)
    bench.venue.accept(bench.order(clientOrderId).request, validUntilUs + 3 * SECOND_US)
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT adopt'])
    expect(bench.order(clientOrderId).status).toBe('acked')
  })

  test('V01 an order that cannot be asked about is quarantined within 30 seconds, with what was tried', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(SECOND_US)
    bench.venue.failing.add('find')
    bench.venue.lookUs = 700_000
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT quarantine'])
    expect(bench.order(clientOrderId).status).toBe('quarantined')
    expect((result.done[0]?.timeUs ?? 0) - result.startedUs).toBeLessThanOrEqual(30 * SECOND_US)
    expect(bench.factsOf('RECONCILED')[0]?.evidence).toContain('The venue did not answer.')
    expect(wordsOf(result.remaining)).toEqual(['ORDER_QUARANTINED ask'])
  })

  test('V01 a quarantined order that the venue has after all is adopted', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    bench.when({ type: 'RECONCILE', action: 'quarantine', clientOrderId, evidence: 'nobody knew' })
    bench.engine.commit()
    bench.venue.accept(bench.order(clientOrderId).request)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['ORDER_QUARANTINED adopt'])
    expect(bench.order(clientOrderId).status).toBe('acked')
  })

  test('V01 an order is not absent while the position moved without a fill that explains it', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(SECOND_US)
    bench.venue.move(dec('5'), '2')
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT quarantine'])
    expect(bench.order(clientOrderId).status).toBe('quarantined')
    expect(wordsOf(result.remaining)).toEqual(['ORDER_QUARANTINED ask', 'POSITION_DIFFERS none'])
    expect(bench.position).toBe('0')
  })

  test.each([['positions'], ['fills'], ['openOrders'], ['positions', 'fills'], ['openOrders', 'positions', 'fills']] as const)(
    'V01 an order that filled unseen is never absent, whatever of the venue could not be seen: %s %s %s',
    async (...parts) => {
      const bench = given()
      const { clientOrderId } = bench.prepare()
      const held = bench.venue.accept(bench.order(clientOrderId).request)
      bench.venue.fill(clientOrderId, '5', '2')
      await bench.restart(60 * SECOND_US)
      bench.venue.change(held.clientOrderId ?? '', { clientOrderId: 'hidden' })
      for (const part of parts) bench.venue.failing.add(part)
      await bench.reconcile()
      expect(bench.order(clientOrderId).status).not.toBe('absent')
    },
  )

  test('V01 an order is not absent while the venue lists a fill of nobody’s that could be its own', async () => {
    for (const [side, deed] of [
      ['buy', 'quarantine'],
      ['sell', 'mark_absent'],
    ] as const) {
      const bench = given()
      const { clientOrderId } = bench.prepare()
      await bench.restart(SECOND_US)
      bench.venue.foreign('somebody', side)
      bench.venue.fill('somebody', '7', '2')
      const result = await bench.reconcile()
      expect(deedsOf(result)).toEqual([`ORDER_IN_DOUBT ${deed}`])
      expect(bench.order(clientOrderId).request.side).toBe('buy')
    }
  })

  test('J02 an order that was confirmed and that the venue does not know any more is a person’s, never absent', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.orders.clear()
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['ORDER_MISSING quarantine'])
    expect(bench.order(clientOrderId).status).toBe('quarantined')
    expect(wordsOf(result.remaining)).toEqual(['ORDER_QUARANTINED none'])
  })

  test('V01 an answer in between that the venue has it starts the proof of its absence anew', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(60 * SECOND_US)
    bench.venue.beforeLook = (count) => {
      if (count === 2) bench.venue.change(bench.venue.accept(bench.order(clientOrderId).request).clientOrderId ?? '', { status: 'unknown' })
      else bench.venue.orders.clear()
    }
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['ORDER_IN_DOUBT mark_absent'])
    // Found nothing, found, found nothing, found nothing: two seconds apart each.
    expect((result.done[0]?.timeUs ?? 0) - result.startedUs).toBe(6 * SECOND_US)
  })

  test('V01 an order that a fill names is not absent, though the venue does not find it yet', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(60 * SECOND_US)
    bench.venue.beforeLook = (count) => {
      if (count !== 2) return
      bench.venue.accept(bench.order(clientOrderId).request, bench.clock.nowUs + 5 * SECOND_US)
      bench.venue.fill(clientOrderId, '2', '2')
    }
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['FILL_MISSED book_fill'])
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'partially_filled', filledQuantity: dec('2'), venueOrderId: 'v1' })
    expect(result.remaining).toEqual([])
  })

  test('V01 an order that the venue refused is rejected; one that it had confirmed before was not refused', async () => {
    const bench = given()
    const refused = bench.prepare({ slotId: 'a' }).clientOrderId
    const confirmed = bench.rest({ slotId: 'b' }).clientOrderId
    await bench.restart(SECOND_US)
    bench.venue.accept(bench.order(refused).request)
    for (const clientOrderId of [refused, confirmed]) bench.venue.change(clientOrderId, { status: 'rejected', words: 'REJECTED' })
    const result = await bench.reconcile()
    expect([bench.order(refused).status, bench.order(confirmed).status]).toEqual(['rejected', 'canceled'])
    expect(result.remaining).toEqual([])
  })

  test('V01 an order that the venue has twice under our id is a person’s: nothing is done about either', async () => {
    const bench = given()
    const open = bench.rest({ slotId: 'a' }).clientOrderId
    const over = bench.rest({ slotId: 'b' }).clientOrderId
    await bench.restart(SECOND_US)
    bench.venue.change(open, { venueOrderId: 'v77' })
    bench.venue.change(over, { venueOrderId: 'v78', status: 'canceled' })
    const result = await bench.reconcile()
    expect(wordsOf(result.remaining)).toEqual(['ORDER_DOUBLED none', 'ORDER_DOUBLED none'])
    expect([result.done, bench.venue.sent]).toEqual([[], []])
  })

  test('V01 an order that was at the venue before ours was made is somebody else’s: open or filled, it is neither adopted nor booked', async () => {
    const bench = given()
    const ours = [bench.prepare({ slotId: 'a' }), bench.prepare({ slotId: 'b' }), bench.prepare({ slotId: 'c' })]
    for (const request of ours) bench.venue.accept(request)
    const [open = '', filled = '', late = ''] = ours.map(({ clientOrderId }) => clientOrderId)
    const { preparedAtUs } = bench.order(open)
    for (const id of [open, filled]) bench.venue.change(id, { createdUs: preparedAtUs - 3_600 * SECOND_US })
    // As much earlier as two clocks may differ.
    bench.venue.change(late, { createdUs: preparedAtUs - 30 * SECOND_US })
    bench.venue.fill(filled, '5', '2')
    bench.venue.move(dec('-5'), '2')
    bench.venue.fills.splice(0)
    await bench.restart(SECOND_US)
    const result = await bench.reconcile()
    expect(wordsOf(result.remaining)).toEqual(['ORDER_DOUBLED none', 'ORDER_DOUBLED none'])
    expect(result.remaining[0]?.evidence.venues).toContain('before ours was made')
    expect([bench.position, bench.factsOf('FILL_BOOKED')]).toEqual(['0', []])
    expect([open, filled, late].map((id) => bench.order(id).venueOrderId === null)).toEqual([true, true, false])
  })

  test('J02 nothing is found where both agree, and nothing is written', async () => {
    const bench = given()
    bench.rest()
    await bench.restart(SECOND_US)
    const { seq } = bench.engine.view
    const result = await bench.reconcile()
    expect([result.before, result.done, result.remaining, result.rounds]).toEqual([[], [], [], 1])
    expect(bench.engine.view.seq).toBe(seq)
    expect(result.window).toMatchObject({ complete: true, instruments: [SYMBOL], asOfUs: bench.clock.nowUs })
  })
})

describe('what happened while we were away', () => {
  test('J02 fills that were missed are booked from the venue’s own list, each once, and explain the position', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.fill(clientOrderId, '2', '2')
    bench.venue.fill(clientOrderId, '3', '1.9')
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['FILL_MISSED book_fill', 'FILL_MISSED book_fill', 'ORDER_MISSING settle_order'])
    expect(result.remaining).toEqual([])
    expect(bench.position).toBe('5')
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'filled', inferredQuantity: ZERO })
    expect(bench.engine.view.positions.get(SYMBOL)).toMatchObject({ unassigned: ZERO })
  })

  test('J02 an order that was partly filled and then cancelled there ends with its fills', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.fill(clientOrderId, '2', '2')
    bench.venue.change(clientOrderId, { status: 'canceled', words: 'CANCELED' })
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['FILL_MISSED book_fill', 'ORDER_MISSING settle_order'])
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'canceled', filledQuantity: dec('2') })
    expect(bench.position).toBe('2')
  })

  test.each([
    ['was cancelled', 'canceled', '0'],
    ['was filled before', 'filled', '5'],
  ] as const)('an order that we were cancelling and that %s is no missing one, and ends as the venue says', async (_, status, filled) => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.engine.commit()
    await bench.restart(60 * SECOND_US)
    if (status === 'filled') bench.venue.fill(clientOrderId, '5', '2')
    else bench.venue.change(clientOrderId, { status, words: 'CANCELED' })
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toContain('CANCEL_UNHEARD settle_order')
    expect(result.remaining).toEqual([])
    expect(bench.order(clientOrderId)).toMatchObject({ status, filledQuantity: dec(filled) })
  })

  test('an order that we were cancelling and that the venue denies is asked about, and left to a person in the end', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.engine.commit()
    await bench.restart(60 * SECOND_US)
    bench.venue.orders.delete(clientOrderId)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['CANCEL_UNHEARD ask'])
    expect(wordsOf(result.remaining).map((words) => words.split(' ')[0])).toEqual(['ORDER_QUARANTINED'])
  })

  test('J02 an order that was in doubt and is over ends with its venue id bound, so that its fills still find it', async () => {
    const bench = given()
    const { clientOrderId } = bench.prepare()
    await bench.restart(SECOND_US)
    bench.venue.accept(bench.order(clientOrderId).request)
    bench.venue.change(clientOrderId, { status: 'expired', words: 'EXPIRED' })
    await bench.reconcile()
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'expired', venueOrderId: 'v1' })
  })

  test.each([
    ['that is over', '5', 'filled'],
    ['that rests', '2', 'partially_filled'],
  ])(
    'K20 a fill that names the venue’s order id alone is booked to an order in doubt %s, and never as somebody else’s',
    async (_, quantity, status) => {
      const bench = given()
      const { clientOrderId } = bench.prepare()
      await bench.restart(SECOND_US)
      const { request } = bench.order(clientOrderId)
      bench.venue.accept({ ...request, quantity: dec('5') })
      bench.venue.fill(clientOrderId, quantity, '2')
      for (const [index, report] of bench.venue.fills.entries()) bench.venue.fills[index] = { ...report, clientOrderId: null }
      const result = await bench.reconcile({ wishes: { bookExternalFills: true } })
      expect(bench.factsOf('FILL_BOOKED')).toMatchObject([{ clientOrderId, tradeId: 't1', inferred: false, quantity: dec(quantity) }])
      expect(bench.order(clientOrderId)).toMatchObject({ status, venueOrderId: 'v1' })
      expect([bench.position, result.remaining]).toEqual([quantity, []])
    },
  )

  test('K20 fills that the list does not bring are inferred from total and average, on a second look only', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.fill(clientOrderId, '5', '2', { listed: false })
    const result = await bench.reconcile()
    expect(result.rounds).toBeGreaterThan(2)
    expect(deedsOf(result)).toEqual(['ORDER_MISSING settle_order'])
    expect(bench.factsOf('FILL_BOOKED')).toMatchObject([{ inferred: true, quantity: dec('5'), price: dec('2') }])
    expect(bench.position).toBe('5')
    expect(result.remaining).toEqual([])
  })

  test('K20 fills that come to be listed after they were inferred are confirmed, and the position stays', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.fill(clientOrderId, '5', '2', { listed: false })
    await bench.reconcile()
    const { venueOrderId } = bench.order(clientOrderId)
    const fill = { tradeId: 'late', price: dec('2'), quantity: dec('5'), fee: dec('0.1'), feeAsset: 'RLUSD', liquidity: null }
    bench.venue.fills.push({ timeUs: bench.clock.nowUs, clientOrderId, venueOrderId, instrument: SYMBOL, side: 'buy', fill })
    const result = await bench.reconcile()
    expect([wordsOf(result.before), deedsOf(result)]).toEqual([['FILL_MISSED book_fill'], ['FILL_MISSED book_fill']])
    expect(bench.factsOf('FILL_CONFIRMED')).toHaveLength(1)
    expect([bench.position, result.remaining]).toEqual(['5', []])
  })

  test('K20 nothing is inferred while the fills could not be had', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    await bench.restart(60 * SECOND_US)
    bench.venue.fill(clientOrderId, '5', '2')
    bench.venue.failing.add('fills')
    const result = await bench.reconcile()
    expect(result.done).toEqual([])
    expect(wordsOf(result.remaining)).toEqual(['INCOMPLETE none', 'FILLED_DIFFERS ask', 'POSITION_DIFFERS none'])
    expect(bench.position).toBe('0')
  })

  test('K20 an order that ended with less than we have booked of it is a person’s', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '3', '2')
    await bench.reconcile()
    bench.venue.change(clientOrderId, { status: 'canceled', filledQuantity: dec('2') })
    const result = await bench.reconcile()
    expect([wordsOf(result.remaining), result.done]).toEqual([['FILLED_DIFFERS none'], []])
  })

  test('K20 an open order of which the venue counts more than its list brings is asked about', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '3', '2', { listed: false })
    const result = await bench.reconcile()
    expect(wordsOf(result.remaining)).toEqual(['FILLED_DIFFERS ask', 'POSITION_DIFFERS none'])
    expect(bench.venue.sent[0]).toEqual({ type: 'query', clientOrderId, instrument: SYMBOL })
    expect(bench.position).toBe('0')
  })

  test('K13 a cancel that may not have left is asked for again, because the wish stands', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.engine.commit()
    await bench.restart(60 * SECOND_US)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['CANCEL_IN_DOUBT cancel'])
    expect(bench.venue.cancels).toEqual([clientOrderId])
    expect(bench.order(clientOrderId).status).toBe('canceled')
    expect(result.remaining).toEqual([])
  })

  test('a cancel that the venue ignores is asked for a bounded number of times, and remains a finding', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
    bench.engine.commit()
    bench.venue.heedsCancels = false
    await bench.restart(60 * SECOND_US)
    const result = await bench.reconcile()
    expect(bench.venue.cancels).toHaveLength(3)
    expect(wordsOf(result.remaining)).toEqual(['CANCEL_IN_DOUBT cancel'])
  })
})
