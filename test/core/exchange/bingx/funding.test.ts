// Funding at the rehearsed exchange: charged once, written down, told, and listed, over the wire.

import { expect, test } from 'vitest'
import { parseFaultPlan } from '../../../../src/core/exchange/bingx/fault-plan-file.ts'
import { formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import { type Loose, type Rehearsed, rehearsed, temporaryFolder, until } from './rehearsed.ts'

const INCOME = '/openApi/swap/v2/user/income'

async function incomeOf(place: Rehearsed, wish: Readonly<Record<string, string | number>> = {}): Promise<Loose[]> {
  const { json } = await place.signed('GET', INCOME, { symbol: 'BTC-USDT', incomeType: 'FUNDING_FEE', limit: 1_000, ...wish })
  expect(json.code).toBe(0)
  return json.data
}

const walletOf = async (place: Rehearsed): Promise<string> =>
  (await place.signed('GET', '/openApi/swap/v3/user/balance')).json.data.find(({ asset }: Loose) => asset === 'USDT').balance

test('an amount is charged to the wallet, told on the stream, listed as income, and in the truth log', async () => {
  const place = await rehearsed()
  const stream = await place.privateStream()
  expect((await place.control('funding', { amount: '-1.25' })).json).toEqual({ ok: true, amount: '-1.25' })
  await until(() => stream.events.some(({ e }) => e === 'ACCOUNT_UPDATE'))
  const event = stream.events.find(({ e }) => e === 'ACCOUNT_UPDATE')
  expect(event.a).toEqual({ m: 'FUNDING_FEE', B: [{ a: 'USDT', wb: '9998.75000000', cw: '9998.75000000', bc: '0' }], P: [] })
  expect(Number(await walletOf(place))).toBe(9998.75)
  const [row, ...others] = await incomeOf(place)
  expect([row, others]).toEqual([
    {
      ...{ symbol: 'BTC-USDT', incomeType: 'FUNDING_FEE', income: '-1.25', asset: 'USDT', info: 'Funding Fee', tradeId: '' },
      ...{ time: expect.any(Number), tranId: expect.stringMatching(/^1_3_\d+$/) },
    },
    [],
  ])
  const { balance, fundings } = place.audit()
  expect([formatDecimal(balance), fundings.map(({ amount }) => amount)]).toEqual(['9998.75', ['-1.25']])
})

test('by a rate the position owes its value at the mark: a long pays, a short is paid, who is flat neither', async () => {
  const place = await rehearsed()
  expect((await place.control('funding', { rate: '0.001' })).json).toEqual({ ok: true, amount: null })
  await place.place({ type: 'MARKET', quantity: '0.5' })
  // The mark is the middle of the book, 60000.5.
  expect((await place.control('funding', { rate: '0.001' })).json).toEqual({ ok: true, amount: '-30.00025' })
  await place.place({ type: 'MARKET', side: 'SELL', quantity: '0.75' })
  expect((await place.control('funding', { rate: '0.001' })).json.amount).toBe('15.000125')
  expect((await incomeOf(place)).map(({ income }) => income)).toEqual(['-30.00025', '15.000125'])
  for (const body of [{}, { amount: '1', rate: '0.1' }, { amount: 1 }, { rate: 'much' }]) {
    expect((await place.control('funding', body)).status).toBe(400)
  }
})

test('a restart knows what was charged; the list keeps to its window, its kind and its symbol', async () => {
  const truthPath = `${temporaryFolder()}/truth.jsonl`
  const first = await rehearsed({ truthPath })
  await first.control('funding', { amount: '2' })
  await first.exchange.close()
  const place = await rehearsed({ truthPath })
  await place.control('funding', { amount: '3' })
  const rows = await incomeOf(place)
  expect(rows.map(({ income }) => income)).toEqual(['2', '3'])
  expect(new Set(rows.map(({ tranId }) => tranId)).size).toBe(2)
  expect(Number(await walletOf(place))).toBe(10_005)
  const [one, other] = rows
  expect(await incomeOf(place, { endTime: one.time })).toEqual([one])
  expect(await incomeOf(place, { startTime: other.time })).toEqual([other])
  expect(await incomeOf(place, { limit: 1 })).toEqual([one])
  expect(await incomeOf(place, { incomeType: 'TRANSFER' })).toEqual([])
  expect(await incomeOf(place, { symbol: 'ETH-USDT' })).toEqual([])
})

test('the settings of a plan have it paid again and again, at the multiples of the interval', async () => {
  const plan = parseFaultPlan('settings:\n  funding_interval_ms: 200\n  funding_rate: "-0.0001"\n', 'plan.yaml')
  const place = await rehearsed({ settings: { ...plan.settings, rateLimits: false } })
  await place.place({ type: 'MARKET', quantity: '0.5' })
  await until(async () => (await incomeOf(place)).length >= 2)
  const rows = await incomeOf(place)
  expect(new Set(rows.map(({ time }) => Math.floor(time / 200))).size).toBe(rows.length)
  expect(rows.every(({ income }) => income === '3.000025')).toBe(true)
  const { json } = await place.open('/openApi/swap/v2/quote/premiumIndex', 'symbol=BTC-USDT')
  expect(json.data).toMatchObject({ lastFundingRate: '-0.0001' })
  expect(json.data.nextFundingTime % 200).toBe(0)
  expect(() => parseFaultPlan('settings:\n  funding_rate: 0.5\n', 'plan.yaml')).toThrow('line 2')
})
