import { describe, expect, test } from 'vitest'
import { DitaError, EXIT } from '../../../src/core/errors.ts'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { orderPrefixOf } from '../../../src/core/kernel/ids.ts'
import { findingFlags, findingRows, isDrift } from '../../../src/core/recovery/finding-rows.ts'
import { SYMBOL } from '../kernel/opening.ts'
import { deedsOf, RecoveryBench, SECOND_US, START_US, wordsOf } from './recovery-bench.ts'

const given = () => new RecoveryBench()

describe('what is not in our books', () => {
  test('an order of ours that the journal does not know is cancelled, and the journal says so first', async () => {
    const bench = given()
    const orphan = `${orderPrefixOf('s1')}${'a'.repeat(20)}`
    bench.venue.foreign(orphan)
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['ORPHAN_OF_OURS cancel'])
    expect(bench.venue.cancels).toEqual([orphan])
    expect(bench.factsOf('RISK_FLAGGED')).toMatchObject([{ code: 'ORPHAN_CANCELLED', value: orphan }])
    expect(result.remaining).toEqual([])
  })

  test('nothing leaves before the commit: a run that dies in it has sent no cancel', async () => {
    const bench = given()
    bench.venue.foreign(`${orderPrefixOf('s1')}${'a'.repeat(20)}`)
    await expect(bench.reconcile({ engine: bench.mortal(1) })).rejects.toThrow('killed')
    expect(bench.venue.sent).toEqual([])
  })

  test.each([
    ['whose queue is full keeps the finding, with the reason', 'VENUE_QUEUE_FULL'],
    ['that fails otherwise ends the run: nobody knows what left', 'DEFECT'],
  ])('a venue %s', async (_, code) => {
    const bench = given()
    const orphan = `${orderPrefixOf('s1')}${'a'.repeat(20)}`
    bench.venue.foreign(orphan)
    const send = bench.venue.send.bind(bench.venue)
    bench.venue.send = () => {
      throw new DitaError(code, { fault: 'venue', exitCode: EXIT.unreachable, message: '64 calls wait.', next: 'Wait.' })
    }
    if (code === 'DEFECT') {
      await expect(bench.reconcile()).rejects.toThrow('64 calls wait.')
    } else {
      const result = await bench.reconcile()
      expect(result.done[0]).toMatchObject({ action: 'cancel', subject: orphan, refused: 'cancel not sent: 64 calls wait.' })
      expect(wordsOf(result.remaining)).toEqual(['ORPHAN_OF_OURS cancel'])
    }
    // The next run finds it resting, and takes it back.
    bench.venue.send = send
    const next = await bench.reconcile()
    expect([bench.venue.cancels, next.remaining]).toEqual([[orphan], []])
  })

  test('an order that we hold as final and that rests there is cancelled', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.when({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: 'v1' })
    bench.engine.commit()
    const result = await bench.reconcile()
    expect(wordsOf(result.before)).toEqual(['ORPHAN_OF_OURS cancel'])
    expect(bench.venue.cancels).toEqual([clientOrderId])
    expect(bench.order(clientOrderId).status).toBe('canceled')
    expect(result.remaining).toEqual([])
  })

  test('an order that we hold as filled and that rests there is cancelled, and stays filled in our books', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '5', '2')
    await bench.reconcile()
    bench.venue.change(clientOrderId, { status: 'open' })
    const result = await bench.reconcile()
    expect(deedsOf(result)).toEqual(['ORPHAN_OF_OURS cancel'])
    expect([bench.venue.cancels, bench.order(clientOrderId).status, result.remaining]).toEqual([[clientOrderId], 'filled', []])
  })

  test.each([
    ['without a prefix', 'by-hand-1'],
    ['of a session of another store', `${orderPrefixOf('another')}${'a'.repeat(20)}`],
    ['that only begins like ours', `${orderPrefixOf('s1')}short`],
  ])('a foreign order %s is shown and never touched', async (_, clientOrderId) => {
    const bench = given()
    bench.venue.foreign(clientOrderId)
    const result = await bench.reconcile({ wishes: { adjustPositions: true, bookExternalFills: true } })
    expect(wordsOf(result.remaining)).toEqual(['FOREIGN_ORDER none'])
    expect(result.remaining.filter(isDrift)).toEqual([])
    expect([bench.venue.sent, result.done]).toEqual([[], []])
  })

  test('J08 an external fill is booked only where it is wished for, as exposure that nothing explains', async () => {
    const bench = given()
    bench.venue.foreign('by-hand-1')
    bench.venue.fill('by-hand-1', '7', '2')
    const without = await bench.reconcile()
    expect([wordsOf(without.remaining), bench.position]).toEqual([['EXTERNAL_FILL book_fill'], '0'])
    const withWish = await bench.reconcile({ wishes: { bookExternalFills: true } })
    expect([withWish.remaining, bench.position]).toEqual([[], '7'])
    expect(bench.engine.view.positions.get(SYMBOL)?.unassigned).toBe(dec('7'))
  })

  test('J08 a position is not adjusted over a fill that is not to be booked', async () => {
    const bench = given()
    bench.venue.foreign('by-hand-1')
    bench.venue.fill('by-hand-1', '7', '2')
    bench.venue.move(dec('3'), '2')
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect([wordsOf(result.remaining), bench.position]).toEqual([['EXTERNAL_FILL book_fill', 'POSITION_DIFFERS none'], '0'])
  })

  test('J08 a position without fills is adjusted only where it is wished for, and older fills are then part of it', async () => {
    const bench = given()
    bench.venue.move(dec('8'), '3')
    const without = await bench.reconcile()
    expect([wordsOf(without.remaining), bench.position]).toEqual([['POSITION_DIFFERS adjust_position'], '0'])
    const withWish = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect([deedsOf(withWish), withWish.remaining, bench.position]).toEqual([['POSITION_DIFFERS adjust_position'], [], '8'])
    // The fill that made it comes to be listed: the venue's position counted it already.
    const fill = { tradeId: 'old', price: dec('3'), quantity: dec('8'), fee: ZERO, feeAsset: 'RLUSD', liquidity: null }
    bench.venue.fills.push({ timeUs: START_US, clientOrderId: 'by-hand-2', venueOrderId: 'x9', instrument: SYMBOL, side: 'buy', fill })
    const after = await bench.reconcile({ wishes: { adjustPositions: true, bookExternalFills: true } })
    expect([after.before, after.done, bench.position]).toEqual([[], [], '8'])
  })

  test('V02 a part that could not be seen is incomplete, never flat: nothing is adjusted, missed or absent for it', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '5', '2')
    await bench.reconcile()
    expect(bench.position).toBe('5')
    for (const part of ['openOrders', 'positions', 'fills'] as const) bench.venue.failing.add(part)
    bench.venue.positions.clear()
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect(wordsOf(result.remaining)).toEqual(['INCOMPLETE none', 'INCOMPLETE none', 'INCOMPLETE none'])
    expect([result.window.complete, result.done, bench.position]).toEqual([false, [], '5'])
  })

  test('J08 a position that differs for one look only is not adjusted: the parts of a look are not of one instant', async () => {
    const bench = given()
    bench.venue.beforeLook = (count) => bench.venue.move(count === 1 ? dec('8') : count === 2 ? dec('-8') : ZERO, '3')
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect([wordsOf(result.before), result.done, result.remaining]).toEqual([['POSITION_DIFFERS adjust_position'], [], []])
  })

  test.each(['openOrders', 'fills'] as const)('J08 a position is not adjusted while the %s could not be had', async (part) => {
    const bench = given()
    bench.venue.move(dec('8'), '3')
    bench.venue.failing.add(part)
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect([wordsOf(result.remaining), bench.position]).toEqual([['INCOMPLETE none', 'POSITION_DIFFERS none'], '0'])
  })

  test('what the kernel refuses is not tried again, and remains with its reason', async () => {
    const bench = given()
    bench.venue.positions.set(SYMBOL, { instrument: SYMBOL, positionSide: 'net', quantity: dec('8'), averagePrice: null })
    const result = await bench.reconcile({ wishes: { adjustPositions: true } })
    expect(deedsOf(result)).toEqual(['POSITION_DIFFERS adjust_position PRICE_MISSING averagePrice none'])
    expect(wordsOf(result.remaining)).toEqual(['POSITION_DIFFERS adjust_position'])
  })

  test('V02 a list of fills that was cut is incomplete, and what it does not name is not missing', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '5', '2')
    await bench.reconcile()
    for (const fact of bench.factsOf('FILL_BOOKED')) bench.booked.push({ ...fact, timeUs: START_US })
    await bench.restart(600 * SECOND_US)
    bench.venue.fills.length = 0
    bench.venue.fillsComplete = false
    expect(wordsOf((await bench.reconcile({ fillsFromUs: START_US - 100 * SECOND_US })).remaining)).toEqual(['INCOMPLETE none'])
    bench.venue.fillsComplete = true
    const whole = await bench.reconcile({ fillsFromUs: START_US - 100 * SECOND_US })
    expect(wordsOf(whole.remaining)).toEqual(['FILL_UNKNOWN_TO_VENUE none'])
  })

  test('V02 a fill that was traded before the window is not missing from it, however late it was booked', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '5', '2')
    // Nobody looked for ten minutes; then a reconcile booked it.
    await bench.restart(600 * SECOND_US)
    await bench.reconcile()
    expect(bench.position).toBe('5')
    const booked = bench.factsOf('FILL_BOOKED')
    expect(booked).toHaveLength(1)
    for (const fill of booked) bench.booked.push({ ...fill, timeUs: bench.clock.nowUs })
    await bench.restart(600 * SECOND_US)
    // The next look begins a minute and a half before that, and its list knows nothing older.
    bench.venue.fills.length = 0
    expect((await bench.reconcile({ fillsFromUs: bench.clock.nowUs - 700 * SECOND_US })).remaining).toEqual([])
  })

  test('K20 a fill that is booked with other numbers than the venue’s is a conflict, and is not booked again', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '2', '2')
    await bench.reconcile()
    const [report] = bench.venue.fills
    if (report !== undefined) bench.venue.fills[0] = { ...report, fill: { ...report.fill, price: dec('2.1') } }
    const result = await bench.reconcile()
    expect([wordsOf(result.remaining), bench.position]).toEqual([['FILL_CONFLICTS none'], '2'])
  })
})

