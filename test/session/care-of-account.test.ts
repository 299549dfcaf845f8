// An account whose process died, on a real store, beside a real exchange over the wire: what is looked at, what may be changed, and
// that everything is let go of again.

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import { FINDING_KINDS } from '../../src/core/recovery/finding.ts'
import { withCareOfAccount } from '../../src/core/session/care-of-account.ts'
import { cleanAccount } from '../../src/core/session/clean-account.ts'
import { reconcileAccount } from '../../src/core/session/reconcile-account.ts'
import { rehearsed } from '../core/exchange/bingx/rehearsed.ts'
import { query, storePath } from '../core/journal/stores.ts'
import { kindsOf, MINUTE_US, Wreck } from './wreck.ts'

const DAY_US = 1_440 * MINUTE_US

test('V01 orders that were only prepared are covered: one never sent is absent, one sent and lost is taken on, none is sent again', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(2)
  const arrived = await wreck.arrives(exchange, 1)
  const looked = await reconcileAccount({ ...wreck.options(exchange), fix: false })
  expect(looked).toMatchObject({ exitCode: 3, drift: 2, holdings: { liveOrders: { prepared: 2 } } })
  expect(kindsOf(looked)).toEqual(['ORDER_IN_DOUBT', 'ORDER_IN_DOUBT'])
  expect(await wreck.left()).toMatchObject({ unfinished: 1 })

  const mended = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(mended).toMatchObject({ exitCode: 0, closedAsCrashed: ['s1'], holdings: { liveOrders: { acked: 1 } } })
  const taken = Object.fromEntries(mended.findings.map(({ subject, taken: [deed] }) => [subject, deed?.action ?? 'by its own word']))
  expect(taken[(wreck.requests[0] as OrderRequest).clientOrderId]).toBe('mark_absent')
  expect(taken[arrived] ?? 'by its own word').toMatch(/^(adopt|by its own word)$/)

  const { seq, unfinished } = await wreck.left()
  expect(unfinished).toBe(0)
  expect(await reconcileAccount({ ...wreck.options(exchange), fix: true })).toMatchObject({ exitCode: 0, findings: [], rounds: 1 })
  expect(await wreck.left()).toEqual({ seq, unfinished: 0 })
  expect(exchange.audit().ordersByClientId).toEqual(new Map([[arrived, 1]]))
})

test('V01 J08 a stranger’s fill is not booked while an order of ours may be the one that it belongs to', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  const arrived = await wreck.arrives(exchange, 0)
  await exchange.control('orders/fill', { clientOrderId: arrived, share: 1 })
  // Nobody can say what became of the order, and its fill is listed under an order id that we do not know.
  await exchange.control('faults', { add: { fault: 'truncated_json', on: { endpoint: 'query' } } })
  const frozen = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(frozen.exitCode).toBe(3)
  expect(new Set(kindsOf(frozen))).toEqual(new Set(['EXTERNAL_FILL', 'ORDER_QUARANTINED']))
  expect(frozen.holdings).toMatchObject({ positions: [], liveOrders: { quarantined: 1 } })

  await exchange.control('faults', { clear: true })
  const mended = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(mended).toMatchObject({ exitCode: 0, holdings: { liveOrders: {}, positions: [{ quantity: '0.01', unassigned: '0' }] } })
  expect(formatDecimal(exchange.audit().position)).toBe('0.01')
})

test.each([
  ['of the other side', 'SELL', '0.004', '-0.004'],
  ['too large for it', 'BUY', '0.02', '0.02'],
])('V01 J08 a fill by hand that is %s keeps no order in doubt: both are settled in one run', async (_, side, quantity, position) => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  await exchange.control('orders/place', { side, type: 'MARKET', quantity })
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(view).toMatchObject({ exitCode: 0, holdings: { liveOrders: {}, positions: [{ quantity: position, unassigned: position }] } })
})

