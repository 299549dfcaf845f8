// What judges a crash is shown to judge: each violation planted in books that agree with a truth log, and found again.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { RecoveryBench } from '../core/recovery/recovery-bench.ts'
import { type Books, changesBetween, readBooks, violationsOf } from './invariants.ts'
import { END, placed, START } from './page.ts'
import { allPoints, countCalls, pointName, pointOf, sampleOf } from './points.ts'
import { sweepPage, violationLines } from './sweep.ts'

const INSTRUMENT = {
  ...{ symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT', tickSize: '0.1', lotSize: '0.0001' },
  ...{ minQuantity: '0.0001', maxQuantity: '0', minNotional: '2', maxLeverage: '125' },
}
const TERMS = { side: 'buy', type: 'LIMIT', timeInForce: 'gtc', postOnly: true, reduceOnly: false, source: 'api', quantity: '0.004' }
const RECORDS: readonly object[] = [
  { kind: 'opened', version: 1, instrument: INSTRUMENT, balance: '1000', makerFeeRate: '0', takerFeeRate: '0', leverage: '5' },
  { kind: 'order_accepted', orderId: '1', clientOrderId: 'one', price: '50000', ...TERMS },
  {
    kind: 'fill',
    orderId: '1',
    clientOrderId: 'one',
    tradeId: 't1',
    side: 'buy',
    price: '50000',
    quantity: '0.004',
    fee: '0.1',
    liquidity: 'maker',
  },
  { kind: 'order_accepted', orderId: '2', clientOrderId: 'two', price: '49000', ...TERMS },
  { kind: 'cancel', orderId: '2', clientOrderId: 'two', code: 0 },
  { kind: 'order_closed', orderId: '2', clientOrderId: 'two', outcome: 'canceled', reason: '' },
]

function truthOf(records: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'dita-truth-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'truth.jsonl')
  writeFileSync(path, records.map((record, index) => `${JSON.stringify({ seq: index + 1, timeUs: 1, ...record })}\n`).join(''))
  return path
}

const ONE = { id: 'one', status: 'filled', cancel: 'none', side: 'buy', price: '50000', quantity: '0.004', filled: '0.004' }
const TWO = { id: 'two', status: 'canceled', cancel: 'done', side: 'buy', price: '49000', quantity: '0.004', filled: '0' }
const QUARANTINED = { ...TWO, status: 'quarantined' }
const FILL = { tradeId: 't1', id: 'one', side: 'buy', price: '50000', quantity: '0.004', fee: '0.1', inferred: 0 }
const BOOKS: Books = {
  orders: [ONE, TWO],
  fills: [FILL],
  sessions: [{ id: 's1', halt: 'crashed' }],
  positions: ['0.004 for 200, realised 0'],
  slots: [],
  wallet: dec('999.9'),
  alarmed: [],
  findings: [],
  cancels: ['two'],
  unbalanced: [],
}

describe('the judge of the crash sweep', () => {
  test('V01 finds nothing where store and truth agree', () => {
    expect(violationsOf(BOOKS, truthOf(RECORDS))).toEqual([])
    expect(changesBetween(BOOKS, structuredClone(BOOKS))).toEqual([])
    expect(violationsOf({ ...BOOKS, orders: [ONE, QUARANTINED], alarmed: ['two'] }, truthOf(RECORDS))).toEqual([])
  })

  test.each<[string, Partial<Books>, RegExp]>([
    ['an order that the journal does not have', { orders: [ONE] }, /^NOT IN THE JOURNAL: order_accepted of two/],
    [
      'an order that is live here and over there',
      { orders: [ONE, { ...TWO, status: 'acked' }] },
      /^STATUS: two is acked here and canceled/,
    ],
    ['an order that is in doubt', { orders: [ONE, { ...TWO, status: 'in_doubt' }] }, /^STATUS: two is in_doubt/],
    ['an order that counts as absent and was there', { orders: [ONE, { ...TWO, status: 'absent' }] }, /^STATUS: two is absent/],
    ['a quarantine without an alarm', { orders: [ONE, QUARANTINED] }, /^SILENT: two/],
    ['a quarantine with the alarm of another', { orders: [ONE, QUARANTINED], alarmed: ['one'] }, /^SILENT: two/],
    ['a cancel that left before it was journaled', { cancels: [] }, /^NOT IN THE JOURNAL: cancel of two/],
    ['other terms than were journaled', { orders: [{ ...ONE, price: '50001' }, TWO] }, /^TERMS: one/],
    ['another quantity filled', { orders: [{ ...ONE, filled: '0.003' }, TWO] }, /^FILLED: one has 0.003 here and 0.004/],
    ['a cancel that nobody follows', { orders: [ONE, { ...TWO, cancel: 'sent' }] }, /^CANCEL: that of two/],
    ['a fill that was lost', { fills: [] }, /^FILL: t1 .* 0 times here and 1 times there/],
    ['a fill that was booked twice', { fills: [FILL, FILL] }, /^FILL: t1 .* 2 times here and 1 times there/],
    ['a fill with another fee', { fills: [{ ...FILL, fee: '0.2' }] }, /^FILL: t1 .*0.2/],
    ['a position that nobody traded', { positions: ['0.008 for 400, realised 0'] }, /^POSITION: 0.008 here and 0.004 there/],
    ['a wallet that is off by the last digit', { wallet: dec('999.900000000000000001') }, /^WALLET/],
    ['postings that do not balance', { unbalanced: ['USDT 1'] }, /^UNBALANCED: postings add up to USDT 1/],
    ['a session without an end', { sessions: [{ id: 's1', halt: null }] }, /^UNFINISHED: session s1/],
  ])('V01 J01 finds %s', (_, changes, violation) => {
    expect(violationsOf({ ...BOOKS, ...changes }, truthOf(RECORDS))).toContainEqual(expect.stringMatching(violation))
  })

  test.each([
    // Entered at 50,000; sold at 50,010 and at 50,020. Of the first of them 0.002 close what is open, of the second nothing or all.
    ['in its order', ['t1', 't2', 't3'], '999.92', true],
    ['in another order', ['t1', 't3', 't2'], '999.94', true],
    ['in another order, with the profit of its own', ['t1', 't3', 't2'], '999.92', false],
    ['in its order, with the profit of another', ['t1', 't2', 't3'], '999.94', false],
  ])('V01 asks for the profit of fills %s', (_, tradeIds, wallet, agrees) => {
    const fillOf = (tradeId: string, side: string, price: string, quantity: string, fee: string) => ({
      tradeId,
      side,
      price,
      quantity,
      fee,
    })
    const fills = [
      fillOf('t1', 'buy', '50000', '0.002', '0.1'),
      fillOf('t2', 'sell', '50010', '0.002', '0'),
      fillOf('t3', 'sell', '50020', '0.002', '0'),
    ]
    const entries = fills.map((fill) => ({ kind: 'fill', orderId: '9', clientOrderId: '', liquidity: 'maker', ...fill }))
    const records = [RECORDS[0] as object, { kind: 'order_accepted', orderId: '9', clientOrderId: '', price: '1', ...TERMS }, ...entries]
    const booked = tradeIds.flatMap((id) =>
      fills.filter(({ tradeId }) => tradeId === id).map((fill) => ({ ...fill, id: null, inferred: 0 })),
    )
    const books = { ...BOOKS, orders: [], cancels: [], fills: booked, positions: ['-0.002 for 0, realised 0'], wallet: dec(wallet) }
    expect(violationsOf(books, truthOf(records)).map((text) => text.slice(0, 6))).toEqual(agrees ? [] : ['WALLET'])
  })

  test('V01 finds an order that the exchange has twice, and a refusal or cancel that was never journaled', () => {
    const more = [
      { kind: 'order_accepted', orderId: '3', clientOrderId: 'two', price: '49000', ...TERMS },
      { kind: 'order_refused', clientOrderId: 'three', code: 1, message: '', burnsId: false },
      { kind: 'cancel', orderId: null, clientOrderId: 'four', code: 1 },
    ]
    const found = violationsOf(BOOKS, truthOf([...RECORDS, ...more]))
    expect(found).toContain('DOUBLED: the exchange has more than one order two')
    expect(found).toContain('NOT IN THE JOURNAL: order_refused of three')
    expect(found).toContain('NOT IN THE JOURNAL: cancel of four')
  })

  test('V01 reads of a real store which orders are quarantined, and which of them with an alarm', () => {
    const bench = new RecoveryBench()
    const [one, two] = [bench.prepare(), bench.prepare({ slotId: 'b' })]
    bench.when({ type: 'RECONCILE', action: 'quarantine', clientOrderId: one.clientOrderId, evidence: 'nobody can say' })
    bench.when({ type: 'FLAG_RISK', code: 'OTHER', severity: 'alarm', value: two.clientOrderId, limit: null, detail: 'something else' })
    bench.engine.commit()
    const { orders, alarmed } = readBooks(bench.path)
    expect(orders.map(({ id, status }) => [id, status])).toContainEqual([one.clientOrderId, 'quarantined'])
    expect(alarmed).toEqual([one.clientOrderId])
  })

  test.each(['orders', 'fills', 'positions', 'slots', 'findings'] as const)('J02 finds a second recovery that changes %s', (part) => {
    const [found = '', ...others] = changesBetween(BOOKS, { ...BOOKS, [part]: ['something else'] })
    expect([found.startsWith(`RECOVERED TWICE: ${part} were`), others]).toEqual([true, []])
  })
})

describe('the points', () => {
  test('every call that a thread of a session makes is one, with each error where a disk can have it, and every time', () => {
    const trace = '7 fsync(3</s/dita.db>) = 0\n8 fsync(3</s/dita.db>) = 0\n7 fsync(3</s/dita.db>) = 0\n7 mkdir("/s", 0700) = 0\n'
    const cached = '7 fsync(4</tmp/node-compile-cache/v26/x>) = 0\n7 <... fsync resumed>) = 0\n'
    const counts = countCalls(trace + cached)
    expect(counts).toEqual({ fsync: 2, mkdir: 1 })
    const names = allPoints(counts).map(pointName)
    expect(names.slice(0, 7)).toEqual(['fsync:1', 'fsync:2', 'mkdir:1', 'EIO@fsync:1', 'EIO@fsync:2', 'ENOSPC@fsync:1', 'ENOSPC@fsync:2'])
    expect(names.filter((name) => name.startsWith('time:'))).toHaveLength(300)
    expect(names.map((name) => pointName(pointOf(name)))).toEqual(names)
  })

  test.each(['fsync', 'fsync:0', 'getpid:3', 'EIO@time:3', 'EPERM@fsync:1', 'fsync:3x'])('%j names none', (name) => {
    expect(() => pointOf(name)).toThrow(/names no point/)
  })

  test('a sample is spread over each kind, and has at least one of each', () => {
    const names = sampleOf(allPoints({ write: 1, pwrite64: 600 }), 60).map(pointName)
    const kinds = new Set(names.map((name) => name.replace(/:.*/, '')))
    expect([...kinds].sort()).toEqual([
      ...['EIO@pwrite64', 'EIO@write', 'ENOSPC@pwrite64', 'ENOSPC@write', 'both', 'deep', 'exchange', 'pwrite64', 'time', 'write'],
    ])
    const nths = names.filter((name) => name.startsWith('pwrite64:')).map((name) => Number(name.slice(9)))
    expect(nths.length).toBeGreaterThan(10)
    expect([Math.min(...nths) < 60, Math.max(...nths) > 540]).toEqual([true, true])
  })
})

test('a violation is one line that replays it, and the page says how many there were', () => {
  const verdict = { point: 'pwrite64:17', seed: 3, reached: true, story: 'killed at dita.db', violations: ['LOST'], elapsedMs: 1 }
  expect(violationLines(verdict)).toEqual(['LOST (killed at dita.db): npm run crash -- --only pwrite64:17 --seed 3'])
  const page = sweepPage({ verdicts: [verdict], all: 2, seed: 3, elapsedMs: 2_000 })
  expect(page).toContain('| SIGKILL at `pwrite64` | 1 | 1 | 1 |')
  expect(page).toContain('points 1, a sample of 2 · violations 1 · seconds 2 · seed 3')
  const first = placed('# Reliability\n\nbefore\n', page)
  expect(placed(first, 'anew')).toBe(`# Reliability\n\nbefore\n\n${first.slice(first.indexOf(START), first.indexOf(page))}anew\n\n${END}\n`)
})