describe('a look', () => {
  test('changes nothing: no fact, no effect, no word of the venue taken', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.prepare({ slotId: 'b' })
    bench.venue.fill(clientOrderId, '2', '2')
    bench.venue.events.push({ type: 'NOTICE', severity: 'info', text: 'hello' })
    await bench.restart(SECOND_US)
    const { seq } = bench.engine.view
    const result = await bench.reconcile({ mode: 'look' })
    expect(wordsOf(result.remaining)).toEqual(['FILL_MISSED book_fill', 'ORDER_IN_DOUBT ask'])
    expect(wordsOf(result.before)).toEqual(wordsOf(result.remaining))
    expect(bench.venue.looks).toBe(2)
    expect([bench.engine.view.seq, bench.venue.sent, bench.venue.events.length]).toEqual([seq, [], 1])
  })

  test('says what would be done once it is proved, and what is gone at the second look is no finding', async () => {
    const bench = given()
    bench.prepare()
    await bench.restart(60 * SECOND_US)
    bench.venue.beforeLook = (count) => bench.venue.move(count === 1 ? dec('8') : dec('-8'), '3')
    const result = await bench.reconcile({ mode: 'look' })
    expect(wordsOf(result.before)).toEqual(['ORDER_IN_DOUBT ask', 'POSITION_DIFFERS none'])
    expect(wordsOf(result.remaining)).toEqual(['ORDER_IN_DOUBT mark_absent'])
  })

  test('V07 what a venue writes is kept on one line, without control characters, and not endlessly', async () => {
    const bench = given()
    bench.venue.foreign(`x\u001b[31m\n${'y'.repeat(5_000)}`)
    bench.venue.change(`x\u001b[31m\n${'y'.repeat(5_000)}`, { words: `\u0000${'z'.repeat(5_000)}` })
    const [found] = (await bench.reconcile({ mode: 'look' })).remaining
    const texts = [found?.subject ?? '', found?.evidence.venues ?? '']
    for (const text of texts) {
      expect(text).toMatch(/\\x(1b|00)/)
      expect(text).not.toMatch(/\p{Cc}/u)
      expect(text.length).toBeLessThan(400)
    }
  })

  test('findings become rows, resolved or not, and flags for what remains', async () => {
    const bench = given()
    const { clientOrderId } = bench.rest()
    bench.venue.fill(clientOrderId, '2', '2')
    bench.venue.foreign('by-hand-1')
    bench.venue.move(dec('1'), '2')
    const result = await bench.reconcile()
    const rows = findingRows(result, { sessionId: 's1', wallUs: 9, by: 'start' })
    expect(rows.map(({ kind, action, resolved }) => `${kind} ${action} ${resolved}`)).toEqual([
      'FILL_MISSED book_fill true',
      'FOREIGN_ORDER none false',
      'POSITION_DIFFERS none false',
    ])
    expect(JSON.parse(rows[2]?.evidence ?? '')).toMatchObject({ instrument: SYMBOL, subject: SYMBOL, ours: expect.stringContaining('2') })
    const flags = findingFlags(result.remaining)
    expect(flags).toMatchObject([{ type: 'FLAG_RISK', code: 'RECONCILE_POSITION_DIFFERS', severity: 'alarm' }])
    expect(bench.when(flags[0] as (typeof flags)[0])).toMatchObject([{ type: 'RISK_FLAGGED' }])
  })

  test('a run that is aborted ends at once', async () => {
    const bench = given()
    bench.prepare()
    const aborter = new AbortController()
    const sleep = async () => aborter.abort(new Error('stop'))
    await expect(bench.reconcile({ signal: aborter.signal, sleep })).rejects.toThrow('stop')
    expect(bench.venue.sent).toEqual([])
  })
})
