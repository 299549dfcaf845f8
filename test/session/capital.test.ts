// Capital that is told to a running session over its control socket: booked once, durable before the answer, and no profit.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { CapitalRequests } from '../../src/core/session/capital-requests.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import { type ControlClient, reachSession } from '../../src/core/session/socket/control-client.ts'
import { readAnswer } from '../../src/core/session/socket/protocol.ts'
import { ControlRig, clientOf, errorIn, until } from './control-rig.ts'
import { failureOf, MINUTE_US, newStore, query, runPaper, summaryOf } from './harness.ts'

const DEPOSIT = { account: null, asset: 'RLUSD', amount: '250.5', note: 'more to trade with', newAsset: null }
const BOOKED = { account: 'paper/a', asset: 'RLUSD', amount: dec('250.5'), balanceBefore: dec('1000'), balanceAfter: dec('1250.5') }

async function running(storePath: string): Promise<ControlClient> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const reached = await reachSession(storePath)
    if (reached.how === 'connected') {
      if (reached.client.session.phase === 'running') return reached.client
      reached.client.close()
    }
    await sleep(25)
  }
  throw new Error('the session never ran')
}

/** Waits for ticks with a mark. */
async function ticksAfter(storePath: string, seq: number): Promise<void> {
  const ticks = 'SELECT count(*) AS count FROM market_snapshots WHERE mark IS NOT NULL AND seq > ?'
  await until(() => query<{ count: number }>(storePath, ticks, seq)[0]?.count !== 0)
}

const FLOWS = "SELECT seq, amount, note FROM capital_events WHERE note NOT LIKE '%paper%' ORDER BY seq"

test('N10 N11 money that comes and goes while a session trades is capital, durable before the answer, and no profit', async () => {
  const storePath = newStore()
  const control = new SessionControl()
  const wall = { ...machineClock(), wallUs: () => Date.now() * 1_000 }
  const config = { mode: 'paper', paper: { account: 'a', balances: { RLUSD: '100000' } } }
  const session = runPaper({ storePath, control, wall, speed: 100, durationUs: 600 * MINUTE_US, feed: 'simulated', config })
  const client = await running(storePath)
  await ticksAfter(storePath, 0)
  const deposited = await client.capital(DEPOSIT)
  expect(query(storePath, FLOWS)).toEqual([{ seq: deposited.seq, amount: '250.5', note: DEPOSIT.note }])
  expect(dec(deposited.balanceAfter) - dec(deposited.balanceBefore)).toBe(dec('250.5'))
  const withdrawn = await client.capital({ ...DEPOSIT, account: 'a', amount: '-50', note: 'out' })
  expect(withdrawn).toMatchObject({ account: 'paper/a', asset: 'RLUSD', amount: '-50' })

  const tooMuch = await failureOf(client.capital({ ...DEPOSIT, amount: '-1000000' }))
  expect([tooMuch.code, tooMuch.exitCode]).toEqual(['CAPITAL_TOO_LARGE', 2])
  const slip = await running(storePath)
  const unknown = await failureOf(slip.capital({ ...DEPOSIT, asset: 'RLUDS' }))
  expect([unknown.code, unknown.exitCode, unknown.message]).toEqual(['ASSET_UNKNOWN', 2, expect.stringContaining('only RLUSD, XRP')])
  // After an error a session hears no more on that connection.
  const again = await running(storePath)
  expect((await failureOf(again.capital({ ...DEPOSIT, account: 'paper/b' }))).code).toBe('OTHER_ACCOUNT')
  expect(query(storePath, FLOWS)).toHaveLength(2)

  await ticksAfter(storePath, withdrawn.seq)
  control.requestStop({ reason: 'duration_elapsed', detail: null })
  const ended = await session
  expect(ended.outcome.exitCode).toBe(0)
  const { inventory, attribution } = await summaryOf(ended)
  expect(inventory.find(({ asset }) => asset === 'RLUSD')).toMatchObject({ fromCapital: '100200.5' })
  expect(attribution).toMatchObject({ netCapitalFlow: '200.5', residual: '0' })
})

test('a session that is starting or ending books nothing, and what waits then is refused', async () => {
  const requests = new CapitalRequests()
  const move = { asset: 'RLUSD', amount: dec('1'), note: '' }
  const signal = new AbortController().signal
  expect((await failureOf(requests.ask(null, move, signal))).code).toBe('SESSION_BUSY')
  const opened = requests.open('paper/a')
  const waits = requests.ask('a', move, signal)
  opened[Symbol.dispose]()
  expect((await failureOf(waits)).code).toBe('SESSION_BUSY')
  expect(requests.isEmpty).toBe(true)
})

test('a failure of the journal reaches who asked, and ends the session; who left before has asked for nothing', async () => {
  const requests = new CapitalRequests()
  using _open = requests.open('paper/a')
  const move = { asset: 'RLUSD', amount: dec('1'), note: '' }
  const gone = new AbortController()
  void requests.ask(null, move, gone.signal)
  gone.abort()
  const waits = failureOfAny(requests.ask(null, move, new AbortController().signal))
  let booked = 0
  const book = () => {
    booked += 1
    return { ...BOOKED, note: '', seq: 1 }
  }
  const full = new Error('the disk is full')
  const commit = () => {
    throw full
  }
  expect(() => requests.settle({ book, commit })).toThrow(full)
  expect(await waits).toBe(full)
  expect(booked).toBe(1)
})

async function failureOfAny(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}

test('who ends his side still gets his answer, and an answer that never comes is said to be unknown', async () => {
  const rig = await ControlRig.open()
  rig.onCapital = async () => {
    await sleep(30)
    return { ...BOOKED, note: '', seq: 7 }
  }
  const peer = await rig.peer()
  peer.socket.end(`${JSON.stringify({ v: 1, id: 3, do: 'capital', ...DEPOSIT })}\n`)
  const [answer] = await peer.hears(1)
  expect(readAnswer(JSON.stringify(answer))).toEqual({
    kind: 'capital',
    id: 3,
    capital: { account: 'paper/a', asset: 'RLUSD', amount: '250.5', balanceBefore: '1000', balanceAfter: '1250.5', seq: 7 },
  })
  const client = await clientOf(rig)
  rig.onCapital = () => new Promise(() => client.close())
  expect((await failureOf(client.capital(DEPOSIT))).code).toBe('CAPITAL_UNKNOWN')
})

test.each([
  ['a number', { amount: 250 }],
  ['nothing', { amount: '0' }],
  ['no decimal', { amount: 'ten' }],
  ['no asset', { asset: 'usdt' }],
  ['an endless note', { note: 'x'.repeat(601) }],
])('N03 %s is refused before anybody is asked', async (_, changes) => {
  const rig = await ControlRig.open()
  const peer = await rig.peer()
  peer.ask({ do: 'capital', ...DEPOSIT, ...changes })
  const [answer] = await peer.hears(1)
  expect(errorIn(answer)).toMatchObject({ code: 'BAD_REQUEST' })
})
