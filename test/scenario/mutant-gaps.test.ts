// What a planted bug could break without any other test noticing: one test for each such bug of test/mutants.md.

import { expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { equityOf } from '../../src/core/kernel/valuation.ts'
import { openTestWriter, query, storePath } from '../core/journal/stores.ts'
import { contextsOf, denialsOf, enterIntent, given, instrumentOf, LINEAR, openingOf, typesOf } from '../core/kernel/kernel-bench.ts'

test.each(['sent', 'unknown'] as const)('K14 a cancel that has left is not sent again, whatever came of it: %s', (outcome) => {
  const bench = given()
  const entry = bench.enter()
  bench.ack(entry)
  const cancelEntry = () => bench.when({ type: 'CANCEL', target: { kind: 'entry', slotId: 'a' } })
  expect(typesOf(cancelEntry())).toEqual(['CANCEL_MOVED'])
  bench.when({ type: 'NOTE_CANCEL', clientOrderId: entry, outcome, detail: null })
  expect(denialsOf(cancelEntry())).toEqual(['ENTRY_NOT_CANCELLABLE slotId a'])
})

test('K15 the cap of the exchange holds where the config allows more, for the order and for its margin', () => {
  const bench = given({ instrument: LINEAR, limits: { maxLeverage: dec('100') }, capital: { RLUSD: '100' } })
  expect(contextsOf(bench.when(enterIntent({ leverage: '6', quantity: '1' })))).toEqual(['LEVERAGE_ABOVE_CAP limit=5'])
  expect(contextsOf(bench.when(enterIntent({ quantity: '250.01' })))).toEqual(['MARGIN_TOO_LOW asset=RLUSD equity=100 leverage=5'])
  expect(bench.order(bench.enter({ leverage: '5', quantity: '250' })).status).toBe('prepared')
})

test('K07 fills of quotes add up to the quoted inventory', () => {
  const bench = given({ instrument: LINEAR })
  const [bid] = bench.quote('2 x 10', null) as [string]
  bench.fill(bid, '3', '2')
  bench.fill(bid, '4', '2')
  expect(bench.parts()).toMatchObject({ position: '7', quoted: '7', unassigned: '0' })
})

test('K16 a slot that this session did not declare takes no entry, though an older one has used it', () => {
  const bench = given({ instrument: LINEAR })
  bench.opened({ quantity: '5' })
  bench.fill(bench.exit(), '5', '3')
  bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2', slotIds: ['b'], instrument: LINEAR }) })
  expect(bench.slot('a').stage).toBe('closed')
  expect(denialsOf(bench.when(enterIntent()))).toEqual(['SLOT_UNKNOWN slotId a'])
})

test('K19 an exit of the last trade that is alive after all covers nothing of this one', () => {
  const bench = given({ instrument: LINEAR })
  bench.opened({ quantity: '10' })
  const stray = bench.exit()
  bench.cancelAck(stray)
  bench.fill(bench.exit(), '10', '3')
  bench.opened({ quantity: '10' })
  bench.snapshot({ openOrders: [bench.seen(stray)] })
  expect(bench.order(stray).status).toBe('in_doubt')
  expect(bench.order(bench.exit()).request).toMatchObject({ trade: 2, quantity: dec('10') })
})

test('K20 a fill that an older session of the account has booked is a repetition', () => {
  const bench = given({ instrument: LINEAR })
  const entry = bench.enter()
  bench.fill(entry, '100', '2', { tradeId: '1' })
  bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2', instrument: LINEAR }) })
  expect(typesOf(bench.fill(entry, '100', '2', { tradeId: '1' }))).toEqual(['FILL_REPEATED'])
  expect(bench.parts()).toMatchObject({ position: '100' })
})

test('K20 a fill that confirms what was inferred confirms it once, and its fee is paid once', () => {
  const bench = given({ instrument: LINEAR })
  const entry = bench.enter()
  bench.settle(entry, 'filled', '100', '2')
  const tell = () => typesOf(bench.fill(entry, '40', '2', { tradeId: '1', fee: '0.5' }))
  expect([tell(), tell()]).toEqual([['FILL_CONFIRMED'], ['FILL_REPEATED']])
  expect(bench.order(entry).inferredQuantity).toBe(dec('60'))
  expect(bench.balance('fees|RLUSD')).toBe('0.5')
})

test.each([
  ['no limit at all, on a perpetual', { instrument: LINEAR }],
  ['none on the exposure, beside one on the position', { limits: { maxPosition: dec('100000000') } }],
  ['none on the position, beside one on the exposure', { limits: { maxExposure: dec('900000000') } }],
])('N04 a limit of zero is no limit: %s', (_, setup) => {
  const bench = given(setup)
  expect(bench.order(bench.enter({ quantity: '100000000', price: '9' })).status).toBe('prepared')
})

test('N04 an asset of which nothing is left needs no price', () => {
  const bench = given({ capital: { RLUSD: '7', XRP: '2' } })
  bench.capital('XRP', '-2')
  expect(bench.state.balances.get('wallet|XRP')).toBe(0n)
  expect(equityOf(bench.state.balances, instrumentOf(), null, bench.state.assetPrices)).toBe(dec('7'))
})

test('J08 a position query that failed says nothing, however new the snapshot is', () => {
  const bench = given({ instrument: LINEAR })
  bench.opened({ quantity: '5' })
  expect(typesOf(bench.snapshot({ positions: [] }))).toEqual(['POSITION_DIFFERED', 'RISK_FLAGGED'])
  expect(bench.snapshot({ positions: null })).toEqual([])
  expect(bench.snapshot()).toEqual([])
})

test('N06 the next leg of a row is the first that neither works nor is used up', () => {
  const bench = given()
  bench.opened({ exitRatios: ['0.5', '0.3', '0.2'] })
  bench.exit()
  const path = storePath()
  openTestWriter(path).append('paper/s1', bench.journal, bench.state)
  expect(query(path, 'SELECT next_leg FROM slots')).toEqual([{ next_leg: 1 }])
  expect(query(path, 'SELECT leg FROM exit_legs WHERE consumed = 1')).toEqual([])
})
