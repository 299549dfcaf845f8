// `dita orphan-cleanup` as people use it: orders of a killed session that nobody ever answered, and an exchange that knows better.

import { expect, test } from 'vitest'
import { type Loose, pause } from '../core/exchange/bingx/rehearsed.ts'
import { errorOf } from './dita.ts'
import { RehearsalDesk } from './rehearsal-desk.ts'

async function deskWithOrphans(): Promise<RehearsalDesk> {
  const desk = await RehearsalDesk.open()
  const silent = { fault: 'drop_event', on: { event: 'order' } }
  await desk.faults(silent, { fault: 'answer_lost', where: { nth: 1 } }, { fault: 'request_lost', where: { nth: 2 } })
  await desk.crash('night-shift', () => desk.struck('answer_lost') > 0 && desk.struck('request_lost') > 0)
  await desk.control('faults', { clear: true })
  // Before its validity and the margin are over, nothing can be proved of an order.
  await pause(2_000)
  return desk
}

const outcomesOf = (view: Loose): string[] => view.orphans.map(({ outcome }: Loose) => outcome).sort()

test('J09 an order that the venue does not have is ended, one that rests there is cancelled there, and the next run finds none', async () => {
  const desk = await deskWithOrphans()
  await desk.control('orders/place', { side: 'BUY', type: 'LIMIT', price: '30000', quantity: '0.01' })
  const before = await desk.facts()
  const dry = await desk.json('orphan-cleanup', '--older-than', '1s', '--dry-run')
  expect(dry).toMatchObject({ code: 3, view: { account: 'bingx-demo/main', dryRun: true, olderThanUs: 1_000_000, left: 2, exitCode: 3 } })
  expect(outcomesOf(dry.view)).toEqual(['cancelled', 'ended'])
  expect(await desk.facts()).toBe(before)
  expect(desk.truth().filter(({ kind }) => kind === 'cancel')).toEqual([])

  const done = await desk.json('orphan-cleanup', '--older-than', '1s')
  expect(done).toMatchObject({ code: 0, view: { left: 0, closedAsCrashed: ['night-shift'], exitCode: 0 } })
  expect(outcomesOf(done.view)).toEqual(['cancelled', 'ended'])
  const { orders, doubled } = desk.audit()
  expect([...orders.values()].map(({ status }) => status).sort()).toEqual(['canceled', 'open'])
  expect(doubled).toEqual([])

  const after = await desk.facts()
  expect(await desk.json('orphan-cleanup', '--older-than', '1s')).toMatchObject({ code: 0, view: { orphans: [], left: 0 } })
  expect(await desk.facts()).toBe(after)
  expect(await desk.json('reconcile')).toMatchObject({ code: 0, view: { drift: 0, holdings: { liveOrders: {} } } })
})

test('J09 by default only what is a week old is ended; in words it says what it would do', async () => {
  const desk = await deskWithOrphans()
  const young = await desk.dita('orphan-cleanup')
  expect(young).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('no order older than 7d') })
  // What is left alone is not forgotten: how many, how old, and when they are due.
  const words = young.stdout.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(
    /Left alone: 2 orders younger than 7d without an answer\. The oldest was sent [-0-9]{10} [:.0-9]{12} UTC, and is old/,
  )
  const { view } = await desk.json('orphan-cleanup', '--dry-run')
  expect(view).toMatchObject({ orphans: [], left: 0, younger: { count: 2, dueUs: view.younger.oldestSentUs + 7 * 86_400_000_000 } })
  const { code, stdout } = await desk.dita('orphan-cleanup', '--older-than', '1s', '--dry-run')
  expect(code).toBe(3)
  expect(stdout).toContain('Orphan cleanup, only looked: 2 orders, 2 left.')
  expect(stdout).toMatch(/^ {2}outcome {5}would be ended as canceled: the venue does not have it$/m)
  expect(stdout).toMatch(/^ {2}outcome {5}it rests at the venue, and would be cancelled there$/m)
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
})

test('J09 refuses what is no duration, and real money without --live', async () => {
  const desk = await RehearsalDesk.open()
  const odd = await desk.dita('orphan-cleanup', '--older-than', 'long', '--json')
  expect({ exit: odd.code, ...errorOf(odd) }).toMatchObject({ exit: 2, code: 'BAD_DURATION' })
  desk.configure('live')
  const unconfirmed = await desk.dita('orphan-cleanup', '--json')
  expect({ exit: unconfirmed.code, ...errorOf(unconfirmed) }).toMatchObject({ exit: 2, code: 'LIVE_NOT_CONFIRMED' })
  desk.configure('paper')
  expect(await desk.json('orphan-cleanup')).toMatchObject({ code: 0, view: { mode: 'paper', account: null, orphans: [] } })
})
