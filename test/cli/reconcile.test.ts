// `dita reconcile` as people use it: real sessions that were killed, a real exchange that knows the truth, the real command line.

import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import { type Loose, until } from '../core/exchange/bingx/rehearsed.ts'
import { startDita } from '../session/processes.ts'
import { errorOf, type Outcome } from './dita.ts'
import { RehearsalDesk } from './rehearsal-desk.ts'

/** One placement that arrives, unheard and not to be seen at first, and one that never arrives; no event tells of either. */
const LOST = [
  { fault: 'drop_event', on: { event: 'order' } },
  { fault: 'answer_lost', where: { nth: 1 } },
  { fault: 'late_visibility', where: { nth: 1 }, ms: 1_500, lists_ms: 1_500 },
  { fault: 'request_lost', where: { nth: 2 } },
]

async function deskAfterCrash(): Promise<RehearsalDesk> {
  const desk = await RehearsalDesk.open()
  await desk.faults(...LOST)
  await desk.crash('night-shift', () => desk.struck('answer_lost') > 0 && desk.struck('request_lost') > 0)
  await desk.control('faults', { clear: true })
  return desk
}

const kindsOf = (view: Loose, remains = true): string[] =>
  view.findings.flatMap((found: Loose) => (found.remains === remains ? [found.kind] : []))

const positionOf = (view: Loose): string => view.holdings.positions[0]?.quantity ?? '0'

