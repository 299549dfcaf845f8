// Two things that a person finds after a crash: orders that go on resting, and a wallet that nobody compared. Over the wire.

import { describe, expect, test } from 'vitest'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import { moveCapital } from '../../src/core/session/capital.ts'
import { reconcileAccount } from '../../src/core/session/reconcile-account.ts'
import { type Rehearsed, rehearsed } from '../core/exchange/bingx/rehearsed.ts'
import { query } from '../core/journal/stores.ts'
import { kindsOf, Wreck } from './wreck.ts'

const restingAt = (exchange: Rehearsed): number => [...exchange.audit().orders.values()].filter(({ status }) => status === 'open').length

const book = (wreck: Wreck, amount: string) =>
  moveCapital({
    storePath: wreck.path,
    account: 'bingx-demo/main',
    move: { asset: 'USDT', amount, note: 'by hand' },
    holder: 'dita capital deposit',
    pid: process.pid,
    wallUs: () => Date.now() * 1_000,
  })

describe('orders that rest after a crash', () => {
  test('V01 are taken back with --cancel, and a second run finds nothing to do', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(2)
    const arrived = [await wreck.arrives(exchange, 0), await wreck.arrives(exchange, 1)]
    const adopted = await reconcileAccount({ ...wreck.options(exchange), fix: true })
    expect(adopted).toMatchObject({ exitCode: 0, takenBack: null, holdings: { liveOrders: { acked: 2 } } })
    expect(restingAt(exchange)).toBe(2)

    const taken = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(taken).toMatchObject({ exitCode: 0, takenBack: { asked: 2, left: 0 }, holdings: { liveOrders: {} } })
    expect(restingAt(exchange)).toBe(0)
    // Each was heard to be cancelled, before anybody had to ask.
    expect(taken).toMatchObject({ findings: [], alsoDone: [] })
    expect(wreck.statuses()).toEqual(Object.fromEntries(arrived.map((id) => [id, 'canceled'])))
    const again = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(again).toMatchObject({ exitCode: 0, takenBack: { asked: 0, left: 0 }, rounds: 1 })
  })

  test('V01 and in doubt on top are taken on first, and taken back in the same run', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(2)
    await wreck.arrives(exchange, 0)
    const taken = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(taken).toMatchObject({ exitCode: 0, takenBack: { asked: 1, left: 0 }, holdings: { liveOrders: {} } })
    expect(Object.values(wreck.statuses()).sort()).toEqual(['absent', 'canceled'])
    expect(restingAt(exchange)).toBe(0)
  })

  test('V01 whose cancels went through unheard are asked about, and settled as the venue says', { timeout: 60_000 }, async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(1)
    await wreck.arrives(exchange, 0)
    expect(await reconcileAccount({ ...wreck.options(exchange), fix: true })).toMatchObject({ exitCode: 0 })
    for (const rule of [
      { fault: 'answer_lost', on: { endpoint: 'cancel' } } as const,
      { fault: 'drop_event', on: { event: 'order' } } as const,
    ])
      await exchange.control('faults', { add: rule })
    const taken = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(taken).toMatchObject({ exitCode: 0, takenBack: { asked: 1, left: 0 } })
    expect(Object.values(wreck.statuses())).toEqual(['canceled'])
  })

  test('V01 whose cancels the venue does not heed are said to be left: exit 3, and the next run takes them back', {
    timeout: 60_000,
  }, async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(1)
    await wreck.arrives(exchange, 0)
    await exchange.control('faults', { add: { fault: 'refuse_all', on: { endpoint: 'cancel' }, code: 100500 } })
    const stuck = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(stuck).toMatchObject({ exitCode: 3, takenBack: { asked: 1, left: 1 } })
    expect(restingAt(exchange)).toBe(1)
    await exchange.control('faults', { clear: true })
    const taken = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(taken).toMatchObject({ exitCode: 0, takenBack: { left: 0 } })
    expect(restingAt(exchange)).toBe(0)
  })

  test('of somebody else are left alone', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(0)
    expect((await exchange.place({ clientOrderId: 'byhand1', quantity: '0.001', price: '50000' })).json.code).toBe(0)
    const taken = await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })
    expect(taken).toMatchObject({ exitCode: 0, takenBack: { asked: 0, left: 0 } })
    expect(restingAt(exchange)).toBe(1)
  })
})

