// Who is let in: signatures as the venue computes them, in all the forms it takes, and the order of its checks.

import { describe, expect, test } from 'vitest'
import { canonicalOf, parseRequest, sign } from '../../../../src/core/exchange/bingx/auth.ts'
import { call, KEY, rehearsed, SECRET, signedQuery } from './rehearsed.ts'

const VECTOR_SECRET = 'sample-secret-for-tests-only'
const BALANCE = '/openApi/swap/v3/user/balance'

describe('the signature', () => {
  test.each([
    ['recvWindow=0&symbol=BTC-USDT&timestamp=1696751141337', 'eeeeb57d57b0d7b8c6798cc32b1221d63a9c1625fb3ccd97538c3e3134331261'],
    ['timestamp=1696751141337&recvWindow=0&subAccountString=abc12345', '504abc35dec8dc5e931602b5d8dd4d90a8d3bdf32ea135357412ff7ccb709ee7'],
    [
      'type=LIMIT&clientOrderId=t1a2b3c4d5&positionSide=LONG&price=26800.5&quantity=0.001&recvWindow=5000&side=BUY&symbol=BTC-USDT&timeInForce=GTC&timestamp=1696751141337',
      '50fd3032e0021ffaaa659b0fde568ae73f6eb1e00122327118ca832306412cc5',
    ],
    [
      `batchOrders=${encodeURIComponent('[{"symbol":"ETH-USDT","type":"MARKET","side":"BUY","positionSide":"LONG","quantity":1},{"symbol":"BTC-USDT","type":"MARKET","side":"BUY","positionSide":"LONG","quantity":0.001}]')}&timestamp=1692956597902`,
      '23e84fff960987e8961fa96b903000e8e66b4cd2ac0431c1a9bfaa7ae101a2ba',
    ],
  ])('of the fact sheet is the one computed for %s', (query, signature) => {
    const request = parseRequest(query, '', '')
    expect(sign(canonicalOf(request?.params ?? new Map()), VECTOR_SECRET)).toBe(signature)
  })

  test('may be made of the parameters as they were sent, unsorted', async () => {
    const place = await rehearsed()
    const text = `timestamp=${Date.now()}&recvWindow=5000`
    const query = `${text}&signature=${sign(text, SECRET)}`
    const { json } = await call({ port: place.port, method: 'GET', path: BALANCE, query, headers: { 'X-BX-APIKEY': KEY } })
    expect(json.code).toBe(0)
  })

  test('holds for a form and for a JSON body, and the query wins over both', async () => {
    const place = await rehearsed()
    const wish = { symbol: 'BTC-USDT', side: 'BUY', positionSide: 'BOTH', type: 'LIMIT', price: '59000', quantity: '0.01' }
    const path = '/openApi/swap/v2/trade/order'
    const send = (query: string, body: string, type: string) =>
      call({ port: place.port, method: 'POST', path, query, body, headers: { 'X-BX-APIKEY': KEY, 'content-type': type } })
    const form = await send('', signedQuery({ ...wish, clientOrderId: 'form1' }), 'application/x-www-form-urlencoded')
    const members = Object.fromEntries(new URLSearchParams(signedQuery({ ...wish, clientOrderId: 'json1' })))
    const json = await send('', JSON.stringify(members), 'application/json')
    const both = await send(signedQuery({ ...wish, clientOrderId: 'query1' }), 'clientOrderId=body1', 'application/x-www-form-urlencoded')
    expect([form, json, both].map((answer) => answer.json.data?.clientOrderId)).toEqual(['form1', 'json1', 'query1'])
  })
})

describe('the checks', () => {
  test('come in one order: key, missing signature, wrong signature, time', async () => {
    const { port } = await rehearsed()
    const ask = async (query: string, key: string) => {
      const { json } = await call({ port, method: 'GET', path: BALANCE, query, headers: { 'X-BX-APIKEY': key } })
      return json.code
    }
    const old = { nowMs: Date.now() - 6_000 }
    const wrong = { secret: 'wrong', ...old }
    expect(await ask(signedQuery({}, wrong), 'other')).toBe(100413)
    expect(await ask('timestamp=1', KEY)).toBe(100412)
    expect(await ask(signedQuery({}, wrong), KEY)).toBe(100001)
    expect(await ask(signedQuery({}, old), KEY)).toBe(100421)
    expect(await ask(signedQuery({}, { nowMs: Date.now() + 6_000 }), KEY)).toBe(100421)
    expect(await ask(signedQuery({}), KEY)).toBe(0)
  })

  test('take no window longer than five seconds, and a shorter one where it is asked for', async () => {
    const { port } = await rehearsed()
    const ask = async (recvWindow: number, ageMs: number) => {
      const query = signedQuery({ recvWindow }, { nowMs: Date.now() - ageMs })
      const { json } = await call({ port, method: 'GET', path: BALANCE, query, headers: { 'X-BX-APIKEY': KEY } })
      return json.code
    }
    expect(await ask(60_000, 6_000)).toBe(100421)
    expect(await ask(500, 1_500)).toBe(100421)
    expect(await ask(3_000, 1_500)).toBe(0)
  })

  test('turn nothing into an order that was not signed', async () => {
    const place = await rehearsed()
    const query = `${signedQuery({ symbol: 'BTC-USDT', side: 'BUY', type: 'MARKET', quantity: '0.01' })}&clientOrderId=added`
    const { json } = await call({
      port: place.port,
      method: 'POST',
      path: '/openApi/swap/v2/trade/order',
      query,
      headers: { 'X-BX-APIKEY': KEY },
    })
    expect(json.code).toBe(100001)
    expect(place.audit().orders.size).toBe(0)
  })
})