test('J08 what a fill by hand has left is made the account’s own where a person asks for it, and not while the venue says otherwise', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  await exchange.control('orders/place', { side: 'SELL', type: 'MARKET', quantity: '0.004' })
  const looked = await reconcileAccount({ ...wreck.options(exchange), fix: false, assign: true })
  expect(looked).toMatchObject({ exitCode: 3, assigned: null })
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: true, assign: true })
  expect(view).toMatchObject({ exitCode: 0, assigned: [{ instrument: 'BTC/USDT:USDT', quantity: '-0.004' }] })
  expect(view.holdings?.positions).toEqual([{ instrument: 'BTC/USDT:USDT', quantity: '-0.004', unassigned: '0' }])
  expect(await reconcileAccount({ ...wreck.options(exchange), fix: true, assign: true })).toMatchObject({ assigned: [], findings: [] })

  // The position cannot be had: nobody has said that the fill which is told is all of it.
  await exchange.control('orders/place', { side: 'SELL', type: 'MARKET', quantity: '0.002' })
  await exchange.control('faults', { add: { fault: 'truncated_json', on: { endpoint: 'positions' } } })
  const blind = await reconcileAccount({ ...wreck.options(exchange), fix: true, assign: true })
  expect(blind.exitCode).not.toBe(0)
  expect(blind.assigned).toEqual([])
})

test('V01 a fill by hand that may as well be an order of ours is left to a person, and so is the order', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  await exchange.control('orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.004' })
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(view).toMatchObject({ exitCode: 3, holdings: { liveOrders: { quarantined: 1 }, positions: [] } })
  expect(kindsOf(view)).toEqual(['EXTERNAL_FILL', 'ORDER_QUARANTINED'])
})

test('J08 V02 what could not be seen is incomplete and exit 3, and never taken for nothing', async () => {
  const exchange = await rehearsed({ rules: [] })
  const wreck = await Wreck.of(1)
  await wreck.arrives(exchange, 0)
  await exchange.control('faults', { add: { fault: 'truncated_json', on: { endpoint: 'positions' } } })
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: false })
  expect(view).toMatchObject({ exitCode: 3, window: { complete: false } })
  expect(view.findings).toContainEqual(expect.objectContaining({ kind: 'INCOMPLETE', subject: 'positions', remains: true, counts: true }))
})

test('V02 a look that could have none of its parts is a venue that cannot be reached: exit 7', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(0)
  // The first question of each kind belongs to the connection, and one of each to a look.
  const parts = ['open_orders', 'positions'].flatMap((endpoint) => [2, 3].map((nth) => ({ on: { endpoint }, where: { nth } })))
  for (const part of [...parts, { on: { endpoint: 'fill_history' } }]) {
    await exchange.control('faults', { add: { fault: 'truncated_json', ...part } })
  }
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: false })
  expect(view.findings.map(({ subject }) => subject)).toEqual(['open orders', 'positions', 'fills'])
  expect(view).toMatchObject({ exitCode: 7, window: { complete: false } })
})

test('findings are kept as rows, those that were mended as resolved', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(query(wreck.path, 'SELECT session_id, kind, action, resolved FROM reconcile_findings')).toEqual([
    { session_id: 's1', kind: 'ORDER_IN_DOUBT', action: 'mark_absent', resolved: 1 },
  ])
})

test('an account without a session here: an order that some session of dita sent is exit 3, and it is left as it is', async () => {
  const exchange = await rehearsed()
  const wreck = new Wreck()
  await wreck.writer.close()
  expect(await reconcileAccount({ ...wreck.options(exchange), fix: true })).toMatchObject({ exitCode: 0, sessions: 0, fixed: false })
  const clientOrderId = `dita${'a'.repeat(26)}`
  await exchange.place({ clientOrderId })
  const view = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(view).toMatchObject({ exitCode: 3, drift: 1, findings: [{ kind: 'FOREIGN_ORDER', subject: clientOrderId, counts: true }] })
  expect(await cleanAccount({ ...wreck.options(exchange), dryRun: false, olderThanUs: 1 })).toMatchObject({ exitCode: 0, orphans: [] })
  expect([...exchange.audit().orders.values()].map(({ status }) => status)).toEqual(['open'])
})

