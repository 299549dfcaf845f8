// Messages of a venue gone wrong: real shapes, mutated at random. Nothing crashes, nothing reaches beyond its object, nothing
// comes out that a terminal would obey. FUZZ_RUNS sets how many.

import { describe, expect, test } from 'vitest'
import { AnswerFault, createAnswers } from '../../../../src/core/venue/bingx/answers.ts'
import { judge } from '../../../../src/core/venue/bingx/codes.ts'
import { MessageFault, readPublicMessage } from '../../../../src/core/venue/bingx/feed-messages.ts'
import { quantitiesOf } from '../../../../src/core/venue/bingx/fills.ts'
import { venueOrderOf } from '../../../../src/core/venue/bingx/looking.ts'
import { JsonFault, parseLossless } from '../../../../src/core/venue/bingx/lossless-json.ts'
import { readPrivateMessage } from '../../../../src/core/venue/bingx/private-messages.ts'
import { rawText, venueWords } from '../../../../src/core/venue/bingx/raw-text.ts'
import { fillRow, orderBody } from './rig.ts'
import { CONTRACT } from './scripted-server.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 5_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)

const SHAPES: readonly string[] = [
  `{"code":0,"msg":"","data":{"order":${orderBody('ditaabc')}}}`,
  `{"code":0,"msg":"","data":{"orders":[${orderBody('ditaabc')},${orderBody('ditadef', { status: 'CANCELLED' })}]}}`,
  JSON.stringify({ code: 0, data: { fill_history_orders: [fillRow('1', '0.01'), fillRow('2', '0.02')], total: 2 } }),
  JSON.stringify({ code: 0, data: [CONTRACT] }),
  '{"code":0,"data":[{"positionId":"1735*****52","symbol":"BTC-USDT","positionAmt":"0.20","positionSide":"SHORT","avgPrice":"246.43","liquidationPrice":294.16914617776246}]}',
  '{"code":0,"msg":"","data":[{"asset":"USDT","balance":"300.0000"},{"asset":"USDC","balance":"","equity":""}]}',
  '{"code":0,"data":{"longLeverage":50,"shortLeverage":50,"maxLongLeverage":75,"maxShortLeverage":75}}',
  '{"code":0,"data":{"dualSidePosition":"true"}}',
  '{"code":0,"data":{"serverTime":1696751141337}}',
  '{"listenKey":"a8ea75681542e66f1a50a1616dd06ed77dab61baa0c296bca03a9b13ee5f2dd7"}',
  '{"code":80012,"msg":"{\\"Code\\":101253,\\"Msg\\":\\"margin is not enough\\"}"}',
  '{"e":"TRADE_UPDATE","E":1758608899350,"T":1758608899316,"o":{"s":"BTC-USDT","c":"dita1","i":1970374651259388001,"S":"SELL","o":"MARKET","q":"0.00100000","x":"TRADE","X":"FILLED","z":"0.00100000","td":511178071}}',
  '{"e":"ACCOUNT_UPDATE","E":1758608899352,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"117.8"}],"P":[{"s":"BTC-USDT","pa":"0.001"}]}}',
  '{"e":"ACCOUNT_CONFIG_UPDATE","E":1,"ac":{"s":"BTC-USDT","l":12,"S":9,"mt":"cross"}}',
  '{"e":"listenKeyExpired","E":1676964520421,"listenKey":"53c1"}',
  '{"code":0,"dataType":"BTC-USDT@trade","data":[{"q":"1.92","p":"2983.48","T":1714650253104,"m":false,"s":"BTC-USDT"}]}',
  '{"code":0,"dataType":"BTC-USDT@depth20@500ms","ts":1759996742928,"data":{"bids":[["121825.7","7.7622"]],"asks":[["121827.3","0.0025"],["121825.9","9.2345"]]}}',
  '{"code":0,"dataType":"BTC-USDT@incrDepth","data":{"action":"update","lastUpdateId":393592635,"time":1760002514979,"bids":[],"asks":[["122539.8","0.0002"]]}}',
  '{"code":0,"dataType":"BTC-USDT@bookTicker","data":{"e":"bookTicker","u":578534658,"E":1760001840686,"T":1760001840687,"s":"BTC-USDT","b":"121584.1","B":"18.7","a":"121584.3","A":"4.9"}}',
  '{"code":0,"dataType":"BTC-USDT@markPrice","data":{"e":"markPriceUpdate","E":1760001840686,"s":"BTC-USDT","p":"121570.0"}}',
]