describe('a wallet', () => {
  test('that holds less than the books say is exit 3 with the amount to type, and never booked by itself', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(0, undefined, '10250')
    const fixed = await reconcileAccount({ ...wreck.options(exchange), fix: true })
    expect(kindsOf(fixed)).toEqual(['BALANCE_DIFFERS'])
    const [found] = fixed.findings
    expect(found).toMatchObject({ subject: 'wallet USDT', ours: '10250 USDT', action: 'none', taken: [], counts: true })
    expect(found?.venues).toMatch(/^10000 USDT at .*: 250 USDT less$/)
    expect(found?.advice).toContain('dita capital withdraw 250 USDT')
    expect(fixed).toMatchObject({ exitCode: 3, rounds: 2 })
    expect(query(wreck.path, 'SELECT amount FROM capital_events')).toEqual([{ amount: '10250' }])
    expect(kindsOf(await reconcileAccount({ ...wreck.options(exchange), fix: false }))).toEqual(['BALANCE_DIFFERS'])

    await book(wreck, '-250')
    expect(await reconcileAccount({ ...wreck.options(exchange), fix: false })).toMatchObject({ exitCode: 0, findings: [] })
  })

  test('that differs while a position is open counts where that cannot explain it, and only then', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(1)
    const clientOrderId = await wreck.arrives(exchange, 0)
    await exchange.control('orders/fill', { clientOrderId, share: 1 })
    const mended = await reconcileAccount({ ...wreck.options(exchange), fix: true })
    expect(mended).toMatchObject({ exitCode: 0, holdings: { positions: [{ quantity: '0.01' }] } })
    // A tick of the venue's average price is 0.001 of this position.
    await book(wreck, '0.0008')
    const little = await reconcileAccount({ ...wreck.options(exchange), fix: false })
    expect(little).toMatchObject({ exitCode: 0, drift: 0 })
    expect(kindsOf(little)).toEqual(['BALANCE_UNSETTLED'])
    await book(wreck, '0.0092')
    const much = await reconcileAccount({ ...wreck.options(exchange), fix: false })
    expect(much).toMatchObject({ exitCode: 3, drift: 1 })
    expect(kindsOf(much)).toEqual(['BALANCE_DIFFERS'])
  })

  test('that a payment explains which the next session books agrees, and nothing is booked', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(0)
    await exchange.control('funding', { amount: '-7' })
    const view = await reconcileAccount({ ...wreck.options(exchange), fix: false })
    expect(view).toMatchObject({ exitCode: 0, findings: [] })
    expect(query(wreck.path, 'SELECT 1 FROM funding_payments')).toEqual([])
  })

  test('V02 that nobody can see is incomplete, and never taken for equal', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(0)
    await exchange.control('faults', { add: { fault: 'truncated_json', on: { endpoint: 'balance' } } })
    const view = await reconcileAccount({ ...wreck.options(exchange), fix: false })
    expect(view).toMatchObject({ exitCode: 3, findings: [{ kind: 'INCOMPLETE', subject: 'wallet' }] })
  })

  test('is compared only once the fills are settled that moved its money', async () => {
    const exchange = await rehearsed()
    const wreck = await Wreck.of(1)
    const { clientOrderId } = wreck.requests[0] as OrderRequest
    await wreck.arrives(exchange, 0)
    await exchange.control('orders/fill', { clientOrderId, share: 0.5 })
    const view = await reconcileAccount({ ...wreck.options(exchange), fix: false })
    expect(kindsOf(view)).not.toContain('BALANCE_DIFFERS')
    expect(view.exitCode).toBe(3)
    expect(await reconcileAccount({ ...wreck.options(exchange), fix: true, cancel: true })).toMatchObject({ exitCode: 0 })
  })
})
