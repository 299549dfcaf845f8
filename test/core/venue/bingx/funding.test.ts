// Funding payments: asked for since a time, told once each, and asked for again where that failed.

import { afterEach, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import type { FundingEvent } from '../../../../src/core/kernel/inputs.ts'
import { INSTRUMENT, Rig } from './rig.ts'
import { type Reply, refusal } from './scripted-server.ts'

let rig: Rig
afterEach(() => rig.close())

const never = new AbortController().signal
const NOW_MS = Date.now()
const HOUR_MS = 3_600_000

const row = (time: number, income: string, tranId: string | null = `t${time}`): Record<string, unknown> => ({
  ...{ symbol: 'BTC-USDT', incomeType: 'FUNDING_FEE', income, asset: 'USDT', info: 'Funding Fee', tradeId: '' },
  ...{ time, tranId },
})
const reply = (...data: unknown[]): Reply => ({ body: { code: 0, msg: '', data } })
const since = (ms: number): Promise<readonly FundingEvent[]> => rig.venue.followFunding(ms * 1_000, never)
const asked = () => rig.server.callsOf('income').map(({ parameters }) => parameters)
const linesOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('FUNDING'))

test('what was paid since then is answered, oldest first, with an id that does not change, and nothing that is older or another’s', async () => {
  rig = await Rig.connected()
  rig.server.script('income', () =>
    reply(
      row(NOW_MS - 1_000, '0.5', null),
      row(NOW_MS - HOUR_MS, '-0.0292'),
      { ...row(NOW_MS - 2_000, '7'), symbol: 'ETH-USDT' },
      { ...row(NOW_MS - 2_000, '8'), incomeType: 'REALIZED_PNL' },
      row(NOW_MS - 9 * HOUR_MS, '9'),
    ),
  )
  const found = await since(NOW_MS - 2 * HOUR_MS)
  expect(found).toEqual([
    {
      type: 'FUNDING',
      instrument: INSTRUMENT,
      fundingId: `${NOW_MS - HOUR_MS}-t${NOW_MS - HOUR_MS}`,
      asset: 'USDT',
      amount: dec('-0.0292'),
    },
    { type: 'FUNDING', instrument: INSTRUMENT, fundingId: `${NOW_MS - 1_000}`, asset: 'USDT', amount: dec('0.5') },
  ])
  expect(asked()).toMatchObject([{ symbol: 'BTC-USDT', incomeType: 'FUNDING_FEE', startTime: String(NOW_MS - 2 * HOUR_MS), limit: '1000' }])
})

test('no more than the venue keeps is asked for, in windows that one answer holds', async () => {
  rig = await Rig.connected()
  rig.server.script('income', () => ({ body: { code: 0, msg: '', data: null } }))
  expect(await since(NOW_MS - 400 * 24 * HOUR_MS)).toEqual([])
  const windows = asked().map(({ startTime, endTime }) => [Number(startTime), Number(endTime)] as const)
  expect(windows).toHaveLength(3)
  expect(windows.every(([from, until]) => until - from <= 30 * 24 * HOUR_MS)).toBe(true)
  expect(windows.slice(1).map(([from], index) => from - (windows[index]?.[1] ?? 0))).toEqual([1, 1])
  expect(NOW_MS - (windows[0]?.[0] ?? 0)).toBeLessThan(90 * 24 * HOUR_MS)
})

test('where a part of the list cannot be had, nothing of it is lost: all of it is told once it can', async () => {
  rig = await Rig.connected({ fundingRetryMs: 40 })
  const long = NOW_MS - 40 * 24 * HOUR_MS
  rig.server.script('income', ({ parameters }, nth) => {
    if (nth === 2) return refusal(100500, 'internal error')
    const isIn = ({ time }: { readonly time?: unknown }): boolean =>
      Number(time) >= Number(parameters['startTime']) && Number(time) <= Number(parameters['endTime'])
    return reply(...[row(long + HOUR_MS, '-5'), row(NOW_MS - HOUR_MS, '-6')].filter(isIn))
  })
  expect(await since(long)).toEqual([])
  await rig.until('both payments', (lines) => linesOf(lines).length === 2)
  expect(rig.news.flatMap((news) => (news.type === 'FUNDING' ? [formatDecimal(news.amount)] : []))).toEqual(['-5', '-6'])
})

test('each payment is news once, however often it is listed; the stream’s hint has it asked for at once', async () => {
  rig = await Rig.connected({ fundingIntervalMs: 60 })
  const rows = [row(NOW_MS - 5_000, '-1')]
  rig.server.script('income', () => reply(...rows))
  expect((await since(NOW_MS - HOUR_MS)).map(({ amount }) => formatDecimal(amount))).toEqual(['-1'])
  rows.push(row(NOW_MS - 1_000, '-2'))
  await rig.untilLine('FUNDING')
  const calls = asked().length
  await rig.until('two more questions', () => asked().length >= calls + 2)
  expect(linesOf(rig.lines())).toHaveLength(1)
  expect(rig.news.find(({ type }) => type === 'FUNDING')).toMatchObject({ amount: dec('-2') })
})

test('the stream has it asked for at once', async () => {
  rig = await Rig.connected({ fundingIntervalMs: 3_600_000 })
  rig.server.script('income', (_received, nth) => reply(...(nth === 1 ? [] : [row(Date.now(), '-3')])))
  await since(NOW_MS)
  rig.server.push({ e: 'ACCOUNT_UPDATE', E: NOW_MS, a: { m: 'FUNDING_FEE', B: [], P: [] } })
  await rig.untilLine('FUNDING')
  expect(asked()).toHaveLength(2)
})

test('a hint of the stream while a question is under way is not lost', async () => {
  rig = await Rig.connected({ fundingIntervalMs: 3_600_000 })
  rig.server.script('income', (_received, nth) => {
    const body = { code: 0, msg: '', data: nth < 3 ? [] : [row(Date.now(), '-3')] }
    return { body, delayMs: nth === 2 ? 150 : 0 }
  })
  await since(NOW_MS)
  const hint = (): void => rig.server.push({ e: 'ACCOUNT_UPDATE', E: NOW_MS, a: { m: 'FUNDING_FEE', B: [], P: [] } })
  hint()
  await rig.until('the question', () => asked().length === 2)
  hint()
  await rig.untilLine('FUNDING')
})

test('a venue that cannot be asked keeps nobody from starting: it is said, and what was paid is told later', async () => {
  rig = await Rig.connected({ fundingRetryMs: 40, fundingIntervalMs: 40 })
  rig.server.script('income', (_received, nth) => (nth < 3 ? refusal(100500, 'internal error') : reply(row(NOW_MS - 1_000, '-4'))))
  expect(await since(NOW_MS - HOUR_MS)).toEqual([])
  const lines = await rig.untilLine('FUNDING')
  expect(lines.filter((line) => line.includes('the funding payments'))).not.toEqual([])
})