const ODD: readonly string[] = [
  '"\\u001b[2J"',
  '"\\u202e"',
  '""',
  'null',
  '{}',
  '[]',
  '-0',
  '1e999',
  '99999999999999999999999999',
  '"NaN"',
  'true',
  '"__proto__"',
  '{"__proto__":{"polluted":1}}',
  '[[[[[[]]]]]]',
  '"\\ud800"',
  '0.0000000000000000000000001',
  '-5',
  `"${'9'.repeat(600)}"`,
]

/** Small and seeded: the same seed finds the same fault again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function mutate(text: string, random: (below: number) => number): string {
  let mutated = text
  for (let count = random(4) + 1; count > 0; count -= 1) {
    const at = random(mutated.length + 1)
    const kind = random(12)
    if (kind === 0) mutated = mutated.slice(0, at)
    else if (kind === 1) mutated = mutated.slice(0, at) + String.fromCharCode(random(0x2100)) + mutated.slice(at + 1)
    else if (kind === 2) mutated = mutated.slice(0, at) + mutated.slice(at + random(20))
    else if (kind === 3) mutated = mutated.slice(0, at) + mutated.slice(random(mutated.length + 1), at + 30) + mutated.slice(at)
    else mutated = replaceValue(mutated, random)
  }
  return mutated
}

/** Another value, or another name, in place of one: the JSON stays whole, the shape does not. */
function replaceValue(text: string, random: (below: number) => number): string {
  const spots = [...text.matchAll(/"[^"]*"|-?\d+(\.\d+)?|true|false|null/g)]
  const spot = spots[random(Math.max(1, spots.length))]
  if (spot === undefined) return text
  return text.slice(0, spot.index) + (ODD[random(ODD.length)] as string) + text.slice(spot.index + spot[0].length)
}

const answers = createAnswers()
const READERS: readonly ((message: unknown) => unknown)[] = [
  answers.placement,
  answers.order,
  answers.openOrders,
  answers.fills,
  answers.positions,
  answers.balances,
  answers.leverage,
  answers.isHedged,
  (body) => answers.contract(body, 'BTC-USDT'),
  answers.serverTimeMs,
  answers.listenKey,
  answers.orderIdIn,
  readPrivateMessage,
  (message) => readPublicMessage(message, 'BTC-USDT'),
  (body) => answers.openOrders(body).map((row) => shown(venueOrderOf(row, 'BTC/USDT:USDT'))),
  (body) => quantitiesOf(answers.fills(body), null),
  (body) => {
    for (const { tradeId, commissionAsset } of answers.fills(body)) expect(`${tradeId} ${commissionAsset}`).not.toMatch(UNSAFE)
    for (const { asset } of answers.balances(body)) expect(asset).not.toMatch(UNSAFE)
  },
]

function shown({ clientOrderId, words }: { clientOrderId: string | null; words: string }): void {
  expect(`${clientOrderId} ${words}`).not.toMatch(UNSAFE)
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/u

describe('a venue gone wrong', () => {
  test(
    'V05 V07 K23 mutated messages never crash a reader, reach beyond their object, or come out raw',
    () => {
      const random = randomOf(SEED)
      let read = 0
      for (let run = 0; run < RUNS; run += 1) {
        const text = mutate(SHAPES[run % SHAPES.length] as string, random)
        const at = `seed ${SEED}, run ${run}: ${JSON.stringify(text)}`
        expect(rawText(text), at).not.toMatch(UNSAFE)
        expect(venueWords(text), at).not.toMatch(UNSAFE)
        expect(['reject', 'limit', 'exists', 'unknown']).toContain(judge(text.slice(8, 13), text).placement)
        let message: unknown
        try {
          message = parseLossless(text)
        } catch (error) {
          if (error instanceof JsonFault) continue
          throw new Error(at, { cause: error })
        }
        for (const reader of READERS) {
          try {
            reader(message)
            read += 1
          } catch (error) {
            if (!(error instanceof AnswerFault) && !(error instanceof MessageFault)) throw new Error(at, { cause: error })
            expect(error.message, at).not.toMatch(UNSAFE)
          }
        }
      }
      expect('polluted' in {}).toBe(false)
      // The mutations must leave enough alive, or nothing was tried.
      expect(read).toBeGreaterThan(RUNS)
    },
    60_000 + RUNS,
  )
})