test('a venue that cannot be reached leaves the store as it was, and free for the next', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(1)
  const before = await wreck.left()
  const options = wreck.options(exchange)
  await exchange.exchange.close()
  await expect(reconcileAccount({ ...options, fix: true })).rejects.toMatchObject({ code: 'VENUE_UNREACHABLE', exitCode: 7 })
  expect(await wreck.left()).toEqual(before)
})

test('whatever the work throws, store and venue are let go of; a leverage that a session may not use is no obstacle', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(0)
  const options = { ...wreck.options(exchange, 'risk: { max_leverage: 1 }'), holder: 'dita test', mayChange: false } as const
  await expect(withCareOfAccount(options, () => Promise.reject(new Error('the work failed')))).rejects.toThrow('the work failed')
  expect(await wreck.left()).toMatchObject({ unfinished: 1 })
  expect((await exchange.control('status')).json.privateStreams).toBe(0)
})

test('an end that is asked for ends the wait, however long that is, and what was mended stands', async () => {
  const exchange = await rehearsed({ rules: [] })
  const wreck = await Wreck.of(2)
  const arrived = await wreck.arrives(exchange, 1)
  const stop = new AbortController()
  const enough = new Error('enough')
  const options = wreck.options(exchange)
  // Of all that sleeps here the comparison alone waits for this very signal: what it mended first is durable by then.
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal !== stop.signal) return options.wall.sleep(ms, signal)
    setImmediate(() => stop.abort(enough))
    return options.wall.sleep(3_600_000, signal)
  }
  const working = reconcileAccount({ ...options, wall: { ...options.wall, sleep }, fix: true, signal: stop.signal })
  await expect(working).rejects.toBe(enough)
  expect(wreck.statuses()).toEqual({ [arrived]: 'acked', [(wreck.requests[0] as OrderRequest).clientOrderId]: 'prepared' })
  expect(await reconcileAccount({ ...wreck.options(exchange), fix: true })).toMatchObject({ exitCode: 0 })
})

test('a store that is not there is not made', async () => {
  const exchange = await rehearsed()
  const path = storePath()
  const wreck = await Wreck.of(0)
  const options = { ...wreck.options(exchange), storePath: path, fix: true }
  await expect(reconcileAccount(options)).rejects.toMatchObject({ code: 'STORE_MISSING', exitCode: 2 })
  expect(existsSync(path)).toBe(false)
})

test('docs/RECONCILE.md names every kind of finding, with what it means, and nothing else', () => {
  const page = readFileSync(new URL('../../docs/RECONCILE.md', import.meta.url), 'utf8')
  const block = /<!-- kinds: [^\n]* -->\n(.*?)\n<!-- \/kinds -->/s.exec(page)?.[1]
  const rows = Object.entries(FINDING_KINDS).map(([kind, { severity, means }]) => `| \`${kind}\` | ${severity} | ${means} |`)
  expect(block?.split('\n')).toEqual(['| kind | | means |', '|---|---|---|', ...rows])
})

test('an order that is older than what the venue keeps of its fills is known by its own word: nothing is incomplete, and that is said', async () => {
  const exchange = await rehearsed()
  const wreck = await Wreck.of(2, 9 * DAY_US)
  const arrived = await wreck.arrives(exchange, 1)
  const mended = await reconcileAccount({ ...wreck.options(exchange), fix: true })
  expect(mended).toMatchObject({ exitCode: 0, window: { complete: true }, holdings: { liveOrders: { acked: 1 } } })
  const { fillsFromUs = 0, fillsUntilUs } = mended.window ?? {}
  expect((fillsUntilUs ?? 0) - fillsFromUs).toBeLessThan(7 * DAY_US)
  expect(mended.notices.filter((text) => text.startsWith('The venue keeps no fills from before'))).toHaveLength(1)
  // The one that never arrived leaves no trace, and is absent for it.
  const actions = Object.fromEntries(mended.findings.map(({ subject, taken }) => [subject, taken.map(({ action }) => action)]))
  expect(actions[(wreck.requests[0] as OrderRequest).clientOrderId]).toEqual(['mark_absent'])
  expect(exchange.audit().ordersByClientId).toEqual(new Map([[arrived, 1]]))
})