describe('what a killed session left', () => {
  test('V01 J02 is found, mended once, and then nothing is left to mend: no order twice, none forgotten', async () => {
    const desk = await deskAfterCrash()
    const before = await desk.facts()
    const looked = await desk.json('reconcile')
    expect(looked).toMatchObject({ code: 3, view: { account: 'bingx-demo/main', mode: 'demo', fixed: false, drift: 2, exitCode: 3 } })
    expect(kindsOf(looked.view)).toEqual(['ORDER_IN_DOUBT', 'ORDER_IN_DOUBT'])
    // Somebody who only looks changes nothing, here or there.
    expect(await desk.facts()).toBe(before)
    expect(desk.truth().filter(({ kind }) => kind === 'cancel')).toEqual([])
    expect(desk.accepted()).toHaveLength(1)

    const mended = await desk.json('reconcile', '--fix-orphans')
    expect(mended).toMatchObject({ code: 0, view: { fixed: true, closedAsCrashed: ['night-shift'], remaining: 0, exitCode: 0 } })
    expect(mended.view.findings.flatMap((found: Loose) => found.taken.map(({ action }: Loose) => action)).sort()).toEqual([
      'adopt',
      'mark_absent',
    ])
    expect(mended.view.holdings.liveOrders).toEqual({ acked: 1 })

    const after = await desk.facts()
    expect(after).toBeGreaterThan(before)
    expect(await desk.json('reconcile', '--fix-orphans')).toMatchObject({
      code: 0,
      view: { findings: [], alsoDone: [], closedAsCrashed: [], rounds: 1, window: { complete: true } },
    })
    expect(await desk.facts()).toBe(after)
    expect(desk.audit().doubled).toEqual([])
    expect(desk.accepted()).toHaveLength(1)
  })

  test('V01 an order in doubt that was filled meanwhile is booked once, though its fills name an order id that nobody knew', async () => {
    const desk = await deskAfterCrash()
    const [arrived] = desk.accepted() as Loose[]
    await desk.control('orders/fill', { clientOrderId: arrived.clientOrderId, share: 0.4 })
    await desk.control('orders/fill', { clientOrderId: arrived.clientOrderId, share: 1 })
    const mended = await desk.json('reconcile', '--fix-orphans')
    expect(mended).toMatchObject({ code: 0, view: { remaining: 0 } })
    const { position, fills } = desk.audit()
    expect(fills).toHaveLength(2)
    expect(positionOf(mended.view)).toBe(formatDecimal(position))
    expect(mended.view.holdings.positions).toMatchObject([{ unassigned: '0' }])
    const after = await desk.facts()
    const again = await desk.json('reconcile', '--fix-orphans')
    expect(again).toMatchObject({ code: 0, view: { findings: [] } })
    expect(positionOf(again.view)).toBe(formatDecimal(position))
    expect(await desk.facts()).toBe(after)
  })

  test('J02 reads well at 80 columns: kind, evidence, since when, what to do', async () => {
    const desk = await deskAfterCrash()
    const { code, stdout } = await desk.dita('reconcile', '--fix-orphans', '--dry-run')
    expect(code).toBe(3)
    expect(stdout).toContain('Reconcile: 2 findings to see to; this only looked and changed nothing.')
    expect(stdout).toContain('bingx-demo/main (demo: practice money)')
    expect(stdout).toMatch(/^ {2}complete {4}yes/m)
    expect(stdout).toMatch(/^ORDER_IN_DOUBT {2}remains \(warning\)$/m)
    expect(stdout).toMatch(/^ {2}we believe {2}\w+ BTC\/USDT:USDT (prepared|submitting|in_doubt), 0 of/m)
    expect(stdout).toMatch(/^ {2}venue says {2}no such order, asked 2 times/m)
    expect(stdout).toMatch(/^ {2}since {7}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/m)
    expect(stdout).toMatch(/^To mend (them|1 of them), as far as evidence allows: dita reconcile --fix-orphans$/m)
    const mended = await desk.dita('reconcile', '--fix-orphans')
    expect(mended.stdout).toMatch(/^Reconcile: 2 findings mended\.$/m)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})

describe('what others do on the account', () => {
  test('J08 an order by hand is shown and never touched; what it fills is booked only when that is asked for', async () => {
    const desk = await RehearsalDesk.open()
    await desk.run('day-shift', '3s').ended
    const { orderId } = await desk.control('orders/place', { side: 'BUY', type: 'LIMIT', price: '30000', quantity: '0.01' })
    expect(await desk.json('reconcile')).toMatchObject({
      code: 0,
      view: { drift: 0, remaining: 1, findings: [{ kind: 'FOREIGN_ORDER', subject: String(orderId), action: 'none', counts: false }] },
    })

    await desk.control('orders/place', { side: 'BUY', type: 'MARKET', quantity: '0.02' })
    const moved = await desk.json('reconcile')
    expect(moved.code).toBe(3)
    expect(new Set(kindsOf(moved.view))).toEqual(new Set(['FOREIGN_ORDER', 'EXTERNAL_FILL']))
    expect(positionOf(moved.view)).toBe('0')

    const mended = await desk.json('reconcile', '--fix-orphans')
    expect(mended.code).toBe(0)
    expect(kindsOf(mended.view)).toEqual(['FOREIGN_ORDER'])
    expect(mended.view.holdings.positions).toEqual([{ instrument: 'BTC/USDT:USDT', quantity: '0.02', unassigned: '0.02' }])
    const after = await desk.facts()
    expect(await desk.json('reconcile', '--fix-orphans')).toMatchObject({ code: 0, view: { remaining: 1 } })
    expect(await desk.facts()).toBe(after)
    expect(desk.audit().orders.get(String(orderId))?.status).toBe('open')
    expect(formatDecimal(desk.audit().position)).toBe('0.02')
  })
})

describe('where it cannot be compared', () => {
  test('V02 a running session is exit 5 and told how to be watched; an exchange that is down is exit 7, and changes nothing', async () => {
    const desk = await RehearsalDesk.open()
    let busy: Outcome | null = null
    await desk.crash('busy-desk', async () => {
      // It has placed orders, so that it holds its store.
      if (desk.accepted().length < 2) return false
      busy = await desk.dita('reconcile', '--json')
      return true
    })
    const refused = busy as unknown as Outcome
    expect({ exit: refused.code, ...errorOf(refused) }).toMatchObject({
      exit: 5,
      code: 'STORE_BUSY',
      message: expect.stringContaining('Session busy-desk'),
      next: expect.stringContaining('dita watch'),
    })

    await desk.endExchange()
    const before = await desk.facts()
    const down = await desk.dita('reconcile', '--fix-orphans', '--json')
    expect(down.code).toBe(7)
    expect(errorOf(down)).toMatchObject({ code: 'VENUE_UNREACHABLE' })
    expect(await desk.facts()).toBe(before)
    const { view } = await desk.json('sessions')
    expect(view.sessions[0]).toMatchObject({ sessionId: 'busy-desk', haltReason: null })
  })

  test('paper has nothing to compare; real money is mended only with --live; a store that is not there is not made', async () => {
    const desk = await RehearsalDesk.open()
    const missing = await desk.dita('reconcile', '--json')
    expect({ exit: missing.code, ...errorOf(missing) }).toMatchObject({ exit: 2, code: 'STORE_MISSING' })
    desk.configure('paper')
    const paper = await desk.dita('reconcile', '--fix-orphans')
    expect(paper).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('paper account') })
    const unasked = await desk.dita('reconcile', '--live', '--json')
    expect({ exit: unasked.code, ...errorOf(unasked) }).toMatchObject({ exit: 2, code: 'LIVE_NOT_CONFIRMED' })
    desk.configure('live')
    const unconfirmed = await desk.dita('reconcile', '--fix-orphans', '--json')
    expect({ exit: unconfirmed.code, ...errorOf(unconfirmed) }).toMatchObject({ exit: 2, code: 'LIVE_NOT_CONFIRMED' })
  })

  test('an account that this store never traded is looked at, and nothing is kept', async () => {
    const desk = await RehearsalDesk.open()
    desk.configure('paper')
    expect((await desk.dita('run', '--duration', '1m', '--speed', 'max', '--json')).code).toBe(0)
    desk.configure('demo')
    await desk.control('orders/place', { side: 'BUY', type: 'LIMIT', price: '30000', quantity: '0.01' })
    const before = await desk.facts()
    const { code, view } = await desk.json('reconcile', '--fix-orphans')
    expect(code).toBe(0)
    expect(view).toMatchObject({ sessions: 0, fixed: false, note: expect.stringContaining('No session of this store') })
    expect(kindsOf(view)).toEqual(['FOREIGN_ORDER'])
    expect(await desk.facts()).toBe(before)
    desk.configure('live')
    const live = await desk.dita('reconcile')
    expect(live.stdout).toContain('bingx-live/main (LIVE: real money)')
  })
})

describe('an end that is asked for', () => {
  test('L02 Ctrl-C is exit 130, what was mended stands, and the next run goes on from there', async () => {
    const desk = await deskAfterCrash()
    await desk.faults({ fault: 'delay', on: { endpoint: 'open_orders' }, ms: 1_500 })
    const working = startDita(['reconcile', '--fix-orphans', '--json'], { cwd: desk.cwd })
    await until(() => desk.struck('delay') > 0)
    working.process.kill('SIGINT')
    const { code, stdout } = await working.ended
    expect({ exit: code, ...JSON.parse(stdout).error }).toMatchObject({ exit: 130, code: 'INTERRUPTED' })
    await desk.control('faults', { clear: true })
    expect(await desk.json('reconcile', '--fix-orphans')).toMatchObject({ code: 0, view: { remaining: 0 } })
    expect(desk.audit().doubled).toEqual([])
  })
})
